"""What a create makes is recognized by what openapi.yaml says of it, whatever it makes."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from pandaprobe_evals import contract
from pandaprobe_evals.arguments import checked
from pandaprobe_evals.creation import Intent, kind_of
from pandaprobe_evals.transport import may_exist
from pandaprobe_evals_api.models import EvalRun

BATCH, FILTERS, RETRY = "create_batch_session_eval_run", "create_session_eval_run", "retry_session_eval_run"
ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
CREATES = [one for one in contract.operations().values() if one.effect == "creates"]


def intent(operation, **given):
    return Intent.of(operation, checked(contract.operations()[operation], given))


def run(**said):
    pending = contract.document()["components"]["examples"]["PendingRun"]["value"]
    return EvalRun.from_dict({**pending, "name": None, "filters": {}, "metric_names": ["m"], **said})


@pytest.mark.parametrize("operation", CREATES, ids=lambda one: one.id)
def test_every_create_is_found_again_by_fields_that_its_list_has(operation):
    kind = kind_of(operation.id)
    assert kind.list.paging
    made = {"create_monitor": "monitor", "create_trace_score": "score"}.get(operation.id, "run")
    assert may_exist(operation) == f": the {made} may have been created all the same"
    assert kind.list.effect == "reads"
    page = contract.resolve(kind.list.responses[kind.list.success]["content"]["application/json"]["schema"])
    item = contract.resolve(page["properties"]["items"]["items"])
    assert kind.stamp in item["required"]
    for field in kind.fields:
        node = item
        for step in field.at:
            node = contract.resolve(node["properties"][step])


BATCHED = {"session_ids": ["a", "b"], "metrics": ["m"]}
NARROWED = {"metrics": ["m"], "filters": {"tags": ["x"], "user_id": "v"}}
MADE = {"filters": {"session_ids": ["a", "b"]}}


@pytest.mark.parametrize(
    ("operation", "given", "said"),
    [
        (BATCH, BATCHED, MADE),
        (BATCH, {**BATCHED, "session_ids": ["a", "b", "a"]}, MADE),
        (BATCH, {**BATCHED, "model": "gpt-5"}, {**MADE, "model": "openai/gpt-5"}),
        (BATCH, {**BATCHED, "name": ""}, {**MADE, "name": ""}),
        (BATCH, BATCHED, {"filters": {"session_ids": ["a", "b"], "color": "new"}}),
        (FILTERS, {"metrics": ["m"]}, {"filters": {}}),
        (FILTERS, {"metrics": ["m"], "sampling_rate": 0.5}, {"sampling_rate": 0.5}),
        (
            FILTERS,
            {"metrics": ["m"], "filters": {"date_from": datetime(2026, 11, 22, 1, tzinfo=UTC)}},
            {"filters": {"date_from": "2026-11-22T02:00:00+01:00", "user_id": None}},
        ),
        (RETRY, {"run_id": UUID(ID)}, {"filters": {"retry_of": ID, "session_ids": ["z"]}, "name": "Retry: it"}),
        (RETRY, {"run_id": ID.upper()}, {"filters": {"retry_of": ID}}),
    ],
)
def test_its_own_is_recognized(operation, given, said):
    assert intent(operation, **given).made(run(**said))


@pytest.mark.parametrize(
    ("operation", "given", "said"),
    [
        (BATCH, BATCHED, {"filters": {"session_ids": ["b", "a"]}}),
        (BATCH, BATCHED, {"filters": {"session_ids": ["a", "b"], "retry_of": ID}}),
        (BATCH, BATCHED, {"filters": {"session_ids": ["a", "b"], "signal_weights": {"coherence": 1.0}}}),
        (BATCH, BATCHED, {**MADE, "name": "another"}),
        (BATCH, BATCHED, {**MADE, "metric_names": ["m", "m"]}),
        (BATCH, BATCHED, {**MADE, "sampling_rate": 0.5}),
        (BATCH, {**BATCHED, "model": "gpt-5"}, {**MADE, "model": "openai/gpt-5-mini"}),
        (FILTERS, {"metrics": ["m"]}, MADE),
        (FILTERS, {"metrics": ["m"]}, {"filters": {"tags": ["x"]}}),
        (FILTERS, NARROWED, {"filters": {"tags": ["y"]}}),
        (FILTERS, NARROWED, {"filters": {"user_id": "u"}}),
        (FILTERS, NARROWED, MADE),
        (FILTERS, {"metrics": ["m"]}, {"sampling_rate": 0.5}),
        (RETRY, {"run_id": ID}, MADE),
    ],
)
def test_another_is_not(operation, given, said):
    assert not intent(operation, **given).made(run(**said))


def test_one_that_lacks_filters_may_be_its_own_and_says_which():
    one = intent(FILTERS, **NARROWED)
    assert one.made(run(filters={}))
    assert one.unkept(run(filters={})) == ["tags", "user_id"]
    assert one.unkept(run(filters={"tags": ["x"]})) == ["user_id"]


def test_creates_that_could_be_taken_for_one_another_have_one_key():
    one = intent(BATCH, **BATCHED)
    assert one.key == intent(BATCH, **BATCHED, model="gpt-5").key  # the service rewrites it
    assert one.key != intent(BATCH, **BATCHED, name="x").key
    assert one.key != intent(FILTERS, metrics=["m"]).key
    assert one.key == Intent.read(one.to_dict()).key


def test_an_answer_that_is_anothers_for_sure_is_told():
    one = intent(BATCH, **BATCHED)
    assert one.is_anothers(run(filters={"session_ids": ["z"]}))
    assert not one.is_anothers(run(filters={"session_ids": ["b"]}))
    assert not one.is_anothers(run(filters={}))
    assert intent(RETRY, run_id=ID).is_anothers(run(filters={"retry_of": str(UUID(int=1))}))


def test_a_stamp_that_is_cut_lies_anywhere_in_its_second():
    one = replace(
        intent(BATCH, **BATCHED), not_before=datetime(2026, 11, 22, 9, 30, 0, 900_000, tzinfo=UTC).timestamp()
    )
    assert one.where(run(created_at="2026-11-22T09:30:00+00:00")) == "within"
    assert one.where(run(created_at="2026-11-22T09:30:00.100000+00:00")) == "near"
