"""A sandbox with its clock held, and plain httpx clients for it: in process, and over a real port."""

from contextlib import contextmanager

import httpx
import pytest
from pandaprobe_sandbox import API_KEY, HeldClock, Sandbox

RUNS = "/evaluations/session-runs"


class Caller(httpx.Client):
    """An httpx client that knows the short way to a create."""

    def create(self, *ids, metrics=("agent_reliability",), **more):
        body = {"session_ids": list(ids), "metrics": list(metrics), **more}
        return self.post(f"{RUNS}/batch", json=body)

    def run(self, run_id):
        return self.get(f"{RUNS}/{run_id}").json()

    def scores(self, run_id):
        return self.get(f"{RUNS}/{run_id}/scores").json()

    def runs(self, **query):
        return self.get(RUNS, params=query).json()


HEADERS = {"X-API-Key": API_KEY, "X-Project-Name": "sandbox"}


@pytest.fixture
def clock():
    return HeldClock()


@pytest.fixture
def sandbox(clock):
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def call(sandbox):
    """A client of the sandbox in process."""
    with Caller(transport=sandbox.transport(), base_url="http://sandbox", headers=HEADERS) as client:
        yield client


@pytest.fixture
def url(sandbox):
    with sandbox.serve() as url:
        yield url


@pytest.fixture
def wire(url):
    """A client of the sandbox over a real port."""
    with Caller(base_url=url, headers=HEADERS, timeout=5) as client:
        yield client


@pytest.fixture
def sandboxed():
    """A sandbox of your own make, with a client of it in process."""

    @contextmanager
    def opened(*, project="sandbox", **options):
        headers = HEADERS | {"X-Project-Name": project}
        with (
            Sandbox(**options) as sandbox,
            Caller(transport=sandbox.transport(), base_url="http://sandbox", headers=headers) as client,
        ):
            yield sandbox, client

    return opened
