"""`export`, on a real port: every format holds the same rows, whole or not at all; and ids out of Parquet."""

import csv
import json
import subprocess
import sys

import polars
import pytest
from pandaprobe_evals import PandaProbe, Results

from tools.api import ROOT

METRIC = "agent_reliability"
IDS = ["chat-21", "chat-22", "ghost-1", "fail-1"]


@pytest.fixture
def run_id(run, online):
    return run("submit", *IDS, "--metric", METRIC, "--wait", "--save", "saved.jsonl").events("run")[0]["run_id"]


def rows(path):
    """What another program reads, as text where there is a value."""
    if path.suffix == ".csv":
        return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    return (polars.read_parquet if path.suffix == ".parquet" else polars.read_ipc)(path).to_dicts()


@pytest.mark.parametrize("name", ["new/scores.parquet", "scores.arrow", "scores.csv", "scores.jsonl"])
def test_every_format_holds_every_pair(run, run_id, tmp_path, name):
    ran = run("export", run_id, "--to", name, "--json")
    (line,) = ran.events("export")
    assert (ran.code, line["rows"], line["runs"], line["file"]) == (0, 4, 1, name)
    assert (tmp_path / name).stat().st_mode & 0o077 == 0
    wanted = {row["session_id"]: row for row in Results.load(tmp_path / "saved.jsonl")}
    if name.endswith(".jsonl"):
        assert {row["session_id"] for row in Results.load(tmp_path / name)} == set(IDS)
        return
    found = {row["session_id"]: row for row in rows(tmp_path / name)}
    assert set(found) == set(IDS)
    for id_, row in found.items():
        assert (row["evidence"], row["run_id"], row["metric"]) == (wanted[id_]["evidence"], run_id, METRIC)
        assert float(row["value"] or -1) == (wanted[id_]["value"] or -1)
        assert (row["reason"] or None) == wanted[id_]["reason"]


def test_a_run_over_traces_is_exported_and_a_wrong_target_is_told(run, online, run_id, tmp_path):
    trace = "b7c9a0de-3f6c-4b43-9e0c-1a2b3c4d5e6f"
    made = run("submit", trace, "--target", "trace", "--metric", "coherence", "--wait", "--json").events("run")[0][
        "run_id"
    ]
    assert run("export", made, "--to", "t.parquet", "--target", "trace").code == 0
    (row,) = rows(tmp_path / "t.parquet")
    assert (row["trace_id"], row["session_id"], row["metric"]) == (trace, None, "coherence")
    assert run("export", made, "--to", "u.parquet").code == 4


def test_where_signals_come_from_is_looked_up_where_it_is_asked_for(run, online, tmp_path):
    with PandaProbe.from_env() as panda:
        panda.traces.create(name="turn", session_id="told", started_at="2026-11-20T12:00:00Z", output="Yes.")
    for _ in range(2):
        again = run("submit", "told", "--metric", METRIC, "--wait", "--json").events("run")[0]["run_id"]
    for words, wanted in (((), ("measured", None)), (("--provenance",), ("remembered", "remembered"))):
        assert run("export", again, "--to", "a.parquet", *words).code == 0
        (row,) = rows(tmp_path / "a.parquet")
        assert (row["evidence"], row["origin"]) == wanted


def test_what_cannot_be_written_is_told_before_anything_is_read_and_nothing_is_left(run, run_id, sandbox, tmp_path):
    seen = len(sandbox.requests)
    for name in ("scores.xlsx", "scores", "saved.jsonl/x.csv"):
        assert run("export", run_id, "--to", name).code != 0
    assert len(sandbox.requests) == seen
    before = (tmp_path / "saved.jsonl").read_bytes()
    assert run("export", "00000000-0000-4000-8000-000000000000", "--to", "saved.jsonl").code == 3
    assert run("export", "00000000-0000-4000-8000-000000000000", "--to", "no.parquet").code == 3
    assert (tmp_path / "saved.jsonl").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part") or path.name == "no.parquet"] == []


