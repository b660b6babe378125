"""The service's routes: what it accepts, in which words it refuses, what it answers."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import figures, ingested, monitors, scoring, trace_runs
from .database import int8, storable
from .limits import OtherLimitLayer, QuotaRefused, RateRefused, count_create
from .models import BatchRequest, FilterRequest, RunStatus, ScoreSource, ScoreStatus
from .serving import (
    METRICS,
    Limit,
    Offset,
    Service,
    The,
    Who,
    caller,
    commit,
    delete_run,
    matching_sessions,
    query_seconds,
    resolved,
    run_answer,
    run_of,
    runs_page,
)
from .store import NewRun, ScoreQuery, sample
from .writing import answer, page, score_json, to_json

__all__ = ["METRICS", "Service", "build", "operation_of"]

RUNS = "/evaluations/session-runs"


def operation_of(method: str, path: str) -> str | None:
    """Name the operation that a request means: its handler is called like it."""
    for route in routes.routes:
        if isinstance(route, APIRoute) and method in (route.methods or ()) and route.path_regex.match(path):
            return route.name
    return None


class RequestIdLayer:
    """Gives every answer an X-Request-ID, the one that the request sent or a new one, and tells browsers of credentials."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, adding the headers."""
        sent = Headers(scope=scope)
        request_id = sent.get("x-request-id") or str(uuid4())

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                if "origin" in sent:
                    headers["access-control-allow-credentials"] = "true"
            await send(message)

        await self.app(scope, receive, send_with_id)


async def _validation_error(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [
        {"field": " -> ".join(str(part) for part in found["loc"] if part != "body"), "message": _said(found)}
        for found in error.errors()
    ]
    return JSONResponse({"detail": "Validation error", "errors": errors}, 422)


def _said(found: dict[str, Any]) -> str:
    """Return the message: of a body that is null, the one that the service's own, older framework has for none."""
    no_body = found["loc"] == ("body",) and found["input"] is None
    return "Field required" if no_body else str(found["msg"])


async def _rate_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RateRefused)
    return answer(error.body, 429)


async def _quota_refused(_: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, 429)


def _known(metrics: list[str]) -> None:
    unknown = [name for name in metrics if name not in METRICS]
    if unknown:
        raise HTTPException(422, f"Unknown session metrics: {', '.join(unknown)}")


routes = APIRouter()


@routes.post(f"{RUNS}/batch")
async def create_batch_session_eval_run(request: Request, service: The, who: Who, body: BatchRequest) -> Response:
    count_create(service.creates, request, service.clock.now())
    _known(body.metrics)
    ids = list(dict.fromkeys(body.session_ids))
    filters: dict[str, Any] = {"session_ids": ids}
    if body.signal_weights:
        filters["signal_weights"] = body.signal_weights
    model = resolved(body.model)
    new = NewRun(who.project_id, who.org, body.name, body.metrics, filters, ids, 1.0, model)
    return commit(request, service, who, new)


@routes.post(RUNS)
async def create_session_eval_run(request: Request, service: The, who: Who, body: FilterRequest) -> Response:
    count_create(service.creates, request, service.clock.now())
    _known(body.metrics)
    wanted = body.filters
    found = matching_sessions(service, who.project_id, wanted)
    if not found:
        raise HTTPException(422, "No sessions match the provided filters.")
    ids = sample(found, body.sampling_rate)
    filters = wanted.model_dump(exclude_none=True)
    if body.signal_weights:
        filters["signal_weights"] = body.signal_weights
    model = resolved(body.model)
    new = NewRun(who.project_id, who.org, body.name, body.metrics, filters, ids, body.sampling_rate, model)
    return commit(request, service, who, new)


@routes.get(RUNS)
async def list_session_eval_runs(
    service: The, who: Who, status: RunStatus | None = None, limit: Limit = 50, offset: Offset = 0
) -> Response:
    return runs_page(service, who, "SESSION", status, limit, offset)


