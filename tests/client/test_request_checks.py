"""What is wrong with a request is said here, by the argument's name, and nothing is sent."""

import json
import math
import re
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import httpx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pandaprobe_evals import (
    ApiKey,
    BackoffPolicy,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    PandaProbe,
    PandaProbeError,
)
from pandaprobe_sandbox import API_KEY, PROJECT_NAME, HeldClock, Sandbox

ONE = ["agent_reliability"]
BATCH = "/evaluations/session-runs/batch"


@pytest.fixture
def deaf(kind, unasked):
    """A client whose server must not hear of it."""
    yield kind(unasked)
    kind.hang_up()


def begins(argument):
    return "^" + re.escape(argument) + ": "


class Float32:
    """As numpy's: a number that is no float."""

    def __init__(self, value):
        self.value = value

    def __float__(self):
        return float(self.value)


class FloatSubclass(float):
    """As numpy.float64: a float, with another repr."""

    def __repr__(self):
        return f"np.float64({float(self)})"


# --- a batch create -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"session_ids": "chat-1"}, "session_ids: must be a list of str, not a single str; write ['chat-1']"),
        ({"session_ids": b"chat-1"}, "session_ids: must be a list of str, not a single"),
        ({"session_ids": bytearray(b"chat-1")}, "session_ids"),
        ({"session_ids": {"chat-1": 1}}, "session_ids: must be a list of str, not dict"),
        ({"session_ids": None}, "session_ids: must be a list of str, not NoneType"),
        ({"session_ids": 7}, "session_ids: must be a list of str, not int"),
        ({"session_ids": []}, "session_ids: is empty; give at least one session id"),
        ({"session_ids": iter(())}, "session_ids: is empty"),
        ({"session_ids": ["a", ""]}, "session_ids: '' at 1 is blank"),
        ({"session_ids": ["a", " \t\u2003"]}, "session_ids: ' \\t\\u2003' at 1 is blank"),
        ({"session_ids": ["a", "a", "b", " "]}, "session_ids: ' ' at 3 is blank"),
        ({"session_ids": ["a", 7]}, "session_ids[1]: must be a str, not int (7)"),
        ({"session_ids": ["a", None]}, "session_ids[1]: must be a str, not NoneType"),
        ({"session_ids": ["a", b"b"]}, "session_ids[1]: must be a str, not bytes"),
        ({"session_ids": [["a"]]}, "session_ids[0]: must be a str, not list"),
        ({"session_ids": [uuid.UUID(int=0)]}, "session_ids[0]: must be a str, not UUID"),
        ({"session_ids": ["a\0"]}, "session_ids[0]: 'a\\x00' has a NUL"),
        ({"session_ids": ["a", "\ud83d"]}, "session_ids[1]: '\\ud83d' has half a surrogate pair"),
        ({"metrics": "agent_reliability"}, "metrics: must be a list of str, not a single"),
        ({"metrics": []}, "metrics: is empty; give at least one metric"),
        ({"metrics": [""]}, "metrics: '' at 0 is blank"),
        ({"metrics": [None]}, "metrics[0]: must be a str"),
        ({"name": "n" * 256}, "name: 256 characters; the service stores at most 255"),
        ({"name": 7}, "name: must be a str, not int"),
        ({"name": b"n"}, "name: must be a str, not bytes"),
        ({"name": "a\0b"}, "name: 'a\\x00b' has a NUL"),
        ({"name": "\udcff"}, "name: '\\udcff' has half a surrogate pair"),
        ({"model": ["m"]}, "model: must be a str, not list"),
        ({"model": "\0"}, "model: "),
        ({"signal_weights": [("a", 1)]}, "signal_weights: must be a mapping of signal to weight, not list"),
        ({"signal_weights": "a"}, "signal_weights: must be a mapping"),
        ({"signal_weights": {1: 1.0}}, "signal_weights[1]: must be a str, not int"),
        ({"signal_weights": {"a\0": 1.0}}, "signal_weights['a\\x00']: "),
        *(
            ({"signal_weights": {"a": weight}}, f"signal_weights['a']: {said}")
            for weight, said in [
                (math.nan, "must be a finite number, not nan"),
                (math.inf, "must be a finite number, not inf"),
                (-math.inf, "must be a finite number, not -inf"),
                (10**400, "is too large for a float"),
                (True, "must be a number, not bool (True)"),
                (None, "must be a number, not NoneType"),
                ("1", "must be a number, not str"),
                (1j, "must be a number, not complex"),
                (Decimal("0.5"), "must be a number, not Decimal"),
                (Float32(1), "must be a number, not Float32"),
                (FloatSubclass("nan"), "must be a finite number"),
            ]
        ),
        ({"marker": True, "name": "n" * 250}, "name: "),
    ],
)
def test_a_batch_that_cannot_be_right_is_refused_by_argument(deaf, changes, said):
    with pytest.raises(InvalidArgument, match=r"^" + re.escape(said)):
        deaf.session_runs.create_batch(**{"session_ids": ["a"], "metrics": ONE, **changes})


