"""Reads the trace scores that say where the signals of session scores come from, in few requests.

Of a run that measured all of its signals it is one: it has as many trace scores as there are signals. Else the pages of
the run's own; a page for each kind of author and signal, by which every annotation is met, once for all runs; and traces of
which nothing was found, one by one, with the pages of each earlier run that one of them names: mostly there is one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pandaprobe_evals_api.models import SessionScore, TraceScore

from .arguments import checked
from .clock import MACHINE
from .contract import Operation
from .flow import Call, Flow
from .outcomes import RunOutcome
from .provenance import Known, Place, is_id, provenance_of, risks_of
from .runs import kind_of_run

PAGES = 25
"""Pages that are read of one list, at most."""
LOOKUPS = 20
"""Traces of one run that are looked up one by one, at most; fewer where nothing is there of `_MISSES`."""
_MISSES = 2
"""One after the other, over all runs: then of each further run one trace is looked up, until something is there."""
_FRESH = 60.0
"""Seconds for which what people and programs gave is not read again. Of what they give meanwhile a signal is `changed`, or
`unknown`, or, where the value is the same, still called `remembered`; `measured` it is by the run's own scores alone.
"""
_KEPT = 2
"""Earlier runs whose scores are kept for the next run: of each up to `PAGES` pages."""
_AUTHORS = ("ANNOTATION", "PROGRAMMATIC")
"""Who gives scores beside runs."""


class SignalReads:
    """What the reads for several runs have in common, so that it is not read for each: `GET /evaluations/trace-scores` may
    have a limit of 200 a minute.
    """

    def __init__(self, time: Callable[[], float] = MACHINE.monotonic) -> None:
        self._time = time
        self._readers: dict[str, _Reader] = {}

    def of(self, outcomes: Sequence[RunOutcome[Any]]) -> Flow[list[Any]]:
        """Outcomes with where the signals of their scores come from; those without scores or signals as they are."""
        found = []
        for outcome in outcomes:
            kind = kind_of_run(outcome.run) if outcome.run else None
            if outcome.scores is None or kind is None or kind.signals is None:
                found.append(outcome)
                continue
            reader = self._readers.setdefault(kind.tag, _Reader(kind.signals.pages, self._time))
            known = yield from reader.known(outcome.run_id, outcome.scores)
            provenance = {str(each.id): provenance_of(each, known) for each in outcome.scores}
            found.append(replace(outcome, provenance=provenance))
        return found


class _Reader:
    """What the reads of several runs share."""

    def __init__(self, scores: Operation, time: Callable[[], float]) -> None:
        self._list, self._time = scores, time
        self._given: dict[str, tuple[float, list[TraceScore]]] = {}
        """By signal, what no run gave, and when it was read."""
        self._runs: dict[str, list[TraceScore]] = {}
        """Of the runs that were read last."""
        self._misses = 0

    def known(self, run_id: str, scores: Sequence[SessionScore]) -> Flow[Known]:
        """The trace scores that matter to a run's session scores."""
        places = {place: None for score in scores for place, risk in risks_of(score).items() if risk is not None}
        if not places:
            return Known()
        own = yield from _pages(self._list, {"eval_run_id": run_id, "status": "SUCCESS"}, PAGES, len(places))
        if own is None:
            return Known(all_of=run_id)
        known, mine = Known(own), {_place(each) for each in own}
        left = [place for place in places if place not in mine]
        for name in dict.fromkeys(name for _, name in left):
            known.add((yield from self._given_as(name)))
        yield from self._look_up(left, known, {run_id})
        for earlier in list(self._runs)[:-_KEPT]:
            del self._runs[earlier]
        return known

    def _given_as(self, name: str) -> Flow[list[TraceScore]]:
        read_at, found = self._given.get(name, (-math.inf, []))
        if self._time() - read_at > _FRESH:
            read_at, found = self._time(), []
            for source in _AUTHORS:
                found += yield from pages(self._list, {"name": name, "source": source, "status": "SUCCESS"})
            self._given[name] = read_at, found
        return found

    def _look_up(self, left: list[Place], known: Known, seen: set[str]) -> Flow[None]:
        """Look for the earlier runs that measured signals."""
        looked = 0
        for place in left:
            if place in known:
                continue
            if looked and (self._misses >= _MISSES or looked == LOOKUPS):
                return
            looked += 1
            there: list[TraceScore] = []
            if is_id(place[0]):
                there = yield from pages(self._list, {"trace_id": place[0], "status": "SUCCESS"})
            known.add(there)
            self._misses = 0 if place in known else self._misses + 1
            for run_id in dict.fromkeys(str(each.eval_run_id) for each in there if each.eval_run_id):
                if run_id not in seen:
                    seen.add(run_id)
                    if run_id not in self._runs:
                        self._runs[run_id] = yield from pages(self._list, {"eval_run_id": run_id, "status": "SUCCESS"})
                    known.add(self._runs[run_id])


def _place(score: TraceScore) -> Place:
    return str(score.trace_id), score.name


def pages(operation: Operation, query: dict[str, Any], most: int = PAGES) -> Flow[list[Any]]:
    """The items of a list's first pages."""
    return (yield from _pages(operation, query, most)) or []


def _pages(operation: Operation, query: dict[str, Any], most: int, until: int = -1) -> Flow[list[Any] | None]:
    """The same; None where it has as many items as `until` says, which its first page tells."""
    assert operation.paging
    size, skip = operation.paging["size"], operation.paging["skip"]
    found: list[Any] = []
    for _ in range(most):
        asked = {**query, size: operation.largest_page}
        page = yield Call(operation.function, {**checked(operation, asked), **({skip: len(found)} if found else {})})
        if page.total == until:
            return None
        found += page.items
        if not page.items or len(found) >= page.total:
            break
    return found
