"""Makes an exchange over any httpx transport, blocking and by asyncio.

No frame shows a credential: a request loses its credentials when it is done, and the frames below that held it are emptied.
Raised errors are made outside any `except`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from pandaprobe_evals.attempt_deadline import TooSlow, in_time, left, within
from pandaprobe_evals.blocking import finish
from pandaprobe_evals.errors import PandaProbeError
from pandaprobe_evals.masking import clear_frames, disarm
from pandaprobe_evals.pacing import Outcome, RateLimiter, Ticket
from pandaprobe_evals.policy import NoAnswer, classify
from pandaprobe_evals.sizes import Meter, TooLarge

from .exchange import Exchange, Means, OnWait
from .reading import OF_THE_BODY, Answered, Sent


class _Policy(Means):
    """Pacing, policy and contract around a transport: what is the same in a thread and in a task."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def _final(self, request: httpx.Request) -> httpx.Response:
        """Send a request as often as it takes."""
        outer = sys.exception()
        try:
            return await self._exchange.exchange(request, self)
        except BaseException as error:
            clear_frames(error, outer)
            raise
        finally:
            disarm(request)

    async def send(self, request: httpx.Request, limit: float, *, creates: bool) -> Sent:
        """Send a request once, and read what comes, in so many seconds."""
        try:
            return await self._in_time(request, limit)
        except TooSlow:
            return Sent(NoAnswer(f"the answer was still coming after {limit:.1f} s"))
        except Exception as error:
            if failure := classify(error) or (_of_a_hook(error) if creates else None):
                return Sent(failure)
            raise

    async def _attempt(self, request: httpx.Request) -> Sent:
        """Send a request, and read the whole answer, as far as its size is allowed."""
        response = await self._handle(request)
        headers = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in response.headers.raw}
        body, status, too_large = b"", response.status_code, False
        try:
            if response.is_stream_consumed:  # by a hook of the user's
                body = response.content
            else:
                body = await self._read(response, Meter(headers.get("content-encoding", ""), self._exchange.largest))
        except TooLarge:
            too_large = True
        finally:
            if not response.is_closed:
                await self._close(response.stream)
        if too_large:
            headers = {name: text for name, text in headers.items() if name not in OF_THE_BODY}
            return Sent(None, status, headers, response=Answered(status, headers).hold(b""), too_large=True)
        if isinstance(response, Answered):
            whole = response
        else:
            whole = Answered(status, response.headers, extensions=response.extensions)
        if "content-encoding" in headers:
            del whole.headers["content-encoding"]
        return Sent(None, status, headers, body, whole.hold(body))

    async def _in_time(self, request: httpx.Request, limit: float) -> Sent:
        """Make an attempt.

        Raises:
            TooSlow: It takes longer in all.
        """
        raise NotImplementedError

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    async def _read(self, response: httpx.Response, meter: Meter) -> bytes:
        raise NotImplementedError

    async def _close(self, stream: Any) -> None:
        raise NotImplementedError


class PolicyTransport(_Policy, httpx.BaseTransport):
    """Pacing, policy and contract around a blocking transport.

    Args:
        inner: The transport within.
        exchange: The logic.
        in_thread: Says whether an attempt is made in a thread of its own, since the transport within cannot be told how long
            it may take.
    """

    def __init__(self, inner: httpx.BaseTransport, exchange: Exchange, *, in_thread: Callable[[], bool]) -> None:
        super().__init__(exchange)
        self._inner, self._in_thread = inner, in_thread

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request as often as it takes."""
        return finish(self._final(request))

    async def _in_time(self, request: httpx.Request, limit: float) -> Sent:
        def attempt() -> Sent:
            with within(limit):
                return finish(self._attempt(request))

        return in_time(limit, attempt) if self._in_thread() else attempt()

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)

    async def _read(self, response: httpx.Response, meter: Meter) -> bytes:
        return b"".join([found for part in _timed(response.stream) for found in meter.parts(part)])

    async def _close(self, stream: Any) -> None:
        stream.close()

    async def acquire(self, limiter: RateLimiter, timeout: float | None, on_wait: OnWait) -> Ticket:
        """Wait for the rate limit."""
        return limiter.acquire(timeout, on_wait)

    async def complete(self, limiter: RateLimiter, ticket: Ticket, outcome: Outcome) -> None:
        """Tell the rate limiter what came of a request."""
        limiter.complete(ticket, outcome)

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        self._exchange.clock.sleep(seconds)

    def close(self) -> None:
        """Close the transport within."""
        self._inner.close()


class AsyncPolicyTransport(_Policy, httpx.AsyncBaseTransport):
    """Pacing, policy and contract around an asyncio transport."""

    def __init__(self, inner: httpx.AsyncBaseTransport, exchange: Exchange) -> None:
        super().__init__(exchange)
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request as often as it takes."""
        return await self._final(request)

    async def _in_time(self, request: httpx.Request, limit: float) -> Sent:
        import asyncio

        try:
            async with asyncio.timeout(limit):
                return await self._attempt(request)
        except TimeoutError:
            raise TooSlow from None

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(request)

    async def _read(self, response: httpx.Response, meter: Meter) -> bytes:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        return b"".join([found async for part in response.stream for found in meter.parts(part)])

    async def _close(self, stream: Any) -> None:
        await stream.aclose()

    async def acquire(self, limiter: RateLimiter, timeout: float | None, on_wait: OnWait) -> Ticket:
        """Wait for the rate limit."""
        return await limiter.aacquire(timeout, on_wait)

    async def complete(self, limiter: RateLimiter, ticket: Ticket, outcome: Outcome) -> None:
        """Tell the rate limiter what came of a request."""
        await limiter.acomplete(ticket, outcome)

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        await self._exchange.clock.asleep(seconds)

    async def aclose(self) -> None:
        """Close the transport within."""
        await self._inner.aclose()


def _timed(stream: Any) -> Iterator[bytes]:
    """A body that ends in time even where a transport of the user's own cannot be bounded below."""
    for part in stream:
        left()
        yield part


def _of_a_hook(error: Exception) -> NoAnswer | None:
    """What a user's own hook or transport raised over a create, as a lost answer: it may have been processed before."""
    if isinstance(error, PandaProbeError | httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return None
    return NoAnswer(f"{type(error).__name__}: {error}")
