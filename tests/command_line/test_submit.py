"""`submit`: where ids come from, what is refused before anything is sent, what is sent, and the verdict."""

import gzip
import io
import json
import os
import shlex
import tracemalloc
import zipfile

import pytest
from pandaprobe_evals.intake import ids_in as session_ids_of
from pandaprobe_sandbox import API_KEY

METRIC = "agent_reliability"
FAST = ("--rate-limit", "100000/60", "--settle", "0.3")
"""For a sandbox without a rate limit, whose requests are over when their senders are."""
PLAIN = ("submit", "--metric", METRIC, *FAST)


@pytest.fixture
def nothing_sent(sandbox):
    """No run was created."""
    yield
    assert not [request for request in sandbox.requests if request.method == "POST"]


NO_IDS = [
    ("session_id,user\nchat-1\n", "line 2: has 1 cells where the heading has 2"),
    ("user,session_id\nx,y,chat-1\n", "line 2: has 3 cells where the heading has 2; a cell with a comma"),
    ("user,session_id\nx,\n", "line 2: has nothing in column 'session_id'"),
    ("chat-1,ada\nchat-2,bob\n", "line 1: 'chat-1,ada' does not look like one session id; --column NAME"),
    ("chat-1\tada\n", "--as-text"),
    ("chat-1;ada\n", "--as-text"),
    ("a\nb\nc,d\n", "line 3: 'c,d' does not look like one session id"),
    ("a\nb c\n", "line 2: 'b c' does not look like one session id"),
    ("id\nchat-1\n", "looks like the heading of a column"),
    ("Session\nchat-1\n", "looks like the heading of a column"),
    ("a\nnull\n", "line 2: 'null' does not look like"),
    ("'a'\n'b'\n", "does not look like"),
    ("- a\n- b\n", "does not look like"),
    ("a\n---\nb\n", "line 2: '---' does not look like"),
    ("a\n\u200bb\n", "does not look like"),
    ('[\n  {"session_id": "a"},\n  {"id": "b"}\n]', "line 3: is JSON without a key session_id"),
    ('["a", 7.5]', "line 1: is not a session id: 7.5"),
    ('["a", null]', "line 1: is not a session id: null"),
    ('["a", "b"', "line 1: an array is not closed"),
    ('["a" "b"]', "line 1: is not JSON"),
    ('["a",\n"b",\n]', "line 3: is not JSON"),
    ('[["a"]]', "line 1: is not a session id"),
    ('{"tags": ["a", "b"], "id": "x"}', "say with --column which key holds the ids: 'tags', 'id'"),
    ('{"a": [{"session_id": "x"}], "b": [{"session_id": "y"}]}', "say with --column"),
    ('{"session_id": ["a"]}', "has no text in 'session_id'"),
    ('{ "id": "a" }', "--column"),
    ("<html><body>Sign in</body></html>", "is HTML or XML"),
    ("\n <?xml version='1.0'?>\n", "is HTML or XML"),
]
"""What is no list of ids, or not to be had without a word."""


def zipped():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("ids.txt"), "a\n")
    return stream.getvalue()


