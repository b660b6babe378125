"""Would this openapi.yaml break those who use the last one? The gate between an edit and a release.

    python -m tools.compat [--base REVISION]

Compares openapi.yaml of a git revision with the one in the working tree. An edit breaks when a request that was right
is right no longer, when an answer can come that the last document did not allow, or when a name or a type of the
generated client changes. Answers stay open by design: a new field, a new state and a new error status break nobody.
Breaking edits need a raised `info.version` (the major number; for 0.x the minor one), all others pass.

Exit code 0: fine. 1: breaking without the version for it, or a version that went down. 2: could not compare.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jsonschema_rs

from tools.generate import DOCUMENT, ROOT, GenerationError, as_generated, read_document

Way = Literal["sent", "answered"]
Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
ANNOTATIONS = {
    *("title", "summary", "description", "example", "examples", "deprecated", "externalDocs", "$comment"),
    *("links", "bearerFormat"),
}
ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "nothing", "__bool__": lambda _: False})()
CLASSES = {"uuid": "UUID", "date-time": "datetime", "date": "date", "binary": "File"}  # what a text's format turns into


class CannotCompare(Exception):
    """Why there is nothing to compare, in words for the person who ran the command."""


@dataclass(frozen=True)
class Change:
    """One difference between two documents."""

    pointer: str
    """Where: a JSON pointer into the new document; what is gone would stand there."""
    what: str
    whom: str = ""
    """Whom it breaks; empty for a harmless difference."""
    instead: str = ""
    """How the same end is reached without breaking anybody."""
    operations: tuple[str, ...] = ()

    @property
    def breaking(self) -> bool:
        return bool(self.whom)


Changes = Iterator[Change]
Judge = Callable[[Any, Any, str], Changes]


def pointer(at: str, *steps: object) -> str:
    return at + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def words(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def as_schema(value: Any) -> Json:
    return value if isinstance(value, dict) else {} if value is not False else {"not": {}}


def bare(schema: Any) -> Any:
    """A schema without what only explains it, to tell whether two mean the same."""
    if not isinstance(schema, dict):
        return schema
    kept: Json = {}
    for key, value in schema.items():
        if key in ANNOTATIONS or key.startswith("x-"):
            continue
        if key in ("properties", "patternProperties", "$defs"):
            kept[key] = {name: bare(each) for name, each in value.items()}
        elif isinstance(value, list) and key in ("anyOf", "oneOf", "allOf"):
            kept[key] = [bare(each) for each in value]
        elif key == "required":
            kept[key] = sorted(value or ())
        else:
            kept[key] = bare(value)
    if kept.get("additionalProperties") in (True, {}):
        del kept["additionalProperties"]
    return kept


def covers(wider: Any, narrower: Any) -> bool:
    """Whether it is proved that all that `narrower` admits is admitted by `wider`."""
    try:
        sets = [
            jsonschema_rs.canonicalize(schema, draft=jsonschema_rs.Draft202012, validate_formats=True)
            for schema in (wider, narrower)
        ]
        return str(sets[0].covers(sets[1])) == "yes"
    except (ValueError, TypeError, jsonschema_rs.ReferencingError):
        return False


class Document:
    """A document whose references can be followed."""

    def __init__(self, root: Json) -> None:
        self.root = root
        self.inline = cache(self._inline)

    def resolve(self, node: Any, at: str) -> tuple[Any, str]:
        """What stands behind `$ref`, and where; what stands beside a `$ref` counts too."""
        for _ in range(50):
            if not (isinstance(node, dict) and "$ref" in node):
                return node, at
            at = node["$ref"].removeprefix("#")
            beside = {key: value for key, value in node.items() if key != "$ref" and key not in ANNOTATIONS}
            node = self.at(at)
            node = {**node, **beside} if beside else node
        raise CannotCompare(f"the references at {at} lead nowhere")

    def at(self, place: str) -> Any:
        node: Any = self.root
        try:
            for step in place.split("/")[1:]:
                node = node[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError):
            raise CannotCompare(f"a $ref names {place}, and there is nothing") from None
        return node

    def whole(self, node: Any, within: tuple[str, ...] = ()) -> Any:
        """A schema with everything that it refers to put in; only a circle stays a reference."""
        if isinstance(node, list):
            return [self.whole(each, within) for each in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            if node["$ref"] in within:
                return node
            target = self.inline(node["$ref"], within)
            beside = {key: self.whole(value, within) for key, value in node.items() if key != "$ref"}
            return {**target, **beside} if beside else target
        return {key: self.whole(value, within) for key, value in node.items()}

    def _inline(self, reference: str, within: tuple[str, ...]) -> Any:
        """With the name of the class that it becomes, so that two of the same form are told apart."""
        found = self.whole(node := self.at(reference.removeprefix("#")), (*within, reference))
        return {**found, "x-class": reference} if names_a_class(node) else found

    def kinds(self, node: Any) -> set[str]:
        """What the generated client makes of a schema: the names of Python types."""
        name = node["$ref"].rpartition("/")[2] if isinstance(node, dict) and "$ref" in node else "dict"
        schema = as_generated(as_schema(self.resolve(node, "")[0]))
        if "$ref" in schema:
            return self.kinds(schema)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return set().union(*(self.kinds(branch) for branch in schema[key]))
        if len(schema.get("allOf", ())) == 1:
            return self.kinds(schema["allOf"][0])
        values = [schema["const"]] if "const" in schema else schema.get("enum", [])
        types = schema.get("type", [])
        found: set[str] = {"None" if value is None else type(value).__name__ for value in values}
        if found:
            return found
        for each in [types] if isinstance(types, str) else types:
            if each == "string":
                found.add(CLASSES.get(schema.get("format", ""), "str"))
            else:
                found.add(
                    {"integer": "int", "number": "float", "boolean": "bool", "null": "None", "array": "list"}.get(
                        each, name
                    )
                )
        return found or ({name} if "properties" in schema or "allOf" in schema else {"Any"})

    def is_open(self, node: Any) -> bool | None:
        """Whether a text may be any text; False where only listed ones are right, None where no text is."""
        schema = as_schema(self.resolve(node, "")[0])
        for key in ("anyOf", "oneOf"):
            if key in schema:
                answers = {self.is_open(branch) for branch in schema[key]}
                return True if True in answers else False if False in answers else None
        types = schema.get("type", [])
        if "const" in schema or "enum" in schema:
            return (
                False if any(isinstance(each, str) for each in [*schema.get("enum", ()), schema.get("const")]) else None
            )
        return True if "string" in ([types] if isinstance(types, str) else types) else None


def fits(given: set[str], wanted: set[str]) -> bool:
    """Whether a value of any of the given Python types does where one of the wanted ones is asked for."""
    return "Any" in wanted or all(kind in wanted or (kind == "int" and "float" in wanted) for kind in given)


def names_a_class(schema: Any) -> bool:
    """Whether the generated client has a name of its own for a schema."""
    return isinstance(schema, dict) and ("properties" in schema or "enum" in schema or schema.get("type") == "object")


class Comparison:
    """All differences between two documents, each judged."""

    def __init__(self, old: Json, new: Json, extensions: Iterable[str]) -> None:
        self.old, self.new = Document(old), Document(new)
        self.extensions = frozenset(extensions)
        """The extensions that the overlay or the generator reads; all others are remarks."""
        self.proved = False
        """Whether the values at hand are known to be contained, so that only names and types can break."""
        self.on_the_way: set[tuple[int, int, Way]] = set()

    def changes(self) -> list[Change]:
        """Every difference once, breaking ones first, with the operations it concerns."""
        found: dict[tuple[str, str], Change] = {}
        for change in self._document():
            key = change.pointer, change.what
            before = found.get(key, change)
            found[key] = replace(
                change if change.breaking else before,
                operations=tuple(dict.fromkeys([*before.operations, *change.operations])),
            )
        return sorted(found.values(), key=lambda change: not change.breaking)

    def each(self, old: Json, new: Json, at: str, judges: dict[str, Judge]) -> Changes:
        """Hand each key that differs to the judge of that key; what nobody can judge is breaking."""
        for key in dict.fromkeys([*old, *new]):
            before, after, here = old.get(key, ABSENT), new.get(key, ABSENT), pointer(at, key)
            if key in judges:
                yield from judges[key](before, after, here)
            elif before is not ABSENT and after is not ABSENT and before == after:
                continue
            elif key in ANNOTATIONS:
                yield Change(here, f"{key} reworded")
            elif key.startswith("x-"):
                yield from self._extension(key, before, after, here, old)
            else:
                yield Change(here, f"{key}: {words(before)} -> {words(after)}", "nobody knows: this gate cannot judge it",
                             "teach tools/compat.py what it means")  # fmt: skip

    def _harmless(self, old: Any, new: Any, at: str) -> Changes:
        if old is ABSENT or new is ABSENT or old != new:
            yield Change(at, "changed, and nothing depends on it")

    def _fixed(self, whom: str, instead: str = "leave it") -> Judge:
        def judge(old: Any, new: Any, at: str) -> Changes:
            if old is ABSENT or new is ABSENT or old != new:
                yield Change(at, f"{words(old)} -> {words(new)}", whom, instead)

        return judge

    # ------------------------------------------------------------------------------------------------ the document

    def _document(self) -> Changes:
        old, new = self.old.root, self.new.root
        yield from self.each(
            old,
            new,
            "",
            {
                "openapi": self._dialect,
                "info": lambda old, new, at: self.each(old, new, at, dict.fromkeys([*old, *new], self._remark)),
                "servers": self._servers,
                "tags": self._remark,
                "security": lambda *_: iter(()),  # judged operation by operation
                "paths": lambda *_: self._paths(),
                "components": lambda *_: self._components(),
            },
        )

    def _remark(self, old: Any, new: Any, at: str) -> Changes:
        if at != "/info/version":
            yield from self._harmless(old, new, at)

    def _dialect(self, old: Any, new: Any, at: str) -> Changes:
        if str(old).split(".")[:2] != str(new).split(".")[:2]:
            yield Change(at, f"{old} -> {new}", "everybody: schemas are read by other rules", "stay with it")
        else:
            yield from self._harmless(old, new, at)

    def _servers(self, old: Any, new: Any, at: str) -> Changes:
        before, after = ((side or [{}])[0].get("url") for side in (old, new))
        if before != after:
            yield Change(pointer(at, 0, "url"), f"{before} -> {after}", "who relies on the default address",
                         "add the new address after the first one")  # fmt: skip
        elif old != new:
            yield Change(at, "other addresses, or words about them, changed")

    def _components(self) -> Changes:
        old, new = self.old.root.get("components", {}), self.new.root.get("components", {})
        schemas = old.get("schemas", {}), new.get("schemas", {})
        at = "/components/schemas"
        for name in schemas[0].keys() - schemas[1].keys():
            if not names_a_class(schemas[0][name]):
                yield Change(pointer(at, name), f"{name} is gone; it has no class of its own in the client")
                continue
            twins = [each for each, schema in schemas[1].items() if each not in schemas[0] and
                     bare(self.new.whole(schema)) == bare(self.old.whole(schemas[0][name]))]  # fmt: skip
            yield Change(pointer(at, name), f"{name} is gone" + "".join(f", and is called {twin} now" for twin in twins),
                         f"who imports {name} from the generated client", "keep the name")  # fmt: skip
        for name in schemas[1].keys() - schemas[0].keys():
            yield Change(pointer(at, name), f"{name} is new")
        whom = "who is authenticated this way"
        judges = {key: self._fixed(whom, "add a scheme instead") for key in ("type", "scheme", "in", "name", "flows")}
        schemes = old.get("securitySchemes", {}), new.get("securitySchemes", {})
        for name in dict.fromkeys([*schemes[0], *schemes[1]]):
            here = pointer("/components/securitySchemes", name)
            if name not in schemes[1]:
                yield Change(here, f"{name} is gone", f"{whom}; the overlay asks for it by its name", "keep the name")
            elif name not in schemes[0]:
                yield Change(here, f"{name} is new")
            else:
                yield from self.each(schemes[0][name], schemes[1][name], here, judges)

    # ---------------------------------------------------------------------------------------------- the operations

    def _paths(self) -> Changes:
        old, new = self.old.root.get("paths", {}), self.new.root.get("paths", {})
        moved = {
            node.get("operationId"): (path, method)
            for path, item in new.items()
            for method, node in item.items()
            if method in METHODS
        }
        for path in dict.fromkeys([*old, *new]):
            before, after, here = old.get(path, {}), new.get(path, {}), pointer("/paths", path)
            for key in dict.fromkeys([*before, *after]):
                at = pointer(here, key)
                if key not in METHODS:
                    if key != "parameters":  # which are those of each operation
                        yield from self.each({key: before[key]} if key in before else {},
                                             {key: after[key]} if key in after else {}, here, {})  # fmt: skip
                elif key not in after:
                    name = before[key].get("operationId")
                    to = "".join(f", and stands at {verb.upper()} {where} now" for where, verb in [moved[name]]
                                 ) if name in moved else ""  # fmt: skip
                    yield Change(at, f"{name} is gone{to}", f"callers of {name}", "keep it, and mark it deprecated")
                elif key not in before:
                    yield Change(at, f"{after[key].get('operationId')} is new")
                else:
                    operations = (str(after[key].get("operationId")),)
                    for change in self._operation(before, after, key, here):
                        yield replace(change, operations=operations)

    def _operation(self, old_item: Json, new_item: Json, method: str, path: str) -> Changes:
        old, new, at = old_item[method], new_item[method], pointer(path, method)
        name = old.get("operationId")

        def tags(before: Any, after: Any, here: str) -> Changes:
            if (before or [None])[0] != (after or [None])[0]:
                yield Change(here, f"first tag {words(before)} -> {words(after)}", f"who imports {name} from its module",
                             "add a tag after the first one")  # fmt: skip
            elif before != after:
                yield Change(here, "other tags changed")

        yield from self._parameters(
            self._effective(self.old, old_item, old, path, at), self._effective(self.new, new_item, new, path, at)
        )
        yield from self._security(old, new, at)
        yield from self.each(
            old,
            new,
            at,
            {
                "operationId": self._fixed(
                    f"who calls the generated {name}", "keep it: it names functions and modules"
                ),
                "tags": tags,
                "parameters": lambda *_: iter(()),
                "security": lambda *_: iter(()),
                "requestBody": self._body,
                "responses": self._responses,
            },
        )

    def _effective(self, document: Document, item: Json, node: Json, path: str, at: str) -> dict[Any, tuple[Json, str]]:
        found = {}
        for holder, place in ((item, path), (node, at)):
            for index, each in enumerate(holder.get("parameters", [])):
                parameter, where = document.resolve(each, pointer(place, "parameters", index))
                name = parameter["name"].lower() if parameter["in"] == "header" else parameter["name"]
                found[parameter["in"], name] = (parameter, where)
        return found

    def _parameters(self, old: dict[Any, tuple[Json, str]], new: dict[Any, tuple[Json, str]]) -> Changes:
        for (place, name), (before, at) in old.items():
            if (place, name) not in new:
                elsewhere = [other for other, same in new if same == name and (other, same) not in old]
                what = f"the {place} parameter {name} " + (f"moved to {elsewhere[0]}" if elsewhere else "is gone")
                yield Change(at, what, f"who sends {name}", "keep it, and mark it deprecated")
                continue
            after, here = new[place, name]
            yield from self.each(
                before,
                after,
                here,
                {
                    "name": self._harmless if place == "header" else self._fixed("callers"),
                    "required": self._required(f"who leaves {name} out"),
                    "schema": self._schema("sent"),
                    **dict.fromkeys(("style", "explode", "allowReserved", "content"), self._fixed(f"who sends {name}")),
                },
            )
        for (place, name), (after, at) in new.items():
            if (place, name) not in old:
                if after.get("required"):
                    yield Change(at, f"the {place} parameter {name} is new and required", "everybody who calls it",
                                 "make it optional")  # fmt: skip
                else:
                    yield Change(at, f"the {place} parameter {name} is new")
        order = [[name for place, name in side if place == "path" and (place, name) in old and (place, name) in new]
                 for side in (old, new)]  # fmt: skip
        if order[0] != order[1]:
            yield Change(new["path", order[1][0]][1], f"order {order[0]} -> {order[1]}",
                         "who passes path parameters by position", "keep the order")  # fmt: skip

    def _required(self, whom: str) -> Judge:
        def judge(old: Any, new: Any, at: str) -> Changes:
            if bool(new) and not bool(old):
                yield Change(at, "required now", whom, "leave it optional")
            elif bool(new) != bool(old):
                yield Change(at, "optional now")

        return judge

    def _security(self, old: Json, new: Json, at: str) -> Changes:
        sides = []
        for node, root in ((old, self.old.root), (new, self.new.root)):
            wanted = node.get("security", root.get("security", []))
            sides.append({frozenset((name, *scopes) for name, scopes in each.items()) for each in wanted or [{}]})
        here = pointer(at, "security") if "security" in old or "security" in new else "/security"
        for gone in sides[0] - sides[1]:
            who = " with ".join(sorted(scheme[0] for scheme in gone)) or "nothing"
            yield Change(
                here, f"{who} does not suffice any more", f"who authenticates by {who}", "add alternatives only"
            )
        for more in sides[1] - sides[0]:
            yield Change(here, f"{' with '.join(sorted(scheme[0] for scheme in more)) or 'nothing'} suffices now")

    def _body(self, old: Any, new: Any, at: str) -> Changes:
        if old is ABSENT or new is ABSENT:
            if new is ABSENT:
                yield Change(at, "takes no body any more", "who sends one", "keep it")
            elif self.new.resolve(new, at)[0].get("required"):
                yield Change(at, "needs a body now", "everybody who calls it", "make the body optional")
            else:
                yield Change(at, "takes a body now")
            return
        (before, _), (after, at) = self.old.resolve(old, at), self.new.resolve(new, at)
        judges: dict[str, Judge] = {"required": self._required("who sends no body"), "content": self._content("sent")}
        yield from self.each(before, after, at, judges)

    def _content(self, way: Way) -> Judge:
        def judge(old: Any, new: Any, at: str) -> Changes:
            for media_type in dict.fromkeys([*(old or {}), *(new or {})]):
                here = pointer(at, media_type)
                if media_type not in (new or {}):
                    yield Change(
                        here, f"{media_type} is gone", "who sends it" if way == "sent" else "who reads it", "keep it"
                    )
                elif media_type in (old or {}):
                    yield from self.each(old[media_type], new[media_type], here, {"schema": self._schema(way)})
                elif way == "sent":
                    yield Change(here, f"{media_type} is taken too")
                else:
                    yield Change(
                        here, f"{media_type} may be answered now", "clients that cannot read it", "keep to the old one"
                    )

        return judge

    def _responses(self, old: Any, new: Any, at: str) -> Changes:
        for status in dict.fromkeys([*old, *new]):
            here = pointer(at, status)
            if status not in new:
                yield Change(here, f"{status} is gone", f"who handles a {status}: its answer is not understood any more",
                             "keep it")  # fmt: skip
            elif status in old:
                (before, _), (after, here) = self.old.resolve(old[status], here), self.new.resolve(new[status], here)
                yield from self.each(
                    before, after, here, {"headers": self._headers, "content": self._content("answered")}
                )
            elif status.startswith("2") or status == "default":
                yield Change(here, f"{status} is new, and no error", "clients that know the other good status only",
                             "answer with the old status")  # fmt: skip
            else:
                yield Change(here, f"{status} is new")

    def _headers(self, old: Any, new: Any, at: str) -> Changes:
        before, after = ({name.lower(): (name, node) for name, node in (side or {}).items()} for side in (old, new))
        for key in dict.fromkeys([*before, *after]):
            if key not in after:
                yield Change(
                    pointer(at, before[key][0]), f"the header {before[key][0]} is gone", "who reads it", "keep it"
                )
                continue
            name, node = after[key]
            if key not in before:
                yield Change(pointer(at, name), f"the header {name} is new")
                continue
            (first, _), (second, here) = self.old.resolve(before[key][1], ""), self.new.resolve(node, pointer(at, name))
            if first.get("required") and not second.get("required"):
                yield Change(
                    pointer(here, "required"), f"{name} may be missing now", "who reads it", "keep it required"
                )
            judges: dict[str, Judge] = {"required": lambda *_: iter(()), "schema": self._schema("answered")}
            if second.get("required") and not first.get("required"):
                yield Change(pointer(here, "required"), f"{name} is always there now")
            yield from self.each(first, second, here, judges)

    # ------------------------------------------------------------------------------------------------- the schemas

    def _schema(self, way: Way) -> Judge:
        return lambda old, new, at: self.schema(way, {} if old is ABSENT else old, {} if new is ABSENT else new, at)

    def schema(self, way: Way, old: Any, new: Any, at: str) -> Changes:
        """What differs between two schemas, judged by the way the values travel."""
        if self.old.whole(old) == self.new.whole(new) and old == new:
            return
        kinds = self.old.kinds(old), self.new.kinds(new)
        opened = self.old.is_open(old), self.new.is_open(new)
        (before, _), (after, at) = self.old.resolve(old, at), self.new.resolve(new, at)
        visit = (id(before), id(after), way)
        if visit in self.on_the_way:
            return  # a circle: what differs is found on the first round
        self.on_the_way.add(visit)
        found = list(self._within(way, as_schema(before), as_schema(after), at))
        self.on_the_way.discard(visit)
        yield from found
        if any(change.breaking for change in found):
            return
        gone = (
            self.old.root.get("components", {}).get("schemas", {}).keys()
            - self.new.root["components"]["schemas"].keys()
        )
        if not (kinds[0] & gone) and not (fits(*kinds) if way == "sent" else fits(kinds[1], kinds[0])):
            types = [" | ".join(sorted(side)) for side in kinds]
            yield Change(at, f"the generated type {types[0]} becomes {types[1]}",
                         f"who {'passes' if way == 'sent' else 'reads'} it by the old type", "keep the type")  # fmt: skip
        elif way == "answered" and opened == (True, False):
            yield Change(at, "takes listed values only", "clients that meet a value which the service adds later",
                         'leave it open: anyOf: [{...}, {type: string}]')  # fmt: skip

    def _within(self, way: Way, old: Json, new: Json, at: str) -> Changes:
        settled: set[str] = set()
        names_class = names_a_class(old)
        for key in ("anyOf", "allOf", "oneOf"):
            if key in old and key in new:
                verdict = self._branches(way, key, old, new, pointer(at, key))
                if verdict is not None:
                    settled.add(key)
                    yield from verdict
        for key in ("items", "propertyNames", "additionalProperties"):
            if isinstance(old.get(key), dict) and isinstance(new.get(key), dict):
                settled.add(key)
                yield from self.schema(way, old[key], new[key], pointer(at, key))
        if "properties" in old or "properties" in new:
            yield from self._properties(way, old, new, pointer(at, "properties"))
        settled.add("properties")

        def title(before: Any, after: Any, here: str) -> Changes:
            if before != after:
                yield Change(here, f"{words(before)} -> {words(after)}", "who imports the class that the title names" if
                             names_class else "", "leave the title")  # fmt: skip

        def default(before: Any, after: Any, here: str) -> Changes:
            if before is ABSENT or after is ABSENT or before != after:
                whom = "who leaves it out: the generated client sends the default" if way == "sent" else ""
                yield Change(here, f"default {words(before)} -> {words(after)}", whom, "say it in the description")

        plain = {key for key in (*old, *new) if key in ANNOTATIONS or key.startswith("x-")} - {"title"}
        yield from self.each(
            {key: old[key] for key in old if key in plain or key in ("title", "default")},
            {key: new[key] for key in new if key in plain or key in ("title", "default")},
            at,
            {"title": title, "default": default},
        )
        rules = {key for key in {*old, *new} - plain - settled - {"title", "default"}
                 if bare({key: old.get(key, ABSENT)}) != bare({key: new.get(key, ABSENT)})}  # fmt: skip
        if rules:
            yield from self._rules(way, old, new, at, sorted(rules), settled)

    def _rules(self, way: Way, old: Json, new: Json, at: str, rules: list[str], settled: set[str]) -> Changes:
        """Keywords that changed: together they must prove containment, else those that break it are named."""
        known = {name: True for side in (old, new) for name in side.get("properties", {})}

        def skeleton(document: Document, schema: Json) -> Json:
            kept = {key: document.whole(value) for key, value in schema.items() if key not in settled}
            return {**kept, "properties": known} if known else kept

        before, after = skeleton(self.old, old), skeleton(self.new, new)

        def contained(first: Json, second: Json) -> bool:
            return covers(second, first) if way == "sent" else covers(first, second)

        broken = []
        proved = self.proved or contained(before, after)
        if not proved:
            for key in rules:
                trial = {name: value for name, value in before.items() if name != key}
                if key in after:
                    trial[key] = after[key]
                if not contained(before, trial):
                    broken.append(key)
        closing = (
            way == "answered"
            and "additionalProperties" in rules
            and old.get("additionalProperties", True) in (True, {})
        )
        if closing:
            broken.append("additionalProperties")
        whom = (
            "who sends what was right before"
            if way == "sent"
            else "clients that meet what could not be answered before"
        )
        for key in rules:
            here, what = pointer(at, key), f"{key}: {self._edit(old.get(key, ABSENT), new.get(key, ABSENT))}"
            if key not in broken:
                yield Change(here, what)
            elif closing and key == "additionalProperties":
                yield Change(here, f"{what}; answers are open to new fields", "clients that meet a field which the service "
                             "adds later", "leave it open")  # fmt: skip
            else:
                more = "add the new rule beside the old one (anyOf), so that it can be seen to allow more"
                less = "keep to what was allowed, or add a field"
                yield Change(here, what, whom, (more if key in ("pattern", "anyOf") else "allow more, never less")
                             if way == "sent" else less)  # fmt: skip
        if not broken and not proved:
            yield Change(at, "these rules together do not allow the same", whom, "change one at a time")

    @staticmethod
    def _edit(old: Any, new: Any) -> str:
        if isinstance(old, list) and isinstance(new, list) and all(isinstance(each, str) for each in [*old, *new]):
            signs = [f"-{each}" for each in old if each not in new] + [f"+{each}" for each in new if each not in old]
            return " ".join(signs) or "in another order"
        return f"{words(old)} -> {words(new)}"

    def _branches(self, way: Way, key: str, old: Json, new: Json, at: str) -> list[Change] | None:
        """Alternatives, compared pair by pair; None where that proves nothing and the keyword is to be taken whole."""
        bares = [[bare(document.whole(branch)) for branch in schema[key]]
                 for document, schema in ((self.old, old), (self.new, new))]  # fmt: skip
        left, right = (
            [index for index, each in enumerate(bares[side]) if each not in bares[1 - side]] for side in (0, 1)
        )
        notes = [
            change
            for index, branch in enumerate(bares[1])
            if branch in bares[0]
            for change in self.schema(way, old[key][bares[0].index(branch)], new[key][index], pointer(at, index))
        ]
        if not left and not right:
            return notes if len(bares[0]) == len(bares[1]) or key != "oneOf" else None
        if key == "oneOf" or len(left) != len(right):
            if key != "oneOf" and len(left) == 0 and way == "answered" and key == "anyOf" and not covers(
                    {key: bares[0]}, {key: bares[1]}):  # fmt: skip
                return [*notes, *(
                    Change(pointer(at, index), "one more alternative may be answered",
                           "clients that do not know it", "keep to those that there are") for index in right)]  # fmt: skip
            return None

        def pairs() -> list[Change]:
            return [
                change
                for first, second in zip(left, right, strict=True)
                for change in self.schema(way, old[key][first], new[key][second], pointer(at, second))
            ]

        found = pairs()
        if not self.proved and any(change.breaking for change in found):
            wider, narrower = ({key: side} for side in (reversed(bares) if way == "sent" else bares))
            if covers(wider, narrower):
                self.proved = True
                found = pairs()
                self.proved = False
        return notes + found

    def _properties(self, way: Way, old: Json, new: Json, at: str) -> Changes:
        before, after = old.get("properties", {}), new.get("properties", {})
        others = old.get("additionalProperties", True)
        for name in dict.fromkeys([*before, *after]):
            here = pointer(at, name)
            if name not in after:
                yield Change(here, f"{name} is gone", f"who {'sends' if way == 'sent' else 'reads'} it: the generated class "
                             "does not have it any more", "keep it, and mark it deprecated")  # fmt: skip
            elif name in before:
                yield from self.schema(way, before[name], after[name], here)
            else:
                yield Change(here, f"{name} is new")
                if isinstance(others, dict) and others:
                    yield from self.schema(way, others, after[name], here)

    # ---------------------------------------------------------------------------------------------- the extensions

    def _extension(self, key: str, old: Any, new: Any, at: str, holder: Json) -> Changes:
        edit = f"{self._edit(old, new)}"
        if key not in self.extensions:
            yield Change(at, f"{edit}; nothing reads it")
        elif key == "x-coerced":
            yield Change(at, f"{edit}; the generated type is judged where the alternatives stand")
        elif key == "x-rate-limit":
            paces = [side["seconds"] / side["requests"] if side else 0 for side in (old, new)]
            if paces[1] < paces[0]:
                yield Change(
                    at, edit, "users of services that keep to the old limit: they would meet 429", "keep the limit"
                )
            else:
                yield Change(at, f"{edit}; clients pace themselves accordingly")
        elif key == "x-pattern" and covers(
            {"pattern": new} if new else {}, {"type": "string", "pattern": old} if old else {}
        ):
            yield Change(at, f"{edit}; allows all that was allowed")
        elif (
            key in ("x-active", "x-succeeded", "x-failed", "x-no-evidence") and old and new and not set(old) - set(new)
        ):
            if set(new) & set(holder.get("enum", ())) - set(old):
                yield Change(at, edit, "who goes by what that state meant", "add a new state")
            else:
                yield Change(at, edit)
        elif key == "x-evidence" and old is None:
            yield Change(at, f"{edit}; scores are held against it")
        elif key == "x-failed-may-return" and old and new and all(new.get(each, 0) >= old[each] for each in old):
            yield Change(at, f"{edit}; a failed run is given longer")
        else:
            yield Change(at, edit, "users of the overlay, which goes by it", "keep it")


def version(document: Json) -> tuple[int, int, int, bool]:
    """`info.version` as something that can be ordered; a pre-release comes before its release."""
    text = str(document.get("info", {}).get("version"))
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?", text)
    if not found:
        raise CannotCompare(f"info.version is {text}, and not a semantic version such as 1.2.3")
    major, minor, patch = (int(found[group]) for group in (1, 2, 3))
    return major, minor, patch, not found[4]


def wanted_version(old: Json) -> str:
    major, minor, *_ = version(old)
    return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"


def is_raised(old: Json, new: Json) -> bool:
    """Whether the version says that this document breaks users of the old one."""
    before, after = version(old), version(new)
    return after[:2] > before[:2] if before[0] == 0 else after[0] > before[0]


def read_extensions() -> set[str]:
    """The extensions that somebody reads: those named in the overlay's sources, and what the generator leaves out by."""
    sources = [*(ROOT / "overlays").rglob("*.py"), ROOT / "tools" / "generate.py"]
    return {name for path in sources for name in re.findall(r'"(x-[a-z-]+)"', path.read_text(encoding="utf-8"))}


