"""Making exactly one: what to do when the answer to a create is lost, and how to find out about it later."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from pandaprobe_evals.errors import (
    ConnectionFailed,
    ContractViolation,
    NotFound,
    OutcomeUnknown,
    PandaProbeError,
    RateLimited,
    ServerError,
    counted,
)
from pandaprobe_evals.flow import Call, Flow, Sleep
from pandaprobe_evals.policy import Answer
from pandaprobe_evals.transport import CallState, answer_error, may_exist

from .context import POLL, Context
from .in_flight import InFlight
from .intent import Intent
from .kind import Kind
from .lookup import adopt, look_before, matching, untold
from .stamps import Before

log = logging.getLogger("pandaprobe_evals")


def create_flow(intent: Intent, context: Context) -> Flow[Any]:
    """Make exactly one.

    Raises:
        OutcomeUnknown: It could not be found out before the deadline whether there is one.
        ContractViolation: There is one, and its answer breaks the contract; `run_id` is its id.
        PandaProbeError: There is none, and will be none.
    """
    before = yield from look_before(intent, context)
    return (yield from _Create(intent, context, before).flow())


class _Create:
    """One create that is being made."""

    def __init__(self, intent: Intent, context: Context, before: Before) -> None:
        self.intent, self.kind, self.before = intent, intent.kind, before
        self.context, self.registry, self.clock, self.call = context, context.registry, context.clock, context.call
        self.in_flight = InFlight(self.registry, intent.key, intent.resolved)

    def flow(self) -> Flow[Any]:
        """Send it, and look for it where its answer is lost, until there is one or it is certain that there is none."""
        first_sent: float | None = None
        tries = 0
        try:
            while True:
                sent = yield from self._send()
                if not isinstance(sent, OutcomeUnknown):
                    return sent
                tries += 1
                if first_sent is None:  # earlier attempts are known to have made nothing
                    first_sent = self.call.sent
                settled = self.registry.settled(self.intent.key)
                sought = self.intent.sought(self.before, first_sent, settled, self.call.backoff.clock_slack)
                found = yield from self._look_up(sought, sent)
                if found is not None:
                    return as_meant(self.intent, found, self.call)
                self.in_flight.leave()
                pause = self.call.backoff.delay(tries)
                if tries >= self.call.backoff.max_attempts or pause >= self.call.left():
                    raise self._not_created(sent, tries)
                yield Sleep(pause, "nothing was created; sending it again")
        finally:
            self.in_flight.leave()

    def _created(self, item: Any, *, reconciled: bool) -> Any:
        return self.kind.created(item, tuple(self.call.attempts), reconciled=reconciled)

    def _send(self) -> Flow[Any]:
        """Send it once; what comes back is what it made, or the error of its lost answer."""
        intent, registry = self.intent, self.registry
        while not self.in_flight.try_send():
            if self.call.left() <= POLL:
                raise ConnectionFailed(
                    "an identical create lost its answer and is still being looked for; this one was not sent",
                    **self.call.ledger(),
                )
            yield Sleep(POLL, "an identical create is being looked for")
        try:
            item: Any = yield intent.call()
        except OutcomeUnknown as error:
            self.in_flight.lose(self.clock.monotonic() + error.settle)
            return error.with_traceback(None)
        except ContractViolation as error:
            if error.run_id:
                registry.claim(UUID(error.run_id), intent.key)
            raise
        if intent.is_anothers(item):  # of a proxy, say, that mixes up connections; then ours is there, too
            now = self.clock.monotonic()
            self.in_flight.lose(now)
            with suppress(Exception):
                sought = intent.sought(self.before, self.call.sent, now, self.call.backoff.clock_slack)
                found = adopt(sought, (yield from matching(sought, self.context, settled=False)), registry)
                if found.item is not None:
                    return self._created(found.item, reconciled=True)
            log.warning("a create was answered with %s, which says that it was made from something else", item.id)
        now = self.clock.monotonic()
        registry.made(intent.place, item.id, intent.key, self.kind.stamps(item), self.call.sent, now)
        return as_meant(intent, item, self.call, reconciled=False)

    def _look_up(self, sought: Intent, lost: OutcomeUnknown) -> Flow[Any]:
        """Look for what a lost create made until it is found, or it is certain that it will not come: then None."""
        registry, call, key = self.registry, self.call, sought.key
        pause = max(lost.wait, 0.0)
        looks = 0
        while True:
            if pause >= call.left():
                raise self._unknown(sought, lost, "the deadline came first")
            if pause:
                yield Sleep(pause, "looking for a lost create")
            while not registry.alone(key):
                if call.left() <= POLL:
                    raise self._unknown(sought, lost, "an identical create was still on its way")
                yield Sleep(POLL, "an identical create is on its way")
            settled = self.clock.monotonic() >= registry.settled(key)
            try:
                items = yield from matching(sought, self.context, settled=settled)
            except (ConnectionFailed, ServerError, RateLimited) as error:
                pause, trouble = max(call.backoff.cap, call.backoff.look_every), error.with_traceback(None)
                if pause >= call.left():
                    raise self._unknown(sought, lost, trouble.message) from None
                continue
            except Exception as error:  # noqa: BLE001  (a token provider's own, too: it may be there all the same)
                why = error.message if isinstance(error, PandaProbeError) else repr(error)
                raise self._unknown(sought, lost, why) from None
            found = adopt(sought, items, registry)
            if found.item is not None:
                return found.item
            if settled and not found.wait:
                if found.candidates:
                    why = untold(found.candidates)
                    raise self._unknown(sought, lost, why, found.candidates)
                return None
            left = registry.settled(key) - self.clock.monotonic()
            pause = min(call.backoff.look_every * 2.0**looks, max(left, POLL if found.wait else 0.01))
            looks += 1

    def _unknown(
        self, sought: Intent, lost: OutcomeUnknown, why: str, candidates: tuple[str, ...] = ()
    ) -> OutcomeUnknown:
        known = replace(
            sought,
            not_these=(*sought.not_these, *self.registry.claimed(sought.key)),
            settle=max(0.0, self.registry.settled(sought.key) - self.clock.monotonic()),
        )
        return replace(
            lost,
            message=f"{lost.message}, and it could not be found out: {why}. Do not create it again; pass this to resolve()",
            create=known.to_dict(),
            candidates=candidates,
            **self.call.ledger(),
        )

    def _not_created(self, lost: OutcomeUnknown, tries: int) -> PandaProbeError:
        """The error for a create that was sent, and of which it is known that it made nothing."""
        details: dict[str, Any] = {
            "operation": lost.operation,
            "method": lost.method,
            "path": lost.path,
            "request_id": lost.request_id,
            **self.call.ledger(),
        }
        if lost.status is not None and lost.status >= 400:
            error = answer_error(Answer(lost.status, {}, None), lost.answer.encode(), **details)
            broken = self.kind.operation.broken if lost.status == 500 else None
            means = f"; {broken}" if broken else ""
            return replace(
                error, message=f"{error.message}{means}. It was sent {counted(tries, 'time')}, and nothing was made"
            )
        said = lost.message.removesuffix(may_exist(self.kind.operation))
        return ConnectionFailed(f"{said}. It was sent {counted(tries, 'time')}, and nothing was made", **details)


def as_meant(intent: Intent, item: Any, call: CallState, *, reconciled: bool = True) -> Any:
    """What a create made, as it returns it.

    Raises:
        ContractViolation: It was made without filters that were sent; `run_id` is its id.
    """
    unkept = intent.unkept(item)
    if not unkept:
        return intent.kind.created(item, tuple(call.attempts), reconciled=reconciled)
    operation, names = intent.kind.operation, ", ".join(unkept)
    raise ContractViolation(
        f"{operation.id} made {item.id}, and the service did not keep {names} as sent: it evaluates, and bills, "
        "more than was meant. It is made all the same: do not create it again",
        pointer=f"/filters/{unkept[0]}",
        expected="the filters as they were sent",
        run_id=str(item.id),
        operation=operation.id,
        status=operation.success,
        **call.ledger(),
    )


def resolve_flow(intent: Intent, context: Context) -> Flow[Any]:
    """Find out about a create whose outcome was unknown: what it made, or None where that is nothing and will be nothing.

    Raises:
        OutcomeUnknown: It is unknown still.
        ContractViolation: It was made without filters that were sent; `run_id` is its id.
    """
    call, clock = context.call, context.clock
    # Counted anew from here: the machine's clock, by which it was over long ago, may have been set since.
    over = clock.monotonic() + intent.settle
    while True:
        settled = clock.monotonic() >= over
        found = adopt(intent, (yield from matching(intent, context, settled=settled)), context.registry)
        if found.item is not None:
            return as_meant(intent, found.item, call)
        if settled and not found.wait:
            if not found.candidates:
                return None
            why = untold(found.candidates)
            raise OutcomeUnknown(why, create=intent.to_dict(), candidates=found.candidates, **call.ledger())
        pause = POLL if settled else max(over - clock.monotonic(), 0.0) + 0.01
        if pause >= call.left():
            raise OutcomeUnknown("it may still be under way; ask again later", create=intent.to_dict(), **call.ledger())
        yield Sleep(pause, "it may still be under way")


def resolve_answered_flow(kind: Kind, item_id: str, context: Context) -> Flow[Any]:
    """What a create made whose answer broke the contract; None where it is deleted."""
    assert kind.get
    [parameter] = [each["name"] for each in kind.get.parameters if each["in"] == "path"]
    try:
        item: Any = yield Call(kind.get.function, {parameter: UUID(item_id)})
    except NotFound:
        return None
    return kind.created(item, tuple(context.call.attempts), reconciled=True)
