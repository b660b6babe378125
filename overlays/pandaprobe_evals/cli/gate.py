"""`pandaprobe-evals gate`: are the sessions of these runs good enough, as an exit code."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pandaprobe_evals import files

from . import exits
from .common import Cli, Save, command
from .compare import say
from .evaluation import NAME
from .github import tell
from .judging import Asked, Asks, ended, judging
from .junit import document
from .run_ids import RunIds, run_ids
from .values import Misuse

if TYPE_CHECKING:
    from pandaprobe_evals import Outcome


@command
@judging
def gate(
    cli: Cli,
    runs: RunIds,
    asks: Asks,
    save: Save = None,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the verdict as JUnit XML, one case per metric.")
    ] = None,
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
    from pandaprobe_evals.pairs import Pairs

    from .results import JUDGED, Results, as_flag, verdict_record

    ids = run_ids(cli.out, runs)
    asked = Asked.of(cli, asks, ids)
    if not asked.minimums:
        raise Misuse(f"give --min METRIC=X, minimums in {NAME}, or --baseline")
    pairs = Pairs()
    results = Results.kept_in(save, pairs)
    if junit is not None:
        files.check_writable(junit)
    records: list[dict[str, Any]] = []
    remembered: list[str] = []

    def take(outcome: "Outcome[Any]") -> None:
        record, found = results.take(outcome)
        records.append(record)
        if said := str(found.summary.remembered or ""):
            remembered.append(f"Run {outcome.run_id}: {said}.")

    unfinished = ended(cli, ids, asks, asked, take)
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
