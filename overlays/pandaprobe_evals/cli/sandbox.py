"""`pandaprobe-evals sandbox`: the embedded PandaProbe on a port."""

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pandaprobe_evals.extras import install

from . import values


def _limit(text: str) -> tuple[int, float] | Literal["off"]:
    return "off" if text == "off" else values.rate_limit(text)


def sandbox(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="Port; 0 picks a free one.")] = 8321,
    db: Annotated[str, typer.Option(metavar="FILE", help="Keep the state in a file.")] = ":memory:",
    speed: Annotated[
        float, typer.Option(metavar="X", parser=values.above_0, help="How many times faster runs advance.")
    ] = 1.0,
    total_field: Annotated[
        Literal["total_targets", "total_traces"],
        typer.Option(help="The field in which runs say their number of sessions; total_traces in older deployments."),
    ] = "total_targets",
    rate_limit: Annotated[
        Any, typer.Option(metavar="N/SECONDS", parser=_limit, help="Creates per window and path, or off.")
    ] = "50/60",
    read_limit: Annotated[
        Any, typer.Option(metavar="N/SECONDS", parser=_limit, help="Reads and deletes per window and path, or off.")
    ] = "200/60",
    scores: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A JSON file with the scores of sessions, by id and metric.")
    ] = None,
) -> None:
    """Serve an embedded PandaProbe on this machine, until Ctrl-C."""
    try:
        from pandaprobe_sandbox import chosen, run
    except ModuleNotFoundError as error:
        sys.exit(f"Error: the sandbox needs {error.name}: {install('sandbox')}")
    try:
        known = None if scores is None else chosen.read(scores)
        list(chosen.checked(known or {}))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--scores") from None
    raise typer.Exit(
        run(
            host,
            port,
            db=db,
            speed=speed,
            total_field=total_field,
            rate_limit=None if rate_limit == "off" else rate_limit,
            read_limit=None if read_limit == "off" else read_limit,
            scores=known,
        )
    )
