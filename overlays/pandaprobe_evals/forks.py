"""What a forked child must not take over: locks that other threads of its parent held, and what these were doing."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Forked(Protocol):
    """What has something to forget in a forked child."""

    def _forked(self) -> None:
        """Start over: the parent's other threads are not here."""
        ...


_known: WeakSet[Forked] = WeakSet()


def tell_of_forks(thing: Forked) -> None:
    """Have `_forked` called in every child of this process, for as long as the thing lives."""
    _known.add(thing)


def _after_fork() -> None:
    for thing in list(_known):
        thing._forked()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_after_fork)
