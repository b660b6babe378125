"""The two 429s: the fixed window of the rate limit, and the quota of the plan."""

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .clock import Clock

__all__ = ["FixedWindow", "Plan", "QuotaRefused", "RateLimitLayer", "credential_hash", "limit_text"]

_LIMITED = re.compile(r"/evaluations/session-runs(/batch|/[^/]+/retry)?")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an organization has paid for; `limit` is None where overage is allowed."""

    name: str
    limit: int | None = None
    active: bool = True

    def check(self, used: int, units: int) -> None:
        """Refuse a create that the plan does not cover."""
        if not self.active:
            raise QuotaRefused("Your subscription is not active.")
        if self.limit is not None and used + units > self.limit:
            raise QuotaRefused(
                f"You've reached the session_evals limit ({self.limit}) for your {self.name} plan. "
                "Please upgrade to continue."
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
            self._windows[key] = (opened, count + 1)
            return count < self.requests


class RateLimitLayer:
    """Stands before the routes, so that a request that they refuse is counted too."""

    def __init__(self, app: ASGIApp, window: FixedWindow | None, clock: Clock) -> None:
        self.app = app
        self.window = window
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429, or let the request through."""
        limited = scope["type"] == "http" and scope["method"] == "POST" and _LIMITED.fullmatch(scope["path"])
        if self.window is None or not limited:
            await self.app(scope, receive, send)
            return
        remote = (scope.get("client") or ("none", 0))[0]
        key = (credential_hash(Headers(scope=scope), remote), scope["path"])
        if self.window.allows(key, self.clock.now()):
            await self.app(scope, receive, send)
            return
        text = limit_text(self.window.requests, self.window.seconds)
        body = json.dumps({"error": f"Rate limit exceeded: {text}"}, separators=(",", ":")).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": body})
