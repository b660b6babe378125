"""Below policy: the connections, a set for each process or event loop, and a user's own httpx client as a transport."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx

from .attempt_deadline import left
from .certificates import trusted
from .proxies import proxy_for

if TYPE_CHECKING:
    import asyncio

CONNECTIONS = 100
"""Requests that are under way at once; more wait their turn, for no longer than the `pool` time-out."""
IDLE, IDLE_SECONDS = 20, 4.0
"""Idle connections that are kept, and for how long, in seconds: less than servers commonly do (5), so that a create seldom
meets one that is closing."""


class ClientTransport(httpx.BaseTransport):
    """A user's httpx client as a transport: its proxies and hooks stay, its redirects and authentication do not."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it as the client does."""
        return self._client.send(request, stream=True, auth=httpx.Auth(), follow_redirects=False)


class AsyncClientTransport(httpx.AsyncBaseTransport):
    """As `ClientTransport`, for asyncio."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it as the client does."""
        return await self._client.send(request, stream=True, auth=httpx.Auth(), follow_redirects=False)


class _HTTPTransport(httpx.HTTPTransport):
    """Httpx's own, over a network of ours: a backend can be given to httpcore, and httpx hands none on.

    It stays httpx's own, since tracers and mocks hook `httpx.HTTPTransport.handle_request`.
    """

    def __init__(self, proxy: httpx.Proxy | None, options: dict[str, Any]) -> None:
        import httpcore

        from .network import Backend

        more: dict[str, Any] = {**options, "network_backend": Backend()}
        if proxy is None:
            self._pool = httpcore.ConnectionPool(**more)
        elif proxy.url.scheme.startswith("socks"):
            self._pool = httpcore.SOCKSProxy(**_named(proxy), **more)
        else:
            self._pool = httpcore.HTTPProxy(**_named(proxy), proxy_ssl_context=proxy.ssl_context, **more)


class _AsyncHTTPTransport(httpx.AsyncHTTPTransport):
    """As `_HTTPTransport`, for asyncio."""

    def __init__(self, proxy: httpx.Proxy | None, options: dict[str, Any]) -> None:
        import httpcore

        from .network import AsyncBackend

        more: dict[str, Any] = {**options, "network_backend": AsyncBackend()}
        if proxy is None:
            self._pool = httpcore.AsyncConnectionPool(**more)
        elif proxy.url.scheme.startswith("socks"):
            self._pool = httpcore.AsyncSOCKSProxy(**_named(proxy), **more)
        else:
            self._pool = httpcore.AsyncHTTPProxy(**_named(proxy), proxy_ssl_context=proxy.ssl_context, **more)


def _named(proxy: httpx.Proxy) -> dict[str, Any]:
    return {"proxy_url": str(proxy.url), "proxy_auth": proxy.raw_auth}


def _options(base_url: str) -> tuple[httpx.Proxy | None, dict[str, Any]]:
    """A proxy and httpcore's options, by the proxies and certificates of the environment, as far as the address needs them.

    The number of connections is not bounded here but by `CONNECTIONS`: a request that ends while it waits for a place of
    httpcore's own pool can take the place with it for good.

    Raises:
        InvalidArgument: It says what cannot be done.
    """
    found = proxy_for(httpx.URL(base_url))
    to_proxy = found is not None and found.url.scheme == "https"
    # Loading certificates takes longer than many a plain http client lives.
    context = trusted() if to_proxy or base_url.startswith("https:") else None
    proxy = httpx.Proxy(found.url, ssl_context=context if to_proxy else None) if found else None
    return proxy, {
        "ssl_context": context,
        "max_connections": None,
        "max_keepalive_connections": IDLE,
        "keepalive_expiry": IDLE_SECONDS,
    }


def _pool_timeout(request: httpx.Request) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get("pool")
    return seconds


def _no_place() -> httpx.PoolTimeout:
    return httpx.PoolTimeout(f"{CONNECTIONS} requests of this client were under way all the time")


