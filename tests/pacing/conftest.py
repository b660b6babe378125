"""A real Redis and a real HTTP service, each started by the tests on a free port of this machine."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


class RedisServer:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            [*command, "--dir", str(self.directory), "--enable-debug-command", "yes"], stdout=subprocess.DEVNULL
        )
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("redis-server did not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def need_redis() -> None:
    """Skip the test where there is no Redis."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")


@pytest.fixture(scope="session")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    need_redis()
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def redis_server(_redis: RedisServer) -> RedisServer:
    import redis

    with redis.Redis.from_url(_redis.url) as client:
        client.flushall()
        client.script_flush()
    return _redis


class LimitedServer:
    def __init__(self, limit: int, seconds: float, low: float, high: float) -> None:
        command = [sys.executable, str(HERE / "limited_server.py"), *map(str, (limit, seconds, low, high))]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.limit, self.seconds = limit, seconds
        self.port = int(self.process.stdout.readline())

    def windows(self) -> list[dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", "/")
        windows: list[dict[str, Any]] = json.loads(connection.getresponse().read())
        connection.close()
        return windows

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def limited() -> Iterator[Callable[..., LimitedServer]]:
    servers: list[LimitedServer] = []

    def start(limit: int, seconds: float, low: float = 0.02, high: float = 0.4) -> LimitedServer:
        servers.append(LimitedServer(limit, seconds, low, high))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def instance(*arguments: object) -> subprocess.Popen[str]:
    """Start instance.py; its JSON is on standard output."""
    command = [sys.executable, str(HERE / "instance.py"), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
