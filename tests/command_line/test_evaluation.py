"""An evaluation as a file: found, named, overridden, shown; and what is wrong in it."""

import pytest
from pandaprobe_evals import PandaProbe

FILE = "pandaprobe-evals.toml"
WHOLE = """
source = "sessions.csv"
column = "chat"
metrics = ["agent_reliability", "agent_consistency"]
name = "nightly"
quantile = 0.25

[weights]
confidence = 0.5

[minimums]
agent_reliability = 0.01
"""


pytestmark = pytest.mark.usefixtures("online")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with an evaluation and its source."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / FILE).write_text(WHOLE)
    (folder / "sessions.csv").write_text("chat,user\nchat-1,a\nchat-2,b\n")
    return folder


def made():
    """What was asked for in each run that there is."""
    with PandaProbe.from_env() as panda:
        return [
            (run.name, run.metric_names, run.filters.session_ids, run.to_dict()["filters"].get("signal_weights"))
            for run in panda.session_runs.list()
        ]


def test_submit_gate_and_report_take_it_from_the_working_folder_and_say_so(run, sandbox, folder):
    ran = run("submit", "--wait")
    assert ran.code == 0, ran.err
    assert f"From {FILE}: name, metrics, weights, source, column." in ran.err
    metrics = ["agent_reliability", "agent_consistency"]
    assert made() == [("nightly", metrics, ["chat-1", "chat-2"], {"confidence": 0.5})]
    (run_id,) = {record["run_id"] for record in ran.events("outcome")}
    ran = run("gate", run_id)
    assert ran.code == 0, ran.err
    assert f"From {FILE}: minimums, quantile." in ran.err
    (verdict,) = ran.events("verdict")
    assert verdict["quantile"] == 0.25
    assert [(metric["name"], metric["minimum"]) for metric in verdict["metrics"]] == [("agent_reliability", 0.01)]
    ran = run("report", run_id, "-o", "-")
    assert ran.code == 0, ran.err
    assert "Passed" in ran.out


def test_submit_says_that_gate_holds_the_minimums_and_proposes_a_gate_that_does(run, sandbox, folder):
    (folder / FILE).write_text(WHOLE.replace("agent_reliability = 0.01", "agent_reliability = 1.0"))
    ran = run("submit", "--wait")
    assert ran.code == 0, ran.err
    assert f"The minimums in {FILE} were not looked at: `gate` holds them against the scores." in ran.err
    (proposed,) = [line.strip() for line in ran.err.splitlines() if line.startswith("  pandaprobe-evals gate ")]
    assert run(*proposed.split()[1:]).code == 7
    assert "minimums in" not in run("submit", "--fail-under", "agent_reliability=0.01").err


def test_flags_win_each_over_its_own_key(run, sandbox, folder):
    ran = run(
        "submit", "other-1", "--metric", "agent_reliability", "--name", "mine", "--weight", "confidence=1", "--wait"
    )
    assert ran.code == 0, ran.err
    assert "From " not in ran.err
    assert made() == [("mine", ["agent_reliability"], ["other-1"], {"confidence": 1.0})]
    (run_id,) = {record["run_id"] for record in ran.events("outcome")}
    ran = run("gate", run_id, "--min", "agent_reliability=1")
    assert ran.code == 7
    assert f"From {FILE}: quantile." in ran.err


def test_another_file_is_named_and_its_source_lies_beside_it(run, sandbox, folder, tmp_path):
    other = tmp_path / "else[1]where"
    other.mkdir()
    (other / "a.txt").write_text("a\n")
    (other / "b.txt").write_text("b\n")
    (other / "mine.toml").write_text('source = "*.txt"\nmetrics = ["agent_reliability"]\n')
    ran = run("submit", "--evaluation", other / "mine.toml")
    assert ran.code == 0, ran.err
    assert [ids for _, _, ids, _ in made()] == [["a", "b"]]
    ran = run("gate", "--evaluation", other / "mine.toml", "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e")
    assert (ran.code, ran.out) == (4, "")
    assert f"minimums in {FILE}" in ran.err


