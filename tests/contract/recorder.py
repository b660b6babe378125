"""What the contract tests met: operations, statuses, keywords kept and broken, links, transitions, and how often.

CONTRACT_RECORD names a folder for what was seen (`make contract-deep`). With CONTRACT_KEYWORDS set as well, exchanges are
looked at keyword by keyword (`make coverage-contract`), which takes its time.
"""

import contextlib
import functools
import json
import os
from collections import Counter
from pathlib import Path
from urllib.parse import quote, unquote

import jsonschema_rs

from .document import DOCUMENT, OPERATIONS, documented, resolve

FOLDER = os.environ.get("CONTRACT_RECORD")
KEYWORDS = bool(os.environ.get("CONTRACT_KEYWORDS"))
APPLIES_TO = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), str),
    **dict.fromkeys(("minimum", "maximum"), (int, float)),
    "minItems": list,
    "required": dict,
    "propertyNames": dict,
    **dict.fromkeys(("type", "enum", "const", "anyOf", "oneOf"), object),
}
"""The keywords that say something of a value, and of which values they do."""
_ROOT = "/$defs/document"
_DEFINED = json.loads(json.dumps(DOCUMENT).replace('"#/', f'"#{_ROOT}/'))

seen = Counter()
"""How often something was seen: `seen["server", "status", operation, status]` and the like."""
_states = {}


def saw(*what, times=1):
    seen[what] += times


def dump():
    """Write what this process saw to a file of its own."""
    if FOLDER:
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        text = json.dumps([[*what, times] for what, times in seen.items()])
        Path(FOLDER, f"{os.getpid()}.json").write_text(text, encoding="utf-8")


def load(folder):
    """What all processes saw."""
    total = Counter()
    for path in Path(folder).glob("*.json"):
        for *what, times in json.loads(path.read_text(encoding="utf-8")):
            total[tuple(what)] += times
    return total


# ------------------------------------------------------------------------------------------- where keywords stand


def step(name):
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def places(operation):
    """Where the schemas of an operation stand: of its body, its parameters by name, and its answers by status."""
    method, path, node = OPERATIONS[operation]
    item = f"/paths{step(path)}"
    at = f"{item}/{method.lower()}"
    parameters = {}
    for base, found in (
        (item, DOCUMENT["paths"][path].get("parameters", [])),
        (at, DOCUMENT["paths"][path][method.lower()].get("parameters", [])),
    ):
        for index, each in enumerate(found):
            where = each["$ref"].removeprefix("#") if "$ref" in each else f"{base}/parameters/{index}"
            parameters[resolve(each)["name"]] = (resolve(each)["in"], f"{where}/schema")
    body = f"{at}/requestBody/content/application~1json/schema" if "requestBody" in node else None
    answers = {}
    for status, each in node["responses"].items():
        where = each["$ref"].removeprefix("#") if "$ref" in each else f"{at}/responses/{status}"
        for media_type in resolve(each).get("content", {}):
            answers[int(status)] = f"{where}/content{step(media_type)}/schema"
    return body, parameters, answers


def node_at(pointer):
    node = DOCUMENT
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        node = node[int(name)] if isinstance(node, list) else node[name]
    return node


def keywords(pointer):
    """The keywords of a schema and of all within it, as pointers."""
    found, ahead = set(), [pointer]
    done = set()
    while ahead:
        at = ahead.pop()
        node = node_at(at)
        if at in done or not isinstance(node, dict):
            continue
        done.add(at)
        if "$ref" in node:
            ahead.append(node["$ref"].removeprefix("#"))
        found |= {f"{at}/{name}" for name in node if name in APPLIES_TO}
        ahead += [f"{at}/properties{step(name)}" for name in node.get("properties", {})]
        ahead += [f"{at}/{key}" for key in ("items", "additionalProperties", "propertyNames") if key in node]
        ahead += [f"{at}/{key}/{index}" for key in ("anyOf", "oneOf") for index in range(len(node.get(key, ())))]
    return found


def inventory():
    """Every keyword that requests and answers can keep or break."""
    bodies, urls, answers = set(), set(), set()
    for operation in OPERATIONS:
        body, parameters, by_status = places(operation)
        bodies |= keywords(body) if body else set()
        for _, pointer in parameters.values():
            urls |= keywords(pointer)
        for pointer in by_status.values():
            answers |= keywords(pointer)
    return {"request": bodies | urls, "body": bodies, "url": urls, "answer": answers}


# ----------------------------------------------------------------------------------------------- what is looked at


