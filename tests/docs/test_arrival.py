"""Whoever arrives: told how to install before the first code, shown what it looks like."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from tools import pictures

ROOT = Path(__file__).resolve().parents[2]
FIRST = [ROOT / "README.md", ROOT / "docs" / "index.md"]


@pytest.mark.parametrize("page", FIRST, ids=lambda page: page.name)
def test_how_to_install_is_said_before_the_first_code(page):
    text = page.read_text(encoding="utf-8")
    install = text.index("pip install '.[cli,sandbox]'")
    assert install < text.index("```python")
    assert ".venv/bin" in text[: text.index("```python")]


@pytest.mark.parametrize("page", FIRST, ids=lambda page: page.name)
def test_the_pictures_are_there_small_and_have_words_for_those_who_do_not_see_them(page):
    found = re.findall(r"!\[([^]]+)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    assert {Path(target).name for _, target in found} == {"terminal.svg", "report.png"}
    for _, target in found:
        assert 1_000 < (page.parent / target).stat().st_size < 100_000


def test_the_first_page_names_every_extra_that_there_is():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    page = (ROOT / "docs" / "first-evaluation.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| `(\w+)` \|", page) == list(extras)
    assert set(re.findall(r"pip install '\.\[(.*?)\]'", page)[0].split(",")) <= extras.keys()


@pytest.mark.slow
def test_the_terminal_is_drawn_from_what_the_command_prints_and_asks_nothing_of_the_network(tmp_path):
    shown = pictures.run(tmp_path)
    assert [words.split()[1] for words, _ in shown] == ["submit", "gate", "report"]
    assert "0.771" in shown[0][1]
    assert "Not passed" in shown[1][1]
    assert not any("creating runs" in said or "evaluated \u2501" in said for _, said in shown)
    assert "Not passed" in (tmp_path / "report.html").read_text(encoding="utf-8")
    drawn, kept = pictures.terminal(shown), (pictures.ASSETS / "terminal.svg").read_text(encoding="utf-8")
    without_ids = [re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "RUN", svg) for svg in (drawn, kept)]
    assert without_ids[0] == without_ids[1], "draw it anew: python -m tools.pictures"
    for svg in (drawn, kept):
        assert set(re.findall(r"https?://[^\"\s)]+", svg)) <= {
            "http://www.w3.org/2000/svg",
            "https://www.textualize.io",
        }


def described(tmp_path, **environment):
    """What is uploaded to an index, as it shows it: the addresses, and the page."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    without = {name: value for name, value in os.environ.items() if name not in ("REPOSITORY_URL", "GITHUB_REF_NAME")}
    subprocess.run(build, cwd=ROOT, env={**without, **environment}, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        found = message_from_bytes(archive.read(name))
    assert found["Description-Content-Type"].startswith("text/markdown")
    return found.get_all("Project-URL"), found.get_payload(decode=True).decode()


def targets(page):
    """Where the links of a page lead, without those of its code."""
    return re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```", "", page, flags=re.DOTALL))


@pytest.mark.once
def test_an_index_shows_links_that_lead_somewhere(tmp_path):
    urls, page = described(tmp_path, REPOSITORY_URL="https://git.example/a/b", GITHUB_REF_NAME="v9.9.9")
    assert "Repository, https://git.example/a/b" in urls
    assert all(target.startswith("https://") for target in targets(page))
    assert "(https://git.example/a/b/blob/v9.9.9/docs/waiting.md)" in page
    assert "(https://git.example/a/b/raw/v9.9.9/docs/assets/report.png)" in page


@pytest.mark.once
def test_without_an_address_an_index_shows_no_link_that_leads_nowhere(tmp_path):
    urls, page = described(tmp_path)
    assert urls == ["PandaProbe, https://www.pandaprobe.com"]
    assert targets(page) == ["https://www.pandaprobe.com"]
    assert "Waiting" in page
