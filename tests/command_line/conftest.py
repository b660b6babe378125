"""The command line, away from this machine's real settings, and a sandbox on a port for it.

`run` calls it within this process, without a terminal, which is quick; `start` starts it as a process of its own, for
signals and pipes; `terminal` gives it a real terminal.
"""

import fcntl
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import jsonschema_rs
import pytest
from pandaprobe_evals import WaitPolicy
from pandaprobe_evals.cli import main
from pandaprobe_evals.cli.schema import lines_schema
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, Sandbox

LINES = jsonschema_rs.Draft202012Validator(lines_schema(), validate_formats=True)
"""What every JSON line is held against."""
COMMAND = [sys.executable, "-m", "pandaprobe_evals.cli"]


@pytest.fixture(scope="session", autouse=True)
def _one_ssl_context():
    """Certificates are read once, not for each of hundreds of clients that speak plain http."""
    context = httpx.create_ssl_context()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", lambda **_: context)
        yield


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    def __post_init__(self):
        """Hold each JSON line against the published schema: of stdout, and errors of stderr."""
        for line in self.out.splitlines() + [line for line in self.err.splitlines() if line.startswith('{"error"')]:
            if line.startswith("{") and len(line) > 1:
                LINES.validate(json.loads(line))

    @property
    def records(self):
        """Its stdout, which must be JSON lines and nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]

    def events(self, kind):
        return [record for record in self.records if record["event"] == kind]


@pytest.fixture
def lines():
    return LINES


@pytest.fixture
def home(tmp_path):
    """A home folder without settings in it."""
    folder = tmp_path / "home"
    (folder / ".pandaprobe").mkdir(parents=True)
    return folder


@pytest.fixture
def environ(home, tmp_path, monkeypatch):
    """The environment, without settings, for processes and for this one."""
    for name in os.environ:
        if name.startswith(("PANDAPROBE_", "FORCE_COLOR", "NO_COLOR")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("COLUMNS", "150")
    monkeypatch.chdir(tmp_path)
    return os.environ


class Stdin(io.TextIOWrapper):
    """What a pipe is: bytes, and no terminal."""

    def __init__(self, content):
        super().__init__(io.BytesIO(content if isinstance(content, bytes) else content.encode()), encoding="utf-8")


@pytest.fixture
def run(environ, monkeypatch, capsys):
    """Run the command line without a terminal: `run("metrics", "--json")`."""

    def ran(*words, stdin="", env=None):
        capsys.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["pandaprobe-evals", *map(str, words)])
            patch.setattr(sys, "stdin", Stdin(stdin))
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as exit_:
                main()
        said = capsys.readouterr()
        assert "Traceback" not in said.err, said.err
        return Ran(exit_.value.code or 0, said.out, said.err)

    return ran


@pytest.fixture
def start(environ):
    """Start the command line as a process: `with start("watch", id_) as process: ...`; it is killed at the end."""

    @contextmanager
    def started(*words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more):
        command = [*COMMAND, *map(str, words)]
        with subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, text=True, **more) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    return started


@pytest.fixture
def sandbox(monkeypatch):
    """It lives a thousand times faster, and so a failed run that returns does it in no time: FAILED is believed soon."""
    monkeypatch.setattr(WaitPolicy, "grace", 0.5)
    with Sandbox(speed=1000, rate_limit=None, read_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def online(sandbox, environ, monkeypatch):
    """The settings point to the sandbox, which is on a port; its address."""
    with sandbox.serve() as url:
        monkeypatch.setenv("PANDAPROBE_ENDPOINT", url)
        monkeypatch.setenv("PANDAPROBE_API_KEY", API_KEY)
        monkeypatch.setenv("PANDAPROBE_PROJECT_NAME", PROJECT_NAME)
        yield url


@pytest.fixture
def runs(online):
    """Every run that the service has, oldest first, as it tells them."""

    def found():
        headers = {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}
        with httpx.Client(base_url=online, headers=headers, timeout=30) as service:
            items, total = [], 1
            while len(items) < total:
                query = {"limit": 20, "offset": len(items)}
                page = service.get("/evaluations/session-runs", params=query).json()
                total = page["total"]
                items += page["items"]
        return items[::-1]

    return found


@pytest.fixture
def session_ids(runs):
    """Every session id in every run that the service has, in the order in which the runs were made."""
    return lambda: [id_ for run in runs() for id_ in run["filters"]["session_ids"]]


class Terminal:
    """A process on a pseudo-terminal and all that it has written."""

    def __init__(self, process, fd):
        self.process, self._fd, self.screen = process, fd, ""

    def read(self, seconds=0.1):
        ready, _, _ = select.select([self._fd], [], [], seconds)
        try:
            text = os.read(self._fd, 65536).decode() if ready else ""
        except OSError:  # the other end is closed
            return False
        self.screen += text
        return bool(text) or self.process.poll() is None

    def until(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.screen):
            assert self.read(), self.screen
            assert time.monotonic() < end, self.screen
        return self

    def end(self):
        while self.read():
            pass
        return self.process.wait(30)

    def type(self, text):
        os.write(self._fd, text.encode())

    @property
    def text(self):
        """Without what moves the cursor and colours."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.screen)


def _no_size(environ):
    return {name: value for name, value in environ.items() if name not in ("COLUMNS", "LINES")}


@pytest.fixture
def terminal(environ):
    """The command line on a terminal of so many columns: `with terminal("metrics", columns=40) as screen`."""

    @contextmanager
    def opened(*words, stdout=None, stderr=None, env=None, columns=100):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
        process = subprocess.Popen(
            [*COMMAND, *map(str, words)],
            stdin=theirs,
            stdout=stdout or theirs,
            stderr=stderr or theirs,
            env={**_no_size(environ), "TERM": "xterm-256color", **(env or {})},
            start_new_session=True,
        )
        os.close(theirs)
        try:
            yield Terminal(process, ours)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe:
                    pipe.close()
            os.close(ours)

    return opened
