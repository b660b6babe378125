"""Both clients behind one face, a sandbox on a port, and servers that misbehave worse than the sandbox can."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
from pandaprobe_evals import ApiKey, AsyncPandaProbe, BackoffPolicy, PandaProbe
from pandaprobe_evals.creation import Before, Registry
from pandaprobe_sandbox import API_KEY

METRICS = ["agent_reliability"]
BATCH = "create_batch_session_eval_run"
FILTERS = "create_session_eval_run"
RETRY = "retry_session_eval_run"
LIST = "list_session_eval_runs"
DELETE = "delete_session_eval_run"
RUNS = "/evaluations/session-runs"

FAST = BackoffPolicy(base=0.01, cap=0.02, settle=0.08, settle_answered=0.03, look_every=0.02)
"""Honest where every commit comes before its answer is lost."""
SETTLING = BackoffPolicy(base=0.02, cap=0.1, settle=0.9, settle_answered=0.1, look_every=0.1)
"""Honest where a commit may come 0.5 s after the connection broke, on a machine that is busy."""

_projects = itertools.count(1)


_others = httpx.Client(verify=False, timeout=10)
"""Somebody else's."""


def new_project() -> str:
    return f"project {next(_projects)}"


class Loop:
    """An event loop in a thread, so that one test drives both clients."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def submit(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def run(self, coroutine):
        return self.submit(coroutine).result()

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Face:
    """A client, sync or async, whose calls block. `client` is the real one."""

    def __init__(
        self, kind, loop, base_url, *, auth=None, paced=False, own_registry=False, cold=False, http=None, **options
    ):
        self.kind, self.loop = kind, loop
        auth = auth or ApiKey(API_KEY, options.pop("project", "sandbox"))
        options.setdefault("backoff", FAST)
        options.setdefault("timeout", 5.0)
        options.setdefault("deadline", 20.0)
        if not paced:  # most of these tests are about answers, not about the rate limit
            options["pacing"] = "off"
        if kind == "sync":
            given = {"http_client": httpx.Client(**http)} if http else {}
            self.client = PandaProbe(auth, base_url=base_url, **given, **options)
        else:
            given = {"http_client": httpx.AsyncClient(**http)} if http else {}
            self.client = AsyncPandaProbe(auth, base_url=base_url, **given, **options)
        self._given = given.get("http_client")
        if own_registry:  # as in another process
            self.client._calls.registry = Registry()
        # Unless it is cold, it has looked before: there was no run then.
        nothing = Before(self.client.clock.monotonic(), -math.inf)
        self.client._calls.registry._before = {} if cold else {(LIST,): nothing}

    def start(self, method, *args, **options):
        """Begin a call; what comes back has `result()`."""
        if self.kind == "async":
            return self.loop.submit(self._acall(method, args, options))
        future = _Thread(lambda: self._call(method, args, options))
        future.start()
        return future

    def _call(self, method, args, options):
        if method == "list":
            return list(self.client.session_runs.list(*args, **options))
        if method == "metrics":
            return self.client.session_metrics.list(*args, **options)
        return getattr(self.client.session_runs, method)(*args, **options)

    async def _acall(self, method, args, options):
        if method == "list":
            return [run async for run in self.client.session_runs.list(*args, **options)]
        if method == "metrics":
            return await self.client.session_metrics.list(*args, **options)
        return await getattr(self.client.session_runs, method)(*args, **options)

    def __getattr__(self, method):
        if method not in _METHODS:
            raise AttributeError(method)

        def call(*args, **options):
            if self.kind == "sync":
                return self._call(method, args, options)
            return self.loop.run(self._acall(method, args, options))

        return call

    def batch(self, *ids, **options):
        return self.create_batch(session_ids=ids, metrics=options.pop("metrics", METRICS), **options)

    def start_batch(self, *ids, **options):
        return self.start("create_batch", session_ids=ids, metrics=options.pop("metrics", METRICS), **options)

    def raw(self, method, path, **options):
        """A request past policy and pacing, as somebody else with the same credential would send it."""
        headers = {"X-API-Key": API_KEY, "X-Project-Name": self.client._auth.project_scope}
        return _others.request(method, self.client.base_url + path, headers=headers, **options)

    def foreign(self, *ids, **more):
        """Another process makes a run."""
        body = {"session_ids": list(ids), "metrics": METRICS, **more}
        return self.raw("POST", f"{RUNS}/batch", json=body).json()["id"]

    def close(self):
        if self.kind == "sync":
            self.client.close()
            if self._given:
                self._given.close()
        else:
            self.loop.run(self.client.aclose())
            if self._given:
                self.loop.run(self._given.aclose())


def raw_list(face):
    """Every run of the face's project, past the client."""
    runs = []
    while True:
        page = face.raw("GET", RUNS, params={"limit": 200, "offset": len(runs)}).json()
        runs += page["items"]
        if not page["items"] or len(runs) >= page["total"]:
            return runs


