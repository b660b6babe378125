"""`make compat` tells edits of openapi.yaml that break users from those that do not, and says where."""

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.contract import document
from tools import compat
from tools.generate import DOCUMENT, ROOT, read_document

BASE = json.dumps(document.DOCUMENT)
REMOVED: Any = object()
RUNS, RUN, BATCH = (
    f"/paths/~1evaluations~1session-runs{more}" for more in ("", "~1{run_id}", "~1batch")
)  # fmt: skip
SCORES = "/paths/~1evaluations~1session-scores"
SCHEMAS = "/components/schemas"
CREATE = f"{SCHEMAS}/CreateBatchSessionEvalRunRequest"


def place(document, pointer):
    """The holder of what a JSON pointer names, and the key."""
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps:
        document = document[int(step) if isinstance(document, list) else step]
    return document, int(last) if isinstance(document, list) and last != "-" else last


def edited(*edits, base=BASE):
    document = json.loads(base)
    for pointer, value in edits:
        holder, key = place(document, pointer)
        if value is REMOVED:
            del holder[key]
        elif key == "-":
            holder.append(value)
        else:
            holder[key] = value(holder[key]) if callable(value) else value
    return document


def renamed(document, old, new):
    text = json.dumps(document).replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    document = json.loads(text)
    document["components"]["schemas"][new] = document["components"]["schemas"].pop(old)
    return document


def backwards(value):
    return dict(reversed(value.items())) if isinstance(value, dict) else value[::-1]


def more(**fields):
    return lambda value: {**value, **fields}


def add(value):
    return lambda values: [*values, value]


def without(value):
    return lambda values: [each for each in values if each != value]


NO_CONTENT = {"description": "Nothing."}
QUERY = {"name": "newest", "in": "query", "schema": {"type": "boolean"}}

