"""What the check creates runs from: few of them, and each id, name and weight odd in many ways at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LONG: Final = 520
"""Characters beyond every length that a column of a table usually has, and session ids beyond every usual count."""
MOST: Final = 2**31 - 1
"""Traces that no session has, and a 32-bit integer holds."""


@dataclass(frozen=True, slots=True)
class Price:
    """What the life of a run makes, at most."""

    runs: int
    units: int
    """Unique sessions x metrics, as the service bills them."""


RETRIED: Final = 2
"""Failed pairs that are retried at most."""
PRICE: Final = Price(runs=8, units=4 * 1 + 1 * 3 + 2 * 1 + 1 + RETRIED)
"""Four sessions by one metric; one by three; a pair of equal creates; one in a second project; a retry. Two runs
by filters, one of them broken off, take no session, and cost nothing."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What is sent, each odd in many ways: cut, trimmed, folded or left out, it does not come back the same.

    `many` are four ids of more than `LONG` characters that differ in their last ones only: in the case of letters, in the
    form of an accent, in a blank at the beginning. Sent with so many duplicates that the last of them stands far back.
    """

    mark: str

    @property
    def many(self) -> list[str]:
        """Session ids that a careless comparison takes for one another."""
        one = f"fail-{self.mark}-{'x' * LONG} Ab \u00c9 e\u0301 \ufb01 \u00df/?&%41+\U0001f600 "
        return [
            one,
            unicodedata.normalize("NFD", one[-20:]).join((one[:-20], "")),
            "".join(each.swapcase() if each.isascii() else each for each in one),
            f" {one}",
        ]

    @property
    def many_sent(self) -> list[str]:
        """The same with duplicates in between."""
        first, second, third, last = self.many
        return [first, second, *[first, second] * (LONG // 2), third, first, last]

    @property
    def short(self) -> str:
        """A session id that is odd and short."""
        return f"crash-{self.mark} Ab  \u00c9 e\u0301 \ufb01 \u00df\t\"'<b>\n,;|\\ "

    @property
    def name(self) -> str:
        """The longest name that a run may have: there must be room for the `Retry: ` of its retry."""
        return (
            f" {self.mark}  Ab \u00c9 e\u0301 \ufb01 \u00df \U0001f600 <b>\\n</b>\t\"'&amp;%41,\n{'n' * 255}"[:247]
            + " "
        )

    @property
    def model(self) -> str:
        """A model that has a provider, so that the service takes it as it is."""
        return f"Contract-Check/Mo  del \u00c9 e\u0301 \ufb01 {'m' * 255}"[:254] + "Z"

    @property
    def weights(self) -> dict[str, Any]:
        """Weights for the signals that there are, and for many that there are not."""
        odd: dict[str, Any] = {"Confidence": 0.25, " coherence ": 0.75, "e\u0301 \u00c9": 2.5, "w" * 300: 0.125}
        known = {"confidence": "0.5", "coherence": 1, "loop_detection": 0, "tool_correctness": 0.12345678901234}
        return known | odd | {f"contract_check_{number}": number / 8 for number in range(60)}


NOBODYS: Final[tuple[Mapping[str, Any], ...]] = (
    {"min_trace_count": MOST},
    {"date_from": "2999-01-01T00:00:00+00:00"},
    {"date_to": "1971-01-01T00:00:00+00:00"},
    {"date_from": "2999-01-01T00:00:00+00:00", "date_to": "2999-01-02T00:00:00+00:00", "has_error": False},
    {"min_trace_count": MOST, "has_error": True},
)
"""Filters that no session matches, each by one of its filters alone."""
