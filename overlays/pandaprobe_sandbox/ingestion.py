"""Traces and spans as they are sent: what they may hold, and what sending one again changes. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from pydantic import AfterValidator, BaseModel, Field, ValidationInfo
from pydantic_core import PydanticKnownError

__all__ = [
    "STORED",
    "NewSpan",
    "NewTrace",
    "SpanKind",
    "SpanStatus",
    "SpanUpdate",
    "TraceStatus",
    "TraceUpdate",
    "merged",
    "patched",
    "seconds",
    "with_spans",
]


class TraceStatus(StrEnum):
    """How a trace ended, if it did."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"


class SpanKind(StrEnum):
    """What a span did."""

    AGENT = "AGENT"
    TOOL = "TOOL"
    LLM = "LLM"
    RETRIEVER = "RETRIEVER"
    CHAIN = "CHAIN"
    EMBEDDING = "EMBEDDING"
    OTHER = "OTHER"


class SpanStatus(StrEnum):
    """How a span ended."""

    UNSET = "UNSET"
    OK = "OK"
    ERROR = "ERROR"


def _named(name: str, info: ValidationInfo) -> str:
    """Refuse an empty name, save of what is stored: a change may make it empty."""
    if not name and info.context is not STORED:
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return name


STORED = {"stored": True}
Name = Annotated[str, Field(max_length=512), AfterValidator(_named)]


class NewSpan(BaseModel):
    """One step inside a trace."""

    span_id: UUID = Field(default_factory=uuid4)
    parent_span_id: UUID | None = None
    name: Name
    kind: SpanKind = SpanKind.OTHER
    status: SpanStatus = SpanStatus.UNSET
    input: Any = None
    output: Any = None
    model: str | None = Field(default=None, max_length=255)
    token_usage: dict[str, Any] | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    started_at: datetime
    ended_at: datetime | None = None
    error: str | None = None
    completion_start_time: datetime | None = None
    model_parameters: dict[str, Any] | None = None
    cost: dict[str, float] | None = None


class NewTrace(BaseModel):
    """A trace as it is ingested."""

    trace_id: UUID = Field(default_factory=uuid4)
    name: Name
    status: TraceStatus = TraceStatus.COMPLETED
    input: Any = None
    output: Any = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    started_at: datetime
    ended_at: datetime | None = None
    session_id: str | None = Field(default=None, max_length=255)
    user_id: str | None = Field(default=None, max_length=255)
    tags: list[str] = Field(default_factory=list)
    environment: str | None = Field(default=None, max_length=255)
    release: str | None = Field(default=None, max_length=255)
    spans: list[NewSpan] = Field(default_factory=list[NewSpan], max_length=500)


class TraceUpdate(BaseModel):
    """What is changed of a trace; what is not given stays."""

    name: str | None = Field(default=None, max_length=512)
    status: TraceStatus | None = None
    input: Any = None
    output: Any = None
    metadata: dict[str, Any] | None = None
    ended_at: datetime | None = None
    session_id: str | None = Field(default=None, max_length=255)
    user_id: str | None = Field(default=None, max_length=255)
    tags: list[str] | None = None
    environment: str | None = Field(default=None, max_length=255)
    release: str | None = Field(default=None, max_length=255)


class SpanUpdate(BaseModel):
    """What is changed of a span; what is not given stays."""

    name: str | None = Field(default=None, max_length=512)
    kind: SpanKind | None = None
    status: SpanStatus | None = None
    input: Any = None
    output: Any = None
    model: str | None = Field(default=None, max_length=255)
    token_usage: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    ended_at: datetime | None = None
    error: str | None = None
    completion_start_time: datetime | None = None
    model_parameters: dict[str, Any] | None = None
    cost: dict[str, float] | None = None


NOT_NULL = frozenset(("name", "status", "kind", "metadata", "tags"))
"""Fields that always have a value: null leaves them as they are."""


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Send a trace again: unite tags, merge metadata and spans; of the rest what is not null overwrites."""
    given = {name: value for name, value in new.items() if value is not None}
    return {
        **old,
        **given,
        "tags": list(dict.fromkeys([*old["tags"], *given.get("tags", ())])),
        "metadata": old["metadata"] | given.get("metadata", {}),
        "spans": with_spans(old["spans"], given.get("spans", ())),
    }


def with_spans(old: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add spans; one that is there already is replaced."""
    return list({span.get("span_id", index): span for index, span in enumerate([*old, *new])}.values())


def patched(old: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Change a trace or a span: null clears, metadata is merged."""
    given = {name: value for name, value in change.items() if value is not None or name not in NOT_NULL}
    if "metadata" in given:
        given["metadata"] = old["metadata"] | given["metadata"]
    return {**old, **given}


def seconds(moment: datetime | None) -> Any:
    """Return a moment as Unix seconds; one without an offset is read as UTC, the zone of the service's containers."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