def test_a_refusal_of_something_huge_is_short(deaf):
    for changes in (
        {"session_ids": ["x" * 10**6 + "\0"]},
        {"session_ids": "x" * 10**6},
        {"name": "n" * 10**6},
        {"metrics": [list(range(10**5))]},
        {"signal_weights": {"a": "9" * 10**6}},
        {"signal_weights": {"a" * 10**6: None}},
    ):
        with pytest.raises(InvalidArgument) as caught:
            deaf.session_runs.create_batch(**{"session_ids": ["a"], "metrics": ONE, **changes})
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize("weight", [10**400, 10**4000])
def test_a_refusal_of_a_huge_number_is_short_too(deaf, weight):
    with pytest.raises(InvalidArgument) as caught:
        deaf.session_runs.create_batch(session_ids=["a"], metrics=ONE, signal_weights={"a": weight})
    assert len(str(caught.value)) < 400


def test_a_refusal_is_a_value_error_and_one_of_ours():
    assert issubclass(InvalidArgument, ValueError)
    assert issubclass(InvalidArgument, PandaProbeError)


def test_positional_and_misspelt_arguments_are_type_errors(deaf):
    with pytest.raises(TypeError):
        deaf.session_runs.create_batch(["a"], ONE)
    for call in (
        lambda: deaf.session_runs.create_batch(session_ids=["a"], metrics=ONE, deadlin=3),
        lambda: deaf.session_runs.get(uuid.UUID(int=7), deadlin=3),
        lambda: deaf.session_runs.delete(uuid.UUID(int=7), deadlin=3),
        lambda: deaf.session_runs.scores(uuid.UUID(int=7), deadlin=3),
        lambda: deaf.session_metrics.list(deadlin=3),
        lambda: deaf.session_runs.list(deadlin=3),  # at once, not when it is iterated
        lambda: deaf.session_scores.list(deadlin=3),
    ):
        with pytest.raises(TypeError, match="no such option for a call: deadlin"):
            call()


@pytest.mark.parametrize(
    "ids",
    [
        ["a", "b"],
        ("a", "b"),
        {"a": 1, "b": 2}.keys(),
        iter(["a", "b"]),
        (letter for letter in "ab"),
        map(str.lower, "AB"),
        ["a", "b", "a"],
    ],
)
def test_every_iterable_of_texts_is_a_list(panda, ids):
    if not isinstance(ids, list | tuple | dict):
        ids = list(ids)  # the two kinds of client share the parameter: an iterator is spent by the first
        ids = iter(ids) if ids else iter(["a", "b"])
    run = panda.session_runs.create_batch(session_ids=ids, metrics=iter(ONE))
    assert run.filters.session_ids == ["a", "b"]


@pytest.mark.parametrize("weight", [0, -1, 3, 0.1, Fraction(1, 4), FloatSubclass(0.5), 10**300])
def test_every_finite_number_is_a_weight(kind, weight):
    with Sandbox() as sandbox:
        panda = kind("http://weights.localhost", transport=sandbox.transport())
        run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE, signal_weights={"x": weight})
        assert run.filters.signal_weights.to_dict() == {"x": float(weight)}


