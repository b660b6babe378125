"""openapi.yaml at run time: which operation a request is, and whether an answer keeps to it.

Reads `contract.json` of the generated package, once and only when first needed. Numbers, paths, header names and
addresses that the overlay needs come from here, and stand nowhere else.
"""

from __future__ import annotations

import json
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType, ModuleType
from typing import Any, Final, Literal, cast

import pandaprobe_evals_api

from .errors import ContractViolation, clip
from .forks import cached_property, load

Effect = Literal["creates", "reads", "updates", "deletes"]

_SHOWN: Final = 3
"""How many problems of one answer are put into words."""


@cache
def document() -> Mapping[str, Any]:
    """The whole contract, as JSON values."""
    text = pkgutil.get_data(pandaprobe_evals_api.__name__, "contract.json")
    assert text  # as it is part of the package
    return MappingProxyType(json.loads(text))


def version() -> str:
    """The contract's version, `info.version`."""
    return str(document()["info"]["version"])


def production_url() -> str:
    """Where the service runs, from `servers`."""
    return str(document()["servers"][0]["url"])


def schema(name: str) -> dict[str, Any]:
    """A named schema of the contract."""
    return cast(dict[str, Any], document()["components"]["schemas"][name])


@cache
def header(scheme: str) -> str:
    """The header that a security scheme is sent in."""
    found = document()["components"]["securitySchemes"][scheme]
    return str(found.get("name", "Authorization"))


@cache
def request_id_header() -> str:
    """The header that names a request."""
    headers = (answer.get("headers", {}) for one in operations().values() for answer in one.responses.values())
    reference = "#/components/headers/RequestId"
    return next(str(name) for found in headers for name in found if found[name].get("$ref") == reference)


def project_name_pattern() -> re.Pattern[str]:
    """What a project's name looks like, after white space around it is gone."""
    return re.compile(document()["components"]["securitySchemes"]["projectName"]["x-pattern"])


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the contract."""

    id: str
    method: str
    path: str
    effect: Effect
    responses: Mapping[int, Mapping[str, Any]]
    """What is documented for each status."""
    tag: str
    """The resource that it belongs to."""
    name: str
    """What its method is called."""
    parameters: tuple[Mapping[str, Any], ...]
    """What is sent in the path and the query."""
    body: Mapping[str, Any] | None
    """The schema of the JSON body; None where none is sent."""
    paging: Mapping[str, Any] | None
    """How a list is read by pages, `x-paging`; None where it is whole."""
    rate_limit: tuple[int, float] | None = None
    """Requests per seconds for one credential and one concrete path; None where not every deployment has a limit."""
    rate_limit_of_some: tuple[int, float] | None = None
    """The same, where only some deployments have it."""
    lookup: Mapping[str, Any] | None = None
    """How what it creates is found again, `x-lookup`; None where it is not."""
    billed: Mapping[str, Any] | None = None
    """What is billed for it, `x-billed`; None where nothing is."""
    broken: str | None = None
    """What a 500 mostly means, `x-broken`; None where nothing is known."""
    missing: str | None = None
    """What a 404 means, `x-missing`; None where its words say it."""
    uncounted: frozenset[str] = frozenset()
    """What the rate limit does not count, by why it is refused: `authentication`, `project`, `fields`."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the operation's paths, as sent."""
        parts = re.split(r"\{[^}]*\}", self.path)
        return re.compile(
            r"(?!\.\.?(?:/|$))[^/]+".join(map(re.escape, parts))
        )  # a value is one segment, and not . or ..

    @cached_property
    def function(self) -> ModuleType:
        """The module of the generated package that sends it."""
        return load(f"{pandaprobe_evals_api.__name__}.api.{self.tag}.{self.id}")

    @cached_property
    def success(self) -> int:
        """The status of a good answer."""
        return next(status for status in self.responses if 200 <= status < 300)

    @cached_property
    def largest_page(self) -> int:
        """The most items that the list gives at a time."""
        assert self.paging
        sizes = (one["schema"]["maximum"] for one in self.parameters if one["name"] == self.paging["size"])
        return int(next(sizes))


