"""What a forked child must not take over: locks that other threads of its parent held, and what these were doing."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from contextlib import suppress
from types import ModuleType
from typing import Protocol
from weakref import WeakSet

from pandaprobe_evals_api.resources.protocol import cached_property as cached_property  # noqa: PLC0414  (exported)


class Forked(Protocol):
    """What has something to forget in a forked child."""

    def _forked(self) -> None:
        """Start over: the parent's other threads are not here."""
        ...


_known: WeakSet[Forked] = WeakSet()


def tell_of_forks(thing: Forked) -> None:
    """Have `_forked` called in every child of this process, for as long as the thing lives."""
    _known.add(thing)


_OWN = __name__.partition(".")[0]
_PACKAGES = frozenset({_OWN, f"{_OWN}_api", "httpx", "httpcore", "h11", "anyio", "jsonschema_rs"})
_FIRST_USED = (
    "httpcore",
    "jsonschema_rs",
    f"{_OWN}_api.client",
    *(f"{_OWN}.{name}" for name in ("creation", "network", "outcomes", "waiting")),
)
"""What is imported by the first call of a client, and not before."""
_importing = threading.RLock()


def load(name: str) -> ModuleType:
    """Import a module that nothing but this imports, while no fork is under way."""
    with _importing:
        return importlib.import_module(name)


def _before_fork() -> None:
    """Wait for what other threads import: the child gets the locks of their imports, and would wait for ever at its own."""
    _importing.acquire()
    if f"{_OWN}.client" in sys.modules:
        for name in (*_FIRST_USED, *sorted(sys.modules)):
            if name.partition(".")[0] in _PACKAGES:
                with suppress(ImportError):
                    importlib.import_module(name)


def _after_fork() -> None:
    for thing in list(_known):
        thing._forked()
    _importing.release()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(before=_before_fork, after_in_parent=_importing.release, after_in_child=_after_fork)
