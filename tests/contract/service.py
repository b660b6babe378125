"""The sandbox as the contract tests meet it, and a judge who knows openapi.yaml alone."""

import json
import os

import httpx
import jsonschema_rs
from pandaprobe_evals.sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN, Sandbox

from tools.generate import read_document

SEEDS = [int(seed) for seed in os.environ.get("CONTRACT_SEEDS", "20261122").split(",")]
EFFORT = float(os.environ.get("CONTRACT_EFFORT", "1"))
"""For a deep run, more seeds and more of everything: `CONTRACT_SEEDS=1,2 CONTRACT_EFFORT=10 pytest tests/contract`."""

DOCUMENT = read_document()
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
RUNS = "/evaluations/session-runs"
BATCH = f"{RUNS}/batch"
BODY = {"session_ids": ["a"], "metrics": ["agent_reliability"]}

MODES = {
    "api key": {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME},
    "bearer": {"Authorization": f"Bearer {TOKEN}", "X-Project-ID": PROJECT_ID},
}


def resolve(node):
    while "$ref" in node:
        found = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


OPERATIONS = {
    item[method]["operationId"]: (method.upper(), path, item[method])
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
}
LINKS = {
    f"{operation} {status} {name}": (operation, resolve(link))
    for operation, (*_, node) in OPERATIONS.items()
    for status, answer in node["responses"].items()
    for name, link in resolve(answer).get("links", {}).items()
}
ANSWERS = [(operation, int(status)) for operation, (*_, node) in OPERATIONS.items() for status in node["responses"]]
SUCCESSES = {(operation, status) for operation, status in ANSWERS if status < 300}


def documented(operation, status):
    """What openapi.yaml says of an answer."""
    return resolve(OPERATIONS[operation][2]["responses"][str(status)])


def validator(schema):
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]}, validate_formats=True)


def judge(operation, response):
    """Hold one answer against openapi.yaml; returns its JSON, or its text."""
    status = response.status_code
    assert str(status) in OPERATIONS[operation][2]["responses"], f"{operation} answered {status}: {response.text}"
    node = documented(operation, status)
    for name, header in node.get("headers", {}).items():
        if resolve(header).get("required"):
            assert name in response.headers, f"{operation} {status} lacks {name}"
    content = node.get("content")
    if not content:
        assert response.content == b""
        return None
    media_type = response.headers["content-type"].partition(";")[0]
    assert media_type in content, f"{operation} {status} is {media_type}"
    body = json.loads(response.content) if media_type == "application/json" else response.text
    problems = [
        f"{error.instance_path}: {error.message}"
        for error in validator(content[media_type]["schema"]).iter_errors(body)
    ]
    assert not problems, f"{operation} {status}: {problems}"
    return body


def sandbox(**options):
    """A sandbox without a rate limit whose runs end at once, and with sessions of every kind to be found by filters."""
    made = Sandbox(**{"rate_limit": None, "speed": 10_000.0, **options})
    for number in range(6):
        made.add_session(
            f"{'fail-always-' if number % 2 else ''}found-{number}",
            user_id="u",
            tags=["production"],
            started_at="2026-11-16T00:00:00+00:00",
            has_error=number % 2 == 0,
            trace_count=number + 1,
        )
    return made


def client(service, headers=MODES["api key"], **options):
    """A plain httpx client of a sandbox in process."""
    return httpx.Client(transport=service.transport(), base_url="http://sandbox", headers=headers, **options)


def sendable(operation, run_id="3c90c3cc-0d44-4b50-8888-8dd25736052a"):
    """A request of this operation that is all right, as `httpx.Client.request` takes it."""
    method, path, node = OPERATIONS[operation]
    request = {"method": method, "url": path.replace("{run_id}", str(run_id))}
    if "requestBody" in node:
        examples = node["requestBody"]["content"]["application/json"]["examples"]
        request["json"] = next(iter(examples.values()))["value"]
    return request
