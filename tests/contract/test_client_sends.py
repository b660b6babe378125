"""Whatever the client is asked for, what it sends is what was meant, and a validator that is not ours finds it right."""

import json
from datetime import datetime
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pandaprobe_evals import ApiKey, BearerToken

from .calling import arguments, is_paged, meant
from .document import OPERATIONS, SUCCESSES, documented, resolve
from .fed_client import WAYS, answering, ask, body_of
from .second_judge import find_fault
from .service import EFFORT, SEEDS

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning:openapi_core")]

PROJECT_ID = "5b3c1f8e-2f8c-4a53-8a4a-0c9b8a7d6e5f"
KEY, TOKEN = f"sk_pp_{'0' * 64}", "token"
CREDENTIALS = {
    "X-API-Key": KEY,
    "X-Project-Name": "my agents",
    "Authorization": f"Bearer {TOKEN}",
    "X-Project-ID": PROJECT_ID,
}

CREATES = {operation for operation in OPERATIONS if OPERATIONS[operation][2]["x-effect"] == "creates"}


def as_query(value):
    return (
        json.dumps(value)
        if isinstance(value, bool)
        else value.isoformat()
        if isinstance(value, datetime)
        else str(value)
    )


def pairs_of(query):
    """The pairs of a query, a list one for each of its values."""
    for name, value in query.items():
        yield from ((name, as_query(each)) for each in (value if isinstance(value, list) else [value]))


def steady(operation, query):
    """The order that a list is read in, where none was asked for."""
    wanted = OPERATIONS[operation][2].get("x-paging", {}).get("unless_said", {})
    return wanted if wanted.keys().isdisjoint(query) else {}


def added(operation):
    """What may be sent without being asked for."""
    paging = OPERATIONS[operation][2].get("x-paging", {})
    return {*paging.get("unless_said", {}), *filter(None, [paging.get("until_now")])}


def some_answer(operation):
    """A router that gives the documented example of a success."""
    [status] = (status for each, status in SUCCESSES if each == operation)
    content = documented(operation, status).get("content")
    if content is None:
        return answering(status)
    value = resolve(next(iter(content["application/json"]["examples"].values())))["value"]
    router = answering(status, json.dumps(value).encode())
    if operation in CREATES and "filters" in value:  # or it would tell of another run than was asked for
        router.routes[0].mock(
            side_effect=lambda request: httpx.Response(status, json={**value, "filters": filters(request)})
        )
    return router


def filters(request):
    """What a request says of its filters."""
    return json.loads(request.content or b"{}").get("filters", {})


def sent(way, operation, arguments, auth):
    router = some_answer(operation)
    ask(way, operation, router, arguments, auth=auth)
    return router.calls.last.request  # what comes before a create are looks at the newest runs


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_sent_is_what_was_meant_and_is_right_to_another_validator(operation, way):
    method, path, _ = OPERATIONS[operation]

    @seed(SEEDS[0])
    @settings(
        max_examples=round(12 * EFFORT),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(arguments(operation), st.sampled_from(["api key", "bearer"]), st.integers(0, 999_999_999))
    def check(given_arguments, mode, offset):
        places, query, body = meant(operation, given_arguments)
        if way.endswith("functions"):
            if is_paged(operation):
                query["offset"] = offset
            given_arguments = {**places, **query}
            if body is not None:
                given_arguments["body"] = body_of(operation, body)
        keyed = mode == "api key"
        auth = ApiKey(KEY, project="my agents") if keyed else BearerToken(TOKEN, project_id=PROJECT_ID)
        request = sent(way, operation, given_arguments, auth)

        find_fault(request)
        assert (request.method, request.url.path) == (method, path.format(**places))
        for name, value in steady(operation, query).items() if "functions" not in way else ():
            assert request.url.params[name] == value
        asked = [(name, value) for name, value in request.url.params.multi_items() if name in query]
        assert sorted(asked) == sorted(pairs_of(query))
        assert request.url.params.keys() - query.keys() <= added(operation)
        assert (json.loads(request.content) if request.content else None) == body
        pair = ("X-API-Key", "X-Project-Name") if keyed else ("Authorization", "X-Project-ID")
        for name, value in CREDENTIALS.items():
            assert request.headers.get(name) == (value if name in pair else None)
        assert request.headers.get("Content-Type") == (None if body is None else "application/json")
        assert request.headers["Accept"] == "application/json"
        assert request.headers["User-Agent"].startswith("pandaprobe-evals/")

    check()


@pytest.mark.parametrize("spelled", [str, lambda run_id: str(run_id).upper(), lambda run_id: run_id.hex])
def test_a_run_may_be_named_in_each_way_that_a_uuid_is_written(spelled):
    run_id = UUID("3c90c3cc-0d44-4b50-8888-8dd25736052a")
    auth = ApiKey(KEY, project="my agents")
    request = sent("client", "get_session_eval_run", {"run_id": spelled(run_id)}, auth)
    assert request.url.path.rpartition("/")[2] == str(run_id)
