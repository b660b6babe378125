"""Servers and helpers as processes of this machine, each on a free port of 127.0.0.1, all ended by their own id."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BATCH = "/evaluations/session-runs/batch"
METRICS = ["agent_reliability"]


class Helper:
    """A Python process that says one line when it is ready, goes when told to, and answers with a line of JSON."""

    def __init__(self, module: str, *arguments: object) -> None:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=plain_environment()
        )

    def line(self) -> str:
        """The next line of its output; fails where it ended instead."""
        assert self.process.stdout
        text = self.process.stdout.readline()
        if not text:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.wait()}")
        return text.strip()

    def go(self) -> None:
        """Let it begin."""
        assert self.process.stdin
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        """What it measured."""
        return json.loads(self.line())

    def __enter__(self) -> Helper:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def ready() -> None:
    """In a helper: say so, and wait to be told to go."""
    print("ready", flush=True)
    if not sys.stdin.readline():
        raise SystemExit(1)


def plain_environment() -> dict[str, str]:
    """No proxy and none of the user's credentials."""
    names = ("PANDAPROBE_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return {name: text for name, text in os.environ.items() if not name.upper().startswith(names)}


@contextlib.contextmanager
def sandbox(*, speed: float = 1.0) -> Generator[str]:
    """The sandbox, without a rate limit, in a process of its own; its address."""
    options = ("--rate-limit", "off", "--port", 0, "--speed", speed)
    with Helper("pandaprobe_evals", "sandbox", *options) as server:
        while "ENDPOINT=" not in (line := server.line()):
            pass
        yield line.partition("ENDPOINT=")[2]


@contextlib.contextmanager
def redis_server() -> Generator[str]:
    """A redis-server; its URL without a database."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("redis-server is not installed, and the service keeps its windows there (apt: redis-server)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as directory:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory]
        process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        try:
            _connect(port)
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _connect(port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def rate_limit(requests: int, seconds: float) -> None:
    """Make the contract say this rate limit for creates, as a deployment's own contract would: before any client is made."""
    from pandaprobe_evals import contract

    for item in contract.document()["paths"].values():
        for node in item.values():
            if isinstance(node, dict) and node.get("x-rate-limit", {}).get("everywhere"):
                node["x-rate-limit"] = {**node["x-rate-limit"], "requests": requests, "seconds": seconds}
    contract.operations.cache_clear()


def no_rate_limit() -> None:
    """A limit that no bench reaches, so that pacing is done and nobody waits."""
    rate_limit(1_000_000, 60.0)


def described() -> dict[str, Any]:
    """The machine and the versions, without its name."""
    names = "httpx openai httpx2 tenacity stamina httpx-retries aiolimiter pyrate-limiter limits slowapi fastapi redis"
    model = "unknown"
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_1min": round(os.getloadavg()[0], 2),
        "versions": {name: metadata.version(name) for name in names.split()},
    }
