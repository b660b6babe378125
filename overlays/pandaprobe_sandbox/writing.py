"""What answers look like: runs, scores and pages as JSON text."""

import json
from dataclasses import asdict
from typing import Any, Literal

from starlette.responses import Response

from .clock import iso
from .store import Run
from .traces import Session

__all__ = ["TotalField", "answer", "page", "run_json", "score_json", "session_json", "to_json"]

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
        "target_type": "SESSION",
    }
    tail = {
        "sampling_rate": run.sampling_rate,
        "model": run.model,
        "monitor_id": None,
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


def session_json(session: Session) -> str:
    """Write a session as the service does."""
    row = asdict(session) | {"first_trace_at": iso(session.first_trace_at)}
    row["last_trace_at"] = None if session.last_trace_at is None else iso(session.last_trace_at)
    del row["arrived"]
    return to_json(row)


def to_json(value: Any) -> str:
    """Write JSON as the service does: compact, not escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def answer(text: str, status: int = 200) -> Response:
    """Answer with JSON that is already written."""
    return Response(text.encode(), status, media_type="application/json")


def page(items: list[str], total: int, limit: int, offset: int) -> Response:
    """Answer with a page of items that are already written."""
    return answer(f'{{"items":[{",".join(items)}],"total":{total},"limit":{limit},"offset":{offset}}}')
