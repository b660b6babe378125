"""What openapi.yaml says of a create (`x-lookup`): where what it made is listed, and how it is recognized there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from attrs import fields as attrs_fields
from pandaprobe_evals_api.types import Unset

from pandaprobe_evals import contract
from pandaprobe_evals.arguments import arguments_of, plain
from pandaprobe_evals.contract import Operation

ANY: Final = object()
"""What may be anything: the service chooses it where none is sent."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a request says in one place, or what is the same of every request."""

    steps: tuple[str, ...] = ()
    """`body` and the field, or the parameter; empty for a constant."""
    schema: Mapping[str, Any] | None = None
    constant: Any = None

    @classmethod
    def of(cls, operation: Operation, said: Any) -> Source:
        """By an expression of OpenAPI such as `$request.body#/name` or `$request.path.run_id`; all else is a constant."""
        if not (isinstance(said, str) and said.startswith("$request.")):
            return cls(constant=comparable(said))
        where = said.removeprefix("$request.")
        name = where.removeprefix("body#/") if where.startswith("body#/") else where.partition(".")[2]
        steps = ("body", name) if where.startswith("body#/") else (name,)
        return cls(steps, arguments_of(operation.id)[name].schema)

    def value(self, arguments: Mapping[str, Any]) -> Any:
        """What the request says, comparable; `ANY` where the service chooses."""
        if self.schema is None:
            return self.constant
        found: Any = arguments
        for step in self.steps:
            found = found.get(step) if isinstance(found, dict) else None
        if found is None and self.schema.get("x-resolved"):
            return ANY
        return comparable(self.schema.get("x-default") if found is None else found, self.schema)


@dataclass(frozen=True, slots=True)
class Field:
    """One place of an item, and what the request says of it."""

    at: tuple[str, ...]
    source: Source
    known: frozenset[str]
    """Of an object, the properties that are compared: others may be new."""
    resolved: bool
    """Whether the service makes another text of what was sent, by putting a provider before it."""

    def value(self, item: Any) -> Any:
        """What an item says, comparable."""
        found = item
        for step in self.at:
            found = _property(found, step)
        if self.known and found is not None:
            given = found.to_dict() if hasattr(found, "to_dict") else found
            found = {name: value for name, value in given.items() if name in self.known}
        return comparable(found, self.source.schema or {})

    def same(self, asked: Any, item: Any) -> bool:
        """Whether an item says what was asked for."""
        if asked is ANY:
            return True
        found = self.value(item)
        return same_text(asked, found) if self.resolved and asked is not None else bool(found == asked)

    def wider(self, asked: Any, item: Any) -> bool:
        """Whether an item says nothing but what was asked for, though not all: a service that drops filters says so."""
        found = self.value(item) or {}
        return bool(self.known and asked) and all(asked.get(name) == value for name, value in found.items())

    def unkept(self, asked: Any, item: Any) -> list[str]:
        """Of an object that narrows what is evaluated, what was asked for and an item does not say, or says otherwise."""
        if not self.known or not asked:  # it names no filters, or none was sent
            return []
        found = self.value(item) or {}
        return [name for name, value in asked.items() if found.get(name) != value]


