"""Scores that people and software give to traces, and what changing and deleting does to them."""

import uuid

import pytest

SCORES = "/evaluations/trace-scores"


@pytest.fixture
def trace_id(call):
    return call.post("/traces", json={"name": "turn", "started_at": "2026-11-25", "session_id": "s"}).json()["trace_id"]


@pytest.fixture
def give(call, trace_id):
    return lambda name="helpful", value="0.5", **more: call.post(
        SCORES, json={"trace_id": trace_id, "name": name, "value": value, **more}
    )


@pytest.mark.parametrize("value", ["0", "1", " 5e-1 ", "+0.5", "0_1", "\u0660.\u0665"])
def test_a_number_is_kept_as_it_was_sent(give, value):
    assert give(value=value).json()["value"] == value


@pytest.mark.parametrize(
    ("value", "data_type"), [("nan", "NUMERIC"), ("1.2", "NUMERIC"), ("", "NUMERIC"), ("yes", "BOOLEAN")]
)
def test_a_value_that_its_type_does_not_allow_is_refused_as_a_whole(give, call, value, data_type):
    answer = give(value=value, data_type=data_type)
    [problem] = answer.json()["errors"]
    assert (answer.status_code, problem["field"]) == (422, "")
    assert problem["message"].startswith(f"Value error, {data_type} score must be")


def test_each_post_adds_one_and_the_newest_of_a_name_hides_the_others(give, call, trace_id, clock):
    made = []
    for value in ("0.1", "0.2"):
        made.append(give(value=value).json()["id"])
        clock.advance(1)
    give(name="a")
    assert call.get(SCORES, params={"name": "helpful"}).json()["total"] == 2
    shown = call.get(f"{SCORES}/{trace_id}").json()
    assert [(score["name"], score["id"]) for score in shown[1:]] == [("helpful", made[1])]


def test_any_change_makes_it_a_person_s_success_and_null_leaves_what_there_is(give, call, clock):
    score = give(source="PROGRAMMATIC", reason="why", metadata={"a": 1}).json()
    clock.advance(1)
    changed = call.patch(f"{SCORES}/{score['id']}", json={"value": None, "metadata": {"b": 2}}).json()
    assert (changed["source"], changed["status"], changed["reason"]) == ("ANNOTATION", "SUCCESS", "why")
    assert (changed["value"], changed["metadata"]) == ("0.5", {"b": 2})
    assert changed["created_at"] == score["created_at"] < changed["updated_at"]
    refused = call.patch(f"{SCORES}/{score['id']}", json={"value": "7"})
    assert (refused.status_code, refused.json()) == (422, {"detail": "NUMERIC score must be in [0.0, 1.0]"})


@pytest.mark.parametrize(
    "more",
    [
        {"trace_id": str(uuid.uuid4())},
        {"name": "n" * 256},
        {"reason": "\0"},
        {"data_type": "CATEGORICAL", "value": "v" * 256},
    ],
)
def test_what_the_database_refuses_is_a_500_and_stores_nothing(give, call, more):
    assert give(**more).status_code == 500
    assert call.get(SCORES).json()["total"] == 0


def test_a_trace_that_is_deleted_takes_its_scores_along(give, call):
    give()
    assert call.get(SCORES).json()["total"] == 1
    assert call.delete("/sessions/s").status_code == 200
    assert call.get(SCORES).json()["total"] == 0


def test_scores_are_limited_like_reads_and_not_like_creates(sandboxed):
    with sandboxed(rate_limit=(1, 60.0), read_limit=(2, 60.0)) as (_, client):
        answers = [client.post(SCORES, json={}).status_code for _ in range(3)]
        assert answers == [422, 422, 429]
