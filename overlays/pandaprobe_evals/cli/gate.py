"""`pandaprobe-evals gate` and `report`: are the sessions of these runs good enough, as an exit code and as a page."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandaprobe_evals import files

from . import completion, exits, values
from .common import Cli, Deadline, Save, StallAfter, command
from .compare import CannotTell, MaxDrop, Sides, held_against, say
from .evaluation import NAME, Evaluation, EvaluationFile, NoEvaluation, evaluation
from .github import tell
from .junit import document
from .names import refuse_unknown_metrics
from .plain import Target
from .run_ids import RunIds, run_ids

if TYPE_CHECKING:
    from pandaprobe_evals import Outcome, Results

Minimum = Annotated[
    list[str],
    typer.Option(
        "--min",
        metavar="METRIC=X",
        help="The least that a metric must reach; give it again for more.",
        autocompletion=completion.minimums,
    ),
]
Quantile = Annotated[
    float | None,
    typer.Option(metavar="Q", min=0, max=1, help="Hold this quantile of the scores against --min, not their mean."),
]
AllowMissing = Annotated[bool, typer.Option("--allow-missing", help="Leave out sessions that got no score.")]
AllowFailed = Annotated[bool, typer.Option("--allow-failed", help="Leave out pairs that failed.")]
AllowNoEvidence = Annotated[
    bool, typer.Option("--allow-no-evidence", help="Leave out scores that nothing was measured for.")
]
AllowPartialEvidence = Annotated[
    bool,
    typer.Option("--allow-partial-evidence", help="Count scores for which some signals or traces were not measured."),
]
AllowUnknownEvidence = Annotated[
    bool,
    typer.Option("--allow-unknown-evidence", help="Count scores that do not say what they rest on."),
]
AllowAnnotated = Annotated[
    bool,
    typer.Option("--allow-annotated", help="Count scores with a signal that a person or another program gave."),
]
RefuseRemembered = Annotated[
    bool,
    typer.Option("--refuse-remembered", help="Do not pass scores that were taken whole from earlier runs' signals."),
]


@command
def gate(
    cli: Cli,
    runs: RunIds,
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
    save: Save = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE|RUN", help="Fail where a metric is worse than there; needs no --min."),
    ] = None,
    max_drop: MaxDrop = 0.0,
    cannot_tell: CannotTell = "pass",
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the verdict as JUnit XML, a case a metric.")
    ] = None,
    evaluation_file: EvaluationFile = None,
    no_evaluation: NoEvaluation = False,
) -> None:
    """Say by the exit code whether the sessions of runs are good enough: 0 when they are, 7 when not.

    Waits for the runs to end. Each metric's mean must reach its --min; with --quantile 0.1, all but the worst tenth of the
    scores must. A session without a score, a failed pair, and a score for which nothing or not everything was measured, or
    that rests on an annotation, count as not passed. A run and the retry of what failed in it are judged together: of two
    scores of a session the newer counts.

    pandaprobe-evals gate 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e --min agent_reliability=0.8

    pandaprobe-evals gate - --min agent_reliability=0.7 --quantile 0.1 < runs.jsonl

    pandaprobe-evals gate - --baseline main.jsonl --max-drop 0.05 < runs.jsonl
    """
    from pandaprobe_evals.comparison import compare
    from pandaprobe_evals.verdict import judge

    from .results import JUDGED, Results, as_flag, verdict_record

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
    minimums, quantile = _asked(cli, given, minimum, quantile)
    base = _baseline(cli, given, baseline, deadline, stall_after)
    if not minimums and base is None:
        raise typer.BadParameter(f"give METRIC=X, or minimums in {NAME}, or a --baseline", param_hint="--min")
    if max_drop and base is None:
        raise typer.BadParameter("goes with --baseline", param_hint="--max-drop")
    if base is not None and not minimums:  # all that it has must be measured, too
        minimums = dict.fromkeys(sorted({row.metric for row in base.rows()}), 0.0)
    results = Results.kept_in(save)
    if junit is not None:
        files.check_writable(junit)
    outcomes, unfinished = _ended(cli, runs, target, deadline, stall_after, minimums)
    verdict = judge(outcomes, minimums, quantile=quantile, unfinished=unfinished, **allow)
    if base is not None:
        comparison = compare(base, outcomes, metrics=[*minimums], max_drop=max_drop)
        verdict = held_against(verdict, comparison, cannot_tell)
        say(cli, comparison)
    record = verdict_record(verdict, as_flag)
    records = [results.take(outcome) for outcome in outcomes]
    results.save(cli)
    for line in tell(verdict, record["reasons"]):
        cli.out.say(line)
    if junit is not None:
        files.write(junit, document(verdict, record["reasons"]))
    if cli.out.machine:
        for each in records:
            cli.out.record(**each)
        cli.out.record(**record)
    else:
        cli.out.records(record["metrics"], JUDGED)
        for reason in record["reasons"]:
            cli.out.text(f"- {reason}")
        for outcome in outcomes:
            if said := str(outcome.remembered or ""):
                cli.out.text(f"Run {outcome.run_id}: {said}.")
        cli.out.text("Passed." if verdict.passed else "Not passed.")
    if not verdict.passed:
        raise typer.Exit(exits.VERDICT)


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
    evaluation_file: EvaluationFile = None,
    no_evaluation: NoEvaluation = False,
) -> None:
    """Write a page on runs: the verdict where there is a --min, the scores, the worst sessions, and what was not measured.

    One HTML file without network or script: to open, to mail, to keep as an artifact. Waits for the runs to end.

    Example: pandaprobe-evals report 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e -o report.html --min agent_reliability=0.8
    """
    from pandaprobe_evals.report import render
    from pandaprobe_evals.verdict import judge

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
    minimums, quantile = _asked(cli, given, minimum, quantile)
    if output != "-":
        files.check_writable(Path(output))
    outcomes, unfinished = _ended(cli, runs, target, deadline, stall_after, minimums)
    verdict = judge(outcomes, minimums, quantile=quantile, unfinished=unfinished, **allow) if minimums else None
    page = render(outcomes, verdict, unfinished=unfinished, said=lambda reason: reason.said(as_flag))
    if output == "-":
        sys.stdout.buffer.write(page.encode())  # UTF-8, as it says itself
        return
    files.write(Path(output), page)
    cli.out.record(event="report", file=output, runs=len(outcomes) + len(unfinished))
    cli.out.say(f"Report: {output}")


def _baseline(
    cli: Cli, said: Evaluation, given: str | None, deadline: float | None, stall_after: float | None
) -> "Results | None":
    """What the runs are held against, read before they are waited for.

    Raises:
        InvalidArgument: There is none, or nothing in it.
        ModuleNotFoundError: The extra that compares is not installed.
    """
    from pandaprobe_evals import InvalidArgument
    from pandaprobe_evals.comparison import check_installed

    if given is None and said.baseline is not None:
        said.used(cli, "baseline")
        given = said.baseline_from_here()
    if given is None:
        return None
    check_installed()
    with Sides(cli, deadline, stall_after) as sides:
        base = sides.side(given)
    if not base:
        raise InvalidArgument(f"--baseline {given}: there is no result in it")
    return base


def _asked(
    cli: Cli, said: Evaluation, minimum: list[str], quantile: float | None
) -> tuple[Mapping[str, float], float | None]:
    """What is asked of the scores, refused before anything is sent where it makes no sense."""
    from pandaprobe_evals import checks

    said.used(cli, *(["minimums"] * (not minimum) + ["quantile"] * (quantile is None)))
    quantile = said.quantile if quantile is None else quantile
    minimums = values.minimums(minimum, "--min") or said.minimums
    return minimums, None if quantile is None else checks.fraction(quantile, "--quantile")


def _ended(
    cli: Cli,
    given: Sequence[str],
    target: str,
    deadline: float | None,
    stall_after: float | None,
    minimums: Mapping[str, float],
) -> "tuple[list[Outcome[Any]], list[str]]":
    """The outcomes of runs that have ended, with scores, and the ids of those that have not before the deadline.

    Raises:
        InvalidArgument: One is no run id, or there is a minimum for a metric that the service does not have.
        NotFound: The project has no such run.
    """
    from pandaprobe_evals import WaitTimeout

    from .live import View
    from .results import runs_of, wait_for

    ids = run_ids(cli.out, given)
    unfinished: list[str] = []
    with cli.client() as panda:
        if minimums:
            refuse_unknown_metrics(panda, minimums, "--min", target)
        try:
            with View(cli.out) as view:
                waited = wait_for(
                    panda,
                    ids,
                    view,
                    target=target,
                    at_once=len(ids),
                    deadline=deadline,
                    stall_after=stall_after,
                    provenance=True,
                )
                outcomes = list(waited)
        except WaitTimeout as late:
            outcomes, unfinished = list(late.outcomes), list(late.run_ids)
        for outcome in outcomes:
            if outcome.run is None:
                runs_of(panda, target).get(outcome.run_id)  # says in the service's own words that there is none
    return outcomes, unfinished