def test_submit_reads_a_column_of_parquet(run, online, session_ids, tmp_path):
    polars.DataFrame({"session_id": ["chat-1", "chat-2", "chat-1"], "n": [1, 2, 3]}).write_parquet(
        tmp_path / "x.parquet"
    )
    assert run("submit", "--from", "x.parquet", "--metric", METRIC).code == 0
    assert session_ids() == ["chat-1", "chat-2"]
    ran = run("submit", "--from", "x.parquet", "--column", "n", "--metric", METRIC, "--dry-run", "--json")
    assert ran.events("plan")[0]["first"] == ["1", "2", "3"]
    ran = run("submit", "--from", "x.parquet", "--column", "nosuch", "--metric", METRIC)
    assert (ran.code, "'session_id', 'n'" in ran.err) == (4, True)


@pytest.mark.parametrize(
    ("column", "said"), [([None, "a"], "row 1"), (["a", " "], "row 2"), ([1.5, 2.0], "1.5"), ([True, False], "True")]
)
def test_a_row_of_parquet_without_an_id_is_refused_with_its_number(run, online, runs, tmp_path, column, said):
    polars.DataFrame({"session_id": column}).write_parquet(tmp_path / "x.parquet")
    ran = run("submit", "--from", "x.parquet", "--metric", METRIC)
    assert (ran.code, said in ran.err, runs()) == (4, True, [])


def test_parquet_that_is_broken_or_comes_from_a_pipe_is_refused(run, start, online, tmp_path):
    polars.DataFrame({"session_id": ["chat-1"]}).write_parquet(tmp_path / "x.parquet")
    whole = (tmp_path / "x.parquet").read_bytes()
    (tmp_path / "y.parquet").write_bytes(whole[:-48] + b"\xff" * 40 + whole[-8:])
    ran = run("submit", "--from", "y.parquet", "--metric", METRIC)
    assert (ran.code, "cannot be read as Parquet" in ran.err) == (4, True)
    (tmp_path / "cut.parquet").write_bytes(whole[:4] + whole[-8:])  # what is before its end is not as long as it says
    with start("submit", "--from", "cut.parquet", "--metric", METRIC) as process:
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, "cut short" in said, "panicked" in said) == (4, True, False), said
    command = [sys.executable, "-m", "pandaprobe_evals.cli", "submit", "--metric", METRIC, "--dry-run"]
    piped = subprocess.run(command, input=whole, capture_output=True, check=False)
    assert (piped.returncode, b"--from FILE" in piped.stderr) == (4, True)


def test_without_the_extra_the_message_names_it(environ, tmp_path):
    polars.DataFrame({"session_id": ["chat-1"]}).write_parquet(tmp_path / "x.parquet")
    for words in (
        ["export", "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e", "--to", "a.parquet"],
        ["submit", "--from", "x.parquet", "--metric", METRIC, "--dry-run"],
    ):
        program = (
            "import sys; sys.modules['arro3.core'] = sys.modules['arro3.io'] = sys.modules['arro3'] = None\n"
            f"sys.argv = {['pandaprobe-evals', *words]!r}\nfrom pandaprobe_evals.cli import main\nmain()"
        )
        ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert (ran.returncode, "[export]" in ran.stderr) == (1, True), ran.stderr


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize(("count", "most"), [(60_000, 115), pytest.param(200_000, 200, marks=pytest.mark.deep)])
def test_the_memory_of_an_export_does_not_grow_with_the_scores(tmp_path, count, most):
    """A million takes minutes: `many_scores.py` says how to measure it."""
    command = [sys.executable, "-m", "tests.command_line.many_scores", str(count), str(tmp_path / "scores.parquet")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    print(ran.stdout)
    figures = json.loads(ran.stdout)
    assert (figures["rows"], figures["peak over bare, MiB"] <= most) == (count, True), figures
    assert len(polars.scan_parquet(tmp_path / "scores.parquet").select("value").collect()) == count
