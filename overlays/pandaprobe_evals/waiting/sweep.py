"""Paging through the list of runs, for those that are to be looked at: where it stands, and whether it is worth it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pandaprobe_evals_api.models import EvalRunPage

from .watched import WaitPolicy, WatchedRun


class Sweep:
    """One way down the list, from the newest of the runs that are to be looked at, as far as it takes.

    Args:
        largest: Runs on a page, at most.
    """

    def __init__(self, largest: int) -> None:
        self._largest = largest
        # the next page, or None: run by run; whether pages failed; runs on pages, and how many of them were to be looked at
        self._at: int | None = 0
        self._fail = False
        self._scanned = self._met = 0
        # bytes of a run, and how many runs there are
        self._mean = 0
        self._total = math.inf

    def begin(self, due: Sequence[WatchedRun]) -> None:
        """Begin anew, where the newest of some runs was last seen."""
        places = [record.at for record in due]
        self._at = 0 if None in places else min((at for at in places if at is not None), default=0)
        if self._fail:
            self._at = None
        self._scanned = self._met = 0

    def pages_fail(self) -> None:
        """Get run by run until `page_again`."""
        self._at, self._fail = None, True

    def page_again(self) -> None:
        """Let the next beginning try pages again."""
        self._fail = False

    def page(self, due: Sequence[WatchedRun], policy: WaitPolicy) -> dict[str, int] | None:
        """The next page to ask for; None where runs that are due are better got by their ids."""
        count, offset = len(due), self._at
        if offset is None or count <= policy.requests_per_tick:
            return None
        weights = [record.weight for record in due if record.weight]
        mean = max(self._mean, sum(weights) // len(weights) if weights else 0)
        fits = max(1, min(policy.page_bytes // mean, self._largest)) if mean else policy.first_page
        reach = max((record.at or 0) for record in due) - offset + 1
        span = max(reach, math.ceil(count * max(1.0, self._scanned / (self._met + 1))))
        span = max(1, int(min(span, self._total - offset)))
        by_page = math.ceil(span / fits) * policy.request_bytes + span * mean
        if by_page >= count * (policy.request_bytes + mean):
            return None
        return {"limit": min(fits, span + 2, self._largest), "offset": offset}  # two more: new runs

    def saw(self, page: EvalRunPage, weight: int, met: int) -> None:
        """Take in a page of so many bytes, on which so many runs were due."""
        self._mean = weight // len(page.items) if page.items else self._mean
        self._scanned, self._met = self._scanned + len(page.items), self._met + met
        self._at, self._total = page.offset + len(page.items), page.total

    def is_over(self, page: EvalRunPage, missing: Sequence[WatchedRun]) -> bool:
        """Whether runs that are due still cannot be further down than this page, and so are got by their ids."""
        items = page.items
        over = (
            not items
            or page.offset + len(items) >= page.total
            or all(record.run and record.run.created_at > items[-1].created_at for record in missing)
        )
        if over:
            self._at = None
        return over
