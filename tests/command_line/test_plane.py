"""Sessions, traces, runs over traces, scores and figures from the shell, over a real port."""

import httpx
import pytest
from pandaprobe_sandbox import API_KEY, PROJECT_NAME

METRIC = "agent_reliability"
HEADERS = {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def sessions(sandbox, online):
    """Three sessions that are known to the service."""
    sandbox.add_session("chat-1", tags=["prod"], user_id="u-1", trace_count=2)
    sandbox.add_session("chat-2", tags=["prod", "beta"], has_error=True)
    sandbox.add_session("old-3", started_at="2026-01-05T12:00:00+00:00")
    return ["chat-1", "chat-2", "old-3"]


@pytest.fixture
def service(online):
    with httpx.Client(base_url=online, headers=HEADERS, timeout=30) as service:
        yield service


def ids(ran):
    return [record["session_id"] for record in ran.records]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ["chat-1", "chat-2", "old-3"]),
        (("--order", "desc", "--limit", 1), ["old-3"]),
        (("--tag", "prod"), ["chat-1", "chat-2"]),
        (("--tag", "beta", "--tag", "nosuch"), ["chat-2"]),
        (("--user", "u-1"), ["chat-1"]),
        (("--since", "24h"), ["chat-1", "chat-2"]),
        (("--since", "2026-01-05", "--until", "2026-01-06"), ["old-3"]),
        (("--until", "2026-01-05T12:00"), []),
        (("--has-error",), ["chat-2"]),
        (("--no-error", "--query", "CHAT"), ["chat-1"]),
        (("--limit", 2), ["chat-1", "chat-2"]),
    ],
)
def test_sessions_are_found(run, sessions, words, expected):
    assert ids(run("sessions", "list", *words)) == expected


def test_found_sessions_go_into_a_submit_as_ids_and_as_json_lines(run, sessions, session_ids):
    found = run("sessions", "list", "--tag", "prod", "--ids")
    assert found.out == "chat-1\nchat-2\n"
    assert run("submit", "--from", "-", "--metric", METRIC, stdin=found.out).code == 0
    assert (
        run("submit", "--from", "-", "--metric", METRIC, stdin=run("sessions", "list", "--tag", "beta").out).code == 0
    )
    assert session_ids() == ["chat-1", "chat-2", "chat-2"]


def test_an_id_that_no_line_holds_is_not_printed_as_another(run, online, sandbox):
    sandbox.add_session("two\nlines")
    ran = run("sessions", "list", "--ids")
    assert (ran.code, ran.out) == (4, "")
    assert "leave --ids out" in ran.err
    assert ids(run("sessions", "list")) == ["two\nlines"]


def test_a_session_is_shown_by_all_its_traces(run, sessions):
    (found,) = run("sessions", "show", "chat-1").records
    assert (found["trace_count"], len(found["traces"])) == (2, 2)
    short = run("sessions", "show", "chat-1", "--limit", 1)
    assert "1 of 2 traces; all: pandaprobe-evals traces list --session chat-1" in short.err
    assert run("sessions", "show", "nosuch").code == 3


