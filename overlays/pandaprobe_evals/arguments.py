"""The arguments of an operation, held against openapi.yaml before anything is sent. Pure; a complaint names the argument.

A value comes as the caller gave it, and goes as the generated functions take it. What the schema says is checked (type,
bounds, length, values, uniqueness), and what no schema says: that a text can be stored, and that a number is finite.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

from . import checks, contract
from .contract import Operation
from .errors import InvalidArgument, clip
from .runs import run_kinds

Schema = Mapping[str, Any]
T = TypeVar("T", bound=MutableMapping[str, Any])


class Argument(NamedTuple):
    """Where an argument goes, and what it may be."""

    name: str
    """As the caller calls it."""
    schema: Schema
    """As `plain` makes it."""
    required: bool
    place: str
    """`path`, `query`, `body`, or `whole` for what is the body; `word` for what is only said to this client, and `clear`
    for the fields that are cleared."""


class Body(dict[str, Any]):
    """A request's body that needs no model: it was checked already."""

    def to_dict(self) -> dict[str, Any]:
        """As the generated functions ask for it."""
        return self


@cache
def arguments_of(operation_id: str) -> Mapping[str, Argument]:
    """What an operation takes, by the document's names: its parameters, and the fields of its body."""
    operation = contract.operations()[operation_id]
    found = {}
    for parameter in operation.parameters:
        name = parameter["name"]
        sizes = operation.paging and name == operation.paging["size"]
        called = "page_size" if sizes else parameter.get("x-name", name)
        found[name] = Argument(called, plain(parameter["schema"]), bool(parameter.get("required")), parameter["in"])
    if operation.body and operation.body["type"] == "array":
        name = operation.body["x-name"]
        found[name] = Argument(name, plain(operation.body), required=True, place="whole")
    elif operation.body:
        required = operation.body.get("required", ())
        for name, schema in operation.body["properties"].items():
            found[name] = Argument(name, plain(schema), name in required, "body")
            if word := schema.get("x-explicit"):
                found[word["argument"]] = Argument(word["argument"], {"type": "boolean"}, required=False, place="word")
        if cleared := [name for name, schema in operation.body["properties"].items() if schema.get("x-clearable")]:
            names = {"type": "array", "items": {"type": "string", "enum": cleared}}
            found["clear"] = Argument("clear", names, required=False, place="clear")
    return found


