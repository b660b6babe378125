"""What no method can be made of is refused by `make spec`, with its place and what to do."""

import copy
from typing import Any

import pytest

from tests.contract.document import DOCUMENT
from tools.operations import Operations

TEXT = {"type": "string", "description": "A text."}
ANSWER = {"description": "It.", "content": {"application/json": {"schema": {"type": "object"}}}}
FILE = {"description": "It.", "content": {"text/plain": {"schema": TEXT}}}


def said_of(path: str = "/odd", verb: str = "get", **page: Any) -> list[str]:
    document = copy.deepcopy(DOCUMENT)
    operation = {
        "tags": ["traces"],
        "operationId": "odd",
        "summary": "Odd",
        "description": "Odd.",
        "x-effect": "reads",
        "responses": {"200": ANSWER},
        **page,
    }
    document["paths"][path] = {verb: {key: value for key, value in operation.items() if value is not None}}
    return list(Operations(document).complaints())


def asked(name: str = "a", where: str = "query", schema: dict[str, Any] = TEXT, **more: Any) -> dict[str, Any]:
    return {"parameters": [{"name": name, "in": where, "description": "It.", "schema": schema, **more}]}


def sent(schema: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    return {"verb": "post", "requestBody": {"required": True, "content": {kind: {"schema": schema}}}}


def field(schema: dict[str, Any], name: str = "a") -> dict[str, Any]:
    return sent({"type": "object", "properties": {name: schema}})


def test_what_makes_a_method_is_let_in() -> None:
    assert said_of() == []
    assert list(Operations(DOCUMENT).complaints()) == []


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({"x-effect": None}, "has no x-effect"),
        ({"summary": None}, "has no summary"),
        ({"x-method": "import"}, "x-method 'import' cannot be called in Python"),
        ({"operationId": "readOdd"}, "operationId 'readOdd' cannot be called in Python"),
        ({"tags": None}, "needs one tag"),
        ({"tags": ["nope"]}, "needs one tag, of those at the top"),
        ({"verb": "head"}, "no method is made of HEAD"),
        ({"responses": {"200": ANSWER, "201": ANSWER}}, "needs one good answer, not 2"),
        ({"responses": {"2XX": ANSWER}}, "answers 2XX: name each status"),
        ({"responses": {"200": ANSWER, "default": ANSWER}}, "answers default: name each status"),
        ({"responses": {"200": ANSWER, "404": {"description": "No."}}}, "404: needs application/json content"),
        ({"responses": {"200": FILE}}, "200: the client reads application/json only"),
        (asked("X-Odd", "header"), "X-Odd: stands in the header"),
        (asked("page-size"), "page-size: cannot be an argument in Python"),
        (asked("from"), "from: cannot be an argument in Python"),
        (asked("pageToken"), "pageToken: cannot be an argument in Python"),
        (asked("deadline"), "deadline: methods have an argument 'deadline' already"),
        (asked(description=""), "a: has no description"),
        (asked(style="deepObject", explode=True), "a: the client repeats a parameter"),
        (asked(schema={"type": "object", "properties": {"b": TEXT}}), "a: in the query it can be a text"),
        (asked("a", "path", {"type": "boolean"}), "a: in the path it can be a text"),
        (asked(schema={"type": "number", "exclusiveMinimum": 0}), "a: exclusiveMinimum is not checked"),
        (asked(schema={**TEXT, "format": "email"}), "a: the format email is not checked; there are uuid"),
        (sent(TEXT), "a body has to be an object with properties"),
        (sent({"type": "array", "items": TEXT}), "a body that is a list needs x-name"),
        (sent({"type": "object", "properties": {}}, "multipart/form-data"), "the client sends application/json, not"),
        (sent({"type": "object", "properties": {}, "oneOf": []}), "the body: oneOf is not checked"),
        (field(TEXT, "a-b"), "a-b: cannot be an argument in Python"),
        (field({"type": "array", "items": TEXT, "uniqueItems": True}), "the body, a: uniqueItems is not checked"),
        (field({"anyOf": [{"allOf": [TEXT]}, {"type": "null"}]}), "the body, a: allOf is not checked"),
        ({"x-paging": {"size": "limit", "skip": "page"}}, "x-paging: size: it has no parameter limit"),
        ({"x-lookup": {"list": "nope"}}, "x-lookup: list: there is no operation nope"),
    ],
)  # fmt: skip
def test_what_does_not_is_refused_in_words_that_say_where_and_what(page: dict[str, Any], said: str) -> None:
    found = said_of(**page)
    assert any(each.startswith("/paths/~1odd/") and said in each for each in found), found
