"""A service with slowapi's fixed window and clients with latency, in virtual time: no thread, no sleep, no socket."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable

from pandaprobe_evals.pacing import COUNTED, LOST, REJECTED, Core, Ticket


class World:
    """A clock and the events still to come."""

    def __init__(self) -> None:
        self.now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def at(self, when: float, call: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), call))

    def run(self, until: float = 1e12) -> None:
        while self._events and self._events[0][0] <= until:
            self.now, _, call = heapq.heappop(self._events)
            call()


class FixedWindow:
    """INCR and EXPIRE as slowapi does them on Redis: on the server's own clock, dropped up to 1 ms late."""

    def __init__(self, world: World, limit: int, window: float, *, drift: float = 0.0, rand: random.Random) -> None:
        self.world, self.limit, self.window, self.drift, self.rand = world, limit, window, drift, rand
        self.ends, self.count = -1.0, 0
        self.openings: list[float] = []
        self.accepted: list[tuple[float, str]] = []
        self.rejected: list[tuple[float, str]] = []

    def arrive(self, who: str) -> bool:
        local = self.world.now * (1 + self.drift)
        if local >= self.ends:
            self.ends = int(local * 1000) / 1000 + self.window + self.rand.uniform(0, 0.001)
            self.ends = max(self.ends, local + self.window)
            self.count = 0
            self.openings.append(self.world.now)
        self.count += 1
        ok = self.count <= self.limit
        (self.accepted if ok else self.rejected).append((self.world.now, who))
        return ok


class Client:
    """One instance: a queue of jobs, ``workers`` at a time, through one core."""

    def __init__(
        self,
        world: World,
        server: FixedWindow,
        core: Core,
        *,
        workers: int = 8,
        latency: Callable[[], float],
        lost: float = 0.0,
        name: str = "we",
        rand: random.Random,
    ) -> None:
        self.world, self.server, self.core, self.name, self.rand = world, server, core, name, rand
        self.idle, self.latency, self.lost = workers, latency, lost
        self.jobs: deque[int] = deque()
        self.done = self.wasted = 0
        self.poll: float | None = None  # how often to ask again while waiting for somebody else's completion
        self._wake = float("inf")

    def submit(self, jobs: int) -> None:
        self.jobs.extend(range(jobs))
        self.pump()

    def pump(self) -> None:
        while self.jobs and self.idle:
            got = self.core.try_acquire(self.world.now)
            if not isinstance(got, Ticket):
                until = self.world.now + self.poll if got.until is None and self.poll else got.until
                if until is not None and (until < self._wake or self._wake <= self.world.now):
                    self._wake = until
                    self.world.at(until + self.rand.uniform(0, 0.002), self._woken)
                return
            self.jobs.popleft()
            self.idle -= 1
            self._send(got)

    def _woken(self) -> None:
        self._wake = float("inf")
        self.pump()

    def _send(self, ticket: Ticket) -> None:
        there, back = self.latency(), self.latency()
        sent = self.world.now
        if self.lost and self.rand.random() < self.lost:
            arrives = self.rand.random() < 0.7
            if arrives:
                self.world.at(sent + there, lambda: self.server.arrive(self.name) and None)
            self.world.at(sent + there + back, lambda: self._end(ticket, "lost"))
        else:
            self.world.at(sent + there, lambda: self._arrived(ticket, back))

    def _arrived(self, ticket: Ticket, back: float) -> None:
        outcome = "ok" if self.server.arrive(self.name) else "429"
        self.world.at(self.world.now + back, lambda: self._end(ticket, outcome))

    def _end(self, ticket: Ticket, what: str) -> None:
        self.idle += 1
        if what == "429":
            self.wasted += 1
            self.jobs.appendleft(0)
            self.core.complete(ticket, self.world.now, REJECTED((self.server.limit, self.server.window)))
        else:
            self.done += what == "ok"
            self.core.complete(ticket, self.world.now, COUNTED if what == "ok" else LOST)
        self.pump()
