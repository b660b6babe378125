"""What was ingested: traces, and sessions, which are nothing but what traces share."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from sqlite3 import Connection
from typing import Any, NamedTuple

from .database import Database, storable_json
from .ingestion import STORED, NewTrace, TraceStatus, merged, patched, seconds, with_spans

__all__ = [
    "SCHEMA",
    "Session",
    "SessionSort",
    "SortOrder",
    "TraceFilter",
    "TraceRow",
    "TraceSort",
    "TraceStore",
    "User",
    "number_in",
]

SCHEMA = """
create table if not exists traces (
  arrived integer primary key, project_id text, trace_id text, session_id text, user_id text, tags text, name text,
  status text, environment text, release text, started_at real, ended_at real, spans integer, tokens integer, cost real,
  body text);
create index if not exists traces_by_id on traces (trace_id);
create index if not exists traces_by_session on traces (session_id);
"""
_ROW = (
    "arrived, trace_id, session_id, user_id, tags, name, status, environment, release,"
    " started_at, ended_at, spans, tokens, cost"
)
_OF = "(project_id is null or project_id = ?)"


class SessionSort(StrEnum):
    """What sessions are listed by."""

    RECENT = "recent"
    TRACE_COUNT = "trace_count"
    LATENCY = "latency"
    COST = "cost"


class TraceSort(StrEnum):
    """What traces are listed by."""

    STARTED_AT = "started_at"
    ENDED_AT = "ended_at"
    NAME = "name"
    LATENCY = "latency"
    STATUS = "status"


class SortOrder(StrEnum):
    """Which end of a list comes first."""

    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True)
class TraceFilter:
    """Which traces are looked at; times are Unix seconds, the later bound is exclusive."""

    started_after: float | None = None
    started_before: float | None = None
    user_id: str | None = None
    tags: Sequence[str] = ()
    session_id: str | None = None
    status: str | None = None
    text_in_name: str | None = None
    """Part of the trace's name, in any case."""


