"""(e) Ids per second and memory, for creates of 1, 1,000 and 100,000 session ids, beside raw httpx.

Each figure comes from a fresh process with a sandbox in another: its peak is the kernel's (VmHWM), over that of an
interpreter that imports nothing. `python -m bench.sizes CLIENT IDS TIMES URL KEY` is such a process; `CLIENT` `nothing`
only looks at itself.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .machine import BATCH, METRICS, Helper, no_rate_limit, ready, sandbox
from .tables import Row, Section, median

CLIENTS = ("httpx", "ours")


def memory(field: str) -> float:
    """MiB of this process, by the kernel's name for them; VmHWM is the peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{field}:")).split()[1]) / 1024


def _create(client: str, ids: list[str], url: str, key: str) -> Callable[[], Any]:
    if client == "ours":
        from pandaprobe_evals import ApiKey, PandaProbe

        no_rate_limit()
        panda = PandaProbe(ApiKey(key, "bench"), base_url=url)
        return lambda: panda.session_runs.create_batch(session_ids=ids, metrics=METRICS)

    import httpx

    headers = {"X-API-Key": key, "X-Project-Name": "bench"}
    raw = httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)
    return lambda: raw.post(BATCH, json={"session_ids": ids, "metrics": METRICS}).raise_for_status().json()


def child(client: str, size: int, times: int, url: str, key: str) -> Row:
    """In a fresh process: make creates, and look at the clock and the memory."""
    if client == "nothing":
        ready()
        return {"rss": memory("VmRSS")}
    ids = [f"session-{index:08}" for index in range(size)]
    create = _create(client, ids, url, key)
    ready()
    before = memory("VmRSS")
    seconds, cpu = [], []
    for _ in range(times):
        began, used = time.perf_counter(), time.process_time()
        create()
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    return {"before": before, "peak": memory("VmHWM"), "seconds": median(seconds), "cpu": median(cpu)}


def run(*, quick: bool) -> Section:
    """Measure."""
    from pandaprobe_sandbox import API_KEY

    sizes = {1: 50, 1_000: 10, 100_000: 1} if quick else {1: 300, 1_000: 60, 100_000: 5}
    section = Section(
        "(e) creates by number of ids",
        [
            "MiB: peak over a bare interpreter; and what the creates added to it, imports and the ids themselves left out"
        ],
    )
    with sandbox() as url:
        with Helper("bench.sizes", "nothing", 0, 0, url, API_KEY) as bare:
            bare.line()
            bare.go()
            floor = bare.answer()["rss"]
        for size, times in sizes.items():
            for client in CLIENTS:
                with Helper("bench.sizes", client, size, times, url, API_KEY) as helper:
                    helper.line()
                    helper.go()
                    section.rows.append(_row(client, size, times, helper.answer(), floor))
    return section


def _row(client: str, size: int, times: int, measured: Row, floor: float) -> Row:
    return {
        "client": client,
        "ids": size,
        "times": times,
        "ms": round(measured["seconds"] * 1e3, 2),
        "cpu ms": round(measured["cpu"] * 1e3, 2),
        "ids/s": round(size / measured["seconds"]),
        "peak MiB": round(measured["peak"] - floor, 1),
        "added MiB": round(measured["peak"] - measured["before"], 1),
    }


if __name__ == "__main__":
    name, ids, count, *where = sys.argv[1:]
    print(json.dumps(child(name, int(ids), int(count), *where)), flush=True)
