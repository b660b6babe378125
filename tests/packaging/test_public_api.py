"""A change that breaks users does not pass for one that does not: api.txt, and who guards it."""

import pytest

from tools.api import FILE, ROOT, breaking, head, judge, load, promises

OLD = (
    head("0.3.1")
    + "p.Client: class\np.Client.get(1 id): str, required\np.Client.get(page=): int = 50\np.Client.get: returns Run\n"
)
RELEASED = "## [Unreleased]\n\n## [0.3.1] - 2026-01-01\n"


@pytest.mark.slow
@pytest.mark.once
def test_the_file_is_what_the_code_offers():
    assert FILE.read_text(encoding="utf-8").splitlines()[1:] == promises(load())


@pytest.mark.slow
@pytest.mark.once
def test_it_holds_what_users_call_and_nothing_private():
    lines = promises(load())
    assert "pandaprobe_evals_api.resources.SessionRuns.create_batch(session_ids=): Iterable[str], required" in lines
    assert "pandaprobe_evals.PandaProbe.base_url: attribute" in lines  # of a private base
    assert "pandaprobe_evals.QuotaExceeded: is a APIStatusError" in lines
    assert not [line for line in lines if "._" in line.partition("(")[0].replace(".__init__", "")]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("p.Client.get(page=): int = 50\n", ""),
        ("p.Client.get(page=): int = 50\n", "p.Client.get(page=): int = 20\n"),
        ("p.Client.get(page=)", "p.Client.get(size=)"),
        ("(1 id)", "(2 id)"),
        ("returns Run", "returns Run | None"),
        ("p.Client.get:", "p.Client.get(2 scope): str, required\np.Client.get:"),
    ],
    ids=["removed", "another default", "renamed", "moved", "another result", "a new one that must be given"],
)
def test_what_breaks_a_caller_needs_a_version_that_says_so(was, becomes):
    new = OLD.replace(was, becomes)
    assert new != OLD
    fine, told = judge(OLD, new, RELEASED)
    assert not fine
    assert "set __version__ to 0.4.0" in told[-1]
    assert judge(OLD, new.replace("0.3.1", "0.4.0"), RELEASED)[0]
    assert not judge(OLD, new.replace("0.3.1", "0.3.2"), RELEASED)[0]


def test_from_1_0_on_the_major_number_says_it():
    old, changelog = OLD.replace("0.3.1", "1.2.0"), RELEASED.replace("0.3.1", "1.2.0")
    new = old.replace("returns Run", "returns None")
    assert not judge(old, new.replace("1.2.0", "1.3.0"), changelog)[0]
    assert judge(old, new.replace("1.2.0", "2.0.0"), changelog)[0]


def test_what_is_new_breaks_nobody():
    new = OLD + "p.Client.get(size=): int = 1\np.Other: class\np.Other.__init__(1 name): str, required\n"
    assert breaking(OLD, new) == []


def test_before_the_first_release_nobody_can_be_broken():
    assert judge(OLD, head("0.3.1"), "## [Unreleased]\n")[0]


def test_the_version_stands_in_one_place():
    import pandaprobe_evals

    sources = [*(ROOT / "overlays").rglob("*.py"), ROOT / "pyproject.toml"]
    found = [path.name for path in sources if f'"{pandaprobe_evals.__version__}"' in path.read_text(encoding="utf-8")]
    assert found == ["version.py"]