# --- where ids come from ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("ids.txt", "a\nb\nc\n", []),
        ("ids.txt", "a\nb\nc", []),
        ("ids.txt", "\ufeffa\r\n\r\n  b \r\nc\r\n\n", []),
        ("ids", "a\n\n\nb\na\nc\nb\n", []),
        ("ids.csv", "id,n\na,1\nb,2\nc,3\n", ["--column", "id"]),
        ("ids.csv", '\ufeffn;"id"\r\n1;"a"\r\n2;b\r\n\r\n3;"c"\r\n', ["--column", "id"]),
        ("ids.tsv", "n\tid\nx y\ta\nz\tb\nw\tc\n", ["--column", "id"]),
        ("ids.csv", 'note,id\n"two\nlines",a\nx,b\ny,c\n', ["--column", "id"]),
        ("ids.jsonl", '{"id": "a"}\n\n{"id": "b", "x": {}}\r\n{"id": "c"}', ["--column", "id"]),
        ("rows", '{"id": "a"}\n{"id": "b"}\n{"id": "c"}', ["--column", "id"]),
        ("rows", "id,x\na,\nb,\nc,\n", ["--column", "id"]),
        ("ids.csv", "session_id,user\na,1\nb,2\nc,3\n", []),
        ("rows", "user;Session ID\n1;a\n2;b\n3;c\n", []),
        ("rows", "sessionId\tuser\na\t1\nb\t2\nc\t3\t\t\n", []),
        ("ids.txt", "session_id\na\nb\nc\n", []),
        ("ids.txt", '"session_id"\n"a"\n"b"\n"c"\n', []),
        ("ids.txt", '"a"\n"b"\n"c"\n', []),
        ("ids.jsonl", '{"session_id": "a"}\n{"session_id": "b"}\n{"session_id": "c"}\n', []),
        ("rows", '{ "session_id": "a" }\n{ "session_id": "b" }\n{ "session_id": "c" }\n', []),
        ("ids.jsonl", '"a"\n"b"\n"c"\n', []),
        ("ids.json", '["a", "b","c"]', []),
        ("rows", ' \n[\n  "a",\n  "b",\n  "c"\n]\n', []),
        ("rows", '["a"]\n["b", "c"]\n[]', []),
        ("ids.json", '[{"session_id": "a"}, {"session_id": "b", "x": [1]}, {"session_id": "c"}]', []),
        ("ids.json", '[{"id": "a"}, {"id": "b"}, {"id": "c"}]', ["--column", "id"]),
        ("rows", '{\n "session_id":\n  "a"}{"session_id": "b"}\n\n{"session_id": "c"}', []),
        ("ids.json", '{"total": 3, "sessions": [{"session_id": "a"}, {"session_id": "b"}, {"session_id": "c"}]}', []),
        ("ids.json", '{"session_ids": ["a", "b", "c"]}', []),
        ("a-b.txt", "\ufeffa\n\ufeffb\nc\n", []),
    ],
)
@pytest.mark.parametrize("way", ["file", "dash", "pipe"])
def test_ids_come_from_text_csv_and_json_lines_by_file_or_pipe(run, session_ids, tmp_path, file, content, words, way):
    (tmp_path / file).write_bytes(content.encode())
    piped = content.encode() if way != "file" else ""
    source = {"file": ["--from", file], "dash": ["--from", "-"], "pipe": []}[way]
    ran = run(*PLAIN, *source, *words, stdin=piped)
    assert ran.code == 0, ran.err
    assert session_ids() == ["a", "b", "c"]
    assert ran.events("summary")[0]["targets"] == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("content", ["a\r\nb\r\nc\r\n", "session_id,user\na,1\nb,2\nc,3\n", '["a", "b", "c"]'])
def test_what_powershell_writes_is_read(run, session_ids, encoding, content):
    ran = run(*PLAIN, stdin=content.encode(encoding))
    assert ran.code == 0, ran.err
    assert session_ids() == ["a", "b", "c"]


def test_several_files_and_patterns_are_read_each_by_its_own_kind(run, session_ids, tmp_path):
    (tmp_path / "one.txt").write_text("a\nb\n")
    (tmp_path / "two.csv").write_text("session_id,user\nb,1\nc,2\n")
    (tmp_path / "three.csv").write_text("user;session_id\n1;d\n")
    (tmp_path / "four.json").write_text('["e"]')
    (tmp_path / "odd [1].txt").write_text("f\n")
    words = ("--from", "one.txt", "--from", "*.csv", "--from", "four.json", "--from", "odd [1].txt", "--from", "-")
    ran = run(*PLAIN, *words, stdin=b"g\n")
    assert ran.code == 0, ran.err
    assert session_ids() == ["a", "b", "d", "c", "e", "f", "g"]
    assert ran.events("summary")[0]["duplicates"] == 1
    assert "no file matches '*.tsv'" in run(*PLAIN, "--from", "*.tsv").err


def test_whatever_a_line_looks_like_as_text_it_is_an_id(run, session_ids):
    lines = ["a,b", '{"id": "c"}', "id", '"d"', "e f", "<g>"]
    assert run(*PLAIN, "--as-text", stdin="\n".join(lines)).code == 0
    assert session_ids() == lines


