"""The command line, `pandaprobe-evals`: the `[cli]` extra."""

import gc
import os
import signal
import sys

_INTERRUPTED = 130


def main() -> None:
    """Run the command line; says which extra to install where one is missing."""
    interrupt = signal.getsignal(signal.SIGINT)
    if interrupt is signal.default_int_handler:  # nothing has begun: Ctrl-C within imports has nothing to say
        signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(_INTERRUPTED))
    try:
        from . import program
        from .commands import app
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        from pandaprobe_evals.extras import install

        sys.exit(f"Error: the command line needs {error.name}: {install('cli')}")
    gc.set_threshold(
        50_000
    )  # most of what is read is no cycle, and a program that ends soon need not look for one often
    gc.freeze()  # `tidy` looks for what was read since, not through every module, after each answer
    sys.exit(program.run(app, interrupt))
