"""Where a vendor's specification and our contract say different things. Pure: two documents in, differences out.

Both are brought to one form first, so that two ways of saying the same are no difference: references are followed, one
branch of a union is the branch, `null` beside a type is nullability, an open enum is compared by the values it names.
Words (titles, descriptions, examples), defaults and whatever begins with `x-` are not compared, nor whether a query or
path parameter may be null, which cannot be sent. Only operations that our contract has are looked at.

A difference is at a JSON pointer into our contract: where the thing is, or where it would be if we had it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]

ABSENT: Final = "absent"
METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
KEYWORDS: Final = (
    "enum", "const", "format", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip
"""Schema keywords whose values are compared as they are."""
UNBOUNDED: Final = 40
"""Deeper than this, a schema is taken to contain itself."""


class NotComparable(ValueError):
    """A document that is not a specification of this API."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the documents do not say the same."""

    pointer: str
    """Into our contract."""
    vendor: Any
    """What the vendor says there, as JSON; `absent` where nothing."""
    ours: Any
    """What we say there."""


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a document."""

    root: Document
    at: str
    value: Any

    def child(self, *steps: str | int) -> Node | None:
        """A place below, with references followed; None where there is nothing."""
        node = self.follow()
        for step in steps:
            value = node.value
            if isinstance(value, Mapping) and str(step) in value:
                value = value[str(step)]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
            node = Node(node.root, f"{node.at}/{escaped(str(step))}", value).follow()
        return node

    def follow(self) -> Node:
        """The place behind a reference."""
        node = self
        for _ in range(UNBOUNDED):
            reference = node.value.get("$ref") if isinstance(node.value, Mapping) else None
            if reference is None:
                return node
            node = _target(node.root, str(reference))
        raise NotComparable(f"{self.at}: references that only lead round in a circle")


def _target(root: Document, reference: str) -> Node:
    if not reference.startswith("#/"):
        raise NotComparable(f"a reference to another document, {reference}: bundle it first")
    value: Any = root
    for step in reference[2:].split("/"):
        try:
            value = value[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError):
            raise NotComparable(f"a reference to something that is not there, {reference}") from None
    return Node(root, reference[1:], value)


def escaped(step: str) -> str:
    """A step of a JSON pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def compare(ours: Document, vendor: Document) -> list[Difference]:
    """Every difference, each once, in the order of our contract.

    Args:
        ours: Our contract.
        vendor: An OpenAPI 3 document.

    Raises:
        NotComparable: The vendor's is no OpenAPI document, or refers to what is not there.
    """
    if not isinstance(vendor, Mapping) or not isinstance(vendor.get("paths"), Mapping):
        raise NotComparable("not an OpenAPI document: it has no `paths`")
    if not str(vendor.get("openapi", "")).startswith("3."):
        raise NotComparable(f"not an OpenAPI 3 document: its `openapi` is {vendor.get('openapi', 'missing')}")
    found: dict[tuple[str, str, str], Difference] = {}
    theirs = {(shape(path), method): path for path, item in vendor["paths"].items() for method in item}
    for path, item in ours["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            at = f"/paths/{escaped(path)}/{method}"
            their_path = theirs.get((shape(path), method))
            their_item = vendor["paths"][their_path] if their_path is not None else {}
            if their_path is None:
                differences = iter([Difference(at, ABSENT, item[method].get("operationId", method))])
            else:
                our = Operation(ours, at, item, method)
                differences = _operations(
                    our, Operation(vendor, f"/paths/{escaped(their_path)}/{method}", their_item, method)
                )
            for one in differences:
                found.setdefault((one.pointer, repr(one.vendor), repr(one.ours)), one)
    return list(found.values())


def shape(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a document, with what it inherits."""

    root: Document
    at: str
    item: Mapping[str, Any]
    method: str

    @property
    def node(self) -> Node:
        """The operation itself."""
        return Node(self.root, self.at, self.item[self.method])

    def parameters(self) -> dict[tuple[str, str], Node]:
        """Its parameters and those of its path, by where they are sent and their name; by place, those of the path."""
        found: dict[tuple[str, str], Node] = {}
        path = Node(self.root, self.at.rpartition("/")[0], self.item)
        for owner in (path, self.node):
            count = len(owner.value.get("parameters", ()))
            for one in filter(None, (owner.child("parameters", index) for index in range(count))):
                where = str(one.value["in"])
                name = "" if where == "path" else str(one.value["name"])
                found[where, name.lower() if where == "header" else name] = one
        return found

    def security(self) -> Node:
        """What it asks for, where that is said."""
        if "security" in self.node.value:
            return Node(self.root, f"{self.at}/security", self.node.value["security"])
        return Node(self.root, "/security", self.root.get("security", []))


def _operations(ours: Operation, theirs: Operation) -> Iterator[Difference]:
    yield from _security(ours, theirs)
    our_parameters, their_parameters = ours.parameters(), theirs.parameters()
    for key in dict.fromkeys([*our_parameters, *their_parameters]):
        our, their = our_parameters.get(key), their_parameters.get(key)
        if our is None or their is None:
            where = our.at if our else f"{ours.at}/parameters/{key[0]}:{key[1]}"
            yield Difference(where, _parameter(their), _parameter(our))
            continue
        if bool(our.value.get("required")) != bool(their.value.get("required")):
            yield Difference(f"{our.at}/required", bool(their.value.get("required")), bool(our.value.get("required")))
        yield from _schemas(our.child("schema"), their.child("schema"), f"{our.at}/schema", nullable=False)
    yield from _bodies(ours.node.child("requestBody"), theirs.node.child("requestBody"), f"{ours.at}/requestBody")
    yield from _responses(ours, theirs)


def _parameter(node: Node | None) -> str:
    return ABSENT if node is None else f"{'required' if node.value.get('required') else 'optional'}"


def _security(ours: Operation, theirs: Operation) -> Iterator[Difference]:
    our, their = ours.security(), theirs.security()
    if _alternatives(our) != _alternatives(their):
        yield Difference(our.at, _said(their), _said(our))


def _alternatives(node: Node) -> set[frozenset[str]]:
    schemes = node.root.get("components", {}).get("securitySchemes", {})
    return {frozenset(_scheme(schemes.get(name, {}), name) for name in requirement) for requirement in node.value or ()}


def _scheme(scheme: Mapping[str, Any], name: str) -> str:
    if scheme.get("type") == "http":
        return f"Authorization: {str(scheme.get('scheme', '')).capitalize()}"
    return str(scheme.get("name", name))


def _said(node: Node) -> str:
    return " | ".join(sorted(" + ".join(sorted(one)) or "nothing" for one in _alternatives(node))) or "nothing"


def _bodies(our: Node | None, their: Node | None, at: str) -> Iterator[Difference]:
    if our is None or their is None:
        if our is not their:
            yield Difference(at, ABSENT if their is None else "a body", ABSENT if our is None else "a body")
        return
    if bool(our.value.get("required")) != bool(their.value.get("required")):
        yield Difference(f"{at}/required", bool(their.value.get("required")), bool(our.value.get("required")))
    yield from _contents(our, their, at)


def _contents(our: Node, their: Node, at: str) -> Iterator[Difference]:
    our_types, their_types = our.value.get("content") or {}, their.value.get("content") or {}
    for media_type in dict.fromkeys([*our_types, *their_types]):
        where = f"{at}/content/{escaped(media_type)}"
        if media_type not in our_types or media_type not in their_types:
            said = "a body"
            yield Difference(
                where, said if media_type in their_types else ABSENT, said if media_type in our_types else ABSENT
            )
            continue
        yield from _schemas(
            our.child("content", media_type, "schema"), their.child("content", media_type, "schema"), f"{where}/schema"
        )


def _responses(ours: Operation, theirs: Operation) -> Iterator[Difference]:
    our_statuses = ours.node.value.get("responses", {})
    their_statuses = {str(status): answer for status, answer in theirs.node.value.get("responses", {}).items()}
    for status in dict.fromkeys([*our_statuses, *their_statuses]):
        at = f"{ours.at}/responses/{status}"
        if status not in our_statuses or status not in their_statuses:
            said = "documented"
            yield Difference(
                at, said if status in their_statuses else ABSENT, said if status in our_statuses else ABSENT
            )
            continue
        our, their = ours.node.child("responses", status), Node(theirs.root, "", their_statuses[status]).follow()
        assert our is not None
        yield from _headers(our, their)
        yield from _contents(our, their, our.at)


def _headers(our: Node, their: Node) -> Iterator[Difference]:
    our_names = {name.lower(): name for name in our.value.get("headers") or {}}
    their_names = {name.lower(): name for name in their.value.get("headers") or {}}
    for name in dict.fromkeys([*our_names, *their_names]):
        mine = our.child("headers", our_names[name]) if name in our_names else None
        yours = their.child("headers", their_names[name]) if name in their_names else None
        if mine is None or yours is None:
            at = mine.at if mine else f"{our.at}/headers/{escaped(their_names[name])}"
            yield Difference(at, _parameter(yours), _parameter(mine))


# --- schemas ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema, normalized, so that two can be compared."""

    at: str
    types: tuple[str, ...] = ()
    """Sorted, without null; empty for any."""
    nullable: bool = False
    keywords: tuple[tuple[str, Any], ...] = ()
    properties: tuple[tuple[str, Node], ...] = ()
    required: frozenset[str] = frozenset()
    items: Node | None = None
    additional: Node | bool | None = None
    """What other properties are: a schema, whether there may be any, or nothing said."""
    names: Node | None = None
    """What properties may be called."""

    def keyword(self, name: str) -> Any:
        """A keyword's value; `absent` where it is not there."""
        return dict(self.keywords).get(name, ABSENT)


def canonical(node: Node) -> Schema:
    """Normalize a schema, so that two can be compared."""
    node = node.follow()
    value = node.value
    if not isinstance(value, Mapping):
        return Schema(node.at)
    for union in ("anyOf", "oneOf"):
        if union in value and any("required" not in branch or len(branch) > 1 for branch in value[union]):
            branches = [node.child(union, index) for index in range(len(value[union]))]
            rest = _plain(Node(node.root, node.at, {name: one for name, one in value.items() if name != union}))
            return _united(node.at, rest, [canonical(branch) for branch in branches if branch is not None])
    return _plain(node)


def _plain(node: Node) -> Schema:
    value = node.value
    given = value.get("type", ())
    types = {given} if isinstance(given, str) else set(given)
    additional = value.get("additionalProperties")
    return Schema(
        node.at,
        tuple(sorted(types - {"null"})),
        "null" in types or value.get("nullable") is True,  # the one and the other: OpenAPI 3.1 and 3.0
        tuple((name, _number(value[name])) for name in KEYWORDS if name in value),
        tuple((name, child) for name in value.get("properties", {}) if (child := node.child("properties", name))),
        frozenset(value.get("required", ())),
        node.child("items"),
        node.child("additionalProperties") if isinstance(additional, Mapping) else additional,
        node.child("propertyNames"),
    )


def _number(value: Any) -> Any:
    """1.0 and 1 are one number; the order of an enum means nothing."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return sorted(value, key=repr) if isinstance(value, list) else value


def _united(at: str, rest: Schema, branches: Sequence[Schema]) -> Schema:
    """One schema for a union: what any branch may be, and what all of them must have."""
    nullable = rest.nullable or any(
        branch.nullable or branch.types == ("null",) or branch.keyword("const") is None for branch in branches
    )
    branches = [branch for branch in branches if branch.types or branch.keywords or branch.properties]
    if len(branches) == 1:
        only = branches[0]
        return Schema(only.at, only.types, nullable or only.nullable, rest.keywords + only.keywords, only.properties,
                      only.required, only.items, only.additional, only.names)  # fmt: skip
    properties: dict[str, Node] = {}
    for branch in branches:
        properties |= {name: one for name, one in branch.properties if name not in properties}
    required = frozenset.intersection(*(branch.required for branch in branches)) if branches else frozenset[str]()
    named = [branch for branch in branches if branch.keyword("enum") is not ABSENT]
    free = [branch for branch in branches if not branch.keywords]
    enum = named[0].keywords if len(named) == 1 and len(free) == len(branches) - 1 else ()
    return Schema(
        at,
        tuple(sorted({*rest.types, *(kind for branch in branches for kind in branch.types)})),
        nullable,
        rest.keywords + (enum or (branches[0].keywords if branches else ())),
        (*rest.properties, *properties.items()),
        rest.required | required,
        next((branch.items for branch in branches if branch.items), None),
        next((branch.additional for branch in branches if branch.additional is not None), None),
        next((branch.names for branch in branches if branch.names), None),
    )


def _schemas(
    our: Node | None, their: Node | None, at: str, *, nullable: bool = True, depth: int = 0
) -> Iterator[Difference]:
    if our is None or their is None:
        if our is not their:
            yield Difference(at, _kind(their), _kind(our))
        return
    if depth > UNBOUNDED:
        return
    mine, yours = canonical(our), canonical(their)
    if mine.types != yours.types:
        yield Difference(f"{mine.at}/type", _types(yours), _types(mine))
    if nullable and mine.nullable != yours.nullable:
        yield Difference(
            f"{mine.at}/null", "allowed" if yours.nullable else ABSENT, "allowed" if mine.nullable else ABSENT
        )
    for name in KEYWORDS:
        if mine.keyword(name) != yours.keyword(name):
            yield Difference(f"{mine.at}/{name}", yours.keyword(name), mine.keyword(name))
    yield from _members(mine, yours, depth)
    for name, one, other in (
        ("items", mine.items, yours.items),
        ("propertyNames", mine.names, yours.names),
    ):
        if one is not None or other is not None:
            yield from _schemas(one, other, f"{mine.at}/{name}", depth=depth + 1)
    yield from _others(mine, yours, depth)


def _members(mine: Schema, yours: Schema, depth: int) -> Iterator[Difference]:
    our_properties, their_properties = dict(mine.properties), dict(yours.properties)
    for name in dict.fromkeys([*our_properties, *their_properties]):
        one, other = our_properties.get(name), their_properties.get(name)
        at = f"{mine.at}/properties/{escaped(name)}"
        if one is None or other is None:
            yield Difference(at, _member(other, name in yours.required), _member(one, name in mine.required))
            continue
        yield from _schemas(one, other, at, depth=depth + 1)
        if (name in mine.required) != (name in yours.required):
            said = ("optional", "required")
            yield Difference(
                f"{mine.at}/required/{escaped(name)}", said[name in yours.required], said[name in mine.required]
            )


def _others(mine: Schema, yours: Schema, depth: int) -> Iterator[Difference]:
    one, other = mine.additional, yours.additional
    at = f"{mine.at}/additionalProperties"
    if isinstance(one, Node) and isinstance(other, Node):
        yield from _schemas(one, other, at, depth=depth + 1)
    elif isinstance(one, Node) or isinstance(other, Node) or (one is False) != (other is False):
        yield Difference(at, _allowed(other), _allowed(one))


def _allowed(additional: Node | bool | None) -> str:
    if isinstance(additional, Node):
        return _kind(additional)
    return ABSENT if additional is False else "any"


def _types(schema: Schema) -> str:
    return " or ".join(schema.types) or "any"


def _kind(node: Node | None) -> str:
    return ABSENT if node is None else _types(canonical(node))


def _member(node: Node | None, required: bool) -> str:
    return ABSENT if node is None else f"{_kind(node)}, {'required' if required else 'optional'}"
