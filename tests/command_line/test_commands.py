"""Each command over a real port, without a terminal: JSON lines on stdout and nothing else, and its exit code."""

import json
import shlex
import subprocess
import sys

import pytest
from pandaprobe_sandbox import EXPIRED_API_KEY, FORBIDDEN_API_KEY, HOBBY_API_KEY

from tests.conftest import UNTRACED

METRIC = "agent_reliability"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def submitted(run, online):
    """The id of a run that has ended, with one failed pair."""
    ran = run("submit", "chat-1", "fail-2", "--metric", METRIC, "--name", "first", "--wait")
    assert ran.code == 7
    return ran.events("run")[0]["run_id"]


def test_runs_are_listed_newest_first_and_page_by_themselves(run, online, runs):
    for number in range(3):
        run("submit", f"chat-{number}", "--metric", METRIC)
    listed = run("runs", "list")
    assert [record["id"] for record in listed.records] == [record["id"] for record in reversed(runs())]
    assert len(run("runs", "list", "--limit", 2).records) == 2
    assert run("runs", "list", "--status", "FAILED").records == []


def test_a_run_is_shown_as_the_service_tells_it(run, submitted, runs):
    assert run("runs", "show", submitted).records == runs()


def test_scores_of_a_run_and_of_the_project(run, submitted):
    of_run = run("runs", "scores", submitted).records
    assert {score["session_id"] for score in of_run} == {"chat-1", "fail-2"}
    assert run("scores").records == of_run
    assert [score["session_id"] for score in run("scores", "--status", "FAILED").records] == ["fail-2"]
    assert run("scores", "--session", "chat-1", "--metric", METRIC, "--limit", 5).records == [
        score for score in of_run if score["session_id"] == "chat-1"
    ]


def test_what_failed_is_evaluated_again_in_one_new_run(run, submitted, runs):
    (made,) = run("runs", "retry", submitted).records
    assert made["filters"] == {"session_ids": ["fail-2"], "retry_of": submitted}
    assert len(runs()) == 2


def test_runs_are_deleted(run, submitted, runs):
    assert run("runs", "delete", submitted, "--scores", "--yes").records == [{"event": "deleted", "run_id": submitted}]
    assert runs() == []
    assert run("runs", "delete", submitted, "--yes").code == 3
    gone = run("watch", submitted)
    assert (gone.code, gone.records[0]["result"]) == (7, "deleted")
    assert "Next:" not in gone.err  # no command can do anything with it


def test_a_watch_ends_with_the_runs_and_says_how_each_did(run, submitted, online):
    fine = run("submit", "chat-1", "--metric", METRIC).events("run")[0]["run_id"]
    watched = run("watch", fine)
    assert watched.code == 0
    assert watched.records[0]["result"] == "succeeded"
    both = run("watch", submitted, fine)
    assert both.code == 7
    assert [record["result"] for record in both.records] == ["completed_with_failures", "succeeded"]


def test_a_watch_that_is_not_over_in_time_says_which_runs_it_waited_for(run, online):
    stuck = run("submit", "stall-1", "--metric", METRIC).events("run")[0]["run_id"]
    watched = run("watch", stuck, "--deadline", 0.1)
    assert watched.code == 1
    assert "1 of 1 run did not finish in time" in watched.err


def test_metrics_are_listed(run, online):
    assert [metric["name"] for metric in run("metrics").records] == ["agent_consistency", "agent_reliability"]


def test_a_doctor_finds_nothing_wrong_with_what_is_right(run, submitted, home):
    (home / ".pandaprobe" / "config.yaml").write_text("timeout: 9\n")
    (home / ".pandaprobe" / "config.yaml").chmod(0o600)
    ran = run("doctor")
    assert ran.code == 0
    assert {record["check"]: record["state"] for record in ran.records} == dict.fromkeys(
        ["file", "settings", "endpoint", "credentials", "project", "clock", "contract"], "ok"
    )


