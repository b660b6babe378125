"""One hierarchy of errors, split by what the caller can do next. Every error says what was sent, tried and how long it took.

    PandaProbeError
    ├── InvalidArgument      refused before anything was sent: correct the argument (also a ValueError)
    ├── ConnectionFailed     never reached the service: nothing happened (also a ConnectionError)
    ├── OutcomeUnknown       a create may have been processed: `client.session_runs.resolve(error)`
    ├── IncompleteList       items of a list were on none of its pages, however often it was read
    ├── ContractViolation    the service answered with what openapi.yaml does not allow
    ├── APIStatusError       the service, or a proxy before it, answered with an error
    │   ├── AuthenticationError  401
    │   ├── PermissionDenied     403
    │   ├── NotFound             404
    │   ├── InvalidRequest       400 and 422, with `.errors`
    │   ├── RateLimited          429: passes by itself, see `.reopens_in`
    │   ├── QuotaExceeded        429: the plan is used up; waiting does not help
    │   └── ServerError          5xx
    └── WaitTimeout          runs were still unfinished; see `.run_ids` (also a TimeoutError)

No error holds a request, a response or a header, so that none can show a credential; all can be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pandaprobe_evals_api.resources import Attempt

_CLIP = 500


def printable(text: str) -> str:
    """The text as one line that moves no cursor and changes no colour, whatever was in it: the rest is escaped."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def counted(number: int, noun: str) -> str:
    """How many there are: `1 run`, `1,200 runs`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def clip(value: object, length: int = _CLIP) -> str:
    """Printable text of a value, cut to a length that fits into a message."""
    text = value if isinstance(value, str) else repr(value)
    return printable(text) if len(text) <= length else f"{printable(text[:length])}... ({len(text)} characters)"


@dataclass(eq=False, repr=False)
class PandaProbeError(Exception):
    """The base of all errors of this package. What it tells beside its message is given by keyword."""

    message: str = ""
    """What happened and what to do, without the figures that `str()` adds."""
    _: KW_ONLY
    attempts: tuple[Attempt, ...] = ()
    """Every request that was made for the call, in order."""
    seconds: float = 0.0
    """Seconds spent on the call, waits included."""
    operation: str | None = None
    """The operation's id in openapi.yaml; None where no operation was called."""
    method: str | None = None
    path: str | None = None
    """The path as sent, without host and query."""
    status: int | None = None
    """The HTTP status; None where no answer came."""
    request_id: str | None = None
    """The answer's X-Request-ID: quote it when asking for help."""

    def __post_init__(self) -> None:
        """Hand the message on to Python's own errors, which pickle by it."""
        super().__init__(self.message)

    def __str__(self) -> str:
        where = f"{self.method} {self.path}" if self.method else ""
        tried = f"{counted(len(self.attempts), 'attempt')} in {self.seconds:.1f} s" if self.attempts else ""
        request = f"request id {self.request_id}" if self.request_id else ""
        figures = ", ".join(part for part in (where, tried, request) if part)
        return f"{self.message} ({figures})" if figures else self.message


class InvalidArgument(PandaProbeError, ValueError):
    """An argument that cannot be sent; nothing was. The message names the argument."""

    @property
    def argument(self) -> str | None:
        """The argument's name, with which the message begins; None where it is about several, or about a file.

        >>> InvalidArgument("timeout: must be a number").argument
        'timeout'
        """
        name, colon, _ = self.message.partition(": ")
        return name if colon and name.isidentifier() else None


@dataclass(eq=False, repr=False, kw_only=True)
class ConnectionFailed(PandaProbeError, ConnectionError):
    """No request reached the service, so nothing happened there."""

    final: bool = False
    """Whether it is of no use to try again before something is changed: a certificate that is not trusted, say."""


@dataclass(eq=False, repr=False, kw_only=True)
class ContractViolation(PandaProbeError):
    """The service answered with something that openapi.yaml does not allow."""

    pointer: str = ""
    """JSON pointer to the value in the answer."""
    expected: str = ""
    """What openapi.yaml asks for."""
    value: str = ""
    """The value that came, clipped."""
    readable: bool = True
    """False where the answer was not even what its type says: something else may have answered in the service's place."""
    run_id: str | None = None
    """The run that a create made all the same, where its id could be read: get it, or hand the error to `resolve`."""


@dataclass(eq=False, repr=False, kw_only=True)
class APIStatusError(PandaProbeError):
    """The service, or something before it, answered with an error status."""

    detail: str = ""
    """The service's own words, clipped."""


class AuthenticationError(APIStatusError):
    """401: the credentials are missing, unknown, revoked or expired."""


class PermissionDenied(APIStatusError):
    """403: the credentials are good, and do not allow this."""


class NotFound(APIStatusError):
    """404: the project has nothing of this id."""


class FieldProblem(NamedTuple):
    """What is wrong with one field of a request, in the service's words."""

    field: str
    message: str


@dataclass(eq=False, repr=False, kw_only=True)
class InvalidRequest(APIStatusError):
    """400 or 422: the service refuses what was sent."""

    errors: tuple[FieldProblem, ...] = ()
    """What is wrong, field by field; empty where the service says it in `detail` alone."""


@dataclass(eq=False, repr=False, kw_only=True)
class RateLimited(APIStatusError):
    """The rate limit's window does not reopen before the deadline. Nothing was created.

    `status` is 429 where the service said so last, and None where this client's own pacing did not even send.
    """

    reopens_in: float | None = None
    """Seconds until the window reopens, as far as is known."""


class QuotaExceeded(APIStatusError):
    """429 of the plan's quota: waiting does not help before the plan or the period changes. Nothing was created."""


class ServerError(APIStatusError):
    """5xx: the service, or a proxy before it, broke; or a 404 of something before it, which does not name
    what was asked for.
    """


@dataclass(eq=False, repr=False, kw_only=True)
class OutcomeUnknown(PandaProbeError):
    """The answer to a create was lost, and it could not be found out in time whether it made something.

    Do not simply create again: that may make a second run, which is billed, or a second monitor or score. Hand the error to
    `client.session_runs.resolve(error)` later, from any process: it holds all that is needed.
    """

    create: Mapping[str, Any] = field(default_factory=dict)
    """What was asked for, as plain values: see `pandaprobe_evals.creation.Intent`. Empty for anything but a create."""
    answer: str = ""
    """What came in place of an answer, such as a proxy's page; clipped."""
    candidates: tuple[str, ...] = ()
    """Ids of what was made from the same arguments, or without some of their filters, where the service does not tell
    whether this create made it: look at each."""
    settle: float = 0.0
    """Seconds from the failure for which the request may still be under way."""
    wait: float = 0.0
    """Seconds that a proxy asked to wait."""


class IncompleteList(PandaProbeError):
    """A list moved so much while it was read that items were on none of its pages. What was read was given."""


@dataclass(eq=False, repr=False, kw_only=True)
class WaitTimeout(PandaProbeError, TimeoutError):
    """The time was over before every run was. Wait again for `run_ids`."""

    def __str__(self) -> str:
        return f"{super().__str__()}; wait again for its run_ids"

    run_ids: tuple[str, ...] = ()
    """The runs that were still unfinished."""
    outcomes: tuple[Any, ...] = ()
    """The `Outcome` of each run that did finish."""
