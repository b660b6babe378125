"""Over the core: blocking and asyncio callers in one fair queue, without a background thread.

Only the head of the queue asks the store; everybody else sleeps on a primitive of their own until the one before
leaves. So order is first come, first served across threads, tasks and loops, and a waiter that gives up, for whatever
reason, only has to leave the queue and wake the next. Both run the same coroutine, ``_served``: what a thread awaits
blocks, so that it is at its end at once.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from pandaprobe_evals.blocking import finish

from .core import UNSENT, Outcome, Snapshot, Ticket, Wait
from .stores import MemoryStore

if TYPE_CHECKING:
    import asyncio

log = logging.getLogger("pandaprobe_evals.pacing")
LOOK = 5.0  # no sleep is longer: an orphaned ticket or a head on a dead loop is noticed then
GRACE = 0.01  # real seconds for a waiter to be woken by an answer, before a time that is not real is made to pass
OnWait = Callable[[float, str], object]


class WouldExceedDeadline(Exception):
    """The caller's time-out ends before the window can reopen."""

    def __init__(self, reopens_in: float) -> None:
        super().__init__(f"the rate limit's window reopens in {reopens_in:.1f} s, after the time allowed for waiting")
        self.reopens_in = reopens_in


class _Waiter:
    """A thread's place in the queue. ``left`` and ``got`` change under the limiter's lock."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], object] | None) -> None:
        self.got: Ticket | Wait | None = None
        self.left = False
        self.deadline = math.inf
        self.due = math.inf  # when the head means to act next
        self._event = threading.Event()
        self._clock, self._sleep = clock, sleep

    def wake(self) -> bool:
        """Make it look again; False if it never can."""
        self._event.set()
        return True

    def clear(self) -> None:
        """Forget earlier wakes: what they told of will be seen by the look to come."""
        self._event.clear()

    async def wait(self, seconds: float) -> None:
        """Sleep, unless woken."""
        if not self._sleep:
            self._event.wait(seconds)
            return
        until = self._clock() + seconds
        if not self._event.wait(min(seconds, GRACE)):
            self._sleep(max(0.0, until - self._clock()))

    async def ask(self, call: Callable[[], None], *, blocking: bool) -> None:  # noqa: ARG002  (a task's waiter asks)
        """Make a call that may block, but no event loop."""
        call()

    def aside(self, call: Callable[[], None], *, blocking: bool) -> None:  # noqa: ARG002  (a task's waiter asks)
        """The same, without waiting for its end where it may block."""
        call()


class _TaskWaiter(_Waiter):
    """A task's."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, clock: Callable[[], float], sleep: Callable[[float], object] | None
    ) -> None:
        super().__init__(clock, sleep)
        self._loop = loop
        self._woken = False
        self._future: asyncio.Future[None] | None = None

    def clear(self) -> None:
        self._woken = False

    def wake(self) -> bool:
        self._woken = True
        try:
            self._loop.call_soon_threadsafe(self._fire)
        except RuntimeError:  # its loop is closed
            return False
        return True

    async def ask(self, call: Callable[[], None], *, blocking: bool) -> None:
        if blocking:
            await self._loop.run_in_executor(None, call)
        else:
            call()

    def aside(self, call: Callable[[], None], *, blocking: bool) -> None:
        if blocking:
            threading.Thread(target=call, daemon=True).start()  # the loop's executor may be closing
        else:
            call()

    def _fire(self) -> None:
        if self._future and not self._future.done():
            self._future.set_result(None)

    async def wait(self, seconds: float) -> None:
        if self._woken:
            return
        self._future = self._loop.create_future()
        until = self._clock() + seconds
        handle = self._loop.call_later(min(seconds, GRACE) if self._sleep else seconds, self._fire)
        try:
            await self._future
        finally:
            handle.cancel()
            self._future = None
        if self._sleep and not self._woken:
            self._sleep(max(0.0, until - self._clock()))


