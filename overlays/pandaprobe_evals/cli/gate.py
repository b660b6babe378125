"""`pandaprobe-evals gate`: are the sessions of these runs good enough, as an exit code."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandaprobe_evals import files

from . import exits
from .common import Cli, Deadline, Save, StallAfter, command
from .compare import CannotTell, MaxDrop, say
from .evaluation import NAME, EvaluationFile, NoEvaluation, evaluation
from .github import tell
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
from .junit import document
from .plain import Target
from .run_ids import RunIds, run_ids
from .values import Misuse

if TYPE_CHECKING:
    from pandaprobe_evals import Outcome


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
    baseline: Baseline = None,
    base_name: BaseName = None,
    max_drop: MaxDrop = 0.0,
    cannot_tell: CannotTell = "pass",
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the verdict as JUnit XML, one case per metric.")
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
    how: dict[str, Any] = {"target": target, "deadline": deadline, "stall_after": stall_after}
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
    if not asked.minimums:
        raise Misuse(f"give --min METRIC=X, minimums in {NAME}, or --baseline")
    results = Results.kept_in(save)
    if junit is not None:
        files.check_writable(junit)
    records: list[dict[str, Any]] = []
    remembered: list[str] = []

    def take(outcome: "Outcome[Any]") -> None:
        records.append(results.take(outcome))
        if said := str(outcome.remembered or ""):
            remembered.append(f"Run {outcome.run_id}: {said}.")

    pairs, unfinished = ended(cli, ids, asked, take, **how)
    verdict, comparison = asked.judged(pairs, unfinished)
    assert verdict
    if comparison:
        say(cli, comparison)
    record = verdict_record(verdict, as_flag)
    results.save(cli)
    for line in tell(verdict, record["reasons"], comparison):
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
        for said in remembered:
            cli.out.text(said)
        cli.out.text("Passed." if verdict.passed else "Not passed.")
    if not verdict.passed:
        raise typer.Exit(exits.VERDICT)
