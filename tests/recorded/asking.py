"""Asks a deployment the recorded questions, one after the other: what one answers, others build on."""

import base64
import http.client
import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .shapes import Difference, differences, shape, text

FOLDER = Path(__file__).parent
SCENARIOS = ("runs", "plane")
"""`runs`: session runs, which are in the contract. `plane`: the rest of the service's data plane, which is not yet."""
PATIENCE = 60.0
POLL = 0.3


@dataclass(frozen=True, slots=True)
class Deployment:
    """Whom to ask, and as whom. The project should be a new one: some answers count all that is in it."""

    url: str
    key: str
    project: str = field(default_factory=lambda: f"recorded-{uuid.uuid4().hex[:8]}")


@dataclass(frozen=True, slots=True)
class Question:
    """A request. In all its texts `{name}` stands for a variable: one that is given, or that an earlier answer left."""

    id: str
    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict[str, Any])
    """A list sends its parameter once for each value."""
    body: dict[str, Any] = field(default_factory=dict[str, Any])
    """None, or one of `json`, `raw` (text) and `raw_base64`."""
    headers: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """Beside the usual ones; None leaves one out."""
    auth: str = "key"
    """Or `none`."""
    project: str = ""
    """What is added to the project's name, for a project of its own."""
    save: dict[str, str] = field(default_factory=dict[str, str])
    """Variables that the answer leaves, each with its path in the body, such as `items.0.id`."""
    until: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    """Ask again until the answer has one of these values there, or `PATIENCE` is over."""
    rest: float = 0.0
    """Seconds to wait before."""
    loose: tuple[str, ...] = ()
    """Patterns of the paths that may differ: they depend on the judge, on the clock, or on how fast runs are."""

    @classmethod
    def of(cls, line: dict[str, Any]) -> "Question":
        """Read a line of a scenario."""
        line = dict(line)
        body = {name: line.pop(name) for name in ("json", "raw", "raw_base64") if name in line}
        return cls(**{**line, "body": body, "loose": tuple(line.get("loose", ()))})

    def content(self, variables: dict[str, str]) -> bytes | None:
        """The body's bytes."""
        match fill(self.body, variables):
            case {"json": value}:
                return json.dumps(value).encode()
            case {"raw": written}:
                return written.encode()
            case {"raw_base64": written}:
                return base64.b64decode(written)
        return None


def fill(value: Any, variables: dict[str, str]) -> Any:
    """Put in the variables, at any depth; what is none stays."""
    match value:
        case str():
            return re.sub(r"\{(\w+)\}", lambda found: str(variables.get(found[1], found[0])), value)
        case list():
            return [fill(item, variables) for item in value]
        case dict():
            return {fill(name, variables): fill(item, variables) for name, item in value.items()}
    return value


def read(name: str) -> list[dict[str, Any]]:
    """The lines of a file of this folder."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines() if line]


def questions(scenario: str) -> list[Question]:
    """A scenario, in the order in which it is to be asked."""
    return [Question.of(line) for line in read(scenario)]


def recorded(scenario: str) -> dict[str, dict[str, Any]]:
    """What the real service answered, by the question's id."""
    return {answer["id"]: answer for answer in read(f"{scenario}.recorded")}


def ask_all(asked: list[Question], of: Deployment, *, patience: float = PATIENCE) -> Iterator[dict[str, Any]]:
    """Ask one question after the other, and yield what is compared of each answer."""
    variables = given()
    for question in asked:
        time.sleep(question.rest)
        deadline = time.monotonic() + patience
        answer, body = ask(question, of, variables)
        while not _arrived(question, body) and time.monotonic() < deadline:
            time.sleep(POLL)
            answer, body = ask(question, of, variables)
        for name, path in question.save.items():
            variables[name] = str(at(body, path, f"not-saved-{name}"))
        yield answer


def given() -> dict[str, str]:
    """The variables that every scenario begins with."""
    ids = {"uuid": str(uuid.uuid4()), "uuid2": str(uuid.uuid4()), "tag": uuid.uuid4().hex[:8]}
    return {**times(datetime.now(UTC)), **ids, "long255": "n" * 255, "long256": "n" * 256}


def times(now: datetime) -> dict[str, str]:
    """The times that questions name. What is added up by day is recorded of one day: an hour ago is not yesterday."""
    hour = min(timedelta(hours=1), now - now.replace(hour=0, minute=0, second=0, microsecond=0))
    ago = {
        "now": timedelta(0),
        "half_hour_ago": hour / 2,
        "hour_ago": hour,
        "day_ago": timedelta(days=1),
        "hour_on": timedelta(hours=-1),
    }
    return {name: (now - before).isoformat() for name, before in ago.items()}


def _arrived(question: Question, body: Any) -> bool:
    return all(at(body, path, None) in wanted for path, wanted in question.until.items())


def at(value: Any, path: str, default: Any) -> Any:
    """What is at a path of a JSON value, such as `items.0.id`."""
    for step in path.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return default
    return value


def ask(question: Question, of: Deployment, variables: dict[str, str]) -> tuple[dict[str, Any], Any]:
    """Ask one question; return what is compared of the answer, and its body, None where it is no JSON."""
    request_id = f"recorded-{uuid.uuid4().hex[:8]}"
    headers = {"X-Request-ID": request_id, "Accept": "application/json"}
    if question.auth == "key":
        headers |= {"X-API-Key": of.key, "X-Project-Name": of.project + question.project}
    if "json" in question.body:
        headers["Content-Type"] = "application/json"
    for name, value in fill(question.headers, variables).items():
        headers.pop(name, None)
        headers |= {name: value} if value is not None else {}
    base = urlsplit(of.url)
    query = urlencode(fill(question.query, variables), doseq=True)
    target = base.path.rstrip("/") + quote(fill(question.path, variables), safe="/%") + (f"?{query}" if query else "")
    kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
    # Not httpx, which mends what is off in a header or a path: the service is to see it as it is written.
    connection = kind(base.hostname or "", base.port, timeout=60)
    try:
        connection.request(question.method, target, question.content(variables), headers)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    answer = {
        "id": question.id,
        "status": response.status,
        "type": response.getheader("content-type", "").split(";")[0],
        "echoes": response.getheader("x-request-id") == request_id,
    }
    if allow := response.getheader("allow"):
        answer["allow"] = allow
    try:
        body = json.loads(content)
    except ValueError:
        return answer | {"body": text(content.decode("utf-8", "replace"))[:300]}, None
    return answer | {"body": shape(body)}, body


@dataclass(frozen=True, slots=True)
class Finding:
    """One question, and where its answer differs from the recorded one."""

    question: Question
    differs: list[Difference]


def compare(scenario: str, of: Deployment, *, patience: float = PATIENCE) -> Iterator[Finding]:
    """Ask a scenario, and hold each answer against the recorded one."""
    known = recorded(scenario)
    asked = [question for question in questions(scenario) if question.id in known]
    for question, answer in zip(asked, ask_all(asked, of, patience=patience), strict=True):
        found = differences(known[question.id], answer)
        loose = [re.compile(pattern) for pattern in question.loose]
        yield Finding(question, [it for it in found if not any(path.fullmatch(it.path) for path in loose)])
