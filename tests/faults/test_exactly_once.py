"""One create, one run: identical creates, look-alikes, strangers, a list that fails, clocks that are off, and deadlines."""

import json
import pickle
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import pytest
from pandaprobe_evals.clock import MACHINE
from pandaprobe_evals.creation.intent import DOUBT
from pandaprobe_evals.errors import (
    ConnectionFailed,
    OutcomeUnknown,
    ServerError,
)
from pandaprobe_sandbox import API_KEY, HeldClock, Sandbox

from .operations import CREATES, named
from .world import (
    BATCH,
    FAST,
    LIST,
    METRICS,
    RETRY,
    RUNS,
    SETTLING,
    caught,
    elapsed,
    new_project,
    raw_list,
    until_met,
)

creates = pytest.mark.parametrize("operation", CREATES, ids=named)
LOSSES = [
    "commit_then_drop",
    "drop_before_commit",
    "commit_then_500",
    "html_502",
    "truncated_body",
    "pass",
    "late_commit",
]


def ids(runs):
    return sorted(str(run["id"] if isinstance(run, dict) else run.id) for run in runs)


# --------------------------------------------------------------------------------------------------- identical creates


@pytest.mark.parametrize("first", ["commit_then_drop", "drop_before_commit", "late_commit", "pass"])
@pytest.mark.parametrize("second", ["commit_then_drop", "drop_before_commit", "late_commit", "pass"])
def test_two_intended_identical_creates_stay_two_whoever_loses_the_answer(face_of, served, sandbox, first, second):
    late = "late_commit" in {first, second}
    face = face_of(served[1], project=new_project(), backoff=SETTLING if late else FAST)
    sandbox.inject(first, operation=BATCH)
    sandbox.inject(second, operation=BATCH)
    one, two = face.start_batch("same"), face.start_batch("same")
    runs = [one.result(15), two.result(15)]
    assert ids(runs) == ids(raw_list(face))
    assert len(set(ids(runs))) == 2


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 20))])
def test_identical_creates_under_random_faults_make_as_many_runs(face_of, served, sandbox, seed):
    draw = random.Random(seed)
    face = face_of(served[1], project=new_project(), backoff=replace(SETTLING, settle=0.75), deadline=60)
    count = draw.randint(2, 5)
    for _ in range(count + 2):
        sandbox.inject(draw.choice(LOSSES), operation=BATCH)
    calls = []
    for _ in range(count):
        calls.append(face.start_batch("same", name="same"))
        if draw.random() < 0.4:
            time.sleep(draw.random() * 0.1)
    runs = [call.result(60) for call in calls]
    time.sleep(0.5)
    assert len(set(ids(runs))) == count
    assert ids(runs) == ids(raw_list(face))


def test_a_create_whose_run_another_adopted_gets_what_that_one_sent(face, sandbox):
    """The first adopts the second's run; its own, which commits late, is then the second's, and no third is made."""
    sandbox.inject("late_commit", operation=BATCH, delay=0.5)
    sandbox.inject("html_503", operation=BATCH, commit=True, retry_after="0.3")
    first = face.start_batch("same", backoff=SETTLING)
    until_met(sandbox)
    second = face.start_batch("same", backoff=FAST)
    runs = [first.result(10), second.result(10)]
    time.sleep(0.3)
    assert len(set(ids(runs))) == 2
    assert ids(runs) == ids(raw_list(face))


@creates
def test_a_run_that_a_create_of_ours_has_is_never_adopted_by_another(face, sandbox, operation):
    needed = operation.prepare(face, sandbox)
    first = operation.call(face, needed)
    sandbox.inject("drop_before_commit", operation=operation.id)
    second = operation.call(face, needed)
    sandbox.inject("commit_then_drop", operation=operation.id)
    third = operation.call(face, needed)
    assert len({first.id, second.id, third.id}) == 3
    assert (second.reconciled, third.reconciled) == (False, True)
    assert len(raw_list(face)) == 3 + bool(needed)


