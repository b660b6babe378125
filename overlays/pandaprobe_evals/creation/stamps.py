"""What the service has said of the items of a list before a create, and of what it stamps on new ones. Pure values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple


class Before(NamedTuple):
    """The newest items as they stood at a moment, and how far the service's stamps are ahead of this process's clock."""

    at: float
    """The moment, on the monotonic clock."""
    low: float
    """The service's stamps are ahead of the monotonic clock by this at least, seconds; -inf where no item was there."""
    high: float = math.inf
    """And by this at most; inf where that is not known."""
    known: frozenset[str] = frozenset()
    """The newest items as they were listed then."""
    certain: bool = True
    """Whether the service has said so. False: it could not be asked, and the bounds are a guess by this machine's clock."""

    @classmethod
    def listed(cls, stamps: Iterable[float], ids: Iterable[str], at: float) -> Before:
        """By the newest items, as they were answered at a moment."""
        return cls(at, max(stamps, default=-math.inf) - at, known=frozenset(ids))

    def made(self, stamps: tuple[float, float], sent: float, received: float) -> Before:
        """The same after a create that was sent and answered at these times made an item with a stamp between these."""
        return Before(received, stamps[0] - received, stamps[1] - sent, self.known)
