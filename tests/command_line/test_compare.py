"""`compare`, and `gate --baseline`, on a real port: files, runs and names as sides, and words as exit codes."""

import json

import httpx
import pytest
from pandaprobe_sandbox import API_KEY, PROJECT_NAME

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


def test_a_report_has_the_comparison_and_the_verdict_of_the_gate_and_a_title(run, saved, tmp_path):
    words = (saved, "--baseline", "better.jsonl")
    assert run("report", *words, "--title", "Prompt 42", "-o", "r.html").code == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<title>Prompt 42</title>" in page
    assert ">Not passed<" in page
    assert f"against the baseline, {METRIC}: worse" in page
    assert ">Worse</p>" in page
    assert run("report", *words, "--max-drop", "0.3", "-o", "r.html").code == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert ">Passed<" in page
    assert ">Not worse</p>" in page
    assert run("report", saved, "--max-drop", "0.3", "-o", "r.html").code == 4
    assert run("report", *words, "--base-name", "main", "-o", "r.html").code == 4


def test_runs_over_traces_are_compared_by_trace_with_each_other_alone(run, saved, online, tmp_path):
    with httpx.Client(base_url=online, headers={"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}) as service:
        made = [
            service.post(
                "/traces", json={"name": "t", "started_at": "2026-11-20T12:00:00Z", "input": "a", "output": "b"}
            )
            for _ in range(3)
        ]
    ids = [each.json()["trace_id"] for each in made]
    words = (
        "submit",
        *ids,
        "--target",
        "trace",
        "--metric",
        "coherence",
        "--name",
        "main",
        "--save",
        "t.jsonl",
        "--json",
    )
    first, second = (run(*words).events("run")[0]["run_id"] for _ in range(2))
    for base in (first, "t.jsonl"):
        (line,) = run("compare", base, second, "--target", "trace", "--json").events("comparison")
        assert (line["target"], line["metrics"][0]["target"], line["metrics"][0]["count"]) == ("trace", "trace", 3)
    (line,) = run("compare", second, "--base-name", "main", "--target", "trace", "--json").events("comparison")
    assert line["metrics"][0]["paired"]
    gate = ("gate", second, "--base-name", "main", "--target", "trace")
    assert run(*gate).code == 0
    assert "sessions" in run("gate", saved, "--base-name", "main").err, (
        "the only run over sessions of that name is itself"
    )
    ran = run("compare", "base.jsonl", "t.jsonl")
    assert (ran.code, "each kind by itself" in ran.err) == (4, True)
    assert run("report", second, "--baseline", first, "--target", "trace", "-o", "r.html").code == 0
    assert "<title>Trace evaluation report</title>" in (tmp_path / "r.html").read_text(encoding="utf-8")
