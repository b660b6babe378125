"""openapi.yaml and generated/ say the same, always, on every Python, and whoever forgets is told what to do."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tools import generate

DOCUMENT = generate.DOCUMENT.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as this Python generates it, made once; tests that change it take a copy."""
    package = tmp_path_factory.mktemp("generated") / generate.PACKAGE.name
    generate.generate(generate.DOCUMENT, package)
    return package


@pytest.fixture
def package(fresh: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fresh, tmp_path / fresh.name))


@pytest.fixture
def document(tmp_path: Path) -> Path:
    copy = tmp_path / "openapi.yaml"
    copy.write_text(DOCUMENT, encoding="utf-8")
    return copy


def run(*arguments: str | Path) -> int:
    return generate.main([str(argument) for argument in arguments])


def test_what_is_committed_is_what_this_python_generates(fresh: Path) -> None:
    assert generate.differences(generate.files(generate.PACKAGE), generate.files(fresh)) == []


def test_every_module_says_that_it_is_generated_and_by_what(fresh: Path) -> None:
    modules = list(fresh.rglob("*.py"))
    assert modules
    first_lines = {module.read_text(encoding="utf-8").splitlines()[0] for module in modules}
    by = f"openapi-python-client {generate.check_pins()}"
    assert first_lines == {f"# Generated from openapi.yaml by {by} (make generate). Do not edit."}
    assert (fresh / "py.typed").exists()


def test_the_contract_is_the_document_and_says_that_it_is_generated() -> None:
    contract = json.loads((generate.PACKAGE / "contract.json").read_text(encoding="utf-8"))
    assert next(iter(contract)) == "x-generated"
    assert contract.pop("x-generated").startswith("Generated from openapi.yaml by openapi-python-client")
    assert contract == generate.read_document()
    assert list(contract) == list(generate.read_document())


@pytest.mark.slow
@pytest.mark.once
def test_generating_again_changes_nothing(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = generate.files(package)
    assert run("--package", package) == 0
    assert "byte for byte" in capsys.readouterr().out
    assert generate.files(package) == before


@pytest.mark.slow
@pytest.mark.once
def test_a_changed_description_fails_the_check_and_is_named_until_generated(
    package: Path, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = next(line for line in DOCUMENT.splitlines() if line.startswith("      summary: "))
    document.write_text(DOCUMENT.replace(summary, "      summary: Something else altogether", 1), encoding="utf-8")
    arguments = ("--document", document, "--package", package)

    assert run("--check", *arguments) == 1
    said = capsys.readouterr().out
    assert re.search(r"^DIFFERS +api/\w+/\w+\.py$", said, re.MULTILINE)
    assert re.search(r"^\+ .*Something else altogether", said, re.MULTILINE)
    assert "make generate" in said

    assert run(*arguments) == 0
    assert run("--check", *arguments) == 0


@pytest.mark.slow
@pytest.mark.once
def test_the_check_finds_extra_and_missing_files_and_single_bytes_and_generating_mends_them(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / "stale.py").write_text("left over\n", encoding="utf-8")
    (package / "py.typed").unlink()
    (package / "errors.py").write_bytes((package / "errors.py").read_bytes().removesuffix(b"\n"))

    assert run("--check", "--package", package) == 1
    said = capsys.readouterr().out
    assert re.search(r"^EXTRA +stale\.py", said, re.MULTILINE)
    assert re.search(r"^MISSING +py\.typed", said, re.MULTILINE)
    assert re.search(r"^DIFFERS +errors\.py", said, re.MULTILINE)

    assert run("--package", package) == 0
    assert generate.files(package) == generate.files(generate.PACKAGE)


@pytest.mark.slow
def test_a_long_diff_is_cut_and_says_so(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "generate", lambda _document, fresh: fresh.mkdir())
    assert run("--check", "--package", package) == 1
    said = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("EXTRA") for line in said) <= generate.DIFF_LINES
    shutil.rmtree(package)
    package.mkdir()
    monkeypatch.setattr(generate, "generate", lambda _document, fresh: many(fresh))
    assert run("--check", "--package", package) == 1
    said = capsys.readouterr().out.splitlines()
    assert len(said) == generate.DIFF_LINES + 4
    assert said[generate.DIFF_LINES] == "... and 40 more lines"


def many(folder: Path) -> None:
    folder.mkdir()
    for number in range(generate.DIFF_LINES + 40):
        (folder / f"{number}.py").touch()


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"#/components/schemas/EvalRunPage"', '"#/components/schemas/Nowhere"', "refused the document"),
        ("  version: 1", "  version: [1", "cannot be read"),
        ('        "202":', "        202:", "the key 202 is not a string"),
        ("\nservers:", "\nopenapi: 3.1.1\nservers:", "the key 'openapi' stands twice"),
        ("  version: 1.0.0", "  version: .inf\n  x-far: 1e999", "cannot be said in JSON"),
    ],
    ids=["generator", "no YAML", "number as key", "same key twice", "infinity"],
)
def test_a_document_that_cannot_be_used_is_refused_in_words(
    old: str, new: str, words: str, package: Path, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in DOCUMENT
    document.write_text(DOCUMENT.replace(old, new), encoding="utf-8")
    before = generate.files(package)
    assert run("--document", document, "--package", package) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    assert generate.files(package) == before, "a failed run leaves the package as it was"


def test_yaml_is_read_as_openapi_means_it(document: Path) -> None:
    document.write_text("a: 2026-01-02\nb: [on, no, ~, true, 1e3, 010, 1:30, 0, -1.5]\n", encoding="utf-8")
    assert generate.read_document(document) == {
        "a": "2026-01-02",
        "b": ["on", "no", None, True, 1000.0, 10, "1:30", 0, -1.5],
    }


def test_another_generator_than_the_pinned_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate.metadata, "version", lambda _name: "0.0.1")
    assert run("--check") == 1
    assert "make setup" in capsys.readouterr().err
