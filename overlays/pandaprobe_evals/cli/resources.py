"""The commands that are one operation each: sessions, traces, runs, scores, analytics, metrics, providers."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer

from pandaprobe_evals.errors import counted

from . import columns, completion, exits
from .common import Cli, command
from .moments import Since, Until
from .output import plain as printable
from .plain import Limit, Target, plain
from .results import runs_of
from .run_ids import RunIds, run_ids
from .values import NEEDS_YES, Misuse


def option(*flags: str, metavar: str, help: str, values: Callable[..., list[str]] | None = None) -> Any:
    """An option that takes one text, or none; `values` are those that a shell proposes."""
    return Annotated[str | None, typer.Option(*flags, metavar=metavar, help=help, autocompletion=values)]


def needed(name: str, help: str = "") -> Any:
    """An argument that has to be given."""
    return Annotated[str, typer.Argument(metavar=name, show_default=False, help=help)]


Tags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="With this tag; repeat for any of several.")
]
Metric = Annotated[str, typer.Option("--metric", metavar="NAME", help="The metric.", autocompletion=completion.metrics)]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; needed without a terminal.")]
USER = option("--user", metavar="ID", help="Of exactly this user.")
ORDER = option(
    "--order",
    metavar="asc|desc",
    help="Ascending or descending.",
    values=completion.named("SortOrder"),
)
RUN_STATE = option(
    "--status",
    metavar="STATE",
    help="Only runs in this state: PENDING, RUNNING, COMPLETED, FAILED.",
    values=completion.named("EvalRunStatus"),
)

list_sessions = plain(
    "sessions.list",
    columns.SESSIONS,
    """Find sessions: those with traces that match. The figures of each are those of its matching traces alone.

    Without --sort they come in the order in which they arrived at the service.

    pandaprobe-evals sessions list --tag prod --since 24h

    pandaprobe-evals sessions list --since yesterday --until today --has-error --ids
    """,
    empty="No sessions.",
    tags=Tags,
    user_id=USER,
    started_after=Since,
    started_before=Until,
    has_error=Annotated[
        bool | None,
        typer.Option("--has-error/--no-error", help="With a trace that failed, or without.", show_default=False),
    ],
    id_contains=option("--query", metavar="TEXT", help="Whose id contains this, ignoring case."),
    sort_by=option("--sort", metavar="BY", help="recent, trace_count, latency or cost."),
    sort_order=ORDER,
    limit=Annotated[int | None, typer.Option(metavar="N", min=1, help="The first N; all by default.")],
    ids=Annotated[
        bool, typer.Option("--ids", help="Print the ids alone, one a line, for `submit --from -`."), "session_id"
    ],
)
list_traces = plain(
    "traces.list",
    columns.TRACES,
    """Find traces, newest first.

    pandaprobe-evals traces list --since 24h --status ERROR

    pandaprobe-evals traces list --session chat-1 --ids
    """,
    empty="No traces.",
    session_id=option("--session", metavar="ID", help="Of exactly this session."),
    status=option(
        "--status",
        metavar="STATE",
        help="PENDING, RUNNING, COMPLETED or ERROR.",
        values=completion.named("TraceStatus"),
    ),
    tags=Tags,
    user_id=USER,
    name_contains=option("--query", metavar="TEXT", help="Whose name contains this, ignoring case."),
    started_after=Since,
    started_before=Until,
    sort_by=option("--sort", metavar="BY", help="started_at, ended_at, name, latency or status."),
    sort_order=ORDER,
    limit=Limit,
    ids=Annotated[
        bool, typer.Option("--ids", help="Print the ids alone, one a line, for `submit --from -`."), "trace_id"
    ],
)
list_runs = plain(
    "{target}_runs.list",
    columns.RUNS,
    """List the project's runs, newest first.

    pandaprobe-evals runs list --status COMPLETED --limit 20

    pandaprobe-evals runs list --target trace --limit 20
    """,
    empty="No runs.",
    target=Target,
    status=RUN_STATE,
    limit=Limit,
)
retry_run = plain(
    "{target}_runs.retry",
    columns.RUNS,
    """Evaluate again what failed in a run: exactly one new run, even where the answer is lost.

    Example: pandaprobe-evals runs retry 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e
    """,
    run_id=needed("RUN_ID"),
    target=Target,
)
list_metrics = plain(
    "{target}_metrics.list",
    columns.METRICS,
    """List the metrics that the service has.

    pandaprobe-evals metrics

    pandaprobe-evals metrics --target trace
    """,
    target=Target,
)
list_providers = plain(
    "providers.list",
    columns.PROVIDERS,
    """List whose models can judge, and whether the service has a key for them: no run says in advance that it lacks one.

    Example: pandaprobe-evals providers
    """,
)


@command
def show_session(
    cli: Cli,
    session: Annotated[str, typer.Argument(metavar="SESSION_ID", show_default=False)],
    limit: Annotated[
        int, typer.Option(metavar="N", min=1, max=1000, help="Traces to read, with all their spans.")
    ] = 200,
) -> None:
    """Show a session by all its traces, the oldest first; JSON has their spans, inputs and outputs.

    Example: pandaprobe-evals sessions show chat-1
    """
    with cli.client() as panda:
        found = panda.sessions.get(session, limit=limit).to_dict()
    cli.out.records([found], columns.SESSIONS)
    if not cli.out.machine:
        cli.out.records(found["traces"], columns.TRACES)
    if (shown := len(found["traces"])) < found["trace_count"]:
        cli.out.say(
            f"{shown:,} of {found['trace_count']:,} traces; all: {cli.again('traces', 'list', '--session', session)}"
        )


@command
def show_trace(cli: Cli, trace_id: Annotated[str, typer.Argument(metavar="TRACE_ID", show_default=False)]) -> None:
    """Show a trace: its spans, its input and its output.

    Example: pandaprobe-evals traces show b7c9a0de-3f6c-4b43-9e0c-1a2b3c4d5e6f
    """
    import json

    with cli.client() as panda:
        found = panda.traces.get(trace_id).to_dict()
    cli.out.records([found], columns.TRACES)
    if not cli.out.machine:
        cli.out.records(found["spans"], columns.SPANS, empty="No spans.")
        for name in ("input", "output"):
            value = found.get(name)
            cli.out.text(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


@command
def show_runs(cli: Cli, runs: RunIds, target: Target = "session") -> None:
    """Show runs as they stand; JSON has all that the service says of them.

    Example: pandaprobe-evals runs show 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e --json
    """
    ids = run_ids(cli.out, runs)
    with cli.client() as panda:
        resource = runs_of(panda, target)
        cli.out.records((resource.get(id_).to_dict() for id_ in ids), columns.RUNS[target])


@command
def delete_runs(
    cli: Cli,
    runs: RunIds,
    scores: Annotated[bool, typer.Option("--scores", help="Delete their scores, too.")] = False,
    target: Target = "session",
    yes: Yes = False,
) -> None:
    """Delete runs; their scores stay. Nothing that was billed is given back.

    Example: pandaprobe-evals runs delete 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e --scores --yes
    """
    ids = run_ids(cli.out, runs)
    confirm(yes, f"{counted(len(ids), 'run')}{' with all scores' if scores else ''}")
    with cli.client() as panda:
        for id_ in ids:
            runs_of(panda, target).delete(id_, delete_scores=scores)
            deleted(cli, "run_id", id_)


@command
def run_scores(cli: Cli, runs: RunIds, target: Target = "session") -> None:
    """List the scores of runs.

    Example: pandaprobe-evals runs scores 0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e
    """
    ids = run_ids(cli.out, runs)
    with cli.client() as panda:
        resource = runs_of(panda, target)

        def found() -> Iterator[dict[str, Any]]:
            for id_ in ids:
                scores = resource.scores(id_)
                if not scores:
                    resource.get(id_)  # the service has no scores for a run that it does not have, either
                yield from (score.to_dict() for score in scores)

        cli.out.records(found(), columns.SCORES[target], empty="No scores yet.")


def confirm(yes: bool, what: str) -> None:
    """Ask before something is deleted.

    Raises:
        Misuse: Nobody can be asked.
        typer.Exit: The answer was no.
    """
    import sys

    if yes:
        return
    if not sys.stdin.isatty():
        raise Misuse(NEEDS_YES)
    if not typer.confirm(f"Delete {what}?", err=True):
        raise typer.Exit(exits.GENERAL)


def deleted(cli: Cli, name: str, id_: str) -> None:
    """Say that something was deleted."""
    cli.out.record(event="deleted", **{name: id_})
    cli.out.text(printable(f"deleted {id_}"))
