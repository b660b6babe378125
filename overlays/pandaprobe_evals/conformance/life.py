"""The life of a run, from create to delete: what `--allow-writes` adds. Creates runs that are billed, and deletes them.

The sessions have names that nobody uses. The service does not check them and finds no traces, so that no model is asked
to judge; units are billed all the same. One run is over a session that the project has, if it has any, picked at random.
A session id that begins with `fail-` fails in the sandbox, where a retry can thus be seen; elsewhere it says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from pandaprobe_evals import contract

from . import sense
from .findings import Problem
from .inspection import Answer, Inspection
from .reading import one_run
from .refusals import ALL_SCORES, BATCH, BY_FILTERS, DELETE, GET, LIST, RETRY, SCORES
from .sense import Json

SKEW: Final = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 2.0
"""Seconds between two looks at a run: few at first, then more and more."""
RATE: Final = 0.000001
"""A sampling rate that leaves one session, however many there are."""


@dataclass(frozen=True, slots=True)
class Price:
    """What the life of a run makes, at most."""

    runs: int
    units: int
    """Unique sessions x metrics, as the service bills them."""


PRICE: Final = Price(runs=4, units=2 * 2 + 1 * 2 + 1 * 1 + 2 * 2)
"""Two sessions by two metrics; one by one metric asked for twice; one of the project's own; a retry of the first."""


def life(inspection: Inspection, metrics: Sequence[str], *, patience: float) -> None:
    """Create, watch, read, retry and delete.

    Args:
        inspection: Where findings go.
        metrics: Those that the deployment lists.
        patience: Seconds within which a run must end.

    Raises:
        Stopped: The plan's quota is used up.
    """
    mark = inspection.mark
    metrics = [*metrics, *metrics][:2]
    sessions = [f"fail-{mark}-1", f"{mark}-2"]
    full = {
        "session_ids": [sessions[0], sessions[1], sessions[0]],
        "metrics": metrics,
        "name": mark,
        "model": "contract-check/model",
        "signal_weights": {"confidence": "0.5", "coherence": 1},
    }
    first = _create(inspection, full, {
        "name": mark, "model": full["model"], "metric_names": metrics,
        "filters": {"session_ids": sessions, "signal_weights": {"confidence": 0.5, "coherence": 1}},
    })  # fmt: skip
    plain = {"session_ids": [f"{mark}-3"], "metrics": [metrics[0]] * 2}
    second = _create(inspection, plain, {
        "name": None, "metric_names": plain["metrics"], "filters": {"session_ids": plain["session_ids"]},
    })  # fmt: skip
    by_filters = _create_by_filters(inspection, metrics[0])
    _no_name_over_its_length(inspection, metrics[0])
    made = [run for run in (first, second, by_filters) if run is not None]
    _are_listed(inspection, made)
    ended = {run["id"]: run for run in _watch(inspection, made, patience, must_end=[first, second])}
    for run in ended.values():
        one_run(inspection, run, fresh=run is not ended.get((by_filters or {}).get("id")))
    if first is not None and first["id"] in ended:
        _retry(inspection, ended[first["id"]], patience)
    if second is not None:
        _delete(inspection, second, with_scores=False, others=[run for run in made if run is not second])
    if first is not None:
        _delete(inspection, first, with_scores=True, others=[])
    for run_id in list(inspection.made):
        inspection.ask("a run can be deleted", DELETE, 204, run_id=run_id, query={"delete_scores": "true"}, quiet=True)
    for run in made:
        inspection.ask("a deleted run stays away", GET, 404, run_id=run["id"])


# --- creates ------------------------------------------------------------------------------------------------


def _create(inspection: Inspection, body: Json, echo: Json) -> Json | None:
    """Create by ids; the run, None where the answer broke the contract."""
    answer = inspection.ask("a create by ids makes a run", BATCH, 202, body=body, again=False)
    echo = {"sampling_rate": 1, "monitor_id": None, **echo}
    inspection.claim("a new run is what was asked for", answer, lambda: sense.same(echo, answer.value, echo))
    _is_new(inspection, answer)
    return answer.value if answer.good else None


def _create_by_filters(inspection: Inspection, metric: str) -> Json | None:
    """Create by filters: nothing for filters that no session matches, one session for a tiny sample."""
    body: dict[str, Any] = {"metrics": [metric], "name": inspection.mark, "filters": {"user_id": inspection.mark}}
    answer = inspection.ask("filters that no session matches make no run", BY_FILTERS, 422, body=body, again=False)
    inspection.claim("the refusal says so, and blames no field", answer, _about_no_field(answer))
    body |= {"filters": {"min_trace_count": 1}, "sampling_rate": RATE}
    answer = inspection.ask(
        "a create by filters makes a run, or says that no session matches",
        BY_FILTERS,
        {202, 422},
        body=body,
        again=False,
    )
    if answer.status != 202:
        inspection.claim("the refusal says so, and blames no field", answer, _about_no_field(answer))
        inspection.note("the project has no sessions: a run by filters was not seen")
        return None
    echo = {"name": inspection.mark, "metric_names": [metric], "filters": body["filters"], "monitor_id": None}

    def problems() -> Iterator[Problem]:
        yield from sense.same(echo, answer.value, echo)
        if abs(answer.value["sampling_rate"] - RATE) > RATE / 100:
            yield Problem(f"sampling_rate {RATE}", str(answer.value["sampling_rate"]))
        if not 1 <= sense.total(answer.value) <= 10:
            yield Problem("one session of the project, as a tiny sample has", f"{sense.total(answer.value)} sessions")

    inspection.claim("a new run by filters is what was asked for", answer, problems)
    _is_new(inspection, answer)
    return answer.value if answer.good else None


