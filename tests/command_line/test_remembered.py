"""What a run remembered instead of measuring is told by every command, against a service on a port."""

import html
import json
import time
from pathlib import Path

import httpx
import pytest
from pandaprobe_evals import PandaProbe
from pandaprobe_evals.signal_reads import SignalReads
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


def test_a_report_leads_from_a_session_to_its_traces_and_says_of_each_signal_whence_and_why(
    run, ingest, submit, service, tmp_path
):
    traces = ingest("a")
    first, _ = submit("a")
    second, _ = submit("a")
    assert run("report", second, "-o", "r.html").code == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    below = page[page.index("<summary>3 traces") : page.index('id="every"')]
    for trace_id in traces:
        assert trace_id in below
        for score in service.get(f"/evaluations/trace-scores/{trace_id}").json():
            assert html.escape(score["reason"]) in below
    assert f"remembered by run {first[:8]}" in below


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


def test_what_a_person_gives_while_many_runs_are_read_is_found_after_a_minute_and_is_measured_at_no_time(
    run, service, ingest, submit
):
    *_, trace_id = ingest("a")  # the first is looked up
    submit("a")
    second, _ = submit("a")
    now = [0.0]
    reads = SignalReads(lambda: now[0])
    with PandaProbe.from_env() as panda:

        def origins(run_id):
            (found,) = panda._sender.run(reads.of([panda.session_runs.wait(run_id)]), {})
            return {each.origin for each in found.provenance.values()}

        assert origins(second) == {"remembered"}
        score = {"trace_id": trace_id, "name": "coherence", "value": "0.123", "source": "ANNOTATION"}
        service.post("/evaluations/trace-scores", json=score).raise_for_status()
        third, _ = submit("a")
        now[0] += 59
        assert origins(third) == {"changed"}
        now[0] += 2
        assert origins(third) == {"annotated"}


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


# --- before paying ----------------------------------------------------------------------------------------------


@pytest.fixture
def signals(service):
    """Every score of a trace that the service has."""

    def found():
        items, total = [], 1
        while len(items) < total:
            query = {"limit": 200, "offset": len(items)}
            page = service.get("/evaluations/trace-scores", params=query).raise_for_status().json()
            total = page["total"]
            items += page["items"]
        return items

    return found


def count(sandbox, method):
    return sum(each.method == method for each in sandbox.requests)


def test_what_would_only_be_remembered_is_told_before_and_nothing_is_sent(run, ingest, submit, sandbox, runs):
    for session in ("a", "b", "grown"):
        ingest(session)
    submit("a", "b", "grown")
    ingest("grown", 1)
    ingest("new")
    deletes = count(sandbox, "DELETE")
    for more in ([], ["--if-measured", "fresh"], ["--if-measured", "skip"]):
        ran = run("submit", "a", "b", "a", "grown", "new", "nothing", *METRICS, "--estimate-only", "--json", *more)
        assert ran.code == 0
        (found,) = ran.records
        assert found == {
            "event": "measured", "sessions": 5, "remembered": 2, "partly": 1, "new": 1, "without_traces": 1,
            "units": 10, "units_for_nothing": 4, "by_others": 0, "named": ["a", "b"],
        }  # fmt: skip
    assert (len(runs()), count(sandbox, "DELETE")) == (1, deletes)
    said = run("submit", "a", "new", *METRICS, "--estimate-only").err
    assert "1 of 2 would only be remembered: 2 of 4 units would be billed for nothing" in said


def test_reuse_submits_all_and_skip_leaves_out_what_is_remembered(run, ingest, submit, session_ids):
    for session in ("a", "b"):
        ingest(session)
    submit("a")
    before = len(session_ids())
    assert run("submit", "a", "b", *METRICS, "--if-measured", "reuse").code == 0
    assert session_ids()[before:] == ["a", "b"]
    ran = run("submit", "a", "b", *METRICS, "--if-measured", "skip")
    assert "2 of 2 would only be remembered" in ran.err
    assert "Nothing is left to submit" in ran.err
    ingest("c")
    run("submit", "a", "b", "c", *METRICS, "--if-measured", "skip")
    assert session_ids()[before:] == ["a", "b", "c"]


