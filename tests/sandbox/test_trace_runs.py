"""Trace runs of the sandbox, and the signals that session runs measure once, as the service was seen to."""

import pytest
from pandaprobe_sandbox import API_KEY, HOBBY_API_KEY

TRACES = "/evaluations/trace-runs"
SESSIONS = "/evaluations/session-runs"
METRICS = ["coherence", "confidence", "task_completion"]


@pytest.fixture
def ask(call, clock):
    """Ask the sandbox, and let its worker finish."""

    def ask(method, path, key=API_KEY, **body):
        found = call.request(method, path, headers={"X-API-Key": key}, **body)
        clock.advance(60)
        return found

    return ask


def trace(ask, name, number, **more):
    trace_id = f"21111111-1111-4111-8111-{number:012d}"
    body = {"trace_id": trace_id, "name": name, "started_at": "2026-11-22T09:00:00Z", "input": "hi", "output": "ho"}
    assert ask("POST", "/traces", json={**body, **more}).status_code == 202
    return trace_id


def run(ask, path=TRACES, **body):
    found = ask("POST", f"{path}/batch", json=body)
    assert found.status_code == 202
    return ask("GET", f"{path}/{found.json()['id']}").json()


def scores(ask, made, path=TRACES):
    return ask("GET", f"{path}/{made['id']}/scores").json()


def test_each_pair_of_trace_and_metric_has_a_score_and_a_metric_sent_twice_two(ask):
    made = run(ask, trace_ids=[trace(ask, "turn", 1)], metrics=[*METRICS, "confidence"])
    assert (made["status"], made["target_type"], made["failed_count"]) == ("COMPLETED", "TRACE", 0)
    assert sorted(score["name"] for score in scores(ask, made)) == sorted([*METRICS, "confidence"])


def test_a_trace_that_is_not_there_counts_as_evaluated_and_has_no_score(ask):
    made = run(ask, trace_ids=[trace(ask, "turn", 1), f"21111111-1111-4111-8111-{9:012d}"], metrics=METRICS)
    assert (made["evaluated_count"], made["failed_count"]) == (2, 0)
    assert len({score["trace_id"] for score in scores(ask, made)}) == 1


def test_only_what_failed_is_run_again_and_billed(ask, sandbox):
    made = run(ask, trace_ids=[trace(ask, "fail-1", 1), trace(ask, "turn", 2)], metrics=METRICS)
    assert made["failed_count"] == 2  # coherence asks no judge
    failed = [score for score in scores(ask, made) if score["status"] == "FAILED"]
    assert {(score["value"], score["metadata"] == {}) for score in failed} == {(None, True)}
    before = sandbox.units_billed
    again = ask("POST", f"{TRACES}/{made['id']}/retry").json()
    assert sandbox.units_billed - before == 2
    assert again["filters"] == {"retry_of": made["id"], "trace_ids": [failed[0]["trace_id"]]}
    assert again["metric_names"] == ["confidence", "task_completion"]
    assert {score["status"] for score in scores(ask, again)} == {"SUCCESS"}
    assert ask("POST", f"{TRACES}/{again['id']}/retry").status_code == 422


def test_each_kind_is_billed_to_its_own_quota(ask):
    ids = [f"21111111-1111-4111-8111-{number:012d}" for number in range(101)]
    refused = ask("POST", f"{TRACES}/batch", HOBBY_API_KEY, json={"trace_ids": ids, "metrics": ["confidence"]})
    assert refused.status_code == 429
    assert refused.json()["detail"].startswith("You've reached the trace_evals limit (100) for your HOBBY plan.")
    fits = {"trace_ids": ids[:100], "metrics": ["confidence"]}
    assert ask("POST", f"{TRACES}/batch", HOBBY_API_KEY, json=fits).status_code == 202
    sessions = {"session_ids": ["a"], "metrics": ["agent_reliability"]}
    assert ask("POST", f"{SESSIONS}/batch", HOBBY_API_KEY, json=sessions).status_code == 202


def test_a_second_run_over_a_session_measures_nothing_until_the_signals_are_deleted(ask):
    body = {"session_ids": ["s"], "metrics": ["agent_reliability", "agent_consistency"]}
    trace(ask, "turn", 1, session_id="s")
    trace(ask, "turn", 2, session_id="s")
    first, second = run(ask, SESSIONS, **body), run(ask, SESSIONS, **body, model="another")
    said = [{score["name"]: score["value"] for score in scores(ask, made, SESSIONS)} for made in (first, second)]
    assert said[0] == said[1]
    assert len(scores(ask, first)) == 8  # four signals of each trace
    assert scores(ask, second) == []
    ask("DELETE", f"{SESSIONS}/{first['id']}?delete_scores=true")
    assert len(scores(ask, run(ask, SESSIONS, **body))) == 8


def test_a_trace_run_s_score_is_taken_for_a_signal(ask):
    trace_id = trace(ask, "turn", 1, session_id="s")
    [measured] = scores(ask, run(ask, trace_ids=[trace_id], metrics=["confidence"]))
    made = run(ask, SESSIONS, session_ids=["s"], metrics=["agent_reliability"])
    [score] = scores(ask, made, SESSIONS)
    risk = score["metadata"]["per_trace_signals"][trace_id]["confidence_risk"]
    assert risk == pytest.approx(1 - float(measured["value"]), abs=1e-4)
    assert "confidence" not in {signal["name"] for signal in scores(ask, made)}
