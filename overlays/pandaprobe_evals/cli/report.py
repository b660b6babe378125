"""`pandaprobe-evals report`: runs as one page, with the verdict of the same `gate`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandaprobe_evals import files

from .common import Cli, Deadline, StallAfter, command
from .compare import CannotTell, MaxDrop
from .evaluation import EvaluationFile, NoEvaluation, evaluation
from .judging import (
    AllowAnnotated,
    AllowFailed,
    AllowMissing,
    AllowNoEvidence,
    AllowPartialEvidence,
    AllowUnknownEvidence,
    Asked,
    Baseline,
    BaseName,
    Minimum,
    Quantile,
    RefuseRemembered,
    ended,
)  # fmt: skip
from .plain import Target
from .run_ids import RunIds, run_ids

if TYPE_CHECKING:
    from pandaprobe_evals_api.models import TraceScore

    from pandaprobe_evals import Comparison, Outcome, Verdict

TRACES = 50
"""Traces whose signals' reasons are read, at most: each takes a request."""


@command
def report(
    cli: Cli,
    runs: RunIds,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE|-", help="Where to write it; what is there is replaced.")
    ] = "report.html",
    minimum: Minimum = [],  # noqa: B006  (typer's way to say none)
    quantile: Quantile = None,
    allow_missing: AllowMissing = False,
    allow_failed: AllowFailed = False,
    allow_no_evidence: AllowNoEvidence = False,
    allow_partial_evidence: AllowPartialEvidence = False,
    allow_unknown_evidence: AllowUnknownEvidence = False,
    allow_annotated: AllowAnnotated = False,
    refuse_remembered: RefuseRemembered = False,
    target: Target = "session",
    deadline: Deadline = None,
    stall_after: StallAfter = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The page's title, such as a branch or the version of a prompt.")
    ] = None,
    baseline: Baseline = None,
    base_name: BaseName = None,
    max_drop: MaxDrop = 0.0,
    cannot_tell: CannotTell = "pass",
    evaluation_file: EvaluationFile = None,
    no_evaluation: NoEvaluation = False,
) -> None:
    """Write a page on runs: the verdict, the comparison with a --baseline, the scores, and what was not measured.

    One HTML file that needs no network: to open, to mail, to keep as an artifact. Below the worst scores, and those that
    moved most, are the signals of their traces. Waits for the runs to end.

    pandaprobe-evals report 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e -o report.html --min agent_reliability=0.8

    pandaprobe-evals report - --baseline main.jsonl --title "retry prompt" < runs.jsonl
    """
    from pandaprobe_evals.report import render

    from .results import as_flag

    allow = {
        "allow_missing": allow_missing,
        "allow_failed": allow_failed,
        "allow_no_evidence": allow_no_evidence,
        "allow_partial_evidence": allow_partial_evidence,
        "allow_unknown_evidence": allow_unknown_evidence,
        "allow_annotated": allow_annotated,
        "refuse_remembered": refuse_remembered,
    }
    given = evaluation(evaluation_file, none=no_evaluation)
    how: dict[str, Any] = {"target": target, "deadline": deadline, "stall_after": stall_after}
    if output != "-":
        files.check_writable(Path(output))
    ids = run_ids(cli.out, runs)
    asked = Asked.of(
        cli,
        given,
        ids,
        minimum=minimum,
        quantile=quantile,
        baseline=baseline,
        base_name=base_name,
        max_drop=max_drop,
        cannot_tell=cannot_tell,
        allow=allow,
        how=how,
    )
    outcomes: list[Outcome[Any]] = []  # what a page shows of a score is all of it
    pairs, unfinished = ended(cli, ids, asked, outcomes.append, **how)
    verdict, comparison = asked.judged(pairs, unfinished)
    page = render(
        outcomes,
        verdict,
        comparison=comparison,
        title=title,
        signals=_signals(cli, outcomes, verdict, comparison),
        unfinished=unfinished,
        said=lambda reason: reason.said(as_flag),
    )
    if output == "-":
        sys.stdout.buffer.write(page.encode())  # UTF-8, as it says itself
        return
    files.write(Path(output), page)
    cli.out.record(event="report", file=output, runs=len(outcomes) + len(unfinished))
    cli.out.say(f"Report: {output}")


def _signals(
    cli: Cli, outcomes: "list[Outcome[Any]]", verdict: "Verdict | None", comparison: "Comparison | None"
) -> "list[TraceScore]":
    """What the service says of the signals behind the worst scores; the page is written without it, too."""
    from pandaprobe_evals import PandaProbeError
    from pandaprobe_evals.report import traces_shown

    found: list[TraceScore] = []
    if not (traces := traces_shown(outcomes, verdict, comparison)[:TRACES]):
        return found
    try:
        with cli.client() as panda:
            for trace_id in traces:
                found += panda.trace_scores.of(trace_id)
    except PandaProbeError as error:
        cli.out.say(f"Not all reasons of signals could be read: {error}")
    return found
