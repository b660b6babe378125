"""What the service accepts, refuses and answers: every row of what was observed of it."""

import time
import uuid
from datetime import datetime, timedelta

import httpx
import pytest
from pandaprobe_sandbox import (
    API_KEY,
    EXPIRED_API_KEY,
    PROJECT_ID,
    TOKEN,
    HeldClock,
)

RUNS = "/evaluations/session-runs"
BATCH = f"{RUNS}/batch"
MISSING = "Missing credentials. Provide Authorization: Bearer <token> (with X-Project-ID) or X-API-Key header."
NO_PROJECT = "Project scope required. Provide X-Project-ID (Bearer) or X-Project-Name (API key)."
BAD_NAME = (
    "X-Project-Name must start and end with a letter or digit and contain only letters, digits, spaces, "
    "hyphens, underscores, dots, or apostrophes."
)
BREAKS = (500, "Internal Server Error", "text/plain; charset=utf-8")


def bearer(token=TOKEN, project_id=PROJECT_ID):
    return {"Authorization": f"Bearer {token}", "X-Project-ID": project_id}


def key(value=API_KEY, project="sandbox"):
    return {"X-API-Key": value, "X-Project-Name": project}


@pytest.fixture
def anybody(sandbox):
    with httpx.Client(transport=sandbox.transport(), base_url="http://sandbox") as client:
        yield client


def broke(answer):
    assert "x-request-id" not in answer.headers
    return (answer.status_code, answer.text, answer.headers["content-type"]) == BREAKS


# --- authentication ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status", "detail"),
    [
        ({}, 401, MISSING),
        ({"Authorization": "Basic dTpw"}, 401, MISSING),
        ({"Authorization": "Bearer "}, 401, MISSING),
        ({"X-Project-Name": "sandbox"}, 401, MISSING),
        (key("sk_pp_" + "0" * 64), 401, "Invalid or revoked API key."),
        (key(EXPIRED_API_KEY), 401, "API key has expired. Please generate a new one."),
        (bearer("nobody"), 401, "Sandbox token verification failed: unknown token."),
        ({"X-API-Key": API_KEY}, 422, NO_PROJECT),
        (key(project="  "), 422, NO_PROJECT),
        ({"Authorization": f"Bearer {TOKEN}"}, 422, NO_PROJECT),
        ({"Authorization": f"Bearer {TOKEN}", "X-Project-Name": "sandbox"}, 422, NO_PROJECT),
        ({"X-API-Key": API_KEY, "X-Project-ID": PROJECT_ID}, 422, NO_PROJECT),
        (key(project="-x"), 422, BAD_NAME),
        (key(project="x/y"), 422, BAD_NAME),
        (key(project="x."), 422, BAD_NAME),
        (key(project="x" * 256), 422, "X-Project-Name must be at most 255 characters."),
        (bearer(project_id="nope"), 422, "X-Project-ID must be a valid UUID."),
        (
            bearer(project_id=str(uuid.UUID(int=7))),
            422,
            "Project not found or does not belong to your organization.",
        ),
    ],
)
def test_credentials_that_are_refused(anybody, headers, status, detail):
    answer = anybody.get(RUNS, headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"detail": detail})


@pytest.mark.parametrize("headers", [key(), bearer(), key(project=" a_b-c.d'e 9 "), key(project="x" * 255)])
def test_credentials_that_are_taken(anybody, headers):
    assert anybody.get(RUNS, headers=headers).status_code == 200


def test_with_both_modes_the_key_wins_silently(anybody):
    assert anybody.get(RUNS, headers=key() | bearer("nobody", "nope")).status_code == 200
    refused = anybody.get(RUNS, headers=key("sk_pp_" + "0" * 64) | bearer())
    assert refused.json() == {"detail": "Invalid or revoked API key."}


def test_both_modes_reach_the_same_project(anybody):
    body = {"session_ids": ["a"], "metrics": ["agent_reliability"]}
    run = anybody.post(BATCH, json=body, headers=key()).json()
    assert run["project_id"] == PROJECT_ID
    assert anybody.get(f"{RUNS}/{run['id']}", headers=bearer()).json()["id"] == run["id"]


