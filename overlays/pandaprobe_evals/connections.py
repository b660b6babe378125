"""Below policy: the connections, a set for each process or event loop, and a user's own httpx client as a transport.

They are httpcore's, as httpx's are, and kept here: a request of ours takes one that idles or makes one, which is all that it
needs of a pool. Httpx's own transport is used where somebody hooks it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import suppress
from types import FunctionType
from typing import TYPE_CHECKING, Any

import httpx

from .attempt_deadline import left
from .blocking import finish
from .certificates import trusted
from .forks import cached_property
from .proxies import proxy_for
from .transport import Answered

if TYPE_CHECKING:
    import asyncio
    import ssl

    import httpcore

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


def hooked(transport: type[httpx.HTTPTransport] | type[httpx.AsyncHTTPTransport]) -> bool:
    """Whether a tracer or a mock has put itself before httpx's own transport, and so is to see what is sent."""
    name = "handle_async_request" if issubclass(transport, httpx.AsyncHTTPTransport) else "handle_request"
    found = getattr(transport, name)
    return type(found) is not FunctionType or not found.__module__.startswith("httpx.")


def _options(base_url: str) -> tuple[httpx.Proxy | None, ssl.SSLContext | None]:
    """A proxy and trusted certificates, by those of the environment, as far as the address needs them.

    Raises:
        InvalidArgument: It says what cannot be done.
    """
    found = proxy_for(httpx.URL(base_url))
    to_proxy = found is not None and found.url.scheme == "https"
    # Loading certificates takes longer than many a plain http client lives.
    context = trusted() if to_proxy or base_url.startswith("https:") else None
    return httpx.Proxy(found.url, ssl_context=context if to_proxy else None) if found else None, context


def _of_httpx(proxy: httpx.Proxy | None, context: ssl.SSLContext | None) -> dict[str, Any]:
    """The options of a transport of httpx's own."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=IDLE, keepalive_expiry=IDLE_SECONDS)
    return {"verify": context or False, "trust_env": False, "limits": limits, "proxy": proxy}


def _maker(proxy: httpx.Proxy | None, context: ssl.SSLContext | None, backend: Any, kinds: Sequence[Any]) -> Any:
    """One of httpcore's pools, which makes connections; it keeps none of them."""
    plain, http, socks = kinds
    options = {"ssl_context": context, "keepalive_expiry": IDLE_SECONDS, "network_backend": backend}
    if proxy is None:
        return plain(**options)
    named = {"proxy_url": str(proxy.url), "proxy_auth": proxy.raw_auth}
    if proxy.url.scheme.startswith("socks"):
        return socks(**named, **options)
    return http(**named, proxy_ssl_context=proxy.ssl_context, **options)


class _Kept:
    """The connections that there are, each of one request at a time, and which of them idle."""

    def __init__(self, maker: Any) -> None:
        self._maker = maker
        self.every: set[Any] = set()
        self._idle: deque[Any] = deque()

    def take(self, origin: httpcore.Origin) -> tuple[Any, list[Any]]:
        """A connection, and those that are to be closed: they idled too long, or lead elsewhere."""
        useless: list[Any] = []
        while self._idle:
            with suppress(IndexError):  # another thread has it
                connection = self._idle.pop()
                if connection.can_handle_request(origin) and not (connection.is_closed() or connection.has_expired()):
                    return connection, useless
                useless.append(connection)
        connection = self._maker.create_connection(origin)
        self.every.add(connection)
        return connection, useless

    def give_back(self, connection: Any) -> bool:
        """Keep a connection whose request is over; False where it is to be closed."""
        if not connection.is_idle() or len(self._idle) >= IDLE:
            return False
        self._idle.append(connection)
        return True


def _as_sent(request: httpx.Request) -> httpcore.Request:
    import httpcore

    url = request.url
    address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    return httpcore.Request(
        request.method, address, headers=request.headers.raw, content=request.stream, extensions=request.extensions
    )


