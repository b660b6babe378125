"""The root of the command line, and the list of its commands: each has a module of its own here."""

from typing import Annotated

import typer

from pandaprobe_evals import __version__

from . import config
from .sandbox import sandbox

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


app.command()(sandbox)

settings = _group("config", "Where settings come from.")
settings.command()(config.show)
