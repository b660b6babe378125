"""What a call of an operation does, for both clients: arguments in, a flow out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from pandaprobe_evals_api import models
from pandaprobe_evals_api.resources import CallOptions

from . import checks, contract
from .arguments import checked
from .clock import MACHINE, Clock
from .contract import Operation
from .errors import ContractViolation, InvalidArgument, OutcomeUnknown
from .flow import Call, Flow
from .forks import cached_property
from .runs import run_kinds

if TYPE_CHECKING:  # imported by the first create or wait: many a program only reads, or creates
    from pandaprobe_evals_api.resources.created import CreatedRun

    from .creation import Before, Context, Registry
    from .paging import Steps
    from .transport import CallState
    from .waiting import Poller, WaitPolicy

    RunId = str | UUID | models.EvalRun
    """A run, by its id or as it came."""

T = TypeVar("T")
_OPTIONS = frozenset(CallOptions.__annotations__)


def check_options(call: CallOptions, known: Set[str] = _OPTIONS, hint: str = "") -> None:
    """Refuse what is not an option of a call.

    Raises:
        TypeError: Names it, and the options that there are.
    """
    if unknown := call.keys() - known:
        raise TypeError(
            f"no such option for a call: {', '.join(sorted(unknown))} (there are {', '.join(sorted(known))}){hint}"
        )


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
        from pandaprobe_evals.creation.flow import create_flow
        from pandaprobe_evals.creation.intent import Intent

        intent = Intent.of(operation.id, arguments)
        if self.marker if marker is None else marker:
            intent = intent.with_marker()
        return lambda call: create_flow(intent, self._context(call))

    def _context(self, call: CallState) -> Context:
        from pandaprobe_evals.creation.context import Context

        return Context(self.registry, call)

    def pages(self, operation_id: str, given: Mapping[str, Any], at_once: int) -> Callable[[], Steps[None]]:
        """Read a list by pages, so many at the same time, anew with each call of what is returned."""
        from .paging import pages_of

        operation = contract.operations()[operation_id]
        arguments = checked(operation, given)
        return lambda: pages_of(operation, arguments, at_once=at_once, time=self.clock.time)

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
        flow = _with_provenance(flow, self.clock.monotonic) if provenance else flow
        return _first(flow) if single else _all(flow, Outcomes)


def _one(operation: Operation, arguments: dict[str, Any]) -> Flow[Any]:
    """One call, and its answer; a run of another kind than the resource's is told."""
    answer = yield Call(operation.function, arguments)
    if kind := run_kinds().get(operation.tag):
        kind.check(answer)
    return answer


def _with_provenance(flow: Flow[list[Any]], time: Callable[[], float]) -> Flow[list[Any]]:
    from .signal_reads import SignalReads

    return (yield from SignalReads(time).of((yield from flow)))


def _all(flow: Flow[Sequence[Any]], outcomes: Callable[[Sequence[Any]], T]) -> Flow[T]:
    return outcomes((yield from flow))


def _first(flow: Flow[Sequence[T]]) -> Flow[T]:
    return (yield from flow)[0]
