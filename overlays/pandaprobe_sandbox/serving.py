"""What every route needs: the service, who asks, and the forms of a query's values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from .auth import Caller, authenticate
from .clock import Clock
from .database import Breakdown, int4, int8, storable
from .ingestion import seconds
from .limits import FixedWindow
from .models import Filters, RunStatus
from .store import NewRun, Run, Store
from .traces import TraceFilter
from .worker import Timing
from .writing import TotalField, answer, page, run_json

__all__ = [
    "CREATED",
    "DEFAULT_MODEL",
    "LATE",
    "METRICS",
    "Limit",
    "Offset",
    "Service",
    "The",
    "Who",
    "caller",
    "commit",
    "delete_run",
    "filter_seconds",
    "gone",
    "matching_sessions",
    "query_seconds",
    "resolved",
    "run_answer",
    "run_of",
    "runs_page",
]

DEFAULT_MODEL = "openai/gpt-5.4-mini"
PROVIDERS = {"gpt-": "openai", "o1-": "openai", "o3-": "openai", "claude-": "anthropic", "gemini-": "google_genai"}
"""Whose models begin so: their names get the provider's key before them. Caution: that of `gemini-` was never seen."""
METRICS = {
    "agent_consistency": "How evenly an agent behaved over a session: the variation of risk between its traces.",
    "agent_reliability": "Worst-case reliability of an agent over a session: how strongly its riskiest traces failed.",
}
LATE = "pandaprobe.late"
"""Key in the ASGI scope: after how many seconds a run that is created shall be seen."""
CREATED = "pandaprobe.created"
"""Key in the ASGI scope: where a create leaves its run's id."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes need."""

    store: Store
    clock: Clock
    timing: Timing
    total_field: TotalField
    creates: FixedWindow | None
    others: FixedWindow | None
    triggers: FixedWindow | None
    traces: FixedWindow | None


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


The = Annotated[Service, Depends(_service)]


async def caller(request: Request, service: The) -> Caller:
    """Say who asks, by the request's headers."""
    return authenticate(request.headers, service.store)


Who = Annotated[Caller, Depends(caller)]
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0)]


def resolved(model: str | None) -> str:
    """Say which model a run takes: the service's own where none is given."""
    if model is None:
        return DEFAULT_MODEL
    return next((f"{key}/{model}" for start, key in PROVIDERS.items() if model.startswith(start)), model)


def query_seconds(moment: datetime | None) -> float | None:
    """Read a query's time, which the service breaks on where it is beyond all calendars."""
    try:
        return None if moment is None else seconds(moment)
    except OverflowError as error:
        raise Breakdown(str(error)) from None


def filter_seconds(text: str | None) -> float | None:
    """Read a filter's time as the service does, which breaks on what is none."""
    try:
        return None if text is None else seconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise Breakdown(str(error)) from None


def matching_sessions(service: Service, project_id: str, wanted: Filters) -> list[str]:
    """Return the ids of the sessions that match filters; breaks where the service does."""
    storable(wanted.user_id, *(wanted.tags or ()))
    int4(wanted.min_trace_count)
    traces = TraceFilter(
        started_after=filter_seconds(wanted.date_from),
        started_before=filter_seconds(wanted.date_to),
        user_id=wanted.user_id,
        tags=wanted.tags or (),
    )
    found = service.store.sessions(
        project_id, traces, has_error=wanted.has_error, min_trace_count=wanted.min_trace_count
    )
    return [session.session_id for session in found]


def commit(request: Request, service: Service, who: Caller, new: NewRun) -> Response:
    """Bill and commit a run, and answer with it."""
    now = service.clock.now()
    run = service.store.add_run(new, who.plan, service.timing, now, request.scope.get(LATE, 0.0))
    request.scope[CREATED] = run.id
    return answer(run_json(run, now, service.total_field), 202)


def run_of(service: Service, who: Caller, run_id: UUID) -> Run:
    """Find a run, of whichever kind: the service does not look at it; or refuse with the 404."""
    run = service.store.run(who.project_id, str(run_id), service.clock.now())
    if run is None:
        raise gone(run_id)
    return run


def run_answer(service: Service, who: Caller, run_id: UUID) -> Response:
    """Answer with one run."""
    return answer(run_json(run_of(service, who, run_id), service.clock.now(), service.total_field))


def runs_page(
    service: Service, who: Caller, target_type: str, status: RunStatus | None, limit: int, offset: int
) -> Response:
    """Answer with a page of the runs of one kind."""
    int8(offset)
    now = service.clock.now()
    runs, total = service.store.runs(who.project_id, status, limit, offset, now, target_type)
    return page([run_json(run, now, service.total_field) for run in runs], total, limit, offset)


def delete_run(service: Service, who: Caller, run_id: UUID, *, delete_scores: bool) -> Response:
    """Delete a run, of whichever kind."""
    if not service.store.delete_run(who.project_id, str(run_id), delete_scores=delete_scores, now=service.clock.now()):
        raise gone(run_id)
    return Response(status_code=204, media_type="application/json")


def gone(run_id: UUID) -> HTTPException:
    """The 404 for a run that is not there."""
    return HTTPException(404, f"Eval run {run_id} not found.")
