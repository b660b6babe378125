"""Scores added up by the service, as rows with numbers, and what says beforehand whether a judge will do."""

import pytest
from pandaprobe_evals import InvalidArgument
from pandaprobe_sandbox import Sandbox


def test_scores_are_added_up_and_sessions_are_listed_by_their_newest(kind):
    with Sandbox(speed=1000) as sandbox:
        panda = kind("http://analytics.localhost", transport=sandbox.transport())
        ids = [f"chat-{number}" for number in range(25)]
        for _ in range(2):
            run = panda.session_runs.create_batch(session_ids=ids, metrics=["agent_reliability"])
            panda.session_runs.wait(run, timeout=30)
        scores = panda.session_scores
        [summary] = scores.summary()
        assert summary.success_count == 50, "a session that is evaluated twice counts twice"
        assert isinstance(summary.avg_score, float)
        assert sum(row.count for row in scores.trend(metric_name="agent_reliability", granularity="week")) == 50
        assert sum(row.count for row in scores.distribution(metric_name="agent_reliability", buckets=4)) == 50
        assert [row.metric_name for row in scores.history("chat-3", limit=1)] == ["agent_reliability"]
        worst = list(scores.comparison(metric_name="agent_reliability", page_size=10))
        assert sorted(row.session_id for row in worst) == sorted(ids)
        assert [row.score for row in worst] == sorted(row.score for row in worst)
        assert scores.trend(metric_name="nope") == []


def test_the_default_model_and_whose_models_can_judge_are_known_beforehand(kind):
    with Sandbox() as sandbox:
        panda = kind("http://preflight.localhost", transport=sandbox.transport())
        available = {each.key for each in panda.providers.list() if each.available}
        assert panda.trace_metrics.template(metric="coherence").model.partition("/")[0] in available


@pytest.mark.parametrize(
    "call",
    [
        lambda panda: panda.session_scores.distribution(metric_name="m", buckets=101),
        lambda panda: panda.session_scores.trend(metric_name="m", granularity="month"),
        lambda panda: panda.session_scores.history("a/b"),
        lambda panda: panda.session_scores.comparison(metric_name="m", sort_order="up").pages(),
        lambda panda: panda.session_scores.comparison(metric_name=None).pages(),
    ],
)
def test_what_the_service_would_refuse_or_misread_is_refused_first(panda, call):
    with pytest.raises(InvalidArgument):
        call(panda)