def test_a_project_is_made_on_first_use_and_sees_only_its_own_runs(call):
    run = call.create("a").json()
    other = {"X-Project-Name": "a typing error"}
    assert call.get(RUNS, headers=other).json()["total"] == 0
    assert call.get(f"{RUNS}/{run['id']}", headers=other).status_code == 404
    assert call.delete(f"{RUNS}/{run['id']}", headers=other).status_code == 404
    assert call.post(f"{RUNS}/{run['id']}/retry", headers=other).status_code == 404
    first, again = (
        call.post(BATCH, json={"session_ids": ["a"], "metrics": ["agent_reliability"]}, headers=h).json()
        for h in (other, {"X-Project-Name": "  a typing error "})
    )
    assert first["project_id"] == again["project_id"] != run["project_id"]


def test_credentials_are_checked_before_the_body_and_after_its_json(anybody):
    assert anybody.post(BATCH, json={}).status_code == 401
    assert anybody.post(BATCH, content=b"{", headers={"content-type": "application/json"}).status_code == 422


# --- create by session ids ----------------------------------------------------------------------------


def test_a_create_answers_202_with_the_whole_run(call, clock):
    answer = call.create("a", "b", "a", name="Nightly")
    run = answer.json()
    assert answer.status_code == 202
    assert uuid.UUID(run.pop("id"))
    assert datetime.fromisoformat(run["created_at"]).timestamp() == pytest.approx(clock.now(), abs=1e-5)
    assert run.pop("created_at").endswith("+00:00")
    assert run == {
        "name": "Nightly",
        "status": "PENDING",
        "metric_names": ["agent_reliability"],
        "total_targets": 2,
        "evaluated_count": 0,
        "failed_count": 0,
        "completed_at": None,
        "project_id": PROJECT_ID,
        "target_type": "SESSION",
        "filters": {"session_ids": ["a", "b"]},
        "sampling_rate": 1.0,
        "model": "openai/gpt-5.4-mini",
        "monitor_id": None,
        "error_message": None,
    }


def test_times_always_have_microseconds(sandboxed):
    with sandboxed(clock=HeldClock(1_800_000_000)) as (_, call):
        assert call.create("a").json()["created_at"] == "2027-01-15T08:00:00.000000+00:00"


def test_duplicated_metrics_are_kept_and_billed(call, sandbox):
    run = call.create("a", "b", "b", metrics=["agent_reliability", "agent_reliability"]).json()
    assert run["metric_names"] == ["agent_reliability", "agent_reliability"]
    assert sandbox.units_billed == 4


def test_weights_and_model_are_echoed_unchecked_and_numbers_coerced(call):
    run = call.create("a", "", model="no/such", signal_weights={"confidence": "0.5", "nonsense": 2}).json()
    assert run["filters"] == {
        "session_ids": ["a", ""],
        "signal_weights": {"confidence": 0.5, "nonsense": 2.0},
    }
    assert run["model"] == "no/such"


@pytest.mark.parametrize("path", [f"{RUNS}/batch", "/evaluations/trace-scores", "/traces", "/traces/batch/tags"])
@pytest.mark.parametrize("body", ["null", ""])
def test_a_body_that_is_null_is_none(call, path, body):
    answer = call.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.json() == {
        "detail": "Validation error",
        "errors": [{"field": "", "message": "Field required"}],
    }


def test_a_405_names_the_method_of_the_first_route_of_its_path(call):
    """In the order in which the service's own specification has them."""
    found = {path: call.put(path).headers["allow"] for path in (RUNS, f"/traces/{uuid.uuid4()}", "/sessions/a")}
    assert list(found.values()) == ["POST", "PATCH", "GET"]


