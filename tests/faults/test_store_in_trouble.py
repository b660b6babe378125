"""A Redis that dies, freezes, restarts or tells a wrong time in the middle of 200 creates loses none and doubles none."""

import itertools
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pandaprobe_evals.pacing import redis as redis_module
from pandaprobe_evals.pacing.redis import RedisStore
from pandaprobe_sandbox import Sandbox

from tests.pacing.conftest import RedisServer, need_redis

from .world import BATCH, Face, new_project, raw_list

LIMIT, SECONDS, CREATES, WORKERS = 50, 2.0, 200, 8
STALL = 1.0 + 0.5
"""Seconds that nothing may go on beyond what the window needs; half a second of it is the busy machine's."""
WASTED = 3
"""A store in trouble costs a few requests at worst. (That a sound one costs none is tested in tests/pacing.)"""


def killed(server, state):
    server.kill()


def frozen(server, state):
    server.process.send_signal(signal.SIGSTOP)


def frozen_for_a_while(server, state):
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    server.process.send_signal(signal.SIGCONT)


def restarted(server, state):
    server.kill()
    server.start()


def set_ahead(server, state):
    state._engine.client.set("test:off", "0.5")


def set_back(server, state):
    state._engine.client.set("test:off", "-0.5")


TROUBLES = [killed, frozen, frozen_for_a_while, restarted, set_ahead, set_back]


class AdjustedStore(RedisStore):
    """A server whose clock is off by the seconds that its key `test:off` says."""

    state = None

    def open(self, *args):
        if self.state is None:
            self.state = super().open(*args)
            off = "; local t = time[1] + time[2] / 1e6 + (redis.call('GET', 'test:off') or 0)"
            clock = f"redis.call('TIME'){off}; time = {{math.floor(t), math.floor((t % 1) * 1e6)}}"
            self.state._script = self.state._script.replace("redis.call('TIME')", clock)
            self.state._sha = redis_module.sha1(self.state._script.encode()).hexdigest()
            return self.state
        return super().open(*args)


def creates_in(trouble, kind, loop, sandbox, directory):
    """Make all creates with the trouble after a third of them; what the service saw of it."""
    directory.mkdir()
    server = RedisServer(directory)
    engine = AdjustedStore(server.url)
    paced = {"paced": True, "pacing": engine, "rate_limit": (LIMIT, SECONDS)}
    try:
        with sandbox.serve() as url, ThreadPoolExecutor(WORKERS) as pool:
            face = Face(kind, loop, url, project=new_project(), deadline=60, **paced)
            futures = [pool.submit(face.batch, f"s{number}") for number in range(CREATES)]
            while len(sandbox.requests) < CREATES / 3:
                time.sleep(0.01)
            trouble(server, engine.state)
            runs = [future.result() for future in futures]
            made = raw_list(face)
            face.close()
    finally:
        server.kill()
        engine.client.close()
    return runs, made, [request for request in sandbox.requests if request.operation == BATCH]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sync", pytest.param("async", marks=pytest.mark.deep)])
def test_no_create_is_lost_or_doubled_and_none_waits_long(kind, loop, tmp_path):
    need_redis()
    sandboxes = [Sandbox(rate_limit=(LIMIT, SECONDS), pending_seconds=3600) for _ in TROUBLES]
    with ThreadPoolExecutor(len(TROUBLES)) as pool:
        jobs = {
            trouble: pool.submit(creates_in, trouble, kind, loop, sandbox, tmp_path / trouble.__name__)
            for trouble, sandbox in zip(TROUBLES, sandboxes, strict=True)
        }
    for trouble, job in jobs.items():
        runs, made, requests = job.result()
        said = trouble.__name__
        assert len({run.id for run in runs}) == CREATES == len(made), said
        assert {str(run.id) for run in runs} == {run["id"] for run in made}, said
        assert not any(run.reconciled for run in runs), said
        wasted = sum(request.status == 429 for request in requests)
        assert wasted <= WASTED, said
        at = sorted(request.received_at for request in requests)
        longest = max(late - early for early, late in itertools.pairwise(at))
        assert longest <= SECONDS + STALL, said
