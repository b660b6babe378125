"""Every fault, over a real socket and in process: what the caller meets, and whether the run exists."""

import time

import httpx
import pytest
from pandaprobe_sandbox import Fault, Sandbox

RUNS = "/evaluations/session-runs"
BATCH = "create_batch_session_eval_run"
DROPPED = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.fixture(params=["socket", "in process"])
def caller(request):
    return request.getfixturevalue("wire" if request.param == "socket" else "call")


def many(caller):
    return caller.runs()["total"]


@pytest.mark.parametrize(
    ("fault", "runs"),
    [("commit_then_drop", 1), ("drop_before_commit", 0), ("truncated_body", 1)],
)
def test_the_connection_breaks(caller, sandbox, fault, runs):
    sandbox.inject(fault)
    with pytest.raises(DROPPED):
        caller.create("a")
    assert many(caller) == runs
    assert (sandbox.requests[0].status, sandbox.requests[0].fault) == (None, fault)
    assert caller.create("b").status_code == 202


def test_a_truncated_answer_promises_its_whole_length(caller, sandbox):
    sandbox.inject("truncated_body")
    with pytest.raises(httpx.RemoteProtocolError, match=r"received 2.. bytes, expected 4.."):
        caller.create("a")


def test_a_late_commit_appears_after_its_delay_with_the_time_of_its_request(caller, sandbox, clock):
    asked = clock.now()
    sandbox.inject(Fault.LATE_COMMIT, delay=0.5)
    with pytest.raises(DROPPED):
        caller.create("late")
    caller.create("prompt")
    assert many(caller) == 1
    clock.advance(0.4)
    assert many(caller) == 1
    clock.advance(0.1)
    late = caller.runs()["items"][1]
    assert late["filters"]["session_ids"] == ["late"]
    assert sandbox.requests[0].received_at == pytest.approx(asked)
    assert late["status"] == "PENDING"
    clock.advance(60)
    assert caller.run(late["id"])["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("fault", "options", "status", "content_type", "body", "runs"),
    [
        ("commit_then_500", {}, 500, "text/plain; charset=utf-8", "Internal Server Error", 1),
        ("invalid_json", {}, 202, "application/json", '{"id": "5a5a5a5a-', 1),
        ("empty_body", {}, 202, "application/json", "", 1),
        ("html_502", {}, 502, "text/html", "502 Bad Gateway", 0),
        ("html_502", {"commit": True}, 502, "text/html", "502 Bad Gateway", 1),
        ("html_503", {}, 503, "text/html", "503 Service Unavailable", 0),
        ("html_429", {}, 429, "text/html", "429 Too Many Requests", 0),
        ("status", {}, 520, "text/html", "520", 0),
        ("status", {"code": 499, "commit": True}, 499, "text/html", "499", 1),
        (
            "status",
            {"code": 403, "body": "{}", "content_type": "application/json"},
            403,
            "application/json",
            "{}",
            0,
        ),
        ("unauthorized_once", {}, 401, "application/json", '{"detail":"Invalid or revoked API key."}', 0),
        ("pass", {}, 202, "application/json", "PENDING", 1),
    ],
)
def test_the_answer_is_not_the_services(caller, sandbox, fault, options, status, content_type, body, runs):
    sandbox.inject(fault, **options)
    answer = caller.create("a")
    assert (answer.status_code, answer.headers["content-type"]) == (status, content_type)
    assert body in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert many(caller) == runs
    assert (sandbox.requests[0].status, sandbox.requests[0].fault) == (status, fault)


