"""Many runs and many waits: the requests of a tick do not grow with them, and nobody is forgotten."""

import asyncio
import itertools
import math
import random
import threading
import time
from collections import Counter

import pytest
from pandaprobe_evals.errors import AuthenticationError, ContractViolation, ServerError, WaitTimeout
from pandaprobe_evals.flow import AtOnce, Call, Sleep
from pandaprobe_evals.waiting import WaitPolicy, WatchedRun, wait_flow
from pandaprobe_evals.waiting.unread import SCORE_BYTES

from .world import STEADY, Life, World, finishing


def crowd(count: int, **options) -> World:
    """Runs made one after the other that all complete after 20 to 60 s."""
    return World([finishing(20 + 40 * n / count, created=n * 0.01 - 10, **options) for n in range(count)])


def test_one_wait_for_500_runs_makes_at_most_3_requests_a_tick():
    world = crowd(500)
    outcomes = world.wait()
    assert [outcome.run_id for outcome in outcomes] == world.ids
    assert all(outcome.ok for outcome in outcomes)
    assert world.busiest() <= 3
    assert len(world.sent) < 120
    assert world.now < 60 + 15 + 3  # the longest interval, and the scores


def test_once_all_have_ended_their_scores_are_read_without_a_pause():
    world = World(
        [Life([(-9, "COMPLETED", 25, 0)], [f"s-{i}" for i in range(25)], created=n - 500.0) for n in range(400)]
    )
    outcomes = world.wait()
    assert all(outcome.ok for outcome in outcomes)
    reads = Counter(sent.at for sent in world.sent if not sent.polls)
    assert reads.total() > 40
    assert max(reads.values()) == STEADY.reads_at_once
    assert max(reads) - min(reads) == pytest.approx(world.latency * (len(reads) - 1), abs=0.02)
    assert len(reads) <= math.ceil(reads.total() / STEADY.reads_at_once) + 2


def test_the_pages_that_find_all_runs_ended_and_those_of_their_scores_come_in_one_go():
    ids = [f"s-{i}" for i in range(25)]
    stages = [(-9, "RUNNING", 0, 0), (5, "COMPLETED", 25, 0)]
    world = World([Life(stages, ids, created=n * 0.01 - 20) for n in range(500)])
    assert all(outcome.ok for outcome in world.wait())
    after = sorted({sent.at for sent in world.sent if sent.at >= 5})
    assert [sent.operation for sent in world.sent if sent.at >= 5][:3] == ["list_session_eval_runs"] * 3
    assert after[-1] - after[0] == pytest.approx(world.latency * (len(after) - 1), abs=0.02)
    assert world.busiest() <= 3


def test_runs_that_are_handed_over_as_completed_are_read_one_after_the_other_without_a_pause():
    world = World([Life([(-9, "COMPLETED", 1, 0)], created=-n - 10.0) for n in range(20)])
    for life in world.lives.values():
        (outcome,) = world.wait([life.at(world.now)])
        assert outcome.ok
    assert len(world.sent) == 2 * 20  # a look, since somebody may have deleted it, and its scores
    assert world.now == pytest.approx(world.latency * len(world.sent))


def test_runs_that_are_handed_over_as_completed_keep_to_the_ticks_while_others_run():
    world = World([finishing(30), *(Life([(-9, "COMPLETED", 1, 0)], created=-n - 10.0) for n in range(40))])
    running, *ended = world.lives.values()
    world.spawn(world.flow([str(running.id)]))
    waiters = [world.spawn(world.flow([life.at(1.0)]), at=1 + 0.1 * n) for n, life in enumerate(ended)]
    world.run()
    assert all(waiter.result()[0].ok for waiter in waiters)
    assert world.busiest() <= 3


