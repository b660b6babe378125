"""What to do after each attempt: pure functions of the operation's effect, the attempts so far and what happened.

    what happened                                   creates                reads, updates      deletes
    nothing was sent (connect, pool)                retry                  retry               retry
    the certificate is not trusted, no TLS          give up: it is final (all)
    429 of the rate limit                           wait for the window, retry (all)
    429 of the quota, any other 4xx, 3xx            return it: it is final (all)
    429 of a proxy                                  honour Retry-After, retry (all)
    503 of a proxy with Retry-After                 reconcile after it     honour, retry       honour, retry
    time-out, lost connection, 408, 499, 5xx,       reconcile              retry               retry; a 404
    an answer cut off                                                                          then is success
    a good answer that is whole and unreadable      reconcile              retry once          retry once
    511: this network wants a login                 return it (all)

A create is never resent from here once it may have been processed: `Reconcile` hands it to creation/.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx

from .certificates import refused
from .contract import Effect
from .strangers import LOGIN
from .too_many import understood

DAY = 86_400.0


@dataclass(frozen=True, kw_only=True)
class BackoffPolicy:
    """Every constant of resending and of finding out about lost creates. Times in seconds.

    Set it for a client (`PandaProbe(..., backoff=...)`) or for one call (`create_batch(..., backoff=...)`).
    """

    max_attempts: int = 6
    """Sends of one request that fail in a way worth resending; waits for the rate limit do not count."""
    unreached_attempts: int | None = None
    """The same while no connection was made and nothing has ever answered this client: then the address is wrong, more
    likely than that the service is away. None for `max_attempts`; the command line takes 2."""
    base: float = 0.5
    """The n-th wait is random between 0 and `min(cap, base * 2**(n-1))` (full jitter)."""
    cap: float = 8.0
    """No backoff is longer."""
    settle: float = 6.0
    """How long a create whose connection broke, or that a proxy answered for, may still be under way at the service.
    It is looked for over this time before it is sent again. A commit later than this makes a second run: no client can
    tell it from one that never comes. Set more where a deployment takes longer: `pandaprobe-evals contract check
    --allow-writes` measures one."""
    settle_answered: float = 1.0
    """The same after the service itself answered 500: then it is done with the request."""
    look_every: float = 0.25
    """First wait between two looks for a lost create; doubles each time."""
    clock_slack: float = 0.5
    """How far the clocks of the service's machines may differ from one another for a lost create's run to be adopted; what
    is off by more is neither adopted nor taken for another's."""
    lookup_page: int = 20
    """Items on the first page when looking for a lost create, as far as the list allows; doubles with each page."""
    lookup_bytes: int = 2_000_000
    """A page asks for no more items than fit into this by what is known of their sizes: a run repeats all its ids."""

    def __post_init__(self) -> None:
        """Refuse values that would make a loop endless or a wait negative."""
        for name in ("base", "cap", "settle", "settle_answered", "look_every", "clock_slack"):
            value = getattr(self, name)
            if not (isinstance(value, int | float) and math.isfinite(value) and value >= 0):
                raise ValueError(f"BackoffPolicy.{name} is a number of seconds, 0 or more, not {value!r}")
        for name in ("max_attempts", "unreached_attempts"):
            value = getattr(self, name)
            if value is None and name == "unreached_attempts":
                continue
            if not (isinstance(value, int) and value >= 1):
                raise ValueError(f"BackoffPolicy.{name} is a whole number, 1 or more, not {value!r}")
        for name in ("lookup_page", "lookup_bytes"):
            value = getattr(self, name)
            if not (isinstance(value, int) and value >= 1):
                raise ValueError(f"BackoffPolicy.{name} is a whole number, 1 or more, not {value!r}")

    def delay(self, failures: int, uniform: Callable[[float, float], float] = random.uniform) -> float:
        """Seconds to wait after so many failures, 1 or more."""
        return uniform(0.0, min(self.cap, self.base * 2.0 ** min(failures - 1, 60)))


class Answer(NamedTuple):
    """An answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: Any
    """The JSON; None where it is none."""
    unreadable: str | None = None
    """Why the body cannot be used, where it cannot."""

    @property
    def too_many(self) -> str | None:
        """Which 429 it is, in the words of `TooMany.kind`; None where it is none."""
        return understood(self.body).kind if self.status == 429 else None


class Unsent(NamedTuple):
    """Nothing reached the service."""

    error: str
    final: str = ""
    """What to do, where trying again cannot help."""


class NoAnswer(NamedTuple):
    """It was sent, at least in part, and no whole answer came back."""

    error: str
    garbled: bool = False
    """Whether an answer came that could not be unpacked."""


Happened = Answer | Unsent | NoAnswer


class Return(NamedTuple):
    """It is final: hand the answer to the caller."""

    reason: str = "answered"
    as_success: bool = False
    """Hand out the operation's success instead: what was wanted is so."""


class Retry(NamedTuple):
    """Send the same request again after a wait."""

    delay: float
    reason: str
    counts: bool = True
    """Whether it uses up one of `max_attempts`."""


