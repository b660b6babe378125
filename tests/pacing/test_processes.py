"""Real processes, sockets and stores: nobody earns a 429, and no slot of a window is left over."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.pacing.conftest import LimitedServer, instance

LIMIT, SECONDS, CREATES = 50, 2.0, 200


@dataclass(frozen=True)
class Crew:
    name: str
    engine: str
    processes: int = 1
    how: tuple[str, ...] = ()


CREWS = [
    Crew("8 threads", "memory"),
    Crew("asyncio", "memory", how=("async",)),
    Crew("4 processes on one file", "sqlite", processes=4),
    Crew("4 processes on one Redis", "redis", processes=4),
]


def send(crew: Crew, server: LimitedServer, where: str) -> dict[str, int]:
    """Have a crew send all creates; the answers by status."""
    each = CREATES // crew.processes
    running = [
        instance(crew.engine, where, LIMIT, SECONDS, server.port, each, *crew.how) for _ in range(crew.processes)
    ]
    statuses: dict[str, int] = {}
    for one in running:
        out, err = one.communicate(timeout=90)
        assert one.returncode == 0, err
        for status, count in json.loads(out)["statuses"].items():
            statuses[status] = statuses.get(status, 0) + count
    return statuses


@pytest.mark.slow
@pytest.mark.parametrize(
    "latency",
    [pytest.param((0.001, 0.014), id="short"), pytest.param((0.02, 0.4), id="20 to 400 ms", marks=pytest.mark.deep)],
)
def test_no_crew_on_one_budget_earns_a_429(limited, redis_server, tmp_path: Path, latency) -> None:
    """All crews at a time, each against a service of its own."""
    servers = [limited(LIMIT, SECONDS, *latency) for _ in CREWS]
    places = {"memory": "", "sqlite": str(tmp_path), "redis": redis_server.url}
    with ThreadPoolExecutor(len(CREWS)) as pool:
        found = list(pool.map(send, CREWS, servers, [places[crew.engine] for crew in CREWS]))
    for crew, server, statuses in zip(CREWS, servers, found, strict=True):
        assert statuses == {"202": CREATES}, crew.name
        windows = server.windows()
        assert sum(window["rejected"] for window in windows) == 0
        if latency[1] < 0.1:  # none but the last window has room left
            assert [window["accepted"] for window in windows] == [LIMIT] * (CREATES // LIMIT), crew.name
