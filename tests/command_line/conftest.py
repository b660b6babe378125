"""The command line as a process of its own, away from this machine's real settings, and a sandbox on a port for it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from pandaprobe_evals.sandbox import API_KEY, PROJECT_NAME, Sandbox

COMMAND = [sys.executable, "-m", "pandaprobe_evals.cli"]


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def records(self):
        """Its stdout, which must be JSON lines and nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def home(tmp_path):
    """A home folder without settings in it; `home.config` is the file that the vendor's tool writes."""
    folder = tmp_path / "home"
    (folder / ".pandaprobe").mkdir(parents=True)
    return folder


@pytest.fixture
def environ(home):
    """An environment without settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PANDAPROBE_", "FORCE_COLOR"))}
    return {**kept, "HOME": str(home), "COLUMNS": "200"}


@pytest.fixture
def run(environ, tmp_path):
    """Run the command line without a terminal: `run("metrics", "--json")`."""

    def ran(*words, stdin="", env=None, **more):
        done = subprocess.run(
            [*COMMAND, *map(str, words)],
            input=stdin,
            env={**environ, **(env or {})},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **more,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)

    return ran


@pytest.fixture
def sandbox():
    with Sandbox(speed=1000, rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def online(sandbox, environ):
    """The environment's settings point to the sandbox, which is on a port."""
    with sandbox.serve() as url:
        environ |= {
            "PANDAPROBE_ENDPOINT": url,
            "PANDAPROBE_API_KEY": API_KEY,
            "PANDAPROBE_PROJECT_NAME": PROJECT_NAME,
        }
        yield url
