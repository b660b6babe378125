"""The client as an object: shared, closed, over transports and httpx clients of the user's own."""

import asyncio
import gc
import threading
import warnings

import httpx
import pytest
from pandaprobe_evals import (
    ApiKey,
    AsyncPandaProbe,
    BearerToken,
    ConnectionFailed,
    InvalidArgument,
    PandaProbe,
    RateLimited,
    __version__,
)
from pandaprobe_evals.contract import version
from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN, Sandbox

ONE = ["agent_reliability"]
KEY = ApiKey(API_KEY, project=PROJECT_NAME)


# --- shared ---------------------------------------------------------------------------------------------


def test_eight_threads_share_one_client(url, sandbox):
    made, wrong, start = [], [], threading.Barrier(8)

    def work(panda, number):
        try:
            start.wait()
            for step in range(5):
                run = panda.session_runs.create_batch(session_ids=[f"{number}-{step}"], metrics=ONE)
                assert run.filters.session_ids == [f"{number}-{step}"]
                assert panda.session_runs.get(run).id == run.id
                panda.session_metrics.list()
                made.append(run.id)
        except BaseException as error:  # noqa: BLE001  (a thread has nobody else to tell)
            wrong.append(error)

    with PandaProbe(KEY, base_url=url) as panda:
        threads = [threading.Thread(target=work, args=(panda, number)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert len(set(made)) == 40 == sandbox.units_billed
        assert {run.id for run in panda.session_runs.list()} == set(made)


async def test_many_tasks_share_one_client(url, sandbox):
    async with AsyncPandaProbe(KEY, base_url=url) as panda:

        async def work(number):
            run = await panda.session_runs.create_batch(session_ids=[f"{number}"], metrics=ONE)
            assert (await panda.session_runs.get(run)).filters.session_ids == [f"{number}"]
            return run.id

        made = await asyncio.gather(*map(work, range(40)))
        assert len(set(made)) == 40 == sandbox.units_billed


def test_recording_sees_only_what_its_own_thread_does(url):
    with PandaProbe(KEY, base_url=url) as panda:
        stop = threading.Event()

        def busy():
            while not stop.is_set():
                panda.session_metrics.list()

        other = threading.Thread(target=busy)
        other.start()
        try:
            with panda.recording() as attempts:
                panda.session_runs.scores(PROJECT_ID)
                next(iter(panda.session_runs.list()), None)
        finally:
            stop.set()
            other.join()
    assert [attempt.operation for attempt in attempts] == ["list_session_eval_run_scores", "list_session_eval_runs"]


def exhausted(panda, times=50):
    for number in range(times):
        panda.session_runs.create_batch(session_ids=[f"{number}"], metrics=ONE)


def test_two_clients_share_one_budget_per_credential(kind, url, sandbox):
    first, second = kind(url), kind(url, ApiKey(API_KEY, project="another project"))
    exhausted(first)
    with pytest.raises(RateLimited) as caught:
        second.session_runs.create_batch(session_ids=["a"], metrics=ONE, deadline=1)
    assert caught.value.status is None  # it was not even sent
    assert caught.value.reopens_in > 1
    assert len(sandbox.requests) == 50
    other = kind(url, BearerToken(TOKEN, project_id=PROJECT_ID))
    assert other.session_runs.create_batch(session_ids=["a"], metrics=ONE, deadline=1).status == "PENDING"
    kind.hang_up()


def test_a_blocking_and_an_async_client_share_one_budget(url):
    with PandaProbe(KEY, base_url=url) as panda:
        exhausted(panda)

        async def one_more():
            async with AsyncPandaProbe(KEY, base_url=f"{url}/") as other:
                await other.session_runs.create_batch(session_ids=["a"], metrics=ONE, deadline=1)

        with pytest.raises(RateLimited):
            asyncio.run(one_more())


# --- opened and closed --------------------------------------------------------------------------------


def test_a_client_works_before_within_and_without_a_with_block(url):
    panda = PandaProbe(KEY, base_url=url)
    assert panda.session_metrics.list()
    with panda as same:
        assert same is panda
        assert panda.session_metrics.list()
    bare = PandaProbe(KEY, base_url=url)
    assert bare.session_metrics.list()
    bare.close()
    bare.close()


async def test_an_async_client_works_before_within_and_without_a_with_block(url):
    panda = AsyncPandaProbe(KEY, base_url=url)
    assert await panda.session_metrics.list()
    async with panda as same:
        assert same is panda
        assert await panda.session_metrics.list()
    bare = AsyncPandaProbe(KEY, base_url=url)
    assert await bare.session_metrics.list()
    await bare.aclose()
    await bare.aclose()


def test_use_after_close_says_so(kind, url, sandbox):
    panda = kind(url)
    panda.session_metrics.list()
    kind.hang_up()
    for call in (
        panda.session_metrics.list,
        lambda: panda.session_runs.create_batch(session_ids=["a"], metrics=ONE),
        lambda: list(panda.session_runs.list()),
    ):
        with pytest.raises((InvalidArgument, RuntimeError), match="closed"):
            call()
    assert len(sandbox.requests) == 1


def test_a_client_that_is_left_open_and_forgotten_warns_of_nothing(url):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PandaProbe(KEY, base_url=url)  # never used: there is nothing to close
        gc.collect()


def test_a_client_cannot_be_pickled_because_of_its_credentials(kind, url):
    import pickle

    with pytest.raises(TypeError):
        pickle.dumps(kind(url))


def test_the_httpx_client_below_is_a_whole_one(kind, url):
    """What it usually leaves out is there for whoever asks for it: hooks, parameters, other credentials for one request."""
    seen = []

    async def hear(it):
        seen.append(isinstance(it, httpx.Response))

    panda = kind(url)
    below = panda.api.get_async_httpx_client() if kind.is_async else panda.api.get_httpx_client()
    answer = kind.wire(panda, "GET", "/evaluations/session-metrics")
    assert answer.status_code == 200
    assert "X-API-Key" not in answer.request.headers  # a request that is done shows none
    assert kind.wire(panda, "GET", "/evaluations/session-metrics", auth=httpx.Auth()).status_code == 401
    below.headers["X-Extra"] = "1"
    below.params = {"extra": "1"}
    extra = kind.wire(panda, "GET", "/evaluations/session-metrics").request
    assert (extra.headers["X-Extra"], extra.url.query) == ("1", b"extra=1")
    below.params = {}
    assert kind.wire(panda, "GET", "/evaluations/session-metrics").request.headers["X-Extra"] == "1"
    hook = hear if kind.is_async else lambda it: seen.append(isinstance(it, httpx.Response))
    below.event_hooks = {"request": [hook], "response": [hook]}
    assert panda.session_metrics.list()
    assert seen == [False, True]


# --- transports and clients of the user's own -----------------------------------------------------------


class Watching(httpx.HTTPTransport):
    def __init__(self):
        super().__init__()
        self.seen, self.keys, self.closed = [], [], 0

    def handle_request(self, request):
        self.seen.append(request)
        self.keys.append(request.headers["X-API-Key"])
        return super().handle_request(request)

    def close(self):
        self.closed += 1
        super().close()


class WatchingAsync(httpx.AsyncHTTPTransport):
    def __init__(self):
        super().__init__()
        self.seen, self.keys, self.closed = [], [], 0

    async def handle_async_request(self, request):
        self.seen.append(request)
        self.keys.append(request.headers["X-API-Key"])
        return await super().handle_async_request(request)

    async def aclose(self):
        self.closed += 1
        await super().aclose()


def test_a_transport_of_the_users_own_sees_each_attempt_and_is_closed_with_the_client(kind, url, sandbox):
    own = WatchingAsync() if kind.is_async else Watching()
    panda = kind(url, transport=own)
    sandbox.inject("drop_before_commit")
    panda.session_metrics.list()
    assert len(own.seen) == 2
    assert own.keys == [API_KEY] * 2
    assert "X-API-Key" not in own.seen[0].headers  # a request that is done shows none
    assert own.closed == 0
    kind.hang_up()
    assert own.closed == 1


def test_a_client_of_the_users_own_keeps_its_hooks_and_is_not_closed(kind, url):
    seen = []

    async def hear(it):
        seen.append(type(it).__name__)

    def listen(it):
        seen.append(type(it).__name__)

    hook = hear if kind.is_async else listen
    own = (httpx.AsyncClient if kind.is_async else httpx.Client)(event_hooks={"request": [hook], "response": [hook]})
    panda = kind(url, http_client=own)
    assert panda.session_metrics.list()
    assert seen == ["Request", "Response"]
    kind.hang_up()
    assert not own.is_closed
    kind.run(own.aclose()) if kind.is_async else own.close()


def test_a_client_of_the_users_own_keeps_its_proxy(kind, canned):
    """The proxy is the canned server: it is asked for the whole address."""
    canned.say(200, [])
    own = (httpx.AsyncClient if kind.is_async else httpx.Client)(proxy=canned.url)
    panda = kind("http://service.localhost", http_client=own)
    assert panda.session_metrics.list() == []
    assert canned.seen[0][1] == "http://service.localhost/evaluations/session-metrics"
    kind.hang_up()
    kind.run(own.aclose()) if kind.is_async else own.close()


def test_authentication_and_timeout_of_the_users_client_give_way_to_ours(kind, canned):
    canned.say(200, [])
    make = httpx.AsyncClient if kind.is_async else httpx.Client
    own = make(auth=("somebody", "else"), timeout=None, headers={"X-Team": "blue"})
    kind(canned.url, http_client=own).session_metrics.list()
    headers = canned.seen[0][2]
    assert "Authorization" not in headers
    assert headers["X-Api-Key" if "X-Api-Key" in headers else "X-API-Key"] == API_KEY
    kind.hang_up()
    kind.run(own.aclose()) if kind.is_async else own.close()


def test_a_transport_and_a_client_together_are_refused(kind, unasked):
    with Sandbox() as sandbox, httpx.Client() as own, pytest.raises(InvalidArgument, match=r"^transport: "):
        kind(unasked, transport=sandbox.transport(), http_client=own)


def test_nobody_listens_is_a_connection_failure_and_says_what_to_look_at(kind):
    panda = kind("http://127.0.0.1:9", deadline=0.3)
    for call in (
        panda.session_metrics.list,
        lambda: panda.session_runs.create_batch(session_ids=["a"], metrics=ONE),
    ):
        with pytest.raises(ConnectionFailed, match="Is the service's address right, and does it run") as caught:
            call()
        assert isinstance(caught.value, ConnectionError)
        assert caught.value.attempts


# --- what is sent ---------------------------------------------------------------------------------------


def test_the_user_agent_names_package_and_contract(kind, canned):
    canned.say(200, [])
    kind(canned.url).session_metrics.list()
    assert canned.seen[0][2]["User-Agent"] == f"pandaprobe-evals/{__version__} (contract {version()})"
    assert canned.seen[0][2]["Accept"] == "application/json"


def test_a_per_call_deadline_and_backoff_bind_one_call_only(kind, url, sandbox):
    panda = kind(url)
    sandbox.inject("html_502", times=3)
    with pytest.raises(Exception, match=r"502|the deadline came before"):
        panda.session_metrics.list(deadline=0.001)
    sandbox.faults.clear()
    assert panda.session_metrics.list()
    kind.hang_up()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"share": 0}, "share"),
        ({"share": 1.5}, "share"),
        ({"pacing": "nowhere"}, "nowhere"),
        ({"deadline": -1}, "deadline"),
        ({"timeout": None}, "timeout"),
    ],
)
def test_a_client_that_could_not_work_is_refused_when_it_is_made(kind, unasked, options, said):
    with pytest.raises(ValueError, match=said):
        kind(unasked, **options)


