"""What a 429 says: which of the two limits was met, and how high the rate limit is. Everybody who meets one asks here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from . import contract

UNITS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
MOST_REQUESTS: Final = 100_000
MOST_SECONDS: Final = 3600.0
"""A limit beyond these is not believed: it would hold back for hours what may be one answer gone wrong."""


class TooMany(NamedTuple):
    """A 429, understood."""

    kind: Literal["rate limit", "quota", "unknown"]
    """`unknown`: neither of the contract's two bodies, so that it is hardly the service's own."""
    limit: tuple[int, float] | None = None
    """Requests per seconds, where it is a rate limit that says so in the contract's words."""


def understood(body: Any) -> TooMany:
    """Which 429 it is, by its body as JSON (None where it is none).

    The exact words of the rate limit decide first, for waiting costs nothing but time; then a `detail` in words, which is
    the plan's quota; then any other `error` in words. What stands beside them does not matter.
    """
    error, detail = (_words(body, name) for name in ("error", "detail"))
    if error and (found := _limit().fullmatch(error)):
        requests, seconds = int(found[1]), float(int(found[2]) * UNITS[found[3]])
        believed = requests <= MOST_REQUESTS and seconds <= MOST_SECONDS
        return TooMany("rate limit", (requests, seconds) if believed else None)
    if detail:
        return TooMany("quota")
    return TooMany("rate limit" if error else "unknown")


def _words(body: Any, name: str) -> str:
    said = body.get(name) if isinstance(body, Mapping) else None
    return said if isinstance(said, str) and said.strip() else ""


@cache
def _limit() -> re.Pattern[str]:
    return re.compile(contract.schema("RateLimitError")["properties"]["error"]["pattern"])
