"""Evaluate the sessions in examples/sessions.txt and print their scores: `make demo`.

Runs against an embedded PandaProbe (the sandbox), over HTTP on a free port of this machine. With PANDAPROBE_ENDPOINT
and credentials in the environment it runs against that service instead, where runs are billed.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pandaprobe_evals import ApiKey, Outcome, PandaProbe, PandaProbeError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

SESSIONS = Path(__file__).with_name("sessions.txt")
METRICS = ["agent_reliability", "agent_consistency"]


@contextmanager
def client(console: Console) -> Iterator[PandaProbe]:
    """A client of the service that the environment names, else of a sandbox started for the occasion."""
    if os.environ.get("PANDAPROBE_ENDPOINT"):
        with PandaProbe.from_env() as panda:
            console.print(f"PandaProbe at {panda.base_url}, by PANDAPROBE_ENDPOINT", highlight=False, soft_wrap=True)
            yield panda
        return
    import pandaprobe_sandbox as sandbox

    with sandbox.Sandbox(speed=2.0).serve() as url, PandaProbe(ApiKey(sandbox.API_KEY, "demo"), base_url=url) as panda:
        console.print(
            f"a sandbox at {url} (set PANDAPROBE_ENDPOINT and credentials for a service)",
            highlight=False,
            soft_wrap=True,
        )
        yield panda


def scores_table(outcome: Outcome) -> Table:
    """Each session's scores; what is no score says why."""
    table = Table("session", *METRICS, title="Scores, from 0 (worst) to 1 (best)")
    found = {(score.session_id, score.name): score for score in outcome.scores or ()}
    doubtful = {score.id: "without" for score in outcome.scores_without_evidence or ()}
    doubtful |= {score.id: "partial" for score in outcome.scores_with_partial_evidence or ()}
    doubtful |= {score.id: "unknown" for score in outcome.scores_with_unknown_evidence or ()}
    for session_id in outcome.run.filters.session_ids or ():
        cells = []
        for metric in METRICS:
            score = found.get((session_id, metric))
            if score is None:
                cells.append("[dim]no traces, no score[/dim]")
            elif score.value is None:
                cells.append("[red]failed[/red]")
            elif score.id in doubtful:
                cells.append(f"{score.value} [yellow]{doubtful[score.id]} evidence[/yellow]")
            else:
                cells.append(score.value)
        table.add_row(session_id, *cells)
    return table


def main() -> int:
    """Submit, watch, print; 0 where the run completed and something was measured."""
    console = Console()
    started = time.monotonic()
    session_ids = SESSIONS.read_text(encoding="utf-8").split()
    with client(console) as panda:
        units = panda.session_runs.estimate(session_ids=session_ids, metrics=METRICS)
        run = panda.session_runs.create_batch(session_ids=session_ids, metrics=METRICS, name="demo")
        console.print(
            f"run {run.id}: {len(session_ids)} sessions x {len(METRICS)} metrics, {units} units billed", soft_wrap=True
        )
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("evaluating", total=len(session_ids))
            outcome = panda.session_runs.wait(
                run, timeout=600, on_progress=lambda now: bar.update(task, completed=now.targets_done)
            )
        console.print(scores_table(outcome))
        console.print(f"{outcome} ({time.monotonic() - started:.1f} s)", highlight=False, soft_wrap=True)
        console.print(f"run {run.id} {outcome.run.status}", highlight=False, soft_wrap=True)
    return 0 if outcome.result in ("succeeded", "completed_with_failures") else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PandaProbeError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
