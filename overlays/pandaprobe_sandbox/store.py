"""What the sandbox remembers, in SQLite: projects, traces, runs, scores and units billed."""

import json
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from . import worker
from .clock import to_microseconds
from .database import storable, storable_json
from .limits import Plan
from .monitor_rows import SCHEMA as OTHERS
from .monitor_rows import MonitorStore
from .trace_judge import NO_JUDGE, judged_trace
from .trace_scores import SignalMemory, TraceScore, score_id, write

__all__ = ["NewRun", "Run", "ScoreQuery", "Store", "sample"]

_SCHEMA = """
create table if not exists projects (id text primary key, org text, name text, unique (org, name));
create table if not exists runs (
  seq integer primary key, id text unique, project_id text, name text, metric_names text, filters text,
  targets text, sampling_rate real, model text, created_at real, starts_at real, script text, timing text,
  target_type text, monitor_id text, pairs text, retry integer, deleted integer default 0, settled integer default 0,
  scored integer default 0, scored_attempt integer default 0);
create index if not exists runs_by_time on runs (project_id, created_at desc, seq desc);
create index if not exists runs_by_age on runs (created_at desc, seq desc);
create index if not exists runs_unsettled on runs (project_id, seq) where not settled;
create table if not exists scores (
  seq integer primary key, id text, run_id text, eval_run_id text, project_id text, session_id text, name text,
  value text, status text, reason text, metadata text, created_at real);
create index if not exists scores_by_run on scores (eval_run_id, created_at);
create index if not exists scores_by_time on scores (project_id, created_at);
create index if not exists scores_by_session on scores (project_id, session_id);
create table if not exists chosen (session_id text, metric text, value real, primary key (session_id, metric));
create table if not exists usage (org text, quota text, units integer, primary key (org, quota));
"""
_RUN = (
    "id, project_id, name, metric_names, filters, sampling_rate, model, target_type,"
    " monitor_id, created_at, starts_at, script, timing"
)
_SCORE = "id, session_id, project_id, name, value, status, eval_run_id, reason, metadata, created_at"


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run about to be committed."""

    project_id: str
    org: str
    name: str | None
    metrics: list[str]
    filters: dict[str, Any]
    targets: list[str]
    sampling_rate: float
    model: str
    target_type: str = "SESSION"
    retry: bool = False
    pairs: list[tuple[str, str]] | None = None
    """Of a trace run, the pairs of trace and metric that are run; None: all."""
    monitor_id: str | None = None

    @property
    def quota(self) -> str:
        """What it is billed to."""
        return "session_evals" if self.target_type == "SESSION" else "trace_evals"


@dataclass(frozen=True, slots=True)
class Run:
    """A committed run; `filters` stays JSON text, since it can hold 100,000 ids."""

    id: str
    project_id: str
    name: str | None
    metric_names: str
    filters: str
    sampling_rate: float
    model: str
    target_type: str
    monitor_id: str | None
    created_at: float
    starts_at: float
    script: worker.Script
    timing: worker.Timing

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Run":
        """Build a run of a row of the table."""
        *plain, script, timing = row
        made: Any = cls  # its fields are the columns of `_RUN`, in that order
        run: Run = made(*plain, worker.Script.load(script), worker.Timing(*json.loads(timing)))
        return run

    def look(self, now: float) -> worker.View:
        """Say how the run looks at a moment."""
        return worker.look(self.script, self.timing, self.starts_at, now)


@dataclass(frozen=True, slots=True)
class ScoreQuery:
    """What to list of a project's scores."""

    session_id: str | None = None
    name: str | None = None
    source: str | None = None
    status: str | None = None
    eval_run_id: str | None = None
    date_from: float | None = None
    date_to: float | None = None
    limit: int = 50
    offset: int = 0


