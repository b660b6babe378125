"""Waiting for runs: what counts as finished, when to look again, and how many waits share one look."""

from .poller import Poller, wait_flow
from .watched import Progress, WaitPolicy, WatchedRun

__all__ = ["Poller", "Progress", "WaitPolicy", "WatchedRun", "wait_flow"]
