"""What became of every pair of session (or trace) and metric of some runs, taken in run by run; no score is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, NamedTuple

from .arrow import NEVER
from .errors import InvalidArgument, clip
from .evidence import KINDS, Kind, Score, value_of
from .outcomes import RunOutcome, target_count, whole
from .provenance import Provenance, Remembered, kind_by
from .results import EVIDENCE, Results, microseconds
from .runs import RunKind, kind_of_run
from .scratch import Kept, Said

Pair = tuple[str, str]
"""A session's, or a trace's, id and a metric's name."""
SHOWN: Final = 3
"""Ids that are named of each metric and kind."""

_MISSING: Final = EVIDENCE.index("missing")
_NEVER: Final = EVIDENCE.index("not read")

_ENDED = {"succeeded", "nothing_measured", "completed_with_failures"}
_ENDS = {
    "failed": "failed",
    "stalled": "has not ended, and makes no progress",
    "deleted": "was deleted, or never existed",
    "unknown_status": "is in a state that this client does not know",
}


@dataclass(slots=True)
class Figures:
    """What became of the pairs of one metric: counts and values, no score."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    values: dict[Kind, Counter[Decimal]] = field(default_factory=dict)
    """Of each kind that has some, with how often each comes: a service that rounds has few of them."""
    named: dict[Kind, list[str]] = field(default_factory=dict)
    """The first sessions of each kind that is not `measured`."""

    def add(self, kind: Kind, value: Decimal | None, count: int) -> None:
        """Take in pairs that are alike."""
        self.kinds[kind] += count
        if value is not None:
            self.values.setdefault(kind, Counter())[value] += count

    def merge(self, other: Figures) -> None:
        """Take in another's pairs."""
        self.kinds.update(other.kinds)
        for kind, values in other.values.items():
            self.values.setdefault(kind, Counter()).update(values)
        for kind, ids in other.named.items():
            self.named[kind] = [*self.named.get(kind, ()), *ids][:SHOWN]

    def counted(self, kinds: Iterable[Kind]) -> Counter[Decimal]:
        """The values of some kinds."""
        found: Counter[Decimal] = Counter()
        for kind in kinds:
            found.update(self.values.get(kind, {}))
        return found


@dataclass(slots=True)
class Summary:
    """Runs, summed up. Its size does not grow with the number of sessions."""

    figures: dict[str, Figures] = field(default_factory=dict)
    """By metric."""
    runs: int = 0
    targets: int = 0
    """Sessions or traces, those that are not known by their ids among them."""
    unnamed: int = 0
    """How many are not known by their ids: those of runs by filters that have no score."""
    lost_failures: int = 0
    """Failed pairs that runs count and that no score of theirs names."""
    broken: list[str] = field(default_factory=list)
    """Why a run as a whole cannot be passed."""
    target: str = "session"
    remembered: Remembered | None = None
    """As an outcome's; None where no run of them tells."""

    def merge(self, other: Summary) -> None:
        """Take in another; the pairs of its runs are other pairs."""
        for name, figures in other.figures.items():
            self.figures.setdefault(name, Figures()).merge(figures)
        self.target = other.target
        self.runs += other.runs
        self.targets += other.targets
        self.unnamed += other.unnamed
        self.lost_failures += other.lost_failures
        self.broken += other.broken
        if other.remembered:
            self.remembered = self.remembered + other.remembered if self.remembered else other.remembered


class Taken(NamedTuple):
    """What one run brings: what each of its scores says is worked out here, once."""

    outcome: RunOutcome[Any]
    summary: Summary
    targets: Collection[str]
    """Those that are known by their ids, in the run's order."""
    rows: list[Kept]
    newest: dict[Pair, tuple[Kept, Score]]
    """The newest row of each pair that has a score, and that score."""
    ok: bool
    """As the outcome's."""


