"""`gate` and `report` on a real port: the verdict is the exit code, and nothing that was not measured passes."""

import inspect
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from pandaprobe_evals.cli.gate import gate
from pandaprobe_evals.cli.report import report

ROOT = Path(__file__).resolve().parents[2]
GOOD = ["chat-21", "chat-22", "chat-23", "chat-24"]
ALLOWS = (
    "--allow-missing",
    "--allow-failed",
    "--allow-no-evidence",
    "--allow-partial-evidence",
    "--allow-unknown-evidence",
)
PASSES = ("--min", "agent_reliability=0.5")


@pytest.fixture
def made(run, online):
    """Make a run over sessions and return its id."""

    def make(*ids, metrics=("agent_reliability",)):
        words = [word for metric in metrics for word in ("--metric", metric)]
        (record,) = run("submit", *ids, *words, "--json").events("run")
        return record["run_id"]

    return make


def test_good_sessions_pass_and_the_verdict_is_one_json_line(run, made):
    ran = run("gate", made(*GOOD), *PASSES, "--json")
    assert ran.code == 0
    (verdict,) = ran.events("verdict")
    assert (verdict["passed"], verdict["reasons"], verdict["targets"]) == (True, [], 4)
    (metric,) = verdict["metrics"]
    assert (metric["name"], metric["minimum"], metric["count"]) == ("agent_reliability", 0.5, 4)
    assert [record["result"] for record in ran.events("outcome")] == ["succeeded"]


def test_a_mean_that_is_too_low_ends_with_7_and_so_does_a_quantile(run, made):
    run_id = made(*GOOD)
    scores = sorted(float(score["value"]) for score in run("runs", "scores", run_id, "--json").records)
    between = (scores[0] + sum(scores) / len(scores)) / 2
    assert run("gate", run_id, "--min", "agent_reliability=1").code == 7
    assert run("gate", run_id, "--min", f"agent_reliability={between}").code == 0
    assert run("gate", run_id, "--min", f"agent_reliability={between}", "--quantile", "0").code == 7


@pytest.mark.parametrize(
    ("session", "option", "said"),
    [
        ("ghost-1", "--allow-missing", "without a score"),
        ("fail-1", "--allow-failed", "with a failed score"),
        ("unjudged-1", "--allow-no-evidence", "nothing was measured for"),
        ("judge-down-1", "--allow-no-evidence", "nothing was measured for"),
        ("half-judged-1", "--allow-partial-evidence", "some signals or traces were not measured"),
        ("judge-no-json-1", "--allow-partial-evidence", "some signals or traces were not measured"),
        ("no-metadata-1", "--allow-unknown-evidence", "of which it cannot be known what it rests on"),
    ],
)
def test_what_was_not_measured_ends_with_7_unless_it_is_allowed(run, made, session, option, said):
    run_id = made(*GOOD, session)
    ran = run("gate", run_id, *PASSES, "--json")
    assert ran.code == 7
    reason = ran.events("verdict")[0]["reasons"][0]
    assert said in reason
    assert f"; {option} " in reason
    for allowed in ALLOWS:
        assert run("gate", run_id, *PASSES, allowed).code == (0 if allowed == option else 7)


def test_a_run_and_the_retry_of_what_failed_in_it_pass_together(run, made):
    first = made(*GOOD, "fail-1")
    assert run("gate", first, *PASSES).code == 7
    retry = run("runs", "retry", first, "--json").records[0]["id"]
    assert run("gate", first, retry, "--min", "agent_reliability=0.1").code == 0


@pytest.mark.parametrize("session", ["crash-1", "stall-1"])
def test_a_run_that_failed_or_is_stuck_by_the_deadline_ends_with_7(run, made, session):
    ran = run("gate", made(*GOOD, session), *PASSES, "--deadline", "1", "--json")
    assert ran.code == 7
    assert re.search("failed|has not ended", ran.events("verdict")[0]["reasons"][0])


def test_a_metric_that_no_run_has_ends_with_7(run, made):
    assert run("gate", made(*GOOD), "--min", "agent_consistency=0").code == 7


def test_a_run_that_is_not_there_ends_with_3_and_is_no_verdict(run, made):
    absent = str(uuid4())
    ran = run("gate", made(*GOOD), absent, *PASSES, "--json")
    assert (ran.code, ran.out) == (3, "")
    assert absent in ran.err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--min", "agent_reliability"),
        ("--min", "agent_reliability=80"),
        ("--min", "agent_reliability=nan"),
        (*PASSES, "--quantile", "10"),
        (*PASSES, "--quantile", "nan"),
    ],
)
def test_a_wrong_flag_ends_with_4_before_anything_is_sent(run, online, sandbox, words):
    assert run("gate", str(uuid4()), *words).code == 4
    assert run("gate", "no-uuid", *PASSES).code == 4
    assert sandbox.requests == []


