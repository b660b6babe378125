"""What was ingested: traces, and sessions, which are nothing but what traces share."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, Field

from .database import Database, storable_json

__all__ = [
    "SCHEMA",
    "NewTrace",
    "Session",
    "SessionSort",
    "SortOrder",
    "TraceFilter",
    "TraceStatus",
    "TraceStore",
    "seconds",
]

SCHEMA = """
create table if not exists traces (
  arrived integer primary key, project_id text, trace_id text, session_id text, user_id text, tags text,
  started_at real, ended_at real, failed integer, spans integer, tokens integer, cost real, body text);
create index if not exists traces_by_id on traces (trace_id);
create index if not exists traces_by_session on traces (session_id);
"""


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


class SessionSort(StrEnum):
    """What sessions are listed by."""

    RECENT = "recent"
    TRACE_COUNT = "trace_count"
    LATENCY = "latency"
    COST = "cost"


class SortOrder(StrEnum):
    """Which end of a list comes first."""

    ASC = "asc"
    DESC = "desc"


class NewSpan(BaseModel):
    """One step inside a trace."""

    span_id: UUID = Field(default_factory=uuid4)
    parent_span_id: UUID | None = None
    name: str = Field(min_length=1, max_length=512)
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
    name: str = Field(min_length=1, max_length=512)
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


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """Which traces are looked at; times are Unix seconds, the later bound is exclusive."""

    started_after: float | None = None
    started_before: float | None = None
    user_id: str | None = None
    tags: Sequence[str] = ()
    text_in_id: str | None = None
    """Part of the session's id, in any case."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the traces that were looked at share; the times are Unix seconds."""

    session_id: str
    trace_count: int
    first_trace_at: float
    last_trace_at: float | None
    total_latency_ms: float | None
    has_error: bool
    user_id: str | None
    tags: list[str]
    total_span_count: int
    total_tokens: int
    total_cost: float
    arrived: int

    @classmethod
    def of(cls, session_id: str, traces: Sequence[Any]) -> "Session":
        """Sum up traces of one session, each a row of `TraceStore.sessions`, in the order of arrival."""
        arrived, _, users, tags, started, ended, failed, spans, tokens, costs = zip(*traces, strict=True)
        took = [1000 * (end - start) for start, end in zip(started, ended, strict=True) if end is not None]
        return cls(
            session_id=session_id,
            trace_count=len(traces),
            first_trace_at=min(started),
            last_trace_at=max((end for end in ended if end is not None), default=None),
            total_latency_ms=sum(took) if took else None,
            has_error=any(failed),
            user_id=next((user for user in users if user is not None), None),
            tags=sorted({tag for own in tags for tag in json.loads(own)}),
            total_span_count=sum(spans),
            total_tokens=sum(tokens),
            total_cost=sum(costs, 0.0),
            arrived=max(arrived),
        )

    def rank(self, by: SessionSort) -> float:
        """Return what a list sorted by this compares."""
        match by:
            case SessionSort.RECENT:
                return self.arrived
            case SessionSort.TRACE_COUNT:
                return self.trace_count
            case SessionSort.LATENCY:
                return self.total_latency_ms or 0.0
            case SessionSort.COST:
                return self.total_cost


