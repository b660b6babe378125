"""docs/testing.md does what it says: its blocks are run as they stand, as a user's tests, in a process of their own."""

import re
from pathlib import Path

import pytest

pytest_plugins = "pytester"
pytestmark = pytest.mark.once

OTHERS = (
    "xdist",
    "asyncio",
    "schemathesis",
    "hypothesispytest",
    "pytest_cov",
)  # of our own suite; some take seconds to load
PLAIN = ("-p", "no:cacheprovider", *(word for name in OTHERS for word in ("-p", f"no:{name}")))
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r'```python title="(\w+\.py)"\n(.*?)```', PAGE, re.DOTALL))
SHORT = ("test_lost_answer.py", "test_quota.py", "test_stuck.py")


@pytest.fixture
def users(pytester, monkeypatch):
    """A folder with the user's own files, where sleeping for real is an error."""
    for name, text in FILES.items():
        (pytester.path / name).write_text(text, encoding="utf-8")
    (pytester.path / "conftest.py").write_text(
        "import time\nimport pytest\n\n"
        "@pytest.fixture(autouse=True)\ndef no_real_sleep(monkeypatch):\n"
        "    def refuse(seconds):\n        assert seconds == 0, f'slept {seconds} s for real'\n"
        "    monkeypatch.setattr(time, 'sleep', refuse)\n",
        encoding="utf-8",
    )
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    return pytester


@pytest.mark.slow
def test_every_block_of_the_page_passes_and_none_sleeps_for_real(users):
    assert len(FILES) == PAGE.count("```python")
    run = users.runpytest_subprocess("-W", "error", "--strict-markers", *PLAIN)
    run.assert_outcomes(passed=len(FILES) - 1)  # nightly.py is what is tested


@pytest.mark.parametrize("name", SHORT)
def test_a_lost_answer_a_quota_and_a_stuck_run_take_five_lines_each(name):
    _, _, test = FILES[name].partition("def test_")
    assert len(f"def test_{test}".strip().splitlines()) <= 5