def test_null_and_empty_and_unknown_fields_change_nothing(call):
    run = call.create("a", name=None, model=None, signal_weights=None, surprise=[1]).json()
    assert (run["name"], run["filters"]) == (None, {"session_ids": ["a"]})
    assert call.create("a", signal_weights={}).json()["filters"] == {"session_ids": ["a"]}


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (
            {"session_ids": [], "metrics": []},
            {
                "session_ids": "List should have at least 1 item after validation, not 0",
                "metrics": "List should have at least 1 item after validation, not 0",
            },
        ),
        ({"metrics": ["agent_reliability"]}, {"session_ids": "Field required"}),
        (
            {"session_ids": [1], "metrics": ["agent_reliability"]},
            {"session_ids -> 0": "Input should be a valid string"},
        ),
        (
            {"session_ids": "a", "metrics": ["agent_reliability"]},
            {"session_ids": "Input should be a valid list"},
        ),
        (
            {"session_ids": ["a"], "metrics": ["agent_reliability"], "signal_weights": {"confidence": "x"}},
            {"signal_weights -> confidence": "Input should be a valid number, unable to parse string as a number"},
        ),
        ([], {"": "Input should be a valid dictionary or object to extract fields from"}),
    ],
)
def test_wrong_fields_are_named_one_by_one(call, body, errors):
    answer = call.post(BATCH, json=body)
    expected = [{"field": field, "message": message} for field, message in errors.items()]
    assert (answer.status_code, answer.json()) == (422, {"detail": "Validation error", "errors": expected})


@pytest.mark.parametrize(
    ("content", "content_type", "status", "field"),
    [
        (b'{"session_ids":  x}', "application/json", 422, "17"),
        (b'{"session_ids":["a"],"metrics":["agent_reliability"]}', "text/plain", 422, ""),
        (b"", "application/json", 422, ""),
        (b'{"session_ids":["\xff"]}', "application/json", 400, None),
    ],
)
def test_bodies_that_are_no_json(call, content, content_type, status, field):
    answer = call.post(BATCH, content=content, headers={"content-type": content_type})
    assert answer.status_code == status
    if field is None:
        assert answer.json() == {"detail": "There was an error parsing the body"}
    else:
        assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_unknown_metrics_are_named_without_a_list_of_errors(call):
    answer = call.create("a", metrics=["nope", "agent_reliability", "neither"])
    assert (answer.status_code, answer.json()) == (422, {"detail": "Unknown session metrics: nope, neither"})


@pytest.mark.parametrize(
    "fields",
    [
        '"session_ids":["a\\u0000b"]',
        '"session_ids":["a\\ud800"]',
        '"session_ids":["a"],"name":"\\u0000"',
        f'"session_ids":["a"],"name":"{"n" * 256}"',
        f'"session_ids":["a"],"model":"{"m" * 256}"',
        '"session_ids":["a"],"model":"\\udfff"',
        '"session_ids":["a"],"signal_weights":{"\\u0000":1}',
        '"session_ids":["a"],"signal_weights":{"\\ud800":1}',
        '"session_ids":["a"],"signal_weights":{"x":NaN}',
        '"session_ids":["a"],"signal_weights":{"x":1e999}',
        '"session_ids":["a"],"signal_weights":{"x":"inf"}',
    ],
)
def test_what_the_database_refuses_is_a_500_and_creates_nothing(call, sandbox, fields):
    body = '{"metrics":["agent_reliability"],' + fields + "}"
    for _ in range(2):
        assert broke(call.post(BATCH, content=body, headers={"content-type": "application/json"}))
    assert call.runs()["total"] == 0
    assert sandbox.units_billed == 0


def test_a_backslash_is_not_a_nul(call):
    assert call.create("a\\u0000", name="n" * 255).status_code == 202


def test_every_answer_but_the_500_has_a_request_id(call):
    assert call.get(RUNS, headers={"X-Request-ID": "mine"}).headers["x-request-id"] == "mine"
    ids = {call.get(path).headers["x-request-id"] for path in (RUNS, f"{RUNS}/nope", "/nowhere", f"{RUNS}/")}
    assert len({uuid.UUID(each) for each in ids}) == 4


def test_a_browser_is_told_of_credentials_and_nobody_else(call):
    told = call.get(RUNS, headers={"Origin": "http://localhost:3000"}).headers
    assert told["access-control-allow-credentials"] == "true"
    assert "vary" not in told
    assert "access-control-allow-credentials" not in call.get(RUNS).headers


