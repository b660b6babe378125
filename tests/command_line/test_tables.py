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
    (("submit", "a", "b", "--metric", METRIC, "--dry-run"), ["duplicates", "First: a, b"]),
]


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
    text = screen.text.replace("\r", "")
    assert "Traceback" not in text
    assert [word for each in expected for word in each.split() if word.replace("RUN", made) not in text] == []
    frames = [line for line in text.splitlines() if re.search(r"─|-\+-|-{20}", line)]
    assert [line for line in frames if len(line) > columns] == []


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
    with terminal("runs", "get", made, columns=200, env={"TZ": "Asia/Tokyo"}) as screen:
        assert screen.end() == 0
    assert "created (UTC)" in screen.text
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", screen.text)
