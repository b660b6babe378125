"""Is the candidate worse than the base? Two sets of results, compared by metric, in words first. Pure; needs scipy.

Paired where sessions are shared: each session is its own base, so that what makes one session harder than another cancels
out. Else unpaired. Only scores that were measured in full count; of several of one session the newest.

`worse`: the drop of the mean beyond `max_drop` is no chance. `not worse`: that it is not beyond is no chance, or no session
has moved. `cannot tell`: neither. Both by one-sided permutation tests at `alpha`, corrected over the metrics by Holm's
method: where there is no difference, and `max_drop` is 0, at most one comparison in twenty says `worse` of any metric.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from . import checks
from .errors import InvalidArgument, counted
from .results import COUNTED, EVIDENCE, Results
from .scratch import Newest
from .significance import Test, holm, needed, paired, unpaired

Word = Literal["worse", "not worse", "cannot tell"]

_MOVED = 10
NAMED = 200
"""Sessions of a side that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A session (or trace) whose score changed."""

    id: str
    base: float
    candidate: float
    base_reason: str | None
    candidate_reason: str | None

    @property
    def difference(self) -> float:
        """Below 0: it got worse."""
        return self.candidate - self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The scores of one metric on one side."""

    count: int
    """Scores that count."""
    mean: float | None
    """Of these; None where there are none."""
    only: tuple[str, ...]
    """Sessions that the other side does not have by this metric: the first `NAMED`."""
    only_count: int
    """How many these are."""
    not_measured: tuple[tuple[str, str], ...]
    """Sessions whose score does not count, each with what became of it, such as `failed`: the first `NAMED`."""
    not_measured_count: int
    """How many these are."""
    remembered: int
    """Scores among those that count that its runs took from earlier runs: the same as these say nothing of a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricComparison:
    """One metric, compared."""

    name: str
    target: str
    """What has the scores, a `session` or a `trace`; what is said of sessions here holds of traces then."""
    word: Word
    paired: bool
    """By session; else the sessions of both sides are taken for two samples."""
    count: int
    """Paired: sessions that were compared. Else the scores of both sides together."""
    base: Side
    candidate: Side
    difference: float | None
    """Of the means of what was compared, the candidate's less the base's; None where nothing was."""
    interval: tuple[float, float] | None
    """95% confidence, by Student's t (Welch's where unpaired); None below two scores a side."""
    p_worse: float | None
    """How likely such a drop is where the true one is not beyond `max_drop`; corrected over the metrics."""
    p_not_worse: float | None
    """How likely a difference as good is where the true drop is beyond `max_drop`; corrected over the metrics."""
    p_value: float | None
    """How likely a difference as large, either way, is where there is none; of this metric alone."""
    wins: int
    """Paired sessions that got better; of unpaired ones this is not known, and 0, as for `losses` and `ties`."""
    losses: int
    ties: int
    moved: tuple[Moved, ...]
    """Paired sessions that moved most, losses first; ten at most."""
    more: int | None
    """Of `cannot tell`: about how many more sessions a side would take, if the difference stays what it is. None: more
    sessions would not tell, or it was told."""

    def __str__(self) -> str:
        if self.difference is None:
            return f"{self.name}: {self.word}: nothing was measured on both sides"
        within = f" (95%: {self.interval[0]:+.4g} to {self.interval[1]:+.4g})" if self.interval else ""
        how = (
            f"{counted(self.count, self.target)}, paired"
            if self.paired
            else f"{counted(self.count, 'score')}, unpaired"
        )
        more = f"; {self.would_tell}" if self.would_tell else ""
        return (
            f"{self.name}: {self.word}: {self.base.mean:.4g} to {self.candidate.mean:.4g}, difference {self.difference:+.4g}"
            f"{within}, {how}{more}"
        )

    @property
    def would_tell(self) -> str:
        """How many more sessions would tell, in words; empty where more would not, or it was told."""
        return "" if self.more is None else f"about {self.more:,} more {self.target}s per side would tell"

    def notes(self) -> Iterator[str]:
        """What else is to be known of it, in sentences."""
        if not self.paired:
            yield f"No {self.target} is on both sides: they were taken for two samples."
        if self.would_tell:
            yield f"{self.would_tell.capitalize()}, if the difference stays what it is."
        for name, side in (("base", self.base), ("candidate", self.candidate)):
            if side.remembered:
                yield f"Of the {name}, {side.remembered:,} of {side.count:,} scores were remembered, not measured anew."

    def figures(self) -> list[str]:
        """The means of both sides, their difference and its interval, each a hyphen where there is none."""
        means = ["-" if side.mean is None else f"{side.mean:.3f}" for side in (self.base, self.candidate)]
        between = "-" if self.interval is None else f"{self.interval[0]:+.3f} to {self.interval[1]:+.3f}"
        return [*means, "-" if self.difference is None else f"{self.difference:+.3f}", between]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sets of results, compared."""

    word: Word
    """`worse` where a metric is, `not worse` where none is, else `cannot tell`."""
    metrics: tuple[MetricComparison, ...]
    max_drop: float
    alpha: float
    target: str
    """What was compared, a `session` or a `trace`."""
    base: Results = field(repr=False, compare=False)
    """What the candidate was held against."""

    def _repr_html_(self) -> str:
        from .html.markup import element, joined  # here: only a notebook needs it
        from .html.notebook import bullets, headline, table
        from .html.parts import id_of, prose

        heads = ("metric", "is", "base", "candidate", "difference", "95%", "n", "won", "lost", "same")
        heads_moved = ("change", self.target, "base", "candidate", "said of the base", "said of the candidate")
        rows, moved = [], []
        for each in self.metrics:
            signs = (each.wins, each.losses, each.ties) if each.paired else ("-", "-", "-")
            rows.append((each.name, element("b", {}, each.word), *each.figures(), each.count, *signs))
            far = [
                (
                    f"{one.difference:+.3f}",
                    id_of(one.id),
                    f"{one.base:.3f}",
                    f"{one.candidate:.3f}",
                    prose(one.base_reason or "-"),
                    prose(one.candidate_reason or "-"),
                )
                for one in each.moved
            ]
            if far:
                moved += [element("p", {}, f"{each.name}: what moved most"), table(heads_moved, far)]
        notes = bullets(f"{each.name}: {note}" for each in self.metrics for note in each.notes())
        return joined(headline(self.word.capitalize()), table(heads, rows), notes, *moved)

    def __str__(self) -> str:
        return "\n".join([self.word, *map(str, self.metrics)])


