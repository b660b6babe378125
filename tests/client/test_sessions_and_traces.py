"""Sessions and traces: found by tag, user and time, walked so that none is missed, and read whole."""

import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pandaprobe_evals import IncompleteList, InvalidArgument, NotFound, ServerError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ingest(raw, session_id, minutes=0, **more):
    started = (NOON + timedelta(minutes=minutes)).isoformat()
    body = {"name": "turn", "session_id": session_id, "started_at": started, "ended_at": started, **more}
    return raw.post("/traces", json=body).json()["trace_id"]


def names(sessions):
    return [session.session_id for session in sessions]


def queries(sandbox, path):
    return [httpx.QueryParams(each.query) for each in sandbox.requests if each.path == path and each.method == "GET"]


def test_sessions_are_walked_in_the_order_of_arrival_and_up_to_now(panda, raw, sandbox):
    made = [f"s-{number}" for number in range(7)]
    for name in made:
        ingest(raw, name)
    assert names(panda.sessions.list(page_size=3)) == made
    asked = queries(sandbox, "/sessions")
    assert {(each["sort_by"], each["sort_order"]) for each in asked} == {("recent", "asc")}
    assert len({each["started_before"] for each in asked}) == 1, "the end is fixed while the list is read"


def test_what_is_asked_for_goes_before_what_makes_a_walk_safe(panda, raw, sandbox):
    ingest(raw, "old"), ingest(raw, "new", 10)
    assert names(panda.sessions.list(sort_order="desc", started_before=NOON + timedelta(minutes=1))) == ["old"]
    [asked] = queries(sandbox, "/sessions")
    assert "sort_by" not in asked
    assert datetime.fromisoformat(asked["started_before"]) == NOON + timedelta(minutes=1)


def test_a_session_that_moves_while_the_list_is_read_hides_no_other(panda, raw):
    made = [f"s-{number}" for number in range(6)]
    for name in made:
        ingest(raw, name)
    seen = []
    for session in panda.sessions.list(page_size=2):
        seen.append(session.session_id)
        if len(seen) == 2:
            ingest(
                raw, "s-0", 1
            )  # now the last to arrive: all others move up, one of them past the next page's beginning
    assert sorted(seen) == made


def _shuffled(rounds):
    """A service that has three sessions and shows one of them on both of its pages, in so many of its rounds."""
    asked = []

    def answer(request):
        asked.append(request)
        first = int(request.url.params.get("offset", 0)) == 0
        shown = ["a", "b"] if first else ["b" if (len(asked) + 1) // 2 <= rounds else "c"]
        row = {
            "trace_count": 1,
            "first_trace_at": NOON.isoformat(),
            "last_trace_at": None,
            "total_latency_ms": None,
            "has_error": False,
            "user_id": None,
            "tags": [],
            "total_span_count": 0,
            "total_tokens": 0,
            "total_cost": 0.0,
        }
        items = [{"session_id": each, **row} for each in shown]
        return httpx.Response(200, json={"items": items, "total": 3, "limit": 2, "offset": 0})

    return asked, answer


def test_a_list_that_has_more_than_it_showed_is_read_again(kind):
    asked, answer = _shuffled(rounds=2)
    client = kind("https://service.example", transport=httpx.MockTransport(answer))
    assert names(client.sessions.list(page_size=2, sort_by="cost")) == ["a", "b", "c"]
    assert len(asked) == 6


def test_a_list_that_never_shows_all_that_it_has_is_an_error_and_no_short_list(kind):
    _, answer = _shuffled(rounds=99)
    client = kind("https://service.example", transport=httpx.MockTransport(answer))
    with pytest.raises(IncompleteList, match="1 of 3 items"):
        list(client.sessions.list(page_size=2))


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ({"tags": ["x", "y"]}, ["a", "b"]),
        ({"user_id": "u"}, ["b"]),
        ({"has_error": True}, ["c"]),
        ({"id_contains": "C"}, ["c"]),
        ({"started_after": NOON + timedelta(minutes=2)}, ["c"]),
        ({"started_before": NOON}, []),
    ],
)
def test_sessions_are_narrowed(panda, raw, narrowed, found):
    ingest(raw, "a", tags=["x"])
    ingest(raw, "b", 1, tags=["y"], user_id="u")
    ingest(raw, "c", 2, status="ERROR")
    assert names(panda.sessions.list(**narrowed)) == found


