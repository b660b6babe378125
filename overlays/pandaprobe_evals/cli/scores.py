"""`pandaprobe-evals scores` and `analytics`: what was measured, what people and programs say of traces, and its figures."""

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from pandaprobe_evals.errors import counted

from . import columns, completion
from .common import Cli, command
from .moments import Since, Until
from .plain import Given, Limit, Target, plain
from .resources import Metric, Yes, confirm, deleted, needed, option
from .results import by_pages
from .values import Misuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandaprobe_evals_api.models import ScoreDataType, ScoreSource

    from pandaprobe_evals import PandaProbe

TraceId = Annotated[str, typer.Argument(metavar="TRACE_ID", show_default=False)]
ScoreId = Annotated[str, typer.Argument(metavar="SCORE_ID", show_default=False)]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Why, in words.")]
Metadata = Annotated[list[str] | None, typer.Option(metavar="KEY=TEXT", help="To be kept with it; repeat for more.")]


def _all_of_them(_: "PandaProbe", __: "Sequence[str]", given: Given) -> Given:
    """Of a list without a limit, the largest pages, several at a time."""
    from pandaprobe_evals.runs import run_kinds

    return given if "page_size" in given else {**given, **by_pages(run_kinds()["session_runs"])}


list_scores = plain(
    "{target}_scores.list",
    columns.SCORES,
    """List the project's scores, newest first.

    pandaprobe-evals scores list --metric agent_reliability --status FAILED --limit 20

    pandaprobe-evals scores list --target trace --source ANNOTATION --since 7d
    """,
    empty="No scores.",
    meant=_all_of_them,
    target=Target,
    session_id=option("--session", metavar="ID", help="Only of this session."),
    trace_id=option("--trace", metavar="ID", help="Only of this trace; with --target trace."),
    name=option("--metric", metavar="NAME", help="Only by this metric, or of this name.", values=completion.metrics),
    eval_run_id=option(
        "--run",
        metavar="RUN_ID",
        help="Only from this run; with --target trace and a run over sessions, the signals that it measured.",
    ),
    status=option(
        "--status", metavar="STATE", help="SUCCESS, FAILED or PENDING.", values=completion.named("ScoreStatus")
    ),
    source=option(
        "--source",
        metavar="KIND",
        help="AUTOMATED, ANNOTATION or PROGRAMMATIC.",
        values=completion.named("ScoreSource"),
    ),
    date_from=Since,
    date_to=Until,
    limit=Limit,
)
scores_of = plain(
    "{target}_scores.of",
    columns.SCORE,
    """List the scores of one session, all of them; or of one trace, the newest of each name.

    pandaprobe-evals scores of chat-1

    pandaprobe-evals scores of b7c9a0de-3f6c-4b43-9e0c-1a2b3c4d5e6f --target trace
    """,
    empty="No scores.",
    trace_id=needed("ID", "The session's id, or the trace's."),
    target=Target,
)


@command
def add_score(
    cli: Cli,
    trace_id: TraceId,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What is judged, such as review.")],
    value: Annotated[
        str, typer.Option("--value", metavar="X", help="A number from 0 to 1; true or false, or a text, by --type.")
    ],
    data_type: Annotated[
        str, typer.Option("--type", metavar="TYPE", help="NUMERIC, BOOLEAN or CATEGORICAL.")
    ] = "NUMERIC",
    source: Annotated[
        str, typer.Option(metavar="KIND", help="ANNOTATION for a person's, PROGRAMMATIC for other software's.")
    ] = "ANNOTATION",
    reason: Reason = None,
    metadata: Metadata = None,
    as_signal: Annotated[
        bool,
        typer.Option(
            "--as-signal", help="Allow the name of a signal: session runs then take the score for a measurement."
        ),
    ] = False,
) -> None:
    """Give a trace a score: a person's, or another program's. Each call adds one; it costs nothing.

    Example: pandaprobe-evals scores add b7c9a0de-3f6c-4b43-9e0c-1a2b3c4d5e6f --name review --value 0.2 --reason "Off topic"
    """
    with cli.client() as panda:
        made = panda.trace_scores.create(
            trace_id=trace_id,
            name=name,
            value=_value(value, data_type),
            data_type=cast("ScoreDataType", data_type),
            source=cast("ScoreSource", source),
            reason=reason,
            metadata=_pairs(metadata),
            as_signal=as_signal or None,
        )
        cli.out.records([made.to_dict()], columns.SCORE["trace"])


