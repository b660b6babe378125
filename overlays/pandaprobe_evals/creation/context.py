"""What creating needs of the call that it belongs to."""

from __future__ import annotations

from typing import NamedTuple

from pandaprobe_evals.clock import Clock
from pandaprobe_evals.transport import CallState

from .in_flight import Registry

POLL = 0.05
"""Seconds between looks at this process's other identical creates."""


class Context(NamedTuple):
    """One call, and what it shares with the others of this process."""

    registry: Registry
    call: CallState

    @property
    def clock(self) -> Clock:
        """The time that its deadline goes by."""
        return self.call.clock
