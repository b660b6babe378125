"""The command line as a program: signals, streams, options that stand before the command, and the code it ends with."""

import io
import json
import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import typer

from .exits import INTERRUPTED, OK, TERMINATED, VALIDATION, Terminated, usage

_FILTERS = "lists have filters, and what is evaluated, deleted and billed is named: pandaprobe-evals sessions list"
_INTO_SUBMIT = "--ids | pandaprobe-evals submit --from -"
_ELSEWHERE = {
    "--project": "it is --project-name (or --project-id beside a token)",
    "--format": "stdout is a table on a terminal and JSON lines elsewhere; --json asks for these on a terminal, too",
    "--api-key": "secrets have no flag, since others on this machine could read it: set PANDAPROBE_API_KEY",
    "--offset": "lists are read page by page as far as --limit N says, and to their end without it",
    "--since": f"{_FILTERS} --since 24h {_INTO_SUBMIT}",
    "--until": f"{_FILTERS} --until yesterday {_INTO_SUBMIT}",
    "--tag": f"{_FILTERS} --tag prod {_INTO_SUBMIT}",
    "--user": f"{_FILTERS} --user ada {_INTO_SUBMIT}",
    "--has-error": f"{_FILTERS} --has-error {_INTO_SUBMIT}",
    "--token": "secrets have no flag, since others on this machine could read it: set PANDAPROBE_TOKEN",
}
"""What other tools have, and what does it here."""


def _with_globals_behind(words: list[str], groups: Collection[str], valued: Collection[str]) -> list[str]:
    """The arguments with the options that stand before the command behind it, where they are declared."""
    before = 0
    while before < len(words) and words[before].startswith("-") and words[before] not in ("-h", "--help", "--version"):
        before += 2 if words[before] in valued else 1
    if before >= len(words):
        return words
    command = 2 if words[before] in groups else 1
    return [*words[before : before + command], *words[:before], *words[before + command :]]


def run(app: typer.Typer, interrupt: Any) -> int:
    """Run the command line on the arguments of this process, with `interrupt` for SIGINT; return its exit code."""
    try:
        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, _terminate)
        _open_streams()
        from .common import VALUED
        from .help_lines import HELP, help_lines

        if "--json" in sys.argv and HELP & {*sys.argv}:
            for line in help_lines(app, sys.argv[1:]):
                sys.stdout.write(json.dumps(line) + "\n")
            return OK
        groups = {str(group.name) for group in app.registered_groups}
        code = app(_with_globals_behind(sys.argv[1:], groups, VALUED), standalone_mode=False)
    except typer.TyperException as error:  # such as a flag that does not exist
        show = getattr(error, "show", None)
        asked = next((hint for flag, hint in _ELSEWHERE.items() if getattr(error, "option_name", "") == flag), "")
        if "--json" in sys.argv:
            exit_code = VALIDATION if error.exit_code == 2 else error.exit_code
            told = {"code": "invalid_argument", "message": usage(error), "exit_code": exit_code, "request_id": None}
            if asked:
                told["message"] = f"{told['message']} ({asked})"
            sys.stderr.write(json.dumps({"error": told}) + "\n")
        elif asked:
            sys.stderr.write(f"Error: no such option: {error.option_name}: {asked}\n")  # type: ignore[attr-defined]  # `asked` says which error
        elif show:
            show()
        else:
            sys.stderr.write(f"Error: {error}\n")
        return VALIDATION if error.exit_code == 2 else error.exit_code  # 2 means AUTH here
    except typer.Abort as stop:
        return TERMINATED if isinstance(stop.__cause__, Terminated) else INTERRUPTED
    except KeyboardInterrupt as stop:  # before the command began
        return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED
    return code if isinstance(code, int) else OK


def _open_streams() -> None:
    """Let each standard stream be there, and take any character."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by who started this, as `>&-` does
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  (for the whole process)
    if isinstance(
        sys.stdout, io.TextIOWrapper
    ):  # as stderr does: a character that a terminal of LANG=C lacks is escaped
        sys.stdout.reconfigure(errors="backslashreplace")


def _terminate(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # asked again, it ends at once
    raise Terminated
