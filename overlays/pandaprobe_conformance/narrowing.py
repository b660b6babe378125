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

from . import sense
from .findings import Problem
from .inspection import Answer, Inspection
from .sense import Json

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
    yield from sense.same_place(through[offset : offset + limit], page["items"])


def _fits(item: Json, name: str, value: Any) -> bool:
    if name in ("limit", "offset"):
        return True
    if name == "date_from":
        return sense.moment(item["created_at"]) >= sense.moment(value)
    if name == "date_to":
        return sense.moment(item["created_at"]) < sense.moment(value)
    return bool(item[name] == value)


# --- what to ask for ------------------------------------------------------------------------------------


def pages(items: Sequence[Json]) -> Iterator[Query]:
    """Pages of several sizes, as far as the list goes and a little further."""
    count = len(items)
    for limit, reach in ((1, 8), (3, 24), (7, 70), (50, WHOLE)):
        for offset in range(0, min(count + 1, reach), limit):
            yield {"limit": limit, "offset": offset}
    for offset in {max(0, count - 1), count, max(0, count - 3)}:
        yield {"limit": 5, "offset": offset}
        yield {"limit": WHOLE, "offset": offset}


def of_runs(items: Sequence[Json]) -> list[Query]:
    """Pages of runs, and pages of runs of one state."""
    states = contract.schema("EvalRunStatus")["enum"]
    narrowed = [{"status": state, "limit": limit, "offset": offset} for state in states for limit, offset in
                ((WHOLE, 0), (1, 1), (2, 2))]  # fmt: skip
    return [*pages(items), *narrowed]


def of_scores(items: Sequence[Json]) -> list[Query]:
    """Each filter, pairs of filters that both narrow, values nearly right, the ends of times; and pages."""
    asked: list[Query] = [*pages(items)][:12]
    if not items:
        return asked
    kinds = ("session_id", "name", "status", "source", "eval_run_id")
    values = {name: list(dict.fromkeys(item[name] for item in items if item[name]))[:3] for name in kinds}
    asked += [{name: value} for name, found in values.items() for value in found]
    times = sorted({item["created_at"] for item in items}, key=sense.moment)
    middle = times[len(times) // 2]
    for time in dict.fromkeys((times[0], middle, times[-1])):
        asked += [{"date_from": time}, {"date_to": time}]
    asked += [{"date_from": later(middle)}, {"date_to": later(middle)}, {"date_from": times[0], "date_to": times[-1]}]
    asked += [{"date_from": middle, "date_to": middle}, {"date_to": later(times[-1]), "limit": 1, "offset": 1}]
    asked += [{"date_from": _in_another_zone(middle)}, {"date_to": _in_another_zone(middle)}]
    for one, other in combinations(kinds, 2):
        pairs = [{one: left, other: right} for left in values[one][:2] for right in values[other][:2]]
        asked += pairs[1:3] or pairs
    for name, found in values.items():
        if found:
            asked += [{name: found[-1], "date_from": middle}, {name: found[0], "date_to": middle}]
            asked += [{name: found[0], "limit": 1, "offset": 1}]
    for name in ("session_id", "name"):
        for value in values[name][:1]:
            asked += [{name: near} for near in nearly(value)]
    return asked


def later(time: str) -> str:
    """A time one microsecond later."""
    return (sense.moment(time) + _MICROSECOND).isoformat()


def _in_another_zone(time: str) -> str:
    return (sense.moment(time) + timedelta(hours=5, minutes=30)).isoformat()[:-6] + "+05:30"


def nearly(value: str) -> list[str]:
    """What a careless comparison takes for the value: other cases, parts of it, other forms of its characters."""
    near = [
        value.swapcase(),
        value.upper(),
        value[:-1],
        value[: len(value) // 2],
        value[1:],
        value + "x",
        f" {value}",
        f"{value} ",
        value.strip(),
        value[:-1] + "_",
        value[:-1] + "%",
        "%",
        unicodedata.normalize("NFD", value),
        unicodedata.normalize("NFKC", value),
    ]
    return [one for one in dict.fromkeys(near) if one and one != value]
