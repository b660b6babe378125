"""What is created and changed says what was sent, on later reads too; every answer is held against openapi.yaml."""

import pytest

from .document import OPERATIONS
from .service import BATCH, BODY, EXAMPLE_TRACE, FAILING_TRACE, RUNS, client, judge, sandbox

OTHER_TRACE = "5a0e6c1f-2e3d-4b5a-8c58-9a3e0d7f3b5a"
AT, LATER = "2026-11-17T00:00:00+00:00", "2026-11-17T00:00:02+00:00"


@pytest.fixture
def ask():
    """Sends a request of an operation; gives its JSON, which is as documented, or the status of a refusal."""

    def ask(operation, *, query=None, body=None, **places):
        method, path, _ = OPERATIONS[operation]
        sent = {} if body is None else {"json": body}
        answer = http.request(method, path.format(**places), params=query, **sent)
        found = judge(operation, answer)
        return found if answer.status_code < 300 else answer.status_code

    with sandbox() as service, client(service) as http:
        yield ask


def has(found, **said):
    """Whether an object says all that, and in these words."""
    assert {name: found[name] for name in said} == said


def test_a_read_returns_the_run_that_was_asked_for():
    with sandbox() as service, client(service) as http:
        made = [http.post(BATCH, json={**BODY, "session_ids": [f"of-{number}"]}).json() for number in range(4)]
        for run in made:
            found = judge("get_session_eval_run", http.get(f"{RUNS}/{run['id']}"))
            assert (found["id"], found["filters"]) == (run["id"], run["filters"])
            scores = judge("list_session_eval_run_scores", http.get(f"{RUNS}/{run['id']}/scores"))
            assert {(score["eval_run_id"], score["session_id"]) for score in scores} == {
                (run["id"], run["filters"]["session_ids"][0])
            }
            page = judge("list_session_scores", http.get("/evaluations/session-scores?eval_run_id=" + run["id"]))
            assert page["items"] == scores
        page = judge("list_session_eval_runs", http.get(RUNS))
        assert [run["id"] for run in page["items"]] == [run["id"] for run in reversed(made)]


EVERYTHING = {
    "session_ids": ["b", "a", "b", "fail-always-c"],
    "metrics": ["agent_consistency", "agent_reliability", "agent_consistency"],
    "name": "nightly",
    "model": "openai/other",
    "signal_weights": {"confidence": 0.5},
}
CHOSEN = {"has_error": True, "tags": ["production"], "min_trace_count": 2}


def test_a_run_says_what_it_was_created_from():
    with sandbox() as service, client(service) as http:
        run = judge("create_batch_session_eval_run", http.post(BATCH, json=EVERYTHING))
        assert run["filters"] == {"session_ids": ["b", "a", "fail-always-c"], "signal_weights": {"confidence": 0.5}}
        assert run["metric_names"] == EVERYTHING["metrics"], "duplicates are billed, and told"
        assert (run["name"], run["model"], run["total_targets"]) == ("nightly", "openai/other", 3)
        assert (run["status"], run["sampling_rate"], run["target_type"]) == ("PENDING", 1.0, "SESSION")
        plain = judge("create_batch_session_eval_run", http.post(BATCH, json=BODY))
        assert plain["name"] is None
        assert plain["model"], "the service says which model it takes"
        body = {"metrics": ["agent_reliability"], "filters": CHOSEN, "sampling_rate": 0.5}
        sampled = judge("create_session_eval_run", http.post(RUNS, json=body))
        assert (sampled["filters"], sampled["sampling_rate"], sampled["total_targets"]) == (CHOSEN, 0.5, 1)
        assert judge("list_session_eval_runs", http.get(RUNS))["total"] == 3, "each create makes one"


