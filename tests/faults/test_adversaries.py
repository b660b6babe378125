"""What services, proxies and callers do that no policy table names: answers of others, cut answers, interrupts, forks."""

import asyncio
import gc
import json
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from pandaprobe_evals import ApiKey, AsyncPandaProbe, BearerToken, PandaProbe
from pandaprobe_evals.errors import OutcomeUnknown, QuotaExceeded, RateLimited
from pandaprobe_sandbox import API_KEY, PROJECT_ID, TOKEN

from .operations import CREATES, named
from .world import (
    BATCH,
    FAST,
    FILTERS,
    LIST,
    METRICS,
    RETRY,
    RUNS,
    Face,
    caught,
    elapsed,
    http,
    new_project,
    raw_list,
    raw_server,
)

creates = pytest.mark.parametrize("operation", CREATES, ids=named)
PATHS = {BATCH: f"{RUNS}/batch", FILTERS: RUNS, RETRY: "/retry"}


@pytest.fixture
def meddler(served):
    """Makes a proxy before the sandbox that answers a request of one kind itself, once, and passes all others on."""
    with httpx.Client(base_url=served[1], verify=False, timeout=10) as service:

        @contextmanager
        def make(operation, meddle):
            meddled = []

            def answer(connection, heard, number):
                lines = [line.partition(": ") for line in heard.head.split("\r\n")[1:]]
                headers = {name: value for name, _, value in lines if name.lower() not in ("host", "connection")}
                true = service.request(heard.method, heard.line.split(" ")[1], content=heard.body, headers=headers)
                if not meddled and heard.method == "POST" and heard.path.endswith(PATHS[operation]):
                    meddled.append(True)
                    meddle(connection, true)
                else:
                    connection.sendall(http(true.status_code, true.content, content_type=true.headers["content-type"]))

            with raw_server(answer) as server:
                yield server

        yield make


HEAD = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nConnection: close\r\n"


def cut_by_length(connection, true):
    connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(true.content) + true.content[:-20])


def cut_between_chunks(connection, true):
    connection.sendall(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(true.content) + true.content + b"\r\n"
    )


def cut_within_a_chunk(connection, true):
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(true.content) + true.content[:40])


def cut_without_a_length(connection, true):
    connection.sendall(HEAD + b"\r\n" + true.content[:-1])


def cut_in_the_head(connection, true):
    connection.sendall(HEAD[:30])


def no_http_at_all(connection, true):
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")


def said_to_be_html(connection, true):
    connection.sendall(http(202, true.content, content_type="text/html"))


def another_good_status(connection, true):
    connection.sendall(http(201, true.content))


def said_to_be_gzip(connection, true):
    connection.sendall(http(202, true.content, "Content-Encoding: gzip"))


def its_id_and_another(connection, true):
    connection.sendall(http(202, true.content[:-1] + b', "id": "%s"}' % str(uuid4()).encode()))


def another_and_its_id(connection, true):
    connection.sendall(http(202, b'{"id": "%s", ' % str(uuid4()).encode() + true.content[1:]))


def a_list(connection, true):
    connection.sendall(http(202, b"[" + true.content + b"]"))


@creates
@pytest.mark.parametrize(
    "meddle",
    [
        cut_by_length,
        cut_between_chunks,
        cut_within_a_chunk,
        cut_without_a_length,
        cut_in_the_head,
        no_http_at_all,
        said_to_be_html,
        another_good_status,
        said_to_be_gzip,
        its_id_and_another,
        another_and_its_id,
    ],
    ids=lambda meddle: meddle.__name__,
)
def test_a_create_whose_answer_is_spoilt_on_its_way_is_found(face_of, served, sandbox, meddler, operation, meddle):
    project = new_project()
    needed = operation.prepare(face_of(served[1], project=project), sandbox)
    with meddler(operation.id, meddle) as proxy:
        face = face_of(proxy.url, project=project)
        run = operation.call(face, needed)
        assert run.reconciled
        assert str(run.id) in [made["id"] for made in raw_list(face)]
        assert len(raw_list(face)) == 1 + bool(needed)


def test_interim_answers_are_passed_over(face_of, served, sandbox, meddler):
    def meddle(connection, true):
        connection.sendall(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + http(202, true.content)
        )

    with meddler(BATCH, meddle) as proxy:
        run = face_of(proxy.url, project=new_project()).batch("a")
        assert not run.reconciled


