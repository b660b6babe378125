"""What a score rests on is read from its metadata; nothing else makes a gate green. Situations as the service gave them."""

import copy
import json
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandaprobe_evals import contract, judge
from pandaprobe_evals.evidence import kind_of, reasons, rules
from pandaprobe_evals.report import render
from pandaprobe_evals.waiting import outcome_of
from pandaprobe_evals_api.models import SessionScore, SessionScoreMetadata

from .made import EPOCH, NOTHING, SIGNALS, SPACE, outcome, resting_on, run_of, score

RECORDED = {
    line["case"]: line
    for line in map(json.loads, Path(__file__).with_name("evidence.jsonl").read_text(encoding="utf-8").splitlines())
}
HEALTHY = {
    "judge works, three traces",
    "the same session again: remembered, nothing measured, billed in full",
    "the same session again with another model: remembered all the same",
    "after an annotation called confidence on one of its traces",
    "a session of one trace",
    "the same session after the judge came back: the failed signals are measured, the others remembered",
}
"""What was remembered or entered by hand is evidence as far as a score says."""


def recorded_score(given):
    row = {
        "id": str(uuid4()),
        "project_id": str(SPACE),
        "data_type": "NUMERIC",
        "source": "AUTOMATED",
        "eval_run_id": str(SPACE),
        "author_user_id": None,
        "created_at": EPOCH.isoformat(),
        "updated_at": EPOCH.isoformat(),
    }
    return SessionScore.from_dict(copy.deepcopy(row | given))


def recorded_outcome(case):
    recorded = RECORDED[case]
    scores = tuple(map(recorded_score, recorded["session_scores"]))
    ids = list(dict.fromkeys(each.session_id for each in scores)) or ["healthy"]
    if case == "with a session that has no traces":
        ids.append("nothing")
    ran = recorded["run"]
    made = run_of(
        ids, metrics=ran["metric_names"], status=ran["status"], error_message=ran["error_message"], model=ran["model"]
    )
    ends = {"COMPLETED": "succeeded", "FAILED": "failed"}
    return outcome_of(str(made.id), made, ends[ran["status"]], scores)


@pytest.mark.parametrize("case", RECORDED)
def test_of_the_ten_recorded_situations_none_but_the_healthy_ones_passes_unasked(case):
    found = recorded_outcome(case)
    verdict = judge(found, {"agent_reliability": 0.0, "agent_consistency": 0.0})
    assert verdict.passed is found.ok is (case in HEALTHY)
    assert ("Passed" in render(found, verdict)) is (case in HEALTHY)


def test_the_ten_are_ten():
    assert len(RECORDED) == 10
    assert set(RECORDED) >= HEALTHY


def kinds(case):
    return {each["name"]: kind_of(recorded_score(each)) for each in RECORDED[case]["session_scores"]}


def test_a_judge_that_is_down_measures_nothing_although_a_trace_counts_as_evaluated():
    case = "the judge answers 500 to everything"
    assert set(kinds(case).values()) == {"without evidence"}
    assert recorded_outcome(case).result == "nothing_measured"
    everything = {"allow_no_evidence": True, "allow_partial_evidence": True, "allow_unknown_evidence": True}
    assert not judge(recorded_outcome(case), {"agent_reliability": 0.0}, **everything).passed


def test_a_judge_that_cannot_be_understood_leaves_a_part():
    assert kinds("the judge answers text that is no JSON") == {
        "agent_consistency": "without evidence",
        "agent_reliability": "partial evidence",
    }


def without(*names, of=SIGNALS):
    return {name: value for name, value in of.items() if name not in names}


FULL = resting_on(SIGNALS, SIGNALS)


