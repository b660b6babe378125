# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Scores of sessions, over all runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    import builtins
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

    _tag = "session_scores"

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

    def of(
        self,
        session_id: str,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionScore]:
        """List all scores of one session.

        All scores of the session, newest first, not paged; empty for a session that is
        not known. The path and that of a score's deletion are one to OpenAPI. An id
        with a slash cannot be asked for like this: use `list`.

        Args:
            session_id: The session's id, without a slash.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            NotFound: The id has a slash in it, however that is encoded.
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.SessionScore] = self._sender.send(
            "list_scores_of_session", {"id": session_id}, call
        )
        return answer

    def delete(
        self,
        score_id: str | UUID | models.SessionScore,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a score.

        Deletes the score. A score that does not exist, or was deleted already, is
        answered in the same way.

        Args:
            score_id: The score's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        self._sender.send("delete_session_score", {"id": score_id}, call)


class AsyncSessionScores:
    """Scores of sessions, over all runs.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    _tag = "session_scores"

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

    async def of(
        self,
        session_id: str,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionScore]:
        """List all scores of one session.

        All scores of the session, newest first, not paged; empty for a session that is
        not known. The path and that of a score's deletion are one to OpenAPI. An id
        with a slash cannot be asked for like this: use `list`.

        Args:
            session_id: The session's id, without a slash.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            NotFound: The id has a slash in it, however that is encoded.
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.SessionScore] = await self._sender.send(
            "list_scores_of_session", {"id": session_id}, call
        )
        return answer

    async def delete(
        self,
        score_id: str | UUID | models.SessionScore,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a score.

        Deletes the score. A score that does not exist, or was deleted already, is
        answered in the same way.

        Args:
            score_id: The score's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        await self._sender.send("delete_session_score", {"id": score_id}, call)