def _about_no_field(answer: Answer) -> Iterator[Problem]:
    if "errors" in answer.value or not answer.value["detail"].strip():
        yield Problem("a detail, and no errors", answer.exchange.came)


def _is_new(inspection: Inspection, answer: Answer) -> None:
    """A run that was just made has done nothing yet, and was made now."""

    def problems() -> Iterator[Problem]:
        run = answer.value
        yield from sense.run_problems(run, now=answer.date)
        if run["status"] != "PENDING":
            yield Problem("status PENDING", run["status"])
        if run["id"] in inspection.known:
            yield Problem("a new id", run["id"])
        if run["error_message"] is not None:
            yield Problem("error_message null", repr(run["error_message"]))
        if not run["model"]:
            yield Problem("the model that judges, resolved", repr(run["model"]))
        if answer.date is not None and abs(sense.moment(run["created_at"]) - answer.date) > SKEW:
            yield Problem(f"created_at near the answer's own Date, {answer.date.isoformat()}", run["created_at"])
        inspection.known.add(run["id"])

    inspection.claim("a new run is new", answer, problems)


def _no_name_over_its_length(inspection: Inspection, metric: str) -> None:
    body = {
        "session_ids": [f"{inspection.mark}-4"],
        "metrics": [metric],
        "name": f"{inspection.mark} {'n' * 256}"[:256],
    }
    inspection.ask("a name of 256 characters makes no run, though the service may break on it", BATCH, {422, 500},
                   body=body, again=False)  # fmt: skip


# --- watching -------------------------------------------------------------------------------------------------


def _are_listed(inspection: Inspection, made: Sequence[Json]) -> None:
    """Each create made one run, which is at the top of the list."""
    answer = inspection.ask("new runs are listed", LIST, 200, query={"limit": 20})

    def problems() -> Iterator[Problem]:
        listed = {run["id"]: run for run in answer.value["items"]}
        for run in made:
            if run["id"] not in listed:
                yield Problem(f"run {run['id']} in the list", "not there")
            else:
                yield from sense.same_run(run, listed[run["id"]])
        ids = {run["id"] for run in made}
        for run in answer.value["items"]:
            if inspection.is_ours(run) and run["id"] not in ids:
                yield Problem("one run for each create", f"run {run['id']} as well, created from {run['filters']}")
        yield from sense.newest_first(answer.value["items"])

    inspection.claim("each create made one run, and it is listed", answer, problems)
    inspection.sweep()


def _watch(
    inspection: Inspection, runs: Sequence[Json], patience: float, *, must_end: Sequence[Json | None]
) -> list[Json]:
    """Look at runs until they end; those that did.

    A failed run counts as ended once it has not come back for as long as the service may try again.
    """
    clock, started, pause = inspection.wire.clock, inspection.wire.clock(), FIRST_PAUSE
    open_ = {run["id"]: run for run in runs}
    failed_since: dict[str, float] = {}
    ended: list[Json] = []
    again = contract.schema("EvalRunStatus")["x-failed-may-return"]
    inspection.tell(f"Waiting for {len(open_)} runs to end, at most {patience:.0f} s.")
    last: Answer | None = None
    while open_:
        for run_id, seen in list(open_.items()):
            answer = last = inspection.ask("a run can be read while it is at work", GET, 200, run_id=run_id, quiet=True)
            if not answer.good:
                del open_[run_id]
                continue
            run = answer.value
            inspection.claim("a run goes forward, and what it is stays", answer, sense.same_run(seen, run), quiet=True)
            inspection.claim("a run makes sense at work", answer, sense.run_problems(run, now=answer.date), quiet=True)
            scores = inspection.ask("its scores can be read meanwhile", SCORES, 200, run_id=run_id, quiet=True)
            if scores.good:
                inspection.claim("they are its own", scores, sense.scores_of_run(run, scores.value), quiet=True)
            open_[run_id] = run
            if run["status"] in contract.schema("EvalRunStatus")["x-failed"]:
                since = failed_since.setdefault(run_id, clock())
                if clock() - since < again["seconds"] * 1.5:
                    continue
            else:
                failed_since.pop(run_id, None)
            if sense.ended(run):
                ended.append(run)
                del open_[run_id]
        if not open_ or clock() - started > patience:
            break
        inspection.wire.sleep(pause)
        pause = min(pause * 1.4, LONGEST_PAUSE)
    late = [run for run in must_end if run is not None and run["id"] in open_]
    if last is not None and must_end:
        inspection.claim(
            f"a run ends within {patience:.0f} s",
            last,
            lambda: [Problem(f"run {run['id']} COMPLETED or FAILED", open_[run["id"]]["status"]) for run in late],
        )
    return ended


