"""Holds the extensions of openapi.yaml to tools/extensions.yaml: each known, in its place, and clear."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from tools.generate import read_document
from tools.references import VERBS

KNOWN: dict[str, dict[str, Any]] = read_document(Path(__file__).with_suffix(".yaml"))
DATA = ("example", "examples", "default", "const", "enum")
"""What these hold is data, and no part of the document."""


def complaints(document: dict[str, Any]) -> list[str]:
    """What is wrong with the document's extensions, each with its JSON pointer; empty where nothing is."""
    return list(_of(document, "", "document"))


def _of(node: Any, pointer: str, place: str) -> Iterator[str]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _of(item, f"{pointer}/{index}", _place(f"{pointer}/{index}", place))
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        at = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        named = pointer.endswith(("/properties", "/schemas", "/paths", "/responses", "/parameters", "/headers"))
        if key.startswith("x-") and not named:
            yield from _judged(key, value, at, place)
        elif key not in DATA or named:
            yield from _of(value, at, _place(at, place))


def _judged(key: str, value: Any, at: str, place: str) -> Iterator[str]:
    known = KNOWN.get(key)
    if known is None:
        yield f"{at}: no such extension; there are {', '.join(KNOWN)}"
    elif place not in (places := known["on"] if isinstance(known["on"], list) else [known["on"]]):
        yield f"{at}: stands on a {place}, and is for: {' or '.join(places)}"
    else:
        for error in jsonschema_rs.Draft202012Validator(known["value"]).iter_errors(value):
            yield f"{at}: {error.message}"


def _place(pointer: str, above: str) -> str:
    """What a node is, by where it stands."""
    steps = pointer.split("/")[1:]
    if steps[0] == "paths" and len(steps) == 3 and steps[2] in VERBS:
        return "operation"
    if steps[0] == "tags" and len(steps) == 2:
        return "tag"
    if "parameters" in steps and "schema" not in steps:
        return "parameter"
    if "schema" in steps or steps[:2] == ["components", "schemas"]:
        return "schema"
    if steps[:2] == ["components", "securitySchemes"]:
        return "security scheme"
    return above if above == "operation" and len(steps) <= 3 else "document"