@functools.cache
def _validator(pointer):
    schema = {"$ref": quote(f"#{_ROOT}{pointer}", safe="#/$~"), "$defs": {"document": _DEFINED}}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _look(side, part, pointer, value):
    """Note the keywords that a value keeps, and where it is invalid as a whole, those that it breaks."""
    validator = _validator(pointer)
    try:
        judged = validator.evaluate(value)
    except (ValueError, OverflowError):  # JSON that is no text or number
        return
    found = {}
    for each in judged.list()["details"]:
        place, _, keyword = unquote(each["schemaLocation"]).removeprefix(_ROOT).rpartition("/")
        found[place, keyword, each["instanceLocation"]] = each["valid"]
        if keyword == "minLength":  # beside which the validator says of `maxLength` only that it is broken
            found.setdefault((place, "maxLength", each["instanceLocation"]), "maxLength" in node_at(place) or None)
        if keyword == "properties":  # beside which the validator says of `required` only that it is broken
            found.setdefault((place, "required", each["instanceLocation"]), "required" in node_at(place) or None)
    for (place, keyword, where), kept in found.items():
        if keyword in APPLIES_TO and kept is not None and (kept or not judged.valid):
            names = place.endswith("propertyNames")
            if names or isinstance(_inside(value, where), APPLIES_TO[keyword]):
                saw(side, part, f"{place}/{keyword}", "kept" if kept else "broken")


def _inside(value, pointer):
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def _types(pointer):
    node = resolve(node_at(pointer))
    types = node.get("type", [])
    return {types} if isinstance(types, str) else {*types, *(each.get("type") for each in node.get("anyOf", ()))}


def _read(text, pointer):
    """A parameter's text as the value that it stands for; as text where only that is right, and of a list one item."""
    if "array" in _types(pointer):
        return [text]
    if _types(pointer) & {"integer", "number", "boolean"}:
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(text)
            judge = _validator(pointer)
            return text if judge.is_valid(text) and not judge.is_valid(value) else value
    return text


def request(side, operation, path, query, content_type, body):
    """Look at a request; `query` is names and values."""
    if not KEYWORDS:
        return
    body_at, parameters, _ = places(operation)
    for name, (place, at) in parameters.items():
        if place == "path":
            segments = path.split("/")[OPERATIONS[operation][1].split("/").index(f"{{{name}}}") :]
            _look(side, "request", at, unquote(segments[0] if segments else ""))
        elif name in query:
            _look(side, "request", at, _read(query[name], at))
    if body_at and content_type.startswith("application/json"):
        with contextlib.suppress(ValueError, RecursionError):
            _look(side, "request", body_at, json.loads(body))


def answer(side, operation, status, content_type, body):
    """Look at an answer."""
    saw(side, "status", operation, status)
    if not KEYWORDS or str(status) not in OPERATIONS[operation][2]["responses"]:
        return
    at = places(operation)[2].get(status)
    media_type = content_type.partition(";")[0]
    if at and media_type in documented(operation, status)["content"]:
        with contextlib.suppress(ValueError, RecursionError):
            _look(side, "answer", at, json.loads(body) if media_type == "application/json" else body.decode())


def life(box, operation, path, status, body):
    """Note from which state to which a run has gone since it was last seen."""
    if operation == "delete_session_eval_run" and status == 204:
        if before := _states.pop((id(box), path.rpartition("/")[2]), None):
            saw("transition", before, "deleted")
    elif operation in ONE_RUN and status < 300:
        run = json.loads(body)
        before = _states.get((id(box), run["id"]), "retried" if "retry_of" in run["filters"] else "created")
        if before != run["status"]:
            saw("transition", before, run["status"])
        _states[id(box), run["id"]] = run["status"]


ONE_RUN = {
    operation
    for operation in OPERATIONS
    if operation.startswith(("create_", "get_", "retry_")) and operation.endswith("_eval_run")
}
TRANSITIONS = [
    ("created", "PENDING"),
    ("retried", "PENDING"),
    ("PENDING", "RUNNING"),
    ("RUNNING", "COMPLETED"),
    ("RUNNING", "FAILED"),
    ("FAILED", "RUNNING"),
    ("COMPLETED", "deleted"),
]


def call(operation, sent, given):
    """Look at what a client sent, and at the answer that it was given."""
    query = dict(sent.url.params)
    request("client", operation, sent.url.path, query, sent.headers.get("content-type", ""), sent.content)
    answer("client", operation, given.status_code, given.headers.get("content-type", ""), given.content)


def exchange(it):
    """Look at what was asked of a sandbox, for `layer.Layer(after=...)`; its answers are looked at where they are judged."""
    if it.operation:
        request("server", it.operation, it.path, it.query, it.headers.get("content-type", ""), it.body)
        life(it.box, it.operation, it.path, it.status, it.answer)