def taken(outcome: RunOutcome[Any]) -> Taken:
    """What a run brings."""
    why = _broken(outcome)
    summary = Summary(runs=1, broken=[why] if why else [], target=outcome.target, remembered=outcome.remembered)
    run, known = outcome.run, outcome.provenance or {}
    if run is None:
        return Taken(outcome, summary, (), [], {}, ok=False)
    kind = kind_of_run(run)
    asked = dict.fromkeys(run.metric_names)
    named = dict.fromkeys(kind.targets_of(run) or ())
    scored = [(_row(outcome.run_id, kind, score, known.get(str(score.id))), score) for score in outcome.scores or ()]
    newest: dict[Pair, tuple[Kept, Score]] = {}
    for row, score in scored:
        before = newest.get((row.target, row.metric))
        if before is None or row.newness > before[0].newness:
            newest[row.target, row.metric] = row, score
    rank = _NEVER if outcome.scores is None else _MISSING
    trace, nothing = kind.name == "trace", (None, None, rank, None, None, None, NEVER, outcome.run_id)
    unscored = [
        Kept(metric, target, trace, *nothing) for target in named for metric in asked if (target, metric) not in newest
    ]
    named.update(dict.fromkeys(target for target, _ in newest))
    summary.unnamed = max(0, target_count(run) - len(named))
    summary.targets = len(named) + summary.unnamed
    summary.lost_failures = max(0, outcome.failed_pairs - sum(row.status == "FAILED" for row, _ in scored))
    summary.figures = _figures(asked, named, {pair: row for pair, (row, _) in newest.items()})
    kinds: dict[Pair, Kind] = {pair: KINDS[row.rank] for pair, (row, _) in newest.items()}
    rows = [row for row, _ in scored] + unscored
    return Taken(outcome, summary, named, rows, newest, whole(outcome, kinds))


def _row(run_id: str, kind: RunKind, score: Score, provenance: Provenance | None) -> Kept:
    value = value_of(score)
    number = None if value is None else float(value)
    return Kept(
        score.name,
        kind.target_of(score),
        kind.name == "trace",
        number,
        None if value is None or value == Decimal(repr(number)) else str(value),
        EVIDENCE.index(kind_by(score, provenance)),
        provenance.origin if provenance and provenance.signals else None,
        score.status,
        score.reason,
        microseconds(score.created_at),
        run_id,
    )


def _figures(metrics: Iterable[str], targets: Iterable[str], newest: Mapping[Pair, Kept]) -> dict[str, Figures]:
    """Of the pairs of one run; a pair without a row is missing."""
    found = {metric: Figures() for metric in metrics}
    alike: Counter[tuple[str, Kind, float | None, str | None]] = Counter()
    for target in targets:
        for metric, figures in found.items():
            row = newest.get((target, metric))
            kind: Kind = KINDS[row.rank] if row else "missing"
            alike[metric, kind, row and row.value, row and row.exact] += 1
            if kind != "measured" and len(named := figures.named.setdefault(kind, [])) < SHOWN:
                named.append(target)
    for (metric, kind, value, exact), count in alike.items():
        found[metric].add(kind, _exact(value, exact), count)
    return found


def _exact(value: float | None, exact: str | None) -> Decimal | None:
    return None if value is None else Decimal(exact or repr(value))


