"""Where the signals behind a score come from is told from the service's trace scores, and nothing is guessed."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pandaprobe_evals import judge
from pandaprobe_evals.provenance import Known, kind_by, provenance_of
from pandaprobe_evals.report import render
from pandaprobe_evals.waiting import outcome_of
from pandaprobe_evals_api.models import TraceScore

from .made import EPOCH, SPACE, run_of
from .test_evidence import RECORDED, recorded_score

FIRST = "judge works, three traces"
AGAIN = "the same session again: remembered, nothing measured, billed in full"
ANNOTATED = "after an annotation called confidence on one of its traces"
BACK = "the same session after the judge came back: the failed signals are measured, the others remembered"
DOWN = "the judge answers 500 to everything"
NO_JSON = "the judge answers text that is no JSON"
RUNS = {case: UUID(int=number + 1) for number, case in enumerate(RECORDED)}


def scores(case, at=0.0):
    """The session scores of a recorded run, which ended at a moment."""
    moment = (EPOCH + timedelta(seconds=at + 30)).isoformat()
    more = {"eval_run_id": str(RUNS[case]), "created_at": moment, "updated_at": moment}
    return [recorded_score(more | row) for row in map(dict, RECORDED[case]["session_scores"])]


def signals(case, at=0.0, **more):
    """The signals that it measured."""
    return [
        trace_score(**{**row, "eval_run_id": str(RUNS[case]), "at": at, **more})
        for row in RECORDED[case]["signals_measured_by_this_run"]
    ]


def trace_score(*, at=0.0, changed=None, **row):
    base = {
        "id": str(uuid4()),
        "project_id": str(SPACE),
        "data_type": "NUMERIC",
        "source": "AUTOMATED",
        "status": "SUCCESS",
        "eval_run_id": None,
        "author_user_id": None,
        "reason": None,
        "environment": None,
        "config_id": None,
        "metadata": {},
        "created_at": (EPOCH + timedelta(seconds=at)).isoformat(),
        "updated_at": (EPOCH + timedelta(seconds=at if changed is None else changed)).isoformat(),
    }
    return TraceScore.from_dict(json.loads(json.dumps(base | row)))


def annotation(at, source="ANNOTATION"):
    """The signal that the recorded score after an annotation differs by from the one before it."""
    (trace_id,) = (
        trace_id
        for trace_id, after in RECORDED[ANNOTATED]["session_scores"][0]["metadata"]["per_trace_signals"].items()
        if after["confidence_risk"]
        != RECORDED[FIRST]["session_scores"][0]["metadata"]["per_trace_signals"][trace_id]["confidence_risk"]
    )
    return trace_score(trace_id=trace_id, name="confidence", value="0.01", source=source, at=at)


@pytest.mark.parametrize("case", [FIRST, "a session of one trace"])
def test_what_a_run_measured_is_told_as_measured(case):
    for score in scores(case):
        found = provenance_of(score, Known(signals(case)))
        assert (found.origin, found.measured, found.failed) == ("measured", len(found.signals), ())


def test_a_second_run_remembers_and_from_which_run_and_when_is_told():
    for score in scores(AGAIN, at=100):
        found = provenance_of(score, Known(signals(FIRST)))
        assert (found.origin, found.measured, len(found.signals)) == ("remembered", 0, 12)
        assert (found.from_runs, found.oldest) == ((str(RUNS[FIRST]),), EPOCH)
        assert kind_by(score, found) == "remembered"


def test_what_failed_is_measured_and_the_rest_remembered():
    for score in scores(BACK, at=100):
        found = provenance_of(score, Known(signals(DOWN) + signals(BACK, at=100)))
        assert (found.origin, found.measured, len(found.signals)) == ("partly remembered", 11, 12)
        assert kind_by(score, found) == "measured"


@pytest.mark.parametrize(("case", "failed"), [(DOWN, 3), (NO_JSON, 6)])
def test_the_signals_that_failed_are_named(case, failed):
    score = next(each for each in scores(case) if each.name == "agent_reliability")
    found = provenance_of(score, Known(signals(case)))
    assert len(found.failed) == failed
    bad = {(str(each.trace_id), each.name) for each in signals(case) if each.status == "FAILED"}
    assert set(found.failed) <= bad
    assert found.origin == "measured"
    assert kind_by(score, found) in ("without evidence", "partial evidence")


@pytest.mark.parametrize(("source", "origin"), [("ANNOTATION", "annotated"), ("PROGRAMMATIC", "programmatic")])
def test_one_signal_from_somebody_else_makes_the_score_annotated(source, origin):
    given = annotation(50, source)
    for score in scores(ANNOTATED, at=100):
        found = provenance_of(score, Known([*signals(FIRST), given]))
        assert found.origin == kind_by(score, found) == "annotated"
        (odd,) = (signal for signal in found.signals if signal.origin == origin)
        assert (odd.trace_id, odd.name, odd.created_at) == (str(given.trace_id), "confidence", given.created_at)


def test_an_annotation_that_is_not_there_any_more_is_not_taken_for_the_measurement_before_it():
    for score in scores(ANNOTATED, at=100):
        found = provenance_of(score, Known(signals(FIRST)))
        assert (found.origin, kind_by(score, found)) == ("changed", "unknown evidence")


def test_an_annotation_of_later_does_not_touch_a_score_of_before():
    for score in scores(AGAIN, at=100):
        assert provenance_of(score, Known([*signals(FIRST), annotation(200)])).origin == "remembered"


def test_who_gave_it_is_unknown_where_nothing_says_so():
    for score in scores(AGAIN, at=100):
        for known in ([], signals(FIRST, eval_run_id=None), signals(FIRST, source="ANNOTATION", changed=500.0)):
            found = provenance_of(score, Known(known))
            assert (found.origin, kind_by(score, found)) == ("unknown", "measured")


def test_of_two_scores_before_the_newest_counts():
    for score in scores(AGAIN, at=100):
        found = provenance_of(score, Known(signals(FIRST) + signals(FIRST, at=10, eval_run_id=str(SPACE))))
        assert found.from_runs == (str(SPACE),)


def test_a_signal_that_failed_since_hides_none_that_is_good():
    failed = signals(FIRST, at=50, status="FAILED", value=None, eval_run_id=str(SPACE))
    for score in scores(AGAIN, at=100):
        assert provenance_of(score, Known([*signals(FIRST), *failed])).from_runs == (str(RUNS[FIRST]),)


def judged(case, known, **allow):
    given = tuple(scores(case, at=100))
    run = run_of(["healthy"], metrics=["agent_reliability", "agent_consistency"], id=RUNS[case])
    made = outcome_of(str(run.id), run, "succeeded", given)
    made = replace(made, provenance={str(each.id): provenance_of(each, Known(known)) for each in given})
    return made, judge(made, {"agent_reliability": 0.0}, **allow)


def test_a_gate_passes_what_is_remembered_unless_told_otherwise_and_says_so():
    made, verdict = judged(AGAIN, signals(FIRST))
    assert verdict.passed
    assert made.ok
    assert verdict.metrics[0].remembered == verdict.metrics[0].count == 1
    assert f"remembered 2 of 2, from run {RUNS[FIRST]}" in str(made)
    assert {row["origin"] for row in made.to_dicts()} == {"remembered"}
    assert {row["from_runs"] for row in made.to_dicts()} == {str(RUNS[FIRST])}
    page = render(made, verdict)
    assert f"remembered 2 of 2, from run {RUNS[FIRST]}" in page
    assert "Everything was measured, of 1 score by earlier runs, and each mean" in page
    _, refused = judged(AGAIN, signals(FIRST), refuse_remembered=True)
    assert not refused.passed
    assert "all its signals were taken from earlier runs" in str(refused)


def test_an_annotation_passes_no_gate_unasked():
    made, verdict = judged(ANNOTATED, [*signals(FIRST), annotation(50)])
    assert not verdict.passed
    assert not made.ok
    assert len(made.scores_with_annotated_signals) == 2
    assert "allow_annotated=True" in str(verdict)
    assert "A person or another program gave one of their signals." in render(made, verdict)
    assert judged(ANNOTATED, [*signals(FIRST), annotation(50)], allow_annotated=True)[1].passed
