"""The report in a headless Chromium: ten thousand sessions, hostile texts, narrow and dark, by keyboard."""

import pytest
from pandaprobe_evals import compare
from pandaprobe_evals.report import for_notebook, render
from pandaprobe_evals.verdict import judge

from .made import FAILED, HOLLOW, NOTHING, RELIABILITY, outcome
from .test_report import HOSTILE, big

pytestmark = [pytest.mark.browser, pytest.mark.once]

MINIMUMS = {RELIABILITY: 0.8, "agent_consistency": 0.5}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    kinds = [0.01, FAILED, HOLLOW, NOTHING]
    hostile = outcome(
        {f"{text}{index}": kind for text in HOSTILE for index, kind in enumerate(kinds)},
        reasons={f"{text}0": text for text in HOSTILE},
        name=HOSTILE[0],
        model=HOSTILE[1],
        metrics=(RELIABILITY, *HOSTILE),
        weights=dict.fromkeys(HOSTILE, 1.0),
        error_message=HOSTILE[2],
    )
    file = tmp_path_factory.mktemp("report") / "report.html"
    runs = [big(10_000, name="Nightly"), hostile]
    base = big(900, reasons={f"chat-{index:06}": text for index, text in enumerate(HOSTILE)})
    rows = [{**row, "value": row["value"] and min(1.0, row["value"] + 0.001)} for row in base.to_dicts()]
    page = render(
        runs,
        judge(runs, MINIMUMS, unfinished=HOSTILE),
        comparison=compare(rows, runs, metrics=[RELIABILITY]),
        unfinished=HOSTILE,
    )
    file.write_text(page, encoding="utf-8")
    return file.as_uri()


CLICK = "arguments[0].click()"
"""A page that scrolls smoothly is still moving where a pointer would be."""


CHOOSE = """
const control = document.getElementById(arguments[0]);
control.value = [...control.options].find(option => option.text === arguments[1]).value;
control.dispatchEvent(new Event("input", {bubbles: true}));
"""


def messages(browser):
    return [entry for entry in browser.get_log("browser") if entry["level"] != "DEBUG"]


def size(browser, width, *, scheme="light"):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_without_a_word_in_the_console_and_fits_the_screen(browser, page, width, scheme):
    size(browser, width, scheme=scheme)
    browser.get(page)
    assert messages(browser) == []
    assert browser.title == "Session evaluation report"  # no text has run
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script("return document.scripts.length + document.images.length") == 2
    ground = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(246, 247, 249)" if scheme == "light" else "rgb(17, 21, 28)")


def test_tables_stay_tables_for_a_screen_reader_on_a_phone(browser, page):
    from selenium.webdriver.support.wait import WebDriverWait

    def read(browser):
        """The tree, which is there some time after its page."""
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        return len(nodes) > 1 and nodes

    size(browser, 360)
    browser.get(page)
    nodes = WebDriverWait(browser, 10).until(read)
    roles = [node["role"]["value"] for node in nodes if not node.get("ignored")]
    for role in ("main", "banner", "navigation", "table", "rowheader", "columnheader", "cell", "heading"):
        assert role in roles, role
    figures = [node for node in nodes if node["role"]["value"] in ("image", "img") and not node.get("ignored")]
    assert "Distribution of agent_reliability" in [figure["name"]["value"] for figure in figures]
    assert any("below the minimum of 0.8" in figure.get("description", {}).get("value", "") for figure in figures)


def test_it_is_read_by_keyboard(browser, page):
    from selenium.webdriver.common.keys import Keys

    size(browser, 1280)
    browser.get(page)
    browser.find_element("css selector", "body").send_keys(Keys.TAB)
    first = browser.switch_to.active_element
    assert first.text == "Skip to the verdict"
    assert first.rect["y"] >= 0
    outline = browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    closed = browser.find_element("css selector", "details.list:not([open]) summary")
    closed.send_keys(Keys.ENTER)
    assert browser.execute_script("return arguments[0].parentElement.open", closed)


def test_in_a_notebook_neither_style_reaches_the_other(browser, tmp_path):
    shown = for_notebook([outcome({"a": 0.9, HOSTILE[0]: 0.1})])._repr_html_()
    notebook = tmp_path / "notebook.html"
    notebook.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><style>h1, td {{ color: rgb(1, 2, 3) !important }}</style><h1>Mine</h1>{shown}",
        encoding="utf-8",
    )
    size(browser, 1280)
    browser.get(notebook.as_uri())
    assert messages(browser) == []
    colour = "return getComputedStyle(document.querySelector('h1')).color"
    assert browser.execute_script(colour) == "rgb(1, 2, 3)"
    browser.switch_to.frame(browser.find_element("css selector", "iframe"))
    assert browser.find_element("css selector", "h1").text == "Session evaluation report"
    assert browser.find_element("css selector", "h1").value_of_css_property("color") == "rgba(27, 35, 48, 1)"
    assert "2 of 2" in browser.find_element("css selector", "#every [role=status]").text  # its script runs, too


