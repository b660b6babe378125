"""The commands."""

import sys
from typing import Annotated

import typer

from pandaprobe_evals import __version__

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


@app.command()
def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = 8321,
    db: Annotated[str, typer.Option(metavar="FILE", help="Keep the state in a file.")] = ":memory:",
    speed: Annotated[float, typer.Option(help="How many times faster runs advance.")] = 1.0,
    total_field: Annotated[str, typer.Option(help="Or total_traces, as older deployments say.")] = "total_targets",
    rate_limit: Annotated[str, typer.Option(metavar="N/SECONDS", help="Creates per window, or off.")] = "50/60",
) -> None:
    """Serve an embedded PandaProbe on this machine, until Ctrl-C."""
    try:
        from pandaprobe_evals.sandbox import main as serve
    except ModuleNotFoundError as error:
        sys.exit(f"the sandbox needs {error.name}: pip install 'pandaprobe-evals[sandbox]'")
    options = {
        "--host": host,
        "--port": str(port),
        "--db": db,
        "--speed": str(speed),
        "--total-field": total_field,
        "--rate-limit": rate_limit,
    }
    raise typer.Exit(serve([word for option in options.items() for word in option]))
