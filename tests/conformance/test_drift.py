"""What a vendor's specification says otherwise than our contract is explained, or it is found."""

import copy
import json
from pathlib import Path

import httpx
import pytest
import yaml
from pandaprobe_conformance import NotComparable, drift, read
from pandaprobe_conformance.deviations import Deviation, load
from pandaprobe_conformance.differences import compare, escaped
from pandaprobe_evals import contract

from tools.deviations_page import PAGE, page
from tools.vendor_excerpt import excerpt

VENDOR = Path(__file__).parent / "vendor"
SPECIFICATIONS = {
    name: json.loads((VENDOR / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("published-docs", "served-0.5.0")
}
RUNS, BATCH, METRICS, SCORES = (
    f"/evaluations/{rest}" for rest in ("session-runs", "session-runs/batch", "session-metrics", "session-scores")
)
RUN = f"{RUNS}/{{run_id}}"


@pytest.fixture(params=SPECIFICATIONS)
def vendor(request):
    return copy.deepcopy(SPECIFICATIONS[request.param])


def test_every_difference_from_the_vendors_specifications_is_explained_and_no_explanation_is_idle(vendor):
    found = drift(vendor)
    assert found.unexplained == []
    assert found.stale == []
    assert len(found.justified) == sum(len(deviation.said_by(vendor)) for deviation in load()) > 0
    assert found.ok


PATHS = contract.document()["paths"]


def test_the_excerpts_are_what_the_tool_that_cuts_them_keeps(vendor):
    assert excerpt({**vendor, "paths": {**vendor["paths"], "/users": {"get": {"summary": "Not ours."}}}}) == vendor


def test_every_deviation_says_what_is_true_since_when_and_by_what_evidence():
    for deviation in load():
        assert deviation.at or deviation.only
        assert all(len(text) > 10 for text in (deviation.truth, deviation.since, deviation.evidence))


def test_the_page_of_the_deviations_is_made_of_them():
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tools.deviations_page"


def test_a_star_stands_for_any_one_step_and_for_no_more(vendor):
    def said(pattern):
        return Deviation("t", "s", "e", {pattern: "absent"}, {}).said_by(vendor)

    every = [f"/paths/{escaped(path)}/{method}/responses/405" for path, item in PATHS.items() for method in item]
    assert list(said("/paths/*/*/responses/405")) == [pointer for pointer in every if "parameters" not in pointer]
    for pattern in ("/paths/*/responses/405", "/paths/*/*/responses/40*"):
        assert not said(pattern)


def test_our_contract_does_not_differ_from_itself():
    assert compare(contract.document(), contract.document()) == []


def schemas(vendor):
    return vendor["components"]["schemas"]


def properties(vendor, schema):
    return schemas(vendor)[schema]["properties"]


def parameters(vendor, path, method="get"):
    return {one["name"]: one for one in vendor["paths"][path][method]["parameters"]}


EDITS = {
    "an operation is gone": lambda it: it["paths"][RUNS].pop("get"),
    "a path is gone": lambda it: it["paths"].pop(METRICS),
    "a method is another": lambda it: it["paths"][BATCH].update(put=it["paths"][BATCH].pop("post")),
    "a parameter is gone": lambda it: it["paths"][RUNS]["get"]["parameters"].pop(0),
    "a parameter is new": lambda it: it["paths"][RUNS]["get"]["parameters"].append(
        {"name": "model", "in": "query", "schema": {"type": "string"}}
    ),
    "a parameter is required": lambda it: parameters(it, RUNS)["limit"].update(required=True),
    "a parameter is of another type": lambda it: parameters(it, RUNS)["limit"]["schema"].update(type="string"),
    "a parameter may be less": lambda it: parameters(it, RUNS)["limit"]["schema"].update(minimum=0),
    "a parameter may be more": lambda it: parameters(it, RUNS)["limit"]["schema"].update(maximum=500),
    "a parameter has no bound": lambda it: parameters(it, SCORES)["limit"]["schema"].pop("maximum"),
    "a run id is no UUID": lambda it: parameters(it, RUN)["run_id"]["schema"].pop("format"),
    "a parameter goes into the path": lambda it: parameters(it, SCORES)["name"].update({"in": "header"}),
    "a header must be sent": lambda it: it["paths"][BATCH]["post"].update(
        parameters=[{"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}}]
    ),
    "a field of a request is new": lambda it: properties(it, "CreateBatchSessionEvalRunRequest").update(
        priority={"type": "integer"}
    ),
    "a field of a request is gone": lambda it: properties(it, "CreateBatchSessionEvalRunRequest").pop("model"),
    "a field of a request must be sent": lambda it: schemas(it)["CreateBatchSessionEvalRunRequest"]["required"].append(
        "name"
    ),
    "a field of a request need not be sent": lambda it: schemas(it)["CreateBatchSessionEvalRunRequest"][
        "required"
    ].pop(),
    "a request may be empty": lambda it: properties(it, "CreateBatchSessionEvalRunRequest")["session_ids"].pop(
        "minItems"
    ),
    "a request holds at most so many": lambda it: properties(it, "CreateBatchSessionEvalRunRequest")[
        "session_ids"
    ].update(maxItems=1000),
    "a field may not be null any more": lambda it: properties(it, "CreateBatchSessionEvalRunRequest").update(
        name={"type": "string"}
    ),
    "an inner field is of another type": lambda it: properties(it, "SessionEvalRunFilters")["tags"]["anyOf"][0].update(
        items={"type": "integer"}
    ),
    "an inner field is new": lambda it: properties(it, "SessionEvalRunFilters").update(region={"type": "string"}),
    "a request takes nothing unknown": lambda it: schemas(it)["CreateSessionEvalRunRequest"].update(
        additionalProperties=False
    ),
    "a body need not be sent": lambda it: it["paths"][BATCH]["post"]["requestBody"].update(required=False),
    "a body is of another media type": lambda it: it["paths"][BATCH]["post"]["requestBody"].update(
        content={"text/csv": {"schema": {"type": "string"}}}
    ),
    "a body has a second media type": lambda it: it["paths"][BATCH]["post"]["requestBody"]["content"].update(
        {"text/csv": {"schema": {"type": "string"}}}
    ),
    "a field of an answer is gone": lambda it: properties(it, "EvalRunResponse").pop("model"),
    "a field of an answer is new": lambda it: properties(it, "EvalRunResponse").update(cost={"type": "number"}),
    "a field of an answer is renamed": lambda it: properties(it, "EvalRunResponse").update(
        metrics=properties(it, "EvalRunResponse").pop("metric_names")
    ),
    "a field of an answer may lack": lambda it: schemas(it)["EvalRunResponse"]["required"].remove("failed_count"),
    "a field of an answer may be null": lambda it: properties(it, "EvalRunResponse").update(
        project_id={"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}
    ),
    "a field of an answer is never null": lambda it: properties(it, "SessionScoreResponse").update(
        value={"type": "string"}
    ),
    "a value is a number": lambda it: properties(it, "SessionScoreResponse")["value"]["anyOf"][0].update(type="number"),
    "an id is no UUID": lambda it: properties(it, "EvalRunResponse")["id"].pop("format"),
    "a list holds something else": lambda it: properties(it, "EvalRunResponse")["metric_names"]["items"].update(
        type="object"
    ),
    "a state is new": lambda it: schemas(it)["EvaluationStatus"]["enum"].append("PAUSED"),
    "a state is gone": lambda it: schemas(it)["EvaluationStatus"]["enum"].remove("FAILED"),
    "a source is new": lambda it: schemas(it)["ScoreSource"]["enum"].append("IMPORTED"),
    "a state is any text": lambda it: schemas(it)["EvaluationStatus"].pop("enum"),
    "a success has another status": lambda it: it["paths"][BATCH]["post"]["responses"].update(
        {"201": it["paths"][BATCH]["post"]["responses"].pop("202")}
    ),
    "an answer has one more status": lambda it: it["paths"][RUN]["delete"]["responses"].update(
        {"409": {"description": "It is at work."}}
    ),
    "a delete answers with a body": lambda it: it["paths"][RUN]["delete"]["responses"]["204"].update(
        content={"application/json": {"schema": {"type": "object"}}}
    ),
    "an answer has no body": lambda it: it["paths"][METRICS]["get"]["responses"]["200"].pop("content"),
    "an answer has one more header": lambda it: it["paths"][RUNS]["get"]["responses"]["200"].update(
        headers={"X-Total-Count": {"schema": {"type": "integer"}}}
    ),
    "a list comes as a page": lambda it: it["paths"][METRICS]["get"]["responses"]["200"]["content"].update(
        {"application/json": {"schema": {"$ref": "#/components/schemas/PaginatedResponse_EvalRunResponse_"}}}
    ),
    "one operation needs no credentials": lambda it: it["paths"][METRICS]["get"].update(security=[]),
    "one operation takes one more header": lambda it: it["paths"][BATCH]["post"]["security"].append({"Cookie": []}),
    "a header of credentials has another name": lambda it: it["components"]["securitySchemes"]["ApiKey"].update(
        name="X-Key"
    ),
    # what would be right, and makes a justification idle
    "the pairs are said": lambda it: [
        operation.update(security=[{"HTTPBearer": [], "ProjectID": []}, {"ApiKey": [], "ProjectName": []}])
        for item in it["paths"].values()
        for operation in item.values()
    ],
    "a 401 is documented": lambda it: it["paths"][RUNS]["get"]["responses"].update(
        {
            "401": {
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["detail"],
                            "properties": {"detail": {"type": "string"}},
                        }
                    }
                }
            }
        }
    ),
    "names are bounded": lambda it: properties(it, "CreateBatchSessionEvalRunRequest")["name"]["anyOf"][0].update(
        maxLength=255
    ),
    "times are times": lambda it: (
        [
            one.update(format="date-time")
            for schema in schemas(it).values()
            for name, node in schema.get("properties", {}).items()
            if name.endswith(("_at", "_time", "_seen")) or name == "bucket"
            for one in node.get("anyOf", [node])
            if one["type"] == "string"
        ]
        + [properties(it, "EvalRunResponse")["completed_at"]["anyOf"][0].update(format="date-time")]
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_of_a_specification_is_found(vendor, edit):
    edit(vendor)
    found = drift(vendor)
    assert not found.ok


HARMLESS = {
    "other words": lambda it: it["paths"][RUNS]["get"].update(summary="Runs", description="All of them."),
    "another operation id": lambda it: it["paths"][RUNS]["get"].update(operationId="runs"),
    "another default": lambda it: parameters(it, RUNS)["limit"]["schema"].update(default=20),
    "the id in the path has another name": lambda it: it["paths"].update(
        {
            path.replace("{run_id}", "{id}"): json.loads(json.dumps(it["paths"].pop(path)).replace('"run_id"', '"id"'))
            for path in [path for path in it["paths"] if "{run_id}" in path]
        }
    ),
    "null as one of two types": lambda it: properties(it, "EvalRunResponse").update(model={"type": ["string", "null"]}),
    "null as OpenAPI 3.0 has it": lambda it: properties(it, "EvalRunResponse").update(
        model={"type": "string", "nullable": True}
    ),
    "a schema in place of a reference": lambda it: properties(it, "EvalRunResponse").update(
        status=schemas(it)["EvaluationStatus"]
    ),
    "a reference to a reference": lambda it: (
        schemas(it).update(
            State={"$ref": "#/components/schemas/EvaluationStatus"},
        )
        or properties(it, "EvalRunResponse").update(status={"$ref": "#/components/schemas/State"})
    ),
    "another order": lambda it: [
        schemas(it)["EvaluationStatus"]["enum"].reverse(),
        schemas(it)["EvalRunResponse"]["required"].reverse(),
    ],
    "a number with a point": lambda it: parameters(it, RUNS)["limit"]["schema"].update(maximum=200.0),
    "an operation that is not ours": lambda it: it["paths"].update(
        {"/organizations": {"get": {"responses": {"200": {}}}}}
    ),
}


@pytest.mark.parametrize("edit", HARMLESS.values(), ids=HARMLESS)
def test_what_says_the_same_in_another_way_is_no_difference(vendor, edit):
    edit(vendor)
    found = drift(vendor)
    assert (found.unexplained, found.stale) == ([], [])


def test_a_new_field_is_found_at_its_place_with_both_sides():
    vendor = copy.deepcopy(SPECIFICATIONS["served-0.5.0"])
    EDITS["a field of an answer is new"](vendor)
    [one] = drift(vendor).unexplained
    assert (one.pointer, one.vendor, one.ours) == (
        "/components/schemas/EvalRun/properties/cost",
        "number, optional",
        "absent",
    )


def test_each_specification_has_its_own_name_for_the_count():
    for name, title in (("published-docs", "PandaProbe API"), ("served-0.5.0", "PandaProbe")):
        vendor = copy.deepcopy(SPECIFICATIONS[name])
        vendor["info"]["title"] = {"PandaProbe": "PandaProbe API", "PandaProbe API": "PandaProbe"}[title]
        found = drift(vendor)
        assert any("total_" in one.pointer for one in found.unexplained)
        assert any("total_" in pointer for pointer, *_ in found.stale)


def test_a_specification_is_read_from_json_yaml_an_address_or_a_service(tmp_path, vendor):
    written = tmp_path / "spec.yaml"
    written.write_text(yaml.safe_dump(vendor), encoding="utf-8")
    assert read(str(written)) == vendor

    def serve(request):
        assert "authorization" not in request.headers
        if request.url.path == "/openapi.json":
            return httpx.Response(200, json=vendor)
        return httpx.Response(200, json={"name": "PandaProbe", "version": "0.5.0"})

    transport = httpx.MockTransport(serve)
    assert read("http://localhost:8000/openapi.json", transport=transport) == vendor
    assert read("http://localhost:8000", transport=transport) == vendor


@pytest.mark.parametrize(
    "text", ["", "[]", "swagger: '2.0'\npaths: {}", "openapi: 3.1.0", "{", "a: b: c", "openapi: 3.1.0\npaths: 5"]
)
def test_what_is_no_specification_is_said_to_be_none(tmp_path, text):
    written = tmp_path / "spec.yaml"
    written.write_text(text, encoding="utf-8")
    with pytest.raises(NotComparable):
        drift(read(str(written)))


@pytest.mark.parametrize("reference", ["#/components/schemas/Nothing", "other.json#/a"])
def test_a_reference_that_cannot_be_followed_is_named(vendor, reference):
    properties(vendor, "EvalRunResponse").update(status={"$ref": reference})
    with pytest.raises(NotComparable, match=r"a reference to .*(Nothing|other\.json)"):
        drift(vendor)