class Reconcile(NamedTuple):
    """Find out whether the create was processed before anything is sent again."""

    delay: float
    reason: str
    settle: float
    """Seconds over which it may still be processed."""


class GiveUp(NamedTuple):
    """Worth resending, and resent often enough."""

    reason: str


Decision = Return | Retry | Reconcile | GiveUp

_MAYBE_PROCESSED = frozenset({408, 499})
"""4xx that a proxy sends about a request that may have gone through."""


def classify(error: Exception) -> Unsent | NoAnswer | None:
    """What an httpx exception says about the request; None where it is no matter of the network."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError():
            return Unsent(text, refused(error) or _refused_by_proxy(error))
        case httpx.LocalProtocolError() | httpx.UnsupportedProtocol():
            return None
        case httpx.DecodingError():
            return NoAnswer(text, garbled=True)
        case httpx.TransportError() | httpx.StreamError():
            return NoAnswer(text)
        case ConnectionRefusedError():
            return Unsent(text)
        case OSError() | httpx.HTTPError():  # of a transport of the user's own, or of a hook
            return NoAnswer(text)
        case _:
            return None


def _refused_by_proxy(error: Exception) -> str:
    """What to do where a proxy does not let this client, or this address, through."""
    status = str(error).partition(" ")[0]
    if not (isinstance(error, httpx.ProxyError) and len(status) == 3 and status.startswith("4")):
        return ""
    doubt = "It wants a name and password" if status == "407" else "Does it let this address through"
    return f"the proxy refuses: {error}. {doubt}? See HTTPS_PROXY and ALL_PROXY; NO_PROXY lists what needs no proxy"


_SECONDS = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]*)?")


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that `Retry-After` asks to wait; None where it is absent or makes no sense.

    Takes seconds and HTTP dates; one that names no zone is GMT. A date is read against the answer's own `Date`, since
    clocks differ. What is past counts as 0, and anything over a day as nonsense.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        seconds = float(text)
    else:
        then = http_date(text)
        seconds = math.nan if then is None else then - (http_date(headers.get("date", "")) or now)
    return max(0.0, seconds) if seconds <= DAY else None


def http_date(text: str) -> float | None:
    """An HTTP date as seconds since 1970; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def decide(
    effect: Effect,
    happened: Happened,
    *,
    failures: int,
    lost_before: bool,
    paced: bool,
    policy: BackoffPolicy,
    now: float,
    unreadable: int = 0,
    reached: bool = True,
    uniform: Callable[[float, float], float] = random.uniform,
) -> Decision:
    """What to do after an attempt.

    Args:
        effect: What the operation does, from the contract.
        happened: What came of this attempt.
        failures: Attempts so far that were worth resending, with this one; the rate limit's 429s left out.
        lost_before: Whether an earlier attempt of this call may have been processed.
        paced: Whether the next attempt waits for the rate limit before it is sent.
        policy: The constants.
        now: Seconds since 1970.
        unreadable: Good answers of this call so far that could not be read, with this one.
        reached: Whether anything has ever answered this client.
        uniform: Draws from an interval.
    """
    creates = effect == "creates"
    if isinstance(happened, Answer):
        if happened.status < 300 and happened.unreadable is None:
            return Return()  # the ordinary case
        wait = retry_after(happened.headers, now)
        status = happened.status
        if happened.too_many == "rate limit":
            if not paced:  # which knows when the window reopens
                wait = uniform(0.8, 1.2) * (5.0 if wait is None else max(wait, 1.0))
            return Retry(wait or 0.0, "rate limit", counts=False)
        if happened.too_many == "quota":
            return Return("quota")
        if effect == "deletes" and status == 404 and lost_before and happened.unreadable is None:
            return Return("gone: an earlier attempt deleted it", as_success=True)
        if status == LOGIN:  # whoever answers so has let nothing through
            return Return("a network that wants a login")
        ambiguous = status >= 500 or status in _MAYBE_PROCESSED or status < 300
        ambiguous |= effect == "deletes" and status == 404 and lost_before  # a stranger's, who knows of no run
        if not ambiguous and status != 429:
            return Return()
        reason = (
            f"{status}"
            if happened.unreadable is None or status >= 300
            else f"{status}, unreadable: {happened.unreadable}"
        )
    else:
        wait, ambiguous, status = None, isinstance(happened, NoAnswer), 0
        reason = happened.error
    delay = max(wait or 0.0, policy.delay(failures, uniform)) if status == 429 or wait is None else wait
    if creates and ambiguous:
        own_answer = isinstance(happened, Answer) and status == 500 and happened.unreadable is None
        return Reconcile(wait or 0.0, reason, policy.settle_answered if own_answer else policy.settle)
    most = policy.max_attempts
    if isinstance(happened, Unsent):
        most = 1 if happened.final else most if reached else min(most, policy.unreached_attempts or most)
    if failures >= most or unreadable > 1:
        return GiveUp(reason)
    return Retry(delay, reason)