def test_reads_that_are_under_way_together_are_bounded_in_bytes():
    policy = WaitPolicy(jitter=0.0, read_bytes=400 * SCORE_BYTES * 3)
    ids = [f"s-{i}" for i in range(400)]
    world = World([Life([(-9, "COMPLETED", 400, 0)], ids, created=n - 500.0) for n in range(8)])
    outcomes = world.wait(policy=policy)
    assert all(outcome.ok for outcome in outcomes)
    together = Counter(sent.at for sent in world.sent if not sent.polls)
    assert max(together.values()) == 3


def test_a_run_that_weighs_more_than_all_reads_may_is_read_alone():
    policy = WaitPolicy(jitter=0.0, read_bytes=SCORE_BYTES)
    world = World([Life([(-9, "COMPLETED", 9, 0)], [f"s-{i}" for i in range(9)], created=n - 500.0) for n in range(3)])
    assert all(outcome.ok for outcome in world.wait(policy=policy))
    assert max(Counter(sent.at for sent in world.sent if not sent.polls).values()) == 1


def test_of_reads_at_once_those_that_fail_are_made_again_after_a_pause():
    world = World(
        [Life([(-9, "COMPLETED", 25, 0)], [f"s-{i}" for i in range(25)], created=n - 500.0) for n in range(400)]
    )
    failed = []

    def fault(call, now):
        if call.arguments.get("offset") == 400 and "limit" in call.arguments and not failed:
            failed.append(now)
            return ServerError("503")
        return None

    world.fault = fault
    assert all(outcome.ok for outcome in world.wait())
    assert len(failed) == 1
    after = min(sent.at for sent in world.sent if sent.at > failed[0])
    assert after - failed[0] >= STEADY.min_interval


def test_what_is_wrong_with_the_client_itself_ends_a_wait_that_reads_several_at_once():
    world = World([Life([(-9, "COMPLETED", 1, 0)], ["s"], created=n - 500.0) for n in range(3)])
    world.fault = lambda call, _: ValueError("broken") if "scores" in call.operation.__name__ else None
    with pytest.raises(ValueError, match="broken"):
        world.wait()


def test_500_waits_for_one_run_each_make_at_most_3_requests_a_tick():
    world = crowd(500)
    waiters = [world.spawn(world.flow([id_])) for id_ in world.ids]
    world.run()
    assert all(waiter.result()[0].ok for waiter in waiters)
    assert world.busiest() <= 3
    late = [waiter.ended - (20 + 40 * n / 500) for n, waiter in enumerate(waiters)]
    assert max(late) < 16
    assert sum(late) / 500 < 6  # a third of an interval: nothing shows how far these runs are


def test_looks_stay_under_two_requests_a_second_however_many_runs_move():
    world = World([finishing(10 + n / 4, sessions=100, steps=100, created=n * 0.01 - 10) for n in range(250)])
    for id_ in world.ids:
        world.spawn(world.flow([id_], scores=False))
    world.run()
    assert len(world.looks) / world.now < 2.2


def test_a_wait_for_many_is_served_when_the_last_can_be_done():
    looks = []
    for together in (True, False):
        world = World([finishing(5.0 * n + 5, sessions=100, steps=100, created=n - 50.0) for n in range(12)])
        for ids in [world.ids] if together else [[id_] for id_ in world.ids]:
            world.spawn(world.flow(ids, scores=False))
        world.run()
        assert world.now < 60 + 2
        looks.append(len(world.looks))
    assert looks[0] < looks[1] / 2


def test_timeout_zero_looks_although_somebody_else_has_just_looked():
    world = World([Life([(0, "RUNNING", 0, 0)]), Life([(0, "RUNNING", 0, 0)])])
    world.spawn(world.flow(world.ids[:1], timeout=5))
    second = world.spawn(world.flow(world.ids[1:], timeout=0), at=0.1)
    world.run()
    assert second.ended < 0.2
    with pytest.raises(WaitTimeout, match="1 RUNNING"):
        second.result()


