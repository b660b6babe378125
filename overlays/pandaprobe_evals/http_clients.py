"""The httpx clients that the generated functions send by: one base URL, fixed headers, credentials, and nothing else.

Httpx parses and merges address, headers, parameters and cookies anew for each request, and looks for redirects and hooks
around it. These clients have few addresses, and so parse each once; and a request with nothing but a body is made at once
and handed straight to the transport. That saves about as much of its time as the overlay takes.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import httpx

from .errors import InvalidArgument, clip


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


def _is_plain(client: httpx.Client | httpx.AsyncClient) -> bool:
    """Whether a request of a client has nothing to it that httpx would have to see to."""
    return client.auth is not None and not (client.is_closed or client.params or any(client.event_hooks.values()))


def _plain(
    client: httpx.Client | httpx.AsyncClient, method: str, url: httpx.URL, json: Any, headers: Any
) -> httpx.Request:
    merged = httpx.Headers(client.headers)
    merged.update(headers)
    return httpx.Request(method, url, json=json, headers=merged, extensions={"timeout": client.timeout.as_dict()})


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


class HttpClient(httpx.Client):
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
        if more or not _is_plain(self):
            return super().request(method, url, json=json, headers=headers, **more)
        assert self.auth  # as _is_plain has seen
        flow = self.auth.sync_auth_flow(_plain(self, method, self._address(url), json, headers))
        try:
            request = next(flow)
            while True:
                response = self._policy.handle_request(request)
                response.request = request
                try:
                    request = flow.send(response)
                except StopIteration:
                    return response
        finally:
            flow.close()


class AsyncHttpClient(httpx.AsyncClient):
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
        if more or not _is_plain(self):
            return await super().request(method, url, json=json, headers=headers, **more)
        assert self.auth  # as _is_plain has seen
        flow = self.auth.async_auth_flow(_plain(self, method, self._address(url), json, headers))
        try:
            request = await anext(flow)
            while True:
                response = await self._policy.handle_async_request(request)
                response.request = request
                try:
                    request = await flow.asend(response)
                except StopAsyncIteration:
                    return response
        finally:
            await flow.aclose()
