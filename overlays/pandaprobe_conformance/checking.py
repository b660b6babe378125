"""The whole check: what it would do and cost, whether it can run at all, its parts in order, and what it leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import httpx
from pandaprobe_evals import contract
from pandaprobe_evals.address import parse_address
from pandaprobe_evals.auth import Credentials
from pandaprobe_evals.connections import DefaultTransport

from . import clocks
from .around import around
from .bodies import rate_limit
from .findings import Report
from .followed import ALL_SCORES, LIST, METRICS
from .inspection import Inspection, Stopped
from .isolation import OTHER_PROJECT
from .life import life
from .probes import PRICE
from .reading import reading
from .refusals import refusals
from .wire import Header, Pair, Wire

TIMEOUT: Final = 30.0
"""Seconds for each request."""
PATIENCE: Final = 120.0
"""Seconds within which a run must end."""


def announcement(*, writes: bool) -> str:
    """What a check does and costs, said before it starts."""
    price = f"{PRICE.runs} runs, for which at most {PRICE.units} units (sessions x metrics) are billed"
    if writes:
        return (
            f"Creates up to {price}, and deletes them. Scores of one of these runs stay, if it got any: "
            "that they do is part of the contract. With an API key, one of the runs is in a project of its own, "
            f'"{OTHER_PROJECT}", which is made where there is none.'
        )
    return (
        f"Reads, and asks for what must be refused; creates nothing. With --allow-writes it would create up to {price}."
    )


def check(
    auth: Credentials,
    base_url: str | None = None,
    *,
    writes: bool = False,
    exhaust: bool = False,
    patience: float = PATIENCE,
    timeout: float = TIMEOUT,
    allow_http: bool = False,
    fail_fast: bool = False,
    transport: httpx.BaseTransport | None = None,
    tell: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Report:
    """Hold a deployment against the contract; deletes what it made, whatever happens.

    Args:
        auth: Credentials for the deployment.
        base_url: Its address; the contract's own where None.
        writes: Whether runs may be created, and billed.
        exhaust: Whether one window of the rate limit may be used up, to see its 429.
        patience: Seconds within which a run must end.
        timeout: Seconds for each request.
        allow_http: Whether credentials may go over plain http to another machine.
        fail_fast: Stop at the first violation.
        transport: In place of the network.
        tell: Is given a sentence for each part, and when there is something to wait for.
        sleep: Waits so many seconds.

    Raises:
        InvalidArgument: The address is none that credentials may be sent to.
    """
    url = (base_url or contract.production_url()).rstrip("/")
    parse_address(url, allow_http=allow_http)
    report = Report(url, contract.version(), writes)
    started = time.monotonic()
    with httpx.Client(timeout=timeout, follow_redirects=False, transport=transport or DefaultTransport(url)) as http:
        wire = Wire(http, url, tell=tell, sleep=sleep)
        inspection = Inspection(wire, Pair.of(auth), report, fail_fast=fail_fast, tell=tell)
        try:
            _can_run(inspection)
            tell("Reading.")
            metrics = reading(inspection)
            tell("Reading what is around it.")
            found = around(inspection)
            tell("Asking for what must be refused.")
            refusals(inspection, metrics)
            if writes:
                tell("Following the life of a run.")
                life(inspection, metrics, found, patience=patience)
            _times(inspection)
            if exhaust:
                tell("Using up the rate limit.")
                rate_limit(inspection)
        except Stopped as stopped:
            report.stopped = str(stopped)
        except KeyboardInterrupt:
            report.stopped = "it was interrupted"
        finally:
            if inspection.made or (writes and report.findings):
                tell("Deleting what was made.")
                try:
                    inspection.clean_up()
                except KeyboardInterrupt:
                    report.stopped = "it was interrupted while it deleted what it had made"
            report.unreached = inspection.unreached()
            report.requests = wire.requests
            report.seconds = time.monotonic() - started
    return report


def _times(inspection: Inspection) -> None:
    """Hold all times that were answered together: what one of them may be by chance, all are not."""
    answer = inspection.ask("the list can be read", LIST, 200, query={"limit": 1}, quiet=True)
    for name, times in sorted(inspection.times.items()):
        inspection.claim("times are in UTC, to the microsecond", answer, clocks.cut(name, times), quiet=True)


def _can_run(inspection: Inspection) -> None:
    """Look whether there is a PandaProbe that lets us in: one that answers some of three reads, or repeats a request's id.

    Raises:
        Stopped: There is none, or it refuses the credentials.
    """
    refused: list[str] = []
    for name in (METRICS, LIST, ALL_SCORES):
        operation = inspection.operations[name]
        query = None if name == METRICS else {"limit": 1}
        headers = [*inspection.own, Header.plain(contract.request_id_header(), inspection.mark)]
        exchange = inspection.wire.send(operation, operation.path, query=query, headers=headers, again=False)
        status = exchange.status
        itself = exchange.answer.get(contract.request_id_header()) == inspection.mark
        if status in (401, 403):
            refused.append(f"the credentials are refused: {exchange.came}")
        elif status == 422:
            refused.append(f"the project is refused: {exchange.came}")
        elif (
            status is None
            or (300 <= status < 400 and not itself)
            or status == 404
            or status >= 500
            or exchange.body[:1] == b"<"
        ):
            refused.append(f"{inspection.report.base_url} is not reached, or is not PandaProbe: {exchange.came}")
        else:
            return
    raise Stopped(refused[0])
