"""The root of the command line, and the list of its commands: each has a module of its own here."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pandaprobe_evals import __version__

from . import config, contract, monitor_edits, monitors, resources, scores
from .agents import agents
from .call import call
from .compare import compare
from .doctor import doctor
from .export import export
from .gate import gate
from .report import report
from .sandbox import sandbox
from .schema import schema
from .submit import resume, submit
from .watch import watch

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks show locals
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Evaluate AI agents' sessions with PandaProbe.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What holds for every command."""


class Listing(TyperGroup):
    """A group that lists where no command of it is named: `scores --metric NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `list` before options."""
        if not args or (args[0].startswith("-") and args[0] not in ("-h", "--help")):
            args = ["list", *args]
        return super().parse_args(ctx, args)


def _group(name: str, help_: str, cls: type[TyperGroup] = TyperGroup) -> typer.Typer:
    group = typer.Typer(no_args_is_help=cls is TyperGroup, help=help_, cls=cls)
    app.add_typer(group, name=name)
    return group


app.command()(submit)
app.command()(watch)
app.command()(resume)
app.command()(gate)
app.command()(report)
app.command()(compare)
app.command()(export)
app.command()(call)

sessions = _group("sessions", "The project's sessions: find them, and look at one.")
sessions.command("list")(resources.list_sessions)
sessions.command("show")(resources.show_session)

traces = _group("traces", "The project's traces: find them, and look at one.")
traces.command("list")(resources.list_traces)
traces.command("show")(resources.show_trace)

runs = _group("runs", "Evaluation runs: list, show, wait, scores, retry, delete.")
runs.command("list")(resources.list_runs)
runs.command("show")(resources.show_runs)
runs.command("scores")(resources.run_scores)
runs.command("wait")(watch)
runs.command("retry")(resources.retry_run)
runs.command("delete")(resources.delete_runs)

app.command("metrics")(resources.list_metrics)
app.command("providers")(resources.list_providers)

scored = _group("scores", "Scores: list, of one session or trace, add, edit, delete. Alone, as `scores list`.", Listing)
scored.command("list")(scores.list_scores)
scored.command("of")(scores.scores_of)
scored.command("add")(scores.add_score)
scored.command("edit")(scores.edit_score)
scored.command("delete")(scores.delete_scores)

figures = _group("analytics", "Figures over all of the project's scores.")
figures.command("summary")(scores.summary)
figures.command("trend")(scores.trend)
figures.command("distribution")(scores.distribution)
figures.command("worst")(scores.worst)

watched = _group(
    "monitors",
    "What the service evaluates by itself: list, show, runs, check, create, edit, pause, resume, trigger, delete.",
)
watched.command("list")(monitors.list_monitors)
watched.command("show")(monitors.show_monitor)
watched.command("runs")(monitors.monitor_runs)
watched.command("check")(monitors.check_monitors)
watched.command("create")(monitor_edits.create_monitor)
watched.command("edit")(monitor_edits.edit_monitor)
watched.command("pause")(monitors.pause_monitor)
watched.command("resume")(monitors.resume_monitor)
watched.command("trigger")(monitors.trigger_monitor)
watched.command("delete")(monitors.delete_monitors)

settings = _group("config", "Where settings come from.")
settings.command()(config.show)

checks = _group("contract", "Whether a deployment, or a specification, keeps to our contract.")
checks.command("check")(contract.check)
checks.command("drift")(contract.drift)

app.command()(doctor)
app.command()(sandbox)
app.command()(schema)
app.command()(agents)
