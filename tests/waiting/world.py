"""A service whose every answer is a function of time, and a scheduler of flows in virtual time."""

import heapq
import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from pandaprobe_evals.errors import NotFound
from pandaprobe_evals.flow import AtOnce, Call, Flow, Sleep
from pandaprobe_evals.runs import run_kinds
from pandaprobe_evals.waiting import Outcome, Poller, WaitPolicy, wait_flow
from pandaprobe_evals_api.models import (
    EvalRun,
    EvalRunFilters,
    EvalRunPage,
    SessionScore,
    SessionScoreMetadata,
    SessionScorePage,
)

EPOCH = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
SPACE = UUID("6f2d3a52-0b0e-4b33-9a6c-3a2f9a1d7c10")
METRICS = ["agent_reliability"]
STEADY = WaitPolicy(jitter=0.0)

EVIDENCE = {
    "per_trace_signals": {
        str(SPACE): {"confidence_risk": 0.0, "tool_risk": 0.0, "coherence_risk": 0.0, "loop_risk": 0.0}
    },
    "traces_evaluated": 1,
    "total_traces_in_session": 1,
}


def moment(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


@dataclass
class Life:
    """What a run will go through: (from when, status, evaluated, failed), ascending; it does not exist before the first."""

    stages: list[tuple[float, str, int, int]]
    session_ids: list[str] = field(default_factory=lambda: ["s"])
    created: float = 0.0
    deleted: float | None = None
    by_filters: bool = False
    total_name: str = "total_targets"
    metrics: list[str] = field(default_factory=lambda: list(METRICS))
    reason: str = "No elevated risk."
    ghosts: tuple[str, ...] = ()
    id: UUID = SPACE
    ended: dict[str, bool] = field(default_factory=lambda: {"COMPLETED": True, "FAILED": True})

    def at(self, now: float) -> EvalRun | None:
        if now < self.stages[0][0] or (self.deleted is not None and now >= self.deleted):
            return None
        began, status, evaluated, failed = self.stages[bisect_right(self.stages, now, key=lambda stage: stage[0]) - 1]
        total = {self.total_name: len(self.session_ids)}
        filters = EvalRunFilters() if self.by_filters else EvalRunFilters(session_ids=self.session_ids)
        return EvalRun(
            id=self.id,
            name=None,
            status=status,
            metric_names=self.metrics,
            evaluated_count=evaluated,
            failed_count=failed,
            created_at=moment(self.created),
            completed_at=moment(began) if self.ended.get(status) else None,
            project_id=SPACE,
            target_type="SESSION",
            filters=filters,
            sampling_rate=1.0,
            model="m",
            monitor_id=None,
            error_message="broke" if status == "FAILED" else None,
            **total,
        )

    def scores(self, now: float) -> list[SessionScore]:
        run = self.at(now)
        if run is None:
            return []
        when = moment(self.stages[-1][0])
        scored = [id_ for id_ in self.session_ids[: run.evaluated_count] if id_ not in self.ghosts]
        return [score(self.id, id_, name, self.reason, when) for id_ in scored for name in dict.fromkeys(self.metrics)]


@cache  # every page is made of all scores
def score(run_id: UUID, session_id: str, name: str, reason: str, when: datetime) -> SessionScore:
    return SessionScore(
        id=uuid5(run_id, f"{session_id} {name}"),
        session_id=session_id,
        project_id=SPACE,
        name=name,
        data_type="NUMERIC",
        value="1.0",
        source="AUTOMATED",
        status="SUCCESS",
        eval_run_id=run_id,
        author_user_id=None,
        reason=reason,
        metadata=SessionScoreMetadata.from_dict(EVIDENCE),
        created_at=when,
        updated_at=when,
    )


def finishing(at: float, *, sessions: int = 1, began: float = 0.5, steps: int = 20, **options: Any) -> Life:
    """A run that works evenly and completes at a time."""
    ids = [f"session-{number}" for number in range(sessions)]
    steps = min(sessions, steps)
    stages = [(options.get("created", 0.0), "PENDING", 0, 0)]
    stages += [(began + (at - began) * step / steps, "RUNNING", sessions * step // steps, 0) for step in range(steps)]
    stages += [(at, "COMPLETED", sessions, 0)]
    return Life(stages, ids, **options)


@dataclass
class Sent:
    at: float
    operation: str
    arguments: dict[str, Any]
    runs: int
    flow: int
    polls: bool
    """Whether a run was still watched: what ended runs scored is read without a pause."""


class World:
    """The service, the clock and everybody who waits."""

    def __init__(
        self, lives: Iterable[Life] = (), *, latency: float = 0.05, uniform: Callable[[], float] | None = None
    ) -> None:
        self.now = 0.0
        self.lives: dict[UUID, Life] = {}
        self.latency = latency
        self.watch = Poller(
            run_kinds()["session_runs"], wall=lambda: EPOCH.timestamp() + self.now, uniform=uniform or (lambda: 0.0)
        )
        self.sent: list[Sent] = []
        self.sleeps: list[float] = []
        self.fault: Callable[[Call, float], BaseException | None] = lambda call, now: None
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._flows = itertools.count()
        for life in lives:
            self.add(life)

    def add(self, life: Life) -> str:
        life.id = uuid5(SPACE, str(len(self.lives)))
        self.lives[life.id] = life
        return str(life.id)

    @property
    def ids(self) -> list[str]:
        return [str(id_) for id_ in self.lives]

    def clock(self) -> float:
        return self.now

    def flow(self, ids: Iterable[Any] | None = None, **options: Any) -> Flow[list[Outcome]]:
        options.setdefault("policy", STEADY)
        return wait_flow(self.watch, self.ids if ids is None else ids, clock=self.clock, **options)

    def answer(self, call: Call, now: float) -> Any:
        if error := self.fault(call, now):
            raise error
        arguments = call.arguments
        match call.operation.__name__.rsplit(".", 1)[1]:
            case "get_session_eval_run":
                life = self.lives.get(arguments["run_id"])
                if run := life and life.at(now):
                    return run
                raise NotFound(f"404: Eval run {arguments['run_id']} not found.")
            case "list_session_eval_runs":
                runs = [run for life in self.lives.values() if (run := life.at(now))]
                runs.sort(key=lambda run: run.created_at, reverse=True)
                offset, limit = arguments["offset"], arguments["limit"]
                assert 1 <= limit <= 200
                return EvalRunPage(runs[offset : offset + limit], len(runs), limit, offset)
            case "list_session_eval_run_scores":
                life = self.lives.get(arguments["run_id"])
                return life.scores(now) if life else []
            case "list_session_scores":
                found = [score for life in self.lives.values() for score in life.scores(now)]
                found.sort(key=lambda score: score.created_at, reverse=True)
                offset, limit = arguments["offset"], arguments["limit"]
                return SessionScorePage(found[offset : offset + limit], len(found), limit, offset)
            case other:
                raise AssertionError(other)

    def at(self, when: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._number), action))

    def spawn(self, flow: Flow[Any], *, at: float = 0.0) -> "Waiter":
        waiter = Waiter(self, flow, next(self._flows))
        self.at(max(at, self.now), waiter.resume)
        return waiter

    def run(self, *, until: float = 1e7, most: int = 3_000_000) -> None:
        for _ in range(most):
            if not self._events or self._events[0][0] > until:
                self.now = max(self.now, until if until < 1e7 else 0.0)
                return
            when, _, action = heapq.heappop(self._events)
            self.now = max(self.now, when)
            action()
        raise AssertionError(f"no end after {most} steps, at {self.now} s")

    def wait(self, ids: Iterable[Any] | None = None, **options: Any) -> list[Outcome]:
        waiter = self.spawn(self.flow(ids, **options), at=self.now)
        self.run()
        return waiter.result()

    def requests(self, operation: str) -> list[Sent]:
        return [sent for sent in self.sent if sent.operation == operation]

    @property
    def looks(self) -> list[Sent]:
        return [sent for sent in self.sent if "scores" not in sent.operation]

    def busiest(self, window: float = 0.5) -> int:
        """The most requests within any window, while anything is watched."""
        times = [sent.at for sent in self.sent if sent.polls]
        return max((bisect_right(times, at + window - 1e-6) - place for place, at in enumerate(times)), default=0)


class Waiter:
    """One flow being driven."""

    def __init__(self, world: World, flow: Flow[Any], number: int) -> None:
        self.world, self.flow, self.number = world, flow, number
        self.value: Any = None
        self.error: BaseException | None = None
        self.ended: float | None = None
        self.in_call = False

    def resume(self, answer: Any = None, error: BaseException | None = None) -> None:
        if self.ended is not None:
            return
        self.in_call = False
        world = self.world
        try:
            step = self.flow.throw(error) if error else self.flow.send(answer)
        except StopIteration as stop:
            self.value, self.ended = stop.value, world.now
            return
        except BaseException as raised:  # noqa: BLE001  # an interrupt, too, is a way for a flow to end
            self.error, self.ended = raised, world.now
            return
        if isinstance(step, Sleep):
            assert step.seconds > 0
            world.sleeps.append(step.seconds)
            world.at(world.now + step.seconds, self.resume)
            return
        self.in_call = True
        found = [self._asked(call) for call in (step.calls if isinstance(step, AtOnce) else (step,))]
        if isinstance(step, AtOnce):
            world.at(world.now + world.latency, lambda: self.resume(found))
        elif isinstance(found[0], Exception):
            world.at(world.now + world.latency, lambda: self.resume(error=found[0]))
        else:
            world.at(world.now + world.latency, lambda: self.resume(found[0]))

    def _asked(self, call: Call) -> Any:
        """The answer of a call, or what a fault raises."""
        world, name = self.world, call.operation.__name__.rsplit(".", 1)[1]
        try:
            found = world.answer(call, world.now + world.latency / 2)
        except Exception as raised:  # noqa: BLE001  # it is what the flow gets
            found = raised
        runs = 0 if isinstance(found, Exception) else len(found.items) if isinstance(found, EvalRunPage) else 1
        world.sent.append(Sent(world.now, name, call.arguments, runs, self.number, bool(world.watch._open())))
        return found

    def kill(self) -> None:
        """End the flow as a cancelled task or a dying thread does."""
        self.flow.close()
        self.ended = self.world.now

    def result(self) -> Any:
        if self.error:
            raise self.error
        assert self.ended is not None, "it is still waiting"
        return self.value
