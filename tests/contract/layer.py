"""An ASGI layer around the sandbox that sees each exchange as a whole, and may change it on its way in and out."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from pandaprobe_sandbox.app import operation_of


@dataclass
class Exchange:
    """A request to a sandbox, and its answer; all of it may be changed."""

    box: object
    """The sandbox."""
    method: str
    path: str
    query: dict
    headers: dict
    body: bytes
    operation: str | None = None
    """What was asked for, whatever becomes of the path."""
    status: int = 0
    """Set on the way in, it is the answer, and the sandbox is not asked."""
    answer_headers: dict = field(default_factory=dict)
    answer: bytes = b""

    def json(self):
        """The answer's JSON; None where it is none."""
        try:
            return json.loads(self.answer)
        except ValueError:
            return None

    def say(self, value, status=None):
        """Answer with this JSON."""
        self.answer = json.dumps(value).encode()
        self.answer_headers["content-type"] = "application/json"
        self.status = status or self.status


class Layer:
    """Calls `before` with each exchange, then the sandbox, then `after`."""

    def __init__(self, app, box, before=None, after=None):
        self.app, self.box = app, box
        self.before, self.after = before, after

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(
            self.box,
            scope["method"],
            scope["path"],
            dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
            {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
            await _whole(receive),
            operation_of(scope["method"], scope["path"]),
        )
        if self.before:
            self.before(exchange)
        if not exchange.status:
            await self._ask(scope, exchange)
        if self.after:
            self.after(exchange)
        await self._answer(exchange, send)

    async def _ask(self, scope, exchange):
        inner = {
            **scope,
            "method": exchange.method,
            "path": exchange.path,
            "raw_path": exchange.path.encode(),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in exchange.headers.items()],
        }
        if exchange.query != dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)):
            inner["query_string"] = urlencode(exchange.query).encode()
        parts = [{"type": "http.request", "body": exchange.body, "more_body": False}]

        async def receive():
            return parts.pop() if parts else {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                exchange.answer_headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                exchange.answer += message.get("body", b"")

        await self.app(inner, receive, send)

    async def _answer(self, exchange, send):
        headers = {name.lower(): value for name, value in exchange.answer_headers.items()}
        headers.pop("content-length", None)
        if exchange.status != 204 or exchange.answer:
            headers["content-length"] = str(len(exchange.answer))
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": exchange.status, "headers": raw})
        await send({"type": "http.response.body", "body": exchange.answer})


async def _whole(receive):
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body