def compare(
    base: Any,
    candidate: Any,
    *,
    metrics: Iterable[str] | None = None,
    max_drop: float = 0.0,
    alpha: float = 0.05,
) -> Comparison:
    """Compare the scores of two sets of runs; see the module for how.

    Args:
        base: Outcomes of runs, one or many, `Results`, or the path of a results file; see `Results.of`.
        candidate: The same, of what may be worse.
        metrics: Only these; without it all that either side has.
        max_drop: How far a metric's mean may drop, 0 to 1, and still count as not worse.
        alpha: How often `worse` may be said in error, and `not worse` too.

    Raises:
        InvalidArgument: One side is of sessions and the other of traces, or `max_drop` or `alpha` is not from 0 to 1.
        ModuleNotFoundError: The extra `[stats]` is not installed.
    """
    limit, level = checks.fraction(max_drop, "max_drop"), checks.fraction(alpha, "alpha")
    old, new = Results.of(base), Results.of(candidate)
    target = _one_target(old, new)
    every = old._scratch.metrics() | new._scratch.metrics()
    names = checks.texts(metrics, "metrics") if metrics is not None else sorted(every)
    found = [_Samples(name, target, old, new) for name in names]
    tests = [samples.test(limit) for samples in found]
    worse = holm([test.p_worse for test in tests])
    not_worse = holm([test.p_not_worse for test in tests])
    compared = tuple(
        samples.said(test, p_worse, p_not_worse, limit, level)
        for samples, test, p_worse, p_not_worse in zip(found, tests, worse, not_worse, strict=True)
    )
    return Comparison(
        word=_overall([each.word for each in compared]),
        metrics=compared,
        max_drop=limit,
        alpha=level,
        target=target,
        base=old,
    )


def _one_target(*sides: Results) -> str:
    """What all rows are of.

    Raises:
        InvalidArgument: Some are of sessions, and some of traces.
    """
    seen = {"trace" if trace else "session" for side in sides for trace in side._scratch.kinds_of_targets()}
    if len(seen) > 1:
        raise InvalidArgument(
            "base, candidate: sessions and traces have different metrics; compare each kind by itself"
        )
    return next(iter(seen), "session")


def _overall(words: Sequence[Word]) -> Word:
    if "worse" in words:
        return "worse"
    return "not worse" if words and set(words) == {"not worse"} else "cannot tell"


