"""Everything that a deployment must refuse, asked for: no request here creates, changes or deletes anything where the
contract is kept. What it would take to create a run is never whole: a metric is unknown, a field is wrong.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pandaprobe_evals import contract

from .bodies import bodies
from .credentials import authentication
from .findings import Problem
from .followed import ALL_SCORES, DELETE, FOLLOWED, LIST, OF_A_RUN, PAGED, SCORES
from .inspection import Inspection
from .refused import empty, has_words, names_fields

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def refusals(inspection: Inspection, metrics: Sequence[str]) -> None:
    """All that must be refused, with a look at whether something was created all the same.

    Args:
        inspection: Where findings go.
        metrics: Those that the deployment lists.
    """
    run_ids(inspection)
    queries(inspection)
    bodies(inspection, metrics)
    authentication(inspection)
    methods(inspection)
    nothing_was_created(inspection)


def methods(inspection: Inspection) -> None:
    """A method that a path does not take is refused with those that it does take.

    Only on paths of which the contract has every method: a service has more operations than the contract.
    """
    run_id = str(uuid.uuid4())
    paths: dict[str, list[str]] = {}
    for name, operation in inspection.operations.items():
        paths.setdefault(inspection.path(operation, run_id), []).append(name)
    for path, names in paths.items():
        if FOLLOWED.isdisjoint(names):
            continue
        for method in METHODS:
            if method not in inspection.taken(path) and not _may_be_a_run_id(inspection, path, method):
                answer = inspection.ask("a wrong method is refused", names[0], 405, method=method, run_id=run_id)
                if answer.good:
                    inspection.met(names[1:], 405)


def _may_be_a_run_id(inspection: Inspection, path: str, method: str) -> bool:
    """Whether the path may be taken for that of a run: a GET on `/batch` is read as one with the id `batch`."""
    return any(
        one.method == method and one.pattern.fullmatch(path) and one.path != path
        for one in inspection.operations.values()
    )


_SPAN: Final = {"name": "contract check", "started_at": "2026-01-01T00:00:00Z"}
"""For a trace that does not exist."""


def _is_uuid(operation: contract.Operation) -> bool:
    return all(
        contract.resolve(one["schema"]).get("format") == "uuid" for one in operation.parameters if one["in"] == "path"
    )


def run_ids(inspection: Inspection) -> None:
    """What is not an id is refused, and an unknown id is not found."""
    unknown = str(uuid.uuid4())
    for operation in OF_A_RUN:
        for run_id in ("no-uuid", unknown[:-1]):
            answer = inspection.ask("a run id that is not a UUID is refused", operation, 422, run_id=run_id)
            inspection.claim("the refusal names the id", answer, names_fields(answer, {"path -> run_id"}))
        if operation == SCORES:
            answer = inspection.ask("an unknown run has no scores", operation, 200, run_id=unknown)
            inspection.claim("the scores of an unknown run are an empty list", answer, empty(answer))
        else:
            answer = inspection.ask("an unknown run is not found", operation, 404, run_id=unknown)
            inspection.claim("the 404 names the run", answer, has_words(answer, unknown))
    for name, one in inspection.operations.items():
        if "{" in one.path and 404 in one.responses and name not in FOLLOWED:
            body: dict[str, Any] = {}
            if one.body is not None:
                body["body"] = [_SPAN] if one.body.get("type") == "array" else {}
            inspection.ask("an unknown id is not found", name, {200, 404} if one.effect == "reads" else 404, **body)
            if one.effect == "reads" and not _is_uuid(one):
                inspection.ask("an id with a slash in it is not found", name, 404, of=f"{inspection.mark}/x")
    answer = inspection.ask(
        "delete_scores is yes or no", DELETE, 422, run_id=unknown, query={"delete_scores": "perhaps"}
    )
    inspection.claim("the refusal names delete_scores", answer, names_fields(answer, {"query -> delete_scores"}))


def queries(inspection: Inspection) -> None:
    """A query parameter out of its bounds is refused, and what matches nothing is an empty page."""
    of_scores = {"source": "ROBOT", "eval_run_id": "no-uuid", "date_from": "yesterday", "date_to": "tomorrow"}
    bounds: list[dict[str, Any]] = [
        {"limit": 0, "offset": -1, "status": "DONE"},
        {"limit": 201, "offset": "far"},
        {"limit": -1},
        {"limit": "many"},
        {"limit": "1.5"},
    ]
    wrong: dict[str, list[dict[str, Any]]] = {
        LIST: [*bounds, {"status": "completed"}],
        ALL_SCORES: [bounds[0] | of_scores, *bounds[1:], {"status": "success"}],
    }
    for operation in PAGED:
        for query in wrong[operation]:
            shown = "&".join(f"{name}={value}" for name, value in query.items())
            answer = inspection.ask(f"?{shown} is refused", operation, 422, query=query)
            fields = {f"query -> {name}" for name in query}
            inspection.claim(f"the refusal of ?{shown} names it", answer, names_fields(answer, fields), quiet=True)
        beyond = {"limit": 1, "offset": 2**31}
        inspection.ask("an offset over 32 bits is refused, or breaks the service in the known way", operation,
                       {200, 422, 500}, query=beyond)  # fmt: skip
    nothing: list[dict[str, Any]] = [
        {"session_id": f"{inspection.mark}-unknown", "name": f"{inspection.mark}-unknown"},
        {"date_from": "2999-01-01T00:00:00+00:00", "eval_run_id": str(uuid.uuid4())},
        {"date_to": "1971-01-01T00:00:00+00:00"},
    ]
    for query in nothing:
        shown = " and a ".join(query)
        answer = inspection.ask(f"a {shown} that nothing matches gives an empty page", ALL_SCORES, 200, query=query)
        inspection.claim(f"no score matches an impossible {shown}", answer, empty(answer), quiet=True)


def nothing_was_created(inspection: Inspection) -> None:
    """None of these requests left a run behind."""
    answer = inspection.ask("the list can be read after all refusals", LIST, 200, query={"limit": 20}, quiet=True)

    def found() -> Iterator[Problem]:
        for run in answer.value["items"]:
            over_nothing = run["filters"].get("session_ids") == [] and run["id"] not in inspection.known
            if inspection.is_ours(run) or over_nothing:
                yield Problem(
                    "no run made by a create that was refused", f"run {run['id']}, created from {run['filters']}"
                )
        inspection.sweep()

    inspection.claim("a create that is refused makes no run", answer, found)
