"""Scores of traces: what a session run measured, what people say, and how a signal is measured anew."""

import uuid

import pytest
from pandaprobe_evals import InvalidArgument, NotFound

SCORES = "/evaluations/trace-scores"


@pytest.fixture
def trace_id(raw):
    body = {"name": "turn", "started_at": "2026-11-20T12:00:00Z", "session_id": "s", "output": "hello"}
    return raw.post("/traces", json=body).json()["trace_id"]


def test_the_signals_of_a_session_run_are_listed_by_it_and_measured_anew_once_they_are_deleted(panda, trace_id, clock):
    def signals():
        run = panda.session_runs.create_batch(session_ids=["s"], metrics=["agent_reliability"])
        clock.advance(60)
        return list(panda.trace_scores.list(eval_run_id=run, page_size=1))

    measured = signals()
    assert measured
    assert {str(score.trace_id) for score in measured} == {trace_id}
    assert signals() == [], "what is there is taken as it is"
    for score in measured:
        panda.trace_scores.delete(score)
    assert len(signals()) == len(measured)


def test_of_a_trace_the_newest_score_of_each_name_is_read(panda, raw, trace_id, clock):
    for value in ("0.1", "0.9"):
        raw.post(SCORES, json={"trace_id": trace_id, "name": "helpful", "value": value})
        clock.advance(1)
    assert [score.value for score in panda.trace_scores.of(trace_id)] == ["0.9"]
    newest = panda.traces.get(trace_id)
    assert panda.trace_scores.of(newest) == panda.trace_scores.of(trace_id)
    assert [score.value for score in panda.trace_scores.list(trace_id=newest, name="helpful")] == ["0.9", "0.1"]


def test_a_score_that_is_not_there_is_not_found(panda):
    with pytest.raises(NotFound, match="Trace score"):
        panda.trace_scores.delete(uuid.uuid4())
    with pytest.raises(InvalidArgument, match="score_id"):
        panda.trace_scores.delete("x")


def test_a_delete_whose_answer_is_lost_is_sent_again_and_has_worked(panda, raw, trace_id, sandbox):
    score = raw.post(SCORES, json={"trace_id": trace_id, "name": "helpful", "value": "1"}).json()
    sandbox.inject("truncated_body", operation="delete_trace_score")
    panda.trace_scores.delete(score["id"])
    assert list(panda.trace_scores.list()) == []


def test_sessions_and_traces_are_deleted_with_their_scores(panda, raw, trace_id):
    raw.post(SCORES, json={"trace_id": trace_id, "name": "helpful", "value": "1"})
    assert panda.sessions.delete("s").deleted == 1
    assert list(panda.trace_scores.list()) == []
    with pytest.raises(NotFound):
        panda.traces.delete(trace_id)


def test_users_are_listed_with_their_traces_summed_up(panda, raw):
    for user in ("u", "u", "v"):
        raw.post("/traces", json={"name": "turn", "started_at": "2026-11-20T12:00:00Z", "user_id": user})
    assert [(user.user_id, user.trace_count) for user in panda.traces.users(page_size=1)] == [("u", 2), ("v", 1)]
