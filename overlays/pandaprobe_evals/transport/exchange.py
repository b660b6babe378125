"""Wraps any httpx transport: pacing before each attempt, policy after it, and every answer held against the contract.

One generator, `exchange`, says what to do; `PolicyTransport` and `AsyncPolicyTransport` do it, blocking and not. What a
call may take and what came of its attempts is in its `CallState`, which reaches this file by a context variable, since the
generated functions between have no place for it; the bare generated functions get the client's defaults.

Given back are answers that the contract documents and that keep to it, errors included; everything else is raised.

No error shows a credential: what an error is made of is masked where it comes in (`Exchange._masked`), the request loses its
credentials when it is done, and the frames below that held it are emptied. Raised errors are made outside any `except`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx
from pandaprobe_evals_api.resources import Attempt

from pandaprobe_evals import contract, strangers
from pandaprobe_evals.clock import MACHINE, Clock, ServiceDate
from pandaprobe_evals.contract import Operation
from pandaprobe_evals.errors import (
    APIStatusError,
    ConnectionFailed,
    ContractViolation,
    InvalidArgument,
    OutcomeUnknown,
    PandaProbeError,
    RateLimited,
    ServerError,
    clip,
    printable,
    status_error,
    words,
)
from pandaprobe_evals.masking import MOST, Mask, clear_frames, disarm
from pandaprobe_evals.network import TooSlow, in_time, left, within
from pandaprobe_evals.pacing import COUNTED, LOST, REJECTED, UNSENT, Budget, Budgets, CannotWait, Ticket
from pandaprobe_evals.pacing import Outcome as Paced
from pandaprobe_evals.policy import (
    Answer,
    BackoffPolicy,
    GiveBack,
    GiveUp,
    Happened,
    Lost,
    Reconcile,
    Resend,
    Unsent,
    classify,
    decide,
    http_date,
)
from pandaprobe_evals.sizes import LARGEST, Meter, Metered, TooLarge
from pandaprobe_evals.too_many import understood

log = logging.getLogger("pandaprobe_evals")
SENDING = 5
"""Below DEBUG, which has a line for what came of each attempt: that one is under way, for who watches the time."""


@dataclass(slots=True)
class CallState:
    """One call of the user's: what it may take, and what came of it so far."""

    backoff: BackoffPolicy
    deadline: float = math.inf
    """When it must be over, on the monotonic clock."""
    timeout: httpx.Timeout | None = None
    """For each attempt, in place of the client's; None for the client's."""
    started: float = field(default_factory=time.monotonic)
    clock: Clock = MACHINE
    attempts: list[Attempt] = field(default_factory=list)
    sent: float = 0.0
    """When its latest request was sent, on the monotonic clock, which nobody sets."""

    def briefly(self, seconds: float) -> CallState:
        """For a request that only prepares the call: with no more than so many seconds left, and attempts of its own."""
        return replace(self, deadline=min(self.deadline, self.clock.monotonic() + seconds), attempts=[])

    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - self.clock.monotonic()

    def ledger(self) -> dict[str, Any]:
        """What every error of this call carries."""
        return {"attempts": tuple(self.attempts), "seconds": self.clock.monotonic() - self.started}


current_call: ContextVar[CallState | None] = ContextVar("pandaprobe_evals_call", default=None)


@dataclass(slots=True)
class Acquire:
    """Wait for the rate limit; what comes back is a ticket."""

    budget: Budget
    timeout: float | None
    on_wait: Callable[[float, str], object]


@dataclass(slots=True)
class Complete:
    """Tell the budget what came of a request."""

    budget: Budget
    ticket: Ticket
    outcome: Paced


@dataclass(slots=True)
class Send:
    """Send the request and read the whole answer; what comes back is a `Sent`."""

    request: httpx.Request
    limit: float
    """Seconds that the attempt may take in all."""
    creates: bool = False
    """Whether it may make a run."""


@dataclass(slots=True)
class Pause:
    """Sleep."""

    seconds: float


