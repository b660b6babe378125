"""Whether a difference of two samples is chance: permutation tests and intervals, by scipy, the extra `[stats]`. Pure."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from .extras import needed_for

_EXACT: Final = 13
"""Differences of which every flip of signs is tried: 8,192 at most."""
_RESAMPLES: Final = 9_999
_FEWEST: Final = 999
_WORK: Final = 20_000_000
"""Resamples times values, about: of more sessions fewer resamples are drawn."""
_AT_ONCE: Final = 1_000_000
"""Values that are in memory at once."""


@dataclass(frozen=True, slots=True)
class Test:
    """What two samples come to: the candidate's less the base's."""

    difference: float | None = None
    interval: tuple[float, float] | None = None
    p_worse: float | None = None
    p_not_worse: float | None = None
    p_value: float | None = None
    spread: float = 0.0
    """The standard deviation of what a session adds to the difference."""


def holm(values: Sequence[float | None]) -> list[float | None]:
    """p-values, corrected over so many tests by Holm's method; None stays, and is no test."""
    order = sorted((value, at) for at, value in enumerate(values) if value is not None)
    found: list[float | None] = [None] * len(values)
    least = 0.0
    for rank, (value, at) in enumerate(order):
        least = max(least, min(1.0, value * (len(order) - rank)))
        found[at] = least
    return found


def paired(before: Sequence[float], after: Sequence[float], max_drop: float = 0.0) -> Test:
    """A sign-flip test of the differences (exact up to 13 that are not 0), and Student's interval of their mean.

    Raises:
        ModuleNotFoundError: The extra `[stats]` is not installed.
    """
    stats, np = _stats(), _numpy()
    differences = np.round(np.asarray(after, float) - np.asarray(before, float), 12)  # 0.3 - 0.1 is 0.2 again

    def p(shift: float, side: str) -> float:
        return _flipped(np.round(differences + shift, 12), side)

    interval, spread = None, 0.0
    if len(differences) > 1:
        spread = float(differences.std(ddof=1))
        mean, error = differences.mean(), stats.sem(differences)
        interval = stats.t.interval(0.95, len(differences) - 1, mean, error) if error else (mean, mean)
    return _tested(differences.mean(), interval, spread, p, max_drop)


def unpaired(before: Sequence[float], after: Sequence[float], max_drop: float = 0.0) -> Test:
    """A permutation test of the two samples (exact where they are small), and Welch's interval of the difference.

    Raises:
        ModuleNotFoundError: The extra `[stats]` is not installed.
    """
    stats, np = _stats(), _numpy()
    old, new = np.asarray(before, float), np.asarray(after, float)

    def p(shift: float, side: str) -> float:
        moved = np.round(new + shift, 12)
        return _permuted((moved, old), _difference, "independent", side)

    interval, spread = None, 0.0
    if min(len(old), len(new)) > 1:
        spread = math.sqrt(old.var(ddof=1) + new.var(ddof=1))
        if spread:
            interval = stats.ttest_ind(new, old, equal_var=False).confidence_interval(0.95)
        else:
            interval = (new.mean() - old.mean(),) * 2
    return _tested(new.mean() - old.mean(), interval, spread, p, max_drop)


def _tested(difference: Any, interval: Any, spread: float, p: Any, max_drop: float) -> Test:
    low_high = None if interval is None else (float(interval[0]), float(interval[1]))
    worse, not_worse = p(max_drop, "less"), p(max_drop, "greater")
    return Test(
        difference=float(difference),
        interval=low_high,
        p_worse=worse,
        p_not_worse=not_worse,
        p_value=p(0.0, "two-sided") if max_drop else min(1.0, 2 * min(worse, not_worse)),  # what scipy makes of both
        spread=spread,
    )


def _mean(values: Any, axis: int) -> Any:
    return values.mean(axis=axis)


def _difference(after: Any, before: Any, axis: int) -> Any:
    return after.mean(axis=axis) - before.mean(axis=axis)


def _flipped(differences: Any, side: str) -> float:
    """A sign-flip test of the mean. Flipping 0 changes nothing, so that of all that are 0 one is looked at."""
    np = _numpy()
    moved = differences[differences != 0]
    if len(moved) < len(differences):
        moved = np.append(moved, 0.0)
    if len(moved) <= _EXACT:
        return _permuted((moved,), _mean, "samples", side)
    without_sign, random = np.abs(moved), np.random.default_rng(0)

    def flips(size: tuple[int, int]) -> Any:
        return (2 * random.integers(0, 2, size=size, dtype=np.int8) - 1) * without_sign

    found = _stats().monte_carlo_test(moved, flips, _mean, vectorized=True, alternative=side, **_drawn(len(moved)))
    return float(found.pvalue)


def _permuted(data: tuple[Any, ...], statistic: Any, kind: str, side: str) -> float:
    """Scipy's permutation test."""
    if min(map(len, data)) < 2:
        return 1.0  # of one score nothing can be told
    found = _stats().permutation_test(
        data,
        statistic,
        permutation_type=kind,
        vectorized=True,
        alternative=side,
        rng=_numpy().random.default_rng(0),
        **_drawn(sum(map(len, data))),
    )
    return float(found.pvalue)


def _drawn(values: int) -> dict[str, int]:
    """How many resamples are drawn of so many values, and how many at once; always with the same random numbers."""
    return {"n_resamples": max(_FEWEST, min(_RESAMPLES, _WORK // values)), "batch": max(1, _AT_ONCE // values)}


def needed(spread: float, beyond: float, alpha: float) -> int:
    """How many sessions a side tell, at `alpha` and with 80% power, a difference that is so far beyond what is allowed."""
    normal = _stats().norm
    return math.ceil(float(((normal.isf(alpha) + normal.isf(0.2)) * spread / beyond) ** 2))


def check_installed() -> None:
    """Find out before long work whether `compare` will be able to.

    Raises:
        ModuleNotFoundError: The extra `[stats]` is not installed.
    """
    _stats()


def _stats() -> Any:
    with needed_for("a comparison", "stats"):
        return importlib.import_module("scipy.stats")


def _numpy() -> Any:
    with needed_for("a comparison", "stats"):
        return importlib.import_module("numpy")
