"""The client: `PandaProbe` and `AsyncPandaProbe`, and the resources on them.

Every method has a flow of calls.py driven, here blocking, there by asyncio.
"""

from __future__ import annotations

import logging
import math
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from hashlib import blake2b
from types import TracebackType
from typing import Any, Generic, Self, TypedDict, TypeVar, Unpack, overload

import httpx
from pandaprobe_evals_api import Client
from pandaprobe_evals_api.models import EvalRun, EvalRunPage, SessionMetric, SessionScore, SessionScorePage
from pandaprobe_evals_api.types import Response

from . import __version__, checks, contract
from .address import parse_address
from .auth import Credentials
from .calls import Calls, Emit, RunId
from .clock import MACHINE, Clock
from .connections import AsyncClientTransport, AsyncDefaultTransport, ClientTransport, DefaultTransport
from .creation import CreatedRun
from .errors import Attempt, InvalidArgument, OutcomeUnknown, status_error
from .flow import Call, Flow, Sleep
from .http_clients import AsyncHttpClient, HttpClient
from .outcomes import Outcome, Progress, WaitPolicy
from .pacing import Budget, Engine, budget_for
from .policy import BackoffPolicy
from .settings import from_env
from .transport import AsyncPolicyTransport, CallState, Exchange, PolicyTransport, current_call

log = logging.getLogger("pandaprobe_evals")

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""For each attempt, where the caller gives none; seconds."""
DEADLINE = 900.0
"""For each call with all its waits, where the caller gives none; seconds."""

T = TypeVar("T")
Item = TypeVar("Item")
Page = TypeVar("Page")

Scores = list[SessionScore]
Outcomes = list[Outcome]

_recorder: ContextVar[list[Attempt] | None] = ContextVar("pandaprobe_evals_recorder", default=None)


class CallOptions(TypedDict, total=False):
    """What may be said of any one call."""

    deadline: float
    """Seconds for everything: pacing, attempts, waits, looking for a lost create; a list's deadline is for each page."""
    timeout: float | httpx.Timeout
    """Seconds for each attempt."""
    backoff: BackoffPolicy
    """The constants of resending."""


