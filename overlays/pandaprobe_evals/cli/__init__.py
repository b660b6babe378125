"""The command line, `pandaprobe-evals`: the `[cli]` extra."""

import io
import os
import signal
import sys
from pathlib import Path

_INTERRUPTED = 130


def main() -> None:
    """Run the command line; says which extra to install where one is missing."""
    interrupt = signal.getsignal(signal.SIGINT)
    if interrupt is signal.default_int_handler:  # nothing has begun: Ctrl-C within imports has nothing to say
        signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(_INTERRUPTED))
    try:
        from . import exits
        from .commands import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        from pandaprobe_evals.extras import install

        sys.exit(f"the command line needs {error.name}: {install('cli')}")
    signal.signal(signal.SIGINT, interrupt)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by who started this, as `>&-` does
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (for the whole process)
    if isinstance(
        sys.stdout, io.TextIOWrapper
    ):  # as stderr does: a character that a terminal of LANG=C lacks is escaped
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(exits.run(app))