@pytest.mark.parametrize("argument", ["a,b", "ids.txt", '["a"]', "a b"])
def test_an_argument_that_is_no_id_by_the_look_of_it_is_refused(run, online, sandbox, session_ids, tmp_path, argument):
    (tmp_path / "ids.txt").write_text("a\n")
    ran = run(*PLAIN, argument)
    assert (ran.code, ran.out) == (4, "")
    assert "--as-text" in ran.err
    assert run(*PLAIN, argument, "--as-text").code == 0
    assert session_ids() == [argument]


@pytest.mark.parametrize("form", ["[{}]", "{}", '{{"sessions": [{}]}}'])
@pytest.mark.parametrize("size", [1, 65_530, 200_000])
def test_json_is_read_across_the_borders_of_what_is_read_at_a_time(form, size):
    ids = [f"{number}-{'x' * (number * 7919 % size)}" for number in range(40)]
    records = [json.dumps({"session_id": id_}) for id_ in ids]
    content = form.format((", " if "[" in form else " ").join(records)).encode()
    assert list(session_ids_of(io.BytesIO(content), "stdin")) == ids


@pytest.mark.slow
def test_a_million_ids_of_one_json_array_take_no_more_memory_than_a_few(tmp_path):
    path = tmp_path / "ids.json"
    path.write_text(json.dumps([f"session-{number}" for number in range(100_000)]))
    tracemalloc.start()
    with path.open("rb") as stream:
        assert sum(1 for _ in session_ids_of(stream, "ids.json")) == 100_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000  # a list of them takes twice that


def test_arguments_come_before_a_file_and_duplicates_are_left_out_across_both(run, session_ids, tmp_path):
    (tmp_path / "ids.txt").write_text("c\na\nd\n")
    ran = run(*PLAIN, "a", "b", "--from", "ids.txt", "--chunk", 2)
    assert session_ids() == ["a", "b", "c", "d"]
    assert ran.events("summary")[0]["duplicates"] == 1
    assert "1 duplicate left out." in ran.err


def test_numbers_as_ids_in_json_lines_are_taken_as_their_digits(run, session_ids):
    assert run(*PLAIN, "--column", "id", stdin='{"id": 4711}\n').code == 0
    assert session_ids() == ["4711"]


