"""The two clients, `PandaProbe` and `AsyncPandaProbe`: how each makes its connections, and closes them."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

import httpx
from pandaprobe_evals_api.resources import AsyncResources, Resources

from .base_client import DEADLINE, TIMEOUT, BaseClient
from .connections import AsyncClientTransport, AsyncDefaultTransport, ClientTransport, DefaultTransport, hooked
from .drivers import AsyncDriver, Driver
from .http_clients import AsyncHttpClient, HttpClient
from .transport import AsyncPolicyTransport, PolicyTransport

if TYPE_CHECKING:
    from pandaprobe_evals_api import Client

__all__ = ["DEADLINE", "TIMEOUT", "AsyncPandaProbe", "PandaProbe"]


class PandaProbe(BaseClient[httpx.BaseTransport, httpx.Client], Resources):
    """A client of one project. Safe to share between threads; close it, or use it in a `with` block.

    Args:
        auth: `ApiKey(key, project=...)` or `BearerToken(token_or_provider, project_id=...)`.
        base_url: The service's address; None for production, https://api.pandaprobe.com.
        timeout: Seconds for each attempt, or an `httpx.Timeout` whose every phase is finite.
        deadline: Seconds for each call with all its waits, for the rate limit's too; None for no deadline.
        transport: An httpx transport of your own, below pacing and policy.
        http_client: Or an `httpx.Client` of your own, whose proxies and hooks are kept. It is not closed.
        backoff: The constants of resending and of looking for lost creates.
        pacing: Where the rate limit's budget is kept: "memory" (this process), "sqlite" (the processes of this machine),
            "redis" or an engine of `pandaprobe_evals.pacing` (many machines); "off" for no pacing: 429s are waited out.
        rate_limit: Creates of each kind that the deployment takes, as (requests, seconds); None for what the contract says.
        share: The part of the rate limit to use, above 0 and at most 1: leaves room for others with the same credential.
        marker: Put a short random mark at the end of each created run's name; see `create_batch`.
        allow_http: Send credentials over plain http to another machine, too.
        clock: The time that deadlines, pauses and pacing go by; None for the machine's. One that a test holds, such as the
            sandbox's `HeldClock`, lets minutes pass in no time. It has a rate budget of its own, in memory.
        max_answer_bytes: Bytes that an answer may have, unpacked; what is larger is not read, and said to be so.

    Raises:
        InvalidArgument: An argument that cannot work; nothing is sent.
    """

    def _connect(self, transport: httpx.BaseTransport | None, http_client: httpx.Client | None) -> None:
        inner = ClientTransport(http_client) if http_client else transport or DefaultTransport(self.base_url)
        of_httpx = http_client is not None or isinstance(transport, httpx.HTTPTransport)
        by_default = isinstance(inner, DefaultTransport)
        policy = PolicyTransport(
            inner, self._exchange, in_thread=lambda: of_httpx or (by_default and hooked(httpx.HTTPTransport))
        )
        self._http = HttpClient(transport=policy, **self._options())
        self._sender = Driver(self)

    def _lend(self, api: Client) -> None:
        api.set_httpx_client(self._http)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncPandaProbe(BaseClient[httpx.AsyncBaseTransport, httpx.AsyncClient], AsyncResources):
    """As `PandaProbe`, for asyncio: use it in an `async with` block, or `await aclose()`."""

    def _connect(self, transport: httpx.AsyncBaseTransport | None, http_client: httpx.AsyncClient | None) -> None:
        inner = AsyncClientTransport(http_client) if http_client else transport or AsyncDefaultTransport(self.base_url)
        self._http = AsyncHttpClient(transport=AsyncPolicyTransport(inner, self._exchange), **self._options())
        self._sender = AsyncDriver(self)

    def _lend(self, api: Client) -> None:
        api.set_async_httpx_client(self._http)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
