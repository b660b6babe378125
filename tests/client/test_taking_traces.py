"""Traces that are sent: each with ids of its own, so that sending again changes nothing twice."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pandaprobe_evals import InvalidArgument, NotFound
from pandaprobe_evals_api.models import NewSpan

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
END = NOON + timedelta(seconds=2)
NOBODY = "00000000-0000-4000-8000-000000000000"
STEP = {"name": "say", "kind": "LLM", "model": "toy-1", "started_at": NOON, "ended_at": END, "cost": {"total": 0.5}}
TOKENS = {"prompt_tokens": 300, "completion_tokens": 21, "total_tokens": 321}


@pytest.fixture
def sent(kind, url):
    """What is sent from now on by a client of its own, and that client."""
    found = []

    def hook(request):
        if request.method != "GET":
            found.append(json.loads(request.content))

    async def ahook(request):
        hook(request)

    hooks = {"request": [ahook if kind.is_async else hook]}
    own = (httpx.AsyncClient if kind.is_async else httpx.Client)(event_hooks=hooks)
    yield found, kind(url, http_client=own)
    kind.hang_up()
    kind.run(own.aclose()) if kind.is_async else own.close()


def test_a_trace_is_sent_with_ids_that_the_client_makes(panda, sandbox):
    made = panda.traces.create(name="answer", started_at=NOON, ended_at=END, spans=[STEP], input={}, session_id="s")
    trace = panda.traces.get(made.trace_id)
    assert (trace.name, trace.session_id, trace.input_, trace.ended_at) == ("answer", "s", {}, END)
    assert [(span.name, span.model) for span in trace.spans] == [("say", "toy-1")]


def test_a_trace_whose_answer_is_lost_is_sent_again_and_is_there_once(sent, sandbox):
    bodies, panda = sent
    sandbox.inject("commit_then_drop", operation="create_trace")
    made = panda.traces.create(name="answer", started_at=NOON, spans=[STEP, STEP])
    first, second = bodies
    assert first == second
    [trace] = panda.traces.list()
    assert (trace.trace_id, trace.span_count) == (made.trace_id, 2)


def test_spans_whose_answer_is_lost_are_sent_again_and_are_there_once(panda, sandbox):
    made = panda.traces.create(name="answer", started_at=NOON)
    sandbox.inject("commit_then_drop", operation="add_spans")
    added = panda.traces.add_spans(made.trace_id, spans=[STEP, NewSpan(name="track", started_at=NOON)])
    assert [span.span_id for span in panda.traces.get(made.trace_id).spans] == added.span_ids
    changed = panda.traces.update_span(made.trace_id, added.span_ids[0], status="OK", token_usage=TOKENS)
    assert (changed.status, changed.name) == ("OK", "say")
    assert panda.traces.get(made.trace_id).total_tokens == 321


def test_null_is_sent_for_what_is_cleared_by_name_alone(sent):
    bodies, panda = sent
    made = panda.traces.create(name="answer", started_at=NOON, session_id="s", user_id="u", metadata={"a": 1})
    panda.traces.update(made.trace_id, name=None, session_id=None, metadata={"b": 2})
    assert bodies[-1] == {"metadata": {"b": 2}}
    changed = panda.traces.update(made.trace_id, clear=["session_id"], user_id="v")
    assert bodies[-1] == {"session_id": None, "user_id": "v"}
    assert (changed.session_id, changed.user_id) == (None, "v")
    assert changed.metadata.to_dict() == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"clear": ["name"]}, r"clear\[0\]: 'name' is not one of input"),
        ({"clear": ["session_id"], "session_id": "s"}, "session_id is to be cleared, and given a value"),
        ({"clear": "session_id"}, "clear: must be a list"),
        ({"input": {"when": NOON}}, r"input\['when'\]: datetime cannot be written as JSON"),
        ({"output": [1, {"a": float("nan")}]}, r"output\[1\]\['a'\]: must be a finite number"),
        ({"metadata": {"a": "b\0"}}, "NUL"),
        ({"session_id": "s" * 256}, "256 characters"),
    ],
)
def test_what_cannot_be_stored_or_was_not_meant_is_refused_before_it_is_sent(panda, sandbox, given, said):
    with pytest.raises(InvalidArgument, match=said):
        panda.traces.update(NOBODY, **given)
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([], "spans: is empty"),
        ([STEP] * 501, "501 of them"),
        ([{"started_at": NOON}], r"spans\[0\]: has no name"),
        ([STEP, {**STEP, "name": ""}], r"spans\[1\]\['name'\]: is empty"),
        ([{**STEP, "kind": "NOPE"}], r"spans\[0\]\['kind'\]: 'NOPE' is not one of AGENT"),
    ],
)
def test_spans_that_the_service_would_refuse_are_not_sent(panda, sandbox, spans, said):
    with pytest.raises(InvalidArgument, match=said):
        panda.traces.add_spans(NOBODY, spans=spans)
    assert sandbox.requests == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda traces: traces.get(NOBODY),
        lambda traces: traces.delete(NOBODY),
        lambda traces: traces.update(NOBODY, name="x"),
        lambda traces: traces.add_spans(NOBODY, spans=[STEP]),
        lambda traces: traces.update_span(NOBODY, NOBODY, name="x"),
    ],
)
def test_a_404_says_that_the_trace_may_not_be_stored_yet(panda, ask):
    with pytest.raises(NotFound, match=f"404: Trace {NOBODY} not found: .* accepted and is not stored yet"):
        ask(panda.traces)


def test_traces_are_added_up_in_the_form_of_the_metric(panda):
    panda.traces.create(name="a", started_at=NOON, ended_at=END, spans=[{**STEP, "token_usage": TOKENS}])
    panda.traces.create(name="b", started_at=NOON, status="ERROR")
    window = {"started_after": NOON - timedelta(days=1), "started_before": NOON + timedelta(days=1)}
    [volume] = panda.traces.over_time(**window)
    assert (volume.trace_count, volume.error_count, volume.p50_latency_ms) == (2, 1, 2000.0)
    [usage] = panda.traces.over_time(**window, metric="tokens")
    assert (usage.total_tokens, usage.prompt_tokens, usage.total_cost) == (321, 300, 0.5)
    [model] = panda.traces.over_time(**window, metric="models", granularity="week")
    assert (model.model, model.call_count) == ("toy-1", 1)
