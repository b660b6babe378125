"""Whether one project keeps its runs and scores from another of the same organization.

Takes an API key: it names its project, and one that is not there is made on the spot. With a token it is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from . import consistency
from .consistency import Json
from .findings import Problem
from .followed import ALL_SCORES, BATCH, DELETE, GET, LIST, RETRY, SCORES
from .inspection import Answer, Inspection
from .wire import Header, Pair

OTHER_PROJECT: Final = "pandaprobe contract check"
"""The name of the project that the check uses beside the caller's."""


def other_project(inspection: Inspection) -> Pair | None:
    """The way into a second project; None where there is none without asking a person."""
    own = inspection.own
    if not own.by_key:
        inspection.note("isolation between projects was not checked: that takes an API key")
        return None
    name = OTHER_PROJECT
    if own.project.value.reveal().strip() == name:
        name += " 2"
    return Pair(own.secret, Header.plain(own.project.name, name), own.by_key)


def isolation(
    inspection: Inspection, other: Pair, runs: Sequence[Json], foreign: Json | None, scores: Sequence[Json]
) -> None:
    """Nothing of one project can be read, retried or deleted by way of the other.

    Args:
        inspection: Where findings go.
        other: The way into the second project.
        runs: Runs of the caller's project, as they were seen last.
        foreign: A run of the second project, made by the check.
        scores: Scores of the caller's project.
    """
    for run in runs:
        _out_of_reach(inspection, run["id"], other)
    for run in runs:
        answer = inspection.ask("a run is untouched by requests of another project", GET, 200, run_id=run["id"])
        inspection.claim("it is as it was", answer, consistency.same_run(run, answer.value))
    _not_listed(inspection, {run["id"] for run in runs}, scores, other)
    if foreign is not None:
        _out_of_reach(inspection, foreign["id"], inspection.own)
        _not_listed(inspection, {foreign["id"]}, (), inspection.own)
        answer = inspection.ask(
            "a run of the second project is untouched", GET, 200, run_id=foreign["id"], headers=other
        )
        inspection.claim("it is as it was", answer, lambda: consistency.same_run(foreign, answer.value))


def create_in(inspection: Inspection, other: Pair, metric: str) -> Json | None:
    """A run of one unit in the second project, which its list must show at once and no other."""
    inspection.others.append(other)
    body = {"session_ids": [f"stall-{inspection.mark}-other"], "metrics": [metric], "name": inspection.mark}
    answer = inspection.ask(
        "a create in a second project makes a run", BATCH, 202, body=body, headers=other, again=False
    )
    if not answer.good:
        return None
    listed = inspection.ask("it is listed there", LIST, 200, query={"limit": 20}, headers=other)

    def problems() -> Iterator[Problem]:
        if answer.value["id"] not in {run["id"] for run in listed.value["items"]}:
            yield Problem(f"run {answer.value['id']} in the list of its project", "not there")
        for run in listed.value["items"]:
            if run["project_id"] != answer.value["project_id"]:
                yield Problem(f"runs of project {answer.value['project_id']}", f"one of {run['project_id']}")

    inspection.claim("a project's list has its own runs, and only these", listed, problems)
    own = inspection.ask("the caller's own list can be read", LIST, 200, query={"limit": 1}, quiet=True)
    inspection.claim(
        "two projects have two ids",
        own,
        lambda: [
            Problem("another project_id", run["project_id"])
            for run in own.value["items"]
            if run["project_id"] == answer.value["project_id"]
        ],
    )
    return answer.value  # type: ignore[no-any-return]  # JSON is Any


def _out_of_reach(inspection: Inspection, run_id: str, other: Pair) -> None:
    """By its id a run of another project is as one that does not exist."""
    inspection.ask("a run of another project is not found", GET, 404, run_id=run_id, headers=other)
    inspection.ask("a run of another project cannot be retried", RETRY, 404, run_id=run_id, headers=other)
    scores = inspection.ask("a run of another project has no scores here", SCORES, 200, run_id=run_id, headers=other)
    inspection.claim("no score of another project comes", scores, lambda: _nothing(scores.value))
    for query in (None, {"delete_scores": "true"}):
        inspection.ask("a run of another project cannot be deleted", DELETE, 404, run_id=run_id, query=query,
                       headers=other)  # fmt: skip


def _not_listed(inspection: Inspection, ids: set[str], scores: Sequence[Json], other: Pair) -> None:
    """No list of one project, however it is filtered, has anything of the other."""
    states = ("PENDING", "RUNNING", "COMPLETED", "FAILED")
    for state in (None, *states):
        page = inspection.ask("another project's list can be read", LIST, 200,
                              query={"limit": 200, "status": state} if state else {"limit": 200}, headers=other)  # fmt: skip
        inspection.claim(
            "no run of another project is listed",
            page,
            _foreign(page, ids, set()),
        )
    queries: list[dict[str, str]] = [{}, *({"eval_run_id": one} for one in sorted(ids))]
    if scores:
        of_one = {name: scores[0][name] for name in ("session_id", "name", "status", "source")}
        queries += [of_one | {"date_from": scores[-1]["created_at"]}]
    theirs = {score["id"] for score in scores}
    for query in queries:
        page = inspection.ask("another project's scores can be read", ALL_SCORES, 200, query=query, headers=other)
        inspection.claim(
            "no score of another project is listed",
            page,
            _foreign(page, ids, theirs),
        )


def _foreign(page: Answer, runs: set[str], scores: set[str]) -> Iterator[Problem]:
    """What stands in a page and is of another project."""
    for item in page.value["items"]:
        if item["id"] in runs or item["id"] in scores or item.get("eval_run_id") in runs:
            yield Problem("what is of this project", f"{item['id']} of another")


def _nothing(items: Sequence[Json]) -> Iterator[Problem]:
    if items:
        yield Problem("nothing", f"{len(items)} of them")
