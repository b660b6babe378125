"""What tables show of the service's objects. Pure."""

from collections.abc import Callable
from operator import itemgetter

from .output import Column, Record, utc


def _text(title: str, name: str) -> Column:
    return Column(title, lambda record: record.get(name) or "")


def _count(title: str, name: str) -> Column:
    return Column(title, lambda record: f"{record.get(name) or 0:,}", right=True)


def _when(title: str, name: str) -> Column:
    return Column(title, lambda record: utc(record[name]) if record.get(name) else "")


def _names(title: str, name: str) -> Column:
    return Column(title, lambda record: ", ".join(record.get(name) or ()))


def _number(title: str, name: str) -> Column:
    def shown(record: Record) -> str:
        value = record.get(name)
        return "" if value is None else f"{value:.4g}"

    return Column(title, shown, right=True)


def _yes(title: str, name: str) -> Column:
    return Column(title, lambda record: "yes" if record.get(name) else "")


def _seconds(title: str, name: str) -> Column:
    return Column(title, lambda record: "" if record.get(name) is None else f"{record[name] / 1000:,.2f} s", right=True)


def _of(target: str) -> Column:
    return Column(target, itemgetter(f"{target}_id"))


def _done(target: str) -> Column:
    def shown(record: Record) -> str:
        return f"{record['evaluated_count']:,}/{int(record.get('total_targets', record.get('total_traces', 0))):,}"

    return Column(f"{target}s", shown, right=True)


class PerTarget(dict[str, list[Column]]):
    """The columns for each kind of target, made when they are asked for."""

    def __init__(self, made: Callable[[str], list[Column]]) -> None:
        self._made = made

    def __missing__(self, target: str) -> list[Column]:
        self[target] = self._made(target)
        return self[target]


RUNS = PerTarget(
    lambda target: [
        _text("run", "id"),
        _when("created (UTC)", "created_at"),
        _text("status", "status"),
        _done(target),
        _text("failed pairs", "failed_count"),
        _names("metrics", "metric_names"),
        _text("name", "name"),
    ]
)
SCORES = PerTarget(
    lambda target: [
        _of(target),
        _text("metric", "name"),
        Column("value", lambda record: record.get("value") or "", right=True),
        _text("status", "status"),
        _text("reason", "reason"),
    ]
)
SCORE = PerTarget(
    lambda target: [
        _text("score", "id"),
        *SCORES[target],
        _text("source", "source"),
        _when("created (UTC)", "created_at"),
    ]
)
METRICS = [_text("metric", "name"), _text("what it measures", "description")]
SESSIONS = [
    _of("session"),
    _count("traces", "trace_count"),
    _when("first (UTC)", "first_trace_at"),
    _when("last end (UTC)", "last_trace_at"),
    _yes("error", "has_error"),
    _text("user", "user_id"),
    _names("tags", "tags"),
]
TRACES = [
    _of("trace"),
    _text("name", "name"),
    _text("status", "status"),
    _when("started (UTC)", "started_at"),
    _seconds("took", "latency_ms"),
    _text("session", "session_id"),
    _names("tags", "tags"),
]
SPANS = [
    _text("span", "name"),
    _text("kind", "kind"),
    _text("status", "status"),
    _seconds("took", "latency_ms"),
    _text("model", "model"),
    _text("error", "error"),
]
PROVIDERS = [
    _text("provider", "key"),
    Column("available", lambda record: "yes" if record["available"] else "no"),
    _text("says", "message"),
]
MONITORS = [
    _text("monitor", "id"),
    _text("name", "name"),
    _text("status", "status"),
    Column("target", lambda record: str(record["target_type"]).lower()),
    _text("cadence", "cadence"),
    _when("last run (UTC)", "last_run_at"),
    _when("next run (UTC)", "next_run_at"),
]
SUMMARY = [
    _text("metric", "metric_name"),
    _number("mean", "avg_score"),
    _number("median", "median_score"),
    _number("lowest", "min_score"),
    _number("highest", "max_score"),
    _count("succeeded", "success_count"),
    _count("failed", "failed_count"),
]
TREND = [_when("from (UTC)", "bucket"), _number("mean", "avg_score"), _count("scores", "count")]
DISTRIBUTION = [_number("from", "bucket_min"), _number("to", "bucket_max"), _count("scores", "count")]
WORST = [
    _of("session"),
    _number("newest score", "score"),
    _when("evaluated (UTC)", "evaluated_at"),
    _text("run", "eval_run_id"),
]
