"""One create, one run: what to do when the answer to a create is lost.

The service knows no idempotency key, but a run repeats what it was created from. So a lost create is looked for among the
newest runs, and adopted if it is there. It is sent again only when it is certain that it made none: no run that could be its
own has come over a settle time, since a request can still commit after its connection broke.

Which runs were there before is told by the service alone, never by a clock of this machine or a header: by the newest runs
as they stood before the create was sent (`Before`), and by what the service stamped on runs of this process since. Where a
run matches and its stamp does not tell whether it was there before, the outcome is unknown, and said to be.

Three rules keep two intended identical creates two:
- A run that answered a create of this process, or was adopted by one, is never adopted again (`Registry.claim`).
- While an identical create of this process is on the wire, none is adopted: the run could be that one's.
- While a lost create is being looked for, identical ones wait before they are sent.
Another process that creates an identical run in the same moment cannot be told apart, except by a marker in the name.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID
from weakref import WeakValueDictionary

from attrs import fields as attrs_fields
from pandaprobe_evals_api.api.session_runs import (
    create_batch_session_eval_run,
    create_session_eval_run,
    get_session_eval_run,
    list_session_eval_runs,
    retry_session_eval_run,
)
from pandaprobe_evals_api.models import (
    CreateBatchSessionEvalRunRequest,
    CreateSessionEvalRunRequest,
    EvalRun,
    EvalRunPage,
    SessionFilters,
    SignalWeights,
)
from pandaprobe_evals_api.resources import Attempt
from pandaprobe_evals_api.resources.created import CreatedRun
from pandaprobe_evals_api.types import UNSET, Unset

from pandaprobe_evals.clock import Clock
from pandaprobe_evals.contract import largest_page, schema
from pandaprobe_evals.errors import (
    AuthenticationError,
    ConnectionFailed,
    ContractViolation,
    NotFound,
    OutcomeUnknown,
    PandaProbeError,
    RateLimited,
    ServerError,
    status_error,
)
from pandaprobe_evals.flow import Call, Flow, Sleep
from pandaprobe_evals.outcomes import weight_of, weight_of_ids
from pandaprobe_evals.policy import BackoffPolicy

log = logging.getLogger("pandaprobe_evals")

POLL = 0.05
"""Seconds between looks at this process's other identical creates."""
REMEMBERED = 100_000
"""Runs that a process keeps from being adopted twice, the latest; more than a day's at the service's rate limit."""
SCOPES = 256
"""Scopes whose runs are remembered without a client; a web server with a token for each of its users has many."""
FRESH = 60.0
"""How long what the service stamped on a run tells what it would stamp on the next, seconds."""
DOUBT = 600.0
"""How far the service's clock may be set between two runs, seconds: an identical run whose stamp is off by less than this
from what a create's own should be is neither adopted nor ruled out."""
PATIENCE = 10.0
"""Seconds that the look before a create may take at most; and no more than a quarter of the time to the deadline."""
UNKNOWN_CLOCK = 600.0
"""Where that look failed: how far the service's clock may be from this machine's for a run to be adopted, seconds."""


_FIELDS = tuple(item.name for item in attrs_fields(EvalRun) if item.init)


def _created(run: EvalRun, call: CallLog, *, reconciled: bool) -> CreatedRun:
    created = CreatedRun(**{name: getattr(run, name) for name in _FIELDS})
    created.additional_properties = run.additional_properties
    created.reconciled, created.attempts = reconciled, tuple(call.attempts)
    return created


class CallLog(Protocol):
    """What creation needs to know of the call it belongs to."""

    backoff: BackoffPolicy
    attempts: list[Attempt]
    sent: float

    def left(self) -> float:
        """Seconds until the deadline."""
        ...

    def ledger(self) -> dict[str, Any]:
        """What every error of the call carries."""
        ...


