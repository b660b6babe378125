"""(a) How much of the rate limit is used, and how many requests are wasted on 429s.

The service is real: slowapi and Redis, 50 requests in a fixed window of 3 s instead of 60 s. Each trial has a credential and
thus windows of its own, so a few run at the same time, ours among peers; more of them, or a shorter window, would measure
the machine, whose time is not to scale. Latency comes in two kinds: `to scale`, which is to the window of 3 s what 30 to
420 ms are to 60 s, and `long`, 2 to 400 ms as they are. The first is for goodput, the second is the hard test of
accounting: what a client does not know about the window is up to 0.4 s of 3 s.

The ceiling: from the opening of a trial's first window to the opening of its last, windows that follow one another without
a gap and are all used up, 50 x (time / 3 s), less what a stranger asked for. Goodput is what was accepted in that time over
the ceiling. The last window is left out, for there a client has less than 50 left to send.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
import traceback
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import httpx

from .machine import Helper, redis_server
from .senders import Job
from .tables import Row, Section, median

LIMIT, SECONDS = 50, 3
RESTART_SECONDS, BEFORE, AFTER = 6, 40, 60
WAVES = 7
PER_WINDOW = "429s per process and window"
LATENCY = {"to scale": (1.5, 21), "long": (2, 400)}  # milliseconds, there and back


@dataclass
class Trial:
    """One row: processes that share a credential."""

    name: str
    means: str
    latency: str = "to scale"
    processes: int = 1
    store: str = "memory"
    share: float = 1.0
    foreign: float = 0.0
    """The part of the limit that a stranger asks for."""
    restart: bool = False
    result: Row = field(default_factory=dict)

    @property
    def ours(self) -> bool:
        """Whether it is this client's."""
        return self.means.startswith("ours")


def _ours(latency: str) -> list[Trial]:
    return [
        Trial("ours, 8 threads", "ours", latency),
        Trial("ours, asyncio", "ours async", latency),
        Trial("ours, 4 processes, sqlite", "ours", latency, processes=4, store="sqlite"),
        Trial("ours, 4 processes, redis", "ours", latency, processes=4, store="redis"),
        Trial("ours, 4 processes, uncoordinated", "ours", latency, processes=4),
    ]


def _peers(latency: str) -> list[Trial]:
    return [
        Trial("openai, 20 retries", "openai, 20 retries", latency),
        Trial("tenacity, without end", "tenacity", latency),
        Trial("pyrate-limiter, 2 ms", "pyrate-limiter", latency),
        Trial("aiolimiter", "aiolimiter", latency),
    ]


def trials() -> list[Trial]:
    """All of them, as they are shown."""
    return [
        *_ours("to scale"),
        *_peers("to scale"),
        Trial("openai, 2 retries", "openai, 2 retries"),
        Trial("stamina, without end", "stamina"),
        Trial("httpx-retries, tuned", "httpx-retries"),
        Trial("limits, moving window", "limits"),
        Trial("ours, stranger 30%, share=0.7", "ours", share=0.7, foreign=0.3),
        Trial("ours, stranger 30%, greedy", "ours", foreign=0.3),
        Trial("tenacity, stranger 30%", "tenacity", foreign=0.3),
        *_ours("long"),
        *_peers("long"),
        *(
            Trial(f"ours, restarted, {store}", "ours", "long", store=store, restart=True)
            for store in ("memory", "sqlite", "redis")
        ),
    ]


