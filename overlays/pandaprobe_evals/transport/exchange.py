"""What becomes of one request: paced, sent, read and judged, as often as it takes.

Given back are answers that the contract documents and that keep to it, errors included; everything else is raised.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import httpx
from pandaprobe_evals_api.resources import Attempt

from pandaprobe_evals import contract
from pandaprobe_evals.clock import MACHINE, Clock, ServiceDate
from pandaprobe_evals.contract import Operation
from pandaprobe_evals.errors import ConnectionFailed, InvalidArgument, PandaProbeError, clip
from pandaprobe_evals.masking import Mask
from pandaprobe_evals.pacing import (
    COUNTED,
    LOST,
    REJECTED,
    UNSENT,
    RateLimiter,
    RateLimiters,
    Ticket,
    WouldExceedDeadline,
)
from pandaprobe_evals.pacing import Outcome as Paced
from pandaprobe_evals.policy import (
    Answer,
    BackoffPolicy,
    Decision,
    GiveUp,
    Happened,
    NoAnswer,
    Reconcile,
    Retry,
    Return,
    Unsent,
    decide,
)
from pandaprobe_evals.sizes import LARGEST
from pandaprobe_evals.too_many import understood

from .call import CallState, current_call
from .failures import answer_error, gave_up, to_look_up, too_late
from .reading import Reader, Received, Sent

log = logging.getLogger("pandaprobe_evals")
SENDING = 5
"""Below DEBUG, which has a line for what came of each attempt: that one is under way, for who watches the time."""

_VERBS: dict[type, str] = {
    Return: "return",
    Retry: "retry",
    Reconcile: "look it up",
    GiveUp: "give up",
}


OnWait = Callable[[float, str], object]


class Means(Protocol):
    """What an exchange does in a thread or in a task: of the former, what is awaited blocks."""

    async def acquire(self, limiter: RateLimiter, timeout: float | None, on_wait: OnWait) -> Ticket:
        """Wait for the rate limit.

        Raises:
            WouldExceedDeadline: It would take longer than the time-out.
        """
        ...

    async def complete(self, limiter: RateLimiter, ticket: Ticket, outcome: Paced) -> None:
        """Tell the limiter what came of a request."""
        ...

    async def pause(self, seconds: float) -> None:
        """Let time pass."""
        ...

    async def send(self, request: httpx.Request, limit: float, *, creates: bool) -> Sent:
        """Send the request and read the whole answer, in so many seconds."""
        ...


@dataclass(slots=True, eq=False, repr=False)
class _Request:
    """A request on its way to a final answer: what it is, and what came of its attempts."""

    request: httpx.Request
    operation: Operation
    call: CallState
    path: str
    """As sent, encoded: what a limiter goes by."""
    timeouts: Mapping[str, float]
    limiter: RateLimiter | None = None
    failures: int = 0
    """Attempts that were worth resending; the rate limit's 429s left out."""
    attempts: int = 0
    """How often it was sent. Its call may have sent others before it, such as pages."""
    unreadable: int = 0
    """Good answers that could not be read."""
    lost_before: bool = False
    """Whether an attempt before the last may have been processed."""
    unsent: bool = False
    """Whether the last attempt did not reach the service."""
    paced: float = 0.0
    """Seconds that the attempt waited for the rate limit."""
    began: float = 0.0
    """When the attempt was sent, on the monotonic clock."""
    at: float = 0.0
    """The same, in seconds since 1970."""
    seconds: float = 0.0
    """How long the attempt took."""
    late: bool = False
    """Whether the next attempt would come after the deadline."""

    def details(self, request_id: str | None = None) -> dict[str, Any]:
        """What every error of this request carries."""
        return {
            "operation": self.operation.id,
            "method": self.request.method,
            "path": self.request.url.path,
            "request_id": request_id,
            **self.call.ledger(),
        }

    def limit(self) -> float:
        """Seconds that the next attempt may take in all.

        A read ends with the deadline. Anything else is worth one time-out more: its answer says whether it is done.
        """
        patience = 0.0 if self.operation.effect == "reads" else max(self.timeouts.values())
        return min(sum(self.timeouts.values()), max(self.call.left() + patience, 0.05))


