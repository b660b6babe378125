"""What becomes of one run, and when the wait says so."""

import itertools
import uuid

import pytest
from pandaprobe_evals.errors import (
    AuthenticationError,
    ConnectionFailed,
    InvalidArgument,
    PandaProbeError,
    ServerError,
    WaitTimeout,
)
from pandaprobe_evals.outcomes import target_count
from pandaprobe_evals.waiting import Progress, WaitPolicy

from .world import METRICS, STEADY, Life, World, finishing


def one(life: Life, **options):
    world = World([life])
    [outcome] = world.wait(**options)
    return outcome, world


def test_a_run_that_is_over_is_returned_after_one_look_and_one_read_of_its_scores():
    outcome, world = one(Life([(0, "COMPLETED", 1, 0)]))
    assert outcome.ok
    assert outcome.result == "succeeded"
    assert [sent.operation for sent in world.sent] == ["get_session_eval_run", "list_session_eval_run_scores"]
    assert world.sleeps == []


@pytest.mark.parametrize("total_name", ["total_targets", "total_traces"])
def test_the_number_of_sessions_is_read_under_both_names(total_name):
    outcome, _ = one(Life([(0, "COMPLETED", 2, 0)], ["a", "b"], total_name=total_name))
    assert target_count(outcome.run) == 2
    assert "2 of 2 sessions" in str(outcome)


def test_completed_with_failed_pairs_is_not_success():
    outcome, _ = one(Life([(0, "COMPLETED", 1, 3)]))
    assert (outcome.result, outcome.failed_pairs, outcome.ok) == ("completed_with_failures", 3, False)
    assert "3 pairs failed" in str(outcome)
    assert ", 1 pair failed" in str(one(Life([(0, "COMPLETED", 2, 1)]))[0])


def test_sessions_without_a_score_are_named():
    outcome, _ = one(Life([(0, "COMPLETED", 3, 0)], ["a", "ghost", "b"], ghosts=("ghost",)))
    assert outcome.without_score == ("ghost",)
    assert outcome.result == "succeeded"
    assert not outcome.ok


def test_perfect_scores_that_nothing_was_measured_for_are_named():
    outcome, _ = one(Life([(0, "COMPLETED", 1, 0)], reason="No evaluable traces."))
    assert [score.session_id for score in outcome.scores_without_evidence] == ["s"]
    assert not outcome.ok


def test_what_was_not_read_is_not_said_to_be_empty():
    outcome, world = one(Life([(0, "COMPLETED", 1, 0)]), scores=False)
    assert (outcome.scores, outcome.without_score, outcome.scores_without_evidence) == (None, None, None)
    assert not outcome.ok
    assert "not read" in str(outcome)
    assert len(world.sent) == 1


def test_a_run_by_filters_is_ok_when_every_session_has_a_score():
    outcome, _ = one(Life([(0, "COMPLETED", 2, 0)], ["a", "b"], by_filters=True))
    assert outcome.without_score == ()
    assert outcome.ok


def test_of_a_run_by_filters_the_sessions_without_a_score_are_not_known():
    outcome, _ = one(Life([(0, "COMPLETED", 2, 0)], ["a", "b"], by_filters=True, ghosts=("b",)))
    assert outcome.without_score is None
    assert len(outcome.scores) == 1
    assert not outcome.ok


def test_failed_counts_only_after_its_grace():
    outcome, world = one(Life([(0, "RUNNING", 0, 0), (5, "FAILED", 0, 0)]))
    assert outcome.result == "failed"
    assert outcome.run.error_message == "broke"
    assert 25 <= world.now < 30


def test_failed_that_comes_back_is_not_failed():
    stages = [(0, "RUNNING", 0, 0), (3, "FAILED", 1, 0), (13, "RUNNING", 0, 0), (16, "COMPLETED", 1, 0)]
    outcome, _ = one(Life(stages))
    assert outcome.result == "succeeded"


def test_the_last_attempt_s_failure_counts_at_once():
    stages = [(0, "RUNNING", 0, 0), (3, "FAILED", 0, 0), (13, "RUNNING", 0, 0), (16, "FAILED", 0, 0)]
    stages += [(26, "RUNNING", 0, 0), (29, "FAILED", 0, 0)]
    outcome, world = one(Life(stages))
    assert outcome.result == "failed"
    assert world.now < 29 + 15


