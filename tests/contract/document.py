"""openapi.yaml as the contract tests read it: operations, answers, links, and what is documented of each."""

import os
from pathlib import Path

import jsonschema_rs

from tools import generate

DOCUMENT = generate.read_document(Path(os.environ.get("CONTRACT_DOCUMENT", generate.DOCUMENT)))
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


def resolve(node):
    while "$ref" in node:
        found = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


OPERATIONS = {
    item[method]["operationId"]: (
        method.upper(),
        path,
        {**item[method], "parameters": [*item.get("parameters", ()), *item[method].get("parameters", ())]},
    )
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
}
LINKS = {
    f"{operation} {status} {name}": (operation, resolve(link))
    for operation, (*_, node) in OPERATIONS.items()
    for status, answer in node["responses"].items()
    for name, link in resolve(answer).get("links", {}).items()
}
ANSWERS = [(operation, int(status)) for operation, (*_, node) in OPERATIONS.items() for status in node["responses"]]
SUCCESSES = {(operation, status) for operation, status in ANSWERS if status < 300}


def documented(operation, status):
    """What openapi.yaml says of an answer."""
    return resolve(OPERATIONS[operation][2]["responses"][str(status)])


def validator(schema):
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]}, validate_formats=True)


def sendable(operation, **places):
    """A request of this operation that is all right, as `httpx.Client.request` takes it; what it needs are the examples."""
    method, path, node = OPERATIONS[operation]
    examples = {
        place: {
            each["name"]: each["example"]
            for each in map(resolve, node["parameters"])
            if each["in"] == place and each.get("required")
        }
        for place in ("path", "query")
    }
    request = {"method": method, "url": path.format(**{**examples["path"], **places})}
    if examples["query"]:
        request["params"] = examples["query"]
    if "requestBody" in node:
        examples = node["requestBody"]["content"]["application/json"]["examples"]
        request["json"] = next(iter(examples.values()))["value"]
    return request