BREAKING = {
    # names
    "an operation removed": ([(f"{RUN}~1retry/post", REMOVED)], f"{RUN}~1retry/post"),
    "an operation moved": (
        [("/paths", lambda paths: {path.replace("session-metrics", "metrics"): each for path, each in paths.items()})],
        "/paths/~1evaluations~1session-metrics/get",
    ),
    "an operationId renamed": ([(f"{BATCH}/post/operationId", "create_runs")], f"{BATCH}/post/operationId"),
    "a tag renamed": ([(f"{BATCH}/post/tags", ["runs"])], f"{BATCH}/post/tags"),
    "a property removed from a request": ([(f"{CREATE}/properties/model", REMOVED)], f"{CREATE}/properties/model"),
    "a property removed from an answer": (
        [(f"{SCHEMAS}/SessionMetric/properties/category", REMOVED), (f"{SCHEMAS}/SessionMetric/required", ["name"])],
        f"{SCHEMAS}/SessionMetric/properties/category",
    ),
    "a title that renames a class": ([(f"{SCHEMAS}/EvalRun/title", "Run")], f"{SCHEMAS}/EvalRun/title"),
    "a class replaced by another": (
        [(f"{SCHEMAS}/Run2", json.loads(BASE)["components"]["schemas"]["EvalRun"]),
         (f"{SCHEMAS}/EvalRunPage/properties/items/items/$ref", "#/components/schemas/Run2")],
        f"{SCHEMAS}/Run2",  # where the answer's schema stands now
    ),
    # parameters
    "a parameter removed": ([(f"{RUNS}/get/parameters/1", REMOVED)], f"{RUNS}/get/parameters/1"),
    "a parameter renamed": ([(f"{RUNS}/get/parameters/1/name", "size")], f"{RUNS}/get/parameters/1"),
    "a parameter moved": ([(f"{RUNS}/get/parameters/1/in", "header")], f"{RUNS}/get/parameters/1"),
    "a parameter newly required": ([(f"{RUNS}/get/parameters/1/required", True)], f"{RUNS}/get/parameters/1/required"),
    "a required parameter added": (
        [(f"{RUNS}/get/parameters/-", {**QUERY, "required": True})], f"{RUNS}/get/parameters/3",
    ),
    "a parameter of another type": (
        [(f"{RUNS}/get/parameters/1/schema", {"type": "boolean"})], f"{RUNS}/get/parameters/1/schema/type",
    ),
    "a tighter bound": (
        [(f"{RUNS}/get/parameters/1/schema/maximum", 100)], f"{RUNS}/get/parameters/1/schema/maximum",
    ),
    "a bound of its own for a shared path parameter": (
        [("/components/parameters/RunId/schema/maxLength", 30)], "/components/parameters/RunId/schema/maxLength",
    ),
    "another style": ([(f"{RUNS}/get/parameters/0/explode", False)], f"{RUNS}/get/parameters/0/explode"),
    "a default, which would be sent": (
        [(f"{RUNS}/get/parameters/1/schema/default", 50)], f"{RUNS}/get/parameters/1/schema/default",
    ),
    # requests
    "a body newly required of an operation without": (
        [(f"{RUN}~1retry/post/requestBody",
          {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}})],
        f"{RUN}~1retry/post/requestBody",
    ),
    "a field newly required": ([(f"{CREATE}/required", add("name"))], f"{CREATE}/required"),
    "a new field that is required": (
        [(f"{CREATE}/properties/priority", {"type": "integer"}), (f"{CREATE}/required", add("priority"))],
        f"{CREATE}/required",
    ),
    "null no longer taken": ([(f"{CREATE}/properties/name/type", "string")], f"{CREATE}/properties/name/type"),
    "a shorter name": ([(f"{CREATE}/properties/name/maxLength", 248)], f"{CREATE}/properties/name/maxLength"),
    "more items asked for": ([(f"{CREATE}/properties/metrics/minItems", 2)], f"{CREATE}/properties/metrics/minItems"),
    "unique items asked for": (
        [(f"{CREATE}/properties/metrics/uniqueItems", True)], f"{CREATE}/properties/metrics/uniqueItems",
    ),
    "unknown fields refused": ([(f"{CREATE}/additionalProperties", False)], f"{CREATE}/additionalProperties"),
    "a metric gone": ([(f"{SCHEMAS}/SessionMetricName/enum", without("agent_consistency"))],
                      f"{SCHEMAS}/SessionMetricName/enum"),
    "a coerced alternative gone": (
        [(f"{SCHEMAS}/SignalWeights/additionalProperties/anyOf/1", REMOVED)],
        f"{SCHEMAS}/SignalWeights/additionalProperties/anyOf",
    ),
    "an alternative hidden from the generator": (
        [(f"{CREATE}/properties/signal_weights/anyOf/1/x-coerced", True)], f"{CREATE}/properties/signal_weights",
    ),
    "a text that becomes a time in Python": (
        [(f"{RUNS}/get/parameters/-", {"name": "since", "in": "query", "schema": {"type": "string"}})],
        [(f"{RUNS}/get/parameters/3/schema/format", "date-time")],
        f"{RUNS}/get/parameters/3/schema/format",
    ),
    "a media type no longer taken": (
        [(f"{BATCH}/post/requestBody/content", lambda content: {"application/xml": content["application/json"]})],
        f"{BATCH}/post/requestBody/content/application~1json",
    ),
    # answers
    "an answer of another type": (
        [(f"{SCHEMAS}/EvalRun/properties/evaluated_count", {"type": "string"})],
        f"{SCHEMAS}/EvalRun/properties/evaluated_count/type",
    ),
    "an integer that may be a fraction": (
        [(f"{SCHEMAS}/EvalRun/properties/failed_count/type", "number")],
        f"{SCHEMAS}/EvalRun/properties/failed_count/type",
    ),
    "an answer that may be null": (
        [(f"{SCHEMAS}/SessionMetric/properties/name/type", ["string", "null"])],
        f"{SCHEMAS}/SessionMetric/properties/name/type",
    ),
    "an answer that may be missing": (
        [(f"{SCHEMAS}/EvalRun/required", without("project_id"))], f"{SCHEMAS}/EvalRun/required",
    ),
    "an answer without its format": (
        [(f"{SCHEMAS}/EvalRun/properties/id/format", REMOVED)], f"{SCHEMAS}/EvalRun/properties/id/format",
    ),
    "an answer with a format that changes its type": (
        [(f"{SCHEMAS}/SessionScore/properties/session_id/format", "uuid")],
        f"{SCHEMAS}/SessionScore/properties/session_id",
    ),
    "a wider bound of an answer": (
        [(f"{SCHEMAS}/EvalRun/properties/sampling_rate/maximum", 100)],
        f"{SCHEMAS}/EvalRun/properties/sampling_rate/maximum",
    ),
    "a third way to name the total": (
        [(f"{SCHEMAS}/EvalRun/oneOf/-", {"required": ["total_sessions"]})], f"{SCHEMAS}/EvalRun/oneOf",
    ),
    "a closed state": (
        [(f"{SCHEMAS}/EvalRun/properties/status/anyOf", lambda branches: branches[:1])],
        f"{SCHEMAS}/EvalRun/properties/status",
    ),
    "answers closed to new fields": (
        [(f"{SCHEMAS}/EvalRun/additionalProperties", False)], f"{SCHEMAS}/EvalRun/additionalProperties",
    ),
    "one more shape of an error": (
        [(f"{SCHEMAS}/UnprocessableEntity/anyOf/-", {"type": "array"})], f"{SCHEMAS}/UnprocessableEntity/anyOf/2",
    ),
    "items of another shape": (
        [("/paths/~1evaluations~1session-metrics/get/responses/200/content/application~1json/schema/items",
          {"type": "string"})],
        "/paths/~1evaluations~1session-metrics/get/responses/200/content/application~1json/schema/items/type",
    ),
    "a good status replaced": (
        [(f"{RUN}/delete/responses", lambda found: {"200" if key == "204" else key: each for key, each in found.items()})],
        f"{RUN}/delete/responses/204",
    ),
    "another good status": ([(f"{RUN}/delete/responses/200", NO_CONTENT)], f"{RUN}/delete/responses/200"),
    "an error status removed": ([(f"{RUN}/get/responses/404", REMOVED)], f"{RUN}/get/responses/404"),
    "an answer of another media type": (
        [("/components/responses/RunNotFound/content", lambda found: {"text/plain": found["application/json"]})],
        "/components/responses/RunNotFound/content/application~1json",
    ),
    "a body where none was": (
        [(f"{RUN}/delete/responses/204/content", {"application/json": {"schema": {}}})],
        f"{RUN}/delete/responses/204/content/application~1json",
    ),
    "a header removed": (
        [("/components/responses/MethodNotAllowed/headers/Allow", REMOVED)],
        "/components/responses/MethodNotAllowed/headers/Allow",
    ),
    "a header that may be missing": (
        [("/components/headers/RequestId/required", False)], "/components/headers/RequestId/required",
    ),
    # everything else
    "one mode of authentication gone": ([("/security/0", REMOVED)], "/security"),
    "one more header needed": ([("/security/1/organization", [])], "/security"),
    "an operation with security of its own": (
        [(f"{RUN}/get/security", [{"apiKey": [], "projectName": []}])], f"{RUN}/get/security",
    ),
    "a credential in another header": (
        [("/components/securitySchemes/apiKey/name", "X-Key")], "/components/securitySchemes/apiKey/name",
    ),
    "a scheme renamed": (
        [("/components/securitySchemes", lambda found: {"key" if name == "apiKey" else name: each
                                                       for name, each in found.items()})],
        "/components/securitySchemes/apiKey",
    ),
    "project names by another rule": (
        [("/components/securitySchemes/projectName/x-pattern", "^[a-z]+$")],
        "/components/securitySchemes/projectName/x-pattern",
    ),
    "another effect": ([(f"{BATCH}/post/x-effect", "reads")], f"{BATCH}/post/x-effect"),
    "a faster pace": ([(f"{BATCH}/post/x-rate-limit/requests", 60)], f"{BATCH}/post/x-rate-limit"),
    "no pace": ([(f"{BATCH}/post/x-rate-limit", REMOVED)], f"{BATCH}/post/x-rate-limit"),
    "a state that means something else": (
        [(f"{SCHEMAS}/EvalRunStatus/x-failed", []), (f"{SCHEMAS}/EvalRunStatus/x-active", add("FAILED"))],
        f"{SCHEMAS}/EvalRunStatus/x-failed",
    ),
    "words that no longer mean no evidence": (
        [(f"{SCHEMAS}/SessionScore/properties/reason/x-no-evidence", lambda words: words[:1])],
        f"{SCHEMAS}/SessionScore/properties/reason/x-no-evidence",
    ),
    "another default address": ([("/servers/0/url", "https://api.example.com")], "/servers/0/url"),
    "a keyword that the gate does not know": ([(f"{BATCH}/post/callbacks", {})], f"{BATCH}/post/callbacks"),
    "a schema keyword that the gate cannot weigh": (
        [(f"{CREATE}/dependentRequired", {"name": ["model"]})], f"{CREATE}/dependentRequired",
    ),
}  # fmt: skip

