"""Typical user code, which mypy --strict and pyright must accept. Never run: `make types` checks it."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import assert_type

import httpx
from pandaprobe_evals import (
    ApiKey,
    APIStatusError,
    AsyncPandaProbe,
    Attempt,
    AuthenticationError,
    BackoffPolicy,
    BearerToken,
    CallOptions,
    ConnectionFailed,
    ContractViolation,
    CreatedRun,
    FieldProblem,
    InvalidArgument,
    InvalidRequest,
    ListOptions,
    MetricVerdict,
    NotFound,
    Outcome,
    Outcomes,
    OutcomeUnknown,
    PandaProbe,
    PandaProbeError,
    PermissionDenied,
    Progress,
    QuotaExceeded,
    RateLimited,
    Reason,
    ServerError,
    Verdict,
    WaitPolicy,
    WaitTimeout,
    judge,
    target_count,
)
from pandaprobe_evals.report import render
from pandaprobe_evals.testing import async_client_of, client_of
from pandaprobe_evals_api import Client
from pandaprobe_evals_api.api.session_runs import get_session_eval_run
from pandaprobe_evals_api.models import (
    EvalRun,
    EvalRunPage,
    EvalRunStatus,
    Monitor,
    SessionMetric,
    SessionScore,
    SessionScorePage,
    Trace,
    TraceAccepted,
    TraceScore,
    TraceSummary,
)
from pandaprobe_evals_api.resources.created import CreatedMonitor
from pandaprobe_evals_api.types import Unset
from pandaprobe_sandbox import HeldClock, Sandbox

# --- clients --------------------------------------------------------------------------------------------


def token() -> str:
    return "token"


async def token_later() -> str:
    return "token"


def clients() -> None:
    key = ApiKey("sk_pp_...", project="my agents")
    assert_type(PandaProbe(key), PandaProbe)
    assert_type(PandaProbe.from_env(), PandaProbe)
    assert_type(PandaProbe.from_config(), PandaProbe)
    assert_type(AsyncPandaProbe.from_env({"PANDAPROBE_API_KEY": "..."}, timeout=5), AsyncPandaProbe)
    for bearer in (
        BearerToken("token", project_id="5a5a5a5a-0000-4000-8000-5a5a5a5a5a5a"),
        BearerToken(token, project_id=uuid.uuid4()),
        BearerToken(token_later, project_id=uuid.uuid4()),
    ):
        AsyncPandaProbe(bearer)
    PandaProbe(
        key,
        base_url="https://panda.example.com/v1",
        timeout=httpx.Timeout(10.0),
        deadline=None,
        transport=httpx.HTTPTransport(retries=0),
        backoff=BackoffPolicy(max_attempts=3, base=0.1),
        pacing="sqlite",
        share=0.5,
        marker=True,
        allow_http=False,
    )
    PandaProbe(key, http_client=httpx.Client(proxy="http://proxy:3128"))
    AsyncPandaProbe(key, http_client=httpx.AsyncClient(), timeout=3)
    with PandaProbe(key) as panda:
        assert_type(panda, PandaProbe)
        assert_type(panda.base_url, str)
        assert_type(panda.drift, Counter[str])
        assert_type(panda.api, Client)


class Team(PandaProbe):
    """Somebody's own client."""


with Team.from_env() as team:
    assert_type(team, Team)


# --- blocking -------------------------------------------------------------------------------------------


def evaluate(panda: PandaProbe) -> float:
    run = panda.session_runs.create_batch(
        session_ids=["chat-1", "chat-2"],
        metrics=("agent_reliability", "agent_consistency"),
        name="nightly",
        signal_weights={"confidence": 1, "coherence": 0.5},
        deadline=60,
        timeout=5.0,
        backoff=BackoffPolicy(),
    )
    assert_type(run, CreatedRun)
    assert_type(run.id, uuid.UUID)
    assert_type(run.status, EvalRunStatus | str)
    assert_type(run.created_at, datetime)
    assert_type(run.completed_at, datetime | None)
    assert_type(run.filters.session_ids, list[str] | Unset)
    assert_type(run.reconciled, bool)
    assert_type(run.attempts, tuple[Attempt, ...])
    assert_type(target_count(run), int)

    outcome = panda.session_runs.wait(run)
    assert_type(outcome, Outcome[SessionScore])
    assert_type(outcome.ok, bool)
    assert_type(outcome.run, EvalRun | None)
    assert_type(outcome.scores, tuple[SessionScore, ...] | None)
    if not outcome.ok:
        print(outcome.result, outcome.failed_pairs, outcome.without_score)
    return sum(float(score.value) for score in outcome.scores or () if score.value is not None)


def create_by_filters(panda: PandaProbe) -> CreatedRun:
    return panda.session_runs.create(
        metrics=["agent_reliability"],
        date_from=datetime(2026, 1, 1, tzinfo=UTC),
        date_to="2026-02-01T00:00:00+00:00",
        user_id="u-1",
        has_error=False,
        tags={"prod", "eu"},
        min_trace_count=2,
        sampling_rate=0.1,
    )


