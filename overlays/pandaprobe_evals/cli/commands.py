"""The root of the command line, and the list of its commands: each has a module of its own here."""

from typing import Annotated

import typer

from pandaprobe_evals import __version__

from . import config, contract, reads
from .agents import agents
from .doctor import doctor
from .gate import gate, report
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
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """What holds for every command."""


def _group(name: str, help_: str) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=help_)
    app.add_typer(group, name=name)
    return group


app.command()(submit)
app.command()(watch)
app.command()(resume)
app.command()(gate)
app.command()(report)

runs = _group("runs", "Evaluation runs: list, get, delete, retry, scores.")
runs.command("list")(reads.list_runs)
runs.command("get")(reads.get_runs)
runs.command("delete")(reads.delete_runs)
runs.command("retry")(reads.retry_run)
runs.command("scores")(reads.run_scores)

app.command("metrics")(reads.list_metrics)
app.command("scores")(reads.list_scores)

settings = _group("config", "Where settings come from.")
settings.command()(config.show)

checks = _group("contract", "Whether a deployment, or a specification, keeps to our contract.")
checks.command("check")(contract.check)
checks.command("drift")(contract.drift)

app.command()(doctor)
app.command()(sandbox)
app.command()(schema)
app.command()(agents)
