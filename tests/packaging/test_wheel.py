"""What is uploaded is what was meant: built as for a release, installed alone and with each extra, every module imported.

Nothing is fetched: the wheel is installed by pip, and what it asks for is linked from this environment, which the lock
made, into virtual environments that hold nothing else.
"""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.message import Message
from email.parser import Parser
from importlib.metadata import distribution
from pathlib import Path

import pandaprobe_evals
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = {"cli", "sandbox", "shared", "contract", "stats", "export", "all"}
PACKAGES = {"pandaprobe_conformance", "pandaprobe_evals", "pandaprobe_evals_api", "pandaprobe_sandbox"}
# Imports every module and prints what failed, and how.
IMPORT_ALL = """
import importlib, importlib.util, json, pkgutil, sys
failed, count = {}, 0
for package in sys.argv[1:]:
    (folder,) = importlib.util.find_spec(package).submodule_search_locations
    found = pkgutil.walk_packages([folder], package + ".", onerror=lambda name: None)
    for module in [package, *(module.name for module in found)]:
        if not module.endswith("__main__"):
            count += 1
            try:
                importlib.import_module(module)
            except Exception as error:
                failed[module] = [type(error).__name__, str(error)]
print(json.dumps([count, failed]))
"""
pytestmark = [pytest.mark.slow, pytest.mark.once]


def build(source: Path, target: str, into: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, text=True)
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


