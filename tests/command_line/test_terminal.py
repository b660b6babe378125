"""The command line on a real terminal: tables, colours, the live view, Ctrl-C; and with a reader that goes away."""

import os
import re
import signal
import subprocess

import pytest

METRIC = "agent_reliability"
pytestmark = pytest.mark.once


def test_a_terminal_gets_a_table_and_no_json(terminal, online):
    with terminal("metrics") as screen:
        assert screen.end() == 0
    assert re.search(r"metric +what it measures", screen.text)
    assert "agent_reliability" in screen.text
    assert '{"' not in screen.text
    assert "\x1b[" in screen.screen


def test_json_can_be_asked_for_on_a_terminal(terminal, online):
    with terminal("metrics", "--json") as screen:
        assert screen.end() == 0
    assert screen.text.startswith('{"name": "agent_consistency"')
    assert "\x1b[" not in screen.screen


def test_no_color_means_no_colour(terminal, online):
    with terminal("config", "show", env={"NO_COLOR": "1"}) as screen:
        assert screen.end() == 0
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9)[0-7]", screen.screen)


@pytest.mark.slow
def test_the_live_view_shows_runs_units_the_window_and_the_time_left(terminal, sandbox, online):
    words = ("submit", *(f"s-{number}" for number in range(6)), "--metric", METRIC, "--chunk", 1, "--rate-limit", "4/3")
    with terminal(*words, "--wait") as screen:
        screen.until(r"waiting for the window until \d\d:\d\d:\d\d")
        screen.until("sessions evaluated")
        assert screen.end() == 0
    assert re.search(r"creating runs .*4/6 waiting for .* \d:\d\d left  4 units  [\d.]+ runs/s", screen.text)
    assert "6 runs, 6 sessions, 6 units." in screen.text
    assert len(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12} +1 +succeeded", screen.text)) == 6
    assert '{"' not in screen.text


def test_the_live_view_stays_off_what_a_program_reads(terminal, sandbox, online):
    words = ("submit", "a", "b", "--metric", METRIC, "--chunk", 1, "--wait", "--rate-limit", "100/60")
    with terminal(*words, stdout=subprocess.PIPE) as screen:
        screen.until("sessions evaluated")
        assert screen.end() == 0
        out = screen.process.stdout.read().decode()
    assert all(line.startswith('{"event": ') for line in out.splitlines())
    assert "creating runs" in screen.text


def test_ctrl_c_ends_the_view_and_says_how_to_go_on(terminal, sandbox, online):
    sandbox.inject("slow", times=100, operation="create_batch_session_eval_run", delay=0.3)
    words = ("submit", *(f"s-{number}" for number in range(20)), "--metric", METRIC, "--chunk", 1)
    with terminal(*words, "--ledger", "l") as screen:
        screen.until(r"creating runs .* 1/20")
        os.killpg(screen.process.pid, signal.SIGINT)
        assert screen.end() == 130
    assert re.search(r"\d+ of 20 runs made\. Go on with: pandaprobe-evals resume l\r?\n", screen.text)
    assert "\x1b[?25h" in screen.screen  # the cursor is shown again
    assert "Traceback" not in screen.text


def test_a_deletion_is_asked_about_on_a_terminal(terminal, run, online, runs):
    made = run("submit", "a", "--metric", METRIC).events("run")[0]["run_id"]
    with terminal("runs", "delete", made) as screen:
        screen.until(r"Delete 1 run\?")
        screen.type("n\n")
        assert screen.end() == 1
    assert len(runs()) == 1
    with terminal("runs", "delete", made) as screen:
        screen.until(r"Delete 1 run\?")
        screen.type("y\n")
        assert screen.end() == 0
    assert runs() == []


def test_no_ids_and_a_terminal_asks_for_ids_instead_of_reading_the_keyboard(terminal, online):
    with terminal("submit", "--metric", METRIC) as screen:
        assert screen.end() == 4
    assert "or a pipe" in screen.text


def test_what_others_wrote_cannot_move_the_cursor_or_colour_the_terminal(terminal, run, online):
    run("submit", "\x1b[31mred\x1b[2J", "[bold]x[/bold]", "line\u2028break", "--as-text", "--metric", METRIC, "--wait")
    with terminal("scores") as screen:
        assert screen.end() == 0
    assert r"\x1b[31mred\x1b[2J" in screen.text
    assert "[bold]x[/bold]" in screen.text
    assert r"line\u2028break" in screen.text
    assert "\x1b[31m" not in screen.screen


def test_a_reader_that_goes_away_ends_the_command_quietly(start, run, online):
    for _ in range(3):
        assert run("submit", *(f"s-{number}" for number in range(100)), "--metric", METRIC, "--wait").code == 0
    with start("scores") as process:
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        assert process.wait(30) == 141
        assert process.stderr.read() == ""


def test_the_gate_shows_its_figures_and_ends_with_the_word_that_counts(terminal, run, online):
    ids = ("chat-21", "chat-22", "ghost-1")
    (made,) = run("submit", *ids, "--metric", METRIC, "--json").events("run")
    with terminal("gate", made["run_id"], "--min", f"{METRIC}=0.8", "--quantile", "0") as screen:
        assert screen.end() == 7
        lines = [line.strip() for line in screen.text.splitlines() if line.strip()]
    assert lines[-1] == "Not passed."
    assert lines[-2].startswith(f"- {METRIC}: 1 session without a score: 'ghost-1'")
    assert [re.split(r"\s{2,}", line) for line in lines if line.startswith(f"{METRIC}  ")] == [
        [METRIC, "0.906", "0.8725", "0.8", "yes", "2", "1"]
    ]
    assert "{" not in screen.text
