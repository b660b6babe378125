"""`pandaprobe-evals export`: the scores of runs as a file for a data frame, a spreadsheet or a warehouse."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import Cli, Deadline, StallAfter, command
from .plain import Target
from .results import by_pages
from .run_ids import RunIds, run_ids

if TYPE_CHECKING:
    from pandaprobe_evals import Outcome, PandaProbe
    from pandaprobe_evals.results import Row


@command
def export(
    cli: Cli,
    runs: RunIds,
    to: Annotated[
        Path,
        typer.Option("--to", metavar="FILE", help="A .parquet, .csv, .jsonl or .arrow; what is there is replaced."),
    ],
    provenance: Annotated[
        bool,
        typer.Option(
            "--provenance",
            help="Also look up where the signals of sessions' scores come from; this keeps one run at a time in memory.",
        ),
    ] = False,
    target: Target = "session",
    deadline: Deadline = None,
    stall_after: StallAfter = None,
) -> None:
    """Write the scores of runs to a file: a row for each pair of session (or trace) and metric of each run.

    Waits for the runs to end. Scores are read by pages and written as they come, so that a million take no more memory than
    a thousand. Pairs without a score have a row, too. Without --provenance, a score that its run only remembered
    counts as measured.

    pandaprobe-evals export 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e --to scores.parquet

    pandaprobe-evals export - --to scores.csv --provenance < runs.jsonl
    """
    from pandaprobe_evals import exports

    from .live import View

    write = exports.writer(to)
    ids = run_ids(cli.out, runs)
    with cli.client() as panda, View(cli.out) as view:
        how: dict[str, Any] = {"deadline": deadline, "stall_after": stall_after}
        count = write(_rows(panda, ids, view, target, how, provenance=provenance))
    cli.out.record(event="export", file=str(to), runs=len(ids), rows=count)
    cli.out.say(f"Exported: {to}, {count:,} rows")


def _rows(
    panda: "PandaProbe", ids: Sequence[str], view: Any, target: str, how: dict[str, Any], *, provenance: bool
) -> "Iterator[Row]":
    """Every row of runs, as they end.

    Raises:
        NotFound: The project has no such run.
        WaitTimeout: A run has not ended by the deadline.
    """
    from pandaprobe_evals.results import row_of

    from .results import Reader, runs_of, tidy, wait_for

    reader = Reader(panda)
    for outcome in wait_for(panda, ids, view, target=target, at_once=1, scores=False, **how):
        if outcome.run is None:
            runs_of(panda, target).get(outcome.run_id)  # says in the service's own words that there is none
        rows = reader.read(outcome).to_dicts() if provenance else paged(panda, outcome)
        for row in rows:
            yield row_of(row, f"run {outcome.run_id}")
        tidy()


def paged(panda: "PandaProbe", outcome: "Outcome[Any]") -> Iterator[dict[str, Any]]:
    """The rows of a run that has ended, its scores read by pages."""
    from pandaprobe_evals.outcomes import SCORED, rows_of
    from pandaprobe_evals.runs import kind_of_run

    run = outcome.run
    if run is None:
        return iter(())
    if outcome.result not in SCORED:
        return rows_of(outcome.run_id, run, None)
    kind = kind_of_run(run)
    assert kind.all_scores
    scores = getattr(panda, kind.all_scores.tag).list(eval_run_id=outcome.run_id, **by_pages(kind))
    return rows_of(outcome.run_id, run, scores)
