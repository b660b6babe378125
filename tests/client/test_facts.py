"""How the service behaves, fact by fact, as the real client meets it over a real port; both kinds of client.

Where the client refuses something before it is sent, the test holds both: the client's refusal, and what the service
answers to whoever sends it all the same.
"""

import itertools
import re
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pandaprobe_evals import (
    ApiKey,
    AuthenticationError,
    BearerToken,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    QuotaExceeded,
    RateLimited,
    target_count,
)
from pandaprobe_evals_api.api.session_runs import (
    create_batch_session_eval_run,
    create_session_eval_run,
    get_session_eval_run,
    list_session_eval_run_scores,
    list_session_eval_runs,
    retry_session_eval_run,
)
from pandaprobe_evals_api.models import (
    CreateBatchSessionEvalRunRequest,
    CreateSessionEvalRunRequest,
    ErrorDetail,
    QuotaError,
    SignalWeights,
    ValidationProblem,
)
from pandaprobe_sandbox import (
    API_KEY,
    EXPIRED_API_KEY,
    HOBBY_API_KEY,
    INACTIVE_API_KEY,
    PROJECT_ID,
    PROJECT_NAME,
    TOKEN,
    Fault,
    HeldClock,
    Sandbox,
)

RUNS = "/evaluations/session-runs"
BATCH = f"{RUNS}/batch"
BOTH = ["agent_reliability", "agent_consistency"]
ONE = ["agent_reliability"]
BODY = {"session_ids": ["a"], "metrics": ONE}
NOBODY = uuid.UUID(int=7)
MISSING = "Missing credentials. Provide Authorization: Bearer <token> (with X-Project-ID) or X-API-Key header."
NO_PROJECT = "Project scope required. Provide X-Project-ID (Bearer) or X-Project-Name (API key)."


def wrong(caught):
    """What an InvalidRequest says, field by field."""
    return [(problem.field, problem.message) for problem in caught.value.errors]


# --- authentication ---------------------------------------------------------------------------------


@pytest.mark.parametrize("auth", [None, "", "sk_pp_x", ("user", "password"), httpx.BasicAuth("u", "p")])
def test_no_credentials_or_basic_ones_are_refused_here(kind, url, sandbox, auth):
    from pandaprobe_evals import AsyncPandaProbe, PandaProbe

    with pytest.raises(InvalidArgument, match=r"^auth: must be ApiKey\(...\) or BearerToken"):
        (AsyncPandaProbe if kind.is_async else PandaProbe)(auth, base_url=url)
    assert sandbox.requests == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic dTpw"}])
def test_no_credentials_or_basic_ones_are_401_to_the_service(anybody, headers):
    answer = anybody.get(RUNS, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"detail": MISSING})


@pytest.mark.parametrize(
    ("auth", "detail"),
    [
        (ApiKey("sk_pp_" + "0" * 64, project="x"), "Invalid or revoked API key."),
        (ApiKey(EXPIRED_API_KEY, project="x"), "API key has expired. Please generate a new one."),
        (BearerToken("nobody", project_id=PROJECT_ID), "Sandbox token verification failed: unknown token."),
    ],
)
def test_bad_credentials_are_authentication_errors_in_the_services_words(kind, url, auth, detail):
    panda = kind(url, auth)
    for call in (
        panda.session_metrics.list,
        lambda: list(panda.session_runs.list()),
        lambda: list(panda.session_scores.list()),
        lambda: panda.session_runs.get(NOBODY),
        lambda: panda.session_runs.scores(NOBODY),
        lambda: panda.session_runs.delete(NOBODY),
        lambda: panda.session_runs.retry(NOBODY),
        lambda: panda.session_runs.create(metrics=ONE),
        lambda: panda.session_runs.create_batch(session_ids=["a"], metrics=ONE),
    ):
        with pytest.raises(AuthenticationError) as caught:
            call()
        assert (caught.value.status, caught.value.detail) == (401, detail)
        assert caught.value.request_id
        assert len(caught.value.attempts) == 1
    kind.hang_up()


def test_a_key_without_a_project_is_refused_here_and_422_to_the_service(anybody, sandbox):
    for name in ("", "   "):
        with pytest.raises(InvalidArgument, match=r"^project: "):
            ApiKey(API_KEY, project=name)
    with pytest.raises(TypeError):
        ApiKey(API_KEY)
    assert sandbox.requests == []
    answer = anybody.get(RUNS, headers={"X-API-Key": API_KEY})
    assert (answer.status_code, answer.json()) == (422, {"detail": NO_PROJECT})


def test_a_malformed_project_name_is_refused_here_and_422_to_the_service(anybody):
    for name in ("-x", "x-", "x/y", "x.", "é", "x" * 256, "a\nb", "a\0b", "_", "'a"):
        with pytest.raises(InvalidArgument, match=r"^project: "):
            ApiKey(API_KEY, project=name)
        if name.isascii() and name.isprintable():
            answer = anybody.get(RUNS, headers={"X-API-Key": API_KEY, "X-Project-Name": name})
            assert answer.status_code == 422
            assert answer.json()["detail"].startswith("X-Project-Name must ")


