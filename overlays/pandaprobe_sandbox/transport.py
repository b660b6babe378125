"""The sandbox in process: an httpx transport that also shows what a broken connection looks like."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from typing import Any

import httpx
from starlette.types import ASGIApp, Message

from .clock import HeldClock
from .wire import SLEEP, Dropped

__all__ = ["SandboxTransport"]

_NO_ANSWER = "Server disconnected without sending a response."


class _Body(httpx.AsyncByteStream, httpx.SyncByteStream):
    """A body; a cut one ends as h11 says it."""

    def __init__(self, parts: list[bytes], missing: int) -> None:
        self._parts = parts
        self._missing = missing

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts
        if self._missing:
            had = sum(map(len, self._parts))
            raise httpx.RemoteProtocolError(
                "peer closed connection without sending complete message body "
                f"(received {had} bytes, expected {had + self._missing})"
            )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


class _Loop:
    """Serves the requests of one thread, one after the other; `asyncio.run` would make a loop for each of them."""

    def __init__(self) -> None:
        self._loop, self.process = asyncio.new_event_loop(), os.getpid()

    def run(self, answer: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """What it comes to; nothing of it goes on when that is interrupted."""
        task = self._loop.create_task(answer)
        try:
            return self._loop.run_until_complete(task)
        except BaseException:
            if task.cancel():
                with suppress(asyncio.CancelledError):
                    self._loop.run_until_complete(task)
            raise

    def __del__(self) -> None:
        self._loop.close()


class SandboxTransport(httpx.ASGITransport, httpx.BaseTransport):
    """Serves both `httpx.AsyncClient` and `httpx.Client`; read time-outs count for slow answers.

    Slow answers take real time, unless there is a clock that they can move.
    """

    def __init__(self, app: ASGIApp, clock: HeldClock | None = None) -> None:
        super().__init__(app=app)
        self._app, self._clock, self._mine = app, clock, threading.local()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Serve a synchronous client, by an event loop of the thread's own."""
        content = request.read()
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            loop: _Loop | None = getattr(self._mine, "loop", None)
            if loop is None or loop.process != os.getpid():
                loop = self._mine.loop = _Loop()
            return loop.run(self._serve(request, content))
        with ThreadPoolExecutor(1) as other:  # called inside an event loop, which would not nest
            return other.submit(asyncio.run, self._serve(request, content)).result()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve an asynchronous client."""
        return await self._serve(request, await request.aread())

    async def _serve(self, request: httpx.Request, content: bytes) -> httpx.Response:
        patience = request.extensions.get("timeout", {}).get("read")
        try:
            with self._clock.working() if self._clock else nullcontext():
                async with asyncio.timeout(patience):
                    return await self._ask(request, content, patience)
        except TimeoutError:
            raise httpx.ReadTimeout("The read operation timed out", request=request) from None

    async def _ask(self, request: httpx.Request, content: bytes, patience: float | None) -> httpx.Response:
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 123),
            "root_path": "",
        }
        if clock := self._clock:

            async def sleep(seconds: float) -> None:
                clock.reach(clock.now() + (seconds if patience is None else min(seconds, patience)))
                if patience is not None and seconds > patience:
                    raise TimeoutError

            scope[SLEEP] = sleep
        started: Message | None = None
        parts: list[bytes] = []
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                return {"type": "http.disconnect"}
            given = True
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = message
            elif request.method != "HEAD":
                parts.append(message.get("body", b""))

        dropped = False
        try:
            await self._app(scope, receive, send)
        except Dropped:
            dropped = True
        if started is None:
            raise httpx.RemoteProtocolError(_NO_ANSWER, request=request)
        headers = httpx.Headers(started["headers"])
        missing = int(headers["content-length"]) - sum(map(len, parts)) if dropped else 0
        return httpx.Response(started["status"], headers=headers, stream=_Body(parts, missing), request=request)