def test_a_wait_that_another_thread_ends_between_two_of_its_steps_does_not_sleep_for_ever():
    world = World([Life([(0, "COMPLETED", 1, 0)])])
    (id_,) = world.ids
    readings = iter(range(100))

    def clock():
        if next(readings) == 1:  # the one's first look at the time in its loop
            while not isinstance(step := next(other), Call):
                pass
            with pytest.raises(StopIteration):
                other.send(world.answer(step, world.now))
        return world.now

    one = wait_flow(world.watch, [id_], policy=WaitPolicy(jitter=0.0), scores=False, clock=clock)
    other = world.flow(scores=False)
    with pytest.raises(StopIteration) as stop:
        next(one)
    assert stop.value.value[0].result == "succeeded"


def test_500_waits_for_the_same_run_look_once_for_all():
    world = World([finishing(30)])
    alone = World([finishing(30)])
    alone.wait()
    waiters = [world.spawn(world.flow()) for _ in range(500)]
    world.run()
    assert all(waiter.result()[0].ok for waiter in waiters)
    assert len(world.sent) <= len(alone.sent) + 2
    assert len(world.requests("list_session_eval_run_scores")) == 1


def test_up_to_three_runs_are_got_by_their_ids():
    world = World([finishing(10) for _ in range(3)])
    world.wait()
    assert not world.requests("list_session_eval_runs")


def test_pages_keep_to_their_budget_when_the_runs_are_large():
    ids = [f"{number:030}" for number in range(1500)]  # about 50 kB a run
    world = World([Life([(0, "RUNNING", 0, 0), (60, "COMPLETED", 1500, 0)], ids, created=n - 100) for n in range(100)])
    world.wait(scores=False)
    pages = world.requests("list_session_eval_runs")
    assert pages
    assert max(page.runs for page in pages) <= 2_000_000 / 50_000


def test_runs_so_large_that_a_page_holds_one_are_got_by_their_ids():
    ids = [f"{number:030}" for number in range(60_000)]
    world = World([Life([(0, "RUNNING", 0, 0), (60, "COMPLETED", 60_000, 0)], ids, created=n - 100) for n in range(12)])
    world.wait([life.at(0) for life in world.lives.values()], scores=False)
    assert not world.requests("list_session_eval_runs")
    assert world.busiest(2.0) <= 3


def test_a_list_that_is_mostly_other_people_s_runs_is_not_paged_through():
    world = World([finishing(60, created=-5000 + n) for n in range(6)])
    ids = world.ids
    for n in range(5000):
        world.add(Life([(-1e9, "COMPLETED", 1, 0)], created=n - 4000))
    assert all(outcome.ok for outcome in world.wait(ids))
    assert len(world.requests("list_session_eval_runs")) < len(world.requests("get_session_eval_run")) / 2


def test_runs_that_vanish_from_the_list_are_deleted():
    world = World([finishing(60, created=n, deleted=30 if n % 3 else None) for n in range(30)])
    for life in world.lives.values():
        life.created, life.stages[0] = life.created - 100, (-100, "PENDING", 0, 0)
    verdicts = [outcome.result for outcome in world.wait()]
    assert verdicts == ["succeeded" if n % 3 == 0 else "deleted" for n in range(30)]


def test_runs_that_are_pushed_down_the_list_are_found_again():
    world = World([finishing(100, created=-n) for n in range(20)])
    ids = world.ids
    for n in range(300):
        world.add(Life([(n / 4, "COMPLETED", 1, 0)], created=n / 4))
    assert all(outcome.ok for outcome in world.wait(ids))


def test_every_run_is_looked_at_in_every_round():
    """No starvation: while nothing finishes, the gap between two looks at the same run has a bound."""
    world = World([Life([(-10, "RUNNING", 0, 0)], created=-n * 1000.0) for n in range(40)])
    ids = world.ids
    for n in range(4000):  # so that they must be got one by one
        world.add(Life([(-1e9, "COMPLETED", 1, 0)], created=-n * 10.0 - 5))
    seen: dict[str, list[float]] = {id_: [] for id_ in ids}
    record = world.answer

    def answer(call: Call, now: float):
        found = record(call, now)
        for run in getattr(found, "items", [found]):
            if str(run.id) in seen:
                seen[str(run.id)].append(now)
        return found

    world.answer = answer
    with pytest.raises(WaitTimeout):
        world.wait(ids, timeout=300)
    for times in seen.values():
        assert len(times) >= 6
        assert max(b - a for a, b in itertools.pairwise(times)) < 45


