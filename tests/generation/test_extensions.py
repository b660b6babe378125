"""An extension of openapi.yaml that nobody knows, or that says what nobody understands, fails `make spec`."""

import copy

import pytest

from tests.contract.document import DOCUMENT
from tools.extensions import KNOWN, complaints
from tools.generate import ROOT

RETRY = "/evaluations/session-runs/{run_id}/retry"


def changed(change):
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return complaints(document)


def test_the_document_says_nothing_unknown():
    assert complaints(DOCUMENT) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["paths"][RETRY]["post"].update({"x-efect": "reads"}), "x-efect: no such extension"),
        (lambda d: d["paths"][RETRY]["post"].update({"x-effect": "read"}), 'post/x-effect: "read" is not one of'),
        (
            lambda d: d["paths"][RETRY]["post"].update(
                {"x-rate-limit": {"requests": 0, "seconds": 60, "per": ["credential", "path"], "everywhere": True}}
            ),
            "post/x-rate-limit: ",
        ),
        (
            lambda d: d["paths"][RETRY].update({"x-effect": "reads"}),
            "x-effect: stands on a document, and is for: operation",
        ),
        (lambda d: d["components"]["schemas"]["EvalRun"].update({"x-flatten": "yes"}), "EvalRun/x-flatten: "),
        (
            lambda d: d["components"]["schemas"]["EvalRun"]["properties"]["id"].update({"x-method": "id"}),
            "stands on a schema, and is for: operation",
        ),
        (lambda d: d["info"].update({"x-method": "id"}), "/info/x-method: stands on a document"),
    ],
)
def test_what_is_misspelt_misplaced_or_meaningless_is_named(change, said):
    [complaint] = changed(change)
    assert said in complaint


def test_a_field_of_the_service_may_be_called_like_an_extension():
    def add(document):
        document["components"]["schemas"]["EvalRun"]["properties"]["x-anything"] = {"type": "string"}

    assert changed(add) == []


def test_each_extension_is_documented():
    page = (ROOT / "docs" / "changing-the-contract.md").read_text(encoding="utf-8")
    assert [name for name in KNOWN if f"`{name}" not in page] == []
