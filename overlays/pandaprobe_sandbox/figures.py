"""The routes of what is added up from scores, and of what says beforehand whether a judge will do."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.responses import Response

from . import analytics
from .analytics import Point
from .buckets import Granularity
from .database import int8, storable
from .serving import DEFAULT_MODEL, Limit, Offset, Service, The, Who, caller, query_seconds
from .store import ScoreQuery
from .trace_judge import NO_JUDGE, TRACE_METRICS
from .trace_scores import TraceScoreQuery
from .writing import answer, page, to_json

__all__ = ["routes"]

routes = APIRouter()
SESSIONS = "/evaluations/analytics/session-scores"
TRACES = "/evaluations/analytics/trace-scores"
THRESHOLD = 0.5
PROVIDERS = {
    "openai": ("OpenAI", "GPT models of OpenAI.", None),
    "anthropic": ("Anthropic", "Claude models of Anthropic.", "ANTHROPIC_API_KEY"),
    "google_genai": ("Google GenAI", "Gemini models of Google, by an API key.", "GEMINI_API_KEY"),
    "vertex_ai": ("Vertex AI", "Models of Google Cloud, by a project.", "GOOGLE_CLOUD_PROJECT"),
}
"""By key: the name, what it is, and the environment variable that the sandbox does without."""

Buckets = Annotated[int, Query(ge=1, le=100)]
Few = Annotated[int, Query(ge=1, le=100)]


def _session_points(
    service: Service,
    project_id: str,
    name: str | None = None,
    date_from: datetime | None = None,
    date_to: datetime | None = None,
    session_id: str | None = None,
) -> list[Point]:
    storable(name, session_id)
    after, before = query_seconds(date_from), query_seconds(date_to)
    query = ScoreQuery(session_id=session_id, name=name, date_from=after, date_to=before, limit=-1)
    rows, _ = service.store.scores(project_id, query, service.clock.now())
    return [
        Point(target, metric, value, "NUMERIC", status, run_id, created_at)
        for _, target, _, metric, value, status, run_id, _, _, created_at in rows
    ]


@routes.get(f"{SESSIONS}/history/{{session_id}}")
async def get_session_score_history(
    service: The, who: Who, session_id: str, metric_name: str | None = None, limit: Limit = 50
) -> Response:
    points = _session_points(service, who.project_id, metric_name, session_id=session_id)
    return answer(to_json(analytics.history(points, limit)))


@routes.get(f"{SESSIONS}/comparison")
async def list_session_score_comparison(
    service: The, who: Who, metric_name: str, sort_order: str = "asc", limit: Few = 20, offset: Offset = 0
) -> Response:
    storable(sort_order)
    int8(offset)
    rows = analytics.compared(_session_points(service, who.project_id, metric_name), worst_first=sort_order == "asc")
    return page([to_json(row) for row in rows[offset : offset + limit]], len(rows), limit, offset)


def _trace_points(
    service: Service,
    project_id: str,
    name: str | None = None,
    date_from: datetime | None = None,
    date_to: datetime | None = None,
) -> list[Point]:
    storable(name)
    query = TraceScoreQuery(name=name, date_from=query_seconds(date_from), date_to=query_seconds(date_to))
    service.store.bring_all_up_to(project_id, service.clock.now())
    return [
        Point(it.trace_id, it.name, it.value, it.data_type, it.status, it.eval_run_id, it.created_at)
        for it in service.store.trace_scores(project_id, query)
    ]


def _add_up(path: str, noun: str, points: Callable[..., list[Point]]) -> None:
    """The three routes that sessions' and traces' scores have alike; `points` says what they add up."""

    @routes.get(f"{path}/summary", name=f"get_{noun}_score_summary")
    async def summary(
        service: The, who: Who, date_from: datetime | None = None, date_to: datetime | None = None
    ) -> Response:
        found = points(service, who.project_id, date_from=date_from, date_to=date_to)
        return answer(to_json(analytics.summary(found)))

    @routes.get(f"{path}/trend", name=f"get_{noun}_score_trend")
    async def trend(
        service: The,
        who: Who,
        metric_name: str,
        date_from: datetime | None = None,
        date_to: datetime | None = None,
        granularity: Granularity = Granularity.DAY,
    ) -> Response:
        found = points(service, who.project_id, metric_name, date_from, date_to)
        return answer(to_json(analytics.trend(found, granularity)))

    @routes.get(f"{path}/distribution", name=f"get_{noun}_score_distribution")
    async def distribution(
        service: The,
        who: Who,
        metric_name: str,
        date_from: datetime | None = None,
        date_to: datetime | None = None,
        buckets: Buckets = 10,
    ) -> Response:
        found = points(service, who.project_id, metric_name, date_from, date_to)
        return answer(to_json(analytics.distribution(found, buckets)))


_add_up(SESSIONS, "session", _session_points)
_add_up(TRACES, "trace", _trace_points)


@routes.get("/evaluations/providers", dependencies=[Depends(caller)])
async def list_providers() -> Response:
    return answer(to_json([_provider(key, *said) for key, said in PROVIDERS.items()]))


def _provider(key: str, name: str, description: str, lacks: str | None) -> dict[str, Any]:
    message = f"Provider '{name}' is available."
    if lacks is not None:
        message = f"Provider '{name}' is not configured. Missing environment variable(s): {lacks}"
    return {"key": key, "name": name, "description": description, "available": lacks is None, "message": message}


@routes.get("/evaluations/trace-runs/template", dependencies=[Depends(caller)])
async def get_trace_run_template(metric: str) -> Response:
    if metric not in TRACE_METRICS:
        raise HTTPException(422, f"Unknown metric: {metric}")
    filters = ("date_from", "date_to", "status", "session_id", "user_id", "tags", "name")
    prompt = {"stage": "judge", "prompt": f"Judge the {metric.replace('_', ' ')} of this trace from 0 to 1."}
    template = {
        "metric": {
            "name": metric,
            "description": TRACE_METRICS[metric],
            "category": "trace",
            "default_threshold": THRESHOLD,
            "prompt_preview": [] if metric in NO_JUDGE else [prompt],
        },
        "filters": dict.fromkeys(filters),
        "sampling_rate": 1.0,
        "model": DEFAULT_MODEL,
    }
    return answer(to_json(template))
