"""The routes of traces and sessions: ingestion, lists, sums and deletion."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Body, Query, Request
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from .buckets import Granularity, session_buckets, trace_buckets
from .clock import iso
from .database import int8, storable
from .ingestion import NewSpan, NewTrace, SpanUpdate, TraceStatus, TraceUpdate
from .limits import count_create
from .serving import Limit, Offset, The, Who, query_seconds
from .traces import SessionSort, SortOrder, TraceFilter, TraceSort
from .writing import answer, page, session_json, span_json, to_json, trace_json, trace_row_json

__all__ = ["routes"]

routes = APIRouter()
Tags = Annotated[list[str] | None, Query()]
Ids = Annotated[list[UUID], Field(min_length=1, max_length=500)]


class AnalyticsMetric(StrEnum):
    """What is added up over time."""

    VOLUME = "volume"
    ERRORS = "errors"
    LATENCY = "latency"
    COST = "cost"
    TOKENS = "tokens"
    MODELS = "models"


class TraceIds(BaseModel):
    """Some traces."""

    trace_ids: Ids


class TagChange(BaseModel):
    """Tags to take from some traces, and to give them."""

    trace_ids: Ids
    add_tags: list[str] = Field(default_factory=list)
    remove_tags: list[str] = Field(default_factory=list)


def _gone(trace_id: UUID) -> HTTPException:
    return HTTPException(404, f"Trace {trace_id} not found.")


def _no_session(session_id: str) -> HTTPException:
    return HTTPException(404, f"Session '{session_id}' not found.")


def _texts(ids: Iterable[UUID]) -> list[str]:
    return [str(each) for each in ids]


# --- traces ----------------------------------------------------------------------------------------


@routes.post("/traces")
async def create_trace(request: Request, service: The, who: Who, trace: NewTrace) -> Response:
    count_create(service.traces, request, service.clock.now())
    service.store.add_trace(who.project_id, trace)
    return answer(to_json({"trace_id": str(trace.trace_id), "task_id": str(uuid4())}), 202)


@routes.get("/traces")
async def list_traces(
    service: The,
    who: Who,
    limit: Limit = 50,
    offset: Offset = 0,
    session_id: str | None = None,
    status: TraceStatus | None = None,
    user_id: str | None = None,
    tags: Tags = None,
    name: str | None = None,
    started_after: datetime | None = None,
    started_before: datetime | None = None,
    sort_by: TraceSort = TraceSort.STARTED_AT,
    sort_order: SortOrder = SortOrder.DESC,
) -> Response:
    storable(session_id, user_id, name, *(tags or ()))
    int8(offset)
    wanted = TraceFilter(
        started_after=query_seconds(started_after),
        started_before=query_seconds(started_before),
        user_id=user_id,
        tags=tags or (),
        session_id=session_id,
        status=status,
        text_in_name=name,
    )
    found = service.store.traces(who.project_id, wanted)
    found.sort(key=lambda trace: trace.rank(sort_by), reverse=sort_order is SortOrder.DESC)
    return page(list(map(trace_row_json, found[offset : offset + limit])), len(found), limit, offset)


@routes.get("/traces/analytics")
async def get_trace_analytics(
    service: The,
    who: Who,
    started_after: datetime,
    started_before: datetime,
    metric: AnalyticsMetric = AnalyticsMetric.VOLUME,
    granularity: Granularity = Granularity.DAY,
) -> Response:
    within = TraceFilter(query_seconds(started_after), query_seconds(started_before))
    found = service.store.traces(who.project_id, within)
    bodies = (service.store.trace(who.project_id, each.trace_id) for each in found)
    spans = [(each, (body or {}).get("spans", [])) for each, body in zip(found, bodies, strict=True)]
    return answer(to_json(trace_buckets(spans, metric.value, granularity)))


@routes.get("/traces/users")
async def list_trace_users(service: The, who: Who, limit: Limit = 50, offset: Offset = 0) -> Response:
    int8(offset)
    found = service.store.users(who.project_id)
    rows = [
        {
            "user_id": user.user_id,
            "trace_count": user.trace_count,
            "first_seen": iso(user.first_seen),
            "last_seen": iso(user.last_seen),
            "error_count": user.error_count,
        }
        for user in found[offset : offset + limit]
    ]
    return page(list(map(to_json, rows)), len(found), limit, offset)


@routes.post("/traces/batch/delete")
async def delete_traces(service: The, who: Who, body: TraceIds) -> Response:
    return answer(to_json({"deleted": _delete(service, who, _texts(body.trace_ids))}))


@routes.post("/traces/batch/tags")
async def tag_traces(service: The, who: Who, body: TagChange) -> Response:
    storable(*body.add_tags, *body.remove_tags)
    ids = _texts(body.trace_ids)
    updated = service.store.tag_traces(who.project_id, ids, body.add_tags, body.remove_tags)
    return answer(to_json({"updated": updated}))


def _delete(service: The, who: Who, trace_ids: list[str]) -> int:
    """Delete traces, after what is due of them has been scored; return how many there were."""
    service.store.bring_all_up_to(who.project_id, service.clock.now())
    return len(service.store.delete_traces(who.project_id, trace_ids))


def _trace(service: The, who: Who, trace_id: UUID) -> Response:
    found = service.store.trace(who.project_id, str(trace_id))
    if found is None:
        raise _gone(trace_id)
    return answer(to_json(trace_json(found, who.project_id)))


@routes.patch("/traces/{trace_id}")  # the first route of this path is the one that its 405 names
async def update_trace(service: The, who: Who, trace_id: UUID, body: TraceUpdate) -> Response:
    change = body.model_dump(mode="json", exclude_unset=True)
    if not service.store.change_trace(who.project_id, str(trace_id), change):
        raise _gone(trace_id)
    return _trace(service, who, trace_id)


@routes.get("/traces/{trace_id}")
async def get_trace(service: The, who: Who, trace_id: UUID) -> Response:
    return _trace(service, who, trace_id)


@routes.delete("/traces/{trace_id}", status_code=204)
async def delete_trace(service: The, who: Who, trace_id: UUID) -> Response:
    if not _delete(service, who, [str(trace_id)]):
        raise _gone(trace_id)
    return Response(status_code=204, media_type="application/json")


@routes.post("/traces/{trace_id}/spans")
async def add_spans(
    service: The, who: Who, trace_id: UUID, spans: Annotated[list[NewSpan], Body(min_length=1, max_length=500)]
) -> Response:
    written = [span.model_dump(mode="json") for span in spans]
    if not service.store.add_spans(who.project_id, str(trace_id), written):
        raise _gone(trace_id)
    return answer(to_json({"span_ids": [span["span_id"] for span in written]}), 201)


@routes.patch("/traces/{trace_id}/spans/{span_id}")
async def update_span(service: The, who: Who, trace_id: UUID, span_id: UUID, body: SpanUpdate) -> Response:
    change = body.model_dump(mode="json", exclude_unset=True)
    trace = service.store.trace(who.project_id, str(trace_id))
    if trace is None:
        raise _gone(trace_id)
    if not service.store.change_span(who.project_id, str(trace_id), str(span_id), change):
        raise HTTPException(404, f"Span {span_id} not found.")  # its words were not recorded
    changed: dict[str, Any] = service.store.trace(who.project_id, str(trace_id)) or trace
    span = next(each for each in changed["spans"] if each["span_id"] == str(span_id))
    return answer(to_json(span_json(span, str(trace_id))))


# --- sessions --------------------------------------------------------------------------------------


@routes.get("/sessions")
async def list_sessions(
    service: The,
    who: Who,
    limit: Limit = 50,
    offset: Offset = 0,
    user_id: str | None = None,
    has_error: bool | None = None,
    started_after: datetime | None = None,
    started_before: datetime | None = None,
    tags: Tags = None,
    query: str | None = None,
    sort_by: SessionSort = SessionSort.RECENT,
    sort_order: SortOrder = SortOrder.DESC,
) -> Response:
    storable(user_id, query, *(tags or ()))
    int8(offset)
    traces = TraceFilter(query_seconds(started_after), query_seconds(started_before), user_id, tags or ())
    found = service.store.sessions(who.project_id, traces, text_in_id=query, has_error=has_error)
    found.sort(key=lambda session: session.rank(sort_by), reverse=sort_order is SortOrder.DESC)
    rows = [to_json(session_json(session)) for session in found[offset : offset + limit]]
    return page(rows, len(found), limit, offset)


@routes.get("/sessions/analytics")
async def get_session_analytics(
    service: The,
    who: Who,
    started_after: datetime,
    started_before: datetime,
    granularity: Granularity = Granularity.DAY,
) -> Response:
    within = TraceFilter(query_seconds(started_after), query_seconds(started_before))
    return answer(to_json(session_buckets(service.store.sessions(who.project_id, within), granularity)))


@routes.get("/sessions/{session_id}")
async def get_session(
    service: The,
    who: Who,
    session_id: str,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Offset = 0,
) -> Response:
    storable(session_id)
    int8(offset)
    found = service.store.sessions(who.project_id, TraceFilter(session_id=session_id))
    if not found:
        raise _no_session(session_id)
    traces = service.store.session_traces(who.project_id, session_id)[offset : offset + limit]
    return answer(to_json(session_json(found[0]) | {"traces": [trace_json(each, who.project_id) for each in traces]}))


@routes.delete("/sessions/{session_id}")
async def delete_session(service: The, who: Who, session_id: str) -> Response:
    storable(session_id)
    ids = [trace.trace_id for trace in service.store.traces(who.project_id, TraceFilter(session_id=session_id))]
    if not ids:
        raise _no_session(session_id)
    return answer(to_json({"deleted": _delete(service, who, ids)}))
