"""Edits of openapi.yaml: some break who relies on it, some do no harm."""

import copy
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """Changes a document at a place, which is given by its keys with dots between."""

    path: str
    change: object

    def __call__(self, document):
        edited = copy.deepcopy(document)
        node = edited
        for step in filter(None, self.path.split(".")):
            node = node[int(step)] if isinstance(node, list) else node[step]
        self.change(node)
        assert edited != document, f"{self.path}: the edit changes nothing; bring this mutant up to date"
        return edited


def put(path, **fields):
    return Edit(path, lambda node: node.update(fields))


def cut(path, *names):
    return Edit(path, lambda node: [node.pop(name) for name in names])


def add(path, *items):
    return Edit(path, lambda node: node.extend(items))


def drop(path, item):
    return Edit(path, lambda node: node.remove(item))


def rename(path, old, new):
    return Edit(path, lambda node: node.update({new: node.pop(old)}))


S = "components.schemas"
BATCH = f"{S}.CreateBatchSessionEvalRunRequest"
FILTERED = f"{S}.CreateSessionEvalRunRequest"
RUN = f"{S}.EvalRun"
SCORE = f"{S}.SessionScore"
SCHEMES = "components.securitySchemes"
RUNS = "paths./evaluations/session-runs"
SCORES = "paths./evaluations/session-scores.get"
TEXT = {"type": "string", "description": "Some text."}