class Pairs:
    """The pairs of runs, each by its newest score over all runs. Its memory does not grow with them.

    Attributes:
        asked: The metrics that runs were made with.
        results: A row for each pair of each run.
    """

    def __init__(self, outcomes: RunOutcome[Any] | Iterable[RunOutcome[Any]] = ()) -> None:
        self.asked: dict[str, None] = {}
        self.results = Results()
        self._sums = Summary()
        self._kinds: dict[str, str] = {}
        given = [outcomes] if isinstance(outcomes, RunOutcome) else outcomes
        for outcome in {outcome.run_id: outcome for outcome in given}.values():  # of two of one run the last
            self.add(outcome)

    @property
    def target(self) -> str:
        """What the runs evaluate, a `session` or a `trace`."""
        return next(iter(self._kinds), "session")

    @property
    def remembered(self) -> Remembered | None:
        """What earlier runs had measured; None where no run tells."""
        return self._sums.remembered

    def add(self, outcome: RunOutcome[Any]) -> Taken:
        """Take in a run, which is none of those before.

        Raises:
            InvalidArgument: It is over traces, and others over sessions.
        """
        found = taken(outcome)
        self.put(found)
        return found

    def put(self, found: Taken) -> None:
        """The same, of what is worked out already."""
        run = found.outcome.run
        if run is not None:
            self._kinds.setdefault(kind_of_run(run).name, found.outcome.run_id)
            _refuse_mixed(self._kinds)
            self.asked.update(dict.fromkeys(run.metric_names))
            trace = self.target == "trace"
            self.results._scratch.name((trace, name) for name in found.targets)
            self.results._scratch.add(found.rows)
        self._sums.merge(replace(found.summary, figures={}, targets=0))  # of these the rows tell

    def summary(self, metrics: Iterable[str] = ()) -> Summary:
        """All of them, summed up: of what runs were asked for, and of `metrics`."""
        return replace(
            self._sums,
            figures={name: self._figures(name) for name in dict.fromkeys([*metrics, *self.asked])},
            targets=self.results._scratch.targets() + self._sums.unnamed,
            broken=[*self._sums.broken],
            target=self.target,
        )

    def _figures(self, metric: str) -> Figures:
        rows, found = self.results._scratch, Figures()
        for rank, value, exact, count in rows.values(metric):
            if rank < _MISSING:
                found.add(KINDS[rank], _exact(value, exact), count)
        if missing := rows.targets() - found.kinds.total():
            found.add("missing", None, missing)
        for kind in found.kinds:
            if kind == "missing":
                found.named[kind] = rows.first_without(metric, _MISSING, SHOWN)
            elif kind != "measured":
                found.named[kind] = rows.first(metric, EVIDENCE.index(kind), SHOWN)
        return found

    def counts(self) -> Counter[tuple[str, str]]:
        """How many pairs that runs were to score, or have scored, each metric has of each kind, or as `not read`."""
        return Counter({(metric, EVIDENCE[rank]): count for metric, rank, count in self.results._scratch.counts()})

    def ascending(self, kinds: Iterable[Kind], most: int) -> Iterator[Said]:
        """The newest rows of some kinds, the lowest value first, those without one last: so many at most."""
        return self.results._scratch.ascending([EVIDENCE.index(kind) for kind in kinds], most)

    def newest(self, metric: str, target: str) -> Said | None:
        """The newest row of a pair."""
        return self.results._scratch.newest_of(metric, self.target == "trace", target)

    def of_kind(self, kind: Kind, most: int) -> Iterator[Said]:
        """The newest rows of a kind, in the runs' order: so many at most."""
        return self.results._scratch.said(EVIDENCE.index(kind), most)


def _refuse_mixed(kinds: Mapping[str, str]) -> None:
    """Refuse runs of several kinds, of each of which one is named.

    Raises:
        InvalidArgument: They are.
    """
    if len(kinds) > 1:
        said = " and ".join(f"over {target}s (such as {run_id})" for target, run_id in kinds.items())
        raise InvalidArgument(f"outcomes: of runs {said}, which have different metrics; judge each kind by itself")


def _broken(outcome: RunOutcome[Any]) -> str:
    """Why a run as a whole cannot be passed; empty where it ended."""
    why = "" if outcome.result in _ENDED else _ENDS.get(outcome.result, f"ended as {outcome.result}")
    if not why and outcome.scores is None:
        why = "ended, and its scores were not read: wait for it with scores=True"
    message = outcome.run.error_message if outcome.run else None
    return f"run {outcome.run_id} {why}{f' ({clip(message, 200)!r})' if message else ''}" if why else ""
