"""One process that sends creates in (a): `python -m bench.senders JSON`, where the JSON is a `Job`.

It says `ready`, is told to go, and answers with how many creates were made and how many were given up. Eight workers,
threads or tasks, take the creates one by one. Peers send the same body with the tools that their authors recommend; what
is rejected goes back to the tool until it gives up. Their waiting constants are scaled as the window is (3 s for 60 s):
unscaled, their first waits would be longer than a window.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .machine import BATCH, METRICS, rate_limit, ready
from .service import STRANGER

WORKERS = 8
BOUND = 60.0
"""Seconds after which a worker takes no more creates."""


@dataclass
class Job:
    """What to send, and by what means."""

    means: str
    url: str
    key: str
    creates: int
    store: str = "memory"
    where: str = ""
    share: float = 1.0

    @property
    def limit(self) -> tuple[int, float]:
        """Requests and seconds, as the credential says."""
        _, requests, seconds = self.key.rsplit("-", 2)
        return int(requests), float(seconds)

    @property
    def scale(self) -> float:
        """How much shorter the window is than the service's."""
        return self.limit[1] / 60.0

    def headers(self) -> dict[str, str]:
        """The credentials."""
        return {"X-API-Key": self.key, "X-Project-Name": "bench"}


class GaveUp(Exception):
    """The means tried as often as it does."""


class Rejected(Exception):
    """A 429."""


Create = Callable[[int], object]
AsyncCreate = Callable[[int], Awaitable[object]]


def body(index: int) -> dict[str, Any]:
    """What a peer sends."""
    return {"session_ids": [f"session-{index}"], "metrics": METRICS}


# ----------------------------------------------------------------------------------------------------------- workers


def by_threads(create: Create, job: Job) -> dict[str, int]:
    """Eight threads."""
    jobs, lock, done = iter(range(job.creates)), threading.Lock(), {"made": 0, "given_up": 0}
    until = time.monotonic() + BOUND

    def work() -> None:
        while time.monotonic() < until:
            with lock:
                index = next(jobs, None)
            if index is None:
                return
            try:
                create(index)
            except GaveUp:
                with lock:
                    done["given_up"] += 1
            else:
                with lock:
                    done["made"] += 1

    crew = [threading.Thread(target=work, daemon=True) for _ in range(WORKERS)]
    for one in crew:
        one.start()
    for one in crew:
        one.join(BOUND + 60)
    return done


async def by_tasks(create: AsyncCreate, job: Job) -> dict[str, int]:
    """Eight tasks."""
    jobs, done = iter(range(job.creates)), {"made": 0, "given_up": 0}
    until = time.monotonic() + BOUND

    async def work() -> None:
        while time.monotonic() < until:
            index = next(jobs, None)
            if index is None:
                return
            try:
                await create(index)
            except GaveUp:
                done["given_up"] += 1
            else:
                done["made"] += 1

    async with asyncio.timeout(BOUND + 60):
        await asyncio.gather(*(work() for _ in range(WORKERS)))
    return done


# -------------------------------------------------------------------------------------------------------------- ours


def _options(job: Job) -> dict[str, Any]:
    from pandaprobe_evals import ApiKey
    from pandaprobe_evals.pacing.redis import RedisStore
    from pandaprobe_evals.pacing.sqlite import SqliteStore

    logging.getLogger("pandaprobe_evals").addHandler(logging.NullHandler())
    rate_limit(*job.limit)
    stores: dict[str, Callable[[], Any]] = {
        "memory": lambda: "memory",
        "sqlite": lambda: SqliteStore(job.where),
        "redis": lambda: RedisStore(job.where),
    }
    return {
        "auth": ApiKey(job.key, "bench"),
        "base_url": job.url,
        "pacing": stores[job.store](),
        "share": job.share,
        "deadline": BOUND,
    }


def ours(job: Job) -> dict[str, int]:
    """The client by eight threads."""
    from pandaprobe_evals import PandaProbe, PandaProbeError

    with PandaProbe(**_options(job)) as panda:

        def create(index: int) -> None:
            try:
                panda.session_runs.create_batch(session_ids=[f"session-{index}"], metrics=METRICS)
            except PandaProbeError as error:
                raise GaveUp from error

        ready()
        return by_threads(create, job)


async def ours_async(job: Job) -> dict[str, int]:
    """The client by eight tasks."""
    from pandaprobe_evals import AsyncPandaProbe, PandaProbeError

    async with AsyncPandaProbe(**_options(job)) as panda:

        async def create(index: int) -> None:
            try:
                await panda.session_runs.create_batch(session_ids=[f"session-{index}"], metrics=METRICS)
            except PandaProbeError as error:
                raise GaveUp from error

        ready()
        return await by_tasks(create, job)


# ------------------------------------------------------------------------------------------------------------- peers


