"""What the README and the site tell people to paste works when pasted, from top to bottom of each page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .blocks import ROOT, Reader, blocks

SITE = sorted((ROOT / "docs").rglob("*.md"))
AGENTS = ROOT / "overlays" / "pandaprobe_evals" / "cli" / "AGENTS.md"
PAGES = [ROOT / "README.md", ROOT / "AGENTS.md", AGENTS, *SITE]
BLOCKS = {page: blocks(page) for page in PAGES}
# Stands in for pip, which is not asked to fetch anything: what a page installs must be what this project or its tests have.
PIP = f"""#!{sys.executable}
import importlib.metadata, sys
from packaging.requirements import Requirement
for text in [word for word in sys.argv[2:] if not word.startswith("-")]:
    wanted = Requirement(text)
    known = importlib.metadata.distribution(wanted.name).metadata.get_all("Provides-Extra", [])
    assert wanted.extras <= set(known), f"{{text}}: there are only the extras {{known}}"
"""


@pytest.fixture(scope="module")
def exported():
    """The environment that the sandbox command tells people to export."""
    command = [sys.executable, "-m", "pandaprobe_evals.cli", "sandbox", "--port", "0", "--speed", "20"]
    command += ["--read-limit", "2000/60"]  # all pages ask one sandbox; a reader's answers one page
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            said = {}
            for line in process.stdout:
                if line.startswith("export "):
                    name, _, value = line.removeprefix("export ").strip().partition("=")
                    said[name] = value
                if len(said) == 3:
                    break
            yield said
        finally:
            process.terminate()


@pytest.fixture
def reader(exported, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    pip = programs / "pip"
    pip.write_text(PIP, encoding="utf-8")
    pip.chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    home = tmp_path / "home"
    home.mkdir()
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("PANDAPROBE_", "XDG_"))}
    return Reader(home, {**clean, **exported, "PATH": path, "HOME": str(home), "COLUMNS": "120"})


def steps(block):
    """The commands of a block that is a GitHub workflow."""
    document = yaml.safe_load(block.code) if block.language == "yaml" else None
    jobs = document.get("jobs", {}) if isinstance(document, dict) else {}
    return [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(block.is_code or steps(block) for block in BLOCKS[page])],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_reader_who_pastes_every_block_of_a_page_gets_what_it_says(page, reader):
    for block in BLOCKS[page]:
        reader.follow(block)
    for block in BLOCKS[page]:
        for command in steps(block):
            assert reader.sh(command) == 0, f"{block.where}: {command}\n{reader.printed}{reader.complaints}"


@pytest.mark.slow
@pytest.mark.once
def test_the_ten_lines_print_scores_and_are_the_same_on_both_front_pages(reader):
    readme, index = (
        next(b for b in BLOCKS[ROOT / page] if b.runs and b.language == "python")
        for page in ("README.md", "docs/index.md")
    )
    assert readme.code == index.code
    reader.follow(readme)
    assert re.search(r"^support-chat-471[12] agent_\w+ [01]\.\d+ \S", reader.printed, re.MULTILINE), reader.printed


def test_a_block_that_does_not_run_names_the_test_that_runs_it():
    for found in BLOCKS.values():
        for block in found:
            kind, _, name = block.mark.partition(", ")
            assert re.fullmatch(r"|background|fails \d+|elsewhere", kind), block.where
            assert kind != "elsewhere" or (ROOT / "tests" / name).exists(), block.where


def test_every_make_target_that_the_documents_name_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        text = page.read_text(encoding="utf-8")
        named = {word for line in re.findall(r"(?:^\$ |`)make ([a-z -]+)", text, re.MULTILINE) for word in line.split()}
        assert named <= targets, page


def test_every_trap_has_a_test_that_there_is():
    rows = re.findall(
        r"^\| (\d+) \| .* \| (.*?) \|$", (ROOT / "docs/contract-tests.md").read_text("utf-8"), re.MULTILINE
    )
    assert [int(number) for number, _ in rows] == list(range(1, 18))
    for number, cell in rows:
        named = re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", cell)
        assert named, number
        for path, name in named:
            assert f"def {name}(" in (ROOT / "tests" / path).read_text("utf-8"), f"{number}: {path}::{name}"


def test_no_operation_of_the_contract_needs_more_than_an_api_key():
    """What stands under organizations, subscriptions and me refuses one."""
    paths = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))["paths"]
    assert {path.split("/")[1] for path in paths} == {"evaluations", "sessions", "traces"}


def anchors(page: Path) -> set[str]:
    """Where a link into a page may lead: its headings, as the site names them."""
    headings = re.findall(
        r"^#+ (.+)$", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def test_every_link_of_a_document_leads_somewhere():
    for page in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\((?!https?:)([^)]+)", page.read_text(encoding="utf-8")):
            name, _, anchor = target.partition("#")
            found = page.parent / name if name else page
            if name.endswith("contract.md"):  # made with the site
                continue
            assert found.exists(), f"{page}: {target}"
            assert not anchor or anchor in anchors(found), f"{page}: {target}"


def test_every_page_has_its_place_on_the_site():
    def pages(nav):
        return {
            name
            for item in nav
            for value in item.values()
            for name in ([value] if isinstance(value, str) else pages(value))
        }

    nav = pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])
    assert nav == {str(page.relative_to(ROOT / "docs")) for page in SITE} | {"contract.md"}


def test_the_map_of_the_house_names_every_module():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    package = ROOT / "overlays" / "pandaprobe_evals"
    modules = {path.name for path in package.glob("*.py")} | {
        f"{path.parent.name}/" for path in package.glob("*/__init__.py")
    }
    assert [name for name in sorted(modules - {"__init__.py"}) if f"`{name}`" not in text] == []