def test_traces_are_found_and_one_is_shown(run, sessions):
    of_session = run("traces", "list", "--session", "chat-1").records
    assert len(of_session) == 2
    assert run("traces", "list", "--status", "ERROR", "--ids").out.split() == [
        record["trace_id"] for record in run("traces", "list", "--session", "chat-2").records
    ]
    (shown,) = run("traces", "show", of_session[0]["trace_id"]).records
    assert (shown["trace_id"], shown["input"]) == (of_session[0]["trace_id"], "chat-1")
    assert run("traces", "show", NOBODY).code == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sessions", "list", "--since", "today", "--until", "yesterday"), ["--until", "is not after --since"]),
        (("sessions", "list", "--sort", "size"), ["--sort: ", "trace_count"]),
        (("traces", "list", "--status", "FAILED"), ["--status: ", "COMPLETED"]),
        (("traces", "show", "x"), ["TRACE_ID: ", "UUID"]),
        (("scores", "list", "--trace", NOBODY), ["Error: --trace does not go with --target session"]),
        (("scores", "list", "--target", "trace", "--session", "a"), ["--session", "does not go with --target trace"]),
        (("scores", "of", "x", "--target", "trace"), ["ID: ", "UUID"]),
        (("scores", "edit", NOBODY), ["--value", "nothing was changed"]),
        (("scores", "add", NOBODY, "--name", "review", "--value", "good"), ["--value", "--type"]),
        (("scores", "add", NOBODY, "--name", "confidence", "--value", "0.5"), ["--name: ", "--as-signal"]),
        (("scores", "delete", NOBODY), ["Error: --yes is needed", "nothing was deleted"]),
        (("analytics", "trend"), ["--metric"]),
        (("analytics", "trend", "--metric", METRIC, "--by", "year"), ["--by: ", "week"]),
        (("runs", "list", "--target", "user"), ["--target", "is not one of session, trace"]),
        (("monitors", "show", "x"), ["MONITOR_ID: ", "UUID"]),
        (("call", "xyz"), ["METHOD", "`call` alone lists"]),
        (("call", "session_runs.lst"), ["there is no 'session_runs.lst'; did you mean session_runs.list?"]),
        (("call", "session_scores"), ["there are session_scores.", "session_scores.of"]),
        (("call", "session_runs.list", "stats=FAILED"), ["'stats=FAILED' is not an argument; did you mean status?"]),
        (("call", "session_runs.list", "status=FAILEDD"), ["Invalid value: status: 'FAILEDD' is not one of"]),
        (("call", "session_runs.get", NOBODY, "x"), ["'x' is one too many: it takes only run_id"]),
        (("call", "session_scores.of"), ["ID", "session_id"]),
        (
            ("call", "session_runs.create_batch", 'metrics:=["x"]'),
            ["Invalid value for NAME: needs session_ids as well"],
        ),
        (("call", "traces.list", "tag=prod"), ["tag=prod", "tags"]),
        (("call", "traces.list", "tags:=prod"), ["tags", "not JSON"]),
        (("call", "traces.list", "tags=prod"), ["""write it as JSON: tags:='["prod"]'"""]),
        (("call", "session_runs.list", "page_size=5"), ["write it as JSON: page_size:=5"]),
        (
            ("call", "session_runs.delete", NOBODY, "delete_scores=true", "--yes"),
            ["write it as JSON: delete_scores:=true"],
        ),
        (
            ("call", "session_runs.create_batch", "session_ids=a", 'metrics:=["agent_reliability"]'),
            ["""write it as JSON: session_ids:='["a"]'"""],
        ),
        (
            ("call", "trace_scores.create", f"trace_id={NOBODY}", "name=review", "value=0.5"),
            ["write it as JSON: value:=0.5"],
        ),
        (("call", "traces.delete", NOBODY), ["--yes is needed", "nothing was deleted"]),
    ],
)
def test_an_error_says_what_to_do_in_the_words_that_were_typed(run, online, words, said):
    ran = run(*words)
    assert (ran.code, ran.out) == (4, "")
    assert [each for each in said if each not in ran.err] == [], ran.err


def test_scores_of_traces_are_added_edited_and_deleted(run, sessions, service):
    trace = service.get("/traces").json()["items"][0]["trace_id"]
    (made,) = run(
        "scores", "add", trace, "--name", "review", "--value", "0.25", "--reason", "Off topic", "--metadata", "by=me"
    ).records
    assert (made["value"], made["source"], made["metadata"]) == ("0.25", "ANNOTATION", {"by": "me"})
    run("scores", "add", trace, "--name", "fine", "--value", "TRUE", "--type", "BOOLEAN")
    (edited,) = run("scores", "edit", made["id"], "--value", "0.75").records
    assert (edited["value"], edited["reason"]) == ("0.75", "Off topic")
    assert [each["name"] for each in run("scores", "of", trace, "--target", "trace").records] == ["fine", "review"]
    assert [each["id"] for each in run("scores", "--target", "trace", "--metric", "review").records] == [made["id"]]
    gone = run("scores", "delete", made["id"], "--target", "trace", "--yes").records
    assert gone == [{"event": "deleted", "score_id": made["id"]}]
    assert run("scores", "delete", made["id"], "--target", "trace", "--yes").code == 3


