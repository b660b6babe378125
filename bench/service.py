"""The service of (a): FastAPI, slowapi and Redis, as the real one is built, in a process of its own.

`python -m bench.service REDIS_URL LOW HIGH` prints its port. A credential ends in `-LIMIT-SECONDS`, its rate limit.
Half of the latency, LOW to HIGH milliseconds in all, lies before the request is counted and half after it.
`GET /seen?key=...` tells of each create of a credential: when it was counted, its status, and whether it was a stranger's.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
import time
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from slowapi import Limiter, _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .machine import BATCH

STRANGER = "stranger"


def credential(headers: Any) -> str:
    """The key, by whichever header it came."""
    return str(headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer "))


def limit_of(key: str) -> str:
    """The rate limit that a credential's name ends in, as slowapi writes it."""
    _, requests, seconds = key.rsplit("-", 2)
    return f"{requests} per {seconds} second"


class Network:
    """Delays a request and its answer, and notes what was counted between them."""

    def __init__(self, app: ASGIApp, low: float, high: float) -> None:
        self.app, self.low, self.high = app, low, high
        self.seen: dict[str, list[tuple[float, int, bool]]] = defaultdict(list)

    def delay(self) -> float:
        """Half of the latency."""
        return random.uniform(self.low, self.high) / 2000  # noqa: S311  (jitter, no secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, late."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"] == "/seen":
            key = parse_qs(scope["query_string"].decode())["key"][0]
            await JSONResponse(self.seen[key])(scope, receive, send)
            return
        headers = Headers(scope=scope)
        await asyncio.sleep(self.delay())
        at = time.monotonic()

        async def delayed(message: Message) -> None:
            if message["type"] == "http.response.start":
                stranger = headers.get("user-agent") == STRANGER
                self.seen[credential(headers)].append((at, message["status"], stranger))
                await asyncio.sleep(self.delay())
            await send(message)

        await self.app(scope, receive, delayed)


def build(redis_url: str, low: float, high: float) -> Network:
    """The application."""
    limiter = Limiter(
        key_func=lambda request: credential(request.headers), storage_uri=redis_url, strategy="fixed-window"
    )
    app = FastAPI(openapi_url=None)
    app.state.limiter = limiter
    app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)  # type: ignore[arg-type]  # as its docs do

    @app.post(BATCH)
    @limiter.limit(lambda key: limit_of(key))  # noqa: PLW0108  (it is given the key because its parameter has that name)
    async def create(request: Request) -> JSONResponse:
        body = json.loads(await request.body())
        return JSONResponse(_run(body), 202)

    return Network(app, low, high)


def _run(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "name": body.get("name"),
        "status": "PENDING",
        "metric_names": body["metrics"],
        "total_targets": len(body["session_ids"]),
        "evaluated_count": 0,
        "failed_count": 0,
        "created_at": datetime.now(UTC).isoformat(),
        "completed_at": None,
        "project_id": str(uuid.UUID(int=1)),
        "target_type": "SESSION",
        "filters": {"session_ids": body["session_ids"]},
        "sampling_rate": 1.0,
        "model": "bench",
        "monitor_id": None,
        "error_message": None,
    }


def main() -> None:
    """Serve until terminated."""
    redis_url, low, high = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, for TCP_NODELAY
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(build(redis_url, low, high), log_config=None, access_log=False, timeout_keep_alive=60)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
