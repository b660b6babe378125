"""`make demo`, as its reader sees it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pandaprobe_sandbox as sandbox
import pytest

DEMO = Path(__file__).resolve().parents[2] / "examples" / "demo.py"
NOBODY = {name: text for name, text in os.environ.items() if not name.startswith("PANDAPROBE_")}


def demo(environment):
    return subprocess.run(
        [sys.executable, str(DEMO)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_demo_evaluates_the_sessions_and_ends_with_the_runs_id_and_status():
    run = demo(NOBODY)
    assert run.returncode == 0, run.stderr
    assert re.search(r"support-chat-4711 +│ [01]\.\d+ +│ [01]\.\d+", run.stdout)
    assert re.fullmatch(r"run [0-9a-f-]{36} COMPLETED", run.stdout.strip().splitlines()[-1])


def test_with_an_endpoint_set_the_demo_goes_there():
    box = sandbox.Sandbox(speed=20)
    with box.serve() as url:
        where = {"PANDAPROBE_ENDPOINT": url, "PANDAPROBE_API_KEY": sandbox.API_KEY, "PANDAPROBE_PROJECT_NAME": "demo"}
        run = demo({**NOBODY, **where})
        assert run.returncode == 0, run.stderr
        assert [seen.path for seen in box.requests if seen.method == "POST"] == ["/evaluations/session-runs/batch"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"PANDAPROBE_ENDPOINT": "http://127.0.0.1:9"}, "no credentials"),
        ({"PANDAPROBE_ENDPOINT": "http://127.0.0.1:9", "PANDAPROBE_API_KEY": "sk_pp_x"}, "PANDAPROBE_PROJECT_NAME"),
    ],
)
def test_half_a_setting_is_said_in_one_line(setting, said):
    run = demo({**NOBODY, **setting})
    assert run.returncode == 1
    assert said in run.stderr
    assert "Traceback" not in run.stderr
