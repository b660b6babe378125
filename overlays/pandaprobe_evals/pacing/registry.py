"""Which limiter a request has: the process has one for each credential, path and engine, for as long as it matters."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .core import NO_LIMIT, REJECTED
from .limiter import RateLimiter
from .stores import Engine, MemoryStore, SharedStore

if TYPE_CHECKING:
    from pandaprobe_evals.clock import Clock

KEEP = 64  # limiters that are kept without asking whether they still matter
Limit = tuple[int, float]


class Registry:
    """RateLimiters by what they are for. One that is idle and that nobody holds is forgotten in time."""

    def __init__(self) -> None:
        self._held: weakref.WeakValueDictionary[tuple[object, ...], RateLimiter] = weakref.WeakValueDictionary()
        self.kept: dict[tuple[object, ...], RateLimiter] = {}  # so that a limiter outlives its clients
        self._full = KEEP
        self._lock = threading.RLock()
        _registries.add(self)

    def get(self, key: tuple[object, ...], make: Callable[[], RateLimiter]) -> RateLimiter:
        """The limiter, made if there is none."""
        with self._lock:
            if found := self._held.get(key):
                self.kept[key] = found
                return found
            if len(self.kept) >= self._full:
                self.kept = {name: limiter for name, limiter in self.kept.items() if not limiter.is_idle()}
                self._full = max(KEEP, 2 * len(self.kept))
            self._held[key] = self.kept[key] = limiter = make()
            return limiter

    def find(self, key: tuple[object, ...]) -> RateLimiter | None:
        """The limiter if there is one."""
        return self._held.get(key)

    def drop(self, key: tuple[object, ...]) -> None:
        """Forget a limiter: who waits in it is served by it still."""
        with self._lock:
            self._held.pop(key, None)
            self.kept.pop(key, None)

    def forked(self) -> None:
        """In a forked child: the parent's locks are not ours."""
        self._lock = threading.RLock()
        for limiter in list(self._held.values()):
            limiter.forked()


_registries: weakref.WeakSet[Registry] = weakref.WeakSet()
PROCESS = Registry()


class RateLimiters:
    """What one client may still send, for each concrete path: by the limits that it knows, and by those that it meets.

    A path without a known limit has no limiter before a 429 names one, and none again once a trial finds it gone. Learned
    limits are this process's own, whatever the engine.

    Args:
        credential: Whose requests are counted together; hashed by the caller.
        limits: Requests per seconds, by operation; operations that are not in it have no known limit.
        share: The part of each limit to use, above 0 and at most 1.
        engine: `memory`, `sqlite`, `redis`, an engine, or `off` for no pacing at all.
        clock: The time to live by; with one of its own a client has limiters of its own, in memory.

    Raises:
        ValueError: The share or the engine is none.
    """

    def __init__(
        self,
        credential: str,
        limits: Mapping[str, Limit],
        *,
        share: float = 1.0,
        engine: str | Engine = "memory",
        clock: Clock | None = None,
    ) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"share is the part of the limit to use, above 0 and at most 1, not {share}")
        if clock and engine not in ("memory", "off"):
            raise ValueError(f"{engine!r} goes by the machine's time; with a clock of your own it is 'memory'")
        self._off = engine == "off"
        self._engine = None if engine in ("memory", "off") else _named(engine) if isinstance(engine, str) else engine
        self._credential, self._limits, self._share, self._clock = credential, limits, share, clock
        self._registry = Registry() if clock else PROCESS
        self._mine: dict[str, RateLimiter] = {}

    def of(self, operation: str, path: str) -> RateLimiter | None:
        """The limiter of a request; None where it need not wait."""
        if self._off:
            return None
        limit = self._limits.get(operation)
        if limit is None:
            return self._learned(path)
        if found := self._mine.get(path):
            return found
        limiter = self._registry.get(self._key(path, limit), lambda: self._make(path, limit))
        limiter.set_share(self._share)
        if len(self._mine) < KEEP:  # the creates, and some retries: looked up once
            self._mine[path] = limiter
        return limiter

    def met(self, path: str, limit: Limit) -> None:
        """A request without a limiter was refused with a 429 that names a limit: keep to it from now on."""
        if self._off:
            return

        def make() -> RateLimiter:
            limiter = self._driver(MemoryStore(*NO_LIMIT, self._share, self._now))
            limiter.tells = False  # before it was known, this client itself sent what met the limit
            limiter.complete(limiter.acquire(), REJECTED(limit))
            return limiter

        self._registry.get(self._key(path, None), make)

    def _learned(self, path: str) -> RateLimiter | None:
        limiter = self._registry.find(key := self._key(path, None))
        if limiter and limiter.is_lifted():
            self._registry.drop(key)
            return None
        return limiter

    def _key(self, path: str, limit: Limit | None) -> tuple[object, ...]:
        return self._engine.key if self._engine and limit else "memory", self._credential, path, limit

    @property
    def _now(self) -> Callable[[], float]:
        return self._clock.monotonic if self._clock else time.monotonic

    def _driver(self, store: MemoryStore) -> RateLimiter:
        return RateLimiter(store, clock=self._now, sleep=self._clock.sleep if self._clock else None)

    def _make(self, path: str, limit: Limit) -> RateLimiter:
        if self._engine is None:
            return self._driver(MemoryStore(*limit, self._share, self._now))
        shared = self._engine.open(self._credential, path, *limit)
        return self._driver(SharedStore(shared, *limit, self._share, self._now))


def _named(engine: str) -> Engine:
    if engine == "sqlite":
        from .sqlite import SqliteStore

        return SqliteStore()
    if engine == "redis":
        from .redis import RedisStore

        return RedisStore()
    raise ValueError(f"the engine is 'memory', 'sqlite', 'redis' or 'off', or an Engine, not {engine!r}")


def _after_fork() -> None:
    for registry in list(_registries):
        registry.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
