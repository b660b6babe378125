"""Raw exchanges with a deployment: what is sent is written out, what comes back is kept byte for byte.

Nothing of the client stands between: no retry, no reconciliation, no parsing. What is here is what a careful person with
curl would do: keep within the rate limit, wait out its 429, and ask once more where a proxy or the network got in the way.
"""

from __future__ import annotations

import re
import shlex
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import httpx
from pandaprobe_evals.auth import Credentials, Secret
from pandaprobe_evals.contract import Operation, Unreadable, header, parse_json
from pandaprobe_evals.errors import clip
from pandaprobe_evals.settings import VARIABLES
from pandaprobe_evals.too_many import TooMany, understood

PROXY: Final = frozenset({502, 503, 504})
"""Statuses that something before the service may answer with, and that are worth a second look."""
PAUSES: Final = (0.5, 2.0)
"""Seconds before each further attempt where the network or a proxy got in the way."""
MARGIN: Final = 1.1
"""How much longer than its window a rate limit is waited for."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header to send, and how it reads in a line that may be shown."""

    name: str
    value: Secret
    shown: str

    @classmethod
    def plain(cls, name: str, value: str) -> Header:
        """A header without a secret in it."""
        return cls(name, Secret(value), value)


@dataclass(frozen=True, slots=True)
class Pair:
    """The two headers of one way to authenticate."""

    secret: Header
    project: Header
    by_key: bool
    """Whether it is the API key's way, not the token's."""

    def __iter__(self) -> Any:
        return iter((self.secret, self.project))

    @classmethod
    def of(cls, auth: Credentials) -> Pair:
        """The headers that credentials are sent as."""
        request = httpx.Request("GET", "https://pair.invalid")
        next(auth.sync_auth_flow(request))
        by_key = header("apiKey") in request.headers
        names = ("apiKey", "projectName") if by_key else ("bearer", "projectId")
        variables = ("api_key", "project_name") if by_key else ("token", "project_id")
        secret, project = (
            Header(
                header(name),
                Secret(request.headers[header(name)]),
                f"{'Bearer ' if name == 'bearer' else ''}${{{VARIABLES[variable]}}}",
            )
            for name, variable in zip(names, variables, strict=True)
        )
        return cls(secret, project, by_key)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request, and what came of it."""

    method: str
    url: str
    headers: tuple[Header, ...]
    content: bytes | None
    status: int | None = None
    """None where no whole answer came."""
    answer: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytes = b""
    error: str = ""
    """Why there is no answer."""
    timed_out: bool = False
    hidden: tuple[Header, ...] = ()
    """Secrets that may stand in the address."""

    def sent(self, name: str) -> str | None:
        """A header as it was sent; None where it was not."""
        return next((one.value.reveal() for one in self.headers if one.name.lower() == name.lower()), None)

    def said(self, length: int = 300) -> str:
        """The answer's body for a message: clipped, and without a secret that it may repeat."""
        text = " ".join(self.body.decode(errors="replace").split())
        return clip(_masked(text, (*self.headers, *self.hidden)), length)

    @property
    def came(self) -> str:
        """What came, in a few words."""
        return f"{self.status} {self.said(160)}".rstrip() if self.status is not None else f"no answer: {self.error}"

    def curl(self) -> str:
        """A line for a shell that repeats the request; secrets are variables in it."""
        words = ["curl", "-sSi", *(("-X", self.method) if self.method != "GET" else ())]
        for one in self.headers:
            line = f"{one.name}: {one.shown}"
            words += ["-H", f'"{line}"' if one.shown != one.value.reveal() else shlex.quote(line)]
        before = ""
        if self.content is not None:
            try:
                words += ["--data-raw", shlex.quote(self.content.decode())]
            except UnicodeDecodeError:
                octal = "".join(f"\\{byte:03o}" if byte > 126 or byte < 32 else chr(byte) for byte in self.content)
                before = f"printf {shlex.quote(octal.replace('%', '%%'))} | "
                words += ["--data-binary", "@-"]
        url = _masked(re.sub(r'([$`"\\])', r"\\\1", self.url), self.hidden)
        hides = _masked(self.url, self.hidden) != self.url
        return before + " ".join([*words, f'"{url}"' if hides else shlex.quote(self.url)])


def _masked(text: str, secrets: Iterable[Header]) -> str:
    """Text in which variables stand in the place of secrets, the longest first: one may begin as another does."""
    for one in sorted(secrets, key=lambda one: -len(one.value.reveal())):
        secret = one.value.reveal().removeprefix("Bearer ")
        if secret and one.shown != one.value.reveal():
            text = text.replace(secret, one.shown.removeprefix("Bearer "))
    return text


