# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Scores of sessions, over all runs; one by one, and added up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    import builtins
    from datetime import datetime
    from uuid import UUID

    from .. import models
    from .protocol import CallOptions, ListOptions, Sender


class SessionScores:
    """Scores of sessions, over all runs; one by one, and added up.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def summary(
        self,
        *,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.ScoreSummary]:
        """Add up the scores of sessions, metric by metric.

        One row for each name that a score of a session has, over the whole project; no
        filter but the times. In what order the rows come is not said.

        Every score counts: a session that is evaluated each night counts each night,
        and a score of 1.0 for which nothing was measured counts as 1.0. The times are
        when the scores were created, not when the sessions were.

        Args:
            date_from: Only scores created at this time or later.
            date_to: Only scores created before this time; one created at it is left
                out.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            A row for each name; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.ScoreSummary] = self._sender.send(
            "get_session_score_summary",
            {"date_from": date_from, "date_to": date_to},
            call,
        )
        return answer

    def trend(
        self,
        *,
        metric_name: str,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        granularity: models.Granularity | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.ScoreTrend]:
        """Follow the mean score of a metric through time.

        One row for each hour, day or week in which the metric has scores, the earliest
        first. Times without a score have NO row: look at `bucket`, not at the position.
        An unknown metric has no rows.

        Every score counts, as in `summary`, and at the time when it was created, not at
        that of its session.

        Args:
            metric_name: The metric, or whatever name scores have.
            date_from: Only scores created at this time or later.
            date_to: Only scores created before this time; one created at it is left
                out.
            granularity: How long a bucket is. The service uses days where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            A row for each bucket that has scores; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.ScoreTrend] = self._sender.send(
            "get_session_score_trend",
            {
                "metric_name": metric_name,
                "date_from": date_from,
                "date_to": date_to,
                "granularity": granularity,
            },
            call,
        )
        return answer

    def distribution(
        self,
        *,
        metric_name: str,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        buckets: int | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.ScoreDistribution]:
        """Count the scores of a metric by their value.

        Divides 0 to 1 into buckets, and counts the scores in each. Buckets without a
        score have NO row. A score of exactly 1 is in none of the buckets but in one
        more, numbered `buckets` + 1, whose least and greatest value are both 1: add it
        to the last one for a histogram that people read.

        Every score counts, as in `summary`.

        Args:
            metric_name: The metric, or whatever name scores have.
            date_from: Only scores created at this time or later.
            date_to: Only scores created before this time; one created at it is left
                out.
            buckets: How many buckets, 1 to 100. The service uses 10 where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            A row for each bucket that has scores; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.ScoreDistribution] = self._sender.send(
            "get_session_score_distribution",
            {
                "metric_name": metric_name,
                "date_from": date_from,
                "date_to": date_to,
                "buckets": buckets,
            },
            call,
        )
        return answer

    def history(
        self,
        session_id: str,
        *,
        metric_name: str | None = None,
        limit: int | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionScorePoint]:
        """Follow the scores of one session.

        The session's scores, the OLDEST first, and where there are more than `limit` it
        is the newest that are left out: past 200 scores they cannot be had here at all.
        `list` has the newest first, and pages. Empty for a session that is not known.
        An id with a slash cannot be asked for.

        Args:
            session_id: The session's id, without a slash.
            metric_name: Only scores of this metric.
            limit: Scores to return, counted from the oldest, 1 to 200. The service
                uses 50 where none is sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            NotFound: The id has a slash in it, however that is encoded.
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.SessionScorePoint] = self._sender.send(
            "get_session_score_history",
            {"session_id": session_id, "metric_name": metric_name, "limit": limit},
            call,
        )
        return answer

    def comparison(
        self,
        *,
        metric_name: str,
        sort_order: models.SortOrder | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> Paged[models.SessionComparison, models.SessionComparisonPage]:
        """List sessions by their newest score, the worst first.

        One row for each session that a metric has scored: its newest `NUMERIC` score
        that is `SUCCESS`, whenever that was. No filter and no times; sessions whose
        traces were deleted are among them. Equal scores are sorted by session id.

        Args:
            metric_name: The metric, or whatever name scores have.
            sort_order: Which end comes first. The service uses `asc`, the worst
                first, where none is sent.
            page_size: Sessions on the page, 1 to 100. The service uses 20 where
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
            "list_session_score_comparison",
            {"metric_name": metric_name, "sort_order": sort_order, "limit": page_size},
            call,
        )
        return Paged(pages)

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
        **call: Unpack[ListOptions],
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
            call: What else may be said of the call: `ListOptions`.

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
    """Scores of sessions, over all runs; one by one, and added up.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def summary(
        self,
        *,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.ScoreSummary]:
        """Add up the scores of sessions, metric by metric.

        One row for each name that a score of a session has, over the whole project; no
        filter but the times. In what order the rows come is not said.

        Every score counts: a session that is evaluated each night counts each night,
        and a score of 1.0 for which nothing was measured counts as 1.0. The times are
        when the scores were created, not when the sessions were.

        Args:
            date_from: Only scores created at this time or later.
            date_to: Only scores created before this time; one created at it is left
                out.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            A row for each name; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.ScoreSummary] = await self._sender.send(
            "get_session_score_summary",
            {"date_from": date_from, "date_to": date_to},
            call,
        )
        return answer

    async def trend(
        self,
        *,
        metric_name: str,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        granularity: models.Granularity | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.ScoreTrend]:
        """Follow the mean score of a metric through time.

        One row for each hour, day or week in which the metric has scores, the earliest
        first. Times without a score have NO row: look at `bucket`, not at the position.
        An unknown metric has no rows.

        Every score counts, as in `summary`, and at the time when it was created, not at
        that of its session.

        Args:
            metric_name: The metric, or whatever name scores have.
            date_from: Only scores created at this time or later.
            date_to: Only scores created before this time; one created at it is left
                out.
            granularity: How long a bucket is. The service uses days where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            A row for each bucket that has scores; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.ScoreTrend] = await self._sender.send(
            "get_session_score_trend",
            {
                "metric_name": metric_name,
                "date_from": date_from,
                "date_to": date_to,
                "granularity": granularity,
            },
            call,
        )
        return answer

    async def distribution(
        self,
        *,
        metric_name: str,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        buckets: int | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.ScoreDistribution]:
        """Count the scores of a metric by their value.

        Divides 0 to 1 into buckets, and counts the scores in each. Buckets without a
        score have NO row. A score of exactly 1 is in none of the buckets but in one
        more, numbered `buckets` + 1, whose least and greatest value are both 1: add it
        to the last one for a histogram that people read.

        Every score counts, as in `summary`.

        Args:
            metric_name: The metric, or whatever name scores have.
            date_from: Only scores created at this time or later.
            date_to: Only scores created before this time; one created at it is left
                out.
            buckets: How many buckets, 1 to 100. The service uses 10 where none is
                sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            A row for each bucket that has scores; may be empty.

        Raises:
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.ScoreDistribution] = await self._sender.send(
            "get_session_score_distribution",
            {
                "metric_name": metric_name,
                "date_from": date_from,
                "date_to": date_to,
                "buckets": buckets,
            },
            call,
        )
        return answer

    async def history(
        self,
        session_id: str,
        *,
        metric_name: str | None = None,
        limit: int | None = None,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionScorePoint]:
        """Follow the scores of one session.

        The session's scores, the OLDEST first, and where there are more than `limit` it
        is the newest that are left out: past 200 scores they cannot be had here at all.
        `list` has the newest first, and pages. Empty for a session that is not known.
        An id with a slash cannot be asked for.

        Args:
            session_id: The session's id, without a slash.
            metric_name: Only scores of this metric.
            limit: Scores to return, counted from the oldest, 1 to 200. The service
                uses 50 where none is sent.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            NotFound: The id has a slash in it, however that is encoded.
            InvalidRequest: A query parameter is malformed, or the project scope is
                missing.
        """
        answer: builtins.list[models.SessionScorePoint] = await self._sender.send(
            "get_session_score_history",
            {"session_id": session_id, "metric_name": metric_name, "limit": limit},
            call,
        )
        return answer

    def comparison(
        self,
        *,
        metric_name: str,
        sort_order: models.SortOrder | None = None,
        page_size: int | None = None,
        **call: Unpack[ListOptions],
    ) -> AsyncPaged[models.SessionComparison, models.SessionComparisonPage]:
        """List sessions by their newest score, the worst first.

        One row for each session that a metric has scored: its newest `NUMERIC` score
        that is `SUCCESS`, whenever that was. No filter and no times; sessions whose
        traces were deleted are among them. Equal scores are sorted by session id.

        Args:
            metric_name: The metric, or whatever name scores have.
            sort_order: Which end comes first. The service uses `asc`, the worst
                first, where none is sent.
            page_size: Sessions on the page, 1 to 100. The service uses 20 where
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
            "list_session_score_comparison",
            {"metric_name": metric_name, "sort_order": sort_order, "limit": page_size},
            call,
        )
        return AsyncPaged(pages)

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
        **call: Unpack[ListOptions],
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
            call: What else may be said of the call: `ListOptions`.

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
