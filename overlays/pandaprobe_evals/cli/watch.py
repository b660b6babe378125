"""`pandaprobe-evals watch`: wait for runs, with progress."""

from typing import Any

import typer

from . import exits
from .common import Cli, Deadline, Save, StallAfter, command
from .plain import Target
from .run_ids import RunIds, run_ids


@command
def watch(
    cli: Cli,
    runs: RunIds,
    target: Target = "session",
    deadline: Deadline = None,
    stall_after: StallAfter = None,
    save: Save = None,
) -> None:
    """Wait for runs to end, and say how each did by its scores.

    Exits with 0 when every metric measured every session of every run, and with 7 otherwise: a session got no score, a pair
    failed, nothing was measured or not all, a run failed, stalled or vanished.

    Example: pandaprobe-evals watch 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e --deadline 600
    """
    from .live import View
    from .results import RUNS, Results, wait_for, watched

    runs = run_ids(cli.out, runs)
    results = Results.kept_in(save)
    with cli.client() as panda, View(cli.out) as view:
        how: dict[str, Any] = {"deadline": deadline, "stall_after": stall_after, "scores": False}
        found = wait_for(panda, runs, view, target=target, at_once=len(runs), **how)
        records = list(watched(cli, panda, found, results))
    if not cli.out.machine:
        cli.out.records(records, RUNS[target])
    results.say(cli)
    results.save(cli)
    if not results.ok:
        raise typer.Exit(exits.VERDICT)
