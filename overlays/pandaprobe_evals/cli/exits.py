"""Exit codes: the vendor's tool's, and those of our own; which error ends in which."""

import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
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
def reported(out: "Output") -> Generator[None]:
    """Say what went wrong within the block in one message, and end the command with its code."""
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
            out.error(f"{error}{_advice(error)}")
            raise typer.Exit(code_for(error)) from None
        if isinstance(error, ModuleNotFoundError) and "pip install" in str(error):  # of an extra
            out.error(str(error))
            raise typer.Exit(GENERAL) from None
        if isinstance(error, OSError):
            where = f"{error.filename}: " if error.filename else ""
            out.error(f"{where}{error.strerror or error}")
            raise typer.Exit(GENERAL) from None
        raise


def _advice(error: Exception) -> str:
    """Where to look, for errors that are of the way to the service."""
    from pandaprobe_evals import errors

    strange = isinstance(error, errors.ContractViolation) and not error.readable
    return ". `pandaprobe-evals doctor` looks into it" if strange or isinstance(error, errors.ConnectionFailed) else ""


def run(app: typer.Typer) -> int:
    """Run the command line on the arguments of this process; return its exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:  # such as a flag that does not exist
        show = getattr(error, "show", None)
        if show:
            show()
        else:
            sys.stderr.write(f"Error: {error}\n")
        return VALIDATION if error.exit_code == 2 else error.exit_code  # 2 means AUTH here
    except typer.Abort as stop:
        return TERMINATED if isinstance(stop.__cause__, Terminated) else INTERRUPTED
    except KeyboardInterrupt as stop:  # before the command began
        return TERMINATED if isinstance(stop, Terminated) else INTERRUPTED
    return code if isinstance(code, int) else OK


def _terminate(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # asked again, it ends at once
    raise Terminated
