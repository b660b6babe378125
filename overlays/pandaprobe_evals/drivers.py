"""Drives flows, blocking and by asyncio: sends what a flow says, and sleeps as long as it says.

Both drivers are what the generated resources send by. What they do is written once, for asyncio: where a driver blocks,
what is awaited does so (`finish`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pandaprobe_evals_api.resources import CallOptions, ListOptions

from . import checks
from .blocking import finish
from .calls import check_options
from .connections import CONNECTIONS
from .flow import AtOnce, Call, Emit, Flow, Sleep
from .runs import run_kinds
from .transport import CallState, current_call, recorder

if TYPE_CHECKING:
    from .base_client import BaseClient
    from .errors import ContractViolation, OutcomeUnknown
    from .measured import Measured

log = logging.getLogger("pandaprobe_evals")

Wait = tuple[float | None] | None

_LIST_OPTIONS = frozenset(ListOptions.__annotations__)
_LIST_HINT = "; a list is read as far as it is iterated: itertools.islice(..., 10) takes the first ten"


class Sending:
    """What both drivers do alike: what the generated resources ask for, as flows.

    What a method returns is what `run` returns: the answer or, for asyncio, what to await for it.
    """

    def __init__(self, client: BaseClient[Any, Any]) -> None:
        self._client, self.calls = client, client._calls

    def run(
        self, flow: Flow[Any] | Callable[[CallState], Flow[Any]], options: CallOptions, *, wait: Wait = None
    ) -> Any:
        """Drive a flow to its end; `wait` is (seconds,) where its requests have the wait's end as their deadline."""
        return self._given(self._run(flow, options, wait))

    def iterate(self, steps: Any, options: CallOptions) -> Any:
        """Read pages as they are asked for."""
        raise NotImplementedError

    def send(self, operation: str, arguments: Mapping[str, Any], options: CallOptions) -> Any:
        """Call an operation."""
        rest: Any = dict(options)
        return self.run(self.calls.one(operation, arguments, rest.pop("marker", None)), rest)

    def pages(self, operation: str, arguments: Mapping[str, Any], options: ListOptions) -> Callable[[], Any]:
        """Read a list by its pages."""
        check_options(options, _LIST_OPTIONS, _LIST_HINT)
        rest: Any = dict(options)
        at_once = checks.integer(rest.pop("pages_at_once", 1), "pages_at_once", 1, CONNECTIONS)
        pages = self.calls.pages(operation, arguments, at_once)
        return lambda: self.iterate(pages(), rest)

    def units(self, operation: str, arguments: Mapping[str, Any]) -> int:
        """What a create would be billed."""
        return self.calls.units(operation, arguments)

    def resolve(self, outcome: OutcomeUnknown | ContractViolation, options: CallOptions) -> Any:
        """What a create made, by the error that it was raised with."""
        return self.run(self.calls.resolve(outcome), options)

    def wait(self, tag: str, runs: Any, **options: Any) -> Any:
        """Wait for one run of a resource, or for many."""
        return self.run(self.calls.wait(tag, runs, **options), {}, wait=(options["timeout"],))

    def measured(self, tag: str, targets: Iterable[str], options: CallOptions, *, every: bool) -> Any:
        """Look of which targets a run would measure nothing."""
        from .measured import look

        return self.run(look(run_kinds()[tag], targets, every=every), options)

    def forget(self, tag: str, measured: Measured, copy: str | Path, options: CallOptions) -> Any:
        """Delete, after a copy, the signals that runs measured."""
        from .measured import forget

        return self.run(forget(run_kinds()[tag], measured.by_runs, Path(copy)), options)

    async def _run(self, flow: Flow[Any] | Callable[[CallState], Flow[Any]], options: CallOptions, wait: Wait) -> Any:
        state = self._client._states(options, wait)
        steps = flow(state()) if callable(flow) else flow
        try:
            step = next(steps)
            while True:
                try:
                    result = await self._result(step, state)
                except Exception as error:  # noqa: BLE001  (the flow decides; what it does not know, it lets pass)
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as stop:
            return stop.value
        finally:
            steps.close()

    async def _do(self, step: Call | Sleep, state: CallState) -> Any:
        if isinstance(step, Sleep):
            return await self._sleep(_said(step))
        if step.patience is not None:
            state = state.briefly(step.patience)
        known = len(state.attempts)
        outer = current_call.set(state)
        try:
            response = await self._call(step)
        finally:
            current_call.reset(outer)
            _record(state, known)
        return self._client._take(step, state, response)

    async def _next_page(self, steps: Any, state: Callable[[], CallState]) -> Emit | None:
        """The next page; None at the end."""
        try:
            step = next(steps)
            while not isinstance(step, Emit):
                step = steps.send(await self._result(step, state))
        except StopIteration:
            return None
        return step

    async def _result(self, step: Call | AtOnce | Sleep, state: Callable[[], CallState]) -> Any:
        return await (self._all(step, state) if isinstance(step, AtOnce) else self._do(step, state()))

    def _given(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """What a coroutine comes to, or the coroutine itself."""
        raise NotImplementedError

    async def _all(self, step: AtOnce, state: Callable[[], CallState]) -> list[Any]:
        """What each of several calls came to, its answer or its exception."""
        raise NotImplementedError

    async def _call(self, call: Call) -> Any:
        """The answer of the generated operation."""
        raise NotImplementedError

    async def _sleep(self, seconds: float) -> None:
        raise NotImplementedError


class Driver(Sending):
    """Blocking."""

    def iterate(self, steps: Any, options: CallOptions) -> Iterator[Any]:
        """Read pages as they are asked for."""
        state = self._client._page_states(options)
        while page := finish(self._next_page(steps, state)):
            yield page.page

    async def _all(self, step: AtOnce, state: Callable[[], CallState]) -> list[Any]:
        found: list[Any] = [None] * len(step.calls)

        def make(place: int, call: Call, state: CallState) -> None:
            try:
                found[place] = finish(self._do(call, state))
            except BaseException as error:  # noqa: BLE001  (the flow decides)
                found[place] = error

        crew = [
            # Whoever is interrupted leaves what is under way, and a program that ends does not wait for it.
            threading.Thread(
                target=copy_context().run, args=(make, *each, state()), name="pandaprobe-evals", daemon=True
            )
            for each in enumerate(step.calls)
        ]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        return found

    def _given(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return finish(coroutine)

    async def _call(self, call: Call) -> Any:
        return call.operation.sync_detailed(client=self._client.api, **call.arguments)

    async def _sleep(self, seconds: float) -> None:
        self._client.clock.sleep(seconds)


class AsyncDriver(Sending):
    """For asyncio."""

    async def iterate(self, steps: Any, options: CallOptions) -> AsyncIterator[Any]:
        """Read pages as they are asked for."""
        state = self._client._page_states(options)
        while page := await self._next_page(steps, state):
            yield page.page

    async def _all(self, step: AtOnce, state: Callable[[], CallState]) -> list[Any]:
        import asyncio

        return await asyncio.gather(*(self._do(call, state()) for call in step.calls), return_exceptions=True)

    def _given(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return coroutine

    async def _call(self, call: Call) -> Any:
        return await call.operation.asyncio_detailed(client=self._client.api, **call.arguments)

    async def _sleep(self, seconds: float) -> None:
        await self._client.clock.asleep(seconds)


def _record(state: CallState, known: int) -> None:
    """Append the attempts that are new to the active recorder."""
    if (attempts := recorder.get()) is not None:
        attempts.extend(state.attempts[known:])


def _said(step: Sleep) -> float:
    if step.seconds >= 0.1:  # shorter ones are threads and tasks that take turns
        log.info("waits %.2f s: %s", step.seconds, step.reason)
    return step.seconds
