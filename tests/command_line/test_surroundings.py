"""What surrounds a command: times as they are typed, files that are the user's alone, a machine without a home."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import typer
from pandaprobe_evals.cli.values import seconds

METRIC = "agent_reliability"
FAST = ("--rate-limit", "100000/60")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[
            ("90", 90),
            ("1.5", 1.5),
            ("0", 0),
            ("90s", 90),
            ("5m", 300),
            ("1h30m", 5400),
            ("24h", 86_400),
            ("7d", 604_800),
        ],
        *[(".5", 0.5), ("250ms", 0.25), ("1H 30M", 5400)],
    ],
)
def test_times_are_read_as_they_are_typed(text, expected):
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-inf", "-1", "1e400", "", "m", "5 minutes", "1m30", "9" * 400, "٣", "1h-5m"]
)
@pytest.mark.parametrize(
    "words",
    [
        ("submit", "a", "--metric", METRIC, "--deadline"),
        ("submit", "a", "--metric", METRIC, "--settle"),
        ("watch", "0b6ff9c2-6a1c-4a5e-9d0c-1d1a2f6f0f7e", "--deadline"),
        ("metrics", "--timeout"),
        ("contract", "check", "--wait"),
    ],
)
def test_what_is_no_time_is_refused_with_its_flag(run, words, text):
    ran = run(*words[:-1], f"{words[-1]}={text}")
    assert (ran.code, ran.out) == (4, "")
    assert words[-1] in ran.err
    assert "5m" in ran.err


@pytest.mark.parametrize("text", ["nan", "inf", "-1", "0"])
def test_a_timeout_of_the_environment_that_is_none_is_refused_with_its_name(run, online, text):
    ran = run("metrics", env={"PANDAPROBE_TIMEOUT": text})
    assert (ran.code, ran.out) == (4, "")
    assert "PANDAPROBE_TIMEOUT" in ran.err


def test_whatever_the_umask_what_holds_session_ids_is_the_users_alone(run, online, home, tmp_path):
    before = os.umask(0)
    try:
        made = run("submit", "a", "b", "--chunk", 1, "--metric", METRIC, *FAST).events("run")
        assert run("report", made[0]["run_id"], "-o", "new/folder/r.html").code == 0
    finally:
        os.umask(before)
    state = home / "state" / "pandaprobe-evals"
    found = [*state.rglob("*"), state, *(tmp_path / "new").rglob("*"), tmp_path / "new"]
    assert len([path for path in found if path.is_file()]) >= 3
    assert {path.name: path.stat().st_mode & 0o077 for path in found if path.stat().st_mode & 0o077} == {}


def test_files_of_a_time_before_are_tightened(run, start, online, home):
    run("submit", "a", "b", "--chunk", 1, "--metric", METRIC, *FAST)
    state = home / "state" / "pandaprobe-evals"
    loose = [state / "pacing", state / "ledgers", *state.rglob("*.sqlite"), *state.rglob("*.ledger")]
    for path in loose:
        path.chmod(0o755 if path.is_dir() else 0o644)
    ledger = next(iter(state.rglob("*.ledger")))
    assert run("resume", ledger, *FAST).code == 0
    with start("submit", "c", "d", "--chunk", 1, "--metric", METRIC, *FAST) as process:
        process.communicate()
    assert [path for path in loose if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("output", [".", "r.html/x.html", "/proc/nope/r.html"])
def test_a_report_that_cannot_be_written_is_said_before_the_wait(run, online, sandbox, tmp_path, output):
    (tmp_path / "r.html").write_text("there already")
    made = run("submit", "pending-1", "--metric", METRIC, *FAST).events("run")
    sent = len(sandbox.requests)
    ran = run("report", made[0]["run_id"], "-o", output, "--deadline", 4)
    assert (ran.code, ran.out) == (1, "")
    assert f"Error: {output}: " in ran.err
    assert ".part" not in ran.err
    assert len(sandbox.requests) == sent
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "r.html"]


def test_a_report_goes_through_a_link_and_into_what_is_no_file(run, online, start, tmp_path):
    made = run("submit", "a", "--metric", METRIC, *FAST).events("run")[0]["run_id"]
    (tmp_path / "real.html").write_text("old")
    (tmp_path / "link.html").symlink_to("real.html")
    assert run("report", made, "-o", "link.html").code == 0
    assert (tmp_path / "link.html").is_symlink()
    assert "<html" in (tmp_path / "real.html").read_text()
    with start("report", made, "-o", "/dev/stdout") as process:
        assert "<html" in process.communicate()[0]


@pytest.mark.parametrize("state", ["", "/proc/nope", "/dev/null"])
def test_a_submit_of_one_run_needs_no_home_and_no_state_folder(run, online, sandbox, monkeypatch, state):
    """As a container runs it: a user id that no passwd knows, no HOME, or a file system that cannot be written."""

    def nobody(number):
        raise KeyError(f"getpwuid(): uid not found: {number}")

    monkeypatch.setattr("pwd.getpwuid", nobody)
    monkeypatch.delenv("HOME")
    monkeypatch.setenv("XDG_STATE_HOME", state)
    assert run("submit", "a", "--metric", METRIC, *FAST).code == 0
    several = run("submit", "a", "b", "--chunk", 1, "--metric", METRIC, *FAST)
    assert (several.code, several.out) == (4, "")
    assert "say where with --ledger FILE" in several.err
    assert (state or "set HOME") in several.err
    assert sandbox.units_billed == 1
    for words in (("runs", "list"), ("config", "show")):
        assert run(*words).code == 0
    assert run("submit", "a", "b", "--chunk", 1, "--ledger", "l", "--metric", METRIC, *FAST).code == 0


SCRIPT = Path(sysconfig.get_path("scripts"), "pandaprobe-evals")
INTERRUPTED_IMPORT = """
import os, sys
left = int(os.environ["IMPORTS"])
def interrupt(event, args):
    global left
    if event == "import" and hasattr(sys.modules.get("signal"), "Signals"):  # it is imported, and can be handled
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 2)
sys.addaudithook(interrupt)
"""


@pytest.mark.once
@pytest.mark.parametrize("command", [[sys.executable, "-m", "pandaprobe_evals"], [SCRIPT]], ids=["module", "script"])
@pytest.mark.parametrize("imports", [1, 5, 100])
def test_ctrl_c_while_it_is_imported_ends_in_130_without_a_traceback(environ, tmp_path, command, imports):
    """From the first import after the one that a Ctrl-C is handled by; before it is the interpreter's own start."""
    (tmp_path / "sitecustomize.py").write_text(INTERRUPTED_IMPORT)
    env = {**environ, "PYTHONPATH": str(tmp_path), "IMPORTS": str(imports)}
    ran = subprocess.run([*command, "--version"], env=env, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "")


