"""One JSON Schema, in the package and printed by a command, for every JSON line; `run` holds each line against it."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from pandaprobe_evals.cli.schema import lines_schema

from tools.api import LINES

VENDOR = Path(__file__).parents[1] / "conformance" / "vendor" / "served-0.5.0.json"


def test_the_schema_is_printed_and_is_one(run):
    printed = json.loads(run("schema").out)
    assert printed == lines_schema()
    jsonschema_rs.meta.validate(printed)
    assert "x-" not in {key[:2] for name, each in printed["$defs"].items() for key in each}
    assert "components" not in json.dumps(printed)


def test_the_site_has_the_schema_that_the_package_prints(run):
    assert LINES.read_text(encoding="utf-8") == run("schema").out, "make api"


def test_every_event_says_when_it_is_printed_and_what_each_key_is():
    for name, event in lines_schema()["$defs"].items():
        assert event.get("description"), name
    named = [each["$ref"].removeprefix("#/$defs/") for each in lines_schema()["anyOf"]]
    assert {"plan", "run", "outcome", "verdict", "summary", "error", "EvalRun", "SessionScore"} <= set(named)


@pytest.mark.parametrize(
    "line",
    [
        {"event": "nosuch"},
        {"event": "deleted"},
        {"event": "deleted", "run_id": "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e", "more": 1},
        {"error": {"code": "x", "message": "y"}},
        {},
    ],
)
def test_a_line_of_another_form_is_told(lines, line):
    assert not lines.is_valid(line)


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("drift", "--against", "nosuch.json"), "not_comparable", 2),
        (("drift",), "invalid_argument", 4),
        (("check", "--base-url", "http://127.0.0.1:9"), "invalid_argument", 2),
        (("check", "--report", "x.txt"), "invalid_argument", 4),
    ],
)
def test_what_keeps_a_contract_command_from_running_is_one_json_error(run, words, code, exit_code):
    ran = run("contract", *words, "--json")
    told = json.loads(ran.err.splitlines()[-1])["error"]
    assert (ran.code, told["code"], told["exit_code"]) == (exit_code, code, exit_code)
    assert ran.out == ""


@pytest.mark.slow
def test_contract_commands_print_events(run, online):
    drift = run("contract", "drift", "--against", VENDOR)
    assert {each["event"] for each in drift.records} == {"difference"}
    checked = run("contract", "check", "--fail-fast", "--json")
    *promises, last = checked.records
    assert {each["event"] for each in promises} == {"promise"}
    assert (last["event"], last["exit_code"]) == ("contract", checked.code)
