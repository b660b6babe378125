"""Tables fit the terminal: nothing is cut off, no word is broken; the id, the state and what failed are always there."""

import re

import pytest
from pandaprobe_evals.cli.layout import block, widths

METRIC = "agent_reliability"
pytestmark = pytest.mark.once

TERMINALS = {
    "80": (80, {}),
    "60": (60, {}),
    "40": (40, {}),
    "30": (30, {}),
    "dumb 80": (80, {"TERM": "dumb"}),
    "dumb 40": (40, {"TERM": "dumb"}),
    "LANG=C 80": (80, {"LANG": "C", "LC_ALL": "C"}),
    "ASCII 40": (40, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
}


@pytest.fixture
def made(run, online):
    ids = [f"s-{number}" for number in range(9)]
    name = "nightly of the support agent after the new prompt"
    ran = run("submit", *ids, "fail-1", "--metric", METRIC, "--metric", "agent_consistency", "--name", name, "--wait")
    return ran.events("run")[0]["run_id"]


SHOWN = [
    (("runs", "list"), ["RUN", "UTC", "COMPLETED", "failed pairs", METRIC, "agent_consistency", "new prompt"]),
    (("watch", "RUN"), ["RUN", "completed with failures", "failed pairs", "mean", "not measured", "Next:"]),
    (("runs", "scores", "RUN"), ["fail-1", "FAILED", "SUCCESS", METRIC, "agent_consistency"]),
    (("gate", "RUN", "--min", f"{METRIC}=0.5"), ["Not passed.", METRIC]),
]
NARROW = [
    (("metrics",), [METRIC, "what it measures"]),
    (("config", "show"), ["PANDAPROBE_ENDPOINT", "http://127.0.0.1:"]),
    (("doctor",), ["credentials", "accepted"]),
    (("submit", "a", "b", "--metric", METRIC, "--dry-run"), ["runs", "duplicates", "First: a, b"]),
]


METRICS = ("--metric", METRIC, "--metric", "agent_consistency")
PLANE = [
    (("sessions", "list"), ["chat-1", "fail-2", "yes", "u-1", "prod"]),
    (("sessions", "show", "fail-2"), ["fail-2", "yes", "ERROR", "TRACE"]),
    (("traces", "list"), ["TRACE", "ERROR", "COMPLETED", "chat-1", "prod"]),
    (("traces", "show", "TRACE"), ["TRACE", "ERROR", "input:"]),
    (("runs", "list", "--target", "trace"), ["OF TRACES", "COMPLETED", "traces", "2/2", "coherence"]),
    (
        ("watch", "OF TRACES", "--target", "trace"),
        ["OF TRACES", "measured", "1 trace without a score", "GHOST"],
    ),
    (("scores", "list"), ["fail-2", "FAILED", METRIC, "agent_consistency"]),
    (("scores", "of", "TRACE", "--target", "trace"), ["TRACE", "SUCCESS", "coherence", "AUTOMATED"]),
    (("analytics", "worst", "--metric", METRIC), ["chat-1", "evaluated"]),
    (("analytics", "summary"), [METRIC, "agent_consistency", "failed"]),
    (("monitors", "list"), ["MONITOR", "nightly of the support agent", "ACTIVE", "cron:0 3 * * *"]),
    (("monitors", "check"), ["MONITOR", "failing", "pairs failed"]),
    (("providers",), ["openai", "available"]),
]
"""Of the data plane, what stands for an id in capitals."""


@pytest.fixture
def ids(run, online, sandbox):
    """What the service has, by what stands for it."""
    ghost = "00000000-0000-4000-8000-000000000000"
    sandbox.add_session("chat-1", tags=["prod"], user_id="u-1")
    sandbox.add_session("fail-2", tags=["prod"], has_error=True)
    trace = run("traces", "list", "--session", "fail-2", "--ids").out.strip()
    of_traces = run("submit", trace, ghost, "--target", "trace", "--metric", "coherence", "--wait")
    over_sessions = run("submit", "chat-1", "fail-2", *METRICS, "--wait")
    words = ("--name", "nightly of the support agent", *METRICS, "--cadence", "cron:0 3 * * *")
    monitor = run("monitors", "create", *words).records[0]["id"]
    assert run("monitors", "trigger", monitor).code == 0
    return {
        "TRACE": trace,
        "GHOST": ghost,
        "OF TRACES": of_traces.events("run")[0]["run_id"],
        "OVER SESSIONS": over_sessions.events("run")[0]["run_id"],
        "MONITOR": monitor,
    }


@pytest.mark.parametrize("kind", ["LANG=C 80", "60", "dumb 40"])
@pytest.mark.parametrize(("words", "expected"), PLANE, ids=[" ".join(words) for words, _ in PLANE])
def test_a_terminal_shows_the_data_plane_whole(terminal, ids, words, expected, kind):
    columns, env = TERMINALS[kind]
    with terminal(*(ids.get(word, word) for word in words), columns=columns, env=env) as screen:
        assert screen.end() in (0, 7)
    check_whole(screen, [ids.get(each, each) for each in expected], columns)


def check_whole(screen, expected, columns):
    """Every word of what matters is there in one piece, and no frame is wider than the terminal."""
    text = screen.text.replace("\r", "")
    assert "Traceback" not in text
    assert [word for each in expected for word in each.split() if word not in text] == [], text
    frames = [line for line in text.splitlines() if re.search(r"─|-\+-|-{20}", line)]
    assert [line for line in frames if len(line) > columns] == []


@pytest.mark.parametrize(
    ("words", "expected", "kind"),
    [(*each, kind) for each in SHOWN for kind in TERMINALS] + [(*each, "dumb 40") for each in NARROW],
    ids=lambda value: value[0] if isinstance(value, tuple) else value if isinstance(value, str) else "",
)
def test_a_terminal_shows_all_that_matters_whole(terminal, made, words, expected, kind):
    columns, env = TERMINALS[kind]
    given = [made if word == "RUN" else word for word in words]
    with terminal(*given, columns=columns, env=env) as screen:
        assert screen.end() in (0, 7)
    check_whole(screen, [each.replace("RUN", made) for each in expected], columns)


def test_a_table_keeps_to_its_room_and_breaks_no_word():
    rows = [["run", "what it measures"], ["x" * 36, "how far the agent is to be relied upon"], ["y" * 36, ""]]
    assert widths(rows, 100) == [36, 38]
    assert widths(rows, 60) == [36, 21]
    assert widths(rows, 36 + 3 + 8) == [36, 8]
    assert widths(rows, 36 + 3 + 7) is None


def test_a_block_begins_with_what_it_is_about_and_leaves_out_what_is_not_there():
    titles = ["run", "failed pairs", "metrics", "says"]
    assert list(block(titles, ["x" * 36, "1", "agent_reliability, agent_consistency", ""], 40)) == [
        ("", "x" * 36),
        ("  failed pairs  ", "1"),
        ("  metrics       ", "agent_reliability,"),
        ("                ", "agent_consistency"),
    ]


def test_a_word_without_room_stands_on_a_line_of_its_own_and_whole():
    url = "https://example.com/" + "x" * 60
    assert list(block(["run", "says"], ["a", f"see {url}"], 40)) == [
        ("", "a"),
        ("  says", ""),
        ("    ", "see"),
        ("    ", url),
    ]


def test_times_are_shown_in_utc(terminal, made):
    with terminal("runs", "show", made, columns=200, env={"TZ": "Asia/Tokyo"}) as screen:
        assert screen.end() == 0
    assert "created (UTC)" in screen.text
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", screen.text)
