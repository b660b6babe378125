"""The workflows cannot run here, but what they run can: make targets, by pinned actions with the least permissions."""

import re

import pytest
import yaml

from tools.api import ROOT
from tools.release import problems

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def jobs(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_step_of_a_workflow_is_a_target_that_runs_here(path):
    for job in jobs(path):
        named = job.get("strategy", {}).get("matrix", {}).get("target", [])
        for command in [step["run"] for step in job["steps"] if "run" in step]:
            first, *words = command.split()
            assert first in ("make", ".ci/run"), command
            named += [word for word in words if re.fullmatch(r"[a-z-]+", word)]
        assert set(named) <= TARGETS, path.name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_a_commit_and_says_its_version(path):
    for line in re.findall(r"uses: (.*)", path.read_text(encoding="utf-8")):
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_may_write_but_the_jobs_that_attest_and_publish(path):
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(document["permissions"].values()) <= {"read"}
    for name, job in document["jobs"].items():
        writes = {what for what, how in job.get("permissions", {}).items() if how == "write"}
        assert writes == {"attest": {"attestations", "id-token"}, "publish": {"id-token"}}.get(name, set())


def test_the_hooks_before_a_commit_are_targets_too():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    assert {hook["entry"].removeprefix("make ") for hook in hooks} <= TARGETS


def test_a_tree_is_released_only_as_what_it_says_it_is(tmp_path):
    package = tmp_path / "overlays" / "pandaprobe_evals"
    package.mkdir(parents=True)
    (package / "version.py").write_text('__version__ = "0.2.0"\n', encoding="utf-8")
    (tmp_path / "api.txt").write_text("# The public API of pandaprobe-evals 0.2.0: a line\n", encoding="utf-8")
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n- This.\n", encoding="utf-8")
    assert problems("v0.2.0", tmp_path) == []
    assert len(problems("v0.2.1", tmp_path)) == 1
    changelog.write_text("## [Unreleased]\n\n- This.\n", encoding="utf-8")
    assert len(problems("v0.2.0", tmp_path)) == 2
