"""(d) How soon a wait returns after the runs completed, and what it asked and read for that.

The sandbox in another process completes each run at a time that it tells (`completed_at`, same machine, same clock). Bytes
are bodies as they came over the socket. A tick is a burst of requests while runs are running: ticks are half a second apart
or more. Once all have ended, what they scored is read without a pause.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx

from .machine import METRICS, no_rate_limit, sandbox
from .tables import Row, Section, median

SINGLE, MANY = 20, 25  # sessions of a run: where there is one, and where there are 500
APART = 0.25  # seconds without a request, between two ticks


class Counted(httpx.SyncByteStream):
    """A body that is counted as it is read."""

    def __init__(self, stream: httpx.SyncByteStream, to: Meter) -> None:
        self._stream, self._to = stream, to

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            self._to.bytes += len(part)
            yield part

    def close(self) -> None:
        """Close the stream within."""
        self._stream.close()
        self._to.spans.append((self._to.sent, time.monotonic()))


class Meter(httpx.HTTPTransport):
    """Httpx's transport, with an eye on what goes through."""

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[tuple[float, float]] = []
        self.bytes = 0
        self.sent = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on."""
        self.sent = time.monotonic()
        response = super().handle_request(request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = Counted(response.stream, self)
        return response

    def ticks(self, until: float) -> list[int]:
        """How many requests each tick made that began before then."""
        ticks: list[int] = []
        over = float("-inf")
        for begun, ended in (span for span in self.spans if span[0] < until):
            if begun - over > APART:
                ticks.append(0)
            ticks[-1] += 1
            over = ended
        return ticks


def waited(url: str, runs: int, sessions: int, *, scores: bool) -> Row:
    """Create runs, wait for them all, and tell what it took."""
    from pandaprobe_evals import ApiKey, PandaProbe
    from pandaprobe_sandbox import API_KEY

    meter = Meter()
    with PandaProbe(ApiKey(API_KEY, "bench"), base_url=url, transport=meter) as panda:

        def create(index: int) -> str:
            ids = [f"bench-session-{index:04}-{place:04}" for place in range(sessions)]
            return str(panda.session_runs.create_batch(session_ids=ids, metrics=METRICS).id)

        ids = [create(index) for index in range(runs)]
        meter.spans.clear()
        meter.bytes = 0
        outcomes = panda.session_runs.wait(ids, timeout=120, scores=scores)
        now, then = time.time(), time.monotonic()
        ended = [outcome.run.completed_at for outcome in outcomes if outcome.run and outcome.run.completed_at]
        assert len(ended) == runs
        late = now - max(ended).timestamp()
        ticks = meter.ticks(then - late)
        return {
            "late": late,
            "bytes": meter.bytes,
            "requests": len(meter.spans),
            "ticks": len(ticks),
            "most": max(ticks, default=0),
        }


def run(*, quick: bool) -> Section:
    """Measure."""
    singles, manies = (4, 1) if quick else (16, 2)
    no_rate_limit()
    section = Section(
        "(d) from the completion of the last run to a returned wait",
        [f"1 run of {SINGLE} sessions: {singles} clients; 500 runs of {MANY} sessions: {manies} times; medians"],
    )
    with sandbox() as url:
        for scores in (False, True):
            with ThreadPoolExecutor(4) as crew:  # each with a client, and a poll, of its own
                jobs = [crew.submit(waited, url, 1, SINGLE, scores=scores) for _ in range(singles)]
                section.rows.append(_row(1, scores, [job.result() for job in jobs]))
            times = [waited(url, 500, MANY, scores=scores) for _ in range(manies)]
            section.rows.append(_row(500, scores, times))
    section.bar(
        "requests in one tick, at most", measured=max(row["requests a tick, most"] for row in section.rows), at_most=3
    )
    section.bar(
        "500 runs with their scores, s after completion", measured=section.rows[-1]["s after completion"], at_most=2
    )
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
