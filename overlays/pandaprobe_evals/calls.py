"""What a call of an operation does, for both clients: arguments in, a flow out."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

from pandaprobe_evals_api import models
from pandaprobe_evals_api.resources import CallOptions

from . import checks, contract
from .arguments import checked
from .clock import MACHINE, Clock
from .contract import Operation
from .errors import ContractViolation, IncompleteList, InvalidArgument, OutcomeUnknown
from .flow import Call, Flow, Step
from .forks import cached_property
from .runs import run_kinds

if TYPE_CHECKING:  # imported by the first create or wait: many a program only reads, or creates
    from pandaprobe_evals_api.resources.created import CreatedRun

    from .creation import Before, Context, Registry
    from .transport import CallState
    from .waiting import Poller, WaitPolicy

    RunId = str | UUID | models.EvalRun
    """A run, by its id or as it came."""

T = TypeVar("T")
_OPTIONS = frozenset(CallOptions.__annotations__)


def check_options(call: CallOptions, hint: str = "") -> None:
    """Refuse what is not an option of a call.

    Raises:
        TypeError: Names it, and the options that there are.
    """
    if unknown := call.keys() - _OPTIONS:
        known = ", ".join(sorted(_OPTIONS))
        raise TypeError(f"no such option for a call: {', '.join(sorted(unknown))} (there are {known}){hint}")


class Emit(NamedTuple):
    """A page, for whoever iterates."""

    page: Any


class Calls:
    """What each call does. Keeps what the calls of a client share."""

    def __init__(self, scope: tuple[str, ...], *, marker: bool, clock: Clock = MACHINE) -> None:
        self._scope = scope
        self.clock = clock
        self._pollers: dict[str, Poller] = {}
        self.marker = marker

    @cached_property
    def registry(self) -> Registry:
        """What the creates of this process know of one another."""
        from .creation import registry_for

        return registry_for(*self._scope)

    def one(
        self, operation_id: str, given: Mapping[str, Any], marker: bool | None
    ) -> Flow[Any] | Callable[[CallState], Flow[Any]]:
        """Call an operation: exactly once in effect, even where its answer is lost."""
        operation = contract.operations()[operation_id]
        arguments = checked(operation, given)
        if operation.lookup is None:
            return _one(operation, arguments)
        from .creation import Intent, create_flow

        intent = Intent.of(operation.id, arguments)
        if self.marker if marker is None else marker:
            intent = intent.with_marker()
        return lambda call: create_flow(intent, self._context(call))

    def _context(self, call: CallState) -> Context:
        from .creation import Context

        return Context(self.registry, call)

    def pages(self, operation_id: str, given: Mapping[str, Any]) -> Callable[[], Generator[Step | Emit, Any, None]]:
        """Read a list by pages, anew with each call of what is returned."""
        operation = contract.operations()[operation_id]
        arguments = checked(operation, given)
        return lambda: _pages(operation, arguments, self.clock)

    def units(self, operation_id: str, given: Mapping[str, Any]) -> int:
        """Units that a create would be billed; nothing is sent."""
        operation = contract.operations()[operation_id]
        assert operation.billed
        body = checked(operation, given)["body"]
        return math.prod(len(body[name]) for name in operation.billed["units"])

    def before(self, operation_id: str, given: Mapping[str, Any]) -> Callable[[CallState], Flow[Before]]:
        """What the service says of what there is before a create."""
        from .creation import Intent, look_before

        intent = Intent.of(operation_id, checked(contract.operations()[operation_id], given))
        return lambda call: look_before(intent, self._context(call))

    def resolve(self, outcome: OutcomeUnknown | ContractViolation) -> Callable[[CallState], Flow[CreatedRun | None]]:
        """What became of a create whose outcome was unknown, or whose answer could not be read."""
        from .creation import Intent, kind_of, resolve_answered_flow, resolve_flow

        if isinstance(outcome, ContractViolation) and outcome.run_id:
            kind, run_id = kind_of(outcome.operation), outcome.run_id
            return lambda call: resolve_answered_flow(kind, run_id, self._context(call))
        intent = Intent.read(outcome.create if isinstance(outcome, OutcomeUnknown) else {})
        return lambda call: resolve_flow(intent, self._context(call))

    def poller(self, tag: str) -> Poller:
        """The one poller that all waits for runs of a resource share."""
        from .waiting import Poller

        return self._pollers.get(tag) or self._pollers.setdefault(tag, Poller(run_kinds()[tag], wall=self.clock.time))

    def wait(
        self,
        tag: str,
        runs: RunId | Iterable[RunId],
        policy: WaitPolicy | None,
        *,
        provenance: bool = False,
        **options: Any,
    ) -> Flow[Any]:
        """The outcome of one run, or those of many, of a resource; `options` are those of `wait_flow`."""
        from .waiting import Outcomes, wait_flow

        single = isinstance(runs, str | UUID | models.EvalRun)
        if not single and not isinstance(runs, Iterable):
            raise InvalidArgument(f"runs: must be a run, its id, or a list of them, not {type(runs).__name__}")
        every: Iterable[Any] = [runs] if single else runs  # type: ignore[assignment]  # `single` says which it is
        given = [run if isinstance(run, models.EvalRun) else checks.run_id(run) for run in every]
        if not given:
            raise InvalidArgument("runs: is empty; give at least one run")
        for run in given:
            run_kinds()[tag].check(run, "runs")
        flow = wait_flow(self.poller(tag), given, policy=policy, clock=self.clock.monotonic, **options)
        flow = _with_provenance(flow) if provenance else flow
        return _first(flow) if single else _all(flow, Outcomes)


def _one(operation: Operation, arguments: dict[str, Any]) -> Flow[Any]:
    """One call, and its answer; a run of another kind than the resource's is told."""
    answer = yield Call(operation.function, arguments)
    if kind := run_kinds().get(operation.tag):
        kind.check(answer)
    return answer


