"""What `gate` tells GitHub Actions: within its limits, and without changing an exit code."""

import pytest
from pandaprobe_evals.cli.github import LARGEST, annotations, summary
from pandaprobe_evals.verdict import judge

from tests.judging.made import outcome


@pytest.mark.parametrize("least", ["0", "1"])
def test_the_summary_is_added_to_and_reasons_are_annotated(run, online, tmp_path, least):
    run_id = run("submit", "chat-21", "--metric", "agent_reliability", "--json").events("run")[0]["run_id"]
    words = ("gate", run_id, "--min", f"agent_reliability={least}", "--json")
    (file := tmp_path / "summary.md").write_text("before\n")
    ran = run(*words, env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(file)})
    assert file.read_text().startswith("before\n### PandaProbe: " + ("not passed" if least == "1" else "passed"))
    assert ran.err.count("::error ") == int(least)
    lost = run(*words, env={"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "folder")})
    assert ran.code == lost.code == run(*words).code == 7 * int(least)


def test_what_is_beyond_the_limits_is_left_out_and_said():
    verdict = judge(outcome({"a": 0.1}), {"agent_reliability": 0.5})
    text = summary(verdict, ["<b> | ä" * 100] * 5_000)
    assert len(text) <= LARGEST
    assert b"lines are left out" in text
    assert b"<b>" not in text
    assert summary(verdict, [], 10) == b""
    said = annotations([f"reason {number}\n100%" for number in range(25)])
    assert (len(said), "16 more" in said[-1], "%0A100%25" in said[0]) == (10, True, True)
    assert len(annotations(["x"] * 10)) == 10
