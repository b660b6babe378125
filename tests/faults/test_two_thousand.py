"""2,000 creates, two in five of them hit by a fault: 2,000 runs, none twice, none lost, each to whom it belongs."""

import asyncio
import collections
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pandaprobe_evals import BackoffPolicy
from pandaprobe_sandbox import Sandbox

from .world import BATCH, METRICS, Face, new_project, raw_list

FAULTS = [
    ("commit_then_drop", {}),
    ("commit_then_500", {}),
    ("late_commit", {"delay": 0.5}),
    ("slow", {"delay": 2.0}),
    ("slow", {"delay": 2.0, "commit": "after"}),
    ("truncated_body", {}),
    ("invalid_json", {}),
    ("drop_before_commit", {}),
    ("html_502", {}),
    ("html_502", {"commit": True}),
    ("html_503", {}),
    ("html_503", {"commit": True, "retry_after": "0.1"}),
]
TIMEOUT = 1.5  # many times what an answer takes, on a machine that is busy, too
# A commit may come 0.5 s after the connection broke, and 0.5 s after that time-out.
HONEST = BackoffPolicy(base=0.02, cap=0.1, settle=2.5, settle_answered=0.5, look_every=0.5)
PROJECTS = 4  # of each kind of client; lists are as long as a project is old
WORKERS = 8  # in each


def script(sandbox, count):
    """Queue what happens to the creates; how many are hit."""
    draw, hit = random.Random(5), 0
    for _ in range(count):
        if draw.random() < 0.4:
            fault, options = draw.choice(FAULTS)
            sandbox.inject(fault, operation=BATCH, **options)
            hit += 1
        else:
            sandbox.inject("pass", operation=BATCH)
    return hit


def create_all(face, count):
    """Create runs over s0, s1, ... with many under way at a time: by threads or by tasks; the runs, in that order."""
    ids = [f"s{number}" for number in range(count)]
    if face.kind == "sync":
        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(face.batch, ids))

    async def all_of_them():
        room = asyncio.Semaphore(WORKERS)

        async def one(session_id):
            async with room:
                return await face.client.session_runs.create_batch(session_ids=[session_id], metrics=METRICS)

        return await asyncio.gather(*map(one, ids))

    return face.loop.run(all_of_them())


@pytest.mark.parametrize("count", [240, pytest.param(2000, marks=[pytest.mark.slow, pytest.mark.deep])])
def test_every_create_becomes_exactly_one_run_and_gets_its_own(loop, count):
    each = count // (2 * PROJECTS)
    with Sandbox(rate_limit=None, read_limit=None, pending_seconds=3600) as sandbox, sandbox.serve() as url:
        hit = script(sandbox, count)
        faces = [
            Face(kind, loop, url, project=new_project(), backoff=HONEST, timeout=TIMEOUT, deadline=300)
            for kind in ("sync", "async") * PROJECTS
        ]
        began = time.monotonic()
        with ThreadPoolExecutor(len(faces)) as pool:
            found = list(pool.map(create_all, faces, [each] * len(faces)))
        seconds = time.monotonic() - began
        time.sleep(1.0)  # what commits late has committed, what is slow has answered
        made = [raw_list(face) for face in faces]
        for face in faces:
            face.close()
    print(f"{count} creates, {hit} hit, {len(sandbox.requests)} requests, {seconds:.1f} s")  # with -s
    assert hit >= 0.35 * count
    for runs, results in zip(made, found, strict=True):
        owner = {run["id"]: run["filters"]["session_ids"] for run in runs}
        assert len(runs) == each
        assert set(collections.Counter(map(tuple, owner.values())).values()) == {1}
        assert [owner[str(run.id)] for run in results] == [[f"s{number}"] for number in range(each)]
    assert sum(run.reconciled for runs in found for run in runs) >= 0.15 * count
