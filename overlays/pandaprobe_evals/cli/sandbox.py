"""`pandaprobe-evals sandbox`: the embedded PandaProbe on a port."""

import sys
from typing import Annotated

import typer

from pandaprobe_evals.extras import install


def sandbox(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = 8321,
    db: Annotated[str, typer.Option(metavar="FILE", help="Keep the state in a file.")] = ":memory:",
    speed: Annotated[float, typer.Option(help="How many times faster runs advance.")] = 1.0,
    total_field: Annotated[
        str,
        typer.Option(help="The field in which runs say their number of sessions; total_traces in older deployments."),
    ] = "total_targets",
    rate_limit: Annotated[
        str, typer.Option(metavar="N/SECONDS", help="Creates per window and path, or off.")
    ] = "50/60",
    read_limit: Annotated[
        str, typer.Option(metavar="N/SECONDS", help="Reads and deletes per window and path, or off.")
    ] = "200/60",
    scores: Annotated[
        str | None, typer.Option(metavar="FILE", help="A JSON file with the scores of sessions, by id and metric.")
    ] = None,
) -> None:
    """Serve an embedded PandaProbe on this machine, until Ctrl-C."""
    try:
        from pandaprobe_sandbox import main as serve
    except ModuleNotFoundError as error:
        sys.exit(f"Error: the sandbox needs {error.name}: {install('sandbox')}")
    options = {
        "--host": host,
        "--port": str(port),
        "--db": db,
        "--speed": str(speed),
        "--total-field": total_field,
        "--rate-limit": rate_limit,
        "--read-limit": read_limit,
        **({"--scores": scores} if scores is not None else {}),
    }
    try:
        code = serve([word for option in options.items() for word in option])
    except SystemExit as refused:  # its own words have been said
        code = 4 if refused.code == 2 else 1
    raise typer.Exit(code)
