"""Scores of traces: of trace runs, of people and of other software, and the signals that session runs measure once."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from sqlite3 import Connection
from typing import Any, NamedTuple

from .clock import to_microseconds
from .database import storable
from .judge import RISKS, Signals, signal_of
from .traces import SCHEMA as TRACES
from .traces import TraceStore

__all__ = ["SCHEMA", "SignalMemory", "TraceScore", "TraceScoreQuery", "TraceScoreStore", "score_id"]

SCHEMA = (
    TRACES
    + """
create table if not exists trace_scores (
  seq integer primary key, id text unique, run_id text, eval_run_id text, project_id text, trace_id text, name text,
  value text, data_type text, source text, status text, reason text, environment text, metadata text, created_at real,
  updated_at real);
create index if not exists trace_scores_by_run on trace_scores (eval_run_id, created_at);
create index if not exists trace_scores_by_trace on trace_scores (trace_id, name);
create index if not exists trace_scores_by_time on trace_scores (project_id, created_at);
"""
)


class TraceScore(NamedTuple):
    """One score of one trace; `run_id` is the run that made it, `eval_run_id` the one that it still counts for."""

    id: str
    run_id: str | None
    eval_run_id: str | None
    project_id: str
    trace_id: str
    name: str
    value: str | None
    data_type: str
    source: str
    status: str
    reason: str | None
    environment: str | None
    metadata: str
    created_at: float
    updated_at: float


_COLUMNS = ", ".join(TraceScore._fields)


def score_id(*made_of: object) -> str:
    """An id that is the same each time, for what is made by asking."""
    text = "\0".join(map(str, made_of)).encode()
    return str(uuid.UUID(bytes=blake2b(text, digest_size=16).digest(), version=4))


@dataclass(frozen=True, slots=True)
class TraceScoreQuery:
    """What to list of a project's trace scores; None is no filter, the later bound of the time is exclusive."""

    trace_id: str | None = None
    name: str | None = None
    source: str | None = None
    status: str | None = None
    data_type: str | None = None
    eval_run_id: str | None = None
    environment: str | None = None
    date_from: float | None = None
    date_to: float | None = None


