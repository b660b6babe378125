"""The operations that a fault can meet, each with what it needs, what it does and how to see that it was done once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pandaprobe_sandbox import Sandbox

from .world import BATCH, DELETE, FILTERS, LIST, METRICS, RETRY, Face

JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    id: str
    effect: str
    prepare: Callable[[Face, Sandbox], Any]
    call: Callable[..., Any]
    done: Callable[[Face, Any, Any], None]
    """Asserts that the result is right and that it was done exactly once."""

    def __repr__(self):
        return self.id


def _made_one(face, needed, run):
    known = {needed} if needed else set()
    made = [found for found in face.list() if str(found.id) not in known]
    assert [found.id for found in made] == [run.id]


def _a_run(face, sandbox):
    sandbox_run = face.raw("POST", "/evaluations/session-runs/batch", json={"session_ids": ["a"], "metrics": METRICS})
    return sandbox_run.json()["id"]


def _a_failed_run(face, sandbox):
    body = {"session_ids": ["fail-1", "b"], "metrics": METRICS}
    run = face.raw("POST", "/evaluations/session-runs/batch", json=body).json()["id"]
    while face.raw("GET", f"/evaluations/session-runs/{run}").json()["status"] != "COMPLETED":
        pass
    return run


def _a_session(face, sandbox):
    sandbox.add_session("found", user_id="somebody")


def _deleted(face, needed, result):
    assert result is None
    assert needed not in [str(run.id) for run in face.list()]


def _same_run(face, needed, run):
    assert str(run.id) == needed


def _listed(face, needed, runs):
    assert [str(run.id) for run in runs] == [needed]


def _scored(face, needed, scores):
    assert isinstance(scores, list)


def _two_metrics(face, needed, metrics):
    assert len(metrics) == 2


CREATES = [
    Operation(
        BATCH,
        "creates",
        lambda face, sandbox: None,
        lambda face, needed, **options: face.batch("s1", "s2", name="one", **options),
        _made_one,
    ),
    Operation(
        FILTERS,
        "creates",
        _a_session,
        lambda face, needed, **options: face.create(metrics=METRICS, user_id="somebody", **options),
        _made_one,
    ),
    Operation(
        RETRY,
        "creates",
        _a_failed_run,
        lambda face, needed, **options: face.retry(needed, **options),
        _made_one,
    ),
]
READS = [
    Operation("get_session_eval_run", "reads", _a_run, lambda face, needed, **o: face.get(needed, **o), _same_run),
    Operation(LIST, "reads", _a_run, lambda face, needed, **options: face.list(**options), _listed),
    Operation(
        "list_session_eval_run_scores", "reads", _a_run, lambda face, needed, **o: face.scores(needed, **o), _scored
    ),
    Operation(
        "list_session_metrics",
        "reads",
        lambda face, sandbox: None,
        lambda face, needed, **o: face.metrics(**o),
        _two_metrics,
    ),
]
DELETES = [Operation(DELETE, "deletes", _a_run, lambda face, needed, **o: face.delete(needed, **o), _deleted)]
EVERY = CREATES + READS + DELETES


def named(operation):
    return operation.id
