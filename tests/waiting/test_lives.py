"""Whatever runs go through, every run gets exactly one outcome, and the budget of a tick holds."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from pandaprobe_evals.errors import ConnectionFailed, ServerError
from pandaprobe_evals.waiting import WaitPolicy

from .world import Life, World

ENDS = {
    "COMPLETED": {"succeeded", "completed_with_failures", "nothing_measured"},  # the last where no session has a score
    "FAILED": {"failed"},
    "RUNNING": {"stalled"},
    "PENDING": {"stalled"},
    "PAUSED": {"unknown_status"},
    "deleted": {"deleted"},
}
POLICY = WaitPolicy(stall_after=300.0, unknown_status_after=60.0)


@st.composite
def lives(draw) -> tuple[Life, str]:
    """A run, and how it ends."""
    sessions = draw(st.integers(1, 30))
    began = -draw(st.floats(0, 100))
    stages = [(began, "PENDING", 0, 0)]
    now = 0.0
    for _ in range(draw(st.integers(0, 2))):  # attempts that break, and come back
        now += draw(st.floats(0.01, 60))
        stages += [(now, "RUNNING", 0, 0)]
        now += draw(st.floats(0.01, 60))
        stages += [(now, "FAILED", draw(st.integers(0, sessions)), 0)]
        now += draw(st.floats(0.01, 4))
    if len(stages) > 1 or draw(st.booleans()):
        for done in sorted(draw(st.lists(st.integers(0, sessions), max_size=4))):
            stages.append((now, "RUNNING", done, draw(st.integers(0, 3)) if done else 0))
            now += draw(st.floats(0.01, 60))
    end = draw(st.sampled_from(sorted(ENDS)))
    deleted = None
    if end == "deleted":
        deleted = now + 0.01
    else:
        count = sessions if end == "COMPLETED" else draw(st.integers(0, sessions))
        stages.append((now + 0.01, end, count, draw(st.integers(0, 2))))
    ids = [f"s{n}" for n in range(sessions)]
    ghosts = tuple(ids[: draw(st.integers(0, 2))])
    return Life(stages, ids, created=began, deleted=deleted, by_filters=draw(st.booleans()), ghosts=ghosts), end


@settings(max_examples=150, deadline=None)
@given(
    st.lists(lives(), min_size=1, max_size=25),
    st.data(),
    st.floats(0.001, 0.4),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_every_run_gets_exactly_one_outcome(born, data, latency, luck):
    world = World([life for life, _ in born], latency=latency, uniform=lambda: luck)
    ends = {id_: end for id_, (_, end) in zip(world.ids, born, strict=True)}
    outage = data.draw(st.tuples(st.floats(0, 100), st.floats(0, 60)))
    error = data.draw(st.sampled_from([ConnectionFailed("gone"), ServerError("503")]))
    world.fault = lambda call, now: error if outage[0] <= now < outage[0] + outage[1] else None
    groups = data.draw(st.lists(st.lists(st.sampled_from(world.ids), max_size=25), max_size=5))
    groups.append(world.ids)
    waiters = [
        world.spawn(world.flow(ids, policy=POLICY, scores=data.draw(st.booleans())), at=data.draw(st.floats(0, 30)))
        for ids in groups
    ]
    for waiter in waiters[: data.draw(st.integers(0, len(waiters) - 1))]:
        world.at(data.draw(st.floats(0, 60)), waiter.kill)
    world.run(most=400_000)
    for ids, waiter in zip(groups, waiters, strict=True):
        if waiter.value is None and waiter.error is None:
            continue  # killed
        outcomes = waiter.result()
        assert [outcome.run_id for outcome in outcomes] == ids
        for outcome in outcomes:
            verdict, end = outcome.result, ends[outcome.run_id]
            broke = any(stage[1] == "FAILED" for stage in world.lives[UUID(outcome.run_id)].stages)
            # where an outage hides comebacks, an attempt that broke can look like the one that broke for good
            assert verdict in ENDS[end] or (verdict == "failed" and broke)
    assert world.busiest() <= POLICY.requests_per_tick
    world.now += 3600  # what waits that were killed knew is kept for a while
    world.wait([])
    assert (world.watch._records, world.watch._waits, len(world.watch._unread)) == ({}, set(), 0)
