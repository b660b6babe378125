"""`--help` says what works: every example in it is run; and shells complete what they are told to."""

import inspect
import itertools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pandaprobe_evals.cli.commands import app
from pandaprobe_sandbox import API_KEY, PROJECT_NAME

SCRIPT = Path(sys.executable).with_name("pandaprobe-evals")
ELSEWHERE = {
    "agents",
    "sandbox",
    "contract",
    "gate",
    "report",
    "schema",
}  # one serves until it is stopped; the others have tests of their own
MAY_BE_EMPTY = ("--limit", "--has-error", "--status", "--target trace", "runs")
METRIC = "agent_reliability"
HEADERS = {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}


def commands(group=app, before=()):
    """Every command's words, and its function."""
    for info in group.registered_commands:
        yield (*before, info.name or info.callback.__name__.replace("_", "-")), info.callback
    for info in group.registered_groups:
        yield from commands(info.typer_instance, (*before, info.name))


COMMANDS = [(words, function) for words, function in commands() if words[0] not in ELSEWHERE]
EXAMPLES = [
    example
    for _, function in COMMANDS
    for example in re.findall(
        r"(?:Example: |^)((?:cat \S+ \| )?pandaprobe-evals .+)", inspect.getdoc(function), re.MULTILINE
    )
]


def test_every_command_has_an_example():
    assert [words for words, function in COMMANDS if "pandaprobe-evals " not in inspect.getdoc(function)] == []
    assert len(EXAMPLES) >= len(COMMANDS)


def made_for(example, run, sandbox, folder):
    """What the ids in an example stand for, by how they begin; the files that it names are written."""
    sandbox.add_session("chat-1", tags=["prod"], trace_count=2)
    with httpx.Client(transport=sandbox.transport(), base_url="http://sandbox", headers=HEADERS) as http:
        trace = http.get("/traces").json()["items"][0]["trace_id"]
        score = {"trace_id": trace, "name": "review", "value": "0.5"}
        monitor = {"name": "nightly", "target_type": "SESSION", "metrics": [METRIC], "cadence": "daily"}
        score_id = http.post("/evaluations/trace-scores", json=score).json()["id"]
        monitor_id = http.post("/evaluations/monitors", json=monitor).json()["id"]
    submitted = run("submit", "fail-1", "chat-1", "--metric", METRIC, "--wait")
    run_id = submitted.events("run")[0]["run_id"]
    Path(folder, "runs.jsonl").write_text(submitted.out)
    for name in {"main.jsonl", "branch.jsonl"} & set(example.split()):
        run("watch", run_id, "--save", name)
    return {"0b6ff9c2": run_id, "b7c9a0de": trace, "7a1f0f9e": score_id, "3f2b8a54": monitor_id}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_help_works(run, online, sandbox, tmp_path, example):
    (tmp_path / "ids.txt").write_text("chat-1\nchat-3\n")
    (tmp_path / "sessions.csv").write_text("session_id,user\nchat-1,u\nchat-2,v\n")
    ids = made_for(example, run, sandbox, tmp_path)
    if "nightly.ledger" in example:
        words = ("--ledger", "nightly.ledger", "--prepare", "--chunk", 1)
        assert run("submit", "a", "b", "--metric", METRIC, *words).code == 0
    piped, _, line = example.rpartition("| ")
    line, _, redirected = line.partition(" < ")
    read = piped.split()[1] if piped else redirected
    stdin = (tmp_path / read).read_text() if read else ""
    words = shlex.split(re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda found: ids[found[0][:8]], line))
    ran = run(*words[1:], stdin=stdin)
    judges = "--fail-under" in line or words[1] in ("watch", "compare") or words[1:3] == ["runs", "wait"]
    assert ran.code in ((0, 7) if judges else (0,)), ran.err
    assert ran.out or any(word in line for word in MAY_BE_EMPTY)
    assert "--ids" in line or isinstance(ran.records, list)


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS], ids=" ".join)
def test_every_command_helps_with_options_that_can_be_typed(run, words):
    ran = run(*words, "--help")
    assert ran.code == 0
    options = re.findall(r"(?<=[ │,])--?[\w-]+", ran.out)
    assert {"--help", "-h"} <= set(options)
    assert [option for option in options if option != option.lower()] == []


@pytest.mark.parametrize("columns", [80, 120, 200])
@pytest.mark.parametrize("words", [words for words, _ in commands()], ids=" ".join)
def test_a_paragraph_of_the_help_fills_its_lines(run, words, columns):
    shown = run(*words, "--help", env={"COLUMNS": str(columns)}).out
    text = [line.strip() for line in shown.partition("Usage:")[2].partition("\u256d")[0].splitlines()[1:]]
    for line, following in itertools.pairwise(text):
        if line and following:
            assert len(line) + 1 + len(following.split()[0]) > columns - 2, (line, following)