def test_figures_over_all_scores(run, sessions, sandbox):
    sandbox.set_scores({"chat-1": {METRIC: 0.9}, "chat-2": {METRIC: 0.2}})
    run("submit", "chat-1", "chat-2", "--metric", METRIC, "--wait")
    (summed,) = run("analytics", "summary", "--since", "1h").records
    assert (summed["metric_name"], summed["min_score"], summed["success_count"]) == (METRIC, 0.2, 2)
    assert run("analytics", "summary", "--until", "yesterday").records == []
    assert [each["count"] for each in run("analytics", "trend", "--metric", METRIC, "--by", "week").records] == [2]
    spread = run("analytics", "distribution", "--metric", METRIC, "--buckets", 2).records
    assert [each["count"] for each in spread] == [1, 1]
    assert ids(run("analytics", "worst", "--metric", METRIC)) == ["chat-2", "chat-1"]


def test_the_signals_of_a_run_over_sessions_are_among_the_scores_of_traces(run, sessions):
    run("submit", "old-3", "--metric", METRIC, "--wait")
    signals = run("scores", "list", "--target", "trace", "--run", run("runs", "list").records[0]["id"])
    assert {each["name"] for each in signals.records} >= {"confidence", "coherence"}


def test_runs_over_traces_are_listed_shown_waited_for_and_deleted(run, sessions, service):
    trace = service.get("/traces").json()["items"][0]["trace_id"]
    body = {"trace_ids": [trace, NOBODY], "metrics": ["task_completion"]}
    made = service.post("/evaluations/trace-runs/batch", json=body).json()["id"]
    waited = run("runs", "wait", made, "--target", "trace")
    (outcome,) = waited.events("outcome")
    assert (waited.code, outcome["ok"]) == (7, False), "a trace that is not known gets no score"
    assert [each["id"] for each in run("runs", "list", "--target", "traces").records] == [made]
    assert run("runs", "list").records == []
    assert [each["trace_id"] for each in run("runs", "scores", made, "--target", "trace").records] == [trace]
    mixed = run("runs", "show", made)
    assert mixed.code == 4
    assert "give --target trace" in mixed.err
    assert run("runs", "delete", made, "--target", "trace", "--yes").code == 0
    assert run("runs", "show", made, "--target", "trace").code == 3


def test_metrics_and_providers(run, online):
    assert "task_completion" in [metric["name"] for metric in run("metrics", "--target", "trace").records]
    assert {"key", "available", "message"} <= run("providers").records[0].keys()


def test_traces_go_from_a_list_into_runs_that_are_judged_and_reported(run, sessions, tmp_path):
    found = run("traces", "list", "--session", "chat-1", "--ids").out
    words = ("--target", "trace", "--metric", "task_completion")
    twice = found + found.upper()
    ran = run("submit", "--from", "-", *words, "--wait", stdin=twice)
    assert (ran.code, ran.records[-1]["ok"], ran.records[-1]["duplicates"]) == (0, True, 2), ran.err
    (made,) = run("runs", "list", "--target", "trace").records
    assert sorted(made["filters"]["trace_ids"]) == sorted(found.split())
    gate = ("gate", made["id"], "--target", "trace", "--min")
    assert run(*gate, "task_completion=0").code == 0
    failed = run(*gate, "coherence=0")
    assert failed.code == 7
    assert "2 traces without a score" in failed.records[-1]["reasons"][-1]
    assert run("report", made["id"], "--target", "trace", "-o", tmp_path / "r.html").code == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert all(word in page for word in ("Worst traces", "<dt>Traces</dt>", *found.split()))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "session_id,trace_id\nchat-1,{0}\nchat-1,{1}\n"),
        ("t.csv", "Trace ID;took\n{0};2\n{1};3\n"),
        ("t.jsonl", '{{"trace_id": "{0}", "session_id": "a"}}\n{{"traceId": "{1}"}}\n'),
        ("t.json", '{{"trace_ids": ["{0}", "{1}"]}}'),
        ("t.json", '{{"total": 2, "traces": [{{"trace_id": "{0}"}}, {{"trace_id": "{1}"}}]}}'),
        ("rows", "{0}\n{1}\n"),
    ],
)
def test_ids_of_traces_are_found_in_their_own_column(run, environ, tmp_path, name, content):
    ids = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"]
    (tmp_path / name).write_text(content.format(*ids))
    ran = run("submit", "--from", name, "--target", "trace", "--metric", "coherence", "--dry-run")
    assert ran.code == 0, ran.err
    (plan,) = ran.records
    assert (plan["target"], plan["targets"], plan["first"]) == ("trace", 2, ids)


