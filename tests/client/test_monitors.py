"""Monitors are looked after: found, read with their runs, paused, resumed and deleted."""

import httpx
import pytest
from pandaprobe_evals import NotFound
from pandaprobe_sandbox import API_KEY, Sandbox

HEADERS = {"X-API-Key": API_KEY, "X-Project-Name": "sandbox"}
BODY = {"name": "nightly", "target_type": "SESSION", "metrics": ["agent_reliability"], "cadence": "daily"}


def test_a_monitor_is_found_read_with_its_runs_paused_resumed_and_deleted(kind):
    with Sandbox(speed=1000) as sandbox:
        sandbox.add_session("chat-1")
        with httpx.Client(transport=sandbox.transport(), base_url="http://sandbox", headers=HEADERS) as http:
            made = http.post("/evaluations/monitors", json=BODY).json()
            run = http.post(f"/evaluations/monitors/{made['id']}/trigger").json()
        panda = kind("http://monitors.localhost", transport=sandbox.transport())
        [monitor] = panda.monitors.list(status="ACTIVE")
        assert str(monitor.last_run_id) == run["id"]
        [found] = panda.monitors.runs(monitor)
        assert panda.session_runs.wait(found, timeout=30).ok
        assert panda.monitors.pause(monitor).next_run_at is None
        assert panda.monitors.pause(monitor.id).status == "PAUSED"
        assert panda.monitors.resume(monitor).status == panda.monitors.get(monitor).status == "ACTIVE"
        panda.monitors.delete(monitor)
        with pytest.raises(NotFound):
            panda.monitors.get(monitor)
