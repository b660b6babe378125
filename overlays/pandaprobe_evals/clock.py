"""The time that a client lives by: the machine's, or one that a test holds (see `pandaprobe_evals.testing`).

Every deadline, pause and pace of a client goes by it. The time-outs of the network (`timeout=`) go by the machine's in any
case.
"""

from __future__ import annotations

import asyncio
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
        await asyncio.sleep(seconds)


MACHINE: Clock = _Machine()
