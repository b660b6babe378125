# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Runs by filters that are stored, and made again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from pandaprobe_evals import (
        ContractViolation,
        OutcomeUnknown,
    )

    from .. import models
    from .created import CreatedMonitor, CreatedRun
    from .protocol import CallOptions, CreateOptions, ListOptions, Sender


class Monitors:
    """Runs by filters that are stored, and made again and again.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        status: models.MonitorStatus | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> Paged[models.Monitor, models.MonitorPage]:
        """List monitors, newest first.

        One page of the project's monitors. A monitor is a run by filters that is
        stored, and made again and again; each time it evaluates EVERYTHING that
        matches, from the beginning of time, and is billed for it.

        Args:
            status: Only monitors in this state.
            page_size: Monitors on the page, 1 to 200. The service uses 50 where
                none is sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages(
            "list_monitors", {"status": status, "limit": page_size}, call
        )
        return Paged(pages)

    def create(
        self,
        *,
        name: str,
        target_type: models.MonitorTarget,
        metrics: Iterable[str],
        cadence: str,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        has_error: bool | None = None,
        min_trace_count: int | None = None,
        trace_status: models.TraceStatus | None = None,
        session_id: str | None = None,
        trace_name: str | None = None,
        sampling_rate: float | None = None,
        model: str | None = None,
        only_if_changed: bool | None = None,
        signal_weights: Mapping[str, float] | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedMonitor:
        """Create a monitor.

        Stores a run by filters, to be made again and again. It costs nothing by itself;
        each of its runs is billed. The first one comes after one cadence, never at
        once.

        EVERY run evaluates EVERYTHING that matches, from the beginning of time: filters
        know no "since the last run". So a monitor costs more as a project grows, and
        what a session run measured once it remembers. A run that fails, is skipped,
        finds nothing or meets the quota says so nowhere.

        The service checks nothing in `filters`: a misspelt one would evaluate the whole
        project, and a time that is none lets the monitor never run. Two monitors of one
        name and kind are two, and bill twice.

        Args:
            name: What it is called, at most 255 characters; another may be called
                the same.
            target_type: What a monitor's runs evaluate.
            metrics: The metrics of its runs, at least one; all of sessions, or all
                of traces, by `target_type`. Sent once each, however often given.
            cadence: How often: `every_6h`, `daily`, `weekly`, or `cron:` and an
                expression of five parts in UTC, such as `cron:0 3 * * *`; at most 50
                characters; other forms of cron's are taken, too. The service looks
                every five minutes.
            date_from: Traces that started at this time or later, and sessions that
                have one. ISO 8601, with its offset from UTC.
            date_to: Traces that started before this time, and sessions that have
                one. ISO 8601, with its offset from UTC.
            user_id: Traces of exactly this user, and sessions that have one.
            tags: Traces with at least one of these tags, and sessions that have
                one. Empty means no filter. Sent once each, however often given.
            has_error: Sessions that have, or have not, a trace that failed among
                those that the other filters let through. Only where `target_type` is
                SESSION.
            min_trace_count: Sessions of at least so many traces that the other
                filters let through. Only where `target_type` is SESSION.
            trace_status: Traces in this state. Only where `target_type` is TRACE.
            session_id: Traces of exactly this session. Only where `target_type` is
                TRACE.
            trace_name: Traces whose name has this in it, in any case. Only where
                `target_type` is TRACE.
            sampling_rate: The fraction of what matches that each run evaluates,
                picked at random, 0 to 1; at least one, also for 0. The service uses 1
                where none is sent.
            model: The model that judges, in place of the service's default. Not
                checked; at most 255 characters.
            only_if_changed: Whether a run is left out where no trace that matches
                date, user and tags started after the last one. It decides whether there
                is a run, never what the run evaluates. The service uses true where none
                is sent.
            signal_weights: Weights that override the defaults, for sessions. Only
                where `target_type` is SESSION.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The monitor was created, and is `ACTIVE`. `reconciled` is True where its
            answer was lost and it was found again.

        Raises:
            InvalidRequest: A field is not what it should be, a metric is unknown,
                the cadence is none, or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
        """
        answer: CreatedMonitor = self._sender.send(
            "create_monitor",
            {
                "name": name,
                "target_type": target_type,
                "metrics": metrics,
                "filters": {
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": user_id,
                    "tags": tags,
                    "has_error": has_error,
                    "min_trace_count": min_trace_count,
                    "status": trace_status,
                    "session_id": session_id,
                    "name": trace_name,
                },
                "sampling_rate": sampling_rate,
                "model": model,
                "cadence": cadence,
                "only_if_changed": only_if_changed,
                "signal_weights": signal_weights,
            },
            call,
        )
        return answer

    def get(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Read one monitor.

        The monitor as it stands. Whether it works is not said: a run that was skipped,
        filters that match nothing or that cannot be read, and a used-up quota look the
        same. `next_run_at` moves on, and `last_run_at` does not. So hold `last_run_at`
        against `cadence`, which tells something where `only_if_changed` is false.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = self._sender.send(
            "get_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def delete(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a monitor.

        Deletes the monitor. Its runs stay, with `monitor_id` null; one that is under
        way goes on.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        self._sender.send("delete_monitor", {"monitor_id": monitor_id}, call)

    def update(
        self,
        monitor_id: str | UUID | models.Monitor,
        *,
        name: str | None = None,
        metrics: Iterable[str] | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        has_error: bool | None = None,
        min_trace_count: int | None = None,
        trace_status: models.TraceStatus | None = None,
        session_id: str | None = None,
        trace_name: str | None = None,
        sampling_rate: float | None = None,
        model: str | None = None,
        cadence: str | None = None,
        only_if_changed: bool | None = None,
        signal_weights: Mapping[str, float] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Change a monitor.

        Changes what is given; what is not given stays. A filter that is given replaces
        all filters that were there, the weights of signals apart. A new cadence counts
        from now.

        Null is not sent, by anybody: in the place of the filters the service stores it
        and answers 500, and from then on every look at this monitor and at the
        project's list is a 500, and when it is due NO monitor of the whole deployment
        runs any more. So a model, weights or filters cannot be taken away by this:
        delete the monitor, and create another.

        Args:
            monitor_id: The monitor's id.
            name: What it is called, at most 255 characters.
            metrics: The metrics of its runs. The service takes an empty list, and
                then makes runs of no metrics. Sent once each, however often given.
            date_from: Traces that started at this time or later, and sessions that
                have one. ISO 8601, with its offset from UTC.
            date_to: Traces that started before this time, and sessions that have
                one. ISO 8601, with its offset from UTC.
            user_id: Traces of exactly this user, and sessions that have one.
            tags: Traces with at least one of these tags, and sessions that have
                one. Empty means no filter. Sent once each, however often given.
            has_error: Sessions that have, or have not, a trace that failed among
                those that the other filters let through. Only where `target_type` is
                SESSION.
            min_trace_count: Sessions of at least so many traces that the other
                filters let through. Only where `target_type` is SESSION.
            trace_status: Traces in this state. Only where `target_type` is TRACE.
            session_id: Traces of exactly this session. Only where `target_type` is
                TRACE.
            trace_name: Traces whose name has this in it, in any case. Only where
                `target_type` is TRACE.
            sampling_rate: The fraction of what matches that each run evaluates,
                picked at random, 0 to 1; at least one, also for 0.
            model: The model that judges, in place of the service's default. Not
                checked; at most 255 characters.
            cadence: How often: `every_6h`, `daily`, `weekly`, or `cron:` and an
                expression of five parts in UTC, such as `cron:0 3 * * *`; at most 50
                characters; other forms of cron's are taken, too. The service looks
                every five minutes.
            only_if_changed: Whether a run is left out where no trace that matches
                date, user and tags started after the last one. It decides whether there
                is a run, never what the run evaluates.
            signal_weights: Weights that override the defaults, for sessions. Only
                where `target_type` is SESSION.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: A field is not what it should be, a metric is unknown,
                the cadence is none, or the project scope is missing.
        """
        answer: models.Monitor = self._sender.send(
            "update_monitor",
            {
                "monitor_id": monitor_id,
                "name": name,
                "metrics": metrics,
                "filters": {
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": user_id,
                    "tags": tags,
                    "has_error": has_error,
                    "min_trace_count": min_trace_count,
                    "status": trace_status,
                    "session_id": session_id,
                    "name": trace_name,
                },
                "sampling_rate": sampling_rate,
                "model": model,
                "cadence": cadence,
                "only_if_changed": only_if_changed,
                "signal_weights": signal_weights,
            },
            call,
        )
        return answer

    def pause(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Pause a monitor.

        The monitor makes no runs by itself until it is resumed. Twice is as good as
        once.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = self._sender.send(
            "pause_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def resume(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Let a paused monitor run again.

        The next run is one cadence from now; what was missed is not caught up. Twice is
        as good as once.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = self._sender.send(
            "resume_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def trigger(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Let a monitor run now.

        Creates a run over everything that the monitor's filters match, or over its
        sample, whatever its cadence, `only_if_changed` and state. It is billed like any
        other run, to `session_evals` or `trace_evals`. It counts as the monitor's last
        run: the next one is one cadence from now, of a paused monitor too.

        As with the other creates, the run may exist although the answer was a 500 or
        never came. It is found again among the monitor's runs; one that the scheduler
        made in the same seconds cannot be told from it.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The run was created and is waiting for a worker. `reconciled` is True where
            its answer was lost and it was found again.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: Nothing matches the monitor's filters, the id is no
                UUID, or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = self._sender.send(
            "trigger_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def runs(
        self,
        monitor_id: str | UUID | models.Monitor,
        *,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> Paged[models.EvalRun, models.EvalRunPage]:
        """List the runs of one monitor, newest first.

        One page of the runs that the monitor has made, by itself or because it was
        triggered. They are runs over sessions or over traces, by the monitor's
        `target_type`, and can be waited for as such.

        Args:
            monitor_id: The monitor's id.
            page_size: Runs on the page, 1 to 200. The service uses 50 where none is
                sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        pages = self._sender.pages(
            "list_monitor_runs", {"monitor_id": monitor_id, "limit": page_size}, call
        )
        return Paged(pages)

    def resolve(
        self,
        outcome: OutcomeUnknown | ContractViolation,
        **call: Unpack[CallOptions],
    ) -> CreatedMonitor | CreatedRun | None:
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
        found: CreatedMonitor | CreatedRun | None = self._sender.resolve(outcome, call)
        return found


class AsyncMonitors:
    """Runs by filters that are stored, and made again and again.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        status: models.MonitorStatus | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> AsyncPaged[models.Monitor, models.MonitorPage]:
        """List monitors, newest first.

        One page of the project's monitors. A monitor is a run by filters that is
        stored, and made again and again; each time it evaluates EVERYTHING that
        matches, from the beginning of time, and is billed for it.

        Args:
            status: Only monitors in this state.
            page_size: Monitors on the page, 1 to 200. The service uses 50 where
                none is sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages(
            "list_monitors", {"status": status, "limit": page_size}, call
        )
        return AsyncPaged(pages)

    async def create(
        self,
        *,
        name: str,
        target_type: models.MonitorTarget,
        metrics: Iterable[str],
        cadence: str,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        has_error: bool | None = None,
        min_trace_count: int | None = None,
        trace_status: models.TraceStatus | None = None,
        session_id: str | None = None,
        trace_name: str | None = None,
        sampling_rate: float | None = None,
        model: str | None = None,
        only_if_changed: bool | None = None,
        signal_weights: Mapping[str, float] | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedMonitor:
        """Create a monitor.

        Stores a run by filters, to be made again and again. It costs nothing by itself;
        each of its runs is billed. The first one comes after one cadence, never at
        once.

        EVERY run evaluates EVERYTHING that matches, from the beginning of time: filters
        know no "since the last run". So a monitor costs more as a project grows, and
        what a session run measured once it remembers. A run that fails, is skipped,
        finds nothing or meets the quota says so nowhere.

        The service checks nothing in `filters`: a misspelt one would evaluate the whole
        project, and a time that is none lets the monitor never run. Two monitors of one
        name and kind are two, and bill twice.

        Args:
            name: What it is called, at most 255 characters; another may be called
                the same.
            target_type: What a monitor's runs evaluate.
            metrics: The metrics of its runs, at least one; all of sessions, or all
                of traces, by `target_type`. Sent once each, however often given.
            cadence: How often: `every_6h`, `daily`, `weekly`, or `cron:` and an
                expression of five parts in UTC, such as `cron:0 3 * * *`; at most 50
                characters; other forms of cron's are taken, too. The service looks
                every five minutes.
            date_from: Traces that started at this time or later, and sessions that
                have one. ISO 8601, with its offset from UTC.
            date_to: Traces that started before this time, and sessions that have
                one. ISO 8601, with its offset from UTC.
            user_id: Traces of exactly this user, and sessions that have one.
            tags: Traces with at least one of these tags, and sessions that have
                one. Empty means no filter. Sent once each, however often given.
            has_error: Sessions that have, or have not, a trace that failed among
                those that the other filters let through. Only where `target_type` is
                SESSION.
            min_trace_count: Sessions of at least so many traces that the other
                filters let through. Only where `target_type` is SESSION.
            trace_status: Traces in this state. Only where `target_type` is TRACE.
            session_id: Traces of exactly this session. Only where `target_type` is
                TRACE.
            trace_name: Traces whose name has this in it, in any case. Only where
                `target_type` is TRACE.
            sampling_rate: The fraction of what matches that each run evaluates,
                picked at random, 0 to 1; at least one, also for 0. The service uses 1
                where none is sent.
            model: The model that judges, in place of the service's default. Not
                checked; at most 255 characters.
            only_if_changed: Whether a run is left out where no trace that matches
                date, user and tags started after the last one. It decides whether there
                is a run, never what the run evaluates. The service uses true where none
                is sent.
            signal_weights: Weights that override the defaults, for sessions. Only
                where `target_type` is SESSION.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The monitor was created, and is `ACTIVE`. `reconciled` is True where its
            answer was lost and it was found again.

        Raises:
            InvalidRequest: A field is not what it should be, a metric is unknown,
                the cadence is none, or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
        """
        answer: CreatedMonitor = await self._sender.send(
            "create_monitor",
            {
                "name": name,
                "target_type": target_type,
                "metrics": metrics,
                "filters": {
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": user_id,
                    "tags": tags,
                    "has_error": has_error,
                    "min_trace_count": min_trace_count,
                    "status": trace_status,
                    "session_id": session_id,
                    "name": trace_name,
                },
                "sampling_rate": sampling_rate,
                "model": model,
                "cadence": cadence,
                "only_if_changed": only_if_changed,
                "signal_weights": signal_weights,
            },
            call,
        )
        return answer

    async def get(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Read one monitor.

        The monitor as it stands. Whether it works is not said: a run that was skipped,
        filters that match nothing or that cannot be read, and a used-up quota look the
        same. `next_run_at` moves on, and `last_run_at` does not. So hold `last_run_at`
        against `cadence`, which tells something where `only_if_changed` is false.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = await self._sender.send(
            "get_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    async def delete(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a monitor.

        Deletes the monitor. Its runs stay, with `monitor_id` null; one that is under
        way goes on.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        await self._sender.send("delete_monitor", {"monitor_id": monitor_id}, call)

    async def update(
        self,
        monitor_id: str | UUID | models.Monitor,
        *,
        name: str | None = None,
        metrics: Iterable[str] | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        has_error: bool | None = None,
        min_trace_count: int | None = None,
        trace_status: models.TraceStatus | None = None,
        session_id: str | None = None,
        trace_name: str | None = None,
        sampling_rate: float | None = None,
        model: str | None = None,
        cadence: str | None = None,
        only_if_changed: bool | None = None,
        signal_weights: Mapping[str, float] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Change a monitor.

        Changes what is given; what is not given stays. A filter that is given replaces
        all filters that were there, the weights of signals apart. A new cadence counts
        from now.

        Null is not sent, by anybody: in the place of the filters the service stores it
        and answers 500, and from then on every look at this monitor and at the
        project's list is a 500, and when it is due NO monitor of the whole deployment
        runs any more. So a model, weights or filters cannot be taken away by this:
        delete the monitor, and create another.

        Args:
            monitor_id: The monitor's id.
            name: What it is called, at most 255 characters.
            metrics: The metrics of its runs. The service takes an empty list, and
                then makes runs of no metrics. Sent once each, however often given.
            date_from: Traces that started at this time or later, and sessions that
                have one. ISO 8601, with its offset from UTC.
            date_to: Traces that started before this time, and sessions that have
                one. ISO 8601, with its offset from UTC.
            user_id: Traces of exactly this user, and sessions that have one.
            tags: Traces with at least one of these tags, and sessions that have
                one. Empty means no filter. Sent once each, however often given.
            has_error: Sessions that have, or have not, a trace that failed among
                those that the other filters let through. Only where `target_type` is
                SESSION.
            min_trace_count: Sessions of at least so many traces that the other
                filters let through. Only where `target_type` is SESSION.
            trace_status: Traces in this state. Only where `target_type` is TRACE.
            session_id: Traces of exactly this session. Only where `target_type` is
                TRACE.
            trace_name: Traces whose name has this in it, in any case. Only where
                `target_type` is TRACE.
            sampling_rate: The fraction of what matches that each run evaluates,
                picked at random, 0 to 1; at least one, also for 0.
            model: The model that judges, in place of the service's default. Not
                checked; at most 255 characters.
            cadence: How often: `every_6h`, `daily`, `weekly`, or `cron:` and an
                expression of five parts in UTC, such as `cron:0 3 * * *`; at most 50
                characters; other forms of cron's are taken, too. The service looks
                every five minutes.
            only_if_changed: Whether a run is left out where no trace that matches
                date, user and tags started after the last one. It decides whether there
                is a run, never what the run evaluates.
            signal_weights: Weights that override the defaults, for sessions. Only
                where `target_type` is SESSION.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: A field is not what it should be, a metric is unknown,
                the cadence is none, or the project scope is missing.
        """
        answer: models.Monitor = await self._sender.send(
            "update_monitor",
            {
                "monitor_id": monitor_id,
                "name": name,
                "metrics": metrics,
                "filters": {
                    "date_from": date_from,
                    "date_to": date_to,
                    "user_id": user_id,
                    "tags": tags,
                    "has_error": has_error,
                    "min_trace_count": min_trace_count,
                    "status": trace_status,
                    "session_id": session_id,
                    "name": trace_name,
                },
                "sampling_rate": sampling_rate,
                "model": model,
                "cadence": cadence,
                "only_if_changed": only_if_changed,
                "signal_weights": signal_weights,
            },
            call,
        )
        return answer

    async def pause(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Pause a monitor.

        The monitor makes no runs by itself until it is resumed. Twice is as good as
        once.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = await self._sender.send(
            "pause_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    async def resume(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> models.Monitor:
        """Let a paused monitor run again.

        The next run is one cadence from now; what was missed is not caught up. Twice is
        as good as once.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The monitor as it is now.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Monitor = await self._sender.send(
            "resume_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    async def trigger(
        self,
        monitor_id: str | UUID | models.Monitor,
        **call: Unpack[CallOptions],
    ) -> CreatedRun:
        """Let a monitor run now.

        Creates a run over everything that the monitor's filters match, or over its
        sample, whatever its cadence, `only_if_changed` and state. It is billed like any
        other run, to `session_evals` or `trace_evals`. It counts as the monitor's last
        run: the next one is one cadence from now, of a paused monitor too.

        As with the other creates, the run may exist although the answer was a 500 or
        never came. It is found again among the monitor's runs; one that the scheduler
        made in the same seconds cannot be told from it.

        Args:
            monitor_id: The monitor's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The run was created and is waiting for a worker. `reconciled` is True where
            its answer was lost and it was found again.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: Nothing matches the monitor's filters, the id is no
                UUID, or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
            QuotaExceeded: The plan does not allow more; nothing was created.
        """
        answer: CreatedRun = await self._sender.send(
            "trigger_monitor", {"monitor_id": monitor_id}, call
        )
        return answer

    def runs(
        self,
        monitor_id: str | UUID | models.Monitor,
        *,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> AsyncPaged[models.EvalRun, models.EvalRunPage]:
        """List the runs of one monitor, newest first.

        One page of the runs that the monitor has made, by itself or because it was
        triggered. They are runs over sessions or over traces, by the monitor's
        `target_type`, and can be waited for as such.

        Args:
            monitor_id: The monitor's id.
            page_size: Runs on the page, 1 to 200. The service uses 50 where none is
                sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            NotFound: The project has no such monitor.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        pages = self._sender.pages(
            "list_monitor_runs", {"monitor_id": monitor_id, "limit": page_size}, call
        )
        return AsyncPaged(pages)

    async def resolve(
        self,
        outcome: OutcomeUnknown | ContractViolation,
        **call: Unpack[CallOptions],
    ) -> CreatedMonitor | CreatedRun | None:
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
        found: CreatedMonitor | CreatedRun | None = await self._sender.resolve(
            outcome, call
        )
        return found