# --- a create by filters ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metrics": []}, "metrics: is empty"),
        ({"date_to": ""}, "date_to: '' is not a time"),
        ({"date_from": "yesterday"}, "date_from: 'yesterday' is not a time such as 2026-"),
        ({"date_from": 0}, "date_from: 0 is not a time"),
        ({"user_id": 7}, "user_id: must be a str, not int"),
        ({"user_id": "u\0"}, "user_id: "),
        ({"has_error": 1}, "has_error: must be True or False, not 1"),
        ({"has_error": "false"}, "has_error: must be True or False, not 'false'"),
        ({"tags": "x"}, "tags: must be a list of str, not a single"),
        ({"tags": []}, "tags: is empty; give at least one tag"),
        ({"tags": ["x", "\0"]}, "tags[1]: "),
        ({"min_trace_count": 0}, "min_trace_count: 0 is not from 1 to 2147483647"),
        ({"min_trace_count": 2**31}, "min_trace_count: "),
        ({"min_trace_count": 1.0}, "min_trace_count: must be an int, not float"),
        ({"min_trace_count": True}, "min_trace_count: must be an int, not bool"),
        ({"sampling_rate": -0.01}, "sampling_rate: must be from 0 to 1, not -0.01"),
        ({"sampling_rate": 1.01}, "sampling_rate: must be from 0 to 1"),
        ({"sampling_rate": math.nan}, "sampling_rate: must be a finite number"),
        ({"sampling_rate": True}, "sampling_rate: must be a number, not bool"),
        ({"sampling_rate": "0.5"}, "sampling_rate: must be a number, not str"),
        ({"name": "n" * 256}, "name: "),
        ({"model": "m" * 256}, "model: 256 characters; the service stores at most 255"),
        ({"signal_weights": {"a": math.nan}}, "signal_weights['a']: "),
    ],
)
def test_filters_that_cannot_be_right_are_refused_by_argument(deaf, changes, said):
    with pytest.raises(InvalidArgument, match=r"^" + re.escape(said)):
        deaf.session_runs.create(**{"metrics": ONE, **changes})


# --- ids, lists, options ------------------------------------------------------------------------------


RUN_IDS = ["", "..", ".", "/", "batch", "5a5a5a5a", "nope" * 1000, None, 7, b"5a", 1.5, ["x"], object(), "\0", "é"]


@pytest.mark.parametrize("run_id", RUN_IDS, ids=lambda value: repr(value)[:20])
def test_what_is_no_run_is_refused(deaf, run_id):
    for method in ("get", "delete", "retry", "scores"):
        with pytest.raises(InvalidArgument, match=r"^run_id: .* is not a valid UUID") as caught:
            getattr(deaf.session_runs, method)(run_id)
        assert len(str(caught.value)) < 200
    if run_id is not None:
        with pytest.raises(InvalidArgument, match=r"^eval_run_id: "):
            deaf.session_scores.list(eval_run_id=run_id)


@pytest.mark.parametrize("runs", [[], (), iter(()), ["nope"], [None], None, 7])
def test_what_cannot_be_waited_for_is_refused(deaf, runs):
    with pytest.raises(InvalidArgument, match=r"^run"):
        deaf.session_runs.wait(runs)


def test_a_run_is_named_by_text_in_any_form_by_uuid_or_by_itself(panda):
    run = panda.session_runs.create_batch(session_ids=["a"], metrics=ONE)
    listed = next(iter(panda.session_runs.list()))
    for name in (run, listed, run.id, str(run.id), str(run.id).upper(), run.id.hex, f"{{{run.id}}}", run.id.urn):
        assert panda.session_runs.get(name).id == run.id
        assert panda.session_runs.scores(name) == []
    panda.session_runs.delete(str(run.id).upper())
    with pytest.raises(NotFound):
        panda.session_runs.get(run)


@pytest.mark.parametrize("size", [0, 201, -1, True, 1.0, "50", math.inf])
def test_a_page_size_is_a_whole_number_from_1_to_200(deaf, size):
    for listing in (deaf.session_runs.list, deaf.session_scores.list):
        with pytest.raises(InvalidArgument, match=r"^page_size: "):
            listing(page_size=size)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"status": "DONE"}, "status: 'DONE' is not one of SUCCESS, FAILED, PENDING"),
        ({"status": "success"}, "status: "),
        ({"status": ["SUCCESS"]}, "status: "),
        ({"source": "HUMAN"}, "source: 'HUMAN' is not one of AUTOMATED, ANNOTATION, PROGRAMMATIC"),
        ({"session_id": 7}, "session_id: "),
        ({"session_id": "\0"}, "session_id: "),
        ({"name": "\ud800"}, "name: "),
        ({"date_to": "2026-13-01T00:00:00Z"}, "date_to: "),
    ],
)
def test_a_query_of_scores_that_cannot_be_right_is_refused_when_it_is_made(deaf, query, said):
    with pytest.raises(InvalidArgument, match=r"^" + re.escape(said)):
        deaf.session_scores.list(**query)


