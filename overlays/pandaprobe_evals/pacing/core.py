"""The pacing algorithm, sans I/O: when may the next request fly, and what did its answer teach us?

The service counts in a fixed window that opens with the first request after the last one closed. Nobody outside
can see that window, so the core relies only on what is certain:

* A request arrives before its answer does. A slot is therefore busy until one window (plus a margin for clock drift
  and late expiry) after the ANSWER, and the request that reuses it cannot meet the window of the one before.
* A rate-limit 429 was not charged, a lost answer may have been: the slot of the first is free, the second is used.
* A limit that a 429 names may be gone tomorrow, or never have been: once the window is used up, one request now and then
  tries whether there is more (a trial). Let through, it ends the learned limit; refused, it confirms it.
* So a 429 tells of somebody else on the credential (or of our own earlier life). The gate closes, one probe at a time
  finds the reopening, and ``cap`` remembers how much of a window was ours: beyond it requests fly one by one.

Slots are not stored: ``used`` holds the receipts younger than a window, ``inflight`` the tickets out, and a slot is
free while the two together are fewer than ``slots``. So none can get lost, and a changed limit needs no conversion.
"""

from __future__ import annotations

import math
import random
import weakref
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple

_INF = math.inf
YOUNG = 10  # requests out at once in the first window of a life
PATIENCE = 8  # windows between two trials of a learned limit, at most
AGE = 10  # windows until a learned limit that no 429 confirms is forgotten
NO_LIMIT = 100_000, 60.0
"""What stands for no limit, where one was learned all the same."""


class Outcome(NamedTuple):
    """What became of a request, as far as the rate limit is concerned. Use the four names below."""

    kind: Literal["counted", "lost", "rejected", "unsent"]
    limit: tuple[int, float] | None = None
    """What a 429 says that the limit is, requests per seconds."""


COUNTED = Outcome("counted")
"""The service answered, and not with the rate limit's 429: 2xx, 4xx, 5xx, the quota's 429."""
LOST = Outcome("lost")
"""Nobody knows whether it was counted: time-out, dropped connection, a proxy's own 502. Charged, dated now."""
UNSENT = Outcome("unsent")
"""Nothing reached the service: the slot is free at once, and if it was the probe another one may fly."""


def REJECTED(limit: tuple[int, float] | None = None) -> Outcome:  # noqa: N802  (stands beside COUNTED, LOST and UNSENT)
    """The rate limit's 429, with the limit that it names if it names one: it was not charged."""
    return Outcome("rejected", limit)


class Ticket:
    """The right to send one request; complete it exactly once."""

    __slots__ = ("__weakref__", "core", "done", "epoch", "sent", "serial", "shadow")

    def __init__(self, core: str, serial: int, sent: float, epoch: int) -> None:
        self.core, self.serial, self.sent, self.epoch = core, serial, sent, epoch
        self.done = False
        self.shadow: Ticket | None = None


class _Claim(weakref.ref[Ticket]):
    """A ticket's entry in the register: it outlives a ticket that is dropped, and says which one that was."""

    __slots__ = ("epoch", "serial")
    epoch: int
    serial: int


class Wait(NamedTuple):
    """No ticket now. ``until`` is when to ask again (None: when a request completes); all times are absolute.

    ``opens`` are lower bounds: the k-th waiter surely gets nothing before ``bound(k)``. Tickets out count as free
    now, for they may come back unsent.
    """

    until: float | None
    reason: str
    opens: tuple[float, ...] = ()
    window: float = 0.0

    def bound(self, position: int) -> float:
        """The earliest time at which the waiter at this position (0 is the head) can possibly be served."""
        if not self.opens:
            return -_INF
        rounds, index = divmod(position, len(self.opens))
        return self.opens[index] + rounds * self.window

    def shifted(self, by: float) -> Wait:
        """The same on a clock that reads ``by`` seconds more."""
        until = None if self.until is None else self.until + by
        return self._replace(until=until, opens=tuple(x + by for x in self.opens))


class Snapshot(NamedTuple):
    """A budget at a glance, for progress displays. With a shared store: as of its last reply to this process."""

    limit: int
    window: float
    free_now: int
    in_flight: int
    next_free_in: float
    gate_in: float
    foreign: bool
    waiting: int = 0