class Exchange:
    """The logic of both transports.

    Args:
        base_path: The base URL's path, without a slash at its end.
        limiters: What may still be sent within the rate limits.
        backoff: The constants for calls that bring none.
        deadline: Seconds for calls that bring none; None for no deadline.
        mask: Masks the client's credentials.
        clock: The time to live by.
        largest: Bytes that an answer may have, unpacked.
    """

    def __init__(
        self,
        *,
        base_path: str,
        limiters: RateLimiters,
        backoff: BackoffPolicy,
        deadline: float | None,
        mask: Mask,
        clock: Clock = MACHINE,
        largest: int = LARGEST,
    ) -> None:
        self._base_path = base_path
        self._limiters = limiters
        self._backoff = backoff
        self._deadline = deadline
        self.clock, self.date, self.largest = clock, ServiceDate(clock), largest
        self._reader = Reader(mask, self.date, largest)
        self._reached = False

    def call_state(
        self,
        *,
        deadline: float | None = None,
        timeout: httpx.Timeout | None = None,
        backoff: BackoffPolicy | None = None,
    ) -> CallState:
        """The state of a new call; what is not given is the client's."""
        seconds = self._deadline if deadline is None else deadline
        now = self.clock.monotonic()
        until = math.inf if seconds is None else now + seconds
        return CallState(backoff or self._backoff, until, timeout, started=now, clock=self.clock)

    async def exchange(self, request: httpx.Request, means: Means) -> httpx.Response:
        """Send a request as often as it takes, and return the answer that is final.

        Raises:
            PandaProbeError: There is no such answer.
        """
        one = self._begin(request)
        while True:
            ticket = await self._admit(one, means)
            received = await self._attempt(one, ticket, means)
            decision = self._decide(one, received)
            self._record(one, received, decision)
            if isinstance(decision, Return):
                return _given_back(one, received, decision)
            if one.late or not isinstance(decision, Retry):
                raise _failure(one, received, decision)
            if decision.delay:
                log.info("%s waits %.2f s: %s", one.operation.id, decision.delay, decision.reason)
                await means.pause(decision.delay)

    def _begin(self, request: httpx.Request) -> _Request:
        """What a request is.

        Raises:
            InvalidArgument: The contract has no operation for it, or a phase of it has no time-out.
            ConnectionFailed: The deadline of its call is over.
        """
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        operation = contract.operation_for(request.method, path.removeprefix(self._base_path))
        if operation is None:
            raise InvalidArgument(
                f"openapi.yaml has no operation {request.method} {clip(path.removeprefix(self._base_path))}; is an id "
                "missing, or not a valid UUID?"
            )
        call = current_call.get() or self.call_state()
        timeouts: dict[str, Any] = call.timeout.as_dict() if call.timeout else request.extensions.get("timeout", {})
        if not timeouts or None in timeouts.values():
            raise InvalidArgument("timeout: every phase of a request needs a finite time-out")
        if call.left() <= 0.0:
            raise ConnectionFailed(
                "the deadline came before this could be sent", operation=operation.id, **call.ledger()
            )
        return _Request(request, operation, call, path, timeouts)

    async def _admit(self, one: _Request, means: Means) -> Ticket | None:
        """Wait until the rate limit lets an attempt through; a ticket where the request has a limiter.

        Raises:
            RateLimited: It would be after the deadline.
        """
        one.limiter, one.paced = self._limiters.of(one.operation.id, one.path), 0.0
        if one.limiter is None:
            return None
        asked, left = self.clock.monotonic(), one.call.left()
        try:
            timeout = None if math.isinf(left) else max(0.0, left)
            ticket = await means.acquire(one.limiter, timeout, _tell(one.operation))
        except WouldExceedDeadline as late:
            reopens_in = late.reopens_in
        else:
            one.paced = self.clock.monotonic() - asked
            return ticket
        last = one.call.attempts[-1].status if one.call.attempts else None
        raise too_late(one.operation, reopens_in, **one.details(), status=last)

    async def _attempt(self, one: _Request, ticket: Ticket | None, means: Means) -> Received:
        """Send the request once, read what comes, and tell the rate limiter of it."""
        try:
            limit = one.limit()
            one.request.extensions["timeout"] = {phase: min(most, limit) for phase, most in one.timeouts.items()}
            one.at, one.began = self.clock.time(), self.clock.monotonic()
            one.call.sent = one.began
            if log.isEnabledFor(SENDING):
                said = _attempt_said(one, early=one.unsent and not self._reached)
                log.log(SENDING, "%s is sent, %s", one.operation.id, said, extra={"call": said})
            one.attempts += 1
            sent = await means.send(one.request, limit, creates=one.operation.effect == "creates")
            ended = self.clock.monotonic()
            one.seconds = ended - one.began
            received = self._reader.read(one.operation, one.request.url.path, sent, one.began, ended)
            outcome = _paced(one.operation, received.happened)
            if ticket and one.limiter:
                await means.complete(one.limiter, ticket, outcome)
            elif outcome.limit:
                self._limiters.met(one.path, outcome.limit)
                one.limiter = self._limiters.of(one.operation.id, one.path)
        finally:
            if ticket and one.limiter and not ticket.done:  # interrupted: it may have been sent
                one.limiter.complete(ticket, LOST)
        return received

    def _decide(self, one: _Request, received: Received) -> Decision:
        """What to do next."""
        happened = received.happened
        answer = happened if isinstance(happened, Answer) else None
        worth_counting = answer is None or answer.too_many != "rate limit"
        one.failures += worth_counting
        one.unsent = isinstance(happened, Unsent)
        one.unreadable += (
            answer.status < 300 and answer.unreadable is not None
            if answer
            else isinstance(happened, NoAnswer) and happened.garbled
        )
        self._reached |= answer is not None
        decision = decide(
            one.operation.effect,
            happened,
            failures=one.failures,
            lost_before=one.lost_before,
            paced=one.limiter is not None,
            policy=one.call.backoff,
            now=self.clock.time(),
            unreadable=one.unreadable,
            reached=self._reached,
        )
        # What is resent after any other answer than a 429 may have been processed.
        one.lost_before |= isinstance(happened, NoAnswer) or (
            answer is not None and worth_counting and answer.status != 429
        )
        one.late = isinstance(decision, Retry) and decision.delay >= one.call.left()
        return decision

    def _record(self, one: _Request, received: Received, decision: Decision) -> None:
        """Append the attempt to its call's, and log it."""
        happened = received.happened
        again = isinstance(decision, Retry) and not one.late
        attempt = Attempt(
            at=one.at,
            operation=one.operation.id,
            status=received.status,
            error=happened.unreadable if isinstance(happened, Answer) else happened.error,
            seconds=one.seconds,
            request_id=received.request_id,
            then=f"{_VERBS[type(decision)]}: {decision.reason}" + (", too late for the deadline" if one.late else ""),
            wait=decision.delay if again or isinstance(decision, Reconcile) else 0.0,  # type: ignore[union-attr]  # as said
            paced=one.paced,
        )
        one.call.attempts.append(attempt)
        if log.isEnabledFor(logging.DEBUG):
            log.debug(
                "%s attempt %d: %s in %.3f s; %s",
                one.operation.id,
                len(one.call.attempts),
                attempt.status or attempt.error,
                one.seconds,
                attempt.then,
                extra={"call": None if again else "over"},
            )