def test_newcomers_do_not_keep_others_from_being_looked_at():
    world = World([finishing(20) for _ in range(20)])
    world.fault = lambda call, now: ContractViolation("bad") if "limit" in call.arguments else None  # gets only
    first = world.spawn(world.flow())
    for n in range(1200):  # more than there are requests for
        id_ = world.add(Life([(-1e9, "RUNNING", 0, 0)], created=-n))
        world.spawn(world.flow([id_], timeout=5), at=n * 0.15)
    world.run(until=180)
    assert first.ended is not None
    assert first.ended < 120


def test_one_of_three_runs_that_cannot_be_read_does_not_hide_the_others():
    world = World([finishing(20, created=n - 10.0) for n in range(3)])
    bad = next(iter(world.lives))
    world.fault = lambda call, now: ServerError("500") if call.arguments["run_id"] == bad else None
    waiters = [world.spawn(world.flow([id_])) for id_ in world.ids]
    world.run()
    assert [waiter.result()[0].ok for waiter in waiters[1:]] == [True, True]
    assert max(waiter.ended for waiter in waiters[1:]) < 60
    with pytest.raises(ServerError):
        waiters[0].result()
    assert 300 <= waiters[0].ended < 340


def test_a_run_whose_reads_fail_does_not_keep_others_from_being_looked_at():
    world = crowd(30)
    bad = list(world.lives)[3]
    world.fault = lambda call, now: ServerError("500") if call.arguments.get("run_id") == bad else None
    others = world.spawn(world.flow([id_ for id_ in world.ids if id_ != str(bad)]))
    world.spawn(world.flow([str(bad)]))
    world.run()
    assert all(outcome.ok for outcome in others.result())
    assert others.ended < 90


def test_a_page_spoilt_by_somebody_else_s_run_is_gone_round():
    world = crowd(30)
    world.fault = lambda call, now: ContractViolation("bad") if "limit" in call.arguments else None
    assert all(outcome.ok for outcome in world.wait())


def test_an_answer_that_breaks_the_contract_reaches_the_waits_for_that_run_only():
    world = crowd(4)
    bad = next(iter(world.lives))
    world.fault = lambda call, now: ContractViolation("bad") if call.arguments.get("run_id") == bad else None
    waiters = [world.spawn(world.flow([id_])) for id_ in world.ids]
    world.run()
    with pytest.raises(ContractViolation):
        waiters[0].result()
    assert all(waiter.result()[0].ok for waiter in waiters[1:])


def test_refused_credentials_reach_everybody_without_a_request_for_each():
    world = crowd(500)
    world.fault = lambda call, now: AuthenticationError("401") if now > 5 else None
    waiters = [world.spawn(world.flow([id_])) for id_ in world.ids]
    world.run()
    errors = [waiter.error for waiter in waiters]
    assert all(isinstance(error, AuthenticationError) for error in errors)
    assert len({id(error) for error in errors}) == 500
    assert len([sent for sent in world.sent if sent.at > 5]) <= 4


# --- scores ---


def test_the_scores_of_500_small_runs_are_read_by_pages():
    world = World([Life([(-9, "COMPLETED", 1, 0)], created=n * 0.01 - 20) for n in range(500)])
    assert all(outcome.ok for outcome in world.wait())
    assert not world.requests("list_session_eval_run_scores")
    assert world.now < 5