def test_a_failure_of_yesterday_is_not_watched_for_a_comeback():
    world = World([Life([(0, "FAILED", 0, 0)])])
    world.now = 86_400.0
    [outcome] = world.wait()
    assert outcome.result == "failed"
    assert world.now < 86_401


def test_a_run_that_does_not_move_is_stalled_after_stall_after():
    outcome, world = one(Life([(0, "RUNNING", 1, 0)], ["a", "b"]), stall_after=60)
    assert (outcome.result, outcome.scores) == ("stalled", None)
    assert 60 <= world.now < 75
    assert "RUNNING" in str(outcome)


def test_a_count_that_goes_back_to_zero_is_progress():
    stages = [(0, "RUNNING", 0, 0), (50, "RUNNING", 1, 0), (100, "RUNNING", 0, 0), (150, "COMPLETED", 2, 0)]
    outcome, _ = one(Life(stages, ["a", "b"]), stall_after=70)
    assert outcome.result == "succeeded"


def test_an_unknown_status_surfaces_after_its_bound():
    outcome, world = one(Life([(0, "PAUSED", 0, 0)]))
    assert outcome.result == "unknown_status"
    assert "PAUSED" in str(outcome)
    assert 120 <= world.now < 135


def test_an_unknown_status_with_completed_at_surfaces_sooner():
    outcome, world = one(Life([(0, "CANCELLED", 0, 0)], ended={"CANCELLED": True}))
    assert outcome.result == "unknown_status"
    assert 20 <= world.now < 30


@pytest.mark.parametrize("ended", [False, True])
def test_stall_after_bounds_the_wait_on_an_unknown_status_too(ended):
    outcome, world = one(Life([(0, "PAUSED", 0, 0)], ended={"PAUSED": ended}), stall_after=5)
    assert outcome.result == "unknown_status"
    assert 5 <= world.now < 7


@pytest.mark.parametrize("wrong", [-1, float("nan")])
def test_a_stall_after_that_is_no_number_of_seconds_is_refused(wrong):
    with pytest.raises(InvalidArgument, match="stall_after"):
        one(Life([(0, "RUNNING", 0, 0)]), stall_after=wrong)


def test_an_unknown_status_may_pass():
    outcome, _ = one(Life([(0, "QUEUED", 0, 0), (100, "RUNNING", 0, 0), (110, "COMPLETED", 1, 0)]))
    assert outcome.result == "succeeded"


def test_a_run_that_is_deleted_while_it_is_watched_is_deleted():
    outcome, _ = one(Life([(0, "RUNNING", 1, 0)], deleted=20))
    assert outcome.result == "deleted"
    assert outcome.run is not None


def test_a_run_that_never_was_is_deleted_and_has_no_run():
    world = World()
    [outcome] = world.wait([uuid.UUID(int=7)])
    assert (outcome.result, outcome.run, outcome.run_id) == ("deleted", None, str(uuid.UUID(int=7)))
    assert "no such run" in str(outcome)


def test_no_run_is_no_wait():
    world = World()
    assert world.wait([]) == []
    assert world.sent == []


def test_what_is_no_run_id_is_refused_before_anything_is_sent():
    world = World()
    with pytest.raises(InvalidArgument, match="run_ids"):
        world.wait(["../scores"])
    with pytest.raises(InvalidArgument, match="timeout"):
        world.wait([], timeout=-1)
    with pytest.raises(InvalidArgument):
        WaitPolicy(requests_per_tick=1)
    assert world.sent == []


def test_outcomes_come_in_the_order_asked_for_duplicates_included():
    world = World([finishing(9), finishing(2), finishing(5)])
    ids = [world.ids[2], world.ids[0].upper(), uuid.UUID(world.ids[2]), world.ids[1]]
    assert [outcome.run_id for outcome in world.wait(ids)] == [world.ids[2], world.ids[0], world.ids[2], world.ids[1]]
    assert len(world.requests("list_session_eval_run_scores")) == 3


# --- when it looks ---


@pytest.mark.parametrize("seconds", [0.2, 1, 2, 3, 5, 10, 30])
def test_a_run_is_returned_within_an_interval_of_its_completion(seconds):
    _, world = one(finishing(seconds, sessions=max(1, int(4 * seconds)), steps=1000))
    assert world.now - seconds <= 1.0


