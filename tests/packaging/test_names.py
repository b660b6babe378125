"""What the package offers by name, and what it costs to import."""

import ast
import subprocess
import sys
from pathlib import Path

import pandaprobe_evals
import pytest

SOURCE = Path(pandaprobe_evals.__file__).read_text(encoding="utf-8")


def test_every_public_name_can_be_imported_and_is_known_to_type_checkers():
    tree = ast.parse(SOURCE)
    for_type_checkers = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level for alias in node.names
    }
    assert set(pandaprobe_evals.__all__) == for_type_checkers | {"__version__"}
    for name in pandaprobe_evals.__all__:
        assert getattr(pandaprobe_evals, name) is not None
    assert set(dir(pandaprobe_evals)) >= set(pandaprobe_evals.__all__)


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="'pandaprobe_evals' has no attribute 'Pandaprobe'"):
        _ = pandaprobe_evals.Pandaprobe


def loaded_by(code):
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_the_client_loads_nothing_of_the_extras_and_no_compiled_validator():
    loaded = loaded_by("from pandaprobe_evals import PandaProbe, AsyncPandaProbe")
    heavy = {"fastapi", "starlette", "uvicorn", "typer", "rich.console", "redis", "yaml", "sqlite3", "jsonschema_rs"}
    assert not loaded & (heavy - {"rich.console"})  # httpx imports rich by itself where it is installed


def test_the_sandbox_knows_nothing_of_the_client():
    loaded = loaded_by("import pandaprobe_evals.sandbox")
    assert not {name for name in loaded if name.startswith(("pandaprobe_evals_api", "pandaprobe_evals.client"))}