def files_of(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def needed(requirements: list[Requirement], extra: str) -> set[str]:
    """The distributions that a set of requirements brings, with all that these bring in turn."""
    found: set[tuple[str, str]] = set()
    open_ = [(requirement, extra) for requirement in requirements]
    while open_:
        requirement, extra = open_.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in found:
                found.add((name, wanted))
                open_ += [(Requirement(text), wanted) for text in distribution(name).requires or ()]
    return {name for name, _ in found} - {"pandaprobe-evals"}


class Environment:
    """A virtual environment with nothing in it."""

    def __init__(self, where: Path) -> None:
        venv.create(where, with_pip=False, symlinks=True)
        (self.site,) = where.glob("lib/python*/site-packages")
        self.bin = where / "bin"


class Alone(Environment):
    """With the wheel as pip installs it, which takes a second or two."""

    def __init__(self, where: Path, wheel: Path) -> None:
        super().__init__(where)
        environment = {**os.environ, "PIP_CONFIG_FILE": os.devnull}
        pip = [sys.executable, "-m", "pip", "--python", str(self.bin / "python"), "install", "--quiet"]
        offline = ["--no-index", "--no-deps", "--disable-pip-version-check", str(wheel)]
        subprocess.run([*pip, *offline], env=environment, check=True, capture_output=True, text=True)


class Installed(Environment):
    """With what pip installed of the wheel, what an extra brings, and nothing else."""

    def __init__(self, where: Path, alone: Alone, wheel: Path, extra: str) -> None:
        super().__init__(where)
        for entry in alone.site.iterdir():
            (self.site / entry.name).symlink_to(entry)
        for script in alone.bin.glob("pandaprobe*"):
            (self.bin / script.name).write_text(script.read_text().replace(str(alone.bin), str(self.bin)))
            (self.bin / script.name).chmod(0o755)
        requirements = [Requirement(text) for text in metadata_of(wheel).get_all("Requires-Dist", [])]
        for name in needed(requirements, extra):
            for entry in {file.parts[0] for file in distribution(name).files or () if file.parts[0] != ".."}:
                if not (link := self.site / entry).exists():
                    link.symlink_to(Path(distribution(name).locate_file(entry)))  # type: ignore[arg-type]  # on a disk, a Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        name, *rest = command
        clean = {key: text for key, text in os.environ.items() if not key.startswith(("PYTHON", "COVERAGE", "COV_"))}
        return subprocess.run(
            [self.bin / name, *rest], cwd=self.bin, env=clean, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    alone = Alone(tmp_path_factory.mktemp("alone"), wheel)
    made: dict[str, Installed] = {}

    def install(extra: str) -> Installed:
        if extra not in made:
            made[extra] = Installed(tmp_path_factory.mktemp(f"with-{extra or 'nothing'}"), alone, wheel, extra)
        return made[extra]

    return install


def test_the_core_asks_for_three_libraries_and_no_more(wheel):
    metadata = metadata_of(wheel)
    requirements = [Requirement(text) for text in metadata.get_all("Requires-Dist", [])]
    assert {one.name for one in requirements if not one.marker} == {"httpcore", "httpx", "attrs", "jsonschema-rs"}
    assert set(metadata.get_all("Provides-Extra", [])) == EXTRAS
    assert metadata["Version"] == pandaprobe_evals.__version__
    assert metadata["License-Expression"] == "Apache-2.0"


def test_all_brings_what_every_other_extra_does(wheel):
    requirements = [Requirement(text) for text in metadata_of(wheel).get_all("Requires-Dist", [])]
    assert needed(requirements, "all") == set().union(*(needed(requirements, extra) for extra in EXTRAS - {"all"}))


def test_the_wheel_holds_four_typed_packages_and_nothing_else(wheel):
    names = set(files_of(wheel))
    info = f"pandaprobe_evals-{pandaprobe_evals.__version__}.dist-info"
    assert {name.partition("/")[0] for name in names} == {*PACKAGES, info}
    assert {f"{package}/py.typed" for package in PACKAGES} <= names
    assert {"pandaprobe_evals_api/contract.json", f"{info}/licenses/LICENSE", f"{info}/entry_points.txt"} <= names
    assert not [
        name for name in names if name.endswith((".pyc", "openapi.yaml")) or Path(name).stem.startswith("test_")
    ]


def test_the_sdist_yields_the_same_wheel(wheel, sdist, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    assert {"openapi.yaml", "LICENSE", "CHANGELOG.md", "README.md"} <= {path.name for path in source.iterdir()}
    assert not {"tests", "requirements", "bench"} & {path.name for path in source.iterdir()}
    assert [path.name for path in (source / "tools").iterdir()] == ["index_page.py"]  # builds ask for it
    assert files_of(build(source, "wheel", tmp_path / "again")) == files_of(wheel)


@pytest.mark.parametrize("extra", ["", *sorted(EXTRAS)])
def test_every_module_imports_or_says_which_extra_to_install(extra, installed):
    run = installed(extra).run("python", "-W", "error", "-c", IMPORT_ALL, *sorted(PACKAGES))
    assert run.returncode == 0, run.stderr
    count, failed = json.loads(run.stdout)
    assert count > 40
    covered = {"all": EXTRAS, "sandbox": {"sandbox", "cli"}, "contract": {"contract", "cli"}}.get(extra, {extra})
    for module, (kind, message) in failed.items():
        assert kind in ("ModuleNotFoundError", "MissingExtra"), f"{module}: {kind}: {message}"
        if module.startswith("pandaprobe_evals.cli.") and not covered & {"cli", "all"}:
            continue  # reached by the command alone, which says it itself: see below
        if module == "pandaprobe_evals.testing" and "'pytest'" in message:
            continue  # pytest's own plugin: nobody else imports it
        hints = [other for other in EXTRAS if f" 'pandaprobe-evals[{other}] @ file://" in message]
        assert hints, f"{module} does not say which extra to install: {message}"
        assert not covered & set(hints), f"{module} asks for {hints}, which is installed: {message}"


def test_the_core_evaluates_with_nothing_but_its_three_libraries(installed):
    code = "from pandaprobe_evals import ApiKey, PandaProbe; print(PandaProbe(ApiKey('sk_pp_x', 'a project')))"
    run = installed("").run("python", "-W", "error", "-c", code)
    assert run.returncode == 0, run.stderr
    assert "sk_pp_x" not in run.stdout


def test_the_command_runs_with_its_extra_and_says_what_to_install_without(installed):
    run = installed("cli").run("pandaprobe-evals", "--version")
    assert run.stdout.strip() == pandaprobe_evals.__version__, run.stderr
    run = installed("").run("pandaprobe-evals", "--version")
    assert run.returncode == 1
    assert "'pandaprobe-evals[cli] @ file://" in run.stderr
    assert "Traceback" not in run.stderr