def test_a_long_run_is_not_looked_at_more_than_its_length_asks_for():
    _, world = one(finishing(1800, sessions=10_000, steps=2000))
    assert len(world.looks) <= 1800 / 15 + 25
    assert world.now - 1800 <= 2


def test_a_run_that_waits_for_a_worker_is_looked_at_less_and_less():
    world = World([Life([(0, "PENDING", 0, 0)])])
    with pytest.raises(WaitTimeout):
        world.wait(timeout=600)
    gaps = [b.at - a.at for a, b in zip(world.looks, world.looks[1:-1], strict=False)]
    assert all(b >= a - 1e-6 for a, b in itertools.pairwise(gaps))
    assert gaps[-1] == pytest.approx(15, abs=0.1)
    assert len(gaps) < 60


def test_a_large_run_is_looked_at_less_often_than_a_small_one():
    heavy = World([Life([(0, "RUNNING", 1, 0)], [f"{number:040}" for number in range(100_000)])])
    light = World([Life([(0, "RUNNING", 1, 0)])])
    for world in (heavy, light):
        with pytest.raises(WaitTimeout):
            world.wait(timeout=9)
    assert len(heavy.looks) <= 4 < len(light.looks)


def test_intervals_are_spread_by_jitter():
    gaps = []
    for uniform in (0.0, 1.0):
        world = World([Life([(0, "PENDING", 0, 0)])], uniform=lambda uniform=uniform: uniform)
        with pytest.raises(WaitTimeout):
            world.wait(timeout=300, policy=WaitPolicy(jitter=0.1))
        gaps.append(world.sleeps[-3])
    assert gaps[1] == pytest.approx(gaps[0] * 1.1, rel=0.01)


# --- time-outs ---


def test_a_wait_that_is_too_short_raises_and_can_be_resumed():
    world = World([finishing(2), finishing(30), finishing(40)])
    with pytest.raises(WaitTimeout, match="2 of 3 runs") as caught:
        world.wait(timeout=10)
    assert caught.value.run_ids == tuple(world.ids[1:])
    assert [outcome.run_id for outcome in caught.value.outcomes] == world.ids[:1]
    assert isinstance(caught.value, TimeoutError)
    assert all(outcome.ok for outcome in world.wait(caught.value.run_ids))


def test_a_wait_looks_a_last_time_when_its_time_is_over():
    world = World([Life([(0, "PENDING", 0, 0), (99.9, "COMPLETED", 1, 0)])])
    [outcome] = world.wait(timeout=100)
    assert outcome.ok
    assert world.now < 101


def test_timeout_zero_looks_exactly_once():
    world = World([finishing(10)])
    with pytest.raises(WaitTimeout):
        world.wait(timeout=0)
    assert len(world.sent) == 1
    assert world.now == pytest.approx(world.latency)


def test_timeout_zero_returns_what_is_over():
    outcome, world = one(Life([(0, "COMPLETED", 1, 0)]), timeout=0)
    assert outcome.ok
    assert world.now < 0.2


def poll(world: World, every: float):
    for _ in range(200):
        try:
            return world.wait(timeout=0)
        except WaitTimeout:
            world.now += every
    raise AssertionError("polling never ended")


@pytest.mark.parametrize("every", [5, 60])
@pytest.mark.parametrize("status", ["COMPLETED", "FAILED"])
def test_who_polls_with_timeout_zero_comes_to_an_end_too(status, every):
    world = World([Life([(0, "RUNNING", 0, 0), (3, status, 1, 0)]) for _ in range(3)])
    outcomes = poll(world, every=every)
    assert {outcome.result for outcome in outcomes} == {"succeeded" if status == "COMPLETED" else "failed"}
    assert all(outcome.scores is not None for outcome in outcomes)
    assert world.now < 12 * every


def test_who_polls_with_timeout_zero_sees_a_stalled_run():
    world = World([Life([(0, "RUNNING", 0, 0)])])
    assert poll(world, every=60)[0].result == "stalled"


def test_what_is_known_of_a_run_is_forgotten_when_nobody_asks_for_it():
    world = World([Life([(0, "RUNNING", 0, 0)])])
    with pytest.raises(WaitTimeout):
        world.wait(timeout=1)
    assert world.watch._records
    world.now += 3600
    world.wait([])
    assert not world.watch._records


def test_a_finished_wait_leaves_nothing_behind():
    world = World([finishing(5) for _ in range(20)])
    world.wait()
    watch = world.watch
    assert (watch._records, watch._waits, len(watch._unread), watch._holder) == ({}, set(), 0, None)


