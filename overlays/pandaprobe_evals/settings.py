"""Where the client's settings come from: flags, the vendor's environment variables and file, and who wins.

A layer says what one place gives; the first layer that gives a setting wins. The two ways to authenticate are not mixed:
the first layer that names either decides which, and what a lower one says of the other is left unused.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from . import checks
from .address import parse_address
from .auth import ApiKey, BearerToken, Credentials, Secret
from .errors import InvalidArgument, clip
from .extras import needed_for

VARIABLES: Final[Mapping[str, str]] = {
    "api_key": "PANDAPROBE_API_KEY",
    "project_name": "PANDAPROBE_PROJECT_NAME",
    "token": "PANDAPROBE_TOKEN",
    "project_id": "PANDAPROBE_PROJECT_ID",
    "endpoint": "PANDAPROBE_ENDPOINT",
    "timeout": "PANDAPROBE_TIMEOUT",
}
"""Every setting, and its environment variable: the vendor's, and two of our own for the token mode."""
FILE_KEYS: Final = ("api_key", "project_name", "endpoint", "timeout")
"""What the vendor's configuration file can hold."""
SECRETS: Final = frozenset({"api_key", "token"})
CONFIG: Final = "~/.pandaprobe/config.yaml"
"""Where the vendor's `pandaprobe auth login` writes its configuration."""

_MODES = (("api_key", "project_name"), ("token", "project_id"))


@dataclass(frozen=True)
class Given:
    """One setting: its value, and where it came from."""

    name: str
    value: Secret
    """Held so that no repr shows it, whichever setting it is."""
    source: str
    """What to change to change it: a flag, a variable, a key in a file."""

    @property
    def text(self) -> str:
        """The value itself."""
        return self.value.reveal()

    @property
    def shown(self) -> str:
        """The value as it may be shown: of a secret, its kind and its end."""
        text = self.text
        if self.name not in SECRETS:
            return text
        start = "sk_pp_" if text.startswith("sk_pp_") else ""
        return f"{start}...{text[-4:]}" if len(text) >= 40 else "..."


Layer = Mapping[str, Given]
"""What one place gives, by the setting's name; blank values are not there."""


@dataclass(frozen=True)
class Settings:
    """The settings in force; None where one is not set."""

    auth: Credentials
    base_url: str | None = None
    timeout: float | None = None


def environment(environ: Mapping[str, str]) -> Layer:
    """The layer of the environment."""
    return _layer({name: (environ.get(variable), variable) for name, variable in VARIABLES.items()})


def misspelt(names: Iterable[str]) -> list[tuple[str, str]]:
    """Variables whose names are close to a setting's, each with the one that was probably meant.

    >>> misspelt(["PANDAPROBE_ENDPOIN", "PANDAPROBE_ENVIRONMENT"])
    [('PANDAPROBE_ENDPOIN', 'PANDAPROBE_ENDPOINT')]
    """
    start = "PANDAPROBE_"
    stems = {variable.removeprefix(start): variable for variable in VARIABLES.values()}
    found = [(name, _near(name.removeprefix(start), stems)) for name in names if name.startswith(start)]
    return [(name, stems[near]) for name, near in found if near and stems[near] not in names]


def _near(name: str, known: Collection[str]) -> str | None:
    """The known name that an unknown one is close to; None for a known one, and where none is close."""
    return next(iter(get_close_matches(name, known, 1, 0.75)), None) if name not in known else None


def flags(**values: str | None) -> Layer:
    """The layer of the flags, each named like its setting."""
    return _layer({name: (value, f"--{name.replace('_', '-')}") for name, value in values.items()})


def _read(path: Path) -> tuple[Layer, str]:
    """The layer of a file, whose other keys are ignored, and what is wrong with it: no frame that holds its text raises."""
    with needed_for(f"to read {path}, the client", "cli"):
        import yaml

    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return {}, f"{path}: cannot be read: {error.strerror or error}"
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else f", line {line + 1}"
        return {}, f"{path}{where}: is not valid YAML"  # the parser's own words may quote the key
    if content is not None and not isinstance(content, dict):
        return {}, f"{path}: needs lines such as `project_name: my agents`"
    said: Mapping[Any, Any] = content or {}
    for key in map(str, said):
        if (meant := _near(key, FILE_KEYS)) and meant not in said:
            return {}, f"{path}: {clip(key)} is not a key; did you mean {meant}?"
    found: dict[str, tuple[str | None, str]] = {}
    for name in FILE_KEYS:
        value = said.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            return {}, f"{path}: {name} is neither text nor a number"
        found[name] = (None if value is None else str(value), f"{name} in {path}")
    return _layer(found), ""


def config_file(path: str | os.PathLike[str] | None = None) -> Path:
    """The configuration file, whether or not it is there: the one given, or else the vendor's."""
    return Path(path or os.path.expanduser(CONFIG))  # noqa: PTH111  (stays as it is without a home folder)


