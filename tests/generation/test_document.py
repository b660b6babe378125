"""What this project promises of openapi.yaml, beyond what the linters know."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.contract.document import DOCUMENT

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
TAKES_A_RUN = {"run_id", "eval_run_id"}
YIELDS_A_RUN = {"#/components/schemas/EvalRun", "#/components/schemas/EvalRunPage"}

Json = dict[str, Any]


def resolve(node: Json) -> Json:
    while "$ref" in node:
        found: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def operations() -> dict[str, Json]:
    found = {}
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                parameters = [resolve(each) for each in item.get("parameters", []) + item[method].get("parameters", [])]
                found[f"{method} {path}"] = {**item[method], "parameters": parameters}
    return found


OPERATIONS = operations()
BY_ID = {operation.get("operationId"): operation for operation in OPERATIONS.values()}
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


def bodies() -> Iterator[tuple[str, Json]]:
    """Every JSON body with a name: those that are sent and those that are documented as answers."""
    for name, operation in OPERATIONS.items():
        places = {f"{name} answer {status}": found for status, found in operation["responses"].items()}
        if "requestBody" in operation:
            places[f"{name} request"] = operation["requestBody"]
        for place, node in places.items():
            for media_type, content in resolve(node).get("content", {}).items():
                if media_type == "application/json":
                    yield place, content


def examples(holder: Json) -> Iterator[tuple[str, Any]]:
    if "example" in holder:
        yield "example", holder["example"]
    for name, example in holder.get("examples", {}).items():
        yield name, resolve(example)["value"]


def validator(schema: Json) -> jsonschema_rs.Draft202012Validator:
    whole = {**schema, "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def schemas() -> Iterator[tuple[str, Json]]:
    """Every named schema and every property below one, with a name each."""

    def properties(name: str, schema: Json) -> Iterator[tuple[str, Json]]:
        for key, value in schema.get("properties", {}).items():
            yield f"{name}.{key}", value
            yield from properties(f"{name}.{key}", value)
        for key in ("anyOf", "oneOf", "allOf"):
            for branch in schema.get(key, []):
                yield from properties(name, branch)
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                yield from properties(f"{name}.{key}", schema[key])

    for name, schema in DOCUMENT["components"]["schemas"].items():
        yield name, schema
        yield from properties(name, schema)


BODIES = dict(bodies())
SCHEMAS = dict(schemas())
PARAMETERS = {f"{name} {each['name']}": each for name, found in OPERATIONS.items() for each in found["parameters"]}


@each_operation
def test_every_operation_says_what_it_is_called_and_what_it_does(operation: Json) -> None:
    for key in ("operationId", "summary", "description", "tags"):
        assert operation.get(key), f"no {key}"
    assert operation["operationId"].isidentifier()
    assert operation["operationId"].islower()
    assert len(operation["tags"]) == 1, "the generator files an operation under its first tag only"


def test_no_two_operations_share_an_id() -> None:
    assert len(BY_ID) == len(OPERATIONS)


@each_operation
def test_every_operation_says_its_effect_and_its_rate_limit_which_only_those_that_are_billed_have_everywhere(
    operation: Json,
) -> None:
    assert operation.get("x-effect") in {"creates", "reads", "updates", "deletes"}
    documented = operation["operationId"] == "create_trace"  # whose limit the vendor documents
    assert operation["x-rate-limit"]["everywhere"] == ("x-billed" in operation or documented)
    assert operation["x-rate-limit"]["per"] == ["credential", "path"]
    assert "429" in operation["responses"]


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_every_schema_and_every_property_is_described(schema: Json) -> None:
    assert schema.get("description") or resolve(schema).get("description")


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS)
def test_every_parameter_is_described_and_its_example_keeps_its_own_schema(parameter: Json) -> None:
    assert parameter.get("description")
    for name, value in examples(parameter):
        errors = [error.message for error in validator(parameter["schema"]).iter_errors(value)]
        assert not errors, name


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_body_has_examples_and_each_keeps_its_own_schema(body: Json) -> None:
    found = dict(examples(body))
    assert found, "no example"
    against = validator(body["schema"])
    for name, value in found.items():
        errors = [f"{error.instance_path}: {error.message}" for error in against.iter_errors(value)]
        assert not errors, name


@each_operation
def test_an_operation_that_yields_a_run_links_to_all_that_take_one(operation: Json) -> None:
    about = operation["tags"][0].split("_")[0]  # a run over traces is not for what takes one over sessions
    takers = {
        other["operationId"]
        for other in OPERATIONS.values()
        if other["tags"][0].startswith(about)
        and any(parameter["name"] in TAKES_A_RUN for parameter in other["parameters"])
    }
    for status, response in operation["responses"].items():
        content = resolve(response).get("content", {}).get("application/json", {})
        if status.startswith("2") and content.get("schema", {}).get("$ref") in YIELDS_A_RUN:
            links = [resolve(link) for link in resolve(response).get("links", {}).values()]
            assert {link["operationId"] for link in links} >= takers


LINKS = {
    f"{name} {status} {key}": (resolve(link), resolve(response))
    for name, operation in OPERATIONS.items()
    for status, response in operation["responses"].items()
    for key, link in resolve(response).get("links", {}).items()
}


@pytest.mark.parametrize(("link", "response"), LINKS.values(), ids=LINKS)
def test_every_link_leads_to_an_operation_by_a_field_that_an_example_has(link: Json, response: Json) -> None:
    target = BY_ID[link["operationId"]]
    assert link["parameters"].keys() <= {parameter["name"] for parameter in target["parameters"]}
    values = [value for _, value in examples(response["content"]["application/json"])]
    for expression in link["parameters"].values():
        assert expression.startswith("$response.body#/")
        assert any(has(value, expression.removeprefix("$response.body#/").split("/")) for value in values)


def has(value: Any, steps: list[str]) -> bool:
    for step in steps:
        try:
            value = value[int(step) if isinstance(value, list) else step]
        except (LookupError, TypeError):
            return False
    return True


def test_the_two_ways_to_authenticate_are_said_once_for_all_operations() -> None:
    assert DOCUMENT["security"] == [{"bearer": [], "projectId": []}, {"apiKey": [], "projectName": []}]
    assert DOCUMENT["components"]["securitySchemes"].keys() == {
        "bearer",
        "projectId",
        "apiKey",
        "projectName",
    }
    assert [name for name, operation in OPERATIONS.items() if "security" in operation] == []
