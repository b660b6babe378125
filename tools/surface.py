"""The resources that users call, written from openapi.yaml: for each tag a class, each of its operations a method.

From ONE template, rendered for blocking use and for asyncio. docs/changing-the-contract.md has what the
extensions mean.
"""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2

from tools.references import VERBS, follow

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 88  # of the generator's own ruff settings
ERRORS = {"404": "NotFound", "422": "InvalidRequest"}
"""What a documented status is raised as, where it says something of this operation; the rest holds for all of them."""
EXPORTS = (
    "AsyncPaged",
    "AsyncResources",
    "Attempt",
    "CallOptions",
    "CreateOptions",
    "ListOptions",
    "Paged",
    "Resources",
    "Sender",
)
"""What the package offers beside its resources."""
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}


class SurfaceError(Exception):
    """What openapi.yaml says in a way that no method can be made of."""


@dataclass(frozen=True)
class Argument:
    """One argument of a method."""

    name: str
    type: str
    doc: str
    required: bool = False


@dataclass(frozen=True)
class Method:
    """One operation as a method."""

    operation: str
    name: str
    summary: str
    description: str
    positional: list[Argument]
    named: list[Argument]
    sent: str
    """The arguments by the document's names, as Python source."""
    returns: str
    returns_doc: str
    raises: list[tuple[str, str]]
    pages: bool
    options: str
    billed: list[Argument] = field(default_factory=list)
    """The arguments whose lengths multiply to the units that it is billed; empty where only the service knows."""

    @property
    def arguments(self) -> list[Argument]:
        return [*self.positional, *self.named]


@dataclass
class Resource:
    """One tag as a class."""

    tag: str
    description: str
    methods: list[Method] = field(default_factory=list)
    resolved: str = ""
    """What its creates make of which the answer may be lost; empty where it has none."""
    score: str = ""
    """Of a kind of runs, what the scores of one are; empty where the resource has no runs."""
    targets: str = ""
    """Of such, what names the targets of a run, such as `session_ids`."""
    remembers: bool = False
    """Of such, whether its scores rest on signals, which are kept."""

    @property
    def noun(self) -> str:
        return self.targets.removesuffix("_ids") + "s"

    @property
    def name(self) -> str:
        return "".join(part.title() for part in self.tag.split("_"))

    @property
    def about(self) -> str:
        return (
            "Every method takes `CallOptions` for the one call, checks its arguments before anything is sent "
            "(`InvalidArgument`), and raises a `PandaProbeError`. Source: openapi.yaml."
        )