def surroundings(environ: Mapping[str, str], path: str | os.PathLike[str] | None = None) -> list[Layer]:
    """The layers of the environment and of the configuration file, in the order in which they win.

    Raises:
        InvalidArgument: The file cannot be read, or a value in it is neither text nor a number. A `path` has to name a file;
            the vendor's may be missing.
        ModuleNotFoundError: The extra [cli], which reads YAML, is not installed.
    """
    layer = environment(environ)
    del environ  # no frame that raises holds the secrets of it
    return _and_file(layer, path)


def _and_file(layer: Layer, path: str | os.PathLike[str] | None) -> list[Layer]:
    found = config_file(path)
    if not path and not found.exists():
        return [layer]
    more, wrong = _read(found)
    if wrong:
        raise InvalidArgument(wrong)
    return [layer, more]


def _layer(values: Mapping[str, tuple[str | None, str]]) -> Layer:
    return {
        name: Given(name, Secret(text.strip()), source)
        for name, (text, source) in values.items()
        if text is not None and text.strip()
    }


def in_force(*layers: Layer) -> Layer:
    """The winning value of each setting, the first layer's before the second's; without the mode that is not used."""
    found = {name: layer[name] for layer in reversed(layers) for name in layer}
    decides = next((layer for layer in layers if any(name in layer for mode in _MODES for name in mode)), {})
    named = [mode for mode in _MODES if any(name in decides for name in mode)]
    unused = {name for mode in _MODES if len(named) == 1 and mode not in named for name in mode}
    return {name: found[name] for name in VARIABLES if name in found and name not in unused}


def settle(given: Layer, *, or_else: str = "") -> Settings:
    """Turn the settings in force into the client's arguments; refuses what could send credentials to the wrong place.

    Args:
        given: As `in_force` returns it.
        or_else: What else could have been done where there are no credentials at all.

    Raises:
        InvalidArgument: No mode, half a mode or both modes are set, or a value is malformed; the message names its source.
    """
    complete = [mode for mode in _MODES if all(name in given for name in mode)]
    named = [name for mode in _MODES for name in mode if name in given]
    if len(complete) > 1 or (len(complete) == 1 and set(named) - set(complete[0])):
        raise InvalidArgument(
            f"{', '.join(sorted(given[name].source for name in named))} are set, which belong to two ways to "
            f"authenticate, and the service would silently use one of them; keep either "
            f"{_pair(_MODES[0])}, or {_pair(_MODES[1])}"
        )
    if not complete:
        halves = [mode for mode in _MODES if any(name in given for name in mode)]
        missing = [VARIABLES[name] for mode in halves for name in mode if name not in given]
        if missing:
            sources = ", ".join(sorted(given[name].source for name in named))
            raise InvalidArgument(f"{sources} needs {' and '.join(missing)} beside it, which is not set")
        raise InvalidArgument(f"no credentials: set {_pair(_MODES[0])}, or {_pair(_MODES[1])}{or_else}")
    secret, scope = (given[name] for name in complete[0])
    auth, wrong = _credentials(secret, scope)
    if auth is None:
        raise InvalidArgument(wrong)
    return Settings(auth, _endpoint(given.get("endpoint")), _timeout(given.get("timeout")))


def from_env(environ: Mapping[str, str]) -> Settings:
    """Read the settings from the environment alone.

    Raises:
        InvalidArgument: As `settle`; the message names the variable.
    """
    layer = environment(environ)
    del environ  # as in `surroundings`
    return settle(in_force(layer), or_else=f"; from_config() reads {CONFIG} as well")


def from_config(environ: Mapping[str, str], path: str | os.PathLike[str] | None = None) -> Settings:
    """Read the settings from the environment and from the configuration file, as the command line does.

    Raises:
        InvalidArgument: As `settle` and `surroundings`; the message names what to change.
    """
    layer = environment(environ)
    del environ  # as in `surroundings`
    or_else = f"; or write api_key and project_name into {config_file(path)}"
    return settle(in_force(*_and_file(layer, path)), or_else=or_else)


def _pair(mode: tuple[str, ...]) -> str:
    return " and ".join(VARIABLES[name] for name in mode)


def _credentials(secret: Given, scope: Given) -> tuple[Credentials | None, str]:
    sources = {"key": secret, "token": secret, "project": scope, "project_id": scope}
    try:
        return (ApiKey if secret.name == "api_key" else BearerToken)(secret.text, scope.text), ""
    except InvalidArgument as error:
        argument, _, complaint = error.message.partition(": ")
        return None, f"{sources[argument].source if argument in sources else argument}: {complaint}"


def _endpoint(given: Given | None) -> str | None:
    if given is None:
        return None
    try:
        parse_address(given.text, allow_http=True)  # whether plain http may be is for the client, which asks again
    except InvalidArgument as error:
        wrong = error.message.removeprefix("base_url: ")
    else:
        return given.text
    raise InvalidArgument(f"{given.source}: {wrong}")


def _timeout(given: Given | None) -> float | None:
    if given is None:
        return None
    try:
        seconds = float(given.text)
    except ValueError:
        seconds = 0.0
    return checks.seconds(seconds, given.source)
