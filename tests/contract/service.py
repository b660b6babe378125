"""The sandbox as the contract tests meet it, and a judge who knows openapi.yaml alone."""

import functools
import json
import os

import httpx
from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN, Sandbox

from . import recorder
from .document import OPERATIONS, documented, resolve, validator
from .layer import Layer

SEEDS = [int(seed) for seed in os.environ.get("CONTRACT_SEEDS", "20261122").split(",")]
EFFORT = float(os.environ.get("CONTRACT_EFFORT", "1"))
"""For more of everything made up, and other seeds: `make contract-deep`."""

MANY = round(8 * EFFORT)
"""Answers made up for each schema, kept and broken."""

RUNS = "/evaluations/session-runs"
BATCH = f"{RUNS}/batch"
TRACE_BATCH = "/evaluations/trace-runs/batch"
MONITORS = "/evaluations/monitors"
BODY = {"session_ids": ["a"], "metrics": ["agent_reliability"]}

EXAMPLE_TRACE = next(
    iter(OPERATIONS["get_trace"][2]["responses"]["200"]["content"]["application/json"]["examples"].values())
)["value"]
"""What `get_trace`, and `get_session`, find by their examples."""

EXAMPLE_MONITOR = {
    "id": "5e1d9c3a-4f0e-4b1d-8e9f-8a7b9b2d1c1e",
    "name": "nightly",
    "target_type": "SESSION",
    "metrics": ["agent_reliability"],
    "cadence": "weekly",
}
"""The monitor that the document's examples name."""
EXAMPLE_SCORE = OPERATIONS["list_scores_of_trace"][2]["responses"]["200"]["content"]["application/json"]["examples"][
    "one"
]["value"][0]
"""The score that trace scores are read, changed and deleted by."""
FAILING_TRACE = {
    "trace_id": "b7c9a0de-3f6c-4b43-9e0c-1a2b3c4d5e6f",
    "name": "fail-always-booking",
    "status": "ERROR",
    "tags": ["production"],
    "started_at": "2026-11-16T00:00:00+00:00",
    "spans": [
        {"span_id": "0d7f3b5a-5a0e-4c58-9a3e-6c1f2e3d4b5a", "name": "say", "started_at": "2026-11-16T00:00:00+00:00"}
    ],
}
"""What creates of trace runs find by their examples; all that a judge is asked about it fails."""

MODES = {
    "api key": {"X-API-Key": API_KEY, "X-Project-Name": PROJECT_NAME},
    "bearer": {"Authorization": f"Bearer {TOKEN}", "X-Project-ID": PROJECT_ID},
}


def judge(operation, response):
    """Hold one answer against openapi.yaml; returns its JSON, or its text."""
    status = response.status_code
    recorder.answer("server", operation, status, response.headers.get("content-type", ""), response.content)
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


AROUND = [functools.partial(Layer, after=recorder.exchange)] if recorder.FOLDER else []
"""ASGI layers to put around every sandbox, as `layer(app, sandbox)`: the violations of a mutant, a recorder."""


class _Sandbox(Sandbox):
    @property
    def app(self):
        return functools.reduce(lambda app, layer: layer(app, self), AROUND, super().app)


def sandbox(**options):
    """A sandbox without a rate limit whose runs end at once, and with sessions of every kind to be found by filters."""
    made = _Sandbox(**{"rate_limit": None, "read_limit": None, "speed": 10_000.0, **options})
    for number in range(6):
        made.add_session(
            f"{'fail-always-' if number % 2 else ''}found-{number}",
            user_id="u",
            tags=["production"],
            started_at="2026-11-16T00:00:00+00:00",
            has_error=number % 2 == 0,
            trace_count=number + 1,
        )
    with client(made) as http:
        http.post("/traces", json=EXAMPLE_TRACE)
        http.post("/traces", json=FAILING_TRACE)
        score = http.post("/evaluations/trace-scores", json=EXAMPLE_SCORE).json()
        monitor = http.post(MONITORS, json=EXAMPLE_MONITOR).json()
    made.store.edit_trace_score(score["id"], {"id": EXAMPLE_SCORE["id"]})
    made.store._all("update monitors set id = ? where id = ?", (EXAMPLE_MONITOR["id"], monitor["id"]))
    return made


def client(service, headers=MODES["api key"], **options):
    """A plain httpx client of a sandbox in process."""
    return httpx.Client(transport=service.transport(), base_url="http://sandbox", headers=headers, **options)