@creates
def test_a_create_that_is_on_its_way_keeps_its_run_from_being_adopted(face, sandbox, operation):
    """The run is there before its answer is; who looks for a lost one meanwhile must leave it alone."""
    needed = operation.prepare(face, sandbox)
    sandbox.inject("drop_before_commit", operation=operation.id)
    sandbox.inject("slow", operation=operation.id, delay=0.4)
    calls = [_start(face, operation, needed) for _ in range(2)]
    runs = [call.result(10) for call in calls]
    assert len(set(ids(runs))) == 2
    assert len(raw_list(face)) == 2 + bool(needed)


def _start(face, operation, needed):
    if operation.id == BATCH:
        return face.start_batch("s1", "s2", name="one")
    if operation.id == RETRY:
        return face.start("retry", needed)
    return face.start("create", metrics=METRICS, user_id="somebody")


# -------------------------------------------------------------------------------------------------------- look-alikes

SAME = {"session_ids": ["a", "b"], "metrics": ["agent_reliability", "agent_consistency"], "name": "n"}
ALIKE = [
    {"model": "gpt-9"},
    {"model": "openai/gpt-5.4-mini"},
    {"signal_weights": {"confidence": 0.5}},
    {"signal_weights": {"confidence": 1.0}},
    {"name": "m"},
    {"name": None},
    {"name": ""},
    {"metrics": ["agent_consistency", "agent_reliability"]},
    {"metrics": ["agent_reliability"]},
    {"session_ids": ["b", "a"]},
    {"session_ids": ["a", "b", "c"]},
]


@pytest.mark.parametrize("other", ALIKE, ids=json.dumps)
@pytest.mark.parametrize(
    "losses",
    [
        ("commit_then_drop", "drop_before_commit"),
        ("drop_before_commit", "commit_then_drop"),
        ("commit_then_drop", "commit_then_drop"),
    ],
    ids="-".join,
)
def test_creates_that_differ_in_one_thing_are_never_confused(face, sandbox, other, losses):
    for loss in losses:
        sandbox.inject(loss, operation=BATCH)
    first = face.start("create_batch", **SAME)
    until_met(sandbox)
    second = face.start("create_batch", **(SAME | other))
    runs = [first.result(10), second.result(10)]
    assert len({run.id for run in runs}) == 2
    assert ids(runs) == ids(raw_list(face))
    for run, asked in zip(runs, (SAME, SAME | other), strict=True):
        assert run.filters.to_dict()["session_ids"] == asked["session_ids"]
        assert run.filters.to_dict().get("signal_weights", {}) == asked.get("signal_weights", {})
        assert (run.metric_names, run.name) == (asked["metrics"], asked["name"])
        model = asked.get("model", "gpt-5.4-mini").rpartition("/")[2]
        assert run.model == f"openai/{model}"  # the service puts the provider before it


def test_creates_by_filters_that_differ_in_one_thing_are_never_confused(face, sandbox):
    sandbox.add_session("x", user_id="u", tags=["t"])
    sandbox.inject("commit_then_drop", operation="create_session_eval_run", times=5)
    asked = [
        {"user_id": "u"},
        {"user_id": "u", "tags": ["t"]},
        {"user_id": "u", "min_trace_count": 1},
        {"user_id": "u", "sampling_rate": 0.5},
        {"user_id": "u", "date_from": "2020-01-01T00:00:00+00:00"},
    ]
    calls = [face.start("create", metrics=METRICS, **filters) for filters in asked]
    runs = [call.result(10) for call in calls]
    assert ids(runs) == ids(raw_list(face))
    for run, filters in zip(runs, asked, strict=True):
        assert run.sampling_rate == filters.pop("sampling_rate", 1.0)
        assert run.filters.to_dict() == filters


# --------------------------------------------------------------------------------------- strangers and other processes


def test_a_strangers_identical_run_that_was_there_before_is_not_adopted(face_of, served, sandbox):
    """However short before: the look before the first create has seen it."""
    face = face_of(served[1], project=new_project(), cold=True)
    stranger = face.foreign("same")
    sandbox.inject("drop_before_commit", operation=BATCH)
    run = face.batch("same")
    assert not run.reconciled
    assert ids(raw_list(face)) == sorted([stranger, str(run.id)])


