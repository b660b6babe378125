"""A blocking attempt ends in time, however slowly its answer drips: httpx times each read by itself, and never all of them.

Asyncio can cut an attempt off from outside; a blocking step has to be told, and gets what is left of the attempt's time
(`within`). A blocking transport of others cannot be told, and is called in a thread that can be left (`in_time`).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import TypeVar

T = TypeVar("T")

_until: ContextVar[float] = ContextVar("pandaprobe_evals_until", default=math.inf)


class TooSlow(Exception):
    """An attempt that trickles: it took longer in all than its time-outs allow together."""


class within:  # noqa: N801  (read as a word of a `with`)
    """Let the network steps of this block, in this thread, take so long in all."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._outer = _until.set(time.monotonic() + self._seconds)

    def __exit__(self, *_: object) -> None:
        _until.reset(self._outer)


def left(timeout: float | None = None) -> float | None:
    """What a step may take: its own time-out, or what is left for all, whichever is less.

    Raises:
        TooSlow: Nothing is left.
    """
    rest = _until.get() - time.monotonic()
    if rest <= 0.0:
        raise TooSlow
    return timeout if math.isinf(rest) or (timeout is not None and timeout < rest) else rest


def in_time(seconds: float, call: Callable[[], T]) -> T:
    """What a blocking call returns or raises. It is made in a thread of its own, which is left where it takes longer.

    Raises:
        TooSlow: It is not over after so many seconds.
    """
    from concurrent.futures import Future, wait

    called: Future[T] = Future()
    context = copy_context()

    def run() -> None:
        try:
            called.set_result(context.run(call))
        except BaseException as error:  # noqa: BLE001  (raised by whoever waits)
            called.set_exception(error)

    threading.Thread(target=run, name="pandaprobe-evals attempt", daemon=True).start()
    if not wait([called], seconds).done:
        raise TooSlow
    return called.result()