def test_a_project_id_that_is_no_uuid_is_refused_here_and_422_to_the_service(anybody):
    for project_id in ("nope", "", PROJECT_ID[:-1], None, 7):
        with pytest.raises(InvalidArgument, match=r"^project_id: "):
            BearerToken(TOKEN, project_id=project_id)
    answer = anybody.get(RUNS, headers={"Authorization": f"Bearer {TOKEN}", "X-Project-ID": "nope"})
    assert (answer.status_code, answer.json()) == (422, {"detail": "X-Project-ID must be a valid UUID."})


def test_the_project_id_of_nobody_is_an_invalid_request(kind, url):
    panda = kind(url, BearerToken(TOKEN, project_id=NOBODY))
    with pytest.raises(InvalidRequest) as caught:
        panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    assert caught.value.detail == "Project not found or does not belong to your organization."
    assert caught.value.errors == ()
    kind.hang_up()


def test_each_mode_sends_its_two_headers_and_both_reach_the_same_project(kind, url):
    run = kind(url).session_runs.create_batch(session_ids=["a"], metrics=ONE)
    other = kind(url, BearerToken(TOKEN, project_id=uuid.UUID(PROJECT_ID)))
    assert str(run.project_id) == PROJECT_ID
    assert other.session_runs.get(run).id == run.id
    kind.hang_up()


@pytest.mark.parametrize("kind_of_auth", ["key", "token"])
def test_never_are_both_modes_sent(kind, canned, kind_of_auth):
    canned.say(200, [])
    auth = ApiKey(API_KEY, project="x") if kind_of_auth == "key" else BearerToken(TOKEN, project_id=PROJECT_ID)
    kind(canned.url, auth).session_metrics.list()
    [(_, _, headers, _)] = canned.seen
    own = {"key": {"x-api-key", "x-project-name"}, "token": {"authorization", "x-project-id"}}
    sent = {name.lower() for name in headers}
    assert own[kind_of_auth] <= sent
    assert not sent & (own["key"] | own["token"]) - own[kind_of_auth]


def test_with_both_modes_the_key_wins_and_the_token_is_not_looked_at(anybody):
    both = {
        "X-API-Key": API_KEY,
        "X-Project-Name": "sandbox",
        "Authorization": "Bearer nobody",
        "X-Project-ID": "nope",
    }
    assert anybody.get(RUNS, headers=both).status_code == 200


def test_an_unknown_project_name_is_a_new_empty_project(kind, url, panda):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    typo = kind(url, ApiKey(API_KEY, project="sandbx"))
    assert list(typo.session_runs.list()) == []
    with pytest.raises(NotFound):
        typo.session_runs.get(run)


@pytest.mark.parametrize("name", ["x", "x" * 255, "a_b-c.d'e 9"])
def test_every_project_name_that_is_taken_here_is_taken_there(kind, url, name):
    run = kind(url, ApiKey(API_KEY, project=f" {name} ")).session_runs.create_batch(session_ids=["a"], metrics=ONE)
    assert [found.id for found in kind(url, ApiKey(API_KEY, project=name)).session_runs.list()] == [run.id]
    kind.hang_up()


# --- POST /evaluations/session-runs/batch -----------------------------------------------------------


def test_a_batch_create_answers_with_a_pending_run(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["a", "b"], metrics=BOTH)
    assert (run.status, run.metric_names, run.filters.session_ids) == ("PENDING", BOTH, ["a", "b"])
    assert (target_count(run), run.evaluated_count, run.failed_count) == (2, 0, 0)
    assert (run.name, run.target_type, run.sampling_rate) == (None, "SESSION", 1.0)
    assert (run.completed_at, run.error_message, run.monitor_id) == (None, None, None)
    assert run.created_at == datetime.fromtimestamp(clock.now(), UTC)
    assert [attempt.status for attempt in run.attempts] == [202]
    assert not run.reconciled


def test_session_ids_are_deduplicated_here_and_there_with_their_order_kept(kind, panda):
    ids = ["b", "a", "b", "c", "a"]
    run = panda.session_runs.create_batch(session_ids=ids, metrics=ONE)
    assert run.filters.session_ids == ["b", "a", "c"]
    bare = kind.bare(
        panda,
        create_batch_session_eval_run,
        body=CreateBatchSessionEvalRunRequest(session_ids=ids, metrics=ONE),
    )
    assert bare.parsed.filters.session_ids == ["b", "a", "c"]


def test_duplicated_metrics_are_billed_there_and_removed_here(kind, panda, sandbox):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=[*ONE, *ONE])
    assert (run.metric_names, sandbox.units_billed) == (ONE, 1)
    body = CreateBatchSessionEvalRunRequest(session_ids=["a"], metrics=[*ONE, *ONE])
    bare = kind.bare(panda, create_batch_session_eval_run, body=body)
    assert (bare.parsed.metric_names, sandbox.units_billed) == ([*ONE, *ONE], 3)


def test_what_is_billed_is_what_the_estimate_said(panda, sandbox):
    for ids in (["a"], ["a", "b", "a"], [f"s{n}" for n in range(20)]):
        for metrics in (ONE, BOTH, [*BOTH, *ONE]):
            before, asked = sandbox.units_billed, len(sandbox.requests)
            said = panda.session_runs.estimate(session_ids=ids, metrics=metrics)
            assert len(sandbox.requests) == asked
            panda.session_runs.create_batch(session_ids=ids, metrics=metrics)
            assert sandbox.units_billed - before == said == len(set(ids)) * len(set(metrics))


