"""Scores of traces: what a session run measured, what people say, and how a signal is measured anew."""

import uuid

import pytest
from pandaprobe_evals import InvalidArgument, NotFound, ServerError

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


# --- giving and changing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "data_type", "kept"),
    [
        (0.75, None, "0.75"),
        (1, None, "1.0"),
        (1e-7, "NUMERIC", "1e-07"),
        (True, "BOOLEAN", "true"),
        ("refund", "CATEGORICAL", "refund"),
        ("0_1", "CATEGORICAL", "0_1"),
    ],
)
def test_a_value_is_given_as_what_it_is_and_kept_as_text(panda, trace_id, value, data_type, kept):
    score = panda.trace_scores.create(trace_id=trace_id, name="n", value=value, data_type=data_type)
    assert (score.value, score.data_type, score.source) == (kept, data_type or "NUMERIC", "ANNOTATION")


@pytest.mark.parametrize(
    ("value", "data_type"),
    [
        ("0.75", None),
        ("0_1", "NUMERIC"),
        (True, None),
        (1.2, None),
        (-0.1, "NUMERIC"),
        (float("nan"), None),
        (1, "BOOLEAN"),
        ("true", "BOOLEAN"),
        (0.5, "CATEGORICAL"),
        ("v" * 256, "CATEGORICAL"),
        (None, None),
    ],
)
def test_a_value_that_is_not_what_its_type_says_is_refused_before_it_is_sent(
    panda, trace_id, sandbox, value, data_type
):
    before = len(sandbox.requests)
    with pytest.raises(InvalidArgument, match="value"):
        panda.trace_scores.create(trace_id=trace_id, name="n", value=value, data_type=data_type)
    assert len(sandbox.requests) == before


@pytest.mark.parametrize("name", ["confidence", "loop_detection", "tool_correctness", "coherence"])
def test_a_signal_s_name_needs_an_explicit_word_and_a_number(panda, trace_id, sandbox, name):
    before = len(sandbox.requests)
    with pytest.raises(InvalidArgument, match="as_signal=True"):
        panda.trace_scores.create(trace_id=trace_id, name=name, value=0.5)
    with pytest.raises(InvalidArgument, match="data_type"):
        panda.trace_scores.create(trace_id=trace_id, name=name, value=True, data_type="BOOLEAN", as_signal=True)
    assert len(sandbox.requests) == before
    assert panda.trace_scores.create(trace_id=trace_id, name=name, value=0.5, as_signal=True).name == name


def test_a_trace_that_is_not_known_is_told_as_that_and_no_score_is_made(kind, url, clock):
    panda = kind(url, clock=clock)  # it looks for the score, and asks again, for seconds
    with pytest.raises(ServerError, match="no such trace, or it was accepted and is not stored yet"):
        panda.trace_scores.create(trace_id=uuid.uuid4(), name="n", value=0.5, deadline=60)
    assert list(panda.trace_scores.list()) == []
    kind.hang_up()


@pytest.mark.parametrize("fault", ["commit_then_500", "truncated_body"])
def test_a_create_whose_answer_is_lost_is_found_and_not_made_twice(panda, trace_id, sandbox, fault):
    sandbox.inject(fault, operation="create_trace_score")
    given = {"trace_id": trace_id, "name": "n", "value": 0.5, "reason": "r", "metadata": {"token": "x", "deep": [1]}}
    score = panda.trace_scores.create(**given)
    assert score.reconciled
    assert [each.id for each in panda.trace_scores.list()] == [score.id]


def test_a_score_like_it_that_was_there_before_is_not_taken_for_a_lost_one(panda, trace_id, sandbox):
    first = panda.trace_scores.create(trace_id=trace_id, name="n", value=0.5)
    sandbox.inject("commit_then_500", operation="create_trace_score")
    second = panda.trace_scores.create(trace_id=trace_id, name="n", value=0.5)
    assert second.id != first.id
    assert len(list(panda.trace_scores.list())) == 2


def test_a_mark_goes_into_the_metadata_and_leaves_the_name_alone(panda, trace_id):
    score = panda.trace_scores.create(trace_id=trace_id, name="n", value=0.5, metadata={"a": 1}, marker=True)
    kept = score.metadata.to_dict()
    assert (score.name, kept.pop("a"), [*kept]) == ("n", 1, ["pandaprobe-evals"])


@pytest.mark.parametrize("nothing", [{}, {"value": None, "reason": None, "metadata": None}])
def test_a_change_of_nothing_which_would_make_a_failed_score_a_success_is_refused(panda, trace_id, sandbox, nothing):
    score = panda.trace_scores.create(trace_id=trace_id, name="n", value=0.5)
    sent = len(sandbox.requests)
    with pytest.raises(
        InvalidArgument, match=r"nothing is to be changed; give at least one of value, reason, metadata$"
    ):
        panda.trace_scores.update(score, **nothing)
    assert len(sandbox.requests) == sent


def test_a_change_sends_no_null(panda, trace_id):
    score = panda.trace_scores.create(trace_id=trace_id, name="n", value=0.5, reason="r", metadata={"a": 1})
    changed = panda.trace_scores.update(score, value=0.25, reason=None, metadata=None)
    assert (changed.value, changed.reason, changed.metadata.to_dict()) == ("0.25", "r", {"a": 1})
    assert panda.trace_scores.update(score, metadata={"b": 2}).metadata.to_dict() == {"b": 2}
    assert panda.trace_scores.update(score, metadata={}).metadata.to_dict() == {}
    with pytest.raises(InvalidArgument, match="give the number itself"):
        panda.trace_scores.update(score, value="0_1")
    with pytest.raises(NotFound):
        panda.trace_scores.update(uuid.uuid4(), reason="x")
