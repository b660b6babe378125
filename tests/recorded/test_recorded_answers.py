"""The sandbox agrees with the recorded service, and the comparer sees where a deployment does not."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from pandaprobe_sandbox import API_KEY, Sandbox

from . import __main__ as command
from .asking import Deployment, Question, ask_all, compare, fill, questions, recorded, times
from .shapes import differences, shape


@pytest.fixture
def url():
    with Sandbox(speed=50) as sandbox, sandbox.serve() as url:
        yield url


def test_every_recorded_answer_about_session_runs_is_the_sandbox_s_too(url):
    findings = list(compare("runs", Deployment(url, API_KEY)))
    assert len(findings) == len(questions("runs")) == 157
    assert {finding.question.id: [*map(str, finding.differs)] for finding in findings if finding.differs} == {}


OF_THE_PLANE = {
    "seed": 3,
    "traces": 55,
    "sessions": 19,
    "sscore": 6,
    "after": 1,
    "trace-metrics": 1,
    "tbatch": 11,
    "tfilter": 5,
    "trun": 11,
    "srun": 5,
    "tscore": 32,
    "providers": 1,
    "template": 4,
    "an": 29,
    "mon": 47,
}
"""How many questions of the plane there are, of those groups that the sandbox answers as the service does."""


def test_every_recorded_answer_about_sessions_traces_and_their_runs_is_the_sandbox_s_too(url):
    findings = [
        finding
        for finding in compare("plane", Deployment(url, API_KEY), patience=1)
        if finding.question.id.split("/")[0] in OF_THE_PLANE
    ]
    assert len(findings) == sum(OF_THE_PLANE.values())
    assert {finding.question.id: [*map(str, finding.differs)] for finding in findings if finding.differs} == {}


@pytest.mark.slow
def test_the_command_that_users_start_has_nothing_in_it_that_answers_would_count():
    sandbox = [sys.executable, "-m", "pandaprobe_evals", "sandbox", "--port", "0", "--speed", "50"]
    with subprocess.Popen(sandbox, stdout=subprocess.PIPE, text=True) as served:
        try:
            url = served.stdout.readline().split()[3]
            asked = [question for question in questions("runs") if question.id.split("/")[0] in ("seed", "filters")]
            known = recorded("runs")
            for question, answer in zip(asked, ask_all(asked, Deployment(url, API_KEY)), strict=True):
                assert (question.id, answer["body"]) == (question.id, known[question.id]["body"])
        finally:
            served.terminate()


def test_each_question_has_its_recorded_answer_and_no_two_have_one_name():
    for scenario, count in (("runs", 157), ("plane", 230)):
        ids = [question.id for question in questions(scenario)]
        assert ids == list(recorded(scenario))
        assert len(set(ids)) == count


def test_what_differs_is_named_and_fails_the_command(url, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tests.recorded.asking.FOLDER", tmp_path)
    monkeypatch.setattr("tests.recorded.asking.PATIENCE", 0.1)
    asked = [
        {"id": "metrics", "method": "GET", "path": "/evaluations/session-metrics"},
        {"id": "runs", "method": "GET", "path": "/evaluations/session-runs", "loose": [r"\.body\.total"]},
        {"id": "nothing recorded", "method": "GET", "path": "/"},
    ]
    answers = list(ask_all([Question.of(line) for line in asked[:2]], Deployment(url, API_KEY)))
    assert [answer["status"] for answer in answers] == [200, 200]
    answers[0]["status"] = 418
    answers[1]["body"]["total"] = 7
    (tmp_path / "runs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in asked))
    (tmp_path / "runs.recorded.jsonl").write_text("".join(json.dumps(answer) + "\n" for answer in answers))
    monkeypatch.setenv("KEY", API_KEY)
    assert command.main(["compare", "--url", url, "--only", "runs"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "runs metrics differs",
        "    .status: recorded 418, here 200",
        "runs: 1 of 2 answers agree",
    ]


def test_what_was_recorded_of_a_deployment_agrees_with_it(url, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tests.recorded.asking.FOLDER", tmp_path)
    monkeypatch.setattr("tests.recorded.__main__.FOLDER", tmp_path)
    chosen = [{"id": name, "method": "GET", "path": path} for name, path in (("a", "/nope"), ("b", "/sessions"))]
    (tmp_path / "runs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in chosen))
    monkeypatch.setenv("KEY", API_KEY)
    assert command.main(["record", "--url", url, "--only", "runs"]) == 0
    assert command.main(["compare", "--url", url, "--only", "runs"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "runs: 2 of 2 answers agree"


@pytest.mark.parametrize(
    ("arguments", "key", "told"),
    [
        (["--url", "localhost:8000"], "k", "URL: give the deployment's address"),
        (["--url", "http://127.0.0.1:9"], "", "KEY: give an API key"),
        (["--url", "http://127.0.0.1:9", "--only", "run"], "k", "'run' is not one of runs, plane"),
        (["--url", "http://127.0.0.1:9"], "k", "http://127.0.0.1:9 cannot be asked"),
    ],
)
def test_a_deployment_that_cannot_be_asked_is_told_in_one_line(arguments, key, told):
    command = [sys.executable, "-m", "tests.recorded", "compare", *arguments]
    ended = subprocess.run(command, env={**os.environ, "KEY": key}, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert told in ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("of_day", [timedelta(), timedelta(minutes=5), timedelta(minutes=59), timedelta(hours=12)])
def test_what_questions_say_began_an_hour_ago_began_today_as_when_it_was_recorded(of_day):
    now = datetime(2026, 11, 30, tzinfo=UTC) + of_day
    named = {name: datetime.fromisoformat(time) for name, time in times(now).items()}
    assert named["hour_ago"].date() == named["half_hour_ago"].date() == now.date()
    assert named["day_ago"] < named["hour_ago"] <= named["half_hour_ago"] <= named["now"] == now < named["hour_on"]


def test_shapes_keep_the_service_s_words_and_forget_what_changes():
    answer = {
        "id": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
        "detail": "Eval run 3c90c3cc-0d44-4b50-8888-8dd25736052a not found.",
        "created_at": "2026-11-22T09:30:00.123456+00:00",
        "total": 3,
        "count": 3,
        "filters": {"session_ids": ["s-0a1b2c3d", "t"]},
        "items": [{"a": 1}, {"a": 2}, {"a": None}],
    }
    assert shape(answer) == {
        "id": "<id>",
        "detail": "Eval run <id> not found.",
        "created_at": "<time>",
        "total": 3,
        "count": "integer",
        "filters": {"session_ids": ["s-<tag>", "t"]},
        "items": [{"a": "integer"}, {"a": None}],
    }
    assert shape("2026-11-22T09:30:00") == "<time whole seconds naive>"
    assert shape("2026-11-22T09:30:00.1Z") == "<time Z>"


def test_differences_name_each_place():
    one, other = {"a": [1, {"b": 2}], "c": None}, {"a": [1, {"b": 3}], "d": []}
    assert [str(found) for found in differences(one, other)] == [
        ".a[1].b: recorded 2, here 3",
        ".c: recorded null, here nothing",
        ".d: recorded nothing, here []",
    ]


def test_variables_are_put_in_at_any_depth_and_what_is_none_stays():
    assert fill({"{a}": ["{a}-{b}", 1, None]}, {"a": "x"}) == {"x": ["x-{b}", 1, None]}