def test_wrong_methods_and_slashes(call):
    answer = call.put(BATCH)
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert "allow" in answer.headers
    assert call.get(BATCH).json()["errors"][0]["field"] == "path -> run_id"
    slash = call.post(f"{BATCH}/")
    assert (slash.status_code, slash.headers["location"].endswith(BATCH)) == (307, True)


def test_a_hundred_thousand_ids_are_taken_and_repeated_by_every_read(call):
    ids = [f"session-{index}" for index in range(100_000)]
    run = call.create(*ids).json()
    assert run["total_targets"] == 100_000
    assert call.run(run["id"])["filters"]["session_ids"] == ids
    assert len(call.get(RUNS).content) > 1_500_000


# --- create by filters -----------------------------------------------------------------------------------


@pytest.fixture
def known(sandbox, clock):
    """Ten sessions, a day apart, the last one today."""
    for index in range(10):
        sandbox.add_session(
            f"s-{index}",
            user_id=f"u-{index % 2}",
            tags=["all", f"tag-{index}"],
            started_at=clock.now() - 86400 * (9 - index),
            has_error=index == 3,
            trace_count=index + 1,
        )


def by_filters(call, **more):
    return call.post(RUNS, json={"metrics": ["agent_reliability"], **more})


def days_ago(clock, days):
    return (
        datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(seconds=clock.now() - days * 86400)
    ).isoformat()


def test_each_filter_narrows_the_sessions(call, known, clock):
    for filters, count in [
        ({}, 10),
        ({"user_id": "u-0"}, 5),
        ({"has_error": True}, 1),
        ({"has_error": False}, 9),
        ({"tags": ["tag-1", "tag-2"]}, 2),
        ({"min_trace_count": 8}, 3),
        ({"date_from": days_ago(clock, 2.5)}, 3),
        ({"date_to": days_ago(clock, 2.5)}, 7),
        ({"user_id": "u-1", "min_trace_count": 8}, 2),
    ]:
        run = by_filters(call, filters=filters).json()
        assert (run["total_targets"], run["filters"]) == (count, filters)


def test_filters_are_echoed_without_null_and_with_the_weights(call, known):
    run = by_filters(call, filters={"user_id": "u-0", "tags": None}, signal_weights={"coherence": 1}).json()
    assert run["filters"] == {"user_id": "u-0", "signal_weights": {"coherence": 1.0}}


def test_no_session_matches(call):
    answer = by_filters(call)
    assert (answer.status_code, answer.json()) == (422, {"detail": "No sessions match the provided filters."})


@pytest.mark.parametrize(("rate", "count"), [(1, 10), (0.55, 5), (0.01, 1), (0, 0)])
def test_sampling_takes_its_share(call, known, clock, sandbox, rate, count):
    run = by_filters(call, sampling_rate=rate).json()
    assert (run["total_targets"], run["sampling_rate"], sandbox.units_billed) == (count, rate, count)
    clock.advance(60)
    assert call.run(run["id"])["status"] == "COMPLETED"
    assert len(call.scores(run["id"])) == count


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"sampling_rate": 1.1}, "sampling_rate"),
        ({"sampling_rate": -0.1}, "sampling_rate"),
        ({"filters": {"min_trace_count": 0}}, "filters -> min_trace_count"),
        ({"filters": {"has_error": "perhaps"}}, "filters -> has_error"),
        ({"metrics": []}, "metrics"),
    ],
)
def test_filters_out_of_bounds(call, more, field):
    assert [error["field"] for error in by_filters(call, **more).json()["errors"]] == [field]


@pytest.mark.parametrize(
    "filters",
    [
        {"date_from": "yesterday"},
        {"date_to": ""},
        {"user_id": "\0"},
        {"tags": ["\0"]},
        {"min_trace_count": 2**31},
    ],
)
def test_filters_that_break_the_service(call, known, filters):
    assert broke(by_filters(call, filters=filters))
    assert call.runs()["total"] == 0