def _given_back(one: _Request, received: Received, decision: Return) -> httpx.Response:
    """The answer that is final.

    Raises:
        PandaProbeError: It cannot be given back as it is.
    """
    if decision.as_success:
        return httpx.Response(one.operation.success, request=one.request)
    if received.response is not None:
        return received.response
    details = one.details(received.request_id)
    if received.violation is not None:
        raise replace(received.violation, status=received.status, **details)
    assert isinstance(received.happened, Answer)
    raise answer_error(received.happened, received.sent.body, missing=one.operation.missing, **details)


def _failure(one: _Request, received: Received, decision: Decision) -> PandaProbeError:
    """The error of a request that is not sent again."""
    details = one.details(received.request_id)
    if isinstance(decision, Reconcile):
        return to_look_up(
            one.operation, decision, one.request.read(), received.sent.body, status=received.status, **details
        )
    if isinstance(decision, Retry) and received.status == 429:
        reopens_in = max(decision.delay, one.limiter.snapshot().next_free_in if one.limiter else 0.0)
        return too_late(one.operation, reopens_in, status=429, **one.details())
    early = not one.late and one.unsent and one.failures < one.call.backoff.max_attempts
    return gave_up(one.operation, received.happened, received.sent.body, late=one.late, early=early, **details)


def _tell(operation: Operation) -> OnWait:
    return lambda seconds, reason: log.info(
        "%s waits about %.1f s for the rate limit: %s", operation.id, seconds, reason
    )


def _attempt_said(one: _Request, *, early: bool) -> str:
    """Which attempt of how many the next is, and what came of the last."""
    most, number = one.call.backoff.max_attempts, one.attempts + 1
    if number == 1:
        return f"attempt 1 of {most}"
    if early:
        most = min(most, one.call.backoff.unreached_attempts or most)
    last = one.call.attempts[-1]
    return f"attempt {number} of {max(most, number)} ({last.error or last.status})"


def _paced(operation: Operation, happened: Happened) -> Paced:
    """What the rate limiter is told."""
    if isinstance(happened, NoAnswer):
        return LOST
    if isinstance(happened, Unsent):
        return UNSENT
    if happened.status == 429 and (said := understood(happened.body)).kind != "quota":
        return REJECTED(said.limit)
    fields = happened.status == 422 and isinstance(happened.body, Mapping) and "errors" in happened.body
    if ("fields" in operation.uncounted and fields) or (
        "authentication" in operation.uncounted and happened.status == 401
    ):
        return UNSENT
    return COUNTED
