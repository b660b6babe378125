"""Holds each operation of openapi.yaml to what a method, its checks and the command line can be made of."""

import keyword
from collections.abc import Iterator, Mapping

from tools.references import VERBS, Node, follow

UNCHECKED = {
    "allOf": "write its fields in one object",
    "oneOf": "say anyOf",
    "not": "say what it may be",
    "exclusiveMinimum": "say minimum",
    "exclusiveMaximum": "say maximum",
    "multipleOf": "say it in the description",
    "uniqueItems": "say x-each-once: true",
    "minProperties": "say it in the description",
    "maxProperties": "say it in the description",
}
"""What the client does not check before it sends, and what to say instead."""
FORMATS = ("uuid", "date-time", "date")
TAKEN = ("self", "call", "client", "body", "clear", "page_size", "marker", "deadline", "timeout", "backoff")
"""Arguments that a method or a generated function has by itself."""


class Operations:
    """Reads a document."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._tags = {tag["name"] for tag in document.get("tags", ())}
        self._by_id = {
            node["operationId"]: node
            for item in document["paths"].values()
            for verb, node in item.items()
            if verb in VERBS and "operationId" in node
        }

    def complaints(self) -> Iterator[str]:
        """What no method can be made of, each with its JSON pointer and what to do."""
        for path, item in self._document["paths"].items():
            for verb, node in item.items():
                at = f"/paths/{path.replace('/', '~1')}/{verb}"
                if verb in VERBS:
                    for said in self._operation(node, [*item.get("parameters", ()), *node.get("parameters", ())]):
                        yield f"{at}: {said}"
                elif verb in ("head", "options", "trace"):
                    yield f"{at}: no method is made of {verb.upper()}; there are {', '.join(VERBS).upper()}"

    def _operation(self, node: Node, parameters: list[Node]) -> Iterator[str]:
        for key in ("operationId", "summary", "description", "x-effect"):
            if not node.get(key):
                yield f"has no {key}"
        for key in ("operationId", "x-method"):
            if (name := node.get(key)) and (name != name.lower() or not _is_name(name)):
                yield f"{key} {name!r} cannot be called in Python; write it like read_note"
        if len(tags := node.get("tags", ())) != 1 or not {*tags} <= self._tags:
            yield "needs one tag, of those at the top of the document: its resource"
        elif not _is_name(tags[0]):
            yield f"the tag {tags[0]!r} cannot be a name in Python; write it like session_runs"
        yield from self._answers(node.get("responses", {}))
        known = {}
        for parameter in map(self._at, parameters):
            known[parameter["name"]] = parameter
            yield from self._parameter(parameter)
        if "requestBody" in node:
            yield from self._body(self._at(node["requestBody"]))
        if "x-paging" in node:
            yield from self._paging(node, known)
        for key in ("list", "get"):
            if (named := node.get("x-lookup", {}).get(key, node["operationId"])) not in self._by_id:
                yield f"x-lookup: {key}: there is no operation {named}"

    def _parameter(self, node: Node) -> Iterator[str]:
        name, called = node["name"], node.get("x-name", node["name"])
        if node["in"] not in ("path", "query"):
            yield f"{name}: stands in the {node['in']}, and the client sends what is in the path or the query"
        if not _is_name(name) or name != name.lower():
            yield f"{name}: cannot be an argument in Python; the client sends names like date_from only"
        elif called in TAKEN:
            yield f"{name}: methods have an argument {called!r} already; call this one otherwise by x-name"
        if not node.get("description"):
            yield f"{name}: has no description"
        if node.get("style", "form") not in ("form", "simple") or node.get("explode") is False:
            yield f"{name}: the client repeats a parameter for each item: style: form, explode: true"
        schema = self._at(node["schema"])
        if "properties" in schema or (node["in"] == "path" and schema.get("type") not in ("string", "integer")):
            yield f"{name}: in the {node['in']} it can be a text, a number, or in the query a list of them"
        yield from self._sent(schema, name)

    def _body(self, node: Node) -> Iterator[str]:
        if [*node["content"]] != ["application/json"]:
            yield f"the client sends application/json, not {' or '.join(node['content'])}"
            return
        schema = self._at(node["content"]["application/json"]["schema"])
        if schema.get("type") == "array":
            if "x-name" not in schema:
                yield "a body that is a list needs x-name: what its argument is called"
        elif schema.get("type") != "object" or "properties" not in schema:
            yield "a body has to be an object with properties, or a list"
            return
        for name in schema.get("properties", ()):
            if not _is_name(name) or name in ("self", "call", "client"):
                yield f"{name}: cannot be an argument in Python"
        yield from self._sent(schema, "the body")

    def _sent(self, node: Node, name: str, above: tuple[int, ...] = ()) -> Iterator[str]:
        """What is said of a value that the client could not keep to."""
        if node.get("x-coerced") or id(resolved := self._at(node)) in above:
            return
        for key in resolved.keys() & UNCHECKED.keys():
            yield f"{name}: {key} is not checked before it is sent; {UNCHECKED[key]}"
        if resolved.get("format", FORMATS[0]) not in FORMATS:
            yield f"{name}: the format {resolved['format']} is not checked; there are {', '.join(FORMATS)}"
        above = (*above, id(resolved))
        for key, part in resolved.get("properties", {}).items():
            yield from self._sent(part, f"{name}, {key}", above)
        for part in (resolved.get("items"), resolved.get("additionalProperties"), *resolved.get("anyOf", ())):
            if isinstance(part, dict):
                yield from self._sent(part, name, above)

    def _answers(self, responses: Node) -> Iterator[str]:
        if wrong := [status for status in responses if not status.isdigit()]:
            yield f"answers {', '.join(wrong)}: name each status, such as 404"
        good = [status for status in responses if status.startswith("2")]
        if len(good) != 1:
            yield f"needs one good answer, not {len(good)}: the client takes any other status for an error"
        for status in good:
            if any(kind != "application/json" for kind in self._at(responses[status]).get("content", ())):
                yield f"{status}: the client reads application/json only"
        for status, answer in responses.items():
            if status.startswith("4") and "application/json" not in self._at(answer).get("content", {}):
                yield f"{status}: needs application/json content; an answer of no known form is taken for a proxy's"

    def _paging(self, node: Node, known: Mapping[str, Node]) -> Iterator[str]:
        said = node["x-paging"]
        for key in ("size", "skip"):
            if said[key] not in known:
                yield f"x-paging: {key}: it has no parameter {said[key]}"
        if "maximum" not in known.get(said["size"], {"schema": {"maximum": 1}})["schema"]:
            yield f"x-paging: {said['size']} needs a maximum: how many items a page can have"
        for status, answer in node.get("responses", {}).items():
            content = self._at(answer).get("content", {}).get("application/json") if status.startswith("2") else None
            if content and "items" not in self._at(content["schema"]).get("properties", {}):
                yield f"x-paging: {status} has to be an object whose items are a list"

    def _at(self, node: Node) -> Node:
        return follow(self._document, node)


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)
