"""Results files: what is written is what is read, in one order, by a schema that is published."""

import json
import random
from datetime import UTC, datetime
from importlib import resources

import jsonschema_rs
import pytest
from pandaprobe_evals import InvalidArgument, Results
from pandaprobe_evals.results import EVIDENCE
from pandaprobe_evals.waiting import Outcomes

from .made import FAILED, HOLLOW, NOTHING, outcome

SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads(resources.files("pandaprobe_evals").joinpath("results.schema.json").read_text("utf-8")),
    validate_formats=True,
)
ROW = {"run_id": "r", "session_id": "s", "metric": "m", "value": 0.5, "evidence": "measured"}


@pytest.fixture
def outcomes():
    sessions = {"chat-2": 0.1, "chat-1": 1 / 3, "lost": NOTHING, "bad": FAILED, "hollow": HOLLOW}
    return Outcomes([outcome(sessions, reasons={"chat-2": "Lines\u2028 and half a \ud800 pair\r\n, und ä"})])


def test_what_is_saved_is_what_is_loaded_and_each_line_is_as_the_schema_says(outcomes, tmp_path):
    outcomes.save(file := tmp_path / "new" / "results.jsonl")
    lines = file.read_text("utf-8").split("\n")
    assert lines.pop() == ""
    for line in lines:
        SCHEMA.validate(json.loads(line))
    assert Results.load(file).to_dicts() == Results.of(outcomes).to_dicts()
    assert {row["session_id"]: row["evidence"] for row in Results.load(file)} == {
        row["session_id"]: row["kind"] for row in outcomes.to_dicts()
    }
    assert {row["session_id"]: row["value"] for row in Results.load(file)}["chat-1"] == 1 / 3
    assert file.stat().st_mode & 0o077 == 0


def test_the_order_of_rows_does_not_change_a_byte(outcomes, tmp_path):
    rows = outcomes.to_dicts()
    Results(rows).save(tmp_path / "one")
    random.Random(1).shuffle(rows)
    Results(rows).save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_a_later_version_adds_is_passed_over_and_traces_have_rows_too(tmp_path):
    (tmp_path / "f").write_text(
        '{"run_id":"r","trace_id":"t","metric":"m","value":null,"evidence":"failed","measured":"no"}\n\n'
    )
    (row,) = Results.load(tmp_path / "f")
    assert row == {
        "metric": "m", "trace_id": "t", "value": None, "evidence": "failed", "origin": None, "status": None, "reason": None,
        "created_at": None, "run_id": "r",
    }  # fmt: skip


def test_times_keep_their_microseconds_and_are_utc():
    (row,) = Results([ROW | {"created_at": "2026-11-22T11:30:00.000001+02:00"}])
    assert row["created_at"] == datetime(2026, 11, 22, 9, 30, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": 1.5}, "value"),
        ({"value": "0.5"}, "value"),
        ({"value": None}, "measured"),
        ({"evidence": "guessed"}, "evidence"),
        ({"metric": ""}, "metric"),
        ({"run_id": 5}, "run_id"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"trace_id": "t"}, "either"),
        ({"session_id": None}, "either"),
        ({"reason": 5}, "reason"),
    ],
)
def test_a_row_that_is_none_is_refused_with_its_place(change, said, tmp_path):
    (file := tmp_path / "f.jsonl").write_text(f"{json.dumps(ROW)}\n{json.dumps(ROW | change)}\n")
    with pytest.raises(InvalidArgument, match=rf"f\.jsonl, line 2.*{said}"):
        Results.load(file)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"chat-1\n", b"[]\n", b'{"event": "run"}\n'])
def test_a_file_that_is_no_results_file_is_refused(content, tmp_path):
    (file := tmp_path / "f").write_bytes(content)
    with pytest.raises(InvalidArgument, match=r"--save|must be a row"):
        Results.load(file)
    with pytest.raises(InvalidArgument, match="cannot be read"):
        Results.load(tmp_path / "absent")


def test_the_schema_names_every_kind_of_evidence():
    said = json.loads(resources.files("pandaprobe_evals").joinpath("results.schema.json").read_text("utf-8"))
    assert said["properties"]["evidence"]["enum"] == list(EVIDENCE)
