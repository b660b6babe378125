"""Whatever openapi.yaml allows as an answer is read and can be written out again; all else is an error of ours."""

import itertools
import json
import time
from contextlib import suppress
from uuid import UUID

import pytest
from pandaprobe_evals.errors import (
    APIStatusError,
    AuthenticationError,
    ContractViolation,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PandaProbeError,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    ServerError,
)
from pandaprobe_evals.too_many import understood

from . import recorder
from .answers import JSON_ANSWERS, examples, invalid, spoiled, valid
from .calling import is_paged, parameters_of, will_do
from .document import ANSWERS, OPERATIONS, sendable
from .fed_client import WAYS, answering, ask
from .meaning import same, written, wrong_types
from .service import MANY

pytestmark = pytest.mark.slow

GOOD = [(operation, status) for operation, status in JSON_ANSWERS if status < 300]
ERRORS = [(operation, status) for operation, status in JSON_ANSWERS if status >= 300]
CREATES = {operation for operation, (*_, node) in OPERATIONS.items() if node["x-effect"] == "creates"}
RAISED = {
    400: InvalidRequest,
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    405: APIStatusError,
    422: InvalidRequest,
    429: (RateLimited, QuotaExceeded),
}

FULL = {"rate_limit": (50, 60), "deadline": 0.2}
"""For calls that meet a full window: it opens after the deadline."""
SOON = {"deadline": 0.5}
"""For calls that look for a lost run, and would go on to."""

by_each_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(autouse=True)
def _nobody_sleeps(monkeypatch):
    def sleep(seconds):
        assert seconds <= 0.01, f"something slept for {seconds} s"

    monkeypatch.setattr(time, "sleep", sleep)


def share(way, answers):
    """Of answers that are many, a share for each way of calling."""
    return answers[WAYS.index(way) :: len(WAYS)]


