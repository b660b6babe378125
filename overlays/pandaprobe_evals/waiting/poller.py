"""How many waits share one look at the service.

A tick is at most `requests_per_tick` requests made by whichever wait finds one due; it serves every wait of the same
`Poller`. Nothing runs in the background. All is values and a clock: what `follow` yields is to be sent and slept.
"""

from __future__ import annotations

import copy
import math
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any
from uuid import UUID

from pandaprobe_evals_api.models import EvalRun, EvalRunPage

from pandaprobe_evals.errors import (
    ConnectionFailed,
    ContractViolation,
    InvalidArgument,
    NotFound,
    PandaProbeError,
    RateLimited,
    ServerError,
    WaitTimeout,
)
from pandaprobe_evals.flow import AtOnce, Call, Flow, Sleep
from pandaprobe_evals.forks import tell_of_forks
from pandaprobe_evals.outcomes import SCORED, target_count
from pandaprobe_evals.runs import RunKind
from pandaprobe_evals.sizes import weight_of

from .ended import outcome_of
from .sweep import Sweep
from .unread import Request, Unread
from .watched import Progress, Wait, WaitPolicy, WatchedRun


class Poller:
    """The polling that the waits of one client for runs of one kind share. For threads and tasks of many loops at once."""

    def __init__(
        self, kind: RunKind, *, wall: Callable[[], float] = time.time, uniform: Callable[[], float] = random.random
    ) -> None:
        self.kind, self._wall, self._uniform = kind, wall, uniform
        self._forked()
        tell_of_forks(self)

    def _forked(self) -> None:
        """Start over: a parent's other threads, their waits and who holds the tick are not in its child."""
        self._lock = threading.Lock()  # held for bookkeeping only, never while something is sent or slept
        self._records: dict[str, WatchedRun] = {}
        self._waits: set[Wait] = set()
        self._unread = Unread(self.kind, self._has_read)
        # the tick: who makes it, when that one was heard of, when the next one is due; how many began, and finished
        self._holder: tuple[Wait, int] | None = None
        self._heard = self._due = self._ended = -math.inf
        self._begun = self._finished = 0
        # the round: every open run is looked at once, over as many ticks as it takes; when it began, and the next one does
        self._round = 1
        self._round_began = self._round_at = -math.inf
        self._sweep = Sweep(self.kind.pages.largest_page)
        # what was spent, and what went wrong
        self._requests = self._bytes = self._tick_bytes = self._round_bytes = self._round_requests = 0
        self._failures = self._refusals = 0
        self._failing: float | None = None
        self._error: Exception | None = None

    def follow(
        self,
        wait: Wait,
        seeds: dict[str, EvalRun],
        on_progress: Callable[[Progress], object] | None,
        clock: Callable[[], float],
    ) -> Flow[None]:
        """Make ticks, or sleep while others do, until the wait has all its outcomes."""
        told = 0
        self._join(wait, seeds)
        try:
            while True:
                if wait not in self._waits:  # this is the thread that forked, in the child
                    self._join(wait, seeds)
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
                if len(wait.outcomes) == len(wait.ids):
                    continue  # another thread's tick has just ended it; where that was the last wait, none is due ever
                yield Sleep(max(pause, 0.001), "waiting for runs")
        finally:
            self._leave(wait, clock())

    # --- waits come and go ---

    def _join(self, wait: Wait, seeds: dict[str, EvalRun]) -> None:
        with self._lock:
            wait.tick, wait.requests, wait.bytes_read = self._begun, self._requests, self._bytes
            self._prune(wait.joined, wait.policy)
            self._waits.add(wait)
            for id_ in wait.ids:
                record = self._records.setdefault(id_, WatchedRun(id_))
                if record.run is None and id_ in seeds:
                    record.run, record.weight = seeds[id_], weight_of(seeds[id_])
                if not record.users:
                    record.failing = None
                record.users += 1
                record.open.add(wait)
                record.want(wait.joined)
                self._consider(record)
            if any(self._records[id_].open for id_ in wait.ids):
                # Those that have ended for sure are looked at once more, lest one was deleted; no pause comes before.
                watched = any(not record.known_to_have_ended for record in self._open())
                self._due = min(self._due, self._ended + wait.policy.min_interval if watched else wait.joined)
                self._sweep.begin(self._due_now())

    def _leave(self, wait: Wait, now: float) -> None:
        with self._lock:
            if wait not in self._waits:
                return
            self._waits.discard(wait)
            for id_ in wait.ids:
                record = self._records[id_]
                record.users -= 1
                record.open.discard(wait)
                record.reading.pop(wait, None)
                if not record.reading:
                    self._unread.drop(record)
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

    def _consider(self, record: WatchedRun) -> None:
        """Give the waits for a run their outcome, if it can be given."""
        for wait in tuple(record.open):
            if result := record.ended(wait):
                record.open.discard(wait)
                if wait.scores and result in SCORED:
                    record.reading[wait] = result
                else:
                    wait.outcomes[record.id] = outcome_of(record.id, record.run, result, None, self.kind)
        if record.reading and record.scores is None:
            self._unread.add(record)
            return
        for wait, result in record.reading.items():
            wait.outcomes[record.id] = outcome_of(record.id, record.run, result, record.scores, self.kind)
        record.reading.clear()
        self._unread.drop(record)

    def _has_read(self, records: Iterable[WatchedRun], weight: int) -> None:
        """Take in a read of scores: the runs whose scores are complete now, and the bytes of it."""
        self._requests += 1
        self._bytes += weight
        for record in records:
            self._consider(record)

    def _open(self) -> list[WatchedRun]:
        return [record for record in self._records.values() if record.open]

    def _due_now(self) -> list[WatchedRun]:
        return [record for record in self._open() if record.due]

    def _behind(self) -> bool:
        """Whether the round is under way."""
        return any(record.due and record.round == self._round for record in self._open())

    # --- ticks ---

    def _busy(self, wait: Wait, now: float) -> bool:
        return self._holder is not None and now - self._heard < wait.policy.lease

    def _looked(self, wait: Wait) -> bool:
        """Whether a tick that began after the wait has ended."""
        return self._finished > wait.tick

    def _claim(self, wait: Wait, now: float) -> bool:
        """Whether this wait is to make a tick now: one is due, or its own time is up and it looks a last time."""
        with self._lock:
            if self._busy(wait, now):
                return False
            stale = not self._looked(wait) or now - self._ended >= wait.policy.min_interval
            if wait.last_look and any(wait in record.open for record in self._open()):
                return False  # however long on_progress took; a wait with all runs ended still reads their scores
            if now >= wait.deadline and stale and not wait.last_look:
                wait.last_look = True
                for record in self._open():
                    if wait in record.open:
                        record.want(now)
                self._sweep.begin(self._due_now())
            elif now < self._due:
                return False
            if now >= self._round_at and not self._behind():
                self._round, self._round_began = self._round + 1, now
                self._round_bytes = self._round_requests = 0
                self._sweep.page_again()
                for record in self._open():
                    record.due, record.round = True, self._round
                self._sweep.begin(self._due_now())
            self._begun += 1
            if not self._begun % 4:
                self._unread.page_again()
            self._holder, self._heard, self._tick_bytes = (wait, self._begun), now, 0
            return True

    def _tick(self, wait: Wait, clock: Callable[[], float]) -> Generator[Call | AtOnce, Any, None]:
        """Make one tick for all waits. However it ends, the next wait can make another."""
        me, whole = self._holder, False
        looks = wait.policy.requests_per_tick - bool(self._unread)  # what an earlier tick left to read has one for sure
        try:
            for made in range(wait.policy.requests_per_tick):
                with self._lock:
                    self._heard = sent = clock()
                    requests = self._plan(wait, look=made < looks)
                if not requests:
                    break
                answers = yield from _answers(requests)
                with self._lock:
                    if not self._take(requests, answers, wait, sent, clock()):
                        break
            whole = True
        finally:
            with self._lock:
                if self._holder == me:
                    self._release(wait.policy, clock(), whole)

    def _release(self, policy: WaitPolicy, now: float, whole: bool) -> None:
        """End a tick and say when the next one is due."""
        begun, self._holder = self._begun, None
        self._ended, self._due = now, now + policy.min_interval
        if not whole:
            return
        self._finished = begun
        longer = 1.0 + policy.jitter * self._uniform()
        if not self._behind():  # a wait is served when the last of its runs can be done, not each time that one can
            cost = max(policy.min_interval * self._round_requests, self._round_bytes / policy.bytes_per_second)
            needs = math.inf
            for wait in self._waits:
                records = [self._records[id_] for id_ in wait.ids]
                moments = [record.look_at(wait) for record in records if wait in record.open]
                needs = min(needs, max(moments, default=math.inf))
            pause = max(self._round_began + min(cost, policy.max_interval), needs) - now
            self._round_at = now + max(pause, 0.0) * longer
        if self._failures:
            pause = policy.min_interval * 2.0 ** min(self._failures, 30)
            self._due = now + min(policy.max_interval, pause) * longer
        elif not self._unread or self._due_now():
            self._due = now + max(policy.min_interval, self._tick_bytes / policy.bytes_per_second)
            if not self._due_now():
                self._due = max(self._due, self._round_at)
        elif not self._open():
            self._due = now  # all have ended: what they scored is read once, page after page, and nobody polls

    def _take(self, requests: Sequence[Request], answers: Sequence[Any], wait: Wait, sent: float, now: float) -> bool:
        """Take in answers, and then what failed, which holds whatever else succeeded; whether the tick goes on."""
        failed = [
            (request, answer)
            for request, answer in zip(requests, answers, strict=True)
            if isinstance(answer, Exception)
        ]
        if len(failed) < len(requests):
            self._failures, self._refusals, self._failing = 0, 0, None
        for request, answer in zip(requests, answers, strict=True):
            if not isinstance(answer, Exception):
                request.use(answer, sent)
        going = [self._trouble(error, request, wait, sent, now) for request, error in failed]
        return all(going)

    def _trouble(self, error: Exception, request: Request, wait: Wait, sent: float, now: float) -> bool:
        """Take in that a request failed; whether the tick goes on."""
        record, operation = request.record, request.call.operation
        self._requests += 1
        if record and isinstance(error, NotFound) and operation is self.kind.get.function:
            self._failures, self._refusals, self._failing = 0, 0, None
            record.gone, record.due = True, False
            self._consider(record)
            return True
        self._error, self._failures = error, self._failures + 1
        concerned = {wait}
        if record:  # the others come first now
            concerned = record.open | record.reading.keys()
            record.tried, record.due = sent, False
            self._unread.put_last(record)
        elif operation is self.kind.pages.function:
            self._sweep.pages_fail()
        else:
            self._unread.pages_fail()
        passes = not (isinstance(error, ConnectionFailed) and error.final)
        if passes and isinstance(error, RateLimited | ServerError | OSError):
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

    def _plan(self, wait: Wait, *, look: bool) -> list[Request]:
        """The next requests: one of the tick's, a look where one is due; once nobody polls, several reads of scores."""
        if look and (request := self._look(wait)):
            return [request]
        return self._unread.reads(wait.policy, 1 if self._open() else wait.policy.reads_at_once)

    def _look(self, wait: Wait) -> Request | None:
        due = self._due_now()
        if wait.last_look or self._begun % 2:  # every other time, who has just come comes first
            due = [record for record in due if record.looked < record.wanted] or due
        if not due:
            return None
        if page := self._sweep.page(due, wait.policy):
            return Request(Call(self.kind.pages.function, page), self._saw_page)
        oldest = min(due, key=WatchedRun.turn)

        def use(run: EvalRun, sent: float) -> None:
            try:
                self.kind.check(run)
            except InvalidArgument as error:  # the others' runs are right
                oldest.due = False
                for other in tuple(oldest.open | oldest.reading.keys()):
                    _blame(error, other, wait)
                return
            self._spend(weight_of(run))
            self._saw(oldest, run, sent)

        return Request(Call(self.kind.get.function, {"run_id": UUID(oldest.id)}), use, oldest)

    def _spend(self, weight: int) -> None:
        self._requests += 1
        self._round_requests += 1
        self._bytes += weight
        self._tick_bytes += weight
        self._round_bytes += weight

    def _saw(self, record: WatchedRun, run: EvalRun, sent: float) -> None:
        record.observe(run, sent, self._wall())
        record.weight, record.due = weight_of(run), False
        self._consider(record)

    def _saw_page(self, page: EvalRunPage, sent: float) -> None:
        weight = sum(map(weight_of, page.items))
        self._spend(weight)
        found = [(place, run, self._records.get(str(run.id))) for place, run in enumerate(page.items, page.offset)]
        self._sweep.saw(page, weight, sum(record.due for _, _, record in found if record))
        for place, run, record in found:
            if record:
                record.at = place
                self._saw(record, run, sent)
        missing = self._due_now()
        if self._sweep.is_over(page, missing):
            for record in missing:
                record.at = None

    # --- what to tell ---

    def _progress(self, wait: Wait) -> Progress:
        with self._lock:
            runs = tuple(self._records[id_].run for id_ in wait.ids)
            spent = self._requests - wait.requests, self._bytes - wait.bytes_read
        seen = [run for run in runs if run]
        return Progress(
            len(wait.outcomes),
            len(wait.ids),
            sum(run.evaluated_count for run in seen),
            sum(map(target_count, seen)),
            sum(run.failed_count for run in seen),
            *spent,
            runs,
        )

    def _timed_out(self, wait: Wait) -> Exception:
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
        runs = "run" if len(wait.ids) == 1 else "runs"
        at_last = f"; the last look failed: {error}" if error else ""
        timed_out = WaitTimeout(
            f"{len(records)} of {len(wait.ids)} {runs} did not finish in time ({found}){at_last}",
            run_ids=tuple(record.id for record in records),
            outcomes=tuple(wait.outcomes[id_] for id_ in wait.ids if id_ in wait.outcomes),
        )
        timed_out.__cause__ = error
        return timed_out


def _answers(requests: Sequence[Request]) -> Generator[Call | AtOnce, Any, Sequence[Any]]:
    """What each of some requests came to: its answer, or why there is none."""
    if len(requests) > 1:
        found: list[Any] = yield AtOnce(tuple(request.call for request in requests))
    else:
        try:
            found = [(yield requests[0].call)]
        except (PandaProbeError, OSError) as error:
            found = [error]
    for each in found:
        if isinstance(each, Exception) and not isinstance(each, PandaProbeError | OSError):
            raise each
    return found


def _blame(error: Exception, wait: Wait, maker: Wait) -> None:
    wait.error = error if wait is maker else copy.copy(error)  # an exception is raised once: it holds a traceback