TIMES = [
    date(2026, 1, 1),
    "2026-01-01",
    datetime(2026, 1, 1),  # noqa: DTZ001  (without an offset, on purpose)
    "2026-01-01T00:00:00",
    "2026-01-01T01:00:00+01:00",
    datetime(2026, 1, 1, tzinfo=UTC),
]


@pytest.mark.parametrize("time", TIMES, ids=repr)
def test_a_time_without_an_offset_is_utc_as_the_service_reads_it_and_is_sent_with_one(kind, time):
    with Sandbox(speed=1000) as sandbox:
        for name, started in {"before": "2025-12-31T23:59:59Z", "at": "2026-01-01T00:00:00Z"}.items():
            sandbox.add_session(name, started_at=started)
        panda = kind("http://times.localhost", transport=sandbox.transport())
        for given in ({"date_from": time}, {"date_to": time}):
            run = panda.session_runs.create(metrics=ONE, **given)
            assert run.total_targets == 1
            assert datetime.fromisoformat(run.filters[next(iter(given))]) == datetime(2026, 1, 1, tzinfo=UTC)
        with pytest.raises(InvalidRequest, match="No sessions match"):
            panda.session_runs.create(metrics=ONE, date_from=time, date_to=time)
        list(panda.session_scores.list(date_from=time))
        assert sandbox.requests[-1].query.startswith("date_from=2026-01-01T0")
        assert sandbox.requests[-1].query.count("%3A00") >= 3  # the offset's too


@pytest.mark.parametrize("value", ["yes", 1, 0])
def test_deleting_scores_is_a_clear_yes_or_no(deaf, value):
    with pytest.raises(InvalidArgument, match=r"^delete_scores: must be True or False"):
        deaf.session_runs.delete(uuid.UUID(int=7), delete_scores=value)


ENDLESS = [0, -1, math.inf, math.nan, True, "30"]


@pytest.mark.parametrize("value", ENDLESS)
@pytest.mark.parametrize("option", ["deadline", "timeout"])
def test_times_are_finite_and_above_0_per_client_and_per_call(kind, deaf, unasked, option, value):
    with pytest.raises(InvalidArgument, match=begins(option)):
        kind(unasked, **{option: value})
    with pytest.raises(InvalidArgument, match=begins(option)):
        deaf.session_metrics.list(**{option: value})


@pytest.mark.parametrize(
    ("timeout", "said"),
    [
        (None, "timeout"),
        (httpx.Timeout(None), "timeout: connect has no limit and could wait for ever"),
        (httpx.Timeout(5, read=None), "timeout: read has no limit"),
        (httpx.Timeout(5, pool=0), "timeout.pool: must be above 0"),
        (httpx.Timeout(math.inf), "timeout.connect: must be a finite number"),
        ((1, 2), "timeout: must be a number, not tuple"),
    ],
)
def test_no_phase_of_a_request_may_last_for_ever(kind, deaf, unasked, timeout, said):
    with pytest.raises(InvalidArgument, match=r"^" + re.escape(said)):
        kind(unasked, timeout=timeout)
    if timeout is not None:  # for one call None is the client's
        with pytest.raises(InvalidArgument, match=r"^" + re.escape(said)):
            deaf.session_metrics.list(timeout=timeout)


def test_a_slow_answer_meets_the_calls_own_timeout(kind, url, sandbox):
    panda = kind(url)
    sandbox.inject("slow", delay=5, times=9)
    with panda.recording() as attempts, pytest.raises(PandaProbeError) as caught:
        panda.session_metrics.list(timeout=0.2, deadline=0.5)
    assert caught.value.seconds < 3
    assert attempts
    assert "Timeout" in attempts[0].error
    kind.hang_up()


# --- properties: the checks and the service agree ------------------------------------------------------

