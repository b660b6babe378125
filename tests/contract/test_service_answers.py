"""Every answer that openapi.yaml documents, provoked, and held against openapi.yaml."""

import json
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from pandaprobe_sandbox import (
    API_KEY,
    EXPIRED_API_KEY,
    FORBIDDEN_API_KEY,
    HOBBY_API_KEY,
    INACTIVE_API_KEY,
    PROJECT_ID,
    PROJECT_NAME,
    TOKEN,
    Fault,
)

from . import recorder
from .answers import JSON_ANSWERS, invalid, spoiled
from .calling import body_of, parameters_of
from .document import ANSWERS, LINKS, OPERATIONS, SUCCESSES, resolve, sendable
from .service import (
    BATCH,
    BODY,
    EXAMPLE_MONITOR,
    FAILING_TRACE,
    MANY,
    MODES,
    MONITORS,
    RUNS,
    TRACE_BATCH,
    client,
    judge,
    sandbox,
)

UNKNOWN = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
KEY_HEADERS = MODES["api key"]
TAKES_A_BODY = [operation for operation, (*_, node) in OPERATIONS.items() if "requestBody" in node]


def kind(operation):
    """What an operation's runs evaluate."""
    return "TRACE" if "trace" in operation else "SESSION"


def texts_in_path(operation):
    """The names of what stands in an operation's path and may be any text."""
    return [each["name"] for each in parameters_of(operation) if each["in"] == "path" and "pattern" in each["schema"]]


def create(http, kind, others=()):
    """Create a run of which what is evaluated first fails, and perhaps others; returns it."""
    if kind == "TRACE":
        body = {"trace_ids": [FAILING_TRACE["trace_id"], *others], "metrics": ["task_completion"]}
        return http.post(TRACE_BATCH, json=body).json()
    return http.post(BATCH, json={**BODY, "session_ids": ["fail-always-a", *others]}).json()


def fields_of(operation):
    return body_of(operation).get("properties", {})


def success(operation):
    with sandbox() as service, client(service) as http:
        run = create(http, kind(operation))
        yield http.request(**sendable(operation, run_id=run["id"]))


def undecodable(operation):
    with sandbox() as service, client(service) as http:
        request = sendable(operation)
        del request["json"]
        yield http.request(**request, content=b'{"metrics": ["\xff"]}', headers={"Content-Type": "application/json"})


def unauthorized(operation):
    refused = [
        {},
        {"Authorization": "Basic YTpi"},
        {"X-API-Key": "sk_pp_unknown", "X-Project-Name": "a"},
        {"X-API-Key": EXPIRED_API_KEY, "X-Project-Name": "a"},
        {"Authorization": "Bearer unknown", "X-Project-ID": PROJECT_ID},
    ]
    with sandbox() as service:
        for headers in refused:
            with client(service, headers) as http:
                yield http.request(**sendable(operation))


def forbidden(operation):
    with sandbox() as service, client(service, {**KEY_HEADERS, "X-API-Key": FORBIDDEN_API_KEY}) as http:
        yield http.request(**sendable(operation))


def not_found(operation):
    with sandbox() as service, client(service) as http:
        unknown = {each["name"]: _unknown(resolve(each["schema"])) for each in parameters_of(operation)}
        yield http.request(**sendable(operation, **unknown))


def _unknown(schema):
    return UNKNOWN if schema.get("format") == "uuid" else "a%2Fb"


def not_allowed(operation):
    with sandbox() as service, client(service) as http:
        for method in ("PUT", "PROPFIND"):
            yield http.request(**{**sendable(operation), "method": method})


WRONG = {"limit": 0, "buckets": 0, "granularity": "month", "date_from": "x"}
"""Parameters of queries, each with a value that is refused."""


def _wrong_queries(operation):
    for each in parameters_of(operation):
        if each["in"] == "query" and each["name"] in WRONG:
            yield each["name"], WRONG[each["name"]]
        if each["in"] == "query" and each.get("required"):
            yield each["name"], None


