"""Creates that a deployment must carry out: each makes one run, which is what was asked for, and is listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from . import clocks, consistency
from .consistency import Json
from .findings import Problem
from .followed import BATCH, BY_FILTERS, GET, LIST
from .inspection import Answer, Inspection
from .probes import NOBODYS, Probes

NEAR: Final = timedelta(minutes=1)
"""A service whose clock is further off is worth a note, and beyond `consistency.SKEW` a violation."""


def create(inspection: Inspection, body: Json, echo: Json) -> Json | None:
    """Create by ids; the run, None where the answer broke the contract."""
    answer = inspection.ask("a create by ids makes a run", BATCH, 202, body=body, again=False)
    echo = {"sampling_rate": 1, "monitor_id": None, **echo}
    inspection.claim("a new run is what was asked for", answer, lambda: consistency.same(echo, answer.value, echo))
    is_new(inspection, answer)
    if not answer.good:
        return None
    read = inspection.ask("a new run can be read at once", GET, 200, run_id=answer.value["id"], quiet=True)
    inspection.claim(
        "it reads as it was made", read, lambda: consistency.same_run(answer.value, read.value), quiet=True
    )
    return answer.value  # type: ignore[no-any-return]  # JSON is Any


def create_by_filters(inspection: Inspection, metric: str) -> Json | None:
    """Create by filters: nothing for filters that no session matches; and a run of none of the sessions that do."""
    mark = inspection.mark
    nobodys: list[Mapping[str, Any]] = [
        {"user_id": mark},
        {"tags": [mark]},
        {"user_id": mark, "min_trace_count": 1},
        {"tags": [mark, f"{mark}-2"], "date_from": "1971-01-01T00:00:00+00:00"},
        *NOBODYS,
    ]
    body: dict[str, Any] = {"metrics": [metric], "name": mark, "sampling_rate": 0}
    for filters in nobodys:
        answer = inspection.ask("filters that no session matches make no run", BY_FILTERS, 422,
                                body=body | {"filters": filters}, again=False)  # fmt: skip
        inspection.claim("the refusal says so, and blames no field", answer, about_no_field(answer), quiet=True)
    probes = Probes(mark)
    body |= {
        "filters": {"min_trace_count": 1, "date_from": "1971-01-01T00:00:00+00:00", "date_to": "2999-01-01T00:00:00Z"},
        "name": probes.name,
        "model": probes.model,
        "signal_weights": probes.weights,
    }
    answer = inspection.ask(
        "a create by filters makes a run, or says that no session matches",
        BY_FILTERS,
        {202, 422},
        body=body,
        again=False,
    )
    if answer.status != 202:
        inspection.claim("the refusal says so, and blames no field", answer, about_no_field(answer))
        inspection.note("the project has no sessions: a run by filters was not seen")
        return None
    weights = {name: float(one) for name, one in probes.weights.items()}
    echo = {"name": probes.name, "model": probes.model, "metric_names": [metric], "monitor_id": None,
            "filters": body["filters"] | {"signal_weights": weights}, "sampling_rate": 0}  # fmt: skip

    def problems() -> Iterator[Problem]:
        yield from consistency.same(echo, answer.value, echo)
        if consistency.total(answer.value) != 0:
            yield Problem("no session, as sampling_rate 0 takes", f"{consistency.total(answer.value)} sessions")

    inspection.claim("a new run by filters is what was asked for", answer, problems)
    is_new(inspection, answer)
    return answer.value if answer.good else None


def about_no_field(answer: Answer) -> Iterator[Problem]:
    """A refusal has words, and names no field."""
    if "errors" in answer.value or not answer.value["detail"].strip():
        yield Problem("a detail, and no errors", answer.exchange.came)


def is_new(inspection: Inspection, answer: Answer) -> None:
    """A run that was just made has done nothing yet, and was made now."""

    def problems() -> Iterator[Problem]:
        run = answer.value
        yield from consistency.run_problems(run, now=max(answer.moments))
        if run["status"] != "PENDING":
            yield Problem("status PENDING", run["status"])
        if run["id"] in inspection.known:
            yield Problem("a new id", run["id"])
        if run["error_message"] is not None:
            yield Problem("error_message null", repr(run["error_message"]))
        if not run["model"]:
            yield Problem("the model that judges, resolved", repr(run["model"]))
        created = consistency.moment(run["created_at"])
        away = min(abs(created - moment) for moment in answer.moments)
        if away > consistency.SKEW:
            yield Problem(f"created_at near the answer, {answer.seen.isoformat()}", run["created_at"])
        elif away > NEAR:
            inspection.note(
                "the service's created_at is more than a minute from its Date and from this machine's clock"
            )
        if inspection.newest is not None and created < inspection.newest - clocks.SLACK:
            yield Problem(f"created_at no earlier than that of the run before, {inspection.newest}", run["created_at"])
        inspection.newest = max(created, inspection.newest or created)
        inspection.known.add(run["id"])

    inspection.claim("a new run is new", answer, problems)


def no_name_over_its_length(inspection: Inspection, metric: str) -> None:
    """A name that is too long to store makes no run."""
    body = {
        "session_ids": [f"{inspection.mark}-4"],
        "metrics": [metric],
        "name": f"{inspection.mark} {'n' * 256}"[:256],
    }
    inspection.ask("a name of 256 characters makes no run, though the service may break on it", BATCH, {422, 500},
                   body=body, again=False)  # fmt: skip


def are_listed(inspection: Inspection, made: Sequence[Json], *, only: bool = True) -> None:
    """Each create made one run, which is at the top of the list."""
    answer = inspection.ask("new runs are listed", LIST, 200, query={"limit": 20})

    def problems() -> Iterator[Problem]:
        listed = {run["id"]: run for run in answer.value["items"]}
        for run in made:
            if run["id"] in listed:
                yield from consistency.same_run(run, listed[run["id"]])
            elif consistency.belongs(run, answer.value):
                yield Problem(f"run {run['id']} in the list", "not there")
        ids, retried = {run["id"] for run in made}, {run["filters"].get("retry_of") for run in made} - {None}
        for run in answer.value["items"]:
            ours = inspection.is_ours(run) if only else run["filters"].get("retry_of") in retried
            if ours and run["id"] not in ids:
                yield Problem("one run for each create", f"run {run['id']} as well, created from {run['filters']}")
        yield from consistency.newest_first(answer.value["items"])

    inspection.claim("each create made one run, and it is listed", answer, problems)
    inspection.sweep()
