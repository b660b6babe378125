"""`monitors check`: its exit code says whether monitors do their work, which the service never says."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from pandaprobe_evals.cli.monitors import silence
from pandaprobe_sandbox import API_KEY, PROJECT_NAME

METRIC = "agent_reliability"
BODY = {"name": "nightly", "target_type": "SESSION", "metrics": [METRIC], "cadence": "daily", "only_if_changed": False}
NOW = datetime.fromisoformat("2026-11-22T12:00:00+00:00")


def ago(**time):
    return NOW - timedelta(**time)


def monitor(**said):
    usual = {"status": "ACTIVE", "cadence": "daily", "only_if_changed": False, "created_at": ago(days=9)}
    return SimpleNamespace(**{**usual, "last_run_at": ago(hours=1), "next_run_at": ago(hours=-23), **said})


@pytest.mark.parametrize(
    ("said", "after", "state"),
    [
        ({}, None, "ok"),
        ({"status": "PAUSED", "last_run_at": None, "next_run_at": None}, None, "paused"),
        ({"last_run_at": ago(hours=1, minutes=4)}, None, "ok"),
        ({"last_run_at": ago(days=1, hours=1)}, None, "silent"),
        ({"last_run_at": None}, None, "silent"),
        ({"last_run_at": None, "created_at": ago(hours=1)}, None, "waiting"),
        ({"last_run_at": ago(days=5), "only_if_changed": True}, None, "ok"),
        ({"last_run_at": ago(days=5), "only_if_changed": True}, 4 * 86400, "silent"),
        ({"last_run_at": ago(days=5), "cadence": "cron:0 3 * * *"}, None, "ok"),
        ({"last_run_at": ago(days=5), "cadence": "cron:0 3 * * *"}, 4 * 86400, "silent"),
        ({"last_run_at": ago(days=5), "cadence": "weekly", "next_run_at": ago(days=-2)}, None, "ok"),
        ({"next_run_at": ago(minutes=9), "last_run_at": ago(days=1, minutes=9)}, None, "ok"),
        ({"next_run_at": ago(minutes=11)}, None, "silent"),
    ],
)
def test_a_monitor_is_silent_when_its_time_came_and_no_run_did(said, after, state):
    assert silence(monitor(**said), NOW, after)[0] == state


@pytest.fixture
def service(online):
    with httpx.Client(
        base_url=online, headers={"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}, timeout=30
    ) as service:
        yield service


def triggered(service, **more):
    made = service.post("/evaluations/monitors", json={**BODY, **more}).json()
    service.post(f"/evaluations/monitors/{made['id']}/trigger").raise_for_status()
    return made["id"]


def test_a_monitor_that_measures_is_fine_and_one_that_fails_is_told(run, service, sandbox):
    sandbox.add_session("chat-1", tags=["good"])
    sandbox.add_session("fail-2", tags=["bad"])
    good = triggered(service, filters={"tags": ["good"]})
    fine = run("monitors", "check")
    assert (fine.code, [each["state"] for each in fine.records]) == (0, ["ok"]), fine.out
    bad = triggered(service, filters={"tags": ["bad"]})
    both = run("monitors", "check")
    assert (both.code, {each["monitor_id"]: each["state"] for each in both.records}) == (
        7,
        {good: "ok", bad: "failing"},
    )
    assert "1 pair failed" in {each["monitor_id"]: each["says"] for each in both.records}[bad]
    assert run("monitors", "check", good).code == 0
    assert run("monitors", "pause", bad).records[0]["status"] == "PAUSED"
    assert run("monitors", "check").code == 0
    assert run("monitors", "resume", bad).records[0]["status"] == "ACTIVE"
    assert len(run("monitors", "runs", bad).records) == 1
    assert run("monitors", "delete", bad, "--yes").records == [{"event": "deleted", "monitor_id": bad}]
    assert [each["id"] for each in run("monitors", "list").records] == [good]