_METHODS = {"create_batch", "create", "retry", "get", "list", "delete", "scores", "metrics", "resolve"}


class _Thread(threading.Thread):
    def __init__(self, call):
        super().__init__(daemon=True)
        self._call_it = call
        self._result = self._error = None

    def run(self):
        try:
            self._result = self._call_it()
        except BaseException as error:  # noqa: BLE001  (told to whoever asks for the result)
            self._error = error

    def done(self):
        """As a future's, which the asyncio face returns."""
        return not self.is_alive()

    def result(self, timeout=None):
        self.join(timeout)
        assert not self.is_alive(), "the call is still running"
        if self._error is not None:
            raise self._error
        return self._result


def caught(call, *args, **options):
    """The error of a call, without the frames of the test."""
    try:
        result = call(*args, **options)
    except Exception as error:  # noqa: BLE001  (whatever it is, the test looks at it)
        return error
    raise AssertionError(f"no error, but {result!r}")


def until_met(sandbox):
    """Wait until a fault has met a request, so that it meets no other."""
    while not any(request.fault for request in list(sandbox.requests)):
        time.sleep(0.002)


def elapsed(call):
    began = time.monotonic()
    result = call()
    return result, time.monotonic() - began


# ------------------------------------------------------------------------------------------------- servers of our own


@dataclass
class Heard:
    """One request that reached a `RawServer`."""

    head: str
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def line(self):
        return self.head.partition("\r\n")[0]

    @property
    def method(self):
        return self.line.partition(" ")[0]

    @property
    def path(self):
        return self.line.split(" ")[1].partition("?")[0]


class RawServer:
    """A TCP server that hands each request to `answer(connection, heard, number)`, and then closes the connection."""

    def __init__(self, answer: Callable[[socket.socket, Heard, int], object]):
        self.answer = answer
        self.heard: list[Heard] = []
        self.accepted = 0
        self._stopped = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.accepted += 1
                self._open.add(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError), connection:
            data = b""
            while b"\r\n\r\n" not in data:
                data += (part := connection.recv(65536))
                if not part:
                    return
            head, _, body = data.partition(b"\r\n\r\n")
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            length = int(lengths[0].partition(b":")[2]) if lengths else 0
            while len(body) < length:
                body += connection.recv(65536)
            self.heard.append(Heard(head.decode("latin-1"), body))
            self.answer(connection, self.heard[-1], len(self.heard))
        self._open.discard(connection)

    def trickle(self, connection, data: bytes, every: float = 0.05):
        """Send a byte at a time, until the server is closed or the caller goes."""
        for byte in itertools.chain(data, itertools.repeat(ord("x"))):
            if self._stopped.wait(every):
                return
            connection.sendall(bytes([byte]))

    def silence(self):
        """Say nothing until the server is closed."""
        self._stopped.wait(30)

    def close(self):
        self._stopped.set()
        self._socket.close()
        for connection in list(self._open):
            connection.close()


@contextlib.contextmanager
def raw_server(answer) -> Iterator[RawServer]:
    server = RawServer(answer)
    try:
        yield server
    finally:
        server.close()


def http(status: int, body: bytes | str = b"", *headers: str, content_type: str = "application/json") -> bytes:
    """An answer as it stands on the wire."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {content_type}", f"Content-Length: {len(data)}"]
    return "\r\n".join([*lines, "Connection: close", *headers, "", ""]).encode() + data


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]
