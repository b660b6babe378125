"""`compare`, and `gate --baseline`, on a real port: files, runs and names as sides, and words as exit codes."""

import json

import pytest

IDS = [f"chat-{number}" for number in range(21, 33)]
METRIC = "agent_reliability"


@pytest.fixture
def saved(run, online, tmp_path):
    """A run and its results file, and a file in which every score is lower."""
    ran = run("submit", *IDS, "--metric", METRIC, "--name", "main", "--save", "base.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "base.jsonl").read_text().splitlines()]
    for row in rows:
        row["value"] = min(1.0, row["value"] + 0.2)
    (tmp_path / "better.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return ran.events("run")[0]["run_id"]


def test_a_file_and_a_run_are_compared(run, saved):
    (line,) = run("compare", "better.jsonl", saved, "--json").events("comparison")
    assert (line["word"], line["metrics"][0]["paired"], line["metrics"][0]["count"]) == ("worse", True, len(IDS))
    assert run("compare", "base.jsonl", saved, "--json").events("comparison")[0]["word"] == "not worse"


def test_the_last_run_of_a_name_is_a_base(run, saved):
    again = run("submit", *IDS, "--metric", METRIC, "--name", "main", "--json").events("run")[0]["run_id"]
    (line,) = run("compare", again, "--base-name", "main", "--json").events("comparison")
    assert line["word"] == "not worse"
    ran = run("compare", again, "--base-name", "nobody")
    assert (ran.code, "nobody" in ran.err) == (4, True)


@pytest.mark.parametrize(
    "words",
    [
        ("base.jsonl",),
        ("a", "b", "c"),
        ("absent.jsonl", "base.jsonl"),
        ("base.jsonl", "base.jsonl", "--base-name", "x"),
    ],
)
def test_sides_that_make_no_sense_end_with_4(run, saved, words):
    assert run("compare", *words).code == 4


def test_a_drop_against_the_baseline_ends_with_7_and_a_tolerance_lets_it_pass(run, saved, tmp_path):
    ran = run("gate", saved, "--baseline", "better.jsonl", "--json")
    assert ran.code == 7
    assert "against the baseline" in ran.events("verdict")[0]["reasons"][0]
    assert run("gate", saved, "--baseline", "better.jsonl", "--max-drop", "0.3").code == 0
    assert run("gate", saved, "--baseline", saved).code == 0
    (tmp_path / "pandaprobe-evals.toml").write_text('baseline = "better.jsonl"\n')
    assert run("gate", saved).code == 7


def test_what_cannot_be_told_passes_unless_it_is_chosen_not_to(run, saved, tmp_path):
    rows = [json.loads(line) for line in (tmp_path / "base.jsonl").read_text().splitlines()]
    rows[0]["value"] = 1.0
    (tmp_path / "near.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    assert run("compare", "near.jsonl", saved, "--json").events("comparison")[0]["word"] == "cannot tell"
    assert run("gate", saved, "--baseline", "near.jsonl").code == 0
    assert run("gate", saved, "--baseline", "near.jsonl", "--cannot-tell", "fail").code == 7


def test_a_baseline_without_results_and_a_drop_without_baseline_end_with_4(run, saved, tmp_path):
    (tmp_path / "empty.jsonl").write_text("")
    assert run("gate", saved, "--baseline", "empty.jsonl").code == 4
    assert run("gate", saved, "--min", f"{METRIC}=0", "--max-drop", "0.1").code == 4
