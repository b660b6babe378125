"""What is beside session runs and their scores, read with ids that the project has: sessions, traces, trace runs and
their scores, monitors. Each list keeps to its limit, offset and order, each filter narrows, and a read by id
agrees. Changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from pandaprobe_evals import contract

from . import consistency
from .consistency import Json, moment
from .findings import Problem
from .followed import GET, PAGED
from .inspection import Answer, Inspection
from .wire import Pair

LOOKS: Final = 2
"""How often a list that changes under our eyes is read before it is let be."""
MANY: Final = 50
FEW: Final = 5
"""Items of a first page; of runs, each of which comes with all its ids."""

Fits = Callable[[Json, Any], bool]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, and what is known of it."""

    operation: str
    key: str = "id"
    size: int = MANY
    newest: str = ""
    """The time by which the newest is first; empty where it is in no item."""
    filters: Mapping[str, tuple[str, Fits]] = field(default_factory=dict)
    """Its filters: the field that a value is taken from, and whether an item fits a value."""
    exact: bool = True
    """Whether an item that fits comes; a session's row is worked out anew from the traces that a filter lets through."""
    sorts: tuple[tuple[str, str, str], ...] = ()
    """Other orders: sort_by, sort_order, and the field."""
    again: tuple[str, str] = ("", "")
    """The operation that reads one by its key, and the one that lists what belongs to it."""
    light: Mapping[str, Any] | None = None
    """What keeps a read by id small."""
    belongs: str = ""
    """The field by which that names its owner."""


def _same(name: str) -> tuple[str, Fits]:
    return name, lambda item, value: bool(item[name] == value)


def _from(name: str) -> tuple[str, Fits]:
    return name, lambda item, value: moment(item[name]) >= moment(value)


def _until(name: str) -> tuple[str, Fits]:
    return name, lambda item, value: moment(item[name]) < moment(value)


_TAGS: Final[tuple[str, Fits]] = ("tags", lambda item, value: value in item["tags"])
_NAME: Final[tuple[str, Fits]] = ("name", lambda item, value: value.lower() in item["name"].lower())
_SCORES: Final = ("trace_id", "name", "source", "status", "data_type", "eval_run_id", "environment")
LISTINGS: Final = (
    Listing("list_sessions", "session_id", exact=False, filters={
        "user_id": _same("user_id"), "tags": _TAGS, "has_error": _same("has_error"),
        "query": ("session_id", lambda item, value: value.lower() in item["session_id"].lower()),
        "started_after": _from("first_trace_at"), "started_before": _until("first_trace_at"),
    }, sorts=(("trace_count", "desc", "trace_count"), ("trace_count", "asc", "trace_count")),
        again=("get_session", "list_scores_of_session"),
        light={"limit": 1}, belongs="session_id"),
    Listing("list_traces", "trace_id", newest="started_at", filters={
        **{name: _same(name) for name in ("session_id", "user_id", "status")}, "tags": _TAGS, "name": _NAME,
        "started_after": _from("started_at"), "started_before": _until("started_at"),
    }, sorts=(("started_at", "asc", "started_at"),), again=("get_trace", "list_scores_of_trace"), belongs="trace_id"),
    Listing("list_trace_users", "user_id"),
    Listing("list_trace_scores", size=200, newest="created_at", filters={
        **{name: _same(name) for name in _SCORES}, "date_from": _from("created_at"), "date_to": _until("created_at"),
    }),
    Listing("list_trace_eval_runs", size=FEW, newest="created_at", filters={"status": _same("status")},
            again=("get_trace_eval_run", "list_trace_eval_run_scores"), belongs="eval_run_id"),
    Listing("list_monitors", newest="created_at", filters={"status": _same("status")},
            again=("get_monitor", "list_monitor_runs"), belongs="monitor_id"),
)  # fmt: skip


def _found_or_not(inspection: Inspection, operation: str) -> set[int]:
    """How an operation may answer of what may just have been deleted."""
    return {200, 404} & set(inspection.operations[operation].responses)


def around(inspection: Inspection) -> dict[str, str]:
    """Everything of this module; of each list that has an item, the id that was read."""
    found: dict[str, str] = {}
    for listing in LISTINGS:
        items = _listed(inspection, listing)
        by_id = [one for one in items if _can_be_in_a_path(str(one[listing.key]))]
        # A monitor with runs, and a session with several traces, if there is one.
        item = max(by_id, key=lambda one: (bool(one.get("last_run_id")), one.get("trace_count", 0)), default=None)
        if item is not None:
            found[listing.operation] = str(item[listing.key])
            if listing.again[0]:
                _one(inspection, listing, item)
    _without_ids(inspection)
    return found


