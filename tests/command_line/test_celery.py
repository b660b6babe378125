"""examples/celery_submit.py with a real Redis and two workers, one of which dies in the middle."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
CHUNKS = 30
LEASE = 5.0
"""Seconds until what a dead worker had taken may be taken by another, with what is set below."""


@contextmanager
def program(*words, **more):
    with subprocess.Popen([*map(str, words)], **more) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture
def redis_url(tmp_path):
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = ("--save", "", "--appendonly", "no", "--dir", tmp_path)
    with program(server, "--port", port, "--bind", "127.0.0.1", *quiet, stdout=subprocess.DEVNULL):
        for _ in range(1000):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.01)
        yield f"redis://127.0.0.1:{port}/0"


@pytest.mark.slow
@pytest.mark.once
def test_a_worker_that_is_killed_in_the_middle_leaves_every_id_in_exactly_one_run(
    redis_url, sandbox, online, session_ids, tmp_path
):
    expected = [f"s-{number}" for number in range(10 * CHUNKS)]
    (tmp_path / "ids.txt").write_text("\n".join([*expected, *expected[:20]]))
    sandbox.inject("slow", times=1000, operation="create_batch_session_eval_run", delay=0.2)
    environ = {
        **os.environ,
        "PANDAPROBE_REDIS_URL": redis_url,
        "CELERY_SUBMIT_CHUNK": "10",
        "CELERY_SUBMIT_DEADLINE": "3",
        "CELERY_SUBMIT_TIMEOUT": "1",
    }

    @contextmanager
    def worker(number):
        words = ("-A", "celery_submit", "worker", "--pool", "solo", "--hostname", f"w{number}@test", "-l", "warning")
        command = (sys.executable, "-m", "celery", *words, "--without-mingle", "--without-gossip")
        log = tmp_path / f"worker-{number}.log"
        with (
            log.open("wb") as said,
            program(*command, cwd=EXAMPLES, env=environ, stdout=said, stderr=said) as process,
        ):
            yield process

    def creates():
        return sum(request.method == "POST" for request in sandbox.requests)

    def until(reached, seconds=60):
        end = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < end, [log.read_text() for log in tmp_path.glob("worker-*.log")]
            time.sleep(0.01)

    script = (sys.executable, EXAMPLES / "celery_submit.py", "ids.txt", "job.ledger", "agent_reliability")
    with ExitStack() as stack:
        first, _second = (stack.enter_context(worker(number)) for number in (1, 2))
        submit = stack.enter_context(program(*script, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True))
        until(lambda: creates() >= CHUNKS // 3)
        first.kill()
        first.wait()
        time.sleep(LEASE)
        stack.enter_context(worker(3))  # as a supervisor does
        out, _ = submit.communicate(timeout=90)
    assert submit.returncode == 0
    assert sorted(session_ids()) == sorted(expected)
    assert sandbox.units_billed == len(expected)
    assert {json.loads(line)["chunk"] for line in out.splitlines()} == set(range(1, CHUNKS + 1))
