"""One run from its creation to its end, by the script; every answer on the way is held against openapi.yaml."""

import pytest
from pandaprobe_sandbox import HeldClock

from .service import BATCH, MODES, RUNS, client, judge, sandbox

SCORES = "/evaluations/session-scores"


@pytest.fixture(params=MODES)
def life(request):
    clock = HeldClock()
    options = {"clock": clock, "speed": 1.0, "pending_seconds": 1.0, "seconds_per_session": 1.0, "retry_delay": 10.0}
    with sandbox(**options) as service, client(service, MODES[request.param]) as http:
        yield Life(http, clock)


class Life:
    def __init__(self, http, clock):
        self.http, self.clock = http, clock

    def create(self, *ids):
        body = {"session_ids": list(ids), "metrics": ["agent_reliability", "agent_consistency"], "name": "life"}
        return judge("create_batch_session_eval_run", self.http.post(BATCH, json=body))

    def read(self, run):
        return judge("get_session_eval_run", self.http.get(f"{RUNS}/{run['id']}"))

    def scores(self, run):
        return judge("list_session_eval_run_scores", self.http.get(f"{RUNS}/{run['id']}/scores"))

    def retry(self, run):
        answer = self.http.post(f"{RUNS}/{run['id']}/retry")
        return answer.status_code, judge("retry_session_eval_run", answer)

    def after(self, seconds, run):
        self.clock.advance(seconds)
        found = self.read(run)
        return found["status"], found["evaluated_count"], found["failed_count"]


def test_a_run_completes_with_failed_pairs_is_retried_and_deleted(life):
    run = life.create("a", "fail-b", "ghost-c")
    assert (run["status"], run["evaluated_count"], run["completed_at"]) == ("PENDING", 0, None)
    assert life.retry(run)[0] == 422, "nothing failed yet"
    assert life.after(1.5, run) == ("RUNNING", 0, 0)
    assert life.after(1, run) == ("RUNNING", 1, 0)
    assert life.after(1, run) == ("RUNNING", 2, 2), "failed pairs, not sessions"
    assert life.after(1, run) == ("COMPLETED", 3, 2)
    assert life.read(run)["completed_at"]
    scores = life.scores(run)
    assert {(score["session_id"], score["status"], score["value"] is None) for score in scores} == {
        ("a", "SUCCESS", False),
        ("fail-b", "FAILED", True),
    }
    status, again = life.retry(run)
    assert status == 202
    assert again["id"] != run["id"]
    assert (again["name"], again["filters"]) == ("Retry: life", {"retry_of": run["id"], "session_ids": ["fail-b"]})
    assert life.after(2.5, again) == ("COMPLETED", 1, 0)
    assert life.read(run)["failed_count"] == 2, "the old run stays as it was"
    assert life.retry(again)[0] == 422

    judge("delete_session_eval_run", life.http.delete(f"{RUNS}/{run['id']}"))
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/retry")):
        assert life.http.request(method, f"{RUNS}/{run['id']}{path}").status_code == 404
    assert life.scores(run) == []
    left = judge("list_session_scores", life.http.get(SCORES, params={"session_id": "a"}))["items"]
    assert {score["eval_run_id"] for score in left} == {None}, "its scores outlive it"
    assert life.read(again)["id"] == again["id"]

    judge("delete_session_eval_run", life.http.delete(f"{RUNS}/{again['id']}", params={"delete_scores": True}))
    assert judge("list_session_eval_runs", life.http.get(RUNS))["total"] == 0
    assert judge("list_session_scores", life.http.get(SCORES, params={"status": "FAILED"}))["total"] == 2
    of_retry = judge("list_session_scores", life.http.get(SCORES, params={"eval_run_id": again["id"]}))
    assert of_retry["total"] == 0


def test_a_failed_run_comes_back_from_nought_and_completes(life):
    run = life.create("a", "b", "crash-once-c")
    assert life.after(2, run)[0] == "RUNNING"
    assert life.after(1, run)[:2] == ("FAILED", 1)
    assert life.read(run)["error_message"]
    assert life.after(10, run)[0:2] == ("RUNNING", 0), "counts start again"
    assert life.read(run)["error_message"] is None
    assert life.after(3, run) == ("COMPLETED", 3, 0)


def test_a_run_that_breaks_every_time_is_failed_for_good(life):
    run = life.create("crash-a")
    seen = [life.after(1, run)[0] for _ in range(60)]
    assert seen.count("FAILED") > 30
    assert set(seen[-20:]) == {"FAILED"}
    assert "RUNNING" in seen[seen.index("FAILED") :]