class TraceStore(Database):
    """Traces by the ids that their senders give them."""

    def add_trace(self, project_id: str | None, trace: NewTrace) -> None:
        """Take a trace: a new one, or what is new about one that is known; `project_id` None is known to every project."""
        told = trace.model_dump(mode="json", exclude_unset=True)
        with self._transaction() as db:
            known = db.execute(
                "select arrived, body from traces where trace_id = ? and project_id is ?",
                (str(trace.trace_id), project_id),
            ).fetchone()
            merged = NewTrace.model_validate(_merged(json.loads(known[1]), told) if known else told | _id(trace))
            body = storable_json(merged.model_dump(mode="json"))
            db.execute(
                "insert or replace into traces values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    known[0] if known else None, project_id, str(merged.trace_id), merged.session_id, merged.user_id,
                    json.dumps(merged.tags), seconds(merged.started_at), seconds(merged.ended_at),
                    merged.status is TraceStatus.ERROR, len(merged.spans),
                    int(_sum(span.token_usage for span in merged.spans)), _sum(span.cost for span in merged.spans), body,
                ),
            )  # fmt: skip

    def forget_session(self, project_id: str | None, session_id: str) -> None:
        """Delete the traces of a session."""
        with self._transaction() as db:
            db.execute("delete from traces where session_id = ? and project_id is ?", (session_id, project_id))

    def traces_of(self, project_id: str, session_ids: Collection[str]) -> dict[str, dict[str, str]]:
        """Return the traces of those of the sessions that have some: what each says, by its id, the earliest first."""
        wanted, found = set(session_ids), dict[str, dict[str, str]]()
        rows = self._all(
            "select session_id, trace_id, body from traces where session_id is not null"
            " and (project_id is null or project_id = ?) order by started_at, arrived",
            (project_id,),
        )
        for session_id, trace_id, body in rows:
            if session_id in wanted:
                told = json.loads(body)
                says = json.dumps([told[name] for name in ("name", "status", "input", "output")])
                found.setdefault(session_id, {})[trace_id] = says
        return found

    def sessions(
        self,
        project_id: str,
        traces: TraceFilter,
        *,
        has_error: bool | None = None,
        min_trace_count: int | None = None,
    ) -> list[Session]:
        """Return the sessions of the traces that the filter lets through, summed up from these traces alone."""
        conditions: list[tuple[str, Any]] = [("(project_id is null or project_id = ?)", project_id)]
        conditions += [("started_at >= ?", traces.started_after)] if traces.started_after is not None else []
        conditions += [("started_at < ?", traces.started_before)] if traces.started_before is not None else []
        conditions += [("user_id = ?", traces.user_id)] if traces.user_id is not None else []
        rows = self._all(
            "select arrived, session_id, user_id, tags, started_at, ended_at, failed, spans, tokens, cost from traces"
            f" where session_id is not null and {' and '.join(c for c, _ in conditions)} order by arrived",
            (value for _, value in conditions),
        )
        wanted, part = set(traces.tags), (traces.text_in_id or "").casefold()
        found: dict[str, list[Any]] = {}
        for row in rows:
            if part in row[1].casefold() and (not wanted or wanted & set(json.loads(row[3]))):
                found.setdefault(row[1], []).append(row)
        sessions = (Session.of(session_id, own) for session_id, own in found.items())
        return [
            session
            for session in sessions
            if has_error in (None, session.has_error) and session.trace_count >= (min_trace_count or 0)
        ]


def seconds(moment: datetime | None) -> Any:
    """Return a moment as Unix seconds; one without an offset is read as UTC, the zone of the service's containers."""
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _id(trace: NewTrace) -> dict[str, str]:
    return {"trace_id": str(trace.trace_id)}


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Unite tags, merge metadata and spans; of the rest what is not null overwrites."""
    given = {name: value for name, value in new.items() if value is not None}
    spans = {span.get("span_id", index): span for index, span in enumerate([*old["spans"], *given.get("spans", ())])}
    return (
        old
        | given
        | {
            "tags": list(dict.fromkeys([*old["tags"], *given.get("tags", ())])),
            "metadata": old["metadata"] | given.get("metadata", {}),
            "spans": list(spans.values()),
        }
    )


def _sum(uses: Iterable[dict[str, Any] | None]) -> float:
    """Add up tokens or costs: the total that each span names, else what it counts one by one."""
    total = 0.0
    for use in uses:
        numbers = {k: v for k, v in (use or {}).items() if isinstance(v, int | float) and not isinstance(v, bool)}
        named = [value for name, value in numbers.items() if name in ("total", "total_tokens")]
        total += named[0] if named else sum(numbers.values())
    return total
