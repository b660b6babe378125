# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Scores of sessions, over all runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from .. import models
    from .protocol import AsyncSender, CallOptions, Sender


class SessionScores:
    """Scores of sessions, over all runs.

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
        name: str | None = None,
        source: models.ScoreSource | None = None,
        status: models.ScoreStatus | None = None,
        eval_run_id: str | UUID | models.EvalRun | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> Paged[models.SessionScore, models.SessionScorePage]:
        """List scores of sessions, newest first.

        One page of the project's session scores, from every run and every other source,
        narrowed by the given filters.

        Args:
            session_id: Only scores of this session.
            name: Only scores of this metric.
            source: Only scores from this source.
            status: Only scores in this state.
            eval_run_id: Only scores that this run produced.
            date_from: Only scores created at this time or later.
            date_to: Only scores created before this time; one created at it is left
                out.
            page_size: Scores on the page, 1 to 200. The service uses 50 where none
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
            "list_session_scores",
            {
                "session_id": session_id,
                "name": name,
                "source": source,
                "status": status,
                "eval_run_id": eval_run_id,
                "date_from": date_from,
                "date_to": date_to,
                "limit": page_size,
            },
            call,
        )
        return Paged(pages)


class AsyncSessionScores:
    """Scores of sessions, over all runs.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        session_id: str | None = None,
        name: str | None = None,
        source: models.ScoreSource | None = None,
        status: models.ScoreStatus | None = None,
        eval_run_id: str | UUID | models.EvalRun | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> AsyncPaged[models.SessionScore, models.SessionScorePage]:
        """List scores of sessions, newest first.

        One page of the project's session scores, from every run and every other source,
        narrowed by the given filters.

        Args:
            session_id: Only scores of this session.
            name: Only scores of this metric.
            source: Only scores from this source.
            status: Only scores in this state.
            eval_run_id: Only scores that this run produced.
            date_from: Only scores created at this time or later.
            date_to: Only scores created before this time; one created at it is left
                out.
            page_size: Scores on the page, 1 to 200. The service uses 50 where none
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
            "list_session_scores",
            {
                "session_id": session_id,
                "name": name,
                "source": source,
                "status": status,
                "eval_run_id": eval_run_id,
                "date_from": date_from,
                "date_to": date_to,
                "limit": page_size,
            },
            call,
        )
        return AsyncPaged(pages)