class Core:
    """One credential's window on one operation. No clock, no lock, no I/O: the caller brings all three.

    ``now`` may be on any clock that never runs backwards. ``lease`` bounds how long a ticket may be out before it
    counts as lost, for stores whose ticket holders may die; its slot then stays used until a window after the lease.
    """

    WHOLE = ("requests", "serial", "epoch", "probe", "opener", "w_used", "trial", "closed", "full")
    MOMENTS = ("gate", "w_end", "since", "lo", "hi", "last", "foreign_at", "edge", "denied", "over", "young")
    FIELDS = (*WHOLE, *MOMENTS, "window", "cap", "step", "learned", "trial_at", "patience")

    def __init__(
        self,
        requests: int,
        seconds: float,
        *,
        share: float = 1.0,
        lease: float = _INF,
        name: str = "",
        rand: Callable[[], float] = random.random,
    ) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"share is the part of the limit to use, above 0 and at most 1, not {share}")
        self.share, self.lease, self.rand = share, lease, rand
        self.name = name or f"{random.getrandbits(64):016x}"  # tickets of another life are recognised by it
        self.used: deque[float] = deque()  # receipts, oldest first
        self.inflight: dict[int, float] = {}  # serial -> when it was handed out, oldest first
        self.claims: dict[int, _Claim] = {}
        self.dropped: deque[_Claim] = deque()
        self.serial = self.epoch = self.probe = self.opener = self.trial = 0  # 0: no ticket
        self.closed, self.gate = True, -_INF  # half open: we may have a past, so the first request flies alone
        self.w_end, self.w_used, self.full = -_INF, 0, False  # own accepts in what we take for the window
        self.lo = self.hi = self.since = self.last = self.foreign_at = -_INF
        self.edge = self.denied = self.over = self.young = -_INF
        self.step = 0.0
        self.cap = _INF  # nothing learned
        self.learned = self.trial_at = -_INF
        self.base, self.patience = (requests, seconds), 0.0
        self.configure(requests, seconds)
        self.longest = self.reach  # no learned limit closes the gate for longer

    def configure(self, requests: int, seconds: float) -> None:
        """Adopt a limit; receipts and tickets out stay charged and simply count against the new one."""
        self.requests, self.window = requests, seconds
        self.margin = max(0.005, seconds / 600)
        self.reach = seconds + self.margin
        self.slots = max(1, int(requests * self.share + 1e-9))

    def try_acquire(self, now: float) -> Ticket | Wait:
        """A ticket if a request may fly at ``now``, else what to wait for."""
        self._settle(now)
        out = len(self.inflight)
        if self.closed:
            if self.probe:
                return self._wait(now, None, "probe")
            if now < self.gate:
                return self._wait(now, self.gate, "gate")
        elif out >= YOUNG and now < self.young:
            return self._wait(now, None, "start")  # what we used in an earlier life would be refused all at once
        elif out and self.cap < self.slots and self.w_used + out >= self.cap:
            return self._wait(now, None, "share")  # beyond what was ours last time: one at a time
        over = len(self.used) + out - self.slots
        if over < 0:
            return self.force(now)
        until = self.used[over] + self.reach if over < len(self.used) else None
        if self._lowered():
            if self.trial:
                return self._wait(now, None, "trial")
            if now >= self.trial_at:
                ticket = self.force(now)
                self.trial, self.trial_at = ticket.serial, now + self.patience
                return ticket
            until = self.trial_at if until is None else min(until, self.trial_at)
        return self._wait(now, until, "window")

    def _lowered(self) -> bool:
        """Whether a 429 taught a limit that is below what is the case as a rule."""
        return self.learned > -_INF and self.requests * self.base[1] < self.base[0] * self.window

    def force(self, now: float) -> Ticket:
        """Hand out a ticket unconditionally: a request that somebody else's accounting has already admitted."""
        self.serial += 1
        ticket = Ticket(self.name, self.serial, now, self.epoch)
        self.claims[self.serial] = claim = _Claim(ticket, self.dropped.append)
        claim.serial, claim.epoch = self.serial, self.epoch
        idle, self.inflight[self.serial] = not self.inflight, now
        if self.closed and not self.probe:
            self.probe = self.serial
        if not self.opener and self.hi == -_INF:
            # The mirror: this ticket will tell us a window that was open at its arrival. `lo` must be a time before
            # which that window cannot have opened: now, if no earlier request can have opened it meanwhile (none is
            # out, and the last receipt was either before the previous window's end or more than a window ago);
            # otherwise the end of the previous window, which is what `lo` holds. Taking `now` whenever nothing is in
            # flight, as the first sketch did, frees slots too early after sparse use.
            if idle and (self.last <= self.lo or self.last + self.reach <= now):
                self.lo = now
            self.opener = self.serial
        return ticket

    def complete(self, ticket: Ticket, now: float, outcome: Outcome) -> None:
        """Account for a ticket's end, dated ``now`` (which may lie a little in the past)."""
        kind, serial = outcome.kind, ticket.serial
        if ticket.core != self.name or self.inflight.pop(serial, None) is None:
            if kind in ("counted", "lost"):
                self._charge(now)  # of another life, or its lease ran out: the request was real all the same
            if ticket.core == self.name and serial == self.probe:
                self.probe = 0  # an interrupt cut its completion short
            return
        was_probe, was_opener, was_trial = serial == self.probe, serial == self.opener, serial == self.trial
        if was_probe:
            self.probe = 0
        if was_trial:
            self.trial = 0
        if was_opener:
            self.opener = 0
        if kind == "rejected" and was_trial and outcome.limit in (None, (self.requests, self.window)):
            self.learned = now
            self.patience = min(2 * self.patience, PATIENCE * self.base[1])
            self.trial_at = now + self.patience
        elif kind == "rejected":
            self._rejected(ticket, now, outcome.limit, was_probe)
        elif kind != "unsent":
            self._charge(now)
            if was_opener and kind == "counted":  # a lost one may never have opened anything
                self.hi = now
            if ticket.epoch == self.epoch:
                self._accepted(now, was_probe)
            if was_trial and kind == "counted":  # there is more; how much more, one request at a time finds out
                self._forget()
                self.w_end = min(self.w_end, now + self.window)
                self.cap = self.w_used
        self.claims.pop(serial, None)

    def _forget(self) -> None:
        """Return to what is the case as a rule."""
        self.learned = self.trial_at = -_INF
        self.configure(*self.base)

    def _accepted(self, now: float, was_probe: bool) -> None:
        if was_probe:
            if self.denied > self.edge:
                self.edge = max(self.edge + self.window - self.margin, self.denied)
            if not self.epoch:
                self.young = now + min(self.reach, self.longest)
            self.closed, self.full = False, False
            self.epoch += 1
            self.since, self.w_end, self.w_used = now, now + self.window, 0
        elif self.w_end == -_INF:
            self.w_end, self.w_used = now + self.window, 0
        self.w_used += 1
        if self.full:
            self.cap = max(self.cap, self.w_used)

    def _rejected(self, ticket: Ticket, now: float, limit: tuple[int, float] | None, was_probe: bool) -> None:
        self.foreign_at, self.lo, self.last = now, -_INF, max(self.last, now)
        if limit == self.base:
            self._forget()
        elif limit:
            if limit != (self.requests, self.window):
                self.configure(*limit)
                self.patience = self.base[1]
                self.trial_at = now + self.patience
            self.learned = now
        if ticket.epoch != self.epoch:
            return  # stale news: a probe has been through since
        if not self.full:
            self.full = True
            if self.w_used:
                self.cap = self.w_used
        if not self.closed or (was_probe and ticket.sent >= self.over):
            self._meet_full_window(now, new=was_probe)
        elif was_probe:
            self.gate = min(now + self.step, max(self.over, now + self.window / 60))
        self.gate = min(self.gate, now + self.longest)
        self.denied = max(self.denied, ticket.sent)
        self.closed = True

    def _meet_full_window(self, now: float, new: bool) -> None:
        """A window was found full, so when does it end? Set ``gate`` for the next look, and ``over`` for certain.

        ``edge`` is a time before which it cannot have opened: windows do not overlap, so a new one opened after the
        last request that the one before refused, and a window after that one's own edge. Without it an instance that
        got nothing of a window keeps looking for the end all window long.
        """
        if new:
            self.edge = max(self.edge + self.window - self.margin, self.denied)
            self.since = now
        end = self.edge + self.window - self.margin
        ours = next((x for x in self.used if x >= self.since and x + self.reach > now), None)
        self.over = self.reach + (now if ours is None or now >= end else ours)
        soonest = max(now, end) if ours is None else ours + self.reach
        parts = 11 if ours is None and end <= now else 2
        self.step = max(self.window / 60, (self.over - soonest) / parts) * (1 + self.rand() / 4)
        self.gate = min(self.over, soonest if ours is not None else soonest + self.step)

    def _charge(self, now: float) -> None:
        if self.used and now < self.used[-1]:
            self.used = deque(sorted((*self.used, now)))
        else:
            self.used.append(now)
        self.last = max(self.last, now)

    def _settle(self, now: float) -> None:
        """Let time pass: expired leases, expired receipts, a rolled window of ours, a window surely over."""
        while self.dropped:
            # Interrupted between two bytecodes, somebody lost a ticket: a forgotten probe must not keep the gate closed
            # for ever. (Not by __del__, which would swallow the interrupt instead.)
            claim = self.dropped.popleft()
            self.complete(Ticket(self.name, claim.serial, now, claim.epoch), now, LOST)
        if self.lease != _INF:
            while self.inflight and (end := next(iter(self.inflight.values())) + self.lease) <= now:
                ticket = Ticket(self.name, next(iter(self.inflight)), 0.0, self.epoch)
                self.complete(ticket, end, LOST)
        used, reach = self.used, self.reach
        while used and used[0] + reach <= now:
            used.popleft()
        if self.learned > -_INF and now >= self.learned + AGE * self.base[1]:
            self._forget()
        if -_INF < self.w_end <= now:
            if not self.full:
                self.cap = max(self.cap, self.w_used) + self.slots / 10
            self.w_end, self.w_used, self.full = -_INF, 0, False
        if -_INF < self.hi <= now - reach:
            # That window opened within [lo, hi]: it is over, and what was received while it surely lasted is free.
            # The margin is taken off, too: on a faster clock the service's window is shorter than ours.
            self.lo += self.window - self.margin
            if now - self.foreign_at > 10 * self.window:
                while used and used[0] <= self.lo:
                    used.popleft()
            self.hi = -_INF

    def _wait(self, now: float, until: float | None, reason: str) -> Wait:
        floor = max(now, self.gate) if self.closed else now
        soonest = self.hi + self.reach if self.hi > -_INF else _INF  # the mirror may free a slot before its time
        lowered = self._lowered()
        if lowered:  # a trial may find that there is no limit, or a higher one
            soonest = min(soonest, max(now, self.trial_at))
        free = max(0, self.slots - len(self.used))
        skip = max(0, len(self.used) - self.slots)
        opens = [floor] * free
        for x in list(self.used)[skip:]:
            opens.append(max(floor, min(x + self.reach, soonest)))
        return Wait(until, reason, tuple(opens), 0.0 if lowered else self.window)

    def snapshot(self, now: float) -> Snapshot:
        """What a progress display needs; changes nothing that time would not change."""
        self._settle(now)
        gate_in = max(0.0, self.gate - now) if self.closed else 0.0
        over = len(self.used) + len(self.inflight) - self.slots
        next_in = 0.0 if over < 0 else self.used[over] + self.reach - now if over < len(self.used) else self.reach
        foreign = now - self.foreign_at <= 10 * self.window
        free = 0 if self.closed and (gate_in or self.probe) else max(0, -over)
        return Snapshot(self.requests, self.window, free, len(self.inflight), max(next_in, gate_in), gate_in, foreign)

    def is_idle(self, now: float) -> bool:
        """Whether a new core would do as well: nothing is out, used, closed or learned."""
        self._settle(now)
        quiet = now - self.foreign_at > AGE * self.window and now >= self.young
        return not self.inflight and not self.used and quiet and self.learned == -_INF

    def is_lifted(self, now: float) -> bool:
        """Whether there was no limit but a learned one, and that is gone: a whole window was not refused any more."""
        self._settle(now)
        return (self.requests, self.window) == NO_LIMIT and self.cap > YOUNG + self.w_used

    def dump(self) -> list[float]:
        """The whole state as numbers, for a store."""
        head = [float(getattr(self, name)) for name in self.FIELDS]
        flat = [x for item in self.inflight.items() for x in item]
        return [*head, float(len(flat)), *flat, *self.used]

    def load(self, values: list[float]) -> None:
        """The inverse of ``dump``; ``share`` stays this caller's own."""
        split = len(self.FIELDS)
        for name, value in zip(self.FIELDS, values, strict=False):
            setattr(self, name, int(value) if name in self.WHOLE else value)
        flat = values[split + 1 : (end := split + 1 + int(values[split]))]
        self.inflight = {int(k): v for k, v in zip(flat[::2], flat[1::2], strict=True)}
        self.used = deque(values[end:])
        self.configure(self.requests, self.window)