def test_lists_are_narrowed_by_each_of_their_parameters():
    with sandbox() as service, client(service) as http:
        made = [http.post(BATCH, json={**EVERYTHING, "name": str(number)}).json()["id"] for number in range(3)]

        def runs(**given):
            page = judge("list_session_eval_runs", http.get(RUNS, params=given))
            return page["total"], [made.index(run["id"]) for run in page["items"]], page["limit"], page["offset"]

        assert runs() == (3, [2, 1, 0], 50, 0)
        assert runs(limit=2) == (3, [2, 1], 2, 0)
        assert runs(limit=1, offset=1) == (3, [1], 1, 1)
        assert runs(offset=3) == (3, [], 50, 3)
        assert runs(offset=2**31 - 1) == (3, [], 50, 2**31 - 1)
        assert runs(status="COMPLETED")[0] == 3
        assert runs(status="FAILED")[0] == 0

        def scores(**given):
            return judge("list_session_scores", http.get("/evaluations/session-scores", params=given))["total"]

        everything = scores()
        assert 0 < scores(session_id="a") < everything
        assert 0 < scores(name="agent_reliability") < everything
        assert 0 < scores(status="FAILED") < everything
        assert scores(eval_run_id=made[0]) * 3 == everything
        assert (scores(source="AUTOMATED"), scores(source="ANNOTATION")) == (everything, 0)
        assert (scores(date_from="2000-01-01T00:00:00Z"), scores(date_from="2999-01-01T00:00:00Z")) == (everything, 0)
        assert (scores(date_to="2999-01-01T00:00:00Z"), scores(date_to="2000-01-01T00:00:00Z")) == (everything, 0)


def test_a_delete_takes_the_run_that_was_named_and_no_other():
    with sandbox() as service, client(service) as http:
        first, second = (http.post(BATCH, json=BODY).json()["id"] for _ in range(2))
        judge("delete_session_eval_run", http.delete(f"{RUNS}/{first}"))
        assert http.get(f"{RUNS}/{first}").status_code == 404
        assert http.get(f"{RUNS}/{second}").json()["id"] == second


MONITOR = {
    "name": "failing",
    "target_type": "SESSION",
    "metrics": ["agent_consistency"],
    "filters": {"has_error": True, "tags": ["production"]},
    "sampling_rate": 0.5,
    "model": "gpt-5",
    "cadence": "every_6h",
    "only_if_changed": False,
    "signal_weights": {"confidence": 0.5},
}


def test_a_monitor_is_what_it_was_created_and_changed_to_be(ask):
    made = ask("create_monitor", body=MONITOR)
    kept = {name: MONITOR[name] for name in MONITOR if name not in ("metrics", "filters", "signal_weights")}
    weighed = {**MONITOR["filters"], "signal_weights": MONITOR["signal_weights"]}
    has(made, **kept, metric_names=["agent_consistency"], filters=weighed, status="ACTIVE", last_run_id=None)
    place = {"monitor_id": made["id"]}
    assert ask("get_monitor", **place) == made == ask("list_monitors")["items"][0]
    assert ask("list_monitors")["total"] == 2, "and the example's"
    assert ask("list_monitors", query={"limit": 1, "offset": 1})["items"][0]["id"] != made["id"]

    unchanged = {**made, "updated_at": None}
    assert {**ask("update_monitor", body={}, **place), "updated_at": None} == unchanged
    changed = ask("update_monitor", body={"name": "other", "sampling_rate": 1.0, "model": None}, **place)
    assert {**changed, "updated_at": None} == {**unchanged, "name": "other", "sampling_rate": 1.0, "model": None}
    changed = ask("update_monitor", body={"filters": {"user_id": "u"}, "metrics": ["agent_reliability"]}, **place)
    has(changed, metric_names=["agent_reliability"], cadence="every_6h")
    assert changed["filters"] == {"user_id": "u", "signal_weights": MONITOR["signal_weights"]}
    assert ask("get_monitor", **place) == changed


def test_a_monitor_runs_when_it_is_triggered_and_by_its_settings(ask):
    made = ask("create_monitor", body=MONITOR)
    place = {"monitor_id": made["id"]}
    paused = ask("pause_monitor", **place)
    has(paused, status="PAUSED", next_run_at=None)
    assert ask("pause_monitor", **place) == paused
    run = ask("trigger_monitor", **place)
    has(run, name="[Monitor] failing", monitor_id=made["id"], metric_names=made["metric_names"], target_type="SESSION")
    has(run, filters=made["filters"], sampling_rate=0.5, status="PENDING")
    has(ask("get_monitor", **place), status="PAUSED", last_run_id=run["id"])
    [listed] = ask("list_monitor_runs", **place)["items"]
    assert (listed["id"], ask("get_session_eval_run", run_id=run["id"])["id"]) == (run["id"], run["id"])
    resumed = ask("resume_monitor", **place)
    assert (resumed["status"], resumed["next_run_at"] is None) == ("ACTIVE", False)
    assert ask("delete_monitor", **place) is None
    assert [ask(each, **place) for each in ("get_monitor", "list_monitor_runs", "trigger_monitor")] == [404] * 3
    has(ask("get_session_eval_run", run_id=run["id"]), monitor_id=None)
    assert ask("list_monitors")["total"] == 1


