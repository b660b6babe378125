"""What became of every pair of session (or trace) and metric of some runs, taken in run by run; no score is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from .arrow import NEVER
from .errors import InvalidArgument, clip
from .evidence import KINDS, Kind, value_of
from .outcomes import RunOutcome, target_count
from .provenance import kind_by
from .results import EVIDENCE, Results, microseconds
from .runs import kind_of_run
from .scratch import Kept

_MISSING: Final = EVIDENCE.index("missing")
_NEVER: Final = EVIDENCE.index("not read")

_ENDED = {"succeeded", "nothing_measured", "completed_with_failures"}
_ENDS = {
    "failed": "failed",
    "stalled": "has not ended, and makes no progress",
    "deleted": "was deleted, or never existed",
    "unknown_status": "is in a state that this client does not know",
}


class Pairs:
    """The pairs of runs, each by its newest score over all runs. Its memory does not grow with them.

    Attributes:
        runs: How many runs there are.
        asked: The metrics that runs were made with.
        unnamed: How many targets are not known by their ids: those of runs by filters that have no score.
        lost_failures: Failed pairs that runs count and that no score of theirs names.
        broken: Why a run as a whole cannot be passed.
        results: A row for each pair of each run.
    """

    def __init__(self, outcomes: RunOutcome[Any] | Iterable[RunOutcome[Any]] = ()) -> None:
        self.runs = self.unnamed = self.lost_failures = 0
        self.asked: dict[str, None] = {}
        self.broken: list[str] = []
        self.results = Results()
        self._kinds: dict[str, str] = {}
        given = [outcomes] if isinstance(outcomes, RunOutcome) else outcomes
        for outcome in {outcome.run_id: outcome for outcome in given}.values():  # of two of one run the last
            self.add(outcome)

    @property
    def target(self) -> str:
        """What the runs evaluate, a `session` or a `trace`."""
        return next(iter(self._kinds), "session")

    def add(self, outcome: RunOutcome[Any]) -> None:
        """Take in a run, which is none of those before.

        Raises:
            InvalidArgument: It is over traces, and others over sessions.
        """
        self.runs += 1
        if why := _broken(outcome):
            self.broken.append(why)
        run, scores = outcome.run, outcome.scores or ()
        if run is None:
            return
        kind = kind_of_run(run)
        self._kinds.setdefault(kind.name, outcome.run_id)
        refuse_mixed(self._kinds)
        self.asked.update(dict.fromkeys(run.metric_names))
        named = dict.fromkeys(kind.targets_of(run) or ())
        trace = kind.name == "trace"
        self.results._scratch.name((trace, name) for name in named)
        known = outcome.provenance or {}
        left = dict.fromkeys((name, metric) for name in named for metric in run.metric_names)

        def rows() -> Iterator[Kept]:
            for score in scores:
                target, provenance = kind.target_of(score), known.get(str(score.id))
                named[target] = None
                left.pop((target, score.name), None)
                value, found = value_of(score), kind_by(score, provenance)
                number = None if value is None else float(value)
                yield Kept(
                    score.name,
                    target,
                    trace,
                    number,
                    None if value is None or value == Decimal(repr(number)) else str(value),
                    EVIDENCE.index(found),
                    provenance.origin if provenance and provenance.signals else None,
                    score.status,
                    score.reason,
                    microseconds(score.created_at),
                    outcome.run_id,
                )
            rank = _NEVER if outcome.scores is None else _MISSING
            for target, metric in left:
                yield Kept(metric, target, trace, None, None, rank, None, None, None, NEVER, outcome.run_id)

        self.results._scratch.add(rows())
        self.unnamed += max(0, target_count(run) - len(named))
        self.lost_failures += max(0, outcome.failed_pairs - sum(score.status == "FAILED" for score in scores))

    @property
    def targets(self) -> int:
        """Sessions or traces that are known by their ids."""
        return self.results._scratch.targets()

    def values(self, metric: str) -> Iterator[tuple[Kind, Decimal | None, int]]:
        """What became of the pairs of a metric, with their values, each with how many there are."""
        scored = 0
        for rank, value, exact, count in self.results._scratch.values(metric):
            if rank < _MISSING:
                scored += count
                yield KINDS[rank], None if value is None else Decimal(exact or repr(value)), count
        if missing := self.targets - scored:
            yield "missing", None, missing

    def first(self, metric: str, kind: Kind, most: int) -> list[str]:
        """The first targets of a kind, in the runs' order."""
        if kind == "missing":
            return self.results._scratch.first_without(metric, _MISSING, most)
        return self.results._scratch.first(metric, EVIDENCE.index(kind), most)


def refuse_mixed(kinds: Mapping[str, str]) -> None:
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