def cells(browser, name):
    """The texts of a column of all scores, as shown."""
    return [each.text for each in browser.find_elements("css selector", f"#every tbody .{name}")]


def status(browser):
    return browser.find_element("css selector", "#every [role=status]").text


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_all_scores_are_sorted_filtered_and_shown_by_fifties(browser, page, width):
    size(browser, width)
    browser.get(page)
    assert status(browser).startswith("1 to 50 of ")
    pages = browser.find_elements("css selector", "#every .pages button")
    assert [each.is_enabled() for each in pages] == [False, True]
    browser.execute_script(CLICK, pages[1])
    assert status(browser).startswith("51 to 100 of ")
    change = browser.find_element("css selector", "#every th.change button")
    browser.execute_script(CLICK, change)
    assert status(browser).startswith("1 to 50 of ")
    changes = [float(each.split()[-1]) for each in cells(browser, "change")]
    assert changes == sorted(changes)
    assert changes[0] < 0
    browser.execute_script(CLICK, change)
    assert browser.find_element("css selector", "#every th.change").get_attribute("aria-sort") == "descending"
    assert [float(each.split()[-1]) for each in cells(browser, "change")] != changes
    browser.find_element("id", "find").send_keys("CHAT-00012")
    assert status(browser).startswith("1 to 10 of 10, of ")
    assert all("chat-00012" in each for each in cells(browser, "session"))
    browser.execute_script(CHOOSE, "of-evidence", "failed")
    assert status(browser).startswith("1 to 1 of 1, of ")
    browser.execute_script(CHOOSE, "of-evidence", "all")
    browser.find_element("id", "find").clear()
    browser.find_element("id", "find").send_keys("no such session")
    assert status(browser) == "None."
    assert messages(browser) == []


def test_a_list_is_sorted_by_its_heads_and_what_is_empty_comes_last(browser, tmp_path):
    file = tmp_path / "report.html"
    found = outcome({"s10": 0.3, "s9": 0.1, "s100": 0.2}, reasons={"s9": "b", "s10": "", "s100": "a"})
    file.write_text(render(found), encoding="utf-8")
    size(browser, 1280)
    browser.get(file.as_uri())

    def ids():
        return [each.text for each in browser.find_elements("css selector", "#worst tbody th")]

    assert ids() == ["s9", "s100", "s10"]
    head = browser.find_element("css selector", "#worst thead th.session button")
    browser.execute_script(CLICK, head)
    assert ids() == ["s9", "s10", "s100"]
    browser.execute_script(CLICK, head)
    assert ids() == ["s100", "s10", "s9"]
    browser.execute_script(CLICK, browser.find_element("css selector", "#worst thead th.score button"))
    assert ids() == ["s9", "s100", "s10"]


CROSSED = """
const box = e => { const b = e.getBBox(); return {left: b.x, right: b.x + b.width, top: b.y, bottom: b.y + b.height}; };
const labels = [...document.querySelectorAll(".label")].map(box), lines = [...document.querySelectorAll(".mark")].map(box);
const over = (a, b) => a.left < b.right && b.left < a.right && a.top + 1 < b.bottom && b.top + 1 < a.bottom;
return labels.length == 2 && labels.every(a => a.left >= 0 && a.right <= 400 && a.top >= 0)
  && !labels.some((a, i) => lines.concat(labels.slice(0, i)).some(b => over(a, b) || (b.left == b.right && a.left < b.left
    && b.left < a.right && b.top + 1 < a.bottom)));
"""


@pytest.mark.parametrize("minimum", [0.0, 0.02, 0.123457, 0.48, 0.5, 0.79, 0.987654, 1.0])
def test_no_label_of_a_chart_lies_on_another_or_on_a_line(browser, tmp_path, minimum):
    for away in (-0.3, -0.02, 0.0, 0.01, 0.1):
        found = outcome({"a": round(min(1.0, max(0.0, minimum + away)), 4)})
        file = tmp_path / "report.html"
        file.write_text(render(found, judge(found, {RELIABILITY: minimum})), encoding="utf-8")
        size(browser, 1280)
        browser.get(file.as_uri())
        assert browser.execute_script(CROSSED), away
