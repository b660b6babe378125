"""The sandbox's time: real, or held by a test."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Generator
from datetime import UTC, datetime

__all__ = ["Clock", "HeldClock", "iso", "to_microseconds"]

PATIENCE = 1.0  # real seconds that a sleeping thread gives to what is under way
GRACE = 0.002  # and to other threads between two things that they do
TURNS = 1000  # of the event loop, for the same


class Clock:
    """The machine's clock, in Unix seconds."""

    def now(self) -> float:
        """Return the present moment."""
        return time.time()


class HeldClock(Clock):
    """A clock that stands still until somebody moves it.

    A client that lives by it (`clock=`) moves it by sleeping, which takes no real time: what would last minutes is over at
    once, and both sides agree on how long it was.
    """

    def __init__(self, start: float | None = None) -> None:
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._working = 0
        self._now = time.time() if start is None else float(start)
        self._released: float | None = None

    def now(self) -> float:
        """Return the moment at which the clock stands."""
        with self._lock:
            return self._read()

    def advance(self, seconds: float) -> float:
        """Move the clock forward; return where it stands now."""
        with self._lock:
            self._now += seconds
            return self._read()

    def set(self, moment: float) -> None:
        """Put the clock at a moment, given in Unix seconds."""
        with self._lock:
            self._now += float(moment) - self._read()

    def release(self) -> None:
        """Let the clock run on from where it stands, as fast as the machine's; it can still be moved."""
        with self._lock:
            self._now, self._released = self._read(), time.monotonic()

    def _read(self) -> float:
        return self._now if self._released is None else self._now + time.monotonic() - self._released

    time = monotonic = now

    def sleep(self, seconds: float) -> None:
        """Move the clock forward, having let other threads come to their own sleep.

        Those that sleep at the same time wake together, not one after the other.
        """
        until = self.now() + seconds
        if threading.active_count() > 1:
            with self._idle:
                self._idle.wait_for(lambda: not self._working, PATIENCE)
                self._idle.wait(GRACE)
        self.reach(until)

    async def asleep(self, seconds: float) -> None:
        """As `sleep`, for tasks."""
        until = self.now() + seconds
        for _ in range(TURNS):
            await asyncio.sleep(0)
            if not self._working:
                break
        self.reach(until)

    def reach(self, moment: float) -> None:
        """Move the clock to a moment, unless it is there already."""
        with self._lock:
            self._now += max(0.0, moment - self._read())

    @contextlib.contextmanager
    def working(self) -> Generator[None]:
        """Something is under way that takes no time of this clock: who sleeps lets it end first."""
        with self._lock:
            self._working += 1
        try:
            yield
        finally:
            with self._idle:
                self._working -= 1
                self._idle.notify_all()


def iso(moment: float) -> str:
    """Write a moment as the service does: ISO 8601, always microseconds, always +00:00."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


def to_microseconds(moment: float) -> float:
    """Round a moment to what is written of it, so that it compares with what was read."""
    return round(moment * 1e6) / 1e6
