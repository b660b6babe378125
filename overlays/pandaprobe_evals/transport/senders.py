"""Drives an exchange over any httpx transport, blocking and by asyncio.

No frame shows a credential: a request loses its credentials when it is done, and the frames below that held it are emptied.
Raised errors are made outside any `except`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from pandaprobe_evals.attempt_deadline import TooSlow, in_time, left, within
from pandaprobe_evals.errors import PandaProbeError
from pandaprobe_evals.masking import clear_frames, disarm
from pandaprobe_evals.pacing import RateLimiter, Ticket, WouldExceedDeadline
from pandaprobe_evals.policy import NoAnswer, classify
from pandaprobe_evals.sizes import Meter, Metered, TooLarge

from .exchange import Exchange
from .reading import OF_THE_BODY
from .steps import Acquire, Complete, Pause, Send, Sent, Step


class _Timed(httpx.SyncByteStream):
    """A body that ends in time even where a transport of the user's own cannot be bounded below."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            left()
            yield part

    def close(self) -> None:
        self._stream.close()


class PolicyTransport(httpx.BaseTransport):
    """Pacing, policy and contract around a blocking transport.

    Args:
        inner: The transport within.
        exchange: The logic.
        in_thread: Says whether an attempt is made in a thread of its own, since the transport within cannot be told how long
            it may take.
    """

    def __init__(self, inner: httpx.BaseTransport, exchange: Exchange, *, in_thread: Callable[[], bool]) -> None:
        self._inner = inner
        self._exchange = exchange
        self._in_thread = in_thread

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request as often as it takes."""
        outer = sys.exception()
        flow = self._exchange.exchange(request)
        step: Step | None
        result: Any
        step = result = None
        try:
            while True:
                step = flow.send(result)
                result = None
                match step:
                    case Send():
                        result = self._send(step)
                    case Acquire(limiter, timeout, on_wait):
                        result = _acquire(limiter, timeout, on_wait)
                    case Complete(limiter, ticket, outcome):
                        limiter.complete(ticket, outcome)
                    case Pause(seconds):
                        self._exchange.clock.sleep(seconds)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]  # StopIteration's is Any
        except BaseException as error:
            step = result = None  # no variable of this frame, either, shows what was sent or came
            clear_frames(error, outer)
            raise
        finally:
            flow.close()
            disarm(request)

    def _send(self, step: Send) -> Sent:
        try:
            if self._in_thread():
                return in_time(step.limit, lambda: self._attempt(step))
            return self._attempt(step)
        except TooLarge as error:
            return _too_large(error.response)
        except TooSlow:
            return Sent(NoAnswer(f"the answer was still coming after {step.limit:.1f} s"))
        except Exception as error:
            if failure := classify(error) or _of_a_hook(error, step):
                return Sent(failure)
            raise

    def _attempt(self, step: Send) -> Sent:
        with within(step.limit):
            response = self._inner.handle_request(step.request)
            try:
                assert isinstance(response.stream, httpx.SyncByteStream)
                response.stream = Metered(_Timed(response.stream), Meter(response, self._exchange.largest))
                response.read()
            finally:
                response.close()
            return _sent(response)

    def close(self) -> None:
        """Close the transport within."""
        self._inner.close()


class AsyncPolicyTransport(httpx.AsyncBaseTransport):
    """Pacing, policy and contract around an asyncio transport."""

    def __init__(self, inner: httpx.AsyncBaseTransport, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request as often as it takes."""
        outer = sys.exception()
        flow = self._exchange.exchange(request)
        step: Step | None
        result: Any
        step = result = None
        try:
            while True:
                step = flow.send(result)
                result = None
                match step:
                    case Send():
                        result = await self._send(step)
                    case Acquire(limiter, timeout, on_wait):
                        result = await _aacquire(limiter, timeout, on_wait)
                    case Complete(limiter, ticket, outcome):
                        await limiter.acomplete(ticket, outcome)
                    case Pause(seconds):
                        await self._exchange.clock.asleep(seconds)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]  # StopIteration's is Any
        except BaseException as error:
            step = result = None  # no variable of this frame, either, shows what was sent or came
            clear_frames(error, outer)
            raise
        finally:
            flow.close()
            disarm(request)

    async def _send(self, step: Send) -> Sent:
        import asyncio

        try:
            async with asyncio.timeout(step.limit):
                response = await self._inner.handle_async_request(step.request)
                try:
                    assert isinstance(response.stream, httpx.AsyncByteStream)
                    response.stream = Metered(response.stream, Meter(response, self._exchange.largest))
                    await response.aread()
                finally:
                    await response.aclose()
            return _sent(response)
        except TooLarge as error:
            return _too_large(error.response)
        except TimeoutError:
            return Sent(NoAnswer(f"the answer was still coming after {step.limit:.1f} s"))
        except Exception as error:
            if failure := classify(error) or _of_a_hook(error, step):
                return Sent(failure)
            raise

    async def aclose(self) -> None:
        """Close the transport within."""
        await self._inner.aclose()


def _too_large(response: httpx.Response) -> Sent:
    headers = {name.lower(): text for name, text in response.headers.items() if name.lower() not in OF_THE_BODY}
    bare = httpx.Response(response.status_code, headers=headers)
    return Sent(None, response.status_code, headers, b"", bare, too_large=True)


def _sent(response: httpx.Response) -> Sent:
    headers = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in response.headers.raw}
    return Sent(None, response.status_code, headers, response.content, response)


def _acquire(limiter: RateLimiter, timeout: float | None, on_wait: Callable[[float, str], object]) -> Ticket | float:
    try:
        return limiter.acquire(timeout, on_wait)
    except WouldExceedDeadline as error:
        return error.reopens_in


async def _aacquire(
    limiter: RateLimiter, timeout: float | None, on_wait: Callable[[float, str], object]
) -> Ticket | float:
    try:
        return await limiter.aacquire(timeout, on_wait)
    except WouldExceedDeadline as error:
        return error.reopens_in


def _of_a_hook(error: Exception, step: Send) -> NoAnswer | None:
    """What a user's own hook or transport raised over a create, as a lost answer: it may have been processed before."""
    if not step.creates or isinstance(error, PandaProbeError | httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return None
    return NoAnswer(f"{type(error).__name__}: {error}")