def _as_httpx(error: Exception) -> Exception:
    """The error of httpx's that one of httpcore's is: both call them by the same names."""
    named = type(error).__module__.partition(".")[0] == "httpcore" and getattr(httpx, type(error).__name__, None)
    return named(str(error)) if named else error


def _pool_timeout(request: httpx.Request) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get("pool")
    return seconds


def _no_place() -> httpx.PoolTimeout:
    return httpx.PoolTimeout(f"{CONNECTIONS} requests of this client were under way all the time")


class _Pool:
    """Connections of one process or event loop, of which a request takes one at most: what is the same for both."""

    kind: type[httpx.HTTPTransport] | type[httpx.AsyncHTTPTransport]
    """Httpx's own transport, for where somebody hooks it."""

    def __init__(self, options: tuple[httpx.Proxy | None, ssl.SSLContext | None], backend: Any, kinds: Any) -> None:
        self.kept = _Kept(_maker(*options, backend, kinds))
        self._options = options

    @cached_property
    def of_httpx(self) -> Any:
        """One of httpx's own transports."""
        return self.kind(**_of_httpx(*self._options))

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request on a connection that idles, or a new one."""
        await self._enter(_pool_timeout(request))
        connection = None
        try:
            if hooked(self.kind):
                response = await self._handle_by_httpx(request)
                assert isinstance(response.stream, httpx.SyncByteStream | httpx.AsyncByteStream)
                response.stream = _Body(self, None, response.stream)
                return response
            sent = _as_sent(request)
            connection, useless = self.kept.take(sent.url.origin)
            for each in useless:
                await self._end(each)
            answer = await self._handle(connection, sent)
        except BaseException as error:
            try:
                if connection:
                    await self._end(connection)
            finally:
                self._leave()
            if isinstance(error, Exception) and (told := _as_httpx(error)) is not error:
                raise told from error
            raise
        return Answered(answer.status, answer.headers, _Body(self, connection, answer.stream), answer.extensions)

    async def over(self, connection: Any, stream: Any) -> None:
        """A request has ended, and so has the stream of its answer."""
        try:
            await self._close(stream)
        finally:
            try:
                if connection and not self.kept.give_back(connection):
                    await self._end(connection)
            finally:
                self._leave()

    async def close_all(self) -> None:
        """Close every connection."""
        for connection in list(self.kept.every):
            await self._end(connection)
        if "of_httpx" in vars(self):
            await self._close(self.of_httpx)

    async def _enter(self, timeout: float | None) -> None:
        """Take a place.

        Raises:
            httpx.PoolTimeout: None is free in time.
        """
        raise NotImplementedError

    def _leave(self) -> None:
        """Give the place back."""
        raise NotImplementedError

    async def _handle(self, connection: Any, request: httpcore.Request) -> Any:
        raise NotImplementedError

    async def _handle_by_httpx(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    async def _close(self, thing: Any) -> None:
        raise NotImplementedError

    async def _end(self, connection: Any) -> None:
        """Close a connection, whatever is cancelled meanwhile."""
        raise NotImplementedError


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body whose end gives back its request's connection, and its place."""

    def __init__(self, pool: _Pool, connection: Any, stream: Any) -> None:
        self._pool, self._taken, self._stream = pool, [connection], stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except Exception as error:
            if (told := _as_httpx(error)) is not error:
                raise told from error
            raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._stream:
                yield part
        except Exception as error:
            if (told := _as_httpx(error)) is not error:
                raise told from error
            raise

    def close(self) -> None:
        if self._taken:
            finish(self._pool.over(self._taken.pop(), self._stream))

    async def aclose(self) -> None:
        if self._taken:
            await self._pool.over(self._taken.pop(), self._stream)


