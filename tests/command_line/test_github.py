"""What `gate` tells GitHub Actions: within its limits, and without changing an exit code."""

from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from pandaprobe_evals import compare
from pandaprobe_evals.cli.github import LARGEST, annotations, summary
from pandaprobe_evals.verdict import judge

from tests.judging.made import FAILED, outcome
from tests.judging.test_report import HOSTILE


@pytest.mark.parametrize("least", ["0", "1"])
def test_the_summary_is_added_to_and_reasons_are_annotated(run, online, tmp_path, least):
    run_id = run("submit", "chat-21", "--metric", "agent_reliability", "--json").events("run")[0]["run_id"]
    words = ("gate", run_id, "--min", f"agent_reliability={least}", "--json")
    (file := tmp_path / "summary.md").write_text("before\n")
    ran = run(*words, env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(file)})
    assert file.read_text().startswith("before\n### PandaProbe: " + ("not passed" if least == "1" else "passed"))
    assert ran.err.count("::error ") == int(least)
    lost = run(*words, env={"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "folder")})
    assert ran.code == lost.code == run(*words).code == 7 * int(least)


def test_what_is_beyond_the_limits_is_left_out_and_said():
    verdict = judge(outcome({"a": 0.1}), {"agent_reliability": 0.5})
    text = summary(verdict, ["<b> | ä" * 100] * 5_000)
    assert len(text) <= LARGEST
    assert b"lines are left out" in text
    assert b"<b>" not in text
    assert summary(verdict, [], room=10) == b""
    said = annotations([f"reason {number}\n100%" for number in range(25)])
    assert (len(said), "16 more" in said[-1], "%0A100%25" in said[0]) == (10, True, True)
    assert len(annotations(["x"] * 10)) == 10


class Rendered(HTMLParser):
    """A summary as a renderer of GitHub's Markdown shows it: its tables, by rows of texts, and the names of its elements."""

    def __init__(self, markdown):
        super().__init__(convert_charrefs=True)
        self.tables, self.tags, self.items, self.into = [], set(), [], None
        self.feed(MarkdownIt("gfm-like", {"linkify": False}).render(markdown.decode()))

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th", "li"):
            self.into = self.tables[-1][-1] if tag != "li" else self.items
            self.into.append("")

    def handle_endtag(self, tag):
        if tag in ("td", "th", "li"):
            self.into = None

    def handle_data(self, data):
        if self.into is not None:
            self.into[-1] += data


def test_the_summary_is_rendered_as_tables_of_figures_with_the_comparison_and_what_got_worse():
    both = {f"s{number}": 0.9 for number in range(12)}
    candidate = outcome(both | {"s3": 0.1, "s4": 0.8, "s5": 0.95, "bad": FAILED}, reasons={"s3": "Off | the *rails*."})
    verdict = judge(candidate, {"agent_reliability": 0.5}, quantile=0.1)
    comparison = compare(outcome(both), candidate, max_drop=0.3)
    page = Rendered(summary(verdict, ["agent_reliability: 1 session failed"], comparison))
    (metrics, compared, worse) = page.tables
    assert dict(zip(*metrics, strict=True)) == {
        "metric": "agent_reliability", "mean": "0.8292", "0.1-quantile": "0.8", "lowest": "0.1", "minimum": "0.5",
        "reached": "yes", "measured": "12", "not measured": "1", "remembered": "0",
    }  # fmt: skip
    row = dict(zip(*compared, strict=True))
    assert (row["is"], row["difference"], row["n"], row["won"], row["lost"]) == (
        "not worse",
        "-0.07083",
        "12",
        "1",
        "2",
    )
    assert worse[1:] == [
        ["agent_reliability", "s3", "-0.8", "Off | the *rails*."],
        ["agent_reliability", "s4", "-0.1", "No elevated risk across 3 traces."],
    ]
    assert page.items == ["not passed: agent_reliability: 1 session failed"]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_text_in_the_summary(text):
    before, after = (outcome({text: {text: value}}, reasons={text: text}, metrics=(text,)) for value in (0.9, 0.1))
    verdict = judge(after, {text.replace("\0", ""): 0.5})
    page = Rendered(summary(verdict, [text], compare(before, after)))
    assert page.tags <= {"h3", "h4", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong"}
    assert [len(row) for table in page.tables for row in table] == [8, 8, 9, 9, 4, 4]
    shown = " ".join(text.replace("\0", "\ufffd").split())
    assert page.tables[2][1][1] == shown
    assert page.items == [f"not passed: {shown}"]
