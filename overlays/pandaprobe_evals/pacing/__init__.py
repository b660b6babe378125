"""The rate budget: never earn a 429 of our own, and leave nothing of the window unused.

``Budgets`` gives a client the process's budget for a concrete path; its ``acquire``/``aacquire`` a ticket per
request; ``complete``/``acomplete`` what became of it. Imports nothing else of the project.
"""

from .budget import Budget, CannotWait
from .core import COUNTED, LOST, REJECTED, UNSENT, Core, Outcome, Snapshot, Ticket, Wait
from .registry import Budgets
from .stores import Engine

__all__ = [
    "COUNTED",
    "LOST",
    "REJECTED",
    "UNSENT",
    "Budget",
    "Budgets",
    "CannotWait",
    "Core",
    "Engine",
    "Outcome",
    "Snapshot",
    "Ticket",
    "Wait",
]
