"""What the README tells people to paste works when pasted."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def exported():
    """The environment that the sandbox command tells people to export."""
    command = [sys.executable, "-m", "pandaprobe_evals.cli", "sandbox", "--port", "0", "--speed", "20"]
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
            yield {**os.environ, **said}
        finally:
            process.terminate()


@pytest.mark.parametrize("code", [code for language, code in BLOCKS if language == "python"])
def test_the_readmes_python_runs_as_it_stands(code, exported):
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=exported,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    if "print(" in code:
        assert re.search(r"^support-chat-471[12] agent_\w+ [01]\.\d+ \S", run.stdout, re.MULTILINE), run.stdout


def test_every_make_target_that_the_documents_name_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        named = {word for line in re.findall(r"(?:^\$ |`)make ([a-z -]+)", text, re.MULTILINE) for word in line.split()}
        assert named <= targets, document


def test_every_file_that_the_documents_link_to_exists():
    for document in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (ROOT / target).exists(), f"{document}: {target}"
