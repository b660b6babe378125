"""The page of the contract leaves nothing of openapi.yaml out, and links only to what is on it."""

import re

import pytest

from tests.contract.document import DOCUMENT as DOC
from tools.contract_page import Contract, page

PAGE = page(DOC)
OPERATIONS = [(path, method, node) for path, method, node in Contract(DOC).operations()]


@pytest.mark.parametrize(
    ("path", "method", "node"), OPERATIONS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_operation_has_its_section_with_every_status_and_parameter(path, method, node):
    section = PAGE.partition(f"{{ #{node['operationId']} }}")[2].partition("\n### ")[0]
    assert f"`{method.upper()} {path}`" in section
    assert set(re.findall(r"^\| (\d{3}) \|", section, re.MULTILINE)) == set(node["responses"])
    for parameter in node["parameters"]:
        assert f"| `{Contract(DOC).resolve(parameter)['name']}`" in section


def test_every_schema_has_its_section_with_every_field():
    for name, schema in DOC["components"]["schemas"].items():
        section = PAGE.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
        assert section
        for field in schema.get("properties", {}):
            assert f"| `{field}`" in section


def test_every_link_leads_somewhere():
    headings = {name.lower() for name in re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)}
    anchors = headings | set(re.findall(r"\{ #(\w+) \}", PAGE))
    assert set(re.findall(r"\]\(#(\w+)\)", PAGE)) <= anchors