def _client(job: Job, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    return httpx.Client(base_url=job.url, headers=job.headers(), timeout=30.0, trust_env=False, transport=transport)


def _post(client: httpx.Client, index: int) -> None:
    if client.post(BATCH, json=body(index)).status_code == 429:
        raise Rejected


def openai_style(job: Job, retries: int) -> dict[str, int]:
    """The openai package itself, with its waits of 0.5 to 8 s."""
    import openai
    from openai import _base_client

    _base_client.INITIAL_RETRY_DELAY *= job.scale  # type: ignore[misc]
    _base_client.MAX_RETRY_DELAY *= job.scale  # type: ignore[misc]
    client = openai.OpenAI(base_url=job.url, api_key=job.key, max_retries=retries)

    def create(index: int) -> None:
        try:
            client.post(BATCH, cast_to=object, body=body(index))
        except openai.RateLimitError as error:
            raise GaveUp from error

    ready()
    return by_threads(create, job)


def tenacity(job: Job) -> dict[str, int]:
    """Tenacity without an end, with the waits of OpenAI's cookbook: random, exponential, 1 to 60 s."""
    from tenacity import Retrying, retry_if_exception_type, wait_random_exponential

    client = _client(job)

    def create(index: int) -> None:
        wait = wait_random_exponential(min=1 * job.scale, max=60 * job.scale, multiplier=job.scale)
        Retrying(retry=retry_if_exception_type(Rejected), wait=wait)(_post, client, index)

    ready()
    return by_threads(create, job)


def stamina(job: Job) -> dict[str, int]:
    """Stamina without an end, with its default waits."""
    import stamina

    client = _client(job)
    waits = {"wait_initial": 0.1 * job.scale, "wait_max": 5.0 * job.scale, "wait_jitter": 1.0 * job.scale}
    stamina.instrumentation.set_on_retry_hooks([])
    patient = stamina.retry(on=Rejected, attempts=None, timeout=None, **waits)(_post)  # type: ignore[arg-type]
    ready()
    return by_threads(lambda index: patient(client, index), job)


def httpx_retries(job: Job) -> dict[str, int]:
    """httpx-retries, tuned: many tries, waits of at most 15 s."""
    from httpx_retries import Retry, RetryTransport

    retry = Retry(
        total=1000,
        allowed_methods=["POST"],
        status_forcelist=[429],
        backoff_factor=0.5 * job.scale,
        max_backoff_wait=15.0 * job.scale,
    )
    client = _client(job, RetryTransport(transport=httpx.HTTPTransport(), retry=retry))

    def create(index: int) -> None:
        try:
            _post(client, index)
        except Rejected as error:
            raise GaveUp from error

    ready()
    return by_threads(create, job)


def _again(admit: Callable[[], object], client: httpx.Client) -> Create:
    """Send when a limiter admits it, and again as long as the service refuses it."""

    def create(index: int) -> None:
        while True:
            admit()
            try:
                return _post(client, index)
            except Rejected:
                pass

    return create


def pyrate_limiter(job: Job) -> dict[str, int]:
    """pyrate-limiter in memory, with 2 ms to spare."""
    from pyrate_limiter import Limiter, Rate

    limiter = Limiter(Rate(job.limit[0], int(job.limit[1] * 1000)), buffer_ms=2)
    client = _client(job)
    ready()
    return by_threads(_again(lambda: limiter.try_acquire("create"), client), job)


def limits(job: Job) -> dict[str, int]:
    """Limits' moving window in memory; it has no blocking acquire, so each looks again at its reset time."""
    from limits import RateLimitItemPerSecond
    from limits.storage import MemoryStorage
    from limits.strategies import MovingWindowRateLimiter

    limiter = MovingWindowRateLimiter(MemoryStorage())
    item = RateLimitItemPerSecond(job.limit[0], int(job.limit[1]))

    def admit() -> None:
        while not limiter.hit(item, "create"):
            time.sleep(max(0.002, limiter.get_window_stats(item, "create").reset_time - time.time()))

    client = _client(job)
    ready()
    return by_threads(_again(admit, client), job)


async def aiolimiter(job: Job) -> dict[str, int]:
    """Aiolimiter's leaky bucket, by tasks."""
    from aiolimiter import AsyncLimiter

    limiter = AsyncLimiter(*job.limit)
    async with httpx.AsyncClient(base_url=job.url, headers=job.headers(), timeout=30.0, trust_env=False) as client:

        async def create(index: int) -> None:
            while True:
                async with limiter:
                    answer = await client.post(BATCH, json=body(index))
                if answer.status_code != 429:
                    return

        ready()
        return await by_tasks(create, job)


async def stranger(job: Job) -> dict[str, int]:
    """Somebody else on the same credential: evenly, at most `creates` in any window, never sent again.

    At exactly `creates` a window's length, one more than that would fall into each window that it opens itself.
    """
    headers = {**job.headers(), "User-Agent": STRANGER}
    async with httpx.AsyncClient(base_url=job.url, headers=headers, timeout=30.0, trust_env=False) as client:
        ready()
        sent: list[asyncio.Task[httpx.Response]] = []
        begun, pause = time.monotonic(), job.limit[1] / (job.creates - 0.5)
        over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)  # a second line ends it
        while not over.done() and time.monotonic() < begun + BOUND:
            sent.append(asyncio.create_task(client.post(BATCH, json=body(0))))
            await asyncio.sleep(max(0.0, begun + len(sent) * pause - time.monotonic()))
        answers = await asyncio.gather(*sent)
    made = sum(answer.status_code == 202 for answer in answers)
    return {"made": made, "given_up": len(answers) - made}


MEANS: dict[str, Callable[[Job], Any]] = {
    "ours": ours,
    "ours async": ours_async,
    "openai, 2 retries": lambda job: openai_style(job, 2),
    "openai, 20 retries": lambda job: openai_style(job, 20),
    "tenacity": tenacity,
    "stamina": stamina,
    "httpx-retries": httpx_retries,
    "pyrate-limiter": pyrate_limiter,
    "limits": limits,
    "aiolimiter": aiolimiter,
    "stranger": stranger,
}


def main() -> None:
    """Send, and say what came of it."""
    job = Job(**json.loads(sys.argv[1]))
    done = MEANS[job.means](job)
    if asyncio.iscoroutine(done):
        done = asyncio.run(done)
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main()
