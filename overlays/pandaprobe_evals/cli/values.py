"""What stands behind a flag, read: times, `name=number` pairs and rate limits. Pure."""

import re
from collections.abc import Iterable
from math import inf, isfinite

import typer

_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(ms|[smhd]?)", re.ASCII)
_LONGEST = 1e9
NEEDS_YES = "--yes is needed where nobody can be asked; nothing was deleted"


class Misuse(typer.BadParameter):
    """Options that do not go together, or one that is missing: a sentence that names them."""

    def format_message(self) -> str:
        """The sentence, without the "Invalid value for" that a wrong value has."""
        return self.message


def seconds(text: str | float) -> float:
    """`90`, `1.5s`, `5m`, `1h30m`, `7d`: a time in seconds, 0 or more.

    Raises:
        typer.BadParameter: It has another form.
    """
    given = str(text).strip().lower().replace(" ", "")
    parts = _PART.findall(given)
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    whole = "".join(number + unit for number, unit in parts) == given and bool(parts)
    if not whole or (len(parts) > 1 and any(not unit for _, unit in parts)) or total > _LONGEST:
        raise typer.BadParameter(f"{text!r} is not a time, such as 90, 90s, 5m or 1h30m")
    return total


def some_seconds(text: str | float) -> float:
    """As `seconds`, above 0.

    Raises:
        typer.BadParameter: It is not.
    """
    found = seconds(text)
    if not found:
        raise typer.BadParameter(f"{text!r} is not a time above 0, such as 90, 90s, 5m or 1h30m")
    return found


def numbers(pairs: Iterable[str], flag: str) -> dict[str, float]:
    """`name=number`, given any number of times; the flag is named in the complaint.

    Raises:
        typer.BadParameter: One has another form, or a name comes twice.
    """
    found: dict[str, float] = {}
    for pair in pairs:
        name, _, text = pair.rpartition("=")
        try:
            number = float(text)
        except ValueError:
            number = inf
        if not name.strip() or not isfinite(number):
            raise typer.BadParameter(f"{pair!r} is not NAME=NUMBER, such as agent_reliability=0.8", param_hint=flag)
        if name.strip() in found:
            raise typer.BadParameter(f"{name.strip()} is given twice", param_hint=flag)
        found[name.strip()] = number
    return found


def minimums(pairs: Iterable[str], flag: str) -> dict[str, float]:
    """As `numbers`, each from 0 to 1, as scores are.

    Raises:
        typer.BadParameter: One is not.
    """
    found = numbers(pairs, flag)
    for name, least in found.items():
        if not 0 <= least <= 1:
            raise typer.BadParameter(f"{name}={least:g}: scores are from 0 to 1", param_hint=flag)
    return found


def rate_limit(text: str | tuple[int, float]) -> tuple[int, float]:
    """`50/60`: requests per seconds.

    Raises:
        typer.BadParameter: It has another form.
    """
    if isinstance(text, tuple):
        return text
    requests, _, seconds = text.partition("/")
    try:
        found = int(requests), float(seconds)
    except ValueError:
        found = 0, 0.0
    if found[0] < 1 or not 0 < found[1] < inf:
        raise typer.BadParameter(f"{text!r} is not REQUESTS/SECONDS, such as 50/60")
    return found


def above_0(text: str | float) -> float:
    """A finite number above 0.

    Raises:
        typer.BadParameter: It is not.
    """
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < inf:
        raise typer.BadParameter(f"{text!r} is not a number above 0, such as 50")
    return found
