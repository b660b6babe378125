"""One deadline for pacing, attempts, waits and looking: it is overshot by no more than one attempt's time-out."""

import httpx
import pytest
from pandaprobe_evals import BackoffPolicy
from pandaprobe_evals.errors import ConnectionFailed, OutcomeUnknown, PandaProbeError, RateLimited, ServerError
from pandaprobe_sandbox import Sandbox

from .operations import CREATES, EVERY, READS, named
from .world import BATCH, LIST, RETRY, RUNS, caught, elapsed, http, new_project, raw_server

SOME_RUN = "00000000-0000-4000-8000-000000000000"
SLACK = 1.5
"""For a machine that is busy."""


def call(face, operation, **options):
    """The operation, on something that need not exist."""
    return operation.call(face, SOME_RUN, **options)


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_a_silent_service_is_given_up_at_the_deadline_and_one_time_out(face_of, operation):
    with raw_server(lambda connection, heard, number: server.silence()) as server:
        face = face_of(server.url)
        error, seconds = elapsed(lambda: caught(call, face, operation, timeout=0.3, deadline=0.5))
    assert isinstance(error, OutcomeUnknown if operation.effect != "reads" else ConnectionFailed)
    assert 0.25 <= seconds <= 0.5 + 0.3 + SLACK


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_an_attempt_near_the_deadline_is_sent_and_overshoots_by_one_time_out_at_most(face_of, operation):
    def answer(connection, heard, number):
        if number == 1:
            connection.sendall(http(429, "slow down", "Retry-After: 0.4"))
        else:
            server.silence()

    with raw_server(answer) as server:
        face = face_of(server.url)
        error, seconds = elapsed(lambda: caught(call, face, operation, timeout=0.3, deadline=0.5))
        assert len(server.heard) == 2
    assert isinstance(error, PandaProbeError)
    assert seconds <= 0.5 + 0.3 + SLACK
    assert len(error.attempts) == 2


@pytest.mark.parametrize("part", ["head", "body"])
@pytest.mark.parametrize("operation", [CREATES[0], READS[0]], ids=named)
def test_an_answer_that_trickles_ends_although_every_byte_comes_in_time(face_of, operation, part):
    """Each read is quick; all of them together would take hours."""

    def answer(connection, heard, number):
        if part == "body":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
            server.trickle(connection, b"{")
        else:
            server.trickle(connection, b"HTTP/1.1 200 OK\r\nX-Slow: ")

    with raw_server(answer) as server:
        face = face_of(server.url)
        error, seconds = elapsed(lambda: caught(call, face, operation, timeout=0.25, deadline=0.6))
    assert isinstance(error, OutcomeUnknown if operation is CREATES[0] else ConnectionFailed)
    assert seconds <= 0.6 + 0.25 + SLACK


@pytest.mark.parametrize("own_client", [False, True])
@pytest.mark.parametrize("part", ["head", "body", "chunk"])
def test_a_trickling_attempt_ends_by_its_time_outs_and_the_next_one_succeeds(face_of, part, own_client):
    metrics = '[{"name":"m","description":"d","category":"session"}]'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    whole = {
        "head": b"",
        "body": head + b"Content-Length: 100000\r\n\r\n",
        "chunk": head + b"Transfer-Encoding: chunked\r\n\r\n",  # a chunk's size may be told for ever, too
    }

    def answer(connection, heard, number):
        if number == 1:
            connection.sendall(whole[part])
            server.trickle(connection, {"head": head[:20], "body": b" ", "chunk": b"5;"}[part])
        else:
            connection.sendall(http(200, metrics))

    with raw_server(answer) as server:
        face = face_of(server.url, http={"verify": False} if own_client else None)
        found, seconds = elapsed(lambda: face.metrics(timeout=httpx.Timeout(0.2), deadline=20))
        assert len(server.heard) == 2
    assert found[0].name == "m"
    assert seconds <= 4 * 0.2 + SLACK  # connect, write, read and pool together


def test_looking_for_a_lost_create_ends_at_the_deadline(face, sandbox):
    sandbox.inject("drop_before_commit", operation=BATCH)
    policy = BackoffPolicy(settle=30.0)
    error, seconds = elapsed(lambda: caught(face.batch, "a", deadline=0.7, backoff=policy))
    assert type(error) is OutcomeUnknown
    assert seconds <= 0.7 + SLACK


def test_a_list_that_hangs_does_not_hold_a_lost_create_beyond_the_deadline(face, sandbox):
    sandbox.inject("drop_before_commit", operation=BATCH)
    sandbox.inject("slow", operation=LIST, times=100, delay=3)
    error, seconds = elapsed(lambda: caught(face.batch, "a", deadline=0.6, timeout=2.0))
    assert type(error) is OutcomeUnknown
    assert seconds <= 0.6 + SLACK


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_a_wait_that_cannot_end_before_the_deadline_fails_at_once(face, sandbox, operation):
    for fault in ("html_429", "html_503"):
        sandbox.inject(fault, operation=operation.id, retry_after="600")
        sandbox.requests.clear()
        error, seconds = elapsed(lambda: caught(call, face, operation, deadline=5))
        assert seconds < 1.0
        assert len(sandbox.requests) == 1
        if fault == "html_429":
            assert type(error) is RateLimited
        else:
            assert type(error) is (OutcomeUnknown if operation.effect == "creates" else ServerError)


UNKNOWN = {"session_ids": ["a"], "metrics": ["nope"]}
"""What is refused after it was counted."""


@pytest.mark.parametrize("operation", CREATES[:2], ids=named)
def test_a_window_that_reopens_after_the_deadline_is_said_at_once_with_the_time(face_of, operation):
    with Sandbox(rate_limit=(1, 60.0), speed=1000) as sandbox, sandbox.serve() as url:
        face = face_of(url, paced=True)
        needed = operation.prepare(face, sandbox)
        stranger = face_of(url, project=new_project())
        stranger.raw("POST", f"{RUNS}/batch" if operation.id == BATCH else RUNS, json=UNKNOWN)
        sandbox.requests.clear()
        error, seconds = elapsed(lambda: caught(operation.call, face, needed, deadline=0.9))
        assert type(error) is RateLimited
        assert error.status == 429
        assert seconds <= 0.9 + SLACK
        assert error.reopens_in > 0
        sent = len(sandbox.requests)
        again, seconds = elapsed(lambda: caught(operation.call, face, needed, deadline=0.9))
        assert type(again) is RateLimited
        assert again.status is None
        assert again.reopens_in > 0
        assert seconds < 0.5
        assert len(sandbox.requests) == sent


def test_a_proxys_429_says_when_to_come_back(face, sandbox):
    sandbox.inject("html_429", operation=RETRY, retry_after="600")
    error = caught(face.retry, SOME_RUN, deadline=5)
    assert error.reopens_in == pytest.approx(600, abs=1)


def test_used_up_slots_of_our_own_are_said_at_once(face_of):
    with Sandbox(rate_limit=None, read_limit=None) as sandbox, sandbox.serve() as url:
        face = face_of(url, paced=True)
        for number in range(50):
            face.batch(f"s{number}")
        error, seconds = elapsed(lambda: caught(face.batch, "one more", deadline=10))
        assert type(error) is RateLimited
        assert 30 < error.reopens_in < 61
        assert seconds < 0.5
        assert len(sandbox.requests) == 50
