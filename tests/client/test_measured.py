"""Before a run: what it would not measure; and how that is deleted, after a copy, in Python and with asyncio."""

import pytest
from pandaprobe_evals import InvalidArgument, NotFound
from pandaprobe_evals.measured import MOST, read_copy

SCORES = "/evaluations/trace-scores"


@pytest.fixture
def trace_id(raw):
    body = {"name": "turn", "started_at": "2026-11-20T12:00:00Z", "session_id": "s", "output": "hello"}
    return raw.post("/traces", json=body).json()["trace_id"]


@pytest.fixture
def evaluated(panda, trace_id, clock):
    """A session that was measured; its signals."""
    run = panda.session_runs.create_batch(session_ids=["s"], metrics=["agent_reliability"])
    clock.advance(60)
    return {score.id for score in panda.trace_scores.list(eval_run_id=run)}


def test_older_scores_go_too_and_a_second_call_goes_on(panda, raw, trace_id, evaluated, tmp_path, clock):
    panda.trace_runs.create_batch(trace_ids=[trace_id], metrics=["confidence"])
    clock.advance(60)
    measured = panda.session_runs.measured(["s", "s"], every=True)
    assert (measured.remembered, measured.units_for_nothing(["a", "b"])) == (("s",), 2)
    assert len(measured.by_runs) == len(evaluated) + 1
    copy = tmp_path / "new" / "copy.jsonl"
    panda.trace_scores.delete(measured.by_runs[0])
    assert panda.session_runs.forget(measured, copy=copy) == len(evaluated)
    assert {score.id for score in read_copy(copy)} == {score.id for score in measured.by_runs}
    assert panda.session_runs.measured(["s"]).ids("new") == ("s",)
    assert panda.session_runs.forget(measured, copy=copy) == 0
    assert len(read_copy(copy)) == len(measured.by_runs)


def test_nothing_is_deleted_without_a_copy(panda, evaluated, tmp_path):
    measured = panda.session_runs.measured(["s"], every=True)
    (tmp_path / "copy").write_text("notes\n")
    with pytest.raises(InvalidArgument, match="name another file"):
        panda.session_runs.forget(measured, copy=tmp_path / "copy")
    with pytest.raises(OSError, match="Is a directory"):
        panda.session_runs.forget(measured, copy=tmp_path)
    assert {score.id for score in panda.trace_scores.list()} == evaluated


@pytest.mark.parametrize("ids", [[], [f"s{number}" for number in range(MOST + 1)], "s"])
def test_what_cannot_be_looked_at_is_refused(panda, sandbox, ids):
    before = len(sandbox.requests)
    with pytest.raises(InvalidArgument, match="session_ids"):
        panda.session_runs.measured(ids)
    assert len(sandbox.requests) == before


def test_a_run_that_was_deleted_leaves_signals_that_are_not_its(panda, trace_id, clock, tmp_path):
    run = panda.session_runs.create_batch(session_ids=["s"], metrics=["agent_reliability"])
    clock.advance(60)
    panda.session_runs.delete(run)
    measured = panda.session_runs.measured(["s"], every=True)
    assert (measured.remembered, measured.by_runs, measured.sessions[0].by_others) == (("s",), (), 4)
    assert panda.session_runs.forget(measured, copy=tmp_path / "copy") == 0
    assert not (tmp_path / "copy").exists()
    with pytest.raises(NotFound):
        panda.session_runs.get(run)