HARMLESS = {
    "nothing": [],
    "words": [
        ("/info/description", "Other words."),
        (f"{BATCH}/post/summary", "Go"),
        (f"{BATCH}/post/description", "Other words."),
        (f"{SCHEMAS}/EvalRun/properties/id/description", "Other words."),
        (f"{RUNS}/get/parameters/1/description", "Other words."),
        ("/components/securitySchemes/bearer/description", "Other words."),
    ],
    "examples": [
        ("/components/examples/PendingRun/value/name", "x"),
        (f"{RUNS}/get/parameters/1/example", 7),
        (f"{BATCH}/post/requestBody/content/application~1json/examples", REMOVED),
    ],
    "properties in another order": [(f"{SCHEMAS}/EvalRun/properties", backwards), (CREATE, backwards)],
    "required in another order": [(f"{SCHEMAS}/EvalRun/required", backwards)],
    "schemas and paths in another order": [(SCHEMAS, backwards), ("/paths", backwards)],
    "statuses and parameters in another order": [
        (f"{RUN}/get/responses", backwards),
        (f"{SCORES}/get/parameters", backwards),
    ],
    "alternatives in another order": [
        ("/security", backwards),
        (f"{SCHEMAS}/QueryTime/anyOf", backwards),
        (f"{SCHEMAS}/EvalRun/oneOf", backwards),
        (f"{SCHEMAS}/UnprocessableEntity/anyOf", backwards),
    ],
    "a new operation": [
        (
            "/paths/~1evaluations~1session-thresholds",
            {"get": {"operationId": "x", "tags": ["session_scores"], "responses": {"200": NO_CONTENT}}},
        )
    ],
    "a new optional parameter": [(f"{RUNS}/get/parameters/-", QUERY)],
    "a new optional field of a request": [(f"{CREATE}/properties/priority", {"type": "integer"})],
    "a new optional field within an alternative": [
        (f"{SCHEMAS}/SignalWeights/properties", {"tone": {"type": ["number", "boolean", "string"]}}),
    ],
    "a new field of an answer": [
        (f"{SCHEMAS}/EvalRun/properties/color", {"type": "string"}),
        (f"{SCHEMAS}/EvalRun/required", add("color")),
    ],
    "a new field of an error": [(f"{SCHEMAS}/ErrorDetail/properties/code", {"type": "string"})],
    "a wider bound": [(f"{RUNS}/get/parameters/1/schema/maximum", 500)],
    "no bound at all": [(f"{CREATE}/properties/name/maxLength", REMOVED)],
    "a parameter no longer bounded below": [(f"{RUNS}/get/parameters/1/schema/minimum", REMOVED)],
    "a field no longer required of requests": [(f"{CREATE}/required", without("metrics"))],
    "null taken as well": [(f"{CREATE}/properties/session_ids/type", ["array", "null"])],
    "a new metric": [(f"{SCHEMAS}/SessionMetricName/enum", add("agent_honesty"))],
    "a new state": [
        (f"{SCHEMAS}/EvalRunStatus/enum", add("QUEUED")),
        (f"{SCHEMAS}/EvalRunStatus/x-active", add("QUEUED")),
    ],
    "a new source": [(f"{SCHEMAS}/ScoreSource/enum", add("IMPORTED"))],
    "one more alternative of a request": [
        (f"{SCHEMAS}/QueryTime/anyOf/-", {"type": "string", "pattern": "^now$", "x-coerced": True})
    ],
    "a new error status": [(f"{RUN}/get/responses/409", {"$ref": "#/components/responses/RunNotFound"})],
    "a new header": [("/components/responses/TooManyRequests/headers/Retry-After", {"schema": {"type": "integer"}})],
    "a header in other letters": [
        (
            "/components/responses/MethodNotAllowed/headers",
            lambda found: {"allow" if name == "Allow" else name: each for name, each in found.items()},
        )
    ],
    "a tighter bound of an answer": [(f"{SCHEMAS}/EvalRunPage/properties/limit/maximum", 200)],
    "an answer that is never null any more": [(f"{SCHEMAS}/EvalRun/properties/model/type", "string")],
    "another media type taken": [
        (f"{BATCH}/post/requestBody/content/application~1x-ndjson", {"schema": {"type": "string"}})
    ],
    "a link": [(f"{RUN}/get/responses/200/links", REMOVED)],
    "a second tag": [(f"{BATCH}/post/tags", add("billing"))],
    "deprecated": [(f"{RUN}~1retry/post/deprecated", True)],
    "one more way to authenticate": [
        ("/components/securitySchemes/session", {"type": "apiKey", "in": "cookie", "name": "s"}),
        ("/security/-", {"session": []}),
    ],
    "an extension that nothing reads": [(f"{BATCH}/post/x-owner", "us")],
    "a slower pace": [(f"{BATCH}/post/x-rate-limit/requests", 40)],
    "more words that mean no evidence": [
        (f"{SCHEMAS}/SessionScore/properties/reason/x-no-evidence", add("Nothing to see.")),
    ],
    "a failed run given longer": [(f"{SCHEMAS}/EvalRunStatus/x-failed-may-return/attempts", 3)],
    "one more address": [("/servers/-", {"url": "https://eu.example.com"})],
    "a schema put where it was referred to": [
        (f"{RUNS}/get/parameters/0/schema", lambda _: json.loads(BASE)["components"]["schemas"]["EvalRunStatus"])
    ],
    "a plain schema renamed": [
        (f"{CREATE}/properties/session_ids/items/$ref", f"#{SCHEMAS}/Words"),
        (f"{SCHEMAS}/Words", json.loads(BASE)["components"]["schemas"]["Text"]),
    ],
    "null said in another way": [
        (f"{CREATE}/properties/name", {"anyOf": [{"type": "string", "maxLength": 255, "pattern": r"^[^\x00]*$"},
                                                 {"type": "null"}]}),
    ],
    "a patch release of OpenAPI": [("/openapi", "3.1.1")],
}  # fmt: skip