def _can_be_in_a_path(key: str) -> bool:
    """Whether an id reaches its operation: no slash, no dots alone, and not the last word of another path."""
    return "/" not in key and key.strip(".") != "" and key != "analytics"


def _without_ids(inspection: Inspection) -> None:
    """What needs no id of the project."""
    metrics = inspection.ask("the metrics of traces are listed", "list_trace_metrics", 200)
    known: list[str] = contract.schema("TraceMetricName")["enum"]

    def problems() -> Iterator[Problem]:
        names = [metric["name"] for metric in metrics.value]
        if missing := set(known) - set(names):
            yield Problem(f"{min(missing)} among them", "not there")
        if len(set(names)) < len(names):
            yield Problem("each metric once", ", ".join(names))

    inspection.claim("the metrics that the contract names are listed, each once", metrics, problems)
    inspection.ask("the providers are listed", "list_providers", 200)
    template = inspection.ask("a metric has a template", "get_trace_run_template", 200, query={"metric": known[0]})
    named = template.value["metric"]["name"] if template.good else known[0]
    inspection.claim("it is that metric's", template, [Problem(known[0], named)] if named != known[0] else [])
    always = {
        "started_after": "1971-01-01T00:00:00+00:00",
        "started_before": "2999-01-01T00:00:00+00:00",
        "granularity": "hour",
    }
    whole = _page(inspection, LISTINGS[0], {"limit": 200})
    sessions = inspection.ask("sessions over time", "get_session_analytics", 200, query=always)
    if _kept(LISTINGS[0], _page(inspection, LISTINGS[0], {"limit": 200}).value or NONE) == _kept(
        LISTINGS[0], whole.value or NONE
    ):
        inspection.claim(
            "as many sessions over time as in the list", sessions, lambda: _over_time(whole.value, sessions.value)
        )
    traces = _page(inspection, LISTINGS[1], {"limit": 200})
    rows = inspection.ask("traces over time", "get_trace_analytics", 200, query=always)
    models = inspection.ask("traces by their models", "get_trace_analytics", 200, query={**always, "metric": "models"})
    if _kept(LISTINGS[1], _page(inspection, LISTINGS[1], {"limit": 200}).value or NONE) == _kept(
        LISTINGS[1], traces.value or NONE
    ):
        inspection.claim("as many traces over time as in the list", rows,
                         lambda: _over_time(traces.value, rows.value, "started_at", "trace_count"))  # fmt: skip
    other = [row for row in models.value if "model" not in row] if models.good else []
    inspection.claim("traces by their models", models, [Problem("a model in each row", str(other[0]))] if other else [])


NONE: Final[Json] = {"total": 0, "items": ()}


def _over_time(
    page: Json, rows: Sequence[Json], began: str = "first_trace_at", count: str = "session_count"
) -> Iterator[Problem]:
    """By the hour in which they began, where the page is the whole list."""
    items = page["items"]
    due = Counter(moment(one[began]).astimezone(UTC).replace(minute=0, second=0, microsecond=0) for one in items)
    there = [(moment(row["bucket"]), row[count]) for row in rows]
    if page["total"] == len(items) and there != sorted(due.items()):
        yield Problem(
            f"{len(items)} in {len(due)} hours",
            ", ".join(f"{row[count]} in {row['bucket']}" for row in rows[:3]),
        )


# --- lists ----------------------------------------------------------------------------------------------


def _listed(inspection: Inspection, listing: Listing, of: str = "") -> Sequence[Json]:
    """The first page, held against other pages and against what its filters give; `of` is the owner of what it lists."""
    items: Sequence[Json] = ()
    for _ in range(LOOKS):
        first = _page(inspection, listing, {"limit": listing.size}, of)
        if not first.good:
            return ()
        items, total = first.value["items"], first.value["total"]
        inspection.claim(f"{listing.operation}: in order, each item once", first, _in_order(listing, items))
        start = _untied(listing, items)
        piece = _page(inspection, listing, {"limit": 2, "offset": start}, of)
        past = _page(inspection, listing, {"offset": total + 1000}, of)
        asked = [(query, _page(inspection, listing, query, of)) for query in _queries(listing, items)]
        ordered = [(field_, order, _page(inspection, listing, {"limit": 10, "sort_by": by, "sort_order": order}, of))
                   for by, order, field_ in listing.sorts if items]  # fmt: skip
        after = _page(inspection, listing, {"limit": listing.size}, of)
        for query, page in asked:
            inspection.claim(
                f"{listing.operation}: a filter gives what it names", page, _fit(listing, query, page), quiet=True
            )
        for name, order, page in ordered:
            inspection.claim(f"{listing.operation}: sorted as asked", page, _sorted(page, name, order), quiet=True)
        if not after.good or _kept(listing, after.value) != _kept(listing, first.value):
            continue
        inspection.claim(
            f"{listing.operation}: a page is a piece of one list", piece, _piece(listing, items, piece, total)
        )
        inspection.claim(
            f"{listing.operation}: the total is the same past the end", past, _total(past, total), quiet=True
        )
        for query, page in asked:
            inspection.claim(f"{listing.operation}: a filter gives all that it names", page,
                             _all_there(listing, items, total, query, page))  # fmt: skip
        return items
    inspection.note(f"{listing.operation}: others changed the list each time it was read; its pages were not compared")
    return items