def checked(operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments of the generated function, `client` apart. None is left out: it means absent.

    Raises:
        InvalidArgument: A value that the service would refuse, break on, bill for nothing or misread.
    """
    sent: dict[str, Any] = {}
    body = Body()
    known = arguments_of(operation.id)
    for name, value in given.items():
        argument = known[name]
        if value is None and not argument.required:
            continue
        if "x-explicit" in argument.schema:
            _explicit(value, argument, given)
        _needs(value, argument, given)
        if kind := run_kinds().get(operation.tag):
            kind.check(value, argument.name)
        meant = _written(value, argument, given) if "x-written" in argument.schema else value
        found = checked_value(meant, argument.schema, argument.name, native=argument.place != "body")
        if argument.place == "whole":
            sent["body"] = [Body(each) for each in found]
            continue
        if argument.place == "path" and isinstance(found, str):
            checks.path_segment(found, argument.name)
            if (operation.method, operation.path.replace(f"{{{name}}}", found)) in _paths():
                raise InvalidArgument(
                    f"{argument.name}: {found!r} makes the path of another operation; list with a filter instead"
                )
        if argument.place == "clear":
            body |= _cleared(found, given)
        elif argument.place == "body":
            if found != {} or argument.required or not _says_nothing(operation, argument):
                body[name] = found
        elif argument.place != "word":
            sent[name] = found
    if operation.method == "PATCH" and not body:
        names = [name for each in known.values() if each.place == "body" for name in _called(each)]
        raise InvalidArgument(f"nothing is to be changed; give at least one of {', '.join(names)}")
    if operation.body and "body" not in sent:
        sent["body"] = _with_own_ids(body, operation.body)
    return sent


def _says_nothing(operation: Operation, argument: Argument) -> bool:
    """Whether an empty object is none: one of whose fields none was given. A change takes it for what it is."""
    schema = argument.schema
    return schema.get("type") == "object" and (operation.method != "PATCH" or bool(schema.get("x-flatten")))


def _called(argument: Argument) -> list[str]:
    """What a caller says for a field of the body: its name, or those of its fields."""
    schema = argument.schema
    fields: Mapping[str, Schema] = schema["properties"] if schema.get("x-flatten") else {}
    return [part.get("x-name", name) for name, part in fields.items()] or [argument.name]


@cache
def _paths() -> frozenset[tuple[str, str]]:
    return frozenset((each.method, each.path) for each in contract.operations().values())


def _cleared(names: Sequence[str], given: Mapping[str, Any]) -> dict[str, None]:
    """Null for each field that is to be cleared.

    Raises:
        InvalidArgument: One is given a value as well.
    """
    for name in names:
        if given.get(name) is not None:
            raise InvalidArgument(f"clear: {name} is to be cleared, and given a value: say one of both")
    return dict.fromkeys(names)


def _with_own_ids(found: T, schema: Schema) -> T:
    """Add the ids that were not given: what is sent again with them is no other."""
    for name, part in schema.get("properties", {}).items():
        if part.get("x-own-id") and name not in found:
            found[name] = str(uuid4())
    return found


_WRITTEN = {"NUMERIC": "a number", "BOOLEAN": "True or False", "CATEGORICAL": "text"}


def _written(value: object, argument: Argument, given: Mapping[str, Any]) -> str:
    """A score's value as text, which is what the service takes.

    Raises:
        InvalidArgument: It is not what its type says, or a number as text, which not all of the service may read as one.
    """
    kind = "BOOLEAN" if isinstance(value, bool) else "CATEGORICAL" if isinstance(value, str) else "NUMERIC"
    by = argument.schema["x-written"].get("by")
    wanted = (given.get(by) or "NUMERIC") if by else kind
    if wanted in _WRITTEN and wanted != kind:
        raise InvalidArgument(
            f"{argument.name}: needs {_WRITTEN[wanted]} where {by} is {wanted}, not {clip(repr(value), 60)}"
        )
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return repr(checks.fraction(value, argument.name))
    if not by and _is_number(value):
        raise InvalidArgument(f"{argument.name}: give the number itself, not the text {clip(repr(value), 60)}")
    return checks.text(value, argument.name, longest=255)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _explicit(value: object, argument: Argument, given: Mapping[str, Any]) -> None:
    """Refuse what has consequences that its sender may not know.

    Raises:
        InvalidArgument: It was not said that it is meant, or cannot go well.
    """
    word = argument.schema["x-explicit"]
    if value not in word["values"]:
        return
    if not given.get(word["argument"]):
        raise InvalidArgument(
            f"{argument.name}: {value!r} is a signal's: {word['means']}; take another name, or say {word['argument']}=True"
        )
    for name, only in word["only"].items():
        if given.get(name) not in (None, only):
            raise InvalidArgument(
                f"{name}: with the {argument.name} {value!r} it can only be {only}, not {given[name]}"
            )


def _needs(value: object, argument: Argument, given: Mapping[str, Any]) -> None:
    """Refuse what the service would ignore beside what else is given, such as a filter of traces for sessions.

    Raises:
        InvalidArgument: Another argument has to be something else for it.
    """
    schema = argument.schema
    parts = [(argument.name, schema, value)]
    if schema.get("x-flatten") and isinstance(value, Mapping):
        fields = schema["properties"]
        parts = [(fields[key].get("x-name", key), fields[key], each) for key, each in value.items()]
    for called, part, each in parts:
        for other, needed in part.get("x-needs", {}).items():
            if each is not None and given.get(other) not in (None, needed):
                raise InvalidArgument(f"{called}: only where {other} is {needed}, not {clip(repr(given[other]), 60)}")


def checked_value(value: object, schema: Schema, name: str, *, native: bool = False) -> Any:
    """One value by its plain schema, as JSON; ids and times as Python's own where `native`.

    Raises:
        InvalidArgument: It breaks the schema.
    """
    kind = schema.get("type")
    if "enum" in schema and not schema.get("x-open"):
        return checks.one_of(value, name, schema["enum"])
    if schema.get("format") == "uuid":
        found = checks.run_id(value, name)
        return found if native else str(found)
    if schema.get("format") == "date":
        return checks.day(value, name) if native else checks.day(value, name).isoformat()
    if schema.get("format") == "date-time":
        return checks.timestamp(value, name) if native else checks.timestamp(value, name).isoformat()
    match kind:
        case "string":
            return checks.text(value, name, shortest=schema.get("minLength", 0), longest=schema.get("maxLength"))
        case "boolean":
            return checks.flag(value, name)
        case "integer":
            return checks.integer(value, name, schema.get("minimum", 0), schema.get("maximum", 2**63 - 1))
        case "number":
            return checks.number(value, name, schema.get("minimum"), schema.get("maximum"))
        case "array":
            return _array(value, schema, name, native=native)
        case "object":
            return _object(value, schema, name)
        case _:
            return _json(value, name)


def _json(value: object, name: str) -> Any:
    """Any JSON, which the service can store.

    Raises:
        InvalidArgument: A part of it cannot be written as JSON, or a text on which the service breaks.
    """
    match value:
        case None | bool():
            return value
        case str():
            return checks.text(value, name)
        case int() | float():
            return value if isinstance(value, int) else checks.number(value, name)
        case Mapping():
            return {
                checks.text(key, name): _json(each, f"{name}[{clip(repr(key), 60)}]") for key, each in value.items()
            }
        case list() | tuple():
            return [_json(each, f"{name}[{index}]") for index, each in enumerate(value)]
        case _:
            raise InvalidArgument(f"{name}: {type(value).__name__} cannot be written as JSON ({clip(repr(value), 60)})")


def _array(value: object, schema: Schema, name: str, *, native: bool) -> list[Any]:
    items = schema["items"]
    if (
        items.get("type") == "string" and "format" not in items and schema.get("x-each-once")
    ):  # hundreds of thousands, perhaps
        return list(checks.texts(value, name))
    found = [
        checked_value(each, items, f"{name}[{index}]", native=native)
        for index, each in enumerate(checks.listed(value, name))
    ]
    if schema.get("x-each-once"):
        found = list(dict.fromkeys(found))
    if len(found) < schema.get("minItems", 0):
        raise InvalidArgument(f"{name}: is empty; give at least one")
    if len(found) > schema.get("maxItems", len(found)):
        raise InvalidArgument(f"{name}: {len(found)} of them; the service takes at most {schema['maxItems']} at a time")
    return found


def _object(value: object, schema: Schema, name: str) -> dict[str, Any]:
    to_dict = getattr(value, "to_dict", None)
    given = to_dict() if callable(to_dict) else value
    if not isinstance(given, Mapping):
        inner = schema.get("additionalProperties")
        of = " of signal to weight" if isinstance(inner, dict) and inner.get("type") == "number" else ""
        raise InvalidArgument(f"{name}: must be a mapping{of}, not {type(value).__name__}")
    properties = schema.get("properties", {})
    more = schema.get("additionalProperties")
    found = {}
    for key, each in given.items():
        part = properties.get(key, more if isinstance(more, dict) else {})
        inside = part.get("x-name", key) if schema.get("x-flatten") else f"{name}[{clip(repr(key), 60)}]"
        checks.text(key, inside)
        if each is None and (key in properties):
            continue
        found[key] = checked_value(each, part, inside)
    for key in schema.get("required", ()):
        if key not in found:
            raise InvalidArgument(f"{name}: has no {key}")
    return _with_own_ids(found, schema)


def plain(schema: Schema) -> Schema:
    """A schema without references, and what this client never sends: null, and what the service merely also reads."""
    beside = {key: each for key, each in schema.items() if key != "$ref"} if "$ref" in schema else {}
    schema = {**contract.resolve(schema), **beside}
    branches = [contract.resolve(each) for each in schema.get("anyOf", ()) if not each.get("x-coerced")]
    for branch in branches:
        if branch.get("type") != "null":
            return plain({**branch, **{key: each for key, each in schema.items() if key != "anyOf"}})
    found = dict(schema)
    if isinstance(kinds := schema.get("type"), list):
        [found["type"]] = [each for each in kinds if each != "null"]
    if "properties" in schema:
        found["properties"] = {name: plain(part) for name, part in schema["properties"].items()}
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), Mapping):
            found[inner] = plain(schema[inner])
    return found
