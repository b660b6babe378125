"""What each method of the client does, for both clients: checked arguments in, a flow out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pandaprobe_evals_api.api.session_metrics import list_session_metrics
from pandaprobe_evals_api.api.session_runs import (
    delete_session_eval_run,
    get_session_eval_run,
    list_session_eval_run_scores,
    list_session_eval_runs,
)
from pandaprobe_evals_api.api.session_scores import list_session_scores
from pandaprobe_evals_api.models import EvalRun, SessionMetric, SessionScore

from . import checks
from .clock import MACHINE, Clock
from .creation import (
    CallLog,
    CreatedRun,
    Intent,
    Registry,
    ServiceClock,
    create_flow,
    registry_for,
    resolve_flow,
)
from .errors import InvalidArgument, OutcomeUnknown
from .flow import Call, Flow, Sleep
from .outcomes import Progress, WaitPolicy
from .waiting import Watch, wait_flow

T = TypeVar("T")
RunId = str | UUID | EvalRun
"""A run, by its id or as it came."""


@dataclass(frozen=True, slots=True)
class Emit:
    """A page, for whoever iterates."""

    page: Any


def _one(operation: Any, **arguments: Any) -> Flow[Any]:
    """One call, and its answer."""
    return (yield Call(operation, {name: value for name, value in arguments.items() if value is not None}))


def _pages(operation: Any, page_size: int | None, **arguments: Any) -> Generator[Call | Sleep | Emit, Any, None]:
    """All pages, newest first, each item once, although runs come and go meanwhile.

    What is added between two pages moves items down: they are seen twice, and given once. What is deleted moves items up,
    past the next page's beginning: the page is read again from further up.
    """
    seen: set[UUID] = set()
    offset, total = 0, 0
    while True:
        page = yield from _one(operation, limit=page_size, offset=offset or None, **arguments)
        if offset and page.total < total:
            offset, total = max(0, offset - (total - page.total)), page.total
            continue
        total = page.total
        offset += len(page.items)
        last = not page.items or offset >= page.total
        fresh = {item.id: item for item in page.items if item.id not in seen}
        page.items = list(fresh.values())
        seen.update(fresh)
        if page.items:
            yield Emit(page)
        if last:
            return


class Calls:
    """What each method does: checked arguments in, a flow out. Keeps what the calls of a client share."""

    def __init__(self, scope: tuple[str, ...], *, marker: bool, clock: Clock = MACHINE) -> None:
        self.registry: Registry = registry_for(*scope)
        self.clock = ServiceClock(clock)
        self.watch = Watch(wall=clock.time)
        self.marker = marker

    def _intent(self, marker: bool | None, **given: Any) -> Intent:
        intent = Intent(**given)
        if not (self.marker if marker is None else marker):
            return intent
        marked = intent.with_marker()
        checks.optional(marked.name, "name")
        return marked

    def create_batch(
        self,
        session_ids: Iterable[str],
        metrics: Iterable[str],
        name: str | None,
        model: str | None,
        signal_weights: Mapping[str, float] | None,
        marker: bool | None,
    ) -> Callable[[CallLog], Flow[CreatedRun]]:
        """Exactly one run over these sessions."""
        intent = self._intent(
            marker,
            kind="batch",
            session_ids=checks.session_ids(session_ids),
            metrics=checks.metrics(metrics),
            name=checks.optional(name, "name"),
            model=checks.optional(model, "model"),
            signal_weights=checks.signal_weights(signal_weights),
        )
        return self._create(intent)

    def create(
        self,
        metrics: Iterable[str],
        filters: Mapping[str, Any],
        sampling_rate: float | None,
        name: str | None,
        model: str | None,
        signal_weights: Mapping[str, float] | None,
        marker: bool | None,
    ) -> Callable[[CallLog], Flow[CreatedRun]]:
        """Exactly one run over the sessions that match."""
        intent = self._intent(
            marker,
            kind="filters",
            metrics=checks.metrics(metrics),
            filters=checks.filters(**filters),
            sampling_rate=checks.sampling_rate(sampling_rate),
            name=checks.optional(name, "name"),
            model=checks.optional(model, "model"),
            signal_weights=checks.signal_weights(signal_weights),
        )
        return self._create(intent)

    def retry(self, run: RunId) -> Callable[[CallLog], Flow[CreatedRun]]:
        """Exactly one run over what failed in another."""
        return self._create(Intent(kind="retry", retry_of=str(checks.run_id(run))))

    def _create(self, intent: Intent) -> Callable[[CallLog], Flow[CreatedRun]]:
        return lambda call: create_flow(intent, registry=self.registry, clock=self.clock, call=call)

    def resolve(self, outcome: OutcomeUnknown) -> Callable[[CallLog], Flow[CreatedRun | None]]:
        """What became of a create whose outcome was unknown."""
        if not isinstance(outcome, OutcomeUnknown) or "kind" not in outcome.create:
            raise InvalidArgument("outcome: needs an OutcomeUnknown that a create of session_runs raised")
        create = outcome.create
        return lambda call: resolve_flow(create, registry=self.registry, clock=self.clock, call=call)

    def list_runs(self, status: str | None, page_size: int | None) -> Generator[Call | Sleep | Emit, Any, None]:
        """Pages of runs, newest first."""
        checks.known(status, "status", "EvalRunStatus")
        return _pages(list_session_eval_runs, _page_size(page_size), status=status)

    def list_scores(self, page_size: int | None, **given: Any) -> Generator[Call | Sleep | Emit, Any, None]:
        """Pages of scores, newest first."""
        for name in ("session_id", "name"):
            if given[name] is not None:
                checks.text(given[name], name)
        checks.known(given["source"], "source", "ScoreSource")
        checks.known(given["status"], "status", "ScoreStatus")
        if given["eval_run_id"] is not None:
            given["eval_run_id"] = checks.run_id(given["eval_run_id"], "eval_run_id")
        for name in ("date_from", "date_to"):
            if (moment := checks.moment(given[name], name)) is not None:
                given[name] = datetime.fromisoformat(moment)
        return _pages(list_session_scores, _page_size(page_size), **given)

    def get(self, run: RunId) -> Flow[EvalRun]:
        """One run."""
        return _one(get_session_eval_run, run_id=checks.run_id(run))

    def delete(self, run: RunId, delete_scores: bool) -> Flow[None]:
        """Delete a run; a 404 after a resent delete is success."""
        if not isinstance(delete_scores, bool):
            raise InvalidArgument(f"delete_scores: needs True or False, not {delete_scores!r}")
        return _one(delete_session_eval_run, run_id=checks.run_id(run), delete_scores=delete_scores or None)

    def scores(self, run: RunId) -> Flow[list[SessionScore]]:
        """All scores of a run."""
        return _one(list_session_eval_run_scores, run_id=checks.run_id(run))

    def metrics(self) -> Flow[list[SessionMetric]]:
        """The metrics that the service has."""
        return _one(list_session_metrics)

    def wait(
        self,
        runs: RunId | Iterable[RunId],
        timeout: float | None,
        stall_after: float | None,
        on_progress: Callable[[Progress], object] | None,
        scores: bool,
        policy: WaitPolicy | None,
    ) -> Flow[Any]:
        """One `Outcome`, or a list of them for many runs."""
        single = isinstance(runs, str | UUID | EvalRun)
        if not single and not isinstance(runs, Iterable):
            raise InvalidArgument(f"runs: needs a run, its id, or a list of them, not {type(runs).__name__}")
        given = [run if isinstance(run, EvalRun) else checks.run_id(run) for run in ([runs] if single else runs)]  # type: ignore[union-attr]
        if not given:
            raise InvalidArgument("runs: is empty; give at least one run")
        flow = wait_flow(
            self.watch,
            given,
            timeout=timeout,
            stall_after=stall_after,
            policy=policy or WaitPolicy(),
            on_progress=on_progress,
            scores=scores,
            clock=self.clock.now,
        )
        return _first(flow) if single else flow


def _first(flow: Flow[Sequence[T]]) -> Flow[T]:
    return (yield from flow)[0]


def _page_size(value: int | None) -> int | None:
    return None if value is None else checks.whole(value, "page_size", 1, 200)


def estimate(*, session_ids: Iterable[str], metrics: Iterable[str]) -> int:
    """Units that a create would be billed: unique sessions x unique metrics. Nothing is sent.

    Raises:
        InvalidArgument: The arguments could not be sent.
    """
    return len(checks.session_ids(session_ids)) * len(checks.metrics(metrics))
