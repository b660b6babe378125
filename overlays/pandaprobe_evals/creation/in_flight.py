"""What the creates of this process know of one another: which are under way, and which item is whose.

Three rules keep two intended identical creates two:
- An item that answered a create of this process, or was adopted by one, is never adopted again (`Registry.claim`).
- While an identical create of this process is on the wire, none is adopted: the item could be that one's.
- While a lost create is being looked for, identical ones wait before they are sent.
Another process that creates an identical item in the same moment cannot be told apart, except by a mark.
"""

from __future__ import annotations

import math
import os
import threading
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID
from weakref import WeakValueDictionary

from .stamps import Before

REMEMBERED = 100_000
"""Items that a process keeps from being adopted twice, the latest; more than a day's at the service's rate limit."""
SCOPES = 256
"""Scopes whose items are remembered without a client; a web server with a token for each of its users has many."""
PLACES = 1000
"""Lists of which it is remembered what they had, the latest."""
FRESH = 60.0
"""How long what the service stamped on an item tells what it would stamp on the next, seconds."""

Place = tuple[Any, ...]
"""A list, with its arguments."""
State = Literal["idle", "sent", "lost"]


@dataclass
class _Peers:
    """How many identical creates are where, the models that they ask for, and when the last lost one has settled."""

    sent: int = 0
    lost: int = 0
    settled: float = -math.inf
    models: list[str] = field(default_factory=list)


class Registry:
    """One for each service, credential and project."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.peers: dict[int, _Peers] = {}
        self.looking: set[Place] = set()
        self._before: dict[Place, Before] = {}
        self._claimed: dict[int, int] = {}
        """Ids as numbers, of which the garbage collector need not know."""

    def before(self, place: Place, now: float) -> Before | None:
        """What is known of a list's items before now; None where that has to be asked for."""
        found = self._before.get(place)
        return found if found and now - found.at <= FRESH else None

    def try_looking(self, place: Place) -> bool:
        """Be the one who asks for it; False where another create of this process does already."""
        with self.lock:
            if place in self.looking:
                return False
            self.looking.add(place)
            return True

    def looked(self, place: Place, before: Before | None) -> None:
        """Say what came of it."""
        with self.lock:
            self.looking.discard(place)
            if before:
                self._know(place, before)

    def made(self, place: Place, item_id: UUID, key: int, stamps: tuple[float, float], sent: float, now: float) -> None:
        """A create that was sent at a time made an item, which was answered now."""
        self.claim(item_id, key)
        with self.lock:
            known = self._before.get(place) or Before(now, -math.inf)
            self._know(place, known.made(stamps, sent, now))

    def _know(self, place: Place, before: Before) -> None:
        self._before.pop(place, None)
        self._before[place] = before
        if len(self._before) > PLACES:
            del self._before[next(iter(self._before))]

    def alone(self, key: int) -> bool:
        """Whether no identical create is on the wire."""
        with self.lock:
            return key not in self.peers or not self.peers[key].sent

    def settled(self, key: int) -> float:
        """When no identical create that was lost can be under way any more.

        Of all of them, those that are found included: one may have adopted the item of another, whose own search then has
        to last until what the first one sent can have come.
        """
        with self.lock:
            return self.peers[key].settled if key in self.peers else -math.inf

    def models(self, key: int) -> frozenset[str]:
        """The models that identical creates under way ask for; one that asks for none must leave their items alone."""
        with self.lock:
            return frozenset(self.peers[key].models) if key in self.peers else frozenset()

    def claim(self, item_id: UUID, key: int) -> bool:
        """Make an item one create's own; False where it is another's already."""
        with self.lock:
            if item_id.int in self._claimed:
                return False
            self._claimed[item_id.int] = key
            if len(self._claimed) > REMEMBERED:
                del self._claimed[next(iter(self._claimed))]
            return True

    def has(self, item_id: UUID) -> bool:
        """Whether an item is some create's own."""
        with self.lock:
            return item_id.int in self._claimed

    def claimed(self, key: int) -> tuple[str, ...]:
        """The items that answered identical creates."""
        with self.lock:
            return tuple(str(UUID(int=number)) for number, of in self._claimed.items() if of == key)


class InFlight:
    """Where one create is: idle, sent, or lost. Whatever ends it, `leave` takes it out of the registry."""

    def __init__(self, registry: Registry, key: int, model: str | None) -> None:
        self._registry, self._key, self._model = registry, key, model
        self._state: State = "idle"

    def try_send(self) -> bool:
        """Count as sent, unless an identical create is lost and being looked for."""
        with self._registry.lock:
            peers = self._registry.peers.get(self._key)
            if peers and peers.lost:
                return False
            self._become("sent")
            return True

    def lose(self, settled: float) -> None:
        """The answer was lost: identical creates wait until it is found, or is known not to come after `settled`."""
        with self._registry.lock:
            self._become("lost")
            peers = self._registry.peers[self._key]
            peers.settled = max(peers.settled, settled)

    def leave(self) -> None:
        """Be no concern of identical creates any more."""
        with self._registry.lock:
            self._become("idle")

    def _become(self, state: State) -> None:
        peers = self._registry.peers.get(self._key) or self._registry.peers.setdefault(self._key, _Peers())
        for each, change in ((self._state, -1), (state, 1)):
            if each == "sent":
                peers.sent += change
            elif each == "lost":
                peers.lost += change
        if self._model is not None and self._state == "idle" != state:
            peers.models.append(self._model)
        elif self._model is not None and self._state != "idle" == state:
            peers.models.remove(self._model)
        self._state = state
        if not peers.sent and not peers.lost:
            del self._registry.peers[self._key]


_registries: WeakValueDictionary[tuple[str, ...], Registry] = WeakValueDictionary()
_latest: dict[tuple[str, ...], Registry] = {}
"""Registries that outlive their clients, so that the next client of the same scope knows of their items."""
_locks = [threading.RLock()]  # replaced in a forked child


def registry_for(*scope: str) -> Registry:
    """The process's one registry for a service, credential and project, while a client has it and for a while after."""
    with _locks[0]:
        registry = _registries.get(scope)
        if registry is None:
            registry = _registries[scope] = Registry()
        _latest.pop(scope, None)
        _latest[scope] = registry
        if len(_latest) > SCOPES:
            del _latest[next(iter(_latest))]
        return registry


def _after_fork() -> None:
    """In a forked child: what the parent's threads have under way is not the child's to wait for."""
    _locks[0] = threading.RLock()
    for registry in list(_registries.values()):
        registry.lock = threading.Lock()
        registry.peers.clear()
        registry.looking.clear()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork)
