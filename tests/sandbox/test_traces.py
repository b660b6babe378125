"""What is read, changed and deleted of traces once they are ingested."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ONE, TWO, THREE = (str(uuid.UUID(int=number, version=4)) for number in range(3))


def at(minutes):
    return (NOON + timedelta(minutes=minutes)).isoformat()


def trace(trace_id, minutes=0, **more):
    times = {"started_at": at(minutes), "ended_at": at(minutes + 1)}
    return {"trace_id": trace_id, "name": "turn", **times, **more}


@pytest.fixture
def three(call):
    span = {"name": "llm", "kind": "LLM", "model": "m", "started_at": at(0), "ended_at": at(1)}
    for each in (
        trace(ONE, 10, name="Plan", session_id="s", user_id="u", tags=["a"], metadata={"x": 1}, spans=[span]),
        trace(TWO, 0, session_id="s", status="ERROR", tags=["b"], ended_at=at(5)),
        trace(THREE, 20, user_id="v", ended_at=None, status="RUNNING", environment="test"),
    ):
        assert call.post("/traces", json=each).status_code == 202


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [THREE, ONE, TWO]),
        ({"sort_order": "asc"}, [TWO, ONE, THREE]),
        ({"sort_by": "latency"}, [THREE, TWO, ONE]),
        ({"sort_by": "ended_at", "sort_order": "asc"}, [TWO, ONE, THREE]),
        ({"sort_by": "name", "sort_order": "asc", "session_id": "s"}, [ONE, TWO]),
        ({"session_id": "S"}, []),
        ({"status": "RUNNING"}, [THREE]),
        ({"name": "LA"}, [ONE]),
        ({"tags": ["a", "b"]}, [ONE, TWO]),
        ({"user_id": "v"}, [THREE]),
        ({"started_after": at(10), "started_before": at(20)}, [ONE]),
        ({"environment": "nope"}, [THREE, ONE, TWO]),
        ({"limit": 1, "offset": 1}, [ONE]),
    ],
)
def test_traces_are_filtered_and_sorted(three, call, query, expected):
    assert [item["trace_id"] for item in call.get("/traces", params=query).json()["items"]] == expected


def test_a_session_shows_its_whole_traces_oldest_first(three, call):
    found = call.get("/sessions/s").json()
    assert (found["trace_count"], [each["trace_id"] for each in found["traces"]]) == (2, [TWO, ONE])
    assert found["traces"][1]["spans"][0]["latency_ms"] == 60_000.0
    part = call.get("/sessions/s", params={"limit": 1, "offset": 1}).json()
    assert (part["trace_count"], [each["trace_id"] for each in part["traces"]]) == (2, [ONE])


def test_a_change_clears_what_is_null_merges_metadata_and_leaves_the_rest(three, call):
    changed = call.patch(f"/traces/{ONE}", json={"session_id": None, "metadata": {"y": 2}, "tags": ["c"]}).json()
    assert (changed["session_id"], changed["metadata"], changed["tags"]) == (None, {"x": 1, "y": 2}, ["c"])
    assert (changed["user_id"], changed["name"], changed["started_at"]) == (
        "u",
        "Plan",
        "2026-11-25T12:10:00.000000+00:00",
    )
    assert call.get(f"/traces/{ONE}").json() == changed
    assert call.get("/sessions/s").json()["trace_count"] == 1


def test_tags_are_removed_first_then_added_and_unknown_traces_passed_over(three, call):
    body = {"trace_ids": [ONE, TWO, str(uuid.uuid4())], "add_tags": ["a", "n"], "remove_tags": ["a", "b"]}
    assert call.post("/traces/batch/tags", json=body).json() == {"updated": 2}
    assert call.post("/traces/batch/tags", json=body).json() == {"updated": 2}
    assert [sorted(call.get(f"/traces/{each}").json()["tags"]) for each in (ONE, TWO)] == [["a", "n"], ["a", "n"]]


def test_spans_are_added_replaced_and_changed(three, call):
    span = {"span_id": THREE, "name": "late", "started_at": at(2)}
    assert call.post(f"/traces/{TWO}/spans", json=[span]).json() == {"span_ids": [THREE]}
    assert call.post(f"/traces/{TWO}/spans", json=[{**span, "name": "later"}]).status_code == 201
    changed = call.patch(f"/traces/{TWO}/spans/{THREE}", json={"output": 1, "ended_at": at(3)}).json()
    assert (changed["name"], changed["output"], changed["latency_ms"]) == ("later", 1, 60_000.0)
    assert call.get(f"/traces/{TWO}").json()["spans"] == [changed]
    assert call.patch(f"/traces/{TWO}/spans/{ONE}", json={}).status_code == 404


def test_traces_are_deleted_by_one_by_many_and_by_session(three, call):
    assert call.delete(f"/traces/{THREE}").status_code == 204
    assert call.delete("/sessions/s").json() == {"deleted": 2}
    assert call.get("/traces").json()["total"] == 0
    assert call.post("/traces/batch/delete", json={"trace_ids": [ONE]}).json() == {"deleted": 0}


def test_another_project_sees_and_touches_none_of_it(three, call):
    other = {"X-Project-Name": "other"}
    assert call.get(f"/traces/{ONE}", headers=other).status_code == 404
    assert call.patch(f"/traces/{ONE}", json={}, headers=other).status_code == 404
    assert call.delete(f"/traces/{ONE}", headers=other).status_code == 404
    assert call.delete("/sessions/s", headers=other).status_code == 404
    assert call.post("/traces/batch/delete", json={"trace_ids": [ONE]}, headers=other).json() == {"deleted": 0}


def test_what_is_added_up_leaves_empty_buckets_out(three, call):
    week = {"started_after": "2026-11-20", "started_before": "2026-12-01", "granularity": "week"}
    (bucket,) = call.get("/traces/analytics", params=week).json()
    assert (bucket["bucket"], bucket["trace_count"], bucket["error_count"]) == ("2026-11-23T00:00:00+00:00", 3, 1)
    assert (bucket["avg_latency_ms"], bucket["p50_latency_ms"]) == (180_000.0, 180_000.0)
    assert call.get("/traces/analytics", params={**week, "metric": "models"}).json() == [
        {"model": "m", "call_count": 1, "total_tokens": 0, "total_cost": 0.0}
    ]
    assert call.get("/sessions/analytics", params=week).json() == [
        {
            "bucket": "2026-11-23T00:00:00+00:00",
            "session_count": 1,
            "avg_traces_per_session": 2.0,
            "avg_session_duration_ms": 360_000.0,
        }
    ]


@pytest.mark.parametrize("many", ["many", [1], True, -(10**30), 10**400, 1e308])
def test_tokens_are_free_json_and_break_nothing(call, many):
    use = {"total_tokens": many, "prompt_tokens": many}
    span = {"name": "llm", "model": "m", "started_at": at(0), "token_usage": use, "cost": {"total": 1e308}}
    assert call.post("/traces", json=trace(ONE, spans=[span, span])).status_code == 202
    assert call.get("/traces").json()["items"][0]["span_count"] == 2
    week = {"started_after": "2026-11-20", "started_before": "2026-12-01"}
    for metric in ("tokens", "cost", "models"):
        assert call.get("/traces/analytics", params={**week, "metric": metric}).status_code == 200


def test_users_are_counted_over_their_traces(three, call):
    page = call.get("/traces/users").json()
    assert page["total"] == 2
    assert page["items"][0] == {
        "user_id": "u",
        "trace_count": 1,
        "first_seen": "2026-11-25T12:10:00.000000+00:00",
        "last_seen": "2026-11-25T12:10:00.000000+00:00",
        "error_count": 0,
    }
