"""Waiting for runs: what counts as finished, when to look again, and how many waits share one look."""

from .poller import Watch, wait_flow

__all__ = ["Watch", "wait_flow"]
