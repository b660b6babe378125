"""`pandaprobe-evals report`: runs as one page, with the verdict of the same `gate`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pandaprobe_evals import files

from .common import Cli, command
from .judging import Asked, Asks, ended, judging
from .run_ids import RunIds, run_ids

if TYPE_CHECKING:
    from pandaprobe_evals_api.models import TraceScore

    from pandaprobe_evals import Comparison, Verdict
    from pandaprobe_evals.report import Gathered

TRACES = 50
"""Traces whose signals' reasons are read, at most: each takes a request."""


@command
@judging
def report(
    cli: Cli,
    runs: RunIds,
    asks: Asks,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE|-", help="Where to write it; what is there is replaced.")
    ] = "report.html",
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The page's title, such as a branch or the version of a prompt.")
    ] = None,
) -> None:
    """Write a page on runs: the verdict, the comparison with a --baseline, the scores, and what was not measured.

    One HTML file that needs no network: to open, to mail, to keep as an artifact. Below the worst scores, and those that
    moved most, are the signals of their traces. Waits for the runs to end.

    pandaprobe-evals report 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e -o report.html --min agent_reliability=0.8

    pandaprobe-evals report - --baseline main.jsonl --title "retry prompt" < runs.jsonl
    """
    from pandaprobe_evals.report import Gathered, render

    from .results import as_flag

    if output != "-":
        files.check_writable(Path(output))
    ids = run_ids(cli.out, runs)
    asked = Asked.of(cli, asks, ids)
    gathered = Gathered(base=asked.base)
    unfinished = ended(cli, ids, asks, asked, gathered.add)
    verdict, comparison = asked.judged(gathered.pairs, unfinished)
    page = render(
        gathered,
        verdict,
        comparison=comparison,
        title=title,
        signals=_signals(cli, gathered, verdict, comparison),
        unfinished=unfinished,
        said=lambda reason: reason.said(as_flag),
    )
    if output == "-":
        sys.stdout.buffer.write(page.encode())  # UTF-8, as it says itself
        return
    files.write(Path(output), page)
    cli.out.record(event="report", file=output, runs=len(ids))
    cli.out.say(f"Report: {output}")


def _signals(
    cli: Cli, gathered: "Gathered", verdict: "Verdict | None", comparison: "Comparison | None"
) -> "list[TraceScore]":
    """What the service says of the signals behind the worst scores; the page is written without it, too."""
    from pandaprobe_evals import PandaProbeError
    from pandaprobe_evals.report import traces_shown

    found: list[TraceScore] = []
    if not (traces := traces_shown(gathered, verdict, comparison)[:TRACES]):
        return found
    try:
        with cli.client() as panda:
            for trace_id in traces:
                found += panda.trace_scores.of(trace_id)
    except PandaProbeError as error:
        cli.out.say(f"Not all reasons of signals could be read: {error}")
    return found