def test_signal_weights_come_back_only_when_they_were_given_and_not_empty(panda):
    weights = {"confidence": 2, "loop_detection": 0.25, "made up": 0.0}
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE, signal_weights=weights)
    assert run.filters.to_dict() == {"session_ids": ["a"], "signal_weights": weights}
    for absent in (None, {}):
        run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE, signal_weights=absent)
        assert run.filters.to_dict() == {"session_ids": ["a"]}


def test_a_numeric_string_as_weight_is_refused_here_and_coerced_there(kind, panda, sandbox):
    with pytest.raises(InvalidArgument, match=r"^signal_weights\['confidence'\]: must be a number, not str"):
        panda.session_runs.create_batch(session_ids=["a"], metrics=ONE, signal_weights={"confidence": "0.5"})
    assert sandbox.requests == []
    weights = SignalWeights()
    weights.additional_properties = {"confidence": "0.5", "coherence": True}
    body = CreateBatchSessionEvalRunRequest(session_ids=["a"], metrics=ONE, signal_weights=weights)
    bare = kind.bare(panda, create_batch_session_eval_run, body=body)
    assert bare.parsed.filters.signal_weights.to_dict() == {"confidence": 0.5, "coherence": 1.0}


def test_unknown_session_ids_are_taken_and_empty_ones_only_there(kind, panda, sandbox):
    assert panda.session_runs.create_batch(session_ids=["nobody ever saw this"], metrics=ONE).status == "PENDING"
    with pytest.raises(InvalidArgument, match=r"^session_ids: '' at 0 is blank"):
        panda.session_runs.create_batch(session_ids=[""], metrics=ONE)
    assert len(sandbox.requests) == 1
    body = CreateBatchSessionEvalRunRequest(session_ids=["", "  "], metrics=ONE)
    assert kind.bare(panda, create_batch_session_eval_run, body=body).parsed.filters.session_ids == ["", "  "]


def test_the_model_is_not_checked_and_comes_back_resolved(panda):
    assert panda.session_runs.create_batch(session_ids=["a"], metrics=ONE).model
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE, model="no such model")
    assert run.model == "no such model"


def test_null_is_taken_for_name_model_and_weights(kind, panda):
    body = CreateBatchSessionEvalRunRequest(["a"], ONE, name=None, model=None, signal_weights=None)
    assert kind.bare(panda, create_batch_session_eval_run, body=body).parsed.name is None


def test_unknown_fields_of_a_request_are_ignored(kind, panda):
    body = CreateBatchSessionEvalRunRequest(["a"], ONE)
    body["color"] = "blue"
    assert kind.bare(panda, create_batch_session_eval_run, body=body).parsed.status == "PENDING"


def test_the_client_sends_nothing_that_was_not_given(kind, canned):
    canned.say(422, {"detail": "no"})
    with pytest.raises(InvalidRequest):
        kind(canned.url).session_runs.create_batch(session_ids=["a"], metrics=ONE)
    assert canned.seen[0][3].replace(b" ", b"") == b'{"session_ids":["a"],"metrics":["agent_reliability"]}'


