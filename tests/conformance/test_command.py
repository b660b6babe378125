"""The two commands as people and pipelines use them: on a real port, piped, in a terminal, interrupted."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from pandaprobe_conformance.probes import PRICE
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, Sandbox

from tests.mutants.service import MUTANTS

from .conftest import HEADERS, RUNS, lived_in
from .test_drift import EDITS, VENDOR
from .test_true_deployments import Open

COMMAND = [sys.executable, "-m", "pandaprobe_evals.cli", "contract"]
DOCS = Path(__file__).parents[2] / "docs" / "contract-check.md"
pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture
def run(tmp_path):
    """Run a command, piped, with credentials of the sandbox."""

    def start(*words, **environment):
        clean = {name: text for name, text in os.environ.items() if not name.startswith("PANDAPROBE_")}
        env = clean | {"PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME, "HOME": str(tmp_path)}
        return subprocess.run(
            [*COMMAND, *words],
            env=env | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return start


@pytest.fixture(scope="module")
def url():
    with Sandbox(rate_limit=None, read_limit=None, speed=100) as box, lived_in(box).serve() as url:
        yield url


@pytest.fixture(scope="module")
def violating():
    """A deployment on a port that does not find what is not there in the documented way."""
    with Sandbox(rate_limit=None, read_limit=None, speed=100) as box:
        box._wire = MUTANTS["a 404 is a 410"].layer()(box.app, box)
        with box.serve() as url:
            yield url


def test_a_true_deployment_ends_with_0_and_says_beforehand_what_more_would_cost(run, url):
    ended = run("check", "--base-url", url)
    assert ended.returncode == 0, ended.stderr
    first, *_ = ended.stderr.splitlines()
    assert "creates nothing" in first
    assert f"{PRICE.runs} runs" in first
    assert "12 units" in first
    *findings, summary = map(json.loads, ended.stdout.splitlines())
    assert all(found["agrees"] and found["curl"].startswith(("curl ", "printf ")) for found in findings)
    assert (summary["exit_code"], summary["violations"], summary["agreements"]) == (0, 0, len(findings))


def test_a_violating_deployment_ends_with_1_and_with_lines_that_repeat_what_was_seen(run, violating):
    ended = run("check", "--base-url", violating)
    assert ended.returncode == 1
    wrong = [one for one in map(json.loads, ended.stdout.splitlines()) if one.get("agrees") is False]
    assert {one["status"] for one in wrong} == {410}
    assert API_KEY not in ended.stdout + ended.stderr
    line = next(one["curl"] for one in wrong if one["operation"] == "get_session_eval_run")
    assert f"  {line}" in ended.stderr.splitlines()
    repeated = subprocess.run(
        line,
        shell=True,
        env={**os.environ, "PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME},
        capture_output=True,
        text=True,
        check=True,
    )
    assert repeated.stdout.startswith("HTTP/1.1 410")


@pytest.mark.parametrize(
    ("environment", "address", "words"),
    [
        ({}, "http://127.0.0.1:9", "not reached"),
        ({"PANDAPROBE_API_KEY": "sk_pp_unknown"}, None, "credentials are refused"),
        ({"PANDAPROBE_API_KEY": ""}, None, "PANDAPROBE_API_KEY"),
        ({}, "http://elsewhere.example", "plain http"),
    ],
)
def test_what_keeps_it_from_running_ends_with_2_and_is_said(run, url, environment, address, words):
    ended = run("check", "--base-url", address or url, **environment)
    assert ended.returncode == 2, ended.stderr
    assert words in ended.stderr


def test_a_report_is_junit_xml_or_a_page_by_its_ending(run, violating, tmp_path):
    ended = run("check", "--base-url", violating, "--report", "found.xml")
    assert ended.returncode == 1
    suites = ElementTree.parse(tmp_path / "found.xml").getroot()
    cases = suites.findall("testsuite/testcase")
    assert int(suites.get("tests")) == len(cases)
    assert int(suites.get("failures")) == len([case for case in cases if case.find("failure") is not None]) > 0
    assert run("check", "--base-url", violating, "--report", "found.html").returncode == 1
    page = (tmp_path / "found.html").read_text(encoding="utf-8")
    assert "violates the contract" in page
    assert "${PANDAPROBE_API_KEY}" in page
    assert not re.search(r"<script|src=|https://(?!localhost)", page)


def test_a_report_that_could_not_be_written_is_refused_before_anything_is_sent(run, tmp_path):
    (tmp_path / "taken").write_text("no folder", encoding="utf-8")
    for file in ("found.pdf", "taken/found.xml"):
        ended = run("check", "--base-url", "http://127.0.0.1:9", "--report", file)
        assert ended.returncode == 4
        assert "--report" in ended.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_check_deletes_its_runs_and_ends_with_2(tmp_path, number):
    env = {**os.environ, "PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME, "HOME": str(tmp_path)}
    with Sandbox(rate_limit=None, read_limit=None, pending_seconds=3600) as box, box.serve() as url:
        words = [*COMMAND, "check", "--base-url", url, "--allow-writes"]
        with subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            for line in process.stderr:
                if line.startswith("Waiting"):
                    break
            with httpx.Client(base_url=url, headers=HEADERS) as http:
                assert http.get(RUNS).json()["total"] > 0
                process.send_signal(number)
                said = process.stderr.read()
                assert process.wait(30) == 2, said
                assert http.get(RUNS).json()["total"] == 0
    assert "interrupted" in said


def test_in_a_terminal_it_ends_with_a_table(violating, tmp_path):
    env = {**os.environ, "PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME, "HOME": str(tmp_path)}
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "check", "--base-url", violating],
        env=env | {"COLUMNS": "140", "TERM": "xterm"},
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        assert process.wait(60) == 1
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())
    assert re.search(r"get_session_eval_run +410 +not documented +- +\d", text)
    assert re.search(r"list_session_metrics +200 +The metrics +\d+ +-", text)
    assert re.search(r"get_session_eval_run +410 +404", text), "the violations follow the table"


def test_drift_ends_with_0_1_or_2(run, tmp_path):
    for name in ("published-docs", "served-0.5.0"):
        ended = run("drift", "--against", str(VENDOR / f"{name}.json"))
        assert ended.returncode == 0, ended.stdout
        assert "justified, 0 unexplained, 0 no longer so" in ended.stderr
    vendor = json.loads((VENDOR / "served-0.5.0.json").read_text(encoding="utf-8"))
    vendor["components"]["schemas"]["EvaluationStatus"]["enum"].append("PAUSED")
    (tmp_path / "newer.json").write_text(json.dumps(vendor), encoding="utf-8")
    ended = run("drift", "--against", "newer.json")
    assert ended.returncode == 1
    first = json.loads(ended.stdout.splitlines()[0])
    assert (first["kind"], first["at"]) == ("unexplained", "/components/schemas/EvalRun/properties/status/enum")
    EDITS["names are bounded"](vendor)
    (tmp_path / "newer.json").write_text(json.dumps(vendor), encoding="utf-8")
    ended = run("drift", "--against", "newer.json")
    assert ended.returncode == 1
    assert "2 unexplained, 1 no longer so" in ended.stderr  # the state: of a run, and to filter by
    for source in ("nowhere.json", "http://127.0.0.1:9/openapi.json"):
        ended = run("drift", "--against", source)
        assert ended.returncode == 2
        assert source in ended.stderr


def test_the_commands_of_the_documentation_work(run, url, tmp_path):
    lines = re.findall(r"^\$ pandaprobe-evals contract (.*)$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == 3
    for line in lines:
        words = line.replace("http://localhost:8000", url)
        words = words.replace("https://api.pandaprobe.com/openapi.json", str(VENDOR / "served-0.5.0.json")).split()
        ended = run(*words, PANDAPROBE_ENDPOINT=url)
        assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "contract.xml").exists()


def test_doctor_says_in_one_line_that_authentication_is_switched_off(tmp_path):
    env = {**os.environ, "PANDAPROBE_API_KEY": API_KEY, "PANDAPROBE_PROJECT_NAME": PROJECT_NAME, "HOME": str(tmp_path)}
    with Sandbox(rate_limit=None) as box:
        box._wire = Open(box.app)
        with box.serve() as url:
            words = [sys.executable, "-m", "pandaprobe_evals.cli", "doctor", "--base-url", url]
            ended = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [one["state"] for one in found if one["check"] == "authentication"] == ["warning"], (
        ended.stdout + ended.stderr
    )
    assert ended.returncode == 0
