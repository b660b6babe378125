"""Answers made up from openapi.yaml: those that keep to it, and those that do not."""

import functools
import json
import warnings

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from .document import ANSWERS, DOCUMENT, documented, resolve, validator
from .service import SEEDS

CONFIG = {"generation": {"database": "none", "allow-x00": True}}


def schema_of(operation, status):
    """The schema of a JSON answer, as text; None where the answer is none."""
    content = documented(operation, status).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return None if schema is None else json.dumps(schema)


JSON_ANSWERS = [(operation, status) for operation, status in ANSWERS if schema_of(operation, status)]


def valid(operation, status, count):
    """So many answers that keep to the contract, as JSON text, the documented examples before them."""
    return examples(operation, status) + _made(schema_of(operation, status), GenerationMode.POSITIVE, count)


def examples(operation, status):
    content = documented(operation, status)["content"]["application/json"]
    return tuple(json.dumps(resolve(example)["value"]) for example in content["examples"].values())


def invalid(operation, status, count):
    """So many answers that break it, at most."""
    return _made(schema_of(operation, status), GenerationMode.NEGATIVE, count)


@functools.cache
def spoiled(operation, status):
    """The documented examples with one value replaced or left out, as far as that breaks the contract."""
    judge = validator(json.loads(schema_of(operation, status)))
    changed = (
        json.dumps(answer)
        for example in examples(operation, status)
        for answer in _changed(json.loads(example))
        if not judge.is_valid(answer)
    )
    return tuple(dict.fromkeys(changed))


def _changed(value):
    yield from (None, True, -1, 1.5, "text", [], [None], {}, {"a": None})
    if isinstance(value, list):
        yield from ([*value[:at], item, *value[at + 1 :]] for at, each in enumerate(value) for item in _changed(each))
    if isinstance(value, dict):
        for name, each in value.items():
            yield {key: item for key, item in value.items() if key != name}
            yield from ({**value, name: item} for item in _changed(each))


@functools.cache
def _made(schema, mode, count):
    """Values made from a schema; operations that answer alike share them. The validator has the last word on each."""
    wanted = mode is GenerationMode.POSITIVE
    judge = validator(json.loads(schema))
    found = []

    @hypothesis.seed(SEEDS[0])
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(_strategy(schema, mode))
    def collect(value):
        hypothesis.assume(_is_json(value) and judge.is_valid(value) is wanted)
        found.append(json.dumps(value))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the generator's own
        collect()
    return tuple(found)


def _strategy(schema, mode):
    """The schema is made the request body of a document of its own: generating bodies is the tool's trade."""
    body = {"required": True, "content": {"application/json": {"schema": json.loads(schema)}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "answers", "version": "1"},
        "paths": {"/": {"post": {"requestBody": body, "responses": {"200": {"description": "-"}}}}},
        "components": {"schemas": DOCUMENT["components"]["schemas"]},
    }
    config = SchemathesisConfig.from_dict(CONFIG)
    operation = schemathesis.openapi.from_dict(document, config=config)["/"]["POST"]
    return operation.as_strategy(generation_mode=mode).map(lambda case: case.body)


def _is_json(value):
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True
