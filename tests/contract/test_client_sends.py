"""Whatever the client is asked for, what it sends is what was meant, and a validator that is not ours finds it right."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pandaprobe_evals import ApiKey, BearerToken

from .document import DOCUMENT, OPERATIONS, SUCCESSES, documented, resolve
from .fed_client import WAYS, answering, ask, body_of
from .second_judge import find_fault
from .service import EFFORT, SEEDS

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning:openapi_core")]

SCHEMAS = DOCUMENT["components"]["schemas"]
PROJECT_ID = "5b3c1f8e-2f8c-4a53-8a4a-0c9b8a7d6e5f"
KEY, TOKEN = f"sk_pp_{'0' * 64}", "token"
CREDENTIALS = {
    "X-API-Key": KEY,
    "X-Project-Name": "my agents",
    "Authorization": f"Bearer {TOKEN}",
    "X-Project-ID": PROJECT_ID,
}

text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
word = text.filter(str.strip) | st.sampled_from([" a", "b "])  # as they are: white space counts
queried = text.filter(bool)  # openapi-core takes an empty query parameter for one without a value
FIRST, LAST = datetime(1900, 1, 2), datetime(2099, 12, 30)  # noqa: DTZ001 -- the zones are drawn
times = st.datetimes(FIRST, LAST, timezones=st.timezones() | st.just(UTC))
finite = (
    st.sampled_from([0.5, -1.25]) | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15)
)


def maybe(**fields):
    """All of these as often as any, and none of them as None."""
    return st.fixed_dictionaries(fields) | st.fixed_dictionaries({}, optional=fields)


def enum(name):
    return st.sampled_from(SCHEMAS[name]["enum"])


metrics = st.lists(enum("SessionMetricName"), min_size=1, max_size=4)
labels = {"name": text, "model": text, "signal_weights": st.dictionaries(text, finite, max_size=3)}
filters = {
    "date_from": times,
    "date_to": times,
    "user_id": text,
    "has_error": st.booleans(),
    "tags": st.lists(word, min_size=1, max_size=3),
    "min_trace_count": st.integers(1, 999_999_999),
}
a_run = st.fixed_dictionaries({"run_id": st.uuids()})
page_size = st.integers(1, 200)
ARGUMENTS = {
    "create_batch_session_eval_run": st.builds(
        dict,
        maybe(**labels),
        session_ids=st.lists(word, min_size=1, max_size=5),
        metrics=metrics,
    ),
    "create_session_eval_run": st.builds(
        dict, maybe(**labels, **filters, sampling_rate=st.floats(0, 1)), metrics=metrics
    ),
    "retry_session_eval_run": a_run,
    "get_session_eval_run": a_run,
    "delete_session_eval_run": st.builds(dict, a_run, delete_scores=st.booleans()),
    "list_session_eval_run_scores": a_run,
    "list_session_eval_runs": maybe(status=enum("EvalRunStatus"), page_size=page_size),
    "list_session_metrics": st.just({}),
    "list_session_scores": maybe(
        session_id=queried,
        name=queried,
        source=enum("ScoreSource"),
        status=enum("ScoreStatus"),
        eval_run_id=st.uuids(),
        date_from=times,
        date_to=times,
        page_size=page_size,
    ),
}
"""What the clients' methods can be asked for."""


CREATES = {operation for operation in OPERATIONS if OPERATIONS[operation][2]["x-effect"] == "creates-run"}
PAGED = ("list_session_eval_runs", "list_session_scores")


def meant(operation, arguments):
    """The values in the path, the query and the body that these arguments mean."""
    given = {name: in_whole_minutes(value) for name, value in arguments.items()}
    places = {name: given.pop(name) for name in arguments if f"{{{name}}}" in OPERATIONS[operation][1]}
    if "requestBody" not in OPERATIONS[operation][2]:
        if "page_size" in given:
            given["limit"] = given.pop("page_size")
        return places, given, None
    for name in ("session_ids", "metrics", "tags"):
        if name in given:
            given[name] = list(dict.fromkeys(given[name]))
    if not given.get("signal_weights", True):
        del given["signal_weights"]
    chosen = {name: as_json(given.pop(name)) for name in filters if name in given}
    return {}, {}, {**given, **({"filters": chosen} if chosen else {})}


def in_whole_minutes(value):
    """A time whose offset from UTC has seconds, as in 1900, cannot be written in openapi.yaml's form."""
    odd = isinstance(value, datetime) and value.utcoffset() % timedelta(minutes=1)
    return value.astimezone(UTC) if odd else value


def as_json(value):
    return value.isoformat() if isinstance(value, datetime) else value


def as_query(value):
    return json.dumps(value) if isinstance(value, bool) else str(as_json(value))


def some_answer(operation):
    """A router that gives the documented example of a success."""
    [status] = (status for each, status in SUCCESSES if each == operation)
    content = documented(operation, status).get("content")
    if content is None:
        return answering(status)
    value = resolve(next(iter(content["application/json"]["examples"].values())))["value"]
    if operation in CREATES:
        value = {**value, "filters": {}}  # or it would tell of another run than was asked for
    return answering(status, json.dumps(value).encode())


def sent(way, operation, arguments, auth):
    router = some_answer(operation)
    ask(way, operation, router, arguments, auth=auth)
    return router.calls[0].request


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
    @given(ARGUMENTS[operation], st.sampled_from(["api key", "bearer"]), st.integers(0, 999_999_999))
    def check(arguments, mode, offset):
        places, query, body = meant(operation, arguments)
        if way.endswith("functions"):
            if operation in PAGED:
                query["offset"] = offset
            arguments = {**places, **query}
            if body is not None:
                arguments["body"] = body_of(operation, body)
        keyed = mode == "api key"
        auth = ApiKey(KEY, project="my agents") if keyed else BearerToken(TOKEN, project_id=PROJECT_ID)
        request = sent(way, operation, arguments, auth)

        find_fault(request)
        assert (request.method, request.url.path) == (method, path.format(**places))
        assert sorted(request.url.params.multi_items()) == sorted((name, as_query(query[name])) for name in query)
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
