"""`pandaprobe-evals schema`: one JSON Schema for every JSON line that the commands print."""

import json
import sys
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

_HERE = "#/components/schemas/"


def schema() -> None:
    """Print the JSON Schema of every JSON line that the commands print: events, the service's objects, and errors.

    Example: pandaprobe-evals schema
    """
    sys.stdout.write(json.dumps(lines_schema(), indent=2) + "\n")


def lines_schema() -> dict[str, Any]:
    """The schema: what this package prints, from its own file; the service's objects, from openapi.yaml."""
    own: dict[str, Any] = json.loads(
        resources.files("pandaprobe_evals.cli").joinpath("lines.schema.json").read_text("utf-8")
    )
    names = answers()
    service = {name: _moved(schema) for name, schema in _with_all_they_name(names).items()}
    return {
        **own,
        "anyOf": [*own["anyOf"], *({"$ref": f"#/$defs/{name}"} for name in names)],
        "$defs": {**own["$defs"], **service},
    }


def answers() -> tuple[str, ...]:
    """The service's own objects that commands print, by their names in openapi.yaml."""
    from pandaprobe_evals import contract

    found: dict[str, None] = {}
    for operation in contract.operations().values():
        content = operation.responses[operation.success].get("content", {})
        node = content.get("application/json", {}).get("schema", {})
        if operation.paging:
            node = contract.resolve(node)["properties"]["items"]
        for each in [node, node.get("items", {}), *node.get("anyOf", ())]:
            if "$ref" in each:
                found[each["$ref"].removeprefix(_HERE)] = None
    return tuple(found)


def _with_all_they_name(names: tuple[str, ...]) -> dict[str, Any]:
    """Schemas of openapi.yaml, and those that they refer to."""
    from pandaprobe_evals import contract

    found: dict[str, Any] = {}
    left = list(names)
    while left:
        name = left.pop(0)
        if name not in found:
            found[name] = contract.schema(name)
            left += _named(found[name])
    return found


def _named(node: Any) -> Iterator[str]:
    """The schemas that a part of openapi.yaml refers to."""
    if isinstance(node, Mapping):
        if "$ref" in node:
            yield node["$ref"].removeprefix(_HERE)
        for each in node.values():
            yield from _named(each)
    elif isinstance(node, list):
        for each in node:
            yield from _named(each)


def _moved(node: Any) -> Any:
    """A part of openapi.yaml as it stands under `$defs`, without what only OpenAPI knows."""
    if isinstance(node, Mapping):
        moved = {key: _moved(each) for key, each in node.items() if not key.startswith("x-") and key != "example"}
        if "$ref" in moved:
            moved["$ref"] = f"#/$defs/{moved['$ref'].removeprefix(_HERE)}"
        return moved
    return [_moved(each) for each in node] if isinstance(node, list) else node
