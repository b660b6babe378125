"""What the package offers by name."""

import ast
from pathlib import Path

import pandaprobe_evals
import pytest

SOURCE = Path(pandaprobe_evals.__file__).read_text(encoding="utf-8")


def test_every_public_name_can_be_imported_and_is_known_to_type_checkers():
    tree = ast.parse(SOURCE)
    for_type_checkers = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.level or node.module.startswith("pandaprobe_evals_api"))
        for alias in node.names
    }
    assert set(pandaprobe_evals.__all__) == for_type_checkers | {"__version__"}
    for name in pandaprobe_evals.__all__:
        assert getattr(pandaprobe_evals, name) is not None
    assert set(dir(pandaprobe_evals)) >= set(pandaprobe_evals.__all__)


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="'pandaprobe_evals' has no attribute 'Pandaprobe'"):
        _ = pandaprobe_evals.Pandaprobe