def test_help_as_json_has_every_command_and_option_that_the_help_shows(run):
    told = {line["command"]: line for line in run("--help", "--json").records}
    assert told.keys() == {" ".join(words) for words, _ in commands()}
    for words in (("submit",), ("runs", "list"), ("sandbox",)):
        shown = set(re.findall(r"(?<=[ │,])--[a-z-]+", run(*words, "--help").out))
        (line,) = run("--json", *words, "-h").records
        assert line == told[" ".join(words)]
        flags = {flag for option in line["options"] for flag in option["flags"] if flag.startswith("--")}
        assert shown >= flags, shown ^ flags
        assert shown - flags <= {"--help", *re.findall(r"--[a-z-]+", line["help"])}


def test_help_as_json_has_types_defaults_and_bounds(run):
    (line,) = run("submit", "--help", "--json").records
    options = {option["name"]: option for option in line["options"]}
    assert (options["chunk"]["type"], options["chunk"]["default"], options["chunk"]["minimum"]) == ("integer", 5000, 1)
    assert options["metric"]["repeatable"]
    assert (options["wait"]["type"], options["wait"]["default"]) == ("boolean", False)
    assert (options["verbose"]["type"], options["verbose"]["repeatable"]) == ("boolean", True)
    assert options["column"]["default_says"] == "session_id, or trace_id"
    assert [argument["name"] for argument in line["arguments"]] == ["ids"]
    assert {line["command"] for line in run("runs", "--help", "--json").records} >= {"runs list", "runs show"}


@pytest.mark.once
@pytest.mark.slow
def test_shells_complete_commands_and_options():
    def completed(*words):
        environ = {
            **os.environ,
            "_PANDAPROBE_EVALS_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(("pandaprobe-evals", *words)),
            "COMP_CWORD": str(len(words)),
        }
        return subprocess.run([SCRIPT], env=environ, capture_output=True, text=True, check=True).stdout.split()

    assert completed("su") == ["submit"]
    assert completed("runs", "re") == ["retry"]
    assert "--max-units" in completed("submit", "--ma")
    assert completed("submit", "--metric", "agent_r") == [METRIC]
    assert completed("gate", "x", "--min", "agent_c") == ["agent_consistency="]
    assert completed("submit", "--weight", "loop") == ["loop_detection="]
    assert completed("call", "session_runs.create_b") == ["session_runs.create_batch"]
    assert completed("call", "session_scores.list", "date_") == ["date_from=", "date_to="]
    assert completed("submit", "--target", "trace", "--metric", "task_") == ["task_completion"]
    assert completed("submit", "--target", "") == ["session", "trace"]
    assert completed("submit", "--pacing", "s") == ["sqlite"]
    assert completed("runs", "list", "--status", "F") == ["FAILED"]
    assert completed("scores", "list", "--source", "A") == ["AUTOMATED", "ANNOTATION"]
    install = subprocess.run(
        [
            "bash",
            "-c",
            f'eval "$(_PANDAPROBE_EVALS_COMPLETE=source_bash {shlex.quote(str(SCRIPT))})"; complete -p pandaprobe-evals',
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "pandaprobe" in install.stdout, install.stderr


@pytest.mark.parametrize(
    ("shell", "asked"),
    [
        ("zsh", {"_TYPER_COMPLETE_ARGS": "pandaprobe-evals submit --metric agent_r"}),
        (
            "fish",
            {
                "_TYPER_COMPLETE_ARGS": "pandaprobe-evals submit --metric agent_r",
                "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            },
        ),
    ],
)
def test_zsh_and_fish_are_given_values_too(shell, asked):
    environ = {**os.environ, "_PANDAPROBE_EVALS_COMPLETE": f"complete_{shell}", **asked}
    told = subprocess.run([SCRIPT], env=environ, capture_output=True, text=True, check=True).stdout
    assert METRIC in told
    assert "agent_consistency" not in told


def test_the_page_of_the_command_line_lists_every_command():
    page = (Path(__file__).resolve().parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    listed = {word.split()[0] for row in rows for word in re.findall(r"`([^`]+)`", row)}
    assert {words[0] for words, _ in commands()} - listed == set()


def test_what_coding_agents_read_is_in_the_package_short_and_says_only_flags_that_exist(run):
    text = run("agents").out
    assert len(text.splitlines()) < 80
    told = {line["command"]: line for line in run("--help", "--json").records}
    flags = {flag for line in told.values() for option in line["options"] for flag in option["flags"]}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", text)) - {"--allow", "--help"}
    assert named
    assert named <= flags