# --- reads, delete, retry ------------------------------------------------------------------------------------


def test_lists_are_newest_first_and_paged(call, clock):
    ids = []
    for index in range(5):
        ids.append(call.create(f"s-{index}").json()["id"])
        clock.advance(1)
    page = call.runs(limit=2, offset=1)
    assert [run["id"] for run in page.pop("items")] == [ids[3], ids[2]]
    assert page == {"total": 5, "limit": 2, "offset": 1}
    assert call.runs(offset=9) == {"items": [], "total": 5, "limit": 50, "offset": 9}


def test_lists_filter_by_the_status_of_the_moment(call, clock):
    done = call.create("a").json()["id"]
    clock.advance(60)
    waiting = call.create("b").json()["id"]
    for status, expected in [("PENDING", [waiting]), ("COMPLETED", [done]), ("RUNNING", []), ("FAILED", [])]:
        page = call.runs(status=status)
        assert ([run["id"] for run in page["items"]], page["total"]) == (expected, len(expected))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("status=DONE", "status"),
    ],
)
def test_queries_out_of_bounds(call, query, field):
    answer = call.get(f"{RUNS}?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"query -> {field}")


@pytest.mark.parametrize(
    "path",
    [
        f"{RUNS}?offset={2**63}",
        f"/evaluations/session-scores?offset={2**64}",
        "/evaluations/session-scores?session_id=%00",
        "/evaluations/session-scores?name=a%00",
    ],
)
def test_queries_that_break_the_service(call, path):
    assert broke(call.get(path))


@pytest.mark.parametrize("path", [RUNS, "/evaluations/session-scores", "/sessions"])
def test_an_offset_of_64_bits_is_taken(call, path):
    answer = call.get(path, params={"offset": 2**63 - 1})
    assert (answer.status_code, answer.json()["items"], answer.json()["offset"]) == (200, [], 2**63 - 1)


@pytest.mark.parametrize("time", ["2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00Z", "1767225600"])
def test_times_of_queries_come_in_many_forms(sandboxed, time):
    with sandboxed(clock=HeldClock(1_767_225_600 - 3)) as (sandbox, call):
        call.create("before", "after")
        sandbox.clock.advance(4)
        call.create("later")
        sandbox.clock.advance(60)
        scores = "/evaluations/session-scores"
        for query, count in (({"date_from": time}, 1), ({"date_to": time}, 2)):
            assert call.get(scores, params=query).json()["total"] == count


def test_the_lower_bound_of_a_time_is_inclusive_and_the_upper_is_not(call, clock):
    run = call.create("a").json()
    clock.advance(60)
    at = call.scores(run["id"])[0]["created_at"]
    for query, count in (({"date_from": at}, 1), ({"date_to": at}, 0)):
        assert call.get("/evaluations/session-scores", params=query).json()["total"] == count


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00+00:00", "2026-01-01", "2026-01-01T00:00:00"])
def test_times_of_filters_may_lack_their_offset_and_are_of_utc_then(call, sandbox, time):
    sandbox.add_session("at", started_at="2026-01-01T00:00:00+00:00")
    assert by_filters(call, filters={"date_from": time}).json()["total_targets"] == 1
    assert by_filters(call, filters={"date_to": time}).status_code == 422


@pytest.mark.parametrize("run_id", ["nope", "123", "batch"])
def test_a_run_id_must_be_a_uuid(call, run_id):
    for answer in (
        call.get(f"{RUNS}/{run_id}"),
        call.delete(f"{RUNS}/{run_id}"),
        call.get(f"{RUNS}/{run_id}/scores"),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "path -> run_id")


def test_a_run_that_is_not_there(call):
    run_id = str(uuid.uuid4())
    gone = {"detail": f"Eval run {run_id} not found."}
    for answer in (
        call.get(f"{RUNS}/{run_id}"),
        call.delete(f"{RUNS}/{run_id}"),
        call.post(f"{RUNS}/{run_id}/retry"),
    ):
        assert (answer.status_code, answer.json()) == (404, gone)
    assert call.scores(run_id) == []


def test_a_failed_run_can_come_back_to_running(call, clock):
    run_id = call.create("crash-once-1", *(f"s-{index}" for index in range(9))).json()["id"]
    clock.advance(1.05)
    failed = call.run(run_id)
    assert (failed["status"], failed["evaluated_count"], len(call.scores(run_id))) == ("FAILED", 5, 5)
    assert failed["error_message"]
    assert failed["completed_at"]
    clock.advance(10)
    again = call.run(run_id)
    assert (again["status"], again["evaluated_count"], again["error_message"]) == ("RUNNING", 0, None)
    assert call.scores(run_id) == []
    clock.advance(2)
    assert call.run(run_id)["status"] == "COMPLETED"
    assert len(call.scores(run_id)) == 10


def test_scores_appear_as_the_run_goes_newest_first(call, clock):
    run_id = call.create("a", "ghost-1", "fail-1", metrics=["agent_reliability", "agent_consistency"]).json()["id"]
    assert call.scores(run_id) == []
    clock.advance(0.6)
    assert {score["session_id"] for score in call.scores(run_id)} == {"a"}
    clock.advance(10)
    found = call.scores(run_id)
    assert [score["session_id"] for score in found] == ["fail-1", "fail-1", "a", "a"]
    assert [score["created_at"] for score in found] == sorted((s["created_at"] for s in found), reverse=True)
    run = call.run(run_id)
    assert (run["evaluated_count"], run["failed_count"]) == (3, 2)
    score = found[-1]
    assert set(score) == {
        "id", "session_id", "project_id", "name", "data_type", "value", "source", "status", "eval_run_id",
        "author_user_id", "reason", "metadata", "created_at", "updated_at",
    }  # fmt: skip
    assert (score["data_type"], score["source"], score["status"]) == ("NUMERIC", "AUTOMATED", "SUCCESS")
    assert (score["eval_run_id"], score["project_id"]) == (run_id, PROJECT_ID)


def test_a_retry_is_a_new_run_of_what_failed(call, clock):
    old = call.create(
        "fail-z", "ok", "fail-a",
        metrics=["agent_reliability", "agent_consistency"], signal_weights={"coherence": 2}, name="Nightly", model="m",
    ).json()  # fmt: skip
    clock.advance(60)
    answer = call.post(f"{RUNS}/{old['id']}/retry")
    run = answer.json()
    assert answer.status_code == 202
    assert run["id"] != old["id"]
    assert run["filters"] == {
        "retry_of": old["id"], "session_ids": ["fail-a", "fail-z"], "signal_weights": {"coherence": 2.0},
    }  # fmt: skip
    assert run["metric_names"] == ["agent_consistency", "agent_reliability"]
    assert (run["name"], run["status"], run["total_targets"], run["model"]) == (
        "Retry: Nightly",
        "PENDING",
        2,
        "m",
    )
    clock.advance(60)
    assert call.run(run["id"])["failed_count"] == 0


def test_a_retry_of_a_nameless_run_names_its_id(call, clock):
    old = call.create("fail-1").json()["id"]
    clock.advance(60)
    assert call.post(f"{RUNS}/{old}/retry").json()["name"] == f"Retry: {old}"


def test_a_retry_of_nothing_is_refused_and_of_a_long_name_breaks(call, clock):
    fine, long = call.create("a").json()["id"], call.create("fail-1", name="n" * 250).json()["id"]
    answer = call.post(f"{RUNS}/{long}/retry")
    assert (answer.status_code, answer.json()) == (422, {"detail": "No failed scores to retry in this run."})
    clock.advance(60)
    assert call.post(f"{RUNS}/{fine}/retry").status_code == 422
    assert broke(call.post(f"{RUNS}/{long}/retry"))


def test_what_always_fails_fails_in_its_retry(call, clock):
    old = call.create("fail-always-1").json()["id"]
    clock.advance(60)
    retry = call.post(f"{RUNS}/{old}/retry").json()["id"]
    clock.advance(60)
    assert call.run(retry)["failed_count"] == 1


@pytest.mark.parametrize("delete_scores", [False, True])
def test_a_deleted_run_takes_its_scores_along_only_when_asked(call, clock, delete_scores):
    run_id = call.create("a").json()["id"]
    clock.advance(60)
    answer = call.delete(f"{RUNS}/{run_id}", params={"delete_scores": delete_scores})
    assert (answer.status_code, answer.content) == (204, b"")
    assert call.get(f"{RUNS}/{run_id}").status_code == 404
    assert call.delete(f"{RUNS}/{run_id}").status_code == 404
    assert call.scores(run_id) == []
    assert call.runs()["total"] == 0
    left = call.get("/evaluations/session-scores").json()
    assert [score["eval_run_id"] for score in left["items"]] == ([] if delete_scores else [None])


def test_the_metrics(call):
    answer = call.get("/evaluations/session-metrics")
    assert [(metric["name"], metric["category"]) for metric in answer.json()] == [
        ("agent_consistency", "session"),
        ("agent_reliability", "session"),
    ]
    assert all(metric["description"] for metric in answer.json())


def test_scores_of_the_project_are_filtered_and_paged(call, clock):
    both = ["agent_reliability", "agent_consistency"]
    first = call.create("a", "fail-b", metrics=both).json()["id"]
    clock.advance(60)
    between = clock.now()
    call.create("a", metrics=both)
    clock.advance(60)

    def total(**query):
        return call.get("/evaluations/session-scores", params=query).json()["total"]

    assert total() == 6
    assert total(session_id="a") == 4
    assert total(name="agent_consistency") == 3
    assert total(status="FAILED") == 2
    assert total(source="ANNOTATION") == 0
    assert total(source="AUTOMATED") == 6
    assert total(eval_run_id=first) == 4
    moment = datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(seconds=between)
    assert total(date_from=moment.isoformat()) == 2
    assert total(date_to=moment.isoformat()) == 4
    page = call.get("/evaluations/session-scores", params={"limit": 4, "offset": 4}).json()
    assert (len(page["items"]), page["limit"], page["offset"]) == (2, 4, 4)


def test_older_deployments_say_total_traces(sandboxed):
    with sandboxed(total_field="total_traces") as (_, call):
        run = call.create("a").json()
    assert run["total_traces"] == 1
    assert "total_targets" not in run


# --- speed, storage, in process -----------------------------------------------------------------------------


def test_speed_makes_a_run_shorter(sandboxed, clock):
    with sandboxed(clock=clock, speed=100) as (_, call):
        run = call.create("a").json()
        clock.advance(0.006)
        assert call.run(run["id"])["status"] == "COMPLETED"


def test_a_file_keeps_everything_over_a_restart(sandboxed, clock, tmp_path):
    kept = {"db": str(tmp_path / "sandbox.db"), "clock": clock, "project": "kept"}
    with sandboxed(**kept) as (_, call):
        run = call.create("a", "fail-1").json()
    clock.advance(60)
    with sandboxed(**kept, speed=0.001) as (sandbox, call):
        again = call.run(run["id"])
        assert (again["status"], again["failed_count"]) == ("COMPLETED", 1)
        assert again["project_id"] == run["project_id"]
        assert len(call.scores(run["id"])) == 2
        assert sandbox.units_billed == 2


async def test_one_transport_serves_asynchronous_and_synchronous_clients(sandbox):
    transport = sandbox.transport()
    async with httpx.AsyncClient(transport=transport, base_url="http://s", headers=key()) as call:
        assert (await call.get(RUNS)).status_code == 200
    with httpx.Client(transport=transport, base_url="http://s", headers=key()) as call:
        assert call.get(RUNS).status_code == 200


@pytest.mark.slow
def test_two_thousand_runs_list_quickly(sandbox, call):
    for index in range(2000):
        if index % 50 == 0:
            sandbox.clock.advance(61)
        assert call.create("a").status_code == 202
    started = time.perf_counter()
    assert call.runs(limit=200, status="COMPLETED")["total"] == 1950
    assert call.runs(limit=200, offset=1000)["total"] == 2000
    assert time.perf_counter() - started < 1