@pytest.mark.parametrize("content", ["session_id,user\na,b\n", '{"session_id": "a"}\n'])
def test_ids_of_sessions_are_not_taken_for_those_of_traces(run, environ, content):
    ran = run("submit", "--target", "trace", "--metric", "coherence", "--dry-run", stdin=content)
    assert (ran.code, ran.out) == (4, "")
    assert "stdin" in ran.err


def test_what_is_said_of_traces_calls_them_so(run, sessions, tmp_path, environ):
    ids = run("traces", "list", "--ids").out
    words = ("submit", "--from", "-", "--target", "trace", "--metric", "coherence")
    ledger = ("--ledger", "t.ledger")
    assert "more than 1 traces with 1 metrics" in run(*words, "--max-units", 1, stdin=ids).err
    assert "no trace ids" in run(*words, "--dry-run", stdin="\n").err
    ran = run(*words, *ledger, "--wait", "--fail-under", "coherence=0", stdin=ids)
    told = [each for each in ran.records if each["event"] in ("run", "outcome", "verdict", "summary")]
    assert {(each["target"], each["targets"]) for each in told} == {("trace", 4)}
    assert len(told) == 4
    assert ", 4 traces, " in ran.err
    assert "for 4 traces: run " in run(*words, *ledger, stdin=ids).err


def test_runs_over_sessions_and_runs_over_traces_are_not_judged_together(run, sessions, tmp_path):
    trace = run("traces", "list", "--limit", 1, "--ids").out.strip()
    made = [
        run("submit", "chat-1", "--metric", METRIC),
        run("submit", trace, "--target", "trace", "--metric", "coherence"),
    ]
    ids = [each.events("run")[0]["run_id"] for each in made]
    for words in (("gate", *ids, "--min", f"{METRIC}=0"), ("report", *ids), ("report", *ids[::-1])):
        ran = run(*words)
        assert (ran.code, ran.out) == (4, "")
        assert "give --target trace" in ran.err, ran.err
    assert not (tmp_path / "report.html").exists()


def test_a_trace_that_is_not_there_is_billed_and_ends_with_7(run, sessions):
    ran = run("submit", NOBODY, "--target", "trace", "--metric", "coherence", "--wait")
    assert (ran.code, ran.records[-1]["ok"]) == (7, False)
    assert "1 trace without a score" in ran.err
    assert "--target trace" in ran.err.partition("Next:")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("chat-1", "--metric", "coherence"), ["'chat-1' is not a valid UUID", "--target trace"]),
        ((NOBODY, "--metric", METRIC), ["--metric", "task_completion"]),
        ((NOBODY, "--metric", "coherence", "--weight", "confidence=1"), ["--weight"]),
    ],
)
def test_what_cannot_be_a_run_over_traces_is_refused_before_it_is_sent(run, online, sandbox, words, said):
    ran = run("submit", *words, "--target", "trace")
    assert (ran.code, ran.out) == (4, "")
    assert [each for each in said if each not in ran.err] == [], ran.err
    assert "create_batch_trace_eval_run" not in {each.operation for each in sandbox.requests}


def test_all_scores_of_a_run_are_read_by_the_largest_pages_and_the_first_few_by_one_small_one(run, online, sandbox):
    made = run("submit", *[f"s{n}" for n in range(450)], "--metric", METRIC, "--wait")
    (run_id,) = {event["run_id"] for event in made.events("run")}
    before = len(sandbox.requests)
    listed = run("scores", "list", "--run", run_id).records
    pages = [request for request in sandbox.requests[before:] if request.operation == "list_session_scores"]
    assert len({record["session_id"] for record in listed}) == len(listed) == 450
    assert len(pages) == 3
    assert len(run("scores", "list", "--run", run_id, "--limit", 3).records) == 3
    assert len(sandbox.requests) == before + 4