def many(panda: PandaProbe, ids: Iterator[str]) -> None:
    print(panda.session_runs.estimate(session_ids=ids, metrics=["agent_reliability"]))
    runs = [panda.session_runs.create_batch(session_ids=[one], metrics=["agent_reliability"]) for one in "abc"]
    outcomes = panda.session_runs.wait(
        runs, timeout=600, stall_after=60, on_progress=show, scores=False, policy=WaitPolicy(max_interval=5)
    )
    assert_type(outcomes, Outcomes[SessionScore])
    assert_type(panda.session_runs.wait([run.id for run in runs]), Outcomes[SessionScore])
    assert_type(panda.session_runs.wait({str(run.id) for run in runs}), Outcomes[SessionScore])
    assert_type(panda.session_runs.wait(run for run in runs), Outcomes[SessionScore])
    assert_type(panda.session_runs.wait("5a5a5a5a-0000-4000-8000-5a5a5a5a5a5a"), Outcome[SessionScore])
    assert_type(panda.session_runs.wait(runs[0].id, on_progress=print), Outcome[SessionScore])


def show(progress: Progress) -> None:
    print(f"{progress.done}/{progress.total}", progress.targets_done, progress.failed_pairs)
    for run, done, total in progress.runs:
        print(run.id, done / total)


def read(panda: PandaProbe) -> None:
    for run in panda.session_runs.list(status="COMPLETED", page_size=100):
        assert_type(run, EvalRun)
        assert_type(panda.session_runs.scores(run), list[SessionScore])
        assert_type(panda.session_runs.get(run), EvalRun)
        assert_type(panda.session_runs.get(str(run.id), deadline=5), EvalRun)
        assert_type(panda.session_runs.retry(run), CreatedRun)
        panda.session_runs.delete(run.id, delete_scores=True)
    for page in panda.session_runs.list().pages():
        assert_type(page, EvalRunPage)
    for score in panda.session_scores.list(session_id="chat-1", eval_run_id=uuid.uuid4()):
        assert_type(score, SessionScore)
        assert_type(score.value, str | None)
    assert_type(next(panda.session_scores.list().pages()), SessionScorePage)
    assert_type(panda.session_metrics.list(), list[SessionMetric])
    newest = next(iter(panda.session_runs.list(page_size=1)), None)
    assert_type(newest, EvalRun | None)
    with panda.recording() as attempts:
        panda.session_metrics.list()
    assert_type(attempts, list[Attempt])
    print([f"{attempt.operation}: {attempt.status} in {attempt.seconds:.2f} s" for attempt in attempts])


def single_traces(panda: PandaProbe) -> None:
    accepted = panda.traces.create(
        name="turn", started_at=datetime.now(UTC), spans=[{"name": "say", "started_at": "2026-01-01T00:00Z"}]
    )
    assert_type(accepted, TraceAccepted)
    for summary in panda.traces.list(session_id="chat-1", tags={"prod"}, sort_by="latency"):
        assert_type(summary, TraceSummary)
        assert_type(panda.traces.get(summary), Trace)
    run = panda.trace_runs.create_batch(trace_ids=[accepted.trace_id, str(uuid.uuid4())], metrics=["coherence"])
    assert_type(run, CreatedRun)
    outcome = panda.trace_runs.wait(run)
    assert_type(outcome, Outcome[TraceScore])
    assert_type(outcome.scores, tuple[TraceScore, ...] | None)
    assert_type(panda.trace_runs.wait([run]), Outcomes[TraceScore])
    assert_type(panda.trace_runs.create(metrics=["coherence"], trace_status="ERROR"), CreatedRun)
    panda.traces.update(accepted.trace_id, output="Friday", clear=["user_id"])
    panda.traces.delete(accepted.trace_id)


def monitors(panda: PandaProbe) -> None:
    monitor = panda.monitors.create(
        name="nightly", target_type="SESSION", metrics=["agent_reliability"], cadence="daily", tags=["prod"]
    )
    assert_type(monitor, CreatedMonitor)
    assert_type(panda.monitors.update(monitor, sampling_rate=0.5), Monitor)
    assert_type(panda.monitors.pause(monitor.id), Monitor)
    assert_type(panda.session_runs.wait(panda.monitors.trigger(monitor)), Outcome[SessionScore])
    assert_type(next(iter(panda.monitors.runs(monitor)), None), EvalRun | None)
    for each in panda.monitors.list(status="ACTIVE"):
        assert_type(each.last_run_id, uuid.UUID | None)
        panda.monitors.delete(each)


def options(panda: PandaProbe) -> None:
    patient: CallOptions = {"deadline": 3600, "timeout": httpx.Timeout(60)}
    panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"], **patient)
    list(panda.session_runs.list(**patient))
    panda.session_metrics.list(**patient)
    swift: ListOptions = {"pages_at_once": 8, "deadline": 3600}
    list(panda.session_scores.list(page_size=200, **swift))


