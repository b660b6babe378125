"""Which limiter a request has: by its concrete path, for as long as that matters, and learned where no limit is known."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from pandaprobe_evals.pacing import COUNTED, REJECTED, RateLimiter, RateLimiters
from pandaprobe_evals.pacing import sqlite as sqlite_module
from pandaprobe_evals.pacing.registry import KEEP
from pandaprobe_evals.pacing.sqlite import SqliteStore

CREATES = {"retry": (50, 60.0)}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiters(clock: Clock) -> RateLimiters:
    return RateLimiters("credential", CREATES, clock=clock)


def of(limiters: RateLimiters, operation: str, path: str) -> RateLimiter:
    found = limiters.of(operation, path)
    assert found
    return found


def use(limiter: RateLimiter, times: int = 1) -> None:
    for _ in range(times):
        limiter.complete(limiter.acquire(), COUNTED)


def test_each_concrete_path_has_its_own_limit(limiters: RateLimiters, clock: Clock) -> None:
    for path in ("/runs/1/retry", "/runs/2/retry"):
        use(of(limiters, "retry", path), 50)
    assert clock.now == 1000.0
    use(of(limiters, "retry", "/runs/1/retry"))
    assert clock.now > 1059


@pytest.mark.parametrize("kind", ["known", "learned"])
def test_however_many_paths_come_by_what_is_idle_is_forgotten(limiters: RateLimiters, clock: Clock, kind: str) -> None:
    for number in range(3000):
        path = f"/runs/{number}"
        if kind == "learned":
            limiters.met(path, (200, 60.0))
            clock.now += 100
        else:
            use(of(limiters, "retry", path))
            clock.now += 1
    assert len(limiters._registry.kept) <= 3 * KEEP + 120  # those of the last windows, and some more


def test_a_path_without_a_known_limit_waits_for_nothing_before_a_429_names_one(limiters: RateLimiters) -> None:
    assert limiters.of("get", "/runs/1") is None
    limiters.met("/runs/1", (200, 60.0))
    assert limiters.of("get", "/runs/2") is None
    limiter = of(limiters, "get", "/runs/1")
    use(limiter, 150)
    assert (limiter.snapshot().limit, limiter.snapshot().window) == (200, 60.0)


def test_a_learned_limit_that_is_not_there_any_more_is_forgotten(limiters: RateLimiters, clock: Clock) -> None:
    limiters.met("/runs/1", (20, 60.0))
    sent = 0
    while (limiter := limiters.of("get", "/runs/1")) and sent < 500:
        use(limiter)
        clock.now += 0.05
        sent += 1
    assert sent < 500
    assert clock.now < 1000 + 240


def test_a_learned_limit_that_is_still_there_is_kept(limiters: RateLimiters, clock: Clock) -> None:
    limiters.met("/runs/1", (20, 60.0))
    opened, count, refused, taken = -1e9, 0, 0, 0
    while taken < 400:
        limiter = of(limiters, "get", "/runs/1")
        ticket = limiter.acquire()
        if clock.now >= opened + 60:
            opened, count = clock.now, 0
        count += 1
        limiter.complete(ticket, COUNTED if count <= 20 else REJECTED((20, 60.0)))
        taken, refused = taken + (count <= 20), refused + (count > 20)
    assert refused <= 8
    assert clock.now - 1000 < 23 * 60


def test_off_means_that_nothing_is_paced(clock: Clock) -> None:
    off = RateLimiters("credential", CREATES, engine="off", clock=clock)
    off.met("/runs/1", (1, 60.0))
    assert off.of("retry", "/runs/1/retry") is off.of("get", "/runs/1") is None


def test_states_of_paths_that_nobody_uses_any_more_leave_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, old = SqliteStore(tmp_path), time.time() - 2 * sqlite_module.OLD
    for number in range(3):
        file = engine.open("c", f"/runs/{number}/retry", 50, 60.0)
        file.try_acquire(1.0)
        file.close()
    for path in sorted(tmp_path.iterdir())[:-1]:
        os.utime(path, (old, old))
    monkeypatch.setattr(sqlite_module, "_swept", {})
    file = engine.open("c", "/runs/new/retry", 50, 60.0)
    file.try_acquire(1.0)
    file.close()
    assert len(list(tmp_path.glob("*.sqlite"))) == 2


def test_a_day_long_refusal_is_not_kept_on_disk(tmp_path: Path) -> None:
    file = SqliteStore(tmp_path).open("c", "/runs/batch", 50, 60.0)
    first = file.try_acquire(1.0)
    file.complete(first.got, REJECTED((1, 3600.0)), 0.0, 1.0)  # type: ignore[arg-type]  # it was granted at once
    assert file.try_acquire(1.0).snapshot.gate_in <= 60.2
    file.close()
