"""`pandaprobe-evals sandbox`: what it prints, how it stops, what it says when it cannot start."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pandaprobe_sandbox import server

COMMAND = [sys.executable, "-m", "pandaprobe_evals", "sandbox"]
RUNS = "/evaluations/session-runs"


def start(*arguments):
    return subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_what_to_paste_serves_and_stops_quietly(stop, tmp_path):
    file = tmp_path / "state.db"
    with start("--port", "0", "--db", str(file), "--speed", "1000", "--total-field", "total_traces") as process:
        lines = [process.stdout.readline().strip() for _ in range(4)]
        exports = dict(line.removeprefix("export ").split("=", 1) for line in lines[1:])
        endpoint = exports["PANDAPROBE_ENDPOINT"]
        assert lines[0].startswith("#")
        assert endpoint in lines[0]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", endpoint)
        assert re.fullmatch(r"sk_pp_[0-9a-f]{64}", exports["PANDAPROBE_API_KEY"])
        headers = {
            "X-API-Key": exports["PANDAPROBE_API_KEY"],
            "X-Project-Name": exports["PANDAPROBE_PROJECT_NAME"],
        }
        body = {"metrics": ["agent_reliability"], "filters": {"tags": ["demo"]}}
        answer = httpx.post(f"{endpoint}{RUNS}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["total_traces"]) == (202, 12)
        process.send_signal(stop)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "", "")
    assert file.exists()


def test_a_port_in_use_is_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Address already in use; --port 0 picks a free one" in done.stderr


def test_a_port_that_a_sandbox_has_is_told_as_that():
    with server.Sandbox() as box, box.serve() as url:
        port = url.rpartition(":")[2]
        done = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "Address already in use, by another sandbox; --port 0 picks a free one" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "0"],
        ["--speed", "nan"],
        ["--speed", "inf"],
        ["--rate-limit", "fast"],
        ["--rate-limit", "0/60"],
        ["--total-field", "x"],
    ],
)
def test_a_senseless_argument_is_refused(arguments):
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert f"Error: Invalid value for '{arguments[0]}': " in done.stderr


def test_it_shares_no_code_with_the_client_that_it_tests():
    folder = Path(server.__file__).parent
    lines = [line for file in folder.glob("*.py") for line in file.read_text("utf-8").splitlines()]
    foreign = re.compile(r"\s*(from \.\.|from pandaprobe|import pandaprobe)(?!_evals\.extras import)")
    assert [line for line in lines if foreign.match(line)] == []