def bare(panda: PandaProbe) -> None:
    response = get_session_eval_run.sync_detailed(uuid.uuid4(), client=panda.api)
    if isinstance(response.parsed, EvalRun):
        print(response.parsed.status, response.headers["x-request-id"])


# --- errors ---------------------------------------------------------------------------------------------


def careful(panda: PandaProbe) -> CreatedRun | None:
    try:
        return panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
    except OutcomeUnknown as unknown:
        return panda.session_runs.resolve(unknown, deadline=60)
    except InvalidArgument as error:
        raise SystemExit(error.message) from error
    except InvalidRequest as error:
        assert_type(error.errors, tuple[FieldProblem, ...])
        print([f"{problem.field}: {problem.message}" for problem in error.errors])
    except RateLimited as error:
        assert_type(error.reopens_in, float | None)
    except (QuotaExceeded, AuthenticationError, PermissionDenied, NotFound) as error:
        print(error.detail, error.request_id, error.status)
    except ContractViolation as error:
        print(error.pointer, error.expected, error.value)
    except ServerError as error:
        print(error.seconds, [attempt.then for attempt in error.attempts])
    except (ConnectionFailed, APIStatusError, PandaProbeError) as error:
        assert_type(error.attempts, tuple[Attempt, ...])
        print(error.method, error.path, error.operation)
    return None


def resumed(panda: PandaProbe) -> None:
    try:
        panda.session_runs.wait(["5a5a5a5a-0000-4000-8000-5a5a5a5a5a5a"], timeout=1)
    except WaitTimeout as error:
        assert_type(error.run_ids, tuple[str, ...])
        panda.session_runs.wait(error.run_ids)


def still_python(panda: PandaProbe) -> None:
    try:
        panda.session_runs.get("nope")
    except ValueError:
        pass
    except ConnectionError:
        pass
    except TimeoutError:
        pass


# --- verdicts, reports, tests of one's own ----------------------------------------------------------------


def judged(outcomes: Iterator[Outcome[SessionScore]]) -> str:
    verdict = judge(outcomes, {"agent_reliability": 0.8}, quantile=0.1, allow_missing=True, unfinished=["r"])
    assert_type(verdict, Verdict)
    assert_type(verdict.reasons, tuple[Reason, ...])
    for metric in verdict.metrics:
        assert_type(metric, MetricVerdict)
        assert_type(metric.mean, float | None)
    return render(outcomes, judge(outcomes, {"agent_reliability": 0.8}, allow_failed=True), now=datetime.now(UTC))


def test_of_ones_own(pandaprobe_sandbox: Sandbox, pandaprobe_clock: HeldClock) -> None:
    pandaprobe_sandbox.inject("slow", delay=5)
    assert_type(pandaprobe_clock.advance(5), float)
    with client_of(pandaprobe_sandbox, share=0.5) as client:
        assert_type(client, PandaProbe)
    assert_type(async_client_of(pandaprobe_sandbox), AsyncPandaProbe)
    PandaProbe(ApiKey("sk_pp_x", "p"), clock=pandaprobe_clock)


# --- asyncio --------------------------------------------------------------------------------------------


async def evaluate_later(panda: AsyncPandaProbe) -> None:
    async with panda:
        run = await panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"], deadline=9)
        assert_type(run, CreatedRun)
        assert_type(await panda.session_runs.wait(run), Outcome[SessionScore])
        assert_type(await panda.session_runs.wait([run, str(run.id)], on_progress=show), Outcomes[SessionScore])
        assert_type(await panda.session_runs.get(run), EvalRun)
        assert_type(await panda.session_runs.scores(run), list[SessionScore])
        assert_type(await panda.session_runs.retry(run), CreatedRun)
        assert_type(await panda.session_runs.create(metrics=["agent_reliability"], has_error=True), CreatedRun)
        assert_type(await panda.session_metrics.list(), list[SessionMetric])
        assert_type(panda.session_runs.estimate(session_ids=["a"], metrics=["b"]), int)
        async for listed in panda.session_runs.list(status="FAILED"):
            assert_type(listed, EvalRun)
            await panda.session_runs.delete(listed)
        async for page in panda.session_scores.list(source="AUTOMATED").pages():
            assert_type(page, SessionScorePage)
        scores = [score async for score in panda.session_scores.list()]
        assert_type(scores, list[SessionScore])
        both = await asyncio.gather(*(panda.session_runs.get(one) for one in "ab"))
        assert_type(both, list[EvalRun])
        try:
            await panda.session_runs.create_batch(session_ids=["a"], metrics=["agent_reliability"])
        except OutcomeUnknown as unknown:
            assert_type(await panda.session_runs.resolve(unknown), CreatedRun | None)
    traced = await panda.trace_runs.create_batch(trace_ids=[uuid.uuid4()], metrics=["coherence"])
    assert_type(await panda.trace_runs.wait(traced), Outcome[TraceScore])
    assert_type(await panda.monitors.trigger("5a5a5a5a-0000-4000-8000-5a5a5a5a5a5a"), CreatedRun)
    await panda.aclose()