def test_an_answer_that_tells_of_another_run_does_not_hide_our_own(face_of, served, sandbox, meddler):
    project = new_project()
    direct = face_of(served[1], project=project)
    theirs = direct.foreign("theirs")

    def meddle(connection, true):
        connection.sendall(http(202, direct.raw("GET", f"{RUNS}/{theirs}").content))

    with meddler(BATCH, meddle) as proxy:
        run = face_of(proxy.url, project=project).batch("ours")
    assert run.reconciled
    assert run.filters.session_ids == ["ours"]
    assert len(raw_list(direct)) == 2


@pytest.mark.parametrize("listed", [404, 200])
def test_a_mock_that_answers_every_create_alike_is_believed_with_a_warning(face_of, caplog, listed):
    run = example("1" * 32, session_ids=["of the mock"])
    answers = {"POST": (202, run), "GET": (listed, {"items": [run], "total": 1, "limit": 20, "offset": 0})}

    def answer(connection, heard, number):
        status, body = answers[heard.method]
        connection.sendall(http(status, json.dumps(body)))

    with raw_server(answer) as server:
        face = face_of(server.url)
        assert [str(face.batch(name).id) for name in ("a", "b")] == [run["id"]] * 2
        assert len(server.heard) == 4
    assert "was made from something else" in caplog.text


# --------------------------------------------------------------------------------------------- while it is looked for


def test_a_provider_that_fails_while_a_create_is_looked_for_leaves_an_unknown_outcome(face_of, served, sandbox):
    asked = []

    def provider():
        asked.append(True)
        if len(asked) == 2:
            raise LookupError("the identity provider is down")
        return TOKEN

    face = face_of(served[1], auth=BearerToken(provider, project_id=PROJECT_ID))
    name = new_project()
    sandbox.inject("commit_then_drop", operation=BATCH)
    sandbox.inject("unauthorized_once", operation=LIST)
    error = caught(face.batch, "a", name=name)
    assert type(error) is OutcomeUnknown
    assert "the identity provider is down" in str(error)
    run = face.resolve(error)
    assert run.name == name


def test_a_token_that_expires_while_a_create_is_looked_for_is_renewed(face_of, served, sandbox):
    asked = []
    face = face_of(served[1], auth=BearerToken(lambda: asked.append(True) or TOKEN, project_id=PROJECT_ID))
    sandbox.inject("commit_then_drop", operation=BATCH)
    sandbox.inject("unauthorized_once", operation=LIST)
    assert face.batch("a", name=new_project()).reconciled
    assert len(asked) == 2


def test_a_quota_that_ends_between_two_sends_is_said_and_nothing_more_is_sent(face, sandbox):
    sandbox.inject("drop_before_commit", operation=BATCH)
    sandbox.inject("status", operation=BATCH, code=429, content_type="application/json", body='{"detail":"limit (10)"}')
    error = caught(face.batch, "a")
    assert type(error) is QuotaExceeded
    assert [request.operation for request in sandbox.requests].count(BATCH) == 2
    assert raw_list(face) == []


def test_looking_through_a_list_without_end_stops_at_the_deadline(face_of, served, sandbox):
    """A busy project, or a list that says so: there is always one page more."""
    page = json.dumps({"items": [], "total": 10**6, "limit": 20, "offset": 0})

    def answer(connection, heard, number):
        if heard.method == "POST":
            return
        run = example(f"{number:032x}", session_ids=[f"other {number}"])
        connection.sendall(http(200, page.replace("[]", f"[{json.dumps(run)}]")))

    with raw_server(answer) as server:
        face = face_of(server.url)
        error, seconds = elapsed(lambda: caught(face.batch, "a", deadline=0.5))
    assert type(error) is OutcomeUnknown
    assert seconds < 2.0


def example(run_id, **filters):
    return {
        "id": str(UUID(run_id)),
        "project_id": PROJECT_ID,
        "name": None,
        "status": "PENDING",
        "target_type": "SESSION",
        "metric_names": METRICS,
        "filters": filters,
        "sampling_rate": 1.0,
        "model": "m",
        "monitor_id": None,
        "total_targets": 1,
        "evaluated_count": 0,
        "failed_count": 0,
        "error_message": None,
        "created_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "completed_at": None,
    }


