"""Says which extra to install where a library is missing, by whoever made the environment."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class MissingExtra(ModuleNotFoundError):
    """A library is missing that an extra brings; the message says how to install it."""


def install(extra: str, environment: Path | None = None) -> str:
    """The command that adds an extra of this distribution to an environment; to this process's without one.

    A tool's own environment, as uv and pipx make them, takes none by pip.
    """
    environment = environment or Path(sys.prefix)
    wanted = f"'pandaprobe-evals[{extra}]'"
    if (environment / "uv-receipt.toml").exists():
        return f"uv tool install {wanted}"
    if (environment / "pipx_metadata.json").exists():
        return f"pipx install --force {wanted}"
    if environment.parent.name.startswith("archive-v"):  # of uv's cache: uvx made it, and forgets it
        return f"uvx --from {wanted} pandaprobe-evals"
    return f"pip install {wanted}"


@contextmanager
def needed_for(what: str, extra: str) -> Generator[None]:
    """Turn the failure to import somebody else's library into one that says what to install.

    Args:
        what: Who needs it, as the message begins.
        extra: The extra of this distribution that brings it.

    Raises:
        MissingExtra: With the same `name`.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in ("pandaprobe_evals", "pandaprobe_evals_api"):
            raise
        missing = error.name
    else:
        return
    raise MissingExtra(f"{what} needs {missing}: {install(extra)}", name=missing)
