"""`pandaprobe-evals watch`: wait for runs, with progress."""

from typing import Annotated

import typer

from . import exits
from .common import Cli, Deadline, command


@command
def watch(
    cli: Cli,
    runs: Annotated[list[str], typer.Argument(metavar="RUN_ID...", help="The runs to wait for.", show_default=False)],
    deadline: Deadline = None,
) -> None:
    """Wait until runs have ended, and say how each did.

    Ends with 0 when every pair of every run was evaluated, with 7 when a run failed, stalled or vanished, or pairs failed.

    Example: pandaprobe-evals watch 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e --deadline 600
    """
    from .live import View
    from .work import COLUMNS, outcome_record, wait_for

    with cli.client() as panda, View(cli.out) as view:
        records = []
        for outcome in wait_for(panda, runs, view, at_once=len(runs), deadline=deadline):
            records.append(outcome_record(outcome))
            cli.out.record(**records[-1])
    if not cli.out.machine:
        cli.out.records(records, COLUMNS)
    if any(record["verdict"] != "succeeded" for record in records):
        raise typer.Exit(exits.VERDICT)