SPAN = {"span_id": "1a2b3c4d-5a0e-4c58-9a3e-6c1f2e3d4b5a", "name": "plan", "kind": "LLM", "started_at": AT}
TRACE = {
    "trace_id": OTHER_TRACE,
    "name": "refund",
    "session_id": "chat-2",
    "user_id": "u",
    "status": "RUNNING",
    "tags": ["a"],
    "metadata": {"x": 1},
    "input": {"text": "hi"},
    "output": ["ho"],
    "environment": "test",
    "release": "7",
    "started_at": AT,
    "spans": [{**SPAN, "input": 1, "model": "m", "token_usage": {"prompt_tokens": 3}, "metadata": {"y": 2}}],
}


def same_time(found):
    return {**found, "started_at": found["started_at"].replace(".000000", "")}


def test_a_trace_is_what_was_sent_and_what_came_later_is_added_to_it(ask):
    place = {"trace_id": OTHER_TRACE}
    assert ask("create_trace", body=TRACE)["trace_id"] == OTHER_TRACE
    found = same_time(ask("get_trace", **place))
    has(found, **{name: value for name, value in TRACE.items() if name != "spans"})
    [span] = found["spans"]
    has(same_time(span), **TRACE["spans"][0], trace_id=OTHER_TRACE)
    more = {**place, "name": "refund", "started_at": AT, "tags": ["b"], "metadata": {"z": 3}, "status": "COMPLETED"}
    ask("create_trace", body=more)
    found = ask("get_trace", **place)
    has(found, status="COMPLETED", metadata={"x": 1, "z": 3}, input={"text": "hi"}, session_id="chat-2")
    assert (sorted(found["tags"]), len(found["spans"])) == (["a", "b"], 1)
    assert ask("list_traces", query={"session_id": "chat-2"})["total"] == 1
    assert ask("get_session", session_id="chat-2")["trace_count"] == 1


def test_a_change_of_a_trace_clears_what_is_null_and_leaves_the_rest(ask):
    ask("create_trace", body=TRACE)
    place = {"trace_id": OTHER_TRACE}
    before = ask("get_trace", **place)
    changed = ask("update_trace", body={"output": None, "metadata": {"x": 2}, "ended_at": LATER}, **place)
    assert ask("get_trace", **place) == changed
    has(changed, output=None, metadata={"x": 2}, ended_at="2026-11-17T00:00:02.000000+00:00")
    same = ("name", "session_id", "user_id", "tags", "input", "environment", "release", "status", "spans")
    has(changed, **{name: before[name] for name in same})

    added = {"span_id": "2b3c4d5e-5a0e-4c58-9a3e-6c1f2e3d4b5a", "name": "say", "started_at": AT}
    assert ask("add_spans", body=[added], **place) == {"span_ids": [added["span_id"]]}
    assert len(ask("get_trace", **place)["spans"]) == 2
    span = ask("update_span", body={"output": {"a": 1}, "ended_at": LATER}, span_id=added["span_id"], **place)
    has(span, span_id=added["span_id"], name="say", output={"a": 1}, latency_ms=2000.0)
    assert span in ask("get_trace", **place)["spans"]
    tags = {"trace_ids": [OTHER_TRACE], "add_tags": ["n"], "remove_tags": ["a"]}
    assert ask("tag_traces", body=tags) == {"updated": 1}
    assert ask("get_trace", **place)["tags"] == ["n"]
    assert ask("delete_traces", body={"trace_ids": [OTHER_TRACE]}) == {"deleted": 1}
    assert ask("get_trace", **place) == 404
    assert ask("get_trace", trace_id=EXAMPLE_TRACE["trace_id"])["trace_id"] == EXAMPLE_TRACE["trace_id"]


