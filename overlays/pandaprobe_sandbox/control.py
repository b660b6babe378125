"""What the service does not have: the page, and the levers for tests and other processes."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any, Protocol
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, Response

from .clock import Clock, HeldClock, iso
from .faults import Fault, FaultQueue, Script
from .store import Store
from .wire import RecordedRequest
from .writing import run_json, score_json, trace_row_json

__all__ = ["routes"]

_PAGE_RUNS = 100
_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Sandbox(Protocol):
    """What is moved by the levers."""

    clock: Clock
    faults: FaultQueue
    speed: float
    store: Store

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request so far."""
        ...

    @property
    def units_billed(self) -> int:
        """Session evaluations billed so far."""
        ...

    def add_session(self, session_id: str, **more: Any) -> None:
        """Make a session known."""
        ...


class FaultOrder(BaseModel):
    """A line for the script of faults."""

    fault: Fault
    times: int = Field(default=1, ge=1)
    operation: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)


class ClockOrder(BaseModel):
    """How far to move the clock."""

    advance: float = Field(ge=0)


class SessionOrder(BaseModel):
    """A session for creates by filters to find."""

    session_id: str
    project: str | None = None
    user_id: str | None = None
    tags: list[str] = Field(default_factory=list)
    started_at: datetime | None = None
    has_error: bool = False
    trace_count: int = 1


routes = APIRouter()
"""Shared by all sandboxes: building them takes longer than most tests. None of them asks for credentials."""


def _sandbox(request: Request) -> Sandbox:
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


@cache
def _page() -> str:
    return (resources.files("pandaprobe_sandbox") / "page.html").read_text("utf-8")


@routes.get("/")
async def index(request: Request) -> Response:
    """The page that shows runs as they change; for programs, what this is."""
    accept = request.headers.get("accept", "")
    if "application/json" in accept and "text/html" not in accept:
        return JSONResponse({"name": "PandaProbe", "version": "sandbox"})
    return HTMLResponse(_page(), headers={"content-security-policy": _CSP, "cache-control": "no-store"})


@routes.post("/_sandbox/faults", status_code=201)
async def add_fault(request: Request, order: FaultOrder) -> dict[str, int]:
    """Queue a fault."""
    sandbox = _sandbox(request)
    try:
        sandbox.faults.put(Script(order.fault, order.times, order.operation, order.options))
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
    return {"pending": len(sandbox.faults)}


@routes.delete("/_sandbox/faults", status_code=204)
async def clear_faults(request: Request) -> Response:
    """Forget the faults that are queued."""
    sandbox = _sandbox(request)
    sandbox.faults.clear()
    return Response(status_code=204)


@routes.post("/_sandbox/clock")
async def advance_clock(request: Request, order: ClockOrder) -> dict[str, Any]:
    """Move a held clock."""
    sandbox = _sandbox(request)
    if not isinstance(sandbox.clock, HeldClock):
        raise HTTPException(409, "The sandbox runs on the real clock; start it with a held one to move it.")
    now = sandbox.clock.advance(order.advance)
    return {"now": now, "iso": iso(now)}


@routes.post("/_sandbox/sessions", status_code=201)
async def add_session(request: Request, order: SessionOrder) -> dict[str, str]:
    """Make a session known to creates by filters."""
    sandbox = _sandbox(request)
    sandbox.add_session(**order.model_dump())
    return {"session_id": order.session_id}


@routes.get("/_sandbox/requests")
async def list_requests(request: Request, last: int = Query(default=1000, ge=0)) -> dict[str, Any]:
    """What was asked so far, the latest last."""
    sandbox = _sandbox(request)
    recorded = list(sandbox.requests)
    counts = Counter(each.operation or "other" for each in recorded)
    shown = recorded[-last:] if last else []
    return {"total": len(recorded), "counts": counts, "requests": [asdict(request) for request in shown]}


@routes.get("/_sandbox/state")
async def state(request: Request) -> Response:
    """What the page shows."""
    sandbox = _sandbox(request)
    now = sandbox.clock.now()
    runs, total = sandbox.store.newest(_PAGE_RUNS, now)
    sessions, total_sessions = sandbox.store.newest_sessions(_PAGE_RUNS)
    shown: list[dict[str, Any]] = [
        {**json.loads(run_json(run, now, "total_targets")), "project": project} for run, project in runs
    ]
    return JSONResponse(
        {
            "now": iso(now),
            "clock": "held" if isinstance(sandbox.clock, HeldClock) else "real",
            "speed": sandbox.speed,
            "units_billed": sandbox.units_billed,
            "requests": len(sandbox.requests),
            "faults_pending": len(sandbox.faults),
            "total_runs": total,
            "runs": shown,
            "total_sessions": total_sessions,
            "sessions": [{**each, "last_started_at": iso(each["last_started_at"])} for each in sessions],
        },
        headers={"cache-control": "no-store"},
    )


@routes.get("/_sandbox/session")
async def session(request: Request, session_id: str, project_id: str | None = None) -> Response:
    """A session's latest traces, each with its scores, and its own scores, for the page."""
    sandbox = _sandbox(request)
    store, now = sandbox.store, sandbox.clock.now()
    traces = store.newest_traces(project_id, session_id, _PAGE_RUNS)
    scores = store.newest_scores(project_id, session_id, now, _PAGE_RUNS)
    given = store.scores_of_traces(trace.trace_id for trace in traces)
    told = [{**json.loads(trace_row_json(trace)), "scores": given.get(trace.trace_id, [])} for trace in traces]
    return JSONResponse({"traces": told, "scores": [json.loads(score_json(score)) for score in scores]})


@routes.get("/_sandbox/runs/{run_id}/scores")
async def scores(request: Request, run_id: UUID, limit: int = Query(default=200, ge=1, le=1000)) -> Response:
    """A run's scores, for the page."""
    sandbox = _sandbox(request)
    rows = sandbox.store.run_scores(None, str(run_id), sandbox.clock.now(), limit)
    return Response(f"[{','.join(map(score_json, rows))}]".encode(), media_type="application/json")


def moment(value: datetime | float | str | None, default: float) -> float:
    """Read a moment in any of the forms that `Sandbox.add_session` takes."""
    if value is None:
        return default
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return float(value)