class _Pool:
    """Connections of one process, of which a request takes one at most."""

    def __init__(self, options: tuple[httpx.Proxy | None, dict[str, Any]]) -> None:
        self.transport = _HTTPTransport(*options)
        self._free = threading.BoundedSemaphore(CONNECTIONS)

    def send(self, request: httpx.Request) -> httpx.Response:
        if not self._free.acquire(timeout=left(_pool_timeout(request))):
            raise _no_place()
        try:
            response = self.transport.handle_request(request)
            assert isinstance(response.stream, httpx.SyncByteStream)
            response.stream = _Stream(response.stream, self._free.release)
        except BaseException:
            self._free.release()
            raise
        return response


class _Stream(httpx.SyncByteStream):
    """A body whose end gives back its request's place."""

    def __init__(self, stream: httpx.SyncByteStream, release: Callable[[], object]) -> None:
        self._stream, self._release = stream, [release]

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            if self._release:
                self._release.pop()()


class DefaultTransport(httpx.BaseTransport):
    """Httpx's own, through the proxy that the environment names for the address, if any.

    Made once for each process: a forked child on its parent's connections would get the parent's answers.

    Raises:
        InvalidArgument: A proxy or certificates of the environment cannot be used.
    """

    def __init__(self, base_url: str) -> None:
        self._options = _options(base_url)
        self._by_process = {os.getpid(): _Pool(self._options)}

    def _mine(self) -> _Pool:
        pid = os.getpid()
        return self._by_process.get(pid) or self._by_process.setdefault(pid, _Pool(self._options))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on a connection of this process."""
        return self._mine().send(request)

    def close(self) -> None:
        """Close this process's connections."""
        self._mine().transport.close()


class _AsyncPool:
    """Connections of one event loop, of which a request takes one at most."""

    def __init__(self, options: tuple[httpx.Proxy | None, dict[str, Any]]) -> None:
        import asyncio

        self.transport = _AsyncHTTPTransport(*options)
        self._free = asyncio.BoundedSemaphore(CONNECTIONS)
        self._life = self._live()

    async def _live(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await self.transport.aclose()

    async def open(self) -> None:
        """From now on it is closed with its loop, if not before: `asyncio.run` ends what is left of async generators."""
        await anext(self._life)

    async def close(self) -> None:
        await self._life.aclose()

    async def send(self, request: httpx.Request) -> httpx.Response:
        import asyncio

        if self._free.locked():
            try:
                async with asyncio.timeout(_pool_timeout(request)):
                    await self._free.acquire()
            except TimeoutError:
                raise _no_place() from None
        else:
            await self._free.acquire()
        try:
            response = await self.transport.handle_async_request(request)
            assert isinstance(response.stream, httpx.AsyncByteStream)
            response.stream = _AsyncStream(response.stream, self._free.release)
        except BaseException:
            self._free.release()
            raise
        return response


class _AsyncStream(httpx.AsyncByteStream):
    """As `_Stream`."""

    def __init__(self, stream: httpx.AsyncByteStream, release: Callable[[], object]) -> None:
        self._stream, self._release = stream, [release]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            if self._release:
                self._release.pop()()


class AsyncDefaultTransport(httpx.AsyncBaseTransport):
    """As `DefaultTransport`, for asyncio; made once for each event loop, to which its connections belong."""

    def __init__(self, base_url: str) -> None:
        self._options = _options(base_url)
        self._by_loop: dict[asyncio.AbstractEventLoop, _AsyncPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on a connection of this loop."""
        import asyncio

        loop = asyncio.get_running_loop()
        pool = self._by_loop.get(loop)
        if pool is None:
            for ended in [other for other in list(self._by_loop) if other.is_closed()]:
                self._by_loop.pop(ended, None)
            pool = self._by_loop[loop] = _AsyncPool(self._options)
            await pool.open()
        return await pool.send(request)

    async def aclose(self) -> None:
        """Close the connections of every loop that runs; those of others close with their loops."""
        import asyncio

        here = asyncio.get_running_loop()
        for loop in list(self._by_loop):
            if loop is here:
                await self._by_loop.pop(loop).close()
            elif loop.is_running():
                with suppress(RuntimeError):  # it has just ended, and closed them itself
                    closing = self._by_loop.pop(loop).close()
                    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(closing, loop))
