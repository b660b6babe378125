"""What sqlite and redis promise: one core for many processes, and never a request lost when the store is out of order."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pandaprobe_evals.extras import install
from pandaprobe_evals.pacing import (
    COUNTED,
    LOST,
    REJECTED,
    UNSENT,
    Core,
    Outcome,
    RateLimiter,
    Ticket,
    Wait,
    stores,
)
from pandaprobe_evals.pacing import redis as redis_module
from pandaprobe_evals.pacing import sqlite as sqlite_module
from pandaprobe_evals.pacing.redis import RedisStore
from pandaprobe_evals.pacing.sqlite import SqliteStore
from pandaprobe_evals.pacing.stores import Reply, Shared, SharedStore

from tests.pacing.limiters import limiter_for
from tests.pacing.simulated import Client, FixedWindow, World

W, LIMIT = 60.0, 50


class OnClock:
    """An engine's state with the core's interface, so that the simulation can drive it."""

    def __init__(self, shared: Shared, world: World, set_clock: Callable[[float], None]) -> None:
        self.shared, self.world, self.set_clock = shared, world, set_clock

    def try_acquire(self, now: float) -> Ticket | Wait:
        self.set_clock(now)
        got = self.shared.try_acquire(1.0).got
        assert got is not None
        return got.shifted(now) if isinstance(got, Wait) else got

    def complete(self, ticket: Ticket, now: float, outcome: Outcome) -> None:
        self.set_clock(now)
        self.shared.complete(ticket, outcome, 0.0, 1.0)


@pytest.fixture(params=["sqlite", "redis"])
def opener(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Opens the same state again and again, on a clock that the test sets."""
    if request.param == "sqlite":
        clock = [0.0]
        monkeypatch.setattr(sqlite_module, "boot_clock", lambda: clock[0])

        def set_clock(now: float) -> None:
            clock[0] = now

        files = []

        def opened() -> Shared:
            files.append(SqliteStore(tmp_path).open("c", "o", LIMIT, W))
            return files[-1]

        yield opened, set_clock
        for file in files:
            file.close()
    else:
        server = request.getfixturevalue("redis_server")
        engine = RedisStore(server.url)

        def set_clock(now: float) -> None:
            engine.client.mset({"test:s": int(1e6 + now), "test:us": round((now % 1) * 1e6)})

        set_clock(0)
        yield lambda: on_fake_time(engine.open("c", "o", LIMIT, W)), set_clock
        engine.client.close()


def on_fake_time(state):
    state._script = state._script.replace("redis.call('TIME')", "redis.call('MGET', 'test:s', 'test:us')")
    state._sha = redis_module.sha1(state._script.encode()).hexdigest()
    state._jump = lambda asked, clock: 0.0
    return state


def test_four_instances_on_one_store_never_earn_a_429(opener) -> None:
    opened, set_clock = opener
    rand, world = random.Random(3), World()
    server = FixedWindow(world, LIMIT, W, drift=500e-6, rand=rand)
    clients = [
        Client(world, server, OnClock(opened(), world, set_clock), latency=lambda: rand.uniform(0.01, 0.2), rand=rand)
        for _ in range(4)
    ]
    for client in clients:
        client.poll = 0.25
        client.submit(75)
    world.run()
    took = server.accepted[-1][0] - server.accepted[0][0]
    assert server.rejected == []
    assert [client.done for client in clients] == [75] * 4
    assert (300 / LIMIT - 1) * W / took >= 0.985


def test_a_restart_inside_a_used_window_wastes_nothing(opener) -> None:
    opened, set_clock = opener
    rand, world = random.Random(4), World()
    server = FixedWindow(world, LIMIT, W, rand=rand)

    def run() -> Client:
        state = OnClock(opened(), world, set_clock)
        return Client(world, server, state, latency=lambda: rand.uniform(0.01, 0.2), rand=rand)

    before = run()
    before.submit(50)
    world.run()
    assert before.done == 50
    after = run()
    world.at(world.now + 10, lambda: after.submit(60))
    world.run()
    assert (after.done, server.rejected) == (60, [])


