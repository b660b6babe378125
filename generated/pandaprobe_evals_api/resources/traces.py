# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Traces, each of which is one turn of an agent; find them, and read one with its spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import Any, Literal
    from uuid import UUID

    from .. import models
    from .protocol import CallOptions, ListOptions, Sender


class Traces:
    """Traces, each of which is one turn of an agent; find them, and read one with its
    spans.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        session_id: str | None = None,
        status: models.TraceStatus | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        name_contains: str | None = None,
        started_after: datetime | str | None = None,
        started_before: datetime | str | None = None,
        sort_by: models.TraceSort | None = None,
        sort_order: models.SortOrder | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> Paged[models.TraceSummary, models.TracePage]:
        """Find traces.

        One page of the project's traces, without their spans, inputs and outputs. A
        trace that was accepted is stored a moment later: until it is listed here, a run
        over it finds nothing.

        Args:
            session_id: Only traces of exactly this session.
            status: Only traces in this state.
            user_id: Only traces of exactly this user.
            tags: Only traces that have any of these tags, spelt exactly so. All of
                several tags cannot be asked for.
            name_contains: Only traces with this in their name, in any case.
            started_after: Only traces that started at this time or later.
            started_before: Only traces that started before this time; one that
                started at it is left out.
            sort_by: What to sort by; where it is `latency` or `ended_at`, a trace
                that has not ended is the greatest. The service uses `started_at` where
                none is sent.
            sort_order: Which end comes first. The service uses `desc` where none is
                sent.
            page_size: Traces on the page, 1 to 200. The service uses 50 where none
                is sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages(
            "list_traces",
            {
                "session_id": session_id,
                "status": status,
                "user_id": user_id,
                "tags": tags,
                "name": name_contains,
                "started_after": started_after,
                "started_before": started_before,
                "sort_by": sort_by,
                "sort_order": sort_order,
                "limit": page_size,
            },
            call,
        )
        return Paged(pages)

    def create(
        self,
        *,
        name: str,
        started_at: datetime | str,
        trace_id: str | UUID | None = None,
        status: models.TraceStatus | None = None,
        input: Any | None = None,
        output: Any | None = None,
        metadata: Mapping[str, Any] | None = None,
        ended_at: datetime | str | None = None,
        session_id: str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        environment: str | None = None,
        release: str | None = None,
        spans: Iterable[models.NewSpan | Mapping[str, Any]] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.TraceAccepted:
        """Send a trace.

        Hands a trace in, for it to be stored a moment later: until then it cannot be
        read, and a run over it finds nothing. For agents there are tracing packages,
        which do this by themselves.

        A trace of an id that is known already is added to: tags and metadata are
        united, and of the rest what is not null replaces what there was. So twice is as
        good as once, where the trace and its spans have ids of their own; this client
        makes those that are not given. But each time is billed, as one more of the
        plan's `traces`.

        Args:
            name: What the agent's program calls it, 1 to 512 characters.
            started_at: When it began.
            trace_id: Its id; a new one where none is given.
            status: Whether it goes on, and how it ended. The service uses
                `COMPLETED` where none is sent.
            input: What the agent was given, any JSON.
            output: What the agent answered, any JSON.
            metadata: What else is to be kept, by keys of one's own.
            ended_at: When it ended.
            session_id: The session that it is a turn of, at most 255 characters.
            user_id: Whose it is, at most 255 characters.
            tags: Its tags.
            environment: Where the agent ran, such as `production`, at most 255
                characters.
            release: Which release of the agent it was, at most 255 characters.
            spans: Its steps, at most 500.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The trace was accepted, and is stored a moment later.

        Raises:
            InvalidRequest: A field is not what it should be, or the project scope
                is missing.
        """
        answer: models.TraceAccepted = self._sender.send(
            "create_trace",
            {
                "trace_id": trace_id,
                "name": name,
                "status": status,
                "input": input,
                "output": output,
                "metadata": metadata,
                "started_at": started_at,
                "ended_at": ended_at,
                "session_id": session_id,
                "user_id": user_id,
                "tags": tags,
                "environment": environment,
                "release": release,
                "spans": spans,
            },
            call,
        )
        return answer

    def delete_many(
        self,
        *,
        trace_ids: Iterable[str | UUID | models.Trace | models.TraceSummary],
        **call: Unpack[CallOptions],
    ) -> models.Deleted:
        """Delete many traces.

        Deletes up to 500 traces, their spans and their scores, for good. Unknown ones
        are passed over.

        Args:
            trace_ids: The traces, 1 to 500.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            They are gone.

        Raises:
            InvalidRequest: An id is no UUID, there are none or more than 500, or
                the project scope is missing.
        """
        answer: models.Deleted = self._sender.send(
            "delete_traces", {"trace_ids": trace_ids}, call
        )
        return answer

    def tag(
        self,
        *,
        trace_ids: Iterable[str | UUID | models.Trace | models.TraceSummary],
        add_tags: Iterable[str] | None = None,
        remove_tags: Iterable[str] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.Updated:
        """Take tags from many traces, and give them some.

        First removes tags, then adds some, of up to 500 traces; unknown ones are passed
        over. Twice is as good as once. Marks what was evaluated; but no filter can ask
        for what lacks a tag.

        Args:
            trace_ids: The traces, 1 to 500.
            add_tags: Tags that all of them are to have.
            remove_tags: Tags that none of them is to have, unless it is added.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The traces have these tags.

        Raises:
            InvalidRequest: An id is no UUID, there are none or more than 500, or
                the project scope is missing.
        """
        answer: models.Updated = self._sender.send(
            "tag_traces",
            {"trace_ids": trace_ids, "add_tags": add_tags, "remove_tags": remove_tags},
            call,
        )
        return answer

    def over_time(
        self,
        *,
        started_after: datetime | str,
        started_before: datetime | str,
        metric: models.TraceAnalyticsMetric | None = None,
        granularity: models.Granularity | None = None,
        **call: Unpack[CallOptions],
    ) -> (
        builtins.list[models.TraceVolume]
        | builtins.list[models.TraceUsage]
        | builtins.list[models.ModelUsage]
    ):
        """Add traces up over time.

        What the traces of each bucket come to, by when they started: how many, failed
        ones and latencies for `volume`, `errors` and `latency`; tokens and costs for
        `tokens` and `cost`. For `models` there are no buckets, but one row for each
        model. Buckets are in UTC, weeks begin on Monday, and buckets without a trace
        are left out.

        Args:
            started_after: Only traces that started at this time or later.
            started_before: Only traces that started before this time.
            metric: What to add up, which says of what form the rows are. The
                service uses `volume` where none is sent.
            granularity: How long a bucket is. The service uses days where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The rows, of one form; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: (
            builtins.list[models.TraceVolume]
            | builtins.list[models.TraceUsage]
            | builtins.list[models.ModelUsage]
        ) = self._sender.send(
            "get_trace_analytics",
            {
                "started_after": started_after,
                "started_before": started_before,
                "metric": metric,
                "granularity": granularity,
            },
            call,
        )
        return answer

    def users(
        self,
        *,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> Paged[models.TraceUser, models.TraceUserPage]:
        """List the users that traces tell of.

        One page of the users, each with its traces summed up.

        Args:
            page_size: Users on the page, 1 to 200. The service uses 50 where none
                is sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages("list_trace_users", {"limit": page_size}, call)
        return Paged(pages)

    def get(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        **call: Unpack[CallOptions],
    ) -> models.Trace:
        """Read one trace with its spans.

        The trace with its input, its output and all its spans. 404 is also what is
        answered for a trace that was accepted and is not stored yet.

        Args:
            trace_id: The trace's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The trace.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Trace = self._sender.send(
            "get_trace", {"trace_id": trace_id}, call
        )
        return answer

    def delete(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a trace.

        Deletes the trace, its spans and its scores, for good.

        Args:
            trace_id: The trace's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        self._sender.send("delete_trace", {"trace_id": trace_id}, call)

    def update(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        *,
        name: str | None = None,
        status: models.TraceStatus | None = None,
        input: Any | None = None,
        output: Any | None = None,
        metadata: Mapping[str, Any] | None = None,
        ended_at: datetime | str | None = None,
        session_id: str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        environment: str | None = None,
        release: str | None = None,
        clear: Iterable[
            Literal[
                "input",
                "output",
                "ended_at",
                "session_id",
                "user_id",
                "environment",
                "release",
            ]
        ]
        | None = None,
        **call: Unpack[CallOptions],
    ) -> models.Trace:
        """Change a trace.

        Changes what is given, and leaves the rest: metadata is added to what there is,
        and tags take the place of those that there were. Null clears a field; this
        client sends it for what `clear` names alone.

        Args:
            trace_id: The trace's id.
            name: Another name, at most 512 characters.
            status: How it ended, or that it goes on.
            input: What the agent was given, any JSON.
            output: What the agent answered, any JSON.
            metadata: Metadata to be added to what there is.
            ended_at: When it ended.
            session_id: The session that it is a turn of, at most 255 characters.
            user_id: Whose it is, at most 255 characters.
            tags: Tags in place of those that there are.
            environment: Where the agent ran, such as `production`, at most 255
                characters.
            release: Which release of the agent it was, at most 255 characters.
            clear: Fields that are to have no value from now on: null is sent for
                them.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The trace as it is now.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: A field is not what it should be, or the project scope
                is missing.
        """
        answer: models.Trace = self._sender.send(
            "update_trace",
            {
                "trace_id": trace_id,
                "name": name,
                "status": status,
                "input": input,
                "output": output,
                "metadata": metadata,
                "ended_at": ended_at,
                "session_id": session_id,
                "user_id": user_id,
                "tags": tags,
                "environment": environment,
                "release": release,
                "clear": clear,
            },
            call,
        )
        return answer

    def add_spans(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        *,
        spans: Iterable[models.NewSpan | Mapping[str, Any]],
        **call: Unpack[CallOptions],
    ) -> models.SpansAdded:
        """Add spans to a trace.

        Adds steps to a trace that is stored. A span of an id that the trace has already
        takes its place, so twice is as good as once where spans have ids of their own;
        this client makes those that are not given.

        Args:
            trace_id: The trace's id.
            spans: The spans, 1 to 500.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The trace has these spans.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: A field is not what it should be, or the project scope
                is missing.
        """
        answer: models.SpansAdded = self._sender.send(
            "add_spans", {"trace_id": trace_id, "spans": spans}, call
        )
        return answer

    def update_span(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        span_id: str | UUID | models.Span,
        *,
        name: str | None = None,
        kind: models.SpanKind | None = None,
        status: models.SpanStatus | None = None,
        input: Any | None = None,
        output: Any | None = None,
        model: str | None = None,
        token_usage: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        ended_at: datetime | str | None = None,
        error: str | None = None,
        completion_start_time: datetime | str | None = None,
        model_parameters: Mapping[str, Any] | None = None,
        cost: Mapping[str, float] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.Span:
        """Change a span of a trace.

        Changes what is given, and leaves the rest.

        Args:
            trace_id: The trace's id.
            span_id: The span's id.
            name: Another name, at most 512 characters.
            kind: What it does.
            status: How it ended.
            input: What it was given, any JSON.
            output: What it answered, any JSON.
            model: The model that was called, at most 255 characters.
            token_usage: Tokens, by what they were used for.
            metadata: Metadata to be added to what there is.
            ended_at: When it ended.
            error: What went wrong.
            completion_start_time: When the model's first token came.
            model_parameters: How the model was asked.
            cost: What it cost, by what for.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The span as it is now.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: A field is not what it should be, or the project scope
                is missing.
        """
        answer: models.Span = self._sender.send(
            "update_span",
            {
                "trace_id": trace_id,
                "span_id": span_id,
                "name": name,
                "kind": kind,
                "status": status,
                "input": input,
                "output": output,
                "model": model,
                "token_usage": token_usage,
                "metadata": metadata,
                "ended_at": ended_at,
                "error": error,
                "completion_start_time": completion_start_time,
                "model_parameters": model_parameters,
                "cost": cost,
            },
            call,
        )
        return answer


class AsyncTraces:
    """Traces, each of which is one turn of an agent; find them, and read one with its
    spans.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        session_id: str | None = None,
        status: models.TraceStatus | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        name_contains: str | None = None,
        started_after: datetime | str | None = None,
        started_before: datetime | str | None = None,
        sort_by: models.TraceSort | None = None,
        sort_order: models.SortOrder | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> AsyncPaged[models.TraceSummary, models.TracePage]:
        """Find traces.

        One page of the project's traces, without their spans, inputs and outputs. A
        trace that was accepted is stored a moment later: until it is listed here, a run
        over it finds nothing.

        Args:
            session_id: Only traces of exactly this session.
            status: Only traces in this state.
            user_id: Only traces of exactly this user.
            tags: Only traces that have any of these tags, spelt exactly so. All of
                several tags cannot be asked for.
            name_contains: Only traces with this in their name, in any case.
            started_after: Only traces that started at this time or later.
            started_before: Only traces that started before this time; one that
                started at it is left out.
            sort_by: What to sort by; where it is `latency` or `ended_at`, a trace
                that has not ended is the greatest. The service uses `started_at` where
                none is sent.
            sort_order: Which end comes first. The service uses `desc` where none is
                sent.
            page_size: Traces on the page, 1 to 200. The service uses 50 where none
                is sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages(
            "list_traces",
            {
                "session_id": session_id,
                "status": status,
                "user_id": user_id,
                "tags": tags,
                "name": name_contains,
                "started_after": started_after,
                "started_before": started_before,
                "sort_by": sort_by,
                "sort_order": sort_order,
                "limit": page_size,
            },
            call,
        )
        return AsyncPaged(pages)

    async def create(
        self,
        *,
        name: str,
        started_at: datetime | str,
        trace_id: str | UUID | None = None,
        status: models.TraceStatus | None = None,
        input: Any | None = None,
        output: Any | None = None,
        metadata: Mapping[str, Any] | None = None,
        ended_at: datetime | str | None = None,
        session_id: str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        environment: str | None = None,
        release: str | None = None,
        spans: Iterable[models.NewSpan | Mapping[str, Any]] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.TraceAccepted:
        """Send a trace.

        Hands a trace in, for it to be stored a moment later: until then it cannot be
        read, and a run over it finds nothing. For agents there are tracing packages,
        which do this by themselves.

        A trace of an id that is known already is added to: tags and metadata are
        united, and of the rest what is not null replaces what there was. So twice is as
        good as once, where the trace and its spans have ids of their own; this client
        makes those that are not given. But each time is billed, as one more of the
        plan's `traces`.

        Args:
            name: What the agent's program calls it, 1 to 512 characters.
            started_at: When it began.
            trace_id: Its id; a new one where none is given.
            status: Whether it goes on, and how it ended. The service uses
                `COMPLETED` where none is sent.
            input: What the agent was given, any JSON.
            output: What the agent answered, any JSON.
            metadata: What else is to be kept, by keys of one's own.
            ended_at: When it ended.
            session_id: The session that it is a turn of, at most 255 characters.
            user_id: Whose it is, at most 255 characters.
            tags: Its tags.
            environment: Where the agent ran, such as `production`, at most 255
                characters.
            release: Which release of the agent it was, at most 255 characters.
            spans: Its steps, at most 500.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The trace was accepted, and is stored a moment later.

        Raises:
            InvalidRequest: A field is not what it should be, or the project scope
                is missing.
        """
        answer: models.TraceAccepted = await self._sender.send(
            "create_trace",
            {
                "trace_id": trace_id,
                "name": name,
                "status": status,
                "input": input,
                "output": output,
                "metadata": metadata,
                "started_at": started_at,
                "ended_at": ended_at,
                "session_id": session_id,
                "user_id": user_id,
                "tags": tags,
                "environment": environment,
                "release": release,
                "spans": spans,
            },
            call,
        )
        return answer

    async def delete_many(
        self,
        *,
        trace_ids: Iterable[str | UUID | models.Trace | models.TraceSummary],
        **call: Unpack[CallOptions],
    ) -> models.Deleted:
        """Delete many traces.

        Deletes up to 500 traces, their spans and their scores, for good. Unknown ones
        are passed over.

        Args:
            trace_ids: The traces, 1 to 500.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            They are gone.

        Raises:
            InvalidRequest: An id is no UUID, there are none or more than 500, or
                the project scope is missing.
        """
        answer: models.Deleted = await self._sender.send(
            "delete_traces", {"trace_ids": trace_ids}, call
        )
        return answer

    async def tag(
        self,
        *,
        trace_ids: Iterable[str | UUID | models.Trace | models.TraceSummary],
        add_tags: Iterable[str] | None = None,
        remove_tags: Iterable[str] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.Updated:
        """Take tags from many traces, and give them some.

        First removes tags, then adds some, of up to 500 traces; unknown ones are passed
        over. Twice is as good as once. Marks what was evaluated; but no filter can ask
        for what lacks a tag.

        Args:
            trace_ids: The traces, 1 to 500.
            add_tags: Tags that all of them are to have.
            remove_tags: Tags that none of them is to have, unless it is added.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The traces have these tags.

        Raises:
            InvalidRequest: An id is no UUID, there are none or more than 500, or
                the project scope is missing.
        """
        answer: models.Updated = await self._sender.send(
            "tag_traces",
            {"trace_ids": trace_ids, "add_tags": add_tags, "remove_tags": remove_tags},
            call,
        )
        return answer

    async def over_time(
        self,
        *,
        started_after: datetime | str,
        started_before: datetime | str,
        metric: models.TraceAnalyticsMetric | None = None,
        granularity: models.Granularity | None = None,
        **call: Unpack[CallOptions],
    ) -> (
        builtins.list[models.TraceVolume]
        | builtins.list[models.TraceUsage]
        | builtins.list[models.ModelUsage]
    ):
        """Add traces up over time.

        What the traces of each bucket come to, by when they started: how many, failed
        ones and latencies for `volume`, `errors` and `latency`; tokens and costs for
        `tokens` and `cost`. For `models` there are no buckets, but one row for each
        model. Buckets are in UTC, weeks begin on Monday, and buckets without a trace
        are left out.

        Args:
            started_after: Only traces that started at this time or later.
            started_before: Only traces that started before this time.
            metric: What to add up, which says of what form the rows are. The
                service uses `volume` where none is sent.
            granularity: How long a bucket is. The service uses days where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The rows, of one form; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: (
            builtins.list[models.TraceVolume]
            | builtins.list[models.TraceUsage]
            | builtins.list[models.ModelUsage]
        ) = await self._sender.send(
            "get_trace_analytics",
            {
                "started_after": started_after,
                "started_before": started_before,
                "metric": metric,
                "granularity": granularity,
            },
            call,
        )
        return answer

    def users(
        self,
        *,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> AsyncPaged[models.TraceUser, models.TraceUserPage]:
        """List the users that traces tell of.

        One page of the users, each with its traces summed up.

        Args:
            page_size: Users on the page, 1 to 200. The service uses 50 where none
                is sent.
            call: What else may be said of the call: `ListOptions`.

        Returns:
            To be iterated for the items, or over `.pages()` for the pages; nothing is
            read before.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        pages = self._sender.pages("list_trace_users", {"limit": page_size}, call)
        return AsyncPaged(pages)

    async def get(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        **call: Unpack[CallOptions],
    ) -> models.Trace:
        """Read one trace with its spans.

        The trace with its input, its output and all its spans. 404 is also what is
        answered for a trace that was accepted and is not stored yet.

        Args:
            trace_id: The trace's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The trace.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: models.Trace = await self._sender.send(
            "get_trace", {"trace_id": trace_id}, call
        )
        return answer

    async def delete(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a trace.

        Deletes the trace, its spans and its scores, for good.

        Args:
            trace_id: The trace's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        await self._sender.send("delete_trace", {"trace_id": trace_id}, call)

    async def update(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        *,
        name: str | None = None,
        status: models.TraceStatus | None = None,
        input: Any | None = None,
        output: Any | None = None,
        metadata: Mapping[str, Any] | None = None,
        ended_at: datetime | str | None = None,
        session_id: str | None = None,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        environment: str | None = None,
        release: str | None = None,
        clear: Iterable[
            Literal[
                "input",
                "output",
                "ended_at",
                "session_id",
                "user_id",
                "environment",
                "release",
            ]
        ]
        | None = None,
        **call: Unpack[CallOptions],
    ) -> models.Trace:
        """Change a trace.

        Changes what is given, and leaves the rest: metadata is added to what there is,
        and tags take the place of those that there were. Null clears a field; this
        client sends it for what `clear` names alone.

        Args:
            trace_id: The trace's id.
            name: Another name, at most 512 characters.
            status: How it ended, or that it goes on.
            input: What the agent was given, any JSON.
            output: What the agent answered, any JSON.
            metadata: Metadata to be added to what there is.
            ended_at: When it ended.
            session_id: The session that it is a turn of, at most 255 characters.
            user_id: Whose it is, at most 255 characters.
            tags: Tags in place of those that there are.
            environment: Where the agent ran, such as `production`, at most 255
                characters.
            release: Which release of the agent it was, at most 255 characters.
            clear: Fields that are to have no value from now on: null is sent for
                them.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The trace as it is now.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: A field is not what it should be, or the project scope
                is missing.
        """
        answer: models.Trace = await self._sender.send(
            "update_trace",
            {
                "trace_id": trace_id,
                "name": name,
                "status": status,
                "input": input,
                "output": output,
                "metadata": metadata,
                "ended_at": ended_at,
                "session_id": session_id,
                "user_id": user_id,
                "tags": tags,
                "environment": environment,
                "release": release,
                "clear": clear,
            },
            call,
        )
        return answer

    async def add_spans(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        *,
        spans: Iterable[models.NewSpan | Mapping[str, Any]],
        **call: Unpack[CallOptions],
    ) -> models.SpansAdded:
        """Add spans to a trace.

        Adds steps to a trace that is stored. A span of an id that the trace has already
        takes its place, so twice is as good as once where spans have ids of their own;
        this client makes those that are not given.

        Args:
            trace_id: The trace's id.
            spans: The spans, 1 to 500.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The trace has these spans.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: A field is not what it should be, or the project scope
                is missing.
        """
        answer: models.SpansAdded = await self._sender.send(
            "add_spans", {"trace_id": trace_id, "spans": spans}, call
        )
        return answer

    async def update_span(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary,
        span_id: str | UUID | models.Span,
        *,
        name: str | None = None,
        kind: models.SpanKind | None = None,
        status: models.SpanStatus | None = None,
        input: Any | None = None,
        output: Any | None = None,
        model: str | None = None,
        token_usage: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        ended_at: datetime | str | None = None,
        error: str | None = None,
        completion_start_time: datetime | str | None = None,
        model_parameters: Mapping[str, Any] | None = None,
        cost: Mapping[str, float] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.Span:
        """Change a span of a trace.

        Changes what is given, and leaves the rest.

        Args:
            trace_id: The trace's id.
            span_id: The span's id.
            name: Another name, at most 512 characters.
            kind: What it does.
            status: How it ended.
            input: What it was given, any JSON.
            output: What it answered, any JSON.
            model: The model that was called, at most 255 characters.
            token_usage: Tokens, by what they were used for.
            metadata: Metadata to be added to what there is.
            ended_at: When it ended.
            error: What went wrong.
            completion_start_time: When the model's first token came.
            model_parameters: How the model was asked.
            cost: What it cost, by what for.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The span as it is now.

        Raises:
            NotFound: The project has no such trace, or not yet.
            InvalidRequest: A field is not what it should be, or the project scope
                is missing.
        """
        answer: models.Span = await self._sender.send(
            "update_span",
            {
                "trace_id": trace_id,
                "span_id": span_id,
                "name": name,
                "kind": kind,
                "status": status,
                "input": input,
                "output": output,
                "model": model,
                "token_usage": token_usage,
                "metadata": metadata,
                "ended_at": ended_at,
                "error": error,
                "completion_start_time": completion_start_time,
                "model_parameters": model_parameters,
                "cost": cost,
            },
            call,
        )
        return answer