def read(text):
    """An answer as JSON, None where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def id_in(text):
    """The id that an answer gives, where it can be read."""
    answer = read(text)
    try:
        return str(UUID(answer["id"])) if isinstance(answer, dict) else None
    except (KeyError, ValueError, AttributeError, TypeError):
        return None


def error_of(way, operation, router, **options):
    """The error of ours that a call ends in; None where it ends well."""
    try:
        ask(way, operation, router, **options)
    except PandaProbeError as error:
        return error
    return None


def as_asked(operation, answer):
    """An answer that does not tell of another run than was asked for, nor of items that are on no page.

    The client would not believe it.
    """
    if is_paged(operation):
        answer["total"] = len(answer["items"])
    if operation == "create_batch_session_eval_run" and answer["filters"].get("session_ids"):
        answer["filters"]["session_ids"][0] = will_do(operation)["session_ids"][0]
    if operation == "retry_session_eval_run" and "retry_of" in answer["filters"]:
        answer["filters"]["retry_of"] = will_do(operation)["run_id"]
    if operation in ("create_session_eval_run", "create_trace_eval_run", "create_monitor"):
        answer["filters"] |= narrowing(operation)
    return answer


def narrowing(operation):
    """The filters that a create is asked with."""
    return sendable(operation)["json"].get("filters", {})


def _plain(key):
    """An id as the client compares it."""
    with suppress(ValueError):
        return str(UUID(key))
    return key


@by_each_way
@pytest.mark.parametrize(("operation", "status"), GOOD, ids=str)
def test_a_good_answer_is_read_and_written_out_again(operation, status, way):
    for text in valid(operation, status, MANY):
        recorder.saw("figure", "valid answers")
        answer = as_asked(operation, json.loads(text))
        result = ask(way, operation, answering(status, json.dumps(answer).encode()))
        if not way.endswith("functions") and isinstance(answer, dict) and "items" in answer:
            # a list's page gives each item once, and is not given when it is empty
            key = OPERATIONS[operation][2]["x-paging"].get("key", "id")
            first = {_plain(item[key]): item for item in reversed(answer["items"])}
            items = [] if result is None else result.items
            assert {str(getattr(item, key)) for item in items} == first.keys()
            assert same([first[str(getattr(item, key))] for item in items], written(items))
        else:
            assert same(answer, written(result))
        assert wrong_types(result) == []


@by_each_way
@pytest.mark.parametrize(("operation", "status"), ERRORS, ids=str)
def test_a_documented_error_becomes_the_error_of_its_status(operation, status, way):
    for text in examples(operation, status) + share(way, valid(operation, status, MANY)):
        recorder.saw("figure", "valid answers")
        answer = json.loads(text)
        if status == 404:  # one that does not name what was asked for is a stranger's
            asked, *_ = (each["example"] for each in parameters_of(operation) if each["in"] == "path")
            answer["detail"] += f" {asked}"
        router = answering(status, json.dumps(answer).encode())
        passes = status == 429 and understood(answer).kind != "quota"
        if way.endswith("functions") and not passes:
            result = ask(way, operation, router)
            assert same(answer, written(result))
            assert wrong_types(result) == []
            continue
        error = error_of(way, operation, router, **(FULL if passes else {}))
        assert isinstance(error, RAISED[status] if status != 429 else RateLimited if passes else QuotaExceeded)
        # The look before a create may have the path that it has: then it learns the limit, and the create is not sent.
        assert error.status == status or (passes and operation in CREATES and error.status is None)
        if isinstance(error, InvalidRequest):
            assert len(error.errors) == len(answer.get("errors", []))


@by_each_way
@pytest.mark.parametrize(("operation", "status"), GOOD, ids=str)
def test_a_good_answer_that_breaks_the_contract_is_a_contract_violation(operation, status, way):
    for text in invalid(operation, status, MANY) + share(way, spoiled(operation, status)):
        recorder.saw("figure", "malformed answers")
        error = error_of(way, operation, answering(status, text.encode()))
        if operation in CREATES and isinstance(error, OutcomeUnknown):  # something is made, and billed
            assert error.status == status
        else:
            assert isinstance(error, ContractViolation), text
            assert error.expected
        if operation in CREATES and (made := id_in(text)):
            assert made in str(error), "the run's id is lost to the caller"


@by_each_way
@pytest.mark.parametrize(("operation", "status"), ERRORS, ids=str)
def test_an_error_whose_body_breaks_the_contract_is_still_the_error_of_its_status(operation, status, way):
    for text in share(way, invalid(operation, status, MANY) + spoiled(operation, status)):
        recorder.saw("figure", "malformed answers")
        router = answering(status, text.encode())
        if status == 401 and way.endswith(
            "functions"
        ):  # which a provider of tokens has heard of, and which is given back
            assert isinstance(ask(way, operation, router).detail, str)
            continue
        passes = status == 429 and understood(read(text)).kind != "quota"
        error = error_of(way, operation, router, **(FULL if passes else {}))
        # A 404 that does not say what there is not is a stranger's.
        raised = ServerError if status == 404 else RateLimited if passes else RAISED[status]
        assert isinstance(error, raised), text
        assert error.status == status


@by_each_way
def test_a_page_gives_a_run_once_that_it_has_twice(way):
    page = json.loads(examples("list_session_eval_runs", 200)[0])
    page["items"] *= 2
    result = ask(way, "list_session_eval_runs", answering(200, json.dumps(page).encode()))
    assert len(result.items) == (2 if way.endswith("functions") else 1), "the bare functions give what came"


@by_each_way
@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_json_is_none_here(constant, way):
    text = examples("get_session_eval_run", 200)[0].replace('"sampling_rate": 1.0', f'"sampling_rate": {constant}')
    assert constant in text
    assert isinstance(error_of(way, "get_session_eval_run", answering(200, text.encode()), **SOON), ContractViolation)


@by_each_way
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_500_is_a_server_error_or_for_a_create_an_unknown_outcome(operation, way):
    for text in (b"Internal Server Error", b"", "\u00fc\0".encode(), b"\xff\xfe", b"{}"):
        error = error_of(way, operation, answering(500, text, "text/plain; charset=utf-8"), **SOON)
        assert isinstance(error, OutcomeUnknown if operation in CREATES else ServerError)
        assert error.status == 500


STRANGE = {
    "a proxy's page": (b"<html>", "text/html"),
    "nothing": (b"", "application/json"),
    "no type": (b"{}", ""),
    "half": (b'{"id": "3c90c3cc-', "application/json"),
    "bytes": (b"\xff\x00", "application/json"),
    "NaN": (b"NaN", "application/json"),
    "deep": (b"[" * 100_000, "application/json"),
    "half a surrogate pair": (b'"\\ud800"', "application/json"),
    "a number beyond floats": (b"1e999", "application/json"),
    "another type of JSON": (b"{}", "application/problem+json"),
    "twice": (b"{}{}", "application/json"),
}
STATUSES = [200, 201, 202, 204, 206, 299, 301, 302, 304, 307, 400, 402, 404, 408, 409, 410, 418, 422, 429, 451, 499]
STATUSES += [500, 502, 503, 504, 520, 599]


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_from_who_knows_where_is_an_error_of_ours_whatever_its_status(operation, strange):
    content, content_type = STRANGE[strange]
    for way, status in zip(itertools.cycle(WAYS), STATUSES, strict=False):
        recorder.saw("figure", "malformed answers")
        error = error_of(way, operation, answering(status, content, content_type), **SOON)
        if (operation, status) in ANSWERS and status == 204:
            assert error is None, "there is no body to look at"
        else:
            assert error is not None, f"{status} was taken for good"
