"""(f) What a run costs by its number of session ids, since every answer about it carries all of them back.

Ids are UUIDs. Each size has a fresh process, with a sandbox in another; MiB is what its creates and reads added to its
memory. What follows for a million ids is reckoned: runs, and the minutes that the rate limit takes.
`python -m bench.chunks IDS TIMES URL KEY` is such a process.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
import uuid
from math import ceil
from typing import Any

from .machine import METRICS, Helper, no_rate_limit, ready, sandbox
from .sizes import memory
from .tables import Row, Section, median

SIZES = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
MILLION = 1_000_000


def child(size: int, times: int, url: str, key: str) -> Row:
    """In a fresh process: create and read runs of this size."""
    from pandaprobe_evals import ApiKey, PandaProbe

    no_rate_limit()
    rand = random.Random(size)  # noqa: S311  (ids, no secrets)
    panda = PandaProbe(ApiKey(key, "bench"), base_url=url)
    panda.session_metrics.list()
    ready()
    before = memory("VmRSS")
    creates, reads = [], []
    for _ in range(times):
        ids = [str(uuid.UUID(int=rand.getrandbits(128))) for _ in range(size)]
        began = time.perf_counter()
        run = panda.session_runs.create_batch(session_ids=ids, metrics=METRICS)
        creates.append(time.perf_counter() - began)
        began = time.perf_counter()
        read = panda.session_runs.get(run.id)
        reads.append(time.perf_counter() - began)
        gc.collect()  # answers are in cycles of httpx's: what is measured is one create and read, not how many wait for it
    body = len(json.dumps(read.to_dict(), separators=(",", ":")))
    return {"create": median(creates), "read": median(reads), "bytes": body, "added": memory("VmHWM") - before}


def run(*, quick: bool) -> Section:
    """Measure."""
    from pandaprobe_sandbox import API_KEY

    section = Section("(f) what a run costs by its number of ids")
    with sandbox() as url:
        for size in SIZES:
            with Helper("bench.chunks", size, 3 if quick else 15, url, API_KEY) as helper:
                helper.line()
                helper.go()
                section.rows.append(_row(size, helper.answer()))
    return section


def _row(size: int, measured: dict[str, Any]) -> Row:
    runs = ceil(MILLION / size)
    return {
        "ids in a run": size,
        "create ms": round(measured["create"] * 1e3, 1),
        "read ms": round(measured["read"] * 1e3, 1),
        "KiB each way": round(measured["bytes"] / 1024),
        "MiB added": round(measured["added"], 1),
        "runs for 1,000,000": runs,
        "minutes of rate limit": ceil(runs / 50) - 1,
    }


if __name__ == "__main__":
    print(json.dumps(child(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])), flush=True)
