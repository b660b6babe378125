"""Says which extra to install where a library is missing: a command to paste, for the tool that made the environment."""

import json
import re
import shlex
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib import metadata, util
from pathlib import Path
from typing import Final

_NAME: Final = "pandaprobe-evals"
_OF_AN_EXTRA: Final = re.compile(r"([\w.-]+).*; extra == ['\"](\w+)['\"]")


class MissingExtra(ModuleNotFoundError):
    """A library is missing that an extra brings; the message says how to install it."""


def install(extra: str, environment: Path | None = None) -> str:
    """The command that adds an extra of this distribution to an environment; to this process's without one.

    It installs from where this distribution was installed. A tool's own environment, as uv and pipx make them, takes none
    by pip and is made anew, so that the command names the extras that it has already.
    """
    environment = environment or Path(sys.prefix)
    every = _requirement(*_present(beside=extra), extra)
    if (environment / "uv-receipt.toml").exists():
        return f"uv tool install --force {every}"
    if (environment / "pipx_metadata.json").exists():
        return f"pipx install --force {every}"
    if environment.parent.name.startswith("archive-v"):  # of uv's cache: uvx made it, and forgets it
        return f"uvx --from {every} {_NAME}"
    return f"{_pip_install()} {_requirement(extra)}"


def _pip_install() -> str:
    """What installs into this process's environment, which need not be the one that a shell has activated."""
    python = Path(sys.executable)
    found = shutil.which("pip")
    if found and Path(found).parent == python.parent:
        return "pip install"
    if util.find_spec("pip"):
        return f"{shlex.quote(str(python))} -m pip install"
    return f"uv pip install --python {shlex.quote(str(python))}"


def _requirement(*extras: str) -> str:
    """This distribution with extras, as a word of a shell: from where it came, as an index need not have it."""
    wanted = f"{_NAME}[{','.join(extras)}]"
    try:
        said = json.loads(metadata.distribution(_NAME).read_text("direct_url.json") or "{}")
    except metadata.PackageNotFoundError:  # it runs from its source
        said = {}
    if said.get("dir_info", {}).get("editable"):
        return f"-e '{said['url'].removeprefix('file://')}[{','.join(extras)}]'"
    if (vcs := said.get("vcs_info")) and "url" in said:
        return f"'{wanted} @ {vcs['vcs']}+{said['url']}@{vcs['commit_id']}'"
    return f"'{wanted} @ {said['url']}'" if "url" in said else f"'{wanted}'"


def _present(*, beside: str) -> list[str]:
    """The extras whose libraries are all installed, without those that another one brings."""
    try:
        requires = metadata.requires(_NAME) or []
    except metadata.PackageNotFoundError:
        return []
    brings: dict[str, set[str]] = {}
    for found in filter(None, map(_OF_AN_EXTRA.fullmatch, requires)):
        brings.setdefault(found[2], set()).add(found[1])
    covered = brings.pop(beside, set())
    there: list[str] = []
    for extra in sorted(brings, key=lambda extra: -len(brings[extra])):
        if not brings[extra] <= covered and all(map(_installed, brings[extra])):
            there.append(extra)
            covered = covered | brings[extra]
    return there


def _installed(distribution: str) -> bool:
    try:
        metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True


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
