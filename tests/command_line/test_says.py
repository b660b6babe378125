"""What is said while nothing comes, what errors look like to programs, and where options may stand."""

import json
import re
import socket
import subprocess
import sys

import pytest
from pandaprobe_evals import InvalidArgument, WaitTimeout
from pandaprobe_evals.transport.exchange import SENDING
from pandaprobe_sandbox import Sandbox

METRIC = "agent_reliability"


@pytest.fixture
def deaf(monkeypatch):
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PANDAPROBE_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("PANDAPROBE_API_KEY", "sk_pp_" + "x" * 43)
        monkeypatch.setenv("PANDAPROBE_PROJECT_NAME", "p")
        yield


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("how", ["terminal", "pipe"])
def test_after_two_seconds_without_an_answer_a_line_says_so(terminal, start, environ, deaf, how):
    if how == "terminal":
        with terminal("metrics", "--timeout", "2.5") as screen:
            screen.until("No answer yet, attempt 1 of 6", 30)
            screen.until(r"No answer yet, attempt 2 of 6 \(ReadTimeout", 30)
    else:
        with start("metrics", "--timeout", "2.5") as process:
            assert process.stderr.readline() == "No answer yet, attempt 1 of 6\n"
            assert process.stderr.readline().startswith("No answer yet, attempt 2 of 6 (ReadTimeout")


def test_a_request_that_a_call_makes_after_others_is_the_first_attempt_at_it(run, online, caplog):
    ids = ["chat-21", "chat-22", "chat-23"]
    made = run("submit", *ids, "--metric", METRIC, "--wait", "--json").events("run")[0]["run_id"]
    caplog.clear()
    with caplog.at_level(SENDING, "pandaprobe_evals"):
        run("export", made, "--to", "scores.csv", "--provenance")
    sent = [record.call for record in caplog.records if record.levelno == SENDING]
    assert sent == ["attempt 1 of 6"] * len(sent)
    assert len(sent) > len(ids)


def test_an_answer_in_time_needs_no_word(run, online):
    assert run("metrics").err == ""


def test_v_tells_of_waits_and_vv_of_each_request(run, online, sandbox):
    assert "list_session_metrics attempt 1: 200" in run("metrics", "-vv").err
    sandbox.inject("html_502", times=1)
    one = run("metrics", "-v").err
    assert "waits" in one
    assert "attempt" not in one


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("runs", "show", "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e"), "not_found", 3),
        (("runs", "show", "x"), "invalid_argument", 4),
        (("submit", "a", "--metric", METRIC, "--fail-under", "x=2"), "invalid_argument", 4),
        (("metrics", "--nosuch"), "invalid_argument", 4),
        (("submit", "a", "--metric", "nosuch"), "invalid_argument", 4),
    ],
)
def test_an_error_is_json_where_json_was_asked_for(run, online, words, code, exit_code):
    ran = run(*words, "--json")
    (line,) = ran.err.splitlines()
    told = json.loads(line)["error"]
    assert (ran.code, ran.out, told["code"], told["exit_code"]) == (exit_code, "", code, exit_code)
    assert told["message"]
    assert set(told) == {"code", "message", "exit_code", "request_id"}
    assert (told["request_id"] is not None) == (code == "not_found")


def test_the_options_of_every_command_may_stand_before_it(run, online):
    assert run("--json", "metrics").records == run("metrics").records
    assert run("--endpoint", online, "--json", "runs", "list").code == 0
    assert run("--endpoint=http://127.0.0.1:9", "metrics").code == 1
    assert run("--version").code == 0


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--project", "--project-name"),
        ("--format", "--json"),
        ("--api-key", "PANDAPROBE_API_KEY"),
        ("--since", "sessions list"),
    ],
)
def test_a_flag_of_other_tools_is_refused_with_what_does_it_here(run, online, flag, said):
    ran = run("metrics", flag, "x")
    assert (ran.code, ran.out) == (4, "")
    assert said in ran.err