@routes.get(f"{RUNS}/{{run_id}}")
async def get_session_eval_run(service: The, who: Who, run_id: UUID) -> Response:
    return run_answer(service, who, run_id)


@routes.delete(f"{RUNS}/{{run_id}}", status_code=204)
async def delete_session_eval_run(service: The, who: Who, run_id: UUID, delete_scores: bool = False) -> Response:
    return delete_run(service, who, run_id, delete_scores=delete_scores)


@routes.post(f"{RUNS}/{{run_id}}/retry")
async def retry_session_eval_run(request: Request, service: The, who: Who, run_id: UUID) -> Response:
    now = service.clock.now()
    count_create(service.creates, request, now)
    run = run_of(service, who, run_id)
    ids, metrics = service.store.failed_pairs(run, now)
    if not ids:
        raise HTTPException(422, "No failed scores to retry in this run.")
    filters: dict[str, Any] = {"retry_of": run.id, "session_ids": ids}
    weights = json.loads(run.filters).get("signal_weights")
    if weights:
        filters["signal_weights"] = weights
    name = f"Retry: {run.name or run.id}"
    new = NewRun(who.project_id, who.org, name, metrics, filters, ids, 1.0, run.model, retry=True)
    return commit(request, service, who, new)


@routes.get(f"{RUNS}/{{run_id}}/scores")
async def list_session_eval_run_scores(service: The, who: Who, run_id: UUID) -> Response:
    rows = service.store.run_scores(who.project_id, str(run_id), service.clock.now())
    return answer(f"[{','.join(map(score_json, rows))}]")


@routes.get("/evaluations/session-metrics", dependencies=[Depends(caller)])
async def list_session_metrics() -> Response:
    metrics = [{"name": name, "description": text, "category": "session"} for name, text in METRICS.items()]
    return answer(to_json(metrics))


@routes.get("/evaluations/session-scores")
async def list_session_scores(
    service: The,
    who: Who,
    session_id: str | None = None,
    name: str | None = None,
    source: ScoreSource | None = None,
    status: ScoreStatus | None = None,
    eval_run_id: UUID | None = None,
    date_from: datetime | None = None,
    date_to: datetime | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    storable(session_id, name)
    int8(offset)
    query = ScoreQuery(
        session_id=session_id,
        name=name,
        source=source,
        status=status,
        eval_run_id=None if eval_run_id is None else str(eval_run_id),
        date_from=query_seconds(date_from),
        date_to=query_seconds(date_to),
        limit=limit,
        offset=offset,
    )
    rows, total = service.store.scores(who.project_id, query, service.clock.now())
    return page(list(map(score_json, rows)), total, limit, offset)


@routes.get("/evaluations/session-scores/{session_id}")
async def list_scores_of_session(service: The, who: Who, session_id: str) -> Response:
    storable(session_id)
    every = ScoreQuery(session_id=session_id, limit=-1, offset=0)
    rows, _ = service.store.scores(who.project_id, every, service.clock.now())
    return answer(f"[{','.join(map(score_json, rows))}]")


@routes.delete("/evaluations/session-scores/{score_id}")
async def delete_session_score(service: The, who: Who, score_id: UUID) -> Response:
    service.store.delete_score(who.project_id, str(score_id), service.clock.now())
    return Response(status_code=204, media_type="application/json")


routes.routes.extend(
    [
        *figures.routes.routes,
        *ingested.routes.routes,
        *monitors.routes.routes,
        *scoring.routes.routes,
        *trace_runs.routes.routes,
    ]
)


def build(service: Service) -> FastAPI:
    """Build the application around one service."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.service = service
    app.add_middleware(RequestIdLayer)
    app.add_middleware(monitors.SchedulerLayer, service=service)
    app.add_middleware(OtherLimitLayer, window=service.others, clock=service.clock)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(RateRefused, _rate_refused)
    app.add_exception_handler(QuotaRefused, _quota_refused)
    app.router.routes.extend(routes.routes)  # include_router would build them anew for each sandbox
    return app