def test_a_strangers_identical_run_made_since_the_last_look_leaves_an_unknown_outcome(face, sandbox):
    """By its stamp it was made before, if nobody has set the service's clock since: which is not certain."""
    face.batch("warm")
    stranger = face.foreign("same")
    time.sleep(1.05)
    sandbox.inject("drop_before_commit", operation=BATCH)
    error = caught(face.batch, "same")
    assert type(error) is OutcomeUnknown
    assert error.candidates == (stranger,)
    assert caught(face.resolve, error).candidates == (stranger,)
    assert len(raw_list(face)) == 2


def test_a_strangers_identical_run_does_not_hide_our_own(face, sandbox):
    face.batch("warm")
    stranger = face.foreign("same")
    time.sleep(1.05)
    sandbox.inject("commit_then_drop", operation=BATCH)
    run = face.batch("same")
    assert run.reconciled
    assert str(run.id) != stranger
    assert len(raw_list(face)) == 3


def test_the_marker_tells_apart_what_two_processes_make_at_the_same_time(face_of, served, sandbox):
    project = new_project()
    faces = [face_of(served[1], project=project, own_registry=True) for _ in range(2)]
    for round_, losses in enumerate(
        (("commit_then_drop", "drop_before_commit"), ("drop_before_commit",) * 2, ("commit_then_drop",) * 2)
    ):
        for loss in losses:
            sandbox.inject(loss, operation=BATCH)
        calls = [face.start_batch("same", name=f"r{round_}", marker=True) for face in faces]
        runs = [call.result(10) for call in calls]
        made = [run for run in raw_list(faces[0]) if run["name"].startswith(f"r{round_} [")]
        assert len(set(ids(runs))) == 2
        assert ids(runs) == ids(made)
        assert len({run["name"] for run in made}) == 2


# ----------------------------------------------------------------------------------------------------- looking for it


def test_a_list_that_fails_for_a_while_does_not_make_a_second_run(face, sandbox):
    sandbox.inject("commit_then_drop", operation=BATCH)
    for fault in ("html_503", "drop_before_commit", "html_502", "truncated_body", "commit_then_500", "html_503") * 2:
        sandbox.inject(fault, operation=LIST)
    run = face.batch("a")
    assert run.reconciled
    assert ids(raw_list(face)) == [str(run.id)]
    assert Counter(request.operation for request in sandbox.requests)[BATCH] == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 200, "content_type": "text/html", "body": "<html>Sign in</html>"},
        {"code": 403, "content_type": "application/json", "body": '{"detail":"no"}'},
        {"code": 200, "content_type": "application/json", "body": '{"items":[]}'},
    ],
    ids=["html", "403", "violation"],
)
def test_a_list_that_stays_unusable_says_outcome_unknown_and_sends_nothing_again(face, sandbox, answer):
    sandbox.inject("drop_before_commit", operation=BATCH)
    sandbox.inject("status", operation=LIST, times=100, **answer)
    error = caught(face.batch, "a", deadline=2.0)
    assert type(error) is OutcomeUnknown
    assert Counter(request.operation for request in sandbox.requests)[BATCH] == 1
    sandbox.faults.clear()
    assert face.resolve(error) is None


def test_a_list_that_fails_until_the_deadline_says_outcome_unknown_in_time(face, sandbox):
    sandbox.inject("commit_then_drop", operation=BATCH)
    sandbox.inject("html_503", operation=LIST, times=10_000)
    error, seconds = elapsed(lambda: caught(face.batch, "a", deadline=1.0))
    assert type(error) is OutcomeUnknown
    assert 0.5 <= seconds < 2.0
    sandbox.faults.clear()
    assert str(face.resolve(error).id) in ids(raw_list(face))


