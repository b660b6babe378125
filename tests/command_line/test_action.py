"""The GitHub action at the top: its steps, run by bash as GitHub runs them, against a sandbox on a port."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from junitparser import JUnitXml
from pandaprobe_evals import Results

from tools.api import ROOT

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
METRIC = "agent_reliability"
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}


@pytest.fixture
def action(online, environ, tmp_path):
    """Follow the action with inputs: the exit code of the first step that fails, or 0, and what was said."""
    (tmp_path / "temp").mkdir()

    def followed(**given):
        inputs = {name: said["default"] for name, said in ACTION["inputs"].items()} | {"package": ""}
        inputs |= {name.replace("_", "-"): value for name, value in given.items()}
        path = os.pathsep.join([str(Path(sys.executable).parent), environ["PATH"]])
        code, said = 0, ""
        for step in STEPS.values():
            needed = re.findall(r"inputs\.([\w-]+) != ''", step.get("if", ""))
            if not all(inputs[name] for name in needed) or (code and "!cancelled()" not in step.get("if", "")):
                continue
            values = {
                key: inputs[re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", text)[1]] for key, text in step["env"].items()
            }
            ran = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                env={**environ, "PATH": path, "RUNNER_TEMP": str(tmp_path / "temp"), **values},
                capture_output=True,
                text=True,
                check=False,
            )
            code, said = code or ran.returncode, said + ran.stdout + ran.stderr
        return code, said

    return followed


@pytest.mark.slow
def test_sessions_are_evaluated_judged_and_reported(action, tmp_path):
    (tmp_path / "ids.txt").write_text("chat-21\nchat-22\n")
    code, said = action(
        sessions="ids.txt",
        metrics=METRIC,
        max_units="10",
        minimums=f"{METRIC}=0",
        save="base.jsonl",
        junit="new/gate.xml",
        report="report.html",
    )
    assert code == 0, said
    assert len(Results.load(tmp_path / "base.jsonl")) == 2
    assert [suite.failures for suite in JUnitXml.fromfile(str(tmp_path / "new" / "gate.xml"))] == [0]
    assert (tmp_path / "report.html").stat().st_size > 1000


@pytest.mark.slow
def test_runs_are_judged_and_a_red_gate_fails_the_job_and_is_reported(action, run, tmp_path):
    ids = [
        run("submit", id_, "--metric", METRIC, "--json").events("run")[0]["run_id"] for id_ in ("chat-21", "chat-22")
    ]
    code, said = action(runs="\n".join(ids), minimums=f"{METRIC}=1", report="report.html")
    assert (code, (tmp_path / "report.html").exists()) == (7, True), said
    assert action(runs=" ".join(ids), baseline=ids[0], max_drop="0.5", report="r.html", title="A $title `id`")[0] == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<title>A $title `id`</title>" in page
    assert ">Comparison</h2>" in page


@pytest.mark.slow
def test_what_is_wrong_with_the_inputs_fails_the_job_and_bills_nothing(action, sandbox, tmp_path):
    (tmp_path / "ids.txt").write_text("chat-21\nchat-22\n")
    for wrong in ({}, {"sessions": "ids.txt"}, {"sessions": "absent.txt", "metrics": METRIC}):
        assert action(minimums=f"{METRIC}=0", **wrong)[0] == 4
    assert action(sessions="ids.txt", metrics=METRIC, max_units="1")[0] == 4
    assert sandbox.units_billed == 0


def test_what_an_input_says_is_never_run(action, tmp_path):
    hostile = "$(touch owned) `touch owned` '; touch owned; ' *"
    assert action(runs=hostile, minimums=hostile, baseline=hostile)[0] == 4
    assert not (tmp_path / "owned").exists()
    assert all("${{" not in step["run"] for step in STEPS.values())
    assert {step["shell"] for step in STEPS.values()} == {"bash"}
