"""Answers are held against the contract: what breaks it is said exactly, what is only new is let in and tallied."""

import copy
import json
import pickle
import uuid

import pytest
from pandaprobe_evals import (
    APIStatusError,
    AuthenticationError,
    BackoffPolicy,
    ContractViolation,
    InvalidArgument,
    PermissionDenied,
    ServerError,
    target_count,
)
from pandaprobe_evals_api.api.session_metrics import list_session_metrics
from pandaprobe_evals_api.api.session_runs import (
    create_batch_session_eval_run,
    delete_session_eval_run,
    get_session_eval_run,
    list_session_eval_run_scores,
    list_session_eval_runs,
)
from pandaprobe_evals_api.models import CreateBatchSessionEvalRunRequest, ErrorDetail, EvalRun, EvalRunPage
from pandaprobe_sandbox import Fault

ID = "0b5a8f0e-7f0a-4c63-9a6e-3d1f6f1c2a77"
RUN = {
    "id": ID,
    "name": None,
    "status": "RUNNING",
    "metric_names": ["agent_reliability"],
    "total_targets": 2,
    "evaluated_count": 1,
    "failed_count": 0,
    "created_at": "2026-04-02T10:00:00.123456+00:00",
    "completed_at": None,
    "project_id": "5a5a5a5a-0000-4000-8000-5a5a5a5a5a5a",
    "target_type": "SESSION",
    "filters": {"session_ids": ["a", "b"]},
    "sampling_rate": 1.0,
    "model": "openai/gpt-5.4-mini",
    "monitor_id": None,
    "error_message": None,
}
SCORE = {
    "id": "1b5a8f0e-7f0a-4c63-9a6e-3d1f6f1c2a77",
    "session_id": "a",
    "project_id": RUN["project_id"],
    "name": "agent_reliability",
    "data_type": "NUMERIC",
    "value": "0.25",
    "source": "AUTOMATED",
    "status": "SUCCESS",
    "eval_run_id": ID,
    "author_user_id": None,
    "reason": None,
    "metadata": {},
    "created_at": RUN["created_at"],
    "updated_at": RUN["created_at"],
}
ONCE = BackoffPolicy(max_attempts=1)
GONE = object()


def altered(value, pointer, new):
    """The value with one place changed, or without it."""
    value = copy.deepcopy(value)
    *way, last = pointer.strip("/").split("/")
    place = value
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    if new is GONE:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = new
    return value


# --- what breaks the contract -------------------------------------------------------------------------


@pytest.mark.parametrize("field", sorted(set(RUN) - {"total_targets"}))
def test_a_run_without_a_required_field_is_a_violation(kind, canned, field):
    canned.say(200, altered(RUN, field, GONE), X_Request_ID="r-1")
    with pytest.raises(ContractViolation) as caught:
        kind(canned.url).session_runs.get(ID)
    assert field in caught.value.expected
    assert (caught.value.pointer, caught.value.status, caught.value.request_id) == ("", 200, "r-1")
    assert (caught.value.operation, caught.value.method) == ("get_session_eval_run", "GET")
    assert len(canned.seen) == 1  # an answer that can be read is final


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/id", "7"),
        ("/id", 7),
        ("/id", None),
        ("/name", 7),
        ("/status", None),
        ("/status", 3),
        ("/metric_names", "agent_reliability"),
        ("/metric_names/0", None),
        ("/total_targets", "2"),
        ("/total_targets", -1),
        ("/total_targets", None),
        ("/evaluated_count", None),
        ("/evaluated_count", "1"),
        ("/evaluated_count", 1.5),
        ("/evaluated_count", True),
        ("/failed_count", -1),
        ("/created_at", "yesterday"),
        ("/created_at", "2026-13-01T00:00:00+00:00"),
        ("/created_at", None),
        ("/created_at", 1_790_000_000),
        ("/completed_at", "soon"),
        ("/project_id", "mine"),
        ("/filters", None),
        ("/filters", []),
        ("/filters/session_ids", "a"),
        ("/filters/session_ids/1", 7),
        ("/filters", {"signal_weights": {"confidence": "1"}}),
        ("/filters", {"retry_of": "7"}),
        ("/sampling_rate", 1.5),
        ("/sampling_rate", "1"),
        ("/model", {}),
        ("/error_message", ["x"]),
    ],
)
def test_an_ill_typed_field_is_a_violation_that_says_where_and_what(kind, canned, pointer, value):
    panda = kind(canned.url)
    canned.say(200, altered(RUN, pointer, value), X_Request_ID="r-2")
    with pytest.raises(ContractViolation) as caught:
        panda.session_runs.get(ID)
    assert caught.value.pointer.startswith(pointer)
    assert caught.value.expected
    assert caught.value.request_id == "r-2"
    assert caught.value.pointer in str(caught.value)
    assert "get_session_eval_run answered 200" in str(caught.value)
    if not isinstance(value, dict):
        assert caught.value.value == repr(value)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        (None, ""),
        ("text", ""),
        (7, ""),
        ({}, ""),
        ({"items": [], "total": 1, "limit": 50}, ""),
        ({"items": {}, "total": 1, "limit": 50, "offset": 0}, "/items"),
        ({"items": [RUN, {}], "total": 2, "limit": 50, "offset": 0}, "/items/1"),
        ({"items": [RUN, altered(RUN, "/id", "x")], "total": 2, "limit": 50, "offset": 0}, "/items/1/id"),
        ({"items": [], "total": -1, "limit": 50, "offset": 0}, "/total"),
    ],
)
def test_a_page_that_is_none_is_a_violation(kind, canned, body, pointer):
    canned.say(200, body)
    panda = kind(canned.url)
    with pytest.raises(ContractViolation) as caught:
        list(panda.session_runs.list())
    assert caught.value.pointer == pointer