def test_a_run_is_found_below_hundreds_of_newer_ones(face, sandbox):
    policy = replace(FAST, settle=0.3)
    sandbox.inject("html_503", operation=BATCH, commit=True, retry_after="1.5")
    lost = face.start_batch("needle", backoff=policy)
    until_met(sandbox)
    for number in range(300):
        face.foreign(f"hay {number}")
    run = lost.result(20)
    assert run.reconciled
    assert Counter(name for found in raw_list(face) for name in found["filters"]["session_ids"])["needle"] == 1
    assert len({request.query for request in sandbox.requests if request.operation == LIST}) > 1


def test_a_run_is_found_on_the_last_page_although_newer_ones_are_deleted_between_two_pages(face, sandbox):
    """What stood first on the second page then stands last on the first."""
    policy = replace(FAST, lookup_page=5, settle=0.0, settle_answered=0.0)
    sandbox.inject("html_503", operation=BATCH, commit=True, retry_after="0.5")
    lost = face.start_batch("needle", backoff=policy)
    until_met(sandbox)
    hay = [face.foreign(f"hay {number}") for number in range(5)]
    sandbox.inject("slow", operation=LIST, delay=0.3)  # the first page is read now, and arrives later
    while LIST not in [request.operation for request in sandbox.requests] and not lost.done():
        time.sleep(0.005)
    time.sleep(0.05)
    face.raw("DELETE", f"{RUNS}/{hay[0]}")
    run = lost.result(10)
    assert run.reconciled
    assert [found["filters"]["session_ids"] for found in raw_list(face)].count(["needle"]) == 1


def test_a_lost_run_that_was_deleted_before_it_was_found_is_made_again(face, sandbox):
    sandbox.inject("html_503", operation=BATCH, commit=True, retry_after="0.4")
    lost = face.start_batch("a")
    while not (runs := raw_list(face)):
        time.sleep(0.01)
    face.raw("DELETE", f"{RUNS}/{runs[0]['id']}")
    run = lost.result(10)
    assert ids(raw_list(face)) == [str(run.id)]


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("loss", ["commit_then_drop", "drop_before_commit"])
@pytest.mark.parametrize("warm", [False, True])
def test_a_service_whose_clock_is_an_hour_off_still_makes_one_run(face_of, hours, loss, warm):
    with (
        Sandbox(rate_limit=None, read_limit=None, clock=HeldClock(time.time() + 3600 * hours)) as sandbox,
        sandbox.serve() as url,
    ):
        face = face_of(url, cold=True)
        old = face.foreign("same")
        sandbox.clock.advance(5)
        if warm:
            face.batch("warm")
        sandbox.inject(loss, operation=BATCH)
        run = face.batch("same")
        made = [found["id"] for found in raw_list(face) if found["filters"]["session_ids"] == ["same"]]
        assert run.reconciled == (loss == "commit_then_drop")
        assert sorted(made) == sorted([old, str(run.id)])


class UndatedSandbox(Sandbox):
    """Sends no Date header."""

    @property
    def app(self):
        wire = self._wire
        send = wire._send

        async def undated(answer, tell, record, **more):
            async def without(message):
                if message["type"] == "http.response.start":
                    message["headers"] = [pair for pair in message["headers"] if pair[0] != b"date"]
                await tell(message)

            await send(answer, without, record, **more)

        wire._send = undated
        return wire


@pytest.mark.parametrize("loss", ["commit_then_drop", "drop_before_commit"])
@pytest.mark.parametrize("hours", [0, 1, -1])
@pytest.mark.parametrize("warm", [False, True])
def test_a_service_that_sends_no_date_still_makes_one_run(face_of, loss, warm, hours):
    with (
        UndatedSandbox(rate_limit=None, read_limit=None, clock=HeldClock(time.time() + 3600 * hours)) as sandbox,
        sandbox.serve() as url,
    ):
        face = face_of(url, cold=True)
        assert "date" not in face.raw("GET", RUNS).headers
        if warm:
            face.batch("warm")
        sandbox.inject(loss, operation=BATCH)
        run = face.batch("same")
        made = [found["id"] for found in raw_list(face) if found["filters"]["session_ids"] == ["same"]]
        assert made == [str(run.id)]


