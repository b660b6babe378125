"""Looking for what a create made among the items of a list, and making it that create's own."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from pandaprobe_evals.errors import AuthenticationError, ConnectionFailed, ContractViolation, PandaProbeError
from pandaprobe_evals.flow import Call, Flow, Sleep
from pandaprobe_evals.sizes import weight_of

from .context import POLL, Context
from .in_flight import Registry
from .intent import DOUBT, Intent
from .kind import Kind
from .stamps import Before

log = logging.getLogger("pandaprobe_evals")

PATIENCE = 10.0
"""Seconds that the look before a create may take at most; and no more than a quarter of the time to the deadline."""
UNKNOWN_CLOCK = 600.0
"""Where that look failed: how far the service's clock may be from this machine's for an item to be adopted, seconds."""


def untold(candidates: tuple[str, ...]) -> str:
    """Why it is not known of these items whether a create made them."""
    what = "was made from the same arguments, or from some of them"
    return f"{', '.join(candidates)} {what}, and nothing tells whether by this create"


def look_before(intent: Intent, context: Context) -> Flow[Before]:
    """What the service says of the items before a create: known already, or asked for with one request."""
    registry, clock, call = context.registry, context.clock, context.call
    kind, place = intent.kind, intent.place
    while (before := registry.before(place, clock.monotonic())) is None:
        if not registry.try_looking(place):
            if call.left() <= POLL:
                raise ConnectionFailed("the deadline came before this could be sent", **call.ledger())
            yield Sleep(POLL, "another create looks at the newest of its list")
            continue
        found: Before | None = None
        try:
            patience = min(PATIENCE, call.left() / 4)
            page: Any = yield _page(intent, _first_page(intent, context), patience=patience)
            stamps = [kind.stamps(item)[0] for item in page.items]
            found = Before.listed(stamps, [str(item.id) for item in page.items], clock.monotonic())
        except AuthenticationError:
            raise
        except PandaProbeError as error:
            log.info("what is listed could not be read before a create: %s", error.message)
            now = clock.monotonic()
            ahead = clock.time() - now
            found = Before(now, ahead - UNKNOWN_CLOCK, ahead + UNKNOWN_CLOCK, certain=False)
        finally:
            registry.looked(place, found)
    return before


def _first_page(intent: Intent, context: Context) -> int:
    """How many items to ask for where nothing is known of their sizes but that of the one that is looked for."""
    backoff = context.call.backoff
    fits = backoff.lookup_bytes // intent.weight
    return max(1, min(backoff.lookup_page, fits, intent.kind.list.largest_page))


def _page(intent: Intent, size: int, offset: int | None = None, patience: float | None = None) -> Call:
    listed = intent.kind.list
    assert listed.paging
    arguments = {**intent.kind.listed(intent.arguments), listed.paging["size"]: size}
    if offset is not None:
        arguments[listed.paging["skip"]] = offset
    return Call(listed.function, arguments, patience=patience)


def _hold(kind: Kind, page: Any, offset: int) -> None:
    """Refuse a page from which it cannot be told that something is not there."""
    stamps = [kind.stamps(item)[0] for item in page.items]
    assert kind.list.paging
    begins = getattr(page, kind.list.paging["skip"], offset)  # not every list says it
    if begins != offset:
        wrong = f"a page from {offset} on was asked for, and it says that it begins at {begins}"
    elif not page.items and offset < page.total:
        wrong = f"a page from {offset} on is empty, and it says that there are {page.total} in all"
    elif stamps != sorted(stamps, reverse=True):
        wrong = f"it is not sorted by {kind.stamp}, the newest first"
    else:
        return
    raise ContractViolation(f"{kind.list.id} cannot be relied on: {wrong}", operation=kind.list.id)


class Found(NamedTuple):
    """What came of a look."""

    item: Any = None
    wait: bool = False
    """There is an item that may yet turn out to be another create's, or ours."""
    candidates: tuple[str, ...] = ()
    """Items of which it will never be known."""


def adopt(intent: Intent, items: Iterable[Any], registry: Registry) -> Found:
    """Claim the first item that is no other create's."""
    free = [item for item in items if str(item.id) not in intent.not_these and not registry.has(item.id)]
    kept = [item for item in free if intent.marked or not intent.unkept(item)]  # without filters, it may be another's
    within = [item for item in kept if intent.where(item) == "within"]
    wait = False
    if intent.certain or intent.marked or len(within) == 1:
        for item in within:
            if intent.is_of_another(item, registry.models(intent.key)) or not registry.alone(intent.key):
                wait = True
            elif registry.claim(item.id, intent.key):
                return Found(item)
        free = [item for item in free if item not in within]
    return Found(wait=wait, candidates=tuple(str(item.id) for item in free if intent.where(item) != "far"))


def matching(intent: Intent, context: Context, *, settled: bool) -> Flow[list[Any]]:
    """Items that this create can have made, by all but their time; oldest first.

    Args:
        intent: What is looked for.
        context: The call.
        settled: Whether to look as far back as it takes to be certain that there is none, and not only where it should be.

    Raises:
        ContractViolation: A page does not hold what it says it holds, so that what is sought may be there and not be seen.
    """
    kind, most = intent.kind, context.call.backoff.lookup_bytes
    found: list[Any] = []
    offset, total = 0, 0
    limit = _first_page(intent, context)
    since = -math.inf if intent.not_before is None or (settled and not intent.certain) else intent.not_before
    since -= DOUBT * settled
    while True:
        page: Any = yield _page(intent, limit, offset)
        _hold(kind, page, offset)
        if page.total < total:  # items were deleted meanwhile: those below moved up, past the beginning of this page
            offset, total = max(0, offset - (total - page.total)), page.total
            continue
        total = page.total
        found += [item for item in page.items if intent.made(item)]
        offset += len(page.items)
        if not page.items or offset >= page.total or kind.stamps(page.items[-1])[1] < since:
            distinct = {item.id: item for item in found}  # one that moved to the next page meanwhile is seen twice
            return sorted(distinct.values(), key=lambda item: kind.stamps(item)[0])
        fits = most * len(page.items) // sum(map(weight_of, page.items))
        limit = max(1, min(limit * 2, fits, kind.list.largest_page))
