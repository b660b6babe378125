"""What creating needs of the call that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from pandaprobe_evals_api.resources import Attempt

from pandaprobe_evals.clock import Clock
from pandaprobe_evals.policy import BackoffPolicy

from .in_flight import Registry

POLL = 0.05
"""Seconds between looks at this process's other identical creates."""


class CallLog(Protocol):
    """The call, as transport keeps it."""

    backoff: BackoffPolicy
    attempts: list[Attempt]
    sent: float

    def left(self) -> float:
        """Seconds until the deadline."""
        ...

    def ledger(self) -> dict[str, Any]:
        """What every error of the call carries."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """One call, and what it shares with the others of this process."""

    registry: Registry
    clock: Clock
    call: CallLog
