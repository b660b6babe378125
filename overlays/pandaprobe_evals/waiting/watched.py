"""One run that is waited for: when to look at it again, and what it is called when it has ended. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from pandaprobe_evals_api.models import EvalRun

from pandaprobe_evals import contract
from pandaprobe_evals.errors import InvalidArgument
from pandaprobe_evals.outcomes import End, target_count


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitPolicy:
    """Every constant of waiting. Times in seconds, sizes in bytes."""

    min_interval: float = 0.5
    """Between two ticks, at least, while a run is watched; what ended runs scored is read without a pause."""
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
    """How long a status that the contract does not know must last unchanged before it is handed out, if `stall_after`
    does not come first. With `completed_at` set, `failed_grace` is enough."""
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
    reads_at_once: int = 8
    """Reads of scores under way at the same time, once every run has ended; one while a run is watched."""
    read_bytes: int = 8_000_000
    """What these may weigh together, about; a run that weighs more is read alone."""
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
        return life().return_seconds + 10.0 if self.failed_grace is None else self.failed_grace


class States(NamedTuple):
    """The states of a run's life, from the contract, and how `FAILED` may return."""

    active: frozenset[str]
    succeeded: frozenset[str]
    failed: frozenset[str]
    returns: int
    return_seconds: float


@cache
def life() -> States:
    """What the contract says of states."""
    status = contract.schema("EvalRunStatus")
    again = status["x-failed-may-return"]
    return States(
        active=frozenset(status["x-active"]),
        succeeded=frozenset(status["x-succeeded"]),
        failed=frozenset(status["x-failed"]),
        returns=int(again["attempts"]),
        return_seconds=float(again["seconds"]),
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How a wait stands; handed to `on_progress` at most once a tick."""

    done: int
    """Runs with an outcome."""
    total: int
    targets_done: int
    targets_total: int
    """Of the runs that were seen."""
    failed_pairs: int
    requests: int
    """Made by all waits of the watch since this one began."""
    bytes_read: int
    """The same, reckoned from what was read."""
    _seen: tuple[EvalRun | None, ...] = field(repr=False)

    @property
    def runs(self) -> Iterator[tuple[EvalRun, int, int]]:
        """Each run that was seen, in the order asked for, with how many of its targets are done and how many it has."""
        return ((run, run.evaluated_count, target_count(run)) for run in self._seen if run)


@dataclass(slots=True, eq=False)
class Wait:
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
    outcomes: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None
    last_look: bool = False


@dataclass(slots=True, eq=False)
class WatchedRun:
    """What is known of one run."""

    id: str
    run: EvalRun | None = None
    weight: int = 0
    users: int = 0
    left: float = 0.0
    open: set[Wait] = field(default_factory=set)
    """Waits for which it has not ended yet."""
    reading: dict[Wait, End] = field(default_factory=dict)
    """Waits for which it has, and which want the scores."""
    wanted: float = -math.inf
    """When a wait last asked for a look that is newer than its asking."""
    seen: float | None = None
    """When the request that last saw it was sent."""
    tried: float = -math.inf
    due: bool = False
    round: int = 0
    """The round that it is due in; 0: it is due for who has just come."""
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
    scores: tuple[Any, ...] | None = None
    partial: dict[tuple[str, str], Any] = field(default_factory=dict)
    failing: float | None = None

    def observe(self, run: EvalRun, sent: float, wall: float) -> None:
        """Take in an answer, unless it is older than what is known."""
        old, seen = self.run, self.seen
        if self.gone or (seen is not None and (sent < seen or self.known_to_have_ended)):
            return
        self.run, self.seen, self.failing = run, sent, None
        self.age = wall - run.completed_at.timestamp() if run.completed_at else 0.0
        if old is None or seen is None:
            self.changed, self.anchor = sent, (sent, run.evaluated_count)
            return
        if old.status in life().failed and (run.status, run.completed_at) != (
            old.status,
            old.completed_at,
        ):
            self.returns, self.scores = self.returns + 1, None
            self.partial.clear()
        if run.status != old.status or run.evaluated_count < old.evaluated_count:
            self.changed, self.anchor = sent, (sent, run.evaluated_count)
        elif moving(run) != moving(old):
            self.changed = sent

    def patience(self, policy: WaitPolicy, stall_after: float) -> tuple[float, End]:
        """How long the run may stay as it is, and what it is called then."""
        states, run = life(), self.run
        if run is None or run.status in states.active:
            return stall_after, "stalled"
        if run.status in states.succeeded:
            return 0.0, "completed_with_failures" if run.failed_count else "succeeded"
        if run.status in states.failed:
            final = self.returns >= states.returns or self.age > policy.grace + policy.clock_skew
            return 0.0 if final else policy.grace, "failed"
        patience = min(stall_after, policy.unknown_status_after)
        return min(patience, policy.grace) if run.completed_at else patience, "unknown_status"

    def ended(self, wait: Wait) -> End | None:
        """What the run is to a wait; None while that is open."""
        if self.gone:
            return "deleted"
        patience, result = self.patience(wait.policy, wait.stall_after)
        if self.seen is None or (self.seen < wait.joined and not self.known_to_have_ended):
            return None
        return result if self.seen - self.changed >= patience else None

    @property
    def known_to_have_ended(self) -> bool:
        """Whether it was handed over, or seen, as one that stays as it is."""
        return self.run is not None and self.run.status in life().succeeded

    def want(self, now: float) -> None:
        """Ask for a look that is newer than this."""
        self.round = self.round if self.due else 0
        self.wanted, self.due = now, True

    @property
    def looked(self) -> float:
        """When it was last looked at, with success or without."""
        return self.tried if self.seen is None else max(self.tried, self.seen)

    def turn(self) -> tuple[float, bool, float]:
        """Who has waited longest comes first, then whose scores are not read, then the oldest: they finish in order."""
        age = self.run.created_at.timestamp() if self.run else -math.inf
        return max(self.looked, self.wanted), self.scores is not None, age

    def look_at(self, wait: Wait) -> float:
        """When to look again."""
        policy, run = wait.policy, self.run
        if self.seen is None or run is None or self.tried > self.seen:  # it could not be read: let others be first
            failing = 0.0 if self.failing is None else self.tried - self.failing
            return self.tried + min(max((policy.growth - 1) * failing, 4 * policy.min_interval), policy.max_interval)
        held = self.seen - self.changed
        pause = (policy.growth - 1) * held
        began, count = self.anchor
        if run.evaluated_count > count and self.changed > began:
            left = (target_count(run) - count) * (self.changed - began) / (run.evaluated_count - count)
            left += began - self.seen
            pause = policy.approach * left if left > 0 else (1 - policy.growth) * left
        pause = min(pause, policy.max_interval, self.patience(policy, wait.stall_after)[0] - held)
        return self.seen + max(pause, policy.min_interval)


def moving(run: EvalRun) -> tuple[Any, ...]:
    """What changes when a run makes progress."""
    return run.evaluated_count, run.failed_count, run.completed_at