@command
def edit_score(
    cli: Cli,
    score: ScoreId,
    value: Annotated[str | None, typer.Option(metavar="X", help="Another value, of the score's type.")] = None,
    reason: Reason = None,
    metadata: Metadata = None,
) -> None:
    """Change a trace's score. It is a person's from then on, and counts as a success, whatever it was.

    Example: pandaprobe-evals scores edit 7a1f0f9e-52c4-4b0b-8f6a-3f0f6f0b9d11 --value 0.9 --reason "Seen by hand"
    """
    if value is None and reason is None and metadata is None:
        raise Misuse("give --value, --reason or --metadata; nothing was changed")
    with cli.client() as panda:
        changed = panda.trace_scores.update(score, value=_read(value), reason=reason, metadata=_pairs(metadata))
        cli.out.records([changed.to_dict()], columns.SCORE["trace"])


@command
def delete_scores(
    cli: Cli,
    scores: Annotated[list[str], typer.Argument(metavar="SCORE_ID...", show_default=False)],
    target: Target = "session",
    yes: Yes = False,
) -> None:
    """Delete scores. A session is measured anew only where the signals of its traces are gone: `--target trace`.

    The service does not say whether a session had such a score.

    Example: pandaprobe-evals scores delete 7a1f0f9e-52c4-4b0b-8f6a-3f0f6f0b9d11 --target trace --yes
    """
    confirm(yes, counted(len(scores), "score"))
    with cli.client() as panda:
        resource: Any = panda.trace_scores if target == "trace" else panda.session_scores
        for id_ in scores:
            resource.delete(id_)
            deleted(cli, "score_id", id_)


def _value(text: str, data_type: str) -> float | bool | str:
    """What a flag says, as the library takes it.

    Raises:
        typer.BadParameter: It is not a number, or neither true nor false, where it must be.
    """
    if data_type == "NUMERIC":
        try:
            return float(text)
        except ValueError:
            raise typer.BadParameter(
                f"{text!r} is not a number from 0 to 1; --type says what else it is", param_hint="--value"
            ) from None
    if data_type == "BOOLEAN":
        if text.lower() not in ("true", "false"):
            raise typer.BadParameter(f"{text!r} is neither true nor false", param_hint="--value")
        return text.lower() == "true"
    return text


def _read(text: str | None) -> float | bool | str | None:
    """Another value, by what it looks like: the service holds it against the score's own type."""
    if text is None or text.lower() in ("true", "false"):
        return None if text is None else text.lower() == "true"
    try:
        return float(text)
    except ValueError:
        return text


def _pairs(texts: list[str] | None) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for text in texts or ():
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise typer.BadParameter(f"{text!r} is not KEY=TEXT", param_hint="--metadata")
        found[key] = value
    return found or None


summary = plain(
    "{target}_scores.summary",
    columns.SUMMARY,
    """Add up the project's scores by metric. Every score counts, those of runs that were repeated too.

    pandaprobe-evals analytics summary --since 7d

    pandaprobe-evals analytics summary --target trace
    """,
    empty="No scores.",
    target=Target,
    date_from=Since,
    date_to=Until,
)
trend = plain(
    "{target}_scores.trend",
    columns.TREND,
    """Show how a metric's mean moves; hours, days or weeks without a score are left out.

    Example: pandaprobe-evals analytics trend --metric agent_reliability --by week
    """,
    empty="No scores.",
    metric_name=Metric,
    granularity=option(
        "--by",
        metavar="LENGTH",
        help="hour, day or week, in UTC; day by default.",
        values=completion.named("Granularity"),
    ),
    target=Target,
    date_from=Since,
    date_to=Until,
)
distribution = plain(
    "{target}_scores.distribution",
    columns.DISTRIBUTION,
    """Show how a metric's scores are spread from 0 to 1: empty parts are left out, and 1 has a row of its own.

    Example: pandaprobe-evals analytics distribution --metric agent_reliability --buckets 5
    """,
    empty="No scores.",
    metric_name=Metric,
    buckets=Annotated[int | None, typer.Option(metavar="N", min=1, max=100, help="In how many parts; 10 by default.")],
    target=Target,
    date_from=Since,
    date_to=Until,
)
worst = plain(
    "session_scores.comparison",
    columns.WORST,
    """List sessions by their newest score, the worst first.

    Example: pandaprobe-evals analytics worst --metric agent_reliability --limit 20
    """,
    empty="No scores.",
    metric_name=Metric,
    limit=Annotated[int | None, typer.Option(metavar="N", min=1, help="The N worst; all by default.")],
)