@pytest.mark.parametrize(("edits", "pointer"), [(each[:-1], each[-1]) for each in BREAKING.values()], ids=BREAKING)
def test_an_edit_that_breaks_users_is_found_where_it_was_made(edits, pointer):
    *before, edit = edits
    old = edited(*(each for step in before for each in step))
    new = edited(*edit, base=json.dumps(old))
    found = [change for change in compat.compare(old, new) if change.breaking]
    assert pointer in [change.pointer for change in found]
    for change in found:
        assert change.whom
        assert change.instead
    assert compat.report(found, old, new) == 1
    assert compat.report(found, old, edited(("/info/version", compat.wanted_version(old)), base=json.dumps(new))) == 0


@pytest.mark.parametrize("edits", HARMLESS.values(), ids=HARMLESS)
def test_an_edit_that_breaks_nobody_passes(edits):
    old, new = json.loads(BASE), edited(*edits)
    found = compat.compare(old, new)
    assert [change for change in found if change.breaking] == []
    assert compat.report(found, old, new) == 0


def test_a_class_that_is_renamed_is_found_with_its_new_name():
    old = json.loads(BASE)
    (change,) = [change for change in compat.compare(old, renamed(old, "EvalRun", "Run")) if change.breaking]
    assert change.pointer == f"{SCHEMAS}/EvalRun"
    assert "is called Run now" in change.what