def test_metrics_in_a_comma_list_are_told_to_come_each_by_itself(run, online, runs):
    ran = run("submit", "a", "--metric", "agent_reliability,agent_consistency")
    assert (ran.code, runs()) == (4, [])
    assert "give --metric again" in ran.err


def test_refused_credentials_and_a_wrong_path_name_the_doctor(run, online):
    refused = run("metrics", env={"PANDAPROBE_API_KEY": "sk_pp_" + "x" * 43})
    assert refused.code == 2
    assert "doctor" in refused.err
    astray = run("metrics", "--endpoint", f"{online}/nowhere")
    assert astray.code == 5  # no 404 of the service: of metrics it has none
    assert "doctor" in astray.err
    assert "doctor" not in run("runs", "show", "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e").err


@pytest.mark.once
@pytest.mark.parametrize("words", [["sessions", "list"], ["sessions", "list", "--ids"], ["traces", "list"]])
def test_tags_in_a_comma_list_are_told_to_come_each_by_itself(run, online, words):
    ran = run(*words, "--tag", "a,b")
    assert (ran.code, ran.out) == (0, "")
    assert "Nothing has the tag 'a,b', which is one tag: give each of several its own --tag." in ran.err


def test_python_m_runs_the_command_line(environ):
    ran = subprocess.run(
        [sys.executable, "-m", "pandaprobe_evals", "--version"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("metrics", "--endpoint", "http://192.0.2.1"), ["--endpoint: ", "--allow-http"]),
        (("scores", "--since", "never"), ["--since", "24h"]),
        (("submit", "a", "--metric", METRIC, "--name", "x" * 400), ["--name: "]),
        (("scores", "--run", "x"), ["--run: "]),
        (("runs", "list", "--status", "x"), ["--status: "]),
        (("submit", "a", "--metric", METRIC, "--pacing", "mysql"), ["--pacing: ", "'redis' or 'off', not 'mysql'"]),
        (("scores", "--offset", "3"), ["--offset", "--limit N"]),
    ],
)
def test_a_message_names_the_flag_that_was_typed(run, online, words, said):
    ran = run(*words)
    assert (ran.code, ran.out) == (4, "")
    assert [each for each in said if each not in ran.err] == []
    assert not re.search(r"allow_http|Engine|base_url|date_from", ran.err)


def test_an_address_that_is_amiss_is_told_by_its_flag(run, online):
    ran = run("metrics", "--endpoint", f"{online}/nowhere")
    assert "is --endpoint right?" in ran.err
    assert "base_url" not in ran.err


@pytest.mark.parametrize("target", ["session", "trace"])
def test_runs_that_did_not_end_in_time_are_told_with_the_command_that_waits_again(run, online, target):
    id_ = {"session": "chat-1", "trace": "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e"}[target]
    metric = {"session": METRIC, "trace": "coherence"}[target]
    kind = [] if target == "session" else ["--target", "trace"]
    with Sandbox(pending_seconds=3600) as slow, slow.serve() as url:
        (made,) = run("submit", id_, "--metric", metric, *kind, "--endpoint", url).events("run")
        ran = run("watch", made["run_id"], *kind, "--deadline", "0", "--endpoint", url)
    assert ran.code == 1
    again = ["pandaprobe-evals", "watch", made["run_id"], *kind, "--endpoint", url]
    assert f"; wait again: {' '.join(again)}\n" in ran.err
    assert "1 of 1 run did not" in ran.err
    assert "run_ids" not in ran.err


def test_python_is_told_of_its_own_words():
    assert str(WaitTimeout("late")) == "late; wait again for its run_ids"
    assert InvalidArgument("timeout: is no number").argument == "timeout"
    assert InvalidArgument("no ids: none").argument is None


@pytest.mark.once
def test_a_port_that_is_taken_says_how_to_take_another(start, environ):
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        start("sandbox", "--port", server.getsockname()[1]) as process,
    ):
        assert "--port 0 picks a free one" in process.communicate(timeout=30)[1]
    assert process.returncode == 1