@pytest.mark.parametrize(
    "filters",
    [
        {"tags": ["t"], "user_id": "u", "date_from": "2026-01-01T00:00:00+00:00"},
        {"date_from": "2026-01-01T00:00:00Z", "tags": ["t"], "user_id": "u", "color": "red"},
        {"date_from": "2025-12-31T19:00:00-05:00", "tags": ["t"], "user_id": "u", "has_error": None},
    ],
    ids=["another order", "Z and a new key", "another zone and a null"],
)
def test_a_run_by_filters_is_known_however_its_filters_are_written(face_of, filters):
    run = example("1" * 32, **filters)

    def answer(connection, heard, number):
        if heard.method == "GET":
            connection.sendall(http(200, json.dumps({"items": [run], "total": 1, "limit": 20, "offset": 0})))

    with raw_server(answer) as server:
        face = face_of(server.url)
        found = face.create(metrics=METRICS, user_id="u", tags=["t"], date_from="2026-01-01T00:00:00+00:00")
    assert str(found.id) == run["id"]


def test_an_unknown_outcome_may_have_been_through_json(face, sandbox):
    sandbox.inject("commit_then_drop", operation=BATCH)
    sandbox.inject("html_503", operation=LIST, times=10_000)
    error = caught(face.batch, "a", "b", signal_weights={"confidence": 1}, deadline=0.3)
    sandbox.faults.clear()
    kept = OutcomeUnknown("kept in a file", create=json.loads(json.dumps(error.create)))
    assert [str(face.resolve(kept).id)] == [run["id"] for run in raw_list(face)]


# -------------------------------------------------------------------------------------------------------- other 429s


@pytest.mark.parametrize("body", ["", "slow down", '{"error": 7}', "[]", '{"message": "Too many requests"}'])
def test_a_429_that_says_nothing_is_sent_again(face, sandbox, body):
    for content_type in ("application/json", "text/html"):
        sandbox.inject("status", operation=BATCH, code=429, body=body, content_type=content_type)
    run = face.batch("a")
    assert not run.reconciled
    assert len(raw_list(face)) == 1


def test_a_429_that_never_ends_is_said_and_made_nothing(face, sandbox):
    sandbox.inject("html_429", operation=BATCH, times=100)
    error = caught(face.batch, "a")
    assert type(error) is RateLimited
    assert len(error.attempts) == FAST.max_attempts
    assert raw_list(face) == []


# ------------------------------------------------------------------------------------------- interrupts and cancellation


def phases(sandbox):
    """What a create can be doing when it is interrupted: the faults that make it do so for long."""
    return {
        "sending": lambda: sandbox.inject("slow", operation=BATCH, delay=5),
        "pausing": lambda: sandbox.inject("html_429", operation=BATCH, retry_after="5"),
        "looking": lambda: (
            sandbox.inject("commit_then_drop", operation=BATCH),
            sandbox.inject("slow", operation=LIST, delay=5),
        ),
        "settling": lambda: sandbox.inject("drop_before_commit", operation=BATCH),
    }


PHASES = ["sending", "pausing", "looking", "settling"]
SLOW = replace(FAST, settle=5.0, look_every=5.0)


OFTEN = (100_000, 0.02)
"""A limit that nobody meets, so that pacing is done and nobody waits."""


def leaves_no_half_state(face):
    registry = face.client._calls.registry
    assert registry.peers == {}
    assert face.client.rate_limit().in_flight == 0


@pytest.mark.parametrize("phase", PHASES)
def test_a_cancelled_create_stops_at_once_and_leaves_no_half_state(face_of, served, sandbox, loop, phase):
    face = Face("async", loop, served[1], project=new_project(), backoff=SLOW, paced=True, rate_limit=OFTEN)
    phases(sandbox)[phase]()

    async def cancelled():
        task = asyncio.create_task(face.client.session_runs.create_batch(session_ids=["a"], metrics=METRICS))
        await asyncio.sleep(0.25)
        task.cancel()
        began = time.monotonic()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - began

    assert loop.run(cancelled()) < 0.5
    sandbox.faults.clear()
    leaves_no_half_state(face)
    assert face.batch("a", backoff=FAST).id
    face.close()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timer here")
@pytest.mark.parametrize("phase", PHASES)
def test_ctrl_c_stops_a_create_at_once_and_leaves_no_half_state(served, sandbox, loop, phase):
    face = Face("sync", loop, served[1], project=new_project(), backoff=SLOW, paced=True, rate_limit=OFTEN)
    phases(sandbox)[phase]()
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        began = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.25)
        with pytest.raises(KeyboardInterrupt):
            face.batch("a")
        assert time.monotonic() - began < 1.0
    finally:
        signal.signal(signal.SIGALRM, previous)
    sandbox.faults.clear()
    leaves_no_half_state(face)
    assert face.batch("a", backoff=FAST).id
    face.close()


