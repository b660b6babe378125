"""`assert_good`: a test that fails says which sessions or traces were worst, and why."""

import pytest
from pandaprobe_evals import InvalidArgument, Results
from pandaprobe_evals.testing import assert_good

METRIC = "agent_reliability"


@pytest.fixture
def judged(pandaprobe_client, pandaprobe_sandbox):
    """Evaluate sessions with these scores, or those that their ids say."""

    def made(scores, *others):
        pandaprobe_sandbox.set_scores({id_: {METRIC: value} for id_, value in scores.items()})
        runs = pandaprobe_client.session_runs
        return runs.wait(runs.create_batch(session_ids=[*scores, *others], metrics=[METRIC]))

    return made


def test_what_is_good_passes_and_what_is_not_is_named_from_the_worst(judged):
    outcome = judged({f"chat-{n}": n / 10 for n in range(1, 10)})
    assert_good(outcome, {METRIC: 0.5})
    assert_good([outcome], {METRIC: 0.5})
    with pytest.raises(AssertionError) as failed:
        assert_good(outcome, {METRIC: 0.6})
    first, why, title, *worst = str(failed.value).splitlines()
    assert (first, title) == ("not good enough", "the worst:")
    assert METRIC in why
    assert [line.split(",")[0] for line in worst] == [f"- chat-{n}" for n in range(1, 6)]


def test_what_was_not_measured_is_named_first_and_can_be_allowed(judged):
    outcome = judged({"chat-1": 0.9}, "ghost-1", "fail-always-1")
    with pytest.raises(AssertionError, match=r"the worst:\n- (ghost|fail-always)-1, agent_reliability: no value"):
        assert_good(outcome, {METRIC: 0.5})
    assert_good(outcome, {METRIC: 0.5}, allow_missing=True, allow_failed=True)


def test_a_drop_against_a_baseline_fails(judged, tmp_path):
    outcome = judged({f"chat-{n}": round(0.5 + n / 100, 4) for n in range(12)})
    better = Results({**row, "value": row["value"] + 0.2} for row in outcome.to_dicts())
    better.save(tmp_path / "base.jsonl")
    assert_good(outcome, {METRIC: 0.0}, baseline=outcome)
    assert_good(outcome, {METRIC: 0.0}, baseline=better, max_drop=0.3)
    with pytest.raises(AssertionError, match="against the baseline"):
        assert_good(outcome, {METRIC: 0.0}, baseline=tmp_path / "base.jsonl")


def test_a_trace_is_judged_as_well_and_what_makes_no_sense_is_refused(pandaprobe_client):
    runs = pandaprobe_client.trace_runs
    trace = str(
        pandaprobe_client.traces.create(
            name="turn", started_at="2026-11-20T12:00:00Z", input="Is it?", output="Yes."
        ).trace_id
    )
    pandaprobe_client.clock.sleep(5)
    outcome = runs.wait(runs.create_batch(trace_ids=[trace], metrics=["coherence"]))
    assert_good(outcome, {"coherence": 0.0})
    with pytest.raises(AssertionError, match=trace):
        assert_good(outcome, {"coherence": 1.0})
    with pytest.raises(InvalidArgument):
        assert_good(outcome, {"coherence": 2})
