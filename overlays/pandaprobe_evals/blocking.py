"""How code that is written once, for asyncio, runs where there is no event loop: what it awaits blocks."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns or raises. It is at its end at once, since what it awaits blocks in place of waiting."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # StopIteration's is Any
    finally:
        coroutine.close()
    raise RuntimeError("what blocks has waited for an event loop")