# ---------------------------------------------------------------------------------------------------- outcome unknown

RESOLVE = """
import pickle, sys
from pandaprobe_evals import ApiKey, BackoffPolicy, PandaProbe
error = pickle.loads(sys.stdin.buffer.read())
with PandaProbe(ApiKey(sys.argv[2], sys.argv[3]), base_url=sys.argv[1]) as panda:
    run = panda.session_runs.resolve(error)
    print(None if run is None else f"{run.id} {run.reconciled}")
"""


def resolve_elsewhere(face, error):
    arguments = [sys.executable, "-c", RESOLVE, face.client.base_url, API_KEY, face.client._auth.project_scope]
    done = subprocess.run(arguments, input=pickle.dumps(error), capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@creates
def test_an_unknown_outcome_comes_in_time_and_is_resolved_in_another_process(face_of, served, sandbox, operation):
    face = face_of(served[1], project=new_project(), backoff=replace(FAST, settle=1.5, settle_answered=1.5))
    needed = operation.prepare(face, sandbox)
    mine = [operation.call(face, needed).id for _ in range(2)]
    for commits, loss in ((False, "drop_before_commit"), (True, "html_502")):
        sandbox.inject(loss, operation=operation.id, **({"commit": True} if commits else {}))
        if commits:
            sandbox.inject("html_503", operation=LIST, times=10_000)
        error, seconds = elapsed(lambda: caught(operation.call, face, needed, deadline=0.5))
        sandbox.faults.clear()
        assert type(error) is OutcomeUnknown
        assert seconds < 1.2
        copy = pickle.loads(pickle.dumps(error))
        assert vars(copy) == vars(error)
        assert str(copy) == str(error)
        assert (error.method, error.operation) == ("POST", operation.id)
        assert error.path.startswith(RUNS)
        assert error.attempts
        assert set(map(str, mine)) <= set(error.create["not_these"])
        found = resolve_elsewhere(face, error)
        if commits:
            assert found.split()[0] in ids(raw_list(face))
            assert found.split()[0] not in set(map(str, mine))
            assert found.endswith("True")
        else:
            assert found == "None"
    assert len(raw_list(face)) == 3 + bool(needed)


def test_resolve_does_not_take_the_run_of_a_create_that_is_on_its_way(face, sandbox):
    sandbox.inject("drop_before_commit", operation=BATCH)
    sandbox.inject("html_503", operation=LIST, times=10_000)
    error = caught(face.batch, "same", deadline=0.3)
    sandbox.faults.clear()
    sandbox.inject("slow", operation=BATCH, delay=0.6)
    other = face.start_batch("same")
    while not raw_list(face):
        time.sleep(0.01)
    resolved = face.resolve(error)
    run = other.result(5)
    assert resolved is None
    assert ids(raw_list(face)) == [str(run.id)]


@pytest.mark.parametrize("after", [20, 3600])
def test_resolve_does_not_take_a_run_that_was_made_long_after(face_of, after):
    """Somebody made the same again later on: it is not what the lost create made, unless the service's clock was set."""
    with Sandbox(rate_limit=None, clock=HeldClock(time.time())) as sandbox, sandbox.serve() as url:
        face = face_of(url, backoff=FAST)
        face.batch("warm")
        sandbox.inject("drop_before_commit", operation=BATCH)
        sandbox.inject("html_503", operation=LIST, times=10_000)
        error = caught(face.batch, "same", deadline=0.3)
        sandbox.faults.clear()
        sandbox.clock.advance(after)
        stranger = face.foreign("same")
        if after > DOUBT:
            assert face.resolve(error) is None
        else:
            assert caught(face.resolve, error).candidates == (stranger,)


def test_resolve_says_unknown_again_while_the_create_may_still_be_under_way(face_of, served, sandbox):
    face = face_of(served[1], project=new_project(), backoff=replace(FAST, settle=1.0))
    sandbox.inject("late_commit", operation=BATCH, delay=0.7)
    error = caught(face.batch, "a", deadline=0.2)
    again = caught(face.resolve, error, deadline=0.1)
    assert type(again) is OutcomeUnknown
    assert again.create == error.create
    assert [str(face.resolve(again).id)] == ids(raw_list(face))


# -------------------------------------------------------------------------------------- what the run and its ledger say


def test_the_ledger_tells_what_happened_in_order(face, sandbox):
    sandbox.inject("html_429", operation=BATCH, retry_after="0")
    sandbox.inject("drop_before_commit", operation=BATCH)
    sandbox.inject("html_502", operation=LIST)
    sandbox.inject("commit_then_500", operation=BATCH)
    began = time.time()
    run = face.batch("a")
    steps = [(attempt.operation, attempt.status) for attempt in run.attempts]
    assert steps[:4] == [(BATCH, 429), (BATCH, None), (LIST, 502), (LIST, 200)]
    assert (BATCH, 500) in steps
    assert steps[-1] == (LIST, 200)
    assert len(run.attempts) == len(sandbox.requests)
    assert run.reconciled
    assert all(began - 1 < attempt.at < time.time() + 1 for attempt in run.attempts)
    assert [attempt.at for attempt in run.attempts] == sorted(attempt.at for attempt in run.attempts)
    assert run.attempts[1].then.startswith("look it up: ")


def test_recording_holds_every_request_once(face, sandbox):
    if face.kind == "async":
        pytest.skip("the loop's thread does not record for the test's")
    sandbox.inject("drop_before_commit", operation=BATCH)
    with face.client.recording() as attempts:
        run = face.batch("a")
    assert [attempt.at for attempt in attempts] == [attempt.at for attempt in run.attempts]
    assert len(attempts) == len(sandbox.requests)


def test_a_run_whose_name_is_too_long_to_be_retried_ends_in_a_server_error_and_no_run(face, sandbox):
    name = "n" * 250
    run = face.foreign("fail-1", name=name)
    while face.raw("GET", f"{RUNS}/{run}").json()["status"] != "COMPLETED":
        time.sleep(0.01)
    sandbox.requests.clear()
    error = caught(face.retry, run)
    assert type(error) is ServerError
    assert error.status == 500
    assert Counter(request.operation for request in sandbox.requests)[RETRY] == FAST.max_attempts
    assert len(sandbox.requests) < 60
    assert ids(raw_list(face)) == [run]


def test_a_late_commit_is_waited_for_over_the_settle_time(face_of, served, sandbox):
    face = face_of(served[1], project=new_project(), backoff=SETTLING)
    sandbox.inject("late_commit", operation=BATCH, delay=0.5)
    run = face.batch("a")
    assert run.reconciled
    assert ids(raw_list(face)) == [str(run.id)]
    assert Counter(request.operation for request in sandbox.requests)[BATCH] == 1


def test_a_wall_clock_that_is_set_back_in_the_middle_does_not_make_a_second_run(face_of, served, sandbox):
    class Stepped(type(MACHINE)):
        """This machine's clock, which somebody sets an hour back while the create is on its way."""

        def time(self):
            return time.time() - (3600 if sandbox.requests else 0)

    face = face_of(served[1], project=new_project(), clock=Stepped())
    sandbox.inject("commit_then_drop", operation=BATCH)
    run = face.batch("a")
    assert ids(raw_list(face)) == [str(run.id)]


def test_a_create_refused_while_an_identical_one_is_looked_for_was_not_sent(face_of, served, sandbox):
    face = face_of(served[1], project=new_project(), backoff=replace(FAST, settle=2.0))
    sandbox.inject("drop_before_commit", operation=BATCH)
    lost = face.start_batch("same")
    while LIST not in [request.operation for request in list(sandbox.requests)]:
        time.sleep(0.005)
    error, seconds = elapsed(lambda: caught(face.batch, "same", deadline=0.3))
    assert type(error) is ConnectionFailed
    assert seconds < 0.8
    assert not error.attempts
    run = lost.result(10)
    assert ids(raw_list(face)) == [str(run.id)]