class _ThreadsPool(_Pool):
    """Of one process."""

    kind = httpx.HTTPTransport

    def __init__(self, options: tuple[httpx.Proxy | None, ssl.SSLContext | None]) -> None:
        from queue import Empty, SimpleQueue

        import httpcore

        from .network import Backend

        super().__init__(options, Backend(), (httpcore.ConnectionPool, httpcore.HTTPProxy, httpcore.SOCKSProxy))
        self.free: SimpleQueue[None] = SimpleQueue()  # a semaphore takes many more steps
        self.none_free = Empty
        for _ in range(CONNECTIONS):
            self.free.put(None)

    async def _enter(self, timeout: float | None) -> None:
        try:
            self.free.get(timeout=left(timeout))
        except self.none_free:
            raise _no_place() from None

    def _leave(self) -> None:
        self.free.put(None)

    async def _handle(self, connection: Any, request: httpcore.Request) -> Any:
        return connection.handle_request(request)

    async def _handle_by_httpx(self, request: httpx.Request) -> httpx.Response:
        return self.of_httpx.handle_request(request)  # type: ignore[no-any-return]  # as `kind` says

    async def _close(self, thing: Any) -> None:
        thing.close()

    async def _end(self, connection: Any) -> None:
        connection.close()
        self.kept.every.discard(connection)


class DefaultTransport(httpx.BaseTransport):
    """Connections of this process, through the proxy that the environment names for the address, if any.

    Made once for each process: a forked child on its parent's connections would get the parent's answers.

    Raises:
        InvalidArgument: A proxy or certificates of the environment cannot be used.
    """

    def __init__(self, base_url: str) -> None:
        self._options = _options(base_url)
        self._by_process = {os.getpid(): _ThreadsPool(self._options)}

    def _mine(self) -> _ThreadsPool:
        pid = os.getpid()
        return self._by_process.get(pid) or self._by_process.setdefault(pid, _ThreadsPool(self._options))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on a connection of this process."""
        return finish(self._mine().send(request))

    def close(self) -> None:
        """Close this process's connections."""
        finish(self._mine().close_all())


class _TasksPool(_Pool):
    """Of one event loop."""

    kind = httpx.AsyncHTTPTransport

    def __init__(self, options: tuple[httpx.Proxy | None, ssl.SSLContext | None]) -> None:
        import asyncio

        import httpcore

        from .network import AsyncBackend

        kinds = httpcore.AsyncConnectionPool, httpcore.AsyncHTTPProxy, httpcore.AsyncSOCKSProxy
        super().__init__(options, AsyncBackend(), kinds)
        self.free = asyncio.BoundedSemaphore(CONNECTIONS)
        self._life = self._live()

    async def _live(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await self.close_all()

    async def open(self) -> None:
        """From now on it is closed with its loop, if not before: `asyncio.run` ends what is left of async generators."""
        await anext(self._life)

    async def close(self) -> None:
        """Close every connection."""
        await self._life.aclose()

    async def _enter(self, timeout: float | None) -> None:
        import asyncio

        if not self.free.locked():
            await self.free.acquire()
            return
        try:
            async with asyncio.timeout(timeout):
                await self.free.acquire()
        except TimeoutError:
            raise _no_place() from None

    def _leave(self) -> None:
        self.free.release()

    async def _handle(self, connection: Any, request: httpcore.Request) -> Any:
        return await connection.handle_async_request(request)

    async def _handle_by_httpx(self, request: httpx.Request) -> httpx.Response:
        return await self.of_httpx.handle_async_request(request)  # type: ignore[no-any-return]  # as `kind` says

    async def _close(self, thing: Any) -> None:
        await thing.aclose()

    async def _end(self, connection: Any) -> None:
        import asyncio

        async def close() -> None:
            await connection.aclose()
            self.kept.every.discard(connection)

        await asyncio.shield(asyncio.ensure_future(close()))


class AsyncDefaultTransport(httpx.AsyncBaseTransport):
    """As `DefaultTransport`, for asyncio; made once for each event loop, to which its connections belong."""

    def __init__(self, base_url: str) -> None:
        self._options = _options(base_url)
        self._by_loop: dict[asyncio.AbstractEventLoop, _TasksPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on a connection of this loop."""
        import asyncio

        loop = asyncio.get_running_loop()
        pool = self._by_loop.get(loop)
        if pool is None:
            for ended in [other for other in list(self._by_loop) if other.is_closed()]:
                self._by_loop.pop(ended, None)
            pool = self._by_loop[loop] = _TasksPool(self._options)
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
