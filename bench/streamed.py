"""(k) The scores of one run: all at once, and page by page, several pages at a time, blocking and by asyncio.

Each figure comes from a fresh process, `python -m bench.streamed WAY PAGES_AT_ONCE URL`; its peak is the kernel's, over that
of an interpreter that imports nothing. The service is `bench.scored`, which has every score ready as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from .machine import Helper, ready
from .scored import READY, run_id
from .sizes import memory
from .tables import Row, Section, median

PAGE = 200  # scores, the service's largest
WAYS = (("all at once", 1), ("by pages", 1), ("by pages", 8), ("by asyncio", 8))


class Stopwatch:
    """When the first score was there, and how many came."""

    def __init__(self) -> None:
        self._began, self._used = time.perf_counter(), time.process_time()
        self.first, self.count = 0.0, 0

    def take(self, _: Any) -> None:
        """Another score."""
        self.first = self.first or time.perf_counter() - self._began
        self.count += 1

    def over(self) -> Row:
        """What it took."""
        seconds, cpu = time.perf_counter() - self._began, time.process_time() - self._used
        return {"first": self.first, "seconds": seconds, "cpu": cpu, "scores": self.count, "peak": memory("VmHWM")}


def child(way: str, at_once: int, url: str) -> Row:
    """In a fresh process: read the scores of a run, and look at the clock and the memory."""
    if way == "nothing":
        ready()
        return {"peak": memory("VmHWM")}
    if way == "by asyncio":
        return asyncio.run(_by_asyncio(at_once, url))
    from pandaprobe_evals import ApiKey, PandaProbe

    with PandaProbe(ApiKey("sk_pp_bench", "bench"), base_url=url) as panda, panda.recording() as requests:
        panda.session_metrics.list()  # connected, and everything imported
        ready()
        requests.clear()
        watch = Stopwatch()
        if way == "all at once":
            every: Any = panda.session_runs.scores(run_id(0))
        else:
            every = panda.session_scores.list(eval_run_id=run_id(0), page_size=PAGE, pages_at_once=at_once)
        for score in every:
            watch.take(score)
        return {**watch.over(), "requests": len(requests)}


async def _by_asyncio(at_once: int, url: str) -> Row:
    from pandaprobe_evals import ApiKey, AsyncPandaProbe

    async with AsyncPandaProbe(ApiKey("sk_pp_bench", "bench"), base_url=url) as panda:
        with panda.recording() as requests:
            await panda.session_metrics.list()
            ready()
            requests.clear()
            watch = Stopwatch()
            async for score in panda.session_scores.list(eval_run_id=run_id(0), page_size=PAGE, pages_at_once=at_once):
                watch.take(score)
            return {**watch.over(), "requests": len(requests)}


def _measured(way: str, at_once: int, url: str) -> Row:
    with Helper("bench.streamed", way, at_once, url) as helper:
        helper.line()
        helper.go()
        found: Row = helper.answer()
        return found


def run(*, quick: bool) -> Section:
    """Measure."""
    sizes, times = ((10_000, 40_000), 1) if quick else ((READY // 10, READY), 3)
    section = Section(
        f"(k) the scores of one run, by pages of {PAGE}",
        [f"medians of {times}; peak MiB: over an interpreter that imports nothing"],
    )
    bare = _measured("nothing", 0, "")["peak"]
    for sessions in sizes:
        with Helper("bench.scored", 1, sessions, 1) as server:
            url = server.line().partition("ENDPOINT=")[2]
            for way, at_once in WAYS:
                found = [_measured(way, at_once, url) for _ in range(times)]
                assert all(one["scores"] == sessions for one in found)
                section.rows.append(_row(way, at_once, found, bare))
    for few, many in zip(section.rows[: len(WAYS)], section.rows[len(WAYS) :], strict=True):
        if few["way"] != "all at once":
            named = f"{few['way']}, {few['pages at once']} at once"
            ratio = many["peak MiB"] / few["peak MiB"]
            section.bar(f"{named}: peak of {sizes[1]:,} / of {sizes[0]:,}", measured=round(ratio, 2), at_most=1.2)
            part = many["s to the first"] / section.rows[len(WAYS)]["s to the first"]
            section.bar(f"{named}: first score / where all come at once", measured=round(part, 4), at_most=0.05)
    return section


def _row(way: str, at_once: int, found: list[Row], bare: float) -> Row:
    middle = {name: median([one[name] for one in found]) for name in ("first", "seconds", "cpu", "peak")}
    return {
        "way": way,
        "pages at once": at_once,
        "scores": found[0]["scores"],
        "requests": found[0]["requests"],
        "s to the first": round(middle["first"], 4),
        "s": round(middle["seconds"], 2),
        "cpu s": round(middle["cpu"], 2),
        "peak MiB": round(middle["peak"] - bare, 1),
    }


if __name__ == "__main__":
    print(json.dumps(child(sys.argv[1], int(sys.argv[2]), sys.argv[3])), flush=True)
