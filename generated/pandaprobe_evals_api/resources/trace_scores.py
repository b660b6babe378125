# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Scores of traces, over all runs, people and other software; and the signals that session runs measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    import builtins
    from datetime import datetime
    from uuid import UUID

    from .. import models
    from .protocol import AsyncSender, CallOptions, Sender


class TraceScores:
    """Scores of traces, over all runs, people and other software; and the signals that
    session runs measure.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    _tag = "trace_scores"

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        trace_id: str
        | UUID
        | models.Trace
        | models.TraceSummary
        | models.TraceScore
        | None = None,
        name: str | None = None,
        source: models.ScoreSource | None = None,
        status: models.ScoreStatus | None = None,
        data_type: models.ScoreDataType | None = None,
        eval_run_id: str | UUID | models.EvalRun | None = None,
        environment: str | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> Paged[models.TraceScore, models.TraceScorePage]:
        """List scores of traces, newest first.

        One page of the project's trace scores: those of trace runs, those that people
        and other software gave, and the signals that session runs measured, with which
        a session's score is explained: ask for them by the session run's `eval_run_id`.
        A signal that failed is there as `FAILED`.

        Args:
            trace_id: Only scores of this trace.
            name: Only scores of exactly this name.
            source: Only scores from this source.
            status: Only scores in this state.
            data_type: Only scores of this type.
            eval_run_id: Only scores that this run produced, a trace run or a
                session run.
            environment: Only scores of runs over traces of exactly this
                environment; what people and other software gave has none.
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
            "list_trace_scores",
            {
                "trace_id": trace_id,
                "name": name,
                "source": source,
                "status": status,
                "data_type": data_type,
                "eval_run_id": eval_run_id,
                "environment": environment,
                "date_from": date_from,
                "date_to": date_to,
                "limit": page_size,
            },
            call,
        )
        return Paged(pages)

    def of(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary | models.TraceScore,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.TraceScore]:
        """Read the newest score of each name that a trace has.

        The newest score of each name, whatever its source, type and state, sorted by
        name: a person's hides the judge's of the same name, and one that failed hides
        an older one that did not. `list` has all of them. Empty for a trace that is not
        known. The path and those of one score are one to OpenAPI.

        Args:
            trace_id: The trace's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: builtins.list[models.TraceScore] = self._sender.send(
            "list_scores_of_trace", {"id": trace_id}, call
        )
        return answer

    def delete(
        self,
        score_id: str | UUID | models.TraceScore,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a score.

        Deletes the score. This is how a session run is made to measure a signal anew:
        it takes the newest good score of a signal's name that it finds on a trace,
        whoever gave it.

        Args:
            score_id: The score's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such score.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        self._sender.send("delete_trace_score", {"id": score_id}, call)


class AsyncTraceScores:
    """Scores of traces, over all runs, people and other software; and the signals that
    session runs measure.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    _tag = "trace_scores"

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    def list(
        self,
        *,
        trace_id: str
        | UUID
        | models.Trace
        | models.TraceSummary
        | models.TraceScore
        | None = None,
        name: str | None = None,
        source: models.ScoreSource | None = None,
        status: models.ScoreStatus | None = None,
        data_type: models.ScoreDataType | None = None,
        eval_run_id: str | UUID | models.EvalRun | None = None,
        environment: str | None = None,
        date_from: datetime | str | None = None,
        date_to: datetime | str | None = None,
        page_size: int | None = None,
        **call: Unpack[CallOptions],
    ) -> AsyncPaged[models.TraceScore, models.TraceScorePage]:
        """List scores of traces, newest first.

        One page of the project's trace scores: those of trace runs, those that people
        and other software gave, and the signals that session runs measured, with which
        a session's score is explained: ask for them by the session run's `eval_run_id`.
        A signal that failed is there as `FAILED`.

        Args:
            trace_id: Only scores of this trace.
            name: Only scores of exactly this name.
            source: Only scores from this source.
            status: Only scores in this state.
            data_type: Only scores of this type.
            eval_run_id: Only scores that this run produced, a trace run or a
                session run.
            environment: Only scores of runs over traces of exactly this
                environment; what people and other software gave has none.
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
            "list_trace_scores",
            {
                "trace_id": trace_id,
                "name": name,
                "source": source,
                "status": status,
                "data_type": data_type,
                "eval_run_id": eval_run_id,
                "environment": environment,
                "date_from": date_from,
                "date_to": date_to,
                "limit": page_size,
            },
            call,
        )
        return AsyncPaged(pages)

    async def of(
        self,
        trace_id: str | UUID | models.Trace | models.TraceSummary | models.TraceScore,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.TraceScore]:
        """Read the newest score of each name that a trace has.

        The newest score of each name, whatever its source, type and state, sorted by
        name: a person's hides the judge's of the same name, and one that failed hides
        an older one that did not. `list` has all of them. Empty for a trace that is not
        known. The path and those of one score are one to OpenAPI.

        Args:
            trace_id: The trace's id.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The scores; may be empty.

        Raises:
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        answer: builtins.list[models.TraceScore] = await self._sender.send(
            "list_scores_of_trace", {"id": trace_id}, call
        )
        return answer

    async def delete(
        self,
        score_id: str | UUID | models.TraceScore,
        **call: Unpack[CallOptions],
    ) -> None:
        """Delete a score.

        Deletes the score. This is how a session run is made to measure a signal anew:
        it takes the newest good score of a signal's name that it finds on a trace,
        whoever gave it.

        Args:
            score_id: The score's id.
            call: What else may be said of the call: `CallOptions`.

        Raises:
            NotFound: The project has no such score.
            InvalidRequest: The id is no UUID, another parameter is malformed, or
                the project scope is missing.
        """
        await self._sender.send("delete_trace_score", {"id": score_id}, call)