@dataclass(frozen=True)
class Kind:
    """How what an operation creates is found again."""

    operation: Operation
    list: Operation
    """Lists it, newest first."""
    get: Operation | None
    """Reads it by its id."""
    stamp: str
    """The field that says when the service made it."""
    mark: str | None
    """The field of the body whose end takes a mark of the client's own."""
    tells: int | None
    """Which of the fields by itself tells that an item is of another create."""
    fields: tuple[Field, ...]
    narrowing: tuple[int, ...]
    """Those of the fields that narrow what is evaluated."""
    rewritten: tuple[int, ...]
    """Those of which the service makes another text."""
    query: Mapping[str, Source]
    """Arguments of the list."""

    def listed(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of the list."""
        return {name: source.value(arguments) for name, source in self.query.items()}

    def stamps(self, item: Any) -> tuple[float, float]:
        """The earliest and the latest that the service's clock can have shown for an item's stamp, which may be cut."""
        made: datetime = getattr(item, self.stamp)
        return made.timestamp(), made.timestamp() + (0.0 if made.microsecond else 1.0)

    def created(self, item: Any, attempts: tuple[Any, ...], *, reconciled: bool) -> Any:
        """An item as what a create returns."""
        model: Any = type(item)
        made, names = _created(model)
        found = made(**{each: getattr(item, each) for each in names})
        found.additional_properties = item.additional_properties
        found.reconciled, found.attempts = reconciled, attempts
        return found


@cache
def kind_of(operation_id: str) -> Kind:
    """What the document says of a create.

    Raises:
        KeyError: It says nothing, or there is no such operation.
    """
    operations = contract.operations()
    operation = operations[operation_id]
    if operation.lookup is None:
        raise KeyError(operation_id)
    said = operation.lookup
    listed = operations[said["list"]]
    item = _item_of(listed)
    fields = {at: _field(operation, at, source, said["item"], item) for at, source in said["item"].items()}
    return Kind(
        operation=operation,
        list=listed,
        get=operations[said["get"]] if "get" in said else None,
        stamp=said["stamp"],
        mark=said.get("mark"),
        tells=list(fields).index(said["tells"]) if "tells" in said else None,
        fields=tuple(fields.values()),
        narrowing=tuple(index for index, each in enumerate(fields.values()) if each.known),
        rewritten=tuple(index for index, each in enumerate(fields.values()) if each.resolved),
        query={name: Source.of(operation, source) for name, source in said.get("query", {}).items()},
    )


def _item_of(listed: Operation) -> Mapping[str, Any]:
    page = contract.resolve(listed.responses[listed.success]["content"]["application/json"]["schema"])
    return contract.resolve(page["properties"]["items"]["items"])


def _field(operation: Operation, pointer: str, said: Any, every: Mapping[str, Any], item: Mapping[str, Any]) -> Field:
    steps = tuple(pointer.removeprefix("/").split("/"))
    source = Source.of(operation, said)
    node = plain(item)
    for step in steps:
        node = node.get("properties", {}).get(step, {})
    schema = source.schema or {}
    asked = schema.get("properties", {})
    own = {other.removeprefix(f"{pointer}/") for other in every if other.startswith(f"{pointer}/")}
    known = frozenset({*node.get("properties", ()), *asked} - own) if asked else frozenset[str]()
    return Field(steps, source, known, bool(schema.get("x-resolved")))


@cache
def _created(model: Any) -> tuple[Any, tuple[str, ...]]:
    """The model that a create returns for a model, and the arguments by which it is made."""
    from pandaprobe_evals_api.resources import created as created_models  # here: for the first create

    said = contract.schema(model.__name__).get("x-created", f"Created{model.__name__}")
    return getattr(created_models, said), tuple(item.name for item in attrs_fields(model) if item.init)


def _property(node: Any, name: str) -> Any:
    """A property of a model, of what it keeps without knowing it, or of a mapping; None where it is not there."""
    if isinstance(node, dict):
        return node.get(name)
    found = getattr(node, name, None)
    if found is None:
        found = getattr(node, "additional_properties", {}).get(name)
    return None if isinstance(found, Unset) else found


def comparable(value: Any, schema: Mapping[str, Any] | None = None) -> Any:
    """A value such that two ways to say one thing are equal: times, ids in any case, what is empty and what is not there."""
    if value is None or isinstance(value, Unset):
        return None
    schema = schema or {}
    if isinstance(value, str) and "format" not in schema:
        return value
    if to_dict := getattr(value, "to_dict", None):
        value = to_dict()
    if isinstance(value, dict):
        properties, more = schema.get("properties", {}), schema.get("additionalProperties")
        rest = more if isinstance(more, dict) else {}
        inner = ((name, comparable(each, properties.get(name, rest))) for name, each in value.items())
        return {name: each for name, each in inner if each is not None} or None
    if isinstance(value, list | tuple):
        of = schema.get("items", {})
        return (tuple(comparable(each, of) for each in value) if "format" in of else tuple(value)) or None
    if schema.get("format") == "uuid" or isinstance(value, UUID):
        return str(value).lower()
    if schema.get("format") == "date-time" and isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def frozen(value: Any) -> Any:
    """A comparable value as one that can be hashed."""
    if isinstance(value, dict):
        return tuple(sorted((name, frozen(each)) for name, each in value.items()))
    return value


def same_text(asked: str, found: Any) -> bool:
    """Whether the service can have made `found` of what was asked for: it may put a provider before it."""
    return isinstance(found, str) and (found == asked or found.endswith(f"/{asked}") or asked.endswith(f"/{found}"))


def texts_in(value: Any) -> Iterator[str]:
    """The texts of a list."""
    yield from (each for each in value if isinstance(each, str)) if isinstance(value, tuple) else ()
