"""What a session run measures of each trace, and what it remembers in place of measuring, as the service was seen to."""

import json
from pathlib import Path

import pytest

SIGNALS = ["coherence", "confidence", "loop_detection", "tool_correctness"]
EVIDENCE = Path(__file__).parents[1] / "judging/evidence.jsonl"


@pytest.fixture
def trace(call, clock):
    """Ingest a trace; its id."""

    def ingest(name, session_id, **more):
        body = {"name": name, "session_id": session_id, "started_at": clock.now(), "input": "a", "output": "b", **more}
        return call.post("/traces", json=body).json()["trace_id"]

    return ingest


@pytest.fixture
def run(call, clock):
    """Start a run over sessions and see it end; its id. Nobody reads its scores."""

    def started(*ids, seconds=60, **more):
        found = call.create(*ids, **more).json()["id"]
        clock.advance(seconds)
        return found

    return started


def signals(call, run_id):
    return call.get(f"/evaluations/trace-runs/{run_id}/scores").json()


def names(call, run_id):
    return sorted(score["name"] for score in signals(call, run_id))


def give(call, trace_id, value, **more):
    body = {"trace_id": trace_id, "name": "confidence", "value": value, **more}
    return call.post("/evaluations/trace-scores", json=body).json()


def test_a_later_run_remembers_whoever_reads_which_first(call, trace, run):
    trace("turn", "a")
    first, second = run("a"), run("a")
    assert names(call, second) == []
    assert names(call, first) == SIGNALS
    assert call.scores(first)[0]["value"] == call.scores(second)[0]["value"]


def test_two_runs_at_the_same_time_each_measure(call, trace, run):
    trace("turn", "a")
    first, second = run("a", seconds=0), run("a")
    assert names(call, first) == names(call, second) == SIGNALS


def test_the_scores_of_trace_runs_are_taken_for_signals(call, trace, run, clock):
    body = {"trace_ids": [trace("turn", "a")], "metrics": ["confidence", "coherence"]}
    call.post("/evaluations/trace-runs/batch", json=body)
    clock.advance(60)
    assert names(call, run("a")) == ["loop_detection", "tool_correctness"]


def test_what_was_remembered_stays_when_its_source_is_deleted(call, trace, run):
    trace("turn", "a")
    first, second = run("a"), run("a")
    call.delete(f"/evaluations/session-runs/{first}", params={"delete_scores": True})
    assert names(call, second) == []
    assert names(call, run("a")) == SIGNALS


def test_an_annotation_after_the_run_is_not_part_of_it(call, trace, run):
    of = trace("turn", "a")
    first = run("a")
    give(call, of, "0.01")
    assert names(call, first) == SIGNALS
    assert call.scores(first)[0]["metadata"]["per_trace_signals"][of]["confidence_risk"] != 0.99
    assert call.scores(run("a"))[0]["metadata"]["per_trace_signals"][of]["confidence_risk"] == 0.99


@pytest.mark.parametrize(("value", "data_type"), [("true", "BOOLEAN"), ("red", "CATEGORICAL")])
def test_a_signal_that_is_no_number_fails_its_session_and_all_after_it(call, trace, run, value, data_type):
    trace("good", "a")
    trace("good", "c")
    poison = give(call, trace("bad", "b"), value, data_type=data_type)
    failed = run("a", "b", "c")
    found = call.run(failed)
    assert (found["status"], found["evaluated_count"], found["failed_count"]) == ("FAILED", 1, 0)
    assert found["error_message"] == f"could not convert string to float: {value!r}"
    assert [score["session_id"] for score in call.scores(failed)] == ["a"]
    call.delete(f"/evaluations/trace-scores/{poison['id']}")
    assert call.run(run("a", "b", "c"))["status"] == "COMPLETED"


def recorded(*, name, status):
    cases = map(json.loads, EVIDENCE.read_text("utf-8").splitlines())
    found = [signal for case in cases for signal in case["signals_measured_by_this_run"]]
    return {signal["reason"] for signal in found if (signal["name"], signal["status"]) == (name, status)}


def test_signals_speak_as_those_that_were_recorded(call, trace, run):
    first, second = (trace(f"turn-{index}", "a", environment="prod") for index in range(2))
    made = {(score["trace_id"], score["name"]): score for score in signals(call, run("a"))}
    assert {score["environment"] for score in made.values()} == {"prod"}
    assert made[first, "loop_detection"]["value"] == "1.0"
    assert made[first, "loop_detection"]["reason"] in recorded(name="loop_detection", status="SUCCESS")
    starts = {reason.partition(": ")[0] for reason in recorded(name="loop_detection", status="SUCCESS")}
    assert made[second, "loop_detection"]["reason"].partition(": ")[0] in starts
    coherence = made[second, "coherence"]
    assert coherence["reason"].partition(": ")[0] in {
        reason.partition(": ")[0] for reason in recorded(name="coherence", status="SUCCESS")
    }
    assert coherence["metadata"]["coherence_gap"] == pytest.approx(1 - float(coherence["value"]))


def test_a_signal_that_failed_says_so_as_those_that_were_recorded(call, trace, run):
    trace("turn", "judge-down-1")
    failed = [score for score in signals(call, run("judge-down-1")) if score["status"] == "FAILED"]
    assert [score["value"] for score in failed] == [None] * 3
    assert {score["reason"].partition(": ")[0] for score in failed} == {
        reason.partition(": ")[0] for reason in recorded(name="confidence", status="FAILED")
    }


def test_a_risk_of_exactly_a_half_is_not_flagged(sandbox, call, run):
    sandbox.set_scores({"half": {"agent_reliability": 0.5}, "less": {"agent_reliability": 0.4999}})
    flagged = {score["session_id"]: score["metadata"]["flagged_traces"] for score in call.scores(run("half", "less"))}
    assert flagged["half"] == []
    assert len(flagged["less"]) >= 1
