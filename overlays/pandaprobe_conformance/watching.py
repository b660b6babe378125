"""A run from its create to its end: it goes forward only, and the lists and times say the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pandaprobe_evals import contract
from pandaprobe_evals.errors import counted

from . import clocks, consistency
from .consistency import Json
from .findings import Problem
from .followed import GET, LIST, SCORES
from .inspection import Answer, Inspection
from .wire import Pair

FIRST_PAUSE, LONGEST_PAUSE = 0.02, 2.0
"""Seconds between polls of a run: few at first, then more and more."""


def watch(
    inspection: Inspection,
    runs: Sequence[Json],
    patience: float,
    *,
    must_end: Sequence[Json | None],
    brief: Collection[str] = (),
) -> list[Json]:
    """Poll runs until they end; return those that did.

    A failed run counts as ended once it has not come back for as long as the service may try again; those of `brief` at
    once.
    """
    clock, started, pause = inspection.wire.clock, inspection.wire.clock(), FIRST_PAUSE
    open_ = {run["id"]: run for run in runs}
    failed_since: dict[str, float] = {}
    ended: list[Json] = []
    again = contract.schema("EvalRunStatus")["x-failed-may-return"]
    inspection.tell(f"Waiting for {counted(len(open_), 'run')} to end, at most {patience:.0f} s.")
    while open_:
        for run_id, seen in list(open_.items()):
            answer = inspection.ask("a run can be read while it is at work", GET, 200, run_id=run_id, quiet=True)
            if not answer.good:
                del open_[run_id]
                continue
            run = answer.value
            inspection.claim(
                "a run goes forward, and what it is stays", answer, consistency.same_run(seen, run), quiet=True
            )
            inspection.claim(
                "a run makes sense at work", answer, consistency.run_problems(run, now=max(answer.moments)), quiet=True
            )
            scores = inspection.ask("its scores can be read meanwhile", SCORES, 200, run_id=run_id, quiet=True)
            if scores.good:
                inspection.claim("they are its own", scores, consistency.scores_of_run(run, scores.value), quiet=True)
            open_[run_id] = run
            if run["status"] in contract.schema("EvalRunStatus")["x-failed"]:
                since = failed_since.setdefault(run_id, clock())
                if run_id not in brief and clock() - since < again["seconds"] * 1.5:
                    continue
            else:
                failed_since.pop(run_id, None)
            if consistency.ended(run):
                ended.append(run)
                del open_[run_id]
        if not open_ or clock() - started > patience:
            break
        inspection.wire.sleep(pause)
        pause = min(pause * 1.4, LONGEST_PAUSE)
    for run in must_end:
        if run is not None and run["id"] in open_:
            inspection.note(
                f"run {run['id']} was {open_[run['id']]['status']} for {patience:.0f} s: is the service's worker at work? "
                "What comes after the end of a run was not looked at"
            )
    return ended


def listed_by_its_state(inspection: Inspection, run: Json, pair: Pair | None = None) -> None:
    """Whatever state a run is in, it is in the list, and in the list of its state alone."""
    run_id = run["id"]

    def read() -> Answer:
        return inspection.ask("a run can be read", GET, 200, run_id=run_id, headers=pair, quiet=True)

    before = read()
    if not before.good:
        return
    state = before.value["status"]
    states: list[str] = contract.schema("EvalRunStatus")["enum"]
    another = states[states.index(state) - 1] if state in states else states[0]
    queries: list[dict[str, Any]] = [{"limit": 20}, *({"limit": 20, "status": one} for one in (state, another))]
    lists = [
        (query, inspection.ask("the list can be read by a state", LIST, 200, query=query, headers=pair, quiet=True))
        for query in queries
    ]
    after = read()
    if not after.good or (after.value["status"], after.value["completed_at"]) != (state, before.value["completed_at"]):
        return  # it has gone on meanwhile
    for query, page in lists:
        inspection.claim(
            f"a {state} run is in the list, by its own state and by no other",
            page,
            _listed(after.value, query.get("status"), page.value),
        )


def _listed(run: Json, asked: str | None, page: Json) -> Iterator[Problem]:
    run_id, state = run["id"], run["status"]
    there = run_id in {one["id"] for one in page["items"]}
    due = asked in (None, state)
    if there != due and (there or consistency.belongs(run, page)):
        yield Problem(f"run {run_id}, {state}, {'in' if due else 'not in'} this list", "not there" if due else "there")


def times(inspection: Inspection, run: Json, seconds: float) -> None:
    """A run that was made a moment ago was so by its own times, too."""
    answer = inspection.ask("a run can be read", GET, 200, run_id=run["id"], quiet=True)
    inspection.claim("a run ends after its create, and before it is seen to", answer,
                     lambda: clocks.within(answer.value, seconds))  # fmt: skip
    scores = inspection.ask("the scores of a run are listed", SCORES, 200, run_id=run["id"], quiet=True)
    inspection.claim("its scores were made meanwhile", scores,
                     lambda: clocks.scored(answer.value, scores.value, seconds))  # fmt: skip