def compare(old: Json, new: Json, extensions: Iterable[str] | None = None) -> list[Change]:
    """Every difference between two documents, each judged; breaking ones first."""
    return Comparison(old, new, read_extensions() if extensions is None else extensions).changes()


def git(*words: str) -> str | None:
    run = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, encoding="utf-8", check=False)
    return run.stdout if run.returncode == 0 else None


def default_base() -> tuple[str, str]:
    """What to compare with where nothing is said: the newest tag, else where main was left, else the last commit."""
    if tag := git("describe", "--tags", "--abbrev=0"):
        return tag.strip(), "the newest tag"
    fork, head = git("merge-base", "HEAD", "origin/main"), git("rev-parse", "HEAD")
    if fork and fork != head:
        return fork.strip(), "no tag yet: where this branch left origin/main"
    if git("rev-parse", "--verify", "--quiet", "HEAD~1"):
        return "HEAD~1", "no tag yet: the commit before the last"
    return "HEAD", "no tag yet, and only one commit"


def document_of(revision: str) -> Json:
    text = git("show", f"{revision}:{DOCUMENT.name}") if not revision.startswith("-") else None
    if text is None:
        raise CannotCompare(
            f"git has no {DOCUMENT.name} in {revision!r}; name another revision, as in make compat BASE=HEAD"
        )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, f"{DOCUMENT.name} of {revision.replace('/', '-')}")
        place.write_text(text, encoding="utf-8")
        return read_document(place)


