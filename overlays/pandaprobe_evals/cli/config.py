"""`pandaprobe-evals config show`: every setting in force, and where it came from."""

from operator import itemgetter

from .common import Cli, command
from .evaluation import EvaluationFile, NoEvaluation, evaluation
from .output import Column


@command
def show(cli: Cli, evaluation_file: EvaluationFile = None, no_evaluation: NoEvaluation = False) -> None:
    """Show every setting in force and where it came from; secrets are masked.

    Flags win over environment variables, these over the configuration file, and that over the defaults. An evaluation
    (pandaprobe-evals.toml) is shown where there is one.

    Example: pandaprobe-evals config show
    """
    from pandaprobe_evals import client, contract, settings

    given = settings.in_force(*cli.layers())
    defaults = {"endpoint": contract.production_url(), "timeout": f"{client.TIMEOUT.read:g}"}
    rows = [
        {
            "event": "setting",
            "setting": name,
            "value": given[name].shown if name in given else defaults.get(name),
            "source": given[name].source if name in given else "default" if name in defaults else None,
        }
        for name in settings.VARIABLES
    ]
    said = evaluation(evaluation_file, none=no_evaluation)
    rows += [
        {"event": "setting", "setting": name, "value": _plain(value), "source": f"{name} in {said.file}"}
        for name, value in said.given.items()
    ]
    cli.out.records(
        rows,
        [
            Column("setting", itemgetter("setting")),
            Column("value", lambda row: row["value"] or "-"),
            Column("from", lambda row: row["source"] or f"not set ({settings.VARIABLES[row['setting']]})"),
        ],
    )


def _plain(value: object) -> str:
    """A value of an evaluation as its flag takes it."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={number:g}" for name, number in value.items())
    return ", ".join(value) if isinstance(value, tuple) else str(value)
