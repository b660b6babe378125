"""The network below the default transports, where httpcore takes one: attempts end in time, and hear answers at any time.

A server may answer before it has read the whole request, and hang up: it is too large, say. Whoever only writes until then
finds a broken connection in place of the answer. So what comes while a request is written is read, and ends the writing:
httpcore goes on to the answer after a `WriteError`.

httpcore writes head and body apart. A short request is held until its answer is read, and so is sent in one step.

Imported when the first connections are made, since httpcore takes as long to import as httpx.
"""

from __future__ import annotations

import selectors
from collections.abc import Iterable
from contextlib import suppress
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

import httpcore

from .attempt_deadline import left

if TYPE_CHECKING:
    import asyncio

PART = 65_536
"""Bytes written in one step, and read in one."""
AT_ONCE = 16_384
"""Bytes that every socket takes at once: nothing can be answered while they are written."""


class _Early:
    """What came while a request was written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        """Keep what came; empty for the end of the connection."""
        self._parts.append(part)

    def stop_if_final(self) -> None:
        """Write on only where it is of use.

        Raises:
            httpcore.WriteError: The answer has come, or the end of the connection.
        """
        if self._parts and (not self._parts[-1] or _is_final(b"".join(self._parts))):
            raise httpcore.WriteError("answered before the whole request was written")

    def take(self, most: int) -> bytes | None:
        """The next of it; None where there is none."""
        if not self._parts:
            return None
        part = self._parts.pop(0)
        if len(part) > most:
            self._parts.insert(0, part[most:])
        return part[:most]


def _is_final(data: bytes) -> bool:
    """Whether what came is more than interim answers, such as `100 Continue`."""
    while data[:7] == b"HTTP/1." and data[8:10] == b" 1":
        data = data.partition(b"\r\n\r\n")[2]
    return bool(data)


class Backend(httpcore.NetworkBackend):
    """Blocking."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, in time."""
        return _Stream(self._inner.connect_tcp(host, port, left(timeout), local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._early = _Early()
        self._held = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._held:
            with suppress(httpcore.WriteError):  # there may be an answer all the same
                self._send(b"", timeout)
        early = self._early.take(max_bytes)
        return self._inner.read(max_bytes, left(timeout)) if early is None else early

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if len(self._held) + len(buffer) <= AT_ONCE:
            self._held += buffer
        else:
            self._send(buffer, timeout)

    def _send(self, buffer: bytes, timeout: float | None) -> None:
        buffer, self._held = self._held + buffer, b""
        for start in range(0, len(buffer), PART):
            if start:
                self._hear(left(timeout))
            self._inner.write(buffer[start : start + PART], left(timeout))

    def _hear(self, timeout: float | None) -> None:
        """Wait until more can be written, and keep what comes until then."""
        writable = False
        with selectors.DefaultSelector() as either:
            either.register(self._inner.get_extra_info("socket"), selectors.EVENT_READ | selectors.EVENT_WRITE)
            while not writable:
                events = [event for _, event in either.select(timeout)]
                if not events:
                    raise httpcore.WriteTimeout("timed out")
                writable = bool(events[0] & selectors.EVENT_WRITE)
                if events[0] & selectors.EVENT_READ:
                    with suppress(httpcore.ReadError, httpcore.ReadTimeout):  # TLS's own affairs; a break is seen below
                        self._early.add(self._inner.read(PART, timeout=0.0))
                self._early.stop_if_final()

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """For asyncio."""

    def __init__(self) -> None:
        self._inner: Any = httpcore.AnyIOBackend()  # which has types only where anyio is seen

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect."""
        return _AsyncStream(await self._inner.connect_tcp(host, port, timeout, local_address, socket_options))


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._early = _Early()
        self._held = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._held:
            with suppress(httpcore.WriteError):  # as above
                await self._send(b"", timeout)
        early = self._early.take(max_bytes)
        return await self._inner.read(max_bytes, timeout) if early is None else early

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if len(self._held) + len(buffer) <= AT_ONCE:
            self._held += buffer
        else:
            await self._send(buffer, timeout)

    async def _send(self, buffer: bytes, timeout: float | None) -> None:
        buffer, self._held = self._held + buffer, b""
        if len(buffer) <= AT_ONCE:
            await self._inner.write(buffer, timeout)
            return
        import asyncio

        writing = asyncio.ensure_future(self._inner.write(buffer, timeout))
        try:
            while not writing.done():
                await self._hear(writing)
                if not writing.done():
                    self._early.stop_if_final()
        finally:
            await _end(writing)
        writing.result()

    async def _hear(self, writing: asyncio.Future[None]) -> None:
        """Read until it is written or something has come: what comes is lost to whoever reads after a write has failed."""
        import asyncio

        reading: asyncio.Future[bytes] = asyncio.ensure_future(self._inner.read(PART))
        try:
            either: set[asyncio.Future[Any]] = {reading, writing}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if writing.done() and isinstance(writing.exception(), httpcore.WriteError):
                await asyncio.wait({reading})  # which the same break ends
        finally:
            await _end(reading)
        if not reading.cancelled():
            self._early.add(b"" if reading.exception() else reading.result())

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


async def _end(task: asyncio.Future[Any]) -> None:
    """Cancel a task, and wait until it has ended."""
    import asyncio

    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # seen, whatever it is
