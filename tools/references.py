"""What all readers of an OpenAPI document here share: its methods, and where its references lead."""

from collections.abc import Mapping
from typing import Any

Node = Mapping[str, Any]
VERBS = ("get", "put", "post", "delete", "patch")
"""The HTTP methods that the client can send, as OpenAPI writes them."""


def follow(document: Node, node: Node) -> Node:
    """What a node of a document is, wherever its reference, if it is one, leads."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node