WILD = st.text(st.characters(), max_size=12) | st.text(st.sampled_from("a\0 \ud800\U0001f43c\\u0000"), max_size=6)
TAME = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12).filter(str.strip)
NUMBERS = st.one_of(st.floats(), st.integers(-(10**30), 10**30), st.booleans(), st.sampled_from(["1", None]))
FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30)


def bodies(texts, numbers, least):
    """What somebody may hand to `create_batch`."""
    metrics = st.sampled_from(["agent_reliability", "agent_consistency"])
    return st.fixed_dictionaries(
        {
            "session_ids": st.lists(texts, min_size=least, max_size=4),
            "metrics": st.lists(metrics, min_size=least, max_size=3),
        },
        optional={
            "name": st.none() | texts | st.integers(250, 260 - 5 * least).map(lambda n: "n" * n),
            "model": st.none() | texts | st.integers(250, 255).map(lambda n: "m" * n),
            "signal_weights": st.none() | st.dictionaries(texts, numbers, max_size=3),
        },
    )


BODIES = bodies(WILD, NUMBERS, 0)
HOSTS = iter(range(10**9))
PROPERTY = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def service():
    """A sandbox in process: properties ask it hundreds of times."""
    with Sandbox(clock=HeldClock(), rate_limit=None, read_limit=None) as sandbox:
        yield sandbox


def asked(service):
    """A client with a window of its own."""
    address = f"http://service-{next(HOSTS)}.localhost"
    auth, once = ApiKey(API_KEY, project=PROJECT_NAME), BackoffPolicy(max_attempts=1, settle_answered=0)
    return PandaProbe(auth, base_url=address, transport=service.transport(), backoff=once)


@PROPERTY
@given(body=bodies(TAME, FINITE, 1) | BODIES)
def test_whatever_passes_the_checks_is_accepted_and_echoed(service, body):
    with asked(service) as panda:
        try:
            run = panda.session_runs.create_batch(**body)
        except InvalidArgument:
            return
    assert [attempt.status for attempt in run.attempts] == [202]
    assert run.filters.session_ids == list(dict.fromkeys(body["session_ids"]))
    assert run.metric_names == list(dict.fromkeys(body["metrics"]))
    assert run.name == body.get("name")
    assert body.get("model") in (None, run.model)
    weights = {signal: float(weight) for signal, weight in (body.get("signal_weights") or {}).items()}
    assert run.filters.to_dict().get("signal_weights", {}) == weights


@PROPERTY
@given(body=BODIES)
def test_whatever_the_service_breaks_on_was_refused_by_the_checks(service, body):
    with httpx.Client(
        transport=service.transport(), base_url="http://localhost", auth=ApiKey(API_KEY, project="x")
    ) as raw:
        answer = raw.post(BATCH, content=json.dumps(body).encode(), headers={"content-type": "application/json"})
    assume(answer.status_code != 202)
    before = len(service.requests)
    with asked(service) as panda, pytest.raises(InvalidArgument):
        panda.session_runs.create_batch(**body)
    assert len(service.requests) == before


@PROPERTY
@given(
    query=st.fixed_dictionaries(
        {},
        optional={
            "session_id": WILD,
            "name": WILD,
            "date_from": st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])),
            "date_to": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
            "page_size": st.integers(-1, 202),
            "eval_run_id": st.uuids(),
        },
    )
)
def test_every_query_of_scores_that_passes_is_answered(service, query):
    with asked(service) as panda:
        try:
            scores = panda.session_scores.list(**query)
        except InvalidArgument:
            return
        assert isinstance(list(scores), list)


@PROPERTY
@given(
    filters=st.fixed_dictionaries(
        {},
        optional={
            "user_id": WILD,
            "has_error": st.booleans(),
            "tags": st.lists(WILD, max_size=2),
            "min_trace_count": st.integers(-1, 2**32),
            "date_from": st.datetimes(timezones=st.just(UTC)),
            "date_to": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
            "sampling_rate": st.floats(),
        },
    )
)
def test_every_filter_that_passes_is_understood(service, filters):
    with asked(service) as panda:
        try:
            panda.session_runs.create(metrics=ONE, **filters)
        except InvalidArgument:
            return
        except InvalidRequest as error:
            said = error.detail
        else:
            said = None
    assert said in (None, "No sessions match the provided filters.")