def test_a_session_is_read_with_its_traces(panda, raw):
    ids = [ingest(raw, "s", minutes, output={"said": minutes}) for minutes in range(3)]
    session = panda.sessions.get("s", limit=2)
    assert (session.trace_count, [str(trace.trace_id) for trace in session.traces]) == (3, ids[:2])
    assert session.traces[1].output == {"said": 1}


def test_a_list_by_tag_shows_the_matching_part_of_a_session_and_get_shows_all_of_it(panda, raw):
    ingest(raw, "s", tags=["x"])
    ingest(raw, "s", 1, status="ERROR")
    [listed] = panda.sessions.list(tags=["x"])
    whole = panda.sessions.get(listed.session_id)
    assert (listed.trace_count, listed.has_error, whole.trace_count, whole.has_error) == (1, False, 2, True)
    assert list(panda.sessions.list(tags=["x"], has_error=True)) == []


def test_traces_are_found_by_their_session_and_read_by_what_was_found(panda, raw):
    ids = [ingest(raw, "s", minutes, name=f"Turn {minutes}") for minutes in range(5)]
    ingest(raw, "other")
    found = list(panda.traces.list(session_id="s", page_size=2))
    assert [str(trace.trace_id) for trace in found] == ids[::-1]
    assert panda.traces.get(found[0]).name == "Turn 4"
    assert [trace.name for trace in panda.traces.list(name_contains="turn 3")] == ["Turn 3"]


def test_what_is_not_there_is_told_as_that(panda):
    with pytest.raises(NotFound, match="Session 'nobody' not found"):
        panda.sessions.get("nobody")
    missing = uuid.uuid4()
    with pytest.raises(NotFound, match=f"Trace {missing} not found"):
        panda.traces.get(missing)


def test_a_404_that_does_not_name_the_session_is_not_the_service_s_own(kind):
    answer = httpx.MockTransport(lambda _: httpx.Response(404, json={"detail": "no sessions here"}))
    client = kind("https://service.example", transport=answer)
    with pytest.raises(ServerError, match="is base_url right"):
        client.sessions.get("s")


@pytest.mark.parametrize("name", ["a/b", "", ".", "..", "analytics"])
def test_an_id_that_cannot_stand_in_a_path_is_refused_before_it_is_sent(panda, sandbox, name):
    with pytest.raises(InvalidArgument, match="session_id"):
        panda.sessions.get(name)
    assert sandbox.requests == []


def test_traces_are_tagged_and_deleted_many_at_a_time(panda, raw):
    ids = [ingest(raw, "s", minutes, tags=["old"]) for minutes in range(3)]
    found = list(panda.traces.list())
    assert panda.traces.tag(trace_ids=[*found, uuid.uuid4()], add_tags=["new"], remove_tags=["old"]).updated == 3
    assert names(panda.sessions.list(tags=["new"])) == ["s"]
    assert names(panda.sessions.list(tags=["old"])) == []
    assert panda.traces.delete_many(trace_ids=ids[:2]).deleted == 2
    assert [str(trace.trace_id) for trace in panda.traces.list()] == ids[2:]


@pytest.mark.parametrize("given", [[], [str(uuid.uuid4())] * 501, ["x"]])
def test_more_traces_than_the_service_takes_or_none_are_refused_before_they_are_sent(panda, sandbox, given):
    with pytest.raises(InvalidArgument, match="trace_ids"):
        panda.traces.delete_many(trace_ids=given)
    assert sandbox.requests == []


def test_sessions_are_counted_over_time(panda, raw):
    ingest(raw, "a"), ingest(raw, "a", 5), ingest(raw, "b", 60 * 24)
    window = {"started_after": NOON - timedelta(days=1), "started_before": NOON + timedelta(days=9)}
    found = panda.sessions.over_time(**window, granularity="day")
    assert [(bucket.session_count, bucket.avg_traces_per_session) for bucket in found] == [(1, 2.0), (1, 1.0)]
