"""The report says all that there is to say, believes nothing that it is told, and stays small whatever it is about."""

import hashlib
import itertools
import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace as Namespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandaprobe_evals import InvalidArgument, compare
from pandaprobe_evals import report as package
from pandaprobe_evals.cli.results import as_flag
from pandaprobe_evals.evidence import rules
from pandaprobe_evals.html.markup import element
from pandaprobe_evals.report import Gathered, render, traces_shown
from pandaprobe_evals.results import Results
from pandaprobe_evals.verdict import judge
from pandaprobe_evals.waiting import Outcome

from .made import FAILED, HOLLOW, NOTHING, RELIABILITY, SIGNALS, moment, outcome, resting_on

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINIMUMS = {RELIABILITY: 0.8}
VOID = {"meta", "link", "line", "rect", "circle"}
HOSTILE = [
    "<script>document.title='owned'</script>",
    "</title></style></script><script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "' onfocus='document.title=1' autofocus x='",
    "javascript:document.title='owned'",
    "<!-- <svg onload=alert(1)> ]]> --!>",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "{{7*7}} ${7*7} <%= 7*7 %> %s {0}",
    "\u202egnp.exe \u2066x",
    "\x00\x1b[31mred\x7f\x85",
    "a\r\nb\tc",
    "日本語 👩\u200d💻 العربية",
    "x" * 5000,
    "@import url(https://example.com/x.css);",
]