# --- what is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (
            b"",
            [],
            "no session ids in stdin; nothing was sent. Give ids as arguments, by --from FILE, or through a pipe",
        ),
        (b"\n \n\r\n", [], "no session ids"),
        (b"a\nb\0c\n", [], "stdin, line 2: 'b\\x00c' has a NUL"),
        (b"a\n\xff\xfe\x00b\n", [], "is not UTF-8 text (byte 0xff"),
        (b"\0" * 2_000_000, [], "line 1: is longer than"),
        (b'{"id": "a"}\n', [], "--column"),
        *((content.encode(), [], said) for content, said in NO_IDS),
        (b"PAR1\x15\x04\x15\x10rest", [], "is Parquet"),
        (gzip.compress(b"a\n", mtime=0), [], "`gzip -dc FILE |"),
        (zipped(), [], "is a ZIP archive"),
        (b"SQLite format 3\0rest", [], "is a SQLite database"),
        (b"na\xefve\n", [], "iconv"),
        (b"name,x\na,1\n", ["--column", "id"], "has no column 'id'; it has 'name', 'x'"),
        (b"id,x\na,1\n,2\n", ["--column", "id"], "line 3: has nothing in column 'id'"),
        (b'id,x\n"a,1\n', ["--column", "id"], "is not CSV"),
        (b'{"id": "a"}\n{"x": 1}\n', ["--column", "id"], "line 2: has no text in 'id'"),
        (b'{"id": "a"}\nnonsense\n', ["--column", "id"], "line 2: is not JSON"),
        (b'{"id": true}\n', ["--column", "id"], "line 1: has no text"),
    ],
)
def test_input_that_cannot_be_read_is_refused_with_its_line(run, online, nothing_sent, home, content, words, said):
    ran = run(*PLAIN, *words, stdin=content)
    assert (ran.code, ran.out) == (4, "")
    assert said in ran.err
    assert "resume" not in ran.err
    assert not list((home / "state").rglob("*.ledger*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a", "--from", "missing.txt"], "missing.txt: No such file"),
        (["a", "--from", "."], "Is a directory"),
        (["a", ""], "blank"),
        (["a\udc80"], "surrogate"),
        (["a", "--weight", "confidence"], "--weight"),
        (["a", "--weight", "confidence=inf"], "--weight"),
        (["a", "--weight", "x=1", "--weight", "x=2"], "twice"),
        (["a", "--fail-under", f"{METRIC}=80"], "from 0 to 1"),
        (["a", "--fail-under", "agent_consistency=0.8"], "not among --metric"),
        (["a", "--chunk", "0"], "--chunk"),
        (["a", "--chunk", "100001"], "--chunk"),
        (["a", "--share", "2"], "share"),
        (["a", "--rate-limit", "fast"], "--rate-limit"),
        (["a", "--pacing", "carrier-pigeon"], "pacing"),
        (["a", "--name", "x" * 256], "name"),
        (["a", "--name", "x" * 201, "--chunk", "1"], "room"),
        (["a", "b", "c", "--max-units", "2"], "--max-units 2"),
        (["a", "--prepare"], "--ledger"),
        (["a", "--metrik", METRIC], "--metric"),
    ],
)
def test_a_flag_that_cannot_work_is_named_before_anything_is_sent(run, online, nothing_sent, words, said):
    ran = run(*PLAIN, *words)
    assert (ran.code, ran.out) == (4, "")
    assert said in ran.err


def test_units_count_metrics_too(run, online, session_ids):
    two = ("--metric", "agent_consistency")
    assert run(*PLAIN, *two, "a", "b", "a", "--max-units", 3).code == 4
    ran = run(*PLAIN, *two, "a", "b", "a", "--max-units", 4)
    assert ran.code == 0
    assert ran.events("summary")[0]["units"] == 4
    assert session_ids() == ["a", "b"]


def test_a_dry_run_needs_no_service_and_says_what_the_rate_limit_will_take(run):
    ids = "".join(f"s-{number}\n" for number in range(1010))
    ran = run(
        "submit",
        "--metric",
        METRIC,
        "--metric",
        "agent_consistency",
        "--chunk",
        10,
        "--dry-run",
        stdin=ids + "\n" + ids,
    )
    assert ran.records == [
        {
            "event": "plan",
            "runs": 101,
            "target": "session",
            "targets": 1010,
            "duplicates": 1010,
            "units": 2020,
            "seconds": 120.0,
            "blank": 1,
            "first": ["s-0", "s-1", "s-2"],
        }
    ]
    assert ran.code == 0


# --- what is sent -------------------------------------------------------------------------------------


def test_every_chunk_is_one_run_with_everything_that_was_asked_for(run, online, runs):
    words = ["--name", "nightly", "--model", "gpt-5", "--weight", "confidence=0.5", "--weight", "coherence=2"]
    ran = run(*PLAIN, *words, "--chunk", 2, stdin="a\nb\nc\nd\ne\n")
    assert ran.code == 0
    made = runs()
    assert [made_run["filters"]["session_ids"] for made_run in made] == [["a", "b"], ["c", "d"], ["e"]]
    assert [made_run["name"].rpartition(" ")[0] for made_run in made] == ["nightly 1/3", "nightly 2/3", "nightly 3/3"]
    assert all(made_run["model"].endswith("gpt-5") for made_run in made)
    assert all(made_run["filters"]["signal_weights"] == {"confidence": 0.5, "coherence": 2} for made_run in made)
    told = ran.events("run")
    assert [(record["chunk"], record["run_id"], record["targets"]) for record in told] == [
        (1, made[0]["id"], 2),
        (2, made[1]["id"], 2),
        (3, made[2]["id"], 1),
    ]


