"""What no schema can say: whether runs, scores and pages make sense in themselves and with one another. Pure.

Every function takes JSON values that keep their schema, and yields what does not fit. What openapi.yaml leaves open (new
fields, new states, any number of scores) is left open here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from pandaprobe_evals import contract
from pandaprobe_evals.errors import clip

from .findings import Problem

Json = Mapping[str, Any]

TOTALS: Final = ("total_targets", "total_traces")
LASTING: Final = ("id", "name", "metric_names", "created_at", "project_id", "target_type", "filters", "sampling_rate",
                  "model", "monitor_id")  # fmt: skip
"""What does not change in the life of a run."""
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
SKEW: Final = timedelta(minutes=15)
"""How far a service's clock may be from everyone else's: a proxy writes Date, and a database writes created_at."""
_APART: Final = timedelta(seconds=1)
"""How far the clocks of a service's own machines may be apart."""


def moment(text: str) -> datetime:
    """A time of the service."""
    return datetime.fromisoformat(text)


def total(run: Json) -> int:
    """How many sessions a run is over, by either name."""
    return int(next(run[name] for name in TOTALS if name in run))


def ended(run: Json) -> bool:
    """Whether a run is over, as far as can be told from it alone."""
    states = contract.schema("EvalRunStatus")
    return run["status"] in (*states["x-succeeded"], *states["x-failed"])


def run_problems(run: Json, *, now: datetime | None = None) -> Iterator[Problem]:
    """What does not fit in one run.

    Args:
        run: The run.
        now: When it answered, by the latest clock at hand.
    """
    yield from _nearly_known("status", run["status"], contract.schema("EvalRunStatus")["enum"])
    if run["target_type"] != "SESSION":
        yield Problem("target_type SESSION", repr(run["target_type"]))
    if not run["metric_names"]:
        yield Problem("metric_names with at least one metric", "[]")
    count, evaluated, failed = total(run), run["evaluated_count"], run["failed_count"]
    if evaluated > count:
        yield Problem(f"evaluated_count of at most {count}", str(evaluated))
    if failed > count * len(run["metric_names"]):
        yield Problem(f"failed_count of at most {count} sessions x {len(run['metric_names'])} metrics", str(failed))
    yield from _states(run, count)
    yield from _times(run, now)
    yield from _filters(run, count)


def _states(run: Json, count: int) -> Iterator[Problem]:
    status, states = run["status"], contract.schema("EvalRunStatus")
    if status == "PENDING" and (run["evaluated_count"] or run["failed_count"]):
        yield Problem("no counts while PENDING", f"{run['evaluated_count']} evaluated, {run['failed_count']} failed")
    if status in states["x-succeeded"] and run["evaluated_count"] != count:
        yield Problem(f"all {count} sessions handled when {status}", f"evaluated_count {run['evaluated_count']}")
    if ended(run) and run["completed_at"] is None:
        yield Problem(f"completed_at when {status}", "null")
    if status in states["x-active"] and run["completed_at"] is not None:
        yield Problem(f"completed_at null while {status}", repr(run["completed_at"]))
    if status in states["x-failed"] and run["error_message"] is None:
        yield Problem(f"an error_message when {status}", "null")
    if status in states["x-succeeded"] and run["error_message"] is not None:
        yield Problem(f"error_message null when {status}", clip(repr(run["error_message"]), 80))


def _times(run: Json, now: datetime | None) -> Iterator[Problem]:
    created = moment(run["created_at"])
    if run["completed_at"] is not None and moment(run["completed_at"]) < created - _APART:
        yield Problem(f"completed_at no earlier than {run['created_at']}", run["completed_at"])
    if now is not None:
        for name in ("created_at", "completed_at"):
            if run[name] is not None and moment(run[name]) > now + SKEW:
                yield Problem(f"{name} no later than the answer, {now.isoformat()}", run[name])