def resolve(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a node says, behind its `$ref` if it is one."""
    while "$ref" in node:
        target: Any = document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _limits(node: Mapping[str, Any] | None) -> dict[str, Any]:
    if node is None:
        return {}
    limit = int(node["requests"]), float(node["seconds"])
    return {
        "rate_limit" if node["everywhere"] else "rate_limit_of_some": limit,
        "uncounted": frozenset(node.get("uncounted", ())),
    }


@cache
def operations() -> Mapping[str, Operation]:
    """Every operation, by its id."""
    found = {}
    for path, item in document()["paths"].items():
        for method, node in item.items():
            if not isinstance(node, dict) or "operationId" not in node:
                continue
            body = node.get("requestBody")
            parameters = (*item.get("parameters", ()), *node.get("parameters", ()))
            found[node["operationId"]] = Operation(
                id=node["operationId"],
                method=method.upper(),
                path=path,
                effect=node["x-effect"],
                **_limits(node.get("x-rate-limit")),
                responses={int(status): resolve(answer) for status, answer in node["responses"].items()},
                tag=node["tags"][0],
                name=str(node.get("x-method", node["operationId"])),
                parameters=tuple(map(resolve, parameters)),
                body=resolve(body["content"]["application/json"]["schema"]) if body else None,
                paging=node.get("x-paging"),
                lookup=node.get("x-lookup"),
                billed=node.get("x-billed"),
                broken=node.get("x-broken"),
                missing=node.get("x-missing"),
            )
    return found


@cache
def _routes() -> tuple[Operation, ...]:
    return tuple(sorted(operations().values(), key=lambda operation: operation.path.count("{")))  # plain paths first


@lru_cache(1_000)
def operation_for(method: str, path: str) -> Operation | None:
    """The operation that a request is; None where the contract has none. `path` comes without the base URL's path."""
    for operation in _routes():
        if operation.method == method and operation.pattern.fullmatch(path):
            return operation
    return None


@cache
def _validator(operation: str, status: int, media_type: str) -> Any:
    """A compiled validator for an answer."""
    found = operations()[operation].responses[status]["content"][media_type]["schema"]
    return _named_validator(found["$ref"]) if "$ref" in found else _compiled(found)


@cache
def _named_validator(reference: str) -> Any:
    return _compiled({"$ref": reference})


def _compiled(node: Mapping[str, Any]) -> Any:
    import jsonschema_rs  # here: compiling is for the first answer, not for the import

    whole = {**node, "components": {"schemas": _referred_to(node)}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def _referred_to(node: Mapping[str, Any]) -> dict[str, Any]:
    """The named schemas that a schema is made of: to compile all of them takes five times as long."""
    found: dict[str, Any] = {}
    todo: list[Any] = [node]
    while todo:
        part = todo.pop()
        if isinstance(part, list):
            todo += part
        elif isinstance(part, dict):
            todo += part.values()
            name = part.get("$ref", "").rpartition("/")[2]
            if name and name not in found:
                found[name] = schema(name)
                todo.append(found[name])
    return found


class Unreadable(Exception):
    """An answer whose body is not what its content type says: cut off, garbled, or somebody else's."""


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"{clip(twice, 40)} comes twice in one object")
    return found


_shared_float = lru_cache(1_000)(float)
"""Numbers that many parts of an answer have in common, such as weights: one object for all."""
_options: Any = {"parse_float": _shared_float, "parse_constant": _refuse_constant}
_decoder = json.JSONDecoder(**_options)
_strict_decoder = json.JSONDecoder(**_options, object_pairs_hook=_each_once)


def parse_json(body: bytes, *, names_once: bool = False) -> Any:
    """The body as JSON, which is UTF-8 whatever `charset` its type names (RFC 8259); a byte order mark is read over.

    Args:
        body: What came.
        names_once: Whether a name that comes twice in one object is refused, which takes some time; else the last counts.

    Raises:
        Unreadable: It is none; nesting too deep to read and NaN count as none.
    """
    try:
        return (_strict_decoder if names_once else _decoder).decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the body is not JSON: {error}") from None


_SPACE: Final = b" \t\r\n"
_LIST_OF_OBJECTS: Final = re.compile(rb'(?:\xef\xbb\xbf)?[ \t\r\n]*\[[ \t\r\n]*(\{[ \t\r\n]*"(?:[^"\\]|\\.)*")')
PIECE: Final = 64 * 1024
"""Bytes of a long list that are read at a time."""


def parse_pieces(body: bytes, size: int = PIECE) -> Iterator[list[Any]]:
    """The items that `parse_json` makes of a list of objects, some at a time, so that few of a long one are in memory.

    It is cut where an object begins as the first one does. What is between two cuts must be a list by itself, which it is
    not where a cut is within an item: so all pieces together are the list, or it is not read at all.

    Args:
        body: What came.
        size: Bytes that a piece has at most.

    Raises:
        Unreadable: It is no such list, or one that cannot be cut so; `parse_json` tells which.
    """
    first = _LIST_OF_OBJECTS.match(body)
    if first is None:
        raise Unreadable("the body is not a list of objects")
    mark, begin = first[1], first.start(1)
    while begin < len(body):
        last = len(body) - begin <= size
        end = len(body) if last else max(begin, body.rfind(mark, begin + 1, begin + size))
        piece = body[begin:end].rstrip(_SPACE)
        if not piece.endswith(b"]" if last else b","):
            raise Unreadable("the body is not a list that can be cut")
        try:
            items: list[Any] = _decoder.decode(f"[{piece[:-1].decode()}]")
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"the body is not JSON: {error}") from None
        yield items
        begin = end


