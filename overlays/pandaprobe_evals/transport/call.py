"""One call of the user's: what it may take, and what came of it so far."""

from __future__ import annotations

import math
import time
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from pandaprobe_evals_api.resources import Attempt

from pandaprobe_evals.clock import MACHINE, Clock
from pandaprobe_evals.policy import BackoffPolicy


@dataclass(slots=True, eq=False, repr=False)
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
"""The call that a request belongs to: the generated functions between have no place for it."""
recorder: ContextVar[list[Attempt] | None] = ContextVar("pandaprobe_evals_recorder", default=None)
"""Where the attempts of this thread or task are collected, where they are."""
