"""Traces and sessions added up over time: buckets in UTC, weeks from Monday, empty ones left out. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from .traces import Session, TraceRow, number_in

__all__ = ["Granularity", "bucket_of", "session_buckets", "trace_buckets"]

Spans = Sequence[Mapping[str, Any]]


class Granularity(StrEnum):
    """How long a bucket is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


def bucket_of(moment: float, granularity: Granularity) -> str:
    """Return the beginning of the bucket that a moment, in Unix seconds, lies in: ISO 8601, whole seconds."""
    at = datetime.fromtimestamp(moment, UTC).replace(minute=0, second=0, microsecond=0)
    if granularity is not Granularity.HOUR:
        at = at.replace(hour=0)
    if granularity is Granularity.WEEK:
        at -= timedelta(days=at.weekday())
    return at.isoformat()


def trace_buckets(
    traces: Iterable[tuple[TraceRow, Spans]], metric: str, granularity: Granularity
) -> list[dict[str, Any]]:
    """Return the rows of a metric, each trace given with its spans; `models` are not in buckets."""
    found: dict[str, list[tuple[TraceRow, Spans]]] = {}
    for trace, spans in traces:
        found.setdefault(bucket_of(trace.started_at, granularity), []).append((trace, spans))
    match metric:
        case "models":
            return _models(span for own in found.values() for _, spans in own for span in spans)
        case "cost" | "tokens":
            return [{"bucket": bucket, **_tokens(own)} for bucket, own in sorted(found.items())]
        case _:
            return [{"bucket": bucket, **_volume([trace for trace, _ in own])} for bucket, own in sorted(found.items())]


def session_buckets(sessions: Iterable[Session], granularity: Granularity) -> list[dict[str, Any]]:
    """Return how many sessions there were in each bucket, by the first trace of each."""
    found: dict[str, list[Session]] = {}
    for session in sessions:
        found.setdefault(bucket_of(session.first_trace_at, granularity), []).append(session)
    return [
        {
            "bucket": bucket,
            "session_count": len(own),
            "avg_traces_per_session": _mean([float(session.trace_count) for session in own]),
            "avg_session_duration_ms": _mean(
                [session.total_latency_ms for session in own if session.total_latency_ms is not None]
            ),
        }
        for bucket, own in sorted(found.items())
    ]


def _volume(traces: Sequence[TraceRow]) -> dict[str, Any]:
    took = sorted(trace.latency for trace in traces if trace.latency is not None)
    return {
        "trace_count": len(traces),
        "error_count": sum(trace.failed for trace in traces),
        "avg_latency_ms": _mean(took),
        "p50_latency_ms": _percentile(took, 0.5),
        "p90_latency_ms": _percentile(took, 0.9),
        "p99_latency_ms": _percentile(took, 0.99),
    }


def _tokens(own: Sequence[tuple[TraceRow, Spans]]) -> dict[str, Any]:
    def used(name: str) -> int:
        return sum(int(number_in((span["token_usage"] or {}).get(name))) for _, spans in own for span in spans)

    return {
        "prompt_tokens": used("prompt_tokens"),
        "completion_tokens": used("completion_tokens"),
        "total_tokens": sum(trace.tokens for trace, _ in own),
        "total_cost": sum((trace.cost for trace, _ in own), 0.0),
    }


def _models(spans: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for span in spans:
        if span["model"] is not None:
            none = {"model": span["model"], "call_count": 0, "total_tokens": 0, "total_cost": 0.0}
            row = found.setdefault(span["model"], none)
            row["call_count"] += 1
            row["total_tokens"] += int(number_in((span["token_usage"] or {}).get("total_tokens")))
            row["total_cost"] += number_in((span["cost"] or {}).get("total"))
    return sorted(found.values(), key=lambda row: (-row["call_count"], row["model"]))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that so much of the sorted values lies below, between two of them in proportion."""
    if not values:
        return None
    at = share * (len(values) - 1)
    low, high = values[math.floor(at)], values[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))
