"""What becomes of a run after its end: a retry makes a new one of what failed, and a delete takes it away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pandaprobe_evals import contract

from . import consistency
from .consistency import Json
from .creating import about_no_field, are_listed, is_new
from .findings import Problem
from .followed import ALL_SCORES, DELETE, GET, LIST, RETRY, SCORES
from .inspection import Answer, Inspection
from .probes import RETRIED
from .reading import one_run
from .watching import watch


def retry(inspection: Inspection, run: Json, patience: float) -> Json | None:
    """A retry makes a new run of what failed, or says that nothing did; the old run and its scores stay as they are."""
    scores = inspection.ask("the scores of a run are listed", SCORES, 200, run_id=run["id"], quiet=True)
    if not scores.good:
        return None
    pairs = {(score["session_id"], score["name"]) for score in scores.value if score["status"] == "FAILED"}
    if len(pairs) > RETRIED:
        inspection.note(f"a retry would be of {len(pairs)} pairs, more than the check may spend: it was not asked for")
        return None
    failed = sorted({score["session_id"] for score in scores.value if score["status"] == "FAILED"})
    answer = inspection.ask(
        "a retry makes a run of what failed" if failed else "a retry of nothing is refused",
        RETRY,
        202 if failed else 422,
        run_id=run["id"],
        again=False,
    )
    if not failed:
        inspection.claim("the refusal says so, and blames no field", answer, about_no_field(answer))
    elif answer.good:
        metrics = sorted({score["name"] for score in scores.value if score["status"] == "FAILED"})
        filters = {"retry_of": run["id"], "session_ids": failed}
        if "signal_weights" in run["filters"]:
            filters["signal_weights"] = run["filters"]["signal_weights"]
        echo = {"name": f"Retry: {run['name'] or run['id']}", "filters": filters, "metric_names": metrics,
                "model": run["model"], "sampling_rate": 1}  # fmt: skip
        inspection.claim("a retry is of what failed", answer, lambda: consistency.same(echo, answer.value, echo))
        is_new(inspection, answer)
        are_listed(inspection, [answer.value], only=False)
        for ended in watch(inspection, [answer.value], patience, must_end=[answer.value]):
            one_run(inspection, ended, fresh=True)
    after = inspection.ask("a run can be read after its retry", GET, 200, run_id=run["id"])
    inspection.claim("a retry leaves the old run as it was", after, lambda: consistency.same_run(run, after.value))
    if consistency.ended(run) and run["status"] in contract.schema("EvalRunStatus")["x-succeeded"]:
        still = inspection.ask("the scores of a run are listed after its retry", SCORES, 200, run_id=run["id"])
        inspection.claim("a retry leaves the old run's scores as they were", still,
                         lambda: _same_scores(scores.value, still.value))  # fmt: skip
    return answer.value if failed and answer.good else None


def _same_scores(before: Sequence[Json], after: Sequence[Json]) -> Iterator[Problem]:
    if len(before) != len(after):
        yield Problem(f"{len(before)} scores, as before", str(len(after)))
    known = {score["id"]: score for score in before}
    for score in after:
        yield from consistency.same(known.get(score["id"], {}), score)


def delete(inspection: Inspection, run: Json, *, with_scores: bool, others: Sequence[Json]) -> None:
    """A deleted run is gone from everywhere, its scores go or stay as was asked, and no other run is touched."""
    run_id, sessions = run["id"], run["filters"]["session_ids"]
    ends = dict.fromkeys([*sessions[:1], *sessions[-1:]])
    before = {session: _scores_of_session(inspection, session) for session in ends}
    kept = as_they_are(inspection, others)
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
        if own or expected:
            inspection.claim(
                "delete_scores deletes a run's scores" if with_scores else "scores stay where their run is deleted",
                after,
                _left(after.value["items"], own, keep=not with_scores),
            )
        inspection.claim(
            "a delete leaves the scores of other runs",
            after,
            _same_scores(
                [score for score in scored.value["items"] if score["id"] not in own],
                [score for score in after.value["items"] if score["id"] not in own],
            ),
            quiet=True,
        )
    for other in kept:
        still = inspection.ask("other runs can be read after a delete", GET, 200, run_id=other["id"], quiet=True)
        inspection.claim("a delete leaves other runs as they were", still,
                         consistency.same_run(other, still.value))  # fmt: skip
    listed = inspection.ask("the list can be read after a delete", LIST, 200, query={"limit": 20})

    def problems() -> Iterator[Problem]:
        ids = {item["id"] for item in listed.value["items"]}
        if run_id in ids:
            yield Problem(f"run {run_id} gone from the list", "still there")
        for other in others:
            if other["id"] not in ids and consistency.belongs(other, listed.value):
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


def as_they_are(inspection: Inspection, runs: Sequence[Json]) -> list[Json]:
    """The runs as they are now, those that can be read."""
    answers = [inspection.ask("a run can be read", GET, 200, run_id=run["id"], quiet=True) for run in runs]
    return [answer.value for answer in answers if answer.good]