@pytest.mark.slow
def test_every_keyword_of_every_request_matters():
    """Tightened one by one, wherever it stands: nothing that a request is held to escapes the gate."""
    found = 0
    for name in ("CreateBatchSessionEvalRunRequest", "CreateSessionEvalRunRequest", "SessionFilters"):
        for key, schema in json.loads(BASE)["components"]["schemas"][name]["properties"].items():
            at = f"{SCHEMAS}/{name}/properties/{key}"
            new = edited((at, {"allOf": [schema, {"not": {"const": 1}}], "enum": [[], "x"]}))
            assert any(
                change.pointer.startswith(at) and change.breaking for change in compat.compare(json.loads(BASE), new)
            )
            found += 1
    assert found > 12


@pytest.mark.slow
def test_every_field_of_every_answer_matters():
    found = 0
    for name in ("EvalRun", "EvalRunPage", "SessionScore", "SessionScorePage", "SessionMetric", "FieldError"):
        for key in json.loads(BASE)["components"]["schemas"][name]["properties"]:
            at = f"{SCHEMAS}/{name}/properties/{key}"
            for new in (edited((at, REMOVED)), edited((at, {"type": ["boolean", "object"]}))):
                found += 1
                changes = compat.compare(json.loads(BASE), new)
                assert any(change.pointer.startswith(at) and change.breaking for change in changes), (at, changes)
    assert found > 60


def test_the_operations_that_a_change_concerns_are_named():
    (change,) = [
        change
        for change in compat.compare(json.loads(BASE), edited((f"{SCHEMAS}/EvalRunPage/required", without("total"))))
        if change.breaking
    ]
    assert set(change.operations) == {"list_monitor_runs", "list_session_eval_runs", "list_trace_eval_runs"}
    assert "-total" in change.what