class _Samples:
    """The scores of one metric on both sides, and what is said of each session: of many of them, the first ones."""

    def __init__(self, name: str, target: str, base: Results, candidate: Results) -> None:
        self.name, self.target, self._base, self._candidate = name, target, base, candidate
        self.base, self.candidate = _Seen(), _Seen()
        both, before, after = _floats(), _floats(), _floats()
        """Of what counts: the values on both sides, of the base, of the candidate."""
        with_both = _floats()
        self.moved: list[tuple[float, int, Newest, Newest]] = []
        """A heap: the least moved of those that moved most, and of these the last, is first."""
        self.paired = False
        for place, (old, new) in enumerate(_side_by_side(base._scratch.newest(name), candidate._scratch.newest(name))):
            value = self.base.saw(old, alone=new is None)
            other = self.candidate.saw(new, alone=old is None)
            self.paired = self.paired or (old is not None and new is not None)
            if value is not None:
                before.append(value)
            if other is not None:
                after.append(other)
            if old is not None and new is not None and value is not None and other is not None:
                both.append(value)
                with_both.append(other)
                if value != other:
                    heapq.heappush(self.moved, (abs(other - value), -place, old, new))
                    if len(self.moved) > _MOVED:
                        heapq.heappop(self.moved)
        self.before, self.after = (both, with_both) if self.paired else (before, after)

    def test(self, max_drop: float) -> Test:
        if not self.before or not self.after:
            return Test()
        return paired(self.before, self.after, max_drop) if self.paired else unpaired(self.before, self.after, max_drop)

    def said(
        self, test: Test, p_worse: float | None, p_not_worse: float | None, max_drop: float, alpha: float
    ) -> MetricComparison:
        word: Word = "cannot tell"
        if p_worse is not None and p_worse <= alpha:
            word = "worse"
        elif p_not_worse is not None and (p_not_worse <= alpha or self.before == self.after):
            word = "not worse"
        pairs = zip(self.before, self.after, strict=True) if self.paired else ()
        signs = Counter((new > old) - (new < old) for old, new in pairs)
        far = [
            Moved(
                id=old.target,
                base=old.value or 0.0,
                candidate=new.value or 0.0,
                base_reason=self._base._scratch.reason(old.row),
                candidate_reason=self._candidate._scratch.reason(new.row),
            )
            for _, _, old, new in sorted(self.moved, key=lambda each: (-each[0], -each[1]))
        ]
        return MetricComparison(
            name=self.name,
            target=self.target,
            word=word,
            paired=self.paired,
            count=len(self.before) if self.paired else len(self.before) + len(self.after),
            base=self.base.side(self.before),
            candidate=self.candidate.side(self.after),
            difference=test.difference,
            interval=test.interval,
            p_worse=p_worse,
            p_not_worse=p_not_worse,
            p_value=test.p_value,
            wins=signs[1],
            losses=signs[-1],
            ties=signs[0],
            moved=tuple(sorted(far, key=lambda move: move.difference)),
            more=self._more(test, max_drop, alpha) if word == "cannot tell" else None,
        )

    def _more(self, test: Test, max_drop: float, alpha: float) -> int | None:
        """How many more sessions would tell, with 80% power."""
        if test.difference is None or not (beyond := test.difference + max_drop):
            return None
        return max(1, needed(test.spread, beyond, alpha) - min(len(self.before), len(self.after)))


class _Seen:
    """What one side has, as it is seen session by session."""

    def __init__(self) -> None:
        self.counted = self.alone = self.others = self.remembered = 0
        self.only: list[str] = []
        self.not_measured: list[tuple[str, str]] = []

    def saw(self, row: Newest | None, *, alone: bool) -> float | None:
        """Take in a session; its value where that counts."""
        if row is None:
            return None
        evidence = EVIDENCE[row.rank]
        if alone:
            self.alone += 1
            if len(self.only) < NAMED:
                self.only.append(row.target)
        if evidence in COUNTED and row.value is not None:
            self.counted += 1
            self.remembered += evidence == "remembered"
            return row.value
        self.others += 1
        if len(self.not_measured) < NAMED:
            self.not_measured.append((row.target, evidence))
        return None

    def side(self, values: Sequence[float]) -> Side:
        """All that was seen; `values` are those that are compared."""
        return Side(
            count=self.counted,
            mean=math.fsum(values) / len(values) if values else None,
            only=tuple(self.only),
            only_count=self.alone,
            not_measured=tuple(self.not_measured),
            not_measured_count=self.others,
            remembered=self.remembered,
        )


def _side_by_side(base: Iterator[Newest], candidate: Iterator[Newest]) -> Iterator[tuple[Newest | None, Newest | None]]:
    """Rows of both sides by session, each side in ascending order; None where one does not have it."""
    old, new = next(base, None), next(candidate, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old.target < new.target):
            yield old, None
            old = next(base, None)
        elif old is None or new.target < old.target:
            yield None, new
            new = next(candidate, None)
        else:
            yield old, new
            old, new = next(base, None), next(candidate, None)


def _floats() -> array[float]:
    return array("d")
