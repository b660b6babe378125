"""Says which extra to install where a library is missing."""

from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def needed_for(what: str, extra: str) -> Generator[None]:
    """Turn the failure to import somebody else's library into one that says what to install.

    Args:
        what: Who needs it, as the message begins.
        extra: The extra of this distribution that brings it.

    Raises:
        ModuleNotFoundError: With the same `name`.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("pandaprobe_evals", "pandaprobe_evals_api"):
            raise
        missing = error.name
    else:
        return
    raise ModuleNotFoundError(f"{what} needs {missing}: pip install 'pandaprobe-evals[{extra}]'", name=missing)