@dataclass(slots=True)
class Sent:
    """What came of an attempt, as the network sees it."""

    failure: Unsent | Lost | None = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case names."""
    body: bytes = b""
    response: httpx.Response | None = None
    """The answer, read and closed."""
    too_large: bool = False
    """Whether the body is larger than allowed, and was not read."""


Step = Acquire | Complete | Send | Pause


class Exchange:
    """The logic that both transports drive.

    Args:
        base_path: The base URL's path, without a slash at its end.
        budgets: What may still be sent within the rate limits.
        backoff: The constants for calls that bring none.
        deadline: Seconds for calls that bring none; None for no deadline.
        mask: Masks the client's credentials.
        clock: The time to live by.
    """

    def __init__(
        self,
        *,
        base_path: str,
        budgets: Budgets,
        backoff: BackoffPolicy,
        deadline: float | None,
        mask: Mask,
        clock: Clock = MACHINE,
    ) -> None:
        self._base_path = base_path
        self._budgets = budgets
        self._backoff = backoff
        self._deadline = deadline
        self.clock, self.date = clock, ServiceDate(clock)
        self._reached = False
        self._mask = mask
        self.largest = LARGEST
        """Bytes that an answer may have, unpacked."""

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

    def operation(self, request: httpx.Request) -> Operation:
        """Which operation a request is.

        Raises:
            InvalidArgument: The contract has none for it.
        """
        path = request.url.raw_path.partition(b"?")[0].decode("ascii").removeprefix(self._base_path)
        found = contract.operation_for(request.method, path)
        if found is None:
            raise InvalidArgument(
                f"openapi.yaml has no operation {request.method} {clip(path)}; is an id missing, or no UUID?"
            )
        return found

    def exchange(self, request: httpx.Request) -> Generator[Step, Any, httpx.Response]:
        """Send a request as often as it takes, and return the answer that is final.

        Raises:
            PandaProbeError: There is no such answer.
        """
        operation = self.operation(request)
        call = current_call.get() or self.call_state()
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        timeouts = self._timeouts(request, call)
        if call.left() <= 0.0:
            raise ConnectionFailed(
                "the deadline came before this could be sent", operation=operation.id, **call.ledger()
            )
        failures = unreadable = 0
        lost_before = unsent = False
        while True:
            paced = 0.0
            ticket: Ticket | None = None
            budget = self._budgets.of(operation.id, path)
            if budget:
                asked = self.clock.monotonic()
                ticket = yield Acquire(
                    budget,
                    None if math.isinf(call.deadline) else max(0.0, call.left()),
                    self._tell(operation),
                )
                if isinstance(ticket, float):  # seconds until the window reopens
                    raise self._rate_limited(operation, request, call, ticket)
                paced = self.clock.monotonic() - asked
            try:
                # A read ends with the deadline. Of anything else the answer is worth more than one time-out: it says whether
                # there is a run.
                patience = 0.0 if operation.effect == "reads" else max(timeouts.values())
                limit = min(sum(timeouts.values()), max(call.left() + patience, 0.05))
                request.extensions["timeout"] = {phase: min(seconds, limit) for phase, seconds in timeouts.items()}
                sent_at, began = self.clock.time(), self.clock.monotonic()
                call.sent = began
                if log.isEnabledFor(SENDING):
                    said = _attempt_said(call, early=unsent and not self._reached)
                    log.log(SENDING, "%s is sent, %s", operation.id, said, extra={"call": said})
                sent = self._masked((yield Send(request, limit, operation.effect == "creates")))
                seconds = self.clock.monotonic() - began
                happened, response, violation = self._read(operation, request.url.path, sent, began, began + seconds)
                if ticket:
                    yield Complete(budget, ticket, _paced(operation, happened))  # type: ignore[arg-type]  # of this budget
                elif (paced_now := _paced(operation, happened)).limit:
                    self._budgets.met(path, paced_now.limit)
                    budget = self._budgets.of(operation.id, path)
            finally:
                if ticket and not ticket.done:  # interrupted: it may have been sent
                    budget.complete(ticket, LOST)  # type: ignore[union-attr]
            resent = not (isinstance(happened, Answer) and happened.too_many == "rate limit")
            failures += resent
            unsent = isinstance(happened, Unsent)
            if isinstance(happened, Answer):
                self._reached = True
                unreadable += happened.status < 300 and happened.unreadable is not None
            unreadable += isinstance(happened, Lost) and happened.garbled
            decision = decide(
                operation.effect,
                happened,
                failures=failures,
                lost_before=lost_before,
                paced=budget is not None,
                policy=call.backoff,
                now=self.clock.time(),
                unreadable=unreadable,
                reached=self._reached,
            )
            if isinstance(happened, Lost) or (isinstance(happened, Answer) and resent and happened.status != 429):
                lost_before = True  # what is resent after any other answer may have been processed
            late = isinstance(decision, Resend) and decision.delay >= call.left()
            status = happened.status if isinstance(happened, Answer) else None
            wait = decision.delay if isinstance(decision, Resend | Reconcile) and not late else 0.0
            attempt = Attempt(
                at=sent_at,
                operation=operation.id,
                status=status,
                error=happened.unreadable if isinstance(happened, Answer) else happened.error,
                seconds=seconds,
                request_id=sent.headers.get(contract.request_id_header().lower()),
                then=f"{_VERBS[type(decision)]}: {decision.reason}" + (", too late for the deadline" if late else ""),
                wait=wait,
                paced=paced,
            )
            call.attempts.append(attempt)
            if log.isEnabledFor(logging.DEBUG):
                log.debug(
                    "%s attempt %d: %s in %.3f s; %s",
                    operation.id,
                    len(call.attempts),
                    status or attempt.error,
                    seconds,
                    attempt.then,
                    extra={"call": None if isinstance(decision, Resend) and not late else "over"},
                )
            if isinstance(decision, GiveBack) and response is not None and not decision.as_success:
                return response
            details: dict[str, Any] = {
                "operation": operation.id,
                "method": request.method,
                "path": request.url.path,
                "status": status,
                "request_id": attempt.request_id,
                **call.ledger(),
            }
            if isinstance(decision, GiveBack):
                if violation is not None:
                    raise replace(violation, **details)
                if decision.as_success:
                    return httpx.Response(operation.success, request=request)
                assert isinstance(happened, Answer)
                raise _status_error(happened, sent, details)
            if isinstance(decision, Reconcile):
                raise OutcomeUnknown(
                    f"{decision.reason}: the run may have been created all the same",
                    create={"body": request.content.decode(errors="replace")},
                    settle=decision.settle,
                    wait=decision.delay,
                    answer=clip(sent.body.decode(errors="replace")),
                    **details,
                )
            if isinstance(decision, GiveUp) or late:
                if isinstance(decision, Resend) and status == 429:
                    reopens_in = max(decision.delay, budget.snapshot().next_free_in if budget else 0.0)
                    raise self._rate_limited(operation, request, call, reopens_in)
                early = not late and isinstance(happened, Unsent) and failures < call.backoff.max_attempts
                raise _gave_up(operation, happened, sent, late, details, given_up_early=early)
            if decision.delay:
                if log.isEnabledFor(logging.INFO):
                    log.info("%s waits %.2f s: %s", operation.id, decision.delay, decision.reason)
                yield Pause(decision.delay)

    def _timeouts(self, request: httpx.Request, call: CallState) -> dict[str, float]:
        given: dict[str, Any] = call.timeout.as_dict() if call.timeout else request.extensions.get("timeout", {})
        if not given or None in given.values():
            raise InvalidArgument("timeout: every phase of a request needs a finite time-out")
        return given

    def _tell(self, operation: Operation) -> Callable[[float, str], object]:
        return lambda seconds, reason: log.info(
            "%s waits about %.1f s for the rate limit: %s", operation.id, seconds, reason
        )

    def _rate_limited(
        self, operation: Operation, request: httpx.Request, call: CallState, reopens_in: float
    ) -> RateLimited:
        status = 429 if call.attempts and call.attempts[-1].status == 429 else None
        return RateLimited(
            f"the rate limit's window reopens in {reopens_in:.1f} s, after this call's deadline; "
            f"nothing was {'created' if operation.effect == 'creates' else 'done'}. "
            "Try again then, or allow a longer deadline=",
            reopens_in=reopens_in,
            operation=operation.id,
            method=request.method,
            path=request.url.path,
            status=status,
            **call.ledger(),
        )

    def _masked(self, sent: Sent) -> Sent:
        """What the network gave as errors and logs may show it. The body of a good answer is data, and stays as it came."""
        if sent.failure:
            return Sent(replace(sent.failure, error=printable(self._mask(sent.failure.error))))
        if sent.status < 300:
            name = contract.request_id_header().lower()
            said = sent.headers.get(name, "")
            return sent if _UUID.fullmatch(said) else replace(sent, headers={**sent.headers, name: self._mask(said)})
        assert sent.response is not None
        body = self._mask.bytes(sent.body[:MOST])
        headers = {name: self._mask(text) for name, text in sent.headers.items()}
        said = sent.response.reason_phrase
        if body == sent.body and headers == sent.headers and self._mask(said) == said:
            return sent
        kept = {name: text for name, text in headers.items() if name not in _OF_THE_BODY}
        return Sent(None, sent.status, headers, body, httpx.Response(sent.status, headers=kept, content=body))

    def _read(
        self, operation: Operation, path: str, sent: Sent, began: float, ended: float
    ) -> tuple[Happened, httpx.Response | None, ContractViolation | None]:
        """Make sense of what the network gave: what happened, the answer to give back, and how it breaks the contract."""
        if sent.failure:
            return sent.failure, None, None
        if self.date.wants(ended) and (date := http_date(sent.headers.get("date", ""))):
            self.date.saw(began, ended, date)
        value: Any = None
        violation: ContractViolation | None = None
        unreadable: str | None = None
        good = sent.status < 300
        if sent.too_large and good:
            wrong = (
                f"{operation.id}'s answer has more than {self.largest:,} bytes, and was not read: ask for less at a time, "
                "such as by page_size=, or allow more by max_answer_bytes="
            )
            if operation.effect == "reads":  # asked again it would be as large
                return (
                    Answer(sent.status, sent.headers, None),
                    None,
                    ContractViolation(wrong, expected="a smaller answer"),
                )
            return Answer(sent.status, sent.headers, None, wrong), None, None
        try:
            if sent.status in operation.responses:
                value = contract.check(operation, sent.status, sent.headers.get("content-type", ""), sent.body)
            elif good:
                unreadable = f"{operation.id} does not answer {sent.status}"
            else:
                unreadable = "undocumented status"
                value = contract.parse_json(sent.body)
        except contract.Unreadable as error:
            unreadable = self._mask(str(error))
        except ContractViolation as error:
            violation = replace(
                error,
                message=self._mask(error.message),
                pointer=self._mask(error.pointer),
                expected=self._mask(error.expected),
                value=self._mask(error.value),
            )
        if sent.status == 404 and not unreadable and not violation and not _names_the_run(value, path):
            unreadable = "it names no run, so that it is not the service's own"
        answer = Answer(sent.status, sent.headers, value, unreadable)
        if unreadable or violation:
            if violation and good and operation.effect == "creates":
                made = _run_id(sent.body)
                if made:
                    message = (
                        f"{violation.message}; the run is made all the same, its id is {made}: do not create it again"
                    )
                    violation = replace(violation, message=message, run_id=made)
                else:  # it is found by what it was created from, as if there had been no answer
                    answer, violation = Answer(sent.status, sent.headers, value, violation.message), None
            sent.body = self._mask.bytes(sent.body[:MOST])
            if violation and not good:  # the error itself says more than how its body is off
                answer = Answer(sent.status, sent.headers, _lenient(sent.body), str(violation))
                violation = None
            if sent.status == 401:  # of a gateway, perhaps: a token provider must hear of it all the same
                said = {"detail": words(answer.body, sent.body.decode(errors="replace"))}
                known = {
                    name: text for name, text in sent.headers.items() if name == contract.request_id_header().lower()
                }
                return answer, httpx.Response(401, json=said, headers=known), None
            return answer, None, violation
        assert sent.response is not None
        sent.response.json = lambda **_: value  # type: ignore[method-assign]  # parsed once, for the generated client too
        return answer, sent.response, None


def _attempt_said(call: CallState, *, early: bool) -> str:
    """Which attempt of how many the next is, and what came of the last."""
    most = call.backoff.max_attempts
    if not call.attempts:
        return f"attempt 1 of {most}"
    last = call.attempts[-1]
    if early:
        most = min(most, call.backoff.unreached_attempts or most)
    return f"attempt {len(call.attempts) + 1} of {max(most, len(call.attempts) + 1)} ({last.error or last.status})"


_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OF_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that tell how a body came, which another has not."""

