"""The time that a client lives by: the machine's, or one that a test holds (see `pandaprobe_evals.testing`).

Every deadline, pause and pace of a client goes by it. The time-outs of the network (`timeout=`) go by the machine's in any
case.
"""

from __future__ import annotations

import math
import time
from typing import Protocol


class Clock(Protocol):
    """A time, and how to let it pass. Safe for threads."""

    def time(self) -> float:
        """Seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds since whenever; they never run backwards."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return when so much of it has passed."""
        ...

    async def asleep(self, seconds: float) -> None:
        """As `sleep`, for asyncio."""
        ...


class _Machine:
    """The machine's."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        import asyncio

        await asyncio.sleep(seconds)


MACHINE: Clock = _Machine()


class ServiceDate:
    """What the `Date` of what answers is: for people; nothing is decided by it."""

    def __init__(self, clock: Clock = MACHINE) -> None:
        self._clock = clock
        self._low, self._high = -math.inf, math.inf
        self._seen = -math.inf

    def wants(self, now: float) -> bool:
        """Whether a `Date` header is worth reading: the last one is a while ago."""
        return now - self._seen > 5.0

    def saw(self, sent: float, received: float, date: float) -> None:
        """An answer carried this `Date`, which is cut to the second; it was sent for and received at these times."""
        self._seen = received
        low, high = date - received, date + 1.0 - sent
        both = max(self._low, low), min(self._high, high)
        self._low, self._high = both if both[0] <= both[1] else (low, high)  # a clock was set

    def now(self) -> tuple[float, float]:
        """The earliest and the latest that it can be now, seconds since 1970; infinite where no answer carried it."""
        now = self._clock.monotonic()
        return self._low + now, self._high + now
