"""Exit codes: the vendor's tool's, and those of our own; which error ends in which."""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

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
            out.error(usage(error), code="invalid_argument", exit_code=VALIDATION)
            raise typer.Exit(VALIDATION) from None
        if isinstance(error, OSError):
            where = f"{error.filename}: " if error.filename else ""
            out.error(f"{where}{error.strerror or error}", code="os_error")
            raise typer.Exit(GENERAL) from None
        raise


def name_of(error: Exception) -> str:
    """An error's class as programs know it: `invalid_argument`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__.replace("API", "Api")).lower()


def usage(error: typer.TyperException) -> str:
    """What is wrong with what was typed."""
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