def _untied(listing: Listing, items: Sequence[Json]) -> int:
    """Where two items and their neighbours are of four times, so that their order is certain; 1 where they are nowhere."""
    times = [item[listing.newest] for item in items] if listing.newest else []
    return next((at for at in range(1, len(times) - 2) if len(set(times[at - 1 : at + 3])) == 4), 1)


def _kept(listing: Listing, page: Json) -> tuple[int, list[Json]]:
    return page["total"], [item[listing.key] for item in page["items"]]


def _page(inspection: Inspection, listing: Listing, query: Mapping[str, Any], of: str = "") -> Answer:
    shown = "&".join(f"{name}={value}" for name, value in query.items())
    answer = inspection.ask(f"the list can be read by ?{shown}", listing.operation, 200, query=query, quiet=True, of=of)

    def problems() -> Iterator[Problem]:
        page, limit, offset = answer.value, query.get("limit", 50), query.get("offset", 0)
        if (page["limit"], page["offset"]) != (limit, offset):
            yield Problem(f"limit {limit} and offset {offset} repeated", f"{page['limit']} and {page['offset']}")
        if len(page["items"]) > limit:
            yield Problem(f"at most {limit} items", str(len(page["items"])))
        if page["items"] and page["total"] < offset:
            yield Problem(f"total of more than {offset}", str(page["total"]))

    inspection.claim(f"{listing.operation}: a page keeps to its limit and offset", answer, problems, quiet=True)
    return answer


def _in_order(listing: Listing, items: Sequence[Json]) -> Iterator[Problem]:
    twice = [key for key, count in Counter(item[listing.key] for item in items).items() if count > 1]
    if twice:
        yield Problem("each item once", f"{twice[0]} twice")
    if listing.newest:
        times = [moment(item[listing.newest]) for item in items]
        if times != sorted(times, reverse=True):
            yield Problem(f"the newest first by {listing.newest}", "another order")


def _sorted(page: Answer, name: str, order: str) -> Iterator[Problem]:
    values = [item[name] for item in page.value["items"]]
    if values != sorted(values, reverse=order == "desc"):
        yield Problem(f"{name} {order}", ", ".join(map(str, values[:4])))


def _piece(listing: Listing, items: Sequence[Json], piece: Answer, total: int) -> Iterator[Problem]:
    yield from _total(piece, total)
    start: int = piece.value["offset"]
    here = [item[listing.key] for item in items[start : start + 2]]
    there = [item[listing.key] for item in piece.value["items"]]
    around_it = items[start - 1 : start + 3]
    tied = listing.newest and len({item[listing.newest] for item in around_it}) < len(around_it)
    if len(here) != len(there) or (here != there and not tied):
        yield Problem(f"{here} in these places, as before", str(there))


def _total(page: Answer, total: int) -> Iterator[Problem]:
    if page.value["total"] != total:
        yield Problem(f"total {total}, as before", str(page.value["total"]))
    if page.value["offset"] >= total and page.value["items"]:
        yield Problem("nothing past the end", f"{len(page.value['items'])} items")