@cache
def _decide_a_create() -> frozenset[str]:
    """The operations by whose answers it is told what a create made: itself, the list it is looked for in, a read by id."""
    names: set[str] = set()
    for operation in operations().values():
        if operation.lookup is not None:
            names |= {operation.id, *(operation.lookup[name] for name in ("list", "get") if name in operation.lookup)}
    return frozenset(names)


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def check(operation: Operation, status: int, content_type: str, body: bytes) -> Any:
    """Hold an answer with a documented status against the contract; return its JSON, None where it carries none.

    Whole numbers come as int: `2.0` is an integer to JSON Schema, and a float to Python.

    Raises:
        Unreadable: The body cannot be read, or is of a type that the operation does not answer with.
        ContractViolation: It can be read, and breaks the contract.
    """
    documented = operation.responses[status].get("content")
    if not documented:
        return None
    media_type = _media_type(content_type)
    if media_type not in documented:
        raise Unreadable(
            f"the answer is {media_type or 'of no type'}, not {' or '.join(documented)}: {clip(body[:200])}"
        )
    if media_type != "application/json":
        return None
    value = parse_json(body, names_once=operation.id in _decide_a_create())
    validator = _validator(operation.id, status, media_type)
    try:
        valid = validator.is_valid(value)
        problems = [] if valid else list(_first(validator.iter_errors(value)))
    except (
        ValueError,
        UnicodeError,
        OverflowError,
        RecursionError,
    ) as error:  # values that are JSON and not text or numbers
        raise ContractViolation(
            f"{operation.id} answered {status} with a value that cannot be held against openapi.yaml: {error}",
            pointer="",
            expected="text and numbers that can be represented",
            value=clip(repr(value)),
        ) from None
    if valid:
        return _counted(value, _counts(operation.id, status))
    pointer, expected, found = problems[0]
    more = "".join(f"; {at or '/'}: {what}" for at, what, _ in problems[1:])
    raise ContractViolation(
        f"{operation.id} answered {status} with something that openapi.yaml does not allow, "
        f"at {pointer or '/'}: {expected}{more}",
        pointer=pointer,
        expected=expected,
        value=found,
    )


