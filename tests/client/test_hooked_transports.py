"""A tracer or a mock that hooks httpx's own transport sees each attempt, and nothing else changes."""

import asyncio
import socket
import threading
import time
from contextlib import suppress

import httpx
import pytest
from pandaprobe_evals import ApiKey, AsyncPandaProbe, BackoffPolicy, PandaProbe, PandaProbeError
from pandaprobe_evals.connections import hooked
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, Sandbox

AUTH = ApiKey(API_KEY, project=PROJECT_NAME)


@pytest.fixture
def seen(monkeypatch):
    """What a hook on each of httpx's transports saw."""
    found = []
    send, asend = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def hook(transport, request):
        found.append(request.url.path)
        return send(transport, request)

    async def ahook(transport, request):
        found.append(request.url.path)
        return await asend(transport, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", hook)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", ahook)
    return found


@pytest.fixture
def url():
    with Sandbox(read_limit=None).serve() as url:
        yield url


def test_nothing_is_hooked_as_a_rule():
    assert not hooked(httpx.HTTPTransport)
    assert not hooked(httpx.AsyncHTTPTransport)


def test_a_hook_sees_each_request_of_both_clients(url, seen):
    with PandaProbe(AUTH, base_url=url) as panda:
        assert panda.session_metrics.list()

    async def alike():
        async with AsyncPandaProbe(AUTH, base_url=url) as panda:
            assert await panda.session_metrics.list()

    asyncio.run(alike())
    assert seen == ["/evaluations/session-metrics"] * 2


def drip(listener):
    """Answer one request, a byte at a time."""
    with suppress(OSError):
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n")
            while True:
                connection.sendall(b" ")
                time.sleep(0.05)


@pytest.mark.usefixtures("seen")
def test_a_hooked_attempt_ends_in_time_however_slowly_its_answer_drips():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        panda = PandaProbe(AUTH, base_url=url, timeout=0.3, backoff=BackoffPolicy(max_attempts=1))
        with panda, pytest.raises(PandaProbeError, match="still coming"):
            panda.session_metrics.list()
