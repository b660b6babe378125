"""Scripted faults: what goes wrong between the service and the one who asks.

=======================  ==========  ===============================================  ==========================
fault                    committed   what the caller meets                            options
=======================  ==========  ===============================================  ==========================
``commit_then_drop``     yes         connection closed without an answer
``commit_then_500``      yes         500 ``Internal Server Error``, as text
``drop_before_commit``   no          connection closed without an answer
``late_commit``          later       connection closed at once                        ``delay`` = 0.5 s
``slow``                 yes         the true answer, late                            ``delay`` = 1 s;
                                                                                      ``commit="after"``: the run
                                                                                      exists only at the end
``truncated_body``       yes         half of the answer, then the connection closes
``invalid_json``         yes         the true status with broken JSON
``empty_body``           yes         the true status with nothing
``html_502``             no          a proxy's page                                   ``commit=True``
``html_503``             no          a proxy's page                                   ``retry_after``, ``commit``
``html_429``             no          a proxy's page                                   ``retry_after``, ``commit``
``status``               no          a status of your choice                          ``code`` = 520, ``body``,
                                                                                      ``content_type``,
                                                                                      ``retry_after``, ``commit``
``unauthorized_once``    no          401 as for a revoked key or a bad token
``pass``                 yes         the true answer: a gap between two faults
=======================  ==========  ===============================================  ==========================

A fault that answers without committing stands for a proxy: the request never reaches the service, and no rate limit
counts it. On reads "committed" only means that the service has handled the request. A deletion under ``late_commit``
or ``slow`` takes effect at once.

Where no operation is named, a fault meets the next request; the four that lose a commit pass over the lists of runs, which a
client may read before it creates one.
"""

import threading
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

__all__ = ["Fault", "FaultQueue", "Script", "html"]


class Fault(StrEnum):
    """The faults; the module's docstring says what each one does."""

    COMMIT_THEN_DROP = "commit_then_drop"
    COMMIT_THEN_500 = "commit_then_500"
    DROP_BEFORE_COMMIT = "drop_before_commit"
    LATE_COMMIT = "late_commit"
    SLOW = "slow"
    TRUNCATED_BODY = "truncated_body"
    INVALID_JSON = "invalid_json"
    EMPTY_BODY = "empty_body"
    HTML_502 = "html_502"
    HTML_503 = "html_503"
    HTML_429 = "html_429"
    STATUS = "status"
    UNAUTHORIZED_ONCE = "unauthorized_once"
    PASS = "pass"


_OF_COMMITS = frozenset({Fault.COMMIT_THEN_DROP, Fault.COMMIT_THEN_500, Fault.DROP_BEFORE_COMMIT, Fault.LATE_COMMIT})
_LISTS = frozenset({"list_session_eval_runs", "list_trace_eval_runs"})
_RETRY_AFTER = frozenset({"retry_after", "commit"})
_OPTIONS: dict[Fault, frozenset[str]] = {
    Fault.LATE_COMMIT: frozenset({"delay"}),
    Fault.SLOW: frozenset({"delay", "commit"}),
    Fault.HTML_502: frozenset({"commit"}),
    Fault.HTML_503: _RETRY_AFTER,
    Fault.HTML_429: _RETRY_AFTER,
    Fault.STATUS: _RETRY_AFTER | {"code", "body", "content_type"},
}


@dataclass(slots=True)
class Script:
    """One line of the script: a fault, whom it meets and how often."""

    fault: Fault
    times: int = 1
    operation: str | None = None
    options: dict[str, Any] = field(default_factory=dict[str, Any])


class FaultQueue:
    """First in, first out, among the lines that match an operation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[Script] = []

    def put(self, line: Script) -> None:
        """Add a line; refuse options that the fault does not know."""
        unknown = set(line.options) - _OPTIONS.get(line.fault, frozenset())
        if unknown:
            raise ValueError(f"fault {line.fault} takes no option {', '.join(sorted(unknown))}")
        with self._lock:
            self._lines.append(line)

    def take(self, operation: str) -> Script | None:
        """Return the first line that meets this operation, and count it down."""
        with self._lock:
            for index, line in enumerate(self._lines):
                anyones = line.operation is None and not (line.fault in _OF_COMMITS and operation in _LISTS)
                if anyones or line.operation == operation:
                    line.times -= 1
                    if line.times <= 0:
                        del self._lines[index]
                    return line
        return None

    def __len__(self) -> int:
        """How many requests are still to be met by a fault."""
        with self._lock:
            return sum(line.times for line in self._lines)

    def clear(self) -> None:
        """Forget all lines."""
        with self._lock:
            self._lines.clear()


def html(status: int, title: str) -> bytes:
    """Return the page that a proxy would send."""
    page = f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1>"
    return (page + "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n").encode()
