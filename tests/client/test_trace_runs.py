"""Runs over single traces: made once, waited for, and what is missing or failed told apart, from the document alone."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from pandaprobe_evals import BackoffPolicy, InvalidArgument, OutcomeUnknown
from pandaprobe_evals_api.models import EvalRun

METRICS = ["coherence", "confidence"]
QUICK = BackoffPolicy(base=0.01, cap=0.05, settle=0.3, settle_answered=0.1, look_every=0.05)


def uid(number):
    return str(UUID(int=(0xB7 << 120) + number))


@pytest.fixture
def panda(kind, url, clock):
    yield kind(url, clock=clock)
    kind.hang_up()


@pytest.fixture
def ingest(raw):
    def ingest(*names):
        for number, name in enumerate(names):
            body = {
                "trace_id": uid(number),
                "name": name,
                "started_at": "2026-11-22T09:00:00Z",
                "input": 1,
                "output": 2,
            }
            assert raw.post("/traces", json=body).status_code == 202
        return [uid(number) for number in range(len(names))]

    return ingest


def test_ghosts_and_failed_pairs_are_told_apart(panda, ingest):
    ids = ingest("turn", "fail-1")
    run = panda.trace_runs.create_batch(trace_ids=[*ids, uid(99), ids[0].upper()], metrics=METRICS)
    outcome = panda.trace_runs.wait(run)
    assert (outcome.result, outcome.failed_pairs) == ("completed_with_failures", 1)
    assert outcome.without_score == (uid(99),)
    kinds = {(row["trace_id"], row["metric"]): row["kind"] for row in outcome.to_dicts()}
    assert kinds[ids[0], "confidence"] == kinds[ids[1], "coherence"] == "measured"
    assert kinds[ids[1], "confidence"] == "failed"
    assert kinds[uid(99), "coherence"] == "missing"


def test_a_score_without_evidence_is_told(panda, raw):
    raw.post("/traces", json={"trace_id": uid(0), "name": "turn", "started_at": "2026-11-22T09:00:00Z"})
    run = panda.trace_runs.create_batch(trace_ids=[uid(0)], metrics=["coherence"])
    outcome = panda.trace_runs.wait(run)
    assert outcome.result == "nothing_measured"
    assert [score.value for score in outcome.scores_without_evidence] == ["1.0"]


@pytest.mark.parametrize("fault", ["commit_then_drop", "commit_then_500", "drop_before_commit"])
def test_a_lost_create_makes_one_run(panda, sandbox, ingest, fault):
    ids = ingest("turn", "fail-1")
    made = panda.trace_runs.create_batch(trace_ids=ids, metrics=METRICS)
    panda.trace_runs.wait(made)
    creates = [
        lambda: panda.trace_runs.create_batch(trace_ids=ids, metrics=METRICS, backoff=QUICK),
        lambda: panda.trace_runs.create(
            metrics=METRICS,
            trace_name="TURN",
            trace_status="COMPLETED",
            date_from=datetime(2026, 11, 1, tzinfo=UTC),
            backoff=QUICK,
        ),
        lambda: panda.trace_runs.retry(made, backoff=QUICK),
    ]
    for number, create in enumerate(creates, 2):
        sandbox.inject(fault)
        run = create()
        assert run.reconciled == (fault != "drop_before_commit")
        assert len(list(panda.trace_runs.list())) == number
        assert next(iter(panda.trace_runs.list())).id == run.id


def test_what_became_of_it_can_be_asked_later(panda, sandbox, ingest):
    ids = ingest("turn")
    panda.trace_runs.create_batch(trace_ids=[uid(99)], metrics=METRICS)
    sandbox.inject("commit_then_drop")
    sandbox.inject("html_502", operation="list_trace_eval_runs", times=1000)
    with pytest.raises(OutcomeUnknown) as caught:
        panda.trace_runs.create_batch(trace_ids=ids, metrics=METRICS, deadline=2, backoff=QUICK)
    sandbox.faults.clear()
    found = panda.trace_runs.resolve(caught.value)
    assert found.filters.trace_ids == [UUID(ids[0])]


def test_a_run_of_the_other_kind_is_told_when_it_is_read(panda, ingest):
    traces = panda.trace_runs.create_batch(trace_ids=ingest("turn"), metrics=METRICS)
    sessions = panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
    for wrong, run in ((panda.session_runs, traces), (panda.trace_runs, sessions)):
        with pytest.raises(InvalidArgument, match=r"is a run over (traces|sessions); use "):
            wrong.get(str(run.id))
        with pytest.raises(InvalidArgument, match="is a run over"):
            wrong.delete(run)
        with pytest.raises(InvalidArgument, match="is a run over"):
            wrong.wait(str(run.id))
    assert type(panda.trace_runs.get(traces)) is EvalRun


def test_what_is_billed_is_said_before(panda, sandbox, ingest):
    ids = ingest("turn", "turn", "turn")
    given = {"trace_ids": [*ids, ids[0]], "metrics": [*METRICS, "confidence"]}
    before = sandbox.units_billed
    panda.trace_runs.create_batch(**given)
    assert panda.trace_runs.estimate(**given) == 6 == sandbox.units_billed - before


def test_metrics_are_listed(panda):
    assert [metric.category for metric in panda.trace_metrics.list()] == ["trace"] * 8
