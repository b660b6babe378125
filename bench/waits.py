"""(d) How soon a wait returns after the runs completed, and what it asked and read for that.

A service in another process completes each run at a time that it tells (`completed_at`, same machine, same clock): for one
run the sandbox, for 500 `bench.scored`, which has every answer ready: the sandbox judges 12,500 sessions when the first page
of their scores is asked for. Bytes are bodies as they came over the socket. A tick is a burst of requests while runs are
running: ticks are half a second apart or more. Once all have ended, what they scored is read without a pause.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from .machine import METRICS, Helper, no_rate_limit, sandbox
from .scored import run_id
from .tables import Row, Section, median

RUNS = 500
SINGLE, MANY = 20, 25  # sessions of a run: where there is one, and where there are many
ENDS = 5  # seconds that many runs take
APART = 0.25  # seconds without a request, between two ticks


class Counted(httpx.SyncByteStream):
    """A body that is counted as it is read."""

    def __init__(self, stream: httpx.SyncByteStream, to: Meter) -> None:
        self._stream, self._to, self._sent = stream, to, time.monotonic()

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            self._to.bytes += len(part)
            yield part

    def close(self) -> None:
        """Close the stream within."""
        self._stream.close()
        self._to.spans.append((self._sent, time.monotonic()))


class Meter(httpx.HTTPTransport):
    """Httpx's transport, with an eye on what goes through."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[tuple[float, float]] = []
        self.bytes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on."""
        response = super().handle_request(request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = Counted(response.stream, self)
        return response

    def ticks(self, until: float) -> list[int]:
        """How many requests each tick made that began before then."""
        ticks: list[int] = []
        over = float("-inf")
        for begun, ended in sorted(span for span in self.spans if span[0] < until):
            if begun - over > APART:
                ticks.append(0)
            ticks[-1] += 1
            over = ended
        return ticks

    def seen(self, outcomes: Iterable[Any]) -> Row:
        """What a wait that has just returned took."""
        then = time.monotonic()
        late = _since_the_last(outcomes)
        ticks = self.ticks(then - late)
        return {
            "late": late,
            "bytes": self.bytes,
            "requests": len(self.spans),
            "ticks": len(ticks),
            "most": max(ticks, default=0),
        }


def waited(url: str, sessions: int, *, scores: bool) -> Row:
    """Create a run, wait for it, and tell what it took."""
    from pandaprobe_evals import ApiKey, PandaProbe
    from pandaprobe_sandbox import API_KEY

    meter = Meter()
    with PandaProbe(ApiKey(API_KEY, "bench"), base_url=url, transport=meter) as panda:
        ids = [f"bench-session-{place:04}" for place in range(sessions)]
        created = panda.session_runs.create_batch(session_ids=ids, metrics=METRICS)
        meter.spans.clear()
        meter.bytes = 0
        return meter.seen([panda.session_runs.wait(created.id, timeout=120, scores=scores)])


def waited_for_many(*, scores: bool) -> Row:
    """Wait for the runs of a service that ends them, and tell what it took."""
    from pandaprobe_evals import ApiKey, PandaProbe

    meter = Meter()
    with (
        Helper("bench.scored", RUNS, MANY, 1, ENDS) as server,
        PandaProbe(ApiKey("sk_pp_bench", "bench"), base_url=_address(server), transport=meter) as panda,
    ):
        outcomes = panda.session_runs.wait(map(run_id, range(RUNS)), timeout=120, scores=scores)
        found = meter.seen(outcomes)
        assert not scores or sum(len(outcome.scores or ()) for outcome in outcomes) == RUNS * MANY
        return found


def late() -> float:
    """How late a wait for many with their scores returns, by the client's own connections: a meter takes some time."""
    from pandaprobe_evals import ApiKey, PandaProbe

    with (
        Helper("bench.scored", RUNS, MANY, 1, ENDS) as server,
        PandaProbe(ApiKey("sk_pp_bench", "bench"), base_url=_address(server)) as panda,
    ):
        return _since_the_last(panda.session_runs.wait(map(run_id, range(RUNS)), timeout=120))


def late_by_asyncio() -> float:
    """The same by asyncio."""
    from pandaprobe_evals import ApiKey, AsyncPandaProbe

    async def wait(url: str) -> float:
        async with AsyncPandaProbe(ApiKey("sk_pp_bench", "bench"), base_url=url) as panda:
            return _since_the_last(await panda.session_runs.wait(map(run_id, range(RUNS)), timeout=120))

    with Helper("bench.scored", RUNS, MANY, 1, ENDS) as server:
        return asyncio.run(wait(_address(server)))


def _since_the_last(outcomes: Iterable[Any]) -> float:
    return time.time() - float(max(outcome.run.completed_at for outcome in outcomes).timestamp())


def _address(server: Helper) -> str:
    return server.line().partition("ENDPOINT=")[2]


def run(*, quick: bool) -> Section:
    """Measure."""
    singles, manies = (4, 1) if quick else (16, 3)
    no_rate_limit()
    section = Section(
        "(d) from the completion of the last run to a returned wait",
        [
            f"1 run of {SINGLE} sessions: {singles} clients",
            f"{RUNS} runs of {MANY} sessions: {manies} times with a meter, and as often without, and by asyncio; medians",
        ],
    )
    with sandbox() as url:
        for scores in (False, True):
            with ThreadPoolExecutor(4) as crew:  # each with a client, and a poll, of its own
                jobs = [crew.submit(waited, url, SINGLE, scores=scores) for _ in range(singles)]
                section.rows.append(_row(1, scores, [job.result() for job in jobs]))
    for scores in (False, True):
        section.rows.append(_row(RUNS, scores, [waited_for_many(scores=scores) for _ in range(manies)]))
    section.bar(
        "requests in one tick, at most", measured=max(row["requests a tick, most"] for row in section.rows), at_most=3
    )
    said = f"{RUNS} runs with their scores, s after completion"
    for name, wait in (("", late), (", by asyncio", late_by_asyncio)):
        section.bar(said + name, measured=round(median([wait() for _ in range(manies)]), 3), at_most=2)
    return section


def _row(runs: int, scores: bool, times: list[Row]) -> Row:
    return {
        "runs": runs,
        "scores": "read" if scores else "not read",
        "s after completion": round(median([one["late"] for one in times]), 3),
        "worst": round(max(one["late"] for one in times), 3),
        "bytes": int(median([one["bytes"] for one in times])),
        "requests": int(median([one["requests"] for one in times])),
        "ticks": int(median([one["ticks"] for one in times])),
        "requests a tick, most": max(one["most"] for one in times),
    }
