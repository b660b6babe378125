"""Below policy: the connections, a set for each process or event loop, and a user's own httpx client as a transport."""

from __future__ import annotations

import asyncio
import os
from urllib.request import getproxies

import httpx

from .address import is_loopback
from .bounded import bound

LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=4.0)
"""Idle connections are dropped before servers commonly do (5 s): so a create seldom meets one that is closing."""


def _needs_tls(base_url: str) -> bool:
    """Whether to load certificates, which takes longer than many a plain http client lives. No redirect is followed."""
    return base_url.startswith("https:")


def _by_proxy(base_url: str) -> bool:
    """Whether the environment's proxies matter: nothing that is for this machine goes by one, which would read the key."""
    return not is_loopback(httpx.URL(base_url).raw_host.decode()) and bool(getproxies())


class ClientTransport(httpx.BaseTransport):
    """An httpx client as a transport: its proxies and hooks stay, its redirects and authentication do not."""

    def __init__(self, client: httpx.Client, *, owned: bool) -> None:
        self._client, self._owned = client, owned
        for transport in (client._transport, *client._mounts.values()):
            if transport:  # None: this address goes without a proxy
                bound(transport)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it as the client does."""
        return self._client.send(request, stream=True, auth=httpx.Auth(), follow_redirects=False)

    def close(self) -> None:
        """Close the client, where it is not the user's."""
        if self._owned:
            self._client.close()


class DefaultTransport(httpx.BaseTransport):
    """Httpx's own; by a client where the environment names proxies for the address, since only clients read these.

    Made once for each process: a forked child on its parent's connections would get the parent's answers.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._by_process = {os.getpid(): self._make()}

    def _make(self) -> httpx.BaseTransport:
        if _by_proxy(self._base_url):
            return ClientTransport(httpx.Client(limits=LIMITS), owned=True)
        transport = httpx.HTTPTransport(verify=_needs_tls(self._base_url), limits=LIMITS)
        bound(transport)
        return transport

    def _mine(self) -> httpx.BaseTransport:
        pid = os.getpid()
        return self._by_process.get(pid) or self._by_process.setdefault(pid, self._make())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on a connection of this process."""
        return self._mine().handle_request(request)

    def close(self) -> None:
        """Close this process's connections."""
        self._mine().close()


class AsyncClientTransport(httpx.AsyncBaseTransport):
    """As `ClientTransport`, for asyncio."""

    def __init__(self, client: httpx.AsyncClient, *, owned: bool) -> None:
        self._client, self._owned = client, owned

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it as the client does."""
        return await self._client.send(request, stream=True, auth=httpx.Auth(), follow_redirects=False)

    async def aclose(self) -> None:
        """Close the client, where it is not the user's."""
        if self._owned:
            await self._client.aclose()


class AsyncDefaultTransport(httpx.AsyncBaseTransport):
    """As `DefaultTransport`, for asyncio; made once for each event loop, to which its connections belong."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._by_loop: dict[asyncio.AbstractEventLoop, httpx.AsyncBaseTransport] = {}

    def _make(self) -> httpx.AsyncBaseTransport:
        if _by_proxy(self._base_url):
            return AsyncClientTransport(httpx.AsyncClient(limits=LIMITS), owned=True)
        return httpx.AsyncHTTPTransport(verify=_needs_tls(self._base_url), limits=LIMITS)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it on a connection of this loop."""
        loop = asyncio.get_running_loop()
        transport = self._by_loop.get(loop)
        if transport is None:
            for ended in [other for other in list(self._by_loop) if other.is_closed()]:
                self._by_loop.pop(ended, None)
            transport = self._by_loop[loop] = self._make()
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close this loop's connections."""
        if transport := self._by_loop.pop(asyncio.get_running_loop(), None):
            await transport.aclose()