@pytest.mark.parametrize(
    ("kind", "metadata"),
    [
        ("measured", FULL),
        ("measured", FULL | {"more": "of it"}),
        ("measured", resting_on(SIGNALS)),
        ("measured", resting_on(SIGNALS | {"step_risk": 0.1, "a_new_one": 3})),
        ("measured", FULL | {"traces_evaluated": 2.0}),
        *(("partial evidence", resting_on(SIGNALS, without(name))) for name in SIGNALS),
        *(("partial evidence", resting_on(without(name), without(name))) for name in SIGNALS),
        ("partial evidence", resting_on(SIGNALS, {"loop_risk": 0.0})),
        ("partial evidence", resting_on(SIGNALS, {})),
        ("partial evidence", resting_on(SIGNALS, total=2)),
        ("partial evidence", resting_on(SIGNALS, SIGNALS, evaluated=1)),
        ("partial evidence", FULL | {"total_traces_in_session": 3}),
        ("partial evidence", without("per_trace_signals", of=FULL) | {"traces_evaluated": 1}),
        *(
            ("partial evidence", resting_on(SIGNALS, SIGNALS | {"tool_risk": odd}))
            for odd in (None, "0.1", True, [], {}, -0.1, 1.5, float("nan"), float("inf"))
        ),
        *(("partial evidence", resting_on(SIGNALS, odd)) for odd in (None, "all", 1, [], True)),
        ("without evidence", resting_on({"loop_risk": 0.0}, {"loop_risk": 0.5})),
        ("without evidence", resting_on({"step_risk": 0.4, "situational_penalty": 0.1}, evaluated=1)),
        ("without evidence", FULL | {"per_trace_signals": {}}),
        ("without evidence", FULL | {"traces_evaluated": 0}),
        ("without evidence", resting_on()),
        ("unknown evidence", {}),
        ("unknown evidence", {"trace_count": 3, "elevated_traces": 0}),
        *(("unknown evidence", without(name, of=FULL)) for name in FULL),
        *(("unknown evidence", FULL | {"per_trace_signals": odd}) for odd in (None, [], "all", 3, True)),
        *(
            ("unknown evidence", FULL | {name: odd})
            for name in ("traces_evaluated", "total_traces_in_session")
            for odd in (None, "2", True, [2], -2, 1.5, float("nan"), float("inf"))
        ),
        ("unknown evidence", FULL | {"traces_evaluated": 3}),
        ("unknown evidence", FULL | {"total_traces_in_session": 1, "traces_evaluated": 1}),
    ],
)
def test_what_a_score_rests_on_is_told_by_its_traces_and_their_signals(kind, metadata):
    assert kind_of(score("s", 1.0, rests_on=metadata)) == kind
    found = outcome({"s": 1.0}, rests_on={"s": metadata})
    assert judge(found, {"agent_reliability": 0.5}).passed is found.ok is (kind == "measured")


ODD = st.sampled_from([None, True, "1", [], {}, -1, 0, 1, 2, 0.5, 1.0, 1e999, float("nan")])
TRACE = st.dictionaries(st.sampled_from([*SIGNALS, "step_risk"]), ODD) | st.just(SIGNALS) | ODD


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "per_trace_signals": st.dictionaries(st.sampled_from("abc"), TRACE) | ODD,
            "traces_evaluated": ODD,
            "total_traces_in_session": ODD,
        },
    )
)
def test_whatever_metadata_holds_a_measured_score_has_every_signal_of_every_trace(metadata):
    kind = kind_of(score("s", 1.0, rests_on=metadata))
    if kind == "measured":
        traces = metadata["per_trace_signals"]
        assert len(traces) == metadata["traces_evaluated"] == metadata["total_traces_in_session"] > 0
        assert all(0 <= trace[name] <= 1 for trace in traces.values() for name in SIGNALS)


@pytest.mark.parametrize("reason", sorted(reasons("SessionScore")))
def test_a_reason_that_says_that_nothing_was_measured_outweighs_any_metadata(reason):
    assert kind_of(score("s", 1.0, reason=reason)) == "without evidence"


def test_the_rules_are_the_contracts():
    said = contract.schema("SessionScore")["properties"]["metadata"]["x-evidence"]
    assert rules("SessionScore").signals == set(said["signals"]) == set(SIGNALS)
    assert rules("SessionScore").telling == set(said["signals"]) - set(said["not_alone"])


def test_metadata_is_looked_at_by_to_dict_and_left_as_it_is():
    given = score("s", 1.0)
    before = given.metadata.to_dict()
    kind_of(given)
    assert isinstance(given.metadata, SessionScoreMetadata)
    assert given.metadata.to_dict() == before


def test_a_run_whose_sessions_all_got_no_score_measured_nothing():
    found = outcome({"a": NOTHING, "b": NOTHING})
    assert (found.result, found.ok) == ("nothing_measured", False)
    assert str(found).startswith(f"run {found.run_id}: nothing measured")
    assert outcome({}).result == "nothing_measured"  # a sample of no sessions
    assert outcome({"a": NOTHING, "b": 0.5}).result == "succeeded"


def test_ok_wants_every_metric_of_every_session():
    half = outcome({"a": {"agent_reliability": 0.9}}, metrics=("agent_reliability", "agent_consistency"))
    assert half.without_score == ()
    assert not half.ok
    whole = {"agent_reliability": 0.9, "agent_consistency": 0.9}
    assert outcome({"a": whole}, metrics=tuple(whole)).ok
