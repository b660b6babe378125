"""Scores added up: summaries, trends, distributions, and sessions by their newest score. Pure."""

import math
import re
from collections.abc import Iterable, Sequence
from statistics import fmean, median
from typing import Any, NamedTuple

from .buckets import Granularity, bucket_of
from .clock import iso
from .database import Breakdown

__all__ = ["Point", "compared", "distribution", "history", "summary", "trend"]

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


class Point(NamedTuple):
    """What is looked at of a score."""

    target: str
    """The session or the trace."""
    name: str
    value: str | None
    data_type: str
    status: str
    eval_run_id: str | None
    created_at: float

    @property
    def number(self) -> float | None:
        """The value of a NUMERIC SUCCESS, None of all else; breaks on a text that only Python reads as a number."""
        if self.data_type != "NUMERIC" or self.status != "SUCCESS" or self.value is None:
            return None
        if not _NUMBER.fullmatch(self.value):
            raise Breakdown(f"the database reads no number in {self.value!r}")
        return float(self.value)


def summary(points: Iterable[Point]) -> list[dict[str, Any]]:
    """Return a row for each name."""
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(point.name, []).append(point)
    return [_summed(name, own) for name, own in sorted(found.items())]


def _summed(name: str, points: Sequence[Point]) -> dict[str, Any]:
    numbers = _numbers(points)
    return {
        "metric_name": name,
        "avg_score": fmean(numbers) if numbers else None,
        "min_score": min(numbers, default=None),
        "max_score": max(numbers, default=None),
        "median_score": median(numbers) if numbers else None,
        "success_count": sum(point.status == "SUCCESS" for point in points),
        "failed_count": sum(point.status == "FAILED" for point in points),
        "latest_score_at": iso(max(point.created_at for point in points)),
    }


def trend(points: Iterable[Point], granularity: Granularity) -> list[dict[str, Any]]:
    """Return a row for each bucket in which there are numbers, of points of one name."""
    found: dict[tuple[str, str], list[float]] = {}
    for point in points:
        if point.number is not None:
            found.setdefault((bucket_of(point.created_at, granularity), point.name), []).append(point.number)
    return [
        {"bucket": bucket, "metric_name": name, "avg_score": fmean(numbers), "count": len(numbers)}
        for (bucket, name), numbers in sorted(found.items())
    ]


def distribution(points: Iterable[Point], buckets: int) -> list[dict[str, Any]]:
    """Return a row for each bucket that is not empty; numbers of exactly 1 have one of their own, after the last."""
    counts: dict[int, int] = {}
    for number in _numbers(points):
        bucket = buckets + 1 if number >= 1 else math.floor(number * buckets) + 1
        counts[bucket] = counts.get(bucket, 0) + 1
    return [
        {
            "bucket": bucket,
            "bucket_min": min((bucket - 1) / buckets, 1.0),
            "bucket_max": min(bucket / buckets, 1.0),
            "count": count,
        }
        for bucket, count in sorted(counts.items())
    ]


def history(points: Iterable[Point], limit: int) -> list[dict[str, Any]]:
    """Return so many of the oldest scores, the oldest first."""
    return [
        {
            "metric_name": point.name,
            "score": point.number,
            "eval_run_id": point.eval_run_id,
            "created_at": iso(point.created_at),
            "status": point.status,
        }
        for point in sorted(points, key=lambda point: point.created_at)[:limit]
    ]


def compared(points: Iterable[Point], *, worst_first: bool) -> list[dict[str, Any]]:
    """Return a row for each target, of its newest number; equal ones by their id."""
    newest: dict[str, Point] = {}
    for point in points:
        known = newest.get(point.target)
        if point.number is not None and (known is None or point.created_at > known.created_at):
            newest[point.target] = point
    rows = sorted(newest.values(), key=lambda point: point.target)
    rows.sort(key=lambda point: point.number or 0.0, reverse=not worst_first)
    return [
        {
            "session_id": point.target,
            "score": point.number,
            "evaluated_at": iso(point.created_at),
            "eval_run_id": point.eval_run_id,
        }
        for point in rows
    ]


def _numbers(points: Iterable[Point]) -> list[float]:
    return [point.number for point in points if point.number is not None]
