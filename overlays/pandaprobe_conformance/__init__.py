"""Whether a deployment keeps the contract, and whether a vendor's specification says the same as it does.

`check` asks a running service; `drift` holds a document against ours. Both judge by contract.json alone, and share
nothing with the client's way of forgiving what it can.
"""

from .checking import TIMEOUT, announcement, check
from .deviations import Deviation, Drift, drift, read
from .differences import Difference, NotComparable
from .findings import Finding, Problem, Report
from .report import junit, page

__all__ = [
    "TIMEOUT",
    "Deviation",
    "Difference",
    "Drift",
    "Finding",
    "NotComparable",
    "Problem",
    "Report",
    "announcement",
    "check",
    "drift",
    "junit",
    "page",
    "read",
]
