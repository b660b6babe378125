"""A sandbox on a real port with its clock held, and the real client for it, blocking and asyncio, by one test body."""

import asyncio
import inspect
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from pandaprobe_evals import ApiKey, AsyncPandaProbe, PandaProbe, contract
from pandaprobe_evals.creation import Before
from pandaprobe_evals.pacing import registry
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, HeldClock, Sandbox

RUNS = "/evaluations/session-runs"
BATCH = f"{RUNS}/batch"
RESOURCES = {operation.tag for operation in contract.operations().values()}
BODY = {"session_ids": ["a"], "metrics": ["agent_reliability"]}


@pytest.fixture(autouse=True)
def _nothing_paced_yet(monkeypatch):
    """A port may be one that an earlier test's sandbox had, and then what was sent to that would count still."""
    monkeypatch.setattr(registry, "PROCESS", registry.Registry())


class Blocking:
    """An `AsyncPandaProbe`, or a part of one, whose methods wait for their result."""

    def __init__(self, target, run):
        self._target = target
        self._run = run

    def __getattr__(self, name):
        found = getattr(self._target, name)
        if name in RESOURCES:
            return Blocking(found, self._run)
        return self._waited(found) if inspect.isroutine(found) else found

    def _waited(self, method):
        def call(*args, **kwargs):
            found = method(*args, **kwargs)
            if inspect.iscoroutine(found):
                return self._run(found)
            return Iterated(found, self._run) if hasattr(found, "__aiter__") else found

        return call


class Iterated:
    """An async list, iterated."""

    def __init__(self, target, run):
        self._target = target
        self._run = run

    def __iter__(self):
        steps = aiter(self._target)
        try:
            while (item := self._run(anext(steps, None))) is not None:
                yield item
        finally:
            self._run(steps.aclose())

    def pages(self):
        return iter(Iterated(self._target.pages(), self._run))


class Kind:
    """One of the two kinds of client: how to make one, call it bare, and end it."""

    def __init__(self, name):
        self.name = name
        self.is_async = name == "async"
        self.runner = asyncio.Runner() if self.is_async else None
        self.opened = []

    def __call__(self, base_url, auth=None, **options):
        """A client; blocking to the eye, whichever it is."""
        auth = auth or ApiKey(API_KEY, project=PROJECT_NAME)
        made = (AsyncPandaProbe if self.is_async else PandaProbe)(auth, base_url=base_url, **options)
        return self.adopt(made)

    def from_env(self, environ, **options):
        return self.adopt((AsyncPandaProbe if self.is_async else PandaProbe).from_env(environ, **options))

    def adopt(self, made):
        self.opened.append(made)
        # It has looked before: there was no run then.
        made._calls.registry._before = {("list_session_eval_runs",): Before(made.clock.monotonic(), -math.inf)}
        return Blocking(made, self.runner.run) if self.is_async else made

    def bare(self, panda, operation, **arguments):
        """A generated function with `panda.api`; its detailed answer."""
        if self.is_async:
            return self.runner.run(operation.asyncio_detailed(client=panda.api, **arguments))
        return operation.sync_detailed(client=panda.api, **arguments)

    def wire(self, panda, method, path, **options):
        """A request that the client itself would not make, by its own httpx client."""
        if self.is_async:
            return self.runner.run(panda.api.get_async_httpx_client().request(method, path, **options))
        return panda.api.get_httpx_client().request(method, path, **options)

    def run(self, coroutine):
        return self.runner.run(coroutine)

    def hang_up(self):
        """Close every client; before its server, which waits for open connections."""
        while self.opened:
            client = self.opened.pop()
            self.runner.run(client.aclose()) if self.is_async else client.close()

    def close(self):
        self.hang_up()
        if self.runner:
            self.runner.close()


@pytest.fixture(params=["sync", "async"])
def kind(request):
    kind = Kind(request.param)
    yield kind
    kind.close()


@pytest.fixture
def clock():
    return HeldClock()


@pytest.fixture
def sandbox(clock):
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def undertaker():
    """Stops servers aside, since each takes a tenth of a second."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def url(sandbox, undertaker):
    served = sandbox.serve()
    yield served.__enter__()
    undertaker.submit(served.__exit__, None, None, None)


@pytest.fixture(scope="module")
def _listener():
    with Sandbox() as sandbox, sandbox.serve() as url:
        yield sandbox, url


@pytest.fixture
def unasked(_listener):
    """The address of a service that must not be sent anything by the test."""
    sandbox, url = _listener
    before = len(sandbox.requests)
    yield url
    assert sandbox.requests[before:] == []


@pytest.fixture
def panda(kind, url):
    """The real client, over a real port."""
    yield kind(url)
    kind.hang_up()


@pytest.fixture
def raw(url):
    """The service itself, asked by plain httpx with the client's authentication."""
    with httpx.Client(base_url=url, auth=ApiKey(API_KEY, project=PROJECT_NAME), timeout=10) as client:
        yield client


@pytest.fixture
def anybody(url):
    """The service itself, without credentials."""
    with httpx.Client(base_url=url, timeout=10) as client:
        yield client


class Canned:
    """A server that gives the answers it was told to, the last one for ever, and keeps what it was asked."""

    def __init__(self):
        self.answers = []
        self.seen = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                outer.seen.append((self.command, self.path, dict(self.headers), body))
                status, headers, content = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = _answer  # noqa: N815  (the names are http.server's)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def say(self, status, body, **headers):
        """Answer so from now on, after what was said before."""
        import json

        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {} if isinstance(body, bytes) else {"Content-Type": "application/json"}
        self.answers.append((status, {**kind, **{k.replace("_", "-"): v for k, v in headers.items()}}, content))
        return self

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def canned():
    server = Canned()
    yield server
    server.close()
