"""The httpx clients that the generated functions send by: one base URL, fixed headers, credentials, and nothing else.

Httpx parses and merges address, headers, parameters and cookies anew for each request, and looks for redirects and hooks
around it. These clients have few addresses, and so parse each once; and a request with nothing but a body is made at once
and handed straight to the transport. That saves about as much of its time as the overlay takes.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator
from functools import lru_cache, partial
from typing import Any

import httpx

from .blocking import finish
from .errors import InvalidArgument, clip

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
"""As httpx does."""


class _NoCookies(httpx.Cookies):
    """Keeps none: the service sets none, and one of a proxy's is no business of ours."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


def _whole(url: httpx.URL | str) -> httpx.URL | str:
    """Refuse a path that httpx would shorten: a run id of `.` or `..` would make it another operation's."""
    if not {".", ".."}.isdisjoint(str(url).partition("?")[0].split("/")):
        raise InvalidArgument(f"openapi.yaml has no operation at {clip(str(url))}; is an id not a valid UUID?")
    return url


def _absolute(client: httpx.Client | httpx.AsyncClient, url: httpx.URL | str) -> httpx.URL:
    """An address below the client's base URL, which httpx ends with a slash; one of another place stays as it is."""
    given, base = httpx.URL(_whole(url)), client.base_url
    return base.copy_with(raw_path=base.raw_path + given.raw_path.lstrip(b"/")) if given.is_relative_url else given


def _on_asyncio() -> None:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        on_asyncio = False
    else:
        on_asyncio = True
    if not on_asyncio:
        raise InvalidArgument(
            "AsyncPandaProbe runs on asyncio, and so on anyio's asyncio backend. Elsewhere use PandaProbe in a thread, such "
            "as by trio.to_thread.run_sync"
        )


class _Plain:
    """Sends requests that have nothing to them but a body: what is the same in a thread and in a task."""

    async def _answer(self, flow: Any) -> httpx.Response:
        """What comes of the request that an authentication's flow signs, as often as it likes to."""
        response: Any = None
        try:
            while signed := await self._next(flow, response):
                response = await self._send(signed)
                response.request = signed
        finally:
            await self._end(flow)
        return response  # type: ignore[no-any-return]  # the first is always sent

    async def _next(self, flow: Any, response: httpx.Response | None) -> httpx.Request | None:
        """The next request of a flow; None at its end."""
        raise NotImplementedError

    async def _send(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    async def _end(self, flow: Any) -> None:
        raise NotImplementedError


def _is_plain(client: httpx.Client | httpx.AsyncClient, headers: Any) -> bool:
    """Whether a request of a client has nothing to it that httpx would have to see to."""
    if headers and (not isinstance(headers, dict) or any(name in client.headers for name in headers)):
        return False
    return client.auth is not None and not (client.is_closed or client.params or any(client.event_hooks.values()))


def _plain(
    client: httpx.Client | httpx.AsyncClient, method: str, url: httpx.URL, json: Any, headers: Any
) -> httpx.Request:
    """A request as httpx makes it."""
    fixed, more = client.headers, dict(headers or {})
    body = b"" if json is None else _json(json).encode()
    if json is not None and "content-type" not in map(str.lower, more) and "Content-Type" not in fixed:
        more["Content-Type"] = "application/json"
    if json is not None or method.upper() in ("POST", "PUT", "PATCH"):
        more["Content-Length"] = str(len(body))
    host = [] if "Host" in fixed else [(b"Host", url.netloc)]
    given = [(name.encode(), text.encode()) for name, text in more.items()]
    request = httpx.Request(
        method,
        url,
        headers=[*host, *fixed.raw, *given],
        stream=httpx.ByteStream(body),
        extensions={"timeout": client.timeout.as_dict()},
    )
    if fixed.encoding != "iso-8859-1":  # found out once, and not for each request
        request.headers.encoding = "utf-8"
    request.read()
    return request


class HttpClient(_Plain, httpx.Client):
    """Blocking."""

    cookies = _NoCookies()  # type: ignore[override]  # a property there

    def __init__(self, *, transport: httpx.BaseTransport, **options: Any) -> None:
        super().__init__(transport=transport, **options)
        self._policy = transport
        self._address = lru_cache(64)(partial(_absolute, self))

    def build_request(self, method: str, url: httpx.URL | str, **more: Any) -> httpx.Request:
        """As httpx's, by an address that is parsed once."""
        return super().build_request(method, self._address(url), **more)

    def request(
        self, method: str, url: httpx.URL | str, *, json: Any = None, headers: Any = None, **more: Any
    ) -> httpx.Response:
        """As httpx's; the transport reads the whole answer."""
        if more or not _is_plain(self, headers):
            return super().request(method, url, json=json, headers=headers, **more)
        assert self.auth  # as _is_plain has seen
        request = _plain(self, method, self._address(url), json, headers)
        return finish(self._answer(self.auth.sync_auth_flow(request)))

    async def _next(
        self, flow: Generator[httpx.Request, httpx.Response, None], response: httpx.Response | None
    ) -> httpx.Request | None:
        try:
            return flow.send(response)  # type: ignore[arg-type]  # None at first
        except StopIteration:
            return None

    async def _send(self, request: httpx.Request) -> httpx.Response:
        return self._policy.handle_request(request)

    async def _end(self, flow: Generator[httpx.Request, httpx.Response, None]) -> None:
        flow.close()


class AsyncHttpClient(_Plain, httpx.AsyncClient):
    """For asyncio."""

    cookies = _NoCookies()  # type: ignore[override]  # a property there

    def __init__(self, *, transport: httpx.AsyncBaseTransport, **options: Any) -> None:
        super().__init__(transport=transport, **options)
        self._policy = transport
        self._address = lru_cache(64)(partial(_absolute, self))

    def build_request(self, method: str, url: httpx.URL | str, **more: Any) -> httpx.Request:
        """As httpx's, by an address that is parsed once."""
        return super().build_request(method, self._address(url), **more)

    async def request(
        self, method: str, url: httpx.URL | str, *, json: Any = None, headers: Any = None, **more: Any
    ) -> httpx.Response:
        """As httpx's; the transport reads the whole answer."""
        _on_asyncio()
        if more or not _is_plain(self, headers):
            return await super().request(method, url, json=json, headers=headers, **more)
        assert self.auth  # as _is_plain has seen
        request = _plain(self, method, self._address(url), json, headers)
        return await self._answer(self.auth.async_auth_flow(request))

    async def _next(
        self, flow: AsyncGenerator[httpx.Request, httpx.Response], response: httpx.Response | None
    ) -> httpx.Request | None:
        try:
            return await flow.asend(response)  # type: ignore[arg-type]  # None at first
        except StopAsyncIteration:
            return None

    async def _send(self, request: httpx.Request) -> httpx.Response:
        return await self._policy.handle_async_request(request)

    async def _end(self, flow: AsyncGenerator[httpx.Request, httpx.Response]) -> None:
        await flow.aclose()