def test_runs_whose_scores_the_pages_do_not_complete_are_read_one_by_one():
    world = World([Life([(-9, "COMPLETED", 2, 0)], ["a", "b"], ghosts=("b",), created=n - 50.0) for n in range(30)])
    outcomes = world.wait()
    assert {outcome.without_score for outcome in outcomes} == {("b",)}
    assert len(world.requests("list_session_eval_run_scores")) == 30
    assert world.busiest() <= 3


def test_other_people_s_scores_do_not_keep_ours_from_being_read():
    world = World([Life([(-99, "COMPLETED", 1, 0)], created=n - 500.0) for n in range(20)])
    ids = world.ids
    world.add(Life([(-9, "COMPLETED", 5000, 0)], [f"other-{n}" for n in range(5000)]))
    assert all(outcome.ok for outcome in world.wait(ids))
    assert len(world.sent) < 40


def test_the_scores_of_large_runs_are_read_run_by_run():
    world = World([Life([(-9, "COMPLETED", 500, 0)], [f"{n}" for n in range(500)], created=r - 50.0) for r in range(8)])
    assert all(outcome.ok for outcome in world.wait())
    assert not world.requests("list_session_scores")


def test_scores_that_finish_in_waves_are_read_by_pages_too():
    world = World(
        [Life([(-9, "PENDING", 0, 0), (n % 3 * 0.7, "COMPLETED", 1, 0)], created=n - 900.0) for n in range(600)]
    )
    assert all(outcome.ok for outcome in world.wait())
    assert len(world.requests("list_session_eval_run_scores")) < 60


def test_scores_of_a_failed_attempt_are_not_taken_for_those_of_the_next():
    stages = [(0, "FAILED", 0, 0), (60, "RUNNING", 0, 0), (70, "COMPLETED", 1, 0)]
    world = World([Life(stages), finishing(100)])
    early = world.spawn(world.flow())
    late = world.spawn(world.flow(world.ids[:1]), at=65.0)
    world.run()
    assert [outcome.result for outcome in early.result()] == ["failed", "succeeded"]
    assert late.result()[0].ok


# --- waits that die ---


def midway(world: World, count: int = 20):
    """Waits of which the first is in the middle of a tick."""
    waiters = [world.spawn(world.flow()) for _ in range(count)]
    world.run(until=0.02)
    assert waiters[0].in_call
    return waiters


def test_a_wait_that_is_closed_in_the_middle_of_a_tick_does_not_keep_the_tick():
    world = crowd(10)
    waiters = midway(world)
    waiters[0].kill()
    world.run()
    assert all(outcome.ok for waiter in waiters[1:] for outcome in waiter.result())
    assert world.now < 70


@pytest.mark.parametrize("error", [KeyboardInterrupt(), asyncio.CancelledError(), RuntimeError()])
def test_a_wait_that_is_interrupted_in_the_middle_of_a_tick_does_not_keep_the_tick(error):
    world = crowd(10)
    waiters = midway(world)
    waiters[0].resume(error=error)
    assert waiters[0].error is error
    world.run()
    assert all(outcome.ok for waiter in waiters[1:] for outcome in waiter.result())


def test_a_wait_that_is_never_heard_of_again_loses_the_tick():
    world = crowd(10)
    lost = world.flow()
    assert isinstance(next(lost), Call)  # and nobody drives it any further
    outcomes = world.wait()
    assert all(outcome.ok for outcome in outcomes)
    assert world.now < 60 + 70


def test_an_answer_that_comes_late_does_not_undo_what_is_known():
    world = World([finishing(50)])
    slow = world.flow()
    call = next(slow)
    old = world.answer(call, 0.1)
    fast = world.spawn(world.flow(), at=0.0)
    world.run(until=130)
    assert fast.result()[0].ok
    with pytest.raises(StopIteration) as stop:
        slow.send(old)  # the tick was given to another wait; this answer, RUNNING, is a minute old
    assert stop.value.value[0].result == "succeeded"