def test_a_doctor_says_what_to_do_about_what_is_wrong(run, online, home):
    (home / ".pandaprobe" / "config.yaml").write_text("timeout: 9\n")
    (home / ".pandaprobe" / "config.yaml").chmod(0o644)
    ran = run("doctor", env={"PANDAPROBE_API_KEY": EXPIRED_API_KEY})
    findings = {record["check"]: record for record in ran.records}
    assert ran.code == 2
    assert findings["credentials"]["state"] == "failed"
    assert "expired" in findings["credentials"]["found"]
    assert findings["file"]["advice"].startswith("chmod 600 ")
    nowhere = run("doctor", "--endpoint", "http://127.0.0.1:9")
    assert nowhere.code == 1
    assert "--endpoint" in nowhere.records[-1]["advice"]


@pytest.mark.parametrize(
    ("words", "env", "code", "said"),
    [
        (["metrics", "--endpoint", "http://127.0.0.1:9", "--jsn"], {}, 4, "--json"),
        (["metrics"], {"PANDAPROBE_API_KEY": EXPIRED_API_KEY}, 2, "API key has expired"),
        (["metrics"], {"PANDAPROBE_API_KEY": FORBIDDEN_API_KEY}, 2, "403"),
        (["metrics"], {"PANDAPROBE_API_KEY": ""}, 4, "PANDAPROBE_API_KEY"),
        (["runs", "show", NOBODY], {}, 3, "not found"),
        (["runs", "show", "not-an-id"], {}, 4, "is not a valid UUID"),
        (["runs", "scores", NOBODY], {}, 3, "not found"),
        (["runs", "retry", NOBODY], {}, 3, "not found"),
        (["runs", "list", "--status", "DONE"], {}, 4, "COMPLETED"),
        (["scores", "--since", "last week"], {}, 4, "yesterday"),
        (["submit", "a"], {}, 4, "--metric"),
        (["submit", "a", "--metric", "helpfulness"], {}, 4, "agent_consistency"),
        (["submit", *map(str, range(11)), "--metric", METRIC], {"PANDAPROBE_API_KEY": HOBBY_API_KEY}, 6, "HOBBY plan"),
        (["frobnicate"], {}, 4, "frobnicate"),
    ],
)
def test_an_error_is_one_message_on_stderr_and_its_own_exit_code(run, online, words, env, code, said):
    ran = run(*words, env=env)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_a_broken_service_is_exit_code_5(run, online, sandbox):
    sandbox.inject("status", code=200, body="{}", content_type="application/json")
    ran = run("runs", "show", NOBODY)
    assert (ran.code, ran.out) == (5, ""), ran.err


def test_no_credentials_at_all_says_every_way_to_give_them(run):
    ran = run("metrics")
    assert ran.code == 4
    for word in ("PANDAPROBE_API_KEY", "PANDAPROBE_TOKEN", "config.yaml", "sandbox"):
        assert word in ran.err


def test_closed_standard_streams_are_no_traceback(online):
    line = " ".join([*map(shlex.quote, [sys.executable, "-m", "pandaprobe_evals.cli"]), "metrics"])
    done = subprocess.run(["sh", "-c", f"{line} <&- >&-"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_heavy_is_loaded_for_help_and_version():
    code = (
        "import sys\n"
        "from pandaprobe_evals.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)\n"
    )
    for word in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-c", code, word], capture_output=True, text=True, check=True, env=UNTRACED
        )
        loaded = set(done.stderr.split())
        heavy = {"httpx", "attrs", "yaml", "sqlite3", "fastapi", "jsonschema_rs", "pandaprobe_evals_api"}
        assert not loaded & {*heavy, "pandaprobe_evals.client", "pandaprobe_sandbox", "pandaprobe_evals.settings"}


def test_json_is_ascii_safe_and_keeps_every_character(run, online):
    ran = run("submit", "chat \u2028 ünï", "--as-text", "--metric", METRIC)
    (record,) = run("runs", "show", ran.events("run")[0]["run_id"]).records
    assert record["filters"]["session_ids"] == ["chat \u2028 ünï"]
    assert json.dumps(record)
