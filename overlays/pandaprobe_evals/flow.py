"""One logic, two drivers: flows are generators that say what to do next, and sync and async code does it.

A flow yields `Call` (run this generated operation), `AtOnce` (run several) and `Sleep`, and gets back the parsed answer or,
thrown at the `yield`, the error. It does no I/O and knows no event loop, so that waiting and creation are written once.
"""

from __future__ import annotations

from collections.abc import Generator
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class Call(NamedTuple):
    """Run one operation of the generated client; what comes back is its parsed success answer."""

    operation: ModuleType
    """A module of `pandaprobe_evals_api.api`, such as `get_session_eval_run`."""
    arguments: dict[str, Any]
    """The generated function's keyword arguments, without `client`."""
    patience: float | None = None
    """Seconds that it may take in all, where that is less than the call has left."""


class Sleep(NamedTuple):
    """Do nothing for so long."""

    seconds: float
    reason: str = ""


class AtOnce(NamedTuple):
    """Run several calls at the same time; what comes back is a list of what each came to, its answer or its exception."""

    calls: tuple[Call, ...]


class Emit(NamedTuple):
    """A page of a list, for whoever iterates."""

    page: Any


Step = Call | AtOnce | Sleep
"""What a flow says to do next."""
Flow = Generator[Step, Any, T]
"""What yields calls and sleeps and returns a T."""
