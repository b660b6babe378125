"""The vendor's tracing SDK sends what it sends: an agent that it watches is evaluated with our client."""

import pandaprobe
import pytest
from pandaprobe_evals import ApiKey, PandaProbe
from pandaprobe_sandbox import API_KEY, Sandbox

SESSION = "support-chat-4711"
SIGNALS = {"confidence", "loop_detection", "tool_correctness", "coherence"}


def track(tracing, parcel):
    with tracing.span("track", kind="TOOL") as span:
        span.set_input({"parcel": parcel})
        span.set_output({"arrives": "Friday"})
    return "Friday"


def agent(sdk, question, parcel):
    """A toy: one call of a tool, one of a model, and no network."""
    asked = {"messages": [{"role": "user", "content": question}]}
    with sdk.trace("answer", input=asked, session_id=SESSION, user_id="user-7", tags=["production"]) as tracing:
        day = track(tracing, parcel)
        with tracing.span("say", kind="LLM", model="toy-1") as span:
            span.set_input(asked)
            answer = {"messages": [{"role": "assistant", "content": f"It arrives on {day}."}]}
            span.set_token_usage(prompt_tokens=300, completion_tokens=21)
            span.set_output(answer)
        tracing.set_output(answer)
        return tracing.trace_id


@pytest.fixture
def url():
    with Sandbox(speed=1000) as sandbox, sandbox.serve() as url:
        yield url


@pytest.fixture
def sdk(url):
    problems = []
    client = pandaprobe.Client(api_key=API_KEY, project_name="shop", endpoint=url, environment="test", release="1.4")
    client.on_error(problems.append)
    yield client
    client.shutdown()
    assert problems == []


def test_an_agent_that_the_sdk_watches_is_evaluated_and_its_score_explained(url, sdk):
    made = [agent(sdk, question, "4711") for question in ("Where is my parcel?", "And when does it arrive?")]
    with pytest.raises(ZeroDivisionError), sdk.trace("answer", session_id=SESSION):
        1 / 0  # noqa: B018  # it is there to fail
    sdk.score(made[0], "helpful", "0.75", reason="It answers the question.")
    sdk.flush()

    with PandaProbe(base_url=url, auth=ApiKey(API_KEY, project="shop")) as panda:
        [session] = panda.sessions.list(tags=["production"])
        assert (session.session_id, session.trace_count, session.user_id) == (SESSION, 2, "user-7")
        assert panda.sessions.get(SESSION, limit=1).has_error
        trace = panda.traces.get(made[0])
        assert [(span.name, span.kind, span.model) for span in trace.spans] == [
            ("track", "TOOL", None),
            ("say", "LLM", "toy-1"),
        ]
        assert (trace.environment, trace.release, trace.total_tokens) == ("test", "1.4", 321)
        assert trace.output["messages"][0]["content"] == "It arrives on Friday."
        [given] = panda.trace_scores.of(made[0])
        assert (given.name, given.value, given.source) == ("helpful", "0.75", "PROGRAMMATIC")

        run = panda.session_runs.create_batch(session_ids=[SESSION], metrics=["agent_reliability"])
        outcome = panda.session_runs.wait(run, timeout=30)
        assert outcome.ok, outcome
        [score] = panda.session_runs.scores(run.id)
        assert score.session_id == SESSION
        assert 0 <= float(score.value) <= 1
        signals = list(panda.trace_scores.list(eval_run_id=run))
        assert {signal.name for signal in signals} == SIGNALS
        assert {signal.trace_id for signal in signals} >= {trace.trace_id}
        assert set(made) <= {str(signal.trace_id) for signal in signals}