class Wire:
    """Sends requests to one deployment, one after the other.

    Args:
        http: A client without credentials of its own that follows no redirect.
        base_url: The deployment's address.
        tell: Is given a sentence when there is something to wait for.
        sleep: Waits so many seconds.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        http: httpx.Client,
        base_url: str,
        *,
        tell: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._base = base_url.rstrip("/")
        self._tell = tell
        self.sleep = sleep
        self.clock = clock
        self.hidden: tuple[Header, ...] = ()
        """Secrets that may stand in an address, and that no message shows."""
        self.limited: Callable[[Operation, Exchange], None] | None = None
        """Is given each answer of the rate limit that is waited out."""
        self._counted: dict[tuple[str, str], deque[float]] = {}
        self.requests = 0

    def send(
        self,
        operation: Operation,
        path: str,
        *,
        method: str | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Sequence[Header] = (),
        content: bytes | None = None,
        again: bool = True,
        patient: bool = True,
        read_timeout: float | None = None,
    ) -> Exchange:
        """Send one request of an operation; never raises for what the other side does.

        Args:
            operation: Whose rate limit counts.
            path: With its parameters filled in.
            method: Where it is not the operation's own.
            query: Left out where None.
            headers: All headers that matter, credentials included.
            content: The body; None for none.
            again: Whether the request may be repeated where no answer of the service came.
            patient: Whether to keep within the rate limit, and to wait where it is met all the same.
            read_timeout: Seconds after which the connection is broken off, in place of the client's own.
        """
        request = self._http.build_request(
            method or operation.method,
            f"{self._base}{path}",
            params=query,
            headers=[(one.name, one.value.reveal()) for one in headers],
            content=content,
        )
        if read_timeout is not None:
            request.extensions["timeout"] = {**request.extensions.get("timeout", {}), "read": read_timeout}
        slots = self._counted.setdefault((_credential(headers), path), deque())
        pauses = iter(PAUSES if again else ())
        waited = 0.0
        while True:
            if operation.rate_limit and patient:
                self._pace(slots, *operation.rate_limit)
            exchange = self._once(request, headers, content)
            if operation.rate_limit:
                slots.append(self.clock())
            if exchange.status == 429 and patient and (window := rate_window(exchange, operation)):
                patience = window * MARGIN
                if waited < patience:
                    # the window may be a deployment's own, and shorter: ask now and then, which does not lengthen it
                    if not waited and self.limited:
                        self.limited(operation, exchange)
                    pause = min(max(1.0, waited), patience - waited)
                    self._tell(f"The rate limit is met; waiting {pause:.0f} s for its window to reopen.")
                    self.sleep(pause)
                    waited += pause
                    continue
            if (exchange.status is None and not exchange.timed_out) or exchange.status in PROXY:
                before_the_next = next(pauses, None)
                if before_the_next is not None:
                    self.sleep(before_the_next)
                    continue
            return exchange

    def _once(self, request: httpx.Request, headers: Sequence[Header], content: bytes | None) -> Exchange:
        self.requests += 1
        exchange = Exchange(request.method, str(request.url), tuple(headers), content, hidden=self.hidden)
        try:
            response = self._http.send(request)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            timed_out = isinstance(error, httpx.TimeoutException)
            return _with(exchange, error=f"{type(error).__name__}: {error}", timed_out=timed_out)
        return _with(exchange, status=response.status_code, answer=response.headers, body=response.content)

    def _pace(self, slots: deque[float], requests: int, seconds: float) -> None:
        """Wait until one more request fits into the contract's window, counted from the answers' arrival."""
        while slots and slots[0] + seconds * MARGIN <= self.clock():
            slots.popleft()
        if len(slots) >= requests:
            pause = slots[0] + seconds * MARGIN - self.clock()
            self._tell(
                f"{requests} requests were sent to one path; waiting {pause:.0f} s to stay within its rate limit."
            )
            self.sleep(pause)
            slots.popleft()


def _with(exchange: Exchange, **found: Any) -> Exchange:
    return replace(exchange, **found)


def _credential(headers: Sequence[Header]) -> str:
    """By what the service counts, without the secret."""
    return " ".join(one.value.digest() for one in headers if one.name in (header("apiKey"), header("bearer")))


def understood_429(exchange: Exchange) -> TooMany:
    """Which 429 it is."""
    try:
        return understood(parse_json(exchange.body))
    except Unreadable:
        return understood(None)


def quota(exchange: Exchange) -> bool:
    """Whether a 429 is that of the plan, which no waiting cures."""
    return understood_429(exchange).kind == "quota"


PATIENCE: Final = 600.0
"""No window is waited for any longer, whatever a 429 says."""


def rate_window(exchange: Exchange, operation: Operation) -> float | None:
    """Seconds after which a 429 passes by itself; None for the plan's, which no waiting cures."""
    said = understood_429(exchange)
    limit = said.limit or operation.rate_limit or operation.rate_limit_of_some
    return None if said.kind == "quota" or limit is None else min(PATIENCE, limit[1])
