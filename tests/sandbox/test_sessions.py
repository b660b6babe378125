"""Traces that are ingested, and the sessions that they share."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

RUNS = "/evaluations/session-runs"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def at(minutes):
    return (NOON + timedelta(minutes=minutes)).isoformat()


def trace(session, minutes=0, **more):
    started = {"started_at": at(minutes), "ended_at": at(minutes + 1)}
    return {"name": "turn", "session_id": session, **started, **more}


@pytest.fixture
def ingest(call):
    def ingest(*traces):
        for each in traces:
            answer = call.post("/traces", json=each)
            assert answer.status_code == 202
        return answer.json()

    return ingest


@pytest.fixture
def sessions(call):
    def sessions(**query):
        page = call.get("/sessions", params=query).json()
        assert page["total"] == len(page["items"])
        return page["items"]

    return sessions


def ids(found):
    return [session["session_id"] for session in found]


def test_a_trace_gets_the_ids_that_it_does_not_bring(ingest):
    brought = str(uuid.uuid4())
    assert ingest(trace("s", trace_id=brought.upper()))["trace_id"] == brought
    given = ingest(trace("s"))
    assert uuid.UUID(given["trace_id"])
    assert uuid.UUID(given["task_id"])


def test_a_session_is_what_its_traces_share(ingest, sessions):
    spans = [{"name": "llm", "started_at": at(0), "token_usage": {"total_tokens": 7}, "cost": {"total": 0.5}}]
    ingest(
        trace("s", tags=["a", "b"], user_id="u", spans=spans),
        trace("s", 10, tags=["b", "c"], user_id="u", status="ERROR"),
        {"name": "still running", "session_id": "s", "started_at": at(20), "status": "RUNNING"},
        {"name": "of no session", "started_at": at(0)},
    )
    assert sessions() == [
        {
            "session_id": "s",
            "trace_count": 3,
            "first_trace_at": "2026-11-25T12:00:00.000000+00:00",
            "last_trace_at": "2026-11-25T12:11:00.000000+00:00",
            "total_latency_ms": 120_000.0,
            "has_error": True,
            "user_id": "u",
            "tags": ["a", "b", "c"],
            "total_span_count": 1,
            "total_tokens": 7,
            "total_cost": 0.5,
        }
    ]


def test_a_session_of_which_nothing_has_ended_has_no_end_and_no_latency(ingest, sessions):
    ingest({"name": "running", "session_id": "s", "started_at": "2026-11-25T12:00:00"})
    (found,) = sessions()
    assert (found["first_trace_at"], found["last_trace_at"]) == ("2026-11-25T12:00:00.000000+00:00", None)
    assert found["total_latency_ms"] is None


def test_a_trace_that_is_sent_again_is_the_same_trace(ingest, sessions):
    one = str(uuid.uuid4())
    ingest(
        trace("s", trace_id=one, tags=["a"], metadata={"x": 1}),
        {"trace_id": one, "name": "turn", "started_at": at(5), "tags": ["b"], "user_id": "u", "session_id": None},
    )
    (found,) = sessions()
    assert (found["session_id"], found["trace_count"], found["tags"], found["user_id"]) == ("s", 1, ["a", "b"], "u")
    assert found["first_trace_at"] == "2026-11-25T12:05:00.000000+00:00"


def test_a_project_sees_its_own_sessions_only(ingest, call):
    ingest(trace("s"))
    other = call.get("/sessions", headers={"X-Project-Name": "other"}).json()
    assert other == {"items": [], "total": 0, "limit": 50, "offset": 0}


@pytest.fixture
def three(ingest):
    ingest(
        trace("first", 0, tags=["prod"], user_id="u-1"),
        trace("first", 10, user_id="u-1", status="ERROR"),
        trace("First_2%", 20, tags=["prod", "x"], user_id="u-2", status="ERROR"),
        trace("third", 30, tags=["X"], user_id="u-2"),
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["third", "First_2%", "first"]),
        ({"sort_order": "asc"}, ["first", "First_2%", "third"]),
        ({"sort_by": "trace_count"}, ["first", "First_2%", "third"]),
        ({"sort_by": "trace_count", "sort_order": "asc"}, ["First_2%", "third", "first"]),
        ({"sort_by": "latency"}, ["first", "First_2%", "third"]),
        ({"user_id": "u-2"}, ["third", "First_2%"]),
        ({"user_id": "U-2"}, []),
        ({"tags": ["x", "nope"]}, ["First_2%"]),
        ({"tags": "prod,x"}, []),
        ({"tags": ["prod"]}, ["First_2%", "first"]),
        ({"has_error": "yes"}, ["First_2%", "first"]),
        ({"has_error": "0"}, ["third"]),
        ({"has_error": "true", "tags": "prod"}, ["First_2%"]),
        ({"query": "FIRST"}, ["First_2%", "first"]),
        ({"query": "_2"}, ["First_2%"]),
        ({"query": "%"}, ["First_2%"]),
        ({"started_after": at(30)}, ["third"]),
        ({"started_before": at(20)}, ["first"]),
        ({"started_after": "2026-11-25", "started_before": "2026-11-25T12:00:01"}, ["first"]),
    ],
)
def test_sessions_are_filtered_and_sorted(three, sessions, query, expected):
    assert ids(sessions(**query)) == expected


def test_a_row_shows_the_traces_that_the_filters_let_through(three, sessions):
    (prod,) = sessions(tags="prod", query="first", started_before=at(20))
    assert (prod["trace_count"], prod["has_error"], prod["tags"]) == (1, False, ["prod"])


def test_sessions_come_in_pages(three, call):
    page = call.get("/sessions", params={"limit": 1, "offset": 1}).json()
    assert (ids(page["items"]), page["total"], page["limit"], page["offset"]) == (["First_2%"], 3, 1, 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("offset=-1", "offset"),
        ("sort_by=name", "sort_by"),
        ("sort_order=ASC", "sort_order"),
        ("has_error=maybe", "has_error"),
        ("started_after=x", "started_after"),
    ],
)
def test_queries_that_are_refused(call, query, field):
    answer = call.get(f"/sessions?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"query -> {field}")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": ""}, "name"),
        ({"status": "DONE"}, "status"),
        ({"started_at": "x"}, "started_at"),
        ({"trace_id": "x"}, "trace_id"),
        ({"session_id": "s" * 256}, "session_id"),
        ({"tags": "prod"}, "tags"),
        ({"spans": [{"name": "a", "kind": "NOPE", "started_at": at(0)}]}, "spans -> 0 -> kind"),
    ],
)
def test_traces_that_are_refused(call, sessions, more, field):
    answer = call.post("/traces", json=trace("s", **more))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert sessions() == []


@pytest.mark.parametrize("more", [{"name": "a\0"}, {"session_id": "\0"}, {"output": {"deep": ["\0"]}}])
def test_a_nul_breaks_the_service_and_stores_nothing(call, sessions, more):
    answer = call.post("/traces", json=trace("s", **more))
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert sessions() == []


# --- runs over what was ingested ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 3),
        ({"tags": ["prod"]}, 2),
        ({"tags": []}, 3),
        ({"tags": ["prod"], "min_trace_count": 2}, 0),
        ({"min_trace_count": "2"}, 1),
        ({"has_error": True}, 2),
        ({"tags": ["prod"], "has_error": True}, 1),
        ({"tags": ["prod"], "has_error": "off"}, 1),
        ({"date_from": at(30)}, 1),
        ({"date_to": at(20)}, 1),
        ({"date_from": at(10), "date_to": "2026-11-26", "user_id": "u-1"}, 1),
        ({"user_id": "nobody"}, 0),
        ({"colour": "red"}, 3),
    ],
)
def test_a_run_by_filters_evaluates_the_sessions_of_the_traces_that_match(three, call, filters, count):
    answer = call.post(RUNS, json={"metrics": ["agent_reliability"], "filters": filters})
    if count:
        assert (answer.status_code, answer.json()["total_targets"]) == (202, count)
    else:
        assert (answer.status_code, answer.json()) == (422, {"detail": "No sessions match the provided filters."})


def test_an_ingested_session_is_judged_by_its_traces(ingest, call, clock):
    """Of twenty sessions that say the same, each has its own traces in its score's metadata, and all have one value."""
    sent = {}
    for number in range(20):
        id_ = f"s-{number}"
        sent[id_] = [ingest(trace(id_, minutes, output="x"))["trace_id"] for minutes in range(30)]
        clock.advance(60)  # 100 traces are taken in a minute
    run = call.create(*sent).json()
    clock.advance(60)
    scores = call.scores(run["id"])
    assert len({score["value"] for score in scores}) == 1
    for score in scores:
        assert list(score["metadata"]["per_trace_signals"]) == sent[score["session_id"]]
        assert score["metadata"]["total_traces_in_session"] == 30


def test_an_ingested_session_is_scored(three, call, clock):
    run = call.post(RUNS, json={"metrics": ["agent_reliability"], "filters": {"user_id": "u-1"}}).json()
    clock.advance(60)
    assert [score["session_id"] for score in call.scores(run["id"])] == ["first"]
