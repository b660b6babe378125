"""What an exchange asks its driver to do, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx

from pandaprobe_evals.pacing import Outcome as Paced
from pandaprobe_evals.pacing import RateLimiter, Ticket
from pandaprobe_evals.policy import NoAnswer, Unsent


class Acquire(NamedTuple):
    """Wait for the rate limit; what comes back is a ticket, or the seconds until the window reopens, which is too late."""

    limiter: RateLimiter
    timeout: float | None
    on_wait: Callable[[float, str], object]


class Complete(NamedTuple):
    """Tell the limiter what came of a request."""

    limiter: RateLimiter
    ticket: Ticket
    outcome: Paced


class Send(NamedTuple):
    """Send the request and read the whole answer; what comes back is a `Sent`."""

    request: httpx.Request
    limit: float
    """Seconds that the attempt may take in all."""
    creates: bool = False
    """Whether it may make a run."""


class Pause(NamedTuple):
    """Sleep."""

    seconds: float


Step = Acquire | Complete | Send | Pause


@dataclass(slots=True, eq=False, repr=False)
class Sent:
    """What came of an attempt, as the network sees it."""

    failure: Unsent | NoAnswer | None = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case names."""
    body: bytes = b""
    response: httpx.Response | None = None
    """The answer, read and closed."""
    too_large: bool = False
    """Whether the body is larger than allowed, and was not read."""