class TraceScoreStore(TraceStore):
    """Traces and their scores."""

    def add_trace_score(self, score: TraceScore) -> None:
        """Keep a score that somebody gave."""
        storable(score.value, score.reason)
        storable(score.name, limit=255)
        with self._transaction() as db:
            write(db, [score])

    def scores_of_traces(self, trace_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
        """Return what the scores of traces are called and say, by the trace, for the page."""
        found: dict[str, list[dict[str, Any]]] = {}
        for trace_id in trace_ids:
            rows = self._all(
                "select name, value, status from trace_scores where trace_id = ? order by name", (trace_id,)
            )
            found[trace_id] = [{"name": name, "value": value, "status": status} for name, value, status in rows]
        return found

    def trace_scores(self, project_id: str, query: TraceScoreQuery) -> list[TraceScore]:
        """Return the project's scores that a query lets through, the newest first."""
        conditions: list[tuple[str, Any]] = [("project_id = ?", project_id)]
        for column in ("trace_id", "name", "source", "status", "data_type", "eval_run_id", "environment"):
            value = getattr(query, column)
            conditions += [(f"{column} = ?", value)] if value is not None else []
        conditions += [("created_at >= ?", query.date_from)] if query.date_from is not None else []
        conditions += [("created_at < ?", query.date_to)] if query.date_to is not None else []
        rows = self._all(
            f"select {_COLUMNS} from trace_scores where {' and '.join(condition for condition, _ in conditions)}"
            " order by created_at desc, seq desc",
            (value for _, value in conditions),
        )
        return [TraceScore._make(row) for row in rows]

    def trace_score(self, project_id: str, score_id: str) -> TraceScore | None:
        """Return one score of the project."""
        rows = self._all(f"select {_COLUMNS} from trace_scores where id = ? and project_id = ?", (score_id, project_id))
        return TraceScore._make(rows[0]) if rows else None

    def edit_trace_score(self, score_id: str, change: Mapping[str, Any]) -> None:
        """Change some columns of a score."""
        storable(change.get("value"), change.get("reason"))
        with self._transaction() as db:
            sets = ", ".join(f"{name} = ?" for name in change)
            db.execute(f"update trace_scores set {sets} where id = ?", (*change.values(), score_id))

    def delete_trace_score(self, project_id: str, score_id: str) -> bool:
        """Delete a score; False where there is none."""
        with self._transaction() as db:
            gone = db.execute("delete from trace_scores where id = ? and project_id = ?", (score_id, project_id))
            return gone.rowcount > 0

    def has_trace(self, trace_id: str) -> bool:
        """Say whether any project has the trace."""
        return bool(self._all("select 1 from traces where trace_id = ? limit 1", (trace_id,)))

    def delete_traces(self, project_id: str, trace_ids: Iterable[str]) -> list[str]:
        """Delete traces and their scores; return the ids of those that there were."""
        gone = super().delete_traces(project_id, trace_ids)
        with self._transaction() as db:
            db.executemany("delete from trace_scores where trace_id = ?", [(trace_id,) for trace_id in gone])
        return gone

    def run_trace_scores(self, project_id: str | None, run_id: str) -> list[TraceScore]:
        """Return a run's scores of traces, newest first; of a session run, the signals that it measured."""
        rows = self._all(
            f"select {_COLUMNS} from trace_scores where eval_run_id = ? and (? is null or project_id = ?)"
            " order by created_at desc, seq desc",
            (run_id, project_id, project_id),
        )
        return [TraceScore._make(row) for row in rows]

    def failed_traces(self, project_id: str, run_id: str) -> list[tuple[str, str]]:
        """Return the pairs of trace and metric that failed in a run, each once."""
        scores = self.run_trace_scores(project_id, run_id)
        return list(dict.fromkeys((score.trace_id, score.name) for score in scores if score.status == "FAILED"))

    def signal_that_is_no_number(self, project_id: str, session_ids: list[str]) -> tuple[int, str] | None:
        """Find the first session in which a run would take something for a signal that is not a number, and what it says."""
        if not self._all("select 1 from trace_scores where data_type != 'NUMERIC' limit 1"):
            return None
        traces = self.traces_of(project_id, session_ids)
        with self._lock:
            for index, session_id in enumerate(session_ids):
                for trace_id in traces.get(session_id, ()):
                    for found in (signal(self._db, trace_id, name) for name in RISKS):
                        if found is not None and found.data_type != "NUMERIC":
                            return index, found.value or ""
        return None


def signal(
    db: Connection, trace_id: str, name: str, until: float | None = None, run_id: str | None = None
) -> TraceScore | None:
    """The newest good score of a name that a trace has, from whatever run, source or author.

    With `until`, what was there at that moment, or is of the run `run_id` itself.
    """
    row = db.execute(
        f"select {_COLUMNS} from trace_scores where trace_id = ? and name = ? and status = 'SUCCESS'"
        " and (? is null or created_at <= ? or run_id = ?) order by created_at desc, seq desc limit 1",
        (trace_id, name, until, until, run_id),
    ).fetchone()
    return TraceScore._make(row) if row else None


def write(db: Connection, scores: Iterable[TraceScore]) -> None:
    """Keep scores."""
    marks = ", ".join("?" * len(TraceScore._fields))
    db.executemany(f"insert or ignore into trace_scores ({_COLUMNS}) values ({marks})", scores)


class SignalMemory:
    """What one session run knows of the signals of traces: it takes what is there, and writes down what it measures."""

    def __init__(self, db: Connection, project_id: str, run_id: str, per_session: float) -> None:
        self._db, self._project_id, self._run_id, self._per_session = db, project_id, run_id, per_session

    def _found(self, trace_id: str, name: str, at: float) -> TraceScore | None:
        # what another run measures at the same time is not there yet when this one looks
        return signal(self._db, trace_id, name, to_microseconds(at - self._per_session), self._run_id)

    def known(self, trace_id: str, at: float) -> Signals:
        """The risks that need no measurement, by the names that a session's score gives them."""
        found = {risk: self._found(trace_id, name, at) for name, risk in RISKS.items()}
        return {risk: round(1 - float(one.value or 0), 4) for risk, one in found.items() if one is not None}

    def measured(self, trace_id: str, risks: Mapping[str, float], at: float, *, first: bool) -> None:
        """Write down what was measured, and what failed; `first` says that no trace of the session was before."""
        scores = []
        row = self._db.execute("select environment from traces where trace_id = ?", (trace_id,)).fetchone()
        environment = row[0] if row else None
        for name, risk in RISKS.items():
            if self._found(trace_id, name, at) is not None:
                continue
            value: str | None
            if risk in risks:
                (value, reason, metadata), status = signal_of(name, risks[risk], first=first), "SUCCESS"
            else:
                reason = f"Signal computation failed: no answer for {name} (sandbox)."
                value, metadata, status = None, "{}", "FAILED"
            scores.append(
                TraceScore(
                    score_id(self._run_id, trace_id, name), self._run_id, self._run_id, self._project_id, trace_id,
                    name, value, "NUMERIC", "AUTOMATED", status, reason, environment, metadata,
                    to_microseconds(at), to_microseconds(at),
                )
            )  # fmt: skip
        write(self._db, scores)
