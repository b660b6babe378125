"""What tests of more than one folder need: a headless Chromium, one for all; and fewer cases of each test, where asked."""

import gc
import os
import random
import shutil
import signal
import zlib
from collections import defaultdict

import pytest

CHROMIUM = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")
UNTRACED = {
    name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTHONDONTWRITEBYTECODE"))
}
"""The environment for programs whose imports are looked at: coverage would add its own, and what is compiled is kept."""

# Whoever starts the tests in the background has them, and every command that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption(
        "--cases",
        choices=("first", "last", "both", "each"),
        help="of each parametrized test run the first or the last case, or both; or, with `each`, as many as it takes for "
        "every value of each parameter to be among them",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc):
    """Where the first and last case are enough, make no others: there are thousands, and each worker makes them."""
    if metafunc.config.getoption("--cases") in (None, "each"):
        return
    for node in metafunc.definition.listchain():
        node.own_markers[:] = [ends(mark) if mark.name == "parametrize" else mark for mark in node.own_markers]


def ends(mark):
    """A parametrization by its first and last values, and those with a mark of their own, which -m may leave out."""
    names, values, *more = mark.args
    values = list(values)
    plain = [place for place, value in enumerate(values) if not getattr(value, "marks", ())]
    kept = sorted({*range(len(values))} - {*plain[1:-1]})
    said = dict(mark.kwargs)
    if said.get("ids") and not callable(said["ids"]):
        ids = list(said["ids"])
        said["ids"] = [ids[place] for place in kept]
    return pytest.mark.parametrize(names, [values[place] for place in kept], *more, **said).mark


@pytest.hookimpl(trylast=True)  # after -m and -k have left out theirs
def pytest_collection_modifyitems(config, items):
    if not (wanted := config.getoption("--cases")):
        return
    tests = defaultdict(list)
    for item in items:
        tests[item.nodeid.partition("[")[0]].append(item)
    kept = {case for cases in tests.values() for case in few(cases, wanted)}
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]
    # File by file as chance has it: in order, those that wait for real clocks come together, and processors stand still.
    items.sort(key=lambda item: ("browser" not in item.keywords, zlib.crc32(item.path.name.encode())))


def pytest_collection_finish():
    """What was imported and collected is there to the end: no collection of garbage has to look through it again."""
    gc.collect()
    gc.freeze()


def few(cases, wanted):
    """Choose among the cases of one test."""
    if wanted != "each":
        return {cases[place] for place in {"first": (0,), "last": (-1,), "both": (0, -1)}[wanted]}
    seen, kept = set(), []
    for case in random.Random(20261122).sample(cases, len(cases)):  # values meet others by chance, each time the same
        values = case.callspec.params if hasattr(case, "callspec") else {}
        choices = {(name, key(value)) for name, value in values.items()} or {None}
        if not choices <= seen:
            seen |= choices
            kept.append(case)
    return kept


def key(value):
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    if not CHROMIUM or not DRIVER:
        pytest.skip("no browser here: apt-get install chromium chromium-driver")
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--window-size=1280,900", f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(executable_path=DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser(chromium):
    chromium.get("about:blank")
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.get_log("browser"), chromium.get_log("performance")  # forget what went before
    return chromium
