"""Monitors: their routes, and the scheduler that looks after them every five minutes of the sandbox's clock."""

import json
import math
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .auth import plan_of
from .cadence import InvalidCadence, next_run
from .database import Breakdown, int8, storable, storable_json
from .limits import QuotaRefused, count_create
from .models import Filters as SessionFilters
from .monitor_rows import Monitor
from .serving import (
    CREATED,
    LATE,
    METRICS,
    Limit,
    Offset,
    Service,
    The,
    Who,
    filter_seconds,
    matching_sessions,
    resolved,
)
from .store import NewRun, Run, sample
from .trace_judge import TRACE_METRICS
from .trace_runs import Filters as TraceFilters
from .trace_runs import matching_traces
from .traces import TraceFilter
from .writing import answer, monitor_json, page, run_json

__all__ = ["SchedulerLayer", "routes"]

routes = APIRouter()
MONITORS = "/evaluations/monitors"
TICK = 300.0
"""Seconds between two looks of the scheduler."""
LONGEST_NAME, LONGEST_CADENCE = 255, 50
PLAN_WITHOUT = "HOBBY"


class MonitorStatus(StrEnum):
    """Whether a monitor runs by itself."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"


class NewMonitor(BaseModel):
    """A monitor to be created."""

    name: str
    target_type: str
    metrics: list[str] = Field(min_length=1)
    filters: dict[str, Any] = Field(default_factory=dict)
    sampling_rate: float = Field(default=1.0, ge=0.0, le=1.0)
    model: str | None = None
    cadence: str
    only_if_changed: bool = True
    signal_weights: dict[str, float] | None = None


class MonitorChange(BaseModel):
    """What is changed of a monitor; what null does differs by field."""

    name: str | None = None
    metrics: list[str] | None = None
    filters: dict[str, Any] | None = None
    sampling_rate: float | None = Field(default=None, ge=0.0, le=1.0)
    model: str | None = None
    cadence: str | None = None
    only_if_changed: bool | None = None
    signal_weights: dict[str, float] | None = None


def _known(metrics: list[str], target_type: str) -> None:
    unknown = [name for name in metrics if name not in (METRICS if target_type == "SESSION" else TRACE_METRICS)]
    if unknown:
        raise HTTPException(422, f"Unknown metrics: {', '.join(unknown)}")


def _next(cadence: str, after: float) -> float:
    storable(cadence, limit=LONGEST_CADENCE)
    try:
        return next_run(cadence, after)
    except InvalidCadence as error:
        raise HTTPException(422, str(error)) from None


def _found(service: Service, project_id: str, monitor_id: UUID) -> Monitor:
    monitor = service.store.monitor(project_id, str(monitor_id))
    if monitor is None:
        raise HTTPException(404, f"Eval monitor {monitor_id} not found.")
    if monitor.filters is None:
        raise Breakdown("the filters of this monitor are null")
    return monitor


@routes.post(MONITORS)
async def create_monitor(service: The, who: Who, body: NewMonitor) -> Response:
    if body.target_type not in ("TRACE", "SESSION"):
        raise HTTPException(422, "target_type must be 'TRACE' or 'SESSION'.")
    _known(body.metrics, body.target_type)
    if body.signal_weights and body.target_type != "SESSION":
        raise HTTPException(422, "signal_weights is only valid for SESSION monitors.")
    now = service.clock.now()
    due = _next(body.cadence, now)
    if who.plan.name == PLAN_WITHOUT:
        raise QuotaRefused(f"Monitoring is not available on your {PLAN_WITHOUT} plan. Please upgrade.")
    storable(body.name, body.model, limit=LONGEST_NAME)
    weights = {"signal_weights": body.signal_weights} if body.signal_weights else {}
    monitor = Monitor(
        id=str(uuid4()),
        project_id=who.project_id,
        org=who.org,
        name=body.name,
        target_type=body.target_type,
        metric_names=storable_json(body.metrics),
        filters=storable_json({**body.filters, **weights}),
        sampling_rate=body.sampling_rate,
        model=body.model,
        cadence=body.cadence,
        only_if_changed=body.only_if_changed,
        status=MonitorStatus.ACTIVE,
        last_run_at=None,
        last_run_id=None,
        next_run_at=due,
        created_at=now,
        updated_at=now,
    )
    service.store.add_monitor(monitor)
    return answer(monitor_json(monitor), 201)


@routes.get(MONITORS)
async def list_monitors(
    service: The, who: Who, status: MonitorStatus | None = None, limit: Limit = 50, offset: Offset = 0
) -> Response:
    int8(offset)
    found = service.store.monitors(who.project_id, status)
    return page(list(map(monitor_json, found[offset : offset + limit])), len(found), limit, offset)


@routes.get(f"{MONITORS}/{{monitor_id}}")
async def get_monitor(service: The, who: Who, monitor_id: UUID) -> Response:
    return answer(monitor_json(_found(service, who.project_id, monitor_id)))


@routes.patch(f"{MONITORS}/{{monitor_id}}")
async def update_monitor(service: The, who: Who, monitor_id: UUID, body: MonitorChange) -> Response:
    monitor, now = _found(service, who.project_id, monitor_id), service.clock.now()
    given = {name: getattr(body, name) for name in body.model_fields_set}
    if "filters" in given and given["filters"] is None:
        service.store.change_monitor(monitor._replace(filters=None, updated_at=now))
        raise Breakdown("null is stored in place of the filters, and every read of it fails")
    if any(name in given and given[name] is None for name in ("name", "sampling_rate", "cadence", "only_if_changed")):
        raise Breakdown("the database refuses null here")
    if given.get("metrics"):
        _known(given["metrics"], monitor.target_type)
    if "cadence" in given:
        given["next_run_at"] = _next(given["cadence"], now)
    storable(given.get("name"), given.get("model"), limit=LONGEST_NAME)
    metrics = given.pop("metrics", None)
    if metrics is not None:
        given["metric_names"] = storable_json(metrics)
    stored = monitor.wanted
    filters = dict(given.pop("filters", stored))
    if "signal_weights" in stored:
        filters["signal_weights"] = stored["signal_weights"]
    if "signal_weights" in given:
        weights = given.pop("signal_weights")
        filters.pop("signal_weights", None)
        filters |= {"signal_weights": weights} if weights else {}
    changed = monitor._replace(**{**given, "filters": storable_json(filters), "updated_at": now})
    return answer(monitor_json(service.store.change_monitor(changed)))


@routes.post(f"{MONITORS}/{{monitor_id}}/pause")
async def pause_monitor(service: The, who: Who, monitor_id: UUID) -> Response:
    monitor, now = _found(service, who.project_id, monitor_id), service.clock.now()
    if monitor.status != MonitorStatus.PAUSED:
        paused = monitor._replace(status=MonitorStatus.PAUSED, next_run_at=None, updated_at=now)
        monitor = service.store.change_monitor(paused)
    return answer(monitor_json(monitor))


@routes.post(f"{MONITORS}/{{monitor_id}}/resume")
async def resume_monitor(service: The, who: Who, monitor_id: UUID) -> Response:
    monitor, now = _found(service, who.project_id, monitor_id), service.clock.now()
    if monitor.status != MonitorStatus.ACTIVE:
        due = next_run(monitor.cadence, now)
        monitor = service.store.change_monitor(
            monitor._replace(status=MonitorStatus.ACTIVE, next_run_at=due, updated_at=now)
        )
    return answer(monitor_json(monitor))


@routes.post(f"{MONITORS}/{{monitor_id}}/trigger")
async def trigger_monitor(request: Request, service: The, who: Who, monitor_id: UUID) -> Response:
    now = service.clock.now()
    count_create(service.triggers, request, now)
    monitor = _found(service, who.project_id, monitor_id)
    targets = _targets(service, monitor)
    if not targets:
        kind = "sessions" if monitor.target_type == "SESSION" else "traces"
        raise HTTPException(422, f"No {kind} match the monitor's filters.")
    run = _ran(service, monitor, targets, now, request.scope.get(LATE, 0.0))
    request.scope[CREATED] = run.id
    return answer(run_json(run, now, service.total_field), 202)


@routes.get(f"{MONITORS}/{{monitor_id}}/runs")
async def list_monitor_runs(
    service: The, who: Who, monitor_id: UUID, limit: Limit = 50, offset: Offset = 0
) -> Response:
    int8(offset)
    monitor, now = _found(service, who.project_id, monitor_id), service.clock.now()
    runs = service.store.runs_of_monitor(monitor.id, now)
    rows = [run_json(run, now, service.total_field) for run in runs[offset : offset + limit]]
    return page(rows, len(runs), limit, offset)


@routes.delete(f"{MONITORS}/{{monitor_id}}", status_code=204)
async def delete_monitor(service: The, who: Who, monitor_id: UUID) -> Response:
    service.store.delete_monitor(_found(service, who.project_id, monitor_id).id)
    return Response(status_code=204, media_type="application/json")


def _targets(service: Service, monitor: Monitor) -> list[str]:
    """What matches at this moment, or a sample of it; at least one where anything does."""
    try:
        if monitor.target_type == "SESSION":
            wanted = SessionFilters.model_validate(monitor.wanted)
            found = matching_sessions(service, monitor.project_id, wanted)
        else:
            found = matching_traces(service, monitor.project_id, TraceFilters.model_validate(monitor.wanted))
    except ValidationError as error:
        raise Breakdown(str(error)) from None
    return (sample(found, monitor.sampling_rate) or found[:1]) if found else []


def _ran(service: Service, monitor: Monitor, targets: list[str], now: float, late: float = 0.0) -> Run:
    new = NewRun(
        monitor.project_id,
        monitor.org,
        f"[Monitor] {monitor.name}",
        json.loads(monitor.metric_names),
        monitor.wanted,
        targets,
        monitor.sampling_rate,
        resolved(monitor.model),
        monitor.target_type,
        monitor_id=monitor.id,
    )
    run = service.store.add_run(new, plan_of(monitor.org), service.timing, now, late)
    due = next_run(monitor.cadence, now)
    changed = monitor._replace(last_run_at=now, last_run_id=run.id, next_run_at=due, updated_at=now)
    service.store.change_monitor(changed)
    return run


# --- the scheduler -----------------------------------------------------------------------------------


class SchedulerLayer:
    """Before each request, does what the scheduler would have done by now."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Catch up, and pass on."""
        if scope["type"] == "http":
            _catch_up(self.service)
        await self.app(scope, receive, send)