class Surface:
    """Reads a document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self.created: dict[str, str] = {}
        """The classes that creates return, each with the model that it adds to."""

    def resources(self) -> list[Resource]:
        """Every tag, with its operations in the document's order."""
        found = {tag["name"]: Resource(tag["name"], _text(tag["description"])) for tag in self._document["tags"]}
        for item in self._document["paths"].values():
            for verb in VERBS:
                if verb in item:
                    node = item[verb]
                    for tag in node.get("tags", ())[:1]:
                        method = self._method(item, node)
                        found[tag].methods.append(method)
                        if "x-lookup" in node and method.returns not in found[tag].resolved.split(" | "):
                            found[tag].resolved += f"{' | ' * bool(found[tag].resolved)}{method.returns}"
        for tag in self._document["tags"]:
            if said := tag.get("x-runs"):
                self._give_runs(found[tag["name"]], said)
        for resource in found.values():
            names = [method.name for method in resource.methods]
            if twice := {name for name in names if names.count(name) > 1}:
                raise SurfaceError(f"{resource.tag}: two methods are called {', '.join(sorted(twice))}: say x-method")
            _unshadow(resource)
        return [resource for resource in found.values() if resource.methods]

    def _give_runs(self, resource: Resource, said: Mapping[str, Any]) -> None:
        """Make a resource one of runs, which can be waited for."""
        run, scores = (self._answered_by(resource, said, what) for what in ("get", "scores"))
        if run != "models.EvalRun" or not scores.startswith("list["):
            raise SurfaceError(f"{resource.tag}: get has to answer with an EvalRun, and scores with a list")
        if said["targets"] not in self._document["components"]["schemas"]["EvalRunFilters"]["properties"]:
            raise SurfaceError(f"{resource.tag}: EvalRunFilters has no {said['targets']}")
        resource.score, resource.targets = scores.removeprefix("list[").removesuffix("]"), said["targets"]
        resource.remembers = "signals" in said

    def _answered_by(self, resource: Resource, said: Mapping[str, Any], what: str) -> str:
        found = [each.returns for each in resource.methods if each.operation == said[what]]
        if not found:
            raise SurfaceError(f"{resource.tag}: {said[what]}, its {what}, is none of its operations")
        return found[0]

    def _method(self, item: Mapping[str, Any], node: Mapping[str, Any]) -> Method:
        operation = node["operationId"]
        given = [self._at(each) for each in (*item.get("parameters", ()), *node.get("parameters", ()))]
        pages = "x-paging" in node
        positional, named, sent = [], [], {}
        for parameter in given:
            name = parameter["name"]
            if pages and name == node["x-paging"]["skip"]:
                continue
            size = pages and name == node["x-paging"]["size"]
            argument = Argument(
                "page_size" if size else parameter.get("x-name", name),
                self._type(parameter["schema"], optional=not parameter.get("required")),
                _text(parameter["description"]),
                bool(parameter.get("required")),
            )
            (positional if parameter["in"] == "path" else named).append(argument)
            sent[name] = argument.name
        if "requestBody" in node:
            body, more = self._body(node["requestBody"])
            named += body
            sent |= more
        named.sort(key=lambda argument: not argument.required)
        names = [argument.name for argument in (*positional, *named)]
        if twice := {name for name in names if names.count(name) > 1}:
            raise SurfaceError(f"{operation}: two arguments are called {', '.join(sorted(twice))}: say x-name")
        found_again = "x-lookup" in node
        status, success = next((s, self._at(r)) for s, r in node["responses"].items() if s.startswith("2"))
        return Method(
            operation=operation,
            name=node.get("x-method", operation),
            summary=_text(node["summary"]).rstrip(".") + ".",
            description=_paragraphs(node.get("description", "")),
            positional=positional,
            named=named,
            sent=_source(sent),
            returns=self._returns(success, pages=pages, found_again=found_again),
            returns_doc="" if status == "204" else _returned(success, pages=pages, found_again=found_again),
            raises=list(self._raises(node)),
            pages=pages,
            billed=[
                next(each for each in named if each.name == name) for name in node.get("x-billed", {}).get("units", ())
            ],
            options="ListOptions"
            if pages
            else "CreateOptions"
            if "mark" in node.get("x-lookup", {})
            else "CallOptions",
        )

    def _body(self, body: Mapping[str, Any]) -> tuple[list[Argument], dict[str, Any]]:
        found, sent = [], {}
        schema = self._at(body["content"]["application/json"]["schema"])
        if schema["type"] == "array":
            name = schema["x-name"]
            return [self._argument(name, schema, required=True)], {name: name}
        for name, node in schema["properties"].items():
            inner = self._at(node)
            if inner.get("x-flatten"):
                called = {each: part.get("x-name", each) for each, part in inner["properties"].items()}
                found += [
                    self._argument(called[each], part, required=False) for each, part in inner["properties"].items()
                ]
                sent[name] = called
            else:
                found.append(self._argument(name, node, required=name in schema.get("required", ())))
                sent[name] = name
                if word := node.get("x-explicit"):
                    values = ", ".join(f"`{each}`" for each in word["values"])
                    doc = f"True to let `{name}` be one of {values}: {word['means']}. Not sent."
                    found.append(Argument(word["argument"], "bool | None", doc))
                    sent[word["argument"]] = word["argument"]
        if cleared := [name for name, node in schema["properties"].items() if node.get("x-clearable")]:
            kind = f"Iterable[Literal[{', '.join(map(repr, cleared))}]] | None"
            found.append(
                Argument("clear", kind, "Fields that are to have no value from now on: null is sent for them.")
            )
            sent["clear"] = "clear"
        return found, sent

    def _argument(self, name: str, node: Mapping[str, Any], *, required: bool) -> Argument:
        doc = node.get("description") or self._at(node).get("description", "")
        once = " Sent once each, however often given." if node.get("x-each-once") else ""
        needs = "".join(f" Only where `{other}` is {value}." for other, value in node.get("x-needs", {}).items())
        return Argument(name, self._type(node, optional=not required), _text(doc) + once + needs, required)

    def _raises(self, node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        responses = node["responses"]
        for status, name in ERRORS.items():
            if status in responses:
                yield name, _text(self._at(responses[status])["description"])
        if "x-lookup" in node:
            yield (
                "OutcomeUnknown",
                "It could not be found out in time whether it was created; `resolve` settles that later.",
            )
        elif node["x-effect"] == "creates":
            yield "OutcomeUnknown", "The answer was lost, and nothing tells whether it was created."
        if "x-billed" in node:
            yield "QuotaExceeded", "The plan does not allow more; nothing was created."

    def _returns(self, success: Mapping[str, Any], *, pages: bool, found_again: bool) -> str:
        if "content" not in success:
            return "None"
        schema = success["content"]["application/json"]["schema"]
        if pages:
            items = self._at(schema)["properties"]["items"]["items"]
            return f"Paged[{self._answer(items)}, {self._answer(schema)}]"
        if found_again and "$ref" in schema:
            model = _name(schema)
            name = self._at(schema).get("x-created", f"Created{model}")
            self.created[name] = model
            return name
        return self._answer(schema)

    def _answer(self, schema: Mapping[str, Any]) -> str:
        """The type of what the generated client makes of an answer."""
        if "$ref" in schema:
            return f"models.{_name(schema)}"
        if schema.get("type") == "array":
            return f"list[{self._answer(schema['items'])}]"
        if "anyOf" in schema:
            return " | ".join(map(self._answer, schema["anyOf"]))
        return SCALARS.get(str(schema.get("type")), "Any")

    def _type(self, node: Mapping[str, Any], *, optional: bool) -> str:
        found = self._input(node)
        return f"{found} | None" if optional and not found.endswith("| None") else found

    def _input(self, node: Mapping[str, Any]) -> str:
        """The type of an argument: plain Python."""
        if "x-written" in node:
            return "float | bool | str"
        name, node = _name(node), self._at(node)
        branches = [each for each in node.get("anyOf", ()) if not each.get("x-coerced")]
        if branches:
            kinds = [self._input(each) for each in branches if each.get("type") != "null"]
            null = any(each.get("type") == "null" for each in branches)
            return " | ".join([*dict.fromkeys(kinds), *["None"] * null])
        kind = node.get("type")
        if isinstance(kind, list):
            null = "null" in kind
            [kind] = [each for each in kind if each != "null"]
            return self._input({**node, "type": kind}) + " | None" * null
        if "enum" in node:
            if node.get("x-open"):
                return "str"
            return f"models.{name}" if name else f"Literal[{', '.join(map(repr, node['enum']))}]"
        if node.get("format") == "uuid":
            return " | ".join(["str", "UUID", *(f"models.{model}" for model in node.get("x-model", "").split())])
        if node.get("format") == "date-time":
            return "datetime | str"
        if node.get("format") == "date":
            return "date | str"
        if kind == "array":
            return f"Iterable[{self._input(node['items'])}]"
        if kind == "object":
            inner = node.get("additionalProperties")
            if "properties" in node:
                return f"models.{name} | Mapping[str, Any]" if name else "Mapping[str, Any]"
            return f"Mapping[str, {self._input(inner) if isinstance(inner, dict) else 'Any'}]"
        return SCALARS.get(str(kind), "Any")

    def _at(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        return follow(self._document, node)


def _unshadow(resource: Resource) -> None:
    """Within a class whose method is called `list`, the type is `builtins.list`."""
    if any(method.name == "list" for method in resource.methods):
        for index, method in enumerate(resource.methods):
            if "list[" in method.returns:
                returns = method.returns.replace("list[", "builtins.list[")
                resource.methods[index] = Method(**{**vars(method), "returns": returns})


def _returned(success: Mapping[str, Any], *, pages: bool, found_again: bool) -> str:
    """What a method returns, in words."""
    found = _text(success["description"])
    if pages:
        return "To be iterated for the items, or over `.pages()` for the pages; nothing is read before."
    return f"{found} `reconciled` is True where its answer was lost and it was found again." if found_again else found


def _name(node: Mapping[str, Any]) -> str:
    return str(node["$ref"]).rpartition("/")[2] if "$ref" in node else ""


def _text(words: str) -> str:
    return " ".join(words.split())


def _paragraphs(words: str) -> str:
    return "\n\n".join(_text(part) for part in words.split("\n\n") if part.strip())


def _source(sent: Mapping[str, Any]) -> str:
    pairs = (f'"{name}": {_source(value) if isinstance(value, dict) else value}' for name, value in sent.items())
    return "{" + ", ".join(pairs) + "}"


def fold(words: str, indent: int) -> str:
    """Fold text to the width of generated code, with what stands before its first line left to the template."""
    return ("\n\n" + " " * indent).join(
        textwrap.fill(part, WIDTH - indent, break_long_words=False, break_on_hyphens=False).replace(
            "\n", "\n" + " " * indent
        )
        for part in words.replace("\\", "\\\\").split("\n\n")
    )


def emit(document: Mapping[str, Any], package: Path) -> None:
    """Write `resources/` into a generated package.

    Raises:
        SurfaceError: The document says something that no method can be made of.
    """
    surface = Surface(document)
    resources = surface.resources()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 -- it is Python that is written, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["fold"] = fold
    folder = package / "resources"
    folder.mkdir()

    def write(name: str, template: str, **values: Any) -> None:
        text = environment.get_template(template).render(**values)
        (folder / name).write_text(text, encoding="utf-8")

    (folder / "protocol.py").write_bytes((TEMPLATES / "protocol.py").read_bytes())
    exports = sorted({*EXPORTS, *(f"{kind}{resource.name}" for resource in resources for kind in ("", "Async"))})
    write("__init__.py", "__init__.py.jinja", resources=resources, exports=exports)
    write("created.py", "created.py.jinja", created=dict(sorted(surface.created.items())))
    for resource in resources:
        used = sorted({name for name in surface.created if any(m.returns == name for m in resource.methods)})
        write(f"{resource.tag}.py", "resource.py.jinja", r=resource, created=used)