# --- when reads fail ---


def during(begin, end, error):
    return lambda call, now: error if begin <= now < end else None


@pytest.mark.parametrize("error", [ConnectionFailed("refused"), ServerError("503", status=503)])
def test_an_outage_is_survived(error):
    world = World([finishing(30)])
    world.fault = during(2, 200, error)
    [outcome] = world.wait(timeout=1000)
    assert outcome.ok
    assert len([sent for sent in world.sent if 2 <= sent.at < 200]) < 30


def test_an_outage_that_does_not_end_ends_the_wait_with_its_error():
    world = World([finishing(30)])
    world.fault = during(2, 1e9, error := ConnectionFailed("refused"))
    with pytest.raises(ConnectionFailed) as caught:
        world.wait()
    assert caught.value is error
    assert 300 <= world.now < 330


def test_a_time_out_in_an_outage_names_the_runs_and_what_the_last_look_failed_with():
    world = World([finishing(30)])
    world.fault = during(2, 1e9, error := ConnectionFailed("refused"))
    with pytest.raises(WaitTimeout, match=r"1 of 1 run .* the last look failed: refused") as caught:
        world.wait(timeout=60)
    assert caught.value.run_ids == tuple(world.ids)
    assert caught.value.__cause__ is error


def test_who_never_saw_anything_gets_the_error_itself():
    world = World([finishing(30)])
    world.fault = during(0, 1e9, ConnectionFailed("refused"))
    with pytest.raises(ConnectionFailed):
        world.wait(timeout=0)


def test_refused_credentials_end_the_wait_at_once():
    world = World([finishing(30)])
    world.fault = during(2, 1e9, AuthenticationError("401", status=401))
    with pytest.raises(AuthenticationError):
        world.wait()
    assert world.now < 18


def test_scores_that_cannot_be_read_do_not_hold_the_wait_for_ever():
    world = World([finishing(3)])
    world.fault = lambda call, now: ServerError("504") if "scores" in call.operation.__name__ else None
    with pytest.raises(ServerError):
        world.wait()
    assert world.now < 400


def test_any_other_error_passes_through_and_releases_the_tick():
    world = World([finishing(3)])
    world.fault = during(0, 0.03, RuntimeError("a bug in the driver"))
    with pytest.raises(RuntimeError):
        world.wait()
    assert world.wait()[0].ok


# --- progress ---


def test_progress_is_told_at_most_once_a_tick_and_ends_with_everything_done():
    world = World([finishing(20, sessions=100), finishing(10, sessions=10)])
    told: list[Progress] = []
    world.wait(on_progress=told.append)
    assert 0 < len(told) <= world.watch._finished
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    last = told[-1]
    assert (last.done, last.total, last.targets_done, last.targets_total, last.failed_pairs) == (2, 2, 110, 110, 0)
    assert last.requests == len(world.sent)
    assert last.bytes_read > 110
    assert [(str(run.id), done, total) for run, done, total in last.runs] == [
        (world.ids[0], 100, 100),
        (world.ids[1], 10, 10),
    ]


@pytest.mark.parametrize("timeout", [0, 10])
def test_an_on_progress_that_takes_longer_than_a_tick_does_not_hold_the_wait(timeout):
    world = World([finishing(1000)])

    def slow(progress: Progress):
        world.now += 5
        assert world.now < 60

    with pytest.raises(WaitTimeout):
        world.wait(timeout=timeout, on_progress=slow)


def test_an_error_in_on_progress_ends_this_wait_only():
    world = World([finishing(20)])
    other = world.spawn(world.flow())
    with pytest.raises(ZeroDivisionError):
        world.wait(on_progress=lambda progress: 1 / 0)
    world.run()
    assert other.result()[0].ok


def test_a_policy_s_time_to_wait_for_a_comeback_is_the_contract_s():
    assert STEADY.grace == 20.0
    assert WaitPolicy(failed_grace=3).grace == 3


def test_duplicated_metrics_are_read_run_by_run():
    lives = [Life([(0, "COMPLETED", 1, 0)], metrics=METRICS * 2) for _ in range(20)]
    assert all(outcome.ok for outcome in World(lives).wait())


def test_errors_are_the_package_s_own():
    assert issubclass(WaitTimeout, PandaProbeError)
