"""Monitors run by the sandbox's clock, over all that matches; one whose filters are null ends all of them."""

from datetime import UTC, datetime

import pytest
from pandaprobe_sandbox import HOBBY_API_KEY
from pandaprobe_sandbox.cadence import InvalidCadence, next_run
from pandaprobe_sandbox.database import Breakdown

MONITORS = "/evaluations/monitors"
BODY = {"name": "nightly", "target_type": "SESSION", "metrics": ["agent_reliability"], "cadence": "daily"}
HOUR, DAY = 3600.0, 86400.0


def created(call, **more):
    answer = call.post(MONITORS, json=BODY | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def runs(call, monitor):
    return call.get(f"{MONITORS}/{monitor['id']}/runs").json()["items"]


def test_a_monitor_runs_within_five_minutes_of_its_time_and_over_everything_each_time(sandbox, call, clock):
    monitor = created(call, only_if_changed=False)
    sandbox.add_session("a")
    assert runs(call, monitor) == []
    clock.advance(DAY - 1)
    assert runs(call, monitor) == []
    clock.advance(301)
    [first] = runs(call, monitor)
    assert (first["name"], first["monitor_id"], first["total_targets"]) == ("[Monitor] nightly", monitor["id"], 1)
    sandbox.add_session("b")
    clock.advance(3 * DAY + 900)
    found = runs(call, monitor)
    assert [run["total_targets"] for run in found] == [2, 2, 2, 1]
    assert call.get(f"{MONITORS}/{monitor['id']}").json()["last_run_id"] == found[0]["id"]
    assert call.get("/evaluations/session-runs").json()["total"] == 4


def test_without_a_new_trace_nothing_runs_and_nobody_says_so(sandbox, call, clock):
    sandbox.add_session("a", started_at=datetime.fromtimestamp(clock.now() - HOUR, UTC).isoformat())
    monitor = created(call)
    clock.advance(5 * DAY)
    assert len(runs(call, monitor)) == 1
    looked = call.get(f"{MONITORS}/{monitor['id']}").json()
    assert (looked["status"], looked["next_run_at"] > looked["last_run_at"]) == ("ACTIVE", True)


def test_a_filter_that_is_none_is_taken_and_never_runs(sandbox, call, clock):
    sandbox.add_session("a")
    monitor = created(call, filters={"date_from": "yesterday"})
    clock.advance(2 * DAY)
    assert runs(call, monitor) == []
    assert call.post(f"{MONITORS}/{monitor['id']}/trigger").status_code == 500


def test_null_filters_end_every_monitor_of_the_deployment(sandbox, call, sandboxed, clock):
    sandbox.add_session("a")
    other, monitor = created(call, only_if_changed=False), created(call, only_if_changed=False)
    assert call.patch(f"{MONITORS}/{monitor['id']}", json={"filters": None}).status_code == 500
    assert call.get(MONITORS).status_code == 500
    for method, rest in (
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/pause"),
        ("POST", "/trigger"),
        ("GET", "/runs"),
        ("DELETE", ""),
    ):
        sent = call.request(method, f"{MONITORS}/{monitor['id']}{rest}", json={} if method == "PATCH" else None)
        assert sent.status_code == 500
    clock.advance(2 * DAY)
    assert runs(call, other) == []


@pytest.mark.parametrize("field", ["name", "sampling_rate", "cadence", "only_if_changed"])
def test_null_elsewhere_breaks_and_changes_nothing(call, field):
    monitor = created(call)
    assert call.patch(f"{MONITORS}/{monitor['id']}", json={field: None}).status_code == 500
    assert call.get(f"{MONITORS}/{monitor['id']}").json() == monitor


def test_new_filters_keep_the_weights_that_are_stored(call):
    monitor = created(call, signal_weights={"confidence": 2.0}, filters={"tags": ["a"]})
    changed = call.patch(f"{MONITORS}/{monitor['id']}", json={"filters": {"user_id": "u"}}).json()
    assert changed["filters"] == {"user_id": "u", "signal_weights": {"confidence": 2.0}}


def test_a_paused_monitor_can_be_triggered_ten_times_a_minute_and_evaluates_one_at_rate_0(sandbox, call):
    sandbox.add_session("a")
    sandbox.add_session("b")
    monitor, other = created(call, sampling_rate=0), created(call)
    at = f"{MONITORS}/{monitor['id']}"
    assert call.post(f"{at}/pause").json()["next_run_at"] is None
    answers = [call.post(f"{at}/trigger") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [202] * 10 + [429]
    assert answers[-1].json() == {"error": "Rate limit exceeded: 10 per 1 minute"}
    assert answers[0].json()["total_targets"] == 1
    assert call.post(f"{MONITORS}/{other['id']}/trigger").status_code == 202
    looked = call.get(at).json()
    assert (looked["status"], looked["next_run_at"] is not None) == ("PAUSED", True)
    call.delete(f"/evaluations/session-runs/{looked['last_run_id']}")
    assert call.get(at).json()["last_run_id"] is None


def test_a_plan_without_monitoring_is_told(call):
    answer = call.post(MONITORS, json=BODY, headers={"X-API-Key": HOBBY_API_KEY})
    assert (answer.status_code, answer.json()) == (
        429,
        {"detail": "Monitoring is not available on your HOBBY plan. Please upgrade."},
    )


NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC).timestamp()  # a Thursday


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        ("every_6h", "2026-11-26T18:00:00"),
        ("weekly", "2026-12-03T12:00:00"),
        ("cron:0 3 * * *", "2026-11-27T03:00:00"),
        ("cron: */20 9-17 * * 1-5 ", "2026-11-26T12:20:00"),
        ("cron:0 0 1,15 * 0", "2026-11-29T00:00:00"),
        ("cron:0 0 29 2 *", "2028-02-29T00:00:00"),
        ("cron:@daily", "2026-11-27T00:00:00"),
        ("cron:0 3 * * * 30", "2026-11-27T03:00:30"),
    ],
)
def test_the_next_run_follows_the_cadence(cadence, expected):
    assert datetime.fromtimestamp(next_run(cadence, NOON), UTC).isoformat() == f"{expected}+00:00"


@pytest.mark.parametrize(
    "cadence", ["hourly", "custom", "cron:", "cron:60 * * * *", "cron:* * * *", "cron:*/0 * * * *"]
)
def test_what_is_no_cadence_is_refused(cadence):
    with pytest.raises(InvalidCadence):
        next_run(cadence, NOON)


def test_an_expression_that_never_fires_breaks_the_service():
    with pytest.raises(Breakdown):
        next_run("cron:0 0 31 2 *", NOON)


@pytest.mark.parametrize("rate", [0, 0.5, 1])
def test_a_trigger_that_finds_nothing_says_so_whatever_its_rate(call, rate):
    monitor = created(call, sampling_rate=rate)
    answer = call.post(f"{MONITORS}/{monitor['id']}/trigger")
    assert (answer.status_code, answer.json()) == (422, {"detail": "No sessions match the monitor's filters."})