def _filters(run: Json, count: int) -> Iterator[Problem]:
    ids = run["filters"].get("session_ids")
    if ids is not None:
        if len(set(ids)) != len(ids):
            yield Problem("filters.session_ids without duplicates", clip(repr(ids), 80))
        if len(ids) != count:
            yield Problem(f"as many sessions as filters.session_ids has: {len(ids)}", str(count))
        if run["sampling_rate"] != 1:
            yield Problem("sampling_rate 1 for a run by ids", str(run["sampling_rate"]))
    if "retry_of" in run["filters"]:
        if not (run["name"] or "").startswith("Retry: "):
            yield Problem('a name that begins with "Retry: "', clip(repr(run["name"]), 80))
        if ids is not None and list(ids) != sorted(ids):
            yield Problem("filters.session_ids of a retry sorted", clip(repr(ids), 80))
        if run["filters"]["retry_of"] == run["id"]:
            yield Problem("filters.retry_of naming another run", run["id"])


def score_problems(score: Json) -> Iterator[Problem]:
    """What does not fit in one score."""
    for name, schema in (("status", "ScoreStatus"), ("source", "ScoreSource")):
        yield from _nearly_known(name, score[name], contract.schema(schema)["enum"])
    yield from _nearly_known("data_type", score["data_type"], ("NUMERIC", "BOOLEAN", "CATEGORICAL"))
    value = score["value"]
    if score["status"] == "SUCCESS" and value is None:
        yield Problem("a value with status SUCCESS", "null")
    if score["status"] in ("FAILED", "PENDING") and value is not None:
        yield Problem(f"value null with status {score['status']}", repr(value))
    if (
        value is not None
        and score["data_type"] == "NUMERIC"
        and not (NUMBER.fullmatch(value) and 0 <= float(value) <= 1)
    ):
        yield Problem("a value from 0 to 1, as text", clip(repr(value), 80))
    if moment(score["updated_at"]) < moment(score["created_at"]):
        yield Problem(f"updated_at no earlier than {score['created_at']}", score["updated_at"])


def scores_of_run(run: Json, scores: Sequence[Json], *, fresh: bool = False) -> Iterator[Problem]:
    """What does not fit between a run and its scores.

    Args:
        run: The run.
        scores: Its scores.
        fresh: Whether nobody else, and no second attempt of a worker, can have had a hand in the scores.
    """
    ids = run["filters"].get("session_ids")
    for score in scores:
        if score["eval_run_id"] != run["id"]:
            yield Problem(f"scores of run {run['id']}", f"one with eval_run_id {score['eval_run_id']}")
        if score["project_id"] != run["project_id"]:
            yield Problem(f"scores of project {run['project_id']}", f"one with project_id {score['project_id']}")
        if score["name"] not in run["metric_names"]:
            yield Problem(f"scores by {', '.join(run['metric_names'])}", f"one by {score['name']}")
        if ids is not None and score["session_id"] not in ids:
            yield Problem("scores of the run's sessions", f"one of session {clip(score['session_id'], 80)}")
    sessions = len({score["session_id"] for score in scores})
    if sessions > total(run):
        yield Problem(f"scores of at most {total(run)} sessions", f"of {sessions}")
    failed = sum(score["status"] == "FAILED" for score in scores)
    if run["status"] in contract.schema("EvalRunStatus")["x-succeeded"] and failed > run["failed_count"]:
        yield Problem(f"at most failed_count = {run['failed_count']} failed scores", str(failed))
    if fresh and ended(run):
        yield from _tally(run, scores)
    yield from newest_first(scores)
    yield from unique(scores)


def _tally(run: Json, scores: Sequence[Json]) -> Iterator[Problem]:
    metrics = run["metric_names"]
    pairs = len({(score["session_id"], score["name"]) for score in scores})
    failed = sum(score["status"] == "FAILED" for score in scores)
    if len(set(metrics)) < len(metrics):
        return  # whether a metric that was asked for twice is scored twice is the service's business
    if pairs < len(scores):
        yield Problem("one score for each session and metric", "two for one of them")
    if run["status"] in contract.schema("EvalRunStatus")["x-succeeded"] and failed != run["failed_count"]:
        yield Problem(f"failed_count = {run['failed_count']} failed scores", str(failed))