@dataclass(frozen=True)
class Before:
    """What the service has said of the runs that were there before a moment, and of what it stamps on new ones."""

    at: float
    """The moment, on the monotonic clock."""
    low: float
    """The service's stamps are ahead of the monotonic clock by this at least, seconds; -inf where no run was there."""
    high: float = math.inf
    """And by this at most; inf where that is not known."""
    known: frozenset[str] = frozenset()
    """The newest runs as they were listed then."""
    certain: bool = True
    """Whether the service has said so. False: it could not be asked, and the bounds are a guess by this machine's clock."""

    @classmethod
    def listed(cls, page: EvalRunPage, at: float) -> Before:
        """By the newest runs, as they were answered at a moment."""
        stamps = [run.created_at.timestamp() for run in page.items]
        return cls(at, max(stamps, default=-math.inf) - at, known=frozenset(str(run.id) for run in page.items))

    def made(self, run: EvalRun, sent: float, received: float) -> Before:
        """The same after a create that was sent and answered at these times made a run."""
        low, high = _stamps(run)
        return Before(received, low - received, high - sent, self.known)


def _stamps(run: EvalRun) -> tuple[float, float]:
    """The earliest and the latest that the service's clock can have shown for a run's stamp, which may be cut."""
    stamp = run.created_at.timestamp()
    return stamp, stamp if run.created_at.microsecond else stamp + 1.0


@dataclass
class _Peers:
    """How many identical creates are where, the models that they ask for, and when the last lost one has settled."""

    on_the_wire: int = 0
    lost: int = 0
    settled: float = -math.inf
    models: list[str] = field(default_factory=list)


class Registry:
    """What the creates of this process know of one another; one for each service, credential and project."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.peers: dict[int, _Peers] = {}
        self.looking = False
        self._before: Before | None = None
        self._claimed: dict[UUID, int] = {}

    def before(self, now: float) -> Before | None:
        """What is known of the runs before now; None where that has to be asked for."""
        return self._before if self._before and now - self._before.at <= FRESH else None

    def try_looking(self) -> bool:
        """Be the one who asks for it; False where another create of this process does already."""
        with self.lock:
            self.looking, was = True, self.looking
            return not was

    def looked(self, before: Before | None) -> None:
        """Say what came of it."""
        with self.lock:
            self.looking = False
            self._before = before or self._before

    def made(self, run: EvalRun, sent: float, received: float, key: int) -> None:
        """A create that was sent and answered at these times made a run."""
        self.claim(run.id, key)
        self._before = (self._before or Before(received, -math.inf)).made(run, sent, received)

    def alone(self, key: int) -> bool:
        """Whether no identical create is on the wire."""
        with self.lock:
            return key not in self.peers or not self.peers[key].on_the_wire

    def settled(self, key: int) -> float:
        """When no identical create that was lost can be under way any more.

        Of all of them, those that are found included: one may have adopted the run of another, whose own search then has
        to last until what the first one sent can have come.
        """
        with self.lock:
            return self.peers[key].settled if key in self.peers else -math.inf

    def models(self, key: int) -> frozenset[str]:
        """The models that identical creates under way ask for; one that asks for none must leave their runs alone."""
        with self.lock:
            return frozenset(self.peers[key].models) if key in self.peers else frozenset()

    def claim(self, run_id: UUID, key: int) -> bool:
        """Make a run one create's own; False where it is another's already."""
        with self.lock:
            if run_id in self._claimed:
                return False
            self._claimed[run_id] = key
            if len(self._claimed) > REMEMBERED:
                del self._claimed[next(iter(self._claimed))]
            return True

    def has(self, run_id: UUID) -> bool:
        """Whether a run is some create's own."""
        with self.lock:
            return run_id in self._claimed

    def claimed(self, key: int) -> tuple[str, ...]:
        """The runs that answered identical creates."""
        with self.lock:
            return tuple(str(run_id) for run_id, of in self._claimed.items() if of == key)


