"""The sandbox as one object, as a server on a port, and as a command."""

import asyncio
import contextlib
import errno
import http.client
import math
import signal
import socket
import sys
import threading
from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any
from uuid import uuid4

import uvicorn
from starlette.types import ASGIApp

from . import auth, chosen, control
from .app import build
from .clock import Clock
from .faults import Fault, FaultQueue, Script
from .ingestion import NewTrace, TraceStatus
from .limits import FixedWindow
from .serving import Service
from .store import Store
from .transport import SandboxTransport
from .wire import RecordedRequest, Wire
from .worker import Timing
from .writing import TotalField

__all__ = ["Sandbox", "run"]

RateLimit = tuple[int, float]


CREATES = 50
"""Runs that are created in their window, unless another limit is asked for."""
TRIGGERS = 10
"""Of one monitor in the window of creates, or as many as creates where these are fewer."""
TRACES = 100
"""Traces in the window of creates, as the vendor documents it; as many as creates where these are fewer than `CREATES`."""


class Sandbox:
    """An embedded PandaProbe.

    `speed` makes runs advance so many times faster. `rate_limit` is how many creates are taken in how many seconds, for each
    credential and each concrete path, and `read_limit` the same for reads and deletes; None switches either off. `db` keeps
    everything over restarts, but for windows and recorded requests. `scores` are for
    `set_scores`. `host` is a name that no other sandbox has: clients in
    process that use it share nothing with those of another.
    """

    def __init__(
        self,
        *,
        db: str = ":memory:",
        speed: float = 1.0,
        clock: Clock | None = None,
        total_field: TotalField = "total_targets",
        rate_limit: RateLimit | None = (CREATES, 60.0),
        read_limit: RateLimit | None = (200, 60.0),
        pending_seconds: float = 0.5,
        seconds_per_session: float = 0.1,
        retry_delay: float = 10.0,
        scores: chosen.Chosen | None = None,
    ) -> None:
        if not 0 < speed < math.inf:
            raise ValueError(f"speed must be above 0, not {speed}")
        if total_field not in ("total_targets", "total_traces"):
            raise ValueError(f"total_field must be total_targets or total_traces, not {total_field!r}")
        self.clock = clock or Clock()
        self.speed = speed
        self.host = f"sandbox-{uuid4().hex[:12]}.localhost"
        self.store = Store(db)
        self.faults = FaultQueue()
        auth.prepare(self.store)
        self.set_scores(scores or {})
        timing = Timing(pending_seconds / speed, seconds_per_session / speed, retry_delay / speed)
        creates, others = (FixedWindow(*limit) if limit else None for limit in (rate_limit, read_limit))
        triggers = FixedWindow(min(TRIGGERS, rate_limit[0]), rate_limit[1]) if rate_limit else None
        traces = (
            FixedWindow(TRACES if rate_limit[0] >= CREATES else rate_limit[0], rate_limit[1]) if rate_limit else None
        )
        inner = build(Service(self.store, self.clock, timing, total_field, creates, others, triggers, traces))
        inner.state.sandbox = self
        inner.router.routes.extend(control.routes.routes)
        self._wire = Wire(inner, self.store, self.clock, self.faults)

    @property
    def app(self) -> ASGIApp:
        """The ASGI application, outermost layer included."""
        return self._wire

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request so far, in the order of arrival; control endpoints and the page do not count."""
        return self._wire.requests

    @property
    def units_billed(self) -> int:
        """Session evaluations billed so far, to all organizations together."""
        return self.store.units()

    def inject(self, fault: Fault | str, *, times: int = 1, operation: str | None = None, **options: Any) -> None:
        """Queue a fault for the next `times` requests (of one operation, or of any).

        The faults and their options are in the docstring of `pandaprobe_sandbox.faults`.
        """
        if times < 1:
            raise ValueError(f"times must be 1 or more, not {times}")
        self.faults.put(Script(Fault(fault), times, operation, options))

    def add_session(
        self,
        session_id: str,
        *,
        project: str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] = (),
        started_at: datetime | float | str | None = None,
        has_error: bool = False,
        trace_count: int = 1,
    ) -> None:
        """Make a session known, in one project of `API_KEY`'s organization or in all: ingest traces that share its id."""
        tags = list(tags)
        project_id = None if project is None else self.store.project(auth.DEFAULT_ORG, project)
        started = datetime.fromtimestamp(control.moment(started_at, self.clock.now()), UTC)
        self.store.forget_session(project_id, session_id)
        for index in range(trace_count):
            trace = NewTrace(
                name=f"turn-{index}",
                input=session_id,
                status=TraceStatus.ERROR if has_error and not index else TraceStatus.COMPLETED,
                started_at=started,
                ended_at=started + timedelta(seconds=1),
                session_id=session_id,
                user_id=user_id,
                tags=tags,
            )
            self.store.add_trace(project_id, trace)

    def set_scores(self, scores: chosen.Chosen) -> None:
        """Choose what sessions get, such as {"chat-1": {"agent_reliability": 0.3}}, with evidence that says measured.

        They hold in every project, for each score that is made from now on; what is set again is replaced, and what is not
        set stays as it was. Scores are from 0 to 1 with at most four decimals, as the service's are.

        Raises:
            ValueError: One cannot come out; says which, and why. None is set then.
        """
        self.store.choose(list(chosen.checked(scores)))

    def transport(self) -> SandboxTransport:
        """Return an httpx transport that serves this sandbox in process, to both kinds of client."""
        return SandboxTransport(self.app)

    @contextlib.contextmanager
    def serve(self, *, host: str = "127.0.0.1", port: int = 0) -> Generator[str]:
        """Serve on a port, by a thread, and yield the base URL; raises OSError where the port is taken."""
        listener = _listen(host, port)
        config = uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,
            log_level="critical",
            lifespan="off",
            ws="none",
            date_header=False,
            timeout_keep_alive=120,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="pandaprobe-sandbox", daemon=True
        )
        thread.start()
        try:
            while not server.started and thread.is_alive():
                thread.join(0.005)
            bound = listener.getsockname()[1]
            yield f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        finally:
            server.stop()
            thread.join(5)
            listener.close()

    def close(self) -> None:
        """Forget everything that is not in a file."""
        self.store.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(uvicorn.Server):
    """A uvicorn that stops when it is told to, not at its next look at a flag."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()

    async def main_loop(self) -> None:
        """Do nothing until told to stop."""
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        if not self.should_exit:
            await self._stopped.wait()

    def stop(self) -> None:
        """Begin to shut down; from any thread."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has stopped by itself
                self._loop.call_soon_threadsafe(self._stopped.set)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named; without it each answer waits 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def run(
    host: str = "127.0.0.1",
    port: int = 8321,
    *,
    db: str = ":memory:",
    speed: float = 1.0,
    total_field: TotalField = "total_targets",
    rate_limit: RateLimit | None = (CREATES, 60.0),
    read_limit: RateLimit | None = (200, 60.0),
    sessions: int = 12,
    scores: chosen.Chosen | None = None,
) -> int:
    """Serve a sandbox until Ctrl-C or SIGTERM; return the exit code.

    `sessions` is how many demonstration sessions a create by filters finds; `scores` are as for `Sandbox.set_scores`.
    """
    signals: SimpleQueue[int] = SimpleQueue()  # a handler may wake it; over an Event it could deadlock

    def stop(number: int, frame: FrameType | None) -> None:
        signals.put(number)

    with contextlib.suppress(ValueError):  # signals are the main thread's
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(
            Sandbox(
                db=db, speed=speed, total_field=total_field, rate_limit=rate_limit, read_limit=read_limit, scores=scores
            )
        )
        _seed(sandbox, sessions)
        try:
            url = stack.enter_context(sandbox.serve(host=host, port=port))
        except OSError as error:
            said = error.strerror or str(error)
            free = ""
            if error.errno == errno.EADDRINUSE:
                already = ", by another sandbox" if _a_sandbox_is_at(host, port) else ""
                free = f"{already}; --port 0 picks a free one"
            sys.stderr.write(f"Cannot listen on {host}:{port}: {said}{free}.\n")
            return 1
        sys.stdout.write(
            f"# PandaProbe sandbox: {url}  (runs and scores as a page; Ctrl-C stops it)\n"
            f"export PANDAPROBE_ENDPOINT={url}\n"
            f"export PANDAPROBE_API_KEY={auth.API_KEY}\n"
            f"export PANDAPROBE_PROJECT_NAME={auth.PROJECT_NAME}\n"
        )
        sys.stdout.flush()
        while True:
            with contextlib.suppress(Empty):  # Windows has a look for Ctrl-C between two waits only
                signals.get(timeout=1)
                return 0


def _a_sandbox_is_at(host: str, port: int) -> bool:
    """Whether what has a port shows a sandbox's page."""
    with contextlib.closing(http.client.HTTPConnection(host, port, timeout=1)) as connection:
        try:
            connection.request("GET", "/")
            return b"<title>PandaProbe sandbox</title>" in connection.getresponse().read(10_000)
        except (OSError, http.client.HTTPException):
            return False


def _seed(sandbox: Sandbox, count: int) -> None:
    for index in range(1, count + 1):
        sandbox.add_session(
            f"demo-session-{index:02}",
            project=auth.PROJECT_NAME,
            user_id=f"user-{index % 3}",
            tags=["demo", "even" if index % 2 == 0 else "odd"],
            has_error=index % 5 == 0,
            trace_count=1 + index % 4,
        )
