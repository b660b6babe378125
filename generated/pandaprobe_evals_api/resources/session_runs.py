# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Evaluation runs over sessions; create, watch, retry, delete, and read what they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack, overload

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from pandaprobe_evals import (
        ContractViolation,
        Outcome,
        Outcomes,
        OutcomeUnknown,
        Progress,
        WaitPolicy,
    )
    from pandaprobe_evals.measured import Measured

    from .. import models
    from .created import CreatedRun
    from .protocol import CallOptions, CreateOptions, ListOptions, Sender


class SessionRuns:
    """Evaluation runs over sessions; create, watch, retry, delete, and read what they
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
        session_ids: Iterable[str],
        metrics: Iterable[str],
        name: str | None = None,
        model: str | None = None,
        signal_weights: Mapping[str, float] | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedRun:
        """Evaluate the sessions with these ids.

        Creates one run over exactly the given sessions. Session ids are deduplicated,
        order kept, and are not checked: unknown ones are accepted and simply get no
        score. Metrics are NOT deduplicated, and duplicates are billed. The answer, and
        every later read of the run, repeats all ids in `filters.session_ids`.

        The run is committed before it is handed to the workers: after a 500, or after a
        connection that broke once the request was sent, the run may exist all the same.

        Args:
            session_ids: The sessions, at least one. Duplicates are removed, order
                kept; ids are not checked. 100,000 in one request are accepted. Sent
                once each, however often given.
            metrics: The metrics to score each session by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.
            name: A label for people, at most 255 characters; null and absent are
                the same. At most 248 if the run is ever to be retried.
            model: The model that judges, in place of the service's default, which
                null and absent mean. Not checked; at most 255 characters.
            signal_weights: Weights that override the defaults; null, absent and
                empty are the same.
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
            "create_batch_session_eval_run",
            {
                "session_ids": session_ids,
                "metrics": metrics,
                "name": name,
                "model": model,
                "signal_weights": signal_weights,
            },
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
        """List evaluation runs, newest first.

        One page of the project's runs. Every run on it repeats all ids it was created
        from, so that a page of large runs can weigh many megabytes: ask for few at a
        time.

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
            "list_session_eval_runs", {"status": status, "limit": page_size}, call
        )
        return Paged(pages)

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
        **call: Unpack[CreateOptions],
    ) -> CreatedRun:
        """Evaluate the sessions that match filters.

        Creates one run over the sessions that match all given filters at this moment,
        or over a random sample of them. No filter matches every session of the project.
        `filters` in the answer repeats the filters as given; it does not name the
        sessions that were found.

        As with the batch operation, the run may exist although the answer was a 500 or
        never came.

        Args:
            metrics: The metrics to score each session by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.
            date_from: Sessions with a trace that started at this time or later. ISO
                8601, with its offset from UTC: without one it is read as the service's
                local time, which is UTC in its containers. The service breaks on a text
                that is no time.
            date_to: Sessions with a trace that started before this time. ISO 8601,
                with its offset from UTC: without one it is read as the service's local
                time, which is UTC in its containers. The service breaks on a text that
                is no time.
            user_id: Sessions with a trace of exactly this user.
            has_error: Whether one of the traces that the other filters let through
                failed.
            tags: Sessions with a trace that has any of these tags, spelt exactly
                so. An empty list is no filter. Sent once each, however often given.
            min_trace_count: Sessions with at least so many of the traces that the
                other filters let through, 1 or more. The service breaks on more than
                2147483647.
            sampling_rate: The fraction of the matching sessions to evaluate, picked
                at random, 0 to 1; 0 makes a run of no sessions. The service uses 1
                where none is sent.
            name: A label for people, at most 255 characters; null and absent are
                the same. At most 248 if the run is ever to be retried.
            model: The model that judges, in place of the service's default, which
                null and absent mean. Not checked; at most 255 characters.
            signal_weights: Weights that override the defaults; null, absent and
                empty are the same.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The run was created and is waiting for a worker. `reconciled` is True where
            its answer was lost and it was found again.

        Raises:
            InvalidRequest: The body is not what it should be, no session matches,
                or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = self._sender.send(
            "create_session_eval_run",
            {
                "metrics": metrics,
                "filters": {
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": user_id,
                    "has_error": has_error,
                    "tags": tags,
                    "min_trace_count": min_trace_count,
                },
                "sampling_rate": sampling_rate,
                "name": name,
                "model": model,
                "signal_weights": signal_weights,
            },
            call,
        )
        return answer

    def get(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> models.EvalRun:
        """Read one evaluation run.

        The run as it stands, with all ids that it was created from.

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
            "get_session_eval_run", {"run_id": run_id}, call
        )
        return answer

    def delete(
        self,
        run_id: str | UUID | models.EvalRun,
        *,
        delete_scores: bool | None = None,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete an evaluation run.

        Deletes the run. Its scores stay, with `eval_run_id` null, unless
        `delete_scores` is true. Nothing that was billed is given back.

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
            "delete_session_eval_run",
            {"run_id": run_id, "delete_scores": delete_scores},
            call,
        )

    def retry(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Evaluate again what failed in a run.

        Creates a NEW run over every session and every metric with a failed score in the
        given run. Its `filters.retry_of` names the old run, and its name is `Retry: `
        and the old run's name or id; where that is over 255 characters, expect a 500,
        which any such name gives. Billed like any other run.

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
            "retry_session_eval_run", {"run_id": run_id}, call
        )
        return answer

    def scores(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionScore]:
        """List the scores of one run.

        All scores that the run has produced so far, newest first, not paged. A session
        with no traces has none. The list of a run that does not exist is empty.

        Args:
            run_id: The run's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: builtins.list[models.SessionScore] = self._sender.send(
            "list_session_eval_run_scores", {"run_id": run_id}, call
        )
        return answer

    def estimate(
        self,
        *,
        session_ids: Iterable[str],
        metrics: Iterable[str],
    ) -> int:
        """Units that `create_batch` would be billed: the product of how many there are of
        each. Nothing is sent.

        Args:
            session_ids: The sessions, at least one. Duplicates are removed, order
                kept; ids are not checked. 100,000 in one request are accepted. Sent
                once each, however often given.
            metrics: The metrics to score each session by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.

        Raises:
            InvalidArgument: The arguments could not be sent.
        """
        return self._sender.units(
            "create_batch_session_eval_run",
            {
                "session_ids": session_ids,
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
    ) -> Outcome[models.SessionScore]: ...

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
    ) -> Outcomes[models.SessionScore]: ...

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
    ) -> Outcome[models.SessionScore] | Outcomes[models.SessionScore]:
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
        found: Outcome[models.SessionScore] | Outcomes[models.SessionScore] = (
            self._sender.wait(
                "session_runs",
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

    def measured(
        self,
        session_ids: Iterable[str],
        *,
        every: bool = False,
        **call: Unpack[CallOptions],
    ) -> Measured:
        """Look of which sessions a run would measure nothing, since all their signals are there; it is billed all
        the same.

        Takes a request for each of the sessions and one for each trace of which something is not known yet.

        Args:
            session_ids: The sessions, 5,000 at most. Duplicates are removed.
            every: Read all good scores of each trace, for `forget`: a request for each trace.
            call: What else may be said of each call: `CallOptions`.

        Returns:
            A `Measured`: `remembered`, `units_for_nothing(metrics)`, and the state of each.

        Raises:
            InvalidArgument: There is none of them, or there are too many.
        """
        found: Measured = self._sender.measured(
            "session_runs", session_ids, call, every=every
        )
        return found

    def forget(
        self,
        measured: Measured,
        *,
        copy: str | Path,
        **call: Unpack[CallOptions],
    ) -> int:
        """Delete the signals that runs measured, so that the next run measures them anew; annotations stay.

        A copy of what is deleted is written first, a JSON line for each score, and is on the disk before the first is
        deleted. Where there is a copy of that name, what it holds is deleted, too, and kept in it: to go on after a
        crash, call it again.

        Args:
            measured: What `measured(..., every=True)` returned.
            copy: The file; its folder is made where it is missing.
            call: What else may be said of each call: `CallOptions`.

        Returns:
            How many were deleted.

        Raises:
            InvalidArgument: The file is there, and is no such copy. Nothing was deleted.
            OSError: The copy could not be written. Nothing was deleted.
        """
        number: int = self._sender.forget("session_runs", measured, copy, call)
        return number


class AsyncSessionRuns:
    """Evaluation runs over sessions; create, watch, retry, delete, and read what they
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
        session_ids: Iterable[str],
        metrics: Iterable[str],
        name: str | None = None,
        model: str | None = None,
        signal_weights: Mapping[str, float] | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedRun:
        """Evaluate the sessions with these ids.

        Creates one run over exactly the given sessions. Session ids are deduplicated,
        order kept, and are not checked: unknown ones are accepted and simply get no
        score. Metrics are NOT deduplicated, and duplicates are billed. The answer, and
        every later read of the run, repeats all ids in `filters.session_ids`.

        The run is committed before it is handed to the workers: after a 500, or after a
        connection that broke once the request was sent, the run may exist all the same.

        Args:
            session_ids: The sessions, at least one. Duplicates are removed, order
                kept; ids are not checked. 100,000 in one request are accepted. Sent
                once each, however often given.
            metrics: The metrics to score each session by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.
            name: A label for people, at most 255 characters; null and absent are
                the same. At most 248 if the run is ever to be retried.
            model: The model that judges, in place of the service's default, which
                null and absent mean. Not checked; at most 255 characters.
            signal_weights: Weights that override the defaults; null, absent and
                empty are the same.
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
            "create_batch_session_eval_run",
            {
                "session_ids": session_ids,
                "metrics": metrics,
                "name": name,
                "model": model,
                "signal_weights": signal_weights,
            },
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
        """List evaluation runs, newest first.

        One page of the project's runs. Every run on it repeats all ids it was created
        from, so that a page of large runs can weigh many megabytes: ask for few at a
        time.

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
            "list_session_eval_runs", {"status": status, "limit": page_size}, call
        )
        return AsyncPaged(pages)

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
        **call: Unpack[CreateOptions],
    ) -> CreatedRun:
        """Evaluate the sessions that match filters.

        Creates one run over the sessions that match all given filters at this moment,
        or over a random sample of them. No filter matches every session of the project.
        `filters` in the answer repeats the filters as given; it does not name the
        sessions that were found.

        As with the batch operation, the run may exist although the answer was a 500 or
        never came.

        Args:
            metrics: The metrics to score each session by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.
            date_from: Sessions with a trace that started at this time or later. ISO
                8601, with its offset from UTC: without one it is read as the service's
                local time, which is UTC in its containers. The service breaks on a text
                that is no time.
            date_to: Sessions with a trace that started before this time. ISO 8601,
                with its offset from UTC: without one it is read as the service's local
                time, which is UTC in its containers. The service breaks on a text that
                is no time.
            user_id: Sessions with a trace of exactly this user.
            has_error: Whether one of the traces that the other filters let through
                failed.
            tags: Sessions with a trace that has any of these tags, spelt exactly
                so. An empty list is no filter. Sent once each, however often given.
            min_trace_count: Sessions with at least so many of the traces that the
                other filters let through, 1 or more. The service breaks on more than
                2147483647.
            sampling_rate: The fraction of the matching sessions to evaluate, picked
                at random, 0 to 1; 0 makes a run of no sessions. The service uses 1
                where none is sent.
            name: A label for people, at most 255 characters; null and absent are
                the same. At most 248 if the run is ever to be retried.
            model: The model that judges, in place of the service's default, which
                null and absent mean. Not checked; at most 255 characters.
            signal_weights: Weights that override the defaults; null, absent and
                empty are the same.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The run was created and is waiting for a worker. `reconciled` is True where
            its answer was lost and it was found again.

        Raises:
            InvalidRequest: The body is not what it should be, no session matches,
                or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = await self._sender.send(
            "create_session_eval_run",
            {
                "metrics": metrics,
                "filters": {
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": user_id,
                    "has_error": has_error,
                    "tags": tags,
                    "min_trace_count": min_trace_count,
                },
                "sampling_rate": sampling_rate,
                "name": name,
                "model": model,
                "signal_weights": signal_weights,
            },
            call,
        )
        return answer

    async def get(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> models.EvalRun:
        """Read one evaluation run.

        The run as it stands, with all ids that it was created from.

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
            "get_session_eval_run", {"run_id": run_id}, call
        )
        return answer

    async def delete(
        self,
        run_id: str | UUID | models.EvalRun,
        *,
        delete_scores: bool | None = None,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete an evaluation run.

        Deletes the run. Its scores stay, with `eval_run_id` null, unless
        `delete_scores` is true. Nothing that was billed is given back.

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
            "delete_session_eval_run",
            {"run_id": run_id, "delete_scores": delete_scores},
            call,
        )

    async def retry(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Evaluate again what failed in a run.

        Creates a NEW run over every session and every metric with a failed score in the
        given run. Its `filters.retry_of` names the old run, and its name is `Retry: `
        and the old run's name or id; where that is over 255 characters, expect a 500,
        which any such name gives. Billed like any other run.

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
            "retry_session_eval_run", {"run_id": run_id}, call
        )
        return answer

    async def scores(
        self,
        run_id: str | UUID | models.EvalRun,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionScore]:
        """List the scores of one run.

        All scores that the run has produced so far, newest first, not paged. A session
        with no traces has none. The list of a run that does not exist is empty.

        Args:
            run_id: The run's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: builtins.list[models.SessionScore] = await self._sender.send(
            "list_session_eval_run_scores", {"run_id": run_id}, call
        )
        return answer

    def estimate(
        self,
        *,
        session_ids: Iterable[str],
        metrics: Iterable[str],
    ) -> int:
        """Units that `create_batch` would be billed: the product of how many there are of
        each. Nothing is sent.

        Args:
            session_ids: The sessions, at least one. Duplicates are removed, order
                kept; ids are not checked. 100,000 in one request are accepted. Sent
                once each, however often given.
            metrics: The metrics to score each session by, at least one. Duplicates
                are kept and billed again. Sent once each, however often given.

        Raises:
            InvalidArgument: The arguments could not be sent.
        """
        return self._sender.units(
            "create_batch_session_eval_run",
            {
                "session_ids": session_ids,
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
    ) -> Outcome[models.SessionScore]: ...

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
    ) -> Outcomes[models.SessionScore]: ...

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
    ) -> Outcome[models.SessionScore] | Outcomes[models.SessionScore]:
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
            Outcome[models.SessionScore] | Outcomes[models.SessionScore]
        ) = await self._sender.wait(
            "session_runs",
            runs,
            timeout=timeout,
            stall_after=stall_after,
            on_progress=on_progress,
            scores=scores,
            provenance=provenance,
            policy=policy,
        )
        return found

    async def measured(
        self,
        session_ids: Iterable[str],
        *,
        every: bool = False,
        **call: Unpack[CallOptions],
    ) -> Measured:
        """Look of which sessions a run would measure nothing, since all their signals are there; it is billed all
        the same.

        Takes a request for each of the sessions and one for each trace of which something is not known yet.

        Args:
            session_ids: The sessions, 5,000 at most. Duplicates are removed.
            every: Read all good scores of each trace, for `forget`: a request for each trace.
            call: What else may be said of each call: `CallOptions`.

        Returns:
            A `Measured`: `remembered`, `units_for_nothing(metrics)`, and the state of each.

        Raises:
            InvalidArgument: There is none of them, or there are too many.
        """
        found: Measured = await self._sender.measured(
            "session_runs", session_ids, call, every=every
        )
        return found

    async def forget(
        self,
        measured: Measured,
        *,
        copy: str | Path,
        **call: Unpack[CallOptions],
    ) -> int:
        """Delete the signals that runs measured, so that the next run measures them anew; annotations stay.

        A copy of what is deleted is written first, a JSON line for each score, and is on the disk before the first is
        deleted. Where there is a copy of that name, what it holds is deleted, too, and kept in it: to go on after a
        crash, call it again.

        Args:
            measured: What `measured(..., every=True)` returned.
            copy: The file; its folder is made where it is missing.
            call: What else may be said of each call: `CallOptions`.

        Returns:
            How many were deleted.

        Raises:
            InvalidArgument: The file is there, and is no such copy. Nothing was deleted.
            OSError: The copy could not be written. Nothing was deleted.
        """
        number: int = await self._sender.forget("session_runs", measured, copy, call)
        return number
