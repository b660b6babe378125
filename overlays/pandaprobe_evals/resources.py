"""What is by hand on a resource: what is no operation of the service. Everything else is generated from openapi.yaml."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, Unpack, overload

from pandaprobe_evals_api import resources as generated
from pandaprobe_evals_api.resources import CallOptions

from .calls import Calls, RunId
from .errors import ContractViolation, OutcomeUnknown

if TYPE_CHECKING:  # imported by the first create, wait or look
    from pandaprobe_evals_api.resources.created import CreatedRun

    from .measured import Measured
    from .outcomes import Outcome, Outcomes, TraceOutcome, TraceOutcomes
    from .waiting import Progress, WaitPolicy

One = TypeVar("One")
Many = TypeVar("Many")
Found = TypeVar("Found")


class Driver(Protocol):
    """Drives a flow: returns what it returns or, for asyncio, what to await for it."""

    calls: Calls

    def run(self, flow: Any, options: CallOptions, *, wait: tuple[float | None] | None = None) -> Any:
        """Drive a flow; `wait` is (seconds,) for one whose requests have the wait's end as their deadline."""
        ...


class RunMethods(Generic[One, Many, Found]):
    """What runs have besides their operations. Written once: with asyncio, what is returned is to be awaited."""

    _sender: Any
    _tag: str

    def resolve(self, outcome: OutcomeUnknown | ContractViolation, **call: Unpack[CallOptions]) -> Found:
        """Find out about a create whose outcome was unknown, or whose answer broke the contract; here or in another process.

        Returns:
            What it made, a run, a monitor or a score; None where it made nothing and will make nothing, so that creating it
            again is safe.

        Raises:
            OutcomeUnknown: The deadline came before the answer; or, with `candidates`, the service does not tell whether
                this create made what they name.
            ContractViolation: It was made without filters that were sent; its `run_id` can be resolved.
        """
        driver: Driver = self._sender
        found: Found = driver.run(driver.calls.resolve(outcome), call)
        return found

    @overload
    def wait(
        self,
        runs: RunId,
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        provenance: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> One: ...
    @overload
    def wait(
        self,
        runs: Iterable[RunId],
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        provenance: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Many: ...
    def wait(
        self,
        runs: RunId | Iterable[RunId],
        *,
        timeout: float | None = None,
        stall_after: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        scores: bool = True,
        provenance: bool = False,
        policy: WaitPolicy | None = None,
    ) -> One | Many:
        """Wait until runs have ended, and say how each did; `COMPLETED` alone does not say that it went well.

        Args:
            runs: A run or its id, or many of them. All waits of a client share their requests.
            timeout: Seconds to wait; None for as long as it takes (a stalled run ends its wait by itself).
            stall_after: Seconds without any progress after which a run counts as stalled; None for the policy's.
            on_progress: Called with a `Progress` at most once for each look.
            scores: Read the scores of ended runs, to name what has no score and scores without evidence.
            provenance: Read, too, where the signals behind the scores of runs over sessions come from: one request for a run
                that measured all of them, some more for one that took them from earlier runs or other authors.
            policy: The constants of waiting.

        Returns:
            An `Outcome` (`TraceOutcome`), or `Outcomes` (`TraceOutcomes`), a list of them in the order asked for.

        Raises:
            WaitTimeout: Time was over first; its `run_ids` can be waited for again.
        """
        driver: Driver = self._sender
        options = {"timeout": timeout, "stall_after": stall_after, "on_progress": on_progress, "scores": scores}
        flow = driver.calls.wait(self._tag, runs, policy, provenance=provenance, **options)
        outcome: One | Many = driver.run(flow, {}, wait=(timeout,))
        return outcome


Looked = TypeVar("Looked")
Number = TypeVar("Number")


class SignalMethods(Generic[Looked, Number]):
    """What runs over sessions take instead of measuring it, looked at beforehand. Written once, as `RunMethods`."""

    _sender: Any

    def measured(self, session_ids: Iterable[str], *, every: bool = False, **call: Unpack[CallOptions]) -> Looked:
        """Look of which sessions a run would measure nothing, since all their signals are there; it is billed all the same.

        Takes a request for each session and one for each trace of which something is not known yet.

        Args:
            session_ids: The sessions, 5,000 at most. Duplicates are removed.
            every: Read all good scores of each trace, for `forget`: a request for each trace.
            call: What else may be said of each call: `CallOptions`.

        Returns:
            A `Measured`: `remembered`, `units_for_nothing(metrics)`, and the state of each session.

        Raises:
            InvalidArgument: There is no session, or there are too many.
        """
        from .measured import look

        driver: Driver = self._sender
        found: Looked = driver.run(look(session_ids, every=every), call)
        return found

    def forget(self, measured: Measured, *, copy: str | Path, **call: Unpack[CallOptions]) -> Number:
        """Delete the signals that runs measured, so that the next run measures them anew; annotations stay.

        A copy of what is deleted is written first, a JSON line for each score, and is on the disk before the first is
        deleted. Where there is a copy of that name, what it holds is deleted, too, and kept in it: to go on after a crash,
        call it again.

        Args:
            measured: What `measured(..., every=True)` returned.
            copy: The file; its folder is made where it is missing.
            call: What else may be said of each call: `CallOptions`.

        Returns:
            How many were deleted.

        Raises:
            InvalidArgument: The file is there, and is no such copy. Nothing was deleted.
            OSError: The copy could not be written. Nothing was deleted.
        """
        from .measured import forget

        driver: Driver = self._sender
        number: Number = driver.run(forget(measured.by_runs, Path(copy)), call)
        return number


class SessionRuns(
    generated.SessionRuns, RunMethods["Outcome", "Outcomes", "CreatedRun | None"], SignalMethods["Measured", int]
):
    """Evaluation runs over sessions: create them, wait for them, read what they found, retry and delete them."""


class AsyncSessionRuns(
    generated.AsyncSessionRuns,
    RunMethods[
        Coroutine[Any, Any, "Outcome"], Coroutine[Any, Any, "Outcomes"], Coroutine[Any, Any, "CreatedRun | None"]
    ],
    SignalMethods[Coroutine[Any, Any, "Measured"], Coroutine[Any, Any, int]],
):
    """As `SessionRuns`, for asyncio: what its methods return is to be awaited."""


class TraceRuns(generated.TraceRuns, RunMethods["TraceOutcome", "TraceOutcomes", "CreatedRun | None"]):
    """Evaluation runs over single traces: create them, wait for them, read what they found, retry and delete them."""


class AsyncTraceRuns(
    generated.AsyncTraceRuns,
    RunMethods[
        Coroutine[Any, Any, "TraceOutcome"],
        Coroutine[Any, Any, "TraceOutcomes"],
        Coroutine[Any, Any, "CreatedRun | None"],
    ],
):
    """As `TraceRuns`, for asyncio: what its methods return is to be awaited."""
