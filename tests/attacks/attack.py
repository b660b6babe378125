"""What an attack is: something that tries to break a promise of the first page, and the figure that came of it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What came of an attack."""

    figure: str
    """The measured figure, as it is printed, such as `0 doubled, 0 lost of 600`."""
    held: bool
    """Whether the promise was kept."""


@dataclass(frozen=True)
class Attack:
    """One attack; each module of this folder has a list of them, `ATTACKS`."""

    name: str
    """What is done, in words that name the kind."""
    bar: str
    """What must come of it."""
    run: Callable[[], Result]
