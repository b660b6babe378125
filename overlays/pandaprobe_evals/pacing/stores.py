"""Where a core lives: in this process, or in a shared store with this process as the fallback."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol

from .core import LOST, UNSENT, Core, Outcome, Snapshot, Ticket, Wait

log = logging.getLogger("pandaprobe_evals.pacing")
RETRY, PATIENCE = 3.0, 0.45  # seconds between looks at a failed store; the longest one exchange may take
TURN = 0.002  # seconds between two slots for one process


class StoreError(Exception):
    """The shared store cannot be relied on for ``pause`` seconds."""

    def __init__(self, message: str, pause: float = RETRY) -> None:
        super().__init__(message)
        self.pause = pause


class Reply(NamedTuple):
    """A shared store's answer. ``name`` changes when it has lost its data; a ``Wait`` counts from the reply, or before."""

    got: Ticket | Wait | None
    snapshot: Snapshot
    name: str


class Shared(Protocol):
    """What an engine keeps elsewhere: a core on a clock of its own. Any ``Exception`` means that it failed."""

    def try_acquire(self, share: float) -> Reply:
        """One step of the core."""
        ...

    def complete(self, ticket: Ticket, outcome: Outcome, age: float, share: float) -> Reply:
        """One more step: the ticket ended ``age`` seconds ago. A ticket that it does not know is charged all the same."""
        ...

    def check(self) -> None:
        """Raise, within a short time, if it still does not work."""
        ...

    def forked(self) -> None:
        """Start over in a forked child: no lock and no connection is shared with the parent."""
        ...


class Engine(Protocol):
    """Opens the shared state of one credential and operation; equal ``key`` means the same state."""

    @property
    def key(self) -> str:
        """What distinguishes this place from others."""
        ...

    def open(self, credential: str, operation: str, requests: int, seconds: float) -> Shared:
        """The state; no I/O yet."""
        ...


class MemoryStore:
    """One budget's state: a core behind a lock, in this process. Safe to call from several threads."""

    blocking = False
    """Whether a call may do I/O, so that an event loop must not make it."""
    poll: float | None = None
    """How often to ask again while waiting; None where every change happens in this process."""

    def __init__(self, requests: int, seconds: float, share: float, clock: Callable[[], float]) -> None:
        self._limit, self._share, self._clock = (requests, seconds), share, clock
        self._start()

    def _start(self) -> None:
        self.lock, self.core = threading.Lock(), Core(*self._limit, share=self._share)

    def forked(self) -> None:
        """Start over in a forked child, half open: the parent goes on using the window that the child knows nothing of."""
        self._start()

    def try_acquire(self) -> Ticket | Wait:
        """A ticket, or what to wait for on this process's clock."""
        with self.lock:
            return self.core.try_acquire(self._clock())

    def complete(self, ticket: Ticket, outcome: Outcome) -> None:
        """Account for a ticket's end, now."""
        with self.lock:
            self.core.complete(ticket, self._clock(), outcome)

    def snapshot(self) -> Snapshot:
        """The state as far as it is known without I/O."""
        with self.lock:
            return self.core.snapshot(self._clock())

    def set_share(self, share: float) -> None:
        """Use this part of the limit from now on."""
        if share == self._share:
            return
        with self.lock:
            self._share = self.core.share = share
            self.core.configure(self.core.requests, self.core.window)

    def is_idle(self) -> bool:
        """Whether nothing is lost if this process forgets it."""
        with self.lock:
            return self.core.is_idle(self._clock())

    def is_lifted(self) -> bool:
        """Whether there was no limit but a learned one, and that is gone."""
        with self.lock:
            return self.core.is_lifted(self._clock())


