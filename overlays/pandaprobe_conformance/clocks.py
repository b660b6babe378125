"""Whether a deployment's times are whole: in UTC, to the microsecond, near its own clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from . import consistency
from .consistency import Json
from .findings import Problem

ENOUGH: Final = 3
"""Different times by chance all without microseconds: one in a thousand each."""
SLACK: Final = timedelta(seconds=10)
"""How far the clocks of a deployment's own processes may be apart."""


def cut(name: str, times: Iterable[str]) -> Iterator[Problem]:
    """Times that are all without what they should have."""
    moments = {text: consistency.moment(text) for text in times}
    wrong = next((text for text, moment in moments.items() if moment.utcoffset()), None)
    if wrong is not None:
        yield Problem(f"{name} in UTC, +00:00", wrong)
    if len(moments) >= ENOUGH and all(moment.microsecond % 1000 == 0 for moment in moments.values()):
        yield Problem(f"{name} to the microsecond", ", ".join(sorted(moments)[:3]))


def within(run: Json, seconds: float) -> Iterator[Problem]:
    """Whether a run that was made so many seconds ago says that it ended in them."""
    if run["completed_at"] is None:
        return
    lasted = consistency.moment(run["completed_at"]) - consistency.moment(run["created_at"])
    if lasted > timedelta(seconds=seconds) + SLACK:
        yield Problem(f"an end within the {seconds:.0f} s since its create", f"{lasted} after created_at")


def scored(run: Json, scores: Iterable[Json], seconds: float) -> Iterator[Problem]:
    """Whether scores were made between a run's create and now."""
    created = consistency.moment(run["created_at"])
    for score in scores:
        gap = consistency.moment(score["created_at"]) - created
        if gap < -SLACK or gap > timedelta(seconds=seconds) + SLACK:
            yield Problem(f"a score's created_at within {seconds:.0f} s of its run's create", f"{gap} after it")
            return