@pytest.mark.parametrize("seed", range(4))
def test_the_lua_core_and_the_python_core_are_one(redis_server, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(redis_module.random, "random", lambda: 0.5)
    engine = RedisStore(redis_server.url, lease=40)
    state = on_fake_time(engine.open("c", "o", 12, W))
    core = Core(12, W, lease=40, rand=lambda: 0.5)
    rand, now = random.Random(seed), 0.0
    out: list[tuple[Ticket, Ticket]] = []
    granted = 0
    for _ in range(500):
        now = round(now + rand.choice([0, 0.001, 0.1, 1, 5, 20, 61]) * rand.random(), 6)
        engine.client.mset({"test:s": int(now), "test:us": round((now - int(now)) * 1e6)})
        if out and rand.random() < 0.45:
            a, b = out.pop(rand.randrange(len(out)))
            outcome = rand.choice([COUNTED] * 6 + [LOST, UNSENT, REJECTED((12, 60.0)), REJECTED((9, 60.0))])
            age = rand.choice([0.0, 0.0, 0.25])
            core.complete(a, now - age, outcome)
            mine, theirs = core.snapshot(now), state.complete(b, outcome, age, 1.0).snapshot
            now_free = (mine.free_now, mine.in_flight, mine.limit, mine.foreign)
            assert (theirs.free_now, theirs.in_flight, theirs.limit, theirs.foreign) == now_free
        else:
            one, reply = core.try_acquire(now), state.try_acquire(1.0)
            assert type(one) is type(reply.got)
            if isinstance(one, Ticket):
                granted += 1
                out.append((one, reply.got))
                assert (one.serial, one.epoch) == (reply.got.serial, reply.got.epoch)
            else:
                assert one.reason == reply.got.reason
                assert (one.until is None) == (reply.got.until is None)
                theirs = reply.got.shifted(now)
                assert theirs.until == pytest.approx(one.until, abs=1e-4)
                assert theirs.opens == pytest.approx(one.opens, abs=1e-4)
    assert granted > 60
    engine.client.close()


class TestSqlite:
    def test_the_directory_is_the_user_s_alone_and_the_file_names_nobody(self, tmp_path: Path) -> None:
        file = SqliteStore(tmp_path / "state").open("credential", "create", 50, 60)
        file.try_acquire(1.0)
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
        assert not [path for path in (tmp_path / "state").iterdir() if "credential" in path.name]
        file.close()

    def killed_with_a_ticket(self, directory: Path, lease: float) -> None:
        code = (
            "import os, signal, sys; from pandaprobe_evals.pacing.sqlite import SqliteStore\n"
            f"f = SqliteStore(sys.argv[1], lease={lease}).open('c', 'o', 1, 0.2); f.try_acquire(1.0)\n"
            "os.kill(os.getpid(), signal.SIGKILL)"
        )
        killed = subprocess.run([sys.executable, "-c", code, str(directory)], check=False)
        assert killed.returncode == -signal.SIGKILL

    @pytest.mark.parametrize(("lease", "seen"), [(1000.0, True), (0.3, False)])
    def test_a_killed_holder_s_slot_is_used_until_a_window_after_it_is_missed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lease: float, seen: bool
    ) -> None:
        """It is missed at once where processes can be looked for, else when its lease is over."""
        self.killed_with_a_ticket(tmp_path, lease)
        if not seen:
            monkeypatch.setattr(sqlite_module, "_holder", lambda: "another container/1")
        file = SqliteStore(tmp_path, lease=lease).open("c", "o", 1, 0.2)
        begun = time.monotonic()
        assert isinstance(file.try_acquire(1.0).got, Wait)
        while not isinstance(file.try_acquire(1.0).got, Ticket):
            assert time.monotonic() - begun < 3
            time.sleep(0.01)
        assert time.monotonic() - begun >= 0.2  # the request may have been sent
        file.close()

    def test_what_living_processes_have_under_way_is_left_to_them(self, tmp_path: Path) -> None:
        first, second = (SqliteStore(tmp_path).open("c", "o", 2, 0.2) for _ in range(2))
        held = first.try_acquire(1.0).got
        assert isinstance(held, Ticket)
        assert isinstance(second.try_acquire(1.0).got, Wait)  # the first request flies alone
        first.complete(held, COUNTED, 0.0, 1.0)
        assert isinstance(second.try_acquire(1.0).got, Ticket)
        first.close()
        second.close()

    @pytest.mark.parametrize("trouble", ["locked", "corrupt", "deleted", "no directory", "from the future"])
    def test_a_file_in_trouble_loses_nothing_and_blocks_nobody(
        self, tmp_path: Path, trouble: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(stores, "RETRY", 0.2)
        if trouble == "no directory":
            (tmp_path / "file").write_text("in the way")
            tmp_path /= "file"
        engine = SqliteStore(tmp_path)
        shared = SharedStore(file := engine.open("c", "o", 5, 60.0), 5, 60.0, 1.0, time.monotonic)
        limiter = RateLimiter(shared)
        for _ in range(2):
            limiter.complete(limiter.acquire(1), COUNTED)
        path = file._path
        other = None
        if trouble == "locked":
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
        elif trouble == "corrupt":
            file.close()
            path.write_bytes(b"this is no database" * 1000)
            for wal in path.parent.glob("*-*"):
                wal.unlink()
        elif trouble == "deleted":
            for any_file in path.parent.iterdir():
                any_file.unlink()
        elif trouble == "from the future":
            monkeypatch.setattr(sqlite_module, "boot_clock", lambda: time.monotonic() - 1e6)
        begun = time.monotonic()
        limiter.complete(limiter.acquire(1), COUNTED)
        assert time.monotonic() - begun < 1
        if other:
            assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1
            assert shared._down_until is not None
            other.close()
        time.sleep(0.25)
        limiter.complete(limiter.acquire(1), COUNTED)
        limiter.complete(limiter.acquire(1), COUNTED)
        with pytest.raises(Exception, match="reopens"):  # five were sent, whatever happened to the file
            limiter.acquire(5)
        if trouble != "no directory":
            assert shared._down_until is None
        file.close()

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
    def test_a_forked_child_goes_on_counting_in_the_same_file(self, tmp_path: Path, capfd) -> None:
        limiter = limiter_for("c", "o", 5, 60.0, engine=SqliteStore(tmp_path))
        limiter.complete(limiter.acquire(), COUNTED)
        child = os.fork()
        if child == 0:
            try:
                limiter.complete(limiter.acquire(1), COUNTED)
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        limiter.complete(limiter.acquire(1), COUNTED)
        assert limiter.snapshot().free_now == 2
        assert capfd.readouterr().err == ""  # as Python writes there of what a hook of a fork raises


class TestFallback:
    """With a store that does what the test says."""

    class Fickle:
        def __init__(self) -> None:
            self.core, self.ok, self.asked, self.clock = Core(5, 60.0, name="one"), True, 0, lambda: 0.0

        def _reply(self, act) -> Reply:
            self.asked += 1
            if not self.ok:
                raise OSError("no space left on device")
            got = act(now := self.clock())
            got = got.shifted(-now) if isinstance(got, Wait) else got
            return Reply(got, self.core.snapshot(now), self.core.name)

        def try_acquire(self, share: float) -> Reply:
            return self._reply(self.core.try_acquire)

        def complete(self, ticket: Ticket, outcome: Outcome, age: float, share: float) -> Reply:
            return self._reply(lambda now: self.core.complete(ticket, now - age, outcome))

        def check(self) -> None:
            self._reply(lambda now: None)

        def forked(self) -> None: ...

    @pytest.fixture
    def scene(self) -> tuple[Fickle, SharedStore, list[float]]:
        now = [1000.0]
        fickle = self.Fickle()
        fickle.clock = lambda: now[0]
        return fickle, SharedStore(fickle, 5, 60.0, 1.0, fickle.clock), now

    @staticmethod
    def send(store: SharedStore, now: list[float], times: int = 1) -> None:
        for _ in range(times):
            now[0] += 0.01
            got = store.try_acquire()
            assert isinstance(got, Ticket), got
            store.complete(got, COUNTED)

    def test_the_memory_knows_what_was_sent_through_the_store(self, scene, caplog) -> None:
        fickle, store, now = scene
        self.send(store, now, 3)
        fickle.ok = False
        self.send(store, now, 2)
        assert isinstance(store.try_acquire(), Wait)
        assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1

    def test_a_failed_store_is_not_asked_again_for_a_while(self, scene) -> None:
        fickle, store, now = scene
        fickle.ok = False
        self.send(store, now, 5)
        assert fickle.asked == 1

    def test_a_store_that_is_back_is_told_what_was_sent_without_it(self, scene) -> None:
        fickle, store, now = scene
        self.send(store, now, 1)
        fickle.ok = False
        self.send(store, now, 2)
        fickle.ok = True
        now[0] += 5
        self.send(store, now, 2)
        assert store._down_until is None
        assert len(fickle.core.used) == 5
        assert isinstance(store.try_acquire(), Wait)

    def test_a_store_that_lost_its_data_is_told_all_that_this_process_sent(self, scene, caplog) -> None:
        fickle, store, now = scene
        self.send(store, now, 4)
        fickle.core = Core(5, 60.0, name="two")
        self.send(store, now)
        assert len(fickle.core.used) == 5
        assert isinstance(store.try_acquire(), Wait)
        assert "lost its data" in caplog.text

    def test_tickets_still_out_when_the_store_returns_are_charged_twice_rather_than_not_at_all(self, scene) -> None:
        fickle, store, now = scene
        self.send(store, now)
        fickle.ok = False
        out = store.try_acquire()
        fickle.ok = True
        now[0] += 5
        self.send(store, now)
        assert len(fickle.core.used) == 3
        store.complete(out, COUNTED)
        assert len(fickle.core.used) == 4

    def test_a_ticket_from_before_the_failure_completes_after_it(self, scene) -> None:
        fickle, store, now = scene
        self.send(store, now)
        held = store.try_acquire()
        fickle.ok = False
        store.complete(held, COUNTED)
        fickle.ok = True
        now[0] += 5
        self.send(store, now)
        assert (len(fickle.core.used), fickle.core.inflight) == (3, {})


class TestRedis:
    def test_without_redis_py_the_message_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "redis", None)
        with pytest.raises(ImportError, match=re.escape(install("shared"))):
            RedisStore()

    def test_an_unknown_script_is_sent_again(self, redis_server) -> None:
        engine = RedisStore(redis_server.url)
        state = engine.open("c", "o", 5, 60.0)
        for _ in range(3):
            engine.client.script_flush()
            reply = state.try_acquire(1.0)
            assert isinstance(reply.got, Ticket)
            state.complete(reply.got, COUNTED, 0.0, 1.0)
        engine.client.close()

    def test_the_state_does_not_outlive_its_use(self, redis_server) -> None:
        engine = RedisStore(redis_server.url)
        engine.open("c", "o", 5, 60.0).try_acquire(1.0)
        (key,) = engine.client.keys("pandaprobe-evals:pacing:*")
        assert 60_000 < engine.client.pttl(key) <= 12 * 60_000 + 60_000
        engine.client.close()

    def test_a_clock_set_back_takes_the_state_with_it(self, redis_server) -> None:
        engine = RedisStore(redis_server.url)
        state = on_fake_time(engine.open("c", "o", 1, 60.0))
        engine.client.mset({"test:s": 10_000, "test:us": 0})
        state.complete(state.try_acquire(1.0).got, COUNTED, 0.0, 1.0)
        engine.client.mset({"test:s": 5_000, "test:us": 0})
        assert state.try_acquire(1.0).got.until == pytest.approx(60.1)
        engine.client.close()

    def test_a_clock_set_back_frees_no_slot_too_early(self, redis_server) -> None:
        engine = RedisStore(redis_server.url)
        state = on_fake_time(engine.open("c", "o", 3, 60.0))

        def may_create(clock: float) -> bool:
            us = round(clock * 1e6)
            engine.client.mset({"test:s": us // 1_000_000, "test:us": us % 1_000_000})
            if isinstance(got := state.try_acquire(1.0).got, Wait):
                return False
            state.complete(got, COUNTED, 0.0, 1.0)
            return True

        assert may_create(1000)  # second 0: the service opens a window that lasts until 60
        assert may_create(990)  # second 50: set back by a minute, of which only ten seconds show
        assert may_create(1001)  # second 61: the service opens the next window, until 121
        assert [may_create(1050.2) for _ in range(3)] == [True, True, False]  # second 110.2
        engine.client.close()

    def test_a_clock_that_runs_ahead_is_not_trusted_for_a_window(self, redis_server, caplog) -> None:
        engine = RedisStore(redis_server.url)
        state = engine.open("c", "o", 5, 2.0)
        state._script = state._script.replace(
            "redis.call('TIME')", "redis.call('TIME'); time[1] = time[1] + (redis.call('GET', 'test:ahead') or 0)"
        )
        state._sha = redis_module.sha1(state._script.encode()).hexdigest()
        shared = SharedStore(state, 5, 2.0, 1.0, time.monotonic)
        limiter = RateLimiter(shared)
        for _ in range(5):
            limiter.complete(limiter.acquire(0.5), COUNTED)
        engine.client.set("test:ahead", "1.9")
        begun = time.monotonic()
        limiter.complete(limiter.acquire(5), COUNTED)
        assert 1.8 < time.monotonic() - begun < 2.5  # not 0.1, as its clock would have it
        assert "jumped 1.9 s ahead" in caplog.text
        engine.client.close()

    async def test_a_frozen_server_does_not_block_the_loop_and_an_acquire_for_less_than_a_second(
        self, redis_server
    ) -> None:
        limiter = limiter_for(f"frozen-{time.time()}", "o", 50, 60.0, engine=RedisStore(redis_server.url))
        await limiter.acomplete(await limiter.aacquire(1), COUNTED)
        longest, stop = [0.0], asyncio.Event()

        async def heartbeat() -> None:
            while not stop.is_set():
                begun = time.monotonic()
                await asyncio.sleep(0.005)
                longest[0] = max(longest[0], time.monotonic() - begun)

        beat = asyncio.create_task(heartbeat())
        redis_server.process.send_signal(signal.SIGSTOP)
        try:
            begun = time.monotonic()
            for _ in range(5):
                await limiter.acomplete(await limiter.aacquire(2), COUNTED)
            assert time.monotonic() - begun < 1
        finally:
            redis_server.process.send_signal(signal.SIGCONT)
        stop.set()
        await beat
        assert longest[0] < 0.2
