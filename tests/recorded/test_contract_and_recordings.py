"""openapi.yaml and the recordings judge one another: answers keep to it, and it takes and refuses what the service did."""

import itertools
import json
import re
from contextlib import suppress
from urllib.parse import unquote

import pytest

from tests.contract.document import DOCUMENT, METHODS, documented, resolve, validator

from .asking import fill, given, questions, recorded

ANSWERS = {scenario: recorded(scenario) for scenario in ("runs", "plane")}
CASES = [(question, answers[question.id]) for scenario, answers in ANSWERS.items() for question in questions(scenario)]
WORDS_OF_A_STATE = ("No sessions match the provided filters.", "No failed scores to retry in this run.")
STATES = {"tscore/wrong/missing-trace"}
"""Questions whose answers depend on what there is, and say so in no words."""
CANNOT_BE_SAID = {
    "batch/wrong/surrogate": "half a surrogate pair is text to JSON Schema",
    "batch/get": "a path with an id in it is asked where /batch does not take the method",
    "batch/delete": "the same",
    "batch/slash": "a path that is none of the document's, and is redirected",
}
"""Questions whose answers no OpenAPI document can foretell."""


def paths_of(question):
    """The document's paths that this one may be, those without a variable first."""
    asked = question.path.rstrip("/")
    patterns = {path: re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) for path in DOCUMENT["paths"]}
    return sorted(
        (path for path, pattern in patterns.items() if re.fullmatch(pattern, asked)), key=lambda path: "{" in path
    )


def operation_of(question):
    """Path item and operation, or None for what the document does not have."""
    for path in paths_of(question):
        item = DOCUMENT["paths"][path]
        if question.method.lower() in item:
            return path, item, item[question.method.lower()]
    return None


NEVER_ASKED = {"update_span"}
"""Operations that no recorded question is about: what the document says of them rests on the facts alone."""


def is_known(question, answer):
    """Whether the document tells of it: by an operation, or by not having one that the service does not have either."""
    told = paths_of(question) and (operation_of(question) or answer["status"] == 405)
    return told and question.id not in CANNOT_BE_SAID


KNOWN = [pytest.param(*case, id=case[0].id) for case in CASES if is_known(*case)]
IN_THE_DOCUMENT = [case for case in KNOWN if operation_of(case.values[0])]


def test_what_is_recorded_of_the_contract_is_looked_at():
    asked = {operation_of(case.values[0])[2]["operationId"] for case in IN_THE_DOCUMENT}
    everything = {
        item[method]["operationId"] for item in DOCUMENT["paths"].values() for method in METHODS if method in item
    }
    assert asked == everything - NEVER_ASKED
    assert len(KNOWN) > 145
    assert not {name for name in CANNOT_BE_SAID if name not in {question.id for question, _ in CASES}}


SAMPLES = {"<id>": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "boolean": True, "integer": 7, "number": 0.5}


def sample(shape):
    """A value of this shape."""
    if isinstance(shape, dict):
        return {sample(name): sample(item) for name, item in shape.items()}
    if isinstance(shape, list):
        return [sample(item) for item in shape]
    if isinstance(shape, str) and shape.startswith("<time"):
        return "2026-11-22T09:30:00.123456+00:00"
    return SAMPLES.get(shape, shape) if isinstance(shape, str) else shape


@pytest.mark.parametrize(("question", "answer"), KNOWN)
def test_each_recorded_answer_keeps_to_the_contract(question, answer):
    found = operation_of(question)
    if found is None:
        assert (answer["status"], answer.get("allow") is not None) == (405, True)
        found = next(
            (path, item, item[method])
            for path, item in ((path, DOCUMENT["paths"][path]) for path in paths_of(question))
            for method in METHODS
            if method in item
        )
    operation = found[2]
    assert str(answer["status"]) in operation["responses"]
    said = documented(operation["operationId"], answer["status"])
    assert answer["echoes"] is ("X-Request-ID" in said.get("headers", {}))
    if answer["status"] == 204 or question.method == "HEAD":
        assert answer["body"] == ""
        return
    assert answer["type"] in said["content"]
    schema = said["content"][answer["type"]]["schema"]
    problems = [
        f"{problem.instance_path}: {problem.message}"
        for problem in validator(schema).iter_errors(sample(answer["body"]))
    ]
    assert problems == []


def readings(text):
    """What a text of a query can mean to JSON Schema."""
    yield text
    for kind in (int, float):
        with suppress(ValueError):
            yield kind(text)


def complaints(question, variables):
    """What the contract has against a request."""
    path, item, operation = operation_of(question)
    asked = fill(question.path, variables).rstrip("/")
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
    values = {name: [unquote(value)] for name, value in re.fullmatch(pattern, asked).groupdict().items()}
    for name, value in fill(question.query, variables).items():
        values[name] = [str(each) for each in (value if isinstance(value, list) else [value])]
    for parameter in map(resolve, itertools.chain(item.get("parameters", ()), operation.get("parameters", ()))):
        if parameter.get("required") and parameter["name"] not in values:
            yield f"{parameter['name']} is missing"
        schema = resolve(parameter["schema"])
        found = values.get(parameter["name"], ())
        for text in found if schema.get("type") == "array" else found[-1:]:
            if not any(validator(schema.get("items", schema)).is_valid(each) for each in readings(text)):
                yield f"{parameter['name']}={text}"
    if "requestBody" not in operation:
        return
    content = question.content(variables)
    types = [value for name, value in question.headers.items() if name.lower() == "content-type"]
    if "json" not in question.body and not any(re.search(r"/(.*\+)?json\b", kind) for kind in types):
        yield "the body is not said to be JSON"
        return
    try:
        body = json.loads((content or b"").decode())
    except ValueError:
        yield "the body is no JSON"
        return
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    yield from (problem.message for problem in validator(schema).iter_errors(body))


@pytest.mark.parametrize(("question", "answer"), IN_THE_DOCUMENT)
def test_the_contract_takes_and_refuses_what_the_service_did(question, answer):
    variables = given() | dict.fromkeys((name for known, _ in CASES for name in known.save), SAMPLES["<id>"])
    found = list(complaints(question, variables))
    body = answer["body"] if isinstance(answer["body"], dict) else {}
    if answer["status"] < 300 or body.get("detail") in WORDS_OF_A_STATE:
        assert found == []
    elif question.id in STATES or any(it["message"].startswith("Value error") for it in body.get("errors", ())):
        return  # of what there is, or of several fields together: no schema here says it
    elif answer["status"] in {400, 500} or "errors" in body or "Unknown session metrics" in body.get("detail", ""):
        assert found != []