def unprocessable(operation):
    """Both shapes where there are two."""
    with sandbox() as service:
        with client(service, {"X-API-Key": API_KEY}) as http:
            answer = http.request(**sendable(operation))
            assert answer.json().keys() == {"detail"}
            yield answer
        with client(service) as http:
            if operation in TAKES_A_BODY:
                metrics = fields_of(operation).get("metrics")
                runs = [{**BODY, "metrics": ["nope"]}] if metrics else []
                runs += [{"metrics": []}] if metrics and "minItems" in metrics else []
                for body in ([], *runs):
                    yield http.request(**{**sendable(operation), "json": body})
                request = {**sendable(operation), "content": b"{", "headers": {"Content-Type": "application/json"}}
                del request["json"]
                yield http.request(**request)
            for parameter in parameters_of(operation):
                if resolve(parameter["schema"]).get("format") == "uuid" and parameter["in"] == "path":
                    called = parameter.get("x-name", parameter["name"])
                    answer = http.request(**sendable(operation, **{parameter["name"]: "no-uuid"}))
                    assert [problem["field"] for problem in answer.json()["errors"]] == [f"path -> {called}"]
                    yield answer
            request = sendable(operation)
            right = request.pop("params", {})
            for name, wrong in _wrong_queries(operation):
                query = {each: value for each, value in {**right, name: wrong}.items() if value is not None}
                answer = http.request(**request, params=query)
                assert [problem["field"] for problem in answer.json()["errors"]] == [f"query -> {name}"]
                yield answer


def too_many(operation):
    """The rate limit's, and the plan's where a run is created."""
    plans = ((HOBBY_API_KEY, "You've reached"), (INACTIVE_API_KEY, "Your subscription"))
    node = OPERATIONS[operation][2]
    for key, said in plans if "x-billed" in node else ():
        with sandbox() as service, client(service, {**KEY_HEADERS, "X-API-Key": key}) as http:
            run_id = failed_run(service, key, kind(operation)) if operation.startswith("retry_") else UNKNOWN
            if operation == "trigger_monitor":
                give_monitor(service, key)
            request = sendable(operation, run_id=run_id)
            for name in {"session_ids", "trace_ids"} & request.get("json", {}).keys():
                request["json"] = {**request["json"], name: some_ids(UNITS[kind(operation)] + 1)}
            for _ in range(11):  # of one session, or of more than ten traces
                answer = http.request(
                    **{**request, **({} if "json" not in request else {"json": fit(request["json"])})}
                )
            assert answer.json()["detail"].startswith(said)
            yield answer
    with sandbox(rate_limit=(1, 60.0), read_limit=(1, 60.0)) as service, client(service) as http:
        http.request(**sendable(operation))
        answer = http.request(**sendable(operation))
        assert answer.json() == {"error": "Rate limit exceeded: 1 per 1 minute"}
        assert "retry-after" not in answer.headers
        assert ("x-request-id" in answer.headers) == node["x-rate-limit"]["everywhere"]
        yield answer


def give_monitor(service, key):
    """Give the example's monitor, and all traces, to the project of an organization that may have none."""
    with client(service, {**KEY_HEADERS, "X-API-Key": key}) as http:
        assert http.get(RUNS).status_code == 200  # makes the project of this name
    org = {HOBBY_API_KEY: "hobby-org", INACTIVE_API_KEY: "inactive-org"}[key]
    [(project,)] = service.store._all("select id from projects where org = ?", (org,))
    service.store._all("update monitors set project_id = ?, org = ?", (project, org))
    service.store._all("update traces set project_id = ?", (project,))


def fit(body):
    return {name: value for name, value in body.items() if name not in ("filters", "sampling_rate")}


UNITS = {"SESSION": 10, "TRACE": 100}
"""What the plan with an end has, by what is evaluated."""


def some_ids(count):
    return [str(uuid4()) for _ in range(count)]


def failed_run(service, key, kind):
    """A run with a failed pair, of an organization that may not create any (more)."""
    with client(service, {**KEY_HEADERS, "X-API-Key": key}) as http:
        if key == HOBBY_API_KEY:
            http.post("/traces", json=FAILING_TRACE)
            return create(http, kind, some_ids(UNITS[kind] - 1))["id"]
        project = http.get(RUNS)  # makes the project of this name
        assert project.status_code == 200
    with client(service) as http:
        run_id = create(http, kind)["id"]
    rows = service.store._all("select id from projects where org = 'inactive-org'")
    for table in ("runs", "traces", "trace_scores"):  # all of the project: a run of traces goes by what they are called
        service.store._all(f"update {table} set project_id = ? where project_id = ?", (rows[0][0], PROJECT_ID))
    return run_id


