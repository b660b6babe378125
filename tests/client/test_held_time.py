"""A client that lives by a clock that a test holds: minutes pass in no time, and both sides agree on how many."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from pandaprobe_evals import ApiKey, AsyncPandaProbe, InvalidArgument, PandaProbe, RateLimited
from pandaprobe_sandbox import API_KEY, HeldClock, Sandbox

METRICS = ["agent_reliability"]
AUTH = ApiKey(API_KEY, project="held")


@pytest.fixture
def clock():
    return HeldClock()


@pytest.fixture
def sandbox(clock):
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox, clock):
    with PandaProbe(AUTH, base_url="http://held.localhost", transport=sandbox.transport(), clock=clock) as client:
        yield client


@pytest.fixture
def no_real_sleep(monkeypatch):
    """Sleeping for real is an error."""

    def refuse(seconds):
        assert seconds == 0, f"slept {seconds} s for real"

    monkeypatch.setattr(time, "sleep", refuse)


def answers(sandbox):
    """The statuses of the creates; the first of a process looks at the newest runs before, too."""
    return {request.status for request in sandbox.requests if request.method == "POST"}


@pytest.mark.usefixtures("no_real_sleep")
def test_a_stuck_run_is_given_up_after_half_an_hour_that_nobody_waits_for(client, clock):
    began = clock.now()
    run = client.session_runs.create_batch(session_ids=["stall-1"], metrics=METRICS)
    assert client.session_runs.wait(run).result == "stalled"
    assert clock.now() - began >= 1800


@pytest.mark.usefixtures("no_real_sleep")
def test_the_rate_limit_is_kept_on_the_clock_that_is_held(client, sandbox, clock):
    began = clock.now()
    for number in range(51):
        client.session_runs.create_batch(session_ids=[f"chat-{number}"], metrics=METRICS)
    assert 60 <= clock.now() - began < 120
    assert answers(sandbox) == {202}


@pytest.mark.usefixtures("no_real_sleep")
def test_a_deadline_is_met_on_the_clock_that_is_held(client):
    for number in range(50):
        client.session_runs.create_batch(session_ids=[f"chat-{number}"], metrics=METRICS)
    with pytest.raises(RateLimited) as caught:
        client.session_runs.create_batch(session_ids=["late"], metrics=METRICS, deadline=30)
    assert caught.value.reopens_in == pytest.approx(60, abs=5)


@pytest.mark.usefixtures("no_real_sleep")
@pytest.mark.parametrize(("fault", "reconciled"), [("commit_then_drop", True), ("drop_before_commit", False)])
def test_a_lost_answer_is_looked_for_and_settled_without_waiting(client, sandbox, fault, reconciled):
    sandbox.inject(fault)
    assert client.session_runs.create_batch(session_ids=["chat-1"], metrics=METRICS).reconciled is reconciled
    assert len(list(client.session_runs.list())) == 1


async def test_tasks_that_wait_together_pace_and_poll_on_the_clock_that_is_held(sandbox, clock):
    began = clock.now()
    async with AsyncPandaProbe(
        AUTH, base_url="http://held.localhost", transport=sandbox.transport(), clock=clock
    ) as client:
        creates = (client.session_runs.create_batch(session_ids=[f"c{n}"], metrics=METRICS) for n in range(120))
        runs = await asyncio.gather(*creates)
        assert answers(sandbox) == {202}
        assert 120 <= clock.now() - began < 300
        outcomes = await asyncio.gather(*(client.session_runs.wait(run) for run in runs))
    assert all(outcome.ok for outcome in outcomes)
    assert clock.now() - began < 400


def test_threads_that_wait_together_do_not_let_time_run_away(client, sandbox, clock):
    began = clock.now()
    with ThreadPoolExecutor(8) as pool:
        ids = [f"chat-{number}" for number in range(120)]
        runs = list(pool.map(lambda id_: client.session_runs.create_batch(session_ids=[id_], metrics=METRICS), ids))
        assert answers(sandbox) == {202}
        assert 120 <= clock.now() - began < 600
        assert all(pool.map(lambda run: client.session_runs.wait(run).ok, runs))


def test_a_clock_of_its_own_shares_no_budget_with_other_clients(sandbox, clock):
    for _ in range(2):
        with PandaProbe(AUTH, base_url="http://held.localhost", transport=sandbox.transport(), clock=clock) as client:
            seen = client.rate_limit()
            assert seen.free_now == seen.limit == 50
            client.session_runs.create_batch(session_ids=["chat-1"], metrics=METRICS)


def test_pacing_between_processes_does_not_go_by_a_clock_of_ones_own(clock):
    with pytest.raises(InvalidArgument, match="pacing: 'sqlite' goes by the machine's time"):
        PandaProbe(AUTH, pacing="sqlite", clock=clock)


def test_each_run_s_retry_has_its_own_count(client, sandbox):
    runs = [client.session_runs.create_batch(session_ids=["fail-always-a"], metrics=METRICS) for _ in range(2)]
    for run in runs:
        client.session_runs.wait(run)
    for run in runs * 26:
        client.session_runs.retry(run, deadline=5)  # 52 to one path would wait for a minute
    assert 429 not in [request.status for request in sandbox.requests]


def test_the_limit_of_reads_is_learned_from_its_429_and_kept(client, sandbox, clock):
    began = clock.now()
    for _ in range(430):
        client.session_metrics.list()
    statuses = [request.status for request in sandbox.requests]
    assert statuses.count(200) == 430
    assert statuses.count(429) <= 12  # where the first window ends is looked for; the second is kept to
    assert statuses[260:].count(429) <= 1  # tries whether the limit is there still
    assert 120 <= clock.now() - began < 200


def test_seven_hundred_reads_keep_within_a_limit_that_nobody_told_and_waste_few_requests(clock):
    with (
        Sandbox(clock=clock, read_limit=(200, 60.0)) as sandbox,
        sandbox.serve() as url,
        PandaProbe(AUTH, base_url=url, clock=clock, deadline=None) as client,
    ):
        began = clock.now()
        for _ in range(700):
            client.session_metrics.list()
        assert clock.now() - began < 5 * 60  # three windows have to be waited for
        refused = [request for request in sandbox.requests if request.status == 429]
        assert len(sandbox.requests) - len(refused) == 700
        assert len(refused) <= 0.03 * 700
