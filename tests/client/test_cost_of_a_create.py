"""What one create costs this process, counted: calls of functions, beside those of the same POST by bare httpx."""

import asyncio
import sys
from contextlib import contextmanager

import httpx
import pytest
from pandaprobe_evals import ApiKey, AsyncPandaProbe, PandaProbe
from pandaprobe_evals.connections import CONNECTIONS
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, Sandbox

CREATES = 20
MOST = {"blocking": 0.85, "asyncio": 0.82}
"""Times as many as httpx, of which a create leaves out what it needs not: where more is done again, it is in here."""
IDS, METRICS = ["session-1", "session-2", "session-3"], ["agent_reliability"]
BATCH, BODY = "/evaluations/session-runs/batch", {"session_ids": IDS, "metrics": METRICS}
HEADERS = {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}


@pytest.fixture
def url():
    with Sandbox(rate_limit=None, read_limit=None).serve() as url:
        yield url


@contextmanager
def counted(counts):
    """Count the functions that are called, Python's and C's, and of these those that send bytes."""

    def see(frame, event, argument):
        counts["calls"] += event in ("call", "c_call")
        counts["sends"] += event == "c_call" and argument.__qualname__ == "socket.send"

    sys.setprofile(see)
    try:
        yield
    finally:
        sys.setprofile(None)


def blocking(url):
    """What a create by this client takes, and what the same takes by httpx."""
    for kind, options in ((PandaProbe, {"rate_limit": (100_000, 60.0)}), (httpx.Client, {})):
        counts = {"calls": 0, "sends": 0}
        with made(kind, url, **options) as client:
            for number in range(CREATES + 3):
                if number < 3:
                    create(client)
                else:
                    with counted(counts):
                        create(client)
        yield {name: count / CREATES for name, count in counts.items()}


def on_asyncio(url):
    """The same, for asyncio."""

    async def measure(kind, options):
        counts = {"calls": 0, "sends": 0}
        async with made(kind, url, **options) as client:
            for number in range(CREATES + 3):
                if number < 3:
                    await create(client)
                else:
                    with counted(counts):
                        await create(client)
        return {name: count / CREATES for name, count in counts.items()}

    for kind, options in ((AsyncPandaProbe, {"rate_limit": (100_000, 60.0)}), (httpx.AsyncClient, {})):
        yield asyncio.run(measure(kind, options))


def made(kind, url, **options):
    if issubclass(kind, httpx.Client | httpx.AsyncClient):
        return kind(base_url=url, headers=HEADERS, trust_env=False)
    return kind(ApiKey(API_KEY, project=PROJECT_NAME), base_url=url, **options)


def create(client):
    if isinstance(client, httpx.Client | httpx.AsyncClient):
        return client.post(BATCH, json=BODY)
    return client.session_runs.create_batch(session_ids=IDS, metrics=METRICS)


@pytest.mark.parametrize("world", MOST)
def test_a_create_calls_fewer_functions_than_the_same_post_by_httpx(url, world):
    ours, by_httpx = (blocking if world == "blocking" else on_asyncio)(url)
    assert ours["calls"] / by_httpx["calls"] <= MOST[world], (ours, by_httpx)


@pytest.mark.parametrize("world", MOST)
def test_a_create_is_sent_in_one_step(url, world):
    ours, by_httpx = (blocking if world == "blocking" else on_asyncio)(url)
    assert (ours["sends"], by_httpx["sends"]) == (1, 2)


def test_creates_one_after_the_other_take_one_connection(url):
    with PandaProbe(ApiKey(API_KEY, project=PROJECT_NAME), base_url=url, rate_limit=(100_000, 60.0)) as panda:
        for _ in range(5):
            panda.session_runs.create_batch(session_ids=IDS, metrics=METRICS)
        (pool,) = panda._http._policy._inner._by_process.values()
        assert len(pool.kept.every) == 1
        assert pool.free.qsize() == CONNECTIONS
