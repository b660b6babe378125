"""Whether the analytics agree with the scores that they are worked out from, and with one another. Changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from . import consistency
from .consistency import Json, moment
from .findings import Problem
from .followed import ALL_SCORES
from .inspection import Answer, Inspection
from .narrowing import WHOLE, compared, later, of_scores

NEAR: Final = 0.001
"""How far a mean may be from the mean of values that are rounded in it."""
_SESSIONS: Final = ("get_session_score_summary", "get_session_score_trend", "get_session_score_distribution")
_TRACES: Final = ("get_trace_score_summary", "get_trace_score_trend", "get_trace_score_distribution")


def scores_as_a_whole(inspection: Inspection) -> list[Json]:
    """All session scores, held against every way to ask for them and to work with them; empty where they are too many."""
    before = _ask(inspection, _SESSIONS[0])
    scores = compared(inspection, ALL_SCORES, of_scores)
    _of_sessions(inspection, scores, before)
    _of_traces(inspection)
    return scores


def _of_sessions(inspection: Inspection, scores: Sequence[Json], before: Answer) -> None:
    """Hold what is worked out from session scores against them; `before` is the summary before they were read."""
    numbers = _figures(inspection, _SESSIONS, scores, before)
    if not numbers:
        return
    name = numbers[0]["name"]
    own = [score for score in numbers if score["name"] == name]
    newest = {score["session_id"]: score for score in reversed(own)}
    pages = [
        (
            order,
            _ask(
                inspection,
                "list_session_score_comparison",
                metric_name=name,
                limit=limit,
                offset=offset,
                sort_order=order,
            ),
        )
        for order, limit, offset in (("asc", 100, 0), ("desc", 2, 1))
    ]
    count = Counter(score["session_id"] for score in scores if score["name"] == name)
    session = max((one for one in newest if "/" not in one and one.strip(".")), key=count.__getitem__, default=None)
    history = ids = None
    if session is not None:
        history = _ask(inspection, "get_session_score_history", of=session, metric_name=name, limit=1)
        ids = inspection.ask(
            "the scores of a session are listed", "list_scores_of_session", 200, of=session, quiet=True
        )
    if not _unchanged(inspection, _SESSIONS[0], before):
        return
    for order, page in pages:
        inspection.claim("each session's newest score, as asked", page, _comparison(newest, page, order))
    if history is not None and ids is not None:
        mine = [score for score in scores if score["session_id"] == session]
        inspection.claim("the history begins with the oldest", history, _history(mine, name, history))
        inspection.claim("the scores of a session are those of the list", ids, _same_ids(mine, ids))
        inspection.claim("the newest is the first", ids, lambda: consistency.newest_first(ids.value))


def _of_traces(inspection: Inspection) -> None:
    page = _ask(inspection, "list_trace_scores", limit=WHOLE)
    if page.good and page.value["total"] <= WHOLE and not any(map(_odd, page.value["items"])):
        before = _ask(inspection, _TRACES[0])
        scores: list[Json] = page.value["items"]
        trace, run = (next((one[name] for one in scores if one[name]), None) for name in ("trace_id", "eval_run_id"))
        newest = {score["name"]: score for score in reversed(scores) if score["trace_id"] == trace}
        of_run = [score for score in scores if score["eval_run_id"] == run]
        pieces = [
            (one, _ask(inspection, operation, of=owner))
            for operation, owner, one in (
                ("list_scores_of_trace", trace, [*newest.values()]),
                ("list_trace_eval_run_scores", run, of_run),
            )
            if owner
        ]
        after = _ask(inspection, "list_trace_scores", limit=WHOLE)
        if after.good and after.value == page.value:
            for due, answer in pieces:
                inspection.claim("scores are those of the list", answer, _same_ids(due, answer))
            _figures(inspection, _TRACES, scores, before)


def _counts(score: Json) -> bool:
    return bool(score["status"] == "SUCCESS" and score["data_type"] == "NUMERIC" and score["value"])


def _odd(score: Json) -> bool:
    """Whether it has a number that the service takes, and cannot work with."""
    return _counts(score) and not consistency.NUMBER.fullmatch(score["value"])


def _ask(inspection: Inspection, operation: str, of: str = "", **query: Any) -> Answer:
    return inspection.ask("figures can be read", operation, 200, of=of, query=query or None, quiet=True)


def _unchanged(inspection: Inspection, operation: str, before: Answer) -> bool:
    after = _ask(inspection, operation)
    return before.good and after.good and _by_name(before.value) == _by_name(after.value)


def _by_name(rows: Sequence[Json]) -> dict[str, Json]:
    return {row["metric_name"]: row for row in rows}


def _figures(inspection: Inspection, operations: Sequence[str], scores: Sequence[Json], before: Answer) -> list[Json]:
    """Hold summary, trend and distribution against the scores; those that are numbers, none where others were at work."""
    numbers = list(filter(_counts, scores))
    if not before.good or not numbers:
        return []
    summary, trend, distribution = operations
    times_of: defaultdict[str, set[datetime]] = defaultdict(set)
    for score in numbers:
        times_of[score["name"]].add(moment(score["created_at"]))
    name, found = max(times_of.items(), key=lambda one: len(one[1]))  # the one that a time in their middle divides best
    own = [score for score in numbers if score["name"] == name]
    times = sorted(found)
    within = {"date_from": times[len(times) // 2].isoformat(), "date_to": later(times[-1].isoformat())}
    until = {"date_to": times[len(times) // 2].isoformat()}
    windows: tuple[dict[str, Any], ...] = ({}, within, until)
    hours: tuple[dict[str, Any], ...] = ({}, {"granularity": "hour"}, {})
    thirds: tuple[dict[str, Any], ...] = ({}, {"buckets": 3}, {})
    rows = [
        _ask(inspection, trend, metric_name=name, **window, **one) for window, one in zip(windows, hours, strict=True)
    ]
    parts = [
        _ask(inspection, distribution, metric_name=name, **window, **one)
        for window, one in zip(windows, thirds, strict=True)
    ]
    halves = [_ask(inspection, summary, **within), _ask(inspection, summary, **until)]
    if not _unchanged(inspection, summary, before):
        inspection.note(f"{summary}: others changed the scores meanwhile; its figures were not compared")
        return []
    for window, one in zip(windows, (before, *halves), strict=True):
        inspection.claim("a summary has the scores that are listed", one, _summed(_in(scores, window), one))
    for window, one, hour in zip(windows, rows, (False, True, False), strict=True):
        inspection.claim("a trend has the scores that are listed", one, _trended(_in(own, window), one, hour=hour))
    for window, one, count in zip(windows, parts, (10, 3, 10), strict=True):
        inspection.claim("a distribution has the scores that are listed", one, _spread(_in(own, window), one, count))
    return numbers


def _in(scores: Sequence[Json], window: Mapping[str, str]) -> list[Json]:
    return [
        score for score in scores
        if ("date_from" not in window or moment(score["created_at"]) >= moment(window["date_from"]))
        and ("date_to" not in window or moment(score["created_at"]) < moment(window["date_to"]))
    ]  # fmt: skip


def _summed(scores: Sequence[Json], summary: Answer) -> Iterator[Problem]:
    rows = _by_name(summary.value)
    if len(rows) != len(summary.value):
        yield Problem("one line for each metric", f"{len(summary.value)} lines for {len(rows)}")
    for name, row in rows.items():
        own = [score for score in scores if score["name"] == name]
        counts = tuple(sum(score["status"] == state for score in own) for state in ("SUCCESS", "FAILED"))
        if (row["success_count"], row["failed_count"]) != counts:
            yield Problem(
                f"{counts[0]} good and {counts[1]} failed scores of {name}",
                f"{row['success_count']} and {row['failed_count']}",
            )
        latest = max((moment(score["created_at"]) for score in own), default=None)
        if latest and row["latest_score_at"] and moment(row["latest_score_at"]) != latest:
            yield Problem(f"latest_score_at {latest.isoformat()} of {name}", row["latest_score_at"])
        values = [float(one["value"]) for one in filter(_counts, own)]
        means = (
            {"avg_score": sum(values) / len(values), "min_score": min(values), "max_score": max(values)}
            if values
            else {}
        )
        for field, mean in means.items():
            if row[field] is None or abs(row[field] - mean) > NEAR:
                yield Problem(f"{field} {mean:.4f} of {name}", str(row[field]))
    for missing in sorted({score["name"] for score in scores} - rows.keys()):
        yield Problem(f"a line for {missing}", "none")


def _trended(own: Sequence[Json], trend: Answer, *, hour: bool) -> Iterator[Problem]:
    """By the hour or by the day, in UTC; what no score is in is left out."""
    moments = [moment(score["created_at"]).astimezone(UTC).replace(minute=0, second=0, microsecond=0) for score in own]
    due = Counter(one if hour else one.replace(hour=0) for one in moments)
    there = [(moment(row["bucket"]), row["count"]) for row in trend.value]
    if there != sorted(due.items()):
        shown = [f"{count} in {bucket.isoformat()}" for bucket, count in sorted(due.items())[:3]]
        yield Problem(
            ", ".join(shown) or "nothing", ", ".join(f"{row['count']} in {row['bucket']}" for row in trend.value[:3])
        )


def _spread(own: Sequence[Json], spread: Answer, buckets: int) -> Iterator[Problem]:
    rows = spread.value
    if sum(row["count"] for row in rows) != len(own):
        yield Problem(f"{len(own)} scores", str(sum(row["count"] for row in rows)))
    for row in rows:
        if not 1 <= row["bucket"] <= buckets + 1 or abs(row["bucket_min"] - (row["bucket"] - 1) / buckets) > NEAR:
            yield Problem(f"one of {buckets} buckets from 0 to 1", f"{row['bucket']} from {row['bucket_min']}")
            return


def _comparison(newest: Mapping[str, Json], page: Answer, order: str) -> Iterator[Problem]:
    values, limit, offset = page.value["items"], page.value["limit"], page.value["offset"]
    if (limit, offset) != ((100, 0) if order == "asc" else (2, 1)):
        yield Problem("limit and offset repeated", f"{limit} and {offset}")
    if page.value["total"] != len(newest):
        yield Problem(f"total {len(newest)}, as many as have a score", str(page.value["total"]))
    if len(values) != max(0, min(limit, len(newest) - offset)):
        yield Problem("as many items as the page has room for", str(len(values)))
    scores = [row["score"] for row in values]
    if scores != sorted(scores, reverse=order == "desc") or len({row["session_id"] for row in values}) != len(values):
        yield Problem(f"each session once, by its score, {order}", str(scores[:4]))
    due = sorted((float(score["value"]) for score in newest.values()), reverse=order == "desc")[offset : offset + limit]
    if any(abs(one - other) > NEAR for one, other in zip(scores, due, strict=False)):
        yield Problem(f"scores {due[:4]} in these places", str(scores[:4]))
    for row in values:
        score = newest.get(row["session_id"])
        if score and row["eval_run_id"] != score["eval_run_id"]:
            yield Problem(f"the newest score of {row['session_id']}", f"one of run {row['eval_run_id']}")
        elif score and moment(row["evaluated_at"]) != moment(score["created_at"]):
            yield Problem(
                f"evaluated_at {score['created_at']} of {row['session_id']}, as its score", row["evaluated_at"]
            )


def _history(mine: Sequence[Json], name: str, history: Answer) -> Iterator[Problem]:
    oldest = [score for score in mine if score["name"] == name][-1:]
    here, there = (
        [(moment(row["created_at"]), row["eval_run_id"], row["status"]) for row in rows]
        for rows in (oldest, history.value)
    )
    if here != there or any(row["metric_name"] != name for row in history.value):
        yield Problem(f"the oldest score, by {name}, and no more", f"{len(there)}, the first of {there[:1]}")


def _same_ids(mine: Sequence[Json], ids: Answer) -> Iterator[Problem]:
    here, there = ({score["id"]: moment(score["created_at"]) for score in scores} for scores in (mine, ids.value))
    if here.keys() != there.keys() or len(there) != len(ids.value):
        yield Problem(f"{len(here)} scores, as the list has", str(len(ids.value)))
    for key in here.keys() & there.keys():
        if here[key] != there[key]:
            yield Problem(f"created_at {here[key].isoformat()} of {key}, as in the list", there[key].isoformat())
            return
