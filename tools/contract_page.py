"""openapi.yaml as a page for people: Markdown, made anew by `make docs` (a hook of mkdocs.yml) and committed nowhere."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.references import VERBS, follow

DOCUMENT = Path(__file__).resolve().parent.parent / "openapi.yaml"
PAGE = "contract.md"
EFFECTS = {
    "creates": "**Creates**; a lost answer is looked up before anything is sent again.",
    "reads": "Reads; safe to send again.",
    "updates": "Updates; safe to send again.",
    "deletes": "Deletes; safe to send again.",
}

Json = Mapping[str, Any]


def page(document: Json) -> str:
    """The whole page."""
    return "\n".join(Contract(document).lines()) + "\n"


def on_files(files: Any, config: Any) -> Any:
    """Add the page to the site: what mkdocs calls before it reads the pages."""
    from mkdocs.structure.files import File

    text = page(yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")))
    files.append(File.generated(config, PAGE, content=text))
    return files


class Contract:
    """Writes a document down, one part after another."""

    def __init__(self, document: Json) -> None:
        self.document = document

    def lines(self) -> Iterator[str]:
        """The page's lines."""
        info = self.document["info"]
        yield from ("# The contract", "", f"{info['title']}, version {info['version']}. {info['summary']}", "")
        yield from (info["description"], "## Where it is, and who may ask", "")
        yield from (f"- `{server['url']}`: {server['description']}" for server in self.document["servers"])
        yield from self.security()
        yield from ("", "## Operations", "", "| operation | | what it does |", "|---|---|---|")
        for path, method, operation in self.operations():
            name = operation["operationId"]
            yield f"| [{name}](#{name}) | `{method.upper()} {path}` | {cell(operation['summary'])} |"
        for path, method, operation in self.operations():
            yield from self.operation(path, method, operation)
        yield from ("", "## Schemas", "")
        for name, schema in self.document["components"]["schemas"].items():
            yield from self.schema(name, schema)

    def resolve(self, node: Json) -> Json:
        """What a node says, behind its `$ref` if it is one."""
        return follow(self.document, node)

    def operations(self) -> Iterator[tuple[str, str, Json]]:
        """Path, method and operation, in the document's order."""
        for path, item in self.document["paths"].items():
            for method in VERBS:
                if method in item:
                    shared = item.get("parameters", [])
                    yield path, method, {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]}

    def security(self) -> Iterator[str]:
        """The ways to authenticate, each with all its headers."""
        schemes = self.document["components"]["securitySchemes"]
        names = {key: scheme.get("name", "Authorization: Bearer ...") for key, scheme in schemes.items()}
        yield from ("", "Each request carries one of these pairs of headers:", "")
        yield from (f"- {' and '.join(f'`{names[key]}`' for key in way)}" for way in self.document["security"])
        yield from ("", "| header | |", "|---|---|")
        yield from (f"| `{names[key]}` | {cell(scheme['description'])} |" for key, scheme in schemes.items())

    def operation(self, path: str, method: str, operation: Json) -> Iterator[str]:
        """One operation."""
        yield from ("", f"### {operation['summary']} {{ #{operation['operationId']} }}", "")
        yield from (
            f"`{method.upper()} {path}`, in code `{operation['operationId']}`",
            "",
            operation["description"],
            "",
        )
        limit = operation.get("x-rate-limit")
        yield EFFECTS[operation["x-effect"]] + (
            f" At most {limit['requests']} requests in {limit['seconds']} seconds for one credential and one concrete path"
            + ("." if limit["everywhere"] else ", where a deployment has this limit.")
            if limit
            else ""
        )
        if parameters := [self.resolve(node) for node in operation["parameters"]]:
            yield from ("", "| parameter | in | type | |", "|---|---|---|---|")
            for node in parameters:
                name = f"`{node['name']}`" + (" (required)" if node.get("required") else "")
                yield f"| {name} | {node['in']} | {self.type(node['schema'])} | {cell(node.get('description', ''))} |"
        if body := operation.get("requestBody"):
            content = body["content"]["application/json"]
            yield from ("", f"The body is a {self.type(content['schema'])}. {body.get('description', '')}", "")
            yield from self.examples(content)
        yield from ("", "| status | body | |", "|---|---|---|")
        answers = {status: self.resolve(node) for status, node in operation["responses"].items()}
        for status, answer in answers.items():
            bodies = [self.type(content["schema"]) for content in answer.get("content", {}).values()]
            yield f"| {status} | {' or '.join(bodies) or 'none'} | {cell(answer['description'])} |"
        for status, answer in answers.items():
            for content in answer.get("content", {}).values():
                yield from self.examples(content, f"{status}: ")

    def examples(self, content: Json, before: str = "") -> Iterator[str]:
        """Examples, each folded away under its summary."""
        for node in content.get("examples", {}).values():
            example = self.resolve(node)
            value = example["value"]
            text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
            kind = "text" if isinstance(value, str) else "json"
            summary = (before + example["summary"]).replace('"', "'")
            yield from ("", f'??? example "{summary}"', "", f"    ```{kind}")
            yield from (f"    {line}" for line in text.splitlines())
            yield from ("    ```", "")

    def schema(self, name: str, schema: Json) -> Iterator[str]:
        """One schema, with its properties."""
        yield from ("", f"### {name}", "", schema.get("description", "").strip(), "")
        properties = schema.get("properties")
        if not properties:
            yield from (f"Type: {self.type(schema)}", "")
            return
        yield from ("| field | type | |", "|---|---|---|")
        for key, node in properties.items():
            required = " (always there)" if key in schema.get("required", ()) else ""
            yield f"| `{key}`{required} | {self.type(node)} | {cell(self.resolve(node).get('description', ''))} |"

    def type(self, node: Json) -> str:
        """A schema in a few words; named ones as links."""
        if "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        for kind in ("anyOf", "oneOf"):
            if kind in node and "properties" not in node:
                # What the service reads as if it were the right type is left out: nobody should send it.
                return joined(self.type(branch) for branch in node[kind] if not branch.get("x-coerced"))
        if "enum" in node:
            return joined(f"`{value}`" for value in node["enum"])
        types = node.get("type", "anything")
        return joined(self.one(kind, node) for kind in ([types] if isinstance(types, str) else types))

    def one(self, kind: str, node: Json) -> str:
        """One JSON type with what bounds it."""
        if kind == "array":
            return f"array of {self.type(node['items'])}" + (", not empty" if node.get("minItems") else "")
        if kind == "object" and isinstance(node.get("additionalProperties"), dict):
            return f"object of {self.type(node['additionalProperties'])}"
        if kind == "string" and "format" in node:
            return str(node["format"])
        if kind == "string" and "maxLength" in node:
            return f"string, at most {node['maxLength']} characters"
        if kind in ("integer", "number") and "minimum" in node:
            most = f" to {node['maximum']}" if "maximum" in node else " or more"
            return f"{kind}, {node['minimum']}{most}"
        return kind


def joined(words: Iterable[str]) -> str:
    """Alternatives, each once."""
    return " or ".join(dict.fromkeys(words))


def cell(text: str) -> str:
    """Text that a table cell can hold."""
    return " ".join(text.split()).replace("|", "\\|")
