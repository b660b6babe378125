"""The contract check against violating servers of every kind, and against true ones."""

import os
import random
import time
from functools import cache, partial

from tests.conformance.generated import GENERATED
from tests.conformance.held_back import HELD_BACK
from tests.conformance.kinds import KINDS
from tests.conformance.measuring import missed, reported
from tests.conformance.sloppy import SLOPPY, UNASKED

from .attack import Attack, Result

CLEAN = 3
UNITS, SECONDS = 12, 60.0
BUDGET = 30.0
"""Seconds for violating servers of one attack: as many as fit, in an order that the seed gives."""
SEED = int(os.environ.get("SEED", "0"))


@cache
def clean():
    """False alarms on true servers, the most units that one check was billed for, and the most seconds that it took."""
    alarms, units, seconds = 0, 0, 0.0
    for _ in range(CLEAN):
        began = time.monotonic()
        _, report, billed = reported(None, fail_fast=False)
        alarms += report.exit_code != 0
        units, seconds = max(units, billed), max(seconds, time.monotonic() - began)
    return alarms, units, seconds


def measured(mutants):
    """Violating servers, reported; and true ones, not."""
    until = time.monotonic() + BUDGET
    tried, escaped = 0, []
    for name in random.Random(SEED).sample(sorted(mutants), len(mutants)):
        if time.monotonic() > until:
            break
        tried += 1
        escaped += missed({name: mutants[name]})
    alarms, units, seconds = clean()
    found = tried - len(escaped)
    figure = (
        f"reported {found} of {tried} violating servers (of {len(mutants)}, seed {SEED}), {alarms} false alarms in {CLEAN} "
        f"clean runs, {units} units, {seconds:.1f} s{f'; not: {escaped}' if escaped else ''}"
    )
    return Result(figure, found >= 0.95 * tried and not alarms and units <= UNITS and seconds < SECONDS)


BAR = f"at least 95% reported, 0 false alarms, at most {UNITS} units, under {SECONDS:.0f} s"
ATTACKS = [
    Attack("violating servers that the check was made for", BAR, partial(measured, KINDS)),
    Attack("caches, tenants, queries and columns as they happen", BAR, partial(measured, {**SLOPPY, **UNASKED})),
    Attack("each operation of the document, wrong in each way of its kind", BAR, partial(measured, GENERATED)),
    Attack("violating servers that were thought of afterwards", BAR, partial(measured, HELD_BACK)),
]