class Page(HTMLParser):
    """A page as a browser's parser sees it: elements with their attributes, and the text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.texts = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return "".join(self.texts)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(*outcomes, minimums=None, unfinished=(), said=str, **options):
    verdict = judge(outcomes, minimums, unfinished=unfinished, **options) if minimums else None
    page = Page(render(outcomes, verdict, unfinished=unfinished, said=said, now=NOW))
    assert page.open == []
    return page


TAGS = {tag for tag, _ in page_of(outcome({"a": 0.3, "b": FAILED}), minimums=MINIMUMS, unfinished=["r"]).elements} | {
    "b"
}
WHOLE = outcome({"good": 0.9, "bad": 0.3, "failed": FAILED, "ghost": NOTHING, "hollow": HOLLOW, "odd": "NaN"})


def test_it_names_every_session_that_did_not_do_well_and_says_why():
    page = page_of(WHOLE, minimums=MINIMUMS)
    for said in (
        "Not passed",
        "bad",
        "failed",
        "ghost",
        "hollow",
        "odd",
        "No evaluable traces.",
        "The judge gave no answer.",
    ):
        assert said in page.text
    for title in ("Failed pairs 1", "Sessions without a score 1", "Scores without evidence 1", "Unusable scores 1"):
        assert title in page.text
    assert page.text.index("0.300") < page.text.index("0.900")  # the worst come first


def test_it_says_what_was_run_with_what_and_when():
    run = outcome(
        {"a": 0.9},
        name="Nightly",
        model="openai/gpt-5.4-mini",
        weights={"confidence": 0.5, "coherence": 2},
        sampling_rate=0.25,
    )
    text = page_of(run).text
    for said in (run.run_id, "Nightly", "openai/gpt-5.4-mini", "confidence 0.5", "coherence 2", "0.25 of the sessions"):
        assert said in text
    for said in ("2026-11-22 09:30:00 UTC", "2026-11-22 09:31:00 UTC, after 1 min 0 s", "Made 2026-11-24 08:00:00 UTC"):
        assert said in text


def test_the_verdict_is_the_one_that_the_gate_gives():
    good = outcome({f"s{index}": 0.9 for index in range(9)} | {"bad": 0.1})
    assert "✓" not in page_of(good).text  # colour and sign come from the style; the word says it
    assert "Passed" in page_of(good, minimums=MINIMUMS).text
    assert "Not passed" in page_of(good, minimums=MINIMUMS, quantile=0.1).text
    assert "No minimum was given" in page_of(good).text
    assert "Passed" in page_of(outcome({"a": 0.9, "b": HOLLOW}), minimums=MINIMUMS, allow_no_evidence=True).text


def test_a_reason_names_its_option_as_whoever_reads_the_page_types_it():
    bad = outcome({"a": 0.9, "b": NOTHING})
    assert "; allow_missing=True leaves them out" in page_of(bad, minimums=MINIMUMS).text
    flags = page_of(bad, minimums=MINIMUMS, said=lambda reason: reason.said(as_flag)).text
    assert "; --allow-missing leaves them out" in flags
    assert "allow_missing" not in flags


def test_a_score_with_partial_or_unknown_evidence_is_listed_and_counts_where_that_is_allowed():
    odd = outcome({"a": 0.9, "part": 0.31, "old": 0.32}, rests_on={"part": resting_on(SIGNALS, total=2), "old": {}})
    page = page_of(odd, minimums=MINIMUMS)
    for title in ("Scores with partial evidence 1", "Scores with unknown evidence 1"):
        assert title in page.text
    assert "0.310" not in page.text
    allowed = page_of(odd, minimums={RELIABILITY: 0.1}, allow_partial_evidence=True, allow_unknown_evidence=True)
    assert "Not everything was measured." in allowed.text
    assert "0.310" in allowed.text


def test_runs_that_are_not_there_not_read_or_not_over_are_said_to_be_so():
    gone = Outcome(run_id="6f2d3a52-0b0e-4b33-9a6c-3a2f9a1d7c10", target="session", run=None, result="deleted")
    stalled = outcome({"a": 0.9}, end="stalled", read=False, status="RUNNING", error_message="worker lost")
    page = page_of(gone, stalled, unfinished=["6f2d3a52-0b0e-4b33-9a6c-3a2f9a1d7c11"], minimums=MINIMUMS)
    for said in ("has no such run", "stalled", "RUNNING", "worker lost", "has not ended"):
        assert said in page.text


def test_what_the_service_counts_and_does_not_name_is_counted():
    text = page_of(outcome({"a": 0.9}, failed=2, by_filters=40, completed_at=moment(3 * 3600 + 120))).text
    assert "And 2 failed pairs that no score names." in text
    assert "And 39 sessions of runs by filters, which the service does not name." in text
    assert "after 3 h 2 min" in text


def test_one_outcome_needs_no_list():
    verdict = judge(WHOLE, MINIMUMS)
    assert render(WHOLE, verdict, now=NOW) == render([WHOLE], verdict, now=NOW)


def test_a_report_on_nothing_is_a_page_as_well():
    assert "No run was given." in page_of().text


def clean(text):
    """A text as the page shows it: what would hide or turn it is written out."""
    return "".join(
        ascii(c)[1:-1]
        if (c < " " and c not in "\t\n\r") or "\x7f" <= c < "\xa0" or c in "\u202e\u2066\u061c\u200e\u200f"
        else c
        for c in text
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text):
    run = outcome(
        {
            text: {RELIABILITY: 0.1, text: 0.2},
            f"{text}-2": FAILED,
            f"{text}-3": HOLLOW,
            f"{text}-4": NOTHING,
            f"{text}-5": text,
        },
        reasons={text: text},
        name=text,
        model=text,
        metrics=(RELIABILITY, text),
        weights={text: 1.0},
        status=text,
        error_message=text,
    )
    page = page_of(run, minimums={**MINIMUMS, text.replace("\0", ""): 0.5})
    assert {tag for tag, _ in page.elements} <= TAGS
    assert clean(text)[:100].replace("\r\n", "\n") in page.text.replace("\r\n", "\n")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_whatever_a_text_is_it_makes_no_element_and_no_attribute(text):
    made = element("p", {"title": text}, text, element("b", {}, text))
    page = Page(made)
    assert [tag for tag, _ in page.elements] == ["p", "b"]
    assert list(page.elements[0][1]) == ["title"]
    made.encode("utf-8")  # half a surrogate pair would not be


def test_nothing_is_fetched_and_nothing_can_be_run():
    text = render([WHOLE], judge([WHOLE], MINIMUMS))
    page = Page(text)
    assert page.all("script") == [{"type": "application/json", "id": "data"}, {}]
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcset")], tag
        for name in ("src", "href", "action", "xlink:href", "data"):
            assert attributes.get(name, "#")[0] == "#" or attributes[name] == "data:,", (tag, attributes)
    style, script = (
        (Path(package.__file__).parent / name).read_text(encoding="utf-8") for name in ("style.css", "page.js")
    )
    assert not re.search(r"url\(|@import|</", style)
    assert not re.search(
        r"fetch|XMLHttp|import|eval|Function|innerHTML|outerHTML|insertAdjacent|write\(|https?:|</", script
    )
    (policy,) = [each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    for tag, source in (("style", style), ("script", script)):
        digest = b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy
        assert f"<{tag}>{source}</{tag}>" in text
    assert policy.count("sha256-") == 2


def big(number, **more):
    kinds = {0: FAILED, 1: HOLLOW, 2: NOTHING, 3: "garbage"}
    return outcome({f"chat-{index:06}": kinds.get(index % 10, (index % 97) / 97) for index in range(number)}, **more)


def data_of(text):
    """What the page's script shows."""
    return json.loads(re.search('<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


@pytest.mark.slow
def test_ten_thousand_sessions_make_lists_no_longer_than_a_thousand_do_and_every_count_is_said():
    small, large = (render([each], judge([each], MINIMUMS), now=NOW) for each in (big(3000), big(10_000)))
    rest_of = [len(text) - len(json.dumps(data_of(text), separators=(",", ":"))) for text in (small, large)]
    assert rest_of[1] < 1.1 * rest_of[0] < 400_000
    assert len(large) < 1_000_000
    text = Page(large).text
    for said in (
        "10,000",
        "Failed pairs 1,000",
        "And 800 more of these.",
        "And 5,975 more scores",
        "Unusable scores 1,000",
    ):
        assert said in text
    data = data_of(large)
    assert len(data["rows"]) == 10_000
    values = [row[2] for row in data["rows"] if row[2] is not None]
    assert values == sorted(values)
    assert "missing" in data["texts"]


def test_of_more_scores_than_a_page_holds_the_lowest_are_in_it(monkeypatch):
    monkeypatch.setattr(package.every, "MOST", 3)
    text = render(outcome({f"s{number}": number / 10 for number in range(5)}))
    assert [row[0] for row in data_of(text)["rows"]] == ["s0", "s1", "s2"]
    assert "And 2 more scores, which are higher." in text


# --- the comparison ---------------------------------------------------------------------------------------------


def compared(**options):
    """A base and a candidate that is worse, and what is wrong with either."""
    both = {f"s{number}": 0.8 for number in range(12)}
    base = outcome(both | {"gone": 0.5, "failed": 0.7}, reasons={"s3": "Said before."})
    candidate = outcome(
        dict.fromkeys(both, 0.7) | {"s3": 0.1, "s4": 0.95, "new": 0.9, "failed": FAILED}, reasons={"s3": "Said after."}
    )
    return candidate, compare(base, candidate, **options)


def test_a_comparison_says_first_what_it_comes_to_and_then_why():
    candidate, comparison = compared()
    page = Page(render(candidate, comparison=comparison, now=NOW))
    text = page.text[page.text.index("Skip") :]
    assert text.index("Worse") < text.index("agent_reliability: worse: 0.8 to 0.6708") < text.index("moved most")
    for said in (
        "95% interval", "Better1", "Worse11", "Same0", "Said before.", "Said after.", "-0.700", "+0.150",
        "agent_reliability: only in the base 1", "agent_reliability: only in the candidate 1",
        "agent_reliability: not measured in the candidate 1",
    ):  # fmt: skip
        assert said in text, said
    assert "Comparison" not in page_of(candidate).text
    rows = {row[0]: row[5] for row in data_of(render(candidate, comparison=comparison))["rows"]}
    assert (rows["s3"], rows["new"]) == (0.8, None)


def test_what_cannot_be_told_and_what_is_not_worse_are_said_so():
    candidate, comparison = compared(max_drop=0.9)
    text = Page(render(candidate, comparison=comparison)).text
    assert "Not worse" in text
    assert "A mean may drop by 0.9." in text
    few = outcome({"a": 0.5, "b": 0.4})
    text = Page(render(few, comparison=compare(outcome({"a": 0.6, "b": 0.3}), few))).text
    assert "Cannot tell" in text
    apart = Page(render(few, comparison=compare(outcome({"c": 0.6, "d": 0.3}), few))).text
    assert "No session is on both sides" in apart
    with pytest.raises(InvalidArgument, match="must be what `compare` returned"):
        render(few, comparison=0.5)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text_in_a_comparison_and_in_a_title(text):
    both = {f"{text}{number}": 0.9 for number in range(8)}
    base = outcome({id_: {text: 0.9} for id_ in both}, reasons=dict.fromkeys(both, text), metrics=(text,))
    candidate = outcome({id_: {text: 0.1} for id_ in both}, reasons=dict.fromkeys(both, text), metrics=(text,))
    made = render(candidate, comparison=compare(base, candidate), title=text)
    page = Page(made)
    assert page.open == []
    assert {tag for tag, _ in page.elements} <= TAGS | {"circle"}
    assert clean(text)[:100] in data_of(made)["rows"][0][0]
    assert not set("<>&") & set(made.partition('id="data">')[2].partition("</script>")[0])


def test_a_page_may_have_a_title_of_its_own_and_else_says_what_it_is_about():
    page = Page(render(outcome({"a": 0.5}), title="Prompt 42 <b>"))
    assert page.texts.count("Prompt 42 <b>") == 2
    assert "Session evaluation report" in page_of(outcome({"a": 0.5})).text


# --- down to the traces -----------------------------------------------------------------------------------------


def signal(trace_id, name, value, **more):
    """A trace's score."""
    given = {"status": "SUCCESS", "reason": f"{name} of {trace_id}", "created_at": moment(1)} | more
    return Namespace(trace_id=trace_id, name=name, value=value, **given)


def test_below_a_score_are_its_traces_the_flagged_ones_first_with_the_signals_of_each():
    rests_on = resting_on(SIGNALS, {**SIGNALS, "confidence_risk": 0.9}, {"tool_risk": 0.0, "loop_risk": 0.2})
    good, bad, part = rests_on["per_trace_signals"]
    rests_on[rules("SessionScore").flagged] = [bad]
    found = outcome({"a": 0.1, "b": 0.9}, rests_on={"a": rests_on})
    said = [
        signal(bad, "confidence", "0.1", reason="It guesses."),
        signal(bad, "confidence", "0.1", reason="An older one.", created_at=moment(0)),
        signal(part, "coherence", None, status="FAILED", reason="The judge gave no answer."),
        signal(good, "confidence", "0.3", reason="Not this one."),
    ]
    verdict = judge(found, {RELIABILITY: 0.5}, allow_partial_evidence=True)
    assert traces_shown(found, verdict)[0] == bad
    text = Page(render(found, verdict, signals=said)).text
    below = text[text.index("3 traces, 1 flagged") :]
    assert below.index(f"{bad} flagged") < below.index(part) < below.index(good)
    for words in (
        "confidence 0.100It guesses.",
        "coherence not measuredThe judge gave no answer.",
        "loop_detection 0.800",
    ):
        assert words in below, words
    assert "Not this one" not in text
    assert "An older one" not in text
    low = {f"s{number}": 0.1 for number in range(30)}
    candidate = outcome(low | {"moved": 0.5}, rests_on={"moved": resting_on(SIGNALS, SIGNALS, SIGNALS, SIGNALS)})
    fourth = traces_shown(candidate, None, compare(outcome(low | {"moved": 0.9}), candidate))[3]
    assert fourth not in traces_shown(candidate), "it is not among the worst"
    doubtful = resting_on({"loop_risk": 0.0}, total=7)
    hollow = outcome({"a": 1.0}, rests_on={"a": doubtful})
    assert "1 of 7 traces" in page_of(hollow).text
    assert traces_shown(hollow) == [*doubtful["per_trace_signals"]]


def test_runs_that_are_gathered_one_by_one_make_the_same_page():
    low, flat = resting_on({**SIGNALS, "loop_risk": 0.9}), resting_on(SIGNALS, total=2)
    first = outcome({"a": 0.1, "b": FAILED, "c": 0.3, "d": 0.4}, rests_on={"a": low, "d": flat})
    again = outcome({"a": 0.2, "b": 0.9, "e": 0.5}, at=60, rests_on={"a": resting_on(SIGNALS, SIGNALS)})
    base = outcome({"a": 0.9, "c": 0.4})
    gathered = Gathered(base=Results.of(base))
    for each in (first, again):
        gathered.add(each)
    verdict, comparison = judge([first, again], MINIMUMS), compare(base, [first, again])
    assert render(gathered, verdict, comparison=comparison, now=NOW) == render(
        [first, again], verdict, comparison=comparison, now=NOW
    )
    assert traces_shown(gathered, verdict, comparison) == traces_shown([first, again], verdict, comparison)


def test_of_many_scores_those_are_kept_whole_that_are_shown(monkeypatch):
    monkeypatch.setattr(package.gathered, "WHOLE", 30)
    base = outcome({f"s{number:03}": 0.5 for number in range(400)})
    gathered = Gathered(base=Results.of(base))
    for begin in range(0, 400, 100):  # the best moved most
        gathered.add(outcome({f"s{number:03}": 0.5 + number / 1000 for number in range(begin, begin + 100)}))
    candidate = gathered.pairs.results
    comparison = compare(base, candidate)
    text = render(gathered, comparison=comparison, now=NOW)
    assert text.count('<details class="traces">') == 25 + len(comparison.metrics[0].moved) == 35


def test_of_many_traces_the_first_are_shown_and_the_others_counted():
    found = outcome({"a": 0.1}, rests_on={"a": resting_on(*[SIGNALS] * 40)})
    text = page_of(found).text
    assert "40 traces" in text
    assert "And 35 more traces, which look better." in text


def test_a_thousand_runs_are_described_by_the_first_hundred_and_a_count():
    text = page_of(*(outcome({f"s{index}": 0.9}) for index in range(1000))).text
    assert "And 900 more runs." in text


def test_the_page_has_its_landmarks_headings_captions_and_names():
    page = page_of(WHOLE, outcome({"x": {"agent_consistency": 0.5}}), minimums=MINIMUMS)
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("main"), tags.count("h1"), tags.count("nav"), tags.count("header")) == (1, 1, 1, 1)
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for reference in attributes.get("aria-labelledby", "").split():
            assert reference in ids
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids
    assert tags.count("table") == tags.count("caption") > 2
    assert all(attributes["scope"] in ("col", "row") for attributes in page.all("th"))
    for attributes in page.all("svg"):
        assert attributes.get("aria-hidden") == "true" or attributes["role"] == "img"
    assert tags.count("title") == 1 + tags.count("desc") == 3
    assert page.elements[0] == ("html", {"lang": "en"})


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_text_stands_out_from_its_ground_in_both_modes():
    """WCAG 2.2, AA: 4.5 to 1 for text, 3 to 1 for what is drawn."""
    style = (Path(package.__file__).parent / "style.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r":root \{([^}]*--bar[^}]*)\}", style)
    )
    pairs = [(text, ground, 4.5) for text in ("ink", "soft", "bad") for ground in ("ground", "paper", "wash")]
    pairs += [(kind, f"{kind}-wash", 4.5) for kind in ("good", "bad")] + [
        ("ink", "bad-wash", 4.5),
        ("ink", "good-wash", 4.5),
    ]
    pairs += [(drawn, "paper", 3) for drawn in ("bar", "below")] + [("focus", "ground", 3)]
    for colours in (light, dark):
        for text, ground, least in pairs:
            low, high = sorted((luminance(colours[text]), luminance(colours[ground])))
            assert (high + 0.05) / (low + 0.05) >= least, f"{text} on {ground}"


def test_an_outcome_shows_itself_in_a_notebook_in_a_frame_of_its_own():
    shown = WHOLE._repr_html_()
    page = Page(shown)
    assert [tag for tag, _ in page.elements] == ["iframe"]
    (frame,) = page.all("iframe")
    assert frame["sandbox"] == "allow-scripts"
    assert frame["title"]
    inner = Page(frame["srcdoc"])
    assert "bad" in inner.text
    assert inner.all("main")
