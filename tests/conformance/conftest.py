"""Deployments to check: true sandboxes, empty and lived in, and their two ways in."""

import time

import httpx
import pytest
from pandaprobe_conformance import check
from pandaprobe_evals import ApiKey, BearerToken
from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN, Sandbox, SandboxTransport

RUNS = "/evaluations/session-runs"
METRICS = ["agent_reliability", "agent_consistency"]
MODES = {"api key": ApiKey(API_KEY, PROJECT_NAME), "bearer": BearerToken(TOKEN, PROJECT_ID)}
HEADERS = {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}


def lived_in(box):
    """Give a sandbox runs of every kind, one of them deleted and one retried, and sessions to find by filters."""
    for number in range(3):
        box.add_session(f"found-{number}", project=PROJECT_NAME)
    amiss = {"user_id": "someone", "tags": ["odd", "even"], "has_error": True, "trace_count": 3}
    box.add_session("found-Amiss", project=PROJECT_NAME, **amiss)
    box.add_session("found-else", project=PROJECT_NAME, user_id="someone else", tags=["even"], trace_count=2)
    kinds = [
        ["a", "ghost-b"], ["fail-always-c", "d"], ["crash-e"], ["unjudged-f", "g", "h"], ["gone-i"], ["pending-j"],
        ["stall-k", "l"],
    ]  # fmt: skip
    with httpx.Client(transport=box.transport(), base_url="http://sandbox", headers=HEADERS) as http:
        made = [http.post(f"{RUNS}/batch", json={"session_ids": ids, "metrics": METRICS}).json()["id"] for ids in kinds]
        while http.get(f"{RUNS}/{made[3]}").json()["status"] != "COMPLETED":
            time.sleep(0.005)
        http.delete(f"{RUNS}/{made[4]}")
        for number, name in enumerate(("fail-always-m", "crash-n", "o", "p")):
            trace = {"name": name, "environment": "ci", "started_at": f"2026-01-0{number + 1}T00:00:00.123456+00:00",
                     "session_id": "found-0"}  # fmt: skip
            http.post("/traces", json=trace).raise_for_status()
        traces = [trace["trace_id"] for trace in http.get("/traces").json()["items"]]
        for trace_id in traces[-2:]:  # the earliest
            body = {"trace_ids": [trace_id], "metrics": ["coherence", "plan_quality"]}
            http.post("/evaluations/trace-runs/batch", json=body).raise_for_status()
        for number, metric in enumerate(("coherence", "confidence", "task_completion")):
            body = {"trace_ids": traces[number : number + 3], "metrics": [metric]}
            http.post("/evaluations/trace-runs/batch", json=body).raise_for_status()
            body = {"trace_id": traces[number], "name": "verdict", "value": "0.5", "source": "PROGRAMMATIC"}
            http.post("/evaluations/trace-scores", json=body).raise_for_status()
            flag = {"trace_id": traces[number], "name": "flag", "value": "true", "data_type": "BOOLEAN",
                    "environment": "ci" if number else None}  # fmt: skip
            http.post("/evaluations/trace-scores", json=flag).raise_for_status()
            body = {"name": f"nightly {number}", "target_type": "SESSION", "metrics": METRICS, "cadence": "daily"}
            monitor = http.post("/evaluations/monitors", json=body).raise_for_status().json()["id"]
            for step in ((), ("trigger",) * 4, ("pause",))[number]:
                http.post(f"/evaluations/monitors/{monitor}/{step}").raise_for_status()
        http.post(f"{RUNS}/{made[1]}/retry")
    return box


@pytest.fixture
def checked():
    """Check a sandbox in process, by a layer that may change what it says."""

    def check_it(box, mode="api key", *, app=None, **options):
        options = {"patience": 5.0, **options}
        return check(MODES[mode], "http://localhost", transport=SandboxTransport(app or box.app), **options)

    return check_it


@pytest.fixture
def lively():
    """A sandbox with runs of every kind, without a rate limit."""
    with Sandbox(rate_limit=None, read_limit=None, speed=200) as box:
        yield lived_in(box)