class SharedStore(MemoryStore):
    """A shared store, with the memory of what this process sent as the fallback.

    The memory core is fed with every request sent through the store. When the store fails, it takes over: nothing is
    lost, nobody waits longer than one exchange may take, and other processes are merely strangers for a while. Every
    few seconds one caller looks at the store again. Before it is used, it is told what was sent without it (or, if it
    has lost its data, all that this process sent within the window), and tickets still out are charged twice rather
    than not at all.
    """

    blocking = True

    def __init__(self, shared: Shared, requests: int, seconds: float, share: float, clock: Callable[[], float]) -> None:
        self._shared = shared
        self.poll = max(0.01, min(0.25, seconds / 240))
        super().__init__(requests, seconds, share, clock)

    def _start(self) -> None:
        super()._start()
        self._seen: tuple[float, Snapshot] | None = None
        self._granted = -math.inf
        self._name = ""  # of the store's present life
        self._returning = threading.Lock()
        self._down_until: float | None = None
        self._fell = math.inf
        self._alone: set[int] = set()  # tickets out that the store has not heard of
        self._untold: deque[tuple[Ticket, Outcome, float]] = deque(maxlen=10_000)

    def forked(self) -> None:
        """In a child the store goes on counting, and the memory starts over."""
        self._shared.forked()
        super().forked()

    def is_idle(self) -> bool:
        """As of what this process sent; what others sent is in the store."""
        return not self._untold and super().is_idle()

    def snapshot(self) -> Snapshot:
        """As of the store's last reply to this process."""
        if self._down_until is not None or self._seen is None:
            return super().snapshot()
        at, seen = self._seen
        past = self._clock() - at
        return seen._replace(next_free_in=max(0.0, seen.next_free_in - past), gate_in=max(0.0, seen.gate_in - past))

    def try_acquire(self) -> Ticket | Wait:
        """Ask the store, or the memory while the store does not work."""
        if self._up():
            if (early := self._granted + TURN - self._clock()) > 0:
                time.sleep(early)  # slots often come free all at once: let the other processes have their turn
            try:
                reply = self._shared.try_acquire(self._share)
                self._heard(reply)
            except Exception as error:  # noqa: BLE001  (whatever it is: a store's failure must not lose a request)
                self._fall(error, self._clock())
            else:
                if isinstance(reply.got, Ticket):
                    self._granted = self._clock()
                    with self.lock:
                        reply.got.shadow = self.core.force(self._clock())
                    return reply.got
                if reply.got is not None:
                    return reply.got.shifted(self._clock())
        got = super().try_acquire()
        if isinstance(got, Ticket):
            self._alone.add(got.serial)
        return got

    def complete(self, ticket: Ticket, outcome: Outcome) -> None:
        """Tell both, or keep it until the store is back."""
        now = self._clock()
        super().complete(ticket.shadow or ticket, outcome)
        if ticket.shadow is None:
            self._alone.discard(ticket.serial)
        if self._up():
            try:
                self._heard(self._shared.complete(ticket, outcome, 0.0, self._share))
            except Exception as error:  # noqa: BLE001  (as above)
                self._fall(error, now)
            else:
                return
        self._untold.append((ticket, outcome, now))

    def _heard(self, reply: Reply) -> None:
        self._seen = self._clock(), reply.snapshot
        known, self._name = self._name, reply.name
        if known and known != reply.name:
            log.warning("the shared pacing store has lost its data; telling it what this process sent")
            with self.lock:
                receipts = [at for at in self.core.used if at < self._fell]  # later ones are still untold
            for at in receipts:
                self._charge(self._clock() - at)

    def _charge(self, age: float) -> Reply:
        return self._shared.complete(Ticket("", 0, 0.0, 0), LOST, age, self._share)

    def _fall(self, error: Exception, now: float) -> None:
        pause = error.pause if isinstance(error, StoreError) else RETRY
        with self.lock:
            core = self.core
            first, self._down_until = self._down_until is None, self._clock() + pause
            self._fell = min(self._fell, now)
            if first:  # what was ours of this window is our share until we learn better
                core.cap = max(1, len(core.used))
        if first:
            log.warning(
                "the shared pacing store failed (%s: %s); until it is back, which is checked every few seconds, "
                "this process paces itself. No request is lost, but a few more may have to wait for another window",
                type(error).__name__,
                error,
            )

    def _up(self) -> bool:
        """Whether to use the store; when it is time, this caller (and no other) checks whether it is back."""
        if self._down_until is None:
            return True
        if self._clock() < self._down_until or not self._returning.acquire(blocking=False):
            return False
        try:
            self._shared.check()
            reply = None
            while self._untold:
                ticket, outcome, at = self._untold[0]
                age = self._clock() - at
                if ticket.shadow or age < 2 * self.core.reach:
                    stale = outcome.kind == "rejected"  # news of a window that may be over
                    reply = self._shared.complete(ticket, UNSENT if stale else outcome, age, self._share)
                self._untold.popleft()
            for _ in range(len(self._alone)):
                reply = self._charge(0.0)
            if reply:
                self._heard(reply)
        except Exception as error:  # noqa: BLE001  (as above)
            self._fall(error, math.inf)
            return False
        else:
            self._down_until, self._fell = None, math.inf
            log.info("the shared pacing store is back")
            return True
        finally:
            self._returning.release()