_VERBS: dict[type, str] = {
    GiveBack: "give back",
    Resend: "resend",
    Reconcile: "look it up",
    GiveUp: "give up",
}


def _paced(operation: Operation, happened: Happened) -> Paced:
    if isinstance(happened, Lost):
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


def _lenient(body: bytes) -> Any:
    try:
        return contract.parse_json(body)
    except contract.Unreadable:
        return None


def _of_a_hook(error: Exception, step: Send) -> Lost | None:
    """What a user's own hook or transport raised over a create, as a lost answer: it may have been processed before."""
    if not step.creates or isinstance(error, PandaProbeError | httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return None
    return Lost(f"{type(error).__name__}: {error}")


def _names_the_run(body: Any, path: str) -> bool:
    """Whether a 404 is the service's own: it names the run that was asked for, as no page of anybody else does."""
    said = body.get("detail") if isinstance(body, Mapping) else None
    ids = [part.lower() for part in path.split("/") if _is_id(part)]
    return not ids or (isinstance(said, str) and any(part in said.lower() for part in ids))


def _is_id(part: str) -> bool:
    try:
        return bool(UUID(part))
    except ValueError:
        return False


def _run_id(body: bytes) -> str | None:
    """The id of the run that an answer tells of, in whatever state the rest of it is."""
    said = _lenient(body)
    try:
        return str(UUID(said["id"])) if isinstance(said, Mapping) else None
    except (KeyError, ValueError, AttributeError, TypeError):
        return None


def _status_error(answer: Answer, sent: Sent, details: Mapping[str, Any]) -> APIStatusError:
    rest = {name: value for name, value in details.items() if name != "status"}
    text = sent.body.decode(errors="replace")
    error = status_error(answer.status, answer.body, text, too_many=answer.too_many, **rest)
    if answer.status == 404 and answer.unreadable:
        text = f"{error.message}. Something in between answers, not the service: is base_url right?"
        return ServerError(text, status=404, detail=error.detail, **rest)
    if meaning := strangers.told(answer.status, sent.headers, sent.body):
        return replace(error, message=f"{answer.status}: {meaning}")
    return error


def _gave_up(
    operation: Operation,
    happened: Happened,
    sent: Sent,
    late: bool,
    details: Mapping[str, Any],
    *,
    given_up_early: bool,
) -> PandaProbeError:
    why = "the next attempt would come after the deadline" if late else "that was the last attempt"
    if isinstance(happened, Answer):
        if happened.status < 300:
            return ContractViolation(
                f"{operation.id} answered {happened.status} with something unreadable: {happened.unreadable}. "
                f"{strangers.told(happened.status, sent.headers, sent.body)}",
                expected="a readable answer",
                readable=False,
                value=clip(sent.body.decode(errors="replace")),
                **details,
            )
        return _status_error(happened, sent, details)
    if operation.effect == "deletes" and isinstance(happened, Lost):
        return OutcomeUnknown(
            f"{happened.error}; {why}. It may have been deleted: delete it again, which is safe",
            create={},
            **details,
        )
    if isinstance(happened, Unsent) and happened.final:
        return ConnectionFailed(happened.final, final=True, **details)
    return ConnectionFailed(
        f"{happened.error}; {why}. Is the service's address right, and does it run?", final=given_up_early, **details
    )


class _Timed(httpx.SyncByteStream):
    """A body that ends in time even where a transport of the user's own cannot be bounded below."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            left()
            yield part

    def close(self) -> None:
        self._stream.close()


class PolicyTransport(httpx.BaseTransport):
    """Pacing, policy and contract around a blocking transport.

    Args:
        inner: The transport within.
        exchange: The logic.
        in_thread: Whether each attempt is made in a thread of its own, since the transport within cannot be told how long it
            may take.
    """

    def __init__(self, inner: httpx.BaseTransport, exchange: Exchange, *, in_thread: bool = False) -> None:
        self._inner = inner
        self._exchange = exchange
        self._in_thread = in_thread

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request as often as it takes."""
        outer = sys.exception()
        flow = self._exchange.exchange(request)
        step: Step | None
        result: Any
        step = result = None
        try:
            while True:
                step = flow.send(result)
                result = None
                match step:
                    case Send():
                        result = self._send(step)
                    case Acquire(budget, timeout, on_wait):
                        result = _acquire(budget, timeout, on_wait)
                    case Complete(budget, ticket, outcome):
                        budget.complete(ticket, outcome)
                    case Pause(seconds):
                        self._exchange.clock.sleep(seconds)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        except BaseException as error:
            step = result = None  # no variable of this frame, either, shows what was sent or came
            clear_frames(error, outer)
            raise
        finally:
            flow.close()
            disarm(request)

    def _send(self, step: Send) -> Sent:
        try:
            if self._in_thread:
                return in_time(step.limit, lambda: self._attempt(step))
            return self._attempt(step)
        except TooLarge as error:
            return _too_large(error.response)
        except TooSlow:
            return Sent(Lost(f"the answer was still coming after {step.limit:.1f} s"))
        except Exception as error:
            if failure := classify(error) or _of_a_hook(error, step):
                return Sent(failure)
            raise

    def _attempt(self, step: Send) -> Sent:
        with within(step.limit):
            response = self._inner.handle_request(step.request)
            try:
                assert isinstance(response.stream, httpx.SyncByteStream)
                response.stream = Metered(_Timed(response.stream), Meter(response, self._exchange.largest))
                response.read()
            finally:
                response.close()
            return _sent(response)

    def close(self) -> None:
        """Close the transport within."""
        self._inner.close()


class AsyncPolicyTransport(httpx.AsyncBaseTransport):
    """Pacing, policy and contract around an asyncio transport."""

    def __init__(self, inner: httpx.AsyncBaseTransport, exchange: Exchange) -> None:
        self._inner = inner
        self._exchange = exchange

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request as often as it takes."""
        outer = sys.exception()
        flow = self._exchange.exchange(request)
        step: Step | None
        result: Any
        step = result = None
        try:
            while True:
                step = flow.send(result)
                result = None
                match step:
                    case Send():
                        result = await self._send(step)
                    case Acquire(budget, timeout, on_wait):
                        result = await _aacquire(budget, timeout, on_wait)
                    case Complete(budget, ticket, outcome):
                        await budget.acomplete(ticket, outcome)
                    case Pause(seconds):
                        await self._exchange.clock.asleep(seconds)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        except BaseException as error:
            step = result = None  # no variable of this frame, either, shows what was sent or came
            clear_frames(error, outer)
            raise
        finally:
            flow.close()
            disarm(request)

    async def _send(self, step: Send) -> Sent:
        try:
            async with asyncio.timeout(step.limit):
                response = await self._inner.handle_async_request(step.request)
                try:
                    assert isinstance(response.stream, httpx.AsyncByteStream)
                    response.stream = Metered(response.stream, Meter(response, self._exchange.largest))
                    await response.aread()
                finally:
                    await response.aclose()
            return _sent(response)
        except TooLarge as error:
            return _too_large(error.response)
        except TimeoutError:
            return Sent(Lost(f"the answer was still coming after {step.limit:.1f} s"))
        except Exception as error:
            if failure := classify(error) or _of_a_hook(error, step):
                return Sent(failure)
            raise

    async def aclose(self) -> None:
        """Close the transport within."""
        await self._inner.aclose()


def _too_large(response: httpx.Response) -> Sent:
    headers = {name.lower(): text for name, text in response.headers.items() if name.lower() not in _OF_THE_BODY}
    bare = httpx.Response(response.status_code, headers=headers)
    return Sent(None, response.status_code, headers, b"", bare, too_large=True)


def _sent(response: httpx.Response) -> Sent:
    headers = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in response.headers.raw}
    return Sent(None, response.status_code, headers, response.content, response)


def _acquire(budget: Budget, timeout: float | None, on_wait: Callable[[float, str], object]) -> Ticket | float:
    try:
        return budget.acquire(timeout, on_wait)
    except CannotWait as error:
        return error.reopens_in


async def _aacquire(budget: Budget, timeout: float | None, on_wait: Callable[[float, str], object]) -> Ticket | float:
    try:
        return await budget.aacquire(timeout, on_wait)
    except CannotWait as error:
        return error.reopens_in
