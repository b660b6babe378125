"""Every row of the policy table, for every kind of operation, over real sockets; requests are counted by the server."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import product

import httpx
import pytest
from pandaprobe_evals import BackoffPolicy, BearerToken
from pandaprobe_evals.errors import (
    APIStatusError,
    AuthenticationError,
    ConnectionFailed,
    ContractViolation,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    QuotaExceeded,
    ServerError,
)
from pandaprobe_sandbox import HOBBY_API_KEY, INACTIVE_API_KEY, PROJECT_ID, TOKEN, Sandbox

from .operations import CREATES, DELETES, EVERY, READS, named
from .world import BATCH, DELETE, FAST, FILTERS, LIST, METRICS, RUNS, caught, closed_port, elapsed, new_project

every = pytest.mark.parametrize("operation", EVERY, ids=named)
creates = pytest.mark.parametrize("operation", CREATES, ids=named)
reads_and_deletes = pytest.mark.parametrize("operation", READS + DELETES, ids=named)

HTML = {"content_type": "text/html", "body": "<html><h1>Sign in</h1></html>"}
BEFORE = [  # the request did not get to the service
    ("drop_before_commit", {}),
    ("html_502", {}),
    ("html_503", {}),
    ("status", {"code": 504, **HTML}),
    ("status", {"code": 520}),
    ("status", {"code": 499, **HTML}),
    ("status", {"code": 408, **HTML}),
    ("status", {"code": 200, **HTML}),
    ("status", {"code": 202, **HTML}),
]
AFTER = [  # the service did what it was asked for, and nobody was told
    ("commit_then_drop", {}),
    ("commit_then_500", {}),
    ("slow", {"delay": 0.4}),
    *((fault, {**options, "commit": True}) for fault, options in BEFORE[1:]),
]
SPOILT = [("truncated_body", {}), ("invalid_json", {}), ("empty_body", {})]
SLOW = httpx.Timeout(0.2)


def said(fault):
    name, options = fault
    code = [str(options["code"])] if "code" in options else []
    return "-".join([name, *code, *(["commit"] if "commit" in options else [])])


def meet(sandbox, face, operation, fault, times=1):
    """Call the operation with a fault in its way; what it returned, and the requests for it."""
    needed = operation.prepare(face, sandbox)
    name, options = fault
    sandbox.inject(name, operation=operation.id, times=times, **options)
    sandbox.requests.clear()
    more = {"timeout": SLOW} if name == "slow" else {}
    result = operation.call(face, needed, **more)
    sent = [request for request in sandbox.requests if request.operation == operation.id]
    return needed, result, sent


# ------------------------------------------------------------------------------------------------ maybe processed


@creates
@pytest.mark.parametrize("fault", BEFORE, ids=said)
def test_a_create_that_was_not_processed_is_looked_for_and_then_sent_again(face, sandbox, operation, fault):
    needed, run, sent = meet(sandbox, face, operation, fault)
    assert len(sent) == 2
    assert LIST in [request.operation for request in sandbox.requests][1:-1]
    assert not run.reconciled
    assert [attempt.operation for attempt in run.attempts].count(operation.id) == 2
    operation.done(face, needed, run)


@creates
@pytest.mark.parametrize("fault", AFTER + SPOILT, ids=said)
def test_a_create_that_was_processed_is_found_and_not_sent_again(face, sandbox, operation, fault):
    needed, run, sent = meet(sandbox, face, operation, fault)
    assert len(sent) == 1
    assert run.reconciled
    assert run.attempts[0].then.startswith("look it up: ")
    operation.done(face, needed, run)


@reads_and_deletes
def test_reads_and_deletes_are_sent_again_at_once(face_of, served, sandbox, operation):
    spoilt = SPOILT if operation.effect == "reads" else []
    for fault in BEFORE + AFTER + spoilt:
        face = face_of(served[1], project=new_project())
        needed, result, sent = meet(sandbox, face, operation, fault)
        assert len(sent) == 2, said(fault)
        operation.done(face, needed, result)


@reads_and_deletes
def test_resending_ends_with_the_last_attempt(face, sandbox, operation):
    needed = operation.prepare(face, sandbox)
    most = FAST.max_attempts
    for (fault, options), error, sent in (
        (("drop_before_commit", {}), OutcomeUnknown if operation.effect == "deletes" else ConnectionFailed, most),
        (("status", {"code": 520}), ServerError, most),
        (("status", {"code": 502, **HTML}), ServerError, most),
        (("status", {"code": 499, **HTML}), APIStatusError, most),
        (("status", {"code": 200, **HTML}), ContractViolation, 2),
    ):
        sandbox.inject(fault, operation=operation.id, times=sent, **options)
        sandbox.requests.clear()
        got = caught(operation.call, face, needed)
        assert isinstance(got, error), (fault, options)
        assert len(sandbox.requests) == sent == len(got.attempts)
        assert got.attempts[-1].then.startswith("give up")


@creates
@pytest.mark.parametrize("fault", [*BEFORE[:-2], ("status", {"code": 500, "content_type": "text/plain"})], ids=said)
def test_a_create_that_is_never_processed_ends_with_what_went_wrong_and_no_run(face, sandbox, operation, fault):
    needed = operation.prepare(face, sandbox)
    sandbox.inject(fault[0], operation=operation.id, times=50, **fault[1])
    sandbox.requests.clear()
    error = caught(operation.call, face, needed)
    sent = [request for request in sandbox.requests if request.operation == operation.id]
    assert isinstance(error, ConnectionFailed if fault[0] == "drop_before_commit" else APIStatusError)
    assert "nothing was made" in str(error)
    assert len(sent) == FAST.max_attempts
    assert len(error.attempts) == len(sandbox.requests)
    assert len(face.list()) == (1 if needed else 0)


# ---------------------------------------------------------------------------------------------- nothing was sent


@every
def test_a_refused_connection_is_tried_again_and_then_said(face_of, sandbox, served, operation):
    near = face_of(served[1], project=new_project())
    needed = operation.prepare(near, sandbox)
    far = face_of(f"http://127.0.0.1:{closed_port()}")
    error = caught(operation.call, far, needed)
    assert isinstance(error, ConnectionFailed)
    assert [attempt.status for attempt in error.attempts] == [None] * FAST.max_attempts
    assert all("ConnectError" in attempt.error for attempt in error.attempts)


@creates
def test_a_create_goes_through_once_a_refused_connection_is_accepted(face_of, operation):
    port = closed_port()
    patient = BackoffPolicy(base=0.1, cap=0.1, max_attempts=40)
    with Sandbox(rate_limit=None, read_limit=None, speed=1000) as sandbox:
        with sandbox.serve(port=port) as url:
            face = face_of(url, backoff=patient)
            needed = operation.prepare(face, sandbox)
        sandbox.requests.clear()
        name, args, options = _method(operation, needed)
        refused = face.start(name, *args, **options)
        time.sleep(0.25)
        assert not sandbox.requests
        with sandbox.serve(port=port):
            run = refused.result(10)
            assert [request.operation for request in sandbox.requests] == [operation.id]
            assert run.attempts[0].then.startswith("retry: ConnectError")
            assert not run.reconciled
            operation.done(face, needed, run)


def _method(operation, needed):
    calls = []

    class Recorder:
        def __getattr__(self, name):
            return lambda *args, **options: calls.append((name, args, options))

    operation.call(_Batched(Recorder()), needed)
    name, args, options = calls[0]
    return name, args, options


class _Batched:
    def __init__(self, recorder):
        self._recorder = recorder

    def batch(self, *ids, **options):
        return self._recorder.create_batch(session_ids=ids, metrics=METRICS, **options)

    def __getattr__(self, name):
        return getattr(self._recorder, name)


@every
def test_a_full_pool_sends_nothing_and_is_waited_for(face_of, served, sandbox, operation):
    limits = httpx.Limits(max_connections=1)
    timeout = httpx.Timeout(5.0, pool=0.05)
    face = face_of(
        served[1],
        project=new_project(),
        http={"limits": limits},
        timeout=timeout,
        backoff=BackoffPolicy(base=0.1, cap=0.1, max_attempts=40),
    )
    needed = operation.prepare(face, sandbox)
    sandbox.inject("slow", operation="get_session_eval_run", delay=0.3)
    sandbox.requests.clear()
    holder = face.start("get", "00000000-0000-4000-8000-000000000000")
    while not sandbox.requests:
        time.sleep(0.005)
    with face.client.recording() if face.kind == "sync" else _Nothing() as attempts:
        result = operation.call(face, needed)
    with pytest.raises(NotFound):
        holder.result(5)
    sent = [request for request in sandbox.requests[1:] if request.operation == operation.id]
    assert len(sent) == 1
    if attempts is not None:
        assert "PoolTimeout" in attempts[0].error
        assert attempts[0].then.startswith("retry")
    operation.done(face, needed, result)


class _Nothing:
    def __enter__(self):
        return None

    def __exit__(self, *_):
        return None


# ------------------------------------------------------------------------------------------------------- both 429s

JSON_429 = {"code": 429, "content_type": "application/json"}
LIMITED = JSON_429 | {"body": '{"error":"Rate limit exceeded: 50 per 1 minute"}'}
QUOTA = JSON_429 | {"body": '{"detail":"You have reached the session_evals limit (10) for your HOBBY plan."}'}


def test_a_used_up_window_is_waited_for_and_then_makes_one_run_for_each_create(face_of):
    with Sandbox(rate_limit=(1, 1.0), speed=1000) as sandbox, sandbox.serve() as url:
        face = face_of(url, paced=True)
        sandbox.add_session("found", user_id="somebody")
        stranger = face_of(url, project=new_project())
        failed = face.foreign("fail-1")
        time.sleep(1.05)
        began = time.monotonic()
        for path in (f"{RUNS}/batch", RUNS, f"{RUNS}/{failed}/retry"):
            counted = {"session_ids": ["a"], "metrics": ["nope"]}
            assert stranger.raw("POST", path, json=counted).status_code in {404, 422}
        sandbox.requests.clear()
        calls = [
            face.start("create_batch", session_ids=["a"], metrics=METRICS),
            face.start("create", metrics=METRICS, user_id="somebody"),
            face.start("retry", failed),
        ]
        runs = [call.result(15) for call in calls]
        assert time.monotonic() - began >= 1.0
        assert {run.attempts[0].status for run in runs} == {429}
        for operation in CREATES:
            statuses = [request.status for request in sandbox.requests if request.operation == operation.id]
            assert statuses[-1] == 202
            assert set(statuses[:-1]) == {429}
        assert sorted(str(run.id) for run in face.list()) == sorted([failed, *(str(run.id) for run in runs)])


@reads_and_deletes
def test_a_429_of_the_rate_limit_is_waited_out(face, sandbox, operation):
    needed = operation.prepare(face, sandbox)
    sandbox.inject("status", operation=operation.id, times=2, retry_after="0.05", **LIMITED)
    sandbox.requests.clear()
    result, seconds = elapsed(lambda: operation.call(face, needed))
    assert [r.status for r in sandbox.requests if r.operation == operation.id][:2] == [429, 429]
    assert len([r for r in sandbox.requests if r.operation == operation.id]) == 3
    assert seconds >= 0.1
    operation.done(face, needed, result)


@every
def test_a_429_of_the_quota_costs_exactly_one_request(face, sandbox, operation):
    needed = operation.prepare(face, sandbox)
    sandbox.inject("status", operation=operation.id, times=5, retry_after="1", **QUOTA)
    sandbox.requests.clear()
    error = caught(operation.call, face, needed)
    assert type(error) is QuotaExceeded
    assert "HOBBY" in error.detail
    assert len(sandbox.requests) == 1 == len(error.attempts)


@pytest.mark.parametrize("key", [HOBBY_API_KEY, INACTIVE_API_KEY])
def test_a_used_up_plan_is_said_after_one_request(face_of, served, sandbox, key):
    from pandaprobe_evals import ApiKey

    face = face_of(served[1], auth=ApiKey(key, new_project()))
    error = caught(face.batch, *(f"s{n}" for n in range(11)))
    assert type(error) is QuotaExceeded
    assert [request.status for request in sandbox.requests] == [429]


# ------------------------------------------------------------------------------------------- proxies with Retry-After


@every
def test_a_proxys_429_is_honoured(face, sandbox, operation):
    needed = operation.prepare(face, sandbox)
    sandbox.inject("html_429", operation=operation.id, retry_after="0.3")
    sandbox.requests.clear()
    result = operation.call(face, needed)
    first, second = (r.received_at for r in sandbox.requests if r.operation == operation.id)
    assert 0.29 <= second - first < 1.5
    operation.done(face, needed, result)


def test_a_retry_after_as_a_date_is_read_by_the_answers_own_clock(face, sandbox):
    needed = [DELETES[0].prepare(face, sandbox) for _ in range(2)]
    for operation, fault in (
        (BATCH, "html_429"), (DELETE, "html_429"), (FILTERS, "html_503"), (DELETE, "html_503"), (LIST, "html_503")
    ):  # fmt: skip
        when = format_datetime(datetime.fromtimestamp(int(sandbox.clock.now()) + 2, UTC), usegmt=True)
        sandbox.inject(fault, operation=operation, retry_after=when)
    sandbox.add_session("found", user_id="somebody")
    sandbox.requests.clear()
    calls = [
        face.start("create_batch", session_ids=["a"], metrics=METRICS),
        face.start("create", metrics=METRICS, user_id="somebody"),
        *(face.start("delete", run) for run in needed),
    ]
    results = [call.result(10) for call in calls]
    assert len({run.id for run in results[:2]}) == 2
    for operation, gaps in ((BATCH, 1), (FILTERS, 1), (DELETE, 2)):
        at = [request.received_at for request in sandbox.requests if request.operation == operation]
        assert len(at) == 2 * gaps
        assert 0.4 <= min(at[gaps:]) - max(at[:gaps]) < 3.0


ABSURD = [
    "-5",
    "1e12",
    "nan",
    "inf",
    "soon",
    "",
    "Tue, 99 Foo 2026 00:00:00 GMT",
    "Fri, 01 Jan 2100 00:00:00 GMT",
    "0x10",
]


@pytest.mark.parametrize("operation", [CREATES[0], READS[1], DELETES[0]], ids=named)
@pytest.mark.parametrize("fault", ["html_429", "html_503"])
def test_an_absurd_retry_after_is_ignored(face_of, served, sandbox, operation, fault):
    for absurd in ABSURD:
        face = face_of(served[1], project=new_project())
        needed = operation.prepare(face, sandbox)
        sandbox.inject(fault, operation=operation.id, retry_after=absurd)
        result, seconds = elapsed(lambda: operation.call(face, needed))  # noqa: B023  (called at once)
        assert seconds < 2.0, absurd
        operation.done(face, needed, result)


@creates
@pytest.mark.parametrize("commit", [True, False])
def test_after_a_proxys_503_nothing_is_looked_for_or_sent_before_its_retry_after(face, sandbox, operation, commit):
    needed = operation.prepare(face, sandbox)
    sandbox.inject("html_503", operation=operation.id, retry_after="0.4", commit=commit)
    sandbox.requests.clear()
    run = operation.call(face, needed)
    first, second = (request.received_at for request in sandbox.requests[:2])
    assert second - first >= 0.39
    assert sandbox.requests[1].operation == LIST
    assert run.reconciled == commit
    operation.done(face, needed, run)


@reads_and_deletes
def test_a_proxys_503_is_honoured_by_reads_and_deletes(face, sandbox, operation):
    needed, result, sent = meet(sandbox, face, operation, ("html_503", {"retry_after": "0.3"}))
    assert sent[1].received_at - sent[0].received_at >= 0.29
    operation.done(face, needed, result)


# ------------------------------------------------------------------------------------------------ deterministic errors


@every
def test_a_deterministic_4xx_is_raised_after_one_request(face, sandbox, operation):
    needed = operation.prepare(face, sandbox)
    bodies = [('{"detail":"No."}', "application/json"), ("<html>No.</html>", "text/html")]
    kinds = {400: InvalidRequest, 403: PermissionDenied, 404: ServerError, 413: APIStatusError, 422: InvalidRequest}
    for (status, kind), (body, content_type) in product(kinds.items(), bodies):
        sandbox.inject("status", operation=operation.id, code=status, body=body, content_type=content_type)
        sandbox.requests.clear()
        error = caught(operation.call, face, needed)
        assert isinstance(error, kind)
        assert error.status == status
        assert "No." in error.detail
        assert len(sandbox.requests) == 1 == len(error.attempts)


@pytest.mark.parametrize("operation", [o for o in EVERY if o.id in ("get_session_eval_run", DELETE)], ids=named)
def test_a_run_that_is_not_there_is_not_found_with_one_request(face, sandbox, operation):
    error = caught(operation.call, face, "00000000-0000-4000-8000-000000000000")
    assert type(error) is NotFound
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [("commit_then_drop", {}), ("commit_then_500", {}), ("slow", {"delay": 0.4})]
    + [("status", {"code": code, "commit": True, **HTML}) for code in (200, 408, 499, 502, 503, 520)],
    ids=said,
)
def test_a_delete_that_was_sent_again_and_finds_nothing_has_succeeded(face, sandbox, fault):
    _needed, result, sent = meet(sandbox, face, DELETES[0], fault)
    assert result is None
    assert [request.status for request in sent][1:] == [404]


def test_a_delete_that_first_met_a_429_or_a_refusal_still_says_not_found(face, sandbox):
    sandbox.inject("html_429", operation=DELETE, retry_after="0")
    error = caught(face.delete, "00000000-0000-4000-8000-000000000000")
    assert type(error) is NotFound
    assert len(sandbox.requests) == 2


# ---------------------------------------------------------------------------------------------------------- 401


class Provider:
    """Gives out tokens, and counts."""

    def __init__(self, tokens):
        self.tokens = list(tokens)
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return self.tokens[min(self.asked, len(self.tokens)) - 1]


@pytest.fixture
def with_provider(face_of, served):
    def make(*tokens):
        provider = Provider(tokens)
        return provider, face_of(served[1], auth=BearerToken(provider, project_id=PROJECT_ID))

    return make


@every
def test_an_expired_token_is_asked_for_once_and_sent_once_more(with_provider, face_of, served, sandbox, operation):
    owner = face_of(served[1], project="sandbox")
    for run in owner.list():
        owner.delete(run.id)
    needed = operation.prepare(owner, sandbox)
    sandbox.requests.clear()
    provider, face = with_provider("expired", TOKEN)
    result = operation.call(face, needed)
    good = {"creates": 202, "reads": 200, "deletes": 204}[operation.effect]
    assert [request.status for request in sandbox.requests if request.operation == operation.id][:2] == [401, good]
    assert provider.asked == 2
    operation.done(face, needed, result)


@every
def test_a_token_that_stays_bad_is_said_after_two_requests(with_provider, sandbox, operation):
    provider, face = with_provider("bad", "worse", TOKEN)
    error = caught(operation.call, face, "00000000-0000-4000-8000-000000000000")
    assert type(error) is AuthenticationError
    assert len(sandbox.requests) == 2 == provider.asked


@every
def test_a_bad_key_is_said_after_one_request(face, sandbox, operation):
    needed = operation.prepare(face, sandbox)
    sandbox.inject("unauthorized_once", operation=operation.id)
    sandbox.requests.clear()
    assert type(caught(operation.call, face, needed)) is AuthenticationError
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("body", ["<html>401 Authorization Required</html>", ""], ids=["html", "empty"])
def test_a_gateways_401_is_answered_by_a_new_token_too(with_provider, sandbox, body):
    provider, face = with_provider("old", TOKEN)
    sandbox.inject("status", code=401, body=body, content_type="text/html", operation=BATCH)
    run = face.batch("gateway")
    assert run.id
    assert [request.status for request in sandbox.requests] == [401, 202]
    assert provider.asked == 2


def test_many_creates_that_meet_an_expired_token_ask_for_one_new_one(with_provider, sandbox):
    provider, face = with_provider("expired", TOKEN)
    calls = [face.start_batch(f"shared {n}") for n in range(8)]
    assert len({call.result(10).id for call in calls}) == 8
    assert provider.asked == 2


def test_a_create_that_is_lost_after_its_token_was_renewed_is_still_one(with_provider, sandbox):
    _provider, face = with_provider("expired", TOKEN)
    sandbox.inject("pass", operation=BATCH)
    sandbox.inject("commit_then_drop", operation=BATCH)
    name = new_project()
    run = face.batch("renewed and lost", name=name)
    assert run.reconciled
    assert [r.operation for r in sandbox.requests].count(BATCH) == 2
    assert [found.id for found in face.list() if found.name == name] == [run.id]
