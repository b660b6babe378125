"""The page, in a headless Chromium: it moves as the runs move, and believes nothing that it is told."""

import json
import urllib.request

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once]

HOSTILE = [
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "'; --",
    "\u202egnp",
]


@pytest.fixture
def until(browser):
    from selenium.common.exceptions import StaleElementReferenceException  # it was drawn anew meanwhile
    from selenium.webdriver.support.wait import WebDriverWait

    wait = WebDriverWait(browser, 20, poll_frequency=0.05, ignored_exceptions=[StaleElementReferenceException])
    return lambda condition: wait.until(lambda _: condition())


def find(browser, css):
    return browser.find_elements("css selector", css)


def texts(browser, css):
    return [element.text for element in find(browser, css)]


def asked_for(browser, url):
    """Every address that the page has asked for, ours shortened to the path."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    addresses = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return {a.removeprefix(url).split("?")[0] for a in addresses if not a.startswith(("data:", "about:"))}


@pytest.mark.slow
def test_the_page_follows_a_run_and_shows_its_scores_escaped(browser, until, sandbox, clock, wire, url):
    browser.get(f"{url}/?every=100")
    until(lambda: "No runs yet" in browser.find_element("id", "empty").text)

    run_id = wire.create(
        *HOSTILE,
        "fail-1",
        "ghost-1",
        metrics=["agent_reliability", "agent_consistency"],
        name="<b>Nightly</b>",
    ).json()["id"]
    until(lambda: texts(browser, ".badge") == ["PENDING"])
    assert texts(browser, ".title")[0].startswith("<b>Nightly</b>")
    assert texts(browser, ".progress span") == ["0 of 6"]

    clock.advance(0.8)
    until(lambda: texts(browser, ".badge") == ["RUNNING"])
    assert texts(browser, ".progress span") == ["3 of 6"]
    assert find(browser, "progress")[0].get_property("value") == 3
    opener = find(browser, ".open")[0]
    opener.click()
    assert opener.get_attribute("aria-expanded") == "true"
    until(lambda: len(find(browser, ".scores tbody tr")) == 6)

    clock.advance(60)
    until(lambda: texts(browser, ".run .badge") == ["COMPLETED, with failures"])
    until(lambda: len(find(browser, ".scores tbody tr")) == 10)
    assert "<b>Nightly</b> is COMPLETED." in browser.find_element("id", "news").get_property("textContent")
    shown = {element.get_property("textContent") for element in find(browser, ".scores td:first-child")}
    assert shown == {*HOSTILE, "fail-1"}
    assert texts(browser, ".number.bad") == ["2"]
    assert find(browser, "main script, main img, main b") == []

    wire.create("a", name="Newer")
    until(lambda: [text.split("\n")[0] for text in texts(browser, ".title")] == ["Newer", "<b>Nightly</b>"])
    assert opener.get_attribute("aria-expanded") == "true"
    for run in wire.runs()["items"]:
        wire.delete(f"/evaluations/session-runs/{run['id']}")
    until(lambda: find(browser, ".run") == [])

    assert browser.title == "PandaProbe sandbox"
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []
    assert asked_for(browser, url) == {"/", "/_sandbox/state", f"/_sandbox/runs/{run_id}/scores"}


def trace(session_id, name, **more):
    return {"name": name, "session_id": session_id, "started_at": "2026-11-21T14:02:11+00:00", **more}


def test_the_page_shows_sessions_and_links_them_with_their_traces_and_scores(browser, until, clock, wire, url):
    browser.get(f"{url}/?every=100")
    for name in HOSTILE[:2]:
        wire.post("/traces", json=trace("chat/1", name, ended_at="2026-11-21T14:02:13.5+00:00"))
    wire.post("/traces", json=trace(HOSTILE[0], "late", status="ERROR"))
    until(lambda: [text.split("\n")[0] for text in texts(browser, "#sessions .title")] == [HOSTILE[0], "chat/1"])
    assert texts(browser, "#sessions .badge") == ["with errors", "no errors"]
    assert texts(browser, "#sessions .sub") == ["sandbox", "sandbox"]

    wire.create("chat/1", metrics=["agent_reliability"], name="Nightly")
    clock.advance(60)
    until(lambda: texts(browser, "#runs .badge") == ["COMPLETED"])
    find(browser, "#sessions .open")[1].click()
    until(lambda: len(find(browser, ".traces tbody tr")) == 2)
    shown = texts(browser, ".traces tbody tr")
    assert all("COMPLETED" in text and "2,500 ms" in text and "coherence 0." in text for text in shown)
    assert {text.split("\n")[0] for text in shown} == set(HOSTILE[:2])

    [to_run] = find(browser, ".of-session a")
    to_run.click()
    until(lambda: find(browser, "#runs .scores a"))
    assert browser.switch_to.active_element == find(browser, "#runs .open")[0]
    find(browser, "#sessions .open")[1].click()
    until(lambda: not any(each.is_displayed() for each in find(browser, ".traces")))
    find(browser, "#runs .scores a")[0].click()
    until(lambda: [each.is_displayed() for each in find(browser, ".traces")] == [True])
    assert browser.switch_to.active_element == find(browser, "#sessions .open")[1]

    wire.post("/traces", json=trace("chat/1", "more"))
    until(lambda: len(find(browser, ".traces tbody tr")) == 3)
    wire.delete(f"/traces/{wire.get('/traces', params={'name': 'late'}).json()['items'][0]['trace_id']}")
    until(lambda: len(find(browser, "#sessions .run")) == 1)
    assert [text.split("\n")[0] for text in texts(browser, "#sessions .title")] == ["chat/1"]
    assert find(browser, "main script, main img") == []
    assert browser.title == "PandaProbe sandbox"
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []
    assert asked_for(browser, url) >= {"/_sandbox/session"}


def test_on_a_phone_nothing_runs_off_the_screen(browser, until, clock, wire, url):
    wire.post("/traces", json=trace("s" * 250, "t" * 300, user_id="u" * 250))
    wire.create("x" * 300, "fail-" + "y" * 300, name="A name without a place to break" + "n" * 200)
    clock.advance(60)
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True},
    )
    browser.get(f"{url}/?every=100")
    until(lambda: find(browser, ".run"))
    find(browser, ".open")[0].click()
    until(lambda: len(find(browser, ".scores tbody tr")) == 2)
    find(browser, "#sessions .open")[0].click()
    until(lambda: find(browser, ".traces tbody tr"))
    assert browser.execute_script("return document.documentElement.scrollWidth") == 390


def test_only_the_newest_hundred_runs_are_shown(browser, until, sandbox, clock, wire, url):
    for index in range(105):
        if index % 50 == 0:
            clock.advance(61)
        wire.create(f"s-{index}", name=f"Run {index}")
    browser.get(f"{url}/?every=100")
    until(lambda: len(find(browser, ".run")) == 100)
    assert browser.find_element("id", "more").text == "The newest 100 of 105 runs are shown."


def test_it_says_when_the_sandbox_is_gone(browser, until, sandbox):
    with sandbox.serve() as url:
        browser.get(f"{url}/?every=100")
        until(lambda: browser.find_element("id", "empty").is_displayed())
        with urllib.request.urlopen(f"{url}/_sandbox/state") as answer:
            assert answer.status == 200
    until(lambda: browser.find_element("id", "trouble").is_displayed())