def test_importing_the_package_opens_nothing_and_reads_no_contract():
    import subprocess
    import sys

    code = (
        "import sys, pandaprobe_evals, threading; from pandaprobe_evals import contract;"
        "assert contract.document.cache_info().currsize == 0;"
        "assert threading.active_count() == 1;"
        "assert not {'fastapi', 'uvicorn', 'typer', 'redis', 'jsonschema_rs', 'pandaprobe_evals.cli'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_many_short_clients_with_tokens_of_their_own_leave_no_more_than_a_bounded_memory(unasked, monkeypatch):
    """As in a web server that makes a client for each request: 1.3 kB of each stayed for ever."""
    import gc
    import uuid

    from pandaprobe_evals import BearerToken
    from pandaprobe_evals.creation import in_flight

    # What tests before this one left is neither counted nor pushed out.
    monkeypatch.setattr(in_flight, "_registries", type(in_flight._registries)())
    monkeypatch.setattr(in_flight, "_latest", type(in_flight._latest)())
    with PandaProbe(ApiKey(API_KEY, project="living"), base_url=unasked) as living:
        for _ in range(2 * in_flight.SCOPES):
            with PandaProbe(BearerToken(uuid.uuid4().hex, uuid.uuid4()), base_url=unasked) as short:
                assert short._calls.registry, "which its first create makes"
        gc.collect()
        assert len(in_flight._registries) <= in_flight.SCOPES + 50
        with PandaProbe(ApiKey(API_KEY, project="living"), base_url=unasked) as another:
            assert another._calls.registry is living._calls.registry
