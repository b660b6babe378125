"""The httpx clients that the generated functions send by: one base URL, fixed headers, credentials, and nothing else.

Httpx parses and merges the address anew for each request, and looks for cookies, redirects and hooks around it. These
clients have few addresses, and so parse each once; and what has no use for the rest is handed straight to the transport.
That saves about as much of a request's time as the overlay takes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import httpx
from httpx import USE_CLIENT_DEFAULT

from .errors import InvalidArgument, clip


class _NoCookies(httpx.Cookies):
    """Keeps none: the service sets none, and one of a proxy's is no business of ours."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


def _whole(url: httpx.URL | str) -> httpx.URL | str:
    """Refuse a path that httpx would shorten: a run id of `.` or `..` would make it another operation's."""
    if not {".", ".."}.isdisjoint(str(url).partition("?")[0].split("/")):
        raise InvalidArgument(f"openapi.yaml has no operation at {clip(str(url))}; is an id no UUID?")
    return url


def _is_plain(client: httpx.Client | httpx.AsyncClient, request: httpx.Request, asked: dict[str, Any]) -> bool:
    """Whether a request only wants the client's credentials: no hook, no redirect, no time-out or state to see to."""
    return (
        all(value is USE_CLIENT_DEFAULT for value in asked.values())
        and client.auth is not None
        and "timeout" in request.extensions
        and not (client.is_closed or any(client.event_hooks.values()))
    )


class HttpClient(httpx.Client):
    """Blocking."""

    cookies = _NoCookies()  # type: ignore[override]  # a property there

    def __init__(self, *, transport: httpx.BaseTransport, **options: Any) -> None:
        super().__init__(transport=transport, **options)
        self._policy = transport
        self._address = lru_cache(64)(self._parse)

    def _parse(self, url: httpx.URL | str) -> httpx.URL:
        return self._merge_url(_whole(url))

    def build_request(self, method: str, url: httpx.URL | str, **more: Any) -> httpx.Request:
        """As httpx's, by an address that is parsed once."""
        return super().build_request(method, self._address(url), **more)

    def send(self, request: httpx.Request, **asked: Any) -> httpx.Response:
        """As httpx's; the transport reads the whole answer."""
        if not _is_plain(self, request, asked):
            return super().send(request, **asked)
        assert self.auth  # as _is_plain has seen
        flow = self.auth.sync_auth_flow(request)
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
        self._address = lru_cache(64)(self._parse)

    def _parse(self, url: httpx.URL | str) -> httpx.URL:
        return self._merge_url(_whole(url))

    def build_request(self, method: str, url: httpx.URL | str, **more: Any) -> httpx.Request:
        """As httpx's, by an address that is parsed once."""
        return super().build_request(method, self._address(url), **more)

    async def send(self, request: httpx.Request, **asked: Any) -> httpx.Response:
        """As httpx's; the transport reads the whole answer."""
        if not _is_plain(self, request, asked):
            return await super().send(request, **asked)
        assert self.auth  # as _is_plain has seen
        flow = self.auth.async_auth_flow(request)
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