class RateLimiter:
    """The requests that one credential may still send on one operation; shared by all clients of a process.

    ``clock`` and ``sleep`` stand in for the machine's time, where that is not to pass: ``sleep`` moves ``clock``.
    """

    def __init__(
        self,
        store: MemoryStore,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        on_foreign: Callable[[str], object] | None = None,
    ) -> None:
        self._store, self._clock, self._sleep, self.on_foreign = store, clock, sleep, on_foreign
        known = store.snapshot()
        self._told = known.limit, known.window  # what this client keeps to, as long as no 429 says otherwise
        self.tells = True  # of strangers on the credential
        self._warned = -math.inf
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._queue: deque[_Waiter] = deque()
        self._last: Wait | None = None  # what the head was told last
        self._asking = False

    def forked(self) -> None:
        """In a forked child: the parent's waiters and their locks are not ours."""
        self._reset()
        self._store.forked()

    # -- waiting, once for threads and tasks

    async def _served(self, me: _Waiter, timeout: float | None, on_wait: OnWait | None) -> Ticket:
        """A ticket, after as many looks at the store (into ``me.got``) and sleeps as it takes."""
        if timeout is not None:
            me.deadline = self._clock() + timeout
        try:
            while True:
                me.clear()
                until = math.inf
                if self._is_head(me):
                    me.due, self._asking = self._clock() + LOOK, True
                    await me.ask(partial(self._ask, me), blocking=self._store.blocking)
                    got, me.got = me.got, None
                    if isinstance(got, Ticket):
                        return got
                    if got:
                        self._last, self._asking = got, False
                        until = math.inf if got.until is None else got.until
                        self._wake_doomed(me)
                        if self._store.poll is not None:
                            until = min(until, self._clock() + self._store.poll)
                now = self._clock()
                expected = self._expected(me)
                if expected > me.deadline or now >= me.deadline:
                    raise WouldExceedDeadline(max(0.0, expected - now))
                if on_wait:
                    on_wait(max(0.0, expected - now), self._last.reason if self._last else "queue")
                    on_wait = None
                me.due = min(until, me.deadline, now + LOOK)
                await me.wait(max(0.0, me.due - now))
        finally:
            self._leave(me)

    def _expected(self, me: _Waiter) -> float:
        """No sooner than this can ``me`` be served, by what the head was last told."""
        if not self._last:
            return -math.inf
        with self._lock:
            return self._last.bound(self._queue.index(me)) if me in self._queue else -math.inf

    def _wake_doomed(self, me: _Waiter) -> None:
        """Wake those behind the head whose time-out has just become too short, so that they fail now, not later."""
        with self._lock:
            if self._last:
                for position, other in enumerate(self._queue):
                    if other is not me and other.deadline < self._last.bound(position):
                        other.wake()

    def _leave(self, me: _Waiter) -> None:
        with self._lock:
            me.left = True
            was_head = bool(self._queue) and self._queue[0] is me
            if me in self._queue:
                self._queue.remove(me)
                if was_head:
                    self._wake_head()
            unused, me.got = me.got, None
        if isinstance(unused, Ticket):  # interrupted or cancelled just as it was served
            me.aside(lambda: self.complete(unused, UNSENT), blocking=self._store.blocking)

    def _wake_head(self) -> None:
        while self._queue:
            self._queue[0].due = self._clock()
            if self._queue[0].wake():
                return
            self._queue.popleft()

    def _is_head(self, me: _Waiter) -> bool:
        """Join the queue, pass over a head that should have acted long ago (its loop stands still), and look."""
        with self._lock:
            if me not in self._queue:
                self._queue.append(me)
            if self._queue[0] is not me and self._queue[0].due + LOOK < self._clock():
                self._queue.popleft()  # should it live, it joins again, at the end
                self._wake_head()
            return self._queue[0] is me

    def _ask(self, me: _Waiter) -> None:
        """Ask the store for ``me``, who may have left meanwhile: then the ticket goes back unsent."""
        got = self._store.try_acquire()
        with self._lock:
            me.got = got
            left = me.left
        if left and isinstance(got, Ticket):
            self.complete(got, UNSENT)

    def _at_once(self) -> Ticket | None:
        """A ticket where nobody waits and one is free in this process: the ordinary case, without a place in the queue."""
        with self._lock:
            if self._queue or self._store.blocking:
                return None
            got = self._store.try_acquire()
        return got if isinstance(got, Ticket) else None

    # -- for threads and for tasks

    def acquire(self, timeout: float | None = None, on_wait: OnWait | None = None) -> Ticket:
        """Block until a request may fly.

        ``WouldExceedDeadline`` comes as soon as it is sure that ``timeout`` is too short, usually at once.
        ``on_wait(seconds, reason)`` is called once if there is anything to wait for.
        """
        if ticket := self._at_once():
            return ticket
        me = _Waiter(self._clock, self._sleep)
        served = self._served(me, timeout, on_wait)
        try:
            return finish(served)
        finally:
            self._end(served, me)

    async def aacquire(  # a time-out that fails at once is not asyncio.timeout's
        self,
        timeout: float | None = None,
        on_wait: OnWait | None = None,
    ) -> Ticket:
        """As ``acquire``, for asyncio; a shared store is asked in the loop's executor."""
        import asyncio

        if ticket := self._at_once():
            return ticket
        me = _TaskWaiter(asyncio.get_running_loop(), self._clock, self._sleep)
        served = self._served(me, timeout, on_wait)
        try:
            return await served
        finally:
            self._end(served, me)

    def _end(self, served: Coroutine[Any, Any, Ticket], me: _Waiter) -> None:
        try:
            served.close()
        finally:
            if not me.left or me in self._queue:  # an interrupt while leaving
                self._leave(me)

    def complete(self, ticket: Ticket, outcome: Outcome) -> None:
        """Say what became of the request: once for every ticket, in a ``finally``. A second time is ignored."""
        if ticket.done:
            return
        known = self._store.snapshot() if outcome.limit == self._told else None
        self._store.complete(ticket, outcome)
        ticket.done = True
        # A 429 that names another limit, or none, may well be for what this client itself sent.
        if known and (known.limit, known.window) == self._told:
            self._warn()
        with self._lock:
            # Who waits for a time need not hear of an ordinary answer, unless somebody's time-out depends on it.
            last = None if self._asking or not self._last else self._last.until
            if last is None or outcome.kind != "counted" or any(w.deadline < math.inf for w in self._queue):
                self._wake_head()

    async def acomplete(self, ticket: Ticket, outcome: Outcome) -> None:
        """As ``complete``; a cancellation does not keep it from being done."""
        import asyncio

        if self._store.blocking:
            loop = asyncio.get_running_loop()
            await asyncio.shield(loop.run_in_executor(None, self.complete, ticket, outcome))
        else:
            self.complete(ticket, outcome)

    def snapshot(self) -> Snapshot:
        """The limiter at a glance; no I/O."""
        return self._store.snapshot()._replace(waiting=len(self._queue))

    def set_share(self, share: float) -> None:
        """Use this part of the limit from now on."""
        self._store.set_share(share)

    def is_idle(self) -> bool:
        """Whether nothing is lost if it is forgotten."""
        return not self._queue and self._store.is_idle()

    def is_lifted(self) -> bool:
        """Whether there was no limit but a learned one, and that is gone."""
        return self._store.is_lifted()

    def _warn(self) -> None:
        now, seen = self._clock(), self._store.snapshot()
        if not self.tells or not seen.foreign or now - self._warned < 10 * seen.window:
            return
        self._warned = now
        message = (
            f"the service's rate limit ({seen.limit} per {seen.window:g} s) was reached by requests that this client "
            "did not send: another process, or an earlier run of this one, uses the same credential. Nothing is lost: "
            "requests wait for the window to reopen and take turns with the others. To leave room for them on purpose "
            "set share, say share=0.7; to pace processes together use the sqlite or redis engine"
        )
        log.warning(message)
        if self.on_foreign:
            self.on_foreign(message)
