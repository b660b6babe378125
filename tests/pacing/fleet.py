"""Many hosts on one Redis budget, in virtual time: what each does through its store, what breaks, and what the service saw.

Real: `SharedStore` of each host, with its own memory to fall back on, and the core on the server's clock (in Python, which
a test holds to the Lua that Redis runs). Simulated: the clocks, the network, the Redis server around the core, the service.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from pandaprobe_evals.pacing import COUNTED, LOST, REJECTED, Core, Outcome, Snapshot, Ticket
from pandaprobe_evals.pacing.stores import Reply, SharedStore

from tests.pacing.simulated import FixedWindow, World

LIMIT, WINDOW, LEASE = 50, 60.0, 60.0
UNSEEN = Snapshot(LIMIT, WINDOW, 0, 0, 0.0, 0.0, foreign=False)
"""For displays, of which there are none here."""
TURN = 0.0025
"""Seconds between two requests of one host at least: a store sleeps, in real time, when it is asked sooner."""


class Server:
    """A Redis server: the core on a clock of its own, until it loses its data."""

    def __init__(self, world: World, rand: random.Random, drift: float) -> None:
        self.world, self.rand, self.drift = world, rand, drift
        self.asked = 0
        self.restart()

    def restart(self) -> None:
        """Lose everything, and come back at once."""
        self.core = Core(LIMIT, WINDOW, lease=LEASE, rand=self.rand.random, name=f"{self.rand.getrandbits(64):016x}")

    @property
    def clock(self) -> float:
        return self.world.now * (1 + self.drift)


class Link:
    """A host's way to the server: `Shared`, as the engine for Redis is."""

    def __init__(self, server: Server) -> None:
        self.server, self.cut = server, False

    def _reached(self) -> Core:
        if self.cut:
            raise TimeoutError("no answer from the Redis server")
        self.server.asked += 1
        return self.server.core

    def check(self) -> None:
        self._reached()

    def forked(self) -> None:
        pass

    def try_acquire(self, share: float) -> Reply:
        core, now = self._reached(), self.server.clock
        got = core.try_acquire(now)
        return Reply(got if isinstance(got, Ticket) else got.shifted(-now), UNSEEN, core.name)

    def complete(self, ticket: Ticket, outcome: Outcome, age: float, share: float) -> Reply:
        core, now = self._reached(), self.server.clock
        core.complete(ticket, now - age, outcome)
        return Reply(None, UNSEEN, core.name)


class Host:
    """One machine: creates without end, `workers` at a time, on a clock that is off and runs at a rate of its own."""

    def __init__(
        self, fleet: Fleet, name: str, *, workers: int, latency: Callable[[], float], offset: float, drift: float
    ) -> None:
        self.fleet, self.name, self.workers, self.latency = fleet, name, workers, latency
        self.offset, self.drift = offset, drift
        self.cut = False
        self.life = 0
        self.start()

    def clock(self) -> float:
        return self.offset + self.fleet.world.now * (1 + self.drift)

    def start(self) -> None:
        """Begin a life that knows nothing of the one before; what that one had sent is under way all the same."""
        self.life += 1
        self.link = Link(self.fleet.server)
        self.link.cut = self.cut
        self.store = SharedStore(self.link, LIMIT, WINDOW, 1.0, self.clock)
        self.idle = self.workers
        self._wake = float("inf")
        self._look_at(self.fleet.world.now + self.fleet.rand.uniform(0, 0.5))

    def _look_at(self, when: float) -> None:
        if when < self._wake:
            self._wake = when
            self.fleet.world.at(when, partial(self._look, self.life, when))

    def _look(self, life: int, when: float) -> None:
        """Ask the store, as the head of a queue does: again when it says so, and every few moments."""
        if life != self.life or when != self._wake:
            return
        self._wake = float("inf")
        if not self.idle:
            return
        now, got = self.fleet.world.now, self.store.try_acquire()
        if isinstance(got, Ticket):
            self.idle -= 1
            self._send(got)
            self._look_at(now + TURN)
        else:
            poll = self.store.poll or 0.25
            until = poll if got.until is None else min(got.until - self.clock(), poll)
            self._look_at(now + max(TURN, until) + self.fleet.rand.uniform(0, 0.002))

    def _send(self, ticket: Ticket) -> None:
        world = self.fleet.world
        there, back = self.latency() / 2, self.latency() / 2

        def arrive() -> None:
            if self.fleet.service.arrive(self.name):
                self.fleet.served[self.name] += 1
                outcome = COUNTED
            else:
                outcome = REJECTED((LIMIT, WINDOW))
            if self.fleet.rand.random() < self.fleet.lost:
                outcome = LOST
            world.at(world.now + back, partial(self._answered, self.life, ticket, outcome))

        life = self.life
        world.at(world.now + there, lambda: arrive() if life == self.life else self.fleet.service.arrive(self.name))

    def _answered(self, life: int, ticket: Ticket, outcome: Outcome) -> None:
        if life == self.life:
            self.idle += 1
            self.store.complete(ticket, outcome)
            self._look_at(self.fleet.world.now + TURN)


@dataclass
class Fleet:
    """Hosts, their Redis server and the service, and what became of the requests."""

    seed: int
    hosts: int = 100
    workers: int = 2
    slow: float = 0.0
    """The part of the hosts whose requests take twenty times as long."""
    skew: float = 0.0
    """Clocks are off by up to as many seconds, and run at rates that differ by up to 0.1%."""
    lost: float = 0.0
    """The part of the answers that does not arrive."""
    served: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rand, self.world = random.Random(self.seed), World()
        drift = 0.001 if self.skew else 0.0
        self.service = FixedWindow(self.world, LIMIT, WINDOW, drift=self.rand.uniform(-drift, drift), rand=self.rand)
        self.server = Server(self.world, self.rand, self.rand.uniform(-drift, drift))
        self.members = []
        for number in range(self.hosts):
            times = 20 if number < self.hosts * self.slow else 1
            self.members.append(
                Host(
                    self,
                    f"host-{number}",
                    workers=self.workers,
                    latency=lambda times=times: times * self.rand.uniform(0.02, 0.4),
                    offset=self.rand.uniform(-self.skew, self.skew) if self.skew else 0.0,
                    drift=self.rand.uniform(-drift, drift),
                )
            )

    def restart(self, every: float, until: float) -> None:
        """Kill a host at random every so many seconds, with what it has in flight; it begins anew at once."""
        when = every
        while when < until:
            self.world.at(when, lambda: self.rand.choice(self.members).start())
            when += every

    def lose_redis(self, at: float) -> None:
        """Let the Redis server forget everything."""
        self.world.at(at, self.server.restart)

    def cut_off(self, part: float, at: float, seconds: float) -> None:
        """Let a part of the hosts not reach the Redis server for a while. The service they reach."""

        def set_cut(members: list[Host], cut: bool) -> None:
            for member in members:
                member.cut = member.link.cut = cut

        members = self.rand.sample(self.members, round(part * self.hosts))
        self.world.at(at, lambda: set_cut(members, True))
        self.world.at(at + seconds, lambda: set_cut(members, False))

    def run(self, seconds: float) -> None:
        """Let that much time pass."""
        self.world.run(seconds)

    @property
    def goodput(self) -> float:
        """Accepted, over what windows that follow one another without a gap would have taken; the last one is left out."""
        first, last = self.service.accepted[0][0], self.service.openings[-1]
        return sum(at < last for at, _ in self.service.accepted) / (LIMIT * (last - first) / WINDOW)

    @property
    def refused(self) -> int:
        """429s: all are the fleet's own, for nobody else is on the credential."""
        return len(self.service.rejected)
