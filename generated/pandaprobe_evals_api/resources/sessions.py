# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Sessions, which are what traces share; find them, and read one with its traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterable
    from datetime import datetime

    from .. import models
    from .protocol import CallOptions, ListOptions, Sender


class Sessions:
    """Sessions, which are what traces share; find them, and read one with its traces.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        started_after: datetime | str | None = None,
        started_before: datetime | str | None = None,
        has_error: bool | None = None,
        id_contains: str | None = None,
        sort_by: models.SessionSort | None = None,
        sort_order: models.SortOrder | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> Paged[models.Session, models.SessionPage]:
        """Find sessions.

        One page of the project's sessions. A session is what traces share, so the
        filters choose traces, and each row is computed from the chosen ones: with
        `tags` or a time, `trace_count`, the times, `has_error`, the tags and the sums
        are of that part of the session alone. Read one session for its true values.

        The order has no tie-breaker, and `recent` is the order of arrival, which
        changes while traces arrive: so the client reads in the order of arrival, and up
        to now, where nothing else is asked for; it gives each session once, compares
        what it has read with `total`, and reads again what moved meanwhile.

        Args:
            user_id: Only traces of exactly this user.
            tags: Only traces that have any of these tags, spelt exactly so. All of
                several tags cannot be asked for.
            started_after: Only traces that started at this time or later.
            started_before: Only traces that started before this time; one that
                started at it is left out.
            has_error: Only sessions in which one of the chosen traces failed, or
                none did.
            id_contains: Only sessions with this in their id, in any case. An exact
                id cannot be asked for; read the session.
            sort_by: What to sort by. The service uses `recent` where none is sent.
            sort_order: Which end comes first. The service uses `desc` where none is
                sent.
            page_size: Sessions on the page, 1 to 200. The service uses 50 where
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
            "list_sessions",
            {
                "user_id": user_id,
                "tags": tags,
                "started_after": started_after,
                "started_before": started_before,
                "has_error": has_error,
                "query": id_contains,
                "sort_by": sort_by,
                "sort_order": sort_order,
                "limit": page_size,
            },
            call,
        )
        return Paged(pages)

    def over_time(
        self,
        *,
        started_after: datetime | str,
        started_before: datetime | str,
        granularity: models.Granularity | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionBucket]:
        """Count sessions over time.

        How many sessions there were in each bucket, by the first trace that each has
        within the window. Buckets are in UTC, weeks begin on Monday, and buckets
        without a session are left out. A session's duration is the sum of what its
        traces took.

        Args:
            started_after: Only traces that started at this time or later.
            started_before: Only traces that started before this time.
            granularity: How long a bucket is. The service uses days where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The buckets, the earliest first; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.SessionBucket] = self._sender.send(
            "get_session_analytics",
            {
                "started_after": started_after,
                "started_before": started_before,
                "granularity": granularity,
            },
            call,
        )
        return answer

    def get(
        self,
        session_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
        **call: Unpack[CallOptions],
    ) -> models.SessionWithTraces:
        """Read one session with its traces.

        The session's true values, over all of its traces, and the traces themselves
        with spans, inputs and outputs, oldest first: that can be megabytes. With
        `limit=1` it is little more than the values.

        An id with a slash cannot be asked for, nor the id `analytics`, which is another
        path.

        Args:
            session_id: The session's id, without a slash.
            limit: Traces to read, 1 to 1000. The service uses 200 where none is
                sent; `trace_count` says how many there are.
            offset: Traces to pass over, counted from the oldest. The service uses 0
                where none is sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The session.

        Raises:
            NotFound: The project has no trace of such a session, or the id has a
                slash in it.
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: models.SessionWithTraces = self._sender.send(
            "get_session",
            {"session_id": session_id, "limit": limit, "offset": offset},
            call,
        )
        return answer

    def delete(
        self,
        session_id: str,
        **call: Unpack[CallOptions],
    ) -> models.Deleted:
        """Delete a session with all of its traces.

        Deletes the session's traces, their spans and their scores, for good. The
        session's own scores stay: they are listed still, and count in analytics.

        Args:
            session_id: The session's id, without a slash.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The session is gone.

        Raises:
            NotFound: The project has no trace of such a session, or the id has a
                slash in it.
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: models.Deleted = self._sender.send(
            "delete_session", {"session_id": session_id}, call
        )
        return answer


class AsyncSessions:
    """Sessions, which are what traces share; find them, and read one with its traces.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        user_id: str | None = None,
        tags: Iterable[str] | None = None,
        started_after: datetime | str | None = None,
        started_before: datetime | str | None = None,
        has_error: bool | None = None,
        id_contains: str | None = None,
        sort_by: models.SessionSort | None = None,
        sort_order: models.SortOrder | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> AsyncPaged[models.Session, models.SessionPage]:
        """Find sessions.

        One page of the project's sessions. A session is what traces share, so the
        filters choose traces, and each row is computed from the chosen ones: with
        `tags` or a time, `trace_count`, the times, `has_error`, the tags and the sums
        are of that part of the session alone. Read one session for its true values.

        The order has no tie-breaker, and `recent` is the order of arrival, which
        changes while traces arrive: so the client reads in the order of arrival, and up
        to now, where nothing else is asked for; it gives each session once, compares
        what it has read with `total`, and reads again what moved meanwhile.

        Args:
            user_id: Only traces of exactly this user.
            tags: Only traces that have any of these tags, spelt exactly so. All of
                several tags cannot be asked for.
            started_after: Only traces that started at this time or later.
            started_before: Only traces that started before this time; one that
                started at it is left out.
            has_error: Only sessions in which one of the chosen traces failed, or
                none did.
            id_contains: Only sessions with this in their id, in any case. An exact
                id cannot be asked for; read the session.
            sort_by: What to sort by. The service uses `recent` where none is sent.
            sort_order: Which end comes first. The service uses `desc` where none is
                sent.
            page_size: Sessions on the page, 1 to 200. The service uses 50 where
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
            "list_sessions",
            {
                "user_id": user_id,
                "tags": tags,
                "started_after": started_after,
                "started_before": started_before,
                "has_error": has_error,
                "query": id_contains,
                "sort_by": sort_by,
                "sort_order": sort_order,
                "limit": page_size,
            },
            call,
        )
        return AsyncPaged(pages)

    async def over_time(
        self,
        *,
        started_after: datetime | str,
        started_before: datetime | str,
        granularity: models.Granularity | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionBucket]:
        """Count sessions over time.

        How many sessions there were in each bucket, by the first trace that each has
        within the window. Buckets are in UTC, weeks begin on Monday, and buckets
        without a session are left out. A session's duration is the sum of what its
        traces took.

        Args:
            started_after: Only traces that started at this time or later.
            started_before: Only traces that started before this time.
            granularity: How long a bucket is. The service uses days where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The buckets, the earliest first; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.SessionBucket] = await self._sender.send(
            "get_session_analytics",
            {
                "started_after": started_after,
                "started_before": started_before,
                "granularity": granularity,
            },
            call,
        )
        return answer

    async def get(
        self,
        session_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
        **call: Unpack[CallOptions],
    ) -> models.SessionWithTraces:
        """Read one session with its traces.

        The session's true values, over all of its traces, and the traces themselves
        with spans, inputs and outputs, oldest first: that can be megabytes. With
        `limit=1` it is little more than the values.

        An id with a slash cannot be asked for, nor the id `analytics`, which is another
        path.

        Args:
            session_id: The session's id, without a slash.
            limit: Traces to read, 1 to 1000. The service uses 200 where none is
                sent; `trace_count` says how many there are.
            offset: Traces to pass over, counted from the oldest. The service uses 0
                where none is sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The session.

        Raises:
            NotFound: The project has no trace of such a session, or the id has a
                slash in it.
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: models.SessionWithTraces = await self._sender.send(
            "get_session",
            {"session_id": session_id, "limit": limit, "offset": offset},
            call,
        )
        return answer

    async def delete(
        self,
        session_id: str,
        **call: Unpack[CallOptions],
    ) -> models.Deleted:
        """Delete a session with all of its traces.

        Deletes the session's traces, their spans and their scores, for good. The
        session's own scores stay: they are listed still, and count in analytics.

        Args:
            session_id: The session's id, without a slash.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The session is gone.

        Raises:
            NotFound: The project has no trace of such a session, or the id has a
                slash in it.
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: models.Deleted = await self._sender.send(
            "delete_session", {"session_id": session_id}, call
        )
        return answer
