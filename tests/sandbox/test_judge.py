"""The sandbox's scores have the metadata of the service's, and go wrong as these were seen to."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandaprobe_sandbox.judge import judged

RECORDED = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "judging" / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
]
METRICS = ("agent_reliability", "agent_consistency")
CASES = {
    "chat-1": "judge works, three traces",
    "annotated-1": "after an annotation called confidence on one of its traces",
    "one-trace-1": "a session of one trace",
    "judge-down-1": "the judge answers 500 to everything",
    "judge-no-json-1": "the judge answers text that is no JSON",
}


def shape(value):
    """A value with its kinds in place of its digits; of traces, which all look alike, one."""
    if isinstance(value, dict):
        found = {key: shape(each) for key, each in value.items()}
        return next(iter(found.values())) if found and all(len(key) == 36 for key in found) else found
    return type(value).__name__


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(("session", "case"), CASES.items())
def test_metadata_has_the_shape_that_was_recorded(session, case, metric):
    (recorded,) = (line for line in RECORDED if line["case"] == case)
    (score,) = (score for score in recorded["session_scores"] if score["name"] == metric)
    found = judged(session, metric, {})
    assert shape(json.loads(found.metadata)) == shape(score["metadata"])


@pytest.mark.parametrize(
    ("session", "metric"),
    [
        ("judge-down-1", "agent_reliability"),
        ("judge-down-1", "agent_consistency"),
        ("judge-no-json-1", "agent_consistency"),
    ],
)
def test_what_nothing_was_measured_for_has_the_value_and_the_words_that_were_recorded(session, metric):
    (recorded,) = (line for line in RECORDED if line["case"] == CASES[session])
    (score,) = (score for score in recorded["session_scores"] if score["name"] == metric)
    found = judged(session, metric, {})
    assert (found.value, found.reason) == (score["value"], score["reason"])


@given(st.text(max_size=20), st.sampled_from(METRICS))
def test_a_score_is_what_its_signals_come_to(session, metric):
    found = judged(f"s{session}", metric, {})
    metadata = json.loads(found.metadata)
    traces = metadata["per_trace_signals"]
    assert len(traces) == metadata["traces_evaluated"] == metadata["total_traces_in_session"]
    raw = metadata["raw_risk" if metric == "agent_reliability" else "raw_instability"]
    assert float(found.value) == pytest.approx(1 - raw)
    if metric == "agent_reliability":
        assert raw == max(signals["step_risk"] for signals in traces.values())
        flagged = [trace for trace, signals in traces.items() if signals["step_risk"] >= 0.5]
        assert metadata["flagged_traces"] == flagged
        assert found.reason.startswith(f"Elevated risk in {len(flagged)} of" if flagged else "No elevated risk across")


def test_the_weights_of_a_run_are_in_its_scores():
    found = json.loads(judged("s", "agent_reliability", {"confidence": 0.5}).metadata)
    assert found["signal_weights"] == {
        "coherence": 1.0,
        "confidence": 0.5,
        "loop_detection": 1.0,
        "tool_correctness": 0.8,
    }
