"""Monitors are looked after: found, read with their runs, paused, resumed and deleted."""

import httpx
import pytest
from pandaprobe_evals import ApiKey, InvalidArgument, NotFound, QuotaExceeded
from pandaprobe_evals_api.api.monitors import update_monitor
from pandaprobe_evals_api.models import UpdateMonitorRequest
from pandaprobe_sandbox import API_KEY, HOBBY_API_KEY, PROJECT_NAME, HeldClock, Sandbox

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


def test_a_monitor_is_created_changed_and_triggered_and_its_run_waited_for(kind):
    with Sandbox(speed=1000) as sandbox:
        sandbox.add_session("chat-1", tags=["production"])
        panda = kind("http://monitors.localhost", transport=sandbox.transport())
        monitor = panda.monitors.create(**BODY, tags=["production"], signal_weights={"confidence": 1.5})
        assert (monitor.status, monitor.reconciled) == ("ACTIVE", False)
        assert monitor.filters.to_dict() == {"tags": ["production"], "signal_weights": {"confidence": 1.5}}
        changed = panda.monitors.update(monitor, cadence="cron:0 3 * * *", user_id="somebody", model=None)
        assert (changed.cadence, changed.name) == ("cron:0 3 * * *", "nightly")
        assert changed.filters.to_dict() == {"user_id": "somebody", "signal_weights": {"confidence": 1.5}}
        panda.monitors.update(monitor, tags=["production"])
        run = panda.monitors.trigger(monitor)
        assert (run.monitor_id, run.name, run.target_type) == (monitor.id, "[Monitor] nightly", "SESSION")
        assert panda.session_runs.wait(run, timeout=30).ok
        assert panda.monitors.get(monitor).last_run_id == run.id


@pytest.mark.parametrize(
    ("target", "given", "named"),
    [
        ("TRACE", {"has_error": True}, "has_error"),
        ("TRACE", {"min_trace_count": 2}, "min_trace_count"),
        ("TRACE", {"signal_weights": {"confidence": 1}}, "signal_weights"),
        ("SESSION", {"trace_status": "ERROR"}, "trace_status"),
        ("SESSION", {"session_id": "a"}, "session_id"),
        ("SESSION", {"trace_name": "booking"}, "trace_name"),
    ],
)
def test_a_filter_of_the_other_kind_which_would_be_ignored_is_refused(kind, target, given, named):
    with Sandbox() as sandbox:
        panda = kind("http://monitors.localhost", transport=sandbox.transport())
        with pytest.raises(InvalidArgument, match=rf"^{named}: only where target_type is "):
            panda.monitors.create(**{**BODY, "target_type": target}, **given)
        assert not sandbox.requests


def test_no_change_sends_null_which_would_stop_every_monitor_of_the_deployment(kind):
    with Sandbox() as sandbox:
        panda = kind("http://monitors.localhost", transport=sandbox.transport())
        monitor = panda.monitors.create(**BODY, model="openai/other", signal_weights={"confidence": 2})
        names = ("name", "metrics", "cadence", "tags", "sampling_rate", "model", "only_if_changed", "signal_weights")
        changed = panda.monitors.update(monitor, **{**dict.fromkeys(names), "name": "renamed"})
        assert changed.to_dict() == {
            **monitor.to_dict(),
            "name": "renamed",
            "updated_at": changed.updated_at.isoformat(),
        }
        assert [found.id for found in panda.monitors.list()] == [monitor.id]
        with pytest.raises(InvalidArgument, match=r"^nothing is to be changed; give at least one of name, .*tags, "):
            panda.monitors.update(monitor, tags=None)
        with pytest.raises(AttributeError):  # nor do the generated functions, by mistake
            kind.bare(panda, update_monitor, monitor_id=monitor.id, body=UpdateMonitorRequest(filters=None))
        assert [found.id for found in panda.monitors.list()] == [monitor.id]


def test_a_plan_without_monitors_is_told_as_that(kind):
    with Sandbox() as sandbox:
        panda = kind(
            "http://monitors.localhost", auth=ApiKey(HOBBY_API_KEY, project=PROJECT_NAME), transport=sandbox.transport()
        )
        with pytest.raises(QuotaExceeded, match="Monitoring is not available"):
            panda.monitors.create(**BODY)


def test_triggers_are_paced_for_each_monitor(kind):
    clock = HeldClock()
    with Sandbox(clock=clock) as sandbox:
        sandbox.add_session("chat-1")
        panda = kind("http://monitors.localhost", transport=sandbox.transport(), clock=clock)
        one, other = panda.monitors.create(**BODY), panda.monitors.create(**{**BODY, "name": "other"})
        began = clock.monotonic()
        for _ in range(10):
            panda.monitors.trigger(one)
            panda.monitors.trigger(other)
        assert clock.monotonic() - began < 1
        panda.monitors.trigger(one)
        assert clock.monotonic() - began >= 60