@pytest.mark.parametrize("count", [5_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_run_of_very_many_ids_is_taken_and_every_read_repeats_them(panda, sandbox, count):
    ids = [f"session-{n}" for n in range(count)]
    run = panda.session_runs.create_batch(session_ids=ids, metrics=ONE)
    assert run.filters.session_ids == ids
    assert panda.session_runs.get(run).filters.session_ids == ids
    [listed] = panda.session_runs.list()
    assert listed.filters.session_ids == ids
    assert min(request.response_bytes for request in sandbox.requests) > 10 * count


def test_two_identical_creates_are_two_runs_and_are_billed_twice(panda, sandbox):
    runs = [panda.session_runs.create_batch(session_ids=["a"], metrics=ONE, name="same") for _ in range(2)]
    assert runs[0].id != runs[1].id
    assert sandbox.units_billed == 2


@pytest.mark.parametrize("key", ["Idempotency-Key", "X-Idempotency-Key", "X-Request-ID"])
def test_no_idempotency_key_is_understood(kind, panda, key):
    ids = {kind.wire(panda, "POST", BATCH, json=BODY, headers={key: "same"}).json()["id"] for _ in range(2)}
    assert len(ids) == 2


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
        ({}, {"session_ids": "Field required", "metrics": "Field required"}),
        ({"session_ids": "a", "metrics": ONE}, {"session_ids": "Input should be a valid list"}),
        ({"session_ids": [1], "metrics": ONE}, {"session_ids -> 0": "Input should be a valid string"}),
        (
            {**BODY, "signal_weights": {"confidence": "much"}},
            {"signal_weights -> confidence": ("Input should be a valid number, unable to parse string as a number")},
        ),
    ],
)
def test_what_is_wrong_with_a_body_comes_field_by_field(kind, panda, body, errors):
    answer = kind.wire(panda, "POST", BATCH, json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Validation error"
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == errors


def test_empty_lists_are_refused_here_and_an_invalid_request_through_the_generated_function(kind, panda, sandbox):
    with pytest.raises(InvalidArgument, match=r"^session_ids: is empty"):
        panda.session_runs.create_batch(session_ids=[], metrics=ONE)
    with pytest.raises(InvalidArgument, match=r"^metrics: is empty"):
        panda.session_runs.create_batch(session_ids=["a"], metrics=[])
    assert sandbox.requests == []
    bare = kind.bare(panda, create_batch_session_eval_run, body=CreateBatchSessionEvalRunRequest([], ONE))
    assert isinstance(bare.parsed, ValidationProblem)
    assert [error.field for error in bare.parsed.errors] == ["session_ids"]


@pytest.mark.parametrize(
    ("content", "content_type", "status", "answer"),
    [
        (
            b'{"session_ids":',
            "application/json",
            422,
            {"detail": "Validation error", "errors": [{"field": "15", "message": "JSON decode error"}]},
        ),
        (b"\xff\xfe\xff", "application/json", 400, {"detail": "There was an error parsing the body"}),
    ],
)
def test_what_is_no_json_is_refused(kind, panda, content, content_type, status, answer):
    found = kind.wire(panda, "POST", BATCH, content=content, headers={"content-type": content_type})
    assert (found.status_code, found.json()) == (status, answer)


def test_json_under_another_content_type_is_an_error_of_no_field(kind, panda):
    found = kind.wire(panda, "POST", BATCH, content=b'{"a":1}', headers={"content-type": "text/plain"})
    assert found.status_code == 422
    assert [error["field"] for error in found.json()["errors"]] == [""]


def test_an_unknown_metric_is_an_invalid_request_without_fields(panda, sandbox):
    with pytest.raises(InvalidRequest) as caught:
        panda.session_runs.create_batch(session_ids=["a"], metrics=["nope"])
    assert caught.value.detail == "Unknown session metrics: nope"
    assert wrong(caught) == []
    assert (caught.value.status, sandbox.units_billed) == (422, 0)


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"session_ids": ["a\0b"]}, "session_ids[0]"),
        ({"session_ids": ["ok", "\ud800"]}, "session_ids[1]"),
        ({"session_ids": ["\udc00x"]}, "session_ids[0]"),
        ({"name": "n" * 256}, "name"),
        ({"name": "n\0"}, "name"),
        ({"name": "\udfff"}, "name"),
        ({"model": "m\0"}, "model"),
        ({"signal_weights": {"a\0": 1.0}}, "signal_weights['a\\x00']"),
    ],
)
def test_what_the_service_breaks_on_is_refused_here_and_500_there(kind, panda, raw, sandbox, changes, argument):
    import json

    with pytest.raises(InvalidArgument, match=r"^" + re.escape(argument) + ": "):
        panda.session_runs.create_batch(**{**BODY, **changes})
    assert sandbox.requests == []
    content = json.dumps({**BODY, **changes}).encode()  # as \\u escapes
    for _ in range(2):  # the same way every time
        answer = raw.post(BATCH, content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.text) == (500, "Internal Server Error")
        assert answer.headers["content-type"].startswith("text/plain")
        assert "x-request-id" not in answer.headers
    assert list(panda.session_runs.list()) == []
    assert sandbox.units_billed == 0


def test_a_name_of_255_characters_is_taken(panda):
    for name in ("n" * 255, "ü" * 255, "\U0001f43c" * 255):
        assert panda.session_runs.create_batch(session_ids=["a"], metrics=ONE, name=name).name == name


def test_the_services_own_500_to_a_bare_create_is_an_unknown_outcome(kind, panda):
    body = CreateBatchSessionEvalRunRequest(["a\0"], ONE)
    with pytest.raises(OutcomeUnknown) as caught:
        kind.bare(panda, create_batch_session_eval_run, body=body)
    assert (caught.value.status, caught.value.request_id) == (500, None)
    assert caught.value.answer == "Internal Server Error"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", RUNS, {"POST", "GET"}),
        ("PUT", BATCH, {"POST", "GET", "DELETE"}),
        ("POST", f"{RUNS}/{NOBODY}", {"GET", "DELETE"}),
    ],
)
def test_a_wrong_method_is_405_there_and_not_even_sent_by_the_client(kind, panda, raw, sandbox, method, path, allow):
    answer = raw.request(method, path)
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert set(answer.headers["allow"].split(", ")) <= allow
    before = len(sandbox.requests)
    with pytest.raises(InvalidArgument, match=f"no operation {method} "):
        kind.wire(panda, method, path)
    assert len(sandbox.requests) == before


def test_a_get_on_batch_is_read_as_a_run_id(kind, panda):
    with pytest.raises(InvalidArgument, match=r"^run_id: 'batch' is not a valid UUID"):
        panda.session_runs.get("batch")
    bare = kind.bare(panda, get_session_eval_run, run_id="batch")
    assert [error.field for error in bare.parsed.errors] == ["path -> run_id"]


def test_a_trailing_slash_is_a_redirect_there_and_no_operation_here(kind, panda, raw):
    assert raw.post(f"{BATCH}/", json=BODY).status_code == 307
    with pytest.raises(InvalidArgument, match="no operation"):
        kind.wire(panda, "POST", f"{BATCH}/", json=BODY)


# --- X-Request-ID -------------------------------------------------------------------------------------


def test_every_answer_has_a_request_id_the_one_that_was_sent_else_a_new_one(kind, panda):
    ids = [kind.wire(panda, "GET", RUNS).headers["x-request-id"] for _ in range(2)]
    assert len(set(ids)) == 2
    assert kind.wire(panda, "GET", RUNS, headers={"X-Request-ID": "mine"}).headers["x-request-id"] == "mine"


