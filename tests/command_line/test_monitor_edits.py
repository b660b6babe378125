"""`monitors create` and `edit`: filters as options, nothing that is not meant, and never a null."""

import httpx
import pytest
from pandaprobe_sandbox import API_KEY, PROJECT_NAME

METRIC = "agent_reliability"
HEADERS = {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}
NEEDED = ("--name", "nightly", "--metric", METRIC, "--cadence", "daily")
OF_TRACES = ("--name", "t", "--metric", "coherence", "--cadence", "weekly", "--target", "trace")


@pytest.fixture
def service(online):
    with httpx.Client(base_url=online, headers=HEADERS, timeout=30) as service:
        yield service


@pytest.fixture
def made(run, online):
    """The monitor that some options make, as the service has it."""

    def created(*words):
        ran = run("monitors", "create", *words)
        assert ran.code == 0, ran.err
        (record,) = ran.records
        return record

    return created


def test_a_monitor_over_sessions_is_made_as_it_is_said(made, run):
    monitor = made(
        *NEEDED[:4],
        *("--metric", "agent_consistency", "--cadence", "cron:0 3 * * *", "--tag", "prod", "--tag", "beta"),
        *("--user", "u-1", "--since", "2026-11-22", "--until", "2026-11-23T08:30", "--has-error", "--min-traces", 2),
        *("--sampling-rate", 0.5, "--model", "gpt-4o", "--every-time", "--weight", "confidence=0.25"),
    )
    assert monitor["filters"] == {
        "tags": ["prod", "beta"],
        "user_id": "u-1",
        "date_from": "2026-11-22T00:00:00+00:00",
        "date_to": "2026-11-23T08:30:00+00:00",
        "has_error": True,
        "min_trace_count": 2,
        "signal_weights": {"confidence": 0.25},
    }
    expected = {"target_type": "SESSION", "metric_names": [METRIC, "agent_consistency"], "cadence": "cron:0 3 * * *"}
    expected |= {"sampling_rate": 0.5, "model": "gpt-4o", "only_if_changed": False, "status": "ACTIVE"}
    assert {name: monitor[name] for name in expected} == expected
    assert [each["id"] for each in run("monitors", "list").records] == [monitor["id"]]


def test_a_monitor_over_traces_has_their_filters(made):
    monitor = made(*OF_TRACES, "--status", "ERROR", "--session", "chat-1", "--query", "plan")
    assert monitor["filters"] == {"status": "ERROR", "session_id": "chat-1", "name": "plan"}
    assert (monitor["target_type"], monitor["only_if_changed"]) == ("TRACE", True)


def test_an_edit_changes_what_is_given_and_keeps_the_rest(made, run):
    made_ = made(*NEEDED, "--tag", "prod", "--since", "2026-11-22", "--no-error", "--weight", "confidence=0.25")
    (edited,) = run("monitors", "edit", made_["id"], "--tag", "beta", "--cadence", "weekly").records
    assert edited["filters"] == {**made_["filters"], "tags": ["beta"]}
    changed = {"filters", "cadence", "next_run_at", "updated_at"}
    assert {name: edited[name] for name in edited.keys() - changed} == {
        name: made_[name] for name in made_.keys() - changed
    }
    (named,) = run("monitors", "edit", made_["id"], "--name", "another").records
    assert (named["name"], named["filters"]) == ("another", edited["filters"])


def test_an_edit_sends_no_null_and_no_filters_where_none_was_meant(made, run, sandbox):
    monitor = made(*NEEDED, "--tag", "prod")
    run("monitors", "edit", monitor["id"], "--sampling-rate", 0.25, "--only-if-changed")
    (sent,) = [each.body_bytes for each in sandbox.requests if each.operation == "update_monitor"]
    assert sent == len('{"sampling_rate":0.25,"only_if_changed":true}')


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*NEEDED, "--query", "plan"), ["--query", "goes with traces, and this monitor is over sessions"]),
        ((*OF_TRACES, "--has-error"), ["--has-error", "goes with sessions"]),
        ((*OF_TRACES, "--weight", "confidence=1"), ["--weight", "goes with sessions"]),
        ((*NEEDED, "--since", "2026-11-23", "--until", "2026-11-22"), ["--until", "is not after --since"]),
        ((*NEEDED, "--sampling-rate", "2"), ["--sampling-rate: "]),
        ((*NEEDED, "--min-traces", "0"), ["--min-traces: "]),
        ((*NEEDED[:4], "--cadence", "hourly"), ["cadence"]),
        ((*NEEDED[:2], "--cadence", "daily", "--metric", "nosuch"), ["nosuch"]),
        (NEEDED[2:], ["--name"]),
        ((*NEEDED, "--weight", "confidence"), ["--weight", "NAME=NUMBER"]),
    ],
)
def test_what_cannot_be_a_monitor_is_refused_in_the_words_that_were_typed(run, online, words, said):
    ran = run("monitors", "create", *words)
    assert (ran.code, ran.out) == (4, "")
    assert [each for each in said if each not in ran.err] == [], ran.err
    assert run("monitors", "list").records == []


def test_an_edit_is_refused_where_it_says_nothing_or_what_the_monitor_would_ignore(made, run, sandbox):
    monitor = made(*NEEDED, "--tag", "prod")
    for words, said in {
        (): "nothing was",
        ("--status", "ERROR"): "goes with traces, and monitor",
        ("--cadence", "hourly"): "cadence",
    }.items():
        ran = run("monitors", "edit", monitor["id"], *words)
        assert (ran.code, ran.out) == (4, "")
        assert said in ran.err, ran.err
    assert run("monitors", "show", monitor["id"]).records == [monitor]
    assert run("monitors", "edit", "00000000-0000-4000-8000-000000000000", "--tag", "a").code == 3


def test_a_stored_time_that_is_none_is_told_and_not_taken_for_one(run, service):
    body = {"name": "n", "target_type": "SESSION", "metrics": [METRIC], "cadence": "daily"}
    made = service.post("/evaluations/monitors", json={**body, "filters": {"date_from": "yesterday"}}).json()
    ran = run("monitors", "edit", made["id"], "--tag", "prod")
    assert ran.code == 4
    assert "--since: " in ran.err
    (mended,) = run("monitors", "edit", made["id"], "--tag", "prod", "--since", "2026-11-22").records
    assert mended["filters"] == {"tags": ["prod"], "date_from": "2026-11-22T00:00:00+00:00"}
