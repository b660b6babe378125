"""The two 429s: the fixed window of the rate limit, and the quota of the plan."""

import httpx
import pytest
from pandaprobe_sandbox import HOBBY_API_KEY, INACTIVE_API_KEY, PROJECT_ID, TOKEN
from pandaprobe_sandbox.limits import MANY, FixedWindow, limit_text

RUNS = "/evaluations/session-runs"
LIMITED = {"error": "Rate limit exceeded: 50 per 1 minute"}


UNKNOWN = {"session_ids": ["a"], "metrics": ["nope"]}
"""What passes the field checks, and is refused after it was counted."""


def burst(call, count, path=f"{RUNS}/batch", json=UNKNOWN, **more):
    return [call.post(path, json=json, **more).status_code for _ in range(count)]


def test_the_fifty_first_create_in_a_window_is_refused(call):
    assert [call.create("a").status_code for _ in range(50)] == [202] * 50
    answer = call.create("a")
    assert (answer.status_code, answer.json()) == (429, LIMITED)
    assert "x-request-id" in answer.headers
    assert not {"retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} & set(answer.headers)
    assert call.runs()["total"] == 50


def test_refused_requests_count_and_rejected_ones_do_not_lengthen_the_window(call, clock):
    assert burst(call, 50) == [422] * 50
    clock.advance(59.9)
    assert burst(call, 100) == [429] * 100
    clock.advance(0.1)
    assert call.create("a").status_code == 202


def test_the_window_opens_with_its_first_request(call, clock):
    clock.advance(30)
    assert burst(call, 1) == [422]
    clock.advance(59)
    assert burst(call, 50) == [422] * 49 + [429]
    clock.advance(1)
    assert burst(call, 50) == [422] * 50


def test_every_path_and_every_credential_has_its_own_window(call, clock):
    first, second = call.create("fail-1").json()["id"], call.create("fail-1").json()["id"]
    burst(call, 50)
    assert burst(call, 1) == [429]
    assert burst(call, 1, RUNS) == [422]
    bearer = {"Authorization": f"Bearer {TOKEN}", "X-Project-ID": PROJECT_ID, "X-API-Key": ""}
    assert burst(call, 1, headers=bearer) == [422]
    assert burst(call, 1, headers={"X-API-Key": HOBBY_API_KEY}) == [422]
    clock.advance(5)
    assert burst(call, 51, f"{RUNS}/{first}/retry") == [202] * 50 + [429]
    assert burst(call, 1, f"{RUNS}/{second}/retry") == [202]


def test_what_authentication_the_project_or_the_field_checks_refuse_is_not_counted(sandbox, call):
    with httpx.Client(transport=sandbox.transport(), base_url="http://s") as nobody:
        assert burst(nobody, 60) == [401] * 60
    assert burst(call, 60, headers={"X-Project-Name": " "}) == [422] * 60
    assert burst(call, 60, json={}) == [422] * 60
    assert burst(call, 51) == [422] * 50 + [429]
    refused = call.post(f"{RUNS}/batch", json={})
    assert (refused.status_code, "errors" in refused.json()) == (422, True)  # looked at before it would be counted


def test_reads_and_deletes_have_another_limit_for_each_path_whose_429_has_no_request_id(call, clock):
    run = f"{RUNS}/{call.create('a').json()['id']}"
    assert [call.get(RUNS).status_code for _ in range(202)] == [200] * 200 + [429] * 2
    answer = call.get(RUNS, headers={"X-Request-ID": "mine"})
    assert answer.json() == {"error": "Rate limit exceeded: 200 per 1 minute"}
    assert not {"x-request-id", "retry-after"} & set(answer.headers)
    assert [call.get(run).status_code for _ in range(200)] == [200] * 200
    assert call.delete(run).status_code == 429
    assert call.create("a").status_code == 202
    clock.advance(60)
    assert (call.get(RUNS).status_code, call.delete(run).status_code) == (200, 204)


def test_the_limit_of_reads_can_be_set_and_switched_off(sandboxed):
    for limit, expected in (((2, 2.0), [200, 200, 429]), (None, [200] * 3)):
        with sandboxed(read_limit=limit) as (_, call):
            assert [call.get(RUNS).status_code for _ in range(3)] == expected


def test_windows_that_are_over_do_not_pile_up():
    window = FixedWindow(1, 60.0)
    for number in range(5 * MANY):
        window.allows(("key", f"/path-{number}"), number * 1.0)
    assert len(window._windows) <= MANY + 2


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ((50, 60.0), "50 per 1 minute"),
        ((5, 2), "5 per 2 second"),
        ((1, 0.5), "1 per 0.5 second"),
        ((7, 120), "7 per 2 minute"),
        ((9, 3600), "9 per 1 hour"),
    ],
)
def test_the_limit_is_written_as_slowapi_does(limit, text):
    assert limit_text(*limit) == text


@pytest.mark.parametrize(("limit", "expected"), [((2, 2.0), [422, 422, 429]), (None, [422] * 3)])
def test_the_limit_can_be_set_and_switched_off(sandboxed, limit, expected):
    with sandboxed(rate_limit=limit) as (_, call):
        assert burst(call, 3) == expected


def test_a_hobby_plan_ends_at_ten_evaluations(call, sandbox):
    call.headers["X-API-Key"] = HOBBY_API_KEY
    assert call.create(*"abcdefgh").status_code == 202
    refused = call.create("a", "b", metrics=["agent_reliability", "agent_consistency"])
    assert refused.status_code == 429
    assert refused.json() == {
        "detail": "You've reached the session_evals limit (10) for your HOBBY plan. Please upgrade to continue."
    }
    assert (sandbox.units_billed, call.runs()["total"]) == (8, 1)
    assert call.create("a", metrics=["agent_reliability", "agent_consistency"]).status_code == 202
    assert call.create("a").status_code == 429
    assert (sandbox.units_billed, call.runs()["total"]) == (10, 2)


def test_an_inactive_subscription_creates_nothing_and_still_reads(call, sandbox):
    call.headers["X-API-Key"] = INACTIVE_API_KEY
    answer = call.create("a")
    assert (answer.status_code, answer.json()) == (429, {"detail": "Your subscription is not active."})
    assert call.runs()["total"] == 0
    assert sandbox.units_billed == 0


def test_a_retry_is_billed_for_what_it_evaluates(call, clock, sandbox):
    run_id = call.create("a", "fail-1", metrics=["agent_reliability", "agent_consistency"]).json()["id"]
    clock.advance(60)
    call.post(f"{RUNS}/{run_id}/retry")
    assert sandbox.units_billed == 4 + 2


def test_traces_have_a_limit_of_their_own(call, clock):
    body = {"name": "answer", "started_at": "2026-11-21T14:02:11+00:00"}
    answers = [call.post("/traces", json=body) for _ in range(101)]
    assert {answer.status_code for answer in answers[:100]} == {202}
    assert answers[100].json() == {"error": "Rate limit exceeded: 100 per 1 minute"}
    clock.advance(60)
    assert call.post("/traces", json=body).status_code == 202