# --- retry ------------------------------------------------------------------------------------------------------


def _retry(inspection: Inspection, run: Json, patience: float) -> None:
    """A retry makes a new run of what failed, or says that nothing did; the old run stays as it is."""
    scores = inspection.ask("the scores of a run are listed", SCORES, 200, run_id=run["id"], quiet=True)
    if not scores.good:
        return
    failed = sorted({score["session_id"] for score in scores.value if score["status"] == "FAILED"})
    answer = inspection.ask(
        "a retry makes a run of what failed" if failed else "a retry of nothing is refused",
        RETRY,
        202 if failed else 422,
        run_id=run["id"],
        again=False,
    )
    if not failed:
        inspection.claim("the refusal says so, and blames no field", answer, _about_no_field(answer))
    elif answer.good:
        metrics = sorted({score["name"] for score in scores.value if score["status"] == "FAILED"})
        filters = {"retry_of": run["id"], "session_ids": failed}
        if "signal_weights" in run["filters"]:
            filters["signal_weights"] = run["filters"]["signal_weights"]
        echo = {"name": f"Retry: {run['name'] or run['id']}", "filters": filters, "metric_names": metrics,
                "model": run["model"], "sampling_rate": 1}  # fmt: skip
        inspection.claim("a retry is of what failed", answer, lambda: sense.same(echo, answer.value, echo))
        _is_new(inspection, answer)
        for ended in _watch(inspection, [answer.value], patience, must_end=[answer.value]):
            one_run(inspection, ended, fresh=True)
    after = inspection.ask("a run can be read after its retry", GET, 200, run_id=run["id"])
    inspection.claim("a retry leaves the old run as it was", after, lambda: sense.same_run(run, after.value))


# --- delete -----------------------------------------------------------------------------------------------------


def _delete(inspection: Inspection, run: Json, *, with_scores: bool, others: Sequence[Json]) -> None:
    """A deleted run is gone from everywhere, its scores go or stay as was asked, and no other run is touched."""
    run_id, sessions = run["id"], run["filters"]["session_ids"]
    before = {session: _scores_of_session(inspection, session) for session in sessions}
    query = {"delete_scores": "true"} if with_scores else None
    gone = inspection.ask("a run can be deleted", DELETE, 204, run_id=run_id, query=query)
    if not gone.good:
        return
    for operation in (GET, DELETE, RETRY):
        inspection.ask("a deleted run is not found", operation, 404, run_id=run_id)
    scores = inspection.ask("the scores of a deleted run are an empty list", SCORES, 200, run_id=run_id)
    inspection.claim("a deleted run has no scores", scores, lambda: _none(scores.value))
    page = inspection.ask("scores can be asked for by a deleted run", ALL_SCORES, 200, query={"eval_run_id": run_id})
    inspection.claim("no score names a deleted run", page, lambda: _none(page.value["items"]))
    for session, scored in before.items():
        after = _scores_of_session(inspection, session)
        if scored is None or after is None:
            continue
        own = {score["id"] for score in scored.value["items"] if score["eval_run_id"] == run_id}
        expected = [] if with_scores else own
        inspection.claim(
            "delete_scores deletes a run's scores" if with_scores else "scores stay where their run is deleted",
            after,
            _left(after.value["items"], own, keep=not with_scores),
        ) if own or expected else None
    listed = inspection.ask("the list can be read after a delete", LIST, 200, query={"limit": 20})

    def problems() -> Iterator[Problem]:
        ids = {item["id"] for item in listed.value["items"]}
        if run_id in ids:
            yield Problem(f"run {run_id} gone from the list", "still there")
        for other in others:
            if other["id"] not in ids:
                yield Problem(f"run {other['id']} still in the list", "gone")

    inspection.claim("a deleted run leaves the list, and no other does", listed, problems)
    if listed.good:
        inspection.made.pop(run_id, None)
        inspection.report.runs.append(run_id)


def _scores_of_session(inspection: Inspection, session: str) -> Answer | None:
    query = {"session_id": session, "limit": 200}
    answer = inspection.ask("the scores of a session are listed", ALL_SCORES, 200, query=query, quiet=True)
    return answer if answer.good else None


def _none(items: Sequence[Json]) -> Iterator[Problem]:
    if items:
        yield Problem("no score", f"{len(items)}")


def _left(items: Sequence[Json], own: set[str], *, keep: bool) -> Iterator[Problem]:
    """Whether a deleted run's scores are there, without their run; or are gone."""
    there = {item["id"]: item for item in items if item["id"] in own}
    if not keep and there:
        yield Problem("its scores deleted", f"{len(there)} still there")
    if keep and len(there) < len(own):
        yield Problem(f"its {len(own)} scores still there", f"{len(there)}")
    for item in there.values():
        if keep and item["eval_run_id"] is not None:
            yield Problem("eval_run_id null", item["eval_run_id"])