class Stake:
    """Where one create is: ashore, on the wire, or lost. Whatever ends it, `leave` takes it out of the registry."""

    def __init__(self, registry: Registry, key: int, model: str | None) -> None:
        self._registry, self._key, self._model = registry, key, model
        self._where: Literal["ashore", "on_the_wire", "lost"] = "ashore"

    def try_depart(self) -> bool:
        """Go on the wire, unless an identical create is lost and being looked for."""
        with self._registry.lock:
            peers = self._registry.peers.get(self._key)
            if peers and peers.lost:
                return False
            self._move("on_the_wire")
            return True

    def lose(self, settled: float) -> None:
        """The answer was lost: identical creates wait until it is found, or is known not to come after `settled`."""
        with self._registry.lock:
            self._move("lost")
            peers = self._registry.peers[self._key]
            peers.settled = max(peers.settled, settled)

    def leave(self) -> None:
        """Be no concern of identical creates any more."""
        with self._registry.lock:
            self._move("ashore")

    def _move(self, to: Literal["ashore", "on_the_wire", "lost"]) -> None:
        peers = self._registry.peers.setdefault(self._key, _Peers())
        for place, change in ((self._where, -1), (to, 1)):
            if place != "ashore":
                setattr(peers, place, getattr(peers, place) + change)
        if self._model is not None and self._where == "ashore" != to:
            peers.models.append(self._model)
        elif self._model is not None and self._where != "ashore" == to:
            peers.models.remove(self._model)
        self._where = to
        if not peers.on_the_wire and not peers.lost:
            del self._registry.peers[self._key]


_registries: WeakValueDictionary[tuple[str, ...], Registry] = WeakValueDictionary()
_latest: dict[tuple[str, ...], Registry] = {}
"""Registries that outlive their clients, so that the next client of the same scope knows of their runs."""
_locks = [threading.RLock()]  # replaced in a forked child


def registry_for(*scope: str) -> Registry:
    """The process's one registry for a service, credential and project, while a client has it and for a while after."""
    with _locks[0]:
        registry = _registries.get(scope)
        if registry is None:
            registry = _registries[scope] = Registry()
        _latest.pop(scope, None)
        _latest[scope] = registry
        if len(_latest) > SCOPES:
            del _latest[next(iter(_latest))]
        return registry


def _after_fork() -> None:
    """In a forked child: what the parent's threads have under way is not the child's to wait for."""
    _locks[0] = threading.RLock()
    for registry in list(_registries.values()):
        registry.lock = threading.Lock()
        registry.peers.clear()
        registry.looking = False


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork)