def test_a_tick_that_was_given_away_does_not_end_the_one_that_took_over():
    world = World([finishing(200, created=n - 50.0) for n in range(10)])
    lost = world.flow(scores=False)
    call = next(lost)
    world.now = 61.0
    other = world.flow(scores=False)
    assert isinstance(next(other), Call)
    holder = world.watch._holder
    step = call
    while isinstance(step, Call):
        step = lost.send(world.answer(step, world.now))
    assert world.watch._holder is holder


def test_an_older_answer_is_not_believed():
    life = finishing(10, sessions=20)
    record = WatchedRun("id")
    record.observe(life.at(8), 8.0, 0.0)
    record.observe(life.at(2), 2.0, 0.0)
    assert record.run == life.at(8)


def test_the_rate_is_measured_from_where_the_counts_began_again():
    record = WatchedRun("id")
    for now, count in ((0, 10), (10, 20), (20, 5), (30, 10)):
        record.observe(Life([(0, "RUNNING", count, 0)], ["s"] * 20).at(now), float(now), 0.0)
    assert record.anchor == (20.0, 5)
    assert record.changed == 30.0


def test_a_wait_does_not_settle_for_a_look_from_before_it_began():
    world = World([Life([(0, "RUNNING", 0, 0)])])
    world.spawn(world.flow(stall_after=1000))
    world.run(until=200)
    before = len(world.sent)
    second = world.spawn(world.flow(stall_after=100))
    world.run(until=200)
    assert second.ended is None
    world.run(until=201)
    assert second.result()[0].result == "stalled"
    assert len(world.sent) == before + 1


# --- threads and event loops ---


def real(world: World, ids, clock, **options):
    return wait_flow(world.watch, ids, clock=clock, policy=WaitPolicy(min_interval=0.02, max_interval=0.2), **options)


def drive(world, flow, began):
    answer = None
    while True:
        try:
            step = flow.send(answer)
        except StopIteration as stop:
            return stop.value
        if isinstance(step, Sleep):
            time.sleep(step.seconds)
            answer = None
        else:
            time.sleep(0.001)
            answer = answered(world, step, time.monotonic() - began)


def answered(world, step, now):
    if isinstance(step, AtOnce):
        return [answered(world, call, now) for call in step.calls]
    world.sent.append(now)
    return world.answer(step, now)


async def adrive(world, flow, began):
    answer = None
    try:
        while True:
            try:
                step = flow.send(answer)
            except StopIteration as stop:
                return stop.value
            if isinstance(step, Sleep):
                await asyncio.sleep(step.seconds)
                answer = None
            else:
                await asyncio.sleep(0.001)
                answer = answered(world, step, time.monotonic() - began)
    finally:
        flow.close()


def test_threads_and_tasks_of_several_loops_share_one_watch():
    world = World([finishing(0.1 + n / 200, began=0.05, created=n * 0.001 - 5) for n in range(100)])
    began = time.monotonic()
    results: dict[str, bool] = {}

    def thread(id_):
        results[id_] = drive(world, real(world, [id_], time.monotonic), began)[0].ok

    async def tasks(ids):
        async def one(id_):
            results[id_] = (await adrive(world, real(world, [id_], time.monotonic), began))[0].ok

        doomed = [asyncio.create_task(adrive(world, real(world, ids, time.monotonic), began)) for _ in range(5)]
        running = [asyncio.create_task(one(id_)) for id_ in ids]
        for task in doomed:
            await asyncio.sleep(random.uniform(0, 0.03))
            task.cancel()
        await asyncio.gather(*running)
        await asyncio.gather(*doomed, return_exceptions=True)

    threads = [threading.Thread(target=thread, args=[id_]) for id_ in world.ids[:40]]
    threads += [threading.Thread(target=asyncio.run, args=[tasks(world.ids[start : start + 30])]) for start in (40, 70)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert results == dict.fromkeys(world.ids, True)
    assert not world.watch._records
    assert len(world.sent) < 3 * (time.monotonic() - began) / 0.02 + 100
