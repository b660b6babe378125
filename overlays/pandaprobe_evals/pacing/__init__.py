"""The rate budget: never earn a 429 of our own, and leave nothing of the window unused.

``budget_for`` gives the process's budget for a credential and an operation; ``acquire``/``aacquire`` a ticket per
request; ``complete``/``acomplete`` what became of it. Imports nothing else of the project.
"""

from .budget import Budget, CannotWait, budget_for
from .core import COUNTED, LOST, REJECTED, UNSENT, Core, Outcome, Snapshot, Ticket, Wait, parse_limit
from .stores import Engine

__all__ = [
    "COUNTED",
    "LOST",
    "REJECTED",
    "UNSENT",
    "Budget",
    "CannotWait",
    "Core",
    "Engine",
    "Outcome",
    "Snapshot",
    "Ticket",
    "Wait",
    "budget_for",
    "parse_limit",
]
