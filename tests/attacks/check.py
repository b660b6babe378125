"""The contract check against violating servers of every kind, and against true ones."""

import time
from functools import partial

from tests.conformance.held_back import HELD_BACK
from tests.conformance.kinds import KINDS
from tests.conformance.measuring import missed, reported
from tests.conformance.sloppy import SLOPPY, UNASKED

from .attack import Attack, Result

CLEAN = 10
UNITS, SECONDS = 12, 60.0


def measured(mutants):
    """Violating servers, reported; and true ones, not."""
    escaped = missed(mutants)
    alarms, units, seconds = 0, 0, 0.0
    for _ in range(CLEAN):
        began = time.monotonic()
        _, report, billed = reported(None, fail_fast=False)
        alarms += report.exit_code != 0
        units, seconds = max(units, billed), max(seconds, time.monotonic() - began)
    found = len(mutants) - len(escaped)
    figure = (
        f"reported {found} of {len(mutants)} violating servers, {alarms} false alarms in {CLEAN} clean runs, "
        f"{units} units, {seconds:.1f} s{f'; not: {escaped}' if escaped else ''}"
    )
    return Result(figure, found >= 0.95 * len(mutants) and not alarms and units <= UNITS and seconds < SECONDS)


BAR = f"at least 95% reported, 0 false alarms, at most {UNITS} units, under {SECONDS:.0f} s"
ATTACKS = [
    Attack("violating servers that the check was made for", BAR, partial(measured, dict(list(KINDS.items())[::4]))),
    Attack("caches, tenants, queries and columns as they happen", BAR, partial(measured, {**SLOPPY, **UNASKED})),
    Attack("violating servers that were thought of afterwards", BAR, partial(measured, HELD_BACK)),
]