class Store(MonitorStore):
    """Everything that the sandbox remembers."""

    def __init__(self, path: str) -> None:
        super().__init__(path, OTHERS + _SCHEMA)

    # --- projects ----------------------------------------------------------------------------------

    def project(self, org: str, name: str, project_id: str | None = None) -> str:
        """Return the id of the organization's project of this name, made on the spot where there is none."""
        found = self._all("select id from projects where org = ? and name = ?", (org, name))
        if not found:
            with self._transaction() as db:
                db.execute(
                    "insert or ignore into projects values (?, ?, ?)",
                    (project_id or str(uuid.uuid4()), org, name),
                )
            found = self._all("select id from projects where org = ? and name = ?", (org, name))
        return str(found[0][0])

    def has_project(self, org: str, project_id: str) -> bool:
        """Say whether the project is the organization's."""
        return bool(self._all("select 1 from projects where org = ? and id = ?", (org, project_id)))

    # --- runs ------------------------------------------------------------------------------------

    def add_run(self, new: NewRun, plan: Plan, timing: worker.Timing, now: float, late: float = 0.0) -> Run:
        """Bill and commit a run, or neither; with `late`, nobody sees it before so many seconds have passed."""
        storable(new.name, limit=255)
        storable(new.model, limit=255)
        storable("".join(new.targets))
        text = storable_json(new.filters)
        script = self._script(new)
        units = len(new.targets) * len(new.metrics) if new.pairs is None else len(new.pairs)
        named = new.monitor_id is None and {"session_ids", "trace_ids"} & new.filters.keys()
        targets = None if named else json.dumps(new.targets)
        run = Run(
            str(uuid.uuid4()), new.project_id, new.name, json.dumps(new.metrics), text, new.sampling_rate,
            new.model, new.target_type, new.monitor_id, now, now + late, script, timing,
        )  # fmt: skip
        with self._transaction() as db:
            row = db.execute("select units from usage where org = ? and quota = ?", (new.org, new.quota)).fetchone()
            plan.check(new.quota, row[0] if row else 0, units)
            db.execute(
                "insert into usage values (?, ?, ?) on conflict (org, quota) do update set units = units + excluded.units",
                (new.org, new.quota, units),
            )
            db.execute(
                f"insert into runs ({_RUN}, targets, retry, pairs) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run.id, run.project_id, run.name, run.metric_names, run.filters, run.sampling_rate, run.model,
                    run.target_type, run.monitor_id, run.created_at, run.starts_at, script.dump(),
                    json.dumps([timing.pending, timing.per_session, timing.retry_delay]), targets, new.retry,
                    None if new.pairs is None else json.dumps(new.pairs),
                ),
            )  # fmt: skip
        return run

    def _script(self, new: NewRun) -> worker.Script:
        """What will happen in a run: written in the ids of sessions, and in the names of traces."""
        if new.target_type == "SESSION":
            script = worker.script_of(new.targets, new.metrics, retry=new.retry)
            found = self.signal_that_is_no_number(new.project_id, new.targets)
            if found is None or (script.breaks_at is not None and script.breaks_at < found[0]):
                return script
            return replace(script, breaks_at=found[0], breaks_on=found[1], crashes=worker.ATTEMPTS)
        traces = (self.trace(new.project_id, trace_id) for trace_id in new.targets)
        names = [str(trace["name"]) if trace else "ghost-" for trace in traces]
        fails = sum(name not in NO_JUDGE for name in new.metrics)
        return replace(worker.script_of(names, new.metrics, retry=new.retry), metrics=fails)

    def publish(self, run_id: str, now: float) -> None:
        """Let a run that was committed late be seen from now on."""
        with self._transaction() as db:
            db.execute("update runs set starts_at = min(starts_at, ?) where id = ?", (now, run_id))

    def run(self, project_id: str, run_id: str, now: float) -> Run | None:
        """Return a run of the project."""
        rows = self._all(
            f"select {_RUN} from runs where id = ? and project_id = ? and not deleted and starts_at <= ?",
            (run_id, project_id, now),
        )
        return Run.of(rows[0]) if rows else None

    def runs(
        self, project_id: str, status: str | None, limit: int, offset: int, now: float, target_type: str
    ) -> tuple[list[Run], int]:
        """Return a page of the project's runs of one kind, newest first, and how many there are."""
        where = "project_id = ? and not deleted and starts_at <= ? and target_type = ?"
        order = "order by created_at desc, seq desc"
        if status is None:
            total = self._all(f"select count(*) from runs where {where}", (project_id, now, target_type))[0][0]
            page = f"select {_RUN} from runs where {where} {order} limit ? offset ?"
            return [Run.of(row) for row in self._all(page, (project_id, now, target_type, limit, offset))], total
        light = _RUN.replace("filters", "'{}'")
        rows = self._all(f"select {light} from runs where {where} {order}", (project_id, now, target_type))
        ids = [run.id for run in map(Run.of, rows) if run.look(now).status == status]
        found = (self.run(project_id, run_id, now) for run_id in ids[offset : offset + limit])
        return [run for run in found if run is not None], len(ids)

    def runs_of_monitor(self, monitor_id: str, now: float) -> list[Run]:
        """Return a monitor's runs, newest first."""
        where = "monitor_id = ? and not deleted and starts_at <= ?"
        rows = self._all(f"select {_RUN} from runs where {where} order by created_at desc, seq desc", (monitor_id, now))
        return list(map(Run.of, rows))

    def targets(self, run_id: str) -> list[str]:
        """Return what the run was created for: ids of sessions, or of traces."""
        filters, targets = self._all("select filters, targets from runs where id = ?", (run_id,))[0]
        named: dict[str, list[str]] = json.loads(filters) if targets is None else {"targets": json.loads(targets)}
        return next(named[name] for name in ("targets", "session_ids", "trace_ids") if name in named)

    def delete_run(self, project_id: str, run_id: str, *, delete_scores: bool, now: float) -> bool:
        """Delete a run; its scores go too, or stay without a run."""
        if self.run(project_id, run_id, now) is None:
            return False
        self.bring_all_up_to(project_id, now)  # those after it have found its signals
        with self._transaction() as db:
            db.execute(
                "update runs set deleted = 1, settled = 1, filters = '{}', targets = '[]' where id = ?",
                (run_id,),
            )
            db.execute("update monitors set last_run_id = null where last_run_id = ?", (run_id,))
            if delete_scores:
                db.execute("delete from scores where eval_run_id = ?", (run_id,))
                db.execute("delete from trace_scores where eval_run_id = ?", (run_id,))
            else:
                db.execute("update scores set eval_run_id = null where eval_run_id = ?", (run_id,))
                db.execute("update trace_scores set eval_run_id = null where eval_run_id = ?", (run_id,))
        return True

    def failed_pairs(self, run: Run, now: float) -> tuple[list[str], list[str]]:
        """Return the sessions and the metrics that failed, each sorted and once."""
        view = run.look(now)
        if not view.failed or run.target_type != "SESSION":
            return [], []
        ids = self.targets(run.id)
        failing = (ids[index] for index in run.script.failing if index < view.evaluated)
        return sorted(set(failing)), sorted(set(json.loads(run.metric_names)))

    def choose(self, scores: Iterable[tuple[str, str, float]]) -> None:
        """Keep the scores that sessions are to get by metrics."""
        with self._transaction() as db:
            db.executemany("insert or replace into chosen values (?, ?, ?)", scores)

    # --- scores ----------------------------------------------------------------------------------

    def bring_all_up_to(self, project_id: str, now: float, only: str | None = None) -> None:
        """Do as `bring_up_to` for every run of a project, or only for one."""
        unsettled = (
            "select id from runs where project_id = ? and not settled and starts_at <= ?"
            " and (? is null or seq <= (select seq from runs where id = ?)) order by seq"
        )
        for (run_id,) in self._all(unsettled, (project_id, now, only, only)):
            self._write_down(run_id, now)

    def bring_up_to(self, run_id: str, now: float) -> None:
        """Write down what the worker has made, since the last time somebody asked, for a run and for those before it.

        A run finds the signals that earlier ones have measured, whoever reads which of them first.
        """
        for (project_id,) in self._all("select project_id from runs where id = ? and not settled", (run_id,)):
            self.bring_all_up_to(project_id, now, run_id)

    def _write_down(self, run_id: str, now: float) -> None:
        with self._transaction() as db:
            row = db.execute(
                f"select scored, scored_attempt, retry, pairs, {_RUN} from runs where id = ? and not settled",
                (run_id,),
            ).fetchone()
            if row is None:
                return
            scored, attempt, retry, pairs, *rest = row
            run = Run.of(rest)
            view = run.look(now)
            if (view.attempt, view.evaluated, view.final) == (attempt, scored, False):
                return
            if view.attempt != attempt:
                db.execute("delete from scores where run_id = ?", (run_id,))
                db.execute("delete from trace_scores where run_id = ?", (run_id,))
                scored = 0
            if view.evaluated > scored and run.target_type == "TRACE":
                write(db, self._trace_scores(run, view, scored, retry=bool(retry), pairs=json.loads(pairs or "null")))
            elif view.evaluated > scored:
                ids = self.targets(run_id)
                once = [id_ for id_ in ids[scored : view.evaluated] if id_.startswith("judge-down-once-")]
                known = "select 1 from scores where project_id = ? and session_id = ? and run_id != ? limit 1"
                made = worker.scores(
                    run_id, ids, json.loads(run.metric_names), first=scored, view=view,
                    per_session=run.timing.per_session, retry=bool(retry),
                    weights=json.loads(run.filters).get("signal_weights"),
                    seen={id_ for id_ in once if db.execute(known, (run.project_id, id_, run_id)).fetchone()},
                    ingested=self.traces_of(run.project_id, ids[scored : view.evaluated]),
                    chosen={(id_, metric): value for id_, metric, value in db.execute("select * from chosen")},
                    memory=SignalMemory(db, run.project_id, run_id, run.timing.per_session),
                )  # fmt: skip
                db.executemany(
                    "insert into scores (id, run_id, eval_run_id, project_id, session_id, name, value, status,"
                    " reason, metadata, created_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        (s.id, run_id, run_id, run.project_id, s.session_id, s.name, s.value, s.status, s.reason,
                         s.metadata, to_microseconds(s.created_at))
                        for s in made
                    ),
                )  # fmt: skip
            db.execute(
                "update runs set scored = ?, scored_attempt = ?, settled = ? where id = ?",
                (view.evaluated, view.attempt, view.final, run_id),
            )

    def _trace_scores(
        self, run: Run, view: worker.View, first: int, *, retry: bool, pairs: list[list[str]] | None
    ) -> Iterator[TraceScore]:
        """Yield the scores of the traces that the attempt in `view` has handled, from the index `first` on."""
        ids, names = self.targets(run.id), json.loads(run.metric_names)
        for index in range(first, view.evaluated):
            trace = self.trace(run.project_id, ids[index])
            if trace is None or trace["name"].startswith("ghost-"):
                continue
            fails = trace["name"].startswith("fail-always-") or (trace["name"].startswith("fail-") and not retry)
            at = to_microseconds(view.began + (index + 1) * run.timing.per_session)
            for place, name in enumerate(names):
                if pairs is not None and [ids[index], name] not in pairs:
                    continue
                if fails and name not in NO_JUDGE:
                    value, status, reason, metadata = (
                        None,
                        "FAILED",
                        f"Metric execution failed: {name} (sandbox).",
                        "{}",
                    )
                else:
                    (value, reason, metadata), status = judged_trace(trace, name), "SUCCESS"
                yield TraceScore(
                    score_id(run.id, view.attempt, ids[index], place, name), run.id, run.id, run.project_id, ids[index],
                    name, value, "NUMERIC", "AUTOMATED", status, reason, trace["environment"], metadata, at, at,
                )  # fmt: skip

    def run_scores(self, project_id: str | None, run_id: str, now: float, limit: int = -1) -> list[Any]:
        """Return a run's scores, newest first; none for a run that is not there."""
        self.bring_up_to(run_id, now)
        return self._all(
            f"select {_SCORE} from scores where eval_run_id = ? and (? is null or project_id = ?)"
            " order by created_at desc, seq desc limit ?",
            (run_id, project_id, project_id, limit),
        )

    def scores(self, project_id: str, query: ScoreQuery, now: float) -> tuple[list[Any], int]:
        """Return a page of the project's scores, newest first, and how many there are."""
        self.bring_all_up_to(project_id, now, query.eval_run_id)
        conditions: list[tuple[str, Any]] = [("project_id = ?", project_id)]
        for column in ("session_id", "name", "status", "eval_run_id"):
            value = getattr(query, column)
            conditions += [(f"{column} = ?", value)] if value is not None else []
        conditions += [("created_at >= ?", query.date_from)] if query.date_from is not None else []
        conditions += [("created_at < ?", query.date_to)] if query.date_to is not None else []
        conditions += [("? = 'AUTOMATED'", query.source)] if query.source is not None else []
        where = " and ".join(condition for condition, _ in conditions)
        values = [value for _, value in conditions]
        total = self._all(f"select count(*) from scores where {where}", values)[0][0]
        page = f"select {_SCORE} from scores where {where} order by created_at desc, seq desc limit ? offset ?"
        return self._all(page, [*values, query.limit, query.offset]), total

    def newest_scores(self, project_id: str | None, session_id: str, now: float, limit: int) -> list[Any]:
        """Return the newest scores of a session, of all projects where it is of none, for the page."""
        for (each,) in self._all("select id from projects where ? is null or id = ?", (project_id, project_id)):
            self.bring_all_up_to(each, now)
        return self._all(
            f"select {_SCORE} from scores where session_id = ? and (? is null or project_id = ?)"
            " order by created_at desc, seq desc limit ?",
            (session_id, project_id, project_id, limit),
        )

    def delete_score(self, project_id: str, score_id: str, now: float) -> None:
        """Delete a score, where there is one."""
        self.scores(project_id, ScoreQuery(limit=0, offset=0), now)  # what is due is there to be deleted
        with self._transaction() as db:
            db.execute("delete from scores where project_id = ? and id = ?", (project_id, score_id))

    # --- for the page and for tests ----------------------------------------------------------------

    def units(self, org: str | None = None) -> int:
        """Return the units billed, to one organization or to all."""
        return int(self._all("select coalesce(sum(units), 0) from usage where ? is null or org = ?", (org, org))[0][0])

    def newest(self, limit: int, now: float) -> tuple[list[tuple[Run, str]], int]:
        """Return the newest runs of all projects, each with its project's name, and how many there are."""
        light = ", ".join("'{}'" if column == "filters" else f"runs.{column}" for column in _RUN.split(", "))
        rows = self._all(
            f"select {light}, projects.name from runs join projects on projects.id = project_id"
            " where not deleted and starts_at <= ? order by created_at desc, seq desc limit ?",
            (now, limit),
        )
        total = self._all("select count(*) from runs where not deleted and starts_at <= ?", (now,))[0][0]
        return [(Run.of(row[:-1]), row[-1]) for row in rows], total


def sample(session_ids: list[str], rate: float, seed: int | None = None) -> list[str]:
    """Take a share of the sessions, as the service was seen to take one of traces: at least one, none for a rate of 0."""
    if rate >= 1:
        return session_ids
    count = max(1, int(len(session_ids) * rate)) if rate > 0 else 0
    chosen = sorted(random.Random(seed).sample(range(len(session_ids)), count))
    return [session_ids[index] for index in chosen]
