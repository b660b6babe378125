# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Evaluation runs over single traces; create, watch, retry, delete, and read what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack, overload

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from pandaprobe_evals import (
        ContractViolation,
        Outcome,
        Outcomes,
        OutcomeUnknown,
        Progress,
        WaitPolicy,
    )

    from .. import models
    from .created import CreatedRun
    from .protocol import CallOptions, CreateOptions, ListOptions, Sender


class TraceRuns:
    """Evaluation runs over single traces; create, watch, retry, delete, and read what they
    found.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def create_batch(
        self,
        *,
        trace_ids: Iterable[str | UUID],
        metrics: Iterable[str],
        name: str | None = None,
        model: str | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedRun:
        """Evaluate the traces with these ids.

        Creates one run over exactly the given traces. Ids are deduplicated, order kept,
        and are not checked: one that is unknown, deleted or not ingested yet is billed
        and gets no score. Metrics are NOT deduplicated: duplicates are billed, and give
        two scores of one name for each trace. The answer, and every later read of the
        run, repeats all ids in `filters.trace_ids`.

        The run is committed before it is handed to the workers: after a 500, or after a
        connection that broke once the request was sent, the run may exist all the same.

        Args:
            trace_ids: The traces, at least one. Duplicates are removed, order kept;
                it is not checked that they are there. 100,000 in one request are
                accepted. Sent once each, however often given.
            metrics: The metrics to score each trace by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.
            name: A label for people, at most 255 characters; null and absent are
                the same. At most 248 if the run is ever to be retried.
            model: The model that judges, in place of the service's default, which
                null and absent mean. Not checked; at most 255 characters.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The run was created and is waiting for a worker. `reconciled` is True where
            its answer was lost and it was found again.

        Raises:
            InvalidRequest: The body is not what it should be, a metric is unknown,
                or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = self._sender.send(
            "create_batch_trace_eval_run",
            {"trace_ids": trace_ids, "metrics": metrics, "name": name, "model": model},
            call,
        )
        return answer

    def list(
        self,
        *,
        status: models.EvalRunStatus | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> Paged[models.EvalRun, models.EvalRunPage]:
        """List runs over traces, newest first.

        One page of the project's runs over traces, those of monitors included. Every
        run on it repeats all ids it was created from, so that a page of large runs can
        weigh many megabytes: ask for few at a time.

        Args:
            status: Only runs in this state.
            page_size: Runs on the page, 1 to 200. The service uses 50 where none is
                sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages(
            "list_trace_eval_runs", {"status": status, "limit": page_size}, call
        )
        return Paged(pages)

    def create(
        self,
        *,
        metrics: Iterable[str],
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        trace_status: models.TraceStatus | None = None,
        tags: Iterable[str] | None = None,
        trace_name: str | None = None,
        sampling_rate: float | None = None,
        name: str | None = None,
        model: str | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedRun:
        """Evaluate the traces that match filters.

        Creates one run over the traces that match all given filters at this moment, or
        over a random sample of them. No filter matches every trace of the project,
        however old. `filters` in the answer repeats the filters as given; what was
        found is named nowhere but in the scores.

        As with the batch operation, the run may exist although the answer was a 500 or
        never came.

        Args:
            metrics: The metrics to score each trace by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.
            date_from: Traces that started at this time or later. ISO 8601, with its
                offset from UTC: without one it is read as the service's local time,
                which is UTC in its containers. The service breaks on a text that is no
                time.
            date_to: Traces that started before this time. ISO 8601, with its offset
                from UTC: without one it is read as the service's local time, which is
                UTC in its containers. The service breaks on a text that is no time.
            user_id: Traces of exactly this user.
            session_id: Traces of exactly this session.
            trace_status: Traces in this state.
            tags: Traces that have any of these tags, spelt exactly so. An empty
                list is no filter. Sent once each, however often given.
            trace_name: Traces with this in their name, in any case.
            sampling_rate: The fraction of the matching traces to evaluate, picked
                at random, 0 to 1; 0 makes a run of no traces. The service uses 1 where
                none is sent.
            name: A label for people, at most 255 characters; null and absent are
                the same. At most 248 if the run is ever to be retried.
            model: The model that judges, in place of the service's default, which
                null and absent mean. Not checked; at most 255 characters.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The run was created and is waiting for a worker. `reconciled` is True where
            its answer was lost and it was found again.

        Raises:
            InvalidRequest: The body is not what it should be, no trace matches, or
                the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = self._sender.send(
            "create_trace_eval_run",
            {
                "metrics": metrics,
                "filters": {
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": user_id,
                    "session_id": session_id,
                    "status": trace_status,
                    "tags": tags,
                    "name": trace_name,
                },
                "sampling_rate": sampling_rate,
                "name": name,
                "model": model,
            },
            call,
        )
        return answer

    def get(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> models.EvalRun:
        """Read one run over traces.

        The run as it stands, with all ids that it was created from. A run over sessions
        is answered here as well: its `target_type` says so.

        Args:
            run_id: The run's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The run.

        Raises:
            NotFound: The project has no such run.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.EvalRun = self._sender.send(
            "get_trace_eval_run", {"run_id": run_id}, call
        )
        return answer

    def delete(
        self,
        run_id: str | UUID | models.EvalRun,
        *,
        delete_scores: bool | None = None,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a run over traces, or cancel it.

        Deletes the run. Its scores stay, with `eval_run_id` null, unless
        `delete_scores` is true. Nothing that was billed is given back. A run that has
        not ended stops at its next score: there is no other cancel. A run over sessions
        is deleted here as well.

        Args:
            run_id: The run's id.
            delete_scores: Delete the scores that the run produced as well. The
                service uses false where it is not sent.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such run.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        self._sender.send(
            "delete_trace_eval_run",
            {"run_id": run_id, "delete_scores": delete_scores},
            call,
        )

    def retry(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Evaluate again what failed in a run.

        Creates a NEW run over the pairs of trace and metric that failed in the given
        run, and bills those alone. Its `filters.retry_of` names the old run,
        `filters.trace_ids` the traces in an order of its own, `metric_names` every
        metric that failed; its name is `Retry: ` and the old run's name or id. Where
        that is over 255 characters, expect a 500, which any such name gives. A run that
        FAILED, or hangs, has no failed scores as a rule: create it anew.

        As with the other creates, the new run may exist although the answer was a 500
        or never came.

        Args:
            run_id: The run's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The new run was created and is waiting for a worker. `reconciled` is True
            where its answer was lost and it was found again.

        Raises:
            NotFound: The project has no such run.
            InvalidRequest: Nothing failed in the run, the id is no UUID, or the
                project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = self._sender.send(
            "retry_trace_eval_run", {"run_id": run_id}, call
        )
        return answer

    def scores(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.TraceScore]:
        """List the scores of one run.

        All scores that the run has produced so far, newest first, not paged; they come
        trace by trace, so wait for the run and not for them. A trace that is not there
        has none. The list of a run that does not exist is empty. For a run over
        sessions these are the signals that it measured.

        Args:
            run_id: The run's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: builtins.list[models.TraceScore] = self._sender.send(
            "list_trace_eval_run_scores", {"run_id": run_id}, call
        )
        return answer

    def estimate(
        self,
        *,
        trace_ids: Iterable[str | UUID],
        metrics: Iterable[str],
    ) -> int:
        """Units that `create_batch` would be billed: the product of how many there are of
        each. Nothing is sent.

        Args:
            trace_ids: The traces, at least one. Duplicates are removed, order kept;
                it is not checked that they are there. 100,000 in one request are
                accepted. Sent once each, however often given.
            metrics: The metrics to score each trace by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.

        Raises:
            InvalidArgument: The arguments could not be sent.
        """
        return self._sender.units(
            "create_batch_trace_eval_run",
            {
                "trace_ids": trace_ids,
                "metrics": metrics,
            },
        )

    def resolve(
        self,
        outcome: OutcomeUnknown | ContractViolation,
        **call: Unpack[CallOptions],
    ) -> CreatedRun | None:
        """Find out about a create whose outcome was unknown, or whose answer broke the contract; here or in another
        process.

        Args:
            outcome: The error that the create was raised with.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            What it made; None where it made nothing and will make nothing, so that creating it again is safe.

        Raises:
            OutcomeUnknown: The deadline came before the answer; or, with `candidates`, the service does not tell
                whether this create made what they name.
            ContractViolation: It was made without filters that were sent; its `run_id` can be resolved.
        """
        found: CreatedRun | None = self._sender.resolve(outcome, call)
        return found

    @overload
    def wait(
        self,
        runs: str | UUID | models.EvalRun,
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        provenance: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Outcome[models.TraceScore]: ...

    @overload
    def wait(
        self,
        runs: Iterable[str | UUID | models.EvalRun],
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        provenance: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Outcomes[models.TraceScore]: ...

    def wait(
        self,
        runs: str | UUID | models.EvalRun | Iterable[str | UUID | models.EvalRun],
        *,
        timeout: float | None = None,
        stall_after: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        scores: bool = True,
        provenance: bool = False,
        policy: WaitPolicy | None = None,
    ) -> Outcome[models.TraceScore] | Outcomes[models.TraceScore]:
        """Wait until runs have ended, and say how each did; `COMPLETED` alone does not say that it went well.

        Args:
            runs: A run or its id, or many of them. All waits of a client share their requests.
            timeout: Seconds to wait; None for as long as it takes (a stalled run ends its wait by itself).
            stall_after: Seconds without any progress after which a run counts as stalled; None for the policy's.
            on_progress: Called with a `Progress` at most once for each look.
            scores: Read the scores of ended runs, to name what has no score and scores without evidence.
            provenance: Read, too, where the signals behind the scores come from, of runs whose scores rest on
                signals: one request for a run that measured all of them, some more for one that took them from
                earlier runs or other authors.
            policy: The constants of waiting.

        Returns:
            An `Outcome`, or `Outcomes`, a list of them in the order asked for.

        Raises:
            WaitTimeout: Time was over first; its `run_ids` can be waited for again.
        """
        found: Outcome[models.TraceScore] | Outcomes[models.TraceScore] = (
            self._sender.wait(
                "trace_runs",
                runs,
                timeout=timeout,
                stall_after=stall_after,
                on_progress=on_progress,
                scores=scores,
                provenance=provenance,
                policy=policy,
            )
        )
        return found


class AsyncTraceRuns:
    """Evaluation runs over single traces; create, watch, retry, delete, and read what they
    found.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def create_batch(
        self,
        *,
        trace_ids: Iterable[str | UUID],
        metrics: Iterable[str],
        name: str | None = None,
        model: str | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedRun:
        """Evaluate the traces with these ids.

        Creates one run over exactly the given traces. Ids are deduplicated, order kept,
        and are not checked: one that is unknown, deleted or not ingested yet is billed
        and gets no score. Metrics are NOT deduplicated: duplicates are billed, and give
        two scores of one name for each trace. The answer, and every later read of the
        run, repeats all ids in `filters.trace_ids`.

        The run is committed before it is handed to the workers: after a 500, or after a
        connection that broke once the request was sent, the run may exist all the same.

        Args:
            trace_ids: The traces, at least one. Duplicates are removed, order kept;
                it is not checked that they are there. 100,000 in one request are
                accepted. Sent once each, however often given.
            metrics: The metrics to score each trace by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.
            name: A label for people, at most 255 characters; null and absent are
                the same. At most 248 if the run is ever to be retried.
            model: The model that judges, in place of the service's default, which
                null and absent mean. Not checked; at most 255 characters.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The run was created and is waiting for a worker. `reconciled` is True where
            its answer was lost and it was found again.

        Raises:
            InvalidRequest: The body is not what it should be, a metric is unknown,
                or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = await self._sender.send(
            "create_batch_trace_eval_run",
            {"trace_ids": trace_ids, "metrics": metrics, "name": name, "model": model},
            call,
        )
        return answer

    def list(
        self,
        *,
        status: models.EvalRunStatus | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> AsyncPaged[models.EvalRun, models.EvalRunPage]:
        """List runs over traces, newest first.

        One page of the project's runs over traces, those of monitors included. Every
        run on it repeats all ids it was created from, so that a page of large runs can
        weigh many megabytes: ask for few at a time.

        Args:
            status: Only runs in this state.
            page_size: Runs on the page, 1 to 200. The service uses 50 where none is
                sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages(
            "list_trace_eval_runs", {"status": status, "limit": page_size}, call
        )
        return AsyncPaged(pages)

    async def create(
        self,
        *,
        metrics: Iterable[str],
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        user_id: str | None = None,
        session_id: str | None = None,
        trace_status: models.TraceStatus | None = None,
        tags: Iterable[str] | None = None,
        trace_name: str | None = None,
        sampling_rate: float | None = None,
        name: str | None = None,
        model: str | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedRun:
        """Evaluate the traces that match filters.

        Creates one run over the traces that match all given filters at this moment, or
        over a random sample of them. No filter matches every trace of the project,
        however old. `filters` in the answer repeats the filters as given; what was
        found is named nowhere but in the scores.

        As with the batch operation, the run may exist although the answer was a 500 or
        never came.

        Args:
            metrics: The metrics to score each trace by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.
            date_from: Traces that started at this time or later. ISO 8601, with its
                offset from UTC: without one it is read as the service's local time,
                which is UTC in its containers. The service breaks on a text that is no
                time.
            date_to: Traces that started before this time. ISO 8601, with its offset
                from UTC: without one it is read as the service's local time, which is
                UTC in its containers. The service breaks on a text that is no time.
            user_id: Traces of exactly this user.
            session_id: Traces of exactly this session.
            trace_status: Traces in this state.
            tags: Traces that have any of these tags, spelt exactly so. An empty
                list is no filter. Sent once each, however often given.
            trace_name: Traces with this in their name, in any case.
            sampling_rate: The fraction of the matching traces to evaluate, picked
                at random, 0 to 1; 0 makes a run of no traces. The service uses 1 where
                none is sent.
            name: A label for people, at most 255 characters; null and absent are
                the same. At most 248 if the run is ever to be retried.
            model: The model that judges, in place of the service's default, which
                null and absent mean. Not checked; at most 255 characters.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The run was created and is waiting for a worker. `reconciled` is True where
            its answer was lost and it was found again.

        Raises:
            InvalidRequest: The body is not what it should be, no trace matches, or
                the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = await self._sender.send(
            "create_trace_eval_run",
            {
                "metrics": metrics,
                "filters": {
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": user_id,
                    "session_id": session_id,
                    "status": trace_status,
                    "tags": tags,
                    "name": trace_name,
                },
                "sampling_rate": sampling_rate,
                "name": name,
                "model": model,
            },
            call,
        )
        return answer

    async def get(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> models.EvalRun:
        """Read one run over traces.

        The run as it stands, with all ids that it was created from. A run over sessions
        is answered here as well: its `target_type` says so.

        Args:
            run_id: The run's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The run.

        Raises:
            NotFound: The project has no such run.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.EvalRun = await self._sender.send(
            "get_trace_eval_run", {"run_id": run_id}, call
        )
        return answer

    async def delete(
        self,
        run_id: str | UUID | models.EvalRun,
        *,
        delete_scores: bool | None = None,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a run over traces, or cancel it.

        Deletes the run. Its scores stay, with `eval_run_id` null, unless
        `delete_scores` is true. Nothing that was billed is given back. A run that has
        not ended stops at its next score: there is no other cancel. A run over sessions
        is deleted here as well.

        Args:
            run_id: The run's id.
            delete_scores: Delete the scores that the run produced as well. The
                service uses false where it is not sent.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such run.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        await self._sender.send(
            "delete_trace_eval_run",
            {"run_id": run_id, "delete_scores": delete_scores},
            call,
        )

    async def retry(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Evaluate again what failed in a run.

        Creates a NEW run over the pairs of trace and metric that failed in the given
        run, and bills those alone. Its `filters.retry_of` names the old run,
        `filters.trace_ids` the traces in an order of its own, `metric_names` every
        metric that failed; its name is `Retry: ` and the old run's name or id. Where
        that is over 255 characters, expect a 500, which any such name gives. A run that
        FAILED, or hangs, has no failed scores as a rule: create it anew.

        As with the other creates, the new run may exist although the answer was a 500
        or never came.

        Args:
            run_id: The run's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The new run was created and is waiting for a worker. `reconciled` is True
            where its answer was lost and it was found again.

        Raises:
            NotFound: The project has no such run.
            InvalidRequest: Nothing failed in the run, the id is no UUID, or the
                project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = await self._sender.send(
            "retry_trace_eval_run", {"run_id": run_id}, call
        )
        return answer

    async def scores(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.TraceScore]:
        """List the scores of one run.

        All scores that the run has produced so far, newest first, not paged; they come
        trace by trace, so wait for the run and not for them. A trace that is not there
        has none. The list of a run that does not exist is empty. For a run over
        sessions these are the signals that it measured.

        Args:
            run_id: The run's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: builtins.list[models.TraceScore] = await self._sender.send(
            "list_trace_eval_run_scores", {"run_id": run_id}, call
        )
        return answer

    def estimate(
        self,
        *,
        trace_ids: Iterable[str | UUID],
        metrics: Iterable[str],
    ) -> int:
        """Units that `create_batch` would be billed: the product of how many there are of
        each. Nothing is sent.

        Args:
            trace_ids: The traces, at least one. Duplicates are removed, order kept;
                it is not checked that they are there. 100,000 in one request are
                accepted. Sent once each, however often given.
            metrics: The metrics to score each trace by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.

        Raises:
            InvalidArgument: The arguments could not be sent.
        """
        return self._sender.units(
            "create_batch_trace_eval_run",
            {
                "trace_ids": trace_ids,
                "metrics": metrics,
            },
        )

    async def resolve(
        self,
        outcome: OutcomeUnknown | ContractViolation,
        **call: Unpack[CallOptions],
    ) -> CreatedRun | None:
        """Find out about a create whose outcome was unknown, or whose answer broke the contract; here or in another
        process.

        Args:
            outcome: The error that the create was raised with.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            What it made; None where it made nothing and will make nothing, so that creating it again is safe.

        Raises:
            OutcomeUnknown: The deadline came before the answer; or, with `candidates`, the service does not tell
                whether this create made what they name.
            ContractViolation: It was made without filters that were sent; its `run_id` can be resolved.
        """
        found: CreatedRun | None = await self._sender.resolve(outcome, call)
        return found

    @overload
    async def wait(
        self,
        runs: str | UUID | models.EvalRun,
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        provenance: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Outcome[models.TraceScore]: ...

    @overload
    async def wait(
        self,
        runs: Iterable[str | UUID | models.EvalRun],
        *,
        timeout: float | None = ...,
        stall_after: float | None = ...,
        on_progress: Callable[[Progress], object] | None = ...,
        scores: bool = ...,
        provenance: bool = ...,
        policy: WaitPolicy | None = ...,
    ) -> Outcomes[models.TraceScore]: ...

    async def wait(
        self,
        runs: str | UUID | models.EvalRun | Iterable[str | UUID | models.EvalRun],
        *,
        timeout: float | None = None,
        stall_after: float | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        scores: bool = True,
        provenance: bool = False,
        policy: WaitPolicy | None = None,
    ) -> Outcome[models.TraceScore] | Outcomes[models.TraceScore]:
        """Wait until runs have ended, and say how each did; `COMPLETED` alone does not say that it went well.

        Args:
            runs: A run or its id, or many of them. All waits of a client share their requests.
            timeout: Seconds to wait; None for as long as it takes (a stalled run ends its wait by itself).
            stall_after: Seconds without any progress after which a run counts as stalled; None for the policy's.
            on_progress: Called with a `Progress` at most once for each look.
            scores: Read the scores of ended runs, to name what has no score and scores without evidence.
            provenance: Read, too, where the signals behind the scores come from, of runs whose scores rest on
                signals: one request for a run that measured all of them, some more for one that took them from
                earlier runs or other authors.
            policy: The constants of waiting.

        Returns:
            An `Outcome`, or `Outcomes`, a list of them in the order asked for.

        Raises:
            WaitTimeout: Time was over first; its `run_ids` can be waited for again.
        """
        found: (
            Outcome[models.TraceScore] | Outcomes[models.TraceScore]
        ) = await self._sender.wait(
            "trace_runs",
            runs,
            timeout=timeout,
            stall_after=stall_after,
            on_progress=on_progress,
            scores=scores,
            provenance=provenance,
            policy=policy,
        )
        return found
