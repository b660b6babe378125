"""The outermost layer: records every request, plays the scripted faults, and closes connections."""

import asyncio
import logging
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import faults
from .app import operation_of
from .auth import refusal
from .clock import Clock
from .database import Breakdown
from .faults import Fault, FaultQueue
from .limits import credential_hash
from .serving import CREATED, LATE
from .store import Store

__all__ = ["SLEEP", "Dropped", "RecordedRequest", "Wire"]

SLEEP = "pandaprobe.sleep"
"""Key in the ASGI scope: how a slow answer lets time pass, in place of asyncio's sleep."""

_log = logging.getLogger("pandaprobe_sandbox")
_BROKEN_JSON = b'{"id": "5a5a5a5a-'


class Dropped(BaseException):
    """Raised, in process only, where a server would close the connection in the middle of an answer."""


@dataclass(slots=True)
class RecordedRequest:
    """One request that reached the sandbox; `status` stays None while unanswered, and when dropped."""

    method: str
    path: str
    query: str
    operation: str | None
    credential_hash: str
    request_id: str | None
    received_at: float
    status: int | None = None
    answered_at: float | None = None
    body_bytes: int = 0
    response_bytes: int = 0
    fault: str | None = None


@dataclass(slots=True)
class _Answer:
    """What the application said, held back until the wire has decided what becomes of it."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    body: bytes = b""


class Wire:
    """Stands between the network and the application."""

    def __init__(self, app: ASGIApp, store: Store, clock: Clock, queue: FaultQueue) -> None:
        self.app = app
        self.store = store
        self.clock = clock
        self.queue = queue
        self.requests: list[RecordedRequest] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        path: str = scope["path"]
        if path == "/" or path.startswith("/_sandbox/"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        record = RecordedRequest(
            method=scope["method"],
            path=path,
            query=scope.get("query_string", b"").decode("latin-1"),
            operation=operation_of(scope["method"], path),
            credential_hash=credential_hash(headers, (scope.get("client") or ("none", 0))[0]),
            request_id=headers.get("x-request-id"),
            received_at=self.clock.now(),
        )
        self.requests.append(record)
        body = await _read(receive)
        if body is None:
            return  # the caller went away in the middle of its own request
        record.body_bytes = len(body)
        line = self.queue.take(record.operation) if record.operation else None
        if line is None:
            await self._send(await self._handle(scope, body), send, record)
            return
        record.fault = line.fault.value
        await self._play(line.fault, line.options, scope, body, send, record)

    async def _play(
        self,
        fault: Fault,
        options: dict[str, Any],
        scope: Scope,
        body: bytes,
        send: Send,
        record: RecordedRequest,
    ) -> None:
        match fault:
            case Fault.PASS:
                await self._send(await self._handle(scope, body), send, record)
            case Fault.DROP_BEFORE_COMMIT:
                self._drop(send)
            case Fault.COMMIT_THEN_DROP:
                await self._handle(scope, body)
                self._drop(send)
            case Fault.LATE_COMMIT:
                scope[LATE] = float(options.get("delay", 0.5))
                await self._handle(scope, body)
                self._drop(send)
            case Fault.COMMIT_THEN_500:
                await self._handle(scope, body)
                await self._send(_text(500, b"Internal Server Error"), send, record)
            case Fault.SLOW:
                await self._slow(options, scope, body, send, record)
            case Fault.TRUNCATED_BODY:
                await self._send(await self._handle(scope, body), send, record, half=True)
            case Fault.INVALID_JSON | Fault.EMPTY_BODY:
                answer = await self._handle(scope, body)
                answer.body = _BROKEN_JSON if fault is Fault.INVALID_JSON else b""
                await self._send(answer, send, record)
            case Fault.UNAUTHORIZED_ONCE:
                said = f'{{"detail":"{refusal(Headers(scope=scope))}"}}'
                await self._send(_text(401, said.encode(), "application/json"), send, record)
            case Fault.HTML_502 | Fault.HTML_503 | Fault.HTML_429 | Fault.STATUS:
                if options.get("commit", False):
                    await self._handle(scope, body)
                await self._send(_proxy(fault, options), send, record)

    async def _slow(
        self, options: dict[str, Any], scope: Scope, body: bytes, send: Send, record: RecordedRequest
    ) -> None:
        delay = float(options.get("delay", 1.0))
        late = options.get("commit", "first") == "after"
        if late:
            scope[LATE] = delay
        answer = await self._handle(scope, body)
        await scope.get(SLEEP, asyncio.sleep)(delay)
        if late and CREATED in scope:
            self.store.publish(scope[CREATED], self.clock.now())
        await self._send(answer, send, record)

    async def _handle(self, scope: Scope, body: bytes) -> _Answer:
        """Let the application answer; what makes it break becomes its 500."""
        answer = _Answer()
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                return {"type": "http.disconnect"}
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = list(message.get("headers", []))
            else:
                answer.body += message.get("body", b"")

        try:
            await self.app(scope, receive, send)
        except (Breakdown, UnicodeEncodeError):
            pass  # the framework has answered 500 by now
        except Exception:  # noqa: BLE001 -- whatever it is, the caller has a 500 and the log has the rest
            _log.exception("the sandbox itself failed on %s %s", scope["method"], scope["path"])
        return answer

    async def _send(self, answer: _Answer, send: Send, record: RecordedRequest, *, half: bool = False) -> None:
        """Send an answer, or the first half of it under the length of the whole."""
        moment = self.clock.now()
        headers = [(name, value) for name, value in answer.headers if name.lower() != b"content-length"]
        headers.append((b"date", formatdate(moment, usegmt=True).encode()))
        if answer.status != 204:
            headers.append((b"content-length", str(len(answer.body)).encode()))
        part = answer.body[: len(answer.body) // 2] if half else answer.body
        record.response_bytes = len(part)
        if not half:
            record.status = answer.status
            record.answered_at = moment
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": part, "more_body": half})
        if half:
            self._drop(send, gently=True)

    def _drop(self, send: Send, *, gently: bool = False) -> None:
        """Close the connection: uvicorn's under `send`, or in process by an exception that the transport knows."""
        cycle = getattr(send, "__self__", None)
        transport = getattr(cycle, "transport", None)
        if transport is None:
            raise Dropped
        if gently:
            transport.close()
        else:
            transport.abort()
        cycle.disconnected = True  # type: ignore[union-attr]  # so that the server does not answer in our place


async def _read(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _text(status: int, body: bytes, media_type: str = "text/plain; charset=utf-8") -> _Answer:
    return _Answer(status, [(b"content-type", media_type.encode())], body)


def _proxy(fault: Fault, options: dict[str, Any]) -> _Answer:
    status = {Fault.HTML_502: 502, Fault.HTML_503: 503, Fault.HTML_429: 429}.get(fault, int(options.get("code", 520)))
    known = {each.value: each.phrase for each in HTTPStatus}
    body = options.get("body", faults.html(status, known.get(status, "Unknown Error")))
    answer = _text(status, body.encode() if isinstance(body, str) else body, options.get("content_type", "text/html"))
    if options.get("retry_after") is not None:
        answer.headers.append((b"retry-after", str(options["retry_after"]).encode()))
    return answer