@dataclass(frozen=True, kw_only=True)
class Intent:
    """What a create is to make: enough to send it, to recognize its run, and to find out about it in another process."""

    kind: Literal["batch", "filters", "retry"]
    metrics: tuple[str, ...] = ()
    session_ids: tuple[str, ...] = ()
    filters: Mapping[str, Any] = field(default_factory=dict)
    sampling_rate: float | None = None
    name: str | None = None
    model: str | None = None
    signal_weights: Mapping[str, float] = field(default_factory=dict)
    retry_of: str | None = None
    marked: bool = False
    """The name ends in a mark that no other create has."""
    not_before: float | None = None
    """Its run has no earlier stamp of the service, seconds since 1970. None: any."""
    not_after: float | None = None
    """And no later one. None: any."""
    not_these: tuple[str, ...] = ()
    """Runs that were there before it, or belong to other, identical creates."""
    certain: bool = True
    """Whether the service said so; False where the two times are a guess by this machine's clock."""
    settle: float = 0.0
    """Seconds for which it could still be under way when this was written down."""

    def key(self) -> int:
        """Equal for creates whose runs could be taken for one another. The model is left out: the service rewrites it."""
        weights = tuple(sorted(self.signal_weights.items()))
        return hash(
            (
                self.kind,
                self.metrics,
                self.session_ids,
                repr(self.filters),
                self.sampling_rate,
                self.name,
                weights,
                self.retry_of,
            )
        )

    def with_marker(self) -> Intent:
        """The same with a mark at the end of its name that no other create has."""
        return _replace(self, name=f"{self.name or ''} [{secrets.token_hex(4)}]".lstrip(), marked=True)

    def call(self) -> Call:
        """The generated operation to run, with its arguments."""
        weights: SignalWeights | Unset = UNSET
        if self.signal_weights:
            weights = SignalWeights()
            weights.additional_properties.update(self.signal_weights)
        common = {
            "metrics": list(self.metrics),
            "name": UNSET if self.name is None else self.name,
            "model": UNSET if self.model is None else self.model,
            "signal_weights": weights,
        }
        match self.kind:
            case "batch":
                body: Any = CreateBatchSessionEvalRunRequest(session_ids=list(self.session_ids), **common)  # type: ignore[arg-type]
                return Call(create_batch_session_eval_run, {"body": body})
            case "filters":
                filters = SessionFilters()
                filters.additional_properties = dict(self.filters)
                rate = UNSET if self.sampling_rate is None else self.sampling_rate
                where = filters if self.filters else UNSET
                body = CreateSessionEvalRunRequest(filters=where, sampling_rate=rate, **common)  # type: ignore[arg-type]
                return Call(create_session_eval_run, {"body": body})
            case "retry":
                return Call(retry_session_eval_run, {"run_id": UUID(self.retry_of)})

    def made(self, run: EvalRun) -> bool:
        """Whether a run can be what this create made, by everything that the run says of itself but its time."""
        filters = {name: value for name, value in run.filters.to_dict().items() if value is not None}
        if self.kind == "retry":
            return str(filters.get("retry_of", "")).lower() == self.retry_of
        weights = filters.pop("signal_weights", {})
        asked: Mapping[str, Any] = {"session_ids": list(self.session_ids)} if self.kind == "batch" else self.filters
        tells = {"session_ids", "retry_of", *schema("SessionFilters")["properties"]}  # what else is there may be new
        return (
            {name: _comparable(name, value) for name, value in filters.items() if name in tells}
            == {name: _comparable(name, value) for name, value in asked.items()}
            and tuple(run.metric_names) == self.metrics
            and run.name == self.name
            and weights == dict(self.signal_weights)
            and run.sampling_rate == (1.0 if self.sampling_rate is None else self.sampling_rate)
            and (self.model is None or _same_model(self.model, run.model))
        )

    def is_anothers(self, run: EvalRun) -> bool:
        """Whether a run cannot be what this create made: all its sessions are others, or it retries another run."""
        if self.kind == "retry":
            return bool(run.filters.retry_of) and str(run.filters.retry_of) != self.retry_of
        found = run.filters.session_ids
        if self.kind == "filters" or not found or found[0] == self.session_ids[0]:
            return False
        return set(found).isdisjoint(self.session_ids)

    def where(self, run: EvalRun) -> Literal["within", "near", "far"]:
        """Where a run's stamp lies: where this create's run has its own, so near that it cannot be ruled out, or not."""
        earliest, latest = _stamps(run)
        since = -math.inf if self.not_before is None else self.not_before
        until = math.inf if self.not_after is None else self.not_after
        if self.marked or (since <= latest and earliest <= until):
            return "within"
        near = not self.certain or (since - DOUBT <= latest and earliest <= until + DOUBT)
        return "near" if near else "far"

    def sought(self, before: Before, first_sent: float, settled: float, slack: float) -> Intent:
        """The same with what tells its run from others, where its attempts were sent and over by these times."""
        since, until = first_sent + before.low - slack, settled + before.high + slack
        return _replace(
            self,
            not_before=since if math.isfinite(since) else None,
            not_after=until if math.isfinite(until) else None,
            not_these=tuple(sorted(before.known)),
            certain=before.certain,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for `OutcomeUnknown.create`."""
        return asdict(self)


def _replace(intent: Intent, **changes: Any) -> Intent:
    return Intent(**{**{name: getattr(intent, name) for name in Intent.__dataclass_fields__}, **changes})


def _comparable(name: str, value: Any) -> Any:
    """A filter's value; a time, which the service may write in another way than it was sent, as a time."""
    try:
        return datetime.fromisoformat(value) if name.startswith("date_") else value
    except (ValueError, TypeError):
        return value


def _same_model(asked: str, resolved: str | None) -> bool:
    """Whether the service can have made `resolved` of the model that was asked for: it may put a provider before it."""
    return resolved is not None and (
        resolved == asked or resolved.endswith(f"/{asked}") or asked.endswith(f"/{resolved}")
    )


def before_flow(*, registry: Registry, clock: Clock, call: CallLog, weight: int = 1) -> Flow[Before]:
    """What the service says of the runs before a create: known already, or asked for with one request."""
    while (before := registry.before(clock.monotonic())) is None:
        if not registry.try_looking():
            if call.left() <= POLL:
                raise ConnectionFailed("the deadline came before this could be sent", **call.ledger())
            yield Sleep(POLL, "another create looks at the newest runs")
            continue
        found: Before | None = None
        try:
            limit = max(1, min(call.backoff.lookup_page, call.backoff.lookup_bytes // weight, largest_page()))
            patience = min(PATIENCE, call.left() / 4)
            page: EvalRunPage = yield Call(list_session_eval_runs, {"limit": limit}, patience=patience)
            found = Before.listed(page, clock.monotonic())
        except AuthenticationError:
            raise
        except PandaProbeError as error:
            log.info("what runs there are could not be read before a create: %s", error.message)
            now = clock.monotonic()
            ahead = clock.time() - now
            found = Before(now, ahead - UNKNOWN_CLOCK, ahead + UNKNOWN_CLOCK, certain=False)
        finally:
            registry.looked(found)
    return before


def create_flow(intent: Intent, *, registry: Registry, clock: Clock, call: CallLog) -> Flow[CreatedRun]:
    """Make exactly one run.

    Raises:
        OutcomeUnknown: It could not be found out before the deadline whether there is a run.
        ContractViolation: There is one, and its answer breaks the contract; `run_id` is its id.
        PandaProbeError: There is none, and will be none.
    """
    key = intent.key()
    stake = Stake(registry, key, intent.model)
    weight = weight_of_ids(intent.session_ids) or 1
    before = yield from before_flow(registry=registry, clock=clock, call=call, weight=weight)
    first_sent: float | None = None
    tries = 0
    try:
        while True:
            sent = yield from _send(intent, key, stake, before, registry=registry, clock=clock, call=call)
            if isinstance(sent, CreatedRun):
                return sent
            tries += 1
            if first_sent is None:  # earlier attempts are known to have made nothing
                first_sent = call.sent
            sought = intent.sought(before, first_sent, registry.settled(key), call.backoff.clock_slack)
            found = yield from _look_up(sought, key, sent, registry=registry, clock=clock, call=call)
            if found:
                return _created(found, call, reconciled=True)
            stake.leave()
            pause = call.backoff.delay(tries)
            if tries >= call.backoff.max_attempts or pause >= call.left():
                raise _not_created(sent, tries, call)
            yield Sleep(pause, "no run was made; sending it again")
    finally:
        stake.leave()


def _send(
    intent: Intent, key: int, stake: Stake, before: Before, *, registry: Registry, clock: Clock, call: CallLog
) -> Flow[CreatedRun | OutcomeUnknown]:
    """Send a create once; what comes back is its run, or the error of its lost answer."""
    while not stake.try_depart():
        if call.left() <= POLL:
            raise ConnectionFailed(
                "an identical create lost its answer and is still being looked for; this one was not sent",
                **call.ledger(),
            )
        yield Sleep(POLL, "an identical create is being looked for")
    try:
        run: EvalRun = yield intent.call()
    except OutcomeUnknown as error:
        stake.lose(clock.monotonic() + error.settle)
        return error.with_traceback(None)
    except ContractViolation as error:
        if error.run_id:
            registry.claim(UUID(error.run_id), key)
        raise
    if intent.is_anothers(run):  # of a proxy, say, that mixes up connections; then ours is there, too
        now = clock.monotonic()
        stake.lose(now)
        with suppress(Exception):
            sought = intent.sought(before, call.sent, now, call.backoff.clock_slack)
            found = _adopt(sought, key, (yield from _matching(sought, call, settled=False)), registry)
            if found.run:
                return _created(found.run, call, reconciled=True)
        log.warning("a create was answered with run %s, which says that it was made from something else", run.id)
    registry.made(run, call.sent, clock.monotonic(), key)
    return _created(run, call, reconciled=False)


def _not_created(lost: OutcomeUnknown, tries: int, call: CallLog) -> PandaProbeError:
    """The error for a create that was sent, and of which it is known that it made no run."""
    details: dict[str, Any] = {
        "operation": lost.operation,
        "method": lost.method,
        "path": lost.path,
        "request_id": lost.request_id,
        **call.ledger(),
    }
    if lost.status is not None and lost.status >= 400:
        error = status_error(lost.status, None, lost.answer, **details)
        return replace(error, message=f"{error.message}. It was sent {tries} times, and no run was made")
    return ConnectionFailed(
        f"{lost.message.partition(': the run may')[0]}. It was sent {tries} times, and no run was made",
        **details,
    )


def _look_up(
    sought: Intent, key: int, lost: OutcomeUnknown, *, registry: Registry, clock: Clock, call: CallLog
) -> Flow[EvalRun | None]:
    """Look for the run of a lost create until it is found, or it is certain that it will not come: then None."""

    def unknown(why: str, candidates: tuple[str, ...] = ()) -> OutcomeUnknown:
        known = _replace(
            sought,
            not_these=(*sought.not_these, *registry.claimed(key)),
            settle=max(0.0, registry.settled(key) - clock.monotonic()),
        )
        return replace(
            lost,
            message=f"{lost.message}, and it could not be found out: {why}. Do not create it again; hand this to resolve()",
            create=known.to_dict(),
            candidates=candidates,
            **call.ledger(),
        )

    pause = max(lost.wait, 0.0)
    looks = 0
    while True:
        if pause >= call.left():
            raise unknown("the deadline came first")
        if pause:
            yield Sleep(pause, "looking for a lost create")
        while not registry.alone(key):
            if call.left() <= POLL:
                raise unknown("an identical create was still on its way")
            yield Sleep(POLL, "an identical create is on its way")
        settled = clock.monotonic() >= registry.settled(key)
        try:
            runs = yield from _matching(sought, call, settled=settled)
        except (ConnectionFailed, ServerError, RateLimited) as error:
            pause, trouble = max(call.backoff.cap, call.backoff.look_every), error.with_traceback(None)
            if pause >= call.left():
                raise unknown(trouble.message) from None
            continue
        except Exception as error:  # noqa: BLE001  (a token provider's own, too: the run may be there all the same)
            raise unknown(error.message if isinstance(error, PandaProbeError) else repr(error)) from None
        found = _adopt(sought, key, runs, registry)
        if found.run:
            return found.run
        if settled and not found.wait:
            if found.candidates:
                raise unknown(_UNTOLD.format(", ".join(found.candidates)), found.candidates)
            return None
        left = registry.settled(key) - clock.monotonic()
        pause = min(call.backoff.look_every * 2.0**looks, max(left, POLL if found.wait else 0.01))
        looks += 1


_UNTOLD = "{} was made from the same arguments, and its time does not tell whether by this create or before it"


class _Found(NamedTuple):
    """What came of a look."""

    run: EvalRun | None = None
    wait: bool = False
    """There is a run that may yet turn out to be another create's, or ours."""
    candidates: tuple[str, ...] = ()
    """Runs of which it will never be known."""


def _adopt(intent: Intent, key: int, runs: Iterable[EvalRun], registry: Registry) -> _Found:
    """Claim the first run that is no other create's."""
    free = [run for run in runs if str(run.id) not in intent.not_these and not registry.has(run.id)]
    within = [run for run in free if intent.where(run) == "within"]
    wait = False
    if intent.certain or intent.marked or len(within) == 1:
        for run in within:
            of_another = intent.model is None and any(_same_model(model, run.model) for model in registry.models(key))
            if of_another or not registry.alone(key):
                wait = True
            elif registry.claim(run.id, key):
                return _Found(run)
        free = [run for run in free if run not in within]
    return _Found(wait=wait, candidates=tuple(str(run.id) for run in free if intent.where(run) != "far"))


def _matching(intent: Intent, call: CallLog, *, settled: bool) -> Flow[list[EvalRun]]:
    """Runs that this create can have made, by all but their time; oldest first.

    Args:
        intent: What is looked for.
        call: The call.
        settled: Whether to look as far back as it takes to be certain that there is none, and not only where it should be.
    """
    found: list[EvalRun] = []
    offset, total = 0, 0
    fits = call.backoff.lookup_bytes // (weight_of_ids(intent.session_ids) or 1)
    limit = max(1, min(call.backoff.lookup_page, fits, largest_page()))
    since = -math.inf if intent.not_before is None or (settled and not intent.certain) else intent.not_before
    since -= DOUBT * settled
    while True:
        page: EvalRunPage = yield Call(list_session_eval_runs, {"limit": limit, "offset": offset})
        if page.total < total:  # runs were deleted meanwhile: those below moved up, past the beginning of this page
            offset, total = max(0, offset - (total - page.total)), page.total
            continue
        total = page.total
        found += [run for run in page.items if intent.made(run)]
        offset += len(page.items)
        if not page.items or offset >= page.total or _stamps(page.items[-1])[1] < since:
            return sorted(_distinct(found), key=lambda run: run.created_at)
        fits = call.backoff.lookup_bytes * len(page.items) // sum(map(weight_of, page.items))
        limit = max(1, min(limit * 2, fits, largest_page()))


def _distinct(runs: Iterable[EvalRun]) -> list[EvalRun]:
    return list({run.id: run for run in runs}.values())  # a run that moved to the next page meanwhile is seen twice


def resolve_flow(
    create: Mapping[str, Any], *, registry: Registry, clock: Clock, call: CallLog
) -> Flow[CreatedRun | None]:
    """Find out about a create whose outcome was unknown: its run, or None where there is none and will be none."""
    # Plain values may have been through JSON, which has no tuples.
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in create.items()}
    intent = Intent(**plain)
    key = intent.key()
    # Counted anew from here: the machine's clock, by which it was over long ago, may have been set since.
    over = clock.monotonic() + intent.settle
    while True:
        settled = clock.monotonic() >= over
        found = _adopt(intent, key, (yield from _matching(intent, call, settled=settled)), registry)
        if found.run:
            return _created(found.run, call, reconciled=True)
        if settled and not found.wait:
            if not found.candidates:
                return None
            why = _UNTOLD.format(", ".join(found.candidates))
            raise OutcomeUnknown(why, create=dict(create), candidates=found.candidates, **call.ledger())
        pause = POLL if settled else max(over - clock.monotonic(), 0.0) + 0.01
        if pause >= call.left():
            raise OutcomeUnknown("it may still be under way; ask again later", create=dict(create), **call.ledger())
        yield Sleep(pause, "it may still be under way")


def resolve_answered_flow(run_id: str, *, call: CallLog) -> Flow[CreatedRun | None]:
    """The run of a create whose answer broke the contract; None where it is deleted."""
    try:
        run: EvalRun = yield Call(get_session_eval_run, {"run_id": UUID(run_id)})
    except NotFound:
        return None
    return _created(run, call, reconciled=True)