def broken(operation):
    with sandbox() as service, client(service) as http:
        if operation in TAKES_A_BODY:
            request = sendable(operation)
            longest = fields_of(operation).get("name", {}).get("maxLength")
            breaks = {"name": "n" * 256 if longest == 255 else "\0", "reason": "\0", "add_tags": ["\0"]}
            for name in [name for name in breaks if name in fields_of(operation)][:1]:
                request["json"] = {**request["json"], name: breaks[name]}
                yield http.request(**request)
        service.inject(Fault.COMMIT_THEN_500, operation=operation)
        yield http.request(**sendable(operation))


PROVOKED = {
    200: success,
    201: success,
    202: success,
    204: success,
    400: undecodable,
    401: unauthorized,
    403: forbidden,
    404: not_found,
    405: not_allowed,
    422: unprocessable,
    429: too_many,
    500: broken,
}


@pytest.mark.parametrize(("operation", "status"), ANSWERS, ids=str)
def test_every_documented_answer_can_be_had_and_is_as_documented(operation, status):
    answers = list(PROVOKED[status](operation))
    assert {answer.status_code for answer in answers} == {status}
    for answer in answers:
        judge(operation, answer)


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "status"), JSON_ANSWERS, ids=str)
def test_an_answer_that_breaks_the_contract_does_not_pass_these_tests(operation, status):
    """Whoever judges must be able to say no."""
    headers = {"X-Request-ID": "1", "Allow": "GET", "Content-Type": "application/json"}
    for text in invalid(operation, status, MANY) + spoiled(operation, status):
        with pytest.raises(AssertionError):
            judge(operation, httpx.Response(status, content=text, headers=headers))


def test_both_kinds_of_deployment_keep_the_contract():
    for name in ("total_targets", "total_traces"):
        with sandbox(total_field=name) as service, client(service) as http:
            assert name in judge("create_batch_session_eval_run", http.post(BATCH, json=BODY))
            judge("list_session_eval_runs", http.get(RUNS))


def at(value, pointer):
    for step in pointer.removeprefix("$response.body#/").split("/"):
        value = value[int(step) if isinstance(value, list) else step]
    return value


def reaching(operation, parameter, value):
    """A request of an operation, with this value in the place of a parameter."""
    [place] = (each["in"] for each in parameters_of(operation) if each["name"] == parameter)
    request = sendable(operation, **{parameter: quote(value, safe="")})
    if place == "query":
        request["params"] = {**request.get("params", {}), parameter: value}
    return request


@pytest.mark.parametrize("name", LINKS)
def test_every_link_leads_to_what_it_was_followed_from(name):
    operation, link = LINKS[name]
    then = link["operationId"]
    evaluated = kind(then) if operation == "list_monitor_runs" else kind(operation)
    with sandbox() as service, client(service) as http:
        places = {"run_id": create(http, evaluated, () if evaluated == "TRACE" else ["found-0"])["id"]}
        if operation == "list_monitor_runs":
            places["monitor_id"] = triggered_monitor(http, evaluated)
        request = sendable(operation, **places)
        if operation == "create_batch_session_eval_run":
            request["json"] = {**BODY, "session_ids": ["fail-always-b"]}
        answer = judge(operation, http.request(**request))
        [(parameter, expression)] = link["parameters"].items()
        value = at(answer, expression)
        give_score(http, then, parameter, value)
        request = reaching(then, parameter, value)
        followed = http.request(**request)
        recorder.saw("link", name)
        assert (then, followed.status_code) in SUCCESSES
        body = judge(then, followed)
        if body is None:
            assert http.request(**request).status_code == 404, "it is still there"
        elif "items" in body and parameter != "monitor_id":
            assert {item[parameter] for item in body["items"]} <= {value}
            signals = (then, parameter, evaluated) == ("list_trace_scores", "eval_run_id", "SESSION")
            assert body["items"] or signals, "a run over sessions without traces measures no signal"
        elif then.startswith("retry_"):
            assert body["filters"]["retry_of"] == value
        elif isinstance(body, dict) and "items" not in body and "span_ids" not in body:
            names = {"trigger_monitor": "monitor_id", "get_session": "session_id"}
            assert body[names.get(then, "trace_id" if parameter == "trace_id" else "id")] == value
            assert body.get("target_type", evaluated) == evaluated or parameter == "monitor_id"