def report(changes: list[Change], old: Json, new: Json) -> int:
    """Print what was found; return the exit code."""
    breaking = [change for change in changes if change.breaking]
    for change in breaking:
        print(f"BREAKING  {change.pointer}")
        print(f"          what     {change.what}" + (f" ({', '.join(change.operations)})" if change.operations else ""))
        print(f"          breaks   {change.whom}\n          instead  {change.instead}")
    for change in changes[len(breaking) :]:
        print(f"harmless  {change.pointer}: {change.what}")
    versions = [str(side["info"]["version"]) for side in (old, new)]
    print(f"{len(breaking)} breaking, {len(changes) - len(breaking)} harmless; info.version {' -> '.join(versions)}")
    if version(new) < version(old):
        print(f"info.version went down, from {versions[0]} to {versions[1]}: it only ever rises.")
        return 1
    if breaking and not is_raised(old, new):
        print(f"Undo what breaks, or set info.version to {wanted_version(old)} and tell users in CHANGELOG.md.")
        return 1
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--base", default="", metavar="REVISION", help="the newest tag, unless said")
    parser.add_argument("--document", type=Path, default=DOCUMENT, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        base, why = (options.base, "as asked") if options.base else default_base()
        print(f"{options.document.name} against {base} ({why})", flush=True)
        old, new = document_of(base), read_document(options.document)
        return report(compare(old, new), old, new)
    except (CannotCompare, GenerationError) as error:
        print(f"compat: {error}", file=sys.stderr)
    except (AttributeError, KeyError, TypeError) as error:
        print(f"compat: one of the two is no OpenAPI document ({error!r}); see what `make spec` says", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