class TraceRow(NamedTuple):
    """What lists and sums say of a trace: its row without its body. Times are Unix seconds, tags JSON."""

    arrived: int
    trace_id: str
    session_id: str | None
    user_id: str | None
    tags: str
    name: str
    status: str
    environment: str | None
    release: str | None
    started_at: float
    ended_at: float | None
    spans: int
    tokens: int
    cost: float

    @property
    def latency(self) -> float | None:
        """Milliseconds from start to end; None where it has not ended."""
        return None if self.ended_at is None else 1000 * (self.ended_at - self.started_at)

    @property
    def failed(self) -> bool:
        """Whether it ended in an error."""
        return self.status == TraceStatus.ERROR

    def rank(self, by: TraceSort) -> tuple[bool, Any]:
        """Return what a list sorted by this compares: as in PostgreSQL, what has no value is the greatest."""
        value = self.latency if by is TraceSort.LATENCY else getattr(self, by.value)
        return value is None, 0 if value is None else value


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
    def of(cls, session_id: str, traces: Sequence[TraceRow]) -> "Session":
        """Sum up traces of one session, in the order of arrival."""
        took = [trace.latency for trace in traces if trace.latency is not None]
        return cls(
            session_id=session_id,
            trace_count=len(traces),
            first_trace_at=min(trace.started_at for trace in traces),
            last_trace_at=max((trace.ended_at for trace in traces if trace.ended_at is not None), default=None),
            total_latency_ms=sum(took) if took else None,
            has_error=any(trace.failed for trace in traces),
            user_id=next((trace.user_id for trace in traces if trace.user_id is not None), None),
            tags=sorted({tag for trace in traces for tag in json.loads(trace.tags)}),
            total_span_count=sum(trace.spans for trace in traces),
            total_tokens=sum(trace.tokens for trace in traces),
            total_cost=sum((trace.cost for trace in traces), 0.0),
            arrived=max(trace.arrived for trace in traces),
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


@dataclass(slots=True)
class User:
    """What the traces of one user share; the times are Unix seconds."""

    user_id: str
    trace_count: int = 0
    first_seen: float = float("inf")
    last_seen: float = float("-inf")
    error_count: int = 0

    def add(self, trace: TraceRow) -> None:
        """Count a trace."""
        self.trace_count += 1
        self.first_seen = min(self.first_seen, trace.started_at)
        self.last_seen = max(self.last_seen, trace.started_at)
        self.error_count += trace.failed


class TraceStore(Database):
    """Traces by the ids that their senders give them."""

    # --- one trace ---------------------------------------------------------------------------------

    def add_trace(self, project_id: str | None, trace: NewTrace) -> None:
        """Take a trace: a new one, or what is new about one that is known; `project_id` None is known to every project."""
        told = trace.model_dump(mode="json", exclude_unset=True)
        with self._transaction() as db:
            known = db.execute(
                "select arrived, body from traces where trace_id = ? and project_id is ?",
                (str(trace.trace_id), project_id),
            ).fetchone()
            if known:
                _write(db, known[0], project_id, merged(json.loads(known[1]), told))
            else:
                _write(db, None, project_id, trace.model_dump(mode="json"))

    def trace(self, project_id: str, trace_id: str) -> dict[str, Any] | None:
        """Return a trace of the project as it was sent, with its spans, and its sums as `tokens` and `cost`."""
        found = self._bodies(project_id, "trace_id = ?", trace_id)
        return found[0] if found else None

    def change_trace(self, project_id: str, trace_id: str, change: dict[str, Any]) -> bool:
        """Change some fields of a trace; False where there is none."""
        return self._change(project_id, trace_id, lambda body: patched(body, change))

    def add_spans(self, project_id: str, trace_id: str, spans: list[dict[str, Any]]) -> bool:
        """Add spans to a trace, or replace them; False where there is no trace."""
        return self._change(project_id, trace_id, lambda body: {**body, "spans": with_spans(body["spans"], spans)})

    def change_span(self, project_id: str, trace_id: str, span_id: str, change: dict[str, Any]) -> bool:
        """Change some fields of a span; False where there is no such trace, or no such span in it."""

        def changed(body: dict[str, Any]) -> dict[str, Any] | None:
            if all(span["span_id"] != span_id for span in body["spans"]):
                return None
            spans = [patched(span, change) if span["span_id"] == span_id else span for span in body["spans"]]
            return {**body, "spans": spans}

        return self._change(project_id, trace_id, changed)

    def tag_traces(self, project_id: str, trace_ids: Iterable[str], add: list[str], remove: list[str]) -> int:
        """Take tags from traces, then give them some; return how many traces there were."""

        def tagged(body: dict[str, Any]) -> dict[str, Any]:
            kept = [tag for tag in body["tags"] if tag not in remove]
            return {**body, "tags": list(dict.fromkeys([*kept, *add]))}

        return sum(self._change(project_id, trace_id, tagged) for trace_id in dict.fromkeys(trace_ids))

    def _change(self, project_id: str, trace_id: str, how: Callable[[dict[str, Any]], dict[str, Any] | None]) -> bool:
        with self._transaction() as db:
            found = db.execute(
                f"select arrived, project_id, body from traces where trace_id = ? and {_OF}", (trace_id, project_id)
            ).fetchone()
            body = how(json.loads(found[2])) if found else None
            if body is None:
                return False
            _write(db, found[0], found[1], body)
            return True

    def delete_traces(self, project_id: str, trace_ids: Iterable[str]) -> list[str]:
        """Delete traces; return the ids of those that there were."""
        with self._transaction() as db:
            return [
                trace_id
                for trace_id in dict.fromkeys(trace_ids)
                if db.execute(f"delete from traces where trace_id = ? and {_OF}", (trace_id, project_id)).rowcount
            ]

    def forget_session(self, project_id: str | None, session_id: str) -> None:
        """Delete the traces of a session, for the sandbox itself."""
        with self._transaction() as db:
            db.execute("delete from traces where session_id = ? and project_id is ?", (session_id, project_id))

    # --- many traces -------------------------------------------------------------------------------

    def _bodies(self, project_id: str, where: str, *values: Any) -> list[dict[str, Any]]:
        rows = self._all(
            f"select tokens, cost, body from traces where {where} and {_OF} order by started_at, arrived",
            (*values, project_id),
        )
        return [{**json.loads(body), "tokens": tokens, "cost": cost} for tokens, cost, body in rows]

    def session_traces(self, project_id: str, session_id: str) -> list[dict[str, Any]]:
        """Return a session's traces as `trace` does, the earliest first."""
        return self._bodies(project_id, "session_id = ?", session_id)

    def traces_of(self, project_id: str, session_ids: Collection[str]) -> dict[str, dict[str, str]]:
        """Return the traces of those of the sessions that have some: what each says, by its id, the earliest first."""
        wanted, found = set(session_ids), dict[str, dict[str, str]]()
        rows = self._all(
            f"select session_id, trace_id, body from traces where session_id is not null and {_OF}"
            " order by started_at, arrived",
            (project_id,),
        )
        for session_id, trace_id, body in rows:
            if session_id in wanted:
                told = json.loads(body)
                says = json.dumps([told[name] for name in ("name", "status", "input", "output")])
                found.setdefault(session_id, {})[trace_id] = says
        return found

    def traces(self, project_id: str, wanted: TraceFilter) -> list[TraceRow]:
        """Return the traces that the filter lets through, in the order of arrival."""
        conditions: list[tuple[str, Any]] = [(_OF, project_id)]
        conditions += [("started_at >= ?", wanted.started_after)] if wanted.started_after is not None else []
        conditions += [("started_at < ?", wanted.started_before)] if wanted.started_before is not None else []
        for column in ("user_id", "session_id", "status"):
            value = getattr(wanted, column)
            conditions += [(f"{column} = ?", value)] if value is not None else []
        rows = self._all(
            f"select {_ROW} from traces where {' and '.join(condition for condition, _ in conditions)} order by arrived",
            (value for _, value in conditions),
        )
        tags, part = set(wanted.tags), (wanted.text_in_name or "").casefold()
        return [
            row
            for row in map(TraceRow._make, rows)
            if part in row.name.casefold() and (not tags or tags & set(json.loads(row.tags)))
        ]

    def sessions(
        self,
        project_id: str,
        traces: TraceFilter,
        *,
        text_in_id: str | None = None,
        has_error: bool | None = None,
        min_trace_count: int | None = None,
    ) -> list[Session]:
        """Return the sessions of the traces that the filter lets through, summed up from these traces alone.

        `text_in_id` is part of the session's id, in any case.
        """
        found: dict[str, list[TraceRow]] = {}
        for row in self.traces(project_id, traces):
            if row.session_id is not None and (text_in_id or "").casefold() in row.session_id.casefold():
                found.setdefault(row.session_id, []).append(row)
        sessions = (Session.of(session_id, own) for session_id, own in found.items())
        return [
            session
            for session in sessions
            if has_error in (None, session.has_error) and session.trace_count >= (min_trace_count or 0)
        ]

    def newest_sessions(self, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Return the sessions of all projects whose traces arrived last, summed up for the page, and how many there are."""
        columns = (
            "session_id", "project_id", "project", "trace_count", "has_error", "total_tokens", "last_started_at", "arrived",
        )  # fmt: skip
        rows = self._all(
            "select session_id, project_id, projects.name, count(*), max(status = 'ERROR'), sum(tokens), max(started_at),"
            " max(arrived) as latest from traces left join projects on projects.id = project_id"
            " where session_id is not null group by project_id, session_id order by latest desc limit ?",
            (limit,),
        )
        every = "select count(*) from (select distinct project_id, session_id from traces where session_id is not null)"
        return [dict(zip(columns, row, strict=True)) for row in rows], self._all(every)[0][0]

    def newest_traces(self, project_id: str | None, session_id: str, limit: int) -> list[TraceRow]:
        """Return the traces of one session that arrived last, for the page; of no project where all know them."""
        rows = self._all(
            f"select {_ROW} from traces where project_id is ? and session_id = ? order by arrived desc limit ?",
            (project_id, session_id, limit),
        )
        return list(map(TraceRow._make, rows))

    def users(self, project_id: str) -> list[User]:
        """Return who the traces are of, those with the most traces first."""
        found: dict[str, User] = {}
        for row in self.traces(project_id, TraceFilter()):
            if row.user_id is not None:
                found.setdefault(row.user_id, User(row.user_id)).add(row)
        return sorted(found.values(), key=lambda user: (-user.trace_count, user.user_id))


def _write(db: Connection, arrived: int | None, project_id: str | None, body: dict[str, Any]) -> None:
    """Write a trace: a new one where `arrived` is None."""
    trace = NewTrace.model_validate(body, context=STORED)
    body = trace.model_dump(mode="json")
    db.execute(
        f"insert or replace into traces (project_id, body, {_ROW}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            project_id, storable_json(body), arrived, str(trace.trace_id), trace.session_id, trace.user_id,
            json.dumps(trace.tags), trace.name, trace.status.value, trace.environment, trace.release,
            seconds(trace.started_at), seconds(trace.ended_at), len(trace.spans),
            int(_sum(span.token_usage for span in trace.spans)), _sum(span.cost for span in trace.spans),
        ),
    )  # fmt: skip


MOST = 2.0**53
"""What is sent of tokens and costs is free JSON, of any size; sums of it are answered as numbers."""


def number_in(value: object) -> float:
    """Read what is sent of tokens or costs: 0 for what is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(max(-MOST, min(value, MOST)))


def _sum(uses: Iterable[dict[str, Any] | None]) -> float:
    """Add up tokens or costs: the total that each span names, else what it counts one by one."""
    total = 0.0
    for use in uses:
        numbers = {name: number_in(value) for name, value in (use or {}).items()}
        named = [value for name, value in numbers.items() if name in ("total", "total_tokens")]
        total = number_in(total + (named[0] if named else sum(numbers.values())))
    return total