class _Base:
    """What both clients share: everything but how a flow is driven."""

    def __init__(
        self,
        auth: Credentials,
        *,
        base_url: str | None,
        timeout: float | httpx.Timeout,
        deadline: float | None,
        backoff: BackoffPolicy | None,
        pacing: str | Engine,
        rate_limit: tuple[int, float] | None,
        share: float,
        marker: bool,
        allow_http: bool,
        clock: Clock | None,
    ) -> None:
        if not isinstance(auth, Credentials):
            raise InvalidArgument(f"auth: needs ApiKey(...) or BearerToken(...), not {type(auth).__name__}")
        url = parse_address(base_url or contract.production_url(), allow_http=allow_http)
        auth.allow_http = auth.allow_http or allow_http
        self.base_url = str(url)
        """The service's address, without a slash at its end."""
        self.drift: Counter[str] = Counter()
        """What the service sent that the contract does not know yet, such as `EvalRun.color`, and how often."""
        self._auth = auth
        self._timeout = checks.timeout(timeout)
        self._where = blake2b(f"{self.base_url}\0{auth.key()}".encode(), digest_size=16).hexdigest()
        self.clock: Clock = clock or MACHINE
        """The time that deadlines, pauses and pacing go by."""
        self._calls = Calls((self._where, auth.project_scope), marker=marker, clock=self.clock)
        # Made now, so that a wrong engine or share is said now; and they live as long as the client.
        self._budgets = {
            operation.id: self._budget(operation.id, rate_limit or operation.rate_limit, share, pacing)
            for operation in contract.operations().values()
            if operation.rate_limit
        }
        self._exchange = Exchange(
            base_path=url.raw_path.decode("ascii").rstrip("/"),
            budgets=self._budgets,
            backoff=backoff or BackoffPolicy(),
            deadline=None if deadline is None else checks.seconds(deadline, "deadline"),
            service=self._calls.clock,
            clock=self.clock,
        )
        self.api = Client(base_url=self.base_url)
        """The generated client, with this client's authentication, pacing and policy: hand it to the functions of
        `pandaprobe_evals_api.api`. A create by these may raise `OutcomeUnknown`, and is not looked up."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._auth!r}, base_url={self.base_url!r})"

    def _budget(self, operation: str, limit: tuple[int, float], share: float, pacing: str | Engine) -> Budget:
        requests, window = checks.rate_limit(limit)
        try:
            own = None if self.clock is MACHINE else self.clock
            return budget_for(self._where, operation, requests, window, share=share, engine=pacing, clock=own)
        except ValueError as error:
            wrong = str(error)
        raise InvalidArgument(f"pacing: {wrong}")

    def _options(self) -> dict[str, Any]:
        """For the httpx client, blocking or not."""
        agent = f"pandaprobe-evals/{__version__} (contract {contract.version()})"
        return {
            "auth": self._auth,
            "base_url": self.base_url,
            "headers": {"User-Agent": agent, "Accept": "application/json"},
            "timeout": self._timeout,
            "follow_redirects": False,  # credentials would go along
            "trust_env": False,  # a .netrc must not replace the credentials; the transport below still sees proxies
        }

    def _state(self, call: CallOptions) -> CallState:
        if not call:
            return self._exchange.call_state()
        if unknown := call.keys() - CallOptions.__annotations__.keys():
            raise TypeError(f"no such option for a call: {', '.join(sorted(unknown))}")
        return self._exchange.call_state(
            deadline=None if (deadline := call.get("deadline")) is None else checks.seconds(deadline, "deadline"),
            timeout=None if (timeout := call.get("timeout")) is None else checks.timeout(timeout),
            backoff=call.get("backoff"),
        )

    def _states(self, call: CallOptions, wait: tuple[float | None] | None) -> Callable[[], CallState]:
        """The state of each request of a call: one for all; for waits, one each, whose deadline the wait's end may cut."""
        state = self._state(call)
        if wait is None:
            return lambda: state
        until = math.inf if wait[0] is None else self.clock.monotonic() + wait[0]

        def fresh() -> CallState:
            state = self._state({})
            state.deadline = min(state.deadline, max(until, self.clock.monotonic() + 0.5))
            return state

        return fresh

    def _take(self, call: Call, state: CallState, response: Response[Any]) -> Any:
        """The parsed success of an answer.

        Raises:
            APIStatusError: It is an error.
        """
        operation = contract.operations()[call.operation.__name__.rpartition(".")[2]]
        status = int(response.status_code)
        if status != operation.success:
            body = contract.parse_json(response.content) if "json" in response.headers.get("content-type", "") else None
            raise status_error(
                status,
                body,
                response.content.decode(errors="replace"),
                operation=operation.id,
                method=operation.method,
                path=operation.path,
                request_id=response.headers.get("x-request-id"),
                **state.ledger(),
            )
        for unknown in contract.drift(response.parsed):
            self.drift[unknown] += 1
        return response.parsed

    @contextmanager
    def recording(self) -> Generator[list[Attempt]]:
        """Collect every request that is made within the block, by this thread or task, whatever comes of it."""
        attempts: list[Attempt] = []
        outer = _recorder.set(attempts)
        try:
            yield attempts
        finally:
            _recorder.reset(outer)


def _record(state: CallState, known: int) -> None:
    """Let whoever records see the attempts that are new."""
    if (attempts := _recorder.get()) is not None:
        attempts.extend(state.attempts[known:])


def _said(step: Sleep) -> float:
    if step.seconds >= 0.1:  # shorter ones are threads and tasks that take turns
        log.info("waits %.2f s: %s", step.seconds, step.reason)
    return step.seconds


def _from_env(environ: Mapping[str, str] | None, options: Mapping[str, Any]) -> dict[str, Any]:
    found = from_env(os.environ if environ is None else environ)
    given: dict[str, Any] = {"auth": found.auth, "base_url": found.base_url}
    if found.timeout is not None:
        given["timeout"] = found.timeout
    return {**given, **options}


# ------------------------------------------------------------------------------------------------------- blocking


class Paged(Generic[Item, Page]):
    """The items of a list, newest first, read page by page as they are asked for. Each item comes once."""

    def __init__(self, pages: Callable[[], Iterator[Any]]) -> None:
        self._pages = pages

    def __iter__(self) -> Iterator[Item]:
        for page in self._pages():
            yield from page.items

    def pages(self) -> Iterator[Page]:
        """The pages themselves."""
        return self._pages()