def _catch_up(service: Service) -> None:
    now = service.clock.now()
    while scheduled := service.store.scheduled():
        tick = math.ceil((scheduled[0].next_run_at or 0.0) / TICK) * TICK
        due = service.store.scheduled(tick)
        if tick > now or any(monitor.filters is None for monitor in due):
            return  # a monitor whose filters are null breaks the look at all of them, then and ever after
        for monitor in due:
            moved = monitor._replace(next_run_at=next_run(monitor.cadence, tick), updated_at=tick)
            _look_after(service, service.store.change_monitor(moved), tick)


def _look_after(service: Service, monitor: Monitor, now: float) -> None:
    """Let a monitor that is due run; what goes wrong, and what is not worth it, looks the same from outside: nothing."""
    try:
        if monitor.only_if_changed and monitor.last_run_at is not None and not _changed(service, monitor):
            return
        targets = _targets(service, monitor)
        if targets:
            _ran(service, monitor, targets, now)
    except (Breakdown, QuotaRefused):
        return


def _changed(service: Service, monitor: Monitor) -> bool:
    """Whether a trace that matches date, user and tags started after the last run."""
    filters = SessionFilters.model_validate({k: v for k, v in monitor.wanted.items() if k in ("user_id", "tags")})
    after = filter_seconds(monitor.wanted.get("date_from"))
    before = filter_seconds(monitor.wanted.get("date_to"))
    traces = service.store.traces(
        monitor.project_id, TraceFilter(after, before, user_id=filters.user_id, tags=filters.tags or ())
    )
    return any(trace.started_at > (monitor.last_run_at or 0.0) for trace in traces)