def test_errors_and_created_runs_say_their_request_id(panda):
    with pytest.raises(NotFound) as caught:
        panda.session_runs.get(NOBODY)
    assert uuid.UUID(caught.value.request_id)
    assert f"request id {caught.value.request_id}" in str(caught.value)
    assert f"(GET {RUNS}/{NOBODY}, 1 attempt" in str(caught.value), (
        "the path as it was sent, by which logs can be searched"
    )
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    assert uuid.UUID(run.attempts[0].request_id)


# --- rate limit and quota -----------------------------------------------------------------------------


UNKNOWN = {"session_ids": ["a"], "metrics": ["nope"]}
"""What passes the field checks, and is refused after it was counted."""


def use_up(raw, path, body=None, times=50):
    """Spend the window by requests of which the client knows nothing."""
    for _ in range(times):
        answer = raw.post(path, json=UNKNOWN if body is None else body)
    return answer


def test_the_rate_limit_comes_without_retry_after_and_nothing_was_created(kind, panda, raw, sandbox):
    assert use_up(raw, BATCH).status_code == 422  # what is refused after the field checks counts
    answer = raw.post(BATCH, json=BODY)
    assert (answer.status_code, answer.json()) == (429, {"error": "Rate limit exceeded: 50 per 1 minute"})
    assert "retry-after" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]
    with pytest.raises(RateLimited) as caught:
        panda.session_runs.create_batch(session_ids=["a"], metrics=ONE, deadline=2)
    assert caught.value.status == 429
    assert caught.value.reopens_in > 2
    assert caught.value.seconds < 2  # it did not wait for what cannot come
    assert list(panda.session_runs.list()) == []
    assert sandbox.units_billed == 0


def test_the_window_is_fixed_and_rejected_requests_do_not_lengthen_it(raw, clock):
    use_up(raw, BATCH, BODY)
    for _ in range(5):
        clock.advance(11.9)
        assert raw.post(BATCH, json=BODY).status_code == 429
    clock.advance(0.6)
    assert raw.post(BATCH, json=BODY).status_code == 202


def test_each_path_and_each_credential_has_its_own_count(kind, url, panda, raw):
    done = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    use_up(raw, BATCH)
    with pytest.raises(InvalidRequest, match="No sessions match"):
        panda.session_runs.create(metrics=ONE, deadline=5)
    with pytest.raises(InvalidRequest, match="No failed scores"):
        panda.session_runs.retry(done, deadline=5)
    token = kind(url, BearerToken(TOKEN, project_id=PROJECT_ID))
    assert token.session_runs.create_batch(session_ids=["a"], metrics=ONE, deadline=5).status == "PENDING"


@pytest.mark.parametrize("operation", ["create", "retry"])
def test_the_other_creates_are_limited_too(panda, raw, operation):
    path = {"create": RUNS, "retry": f"{RUNS}/{NOBODY}/retry"}[operation]
    use_up(raw, path)
    call = {
        "create": lambda: panda.session_runs.create(metrics=ONE, deadline=2),
        "retry": lambda: panda.session_runs.retry(NOBODY, deadline=2),
    }
    with pytest.raises(RateLimited):
        call[operation]()


def test_a_limit_of_reads_that_passes_the_deadline_is_said(panda, sandbox):
    for _ in range(200):
        panda.session_metrics.list()
    with pytest.raises(RateLimited, match="nothing was done") as caught:
        panda.session_metrics.list(deadline=2)
    assert (caught.value.status, caught.value.request_id) == (429, None)


@pytest.mark.slow
def test_the_client_waits_for_the_window_and_makes_one_run(kind):
    with Sandbox(rate_limit=(3, 0.7)) as sandbox, sandbox.serve() as url:
        with httpx.Client(base_url=url, auth=ApiKey(API_KEY, project=PROJECT_NAME)) as raw:
            use_up(raw, BATCH, times=3)
        panda = kind(url)
        run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
        assert [attempt.status for attempt in run.attempts][-1] == 202
        assert {attempt.status for attempt in run.attempts[:-1]} == {429}
        assert [found.id for found in panda.session_runs.list()] == [run.id]
        kind.hang_up()


@pytest.mark.parametrize(
    ("key", "detail"),
    [
        (
            HOBBY_API_KEY,
            "You've reached the session_evals limit (10) for your HOBBY plan. Please upgrade to continue.",
        ),
        (INACTIVE_API_KEY, "Your subscription is not active."),
    ],
)
def test_the_quota_is_another_429_and_final(kind, url, sandbox, key, detail):
    panda = kind(url, ApiKey(key, project="x"))
    ids = [f"s{n}" for n in range(11)]
    with pytest.raises(QuotaExceeded, match="Waiting does not help") as caught:
        panda.session_runs.create_batch(session_ids=ids, metrics=ONE)
    assert (caught.value.status, caught.value.detail, len(caught.value.attempts)) == (429, detail, 1)
    bare = kind.bare(panda, create_batch_session_eval_run, body=CreateBatchSessionEvalRunRequest(ids, ONE))
    assert isinstance(bare.parsed, QuotaError)
    assert sandbox.units_billed == 0
    assert list(panda.session_runs.list()) == []
    kind.hang_up()


def test_the_quota_counts_units_of_all_runs(kind, url):
    panda = kind(url, ApiKey(HOBBY_API_KEY, project="x"))
    panda.session_runs.create_batch(session_ids=[f"s{n}" for n in range(5)], metrics=BOTH)
    with pytest.raises(QuotaExceeded):
        panda.session_runs.create_batch(session_ids=["one more"], metrics=ONE)
    kind.hang_up()


