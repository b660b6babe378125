"""What can be read, read in several ways that must agree: pages with one another, filters with what they let through, a
run with its entry in the list and with its scores. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from pandaprobe_evals import contract

from . import consistency
from .consistency import Json
from .figures import scores_as_a_whole
from .findings import Problem
from .followed import ALL_SCORES, GET, LIST, METRICS, SCORES
from .inspection import Answer, Inspection
from .narrowing import WHOLE, compared, of_runs, of_scores

FIRST: Final = {LIST: 10, ALL_SCORES: WHOLE}
"""Items of the first page that is read; a run may be of a hundred thousand ids, so few of them."""
LOOKS: Final = 3
"""How often a list that changes under our eyes is read before it is let be."""
NEWEST: Final = 3
"""Runs that are read one by one, beside one of each state."""

MANY: Final = 2000
"""Sessions of the first runs from which on the whole list is not read: each run comes with all its ids."""


def reading(inspection: Inspection) -> list[str]:
    """Everything of this module; the names of the metrics that the deployment lists."""
    metrics = listed_metrics(inspection)
    runs = paged(inspection, LIST, consistency.run_problems)
    inspection.known.update(run["id"] for run in runs)
    inspection.lists_whole = sum(map(consistency.total, runs)) < MANY
    runs_by_status(inspection, runs)
    scores = paged(inspection, ALL_SCORES, consistency.score_problems)
    for run in _chosen(inspection, runs, scores):
        one_run(inspection, run)
    if len(scores) == FIRST[ALL_SCORES]:  # a shorter list is compared as a whole, with every filter
        scores_by_filters(inspection, scores)
    _runs_of_scores(inspection, scores)
    if not inspection.report.writes:  # else when there are more runs and scores
        if inspection.lists_whole:
            compared(inspection, LIST, of_runs)
        if not scores_as_a_whole(inspection) and scores and scores[0]["eval_run_id"]:
            compared(inspection, ALL_SCORES, of_scores, {"eval_run_id": scores[0]["eval_run_id"]})
    _one_project(inspection, scores)
    return metrics


def listed_metrics(inspection: Inspection) -> list[str]:
    """The metrics are listed, each once, those of the contract among them."""
    known: list[str] = contract.schema("SessionMetricName")["enum"]
    answer = inspection.ask("the metrics are listed", METRICS, 200)
    names: list[str] = [metric["name"] for metric in answer.value] if answer.good else []

    def problems() -> Iterator[Problem]:
        for name in known:
            if names.count(name) != 1:
                yield Problem(f"{name} once", f"{names.count(name)} times")
        for metric in answer.value:
            if metric["category"] != "session":
                yield Problem("category session", repr(metric["category"]))
            if not metric["name"].strip() or not metric["description"].strip():
                yield Problem("a name and a description", repr(metric))
        if len(set(names)) != len(names):
            yield Problem("each metric once", ", ".join(names))

    inspection.claim("the metrics that the contract names are listed, each once", answer, problems)
    for name in sorted(set(names) - set(known)):
        inspection.note(f"the deployment has a metric that the contract does not name: {name}")
    return names or known


def paged(inspection: Inspection, operation: str, check: Any) -> list[Json]:
    """A list keeps to its limit and offset, counts right, is in order, and reads the same in pieces."""
    items: list[Json] = []
    for _ in range(LOOKS):
        items, steady = _read_in_pieces(inspection, operation, check)
        if steady:
            return items
    inspection.note(f"{operation}: others changed the list each time it was read; its pages were not compared")
    return items


def _read_in_pieces(inspection: Inspection, operation: str, check: Any) -> tuple[list[Json], bool]:
    """The first page, and whether it could be compared with the others: nobody else was at work meanwhile."""
    size = FIRST[operation]
    first = _page(inspection, operation, size, 0)
    if not first.good:
        return [], True
    items, total = list(first.value["items"]), first.value["total"]
    for item in items:
        inspection.claim(f"{operation}: each item makes sense", first, _sensible(item, check, first), quiet=True)
    _look_for_news(inspection, operation, items)
    pieces = [(0, 1), (1, 2)] if len(items) > 2 else [(0, 1), (1, 1)]
    pages = [(offset, _page(inspection, operation, limit, offset)) for offset, limit in pieces]
    past = _page(inspection, operation, None, total + 1000)  # the default limit
    default_offset = _page(inspection, operation, 1, None)
    again = _page(inspection, operation, size, 0)
    parts = [first, *(page for _, page in pages), past, default_offset, again]
    if not all(part.good for part in parts):
        return items, True
    totals = {part.value["total"] for part in parts}
    if _others_are_at_work(first.value, again.value):
        return items, False
    inspection.claim(
        f"{operation}: every page gives the same total",
        again,
        lambda: [Problem(f"total {total} on every page", str(sorted(totals)))] if len(totals) > 1 else [],
    )
    inspection.claim(
        f"{operation}: read twice, it is the same", again, consistency.same_place(items, again.value["items"])
    )
    for offset, page in [*pages, (0, default_offset)]:
        here = items[offset : offset + page.value["limit"]]
        inspection.claim(
            f"{operation}: pages are pieces of one list", page, consistency.same_place(here, page.value["items"])
        )
    return items, True


def _others_are_at_work(before: Json, after: Json) -> bool:
    """Whether, of two reads of the first page, the later one shows that something was added or deleted."""
    ids = {item["id"] for item in before["items"]}
    newest = max((consistency.moment(item["created_at"]) for item in before["items"]), default=None)
    added = any(
        item["id"] not in ids and (newest is None or consistency.moment(item["created_at"]) >= newest)
        for item in after["items"]
    )
    return added or after["total"] < before["total"]


def _page(inspection: Inspection, operation: str, limit: int | None, offset: int | None, **query: Any) -> Answer:
    """One page that keeps to its own figures."""
    asked = {name: value for name, value in {"limit": limit, "offset": offset, **query}.items() if value is not None}
    shown = "&".join(f"{name}={value}" for name, value in asked.items())
    answer = inspection.ask(f"the list can be read by ?{shown}", operation, 200, query=asked)
    if answer.good and _came_in_between(answer.value):
        again = inspection.ask(f"the list can be read by ?{shown}", operation, 200, query=asked, quiet=True)
        if again.good and again.value["total"] > answer.value["total"]:
            answer = again
    inspection.claim(
        f"{operation}: a page repeats limit and offset, is as long as they and the total say, newest first",
        answer,
        lambda: consistency.page_problems(
            answer.value, limit=50 if limit is None else limit, offset=0 if offset is None else offset
        ),
    )
    return answer


def _came_in_between(page: Json) -> bool:
    """Whether something may have been added after the total was counted and before the items were read."""
    return bool(page["items"]) and page["offset"] + len(page["items"]) > page["total"]


def _sensible(item: Json, check: Any, answer: Answer) -> Any:
    return lambda: check(item, now=max(answer.moments)) if check is consistency.run_problems else check(item)


def _look_for_news(inspection: Inspection, operation: str, items: Iterable[Json]) -> None:
    """Fields and values that are new are no violation, and worth saying."""
    schema = "EvalRun" if operation == LIST else "SessionScore"
    properties = contract.schema(schema)["properties"]
    states = contract.schema("EvalRunStatus" if operation == LIST else "ScoreStatus")["enum"]
    for item in items:
        for name in sorted(set(item) - set(properties)):
            inspection.note(f"{schema} has a field that the contract does not name: {name}")
        if item["status"] not in states:
            inspection.note(f"{schema} has a status that the contract does not name: {item['status']}")


# --- runs -----------------------------------------------------------------------------------------------


def runs_by_status(inspection: Inspection, runs: Sequence[Json]) -> None:
    """The status filter lets through what it names, all of it and nothing else."""
    for status in contract.schema("EvalRunStatus")["enum"]:
        answer = _page(inspection, LIST, FIRST[LIST], 0, status=status)

        def problems(answer: Answer = answer, status: str = status) -> Iterator[Problem]:
            items = answer.value["items"]
            for run in items:
                if run["status"] != status:
                    yield Problem(f"runs with status {status}", f"one with {run['status']}")
            if status in contract.schema("EvalRunStatus")["x-succeeded"]:  # nothing leaves this state
                ids = {run["id"] for run in items}
                missing = [run["id"] for run in runs if run["status"] == status and run["id"] not in ids]
                if missing and len(items) < FIRST[LIST]:
                    there = inspection.ask(
                        "a run can be read by its id", GET, {200, 404}, run_id=missing[0], quiet=True
                    )
                    if there.status == 200:  # else somebody has just deleted it
                        yield Problem(f"run {missing[0]} among those with status {status}, as in the list", "not there")

        inspection.claim("the status filter gives the runs of that status", answer, problems)
        for run in answer.value["items"][:1] if answer.good else []:
            inspection.claim(
                f"{LIST}: each item makes sense", answer, _sensible(run, consistency.run_problems, answer), quiet=True
            )


def _chosen(inspection: Inspection, runs: Sequence[Json], scores: Sequence[Json]) -> list[Json]:
    """The newest runs, and the newest of each kind that tells something of its own."""
    scored = {score["status"]: score["eval_run_id"] for score in reversed(scores)}.values()
    of_interest: list[Callable[[Json], bool]] = [
        *(lambda run, status=status: run["status"] == status for status in {run["status"] for run in runs}),
        lambda run: run["id"] in scored,
        lambda run: run["failed_count"] > 0,
        lambda run: consistency.total(run) > 1 and run["status"] in contract.schema("EvalRunStatus")["x-succeeded"],
        lambda run: "retry_of" in run["filters"],
    ]
    found = [next(filter(kind, runs), None) for kind in of_interest]
    if not runs and not inspection.report.writes:
        inspection.note(
            "the project has no runs: what runs and scores look like was not seen; --allow-writes makes some"
        )
    return list({run["id"]: run for run in [*runs[:NEWEST], *filter(None, found)]}.values())


def one_run(inspection: Inspection, listed: Json, *, fresh: bool = False) -> Answer:
    """A run reads the same by its id as in the list, and its scores are its own, whichever way they are asked for.

    Args:
        inspection: Where findings go.
        listed: The run as it was seen elsewhere, a little earlier.
        fresh: As of `consistency.scores_of_run`.
    """
    run_id = listed["id"]
    got = inspection.ask("a run can be read by its id", GET, {200, 404}, run_id=run_id)
    if got.status == 404 and got.good:
        inspection.claim("a run that is listed can be read", got, _still_listed(inspection, run_id))
        return got
    inspection.claim(
        "a read gives the run that was asked for", got, lambda: consistency.same(listed, got.value, ["id"])
    )
    inspection.claim("a run reads the same as elsewhere", got, lambda: consistency.same_run(listed, got.value))
    inspection.claim("a run makes sense", got, lambda: consistency.run_problems(got.value, now=max(got.moments)))
    scores = inspection.ask("the scores of a run are listed", SCORES, 200, run_id=run_id)
    if not got.good or not scores.good:
        return got
    inspection.claim(
        "the scores of a run are its own",
        scores,
        lambda: consistency.scores_of_run(got.value, scores.value, fresh=fresh),
    )
    for score in scores.value:
        inspection.claim("a score makes sense", scores, consistency.score_problems(score), quiet=True)
    again = inspection.ask("a run can be read by its id", GET, 200, run_id=run_id, quiet=True)
    inspection.claim(
        "a run that is read twice goes forward", again, lambda: consistency.same_run(got.value, again.value)
    )
    if scores.value:
        page = _page(inspection, ALL_SCORES, 200, 0, eval_run_id=run_id)
        inspection.claim(
            "a run has the same scores in both lists", page, lambda: _same_scores(got.value, scores.value, page.value)
        )
    return got


def _still_listed(inspection: Inspection, run_id: str) -> Iterator[Problem]:
    """Whether a run that is not found is in the list all the same; somebody may just have deleted it."""
    page = inspection.ask("the list can be read", LIST, 200, query={"limit": FIRST[LIST]}, quiet=True)
    if page.good and run_id in {run["id"] for run in page.value["items"]}:
        yield Problem(f"run {run_id}, which is listed", "404")


def _same_scores(run: Json, scores: Sequence[Json], page: Json) -> Iterator[Problem]:
    if not consistency.ended(run):
        return  # more may have come in between
    if page["total"] != len(scores):
        yield Problem(f"{len(scores)} scores", f"total {page['total']}")
    by_id = {score["id"]: score for score in scores}
    for score in page["items"]:
        if score["id"] not in by_id:
            yield Problem("scores of this run", f"score {score['id']} of run {score['eval_run_id']}")
        else:
            yield from consistency.same(by_id[score["id"]], score)


# --- scores ---------------------------------------------------------------------------------------------


def scores_by_filters(inspection: Inspection, scores: Sequence[Json]) -> None:
    """Each filter lets through what it names: the score that it was taken from, and no other kind."""
    for name, value, score in _filters(scores):
        answer = _page(inspection, ALL_SCORES, FIRST[ALL_SCORES], 0, **{name: value})
        if answer.good:
            inspection.claim(
                f"the filter {name} gives what it names", answer, _let_through(answer.value, name, value, score)
            )


def _filters(scores: Sequence[Json]) -> Iterator[tuple[str, str, Json | None]]:
    """Filters and values worth asking for, each with a score that it must let through."""
    for name in ("name", "session_id", "eval_run_id", "status", "source"):
        found = {score[name]: score for score in reversed(scores) if score[name]}
        values: dict[str, Json | None] = dict(list(found.items())[-2:])
        if name in ("status", "source"):
            known = contract.schema("ScoreStatus" if name == "status" else "ScoreSource")["enum"]
            values = {value: found.get(value) for value in known}
        for value, score in values.items():
            yield name, value, None if name == "eval_run_id" else score  # its run may be deleted meanwhile
    if scores:
        middle = scores[len(scores) // 2]
        later = consistency.moment(scores[0]["created_at"]) > consistency.moment(middle["created_at"])
        yield "date_from", middle["created_at"], scores[0] if later else None
        yield "date_to", middle["created_at"], None
    yield "date_from", "1971-01-01T00:00:00+00:00", scores[0] if scores else None


def _let_through(page: Json, name: str, value: str, score: Json | None) -> Iterator[Problem]:
    for item in page["items"]:
        if name == "date_from":
            fits = consistency.moment(item["created_at"]) >= consistency.moment(value)
        elif name == "date_to":
            fits = consistency.moment(item["created_at"]) < consistency.moment(value)
        else:
            fits = item[name] == value
        if not fits:
            field = "created_at" if name.startswith("date_") else name
            yield Problem(f"scores by {name} {value}", f"one with {field} {item[field]}")
            return
    all_there = page["total"] <= len(page["items"])
    if score is not None and all_there and score["id"] not in {item["id"] for item in page["items"]}:
        yield Problem(f"score {score['id']} among them, as it is in the list", "not there")


def _runs_of_scores(inspection: Inspection, scores: Sequence[Json]) -> None:
    """A score names a run that there is and that is listed, or none."""
    named = dict.fromkeys(score["eval_run_id"] for score in scores if score["eval_run_id"])
    unknown = [one for one in named if one not in inspection.known][::-1]  # the oldest are the last
    listed = set[str]()
    if unknown and inspection.lists_whole:
        page = inspection.ask("the list can be read", LIST, 200, query={"limit": 200}, quiet=True)
        listed = {run["id"] for run in page.value["items"]} if page.good and page.value["total"] <= 200 else set()
    for run_id in sorted(unknown, key=listed.__contains__)[:NEWEST]:  # what is not listed, before all
        got = inspection.ask("a run can be read by its id", GET, {200, 404}, run_id=run_id, quiet=True)
        still = _page(inspection, ALL_SCORES, 1, 0, eval_run_id=run_id)  # it may just have been deleted
        if not still.good:
            continue
        promise = "a score names a run that there is"
        gone = got.status == 404 and still.value["items"]
        inspection.claim(promise, got, [Problem(f"run {run_id}, which a score names", "404")] if gone else [])
        if got.status == 200 and still.value["items"] and listed:
            missing = [Problem(f"run {run_id} in the list, as it can be read", "not there")]
            inspection.claim("a run that can be read is listed", got, missing if run_id not in listed else [])


def _one_project(inspection: Inspection, scores: Sequence[Json]) -> None:
    """Runs and scores are those of one project; by a token, of the one that was named."""
    runs = _page(inspection, LIST, FIRST[LIST], 0)
    if not runs.good:
        return
    named = [] if inspection.own.by_key else [inspection.own.project.value.reveal()]
    own = [*named, *(item["project_id"] for item in [*runs.value["items"], *scores])]

    def problems() -> Iterator[Problem]:
        for project in own:
            if project != own[0]:
                yield Problem(f"project_id {own[0]}", project)
                return

    inspection.claim("runs and scores are those of one project", runs, problems)