@pytest.mark.parametrize("pointer", ["/value", "/metadata", "/session_id", "/created_at", "/eval_run_id"])
def test_scores_are_held_too(kind, canned, pointer):
    canned.say(200, [SCORE, altered(SCORE, pointer, 0.25)])
    with pytest.raises(ContractViolation) as caught:
        kind(canned.url).session_runs.scores(ID)
    assert caught.value.pointer == f"/1{pointer}"


def test_a_run_with_both_totals_or_none_is_a_violation(kind, canned):
    for run in (altered(RUN, "/total_targets", GONE), {**RUN, "total_traces": 2}):
        canned.answers.clear()
        canned.say(200, run)
        with pytest.raises(ContractViolation):
            kind(canned.url).session_runs.get(ID)


def test_an_old_deployments_run_is_read(kind, canned):
    old = altered(RUN, "/total_targets", GONE) | {"total_traces": 3}
    canned.say(200, old)
    assert target_count(kind(canned.url).session_runs.get(ID)) == 3


def test_a_violation_shows_a_clipped_value_and_can_be_pickled(kind, canned):
    canned.say(200, altered(RUN, "/status", ["x" * 10**6]))
    with pytest.raises(ContractViolation) as caught:
        kind(canned.url).session_runs.get(ID)
    assert len(str(caught.value)) < 2_000
    assert len(caught.value.value) < 1_000
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.pointer, str(again)) == (caught.value.pointer, str(caught.value))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html>",
        b"NaN",
        b"[" * 100_000,
        b"\xff\xfe",
        json.dumps(RUN).encode() + b"x",
        json.dumps(RUN).replace("1.0", "NaN").encode(),
    ],
)
def test_a_good_status_with_what_is_no_json_is_a_violation_after_the_last_attempt(kind, canned, body):
    canned.say(200, body, Content_Type="application/json")
    with pytest.raises(ContractViolation, match="unreadable"):
        kind(canned.url).session_runs.get(ID, backoff=ONCE)


