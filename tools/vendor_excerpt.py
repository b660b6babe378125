"""Cut a specification of the vendor down to what `tests/conformance` holds against our contract.

    python -m tools.vendor_excerpt published-docs FILE_OR_URL
    python -m tools.vendor_excerpt served-0.5.0 http://localhost:8000/openapi.json

Kept are the operations that our contract has, and the schemas that they need, without words: they are the vendor's.
"""

import json
import sys
from typing import Any

from pandaprobe_conformance import NotComparable, read
from pandaprobe_conformance.differences import shape
from pandaprobe_evals import contract

from .generate import ROOT

FOLDER = ROOT / "tests" / "conformance" / "vendor"
WORDS = {"description", "summary", "title", "tags", "operationId", "example", "examples"}


def excerpt(document: dict[str, Any]) -> dict[str, Any]:
    """The part of a specification that concerns our operations."""
    ours = {(shape(path), method) for path, item in contract.document()["paths"].items() for method in item}
    kept = {
        path: {method: _wordless(said) for method, said in item.items() if (shape(path), method) in ours}
        for path, item in document["paths"].items()
    }
    paths = {path: item for path, item in kept.items() if item}
    schemas = document["components"]["schemas"]
    needed: dict[str, Any] = {}
    while more := [name for name in _named(paths, needed) if name not in needed]:
        needed |= {name: _wordless(schemas[name]) for name in more}
    return {
        "openapi": document["openapi"],
        "info": {name: document["info"][name] for name in ("title", "version")},
        "paths": paths,
        "components": {
            "schemas": {name: needed[name] for name in schemas if name in needed},
            "securitySchemes": {
                name: _wordless(said) for name, said in document["components"]["securitySchemes"].items()
            },
        },
    }


def _wordless(node: Any, *, names: bool = False) -> Any:
    """The node without words; `names`: its keys are names of fields, and all stay."""
    if isinstance(node, list):
        return [_wordless(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _wordless(value, names=key in {"properties", "responses"} and not names)
        for key, value in node.items()
        if names or key not in WORDS
    }


def _named(*nodes: Any) -> set[str]:
    found = json.dumps(nodes).split('"$ref": "#/components/schemas/')[1:]
    return {text.partition('"')[0] for text in found}


def main(arguments: list[str]) -> int:
    """Write one of the excerpts anew."""
    if len(arguments) != 2 or not (FOLDER / f"{arguments[0]}.json").is_file():
        print(__doc__)
        return 2
    name, source = arguments
    path = FOLDER / f"{name}.json"
    try:
        document = read(source)
    except NotComparable as error:
        print(error)
        return 1
    path.write_text(json.dumps(excerpt(document), indent=1) + "\n", encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: written from {source}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