@pytest.mark.parametrize("fault", [Fault.HTML_429, Fault.HTML_503])
def test_a_proxys_own_answer_with_retry_after_is_waited_out(panda, sandbox, fault):
    sandbox.inject(fault, retry_after=1)
    with panda.recording() as attempts:
        assert len(panda.session_metrics.list()) == 2
    assert [attempt.status for attempt in attempts] == [{Fault.HTML_429: 429, Fault.HTML_503: 503}[fault], 200]
    assert attempts[0].wait == 1


# --- ambiguous failures -------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.COMMIT_THEN_500, Fault.COMMIT_THEN_DROP, Fault.TRUNCATED_BODY])
def test_a_run_whose_answer_was_lost_exists_and_is_found_not_made_again(panda, sandbox, fault):
    sandbox.inject(fault, operation="create_batch_session_eval_run")
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    assert run.reconciled
    assert [found.id for found in panda.session_runs.list()] == [run.id]
    assert sandbox.units_billed == 1


# --- the life of a run ----------------------------------------------------------------------------------


def test_a_run_is_pending_then_running_then_completed(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["a", "b"], metrics=ONE)
    seen = [run.status]
    for step in (0.55, 0.1, 0.1):
        clock.advance(step)
        run = panda.session_runs.get(run)
        seen.append(run.status)
    assert seen == ["PENDING", "RUNNING", "RUNNING", "COMPLETED"]
    assert run.evaluated_count == 2
    assert run.completed_at > run.created_at


def test_failed_can_turn_back_into_running_with_counts_at_zero(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["a", "crash-once-b", "c", "d"], metrics=ONE)
    clock.advance(0.75)
    failed = panda.session_runs.get(run)
    assert (failed.status, failed.evaluated_count) == ("FAILED", 2)
    assert failed.error_message
    clock.advance(10)
    back = panda.session_runs.get(run)
    assert (back.status, back.evaluated_count, back.error_message, back.completed_at) == ("RUNNING", 0, None, None)
    clock.advance(1)
    assert panda.session_runs.get(run).status == "COMPLETED"


def test_a_run_fails_for_good_after_two_more_attempts_ten_seconds_apart(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["crash-a", *map(str, range(19))], metrics=ONE)
    seen = [run.status]
    for _ in range(70):
        clock.advance(0.45)
        status = panda.session_runs.get(run).status
        if status != seen[-1]:
            seen.append(status)
    assert seen == ["PENDING", "RUNNING", "FAILED", "RUNNING", "FAILED", "RUNNING", "FAILED"]


def test_a_session_without_traces_counts_as_evaluated_and_gets_no_score(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["ghost-a", "b"], metrics=ONE)
    clock.advance(60)
    done = panda.session_runs.get(run)
    assert (done.status, done.evaluated_count, done.failed_count) == ("COMPLETED", 2, 0)
    assert [score.session_id for score in panda.session_runs.scores(run)] == ["b"]


def test_failed_count_is_of_pairs_and_completed_does_not_mean_all_went_well(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["fail-a", "b"], metrics=BOTH)
    clock.advance(60)
    done = panda.session_runs.get(run)
    assert (done.status, done.failed_count) == ("COMPLETED", 2)
    failed = [score for score in panda.session_runs.scores(run) if score.status == "FAILED"]
    assert [(score.session_id, score.value) for score in failed] == [("fail-a", None)] * 2


def test_failed_count_can_exceed_the_number_of_sessions(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["fail-a"], metrics=BOTH)
    clock.advance(60)
    done = panda.session_runs.get(run)
    assert done.failed_count == 2 > target_count(done)


def test_a_perfect_score_may_have_nothing_behind_it(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["unjudged-a"], metrics=ONE)
    clock.advance(60)
    assert panda.session_runs.get(run).failed_count == 0
    [score] = panda.session_runs.scores(run)
    assert (score.value, score.reason, score.status) == ("1.0", "No evaluable traces.", "SUCCESS")
    outcome = panda.session_runs.wait(run)
    assert (outcome.ok, outcome.scores_without_evidence) == (False, (score,))


@pytest.mark.parametrize("field", ["total_targets", "total_traces"])
def test_old_and_new_deployments_are_both_read(kind, field):
    with Sandbox(total_field=field, clock=HeldClock()) as sandbox, sandbox.serve() as url:
        panda = kind(url)
        created = panda.session_runs.create_batch(session_ids=["a", "b"], metrics=ONE)
        [listed] = panda.session_runs.list()
        for run in (created, panda.session_runs.get(created), listed):
            assert target_count(run) == 2
            assert run.to_dict()[field] == 2
            assert ({"total_targets", "total_traces"} & run.to_dict().keys()) == {field}
        assert not panda.drift
        kind.hang_up()


def test_times_come_with_microseconds_and_their_offset(kind, panda, clock):
    clock.set(1_790_000_000.0)
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    clock.advance(60.123456)
    shape = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"
    found = kind.wire(panda, "GET", f"{RUNS}/{run.id}").json()
    assert re.fullmatch(shape, found["created_at"])
    assert re.fullmatch(shape, found["completed_at"])
    parsed = panda.session_runs.get(run)
    assert (parsed.created_at.utcoffset(), parsed.created_at.timestamp()) == (timedelta(0), 1_790_000_000.0)


# --- the other operations ---------------------------------------------------------------------------


