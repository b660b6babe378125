"""The rate budget: never earn a 429 of our own, and leave nothing of the window unused.

``RateLimiters`` gives a client the process's limiter for a concrete path; its ``acquire``/``aacquire`` a ticket per
request; ``complete``/``acomplete`` what became of it. Knows neither the contract nor the client.
"""

from .core import COUNTED, LOST, REJECTED, UNSENT, Core, Outcome, Snapshot, Ticket, Wait
from .limiter import RateLimiter, WouldExceedDeadline
from .registry import RateLimiters
from .stores import Engine

__all__ = [
    "COUNTED",
    "LOST",
    "REJECTED",
    "UNSENT",
    "Core",
    "Engine",
    "Outcome",
    "RateLimiter",
    "RateLimiters",
    "Snapshot",
    "Ticket",
    "Wait",
    "WouldExceedDeadline",
]
