"""A list that is read by pages: every item once, although items come and go meanwhile. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from .contract import Operation
from .errors import IncompleteList
from .flow import AtOnce, Call, Emit

_BARREN = 5
"""Pages in a row with nothing new that are read on from, besides those that show what came meanwhile."""
_READINGS = 4
"""How often a list is read in all, where items that it has were on none of the pages."""
KEPT = 5_000
"""Of how many items, at least, it is known that they were met: what comes or goes meanwhile moves items by fewer places."""


T = TypeVar("T")
Steps = Generator[Call | AtOnce | Emit, Any, T]
"""What yields calls and pages, and returns a T."""


class _Met:
    """Which items were met of late; what is kept does not grow with the list."""

    def __init__(self) -> None:
        self._older: set[Any] = set()
        self._newer: set[Any] = set()

    def __contains__(self, name: object) -> bool:
        return name in self._newer or name in self._older

    def update(self, names: Iterable[Any]) -> None:
        """Some more."""
        if len(self._newer) >= KEPT:
            self._older, self._newer = self._newer, set()
        self._newer.update(names)


def pages_of(
    operation: Operation, arguments: Mapping[str, Any], *, at_once: int, time: Callable[[], float]
) -> Steps[None]:
    """All pages, each item once.

    Args:
        operation: It lists something.
        arguments: What to ask for.
        at_once: Pages that are read at the same time, at most; nothing is under way while one is given.
        time: Now, seconds since 1970.

    Raises:
        IncompleteList: Items of a list that is compared with its total were on no page, however often it was read.
    """
    paging = operation.paging
    assert paging
    steady = dict(paging.get("unless_said", {}))
    if arguments.keys().isdisjoint(steady):
        arguments = {**arguments, **steady}
    if "until_now" in paging:
        arguments = {paging["until_now"]: datetime.fromtimestamp(time(), UTC), **arguments}
    seen: set[Any] = set()
    total = 0
    for _ in range(_READINGS):
        total = yield from _reading(operation, arguments, seen, at_once)
        if not paging.get("whole") or len(seen) >= total:
            return
    raise IncompleteList(
        f"{total - len(seen)} of {total} items were on none of the pages, although the list was read {_READINGS} times: it "
        "changes too fast, or its order does; narrow it, or sort it otherwise",
        operation=operation.id,
        method=operation.method,
        path=operation.path,
    )


def _reading(operation: Operation, arguments: Mapping[str, Any], seen: set[Any], at_once: int) -> Steps[int]:
    """Read all pages once, and give what was not met; returns how many items there are at the end.

    What is added between two pages moves items down: they are met twice, and given once. What is deleted moves items up,
    past the next page's beginning: the page is read again from further up. Which of several pages that are read at the
    same time was answered first, nobody knows: one that tells another total than the page before it is read again, alone.
    Some pages in a row with nothing new end the list: a service that does not heed the offset would give its first page
    for ever.

    Args:
        operation: It lists something.
        arguments: What to ask for.
        seen: Of a list that is compared with its total, the items that were given. Added to.
        at_once: Pages that are read at the same time, at most.
    """
    paging = operation.paging
    assert paging
    skip, key, whole = paging["skip"], paging.get("key", "id"), paging.get("whole")
    met = _Met()
    offset = total = size = again = barren = 0
    several = 1
    while True:
        count = min(several, math.ceil((total - offset) / size)) if size else 1
        places = [offset + size * number for number in range(count)]
        asked = [{**arguments, skip: place} if place else arguments for place in places]
        pages = yield from _asked(operation, asked)
        for place in places:
            page = pages.pop(0)
            if place != offset:  # the one before it was short
                break
            if isinstance(page, BaseException):
                raise page
            moved, alone = page.total - total if place else 0, place == places[0]
            # What came moved down what was met: it is met again, as far as it is remembered. What went moved up the rest.
            jump = min(moved, 0) or (0 if whole else max(moved - KEPT, 0))
            again += (moved - jump if moved > 0 else -moved) if alone else 0
            if jump if alone else moved:
                if alone:
                    offset, total = max(0, offset + jump), page.total
                several = 1
                break
            items: dict[Any, Any] = {}
            for item in page.items:
                items.setdefault(getattr(item, key), item)
            known = sum(name in met for name in items)
            barren = 0 if known < len(items) else barren + (again < known)
            again = max(again - known, 0)
            size, total, offset = size or len(page.items), page.total, offset + len(page.items)
            last = not page.items or offset >= total or barren > _BARREN
            page.items = [item for name, item in items.items() if not (name in met or name in seen)]
            met.update(items)
            if whole:
                seen.update(items)
            if page.items:
                yield Emit(page)
            if last:
                return int(total)
        else:
            several = min(2 * several, at_once)


def _asked(operation: Operation, arguments: Sequence[Mapping[str, Any]]) -> Steps[list[Any]]:
    """Pages, each as it came or the error that came instead; the error of one that is asked for by itself is raised."""
    calls = [Call(operation.function, dict(each)) for each in arguments]
    if len(calls) == 1:
        return [(yield calls[0])]
    return list((yield AtOnce(tuple(calls))))