@pytest.fixture
def sessions(sandbox):
    """Three sessions for filters to find."""
    for name, extra in {
        "old": {"started_at": "2026-01-01T00:00:00+00:00", "user_id": "u1", "tags": ["x"]},
        "new": {"started_at": "2026-06-01T00:00:00+00:00", "user_id": "u2", "tags": ["x", "y"], "trace_count": 3},
        "bad": {"started_at": "2026-06-02T00:00:00+00:00", "user_id": "u2", "has_error": True},
    }.items():
        sandbox.add_session(name, **extra)
    return sandbox


FILTERS = [
    ({}, 3),
    ({"user_id": "u2"}, 2),
    ({"has_error": True}, 1),
    ({"has_error": False}, 2),
    ({"tags": ["x"]}, 2),
    ({"tags": {"y": 1}.keys()}, 1),
    ({"min_trace_count": 2}, 1),
    ({"date_from": "2026-05-01T00:00:00+00:00"}, 2),
    ({"date_from": datetime(2026, 5, 1, tzinfo=UTC), "date_to": "2026-06-01T12:00:00Z"}, 1),
    ({"user_id": "u2", "has_error": False}, 1),
]


def test_a_create_by_filters_finds_its_sessions_and_repeats_its_filters(panda, sessions):
    for filters, count in FILTERS:
        before = sessions.units_billed
        run = panda.session_runs.create(metrics=BOTH, **filters)
        assert (filters, target_count(run)) == (filters, count)
        assert sessions.units_billed - before == count * 2
        echoed = run.filters.to_dict()
        assert set(echoed) == set(filters)
        for name in filters.keys() - {"date_from", "date_to", "tags"}:
            assert echoed[name] == filters[name]


def test_a_sampling_rate_takes_a_part(panda, sessions):
    run = panda.session_runs.create(metrics=ONE, sampling_rate=0.67, name="part", signal_weights={"coherence": 1})
    assert (target_count(run), run.sampling_rate, run.name) == (2, 0.67, "part")
    assert run.filters.to_dict() == {"signal_weights": {"coherence": 1}}


def test_filters_that_match_nothing_are_an_invalid_request(panda, sessions):
    with pytest.raises(InvalidRequest) as caught:
        panda.session_runs.create(metrics=ONE, user_id="nobody")
    assert (caught.value.detail, caught.value.errors) == ("No sessions match the provided filters.", ())
    assert sessions.units_billed == 0


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_a_sampling_rate_outside_0_to_1_is_refused_here_and_there(kind, panda, sandbox, rate):
    with pytest.raises(InvalidArgument, match=r"^sampling_rate: "):
        panda.session_runs.create(metrics=ONE, sampling_rate=rate)
    assert sandbox.requests == []
    bare = kind.bare(panda, create_session_eval_run, body=CreateSessionEvalRunRequest(ONE, sampling_rate=rate))
    assert [error.field for error in bare.parsed.errors] == ["sampling_rate"]


def test_runs_are_listed_newest_first_and_by_status(panda, clock):
    made = []
    for _ in range(3):
        made.insert(0, panda.session_runs.create_batch(session_ids=[*"abcdef"], metrics=ONE).id)
        clock.advance(0.4)
    assert [run.id for run in panda.session_runs.list()] == made
    assert [run.status for run in panda.session_runs.list()] == ["PENDING", "RUNNING", "COMPLETED"]
    for run_id, status in zip(made, ["PENDING", "RUNNING", "COMPLETED"], strict=True):
        assert [run.id for run in panda.session_runs.list(status=status)] == [run_id]
    assert list(panda.session_runs.list(status="FAILED")) == []


def test_a_page_says_its_total_limit_and_offset_and_the_limit_is_1_to_200(kind, panda):
    for _ in range(3):
        panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    page = kind.bare(panda, list_session_eval_runs).parsed
    assert (len(page.items), page.total, page.limit, page.offset) == (3, 3, 50, 0)
    page = kind.bare(panda, list_session_eval_runs, limit=1, offset=2).parsed
    assert (len(page.items), page.total, page.limit, page.offset) == (1, 3, 1, 2)
    assert kind.bare(panda, list_session_eval_runs, limit=200, offset=9).parsed.items == []
    for limit in (0, 201):
        with pytest.raises(InvalidArgument, match=r"^page_size: "):
            panda.session_runs.list(page_size=limit)
        bare = kind.bare(panda, list_session_eval_runs, limit=limit).parsed
        assert [error.field for error in bare.errors] == ["query -> limit"]


def test_a_status_that_the_service_does_not_have_is_refused_here_and_there(kind, panda, sandbox):
    with pytest.raises(InvalidArgument, match=r"^status: 'DONE' is not one of PENDING, RUNNING, COMPLETED, FAILED"):
        panda.session_runs.list(status="DONE")
    assert sandbox.requests == []
    assert kind.wire(panda, "GET", RUNS, params={"status": "DONE"}).json()["errors"][0]["field"] == "query -> status"


def test_a_run_that_is_not_there_is_not_found(kind, panda):
    for call in (panda.session_runs.get, panda.session_runs.delete, panda.session_runs.retry):
        with pytest.raises(NotFound) as caught:
            call(NOBODY)
        assert (caught.value.status, caught.value.detail) == (404, f"Eval run {NOBODY} not found.")
    bare = kind.bare(panda, get_session_eval_run, run_id=NOBODY)
    assert isinstance(bare.parsed, ErrorDetail)