@pytest.mark.parametrize(
    ("old", "new", "breaks", "code"),
    [
        ("1.0.0", "1.0.0", False, 0),
        ("1.0.0", "1.0.0", True, 1),
        ("1.0.0", "1.9.9", True, 1),
        ("1.9.9", "2.0.0", True, 0),
        ("1.9.9", "2.0.0-rc.1", True, 0),
        ("0.3.0", "0.3.1", True, 1),
        ("0.3.1", "0.4.0", True, 0),
        ("0.3.1", "1.0.0", True, 0),
        ("1.2.0", "1.1.9", False, 1),
        ("2.0.0", "2.0.0-rc.1", False, 1),
        ("10.0.0", "9.0.0", True, 1),
    ],
)
def test_the_version_says_whether_users_break(old, new, breaks, code, capsys):
    edit = [(f"{CREATE}/properties/model", REMOVED)] if breaks else []
    before, after = edited(("/info/version", old)), edited(("/info/version", new), *edit)
    assert compat.report(compat.compare(before, after), before, after) == code
    said = capsys.readouterr().out
    assert f"{old} -> {new}" in said
    assert ("went down" in said) == (code == 1 and not breaks) or breaks


def test_a_version_that_is_none_is_refused():
    with pytest.raises(compat.CannotCompare, match=r"such as 1\.2\.3"):
        compat.version(edited(("/info/version", "one")))


def test_what_is_found_is_told_with_its_pointer_whom_it_breaks_and_what_to_do(capsys):
    old, new = json.loads(BASE), edited((f"{CREATE}/properties/name/maxLength", 248), (f"{BATCH}/post/summary", "Go"))
    compat.report(compat.compare(old, new), old, new)
    said = capsys.readouterr().out
    assert f"BREAKING  {CREATE}/properties/name/maxLength" in said
    assert "maxLength: 255 -> 248 (create_batch_session_eval_run)" in said
    assert "breaks   who sends what was right before" in said
    assert "instead  allow more, never less" in said
    assert f"harmless  {BATCH}/post/summary: summary reworded" in said
    assert "set info.version to" in said


def command(*words):
    run = [sys.executable, "-m", "tools.compat", *words]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)


def in_git():
    words = ["git", "-C", str(ROOT), "rev-parse", "--verify", "--quiet", "HEAD:openapi.yaml"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


needs_git = pytest.mark.skipif(not in_git(), reason="this copy of the project is no git repository")


@pytest.mark.slow
@needs_git
def test_the_command_holds_a_file_against_a_revision(tmp_path):
    head = json.loads(BASE) if not in_git() else compat.document_of("HEAD")
    same, other = tmp_path / "same.yaml", tmp_path / "other.yaml"
    same.write_text(json.dumps(head))
    other.write_text(json.dumps(edited((f"{RUN}/delete", REMOVED), base=json.dumps(head))))
    run = command("--base", "HEAD", "--document", str(same))
    assert (run.returncode, run.stderr) == (0, "")
    assert "0 breaking, 0 harmless" in run.stdout
    run = command("--base", "HEAD", "--document", str(other))
    assert run.returncode == 1
    assert f"BREAKING  {RUN}/delete" in run.stdout
    run = command("--document", str(same))
    assert run.stdout.splitlines()[0].partition("(")[2].startswith(("the newest tag", "no tag yet"))


@needs_git
@pytest.mark.parametrize("base", ["no-such-revision", "--output=x", "HEAD:tests"])
def test_a_revision_without_the_document_is_refused_in_words(base):
    run = command(f"--base={base}")
    assert run.returncode == 2
    assert "name another" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_document_that_cannot_be_read_is_refused_in_words(tmp_path):
    for text in ("a: [", "- 1", 'openapi: 3.1.0\ninfo: {version: "1"}\npaths: {}'):
        (tmp_path / "openapi.yaml").write_text(text)
        run = command("--base=HEAD", "--document", str(tmp_path / "openapi.yaml"))
        assert run.returncode == 2, text
        assert "Traceback" not in run.stderr


def test_two_documents_are_compared_within_five_times_of_reading_one():
    old, new = json.loads(BASE), edited(*(each for edits in HARMLESS.values() for each in edits))

    def spent(what):
        began = time.process_time()
        what()
        return time.process_time() - began

    compared = min(spent(lambda: compat.compare(old, new)) for _ in range(2))
    read = min(spent(lambda: read_document(DOCUMENT)) for _ in range(2))
    assert compared < 5 * read
