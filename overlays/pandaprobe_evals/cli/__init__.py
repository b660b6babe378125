"""The command line, `pandaprobe-evals`: the `[cli]` extra."""

import sys


def main() -> None:
    """Run the command line; says which extra to install where one is missing."""
    try:
        from . import exits
        from .commands import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        sys.exit(f"the command line needs {error.name}: pip install 'pandaprobe-evals[cli]'")
    sys.exit(exits.run(app))