BREAKING = {
    "an operation is gone": cut("paths", "/evaluations/session-metrics"),
    "a method is gone": cut(f"{RUNS}/{{run_id}}", "delete"),
    "a path is renamed": rename("paths", "/evaluations/session-runs/batch", "/evaluations/session-runs/many"),
    "a method is another": rename(f"{RUNS}/{{run_id}}/retry", "post", "put"),
    "an operation has another name": put(f"{RUNS}/batch.post", operationId="create_runs"),
    "an operation moves to another module": put(f"{RUNS}/batch.post", tags=["batches"]),
    "a request needs one more field": add(f"{BATCH}.required", "name"),
    "a request's field is gone": cut(f"{BATCH}.properties", "signal_weights"),
    "a request's field is renamed": rename(f"{BATCH}.properties", "model", "judge"),
    "a request's field is of another type": put(f"{BATCH}.properties.name", type="integer"),
    "a request takes no null any more": put(f"{BATCH}.properties.name", type="string"),
    "a request needs two sessions": put(f"{BATCH}.properties.session_ids", minItems=2),
    "a request takes ten sessions": put(f"{BATCH}.properties.session_ids", maxItems=10),
    "a request takes shorter names": put(f"{BATCH}.properties.name", maxLength=64),
    "a request takes fewer characters": put(f"{S}.Text", pattern="^[a-z0-9-]*$"),
    "a request takes no field of its own": put(BATCH, additionalProperties=False),
    "a rate is at most a half": put(f"{FILTERED}.properties.sampling_rate.anyOf.0", maximum=0.5),
    "a rate may not be 0": put(f"{FILTERED}.properties.sampling_rate.anyOf.0", exclusiveMinimum=0),
    "a metric is gone": drop(f"{S}.SessionMetricName.enum", "agent_consistency"),
    "a state to list by is gone": drop(f"{S}.EvalRunStatus.enum", "FAILED"),
    "a body is optional, then not JSON": rename(
        f"{RUNS}/batch.post.requestBody.content", "application/json", "application/x-www-form-urlencoded"
    ),
    "a list takes 100 at most": put(f"{RUNS}.get.parameters.1.schema", maximum=100),
    "a list's parameter is renamed": put(f"{RUNS}.get.parameters.1", name="size"),
    "a list's parameter is required": put(f"{SCORES}.parameters.0", required=True),
    "a list's parameter is gone": Edit(f"{SCORES}.parameters", lambda node: node.pop(4)),
    "a run's id is a number": put("components.parameters.RunId.schema", type="integer", format="int64"),
    "a run has a field less": Edit(RUN, lambda run: [run["properties"].pop("model"), run["required"].remove("model")]),
    "a run's field is renamed": Edit(
        RUN,
        lambda run: [
            run["properties"].update(judge=run["properties"].pop("model")),
            run["required"].remove("model"),
            run["required"].append("judge"),
        ],
    ),
    "a run's field may be missing": drop(f"{RUN}.required", "failed_count"),
    "a run's field may be null": put(f"{RUN}.properties.failed_count", type=["integer", "null"]),
    "a run's count is a number": put(f"{RUN}.properties.evaluated_count", type="number"),
    "a run's count may be negative": cut(f"{RUN}.properties.failed_count", "minimum"),
    "a run's id is any text": cut(f"{RUN}.properties.id", "format"),
    "a run's time is any text": put(f"{RUN}.properties", created_at=TEXT),
    "a run's filters are a list": put(f"{RUN}.properties", filters={"type": "array", "items": TEXT, "description": "All."}),
    "a run may count by no name": cut(RUN, "oneOf"),
    "a score's value is a number": put(f"{SCORE}.properties.value", type=["number", "null"]),
    "a score's metadata is text": put(f"{SCORE}.properties", metadata=TEXT),
    "a page has no total": Edit(f"{S}.EvalRunPage", lambda page: [page["properties"].pop("total"), page["required"].remove("total")]),
    "a create answers 201": rename(f"{RUNS}/batch.post.responses", "202", "201"),
    "a delete answers with a body": put(f"{RUNS}/{{run_id}}.delete.responses", **{"200": {"description": "Gone.", "content": {"application/json": {"schema": TEXT}}}}),
    "an error has another form": put(f"{S}.ErrorDetail", required=["message"], properties={"message": TEXT}),
    "a class is renamed": Edit("", lambda root: [
        root["components"]["schemas"].update(Failure={**root["components"]["schemas"].pop("FieldError")}),
        root["components"]["schemas"]["ValidationProblem"]["properties"]["errors"].update(items={"$ref": "#/components/schemas/Failure"}),
    ]),
    "a key is sent by another header": put(f"{SCHEMES}.apiKey", name="X-Api-Token"),
    "a project's name is a scheme less": Edit("", lambda root: root.update(security=[{"bearer": [], "projectId": []}])),
    "bearer tokens are Basic": put(f"{SCHEMES}.bearer", scheme="basic"),
    "the first address is another": Edit("servers", lambda servers: servers.reverse()),
}  # fmt: skip

HARMLESS = {
    "words": put("info", description="Other words."),
    "an operation's words": put(f"{RUNS}/batch.post", summary="Create a run", description="Over sessions."),
    "a schema's words": put(RUN, description="A run."),
    "another title": put("info", title="PandaProbe"),
    "another order of fields": Edit(f"{RUN}.required", lambda names: names.reverse()),
    "another order of parameters": Edit(f"{SCORES}.parameters", lambda node: node.reverse()),
    "an address more": add("servers", {"url": "https://eu.example.com", "description": "Another region."}),
    "a link less": cut(f"{RUNS}.get.responses.200.links", "GetNewestRun"),
    "another example": put("components.parameters.RunId", example="5b3c1f8e-2f8c-4a53-8a4a-0c9b8a7d6e5f"),
    "an optional field of a run": put(f"{RUN}.properties", label=TEXT),
    # Of any type, as the service ignores it: to say that it refuses some would be untrue, and is found.
    "an optional field of a request": put(f"{BATCH}.properties", label={"description": "Words."}),
    "an optional field of an error": put(f"{S}.ErrorDetail.properties", code=TEXT),
    "a remark": put(f"{RUN}.properties.model", **{"x-remark": "for people"}),
    "a schema more": put(S, Unused={"type": "object", "description": "Of nobody.", "properties": {"text": TEXT}}),
}  # fmt: skip
