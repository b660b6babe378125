"""Connections: no place is lost by who gives up, and no socket is left open by a loop that ended."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
import warnings

import anyio
import pytest
import trio
from pandaprobe_evals import ApiKey, AsyncPandaProbe, BackoffPolicy, ConnectionFailed, InvalidArgument, PandaProbe
from pandaprobe_evals.connections import CONNECTIONS
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, Sandbox

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
AUTH = ApiKey(API_KEY, project=PROJECT_NAME)
ONCE = BackoffPolicy(max_attempts=1)


class Gate:
    """A server that takes every request, and answers none before its gate is opened."""

    def __init__(self):
        self.open = threading.Event()
        self.connected = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=500)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with self._lock:
            self.connected += 1
        try:
            with connection:
                while connection.recv(65_536):
                    self.open.wait(30)
                    connection.sendall(ANSWER)
        except OSError:
            pass
        finally:
            with self._lock:
                self.connected -= 1

    def empty(self, seconds=5.0):
        """Whether everybody has hung up before long."""
        until = time.monotonic() + seconds
        while self.connected and time.monotonic() < until:
            time.sleep(0.01)
        return not self.connected

    def close(self):
        self.open.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.close()


@pytest.fixture
def unreachable():
    """A port whose connections are never finished: its backlog is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            waiting.append(filler)
        time.sleep(0.05)
        yield listener
        for filler in waiting:
            filler.close()


async def cancelled(panda, many, after, give_up):
    tasks = [asyncio.create_task(give_up(panda)) for _ in range(many)]
    await asyncio.sleep(after)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def plain(panda):
    await panda.session_metrics.list()


async def scoped(panda):
    with anyio.move_on_after(0.05):
        await panda.session_metrics.list()


@pytest.mark.parametrize("give_up", [plain, scoped])
@pytest.mark.parametrize("after", [0.0, 0.2])
async def test_requests_cancelled_while_all_places_are_taken_give_them_back(gate, give_up, after):
    async with AsyncPandaProbe(AUTH, base_url=gate.url) as panda:
        for _ in range(3):
            await cancelled(panda, 3 * CONNECTIONS, after, give_up)
        gate.open.set()
        async with asyncio.timeout(20):
            await asyncio.gather(*(panda.session_metrics.list() for _ in range(2 * CONNECTIONS)))
    assert await asyncio.to_thread(gate.empty)


async def test_no_more_requests_than_there_are_places_are_under_way_at_once(gate):
    async with AsyncPandaProbe(AUTH, base_url=gate.url) as panda:
        tasks = [asyncio.create_task(panda.session_metrics.list()) for _ in range(2 * CONNECTIONS)]
        async with asyncio.timeout(20):
            while gate.connected < CONNECTIONS:  # noqa: ASYNC110  (a thread counts)
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        assert gate.connected == CONNECTIONS
        gate.open.set()
        await asyncio.gather(*tasks)


async def test_requests_cancelled_while_they_connect_give_their_places_back(unreachable):
    url = f"http://127.0.0.1:{unreachable.getsockname()[1]}"
    async with AsyncPandaProbe(AUTH, base_url=url) as panda:
        for _ in range(2):
            await cancelled(panda, CONNECTIONS + 20, 0.1, plain)
        with pytest.raises(ConnectionFailed, match="ConnectTimeout"):  # not: PoolTimeout
            await panda.session_metrics.list(timeout=0.3, backoff=ONCE)


async def test_cancelling_at_any_moment_loses_no_place():
    """Each is cancelled a little later than the one before it, over connections that come, stay and expire."""
    with Sandbox(read_limit=None).serve() as url:
        await cancelled_at_every_moment(url)


async def cancelled_at_every_moment(url):
    async with AsyncPandaProbe(AUTH, base_url=url) as panda:
        for step in range(400):
            task = asyncio.create_task(panda.session_metrics.list())
            for _ in range(step % 40):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(20):
            await asyncio.gather(*(panda.session_metrics.list() for _ in range(CONNECTIONS)))
        (pool,) = panda._http._policy._inner._by_loop.values()
        assert pool.free._value == CONNECTIONS
        assert len(pool.kept.every) <= CONNECTIONS


def test_threads_that_time_out_while_all_places_are_taken_lose_none(gate):
    with PandaProbe(AUTH, base_url=gate.url) as panda:
        failures = []

        def ask():
            try:
                panda.session_metrics.list(timeout=0.3, backoff=ONCE)
            except ConnectionFailed as error:
                failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(2 * CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(failures) == 2 * CONNECTIONS
        gate.open.set()
        assert panda.session_metrics.list() == []


# --- loops ------------------------------------------------------------------------------------------------


def test_a_loop_that_ends_closes_its_connections(gate):
    gate.open.set()
    panda = AsyncPandaProbe(AUTH, base_url=gate.url)
    for _ in range(3):
        assert asyncio.run(panda.session_metrics.list()) == []
        assert gate.empty()
    asyncio.run(panda.aclose())


def test_no_socket_is_left_over_by_a_client_of_several_loops(gate):
    """Nor a warning of one: in a process of its own, where no test runner catches them."""
    gate.open.set()
    code = f"""if 1:
        import asyncio, gc
        from pandaprobe_evals import ApiKey, AsyncPandaProbe
        panda = AsyncPandaProbe(ApiKey({API_KEY!r}, project="x"), base_url={gate.url!r})
        async def both():
            await asyncio.gather(panda.session_metrics.list(), panda.session_metrics.list())
        for _ in range(3):
            asyncio.run(both())
        gc.collect()
    """
    command = [sys.executable, "-W", "always", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""


def test_closing_closes_the_connections_of_loops_in_other_threads(gate):
    gate.open.set()
    panda = AsyncPandaProbe(AUTH, base_url=gate.url)
    done, asked = threading.Event(), threading.Event()

    async def elsewhere():
        await panda.session_metrics.list()
        asked.set()
        await asyncio.to_thread(done.wait, 10)

    thread = threading.Thread(target=asyncio.run, args=(elsewhere(),))
    thread.start()
    asked.wait(10)
    assert gate.connected == 1
    asyncio.run(panda.aclose())
    assert gate.empty()
    done.set()
    thread.join()


@pytest.mark.parametrize("bare", [False, True])
def test_trio_is_refused_at_the_first_call_with_what_to_do(unasked, bare):
    from pandaprobe_evals_api.api.session_metrics import list_session_metrics

    panda = AsyncPandaProbe(AUTH, base_url=unasked)

    async def main():
        if bare:
            await list_session_metrics.asyncio_detailed(client=panda.api)
        else:
            await panda.session_metrics.list()

    with pytest.raises(InvalidArgument, match=r"asyncio.*trio\.to_thread"):
        trio.run(main)


def test_anyio_on_asyncio_works(url):
    async def main():
        async with AsyncPandaProbe(AUTH, base_url=url) as panda:
            return await panda.session_metrics.list()

    assert len(anyio.run(main)) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_has_all_places_although_its_parent_had_none_left(gate):
    with PandaProbe(AUTH, base_url=gate.url) as panda:
        threads = [threading.Thread(target=panda.session_metrics.list, daemon=True) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 10
        while gate.connected < CONNECTIONS and time.monotonic() < until:
            time.sleep(0.01)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if not pid:
            gate.open.set()
            try:
                panda.session_metrics.list(timeout=5, backoff=ONCE, deadline=5)
            except ConnectionFailed as error:
                os._exit("PoolTimeout" in str(error))
            finally:
                os._exit(0)
        gate.open.set()
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        for thread in threads:
            thread.join()