def test_config_show_shows_it_and_where_it_came_from(run, folder):
    shown = {row["setting"]: (row["value"], row["source"]) for row in run("config", "show").records}
    assert shown["metrics"] == ("agent_reliability, agent_consistency", f"metrics in {FILE}")
    assert shown["minimums"] == ("agent_reliability=0.01", f"minimums in {FILE}")
    assert shown["quantile"] == ("0.25", f"quantile in {FILE}")
    (folder / FILE).unlink()
    assert "metrics" not in {row["setting"] for row in run("config", "show").records}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("metric = ['agent_reliability']", "metric is not a key; did you mean metrics?"),
        ("minimum = 3", "did you mean minimums?"),
        ("zzz = 3", "there are source, column"),
        ("metrics = 'agent_reliability'", "metrics must be a list of strings"),
        ("metrics = []", "metrics must be a list of strings"),
        ("source = ['sessions.csv', 7]", "source must be a file of session ids"),
        ("name = ''", "name must be a string"),
        ("quantile = 1.5", "quantile must be a number from 0 to 1"),
        ("quantile = true", "quantile must be a number from 0 to 1"),
        ("quantile = nan", "quantile must be a number from 0 to 1"),
        ("[minimums]\nagent_reliability = 80", "minimums must be a table of numbers from 0 to 1"),
        ("weights = { confidence = 'much' }", "weights must be a table of numbers"),
        (
            "metrics = ['agent_consistency']\nminimums = { agent_reliability = 0.5 }",
            "agent_reliability is not among metrics",
        ),
        ("metrics = [", "is not TOML"),
        (b"\xff\xfe", "is not TOML"),
        (None, "cannot be read"),
    ],
)
@pytest.mark.parametrize("command", ["submit", "gate", "report", "config"])
def test_what_is_wrong_in_it_is_named_and_nothing_is_sent(run, sandbox, folder, command, content, said):
    words = {"submit": ("submit",), "config": ("config", "show")}.get(
        command, (command, "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e")
    )
    file = folder / "mine.toml"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = run(*words, "--evaluation", file)
    assert (ran.code, ran.out) == (4, "")
    assert said in ran.err
    assert str(file) in ran.err
    assert sandbox.requests == []


@pytest.mark.parametrize("source", ["nope.csv", "*.nope"])
def test_a_source_that_is_not_there_is_an_error_of_submit_alone(run, sandbox, folder, source):
    (folder / FILE).write_text(f"source = '{source}'\nmetrics = ['agent_reliability']\n")
    ran = run("submit")
    assert (ran.code, ran.out) == (4, "")
    assert f"{FILE}: source: there is no file {source}; source names files" in ran.err
    assert sandbox.requests == []
    assert run("config", "show").code == 0


def test_without_one_submit_and_gate_say_what_to_give(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run("submit", "a")
    assert (ran.code, ran.out) == (4, "")
    assert "--metric" in ran.err
    ran = run("gate", "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e")
    assert (ran.code, ran.out) == (4, "")
    assert "--min" in ran.err


def test_the_one_in_the_working_folder_can_be_left_unread(run, sandbox, folder):
    (folder / FILE).write_text("nonsense = 1")
    for words in (("submit", "a", "--metric", "agent_reliability", "--dry-run"), ("config", "show")):
        assert run(*words).code == 4
        assert run(*words, "--no-evaluation").code == 0
    for words in (("gate",), ("report",)):
        ran = run(*words, "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e", "--min", "agent_reliability=0.8", "--no-evaluation")
        assert ran.code == 3  # there is no such run
    ran = run("config", "show", "--no-evaluation", "--evaluation", FILE)
    assert (ran.code, ran.out) == (4, "")
