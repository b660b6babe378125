"""(b) What one create costs over raw httpx, over the generated client and over openai-python's POST.

All post the same body to a sandbox in another process, one after the other in short blocks whose order rotates, and parse
the answer. Each block's median is set against raw httpx's of the same round, so that a noisy machine is noisy for all. The
wall time has the server's part in it, the CPU time is this process's own.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import httpx

from .machine import BATCH, METRICS, no_rate_limit, sandbox
from .tables import Section, median, middle_half

BLOCK, WARM_UP = 20, 60
IDS = ["session-1", "session-2", "session-3"]
BODY = {"session_ids": IDS, "metrics": METRICS}
Sample = tuple[float, float]
"""Wall and CPU microseconds."""
Block = Callable[[int], Sequence[Sample]]


def _timed(call: Callable[[], object]) -> Block:
    def block(count: int) -> Sequence[Sample]:
        samples = []
        for _ in range(count):
            wall, cpu = time.perf_counter_ns(), time.process_time_ns()
            call()
            samples.append(((time.perf_counter_ns() - wall) / 1e3, (time.process_time_ns() - cpu) / 1e3))
        return samples

    return block


def _atimed(loop: asyncio.AbstractEventLoop, call: Callable[[], Awaitable[object]]) -> Block:
    async def block(count: int) -> Sequence[Sample]:
        samples = []
        for _ in range(count):
            wall, cpu = time.perf_counter_ns(), time.process_time_ns()
            await call()
            samples.append(((time.perf_counter_ns() - wall) / 1e3, (time.process_time_ns() - cpu) / 1e3))
        return samples

    return lambda count: loop.run_until_complete(block(count))


def _variants(url: str, stack: ExitStack, astack: AsyncExitStack, loop: asyncio.AbstractEventLoop) -> dict[str, Block]:
    import openai
    from pandaprobe_evals import ApiKey, AsyncPandaProbe, PandaProbe
    from pandaprobe_evals_api import Client
    from pandaprobe_evals_api.api.session_runs import create_batch_session_eval_run
    from pandaprobe_evals_api.models import CreateBatchSessionEvalRunRequest
    from pandaprobe_sandbox import API_KEY

    headers = {"X-API-Key": API_KEY, "X-Project-Name": "bench"}
    raw = stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False))
    araw = loop.run_until_complete(
        astack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False))
    )
    generated = stack.enter_context(Client(base_url=url, headers=headers))
    auth = ApiKey(API_KEY, "bench")
    panda = stack.enter_context(PandaProbe(auth, base_url=url))
    apanda = loop.run_until_complete(astack.enter_async_context(AsyncPandaProbe(auth, base_url=url)))
    other = stack.enter_context(openai.OpenAI(base_url=url, api_key="unused", default_headers=headers))

    def by_httpx() -> Any:
        return raw.post(BATCH, json=BODY).raise_for_status().json()

    async def by_async_httpx() -> Any:
        return (await araw.post(BATCH, json=BODY)).raise_for_status().json()

    def by_generated() -> Any:
        body = CreateBatchSessionEvalRunRequest(session_ids=list(IDS), metrics=list(METRICS))  # type: ignore[arg-type]
        return create_batch_session_eval_run.sync(client=generated, body=body)

    return {
        "httpx": _timed(by_httpx),
        "generated client": _timed(by_generated),
        "ours": _timed(lambda: panda.session_runs.create_batch(session_ids=IDS, metrics=METRICS)),
        "openai-python": _timed(lambda: other.post(BATCH, cast_to=object, body=BODY)),
        "httpx, asyncio": _atimed(loop, by_async_httpx),
        "ours, asyncio": _atimed(loop, lambda: apanda.session_runs.create_batch(session_ids=IDS, metrics=METRICS)),
    }


def run(*, quick: bool) -> Section:
    """Measure."""
    rounds = 10 if quick else 75
    no_rate_limit()
    samples: dict[str, list[Sequence[Sample]]] = defaultdict(list)
    loop = asyncio.new_event_loop()
    with sandbox() as url, ExitStack() as stack:
        astack = AsyncExitStack()
        stack.callback(loop.close)
        stack.callback(lambda: loop.run_until_complete(astack.aclose()))
        variants = _variants(url, stack, astack, loop)
        for block in variants.values():
            block(WARM_UP)
        order = list(variants)
        for number in range(rounds):
            for name in order[number % len(order) :] + order[: number % len(order)]:
                samples[name].append(variants[name](BLOCK))
    return _section(samples, rounds * BLOCK)


def _ratios(of: list[Sequence[Sample]], over: list[Sequence[Sample]], which: int) -> list[float]:
    def medians(blocks: list[Sequence[Sample]]) -> list[float]:
        return [median([sample[which] for sample in block]) for block in blocks]

    return [a / b for a, b in zip(medians(of), medians(over), strict=True)]


def _section(samples: dict[str, list[Sequence[Sample]]], count: int) -> Section:
    section = Section(
        f"(b) one create over loopback, median of {count:,} each, microseconds",
        ["ratios: of block medians within one round, their median (and the middle half)"],
    )
    for name, blocks in samples.items():
        base = "httpx, asyncio" if name.endswith("asyncio") else "httpx"
        wall, cpu = _ratios(blocks, samples[base], 0), _ratios(blocks, samples[base], 1)
        low, high = middle_half(wall)
        section.rows.append(
            {
                "client": name,
                "wall": round(median([sample[0] for block in blocks for sample in block])),
                "cpu": round(median([sample[1] for block in blocks for sample in block])),
                "wall / httpx": round(median(wall), 3),
                "middle half": f"{low:.2f} to {high:.2f}",
                "cpu / httpx": round(median(cpu), 3),
                "wall / openai": round(median(_ratios(blocks, samples["openai-python"], 0)), 3),
            }
        )
    rows = {row["client"]: row for row in section.rows}
    section.bar("ours / httpx, wall", measured=rows["ours"]["wall / httpx"], at_most=1.15)
    section.bar("ours / httpx, wall, asyncio", measured=rows["ours, asyncio"]["wall / httpx"], at_most=1.15)
    section.bar("ours / httpx, CPU", measured=rows["ours"]["cpu / httpx"], at_most=1.10)
    section.bar("ours / httpx, CPU, asyncio", measured=rows["ours, asyncio"]["cpu / httpx"], at_most=1.10)
    section.bar("ours / openai-python, wall", measured=rows["ours"]["wall / openai"], at_most=0.999)
    return section
