"""What a page says of runs, taken in run by run: rows of all pairs, and few scores whole, for what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import count
from math import inf
from typing import Final, NamedTuple

from pandaprobe_evals.evidence import Kind, Score
from pandaprobe_evals.html.markup import Markup
from pandaprobe_evals.outcomes import RunOutcome
from pandaprobe_evals.pairs import Pairs
from pandaprobe_evals.provenance import Provenance
from pandaprobe_evals.results import COUNTED, EVIDENCE, Results
from pandaprobe_evals.scratch import Kept, Said
from pandaprobe_evals.verdict import AnyOutcome

from .ran import run_card

RUNS: Final = 100
"""Runs that are described."""
WHOLE: Final = 500
"""Scores that are kept whole, of the lowest, of each kind that is in doubt, and of those that moved most."""
IN_DOUBT: Final[tuple[Kind, ...]] = ("partial evidence", "unknown evidence", "annotated", "without evidence")
"""What became of pairs whose traces are shown."""

_Key = tuple[str, str, str]
"""A target, a metric and a run."""


class Whole(NamedTuple):
    """A score, and where its signals come from, as far as that was read."""

    score: Score
    provenance: Provenance | None


class Gathered:
    """Runs for a report. However many there are, `WHOLE` scores of each sort are in memory.

    Attributes:
        pairs: What became of each pair, which `judge` takes, too.

    Args:
        outcomes: Those that are there already; all their scores are kept.
        base: What `compare` holds them against.
    """

    def __init__(self, outcomes: AnyOutcome | Iterable[AnyOutcome] = (), *, base: Results | None = None) -> None:
        self.pairs = Pairs()
        self._cards: list[Markup] = []  # what was run; of many runs the first
        self._runs = 0
        self._has_provenance = False  # whether it is known of any score where its signals come from
        self._base = base
        self._whole: dict[str, dict[_Key, tuple[float, Whole]]] = {}
        self._numbers = count()
        self._most = inf
        given = [outcomes] if isinstance(outcomes, RunOutcome) else outcomes
        for outcome in {outcome.run_id: outcome for outcome in given}.values():  # of two of one run the last
            self.add(outcome)
        self._most = WHOLE

    def add(self, outcome: AnyOutcome) -> None:
        """Take in a run, which is none of those before.

        Raises:
            InvalidArgument: It is over traces, and others over sessions.
        """
        found = self.pairs.add(outcome)
        self._runs += 1
        if len(self._cards) < RUNS:
            self._cards.append(run_card(found))
        known = outcome.provenance or {}
        self._has_provenance = self._has_provenance or bool(known)
        for row, score in found.newest.values():
            self._keep(row, Whole(score, known.get(str(score.id))))
        self._trim()

    def _keep(self, row: Kept, whole: Whole) -> None:
        for sort, place in self._sorts(row):
            self._whole.setdefault(sort, {})[row.target, row.metric, row.run] = place, whole

    def _sorts(self, row: Kept) -> Iterator[tuple[str, float]]:
        """For what a score may be shown, and which place it has there: the first places are kept."""
        kind = EVIDENCE[row.rank]
        if row.value is not None and kind != "without evidence":
            yield f"lowest {kind}", row.value
        if kind in IN_DOUBT:
            yield kind, next(self._numbers)
        if self._base is not None and row.value is not None and kind in COUNTED:
            before = self._base.value_of(row.metric, row.target, trace=row.trace)
            if before is not None and before != row.value:
                yield f"moved {row.metric}", -abs(row.value - before)

    def _trim(self) -> None:
        for sort, kept in self._whole.items():
            if len(kept) > self._most:
                self._whole[sort] = dict(nsmallest(WHOLE, kept.items(), key=lambda each: each[1][0]))

    def _whole_of(self, row: Said) -> Whole | None:
        """The score of a row, where it was kept."""
        key = row.target, row.metric, row.run
        return next((kept[key][1] for kept in self._whole.values() if key in kept), None)

    def _newest(self, metric: str, target: str) -> Whole | None:
        """The newest score of a pair, where it was kept."""
        row = self.pairs.newest(metric, target)
        return None if row is None else self._whole_of(row)