def test_ctrl_c_while_the_commands_are_put_together_ends_in_130(run, monkeypatch):
    class Interrupted(typer.Typer):
        def __call__(self, *_, **__):
            raise KeyboardInterrupt

    monkeypatch.setattr("pandaprobe_evals.cli.commands.app", Interrupted())
    assert run("metrics").code == 130


def test_a_time_that_is_no_text_is_taken_as_seconds():
    assert seconds(120.0) == 120
    with pytest.raises(typer.BadParameter):
        seconds(float("nan"))


@pytest.mark.once
@pytest.mark.parametrize("words", [("report", "-o", "/dev/full"), ("watch", "--save", "/dev/full")])
def test_a_full_disk_is_told_with_its_path(run, start, online, words):
    (made,) = run("submit", "a", "--metric", METRIC).events("run")
    with start(words[0], made["run_id"], *words[1:]) as process:
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "Error: /dev/full: No space left on device" in said


@pytest.mark.once
def test_a_pacing_store_that_cannot_be_used_is_told_with_its_path(run, online, home):
    assert run("submit", "a", "--metric", METRIC, *FAST).code == 0
    stores = [path for path in (home / "state").rglob("*") if "ledger" not in str(path) and path.is_file()]
    for path in stores:
        path.unlink()
        if path.suffix not in ("-wal", "-shm"):
            path.mkdir()
    ran = run("submit", "b", "--metric", METRIC, *FAST)
    assert ran.code == 0  # it paces by itself
    assert any(f"OperationalError: {path}: unable to open" in ran.err for path in stores), ran.err


@pytest.mark.once
def test_a_full_disk_behind_stdout_is_told_as_such(start, online):
    with open("/dev/full", "w") as full, start("metrics", stdout=full) as process:  # noqa: PTH123  (a device)
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (1, "Error: stdout: No space left on device\n")
