"""Runs that have ended and whose scores are not read: what to ask for next, and which of them are read now. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from pandaprobe_evals.flow import Call
from pandaprobe_evals.outcomes import target_count
from pandaprobe_evals.runs import RunKind

from .watched import WaitPolicy, WatchedRun

SCORE_BYTES = 600  # about what a score weighs


class Request(NamedTuple):
    """What is asked, and what is done with the answer."""

    call: Call
    use: Callable[[Any, float], None]
    """Takes the answer, and when it was asked for."""
    record: WatchedRun | None = None
    """The one run that it is about."""


class Unread:
    """Scores are read run by run, or by pages over all runs where each page holds those of many.

    Args:
        kind: Of the runs.
        has_read: Told of each read: the runs whose scores are complete now, and the bytes of what was read, about.
    """

    def __init__(self, kind: RunKind, has_read: Callable[[Iterable[WatchedRun], int], None]) -> None:
        self._kind, self._has_read = kind, has_read
        self._runs: dict[str, WatchedRun] = {}
        # the next page, or None: run by run; up to where pages were read; how many scores there are
        self._at: int | None = 0
        self._to = 0
        self._total = math.inf

    def __len__(self) -> int:
        return len(self._runs)

    def add(self, record: WatchedRun) -> None:
        """One more; the newest scores are on the first pages."""
        if record.id not in self._runs:
            self._runs[record.id] = record
            self._at = 0

    def drop(self, record: WatchedRun) -> None:
        """One less."""
        if self._runs.pop(record.id, None) and not self._runs:
            self._to = 0

    def put_last(self, record: WatchedRun) -> None:
        """Let the others come first."""
        if self._runs.pop(record.id, None):
            self._runs[record.id] = record

    def pages_fail(self) -> None:
        """Read run by run for now."""
        self._at = None

    def page_again(self) -> None:
        """Try pages again."""
        if self._at is None:
            self._at = self._to = 0

    def reads(self, policy: WaitPolicy, most: int) -> list[Request]:
        """The next reads: `most` of them at most, and of no more than `read_bytes` together where there are several."""
        pages, runs = self._kind.all_scores, list(self._runs.values())
        left = sum(_pairs(record) - len(record.partial) for record in runs)
        if pages is not None and self._at is not None and len(runs) > policy.requests_per_tick:
            size = pages.largest_page
            if 2 * sum(map(_pairs, runs)) < size * (len(runs) - 2):
                needed = math.ceil(min(left, self._total - self._at) / size)
                count = max(1, min(most, needed, policy.read_bytes // (size * SCORE_BYTES)))
                asked = [{"limit": size, "offset": self._at + size * number} for number in range(count)]
                return [Request(Call(pages.function, arguments), self._saw_page) for arguments in asked]
        found: list[Request] = []
        weight = 0
        for record in runs[:most]:
            weight += _pairs(record) * SCORE_BYTES
            if found and weight > policy.read_bytes:
                break
            found.append(self._of_run(record))
        return found

    def _of_run(self, record: WatchedRun) -> Request:
        def use(scores: list[Any], _: float) -> None:
            record.scores = tuple(scores)
            self._has_read([record], SCORE_BYTES * len(scores))

        return Request(Call(self._kind.scores.function, {"run_id": UUID(record.id)}), use, record)

    def _saw_page(self, page: Any, _: float) -> None:
        """Take a page of scores apart; a run is read when there is a score for each of its pairs, not before."""
        useful, whole = 0, list[WatchedRun]()
        for score in page.items:
            record, pair = self._runs.get(str(score.eval_run_id)), (self._kind.target_of(score), score.name)
            if record and pair not in record.partial:
                useful += 1
                record.partial[pair] = score
                if len(record.partial) == _pairs(record):
                    record.scores = tuple(record.partial.values())
                    whole.append(record)
        end, self._total = page.offset + len(page.items), page.total
        if end < page.total and 2 * useful >= len(page.items) > 0:
            self._at = end
        else:  # read before, or not ours: go on where nobody has looked yet, else run by run
            self._at = self._to if page.offset < self._to < page.total else None
        self._to = max(self._to, end)
        self._has_read(whole, SCORE_BYTES * len(page.items))


def _pairs(record: WatchedRun) -> int:
    return target_count(record.run) * len(record.run.metric_names) if record.run else 0
