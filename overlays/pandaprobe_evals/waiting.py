"""Waiting for runs: what counts as finished, when to look again, and how many waits share one look.

A tick is at most `requests_per_tick` requests made by whichever wait finds one due; it serves every wait of the same
`Watch`. Nothing runs in the background. All is values and a clock: `wait_flow` yields what is to be sent and slept.
"""

from __future__ import annotations

import copy
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple
from uuid import UUID

from pandaprobe_evals_api.api.session_runs import (
    get_session_eval_run,
    list_session_eval_run_scores,
    list_session_eval_runs,
)
from pandaprobe_evals_api.api.session_scores import list_session_scores
from pandaprobe_evals_api.models import EvalRun, EvalRunPage, SessionScore, SessionScorePage
from pandaprobe_evals_api.types import Unset

from . import contract
from .errors import (
    ContractViolation,
    InvalidArgument,
    NotFound,
    PandaProbeError,
    RateLimited,
    ServerError,
    WaitTimeout,
)
from .flow import Call, Flow, Sleep

Verdict = Literal["succeeded", "completed_with_failures", "failed", "stalled", "deleted", "unknown_status"]

_PAGE = 200  # the most that the service puts on a page
_SCORE_BYTES = 600  # about what a score weighs
_SCORED: frozenset[Verdict] = frozenset({"succeeded", "completed_with_failures", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitPolicy:
    """Every constant of waiting. Times in seconds, sizes in bytes."""

    min_interval: float = 0.5
    """Between two ticks, at least."""
    max_interval: float = 15.0
    """Between two looks at a run, at most, as far as `requests_per_tick` and `bytes_per_second` allow."""
    growth: float = 1.3
    """Nothing moves: the next look comes after (growth - 1) x the time since something did."""
    approach: float = 0.8
    """It moves: the next look comes after this part of the time that it still needs at its measured rate."""
    jitter: float = 0.1
    """Each interval is longer by a random part, up to this one."""
    stall_after: float = 1800.0
    """Without a change of status or counts for so long, a run counts as stalled."""
    failed_grace: float | None = None
    """How long `FAILED` must last before it counts; None: what the contract says of its return, and 10 s."""
    unknown_status_after: float = 120.0
    """How long a status that the contract does not know must last unchanged before it is handed out. With
    `completed_at` set, `failed_grace` is enough."""
    give_up_after: float = 300.0
    """Reads that fail for so long without a success between them end the wait with their last error."""
    requests_per_tick: int = 3
    """Gets, list pages and reads of scores together, 2 or more, however many runs are watched."""
    page_bytes: int = 2_000_000
    """A list page asks for no more runs than fit into this by what is known of their sizes."""
    first_page: int = 5
    """Runs on a list page while nothing is known of their sizes."""
    request_bytes: int = 50_000
    """What a request is deemed to cost when pages are weighed against single gets."""
    bytes_per_second: int = 1_000_000
    """Looks on average; ticks come less often when runs are large."""
    lease: float = 60.0
    """A tick whose maker has not been heard of for so long is given to another wait."""
    keep: float = 600.0
    """How long what is known of a run outlives a wait that was not over, for who asks again."""
    keep_runs: int = 1000
    """Of how many runs."""
    clock_skew: float = 300.0
    """How far this machine's clock and the service's may differ when they are compared."""

    def __post_init__(self) -> None:
        """Refuse what would make a wait spin, or never look."""
        if self.requests_per_tick < 2 or not 0 < self.min_interval <= self.max_interval or self.growth <= 1:
            raise InvalidArgument(
                "WaitPolicy: requests_per_tick >= 2, 0 < min_interval <= max_interval and growth > 1 must hold"
            )

    @property
    def grace(self) -> float:
        """How long `FAILED` must last before it counts."""
        return _states().return_seconds + 10.0 if self.failed_grace is None else self.failed_grace


class _States(NamedTuple):
    active: frozenset[str]
    succeeded: frozenset[str]
    failed: frozenset[str]
    returns: int
    return_seconds: float
    no_evidence: frozenset[str]


@cache
def _states() -> _States:
    status = contract.schema("EvalRunStatus")
    again = status["x-failed-may-return"]
    return _States(
        active=frozenset(status["x-active"]),
        succeeded=frozenset(status["x-succeeded"]),
        failed=frozenset(status["x-failed"]),
        returns=int(again["attempts"]),
        return_seconds=float(again["seconds"]),
        no_evidence=frozenset(contract.schema("SessionScore")["properties"]["reason"]["x-no-evidence"]),
    )


def session_count(run: EvalRun) -> int:
    """How many sessions a run evaluates, under whichever name the deployment says it."""
    total = run.total_traces if isinstance(run.total_targets, Unset) else run.total_targets
    return 0 if isinstance(total, Unset) else total


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended, or why there is no more waiting for it."""

    run_id: str
    run: EvalRun | None = field(repr=False)
    """As last seen; None for a run that the service does not have and that was never seen."""
    verdict: Verdict
    failed_pairs: int = 0
    """Pairs of session and metric that failed."""
    sessions_without_score: tuple[str, ...] | None = field(default=None, repr=False)
    """Sessions of the run that have no score at all. None: not known, since the scores were not read, or the run was
    made by filters, which do not name its sessions, and has fewer sessions scored than it has."""
    scores_without_evidence: tuple[SessionScore, ...] | None = field(default=None, repr=False)
    """Scores that look good and that nothing was measured for. None: the scores were not read."""
    scores: tuple[SessionScore, ...] | None = field(default=None, repr=False)
    """None: not read. Those of runs that did not end (stalled, deleted, unknown status) are not."""

    @property
    def ok(self) -> bool:
        """Every session was measured by every metric. What is not known is not ok: with `scores=False` see `verdict`."""
        return self.verdict == "succeeded" and self.sessions_without_score == () == self.scores_without_evidence

    def __str__(self) -> str:
        if self.run is None:
            return f"run {self.run_id}: {self.verdict} (the service has no such run)"
        done = f"{self.run.evaluated_count} of {session_count(self.run)} sessions evaluated"
        missing, hollow = self.sessions_without_score, self.scores_without_evidence
        notes = [
            self.run.status if self.verdict in {"stalled", "unknown_status"} else "",
            f"{self.failed_pairs} pairs failed" if self.failed_pairs else "",
            f"{len(missing)} without a score" if missing else "",
            f"{len(hollow)} scores without evidence" if hollow else "",
            "scores not read" if self.scores is None else "some without a score" if missing is None else "",
            self.run.error_message or "",
        ]
        return f"run {self.run_id}: {', '.join([self.verdict.replace('_', ' '), done, *filter(None, notes)])}"


def _outcome(record: _Record, verdict: Verdict, scores: tuple[SessionScore, ...] | None) -> Outcome:
    run = record.run
    if run is None or scores is None:
        return Outcome(run_id=record.id, run=run, verdict=verdict, failed_pairs=run.failed_count if run else 0)
    scored = {score.session_id for score in scores}
    ids = run.filters.session_ids
    missing: tuple[str, ...] | None = None if len(scored) < session_count(run) else ()
    hollow = (score for score in scores if score.status == "SUCCESS" and score.reason in _states().no_evidence)
    return Outcome(
        run_id=record.id,
        run=run,
        verdict=verdict,
        failed_pairs=run.failed_count,
        sessions_without_score=missing if isinstance(ids, Unset) else tuple(id_ for id_ in ids if id_ not in scored),
        scores_without_evidence=tuple(hollow),
        scores=scores,
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How a wait stands; handed to `on_progress` at most once a tick."""

    done: int
    """Runs with an outcome."""
    total: int
    sessions_done: int
    sessions_total: int
    """Of the runs that were seen."""
    failed_pairs: int
    requests: int
    """Made by all waits of the watch since this one began."""
    bytes_read: int
    """The same, reckoned from what was read."""
    _seen: tuple[EvalRun | None, ...] = field(repr=False)

    @property
    def runs(self) -> Iterator[tuple[EvalRun, int, int]]:
        """Each run that was seen, in the order asked for, with its sessions done and its sessions."""
        return ((run, run.evaluated_count, session_count(run)) for run in self._seen if run)


@dataclass(slots=True, eq=False)
class _Wait:
    """One wait among those that share a watch."""

    ids: tuple[str, ...]
    policy: WaitPolicy
    stall_after: float
    scores: bool
    joined: float
    deadline: float
    tick: int = 0
    """Ticks that had begun when it joined; so for the two below."""
    requests: int = 0
    bytes_read: int = 0
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    error: Exception | None = None
    last_look: bool = False


@dataclass(slots=True, eq=False)
class _Record:
    """What is known of one run."""

    id: str
    run: EvalRun | None = None
    weight: int = 0
    users: int = 0
    left: float = 0.0
    open: set[_Wait] = field(default_factory=set)
    """Waits that have no verdict yet."""
    reading: dict[_Wait, Verdict] = field(default_factory=dict)
    """Waits that have one, and want the scores."""
    wanted: float = -math.inf
    """When a wait last asked for a look that is newer than its asking."""
    seen: float | None = None
    """When the request that last saw it was sent."""
    tried: float = -math.inf
    due: bool = False
    gone: bool = False
    changed: float = 0.0
    anchor: tuple[float, int] = (0.0, 0)
    """From when and which count its rate is measured."""
    returns: int = 0
    """Times that it was seen to come back from FAILED."""
    age: float = 0.0
    """Seconds since `completed_at` by this machine's clock."""
    at: int | None = None
    """Its last known place in the list."""
    scores: tuple[SessionScore, ...] | None = None
    partial: dict[tuple[str, str], SessionScore] = field(default_factory=dict)
    failing: float | None = None

    def observe(self, run: EvalRun, sent: float, wall: float) -> None:
        """Take in an answer, unless it is older than what is known."""
        old, seen = self.run, self.seen
        if self.gone or (seen is not None and (sent < seen or (old and old.status in _states().succeeded))):
            return
        self.run, self.seen, self.failing = run, sent, None
        self.age = wall - run.completed_at.timestamp() if run.completed_at else 0.0
        if old is None or seen is None:
            self.changed, self.anchor = sent, (sent, run.evaluated_count)
            return
        if old.status in _states().failed and (run.status, run.completed_at) != (
            old.status,
            old.completed_at,
        ):
            self.returns, self.scores = self.returns + 1, None
            self.partial.clear()
        if run.status != old.status or run.evaluated_count < old.evaluated_count:
            self.changed, self.anchor = sent, (sent, run.evaluated_count)
        elif _moving(run) != _moving(old):
            self.changed = sent

    def patience(self, policy: WaitPolicy, stall_after: float) -> tuple[float, Verdict]:
        """How long the run may stay as it is, and what it is called then."""
        states, run = _states(), self.run
        if run is None or run.status in states.active:
            return stall_after, "stalled"
        if run.status in states.succeeded:
            return 0.0, "completed_with_failures" if run.failed_count else "succeeded"
        if run.status in states.failed:
            final = self.returns >= states.returns or self.age > policy.grace + policy.clock_skew
            return 0.0 if final else policy.grace, "failed"
        known_to_end = min(policy.grace, policy.unknown_status_after)
        return known_to_end if run.completed_at else policy.unknown_status_after, "unknown_status"

    def verdict(self, wait: _Wait) -> Verdict | None:
        """What the run is to a wait; None while that is open."""
        if self.gone:
            return "deleted"
        patience, verdict = self.patience(wait.policy, wait.stall_after)
        if self.seen is None or (self.seen < wait.joined and verdict not in _SCORED):
            return None
        return verdict if self.seen - self.changed >= patience else None

    @property
    def looked(self) -> float:
        """When it was last looked at, with success or without."""
        return self.tried if self.seen is None else max(self.tried, self.seen)

    def turn(self) -> tuple[float, float]:
        """Who has waited longest comes first, then the oldest: runs finish about in order."""
        return max(self.looked, self.wanted), self.run.created_at.timestamp() if self.run else -math.inf

    def look_at(self, wait: _Wait) -> float:
        """When to look again."""
        policy, run = wait.policy, self.run
        if self.seen is None or run is None:
            return self.tried + policy.min_interval
        held = self.seen - self.changed
        pause = (policy.growth - 1) * held
        began, count = self.anchor
        if run.evaluated_count > count and self.changed > began:
            left = (session_count(run) - count) * (self.changed - began) / (run.evaluated_count - count)
            left += began - self.seen
            pause = policy.approach * left if left > 0 else (1 - policy.growth) * left
        pause = min(pause, policy.max_interval, self.patience(policy, wait.stall_after)[0] - held)
        return self.seen + max(pause, policy.min_interval)


def _moving(run: EvalRun) -> tuple[Any, ...]:
    return run.evaluated_count, run.failed_count, run.completed_at


def _weigh(run: EvalRun) -> int:
    ids = run.filters.session_ids
    return 700 + (0 if isinstance(ids, Unset) else 4 * len(ids) + sum(map(len, ids)))


class _Request(NamedTuple):
    call: Call
    use: Callable[[Any, float], None]
    record: _Record | None


class Watch:
    """The polling that all waits of one client share. For threads and for tasks of many loops at once."""

    def __init__(self, *, wall: Callable[[], float] = time.time, uniform: Callable[[], float] = random.random) -> None:
        self._wall, self._uniform = wall, uniform
        self._lock = threading.Lock()  # held for bookkeeping only, never while something is sent or slept
        self._records: dict[str, _Record] = {}
        self._waits: set[_Wait] = set()
        self._unread: dict[str, _Record] = {}
        # the tick: who makes it, when that one was heard of, when the next one is due; how many began, and finished
        self._holder: tuple[_Wait, int] | None = None
        self._heard = self._due = self._ended = -math.inf
        self._begun = self._finished = 0
        # the round: every open run is looked at once, over as many ticks as it takes; when it began, and the next one does
        self._round_began = self._round_at = -math.inf
        self._cursor: int | None = 0
        self._pages_fail = False
        self._scanned = self._met = self._mean = 0
        self._total = math.inf
        self._scores_at: int | None = 0
        self._scores_to = 0
        # what was spent, and what went wrong
        self._requests = self._bytes = self._tick_bytes = self._round_bytes = self._round_requests = 0
        self._failures = self._refusals = 0
        self._failing: float | None = None
        self._error: Exception | None = None

    def follow(
        self,
        wait: _Wait,
        seeds: dict[str, EvalRun],
        on_progress: Callable[[Progress], object] | None,
        clock: Callable[[], float],
    ) -> Flow[None]:
        """Make ticks, or sleep while others do, until the wait has all its outcomes."""
        told = 0
        self._join(wait, seeds)
        try:
            while True:
                if on_progress and self._looked(wait) and told != self._finished:
                    told = self._finished
                    on_progress(self._progress(wait))
                if len(wait.outcomes) == len(wait.ids):
                    return
                if wait.error:
                    raise wait.error
                now = clock()
                if self._claim(wait, now):
                    yield from self._tick(wait, clock)
                    continue
                busy = self._busy(wait, now)
                if now >= wait.deadline and (self._looked(wait) or not busy):
                    raise self._timed_out(wait)
                pause = self._due - now
                if busy:  # somebody else looks for us just now
                    pause = min(max((now - self._heard) / 2, wait.policy.min_interval / 4), 1.0)
                if now < wait.deadline:
                    pause = min(pause, wait.deadline - now)
                yield Sleep(max(pause, 0.001), "waiting for runs")
        finally:
            self._leave(wait, clock())

    # --- waits come and go ---

    def _join(self, wait: _Wait, seeds: dict[str, EvalRun]) -> None:
        with self._lock:
            wait.tick, wait.requests, wait.bytes_read = self._begun, self._requests, self._bytes
            self._prune(wait.joined, wait.policy)
            self._waits.add(wait)
            for id_ in wait.ids:
                record = self._records.setdefault(id_, _Record(id_))
                if record.run is None and id_ in seeds:
                    record.run, record.weight = seeds[id_], _weigh(seeds[id_])
                if not record.users:
                    record.failing = None
                record.users += 1
                record.open.add(wait)
                record.wanted, record.due = wait.joined, True
                self._consider(record)
            if any(self._records[id_].open for id_ in wait.ids):
                self._due = min(self._due, self._ended + wait.policy.min_interval)
                self._sweep()

    def _leave(self, wait: _Wait, now: float) -> None:
        with self._lock:
            self._waits.discard(wait)
            for id_ in wait.ids:
                record = self._records[id_]
                record.users -= 1
                record.open.discard(wait)
                record.reading.pop(wait, None)
                if not record.reading:
                    self._unread.pop(id_, None)
                record.left = now
                if not record.users and len(wait.outcomes) == len(wait.ids):
                    del self._records[id_]  # the others are kept for who asks again
            self._prune(now, wait.policy)

    def _prune(self, now: float, policy: WaitPolicy) -> None:
        """Forget unfinished runs that nobody has waited for in a while."""
        idle = [record for record in self._records.values() if not record.users]
        for place, record in enumerate(reversed(idle)):
            if place >= policy.keep_runs or now - record.left > policy.keep:
                del self._records[record.id]

    def _consider(self, record: _Record) -> None:
        """Give the waits for a run their outcome, if it can be given."""
        for wait in tuple(record.open):
            if verdict := record.verdict(wait):
                record.open.discard(wait)
                if wait.scores and verdict in _SCORED:
                    record.reading[wait] = verdict
                else:
                    wait.outcomes[record.id] = _outcome(record, verdict, None)
        if record.reading and record.scores is None:
            if record.id not in self._unread:
                self._unread[record.id] = record
                self._scores_at = 0
            return
        for wait, verdict in record.reading.items():
            wait.outcomes[record.id] = _outcome(record, verdict, record.scores)
        record.reading.clear()
        if self._unread.pop(record.id, None) and not self._unread:
            self._scores_to = 0

    def _open(self) -> list[_Record]:
        return [record for record in self._records.values() if record.open]

    def _behind(self) -> bool:
        """Whether the round is under way; first looks at who has just come are no part of it."""
        return any(record.due and record.looked >= record.wanted for record in self._open())

    # --- ticks ---

    def _busy(self, wait: _Wait, now: float) -> bool:
        return self._holder is not None and now - self._heard < wait.policy.lease

    def _looked(self, wait: _Wait) -> bool:
        """Whether a tick that began after the wait has ended."""
        return self._finished > wait.tick

    def _claim(self, wait: _Wait, now: float) -> bool:
        """Whether this wait is to make a tick now: one is due, or its own time is up and it looks a last time."""
        with self._lock:
            if self._busy(wait, now):
                return False
            stale = not self._looked(wait) or now - self._ended >= wait.policy.min_interval
            if now >= wait.deadline and stale:
                wait.last_look = True
                for record in self._open():
                    if wait in record.open:
                        record.wanted, record.due = now, True
                self._sweep()
            elif now < self._due:
                return False
            if now >= self._round_at and not self._behind():
                self._round_began, self._round_bytes, self._round_requests = now, 0, 0
                self._pages_fail = False
                for record in self._open():
                    record.due = True
                self._sweep()
            self._begun += 1
            self._holder, self._heard, self._tick_bytes = (wait, self._begun), now, 0
            return True

    def _tick(self, wait: _Wait, clock: Callable[[], float]) -> Generator[Call, Any, None]:
        """Make one tick for all waits. However it ends, the next wait can make another."""
        me, whole = self._holder, False
        try:
            for made in range(wait.policy.requests_per_tick):
                with self._lock:
                    self._heard = sent = clock()
                    request = self._plan(made, wait)
                if request is None:
                    break
                try:
                    answer = yield request.call
                except (PandaProbeError, OSError) as error:
                    with self._lock:
                        if not self._trouble(error, request, wait, sent, clock()):
                            break
                else:
                    with self._lock:
                        self._failures, self._refusals, self._failing = 0, 0, None
                        request.use(answer, sent)
            whole = True
        finally:
            with self._lock:
                if self._holder == me:
                    self._release(wait.policy, clock(), whole)

    def _release(self, policy: WaitPolicy, now: float, whole: bool) -> None:
        """End a tick and say when the next one is due."""
        begun, self._holder = self._begun, None
        self._due = now + policy.min_interval
        if not whole:
            return
        self._finished, self._ended = begun, now
        longer = 1.0 + policy.jitter * self._uniform()
        if self._failures:
            pause = policy.min_interval * 2.0 ** min(self._failures, 30)
            self._due = now + min(policy.max_interval, pause) * longer
            return
        if not self._behind():  # a wait is served when the last of its runs can be done, not each time that one can
            cost = max(policy.min_interval * self._round_requests, self._round_bytes / policy.bytes_per_second)
            needs = math.inf
            for wait in self._waits:
                records = [self._records[id_] for id_ in wait.ids]
                moments = [record.look_at(wait) for record in records if wait in record.open]
                needs = min(needs, max(moments, default=math.inf))
            pause = max(self._round_began + min(cost, policy.max_interval), needs) - now
            self._round_at = now + max(pause, 0.0) * longer
        if any(record.due for record in self._open()):
            self._due = now + max(policy.min_interval, self._tick_bytes / policy.bytes_per_second)
        elif not self._unread:
            self._due = max(self._due, self._round_at)

    def _trouble(self, error: Exception, request: _Request, wait: _Wait, sent: float, now: float) -> bool:
        """Take in that a request failed; whether the tick goes on."""
        record, operation = request.record, request.call.operation
        self._requests += 1
        if record and isinstance(error, NotFound) and operation is get_session_eval_run:
            self._failures, self._refusals, self._failing = 0, 0, None
            record.gone, record.due = True, False
            self._consider(record)
            return True
        self._error, self._failures = error, self._failures + 1
        concerned = {wait}
        if record:  # the others come first now
            concerned = record.open | record.reading.keys()
            record.tried, record.due = sent, False
            if self._unread.pop(record.id, None):
                self._unread[record.id] = record
        elif operation is list_session_eval_runs:
            self._cursor, self._pages_fail = None, True
        else:
            self._scores_at = None
        if isinstance(error, RateLimited | ServerError | OSError):
            self._failing = now if self._failing is None else self._failing
            if record and record.failing is None:
                record.failing = now
            for other in self._waits:
                alone = record.failing if record and other in concerned else None
                since = max(self._failing if alone is None else alone, other.joined)
                if now - since >= other.policy.give_up_after:
                    _blame(error, other, wait)
        elif record or not isinstance(error, ContractViolation):  # somebody else's run can spoil a page
            self._refusals += 1
            for other in self._waits if self._refusals > 1 else concerned:
                _blame(error, other, wait)
        return False

    # --- what to ask for ---

    def _plan(self, made: int, wait: _Wait) -> _Request | None:
        """The next request of a tick; scores that wait to be read have one of them for sure."""
        spare = wait.policy.requests_per_tick - made - bool(self._unread)
        if spare > 0 and (request := self._look(wait)):
            return request
        return self._read(wait.policy) if self._unread else None

    def _sweep(self) -> None:
        """Begin to page through the list, where the newest of the runs to look at was last seen."""
        places = [record.at for record in self._open() if record.due]
        self._cursor = 0 if None in places else min((at for at in places if at is not None), default=0)
        if self._pages_fail:
            self._cursor = None
        self._scanned = self._met = 0

    def _look(self, wait: _Wait) -> _Request | None:
        policy = wait.policy
        due = [record for record in self._open() if record.due]
        if wait.last_look or self._begun % 4:  # mostly, who has just come comes first
            due = [record for record in due if record.looked < record.wanted] or due
        if not due:
            return None
        count, offset = len(due), self._cursor
        if offset is not None and count > policy.requests_per_tick:
            weights = [record.weight for record in due if record.weight]
            mean = max(self._mean, sum(weights) // len(weights) if weights else 0)
            fits = max(1, min(policy.page_bytes // mean, _PAGE)) if mean else policy.first_page
            reach = max((record.at or 0) for record in due) - offset + 1
            span = max(reach, math.ceil(count * max(1.0, self._scanned / (self._met + 1))))
            span = max(1, int(min(span, self._total - offset)))
            by_page = math.ceil(span / fits) * policy.request_bytes + span * mean
            if by_page < count * (policy.request_bytes + mean):
                arguments = {"limit": min(fits, span + 2, _PAGE), "offset": offset}  # two more: new runs
                return _Request(Call(list_session_eval_runs, arguments), self._saw_page, None)
        oldest = min(due, key=_Record.turn)

        def use(run: EvalRun, sent: float) -> None:
            self._spend(_weigh(run))
            self._saw(oldest, run, sent)

        return _Request(Call(get_session_eval_run, {"run_id": UUID(oldest.id)}), use, oldest)

    def _spend(self, weight: int) -> None:
        self._requests += 1
        self._round_requests += 1
        self._bytes += weight
        self._tick_bytes += weight
        self._round_bytes += weight

    def _saw(self, record: _Record, run: EvalRun, sent: float) -> None:
        record.observe(run, sent, self._wall())
        record.weight, record.due = _weigh(run), False
        self._consider(record)

    def _saw_page(self, page: EvalRunPage, sent: float) -> None:
        items, end = page.items, page.offset + len(page.items)
        weight = sum(map(_weigh, items))
        self._spend(weight)
        self._mean = weight // len(items) if items else self._mean
        self._scanned, self._total, self._cursor = self._scanned + len(items), page.total, end
        for place, run in enumerate(items, page.offset):
            if record := self._records.get(str(run.id)):
                self._met += record.due
                record.at = place
                self._saw(record, run, sent)
        missing = [record for record in self._open() if record.due]
        if (
            not items
            or end >= page.total
            or all(record.run and record.run.created_at > items[-1].created_at for record in missing)
        ):
            self._cursor = None  # what was not on the pages is asked for by its id
            for record in missing:
                record.at = None

    def _read(self, policy: WaitPolicy) -> _Request:
        """Scores: run by run, or by pages over all runs where each page holds those of many."""
        unread, offset = list(self._unread.values()), self._scores_at
        pairs = sum(map(_pairs, unread))
        if offset is not None and len(unread) > policy.requests_per_tick and 2 * pairs < _PAGE * (len(unread) - 2):
            return _Request(Call(list_session_scores, {"limit": _PAGE, "offset": offset}), self._saw_scores, None)
        record = unread[0]

        def use(scores: list[SessionScore], _: float) -> None:
            self._requests += 1
            self._bytes += _SCORE_BYTES * len(scores)
            record.scores = tuple(scores)
            self._consider(record)

        return _Request(Call(list_session_eval_run_scores, {"run_id": UUID(record.id)}), use, record)

    def _saw_scores(self, page: SessionScorePage, _: float) -> None:
        """Take a page of scores apart; a run is read when there is a score for each of its pairs, not before."""
        self._requests += 1
        self._bytes += _SCORE_BYTES * len(page.items)
        useful = 0
        for score in page.items:
            record, pair = self._unread.get(str(score.eval_run_id)), (score.session_id, score.name)
            if record and pair not in record.partial:
                useful += 1
                record.partial[pair] = score
                if len(record.partial) == _pairs(record):
                    record.scores = tuple(record.partial.values())
                    self._consider(record)
        end = page.offset + len(page.items)
        if end < page.total and 2 * useful >= len(page.items) > 0:
            self._scores_at = end
        else:  # read before, or not ours: go on where nobody has looked yet, else run by run
            self._scores_at = self._scores_to if page.offset < self._scores_to < page.total else None
        self._scores_to = max(self._scores_to, end)

    # --- what to tell ---

    def _progress(self, wait: _Wait) -> Progress:
        with self._lock:
            runs = tuple(self._records[id_].run for id_ in wait.ids)
            spent = self._requests - wait.requests, self._bytes - wait.bytes_read
        seen = [run for run in runs if run]
        return Progress(
            len(wait.outcomes),
            len(wait.ids),
            sum(run.evaluated_count for run in seen),
            sum(map(session_count, seen)),
            sum(run.failed_count for run in seen),
            *spent,
            runs,
        )

    def _timed_out(self, wait: _Wait) -> Exception:
        """The error for a wait whose time is over: what its reads failed with where it never saw anything."""
        with self._lock:
            records = [self._records[id_] for id_ in wait.ids if id_ not in wait.outcomes]
            seen = [record for record in records if record.seen is not None and record.seen >= wait.joined]
            error = self._error if self._failures else None
        if error and not seen and not wait.outcomes:
            return copy.copy(error)
        states = Counter(record.run.status for record in seen if record.run and wait in record.open)
        states["scores not read"] = sum(wait in record.reading for record in records)
        states["not seen"] = len(records) - states.total()
        found = ", ".join(f"{count} {state}" for state, count in states.most_common() if count)
        timed_out = WaitTimeout(
            f"{len(records)} of {len(wait.ids)} runs were not finished in time ({found}); wait again for .run_ids",
            run_ids=tuple(record.id for record in records),
            outcomes=tuple(wait.outcomes[id_] for id_ in wait.ids if id_ in wait.outcomes),
        )
        timed_out.__cause__ = error
        return timed_out


def _pairs(record: _Record) -> int:
    return session_count(record.run) * len(record.run.metric_names) if record.run else 0


def _blame(error: Exception, wait: _Wait, maker: _Wait) -> None:
    wait.error = error if wait is maker else copy.copy(error)  # an exception is raised once: it holds a traceback


def wait_flow(
    watch: Watch,
    run_ids: Iterable[str | UUID | EvalRun],
    *,
    timeout: float | None = None,
    stall_after: float | None = None,
    policy: WaitPolicy | None = None,
    on_progress: Callable[[Progress], object] | None = None,
    scores: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> Flow[list[Outcome]]:
    """Wait until every run has an outcome.

    Args:
        watch: What the waits of one client share.
        run_ids: The runs. Whole runs do as well, and tell how large they are before the first look.
        timeout: Seconds; None waits as long as it takes, 0 looks once.
        stall_after: Seconds without a change after which a run counts as stalled; None: the policy's.
        policy: The constants.
        on_progress: Called at most once a tick.
        scores: Whether the scores are read, once for each run that ended.
        clock: Seconds, monotonic.

    Returns:
        The outcomes in the order asked for, one for each id as often as it was given.

    Raises:
        WaitTimeout: The time was over first; it names the unfinished runs, and has the outcomes of the others.
        PandaProbeError: What the reads failed with: at once where it will not pass, else after `give_up_after`.
    """
    asked: list[str] = []
    seeds: dict[str, EvalRun] = {}
    for given in run_ids:
        try:
            asked.append(str(given.id if isinstance(given, EvalRun) else UUID(str(given))))
        except ValueError:
            raise InvalidArgument(f"run_ids: {given!r} is no run id; ids are UUIDs") from None
        if isinstance(given, EvalRun):
            seeds[asked[-1]] = given
    if timeout is not None and not timeout >= 0:
        raise InvalidArgument(f"timeout: {timeout!r} is not a number of seconds, 0 or more, nor None")
    policy = policy or WaitPolicy()
    stall_after = policy.stall_after if stall_after is None else stall_after
    now = clock()
    deadline = math.inf if timeout is None else now + timeout
    wait = _Wait(tuple(dict.fromkeys(asked)), policy, stall_after, scores, now, deadline)
    yield from watch.follow(wait, seeds, on_progress, clock)
    return [wait.outcomes[id_] for id_ in asked]
