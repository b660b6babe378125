"""What the scores of a run take, counted: no more than their models, as soon as the call is over, and few calls for each."""

import gc
import json
import sys
import tracemalloc

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


def test_texts_and_numbers_that_all_scores_have_in_common_are_one_object(scores):
    for field in ("data_type", "source", "status"):
        assert len({id(getattr(each, field)) for each in scores}) == 1
    assert len({id(each.name) for each in scores}) == 2
    assert len({id(each.metadata["aggregation"]["top_k_percentile"]) for each in scores}) == 1


def test_a_score_keeps_no_emptied_copy_of_what_it_was_read_from(scores):
    assert {sys.getsizeof(each.additional_properties) for each in scores} == {sys.getsizeof({})}


ASKED = 1_000
CALLS = 13
"""Python functions called for each score: its own, its metadata's, and those of fields that do not stay as they came."""


@pytest.fixture
def read():
    """Reads the scores of a run, over a transport that has their bytes."""
    body = json.dumps([score(0, each) for each in range(ASKED)]).encode()
    json_type = {"Content-Type": "application/json"}
    answer = httpx.MockTransport(lambda _: httpx.Response(200, content=body, headers=json_type))
    with PandaProbe(ApiKey("sk_pp_a", "a"), base_url="http://127.0.0.1:9", transport=answer) as panda:
        panda.session_runs.scores(run_id(0))
        yield lambda: panda.session_runs.scores(run_id(0)), lambda: json.loads(body)


def kept(make):
    """Bytes that what is made keeps, and those that it took at the peak."""
    gc.collect()
    tracemalloc.start()
    try:
        found = make()
        return *tracemalloc.get_traced_memory(), found
    finally:
        tracemalloc.stop()


def test_of_a_long_answer_little_is_in_memory_but_its_models(read):
    models, peak, _ = kept(read[0])
    assert peak <= 1.2 * models, (models / ASKED, peak / ASKED)


def test_models_keep_a_fifth_less_than_the_json_that_they_were_made_of(read):
    models, json_values = (kept(make)[0] for make in read)
    assert models <= 0.8 * json_values, (models / ASKED, json_values / ASKED)


def test_few_functions_are_called_for_each_score(read):
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        read[0]()
    finally:
        sys.setprofile(None)
    assert calls / ASKED <= CALLS