def page_problems(page: Json, *, limit: int, offset: int) -> Iterator[Problem]:
    """What does not fit in a page by itself: its echo, its length, its order."""
    if page["limit"] != limit or page["offset"] != offset:
        yield Problem(f"limit {limit} and offset {offset} repeated", f"{page['limit']} and {page['offset']}")
    fits = max(0, min(limit, page["total"] - offset))
    if len(page["items"]) != fits:
        yield Problem(f"{fits} items: total {page['total']}, limit {limit}, offset {offset}", str(len(page["items"])))
    yield from newest_first(page["items"])
    yield from unique(page["items"])


def newest_first(items: Sequence[Json]) -> Iterator[Problem]:
    """The first place where the order is not from the newest to the oldest."""
    times = [item["created_at"] for item in items]
    for before, after in pairwise(times):
        if moment(after) > moment(before):
            yield Problem("the newest first", f"{before} before {after}")
            return


def unique(items: Sequence[Json]) -> Iterator[Problem]:
    """An id that appears twice."""
    ids = [item["id"] for item in items]
    twice = next((one for one in ids if ids.count(one) > 1), None)
    if twice is not None:
        yield Problem("each item once", f"{twice} twice")


def belongs(run: Json, page: Json) -> bool:
    """Whether a run's place is in the first page of a list that it is in: others may have filled the page since."""
    items = page["items"]
    return page["total"] <= len(items) or moment(run["created_at"]) > moment(items[-1]["created_at"])


def same_place(one: Sequence[Json], other: Sequence[Json]) -> Iterator[Problem]:
    """Where two reads of the same places of a list differ; two things of the same moment may change places."""
    if len(one) != len(other):
        yield Problem(f"{len(one)} items in these places, as before", str(len(other)))
    for left, right in zip(one, other, strict=False):
        if left["id"] != right["id"] and left["created_at"] != right["created_at"]:
            yield Problem(f"{left['id']} in this place, as before", str(right["id"]))


def same(one: Json, other: Json, names: Iterable[str] | None = None) -> Iterator[Problem]:
    """Where two views of one thing differ: in these fields, or in any."""
    for name in sorted({*one, *other}) if names is None else names:
        missing = object()
        left, right = one.get(name, missing), other.get(name, missing)
        if left != right:
            yield Problem(
                f"{name} {clip(repr(one.get(name)), 100)}, as elsewhere",
                clip(repr(right), 100) if right is not missing else f"no {name}",
            )


def same_run(one: Json, other: Json) -> Iterator[Problem]:
    """Where an older and a newer view of one run contradict each other."""
    yield from same(one, other, (*LASTING, *(name for name in TOTALS if name in one)))
    if one["status"] in contract.schema("EvalRunStatus")["x-succeeded"]:
        yield from same(one, other)
    else:
        yield from _progress(one, other)


def _progress(one: Json, other: Json) -> Iterator[Problem]:
    states = contract.schema("EvalRunStatus")
    if one["status"] in states["x-failed"]:
        return  # the service may try again, and begins anew
    ranks = {**dict.fromkeys(states["x-succeeded"] + states["x-failed"], 2), "RUNNING": 1, "PENDING": 0}
    if ranks.get(other["status"], 1) < ranks.get(one["status"], 1):
        yield Problem(f"no way back from {one['status']}", other["status"])
    for name in ("evaluated_count", "failed_count"):
        if other[name] < one[name] and other["evaluated_count"]:
            yield Problem(f"{name} of at least {one[name]}, as before", str(other[name]))


def _nearly_known(name: str, value: str, known: Iterable[str]) -> Iterator[Problem]:
    """A value that is a known one, misspelt. One that is wholly new is let in, as the contract does."""
    known = tuple(known)
    for one in known:
        if value != one and value.strip().upper() == one:
            yield Problem(f"{name} {one}", repr(value))
    if not value.strip():
        yield Problem(f"{name} {', '.join(known)}", repr(value))
