"""A verdict is never passed by what was not measured, and says why it is not."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandaprobe_evals import InvalidArgument
from pandaprobe_evals.report import render
from pandaprobe_evals.verdict import judge
from pandaprobe_evals.waiting import Outcome

from .made import FAILED, HOLLOW, NOTHING, PENDING, RELIABILITY, SIGNALS, outcome, resting_on, score

CONSISTENCY = "agent_consistency"
AT_08 = {RELIABILITY: 0.8}


def said(verdict):
    return "\n".join(map(str, verdict.reasons))


def test_sessions_that_are_good_enough_on_average_pass():
    verdict = judge([outcome({"a": 0.9, "b": 0.7})], AT_08)
    assert verdict.passed
    assert verdict.reasons == ()
    (metric,) = verdict.metrics
    assert (metric.name, metric.count, metric.mean, metric.minimum, metric.passed) == (RELIABILITY, 2, 0.8, 0.8, True)
    assert metric.quantile_value is None
    assert (verdict.runs, verdict.targets) == (1, 2)


def test_runs_over_sessions_and_runs_over_traces_are_not_judged_together_nor_reported():
    of_sessions = outcome({"a": 0.9})
    of_traces = outcome({}, target_type="TRACE", by_filters=1, read=False)
    for mixed in ([of_sessions, of_traces], [of_traces, of_sessions]):
        with pytest.raises(InvalidArgument, match=r"outcomes: of runs over .*judge each kind by itself") as told:
            judge(mixed, AT_08)
        assert of_sessions.run_id in str(told.value)
        assert of_traces.run_id in str(told.value)
        with pytest.raises(InvalidArgument, match="outcomes: of runs over"):
            render(mixed)
    verdict = judge([of_traces], AT_08)
    assert (verdict.target, verdict.targets) == ("trace", 1)


def test_sessions_that_are_not_fail_and_the_reason_has_the_figures():
    verdict = judge([outcome({"a": 0.9, "b": 0.5})], AT_08)
    assert not verdict.passed
    assert not verdict.metrics[0].passed
    assert said(verdict) == "agent_reliability: mean 0.7 of 2 sessions is below 0.8"


def test_a_mean_just_below_is_not_rounded_up_to_the_minimum():
    verdict = judge([outcome({"a": "0.79999999"})], AT_08)
    assert said(verdict) == "agent_reliability: mean 0.79999999 of 1 session is below 0.8"


@settings(deadline=None)
@given(st.decimals(0, 1, places=4), st.integers(1, 50))
def test_equal_scores_reach_a_minimum_of_the_same_value_however_many_they_are(value, count):
    same = outcome({f"s{index}": value for index in range(count)})
    assert judge([same], {RELIABILITY: float(value)}).passed
    assert judge([same], {RELIABILITY: float(value)}, quantile=0.3).passed


@settings(deadline=None)
@given(st.lists(st.decimals(0, 1, places=2), min_size=1, max_size=40), st.integers(0, 10), st.integers(0, 100))
def test_a_quantile_reaches_the_minimum_when_fewer_than_that_part_lie_below(values, tenths, hundredths):
    verdict = judge(
        [outcome({f"s{index}": value for index, value in enumerate(values)})],
        {RELIABILITY: hundredths / 100},
        quantile=tenths / 10,
    )
    below = sum(100 * value < hundredths for value in values)
    assert verdict.passed is (below == 0 if tenths == 0 else 10 * below < tenths * len(values))
    assert verdict.metrics[0].quantile_value in map(float, values)


def test_three_of_thirty_are_a_tenth_whatever_floats_make_of_it():
    worst = {f"bad{index}": 0.1 for index in range(3)}
    rest = {f"good{index}": 0.9 for index in range(27)}
    assert not judge([outcome(worst | rest)], AT_08, quantile=0.1).passed
    assert judge([outcome(worst | rest)], AT_08, quantile=0.11).passed


@pytest.mark.parametrize(
    ("got", "reason", "option"),
    [
        (NOTHING, "1 session without a score: 'odd'", "allow_missing"),
        (FAILED, "1 session with a failed score: 'odd'", "allow_failed"),
        (HOLLOW, "1 session with a score that nothing was measured for: 'odd'", "allow_no_evidence"),
    ],
)
def test_what_was_not_measured_does_not_pass_unless_it_is_allowed(got, reason, option):
    outcomes = [outcome({"a": 0.9, "odd": got})]
    check_option(outcomes, reason, option)


@pytest.mark.parametrize(
    ("rests_on", "reason", "option"),
    [
        (resting_on(SIGNALS, total=3), "some signals or traces were not measured: 'odd'", "allow_partial_evidence"),
        ({}, "1 session with a score of which it cannot be known what it rests on: 'odd'", "allow_unknown_evidence"),
    ],
)
def test_what_rests_on_a_part_or_does_not_say_counts_only_where_it_is_allowed(rests_on, reason, option):
    outcomes = [outcome({"a": 0.9, "odd": 0.7}, rests_on={"odd": rests_on})]
    check_option(outcomes, reason, option)
    assert judge(outcomes, AT_08).metrics[0].mean == 0.9
    assert judge(outcomes, AT_08, **{option: True}).metrics[0].mean == 0.8
    assert judge([outcome({"odd": 0.9}, rests_on={"odd": rests_on})], AT_08, **{option: True}).passed


def check_option(outcomes, reason, option):
    verdict = judge(outcomes, AT_08)
    assert not verdict.passed
    assert reason in said(verdict)
    assert f"; {option}=True " in said(verdict)
    assert verdict.reasons[0].option == option
    for allowed in EVERYTHING:
        assert judge(outcomes, AT_08, **{allowed: True}).passed is (allowed == option)


def test_a_perfect_score_without_evidence_never_lifts_a_mean():
    verdict = judge([outcome({"a": 0.6, "b": HOLLOW, "c": HOLLOW})], AT_08, allow_no_evidence=True)
    assert not verdict.passed
    assert (verdict.metrics[0].mean, verdict.metrics[0].count, verdict.metrics[0].without_evidence) == (0.6, 1, 2)


EVERYTHING = {
    "allow_missing": True,
    "allow_failed": True,
    "allow_no_evidence": True,
    "allow_partial_evidence": True,
    "allow_unknown_evidence": True,
}


@pytest.mark.parametrize("got", [NOTHING, FAILED, HOLLOW])
def test_nothing_measured_does_not_pass_whatever_is_allowed(got):
    verdict = judge([outcome({"a": got})], {RELIABILITY: 0.0}, **EVERYTHING)
    assert not verdict.passed
    assert said(verdict) == "agent_reliability: nothing was measured"


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-inf", "1.5", "-0.1", "", "good", None, PENDING])
def test_a_value_that_is_no_number_from_0_to_1_never_passes(value):
    verdict = judge([outcome({"a": 1.0, "odd": value})], {RELIABILITY: 0.0}, **EVERYTHING)
    assert not verdict.passed
    assert "1 session with a score that is not a number from 0 to 1: 'odd'" in said(verdict)
    assert (verdict.metrics[0].count, verdict.metrics[0].mean, verdict.metrics[0].unusable) == (1, 1.0, 1)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("failed", "failed ('worker lost')"),
        ("stalled", "has not ended"),
        ("deleted", "was deleted"),
        ("unknown_status", "is in a state that this client does not know"),
        ("of a new kind", "ended as of a new kind"),
    ],
)
def test_a_run_that_did_not_end_well_does_not_pass_however_good_its_scores(end, reason):
    message = "worker lost" if end == "failed" else None
    verdict = judge([outcome({"a": 1.0}, end=end, error_message=message)], AT_08, **EVERYTHING)
    assert not verdict.passed
    assert reason in said(verdict)


def test_no_run_an_unfinished_run_and_a_run_that_never_was_do_not_pass():
    assert said(judge([], AT_08)).startswith("no run was given")
    good = outcome({"a": 1.0})
    verdict = judge([good], AT_08, unfinished=["r-1", "r-1"])
    assert said(verdict) == "run r-1 has not ended"
    assert verdict.runs == 2
    assert not judge([good, Outcome(run_id="r-2", target="session", result="deleted", run=None)], AT_08).passed


def test_scores_that_were_not_read_do_not_pass():
    assert "scores=True" in said(judge([outcome({"a": 1.0}, read=False)], AT_08))


def test_a_metric_that_no_run_has_does_not_pass():
    verdict = judge([outcome({"a": 1.0})], {"agent_reliabilty": 0.1})
    assert not verdict.passed
    assert "agent_reliabilty: nothing was measured" in said(verdict)
    assert verdict.metrics[0].missing == 1


def test_each_session_needs_a_score_of_each_metric():
    both = {RELIABILITY: 0.9, CONSISTENCY: 0.9}
    verdict = judge([outcome({"a": both, "b": {RELIABILITY: 0.9}})], AT_08 | {CONSISTENCY: 0.8})
    assert said(verdict) == "agent_consistency: 1 session without a score: 'b'; allow_missing=True leaves them out"


def test_what_fails_by_a_metric_without_a_minimum_is_not_asked_about():
    assert judge([outcome({"a": {RELIABILITY: 0.9, CONSISTENCY: FAILED}})], AT_08).passed


def test_a_run_and_the_retry_of_what_failed_in_it_pass_together():
    first = outcome({"a": 0.9, "b": FAILED}, at=0)
    again = outcome({"b": 0.9}, at=100)
    assert not judge([first], AT_08).passed
    for order in ([first, again], [again, first]):
        verdict = judge(order, AT_08)
        assert verdict.passed
        assert (verdict.metrics[0].count, verdict.targets, verdict.runs) == (2, 2, 2)


def test_the_newest_score_counts_although_an_older_one_was_better():
    good, bad = outcome({"a": 0.9}, at=0), outcome({"a": 0.2}, at=100)
    for order in ([good, bad], [bad, good]):
        verdict = judge(order, AT_08)
        assert not verdict.passed
        assert verdict.metrics[0].mean == 0.2
    for worse in (FAILED, HOLLOW):
        assert not judge([good, outcome({"a": worse}, at=100)], AT_08).passed


@pytest.mark.parametrize("worse", [0.2, FAILED, HOLLOW, "NaN"])
def test_of_two_scores_from_the_same_moment_the_worse_counts(worse):
    good, bad = outcome({"a": 0.9}), outcome({"a": worse})
    assert not judge([good, bad], AT_08).passed
    assert not judge([bad, good], AT_08).passed


def test_a_run_that_is_given_twice_counts_once_and_one_outcome_needs_no_list():
    run = outcome({"a": 0.9, "b": 0.7})
    assert judge(run, AT_08) == judge([run], AT_08)
    assert judge([run, run], AT_08) == judge([run], AT_08)


def test_sessions_of_a_run_by_filters_that_have_no_score_are_counted_as_missing():
    verdict = judge([outcome({"a": 0.9}, by_filters=3)], AT_08)
    assert said(verdict).startswith("2 sessions of runs by filters without any score")
    assert (verdict.metrics[0].missing, verdict.targets) == (2, 3)
    assert judge([outcome({"a": 0.9}, by_filters=3)], AT_08, allow_missing=True).passed


def test_a_failed_pair_that_no_score_names_does_not_pass():
    verdict = judge([outcome({"a": 0.9}, failed=2)], AT_08)
    assert said(verdict).startswith("2 failed pairs of session and metric that no score names")
    assert judge([outcome({"a": 0.9}, failed=2)], AT_08, allow_failed=True).passed


def test_a_reason_names_three_sessions_and_counts_the_rest_and_breaks_no_terminal():
    results = {f"\x1b[31m{index}\n" + "x" * 200: NOTHING for index in range(10)} | {"a": 1.0}
    (reason,) = map(str, judge([outcome(results)], AT_08).reasons)
    assert "and 7 more" in reason
    assert reason.isprintable()
    assert len(reason) < 400


@pytest.mark.parametrize(
    ("minimums", "options", "named"),
    [
        ({}, {}, "minimums"),
        ({RELIABILITY: 80}, {}, "agent_reliability"),
        ({RELIABILITY: math.nan}, {}, "agent_reliability"),
        ({RELIABILITY: "0.8"}, {}, "agent_reliability"),
        ({RELIABILITY: True}, {}, "agent_reliability"),
        (AT_08, {"quantile": 10}, "quantile"),
        (AT_08, {"quantile": math.nan}, "quantile"),
    ],
)
def test_a_minimum_or_quantile_that_is_no_fraction_is_refused(minimums, options, named):
    with pytest.raises(InvalidArgument, match=named):
        judge([outcome({"a": 1.0})], minimums, **options)


def test_a_verdict_can_be_printed_for_people():
    text = str(judge([outcome({"a": 0.9, "b": NOTHING})], AT_08, quantile=0.5))
    assert text.splitlines()[0] == "not passed"
    assert "agent_reliability: mean 0.9, quantile 0.9 over 1 session, minimum 0.8" in text
    assert "- agent_reliability: 1 session without a score: 'b'" in text


def test_scores_of_other_sessions_than_the_runs_own_are_judged_too():
    run = outcome({"a": 0.9})
    stray = Outcome(
        run_id=run.run_id, target="session", run=run.run, result="succeeded", scores=(*run.scores, score("other", 0.1))
    )
    assert not judge([stray], AT_08).passed
