"""How fast commands that create may go: their options, and the client that keeps to them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import completion, values
from .common import Cli

if TYPE_CHECKING:
    from pandaprobe_evals import PandaProbe

_PANEL = "Rate limit"

Pacing = Annotated[
    str,
    typer.Option(
        metavar="memory|sqlite|redis|off",
        autocompletion=completion.among("memory", "sqlite", "redis", "off"),
        help="Who shares the budget: this process, this machine's processes, many machines; off: no pacing.",
        rich_help_panel=_PANEL,
    ),
]
Share = Annotated[
    float,
    typer.Option(
        metavar="FRACTION", help="The share of the limit to use, which leaves room for others.", rich_help_panel=_PANEL
    ),
]
RateLimit = Annotated[
    Any,
    typer.Option(
        metavar="N/SECONDS",
        parser=values.rate_limit,
        help="The deployment's own limit of creates; by default what the contract says.",
        rich_help_panel=_PANEL,
    ),
]
Settle = Annotated[
    float | None,
    typer.Option(
        metavar="TIME",
        parser=values.seconds,
        help="How long a create whose answer was lost may still be under way at the service.",
        show_default="6",
        rich_help_panel=_PANEL,
    ),
]


def paced_client(
    cli: Cli, pacing: str, share: float, rate_limit: tuple[int, float] | None, settle: float | None
) -> "PandaProbe":
    """A client that keeps to these options.

    Raises:
        InvalidArgument: As `Cli.client`.
    """
    from pandaprobe_evals import BackoffPolicy

    backoff = None if settle is None else BackoffPolicy(settle=settle)
    return cli.client(pacing=pacing, share=share, rate_limit=rate_limit, backoff=backoff)