def test_one_run_is_named_as_asked_and_leaves_no_ledger(run, online, runs, home):
    assert run(*PLAIN, "a", "--name", "just so").code == 0
    assert runs()[0]["name"] == "just so"
    assert not list((home / "state").rglob("*.ledger*"))


def test_several_runs_keep_a_ledger_which_is_named(run, online, tmp_path):
    ran = run(*PLAIN, "a", "b", "--chunk", 1, "--ledger", "mine.ledger")
    assert ran.events("summary")[0]["ledger"] == "mine.ledger"
    assert "mine.ledger" in ran.err
    assert (tmp_path / "mine.ledger").exists()
    again = run(*PLAIN, "a", "b", "--chunk", 1, "--ledger", "mine.ledger")
    assert (again.code, again.out) == (4, "")
    assert "2 of 2 runs made" in again.err
    assert "`pandaprobe-evals resume mine.ledger`" in again.err


@pytest.mark.parametrize("fault", ["commit_then_drop", "commit_then_500", "drop_before_commit", "truncated_body"])
def test_a_lost_answer_never_makes_a_second_run_nor_leaves_one_out(run, sandbox, online, session_ids, fault):
    sandbox.inject("pass", operation="create_batch_session_eval_run")
    sandbox.inject(fault, operation="create_batch_session_eval_run")
    ran = run(*PLAIN, "--chunk", 1, stdin="a\nb\nc\n")
    assert ran.code == 0
    assert session_ids() == ["a", "b", "c"]
    assert [record["reconciled"] for record in ran.events("run")].count(True) <= 1


# --- the verdict --------------------------------------------------------------------------------------


def test_waiting_is_well_when_every_pair_was_evaluated(run, online):
    ran = run(*PLAIN, "a", "b", "--chunk", 1, "--wait")
    assert ran.code == 0
    assert [record["result"] for record in ran.events("outcome")] == ["succeeded", "succeeded"]
    assert run(*PLAIN, "fail-1", "--wait").code == 7


@pytest.mark.parametrize(
    ("ids", "result", "said"),
    [
        (["ghost-1", "ghost-2"], "nothing_measured", "2 sessions without a score: 'ghost-1', 'ghost-2'"),
        (["unjudged-1"], "nothing_measured", "nothing was measured for: 'unjudged-1'"),
        (["judge-down-1", "judge-down-2"], "nothing_measured", "2 sessions with a score that nothing was measured for"),
        (["chat-1", "ghost-1"], "succeeded", "1 session without a score: 'ghost-1'"),
        (["chat-1", "judge-no-json-1"], "succeeded", "some signals or traces were not measured: 'judge-no-json-1'"),
        (["chat-1", "half-judged-1"], "succeeded", "some signals or traces were not measured: 'half-judged-1'"),
        (["chat-1", "no-metadata-1"], "succeeded", "of which it cannot be known what it rests on: 'no-metadata-1'"),
        (["chat-1", "fail-1"], "completed_with_failures", "1 session with a failed score: 'fail-1'"),
        (["boolean-1"], "failed", "could not convert string to float: 'true'"),
    ],
)
def test_what_is_typed_first_tells_the_truth(run, online, ids, result, said):
    ran = run(*PLAIN, *ids, "--wait", "--json")
    assert ran.code == 7
    (told,) = ran.events("outcome")
    assert (told["result"], told["ok"]) == (result, False)
    assert said in ran.err
    (summary,) = ran.events("summary")
    assert summary["ok"] is False
    watched = run("watch", told["run_id"], "--json")
    assert (watched.code, watched.records) == (7, [told])
    assert said in watched.err