def _queries(listing: Listing, items: Sequence[Json]) -> Iterator[dict[str, Any]]:
    """Each filter by the value that narrows most, and those of one item together."""
    together: dict[str, Any] = {}
    for name, (taken, _) in listing.filters.items():
        values = [
            one for item in items for one in (item[taken] if taken == "tags" else [item[taken]]) if one is not None
        ]
        if not values:
            continue
        if name.endswith(("_after", "_before", "_from", "_to")):
            yield {name: sorted(values, key=moment)[len(values) // 2], "limit": listing.size}
            continue
        if name == "query":
            values = [one[1:].swapcase() for one in values if one[1:].isascii()]
        rare = min(Counter(values).items(), key=lambda found: found[1])[0] if values else None
        if rare not in (None, ""):
            yield {name: str(rare).lower() if isinstance(rare, bool) else rare, "limit": listing.size}
    for name, (taken, _) in listing.filters.items():
        if taken == name and name != "tags" and items and items[0][name] not in (None, "") and listing.exact:
            together[name] = items[0][name]
    if len(together) > 1:
        yield {**together, "limit": listing.size}


def _wanted(listing: Listing, query: Mapping[str, Any]) -> list[tuple[Fits, Any]]:
    plain = {"true": True, "false": False}
    return [(listing.filters[name][1], plain.get(value, value) if name == "has_error" else value)
            for name, value in query.items() if name in listing.filters]  # fmt: skip


def _fit(listing: Listing, query: Mapping[str, Any], page: Answer) -> Iterator[Problem]:
    for item in page.value["items"]:
        if not all(fits(item, value) for fits, value in _wanted(listing, query)):
            yield Problem(f"items by {dict(query)}", f"{item[listing.key]}, which is none")
            return


def _all_there(
    listing: Listing, items: Sequence[Json], total: int, query: Mapping[str, Any], page: Answer
) -> Iterator[Problem]:
    """Whether what fits, of the first page, is there; and as many as fit, where the first page is the whole list."""
    due = [item[listing.key] for item in items if all(fits(item, value) for fits, value in _wanted(listing, query))]
    there = [item[listing.key] for item in page.value["items"]]
    missing = [key for key in due if key not in there]
    if missing and page.value["total"] <= len(there):
        yield Problem(f"{missing[0]} among those by {dict(query)}", "not there")
    if page.value["total"] > total or (listing.exact and total <= len(items) and page.value["total"] != len(due)):
        yield Problem(f"total {len(due)} by {dict(query)}", str(page.value["total"]))


# --- one by its id ----------------------------------------------------------------------------------------


def _one(inspection: Inspection, listing: Listing, listed: Json) -> None:
    """A read by id agrees with the list, and what belongs to it is its own."""
    key = str(listed[listing.key])
    read, owned = listing.again

    def ask() -> Answer:
        return inspection.ask(
            "what is listed can be read by its id", read, {200, 404}, of=key, query=listing.light, quiet=True
        )

    got = ask()
    page = inspection.ask("the list can be read", listing.operation, 200, query={"limit": listing.size}, quiet=True)
    after = ask()
    if {got.status, after.status} == {404}:
        there = {str(item[listing.key]) for item in page.value["items"]} if page.good else set()
        gone = [Problem(f"{key}, which is listed", "404")] if key in there else []
        inspection.claim("what is listed can be read by its id", got, gone)
        return
    if got.status != 200 or not got.good or not after.good:
        return
    inspection.claim("a read gives what was asked for", got, consistency.same(listed, got.value, [listing.key]))
    if after.value == got.value:
        inspection.claim("it reads the same as in the list", got, lambda: _as_listed(listing, page, got, key))
    answer = inspection.ask(
        "what belongs to it can be listed", owned, _found_or_not(inspection, owned), of=key, quiet=True
    )
    if answer.status != 200 or not answer.good:
        return
    belonging = answer.value["items"] if isinstance(answer.value, dict) else answer.value
    inspection.claim(f"{owned}: a list has what is of its owner", answer, _own(belonging, listing, key))
    if inspection.operations[owned].paging:
        _runs_of(inspection, Listing(owned, size=FEW, newest="created_at"), key)
    if listing.operation == "list_sessions" and listed["trace_count"] > 1:
        _a_trace_at_a_time(inspection, got, key)


def _runs_of(inspection: Inspection, listing: Listing, key: str) -> None:
    """The runs of a monitor: a list of its own, and each as it reads by its id."""
    for run in _listed(inspection, listing, key)[:1]:
        got = inspection.ask("a run of a monitor can be read", GET, {200, 404}, run_id=run["id"], quiet=True)
        if got.status == 200 and got.good:
            names = ("id", "name", "target_type", "metric_names", "created_at", "monitor_id")
            inspection.claim(
                "a monitor's run reads the same as in its list", got, consistency.same(run, got.value, names)
            )


def _a_trace_at_a_time(inspection: Inspection, first: Answer, key: str) -> None:
    """A session's traces come by pages, too; `first` was asked for one."""
    query = {"limit": 1, "offset": 1}
    second = inspection.ask(
        "a session's next trace can be read", "get_session", {200, 404}, of=key, query=query, quiet=True
    )
    if second.status == 200 and second.good:
        pages = [[trace["trace_id"] for trace in answer.value["traces"]] for answer in (first, second)]
        wrong = len(pages[0]) != 1 or len(pages[1]) != 1 or pages[0] == pages[1]
        inspection.claim(
            "a session's traces come by pages",
            second,
            [Problem("one trace, then the next", str(pages))] if wrong else [],
        )


def _as_listed(listing: Listing, page: Answer, got: Answer, key: str) -> Iterator[Problem]:
    item = next((one for one in page.value["items"] if str(one[listing.key]) == key), None) if page.good else None
    if item is not None:
        names = [name for name, one in item.items() if name in got.value and not isinstance(one, list | float)]
        yield from consistency.same(item, got.value, names)
        if "tags" in item and set(item["tags"]) != set(got.value["tags"]):
            yield Problem(f"tags {item['tags']}, as in the list", str(got.value["tags"]))


def _own(items: Iterable[Json], listing: Listing, key: str) -> Iterator[Problem]:
    for item in items:
        if str(item[listing.belongs]) != key:
            yield Problem(f"{listing.belongs} {key}", str(item[listing.belongs]))
            return


# --- another project ----------------------------------------------------------------------------------------


def out_of_reach(inspection: Inspection, other: Pair, found: Mapping[str, str]) -> None:
    """What one project has cannot be read by way of the other, by its id or in a list."""
    for listing in LISTINGS:
        key = found.get(listing.operation)
        if key is None:
            continue
        read, owned = listing.again
        if not read:
            _list_of_another(inspection, other, listing, key)
            continue
        mine = inspection.ask(
            "it can be read in its own project", read, {200, 404}, of=key, query=listing.light, quiet=True
        )
        theirs = inspection.ask("what is of another project is not found", read, {200, 404}, of=key, query=listing.light,
                                headers=other)  # fmt: skip
        if mine.status != 200 or not mine.good or not theirs.good:
            continue
        if theirs.status == 200:  # two projects may have a session of one name
            inspection.claim("what is of another project is not found", theirs, _of_another(mine.value, theirs.value))
            continue
        _list_of_another(inspection, other, listing, key)
        answer = inspection.ask(
            "what belongs to it is out of reach, too",
            owned,
            _found_or_not(inspection, owned),
            of=key,
            headers=other,
            quiet=True,
        )
        if answer.status == 200:
            inspection.claim(
                "nothing comes that belongs to another project's", answer, _no(answer, listing.belongs, key)
            )


def _list_of_another(inspection: Inspection, other: Pair, listing: Listing, key: str) -> None:
    query = {"limit": listing.size}
    listed = inspection.ask("another project's list can be read", listing.operation, 200, query=query, headers=other,
                            quiet=True)  # fmt: skip
    inspection.claim("no list has what is of another project", listed, _no(listed, listing.key, key))


def figures_out_of_reach(inspection: Inspection, other: Pair, scores: Iterable[Json]) -> None:
    """What is worked out from one project's scores is nothing that the other is told."""
    score = next((one for one in scores if one["status"] == "SUCCESS" and one["eval_run_id"]
                  and _can_be_in_a_path(one["session_id"])), None)  # fmt: skip
    if score is None:
        return
    query, run_id = {"metric_name": score["name"]}, str(score["eval_run_id"])
    for operation, of in (("list_session_score_comparison", ""), ("get_session_score_history", score["session_id"])):
        told = inspection.ask("another project's figures can be read", operation, 200, of=of, query=query, headers=other,
                              quiet=True)  # fmt: skip
        inspection.claim("no figure is of another project's scores", told, _no(told, "eval_run_id", run_id))


def _projects(value: Json) -> set[str]:
    return {str(one["project_id"]) for one in [value, *value.get("traces", ())] if "project_id" in one}


def _of_another(mine: Json, theirs: Json) -> Iterator[Problem]:
    if _projects(theirs) <= _projects(mine):
        yield Problem("404, or one of that project's own", ", ".join(_projects(theirs)) or "the same")


def _no(answer: Answer, name: str, key: str) -> Iterator[Problem]:
    for item in answer.value["items"] if isinstance(answer.value, dict) else answer.value:
        if str(item[name]) == key:
            yield Problem("what is of this project", f"{key} of another")
            return


assert not {listing.operation for listing in LISTINGS} & {*PAGED}