class SessionRuns:
    """Evaluation runs over sessions.

    Every method but `wait` takes `CallOptions` for the one call, and raises a `PandaProbeError`. Arguments are checked
    before anything is sent (`InvalidArgument`). Source: openapi.yaml.
    """

    def __init__(self, client: PandaProbe) -> None:
        self._client = client

    def create_batch(
        self,
        *,
        session_ids: Iterable[str],
        metrics: Iterable[str],
        name: str | None = None,
        model: str | None = None,
        signal_weights: Mapping[str, float] | None = None,
        marker: bool | None = None,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Evaluate the sessions with these ids: exactly one run, even when the answer is lost.

        Args:
            session_ids: The sessions, at least one; duplicates are removed, order kept. Unknown ones get no score.
            metrics: The metrics, at least one; duplicates are removed, since each would be billed.
            name: A label, at most 255 characters; at most 248 if the run is ever to be retried.
            model: The model that judges; None for the service's default.
            signal_weights: Weights by signal, finite numbers; None for the service's defaults.
            marker: Put a short random mark at the end of the name, so that the run is told apart for certain from one that
                another process creates in the same moment from the same arguments; None for the client's setting.

        Returns:
            The run, `PENDING` as a rule; `reconciled` is True where its answer was lost and it was found again.

        Raises:
            OutcomeUnknown: It could not be found out in time whether there is a run; see `resolve`.
            QuotaExceeded: The plan is used up.
            RateLimited: The rate limit's window reopens after the deadline.
            InvalidRequest: The service refuses an argument, such as a metric that it does not have.
        """
        flow = self._client._calls.create_batch(session_ids, metrics, name, model, signal_weights, marker)
        return self._client._run(flow, call)

    def create(
        self,
        *,
        metrics: Iterable[str],
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        user_id: str | None = None,
        has_error: bool | None = None,
        tags: Iterable[str] | None = None,
        min_trace_count: int | None = None,
        sampling_rate: float | None = None,
        name: str | None = None,
        model: str | None = None,
        signal_weights: Mapping[str, float] | None = None,
        marker: bool | None = None,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Evaluate the sessions that match all given filters: exactly one run, even when the answer is lost.

        Args:
            metrics: The metrics, at least one; duplicates are removed, since each would be billed.
            date_from: Sessions with a trace that started at this time or later; with its offset from UTC.
            date_to: Sessions with a trace that started before this time; with its offset from UTC.
            user_id: Sessions of exactly this user.
            has_error: True for sessions with a trace that failed, False for those without.
            tags: Sessions with a trace that has any of these tags.
            min_trace_count: Sessions of at least this many traces.
            sampling_rate: The fraction of the matching sessions to evaluate, 0 to 1, picked at random; None for all.
            name: See `create_batch`, as for all that follow.
            model: The model that judges.
            signal_weights: Weights by signal.
            marker: Put a short random mark at the end of the name.

        Raises:
            InvalidRequest: No session matches, among other things.
        """
        filters = {
            "date_from": date_from,
            "date_to": date_to,
            "user_id": user_id,
            "has_error": has_error,
            "tags": tags,
            "min_trace_count": min_trace_count,
        }
        flow = self._client._calls.create(metrics, filters, sampling_rate, name, model, signal_weights, marker)
        return self._client._run(flow, call)

    def retry(
        self,
        run_id: RunId,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Evaluate again what failed in a run: exactly one NEW run, whose `filters.retry_of` names the old one.

        Raises:
            InvalidRequest: Nothing failed in the run.
            NotFound: There is no such run.
        """
        return self._client._run(self._client._calls.retry(run_id), call)

    def resolve(
        self,
        outcome: OutcomeUnknown,
        **call: Unpack[CallOptions],
    ) -> CreatedRun | None:
        """Find out about a create whose outcome was unknown, in this process or another.

        Returns:
            The run that it made; None where it made none and will make none, so that creating it again is safe.

        Raises:
            OutcomeUnknown: The deadline came before the answer.
        """
        return self._client._run(self._client._calls.resolve(outcome), call)

    def list(
        self,
        *,
        status: str | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> Paged[EvalRun, EvalRunPage]:
        """The project's runs, newest first: iterate for runs, or over `.pages()` for pages.

        Args:
            status: Only runs in this state.
            page_size: Runs read at a time, 1 to 200. Each repeats all its session ids: fewer for large runs.
        """
        calls = self._client._calls
        calls.list_runs(status, page_size).close()  # complain now, not at the first item
        return Paged(lambda: self._client._iterate(calls.list_runs(status, page_size), call))

    def get(
        self,
        run_id: RunId,
        **call: Unpack[CallOptions],
    ) -> EvalRun:
        """One run as it stands.

        Raises:
            NotFound: There is no such run.
        """
        return self._client._run(self._client._calls.get(run_id), call)

    def delete(
        self,
        run_id: RunId,
        *,
        delete_scores: bool = False,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a run; its scores stay unless `delete_scores` is True. Nothing that was billed is given back.

        Raises:
            NotFound: There is no such run. Not raised where an attempt of this call may have deleted it.
        """
        self._client._run(self._client._calls.delete(run_id, delete_scores), call)

    def scores(
        self,
        run_id: RunId,
        **call: Unpack[CallOptions],
    ) -> Scores:
        """All scores that a run has produced so far, newest first; empty for a run that does not exist."""
        return self._client._run(self._client._calls.scores(run_id), call)

    @overload
    def wait(  # type: ignore[overload-overlap]  # a str is an Iterable[str] as well, and counts as one run
        self,
        runs: RunId,
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Outcome: ...
    @overload
    def wait(
        self,
        runs: Iterable[RunId],
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Outcomes: ...
    def wait(
        self,
        runs: RunId | Iterable[RunId],
        *,
        timeout: float | None = None,
        stall_after: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        scores: bool = True,
        policy: WaitPolicy | None = None,
    ) -> Outcome | Outcomes:
        """Wait until runs have ended, and say how each did; `COMPLETED` alone does not say that it went well.

        Args:
            runs: A run or its id, or many of them. All waits of a client share their requests.
            timeout: Seconds to wait; None for as long as it takes (a stalled run ends its wait by itself).
            stall_after: Seconds without any progress after which a run counts as stalled; None for the policy's.
            on_progress: Called with a `Progress` at most once for each look.
            scores: Read the scores of ended runs, to name sessions without a score and scores without evidence.
            policy: The constants of waiting.

        Returns:
            An `Outcome`, or a list of them in the order asked for.

        Raises:
            WaitTimeout: Time was over first; its `run_ids` can be waited for again.
        """
        flow: Flow[Outcome | Outcomes] = self._client._calls.wait(
            runs, timeout, stall_after, on_progress, scores, policy
        )
        return self._client._run(flow, {}, wait=(timeout,))

    @staticmethod
    def estimate(*, session_ids: Iterable[str], metrics: Iterable[str]) -> int:
        """Units that a create would be billed: unique sessions x unique metrics. Nothing is sent."""
        return len(checks.session_ids(session_ids)) * len(checks.metrics(metrics))


class SessionMetrics:
    """The metrics that sessions can be scored by."""

    def __init__(self, client: PandaProbe) -> None:
        self._client = client

    def list(
        self,
        **call: Unpack[CallOptions],
    ) -> list[SessionMetric]:
        """Every metric that the service has."""
        return self._client._run(self._client._calls.metrics(), call)


class SessionScores:
    """Scores of sessions, from every run and every other source."""

    def __init__(self, client: PandaProbe) -> None:
        self._client = client

    def list(
        self,
        *,
        session_id: str | None = None,
        name: str | None = None,
        source: str | None = None,
        status: str | None = None,
        eval_run_id: RunId | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> Paged[SessionScore, SessionScorePage]:
        """The project's scores, newest first: iterate for scores, or over `.pages()` for pages.

        Args:
            session_id: Only scores of this session.
            name: Only scores of this metric.
            source: Only scores from this source: AUTOMATED, ANNOTATION or PROGRAMMATIC.
            status: Only scores in this state: SUCCESS, FAILED or PENDING.
            eval_run_id: Only scores that this run produced.
            date_from: Only scores created at this time or later; with its offset from UTC.
            date_to: Only scores created until this time; with its offset from UTC.
            page_size: Scores read at a time, 1 to 200.
        """
        given = {
            "session_id": session_id,
            "name": name,
            "source": source,
            "status": status,
            "eval_run_id": eval_run_id,
            "date_from": date_from,
            "date_to": date_to,
        }
        calls = self._client._calls
        calls.list_scores(page_size, **given).close()
        return Paged(lambda: self._client._iterate(calls.list_scores(page_size, **given), call))


class PandaProbe(_Base):
    """A client of one project. Safe to share between threads; close it, or use it in a `with` block.

    Args:
        auth: `ApiKey(key, project=...)` or `BearerToken(token_or_provider, project_id=...)`.
        base_url: The service's address; None for production, https://api.pandaprobe.com.
        timeout: Seconds for each attempt, or an `httpx.Timeout` whose every phase is finite.
        deadline: Seconds for each call with all its waits, for the rate limit's too; None for no deadline.
        transport: An httpx transport of your own, below pacing and policy.
        http_client: Or an `httpx.Client` of your own, whose proxies and hooks are kept. It is not closed.
        backoff: The constants of resending and of looking for lost creates.
        pacing: Where the rate limit's budget is kept: "memory" (this process), "sqlite" (the processes of this machine),
            "redis" or an engine of `pandaprobe_evals.pacing` (many machines).
        rate_limit: Creates of each kind that the deployment takes, as (requests, seconds); None for what the contract says.
        share: The part of the rate limit to use, above 0 and at most 1: leaves room for others with the same credential.
        marker: Put a short random mark at the end of each created run's name; see `create_batch`.
        allow_http: Send credentials over plain http to another machine, too.
        clock: The time that deadlines, pauses and pacing go by; None for the machine's. One that a test holds, such as the
            sandbox's `HeldClock`, lets minutes pass in no time. It has a rate budget of its own, in memory.

    Raises:
        InvalidArgument: An argument that cannot work; nothing is sent.
    """

    def __init__(
        self,
        auth: Credentials,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout = TIMEOUT,
        deadline: float | None = DEADLINE,
        transport: httpx.BaseTransport | None = None,
        http_client: httpx.Client | None = None,
        backoff: BackoffPolicy | None = None,
        pacing: str | Engine = "memory",
        rate_limit: tuple[int, float] | None = None,
        share: float = 1.0,
        marker: bool = False,
        allow_http: bool = False,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(
            auth,
            base_url=base_url,
            timeout=timeout,
            deadline=deadline,
            backoff=backoff,
            pacing=pacing,
            rate_limit=rate_limit,
            share=share,
            marker=marker,
            allow_http=allow_http,
            clock=clock,
        )
        if transport and http_client:
            raise InvalidArgument("transport: give either transport= or http_client=, not both")
        inner = (
            ClientTransport(http_client, owned=False) if http_client else transport or DefaultTransport(self.base_url)
        )
        self._http = HttpClient(transport=PolicyTransport(inner, self._exchange), **self._options())
        self.api.set_httpx_client(self._http)
        self.session_runs = SessionRuns(self)
        self.session_metrics = SessionMetrics(self)
        self.session_scores = SessionScores(self)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **options: Any) -> Self:
        """A client by the vendor's environment variables.

        PANDAPROBE_API_KEY with PANDAPROBE_PROJECT_NAME, or PANDAPROBE_TOKEN with PANDAPROBE_PROJECT_ID; optionally
        PANDAPROBE_ENDPOINT and PANDAPROBE_TIMEOUT (seconds). `options` are the class's own and win.

        Raises:
            InvalidArgument: Both modes are set, or half a mode, or a value is malformed; names the variable.
        """
        return cls(**_from_env(environ, options))

    def _run(
        self,
        flow: Flow[T] | Callable[[CallState], Flow[T]],
        call: CallOptions,
        *,
        wait: tuple[float | None] | None = None,
    ) -> T:
        state = self._states(call, wait)
        steps = flow(state()) if callable(flow) else flow
        try:
            step = next(steps)
            while True:
                try:
                    result = self._do(step, state())
                except Exception as error:  # noqa: BLE001  (the flow decides; what it does not know, it lets pass)
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        finally:
            steps.close()

    def _do(self, step: Call | Sleep, state: CallState) -> Any:
        if isinstance(step, Sleep):
            return self.clock.sleep(_said(step))
        known = len(state.attempts)
        outer = current_call.set(state)
        try:
            response = step.operation.sync_detailed(client=self.api, **step.arguments)
        finally:
            current_call.reset(outer)
            _record(state, known)
        return self._take(step, state, response)

    def _iterate(self, steps: Any, call: CallOptions) -> Iterator[Any]:
        result: Any = None
        try:
            while True:
                step = steps.send(result)
                if isinstance(step, Emit):
                    yield step.page
                    result = None
                else:
                    result = self._do(step, self._state(call))
        except StopIteration:
            return

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


# -------------------------------------------------------------------------------------------------------- asyncio


class AsyncPaged(Generic[Item, Page]):
    """As `Paged`, for `async for`."""

    def __init__(self, pages: Callable[[], AsyncIterator[Any]]) -> None:
        self._pages = pages

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self._pages():
            for item in page.items:
                yield item

    def pages(self) -> AsyncIterator[Page]:
        """The pages themselves."""
        return self._pages()


class AsyncSessionRuns:
    """As `SessionRuns`, for asyncio."""

    def __init__(self, client: AsyncPandaProbe) -> None:
        self._client = client

    async def create_batch(
        self,
        *,
        session_ids: Iterable[str],
        metrics: Iterable[str],
        name: str | None = None,
        model: str | None = None,
        signal_weights: Mapping[str, float] | None = None,
        marker: bool | None = None,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """As `SessionRuns.create_batch`."""
        flow = self._client._calls.create_batch(session_ids, metrics, name, model, signal_weights, marker)
        return await self._client._run(flow, call)

    async def create(
        self,
        *,
        metrics: Iterable[str],
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        user_id: str | None = None,
        has_error: bool | None = None,
        tags: Iterable[str] | None = None,
        min_trace_count: int | None = None,
        sampling_rate: float | None = None,
        name: str | None = None,
        model: str | None = None,
        signal_weights: Mapping[str, float] | None = None,
        marker: bool | None = None,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """As `SessionRuns.create`."""
        filters = {
            "date_from": date_from,
            "date_to": date_to,
            "user_id": user_id,
            "has_error": has_error,
            "tags": tags,
            "min_trace_count": min_trace_count,
        }
        flow = self._client._calls.create(metrics, filters, sampling_rate, name, model, signal_weights, marker)
        return await self._client._run(flow, call)

    async def retry(
        self,
        run_id: RunId,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """As `SessionRuns.retry`."""
        return await self._client._run(self._client._calls.retry(run_id), call)

    async def resolve(
        self,
        outcome: OutcomeUnknown,
        **call: Unpack[CallOptions],
    ) -> CreatedRun | None:
        """As `SessionRuns.resolve`."""
        return await self._client._run(self._client._calls.resolve(outcome), call)

    def list(
        self,
        *,
        status: str | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> AsyncPaged[EvalRun, EvalRunPage]:
        """As `SessionRuns.list`."""
        calls = self._client._calls
        calls.list_runs(status, page_size).close()  # complain now, not at the first item
        return AsyncPaged(lambda: self._client._iterate(calls.list_runs(status, page_size), call))

    async def get(
        self,
        run_id: RunId,
        **call: Unpack[CallOptions],
    ) -> EvalRun:
        """As `SessionRuns.get`."""
        return await self._client._run(self._client._calls.get(run_id), call)

    async def delete(
        self,
        run_id: RunId,
        *,
        delete_scores: bool = False,
        **call: Unpack[CallOptions],
    ) -> None:
        """As `SessionRuns.delete`."""
        await self._client._run(self._client._calls.delete(run_id, delete_scores), call)

    async def scores(
        self,
        run_id: RunId,
        **call: Unpack[CallOptions],
    ) -> Scores:
        """As `SessionRuns.scores`."""
        return await self._client._run(self._client._calls.scores(run_id), call)

    @overload
    async def wait(  # type: ignore[overload-overlap]  # a str is an Iterable[str] as well, and counts as one run
        self,
        runs: RunId,
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Outcome: ...
    @overload
    async def wait(
        self,
        runs: Iterable[RunId],
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Outcomes: ...
    async def wait(
        self,
        runs: RunId | Iterable[RunId],
        *,
        timeout: float | None = None,
        stall_after: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        scores: bool = True,
        policy: WaitPolicy | None = None,
    ) -> Outcome | Outcomes:
        """As `SessionRuns.wait`."""
        flow: Flow[Outcome | Outcomes] = self._client._calls.wait(
            runs, timeout, stall_after, on_progress, scores, policy
        )
        return await self._client._run(flow, {}, wait=(timeout,))

    @staticmethod
    def estimate(*, session_ids: Iterable[str], metrics: Iterable[str]) -> int:
        """Units that a create would be billed: unique sessions x unique metrics. Nothing is sent."""
        return len(checks.session_ids(session_ids)) * len(checks.metrics(metrics))


class AsyncSessionMetrics:
    """As `SessionMetrics`, for asyncio."""

    def __init__(self, client: AsyncPandaProbe) -> None:
        self._client = client

    async def list(
        self,
        **call: Unpack[CallOptions],
    ) -> list[SessionMetric]:
        """As `SessionMetrics.list`."""
        return await self._client._run(self._client._calls.metrics(), call)


class AsyncSessionScores:
    """As `SessionScores`, for asyncio."""

    def __init__(self, client: AsyncPandaProbe) -> None:
        self._client = client

    def list(
        self,
        *,
        session_id: str | None = None,
        name: str | None = None,
        source: str | None = None,
        status: str | None = None,
        eval_run_id: RunId | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> AsyncPaged[SessionScore, SessionScorePage]:
        """As `SessionScores.list`."""
        given = {
            "session_id": session_id,
            "name": name,
            "source": source,
            "status": status,
            "eval_run_id": eval_run_id,
            "date_from": date_from,
            "date_to": date_to,
        }
        calls = self._client._calls
        calls.list_scores(page_size, **given).close()
        return AsyncPaged(lambda: self._client._iterate(calls.list_scores(page_size, **given), call))


class AsyncPandaProbe(_Base):
    """As `PandaProbe`, for asyncio: use it in an `async with` block, or `await aclose()`."""

    def __init__(
        self,
        auth: Credentials,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout = TIMEOUT,
        deadline: float | None = DEADLINE,
        transport: httpx.AsyncBaseTransport | None = None,
        http_client: httpx.AsyncClient | None = None,
        backoff: BackoffPolicy | None = None,
        pacing: str | Engine = "memory",
        rate_limit: tuple[int, float] | None = None,
        share: float = 1.0,
        marker: bool = False,
        allow_http: bool = False,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(
            auth,
            base_url=base_url,
            timeout=timeout,
            deadline=deadline,
            backoff=backoff,
            pacing=pacing,
            rate_limit=rate_limit,
            share=share,
            marker=marker,
            allow_http=allow_http,
            clock=clock,
        )
        if transport and http_client:
            raise InvalidArgument("transport: give either transport= or http_client=, not both")
        inner = (
            AsyncClientTransport(http_client, owned=False)
            if http_client
            else transport or AsyncDefaultTransport(self.base_url)
        )
        self._http = AsyncHttpClient(transport=AsyncPolicyTransport(inner, self._exchange), **self._options())
        self.api.set_async_httpx_client(self._http)
        self.session_runs = AsyncSessionRuns(self)
        self.session_metrics = AsyncSessionMetrics(self)
        self.session_scores = AsyncSessionScores(self)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **options: Any) -> Self:
        """As `PandaProbe.from_env`."""
        return cls(**_from_env(environ, options))

    async def _run(
        self,
        flow: Flow[T] | Callable[[CallState], Flow[T]],
        call: CallOptions,
        *,
        wait: tuple[float | None] | None = None,
    ) -> T:
        state = self._states(call, wait)
        steps = flow(state()) if callable(flow) else flow
        try:
            step = next(steps)
            while True:
                try:
                    result = await self._do(step, state())
                except Exception as error:  # noqa: BLE001  (the flow decides; what it does not know, it lets pass)
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]
        finally:
            steps.close()

    async def _do(self, step: Call | Sleep, state: CallState) -> Any:
        if isinstance(step, Sleep):
            return await self.clock.asleep(_said(step))
        known = len(state.attempts)
        outer = current_call.set(state)
        try:
            response = await step.operation.asyncio_detailed(client=self.api, **step.arguments)
        finally:
            current_call.reset(outer)
            _record(state, known)
        return self._take(step, state, response)

    async def _iterate(self, steps: Any, call: CallOptions) -> AsyncIterator[Any]:
        result: Any = None
        try:
            while True:
                step = steps.send(result)
                if isinstance(step, Emit):
                    yield step.page
                    result = None
                else:
                    result = await self._do(step, self._state(call))
        except StopIteration:
            return

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