def test_a_run_id_that_is_no_uuid_is_refused_here_and_422_there(kind, panda, sandbox):
    for call in (
        panda.session_runs.get,
        panda.session_runs.delete,
        panda.session_runs.retry,
        panda.session_runs.scores,
        panda.session_runs.wait,
    ):
        with pytest.raises(InvalidArgument, match=r"^run_id: 'nope' is not a valid UUID"):
            call("nope")
    assert sandbox.requests == []
    for operation in (get_session_eval_run, retry_session_eval_run, list_session_eval_run_scores):
        bare = kind.bare(panda, operation, run_id="nope")
        assert [error.field for error in bare.parsed.errors] == ["path -> run_id"]


@pytest.mark.parametrize("delete_scores", [False, True])
def test_a_deleted_run_is_gone_and_its_scores_stay_unless_asked(panda, clock, delete_scores):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=BOTH)
    clock.advance(60)
    assert panda.session_runs.delete(run, delete_scores=delete_scores) is None
    with pytest.raises(NotFound):
        panda.session_runs.get(run)
    with pytest.raises(NotFound):
        panda.session_runs.delete(run)
    left = list(panda.session_scores.list())
    assert len(left) == (0 if delete_scores else 2)
    assert [score.eval_run_id for score in left] == [None] * len(left)


@pytest.mark.parametrize("name", [None, "nightly"])
def test_a_retry_is_a_new_run_over_what_failed(panda, clock, sandbox, name):
    old = panda.session_runs.create_batch(session_ids=["b", "fail-a"], metrics=ONE, name=name)
    clock.advance(60)
    new = panda.session_runs.retry(old)
    assert new.id != old.id
    assert new.filters.to_dict() == {"retry_of": str(old.id), "session_ids": ["fail-a"]}
    assert new.name == f"Retry: {name or old.id}"
    assert sandbox.units_billed == 3
    clock.advance(60)
    assert (panda.session_runs.get(new).status, panda.session_runs.get(new).failed_count) == ("COMPLETED", 0)


def test_a_retry_of_a_run_without_failures_is_an_invalid_request(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    clock.advance(60)
    with pytest.raises(InvalidRequest) as caught:
        panda.session_runs.retry(run)
    assert (caught.value.status, caught.value.detail) == (422, "No failed scores to retry in this run.")


def test_scores_of_a_run_may_be_none(panda):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    assert panda.session_runs.scores(run) == []
    assert panda.session_runs.scores(NOBODY) == []


def test_a_score_has_all_that_was_observed(panda, clock):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    clock.advance(60)
    [score] = panda.session_runs.scores(run)
    assert (score.session_id, score.name, score.eval_run_id) == ("a", "agent_reliability", run.id)
    assert (score.data_type, score.source, score.status) == ("NUMERIC", "AUTOMATED", "SUCCESS")
    assert (score.author_user_id, str(score.project_id)) == (None, PROJECT_ID)
    assert isinstance(score.value, str)
    assert score.reason
    assert isinstance(score.metadata.to_dict(), dict)
    assert score.created_at.tzinfo
    assert score.updated_at.tzinfo


def test_values_lie_between_0_and_1(panda, clock):
    run = panda.session_runs.create_batch(session_ids=[f"s{n}" for n in range(60)], metrics=BOTH)
    clock.advance(600)
    values = [float(score.value) for score in panda.session_runs.scores(run)]
    assert len(values) == 120
    assert all(0 <= value <= 1 for value in values)


def test_the_metrics_are_the_two_that_were_observed(panda):
    assert [(metric.name, metric.category) for metric in panda.session_metrics.list()] == [
        ("agent_consistency", "session"),
        ("agent_reliability", "session"),
    ]
    assert all(metric.description for metric in panda.session_metrics.list())


def test_scores_are_narrowed_by_everything_that_the_service_takes(panda, clock):
    one = panda.session_runs.create_batch(session_ids=["a", "fail-b"], metrics=BOTH)
    clock.advance(60)
    middle = datetime.fromtimestamp(clock.now(), UTC)
    two = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    clock.advance(60)

    def count(**query):
        return len(list(panda.session_scores.list(**query)))

    assert count() == 5
    assert [count(session_id=name) for name in ("a", "fail-b", "x")] == [3, 2, 0]
    assert [count(name=name) for name in BOTH] == [3, 2]
    assert [count(status=status) for status in ("SUCCESS", "FAILED", "PENDING")] == [3, 2, 0]
    assert [count(source=source) for source in ("AUTOMATED", "ANNOTATION")] == [5, 0]
    assert [count(eval_run_id=run) for run in (one, two.id, str(NOBODY))] == [4, 1, 0]
    assert [count(date_from=middle), count(date_to=middle)] == [1, 4]
    assert count(session_id="a", name=ONE[0], status="SUCCESS", date_from=middle.isoformat()) == 1


def test_scores_come_newest_first_in_pages(panda, clock):
    panda.session_runs.create_batch(session_ids=[f"s{n}" for n in range(10)], metrics=ONE)
    clock.advance(60)
    pages = list(panda.session_scores.list(page_size=4).pages())
    assert [len(page.items) for page in pages] == [4, 4, 2]
    assert {page.total for page in pages} == {10}
    times = [score.created_at for page in pages for score in page.items]
    assert all(later >= earlier for later, earlier in itertools.pairwise(times))
