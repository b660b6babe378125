"""(i) A hundred hosts on one Redis budget, in virtual time: goodput, own 429s, and how evenly the hosts are served.

The service's window is the real one, 50 requests in 60 s; half an hour of it is simulated in each scene. What of it is real
code and what is simulated is said in `tests/pacing/fleet.py`. Goodput is what was accepted over what windows that follow one
another without a gap would have taken. Nobody else is on the credential: every 429 is one of the fleet's own.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.pacing.fleet import LIMIT, Fleet

from .tables import Row, Section

HOSTS = 100


def _nothing(_fleet: Fleet, _seconds: float) -> None:
    pass


UNEVEN = {"slow": 0.1, "skew": 5.0}
LOSSY = {**UNEVEN, "lost": 0.02}
SCENES: dict[str, tuple[dict[str, float], Callable[[Fleet, float], None]]] = {
    "nothing breaks, all alike": ({}, _nothing),
    "10% slow, clocks off by up to 5 s": (UNEVEN, _nothing),
    "the same, 2% of the answers lost": (LOSSY, _nothing),
    "the same, a host killed every 30 s": (LOSSY, lambda fleet, seconds: fleet.restart(30, seconds)),
    "uneven hosts, Redis loses its data": (UNEVEN, lambda fleet, seconds: fleet.lose_redis(seconds * 0.51)),
    "uneven hosts, 20 without Redis for 2 min": (
        UNEVEN,
        lambda fleet, seconds: fleet.cut_off(0.2, seconds * 0.51, 120),
    ),
    "uneven hosts, all without Redis for 2 min": (UNEVEN, lambda fleet, seconds: fleet.cut_off(1, seconds * 0.51, 120)),
}
"""What the hosts are like, and what happens to them within so many seconds."""


def measure(name: str, seed: int, seconds: float) -> Row:
    """One scene."""
    alike, befall = SCENES[name]
    fleet = Fleet(seed, hosts=HOSTS, **alike)
    befall(fleet, seconds)
    fleet.run(seconds)
    served = sorted(fleet.served[host.name] for host in fleet.members)
    return {
        "scene": name,
        "minutes": round(seconds / 60),
        "goodput": round(fleet.goodput, 4),
        "accepted": len(fleet.service.accepted),
        "own 429s": fleet.refused,
        "a host, least": served[0],
        "median": served[len(served) // 2],
        "most": served[-1],
        "requests to Redis a second": round(fleet.server.asked / seconds),
    }


def run(*, quick: bool) -> Section:
    """Simulate."""
    seconds = 300.0 if quick else 1800.0
    section = Section(
        f"(i) {HOSTS} hosts, one credential ({LIMIT} creates a minute), one Redis budget, in virtual time"
    )
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        rows = [pool.submit(measure, name, 20261127, seconds) for name in SCENES]
        section.rows = [row.result() for row in rows]
    for row in section.rows[:4]:
        section.bar(f"{row['scene']}: goodput", measured=row["goodput"], at_least=0.98)
        section.bar(f"{row['scene']}: own 429s", measured=row["own 429s"], at_most=0)
    return section
