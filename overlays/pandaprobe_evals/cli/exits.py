"""Exit codes: the vendor's tool's, and those of our own; which error ends in which."""

import io
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from pandaprobe_evals.extras import MissingExtra

if TYPE_CHECKING:
    from pandaprobe_evals import PandaProbeError

    from .output import Output

OK: Final = 0
GENERAL: Final = 1
AUTH: Final = 2
NOT_FOUND: Final = 3
VALIDATION: Final = 4
API: Final = 5
LIMIT: Final = 6
VERDICT: Final = 7
INTERRUPTED: Final = 130
PIPE: Final = 141
"""Whoever read the output has gone, as `head` does; what a shell reports of any program then."""
TERMINATED: Final = 143
"""SIGTERM, by which job runners and service managers stop what they started; what a shell reports of it, too."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: end as Ctrl-C does, so that nothing is lost and it is said how to go on."""


def code_for(error: Exception) -> int:
    """The exit code for an error of the client."""
    from pandaprobe_evals import errors

    match error:
        case errors.InvalidArgument() | errors.InvalidRequest():
            return VALIDATION
        case errors.AuthenticationError() | errors.PermissionDenied():
            return AUTH
        case errors.NotFound():
            return NOT_FOUND
        case errors.RateLimited() | errors.QuotaExceeded():
            return LIMIT
        case errors.APIStatusError() | errors.ContractViolation() | errors.OutcomeUnknown():
            return API
        case _:
            return GENERAL


@contextmanager
def reported(
    out: "Output", typed: Mapping[str, str] | None = None, again: "Callable[[Sequence[str]], str] | None" = None
) -> Generator[None]:
    """Say what went wrong within the block in one message, and end the command with its code.

    Args:
        out: Where to say it.
        typed: What the command calls its parameters: flags.
        again: How to wait for these runs again, as it can be typed.
    """
    try:
        yield
    except Terminated:
        out.say("Terminated.")
        raise typer.Exit(TERMINATED) from None
    except KeyboardInterrupt:
        out.say("Interrupted.")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        out.hang_up()
        raise typer.Exit(PIPE) from None
    except Exception as error:
        from pandaprobe_evals import PandaProbeError

        if isinstance(error, PandaProbeError):
            code = code_for(error)
            out.error(
                f"{_in_flags(error, typed or {}, again)}{_advice(error)}",
                code=name_of(error),
                exit_code=code,
                request_id=error.request_id,
            )
            raise typer.Exit(code) from None
        if isinstance(error, MissingExtra):
            out.error(str(error), code="missing_extra")
            raise typer.Exit(GENERAL) from None
        if isinstance(error, typer.TyperException) and out.as_json:  # a flag that its command refuses
            out.error(_usage(error), code="invalid_argument", exit_code=VALIDATION)
            raise typer.Exit(VALIDATION) from None
        if isinstance(error, OSError):
            where = f"{error.filename}: " if error.filename else ""
            out.error(f"{where}{error.strerror or error}", code="os_error")
            raise typer.Exit(GENERAL) from None
        raise


def name_of(error: Exception) -> str:
    """An error's class as programs know it: `invalid_argument`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__.replace("API", "Api")).lower()


def _usage(error: typer.TyperException) -> str:
    said = getattr(error, "format_message", None)
    return str(said() if said else error)


_FLAGS = {
    "base_url": "--endpoint",
    "date_from": "--since",
    "date_to": "--until",
    "eval_run_id": "--run",
    "run_id": "RUN_ID",
    "session_id": "--session",
    "signal_weights": "--weight",
    **{name: f"--{name}" for name in ("name", "model", "status", "source", "timeout", "pacing", "share")},
}
"""The library's arguments as flags."""
_WORDS: Mapping[str, str | Callable[[re.Match[str]], str]] = {
    r"use (session|trace)_runs for it, not \w+": r"give --target \1",
    r"\b(allow_http|as_signal)=True": lambda found: f"--{found[1].replace('_', '-')}",
    r"\bbase_url\b": "--endpoint",
    r", or an Engine\b": "",
}
"""What the library says in Python within a message, and what it is on the command line."""


def _in_flags(
    error: "PandaProbeError", typed: Mapping[str, str], again: "Callable[[Sequence[str]], str] | None"
) -> str:
    """An error of the library in the words of the command line."""
    from pandaprobe_evals import InvalidArgument, WaitTimeout

    if isinstance(error, WaitTimeout):
        return f"{error.message}; wait again: {again(error.run_ids)}" if again else error.message
    said = str(error)
    if isinstance(error, InvalidArgument) and (name := error.argument):
        said = f"{typed.get(name) or _FLAGS.get(name, name)}{said.removeprefix(name)}"
    for python, flag in _WORDS.items():
        said = re.sub(python, flag, said)
    return said


def _advice(error: Exception) -> str:
    """Where to look, for errors that are of the way to the service."""
    from pandaprobe_evals import errors

    strange = isinstance(error, errors.ContractViolation) and not error.readable
    refused = isinstance(error, errors.AuthenticationError)
    elsewhere = (
        isinstance(error, errors.APIStatusError) and error.status == 404 and error.detail == "Not Found"
    )  # of a path
    on_the_way = strange or refused or elsewhere or isinstance(error, errors.ConnectionFailed)
    return ". `pandaprobe-evals doctor` looks into it" if on_the_way else ""


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
            told = {"code": "invalid_argument", "message": _usage(error), "exit_code": exit_code, "request_id": None}
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
