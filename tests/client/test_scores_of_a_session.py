"""All scores of one session over all runs, and the deletion of one."""

import uuid

import pytest
from pandaprobe_evals import InvalidArgument
from pandaprobe_sandbox import Sandbox


def test_the_scores_of_a_session_are_those_of_every_run_and_of_no_other_session(kind):
    with Sandbox(speed=100) as sandbox:
        panda = kind("http://scores.localhost", transport=sandbox.transport())
        create = panda.session_runs.create_batch
        runs = [create(session_ids=["chat-1", name], metrics=["agent_reliability"]) for name in ("one", "two")]
        panda.session_runs.wait(runs, timeout=30)
        scores = panda.session_scores.of("chat-1")
        assert {score.eval_run_id for score in scores} == {run.id for run in runs}
        assert panda.session_scores.of("nobody") == []

        panda.session_scores.delete(scores[0])
        panda.session_scores.delete(scores[0].id)  # gone already: the service says the same
        assert panda.session_scores.of("chat-1") == scores[1:]


@pytest.mark.parametrize("session", ["", "a/b", "..", ".", "a\0", 7])
def test_a_session_that_no_path_can_name_is_refused(panda, session):
    with pytest.raises(InvalidArgument, match=r"^session_id: "):
        panda.session_scores.of(session)


@pytest.mark.parametrize("score", ["nope", None, uuid.UUID])
def test_what_is_no_score_is_refused(panda, score):
    with pytest.raises(InvalidArgument, match=r"^score_id: "):
        panda.session_scores.delete(score)
