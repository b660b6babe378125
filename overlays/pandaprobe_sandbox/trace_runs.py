"""The routes of trace runs: what they accept, in which words they refuse, what they answer."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from .database import storable
from .ingestion import TraceStatus
from .limits import count_create
from .models import RunStatus
from .serving import (
    Limit,
    Offset,
    Service,
    The,
    Who,
    caller,
    commit,
    delete_run,
    filter_seconds,
    resolved,
    run_answer,
    run_of,
    runs_page,
)
from .store import NewRun, sample
from .trace_judge import TRACE_METRICS
from .traces import TraceFilter
from .writing import answer, to_json, trace_score_json

__all__ = ["Filters", "matching_traces", "routes"]

RUNS = "/evaluations/trace-runs"
routes = APIRouter()


class BatchRequest(BaseModel):
    """A create for given trace ids."""

    trace_ids: list[UUID] = Field(min_length=1)
    metrics: list[str] = Field(min_length=1)
    name: str | None = None
    model: str | None = None


class Filters(BaseModel):
    """Which traces a create by filters evaluates."""

    date_from: str | None = None
    date_to: str | None = None
    status: TraceStatus | None = None
    session_id: str | None = None
    user_id: str | None = None
    tags: list[str] | None = None
    name: str | None = None


class FilterRequest(BaseModel):
    """A create by filters."""

    name: str | None = None
    metrics: list[str] = Field(min_length=1)
    filters: Filters = Field(default_factory=Filters)
    sampling_rate: float = Field(default=1.0, ge=0.0, le=1.0)
    model: str | None = None


def matching_traces(service: Service, project_id: str, wanted: Filters) -> list[str]:
    """Return the ids of the traces that match filters; breaks where the service does."""
    storable(wanted.session_id, wanted.user_id, wanted.name, *(wanted.tags or ()))
    traces = TraceFilter(
        started_after=filter_seconds(wanted.date_from),
        started_before=filter_seconds(wanted.date_to),
        user_id=wanted.user_id,
        tags=wanted.tags or (),
        session_id=wanted.session_id,
        status=wanted.status,
        text_in_name=wanted.name,
    )
    return [trace.trace_id for trace in service.store.traces(project_id, traces)]


def _known(metrics: list[str]) -> None:
    unknown = [name for name in metrics if name not in TRACE_METRICS]
    if unknown:
        raise HTTPException(422, f"Unknown metrics: {', '.join(unknown)}")


@routes.post(f"{RUNS}/batch")
async def create_batch_trace_eval_run(request: Request, service: The, who: Who, body: BatchRequest) -> Response:
    count_create(service.creates, request, service.clock.now())
    _known(body.metrics)
    ids = list(dict.fromkeys(map(str, body.trace_ids)))
    model = resolved(body.model)
    new = NewRun(who.project_id, who.org, body.name, body.metrics, {"trace_ids": ids}, ids, 1.0, model, "TRACE")
    return commit(request, service, who, new)


@routes.post(RUNS)
async def create_trace_eval_run(request: Request, service: The, who: Who, body: FilterRequest) -> Response:
    count_create(service.creates, request, service.clock.now())
    _known(body.metrics)
    wanted = body.filters
    found = matching_traces(service, who.project_id, wanted)
    if not found:
        raise HTTPException(422, "No traces match the provided filters.")
    ids = sample(found, body.sampling_rate)
    filters = wanted.model_dump(mode="json", exclude_none=True)
    model = resolved(body.model)
    new = NewRun(who.project_id, who.org, body.name, body.metrics, filters, ids, body.sampling_rate, model, "TRACE")
    return commit(request, service, who, new)


@routes.get(RUNS)
async def list_trace_eval_runs(
    service: The, who: Who, status: RunStatus | None = None, limit: Limit = 50, offset: Offset = 0
) -> Response:
    return runs_page(service, who, "TRACE", status, limit, offset)


@routes.get(f"{RUNS}/{{run_id}}")
async def get_trace_eval_run(service: The, who: Who, run_id: UUID) -> Response:
    return run_answer(service, who, run_id)


@routes.delete(f"{RUNS}/{{run_id}}", status_code=204)
async def delete_trace_eval_run(service: The, who: Who, run_id: UUID, delete_scores: bool = False) -> Response:
    return delete_run(service, who, run_id, delete_scores=delete_scores)


@routes.post(f"{RUNS}/{{run_id}}/retry")
async def retry_trace_eval_run(request: Request, service: The, who: Who, run_id: UUID) -> Response:
    now = service.clock.now()
    count_create(service.creates, request, now)
    run = run_of(service, who, run_id)
    service.store.bring_up_to(run.id, now)
    pairs = service.store.failed_traces(who.project_id, run.id)
    if not pairs:
        raise HTTPException(422, "No failed scores to retry in this run.")
    ids, metrics = sorted({trace_id for trace_id, _ in pairs}), sorted({name for _, name in pairs})
    filters: dict[str, Any] = {"retry_of": run.id, "trace_ids": ids}
    name = f"Retry: {run.name or run.id}"
    new = NewRun(who.project_id, who.org, name, metrics, filters, ids, 1.0, run.model, "TRACE", retry=True, pairs=pairs)
    return commit(request, service, who, new)


@routes.get(f"{RUNS}/{{run_id}}/scores")
async def list_trace_eval_run_scores(service: The, who: Who, run_id: UUID) -> Response:
    service.store.bring_up_to(str(run_id), service.clock.now())
    scores = service.store.run_trace_scores(who.project_id, str(run_id))
    return answer(f"[{','.join(map(trace_score_json, scores))}]")


@routes.get("/evaluations/trace-metrics", dependencies=[Depends(caller)])
async def list_trace_metrics() -> Response:
    metrics = [{"name": name, "description": text, "category": "trace"} for name, text in TRACE_METRICS.items()]
    return answer(to_json(metrics))
