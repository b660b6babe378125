"""`runs`, `metrics` and `scores`: the API's other operations, one command each; lists page by themselves."""

from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from . import exits
from .common import Cli, command
from .output import Column, Record, utc
from .run_ids import RunIds, run_ids

if TYPE_CHECKING:
    from pandaprobe_evals_api.models import EvalRunStatus, ScoreSource, ScoreStatus

Limit = Annotated[int | None, typer.Option(metavar="N", min=1, help="The newest N; without it, all.")]


def _sessions(record: Record) -> int:
    return int(record.get("total_targets", record.get("total_traces", 0)))


_RUNS = [
    Column("run", itemgetter("id")),
    Column("created (UTC)", lambda record: utc(record["created_at"])),
    Column("status", itemgetter("status")),
    Column("sessions", lambda record: f"{record['evaluated_count']:,}/{_sessions(record):,}", right=True),
    Column("failed pairs", lambda record: record["failed_count"] or "", right=True),
    Column("metrics", lambda record: ", ".join(record["metric_names"])),
    Column("name", lambda record: record.get("name") or ""),
]
_SCORES = [
    Column("session", itemgetter("session_id")),
    Column("metric", itemgetter("name")),
    Column("value", lambda record: record.get("value") or "", right=True),
    Column("status", itemgetter("status")),
    Column("reason", lambda record: record.get("reason") or ""),
]


@command
def list_runs(
    cli: Cli,
    status: Annotated[str | None, typer.Option(metavar="STATE", help="Only runs in this state.")] = None,
    limit: Limit = None,
) -> None:
    """List the project's runs, newest first.

    Example: pandaprobe-evals runs list --status COMPLETED --limit 20
    """
    with cli.client() as panda:
        runs = panda.session_runs.list(status=cast("EvalRunStatus | None", status), page_size=_page(limit))
        cli.out.records((run.to_dict() for run in islice(runs, limit)), _RUNS, empty="No runs.")


@command
def get_runs(cli: Cli, runs: RunIds) -> None:
    """Show runs as they stand; JSON has all that the service says of them.

    Example: pandaprobe-evals runs get 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e --json
    """
    ids = run_ids(cli.out, runs)
    with cli.client() as panda:
        cli.out.records((panda.session_runs.get(id_).to_dict() for id_ in ids), _RUNS)


@command
def delete_runs(
    cli: Cli,
    runs: RunIds,
    scores: Annotated[bool, typer.Option("--scores", help="Delete their scores, too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needed without a terminal.")] = False,
) -> None:
    """Delete runs; their scores stay. Nothing that was billed is given back.

    Example: pandaprobe-evals runs delete 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e --scores --yes
    """
    import sys

    ids = run_ids(cli.out, runs)
    if not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("is needed where nobody can be asked; nothing was deleted", param_hint="--yes")
        what = f"{len(ids)} run{'s' * (len(ids) != 1)}{' with all scores' if scores else ''}"
        if not typer.confirm(f"Delete {what}?", err=True):
            raise typer.Exit(exits.GENERAL)
    with cli.client() as panda:
        for id_ in ids:
            panda.session_runs.delete(id_, delete_scores=scores)
            cli.out.record(event="deleted", run_id=str(id_))
            cli.out.text(f"deleted {id_}")


@command
def retry_run(
    cli: Cli,
    run: Annotated[str, typer.Argument(metavar="RUN_ID", show_default=False)],
) -> None:
    """Evaluate again what failed in a run: exactly one new run, however the answer fares.

    Example: pandaprobe-evals runs retry 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e
    """
    with cli.client() as panda:
        made = panda.session_runs.retry(run)
        cli.out.records([made.to_dict()], _RUNS)


@command
def run_scores(cli: Cli, runs: RunIds) -> None:
    """List the scores of runs.

    Example: pandaprobe-evals runs scores 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e
    """
    ids = run_ids(cli.out, runs)
    with cli.client() as panda:

        def found() -> Iterator[dict[str, Any]]:
            for id_ in ids:
                scores = panda.session_runs.scores(id_)
                if not scores:
                    panda.session_runs.get(id_)  # the service has no scores for a run that it does not have, either
                yield from (score.to_dict() for score in scores)

        cli.out.records(found(), _SCORES, empty="No scores yet.")


@command
def list_metrics(cli: Cli) -> None:
    """List the metrics that the service has.

    Example: pandaprobe-evals metrics
    """
    with cli.client() as panda:
        cli.out.records(
            (metric.to_dict() for metric in panda.session_metrics.list()),
            [Column("metric", itemgetter("name")), Column("what it measures", itemgetter("description"))],
        )


@command
def list_scores(
    cli: Cli,
    session: Annotated[str | None, typer.Option(metavar="ID", help="Only of this session.")] = None,
    metric: Annotated[str | None, typer.Option(metavar="NAME", help="Only by this metric.")] = None,
    run: Annotated[str | None, typer.Option(metavar="RUN_ID", help="Only from this run.")] = None,
    status: Annotated[str | None, typer.Option(metavar="STATE", help="SUCCESS, FAILED or PENDING.")] = None,
    source: Annotated[str | None, typer.Option(metavar="KIND", help="AUTOMATED, ANNOTATION or PROGRAMMATIC.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Created then or later; UTC without an offset.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Created before then; UTC without an offset.")
    ] = None,
    limit: Limit = None,
) -> None:
    """List the project's scores, newest first.

    Example: pandaprobe-evals scores --metric agent_reliability --status FAILED --limit 20
    """
    with cli.client() as panda:
        scores = panda.session_scores.list(
            session_id=session,
            name=metric,
            eval_run_id=run,
            status=cast("ScoreStatus | None", status),
            source=cast("ScoreSource | None", source),
            date_from=since,
            date_to=until,
            page_size=_page(limit),
        )
        cli.out.records((score.to_dict() for score in islice(scores, limit)), _SCORES, empty="No scores.")


def _page(limit: int | None) -> int | None:
    return None if limit is None else min(limit, 50)
