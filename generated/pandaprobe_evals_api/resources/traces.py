# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Traces, each of which is one turn of an agent; find them, and read one with its spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from .. import models
    from .protocol import AsyncSender, CallOptions, Sender


class Traces:
    """Traces, each of which is one turn of an agent; find them, and read one with its
    spans.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    _tag = "traces"

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
        **call: Unpack[CallOptions],
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
            call: What else may be said of the call: `CallOptions`.

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

    def users(
        self,
        *,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> Paged[models.TraceUser, models.TraceUserPage]:
        """List the users that traces tell of.

        One page of the users, each with its traces summed up.

        Args:
            page_size: Users on the page, 1 to 200. The service uses 50 where none
                is sent.
            call: What else may be said of the call: `CallOptions`.

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


class AsyncTraces:
    """Traces, each of which is one turn of an agent; find them, and read one with its
    spans.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    _tag = "traces"

    def __init__(self, sender: AsyncSender) -> None:
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
        **call: Unpack[CallOptions],
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
            call: What else may be said of the call: `CallOptions`.

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

    def users(
        self,
        *,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> AsyncPaged[models.TraceUser, models.TraceUserPage]:
        """List the users that traces tell of.

        One page of the users, each with its traces summed up.

        Args:
            page_size: Users on the page, 1 to 200. The service uses 50 where none
                is sent.
            call: What else may be said of the call: `CallOptions`.

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