def test_run_ids_come_from_stdin_as_lines_or_as_what_submit_printed(run, online):
    printed = run("submit", *GOOD, "--metric", "agent_reliability", "--chunk", "2", "--json")
    verdict = run("gate", "-", *PASSES, "--json", stdin=printed.out).events("verdict")[0]
    assert (verdict["runs"], verdict["targets"], verdict["passed"]) == (2, 4, True)
    lines = "\n".join(record["run_id"] for record in printed.events("run"))
    assert run("gate", "-", *PASSES, "--json", stdin=lines).events("verdict") == [verdict]
    assert run("gate", "-", *PASSES, stdin="\n").code == 4
    assert run("gate", "-", *PASSES, stdin='{"run_id": 1}\n{broken\n').code == 4


def test_the_report_is_written_whole_and_replaces_the_one_before(run, made, tmp_path):
    run_id = made(*GOOD, "ghost-1")
    file = tmp_path / "report.html"
    ran = run("report", run_id, "-o", file, *PASSES, "--json")
    assert ran.code == 0
    assert ran.records == [{"event": "report", "file": str(file), "runs": 1}]
    first = file.read_text(encoding="utf-8")
    assert "Not passed" in first
    assert "ghost-1" in first
    run("report", run_id, "-o", file, *PASSES, "--allow-missing")
    assert "Passed" in file.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "report"))] == ["report.html"]


def test_the_report_goes_to_stdout_and_nothing_else_does(run, made):
    ran = run("report", made(*GOOD), "-o", "-")
    assert ran.out.startswith("<!DOCTYPE html>\n")
    assert ran.out.endswith("</html>\n")
    assert "No minimum was given" in ran.out


def test_the_report_of_a_run_that_is_not_there_ends_with_3(run, online, tmp_path):
    assert run("report", str(uuid4()), "-o", tmp_path / "report.html").code == 3
    assert not (tmp_path / "report.html").exists()


EXAMPLES = [
    example
    for function in (gate, report)
    for example in re.findall(r"(?:Example: |^)(pandaprobe-evals .+)", inspect.getdoc(function), re.MULTILINE)
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_help_works(run, online, example):
    printed = run("submit", *GOOD, "--metric", "agent_reliability", "--json")
    (record,) = printed.events("run")
    run("watch", record["run_id"], "--save", "main.jsonl")
    line, _, redirected = example.partition(" < ")
    line = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", record["run_id"], line)
    ran = run(*shlex.split(line)[1:], stdin=printed.out if redirected else "")
    assert ran.code == 0, ran.err
    assert ran.records


class TestTheJobInTheDocs:
    """The steps of docs/ci-gate.md, as a runner takes them, against the sandbox."""

    PAGE = (ROOT / "docs" / "ci-gate.md").read_text(encoding="utf-8")
    (JOB,) = re.findall(r'```yaml title="evaluate.yml"\n(.*?)```', PAGE, re.DOTALL)

    @pytest.fixture
    def steps(self, start, online, tmp_path):
        (folder := tmp_path / "bin").mkdir()
        (folder / "pip").symlink_to("/bin/true")
        path = f"{folder}:{Path(sys.executable).parent}:/usr/bin:/bin"
        job = yaml.safe_load(self.JOB)["jobs"]["evaluate"]

        def run_all():
            codes, failed = {}, False
            for step in job["steps"]:
                if "run" in step and (not failed or "if" in step):
                    command = ["bash", "-e", "-c", step["run"]]
                    code = subprocess.run(
                        command, cwd=tmp_path, check=False, env={**os.environ, "PATH": path}
                    ).returncode
                    codes[step.get("name", step["run"].split()[0])] = code
                    failed = failed or code != 0
            return codes

        return run_all

    @pytest.mark.slow
    @pytest.mark.once
    @pytest.mark.parametrize(("ids", "judged"), [(GOOD, 0), (["chat-21", "ghost-1"], 7)])
    def test_it_is_green_for_good_sessions_and_red_for_others_and_reports_on_both(self, steps, tmp_path, ids, judged):
        (tmp_path / "sessions.txt").write_text("\n".join(ids))
        assert steps() == {"pip": 0, "Evaluate": 0, "Judge": judged, "Report": 0}
        page = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert ("Not passed" in page) is (judged == 7)

    def test_its_secret_comes_from_the_secrets_and_nowhere_else(self):
        job = yaml.safe_load(self.JOB)["jobs"]["evaluate"]
        assert job["env"]["PANDAPROBE_API_KEY"] == "${{ secrets.PANDAPROBE_API_KEY }}"
        assert "sk_pp_" not in self.JOB


def test_every_command_that_waits_saves_the_same_results(run, online, tmp_path):
    ran = run("submit", *GOOD, "ghost-1", "--metric", "agent_reliability", "--save", "one.jsonl")
    (record,) = ran.events("run")
    assert run("watch", record["run_id"], "--save", "two.jsonl").code == 7
    assert run("gate", record["run_id"], *PASSES, "--save", "three.jsonl").code == 7
    one = (tmp_path / "one.jsonl").read_bytes()
    assert [line["session_id"] for line in map(json.loads, one.splitlines())] == [*GOOD, "ghost-1"]
    assert (tmp_path / "two.jsonl").read_bytes() == (tmp_path / "three.jsonl").read_bytes() == one


def test_where_results_cannot_be_saved_nothing_is_sent(run, runs, tmp_path):
    ran = run("submit", *GOOD, "--metric", "agent_reliability", "--save", str(tmp_path))
    assert (ran.code, runs()) == (1, [])
