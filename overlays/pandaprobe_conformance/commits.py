"""How late a deployment commits a create whose connection broke, which `BackoffPolicy.settle` must outlast."""

from __future__ import annotations

import json
from typing import Final

from pandaprobe_evals import BackoffPolicy

from .followed import BY_FILTERS, LIST
from .inspection import Inspection
from .wire import Header

BREAK: Final = 0.00001
"""Seconds after which the check breaks the connection of a create: at once, when it has been sent."""
LONGEST: Final = 20.0
"""Seconds over which its run is looked for."""
PAUSE: Final = 0.25
"""Seconds between the first looks."""
COARSER: Final = 3
"""Later looks are apart by that part of the time so far, since reads may have a limit. The figure is no finer."""
ROOM: Final = 2.0
"""`settle` should be so many times what was measured: it was measured once."""


def latest_commit(inspection: Inspection, metric: str) -> None:
    """Break off a create, and note how late its run is listed. It takes no session, so that nothing is billed."""
    wire, name = inspection.wire, f"{inspection.mark} broken off"
    operation, listing = inspection.operations[BY_FILTERS], inspection.operations[LIST]
    body = {"filters": {"min_trace_count": 1}, "metrics": [metric], "name": name, "sampling_rate": 0}
    headers = [*inspection.own, Header.plain("Content-Type", "application/json")]
    exchange = wire.send(
        operation, operation.path, headers=headers, content=json.dumps(body).encode(), again=False, read_timeout=BREAK
    )
    if exchange.status is not None and 400 <= exchange.status < 500:
        inspection.note(f"how late a create is committed was not measured: {exchange.came}")
        return
    what = "the connection of its create broke" if exchange.status is None else "its create was answered"
    began = wire.clock()
    while True:
        pages = wire.send(listing, listing.path, query={"limit": 20}, headers=list(inspection.own))
        late = wire.clock() - began
        if inspection.adopt(pages, name):
            inspection.report.latest_commit = round(late, 2)
            inspection.note(f"a run was listed {late:.1f} s after {what}: {advice(late)}")
            return
        if late > LONGEST:
            inspection.note(
                f"no run was listed within {LONGEST:.0f} s after {what}: this deployment drops such a create, or commits it "
                f"later than that, and then a run named {name!r} stays, which nothing was billed for"
            )
            return
        wire.sleep(max(PAUSE, late / COARSER))


def advice(late: float) -> str:
    """What to set, for a run that was seen so many seconds late."""
    settle = BackoffPolicy().settle
    if late * ROOM <= settle:
        return f"BackoffPolicy.settle, {settle:g} s, is enough for that"
    return f"set BackoffPolicy(settle={max(settle, round(late * ROOM + 0.5)):g}), which is {settle:g} s by default"
