"""The routes of trace scores."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from starlette.exceptions import HTTPException
from starlette.responses import Response

from .clock import to_microseconds
from .database import Breakdown, int8, storable, storable_json
from .models import ScoreSource, ScoreStatus
from .serving import Limit, Offset, The, Who, query_seconds
from .trace_scores import TraceScore, TraceScoreQuery
from .writing import answer, page, trace_score_json

__all__ = ["routes"]

routes = APIRouter()
SCORES = "/evaluations/trace-scores"


class DataType(StrEnum):
    """How a value is to be read."""

    NUMERIC = "NUMERIC"
    BOOLEAN = "BOOLEAN"
    CATEGORICAL = "CATEGORICAL"


class NewScore(BaseModel):
    """A score that somebody gives."""

    trace_id: UUID
    name: str
    value: str
    data_type: DataType = DataType.NUMERIC
    source: ScoreSource = ScoreSource.ANNOTATION
    reason: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def readable(self) -> Self:
        """Refuse a value that its type does not allow."""
        _readable(self.value, self.data_type)
        return self


class ScoreChange(BaseModel):
    """What is changed of a score; null leaves it."""

    value: str | None = None
    reason: str | None = None
    metadata: dict[str, Any] | None = None


def _readable(value: str, data_type: str) -> None:
    match data_type:
        case DataType.NUMERIC:
            try:
                number = float(value)
            except ValueError:
                raise ValueError("NUMERIC score must be a valid number") from None
            if not 0.0 <= number <= 1.0:
                raise ValueError("NUMERIC score must be in [0.0, 1.0]")
        case DataType.BOOLEAN if value.lower() not in ("true", "false"):
            raise ValueError("BOOLEAN score must be 'true' or 'false'")
        case _:
            pass


def _gone(score_id: UUID) -> HTTPException:
    return HTTPException(404, f"Trace score {score_id} not found.")


@routes.post(SCORES)
async def create_trace_score(service: The, who: Who, body: NewScore) -> Response:
    if body.data_type is DataType.CATEGORICAL:
        storable(body.value, limit=255)
    if not service.store.has_trace(str(body.trace_id)):
        raise Breakdown("there is no such trace")
    now = to_microseconds(service.clock.now())
    score = TraceScore(
        id=str(uuid4()),
        run_id=None,
        eval_run_id=None,
        project_id=who.project_id,
        trace_id=str(body.trace_id),
        name=body.name,
        value=body.value,
        data_type=body.data_type,
        source=body.source,
        status=ScoreStatus.SUCCESS,
        reason=body.reason,
        environment=None,
        metadata=storable_json(body.metadata),
        created_at=now,
        updated_at=now,
    )
    service.store.add_trace_score(score)
    return answer(trace_score_json(score), 201)


@routes.get(SCORES)
async def list_trace_scores(
    service: The,
    who: Who,
    trace_id: UUID | None = None,
    name: str | None = None,
    source: ScoreSource | None = None,
    status: ScoreStatus | None = None,
    data_type: DataType | None = None,
    eval_run_id: UUID | None = None,
    environment: str | None = None,
    date_from: datetime | None = None,
    date_to: datetime | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    storable(name, environment)
    int8(offset)
    query = TraceScoreQuery(
        trace_id=None if trace_id is None else str(trace_id),
        name=name,
        source=source,
        status=status,
        data_type=data_type,
        eval_run_id=None if eval_run_id is None else str(eval_run_id),
        environment=environment,
        date_from=query_seconds(date_from),
        date_to=query_seconds(date_to),
    )
    service.store.bring_all_up_to(who.project_id, service.clock.now(), query.eval_run_id)
    found = service.store.trace_scores(who.project_id, query)
    rows = [trace_score_json(score) for score in found[offset : offset + limit]]
    return page(rows, len(found), limit, offset)


@routes.get(f"{SCORES}/{{trace_id}}")
async def list_scores_of_trace(service: The, who: Who, trace_id: UUID) -> Response:
    service.store.bring_all_up_to(who.project_id, service.clock.now())
    newest: dict[str, TraceScore] = {}
    for score in service.store.trace_scores(who.project_id, TraceScoreQuery(trace_id=str(trace_id))):
        newest.setdefault(score.name, score)
    return answer(f"[{','.join(trace_score_json(newest[name]) for name in sorted(newest))}]")


@routes.patch(f"{SCORES}/{{score_id}}")
async def update_trace_score(service: The, who: Who, score_id: UUID, body: ScoreChange) -> Response:
    service.store.bring_all_up_to(who.project_id, service.clock.now())
    score = service.store.trace_score(who.project_id, str(score_id))
    if score is None:
        raise _gone(score_id)
    if body.value is not None:
        try:
            _readable(body.value, score.data_type)
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        storable(body.value, limit=255 if score.data_type == DataType.CATEGORICAL else None)
    change = body.model_dump(exclude_none=True)
    if "metadata" in change:
        change["metadata"] = storable_json(change["metadata"])
    now = to_microseconds(service.clock.now())
    by_a_person = {"status": ScoreStatus.SUCCESS, "source": ScoreSource.ANNOTATION, "updated_at": now}
    service.store.edit_trace_score(score.id, change | by_a_person)
    changed = service.store.trace_score(who.project_id, str(score_id)) or score
    return answer(trace_score_json(changed))


@routes.delete(f"{SCORES}/{{score_id}}")
async def delete_trace_score(service: The, who: Who, score_id: UUID) -> Response:
    service.store.bring_all_up_to(who.project_id, service.clock.now())
    if not service.store.delete_trace_score(who.project_id, str(score_id)):
        raise _gone(score_id)
    return Response(status_code=204, media_type="application/json")