class Bench:
    """The servers, and trials on them."""

    def __init__(self, urls: dict[str, str], redis_url: str, directory: str) -> None:
        self.urls, self.redis_url, self.directory = urls, redis_url, directory
        self._serial = iter(range(10**6))

    def where(self, store: str) -> str:
        """The place of a shared store."""
        return {"memory": "", "sqlite": self.directory, "redis": f"{self.redis_url}/1"}[store]

    def job(self, trial: Trial, key: str, creates: int) -> str:
        """The argument of a sender."""
        where = self.where(trial.store)
        job = Job(trial.means, self.urls[trial.latency], key, creates, trial.store, where, trial.share)
        return json.dumps(asdict(job))

    def key(self, seconds: int) -> str:
        """A new credential."""
        return f"bench{next(self._serial)}-{LIMIT}-{seconds}"

    def seen(self, trial: Trial, key: str) -> list[tuple[float, int, bool]]:
        """What the service counted: when, the status, whether it was the stranger's."""
        with httpx.Client(trust_env=False, timeout=30) as client:
            answer = client.get(f"{self.urls[trial.latency]}/seen", params={"key": key}).json()
        return sorted((at, status, alien) for at, status, alien in answer)

    def run(self, trial: Trial, creates: int, repeats: int) -> None:
        """Make the trial; its row is in `result`."""
        try:
            trial.result = self._restarts(trial, repeats) if trial.restart else self._saturate(trial, creates)
        except Exception:  # noqa: BLE001  (the other rows are still wanted)
            traceback.print_exc()
            trial.result = {"engine": trial.name, "failed": True}

    def _saturate(self, trial: Trial, creates: int) -> Row:
        key = self.key(SECONDS)
        with contextlib.ExitStack() as stack:
            jobs = [self.job(trial, key, creates // trial.processes)] * trial.processes
            senders = [stack.enter_context(Helper("bench.senders", job)) for job in jobs]
            alien: Helper | None = None
            if trial.foreign:
                job = Job("stranger", self.urls[trial.latency], key, round(LIMIT * trial.foreign))
                alien = stack.enter_context(Helper("bench.senders", json.dumps(asdict(job))))
                alien.line()
                alien.go()
            for sender in senders:
                sender.line()
            for sender in senders:
                sender.go()
            answers = [sender.answer() for sender in senders]
            if alien:
                alien.go()
                alien.answer()
        return {
            "engine": trial.name,
            "latency": trial.latency,
            **judged(self.seen(trial, key), answers, creates, trial.processes),
        }

    def _restarts(self, trial: Trial, repeats: int) -> Row:
        wasted, lost = [], 0
        for _ in range(repeats):
            key = self.key(RESTART_SECONDS)
            with (
                Helper("bench.senders", self.job(trial, key, BEFORE)) as before,
                Helper("bench.senders", self.job(trial, key, AFTER)) as after,
            ):
                before.line()
                after.line()
                before.go()
                lost += BEFORE - before.answer()["made"]
                before.process.wait(10)
                after.go()
                lost += AFTER - after.answer()["made"]
            wasted.append(sum(status == 429 for _, status, _ in self.seen(trial, key)))
        return {
            "engine": trial.name,
            "latency": trial.latency,
            "wasted each time": wasted,
            "wasted, median": median(wasted),
            "lost": lost,
        }


def judged(seen: list[tuple[float, int, bool]], answers: list[dict[str, int]], creates: int, processes: int) -> Row:
    """What the service saw, as a row."""
    opened = list(_openings(at for at, status, _ in seen if status == 202))
    mine = [(at, status) for at, status, alien in seen if not alien]
    first, last = mine[0][0], max(at for at, status in mine if status == 202)
    within = [at for at in opened if first - SECONDS < at <= last]
    begin, end = within[0], within[-1]
    theirs = [(at, status) for at, status, alien in seen if alien and begin <= at < end]
    ceiling = LIMIT * (end - begin) / SECONDS - len(theirs)
    accepted = sum(begin <= at < end for at, status in mine if status == 202)
    wasted = sum(status == 429 for _, status in mine)
    made = sum(answer["made"] for answer in answers)
    cycles = [(late - early) / SECONDS for early, late in pairwise(within)]
    row: Row = {
        "goodput %": round(100 * accepted / ceiling, 1) if ceiling > 0 else None,
        "window to window": round(median(cycles), 3) if cycles else None,
        "429s": wasted,
        PER_WINDOW: round(wasted / processes / len(within), 2),
        "given up": sum(answer["given_up"] for answer in answers),
        "lost": creates // processes * processes - made - sum(answer["given_up"] for answer in answers),
        "windows": len(within),
    }
    if theirs:
        got = sum(status == 202 for _, status in theirs)
        row["stranger got %"] = round(100 * got / len(theirs), 1)
    return row


def _openings(accepted: Iterator[float]) -> Iterator[float]:
    """When each window opened: with the first request after the one before was over."""
    until = float("-inf")
    for at in accepted:
        if at >= until:
            until = at + SECONDS
            yield at


def run(*, quick: bool) -> Section:
    """Measure."""
    creates, repeats = (200, 1) if quick else (500, 3)
    planned = trials()
    # In each wave there are ours and peers, and both kinds of latency.
    waves = [planned[number::WAVES] for number in range(WAVES)]
    with contextlib.ExitStack() as stack:
        redis_url = stack.enter_context(redis_server())
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        urls = {}
        for name, (low, high) in LATENCY.items():
            server = stack.enter_context(Helper("bench.service", f"{redis_url}/0", low, high))
            urls[name] = f"http://127.0.0.1:{server.line()}"
        bench = Bench(urls, redis_url, directory)
        for wave in waves:
            crew = [threading.Thread(target=bench.run, args=(trial, creates, repeats)) for trial in wave]
            for one in crew:
                one.start()
            for one in crew:
                one.join()
    return _section(planned, creates)


def _section(planned: list[Trial], creates: int) -> Section:
    section = Section(
        f"(a) {creates} creates against slowapi and Redis, {LIMIT} per {SECONDS} s",
        [
            "latency, ms: " + ", ".join(f"{name} {low} to {high}" for name, (low, high) in LATENCY.items()),
            "goodput: accepted / (50 x time / window, less the stranger's), first to last window's opening",
            f"restarted: {BEFORE} creates, then a new process with {AFTER} more in the same window of {RESTART_SECONDS} s",
        ],
    )
    for trial in planned:
        if not trial.restart:
            section.rows.append(trial.result)
            continue
        row = {"engine": f"{trial.name}: {trial.result.get('wasted each time')}", "latency": trial.latency}
        section.rows.append({**row, "429s": trial.result.get("wasted, median"), "lost": trial.result.get("lost")})
    _bars(section, planned)
    return section


def _bars(section: Section, planned: list[Trial]) -> None:
    found = {(trial.name, trial.latency): trial.result for trial in planned}
    together = ("ours, 8 threads", "ours, asyncio", "ours, 4 processes, sqlite", "ours, 4 processes, redis")
    for name in together:
        section.bar(f"{name}: goodput %, to scale", measured=found[name, "to scale"].get("goodput %"), at_least=98.5)
    for latency in LATENCY:
        wasted = [found[name, latency].get("429s", 1) for name in together]
        section.bar(f"ours, together: own 429s, {latency}", measured=sum(wasted), at_most=0)
        name = "ours, 4 processes, uncoordinated"
        section.bar(f"{name}: {PER_WINDOW}, {latency}", measured=found[name, latency].get(PER_WINDOW), at_most=2)
    for name, most in (("ours, stranger 30%, share=0.7", 0), ("ours, stranger 30%, greedy", 2)):
        section.bar(f"{name}: {PER_WINDOW}", measured=found[name, "to scale"].get(PER_WINDOW), at_most=most)
    for store, most in (("memory", 11), ("sqlite", 0), ("redis", 0)):
        each: list[Any] = found[f"ours, restarted, {store}", "long"].get("wasted each time") or [None]
        section.bar(f"ours, restarted, {store}: 429s, worst", measured=max(each), at_most=most)
    gone = sum(trial.result.get("lost", 1) + trial.result.get("given up", 0) for trial in planned if trial.ours)
    section.bar("ours: creates lost or given up", measured=gone, at_most=0)