def test_a_run_over_traces_says_what_it_was_created_from_and_scores_each_pair(ask):
    failing, good = FAILING_TRACE["trace_id"], OTHER_TRACE
    ask("create_trace", body={**TRACE, "trace_id": good})
    body = {"trace_ids": [good, failing, good.upper()], "metrics": ["task_completion"], "name": "ci", "model": "gpt-5"}
    made = ask("create_batch_trace_eval_run", body=body)
    has(made, filters={"trace_ids": [good, failing]}, metric_names=["task_completion"], name="ci", target_type="TRACE")
    has(made, model="openai/gpt-5", status="PENDING", sampling_rate=1.0, evaluated_count=0)
    assert made.get("total_targets", made.get("total_traces")) == 2
    place = {"run_id": made["id"]}
    has(ask("get_trace_eval_run", **place), id=made["id"], status="COMPLETED", evaluated_count=2, failed_count=1)
    scores = ask("list_trace_eval_run_scores", **place)
    told = {(each["trace_id"], each["name"], each["status"], each["value"] is None) for each in scores}
    assert told == {(good, "task_completion", "SUCCESS", False), (failing, "task_completion", "FAILED", True)}
    assert {each["eval_run_id"] for each in scores} == {made["id"]}
    again = ask("retry_trace_eval_run", **place)
    has(again, name="Retry: ci", filters={"retry_of": made["id"], "trace_ids": [failing]})

    filters = {"tags": ["production"], "status": "ERROR"}
    narrowed = ask("create_trace_eval_run", body={"metrics": ["coherence"], "filters": filters, "sampling_rate": 0.5})
    has(narrowed, filters=filters, sampling_rate=0.5, metric_names=["coherence"])
    listed = ask("list_trace_eval_runs")
    assert [each["id"] for each in listed["items"]] == [narrowed["id"], again["id"], made["id"]]
    assert ask("list_trace_eval_runs", query={"limit": 1, "offset": 2})["items"][0]["id"] == made["id"]
    assert ask("list_session_eval_runs")["total"] == 0

    assert ask("delete_trace_eval_run", **place) is None
    assert ask("get_trace_eval_run", **place) == 404
    assert ask("list_trace_scores", query={"eval_run_id": made["id"]})["total"] == 0
    assert ask("list_trace_scores", query={"trace_id": good, "name": "task_completion"})["total"] == 1
    assert ask("delete_trace_eval_run", run_id=again["id"], query={"delete_scores": True}) is None
    assert ask("list_trace_scores", query={"trace_id": failing, "status": "FAILED"})["total"] == 1


def test_a_score_of_a_trace_is_what_was_sent_and_a_person_s_once_it_is_changed(ask):
    trace_id = EXAMPLE_TRACE["trace_id"]
    sent = {"trace_id": trace_id, "name": "intent", "value": "refund", "data_type": "CATEGORICAL"}
    sent |= {"source": "PROGRAMMATIC", "reason": "so it says", "metadata": {"token": "1a"}}
    made = ask("create_trace_score", body=sent)
    has(made, **sent, status="SUCCESS", eval_run_id=None, environment=None)
    assert ask("list_trace_scores", query={"name": "intent", "data_type": "CATEGORICAL"})["items"] == [made]
    plain = ask("create_trace_score", body={"trace_id": trace_id, "name": "intent", "value": "0.5"})
    has(plain, source="ANNOTATION", data_type="NUMERIC", metadata={}, reason=None)
    assert plain in ask("list_scores_of_trace", id=trace_id)
    assert made not in ask("list_scores_of_trace", id=trace_id), "the newest of each name"
    changed = ask("update_trace_score", body={"reason": None, "metadata": {"y": 1}}, id=made["id"])
    assert {**changed, "updated_at": None} == {
        **made,
        "source": "ANNOTATION",
        "metadata": {"y": 1},
        "updated_at": None,
    }
    assert ask("update_trace_score", body={"value": "2"}, id=plain["id"]) == 422
    assert ask("delete_trace_score", id=made["id"]) is None
    assert ask("delete_trace_score", id=made["id"]) == 404
    assert ask("list_trace_scores", query={"name": "intent"})["items"] == [plain]
