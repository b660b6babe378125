"""What requests may hold; pydantic's lax mode and messages are the service's own."""

from enum import StrEnum

from pydantic import BaseModel, Field

__all__ = ["BatchRequest", "FilterRequest", "Filters", "RunStatus", "ScoreSource", "ScoreStatus"]


class RunStatus(StrEnum):
    """Where a run is in its life."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class ScoreStatus(StrEnum):
    """How a score came out."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    PENDING = "PENDING"


class ScoreSource(StrEnum):
    """Who judged."""

    AUTOMATED = "AUTOMATED"
    ANNOTATION = "ANNOTATION"
    PROGRAMMATIC = "PROGRAMMATIC"


class BatchRequest(BaseModel):
    """A create for given session ids."""

    session_ids: list[str] = Field(min_length=1)
    metrics: list[str] = Field(min_length=1)
    name: str | None = None
    model: str | None = None
    signal_weights: dict[str, float] | None = None


class Filters(BaseModel):
    """Which sessions a create by filters evaluates."""

    date_from: str | None = None
    date_to: str | None = None
    user_id: str | None = None
    has_error: bool | None = None
    tags: list[str] | None = None
    min_trace_count: int | None = Field(default=None, ge=1)


class FilterRequest(BaseModel):
    """A create by filters."""

    name: str | None = None
    metrics: list[str] = Field(min_length=1)
    filters: Filters = Field(default_factory=Filters)
    sampling_rate: float = Field(default=1.0, ge=0.0, le=1.0)
    model: str | None = None
    signal_weights: dict[str, float] | None = None
