"""Whether one raw answer keeps the contract: its status, headers, content type, and its body to the last byte. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from pandaprobe_evals import contract
from pandaprobe_evals.errors import clip

from .findings import Problem
from .wire import Exchange

_METHOD = re.compile(r"[A-Z]+")
_SHOWN: Final = 3


class Unreadable(ValueError):
    """A body that is not JSON as a service should write it."""


def read_json(body: bytes) -> Any:
    """The body as JSON, by the letter: UTF-8, one value, no NaN, no key twice.

    Raises:
        Unreadable: It is something else.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Unreadable("a key appears twice in one object")
        return found

    def refuse(name: str) -> float:
        raise Unreadable(f"{name} is not JSON")

    try:
        return json.loads(body.decode(), object_pairs_hook=once, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from None


@cache
def _validator(operation: str, status: int, media_type: str) -> Any:
    return compiled(contract.operations()[operation].responses[status]["content"][media_type]["schema"])


def compiled(schema: Mapping[str, Any]) -> Any:
    """A validator for a schema of the contract."""
    import jsonschema_rs  # here: compiling is for the first answer, not for the import

    components = contract.document()["components"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": components}, validate_formats=True)


def judge(
    operation: contract.Operation, exchange: Exchange, expected: Collection[int], *, taken: Collection[str] = ()
) -> tuple[Any, list[Problem]]:
    """Hold an answer against what is documented for it.

    Args:
        operation: Whose answer it should be.
        exchange: What came.
        expected: The statuses that are right for this request.
        taken: Methods that the path does take; for a 405.

    Returns:
        The body as JSON, None where it has none or is not JSON; and what is wrong.
    """
    allowed = " or ".join(map(str, sorted(expected)))
    status = exchange.status
    if status is None or status not in expected:
        return None, [Problem(allowed, exchange.came)]
    documented = operation.responses[status]
    problems = _headers(documented, exchange)
    if status == 405:
        problems += _allow(exchange, taken)
    content = documented.get("content")
    if not content:
        if exchange.body:
            problems.append(Problem(f"{status} without a body", exchange.came))
        return None, problems
    value, more = _body(operation, exchange, content)
    return value, problems + more


def _headers(documented: Mapping[str, Any], exchange: Exchange) -> list[Problem]:
    problems: list[Problem] = []
    for name, node in documented.get("headers", {}).items():
        required = contract.resolve(node).get("required", False)
        if required and not exchange.answer.get(name, "").strip():
            problems.append(Problem(f"header {name}", f"{exchange.status} without it"))
    sent, came = exchange.sent(contract.request_id_header()), exchange.answer.get(contract.request_id_header())
    if sent is not None and came is not None and came != sent:
        problems.append(
            Problem(
                f"header {contract.request_id_header()}: {sent}, as it was sent",
                f"{contract.request_id_header()}: {clip(came, 80)}",
            )
        )
    return problems


def _allow(exchange: Exchange, taken: Collection[str]) -> list[Problem]:
    said = exchange.answer.get("Allow", "")
    methods = [method.strip() for method in said.split(",") if method.strip()]
    wrong = [
        method
        for method in methods
        if method == exchange.method or (method not in ("HEAD", "OPTIONS") and method not in taken)
    ]
    if said and (wrong or not methods or not all(map(_METHOD.fullmatch, methods))):
        return [Problem(f"Allow: {', '.join(sorted(taken))}, or some of these", f"Allow: {clip(said, 80)}")]
    return []


def _body(operation: contract.Operation, exchange: Exchange, content: Mapping[str, Any]) -> tuple[Any, list[Problem]]:
    assert exchange.status is not None
    given = exchange.answer.get("Content-Type", "")
    media_type, _, parameters = given.partition(";")
    media_type = media_type.strip().lower()
    problems: list[Problem] = []
    if media_type not in content:
        problems.append(Problem(f"content type {' or '.join(content)}", f"{given or 'none'}: {exchange.came}"))
        return None, problems
    charset = re.search(r'charset="?([^";\s]+)', parameters, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        problems.append(Problem("text in UTF-8", f"content type {given}"))
    if media_type != "application/json":
        if not exchange.body.strip():
            problems.append(Problem(f"{exchange.status} with words", "an empty body"))
        return None, problems
    try:
        value = read_json(exchange.body)
    except Unreadable as error:
        return None, [*problems, Problem("a body of JSON and nothing else", f"{error}: {exchange.came}")]
    return value, problems + schema_problems(_validator(operation.id, exchange.status, media_type), value)


def schema_problems(validator: Any, value: Any) -> list[Problem]:
    """What a schema does not allow in a value, the first few."""
    try:
        return [
            Problem(f"{_pointer(error) or 'the body'}: {_first_line(error)}", clip(repr(error.instance), 120))
            for _, error in zip(range(_SHOWN), validator.iter_errors(value), strict=False)
        ]
    except (ValueError, OverflowError, RecursionError) as error:  # JSON that is neither text nor a number in range
        return [Problem("text and numbers that can be represented", str(error))]


def _pointer(error: Any) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in error.instance_path)


def _first_line(error: Any) -> str:
    return clip(str(error.message).partition("\n")[0], 160)