@pytest.mark.parametrize("body", [b'{"id": "\\ud800"}', b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}"])
def test_json_that_is_no_text_or_number_is_one_of_our_errors(kind, canned, body):
    canned.say(200, body, Content_Type="application/json")
    with pytest.raises(ContractViolation):
        kind(canned.url).session_runs.get(ID, backoff=ONCE)


def test_an_answer_of_another_content_type_is_a_violation(kind, canned):
    canned.say(200, json.dumps(RUN).encode(), Content_Type="text/html")
    with pytest.raises(ContractViolation, match="text/html, not application/json"):
        kind(canned.url).session_runs.get(ID, backoff=ONCE)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_a_content_type_may_be_written_in_other_ways(kind, canned, content_type):
    canned.say(200, json.dumps(RUN).encode(), Content_Type=content_type)
    assert str(kind(canned.url).session_runs.get(ID).id) == ID


@pytest.mark.parametrize("status", [201, 203, 206])
def test_a_good_status_that_the_operation_does_not_have_is_a_violation(kind, canned, status):
    canned.say(status, RUN)
    with pytest.raises(ContractViolation, match=f"does not answer {status}"):
        kind(canned.url).session_runs.get(ID, backoff=ONCE)


# --- what is only new ---------------------------------------------------------------------------------


def test_unknown_fields_statuses_and_values_are_let_in_and_tallied(kind, canned):
    run = {**RUN, "status": "PAUSED", "color": {"deep": [1]}, "filters": {"session_ids": ["a"], "region": "eu"}}
    canned.say(
        200, {"items": [run, {**RUN, "id": str(uuid.uuid4()), "color": 1}], "total": 2, "limit": 50, "offset": 0}
    )
    panda = kind(canned.url)
    first, second = panda.session_runs.list()
    assert first.status == "PAUSED"
    assert first["color"] == {"deep": [1]}
    assert first.filters["region"] == "eu"
    assert first.to_dict() == run
    assert second.status == "RUNNING"
    assert panda.drift["EvalRun.color"] == 2
    assert panda.drift["EvalRun.status=PAUSED"] == 1


def test_new_values_of_scores_are_tallied_too(kind, canned):
    canned.say(200, [{**SCORE, "status": "SKIPPED", "confidence": 0.5}])
    panda = kind(canned.url)
    [score] = panda.session_runs.scores(ID)
    assert (score.status, score["confidence"]) == ("SKIPPED", 0.5)
    assert set(panda.drift) == {"SessionScore.status=SKIPPED", "SessionScore.confidence"}


def test_a_new_metric_and_a_new_category_are_let_in(kind, canned):
    canned.say(200, [{"name": "agent_kindness", "description": "new", "category": "other", "beta": True}])
    panda = kind(canned.url)
    [metric] = panda.session_metrics.list()
    assert metric.name == "agent_kindness"
    assert "SessionMetric.beta" in panda.drift


def test_nothing_is_tallied_of_a_service_that_is_as_the_contract_says(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["a", "fail-b"], metrics=["agent_reliability"])
    clock.advance(60)
    panda.session_runs.retry(run)
    list(panda.session_runs.list())
    list(panda.session_scores.list())
    panda.session_runs.scores(run)
    panda.session_metrics.list()
    assert not panda.drift


# --- errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, AuthenticationError),
        (403, PermissionDenied),
        (404, ServerError),  # which names no run
        (418, APIStatusError),
        (402, APIStatusError),
        (410, APIStatusError),
        (451, APIStatusError),
    ],
)
@pytest.mark.parametrize(
    ("body", "content_type", "detail"),
    [
        (b'{"detail":"so it is"}', "application/json", "so it is"),
        (b'{"error":"so it is"}', "application/json", "so it is"),
        (b"so it  is\n", "text/plain", "so it is"),
        (b"<h1>so it is</h1>", "text/html", "<h1>so it is</h1>"),
        (b'{"detail": 7}', "application/json", '{"detail": 7}'),
        (b"{", "application/json", "{"),
        (b"[1]", "application/json", "[1]"),
        (b"", "application/json", ""),
        (b"\xff", "text/plain", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_an_error_is_told_by_its_status_whatever_its_body_is(kind, canned, status, error, body, content_type, detail):
    canned.say(status, body, Content_Type=content_type, X_Request_ID="r-3")
    with pytest.raises(error) as caught:
        kind(canned.url).session_runs.get(ID)
    assert type(caught.value) is error
    assert (caught.value.status, caught.value.detail) == (status, detail)
    assert (caught.value.request_id, caught.value.method, len(caught.value.attempts)) == ("r-3", "GET", 1)
    assert caught.value.path.startswith("/evaluations/session-runs/")
    assert str(status) in str(caught.value)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_a_5xx_is_a_server_error_when_the_attempts_are_used_up(kind, canned, status):
    canned.say(status, b"<html>no</html>", Content_Type="text/html")
    with pytest.raises(ServerError) as caught:
        kind(canned.url).session_runs.get(ID, backoff=BackoffPolicy(max_attempts=2, base=0))
    assert (caught.value.status, len(caught.value.attempts)) == (status, 2)


def test_words_of_an_error_are_clipped(kind, canned):
    canned.say(418, b"x" * 10**6, Content_Type="text/plain")
    with pytest.raises(APIStatusError) as caught:
        kind(canned.url).session_runs.get(ID)
    assert len(str(caught.value)) < 1_000


@pytest.mark.parametrize(
    "errors",
    ["text", {}, None, [], [7], [None], [{"field": 7, "message": None}], [{"loc": ["body"], "msg": "m", "type": "t"}]],
)
def test_a_422_of_an_unknown_shape_is_still_an_invalid_request(kind, canned, errors):
    canned.say(422, {"detail": "no", "errors": errors})
    with pytest.raises(APIStatusError) as caught:
        kind(canned.url).session_runs.get(ID)
    assert type(caught.value).__name__ == "InvalidRequest"
    assert isinstance(caught.value.errors, tuple)


# --- the bare generated functions -----------------------------------------------------------------------


def test_the_generated_functions_work_with_the_clients_authentication(kind, panda):
    body = CreateBatchSessionEvalRunRequest(["a"], ["agent_reliability"])
    created = kind.bare(panda, create_batch_session_eval_run, body=body)
    assert (created.status_code, type(created.parsed)) == (202, EvalRun)
    run_id = created.parsed.id
    assert kind.bare(panda, get_session_eval_run, run_id=run_id).parsed.id == run_id
    assert type(kind.bare(panda, list_session_eval_runs).parsed) is EvalRunPage
    assert kind.bare(panda, list_session_eval_run_scores, run_id=run_id).parsed == []
    assert len(kind.bare(panda, list_session_metrics).parsed) == 2
    assert kind.bare(panda, delete_session_eval_run, run_id=run_id).status_code == 204
    missing = kind.bare(panda, get_session_eval_run, run_id=run_id)
    assert (missing.status_code, missing.parsed) == (404, ErrorDetail(f"Eval run {run_id} not found."))


def test_the_plain_generated_functions_return_the_parsed_answer(kind, panda):
    if kind.is_async:
        found = kind.run(list_session_metrics.asyncio(client=panda.api))
    else:
        found = list_session_metrics.sync(client=panda.api)
    assert [metric.name for metric in found] == ["agent_consistency", "agent_reliability"]


def test_a_bare_read_is_sent_again_by_the_same_policy(kind, panda, sandbox):
    sandbox.inject(Fault.DROP_BEFORE_COMMIT)
    assert kind.bare(panda, list_session_metrics).status_code == 200
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize(("status", "error"), [(418, APIStatusError), (404, ServerError)])
def test_an_undocumented_status_to_a_bare_function_is_raised(kind, canned, status, error):
    canned.say(status, {"detail": "teapot"})
    with pytest.raises(error, match=f"{status}: teapot"):
        kind.bare(kind(canned.url), list_session_metrics)


def test_a_proxys_520_to_a_bare_function_is_a_server_error(kind, canned):
    canned.say(520, b"<html>unknown</html>", Content_Type="text/html")
    panda = kind(canned.url, backoff=ONCE)
    with pytest.raises(ServerError, match="520: <html>unknown</html>"):
        kind.bare(panda, list_session_metrics)


def test_a_documented_status_whose_body_is_no_json_is_raised_not_misread(kind, canned):
    canned.say(422, b"<html>go away</html>", Content_Type="text/html")
    with pytest.raises(APIStatusError, match="422: <html>go away</html>"):
        kind.bare(kind(canned.url), list_session_metrics)


def test_a_gateways_401_is_the_services_to_a_bare_function(kind, canned):
    canned.say(401, b"<html>go away</html>", Content_Type="text/html")
    found = kind.bare(kind(canned.url), list_session_metrics)
    assert (found.status_code, found.parsed) == (401, ErrorDetail("<html>go away</html>"))


def test_a_broken_answer_to_a_bare_function_is_a_violation(kind, canned):
    canned.say(200, altered(RUN, "/id", GONE))
    with pytest.raises(ContractViolation, match='"id" is a required property'):
        kind.bare(kind(canned.url), get_session_eval_run, run_id=ID)


@pytest.mark.parametrize("run_id", ["..", ".", "", "../..", "a/b", "%2e%2e"])
def test_a_run_id_that_would_change_the_path_is_never_another_request(kind, panda, sandbox, run_id):
    """`..` would delete by the list's address, `.` or an empty id would read the list."""
    if run_id in ("..", ".", ""):
        for operation in (get_session_eval_run, delete_session_eval_run):
            with pytest.raises(InvalidArgument, match="no operation"):
                kind.bare(panda, operation, run_id=run_id)
        assert sandbox.requests == []
        return
    for operation in (get_session_eval_run, delete_session_eval_run):
        try:
            status = kind.bare(panda, operation, run_id=run_id).status_code
        except ServerError as error:  # a 404 of the service's frame, which names no run
            status = error.status
        assert status in (404, 422, 405)
    assert {request.status for request in sandbox.requests} <= {404, 405, 422}


def test_null_in_place_of_an_answer_is_said_in_one_sentence(kind, canned):
    canned.say(200, b"null", Content_Type="application/json")
    panda = kind(canned.url)
    for call in (
        panda.session_metrics.list,
        lambda: list(panda.session_runs.list()),
        lambda: panda.session_runs.get(ID),
    ):
        with pytest.raises(ContractViolation) as caught:
            call()
        assert "null" in str(caught.value)
        assert "valid under" not in str(caught.value)
