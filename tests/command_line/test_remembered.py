"""What a run remembered instead of measuring is told by every command, against a service on a port."""

import httpx
import pytest
from pandaprobe_sandbox import API_KEY, PROJECT_NAME

METRICS = ("--metric", "agent_reliability", "--metric", "agent_consistency")
PASSES = ("--min", "agent_reliability=0.0", "--min", "agent_consistency=0.0")


@pytest.fixture
def service(online):
    headers = {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}
    with httpx.Client(base_url=online, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture
def ingest(service):
    """Traces of a session; their ids."""

    def made(session, count=3):
        traces = [
            {"name": "turn", "started_at": f"2026-11-20T12:0{n}:00Z", "session_id": session, "output": f"{session} {n}"}
            for n in range(count)
        ]
        return [service.post("/traces", json=trace).raise_for_status().json()["trace_id"] for trace in traces]

    return made


@pytest.fixture
def submit(run):
    def submitted(*ids):
        ran = run("submit", *ids, *METRICS, "--wait", "--json")
        return ran.events("run")[0]["run_id"], ran.events("outcome")[0]

    return submitted


def test_a_second_run_over_the_same_sessions_is_told_in_every_command(run, ingest, submit, tmp_path, sandbox):
    for session in ("a", "b"):
        ingest(session)
    first, measured = submit("a", "b")
    assert measured["remembered"] == {
        "scores": 4, "remembered": 0, "partly": 0, "annotated": 0, "unknown": 0, "from_runs": []
    }  # fmt: skip
    second, found = submit("a", "b")
    assert found["ok"]
    assert (found["remembered"]["remembered"], found["remembered"]["from_runs"]) == (4, [first])
    said = f"emembered 4 of 4, from run {first}"
    assert said in run("watch", second).err
    gate = run("gate", second, *PASSES, "--json")
    assert gate.code == 0
    assert [metric["remembered"] for metric in gate.events("verdict")[0]["metrics"]] == [2, 2]
    refused = run("gate", second, *PASSES, "--refuse-remembered", "--json")
    assert (refused.code, refused.events("verdict")[0]["counted"]) == (7, ["measured"])
    run("report", second, "-o", "r.html", *PASSES)
    page = (tmp_path / "r.html").read_text()
    assert said in page
    assert f"remembered from {first[:8]}" in page


def test_few_requests_are_enough(ingest, submit, sandbox, run):
    for number in range(30):
        ingest(f"s{number}", 2)
    ids = [f"s{number}" for number in range(30)]
    first, _ = submit(*ids)
    second, _ = submit(*ids)
    asked = []
    for run_id in (first, second):
        before = len(sandbox.requests)
        run("gate", run_id, *PASSES)
        asked.append(sum("/trace-scores" in each.path for each in list(sandbox.requests)[before:]))
    assert asked == [1, 1 + 8 + 1 + 2]


def test_a_session_that_grew_is_remembered_in_part(ingest, submit):
    ingest("a")
    first, _ = submit("a")
    ingest("a", 1)
    _, found = submit("a")
    assert (found["remembered"]["partly"], found["remembered"]["from_runs"], found["ok"]) == (2, [first], True)


@pytest.mark.parametrize("source", ["ANNOTATION", "PROGRAMMATIC"])
def test_an_annotation_called_like_a_signal_passes_no_gate_unasked(run, service, ingest, submit, source):
    (trace_id, *_) = ingest("a")
    given = {"trace_id": trace_id, "name": "confidence", "value": "0.99", "source": source}
    service.post("/evaluations/trace-scores", json=given).raise_for_status()
    run_id, found = submit("a")
    assert (found["remembered"]["annotated"], found["ok"]) == (2, False)
    ran = run("gate", run_id, *PASSES, "--json")
    assert ran.code == 7
    assert "--allow-annotated" in str(ran.events("verdict")[0]["reasons"])
    assert run("gate", run_id, *PASSES, "--allow-annotated").code == 0


@pytest.mark.parametrize("session", ["judge-down-1", "judge-no-json-1", "half-judged-1"])
def test_what_the_judge_did_not_answer_passes_no_gate_the_second_time_either(run, ingest, submit, session):
    ingest(session)
    for _ in range(2):
        run_id, found = submit(session)
        assert not found["ok"]
        assert run("gate", run_id, *PASSES).code == 7