_BARREN = 5
"""Pages in a row with nothing new that are read on from: as many items may have come meanwhile, one at a time."""
_READINGS = 4
"""How often a list is read in all, where items that it has were on none of the pages."""


def _pages(operation: Operation, arguments: dict[str, Any], clock: Clock) -> Generator[Step | Emit, Any, None]:
    """All pages, each item once, although items come and go meanwhile.

    Raises:
        IncompleteList: Items of a list that is compared with its total were on no page, however often it was read.
    """
    paging = operation.paging
    assert paging
    steady = dict(paging.get("unless_said", {}))
    if arguments.keys().isdisjoint(steady):
        arguments = {**arguments, **steady}
    if "until_now" in paging:
        arguments = {paging["until_now"]: datetime.fromtimestamp(clock.time(), UTC), **arguments}
    seen: set[Any] = set()
    total = 0
    for _ in range(_READINGS):
        total = yield from _reading(operation, arguments, seen)
        if not paging.get("whole") or len(seen) >= total:
            return
    raise IncompleteList(
        f"{total - len(seen)} of {total} items were on none of the pages, although the list was read {_READINGS} times: it "
        "changes too fast, or its order does; narrow it, or sort it otherwise",
        operation=operation.id,
        method=operation.method,
        path=operation.path,
    )


def _reading(operation: Operation, arguments: dict[str, Any], seen: set[Any]) -> Generator[Step | Emit, Any, int]:
    """Read all pages once, and give what is not among `seen`; returns how many items there are at the end.

    What is added between two pages moves items down: they are met twice, and given once. What is deleted moves items up,
    past the next page's beginning: the page is read again from further up. Some pages in a row with nothing new end
    the list: a service that does not heed the offset would give its first page for ever.
    """
    assert operation.paging
    skip, key = operation.paging["skip"], operation.paging.get("key", "id")
    met: set[Any] = set()
    offset, total, barren = 0, 0, 0
    while True:
        page = yield from _one(operation, {**arguments, skip: offset} if offset else arguments)
        if offset and page.total < total:
            offset, total = max(0, offset - (total - page.total)), page.total
            continue
        items: dict[Any, Any] = {}
        for item in page.items:
            items.setdefault(getattr(item, key), item)
        barren = 0 if items.keys() - met else barren + 1
        total = page.total
        offset += len(page.items)
        last = not page.items or offset >= page.total or barren > _BARREN
        page.items = [item for name, item in items.items() if name not in seen]
        met.update(items)
        seen.update(items)
        if page.items:
            yield Emit(page)
        if last:
            return int(total)


def _with_provenance(flow: Flow[list[Any]]) -> Flow[list[Any]]:
    from .signal_reads import with_provenance

    return (yield from with_provenance((yield from flow)))


def _all(flow: Flow[Sequence[Any]], outcomes: Callable[[Sequence[Any]], T]) -> Flow[T]:
    return outcomes((yield from flow))


def _first(flow: Flow[Sequence[T]]) -> Flow[T]:
    return (yield from flow)[0]