def test_the_figures_of_each_metric_are_told_and_kinds_are_told_apart(run, online):
    ran = run(
        *PLAIN, "chat-21", "chat-22", "ghost-1", "fail-1", "unjudged-1", "half-judged-1", "no-metadata-1", "--wait"
    )
    scores = {score["session_id"]: score for score in run("scores").records}
    values = [float(scores[name]["value"]) for name in ("chat-21", "chat-22")]
    (told,) = ran.events("outcome")
    (metric,) = told["metrics"]
    named = metric.pop("named")
    assert metric == {
        "name": METRIC,
        "target": "session",
        "count": 2,
        "mean": pytest.approx(sum(values) / 2),
        "lowest": min(values),
        "missing": 1,
        "failed": 1,
        "without_evidence": 1,
        "partial_evidence": 1,
        "unknown_evidence": 1,
        "unusable": 0,
        "annotated": 0,
        "remembered": 0,
    }
    assert named == {
        "missing": ["ghost-1"],
        "failed": ["fail-1"],
        "without_evidence": ["unjudged-1"],
        "partial_evidence": ["half-judged-1"],
        "unknown_evidence": ["no-metadata-1"],
    }
    assert ran.events("summary")[0]["metrics"] == [metric | {"named": named}]
    assert told["targets_without_score"] == 1


def test_figures_are_summed_up_over_all_runs(run, online):
    ids = ["chat-21", "chat-22", "ghost-1", "chat-23"]
    one = run(*PLAIN, *ids, "--wait").events("summary")[0]["metrics"]
    assert run(*PLAIN, *ids, "--wait", "--chunk", 1).events("summary")[0]["metrics"] == one


def test_what_to_type_next_can_be_pasted(run, online):
    ran = run(*PLAIN, "chat-1", "fail-1", "--wait", "--endpoint", os.environ["PANDAPROBE_ENDPOINT"])
    steps = [shlex.split(line) for line in ran.err.splitlines() if line.startswith("  pandaprobe-evals ")]
    assert [words[1:3] for words in steps] == [
        ["runs", "retry"],
        ["report", ran.events("run")[0]["run_id"]],
        ["gate", ran.events("run")[0]["run_id"]],
    ]
    for words, code in zip(steps, (0, 0, 7), strict=True):
        assert run(*words[1:]).code == code


def test_a_judge_that_was_down_and_is_back_measures_the_session(run, online):
    assert run(*PLAIN, "judge-down-once-1", "--wait").code == 7
    assert run(*PLAIN, "judge-down-once-1", "--wait").code == 0


@pytest.mark.parametrize("command", ["submit", "watch"])
def test_a_run_that_stands_still_is_given_up_after_as_long_as_was_said(run, online, command):
    ran = run(*PLAIN, "stall-1", *(["--wait", "--stall-after", 1] if command == "submit" else []))
    if command == "watch":
        ran = run("watch", ran.events("run")[0]["run_id"], "--stall-after", 1)
    assert ran.code == 7
    assert ran.events("outcome")[0]["result"] == "stalled"


def test_a_mean_below_the_minimum_is_exit_code_7_and_says_why(run, online):
    fine = run(*PLAIN, "a", "b", "--chunk", 1, "--fail-under", f"{METRIC}=0.1")
    assert fine.code == 0, fine.err
    assert fine.events("verdict")[0]["passed"] is True
    poor = run(*PLAIN, "a", "b", "--fail-under", f"{METRIC}=1")
    assert poor.code == 7
    assert "below 1" in poor.events("verdict")[0]["reasons"][0]


@pytest.mark.parametrize(
    "unmeasured",
    [
        "ghost-1",
        "unjudged-1",
        "fail-1",
        "judge-down-1",
        "judge-no-json-1",
        "half-judged-1",
        "no-metadata-1",
        "boolean-1",
    ],
)
def test_what_was_not_measured_does_not_pass(run, online, unmeasured):
    assert run(*PLAIN, "a", unmeasured, "--fail-under", f"{METRIC}=0.1").code == 7


# --- settings -----------------------------------------------------------------------------------------


def test_the_project_can_be_said_by_flag(run, online, tmp_path):
    env = {"PANDAPROBE_PROJECT_NAME": ""}
    ran = run(*PLAIN, "a", "b", "--chunk", 1, "--ledger", "l", "--project-name", "other", env=env)
    assert ran.code == 0
    assert run("runs", "list").records == []
    assert len(run("runs", "list", "--project-name", "other", env=env).records) == 2
    assert run("resume", "l", env=env).code == 0  # the ledger knows its project
    assert API_KEY not in (tmp_path / "l").read_bytes().decode("latin-1")
