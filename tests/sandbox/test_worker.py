"""The worker is a pure function: the same ids at the same moment always look the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandaprobe_sandbox.worker import Script, Timing, look, scores, script_of

TIMING = Timing(pending=1.0, per_session=2.0, retry_delay=10.0)
BOTH = ["agent_reliability", "agent_consistency"]


def seen(ids, at, *, metrics=("agent_reliability",), retry=False, timing=TIMING, start=1000.0):
    return look(script_of(ids, metrics, retry=retry), timing, start, start + at)


@pytest.mark.parametrize(
    ("ids", "at", "status", "evaluated", "failed"),
    [
        (["a", "b"], 0, "PENDING", 0, 0),
        (["a", "b"], 0.9, "PENDING", 0, 0),
        (["a", "b"], 1, "RUNNING", 0, 0),
        (["a", "b"], 3, "RUNNING", 1, 0),
        (["a", "b"], 5, "COMPLETED", 2, 0),
        (["a", "b"], 1e6, "COMPLETED", 2, 0),
        ([], 1, "COMPLETED", 0, 0),
        (["ghost-1", "a"], 3, "RUNNING", 1, 0),
        (["fail-1", "a"], 2.9, "RUNNING", 0, 0),
        (["fail-1", "a"], 3, "RUNNING", 1, 1),
        (["fail-1", "fail-always-2"], 5, "COMPLETED", 2, 2),
        (["pending-1", "a"], 1e6, "PENDING", 0, 0),
        (["a", "stall-1", "b"], 1e6, "RUNNING", 1, 0),
        (["stall-1"], 1e6, "RUNNING", 0, 0),
        (["crash-once-1", "a"], 2.9, "RUNNING", 0, 0),
        (["crash-once-1", "a"], 3, "FAILED", 1, 0),
        (["crash-once-1", "a"], 12.9, "FAILED", 1, 0),
        (["crash-once-1", "a"], 13, "RUNNING", 0, 0),
        (["crash-once-1", "a"], 17, "COMPLETED", 2, 0),
        (["crash-1", "a"], 3, "FAILED", 1, 0),
        (["crash-1", "a"], 13, "RUNNING", 0, 0),
        (["crash-1", "a"], 15, "FAILED", 1, 0),
        (["crash-1", "a"], 25, "RUNNING", 0, 0),
        (["crash-1", "a"], 27, "FAILED", 1, 0),
        (["crash-1", "a"], 1e6, "FAILED", 1, 0),
    ],
)
def test_the_ids_and_the_moment_say_how_a_run_looks(ids, at, status, evaluated, failed):
    view = seen(ids, at)
    assert (view.status, view.evaluated, view.failed) == (status, evaluated, failed)


def test_failed_pairs_can_outnumber_the_sessions():
    assert seen(["fail-1"], 3, metrics=BOTH).failed == 2


def test_a_retry_heals_a_failure_unless_it_always_fails():
    assert seen(["fail-1", "fail-always-1"], 5, retry=True).failed == 1


@pytest.mark.parametrize(
    ("ids", "at", "completed_at"),
    [
        (["a"], 0, None),
        (["a"], 2, None),
        (["a"], 9, 1003.0),
        (["crash-once-1"], 5, 1002.0),
        (["crash-once-1"], 12.5, None),
    ],
)
def test_only_a_finished_run_has_an_end(ids, at, completed_at):
    assert seen(ids, at).completed_at == completed_at


def test_an_error_is_told_while_the_run_is_failed_and_not_after():
    assert seen(["crash-once-1"], 5).error_message
    assert seen(["crash-once-1"], 12.5).error_message is None


def test_nothing_is_final_that_may_still_change():
    assert not seen(["crash-1"], 2.5).final
    assert seen(["crash-1"], 1e6).final
    assert seen(["a"], 1e6).final
    assert not seen(["stall-1"], 1e6).final


def test_a_boolean_score_fails_the_run_three_times_at_its_session():
    for at in (4.6, 9, 19, 1e6):
        found = seen(["a", "boolean-1", "b"], at)
        assert (found.evaluated, found.failed) == (1, 0)
    assert (found.status, found.attempt, found.final) == ("FAILED", 2, True)
    assert found.error_message == "could not convert string to float: 'true'"


def test_a_script_survives_storage():
    script = script_of(["a", "fail-1", "stall-1", "crash-1", "boolean-1"], BOTH)
    assert Script.load(script.dump()) == script


IDS = st.lists(
    st.sampled_from(
        [
            "a",
            "b-1",
            "fail-1",
            "fail-always-2",
            "ghost-3",
            "crash-once-4",
            "crash-5",
            "stall-6",
            "unjudged-7",
            "boolean-8",
        ]
    ),
    max_size=12,
    unique=True,
)


@given(ids=IDS, at=st.floats(0, 500), per_session=st.sampled_from([0.0, 0.001, 0.1, 2.0]))
def test_counts_never_leave_their_bounds(ids, at, per_session):
    view = seen(ids, at, metrics=BOTH, timing=Timing(0.5, per_session, 10))
    assert 0 <= view.evaluated <= len(ids)
    assert 0 <= view.failed <= view.evaluated * 2
    if view.status == "COMPLETED":
        assert view.evaluated == len(ids)
    assert (view.completed_at is None) == (view.status in ("PENDING", "RUNNING"))


@given(ids=IDS, first=st.floats(0, 100), later=st.floats(0, 100))
def test_within_one_attempt_progress_never_goes_back(ids, first, later):
    before, after = seen(ids, first), seen(ids, first + later)
    assert after.attempt >= before.attempt
    if after.attempt == before.attempt:
        assert after.evaluated >= before.evaluated


def made(ids, *, metrics=BOTH, retry=False):
    view = seen(ids, 1e6, metrics=metrics, retry=retry)
    return list(scores("run", ids, metrics, first=0, view=view, per_session=2.0, retry=retry))


def test_a_session_scores_the_same_in_every_run_and_within_bounds():
    ids = [f"s-{index}" for index in range(300)]
    values = {(score.session_id, score.name): score.value for score in made(ids)}
    assert values == {(score.session_id, score.name): score.value for score in made(ids[::-1])}
    assert len(values) == 600
    assert all(0 <= float(value) <= 1 and value == str(round(float(value), 4)) for value in values.values())
    assert len({score.id for score in made(ids)}) == 600


def test_a_session_without_traces_has_no_score():
    assert made(["ghost-1"]) == []


def test_a_failed_pair_has_no_value_and_says_so():
    first, second = made(["fail-1"])
    assert (first.status, first.value, second.status) == ("FAILED", None, "FAILED")
    assert first.reason.startswith("Session metric failed: ")
    assert made(["fail-1"], retry=True)[0].status == "SUCCESS"


def test_a_perfect_score_may_stand_on_nothing():
    score = made(["unjudged-1"])[0]
    assert (score.value, score.reason, score.metadata) == ("1.0", "No evaluable traces.", "{}")


def test_a_metric_that_is_named_twice_makes_one_score():
    assert len(made(["a"], metrics=["agent_reliability"] * 2)) == 1
