"""`pandaprobe-evals config show`: every setting in force, and where it came from."""

from operator import itemgetter

from .common import Cli, command
from .output import Column


@command
def show(cli: Cli) -> None:
    """Show every setting in force and where it came from; secrets are masked.

    Flags win over environment variables, these over the configuration file, and that over the defaults.

    Example: pandaprobe-evals config show
    """
    from pandaprobe_evals import client, contract, settings

    given = settings.in_force(*cli.layers())
    defaults = {"endpoint": contract.production_url(), "timeout": f"{client.TIMEOUT.read:g}"}
    rows = [
        {
            "setting": name,
            "value": given[name].shown if name in given else defaults.get(name),
            "source": given[name].source if name in given else "default" if name in defaults else None,
        }
        for name in settings.VARIABLES
    ]
    cli.out.records(
        rows,
        [
            Column("setting", itemgetter("setting")),
            Column("value", lambda row: row["value"] or "-"),
            Column("from", lambda row: row["source"] or f"not set ({settings.VARIABLES[row['setting']]})"),
        ],
    )
