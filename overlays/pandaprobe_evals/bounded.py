"""A blocking attempt ends in time however slowly its answer drips: httpx times each read by itself, and never all of them.

Asyncio can cut an attempt off from outside; a blocking read has to be told. So the network backend below an httpx
transport is wrapped, and every step of an attempt gets what is left of the attempt's time. Outside of `within` the
wrapped backend is what it was.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx

_PART = 65_536
"""Bytes written in one step: an upload that is taken in drops ends as well."""

_until: ContextVar[float] = ContextVar("pandaprobe_evals_until", default=math.inf)


class TooSlow(Exception):
    """An attempt that trickles: it took longer in all than its time-outs allow together."""


@contextmanager
def within(seconds: float) -> Generator[None]:
    """Let the network steps of this block, in this thread, take so long in all."""
    outer = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(outer)


def left(timeout: float | None = None) -> float | None:
    """What a step may take: its own time-out, or what is left for all, whichever is less.

    Raises:
        TooSlow: Nothing is left.
    """
    rest = _until.get() - time.monotonic()
    if rest <= 0.0:
        raise TooSlow
    return timeout if math.isinf(rest) or (timeout is not None and timeout < rest) else rest


def bound(transport: httpx.BaseTransport) -> None:
    """Have an httpx transport keep to `within`; any other is left alone, and so has to see to it by itself."""
    pool = getattr(transport, "_pool", None)  # httpcore takes a backend, httpx hands none on
    backend = getattr(pool, "_network_backend", None)
    if pool is not None and backend is not None and not isinstance(backend, _Backend):
        pool._network_backend = _Backend(backend)


class _Wrapped:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Backend(_Wrapped):
    """A network backend of httpcore."""

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **more: Any) -> _Stream:
        return _Stream(self._inner.connect_tcp(host, port, timeout=left(timeout), **more))

    def connect_unix_socket(self, path: str, timeout: float | None = None, **more: Any) -> _Stream:
        return _Stream(self._inner.connect_unix_socket(path, timeout=left(timeout), **more))


class _Stream(_Wrapped):
    """A network stream of httpcore."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._inner.read(max_bytes, timeout=left(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PART):
            self._inner.write(buffer[start : start + _PART], timeout=left(timeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout=left(timeout)))
