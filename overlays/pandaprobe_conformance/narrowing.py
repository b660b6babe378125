"""Lists, asked for in many ways, held against one whole reading of them that is filtered here. Changes nothing.

What a list must give for one filter, for two, for a value that differs only in its case or its end, for a time that is
that of a score to the microsecond, for a page further on: all of it follows from the whole list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any, Final

from pandaprobe_evals import contract

from . import consistency
from .consistency import Json
from .findings import Problem
from .inspection import Answer, Inspection

WHOLE: Final = 200
"""Items that one page can hold: a longer list is not compared."""
LOOKS: Final = 3
_MICROSECOND: Final = timedelta(microseconds=1)

Query = Mapping[str, Any]


def compared(
    inspection: Inspection,
    operation: str,
    queries: Callable[[Sequence[Json]], Sequence[Query]],
    scope: Query | None = None,
) -> list[Json]:
    """Hold answers against the whole list; the list, empty where it is too long.

    Nothing is noted of a list that others change meanwhile: it is read before and after, up to three times.

    Args:
        inspection: Where findings go.
        operation: The list.
        queries: What to ask for, by the whole list.
        scope: Parameters that every request has.
    """
    scope = scope or {}
    for _ in range(LOOKS):
        before = _read(inspection, operation, {**scope, "limit": WHOLE})
        if not before.good or before.value["total"] > WHOLE:
            return []
        items: list[Json] = before.value["items"]
        answers = [(query, _read(inspection, operation, {**scope, **query})) for query in queries(items)]
        after = _read(inspection, operation, {**scope, "limit": WHOLE})
        if (
            after.good and after.value["items"] == items
        ):  # as a whole: what FAILED may have run and FAILED again meanwhile
            for query, answer in answers:
                inspection.claim(
                    f"{operation}: a list gives all that it was asked for, and nothing else",
                    answer,
                    _differences(items, query, answer.value),
                )
            return items
    inspection.note(f"{operation}: others changed the list each time it was read; filters and pages were not compared")
    return []


def _read(inspection: Inspection, operation: str, query: Query) -> Answer:
    shown = "&".join(f"{name}={value}" for name, value in query.items())
    return inspection.ask(f"the list can be read by ?{shown}", operation, 200, query=query, quiet=True)


def _differences(items: Sequence[Json], query: Query, page: Json) -> Iterator[Problem]:
    through = [item for item in items if all(_fits(item, name, value) for name, value in query.items())]
    limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
    if page["total"] != len(through):
        yield Problem(f"total {len(through)}, as the whole list has", str(page["total"]))
    yield from consistency.same_place(through[offset : offset + limit], page["items"])


def _fits(item: Json, name: str, value: Any) -> bool:
    if name in ("limit", "offset"):
        return True
    if name == "date_from":
        return consistency.moment(item["created_at"]) >= consistency.moment(value)
    if name == "date_to":
        return consistency.moment(item["created_at"]) < consistency.moment(value)
    return bool(item[name] == value)


# --- what to ask for ------------------------------------------------------------------------------------


PAGES: Final = (
    (1, 1),
    (2, 2),
    (1, 3),
    (3, 3),
    (5, 5),
    (3, 6),
    (7, 7),
    (3, 9),
    (10, 10),
    (20, 20),
    (25, 25),
    (50, 50),
    (100, 100),
)
"""Pages by limit and offset: of many sizes, and ever further on."""


def pages(items: Sequence[Json]) -> Iterator[Query]:
    """Pages of several sizes, as far as the list goes and a little further."""
    count = len(items)
    yield from ({"limit": limit, "offset": offset} for limit, offset in PAGES if offset < count)
    yield {"limit": 5, "offset": max(0, count - 1)}
    yield {"limit": WHOLE, "offset": count}


def of_runs(items: Sequence[Json]) -> list[Query]:
    """Pages of runs, and pages of runs of one state."""
    states = contract.schema("EvalRunStatus")["enum"]
    narrowed = [{"status": state, "limit": limit, "offset": offset} for state in states for limit, offset in
                ((WHOLE, 0), (1, 1), (2, 2))]  # fmt: skip
    return [*pages(items), *narrowed]


KINDS: Final = ("session_id", "name", "status", "eval_run_id", "source")
TOGETHER: Final = (*combinations(("session_id", "name", "status", "eval_run_id"), 2), ("session_id", "status", "source"),
                   ("name", "eval_run_id", "source"))  # fmt: skip
"""Filters that are asked for together; the source is mostly the same, and narrows nothing by itself."""
NAMES: Final = 5
"""A name is a metric's: what only a text of other characters shows is not asked of it."""


def of_scores(items: Sequence[Json]) -> list[Query]:
    """Each filter, pairs of filters that both narrow, values nearly right, the ends of times; and pages."""
    asked: list[Query] = [*pages(items)][1::2]
    if not items:
        return asked
    values = {name: list(dict.fromkeys(item[name] for item in items if item[name])) for name in KINDS}
    asked += [{name: value} for name in ("name", "status") for value in values[name][:2]]
    times = sorted({item["created_at"] for item in items}, key=consistency.moment)
    middle = times[len(times) // 2]
    first, last = times[len(times) // 4], times[-(len(times) // 4) - 1]
    within = {"date_from": first, "date_to": last}
    asked += [{"date_from": middle}, {"date_to": middle}, within, {"date_from": middle, "date_to": middle}]
    asked += [{name: changed(time) for name, time in within.items()} for changed in (later, _in_another_zone)]
    for names in TOGETHER:
        asked += _telling(items, ({name: item[name] for name in names} for item in items if all(map(item.get, names))))
    for name in KINDS[:-1]:
        asked += _telling(items, ({name: item[name], **within} for item in items if item[name]))
    asked += [{"name": value, "limit": 1, "offset": 1} for value in values["name"][:1]]
    asked += [{"session_id": near} for value in values["session_id"][:1] for near in nearly(value)]
    asked += [{"name": near} for value in values["name"][:1] for near in nearly(value)[:NAMES]]
    return asked


def _telling(items: Sequence[Json], queries: Iterator[Query]) -> list[Query]:
    """Of queries by several filters, the first of those that change most of their answers where one filter is left out."""

    def told(query: Query) -> int:
        def through(left_out: str) -> list[Json]:
            return [item for item in items if all(_fits(item, *one) for one in query.items() if one[0] != left_out)]

        whole = through("")
        return sum(through(name) != whole for name in query)

    found = {tuple(query.values()): query for query in queries}.values()
    return [max(found, key=told)] if found else []


def later(time: str) -> str:
    """A time one microsecond later."""
    return (consistency.moment(time) + _MICROSECOND).isoformat()


def _in_another_zone(time: str) -> str:
    return (consistency.moment(time) + timedelta(hours=5, minutes=30)).isoformat()[:-6] + "+05:30"


def nearly(value: str) -> list[str]:
    """What a careless comparison takes for the value: other cases, parts of it, other forms of its characters."""
    letter = next((place for place, one in enumerate(value) if one.isascii() and one.isalpha()), 0)
    near = [
        value[:letter] + value[letter : letter + 1].swapcase() + value[letter + 1 :],
        value[:-1],
        value[1:],
        f" {value}",
        value[:-1] + "%",
        f"{value} ",
        value + "x",
        value[:-1] + "_",
        unicodedata.normalize("NFD", value),
        unicodedata.normalize("NFKC", value),
    ]
    return [one for one in dict.fromkeys(near) if one and one != value]
