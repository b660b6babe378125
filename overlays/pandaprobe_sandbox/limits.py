"""The three 429s: the fixed windows of creates and of everything else, and the quota of the plan."""

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from .clock import Clock

__all__ = [
    "FixedWindow",
    "OtherLimitLayer",
    "Plan",
    "QuotaRefused",
    "RateRefused",
    "count_create",
    "credential_hash",
    "limit_text",
]

_SERVICE = re.compile(r"/(evaluations|sessions|traces)\b")
_OWN = re.compile(
    r"/evaluations/(session|trace)-runs(/batch|/[^/]+/retry)?|/evaluations/monitors/[^/]+/trigger|/traces"
)
"""POSTs that have a limit of their own."""
MANY = 1000  # windows that are kept without looking which are over


@dataclass(frozen=True, slots=True)
class Plan:
    """What an organization has paid for; `limits` are by quota, and one that has none allows overage."""

    name: str
    limits: Mapping[str, int] = field(default_factory=dict[str, int])
    active: bool = True

    def check(self, quota: str, used: int, units: int) -> None:
        """Refuse a create that the plan does not cover."""
        if not self.active:
            raise QuotaRefused("Your subscription is not active.")
        limit = self.limits.get(quota)
        if limit is not None and used + units > limit:
            raise QuotaRefused(
                f"You've reached the {quota} limit ({limit}) for your {self.name} plan. Please upgrade to continue."
            )


class QuotaRefused(Exception):
    """The plan does not cover it; the message is the service's."""


def credential_hash(headers: Mapping[str, str], remote: str = "none") -> str:
    """Name a credential without telling it; without one, it is the remote address that counts."""
    key = headers.get("x-api-key")
    if key:
        return hashlib.sha256(key.encode()).hexdigest()[:16]
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return hashlib.sha256(token.strip().encode()).hexdigest()[:16]
    return f"remote:{remote}"


def limit_text(requests: int, seconds: float) -> str:
    """Write a limit as slowapi does: ``50 per 1 minute``."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{requests} per {int(seconds // length)} {unit}"
    return f"{requests} per {seconds:g} second"


class FixedWindow:
    """Counts per key; the first request opens a window, and nothing lengthens it."""

    def __init__(self, requests: int, seconds: float) -> None:
        self.requests = requests
        self.seconds = seconds
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def allows(self, key: tuple[str, str], now: float) -> bool:
        """Count one request and say whether it fits into the window."""
        with self._lock:
            opened, count = self._windows.get(key, (now, 0))
            if now >= opened + self.seconds:
                opened, count = now, 0
            if not count and len(self._windows) > MANY:
                self._windows = {name: one for name, one in self._windows.items() if now < one[0] + self.seconds}
            self._windows[key] = (opened, count + 1)
            return count < self.requests

    @property
    def refusal(self) -> str:
        """The body of the 429."""
        error = f"Rate limit exceeded: {limit_text(self.requests, self.seconds)}"
        return json.dumps({"error": error}, separators=(",", ":"))


class RateRefused(Exception):
    """Too many requests of one credential to one path."""

    def __init__(self, body: str) -> None:
        super().__init__(body)
        self.body = body


def count_create(window: FixedWindow | None, request: HTTPConnection, now: float) -> None:
    """Count a create that has passed authentication, project and field checks.

    Raises:
        RateRefused: It is one too many.
    """
    if window is not None and not window.allows(_key(request.scope), now):
        raise RateRefused(window.refusal)


def _key(scope: Scope) -> tuple[str, str]:
    remote = (scope.get("client") or ("none", 0))[0]
    return credential_hash(Headers(scope=scope), remote), scope["path"]


class OtherLimitLayer:
    """The limit of everything that has none of its own; it stands before all else, the request id included."""

    def __init__(self, app: ASGIApp, window: FixedWindow | None, clock: Clock) -> None:
        self.app = app
        self.window = window
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429, or let the request through."""
        own = scope["type"] == "http" and scope["method"] == "POST" and _OWN.fullmatch(scope["path"])
        limited = scope["type"] == "http" and not own and _SERVICE.match(scope["path"])
        if self.window is None or not limited or self.window.allows(_key(scope), self.clock.now()):
            await self.app(scope, receive, send)
            return
        body = self.window.refusal.encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": body})
