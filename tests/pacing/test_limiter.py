"""What the drivers promise: fair, clean when interrupted, one limiter for threads, tasks, loops and forks."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import random
import signal
import threading
import time

import pytest
from pandaprobe_evals.pacing import COUNTED, REJECTED, UNSENT, RateLimiter, Ticket, Wait, WouldExceedDeadline, registry
from pandaprobe_evals.pacing import limiter as driver
from pandaprobe_evals.pacing.stores import MemoryStore

from tests.pacing.limiters import limiter_for


class Clock:
    """Virtual time for blocking callers: sleeping is what makes it pass."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def make(requests: int, seconds: float, clock: Clock | None = None) -> RateLimiter:
    if clock:
        return RateLimiter(MemoryStore(requests, seconds, 1.0, clock), clock=clock, sleep=clock.sleep)
    return RateLimiter(MemoryStore(requests, seconds, 1.0, time.monotonic))


def send(limiter: RateLimiter, times: int = 1) -> None:
    for _ in range(times):
        limiter.complete(limiter.acquire(), COUNTED)


def until(condition, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_requests_beyond_the_limit_wait_for_the_window() -> None:
    clock = Clock()
    send(make(5, 60, clock), 12)
    assert clock.now - 1000 == pytest.approx(2 * 60.1, abs=0.01)


async def test_tasks_wait_as_threads_do() -> None:
    limiter, begun = make(5, 0.1), time.monotonic()
    for _ in range(12):
        await limiter.acomplete(await limiter.aacquire(), COUNTED)
    assert 0.21 <= time.monotonic() - begun < 1


class TestWaiting:
    def test_a_time_out_that_is_surely_too_short_fails_at_once_and_says_when_it_reopens(self) -> None:
        clock = Clock()
        limiter = make(3, 60, clock)
        send(limiter, 3)
        with pytest.raises(WouldExceedDeadline, match=r"reopens in 60\.1 s") as caught:
            limiter.acquire(timeout=60)
        assert caught.value.reopens_in == pytest.approx(60.1)
        assert clock.slept == []
        limiter.acquire(timeout=61)

    def test_a_waiter_further_back_is_told_of_its_own_slot_not_the_first(self) -> None:
        limiter = make(1, 0.3)
        send(limiter)
        crew = [threading.Thread(target=send, args=(limiter,)) for _ in range(2)]
        for i, one in enumerate(crew):
            one.start()
            until(lambda i=i: limiter.snapshot().waiting == i + 1)
        begun = time.monotonic()
        with pytest.raises(WouldExceedDeadline) as caught:
            limiter.acquire(timeout=0.5)
        assert time.monotonic() - begun < 0.2
        assert 0.75 < caught.value.reopens_in < 1
        for one in crew:
            one.join()

    def test_a_waiter_whose_time_out_becomes_too_short_fails_then_not_at_its_end(self) -> None:
        limiter = make(4, 60)
        send(limiter)
        out = [limiter.acquire() for _ in range(3)]
        failed: list[float] = []

        def impatient() -> None:
            try:
                limiter.acquire(timeout=20)
            except WouldExceedDeadline as error:
                failed.append(error.reopens_in)

        crew = [threading.Thread(target=impatient) for _ in range(3)]
        for one in crew:
            one.start()
        until(lambda: limiter.snapshot().waiting == 3)
        for one in out:  # any of them may have come back unsent, so until now there was hope
            limiter.complete(one, COUNTED)
        for one in crew:
            one.join(2)
        assert len(failed) == 3
        assert limiter.snapshot().waiting == 0

    def test_on_wait_is_called_once_per_wait_with_its_length_and_reason(self) -> None:
        clock, told = Clock(), []
        limiter = make(1, 60, clock)
        limiter.complete(limiter.acquire(on_wait=lambda *seen: told.append(seen)), COUNTED)
        assert told == []
        limiter.acquire(on_wait=lambda *seen: told.append(seen))
        assert [(round(seconds, 1), reason) for seconds, reason in told] == [(60.1, "window")]

    def test_hours_of_suspension_do_no_harm(self) -> None:
        clock = Clock()
        limiter = make(2, 60, clock)
        ticket = limiter.acquire()
        clock.now += 20_000
        limiter.complete(ticket, COUNTED)
        send(limiter, 4)
        assert clock.now < 21_000 + 2 * 60.2

    def test_a_snapshot_shows_the_state(self) -> None:
        clock = Clock()
        limiter = make(5, 60, clock)
        send(limiter, 2)
        held = limiter.acquire()
        seen = limiter.snapshot()
        assert (seen.limit, seen.window, seen.free_now, seen.in_flight, seen.waiting) == (5, 60, 2, 1, 0)
        assert (seen.next_free_in, seen.gate_in, seen.foreign) == (0, 0, False)
        limiter.complete(held, REJECTED((5, 60.0)))
        seen = limiter.snapshot()
        assert seen.foreign
        assert seen.free_now == 0
        assert seen.gate_in == pytest.approx(60.1)


class TestFairness:
    def test_threads_and_tasks_of_several_loops_are_served_in_the_order_they_came(self) -> None:
        limiter = make(5, 0.05)
        held = [limiter.acquire()]  # the first flies alone: everybody waits for it
        served: list[int] = []
        done = threading.Event()
        loops = [asyncio.new_event_loop() for _ in range(2)]
        runners = [threading.Thread(target=loop.run_forever) for loop in loops]
        for runner in runners:
            runner.start()

        def took(who: int, ticket: Ticket) -> None:
            served.append(who)
            limiter.complete(ticket, COUNTED)
            if len(served) == 45:
                done.set()

        async def task(who: int) -> None:
            took(who, await limiter.aacquire())

        for who in range(45):
            if who % 3 == 2:
                threading.Thread(target=lambda who=who: took(who, limiter.acquire())).start()
            else:
                asyncio.run_coroutine_threadsafe(task(who), loops[who % 3])
            until(lambda who=who: limiter.snapshot().waiting == who + 1)
        order = list(range(45))
        limiter.complete(held.pop(), COUNTED)
        assert done.wait(10)
        for loop, runner in zip(loops, runners, strict=True):
            loop.call_soon_threadsafe(loop.stop)
            runner.join()
            loop.close()
        # Tickets go strictly in order; who writes its number down first among those served together may differ.
        assert [sorted(served[i : i + 5]) for i in range(1, 41, 5)] == [order[i : i + 5] for i in range(1, 41, 5)]

    @pytest.mark.parametrize("kind", ["thread", "task"])
    def test_who_comes_as_a_slot_is_free_does_not_overtake_who_waits_for_it(self, kind: str) -> None:
        clock = Clock()
        limiter = RateLimiter(MemoryStore(1, 0.5, 1.0, clock), clock=clock)
        send(limiter)
        waiter = threading.Thread(target=send, args=(limiter,), daemon=True)
        waiter.start()
        until(lambda: limiter.snapshot().waiting == 1)
        clock.now += 0.6  # the slot is free, and the waiter still asleep
        late = limiter.acquire if kind == "thread" else lambda timeout: asyncio.run(limiter.aacquire(timeout))
        with pytest.raises(WouldExceedDeadline):
            late(0.0)
        waiter.join(5)
        assert not waiter.is_alive()
        assert limiter.snapshot().in_flight == 0

    def test_a_hundred_threads_and_a_hundred_tasks_use_every_slot_once(self) -> None:
        limiter = make(50, 0.3)
        begun = time.monotonic()
        crew = [threading.Thread(target=send, args=(limiter,)) for _ in range(100)]

        async def one() -> None:
            await limiter.acomplete(await limiter.aacquire(), COUNTED)

        async def tasks() -> None:
            await asyncio.gather(*(one() for _ in range(100)))

        crew.append(threading.Thread(target=lambda: asyncio.run(tasks())))
        for member in crew:
            member.start()
        for member in crew:
            member.join(10)
        assert 0.9 < time.monotonic() - begun < 2.5
        assert limiter.snapshot().in_flight == 0


class TestInterruption:
    async def test_a_cancelled_task_leaves_the_queue_and_the_next_is_served(self) -> None:
        limiter = make(1, 60)
        held = await limiter.aacquire()
        first, second = (asyncio.create_task(limiter.aacquire()) for _ in range(2))
        await asyncio.sleep(0.01)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        limiter.complete(held, UNSENT)
        assert isinstance(await asyncio.wait_for(second, 1), Ticket)
        assert limiter.snapshot().waiting == 0

    async def test_a_task_cancelled_just_as_it_is_served_gives_its_slot_back(self) -> None:
        limiter = make(1, 60)
        held = await limiter.aacquire()
        for _ in range(20):
            waiting = asyncio.create_task(limiter.aacquire())
            await asyncio.sleep(0)
            limiter.complete(held, UNSENT)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            seen = limiter.snapshot()
            assert (seen.in_flight, seen.waiting, seen.free_now) == (0, 0, 1)
            held = limiter.acquire(0)

    async def test_cancelled_while_a_slow_store_is_asked_the_ticket_goes_back_unsent(self) -> None:
        class Slow(MemoryStore):
            blocking = True

            def try_acquire(self) -> Ticket | Wait:
                time.sleep(0.05)
                return super().try_acquire()

        limiter = RateLimiter(Slow(1, 60, 1.0, time.monotonic))
        waiting = asyncio.create_task(limiter.aacquire())
        await asyncio.sleep(0.02)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        begun = time.monotonic()
        held = await asyncio.wait_for(limiter.aacquire(), 1)
        assert time.monotonic() - begun < 0.5
        limiter.complete(held, COUNTED)

    @pytest.mark.parametrize("moment", range(6))
    def test_control_c_while_waiting_leaves_no_half_state(self, moment: int) -> None:
        clock = Clock()
        limiter = make(1, 60, clock)
        send(limiter)
        left = [moment]

        def interrupt(_seconds: float) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            clock.now += 5

        limiter._sleep = interrupt
        with pytest.raises(KeyboardInterrupt):
            limiter.acquire()
        assert limiter.snapshot().waiting == 0
        limiter._sleep = clock.sleep
        send(limiter)

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timer here")
    def test_control_c_at_any_moment_never_wedges_the_budget(self) -> None:
        def interrupt(_signal: int, _frame: object) -> None:
            raise KeyboardInterrupt

        def hammer(limiter: RateLimiter) -> None:
            signal.setitimer(signal.ITIMER_REAL, rand.uniform(50e-6, 500e-6))
            send(limiter, 10**9)

        before = signal.signal(signal.SIGALRM, interrupt)
        rand = random.Random(1)
        try:
            for _ in range(300):
                limiter = make(1_000_000, 1.0)
                with pytest.raises(KeyboardInterrupt):
                    hammer(limiter)
                assert len(limiter._queue) == 0
                send(limiter)  # at worst a slot counts as used
                assert limiter.snapshot().in_flight == 0
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def test_a_forgotten_ticket_counts_as_lost_and_does_not_wedge_the_probe(self) -> None:
        clock = Clock()
        limiter = make(2, 60, clock)
        limiter.acquire()
        gc.collect()
        begun = clock.now
        send(limiter, 2)
        assert clock.now - begun == pytest.approx(60.1, abs=6)

    def test_completing_twice_is_ignored(self) -> None:
        limiter = make(2, 60)
        ticket = limiter.acquire()
        for _ in range(3):
            limiter.complete(ticket, COUNTED)
        assert limiter.snapshot().free_now == 1

    def test_waiters_of_a_closed_or_stopped_loop_are_passed_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(driver, "LOOK", 0.05)
        limiter = make(5, 60)
        held = limiter.acquire()
        loops = [asyncio.new_event_loop() for _ in range(2)]
        tasks = [loop.create_task(limiter.aacquire()) for loop in loops]
        for loop in loops:
            loop.run_until_complete(asyncio.sleep(0.01))
        loops[0].close()
        threading.Timer(0.02, limiter.complete, (held, UNSENT)).start()
        held = limiter.acquire(timeout=5)
        limiter.complete(held, UNSENT)
        assert isinstance(loops[1].run_until_complete(tasks[1]), Ticket)
        loops[1].close()
        tasks[0]._log_destroy_pending = False  # type: ignore[attr-defined]  # no public way to say that its loop is gone


@pytest.fixture
def credential() -> str:
    return f"test-{time.monotonic_ns()}"


class TestRegistry:
    def test_all_clients_of_a_process_share_one_budget(self, credential: str) -> None:
        one = limiter_for(credential, "create")
        assert limiter_for(credential, "create", share=0.5) is one
        assert limiter_for(credential, "retry") is not one
        assert limiter_for(credential + "x", "create") is not one
        assert one.snapshot().free_now == 25 - 0

    def test_a_budget_outlives_its_clients(self, credential: str) -> None:
        send(limiter_for(credential, "create"), 3)
        gc.collect()
        assert limiter_for(credential, "create").snapshot().free_now == 47

    def test_only_idle_budgets_are_ever_forgotten(self, credential: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(registry, "PROCESS", registry.Registry())  # other tests' limiters may be busy still
        send(limiter_for(credential, "busy"))
        for i in range(3 * registry.KEEP):
            limiter_for(credential, f"idle {i}")
        assert limiter_for(credential, "busy").snapshot().free_now == 49
        assert len(registry.PROCESS.kept) <= registry.KEEP + 2

    def test_an_unknown_engine_or_share_is_refused(self, credential: str) -> None:
        with pytest.raises(ValueError, match="'memory', 'sqlite', 'redis'"):
            limiter_for(credential, "create", engine="mysql")
        with pytest.raises(ValueError, match="share"):
            limiter_for(credential, "create", share=0)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    def test_a_forked_child_starts_half_open_with_locks_of_its_own(self, credential: str) -> None:
        limiter = limiter_for(credential, "create", 5, 60.0)
        send(limiter, 4)
        held = limiter.acquire()
        waiter = threading.Thread(target=lambda: limiter.complete(limiter.acquire(), UNSENT))
        waiter.start()
        until(lambda: limiter.snapshot().waiting == 1)
        with limiter._lock, registry.PROCESS._lock:  # held by this thread, which the child's main thread is a copy of
            child = os.fork()
            if child == 0:
                try:
                    seen = limiter_for(credential, "create", 5, 60.0).snapshot()
                    ok = (seen.free_now, seen.in_flight, seen.waiting) == (5, 0, 0)
                    probe = limiter.acquire(1)
                    try:
                        limiter.acquire(0)
                    except WouldExceedDeadline:
                        pass
                    else:
                        ok = False
                    limiter.complete(probe, COUNTED)
                    send(limiter, 2)
                    os._exit(0 if ok else 1)
                finally:
                    os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert limiter.snapshot().in_flight == 1
        limiter.complete(held, UNSENT)
        waiter.join(2)
        assert not waiter.is_alive()


def test_a_stranger_on_the_credential_is_told_once_in_ten_windows(caplog: pytest.LogCaptureFixture) -> None:
    clock, told = Clock(), []
    limiter = make(50, 60, clock)
    limiter.on_foreign = told.append
    with caplog.at_level(logging.WARNING, "pandaprobe_evals.pacing"):
        for _ in range(15):
            limiter.complete(limiter.acquire(), REJECTED((50, 60.0)))
        assert 60 < clock.now - 1000 < 600
        assert len(caplog.records) == len(told) == 1
        assert "share=0.7" in caplog.text
        clock.now += 600
        limiter.complete(limiter.acquire(), REJECTED((50, 60.0)))
        assert len(caplog.records) == 2


@pytest.mark.parametrize(
    "limits",
    [[None] * 12, [(20, 60.0)] * 12, [(20, 60.0), None] * 6, [(20, 60.0), (50, 60.0)] * 6],
    ids=["no limit is read", "a lower one", "a lower one or none", "one and the other"],
)
def test_nobody_else_is_blamed_for_a_429_that_may_be_for_what_was_sent_here(
    caplog: pytest.LogCaptureFixture, limits: list[tuple[int, float] | None]
) -> None:
    clock = Clock()
    limiter = make(50, 60, clock)
    with caplog.at_level(logging.WARNING, "pandaprobe_evals.pacing"):
        for limit in limits:
            for _ in range(2):
                limiter.complete(limiter.acquire(), COUNTED)
            limiter.complete(limiter.acquire(), REJECTED(limit))
    assert caplog.records == []