def check_pieces(operation: Operation, status: int, content_type: str, body: bytes) -> Iterator[list[Any]]:
    """The items of the list that `check` returns, some at a time.

    Raises:
        Unreadable: Something is off with it, or it cannot be read so; `check` tells what.
    """
    media_type = _media_type(content_type)
    documented = operation.responses[status]["content"].get(media_type, {}).get("schema", {})
    more = documented.keys() != {"type", "items", "description"} or operation.id in _decide_a_create()
    if media_type != "application/json" or more:
        raise Unreadable("it is no JSON of which no more is asked than of each item")
    validator, counts = _validator(operation.id, status, media_type), _counts(operation.id, status)
    for items in parse_pieces(body):
        try:
            valid = validator.is_valid(items)
        except (ValueError, OverflowError, RecursionError):
            valid = False
        if not valid:
            raise Unreadable("an item breaks the contract")
        yield _counted(items, counts)


Counts = Literal[True] | dict[str, Any] | None
"""Where integers are in a value: here, in these properties (`[]` for the items of a list), or nowhere."""


@cache
def _counts(operation: str, status: int) -> Counts:
    return _integers_in(operations()[operation].responses[status]["content"]["application/json"]["schema"])


def _integers_in(node: Mapping[str, Any]) -> Counts:
    node = resolve(node)
    if "integer" in (node.get("type"), *node.get("type", ())):
        return True
    parts = {**node.get("properties", {}), **({"[]": node["items"]} if "items" in node else {})}
    counts: Counts = {name: found for name, part in parts.items() if (found := _integers_in(part))} or None
    for branch in node.get("anyOf", ()):
        counts = _both(counts, _integers_in(branch))
    return counts


def _both(one: Counts, other: Counts) -> Counts:
    """Where integers are in either of two forms of a value."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {name: _both(one.get(name), other.get(name)) for name in one | other}
    return one or other


def _counted(value: Any, counts: Counts) -> Any:
    """A valid value, in place, with its integers as int."""
    if isinstance(value, float) and counts is True:
        return int(value)
    if isinstance(counts, dict) and isinstance(value, list):
        value[:] = [_counted(item, counts["[]"]) for item in value]
    elif isinstance(counts, dict) and isinstance(value, dict):
        for name, inner in counts.items():
            if name in value:
                value[name] = _counted(value[name], inner)
    return value


def _said(error: Any) -> str:
    """A validator's complaint as a person would say it: of alternatives it says only how many fit."""
    text = str(error.message).partition("\n")[0]
    if " is valid under more than one " in text or " is not valid under any " in text:
        found = "null" if error.instance is None else clip(repr(error.instance), 80)
        return f"{found} is none of the forms that a value can have here"
    return clip(text, 200)


def _first(errors: Iterator[Any]) -> Iterator[tuple[str, str, str]]:
    for _, error in zip(range(_SHOWN), errors, strict=False):
        pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in error.instance_path)
        yield pointer, _said(error), clip(repr(error.instance), 200)


@cache
def _open_enums(name: str) -> Mapping[str, frozenset[str]]:
    """The properties of a schema that take any text and have known values: property -> known values."""
    found = {}
    for key, node in schema(name).get("properties", {}).items():
        branches = [resolve(branch) for branch in node.get("anyOf", ())]
        known = frozenset(value for branch in branches for value in branch.get("enum", ()))
        if known and {"type": "string"} in branches:
            found[key] = known
    return found


def drift(model: Any) -> Iterator[str]:
    """What an answer has that the contract does not know yet, such as `EvalRun.color` or `EvalRun.status=PAUSED`.

    Looks at a generated model, a list of them, or a page of them. Nothing is wrong with what is found: the contract
    lets new fields and new values in.
    """
    if isinstance(model, list):
        for item in model:
            yield from drift(item)
        return
    name = type(model).__name__
    if name not in document()["components"]["schemas"]:
        return
    for key in model.additional_properties:
        yield f"{name}.{key}"
    for key, known in _open_enums(name).items():
        if (value := getattr(model, key)) not in known:
            yield f"{name}.{key}={clip(value, 60)}"
    if isinstance(items := getattr(model, "items", None), list):
        yield from drift(items)