# ------------------------------------------------------------------------------------------------------------- forks


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_does_not_get_its_parents_answers(served, sandbox):
    """Both would write to one connection, and read whichever answer came first."""
    project = new_project()
    with PandaProbe(ApiKey(API_KEY, project), base_url=served[1], backoff=FAST) as panda:
        panda.session_runs.create_batch(session_ids=["warm"], metrics=METRICS)  # leaves a connection open
        children = []
        for child in range(3):
            if not (pid := os.fork()):
                code = 1
                try:
                    wanted = [f"child {child} {number}" for number in range(4)]
                    made = [panda.session_runs.create_batch(session_ids=[name], metrics=METRICS) for name in wanted]
                    code = int([run.filters.session_ids[0] for run in made] != wanted)
                finally:
                    os._exit(code)
            children.append(pid)
        made = [panda.session_runs.create_batch(session_ids=[f"parent {n}"], metrics=METRICS) for n in range(4)]
        assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children] == [0, 0, 0]
        assert [run.filters.session_ids for run in made] == [[f"parent {n}"] for n in range(4)]
        assert not any(run.reconciled for run in made)
        assert len(list(panda.session_runs.list())) == 1 + 4 * 4


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)  # of closed loops
def test_one_async_client_serves_one_event_loop_after_another(served, sandbox):
    panda = AsyncPandaProbe(ApiKey(API_KEY, new_project()), base_url=served[1], backoff=FAST)

    async def create(name, *, last=False):
        run = await panda.session_runs.create_batch(session_ids=[name], metrics=METRICS)
        if last:
            await panda.aclose()
        return run

    runs = [asyncio.run(create(name, last=name == "c")) for name in ("a", "b", "c")]
    gc.collect()
    assert not any(run.reconciled for run in runs)
    assert [request.status for request in sandbox.requests] == [200, *[202] * 3]  # one look at the list before


# ---------------------------------------------------------------------------------------------------- what was written


@pytest.mark.parametrize(
    "given",
    [
        {"name": "  around  "},
        {"name": "ünï ☃ 🐼"},
        {"signal_weights": {}},
        {"signal_weights": {"confidence": 1, "coherence": 0.1 + 0.2}},
        {"model": "gpt-5.4-mini"},
        {"model": "openai/gpt-5.4-mini"},
        {"session_ids": ["b", "a", "b", " a "]},
        {"metrics": ["agent_consistency", "agent_reliability", "agent_consistency"]},
    ],
    ids=json.dumps,
)
def test_a_lost_create_is_found_by_whatever_it_was_created_from(face, sandbox, given):
    sandbox.inject("commit_then_drop", operation=BATCH)
    run = face.create_batch(**{"session_ids": ["a"], "metrics": METRICS, **given})
    assert run.reconciled
    assert len(raw_list(face)) == 1


@pytest.mark.parametrize("rate", [0.3, 1, 1.0])
def test_a_lost_sample_is_found_although_its_sessions_are_not_known_before(face, sandbox, rate):
    for number in range(10):
        sandbox.add_session(f"sampled {number}", user_id="sampled")
    sandbox.inject("commit_then_drop", operation=FILTERS)
    run = face.create(metrics=METRICS, user_id="sampled", sampling_rate=rate)
    assert run.reconciled
    assert len(raw_list(face)) == 1


def test_a_lost_retry_is_told_from_an_older_retry_of_the_same_run(face_of, served, sandbox):
    face = face_of(served[1], project=new_project(), own_registry=True)
    failed = CREATES[2].prepare(face, sandbox)
    face.batch("warm")  # its run tells the service's clock
    older = face.raw("POST", f"{RUNS}/{failed}/retry").json()["id"]
    time.sleep(0.7)
    sandbox.inject("commit_then_drop", operation=RETRY)
    run = face.retry(failed)
    assert str(run.id) != older
    assert len([made for made in raw_list(face) if made["filters"].get("retry_of") == failed]) == 2


def test_identical_creates_of_threads_and_tasks_of_one_process_stay_as_many(face_of, served, sandbox, loop):
    project = new_project()
    faces = [
        Face(kind, loop, served[1], project=project, backoff=replace(FAST, settle=0.3)) for kind in ("sync", "async")
    ]
    for loss in ("commit_then_drop", "drop_before_commit", "html_502", "commit_then_500") * 2:
        sandbox.inject(loss, operation=BATCH)
    calls = [face.start_batch("same") for face in faces * 3]
    runs = {str(call.result(20).id) for call in calls}
    assert len(runs) == 6
    assert runs == {run["id"] for run in raw_list(faces[0])}
    for face in faces:
        face.close()
