"""What the scores of a run take: no more than their models, as soon as the call is over."""

import gc

import httpx
import pytest
from pandaprobe_evals import ApiKey, PandaProbe

from bench.scored import run_id, score

NUMBER = 50


@pytest.fixture
def scores():
    """The scores of a run, read while no garbage is collected."""
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=[score(0, each) for each in range(NUMBER)]))
    with PandaProbe(ApiKey("sk_pp_a", "a"), base_url="http://127.0.0.1:9", transport=answer) as panda:
        panda.session_runs.scores(run_id(0))
        gc.collect()
        gc.disable()
        try:
            yield panda.session_runs.scores(run_id(0))
        finally:
            gc.enable()


def test_what_the_answer_was_parsed_into_is_gone_once_it_is_models(scores):
    assert len(scores) == NUMBER
    assert not [each for each in gc.get_objects() if type(each) is dict and each.get("eval_run_id") == run_id(0)]


def test_ids_that_all_scores_have_in_common_are_one_object(scores):
    assert len({id(each.project_id) for each in scores}) == len({id(each.eval_run_id) for each in scores}) == 1
    assert len({each.id for each in scores}) == NUMBER
