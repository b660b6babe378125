"""Run ids: as arguments, and by `-` from whatever printed them, wherever they are taken."""

import json

import pytest

METRIC = "agent_reliability"
FAST = ("--rate-limit", "100000/60", "--settle", "0.3")


@pytest.fixture
def printed(run, online):
    """What `submit --json` printed of two runs, with its messages among it, and their ids."""
    ran = run("submit", "--metric", METRIC, *FAST, "a", "b", "--chunk", 1, "--wait")
    return ran.out + ran.err, [record["run_id"] for record in ran.events("run")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "words",
    [
        ("runs", "show", "-"),
        ("runs", "scores", "-"),
        ("watch", "-"),
        ("gate", "-", "--min", f"{METRIC}=0.01"),
        ("report", "-", "-o", "r.html"),
        ("runs", "delete", "-", "--yes"),
    ],
)
def test_what_submit_printed_is_read_and_what_is_no_id_is_passed_over_with_one_warning(run, printed, words, encoding):
    text, ids = printed
    ran = run(*words, stdin=text.encode(encoding))
    assert ran.code == 0, ran.err
    assert ran.err.count("Skipped") == 1
    told = {record.get("run_id") or record.get("eval_run_id") or record.get("id") for record in ran.records} - {None}
    if words[0] != "report":
        assert set(ids) <= told
    else:
        assert ran.records[-1]["runs"] == 2


def test_a_submit_that_does_not_wait_says_how_to_wait(run, online):
    ran = run("submit", "--metric", METRIC, *FAST, "a", "b", "--chunk", 1)
    next_ = ran.err.partition("Next:\n  pandaprobe-evals ")[2].strip()
    assert next_.split() == ["watch", *(record["run_id"] for record in ran.events("run"))]
    assert run(*next_.split()).code == 0


def test_runs_as_they_are_listed_can_be_piped_on(run, printed):
    listed = run("runs", "list").out
    assert {record["id"] for record in run("runs", "show", "-", stdin=listed).records} == set(printed[1])


@pytest.mark.parametrize("stdin", ["", "\n", "nothing here\n", json.dumps({"event": "summary"})])
def test_no_id_on_stdin_is_an_error(run, online, stdin):
    ran = run("watch", "-", stdin=stdin)
    assert (ran.code, ran.out) == (4, "")
    assert "RUN_ID" in ran.err


def test_nothing_is_deleted_without_a_word_where_nobody_can_be_asked(run, printed, runs):
    ran = run("runs", "delete", printed[1][0])
    assert (ran.code, ran.out) == (4, "")
    assert "--yes" in ran.err
    assert len(runs()) == 2
