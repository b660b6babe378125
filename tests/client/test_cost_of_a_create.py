"""What one create costs this process, counted: calls of functions, beside those of the same POST by bare httpx."""

import sys

import httpx
import pytest
from pandaprobe_evals import ApiKey, PandaProbe
from pandaprobe_evals.connections import CONNECTIONS
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, Sandbox

CREATES = 20
MOST = 1.15
"""Times as many as httpx; the most of them are httpcore's and h11's in either."""
IDS, METRICS = ["session-1", "session-2", "session-3"], ["agent_reliability"]


@pytest.fixture
def url():
    with Sandbox(rate_limit=None, read_limit=None).serve() as url:
        yield url


def calls(make):
    """How many functions each create calls, Python's and C's."""
    count = 0

    def see(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    for _ in range(3):
        make()
    sys.setprofile(see)
    try:
        for _ in range(CREATES):
            make()
    finally:
        sys.setprofile(None)
    return count / CREATES


def test_a_create_calls_hardly_more_functions_than_the_same_post_by_httpx(url):
    headers = {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}
    body = {"session_ids": IDS, "metrics": METRICS}
    with (
        httpx.Client(base_url=url, headers=headers, trust_env=False) as bare,
        PandaProbe(ApiKey(API_KEY, project=PROJECT_NAME), base_url=url, rate_limit=(100_000, 60.0)) as panda,
    ):
        by_httpx = calls(lambda: bare.post("/evaluations/session-runs/batch", json=body).raise_for_status().json())
        ours = calls(lambda: panda.session_runs.create_batch(session_ids=IDS, metrics=METRICS))
    assert ours / by_httpx <= MOST, (ours, by_httpx)


def test_creates_one_after_the_other_take_one_connection(url):
    with PandaProbe(ApiKey(API_KEY, project=PROJECT_NAME), base_url=url, rate_limit=(100_000, 60.0)) as panda:
        for _ in range(5):
            panda.session_runs.create_batch(session_ids=IDS, metrics=METRICS)
        (pool,) = panda._http._policy._inner._by_process.values()
        assert len(pool.kept.every) == 1
        assert pool.free._value == CONNECTIONS