@pytest.mark.parametrize("fault", ["html_503", "html_429", "status"])
@pytest.mark.parametrize("value", ["2", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_proxy_may_say_when_to_come_back(caller, sandbox, fault, value):
    sandbox.inject(fault, retry_after=value)
    assert caller.create("a").headers["retry-after"] == value
    sandbox.inject(fault)
    assert "retry-after" not in caller.create("a").headers


def test_a_bad_token_once(call, sandbox):
    sandbox.inject("unauthorized_once")
    refused = call.get(RUNS, headers={"X-API-Key": "", "Authorization": "Bearer sandbox-token"})
    assert refused.json() == {"detail": "Sandbox token verification failed: unknown token."}


@pytest.mark.parametrize(("commit", "meanwhile"), [("first", 1), ("after", 0)])
def test_a_slow_answer_outlasts_an_impatient_caller(caller, sandbox, clock, commit, meanwhile):
    sandbox.inject("slow", delay=0.4, commit=commit)
    with pytest.raises(httpx.ReadTimeout):
        caller.post(f"{RUNS}/batch", json={"session_ids": ["a"], "metrics": ["agent_reliability"]}, timeout=0.1)
    assert many(caller) == meanwhile
    clock.advance(0.4)
    assert many(caller) == 1


def test_a_slow_answer_is_the_true_one_for_the_patient(caller, sandbox):
    sandbox.inject("slow", delay=0.2, commit="after")
    started = time.monotonic()
    run = caller.create("a").json()
    assert time.monotonic() - started >= 0.2
    assert caller.run(run["id"])["id"] == run["id"]


def test_faults_come_in_their_order_and_only_to_their_operation(caller, sandbox):
    sandbox.inject("html_502", operation=BATCH, times=2)
    sandbox.inject("html_503", operation="list_session_eval_runs")
    sandbox.inject("html_429")
    assert [caller.create("a").status_code for _ in range(4)] == [502, 502, 429, 202]
    assert [caller.get(RUNS).status_code for _ in range(2)] == [503, 200]


def test_a_request_that_a_proxy_answered_never_reached_the_rate_limit(sandboxed):
    with sandboxed(rate_limit=(1, 60)) as (sandbox, call):
        sandbox.inject("html_502")
        assert [call.create("a").status_code for _ in range(3)] == [502, 202, 429]


def test_reads_and_deletes_break_too(caller, sandbox):
    run_id = caller.create("a").json()["id"]
    sandbox.inject("commit_then_drop")
    with pytest.raises(DROPPED):
        caller.delete(f"{RUNS}/{run_id}")
    assert many(caller) == 0
    sandbox.inject("truncated_body")
    with pytest.raises(DROPPED):
        caller.get(RUNS)


@pytest.mark.parametrize(
    ("fault", "options"), [("no_such", {}), ("slow", {"retry_after": 1}), ("html_502", {"delay": 1})]
)
def test_a_misspelt_fault_is_refused_at_once(sandbox, fault, options):
    with pytest.raises(ValueError, match=r"no_such|no option"):
        sandbox.inject(fault, **options)


def test_requests_are_recorded_as_they_arrive(caller, sandbox, clock):
    caller.headers["X-Request-ID"] = "r-1"
    run = caller.create("a").json()
    caller.get(RUNS, params={"limit": 3})
    create, listed = sandbox.requests
    assert (create.method, create.path, create.operation, create.status) == (
        "POST",
        f"{RUNS}/batch",
        BATCH,
        202,
    )
    assert create.request_id == "r-1"
    assert create.received_at == create.answered_at == clock.now()
    assert create.body_bytes > 50
    assert create.response_bytes > len(str(run)) / 2
    assert (listed.operation, listed.query) == ("list_session_eval_runs", "limit=3")
    assert create.credential_hash == listed.credential_hash
    assert "sk_pp_" not in repr(create)


def test_answers_carry_the_date_of_the_sandboxs_clock(caller, clock):
    clock.set(1_800_000_000)
    assert caller.get(RUNS).headers["date"] == "Fri, 15 Jan 2027 08:00:00 GMT"


# --- other processes ------------------------------------------------------------------------------------------


def test_another_process_can_order_faults_move_the_clock_and_count(wire, clock):
    before = clock.now()
    order = {"fault": "html_503", "times": 2, "operation": BATCH, "options": {"retry_after": "7"}}
    assert wire.post("/_sandbox/faults", json=order).json() == {"pending": 2}
    assert wire.create("a").headers["retry-after"] == "7"
    assert wire.delete("/_sandbox/faults").status_code == 204
    assert wire.create("a").status_code == 202
    assert wire.post("/_sandbox/clock", json={"advance": 5}).json()["now"] == clock.now() == before + 5
    seen = wire.get("/_sandbox/requests").json()
    assert (seen["total"], seen["counts"], seen["requests"][0]["status"]) == (2, {BATCH: 2}, 503)
    state = wire.get("/_sandbox/state").json()
    assert (state["total_runs"], state["units_billed"], state["runs"][0]["project"]) == (1, 1, "sandbox")
    assert wire.post("/_sandbox/sessions", json={"session_id": "s"}).status_code == 201
    assert wire.post(RUNS, json={"metrics": ["agent_reliability"]}).json()["total_targets"] == 1


@pytest.mark.parametrize(
    "order",
    [
        {"fault": "no_such"},
        {"fault": "slow", "options": {"code": 1}},
        {"fault": "pass", "options": {"times": 1}},
    ],
)
def test_another_process_hears_of_a_misspelt_fault(call, order):
    assert call.post("/_sandbox/faults", json=order).status_code == 422


def test_the_real_clock_is_nobodys_to_move():
    with Sandbox() as sandbox, httpx.Client(transport=sandbox.transport(), base_url="http://s") as call:
        assert call.post("/_sandbox/clock", json={"advance": 5}).status_code == 409


def test_the_root_is_a_page_or_the_services_name(call):
    assert call.get("/", headers={"Accept": "application/json"}).json() == {
        "name": "PandaProbe",
        "version": "sandbox",
    }
    page = call.get("/", headers={"Accept": "text/html,application/xhtml+xml"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "http://" not in page.text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page.text
