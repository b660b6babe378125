"""Waiting for runs: what counts as finished, when to look again, and how many waits share one look."""

from .ended import Outcome, Outcomes, outcome_of
from .flow import wait_flow
from .poller import Poller
from .watched import Progress, WaitPolicy, WatchedRun

__all__ = ["Outcome", "Outcomes", "Poller", "Progress", "WaitPolicy", "WatchedRun", "outcome_of", "wait_flow"]
