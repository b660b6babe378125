"""What can be seen to be wrong with a request before it is sent. Pure; every complaint names the argument."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx

from .errors import InvalidArgument, clip


def text(value: object, name: str, *, shortest: int = 0, longest: int | None = None) -> str:
    """A text that the service can store.

    Raises:
        InvalidArgument: It is not text, too short or long, or holds what the service breaks on: a NUL, half a surrogate.
    """
    if not isinstance(value, str):
        raise InvalidArgument(f"{name}: must be a str, not {type(value).__name__} ({clip(repr(value), 60)})")
    if "\0" in value:
        raise InvalidArgument(f"{name}: {clip(repr(value), 60)} has a NUL character, on which the service breaks")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidArgument(f"{name}: {clip(ascii(value), 60)} has half a surrogate pair, which is not text")
    if len(value) < shortest:
        raise InvalidArgument(f"{name}: is empty; at least one character is needed")
    if longest is not None and len(value) > longest:
        raise InvalidArgument(f"{name}: {len(value)} characters; the service stores at most {longest}")
    return value


def texts(values: object, name: str) -> tuple[str, ...]:
    """Texts without duplicates, in order; at least one, and none of them blank."""
    if isinstance(values, str | bytes):
        raise InvalidArgument(
            f"{name}: must be a list of str, not a single {type(values).__name__}; write [{clip(repr(values), 60)}]"
        )
    if isinstance(values, Mapping) or not isinstance(values, Iterable):
        raise InvalidArgument(f"{name}: must be a list of str, not {type(values).__name__}")
    found: dict[str, None] = {}
    for index, value in enumerate(values):
        if not text(value, f"{name}[{index}]").strip():
            raise InvalidArgument(f"{name}: {clip(repr(value), 60)} at {index} is blank")
        found[value] = None
    if not found:
        raise InvalidArgument(f"{name}: is empty; give at least one {name.removesuffix('s').replace('_', ' ')}")
    return tuple(found)


def path_segment(value: str, name: str) -> str:
    """A text that fits into one segment of a path; any other would make another path."""
    if not value or "/" in value or value in (".", ".."):
        raise InvalidArgument(
            f"{name}: {clip(repr(value), 60)} cannot be asked for in a path; list with a filter instead"
        )
    return value


def listed(values: object, name: str) -> Iterable[Any]:
    """Something to be sent as a list."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise InvalidArgument(f"{name}: must be a list, not {type(values).__name__}")
    return values


def flag(value: object, name: str) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise InvalidArgument(f"{name}: must be True or False, not {clip(repr(value), 60)}")
    return value


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InvalidArgument(f"{name}: must be a number, not {type(value).__name__} ({clip(repr(value), 60)})")
    try:
        number = float(value)
    except OverflowError:
        raise InvalidArgument(f"{name}: is too large for a float") from None
    if not math.isfinite(number):
        raise InvalidArgument(f"{name}: must be a finite number, not {number}")
    return number


def number(value: object, name: str, least: float | None = None, most: float | None = None) -> float:
    """A finite number within bounds."""
    if (least, most) == (0, 1):
        return fraction(value, name)
    found = _number(value, name)
    if least is not None and found < least:
        raise InvalidArgument(f"{name}: must be at least {least}, not {value}")
    if most is not None and found > most:
        raise InvalidArgument(f"{name}: must be at most {most}, not {value}")
    return found


def fraction(value: object, name: str) -> float:
    """A number from 0 to 1."""
    number = _number(value, name)
    if not 0 <= number <= 1:
        raise InvalidArgument(f"{name}: must be from 0 to 1, not {value}")
    return number


def run_id(value: object, name: str = "run_id") -> UUID:
    """An id: from text, a UUID, or an object that has it as an attribute of that name, or as `id`."""
    called = name.partition("[")[0].removesuffix("s")
    given = getattr(value, called, getattr(value, "id", value))
    found = given if isinstance(given, UUID) else _uuid(given)
    if found is None:
        raise InvalidArgument(f"{name}: {clip(repr(given), 60)} is not a valid UUID")
    return found


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def timestamp(value: object, name: str) -> datetime:
    """A time with its offset from UTC. As the service reads them, one without is UTC, and a plain date its first moment."""
    found = value if isinstance(value, datetime) else _parsed(value)
    if found is None:
        raise InvalidArgument(f"{name}: {clip(repr(value), 60)} is not a time such as 2026-11-22T00:00:00+00:00")
    if found.utcoffset() is None:
        return found.replace(tzinfo=UTC)
    if found.utcoffset() % timedelta(minutes=1):  # type: ignore[operator]  # of long ago, with seconds, which ISO 8601 has not
        return found.astimezone(UTC)
    return found


def day(value: object, name: str) -> date:
    """A date without a time."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]  # what is not text is refused by it
    except (TypeError, ValueError):
        raise InvalidArgument(f"{name}: {clip(repr(value), 60)} is not a date such as 2026-11-22") from None


def _parsed(value: object) -> datetime | None:
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def integer(value: object, name: str, least: int, most: int = 2**63 - 1) -> int:
    """A whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidArgument(f"{name}: must be an int, not {type(value).__name__} ({clip(repr(value), 60)})")
    if value < least and most == 2**63 - 1:
        raise InvalidArgument(f"{name}: must be at least {least}, not {value}")
    if not least <= value <= most:
        raise InvalidArgument(f"{name}: {value} is not from {least} to {most}")
    return value


def one_of(value: object, name: str, values: Sequence[object]) -> object:
    """One of the values that the service knows."""
    if value not in values:
        raise InvalidArgument(f"{name}: {clip(repr(value), 60)} is not one of {', '.join(map(str, values))}")
    return value


def seconds(value: object, name: str) -> float:
    """A finite time above 0."""
    found = _number(value, name)
    if found <= 0:
        raise InvalidArgument(f"{name}: must be above 0 seconds, not {value}")
    return found


def timeout(value: float | httpx.Timeout, name: str = "timeout") -> httpx.Timeout:
    """Finite time-outs for every phase of an attempt.

    Raises:
        InvalidArgument: A phase has none, and could wait for ever.
    """
    if not isinstance(value, httpx.Timeout):
        limit = seconds(value, name)
        return httpx.Timeout(limit, connect=min(limit, 10.0))
    for phase, most in value.as_dict().items():
        if most is None:
            raise InvalidArgument(f"{name}: {phase} has no limit and could wait for ever; give it seconds")
        seconds(most, f"{name}.{phase}")
    return value


def rate_limit(value: tuple[int, float]) -> tuple[int, float]:
    """Requests per seconds."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise InvalidArgument(f"rate_limit: must be (requests, seconds), such as (50, 60), not {clip(repr(value), 60)}")
    return integer(value[0], "rate_limit[0]", 1), seconds(value[1], "rate_limit[1]")
