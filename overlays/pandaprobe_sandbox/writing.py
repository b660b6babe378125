"""What answers look like: runs, scores, traces, sessions and pages."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

from starlette.responses import Response

from .clock import iso
from .ingestion import seconds
from .monitor_rows import Monitor
from .store import Run
from .trace_scores import TraceScore
from .traces import Session, TraceRow

__all__ = [
    "TotalField",
    "answer",
    "monitor_json",
    "page",
    "run_json",
    "score_json",
    "session_json",
    "span_json",
    "to_json",
    "trace_json",
    "trace_row_json",
    "trace_score_json",
]

TotalField = Literal["total_targets", "total_traces"]


def run_json(run: Run, now: float, total_field: TotalField) -> str:
    """Write a run as the service does; its ids are copied as text, not parsed."""
    view = run.look(now)
    completed = None if view.completed_at is None else iso(view.completed_at)
    head = {
        "id": run.id,
        "name": run.name,
        "status": view.status,
        "metric_names": json.loads(run.metric_names),
        total_field: run.script.total,
        "evaluated_count": view.evaluated,
        "failed_count": view.failed,
        "created_at": iso(run.created_at),
        "completed_at": completed,
        "project_id": run.project_id,
        "target_type": run.target_type,
    }
    tail = {
        "sampling_rate": run.sampling_rate,
        "model": run.model,
        "monitor_id": run.monitor_id,
        "error_message": view.error_message,
    }
    return f'{to_json(head)[:-1]},"filters":{run.filters},{to_json(tail)[1:]}'


def score_json(row: Any) -> str:
    """Write a score as the service does."""
    score_id, session_id, project_id, name, value, status, run_id, reason, metadata, created_at = row
    head = {
        "id": score_id,
        "session_id": session_id,
        "project_id": project_id,
        "name": name,
        "data_type": "NUMERIC",
        "value": value,
        "source": "AUTOMATED",
        "status": status,
        "eval_run_id": run_id,
        "author_user_id": None,
        "reason": reason,
    }
    at = iso(created_at)
    return f'{to_json(head)[:-1]},"metadata":{metadata},"created_at":"{at}","updated_at":"{at}"}}'


def trace_score_json(score: TraceScore) -> str:
    """Write a score of a trace as the service does."""
    row = score._asdict() | {
        "author_user_id": None,
        "config_id": None,
        "created_at": iso(score.created_at),
        "updated_at": iso(score.updated_at),
    }
    del row["run_id"]
    metadata = row.pop("metadata")
    return f'{to_json(row)[:-1]},"metadata":{metadata}}}'


def monitor_json(monitor: Monitor) -> str:
    """Write a monitor as the service does: a time without microseconds has none."""
    times = ("last_run_at", "next_run_at", "created_at", "updated_at")
    at = {name: getattr(monitor, name) for name in times}
    row = monitor._asdict() | {
        "metric_names": json.loads(monitor.metric_names),
        "filters": monitor.wanted,
        **{
            name: None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat()
            for name, moment in at.items()
        },
    }
    del row["org"]
    return to_json(row)


def session_json(session: Session) -> dict[str, Any]:
    """Say of a session what the service does."""
    row = asdict(session) | {
        "first_trace_at": iso(session.first_trace_at),
        "last_trace_at": _iso(session.last_trace_at),
    }
    del row["arrived"]
    return row


def trace_row_json(trace: TraceRow) -> str:
    """Write a trace as the service's lists do."""
    row = {
        "trace_id": trace.trace_id,
        "name": trace.name,
        "status": trace.status,
        "started_at": iso(trace.started_at),
        "ended_at": _iso(trace.ended_at),
        "session_id": trace.session_id,
        "user_id": trace.user_id,
        "tags": json.loads(trace.tags),
        "environment": trace.environment,
        "release": trace.release,
        "latency_ms": trace.latency,
        "span_count": trace.spans,
        "total_tokens": trace.tokens,
        "total_cost": trace.cost,
    }
    return to_json(row)


def trace_json(trace: Mapping[str, Any], project_id: str) -> dict[str, Any]:
    """Say of a trace, as the store gives it, what the service does."""
    sums = {"total_tokens": trace["tokens"], "total_cost": trace["cost"]}
    row = {name: value for name, value in trace.items() if name not in ("tokens", "cost")}
    times = {name: _told(trace[name]) for name in ("started_at", "ended_at")}
    spans = [span_json(span, trace["trace_id"]) for span in trace["spans"]]
    return {**row, **times, **sums, "project_id": project_id, "spans": spans}


def span_json(span: Mapping[str, Any], trace_id: str) -> dict[str, Any]:
    """Say of a span, as the store gives it, what the service does."""
    times = {name: _told(span[name]) for name in ("started_at", "ended_at", "completion_start_time")}
    more = {
        "trace_id": trace_id,
        "latency_ms": _apart(span["started_at"], span["ended_at"]),
        "time_to_first_token_ms": _apart(span["started_at"], span["completion_start_time"]),
    }
    return {**span, **times, **more}


def _iso(moment: float | None) -> str | None:
    return None if moment is None else iso(moment)


def _seconds(written: str | None) -> float | None:
    return None if written is None else seconds(datetime.fromisoformat(written))


def _told(written: str | None) -> str | None:
    """Write a time that was sent as the service writes all of them."""
    return _iso(_seconds(written))


def _apart(start: str, end: str | None) -> float | None:
    """Return the milliseconds between two times; None where there is no second one."""
    began, ended = _seconds(start), _seconds(end)
    return None if began is None or ended is None else 1000 * (ended - began)


def to_json(value: Any) -> str:
    """Write JSON as the service does: compact, not escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def answer(text: str, status: int = 200) -> Response:
    """Answer with JSON that is already written."""
    return Response(text.encode(), status, media_type="application/json")


def page(items: list[str], total: int, limit: int, offset: int) -> Response:
    """Answer with a page of items that are already written."""
    return answer(f'{{"items":[{",".join(items)}],"total":{total},"limit":{limit},"offset":{offset}}}')