def give_score(http, operation, parameter, value):
    """See to it that there is a score to be listed of this session or trace."""
    if (operation, parameter) == ("list_session_scores", "session_id"):
        http.post(BATCH, json={**BODY, "session_ids": [value]})
    if (operation, parameter) == ("list_trace_scores", "trace_id"):
        http.post("/evaluations/trace-scores", json={"trace_id": value, "name": "helpful", "value": "0.5"})


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if any(p["name"] == "offset" for p in parameters_of(each))]
)
def test_an_offset_over_64_bits_breaks_the_service(operation):
    with sandbox() as service, client(service) as http:
        request = reaching(operation, "offset", str(2**63))
        answer = http.request(**request)
        assert answer.status_code == 500
        judge(operation, answer)


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if texts_in_path(each)])
def test_a_nul_in_a_path_breaks_the_service(operation):
    [name] = texts_in_path(operation)
    with sandbox() as service, client(service) as http:
        answer = http.request(**reaching(operation, name, "a\0b"))
        assert answer.status_code == 500
        judge(operation, answer)


@pytest.mark.parametrize("time", ["2026-11-22T09:30:00Z", "yesterday"])
def test_a_monitor_stores_any_times(time):
    filters = {"date_from": time, "date_to": time}
    with sandbox() as service, client(service) as http:
        answer = http.post(MONITORS, json={**EXAMPLE_MONITOR, "filters": filters})
        assert judge("create_monitor", answer)["filters"] == filters


def triggered_monitor(http, kind):
    """A monitor that has made a run; returns its id."""
    metrics = ["task_completion" if kind == "TRACE" else "agent_reliability"]
    monitor = http.post(MONITORS, json={**EXAMPLE_MONITOR, "target_type": kind, "metrics": metrics}).json()
    http.post(f"{MONITORS}/{monitor['id']}/trigger")
    return monitor["id"]


PAIRS = {
    # what is dropped: the status, and how its words begin
    ("api key", "X-API-Key"): (401, "Missing credentials."),
    ("api key", "X-Project-Name"): (422, "Project scope required."),
    ("bearer", "Authorization"): (401, "Missing credentials."),
    ("bearer", "X-Project-ID"): (422, "Project scope required."),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("mode", "dropped"), PAIRS, ids=str)
def test_neither_header_of_a_pair_is_enough_alone(operation, mode, dropped):
    status, words = PAIRS[mode, dropped]
    headers = {name: value for name, value in MODES[mode].items() if name != dropped}
    with sandbox() as service, client(service, headers) as http:
        answer = http.request(**sendable(operation))
        assert answer.status_code == status
        assert judge(operation, answer)["detail"].startswith(words)
        assert service.units_billed == 0


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_headers_of_two_modes_do_not_make_a_pair(operation):
    mixed = [
        ({"X-API-Key": API_KEY, "X-Project-ID": PROJECT_ID}, 422),
        ({"Authorization": f"Bearer {TOKEN}", "X-Project-Name": PROJECT_NAME}, 422),
    ]
    with sandbox() as service:
        for headers, status in mixed:
            with client(service, headers) as http:
                answer = http.request(**sendable(operation))
                judge(operation, answer)
                assert answer.status_code == status


@pytest.mark.parametrize("operation", TAKES_A_BODY)
@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/octet-stream"]
)
def test_a_body_of_a_media_type_that_is_not_documented_is_refused_and_makes_nothing(operation, media_type):
    with sandbox() as service, client(service) as http:
        request = sendable(operation)
        body = json.dumps(request.pop("json")).encode()
        answer = http.request(**request, content=body, headers={"Content-Type": media_type})
        assert answer.status_code == 422
        assert [problem["field"] for problem in judge(operation, answer)["errors"]] == [""]
        assert service.units_billed == 0
        assert http.get(RUNS).json()["total"] == 0


def test_a_request_id_comes_back():
    with sandbox() as service, client(service) as http:
        for operation in OPERATIONS:
            answer = http.request(**sendable(operation), headers={"X-Request-ID": f"id-of-{operation}"})
            assert answer.headers["X-Request-ID"] == f"id-of-{operation}"