def test_fresh_measures_anew_keeps_a_copy_and_leaves_annotations(
    run, service, ingest, submit, signals, tmp_path, sandbox
):
    (trace_id, *_) = ingest("a")
    submit("a")
    given = {"trace_id": trace_id, "name": "confidence", "value": "0.2", "source": "PROGRAMMATIC"}
    service.post("/evaluations/trace-scores", json=given).raise_for_status()
    ours = [each for each in signals() if each["eval_run_id"]]
    assert run("submit", "a", *METRICS, "--if-measured", "fresh").code == 4
    assert count(sandbox, "DELETE") == 0
    ran = run(
        "submit", "a", *METRICS, "--if-measured", "fresh", "--yes", "--wait", "--json", "--ledger", tmp_path / "l"
    )
    (forgotten,) = ran.events("forgotten")
    assert (forgotten["signals"], forgotten["stay"], forgotten["copy"]) == (12, 1, str(tmp_path / "l.deleted.jsonl"))
    copy = Path(forgotten["copy"])
    kept = [json.loads(line) for line in copy.read_text(encoding="utf-8").splitlines()]
    assert {each["id"]: each["value"] for each in kept} == {each["id"]: each["value"] for each in ours}
    assert (copy.stat().st_mode & 0o777) == 0o600
    now = signals()
    assert not {each["id"] for each in now} & {each["id"] for each in ours}
    assert [each["source"] for each in now].count("PROGRAMMATIC") == 1
    assert sum(each["eval_run_id"] == ran.events("run")[0]["run_id"] for each in now) == 11
    assert ran.events("outcome")[0]["remembered"]["annotated"] == 2, "what was given stays, and is told"
    again = run("submit", "a", *METRICS, "--if-measured", "fresh", "--yes")
    assert "11 signals deleted; 1 that no run made stay." in again.err


@pytest.mark.parametrize(
    "words",
    [
        ("--metric", "nope", "--if-measured", "fresh", "--yes"),
        (*METRICS, "--if-measured", "fresh", "--yes", "--max-units", "1"),
        (*METRICS, "--if-measured", "fresh", "--yes", "--dry-run"),
        (*METRICS, "--if-measured", "fresh", "--yes", "--prepare", "--ledger", "l"),
        (*METRICS, "--if-measured", "fresh", "--yes", "--fail-under", "x=1"),
        (*METRICS, "--if-measured", "ask"),
    ],
)
def test_a_create_that_is_refused_deletes_nothing(run, ingest, submit, sandbox, runs, words):
    ingest("a")
    submit("a")
    assert run("submit", "a", *words).code != 0
    assert (len(runs()), count(sandbox, "DELETE")) == (1, 0)


@pytest.mark.slow
def test_a_fresh_submit_that_is_killed_in_the_middle_goes_on(start, run, ingest, submit, signals, sandbox, tmp_path):
    ids = [f"s{number}" for number in range(30)]
    for session in ids:
        ingest(session, 2)
    submit(*ids)
    before = {each["id"] for each in signals()}
    words = ("submit", *ids, *METRICS, "--if-measured", "fresh", "--yes", "--ledger", tmp_path / "l")
    with start(*words) as process:
        end = time.monotonic() + 60
        while count(sandbox, "DELETE") < 10 and time.monotonic() < end:
            time.sleep(0.005)
        process.kill()
    left = {each["id"] for each in signals()}
    assert before > left > set(), "killed in the middle"
    ran = run("resume", tmp_path / "l", "--json")
    assert ran.code == 0
    now = signals()
    assert not {each["id"] for each in now} & before
    assert {each["eval_run_id"] for each in now} == {ran.events("run")[0]["run_id"]}
    assert len(now) == len(before) == 240
    copy = (tmp_path / "l.deleted.jsonl").read_text(encoding="utf-8")
    assert {json.loads(line)["id"] for line in copy.splitlines()} == before


def test_a_terminal_is_asked(terminal, ingest, submit, sandbox, runs):
    ingest("a")
    submit("a")
    with terminal("submit", "a", *METRICS, "--if-measured", "ask") as screen:
        screen.until("reuse.*skip.*fresh").type("fresh\n")
        screen.until("Delete 12 signals").type("n\n")
        assert screen.end() != 0
    assert (len(runs()), count(sandbox, "DELETE")) == (1, 0)
    with terminal("submit", "a", *METRICS, "--if-measured", "fresh") as screen:
        screen.until("Delete 12 signals").type("y\n")
        assert screen.end() == 0
    assert (len(runs()), count(sandbox, "DELETE")) == (2, 12)
