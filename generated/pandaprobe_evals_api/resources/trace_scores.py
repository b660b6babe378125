# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Scores of traces, over all runs, people and other software, and the signals that session runs measure; one by one, and added up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .protocol import AsyncPaged, Paged

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from pandaprobe_evals import (
        ContractViolation,
        OutcomeUnknown,
    )

    from .. import models
    from .created import CreatedTraceScore
    from .protocol import CallOptions, CreateOptions, ListOptions, Sender


class TraceScores:
    """Scores of traces, over all runs, people and other software, and the signals that
    session runs measure; one by one, and added up.

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
        """Add up the scores of traces, metric by metric.

        One row for each name that a score of a trace has, over the whole project; no
        filter but the times. In what order the rows come is not said.

        Every score counts: those of trace runs, the signals that session runs measure,
        and what people and other software gave under the same name. The times are when
        the scores were created, not when the traces were.

        A single `NUMERIC` score whose value the service's database does not read as a
        number, such as `0_1`, makes this a 500 for every name, until that score is
        deleted.

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
            "get_trace_score_summary",
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
        that of its trace. A value that is no number to the database makes this a 500,
        too.

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
            "get_trace_score_trend",
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

        Every score counts, as in `summary`. A value that is no number to the database
        makes this a 500, too.

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
            "get_trace_score_distribution",
            {
                "metric_name": metric_name,
                "date_from": date_from,
                "date_to": date_to,
                "buckets": buckets,
            },
            call,
        )
        return answer

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
        **call: Unpack[ListOptions],
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
            call: What else may be said of the call: `ListOptions`.

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

    def create(
        self,
        *,
        trace_id: str | UUID | models.Trace | models.TraceSummary | models.TraceScore,
        name: str,
        value: float | bool | str,
        as_signal: bool | None = None,
        data_type: models.ScoreDataType | None = None,
        source: models.ScoreSource | None = None,
        reason: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedTraceScore:
        """Give a trace a score.

        Adds a score of a person's or of other software. Each call adds one, also of the
        same name. It costs nothing.

        A trace that is not known, or was accepted and is not stored yet, is answered
        with 500.

        A score that is called like a signal is taken for a measurement by every later
        session run over that trace.

        Args:
            trace_id: The trace.
            name: What is scored, at most 255 characters, and not a signal's name
                unless `as_signal` is True.
            value: A number from 0 to 1, True or False, or a text of at most 255
                characters, as `data_type` says. It is sent as text.
            as_signal: True to let `name` be one of `confidence`, `loop_detection`,
                `tool_correctness`, `coherence`: every later session run over this trace
                takes it for a measurement. Not sent.
            data_type: How the value is to be read. The service uses `NUMERIC` where
                none is sent.
            source: Who judges. The service uses `ANNOTATION`, a person, where none
                is sent.
            reason: Why, in words; null and absent are the same.
            metadata: What else is to be kept, by keys of one's own.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The score was added. `reconciled` is True where its answer was lost and it
            was found again.

        Raises:
            InvalidRequest: A field is not what it should be, the value does not fit
                its type, or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
        """
        answer: CreatedTraceScore = self._sender.send(
            "create_trace_score",
            {
                "trace_id": trace_id,
                "name": name,
                "as_signal": as_signal,
                "value": value,
                "data_type": data_type,
                "source": source,
                "reason": reason,
                "metadata": metadata,
            },
            call,
        )
        return answer

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

    def update(
        self,
        score_id: str | UUID | models.TraceScore,
        *,
        value: float | bool | str | None = None,
        reason: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.TraceScore:
        """Change a score.

        Changes the value, the reason or the metadata; what is not given stays, and
        nothing can be cleared. Any change, also one of nothing, makes the score a
        person's: its status becomes `SUCCESS`, of a failed one too, and its source
        `ANNOTATION`. It still counts as the run's that produced it.

        Args:
            score_id: The score's id.
            value: Another value, a number, True or False, or a text, as the score's
                `data_type` says. It is sent as text.
            reason: Another reason.
            metadata: Metadata in place of all that there is.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The score as it is now.

        Raises:
            NotFound: The project has no such score.
            InvalidRequest: A field is not what it should be, the value does not fit
                its type, or the project scope is missing.
        """
        answer: models.TraceScore = self._sender.send(
            "update_trace_score",
            {"id": score_id, "value": value, "reason": reason, "metadata": metadata},
            call,
        )
        return answer

    def resolve(
        self,
        outcome: OutcomeUnknown | ContractViolation,
        **call: Unpack[CallOptions],
    ) -> CreatedTraceScore | None:
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
        found: CreatedTraceScore | None = self._sender.resolve(outcome, call)
        return found


class AsyncTraceScores:
    """Scores of traces, over all runs, people and other software, and the signals that
    session runs measure; one by one, and added up.

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
        """Add up the scores of traces, metric by metric.

        One row for each name that a score of a trace has, over the whole project; no
        filter but the times. In what order the rows come is not said.

        Every score counts: those of trace runs, the signals that session runs measure,
        and what people and other software gave under the same name. The times are when
        the scores were created, not when the traces were.

        A single `NUMERIC` score whose value the service's database does not read as a
        number, such as `0_1`, makes this a 500 for every name, until that score is
        deleted.

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
            "get_trace_score_summary",
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
        that of its trace. A value that is no number to the database makes this a 500,
        too.

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
            "get_trace_score_trend",
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

        Every score counts, as in `summary`. A value that is no number to the database
        makes this a 500, too.

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
            "get_trace_score_distribution",
            {
                "metric_name": metric_name,
                "date_from": date_from,
                "date_to": date_to,
                "buckets": buckets,
            },
            call,
        )
        return answer

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
        **call: Unpack[ListOptions],
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
            call: What else may be said of the call: `ListOptions`.

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

    async def create(
        self,
        *,
        trace_id: str | UUID | models.Trace | models.TraceSummary | models.TraceScore,
        name: str,
        value: float | bool | str,
        as_signal: bool | None = None,
        data_type: models.ScoreDataType | None = None,
        source: models.ScoreSource | None = None,
        reason: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **call: Unpack[CreateOptions],
    ) -> CreatedTraceScore:
        """Give a trace a score.

        Adds a score of a person's or of other software. Each call adds one, also of the
        same name. It costs nothing.

        A trace that is not known, or was accepted and is not stored yet, is answered
        with 500.

        A score that is called like a signal is taken for a measurement by every later
        session run over that trace.

        Args:
            trace_id: The trace.
            name: What is scored, at most 255 characters, and not a signal's name
                unless `as_signal` is True.
            value: A number from 0 to 1, True or False, or a text of at most 255
                characters, as `data_type` says. It is sent as text.
            as_signal: True to let `name` be one of `confidence`, `loop_detection`,
                `tool_correctness`, `coherence`: every later session run over this trace
                takes it for a measurement. Not sent.
            data_type: How the value is to be read. The service uses `NUMERIC` where
                none is sent.
            source: Who judges. The service uses `ANNOTATION`, a person, where none
                is sent.
            reason: Why, in words; null and absent are the same.
            metadata: What else is to be kept, by keys of one's own.
            call: What else may be said of the call: `CreateOptions`.

        Returns:
            The score was added. `reconciled` is True where its answer was lost and it
            was found again.

        Raises:
            InvalidRequest: A field is not what it should be, the value does not fit
                its type, or the project scope is missing.
            OutcomeUnknown: It could not be found out in time whether it was
                created; `resolve` settles that later.
        """
        answer: CreatedTraceScore = await self._sender.send(
            "create_trace_score",
            {
                "trace_id": trace_id,
                "name": name,
                "as_signal": as_signal,
                "value": value,
                "data_type": data_type,
                "source": source,
                "reason": reason,
                "metadata": metadata,
            },
            call,
        )
        return answer

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

    async def update(
        self,
        score_id: str | UUID | models.TraceScore,
        *,
        value: float | bool | str | None = None,
        reason: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **call: Unpack[CallOptions],
    ) -> models.TraceScore:
        """Change a score.

        Changes the value, the reason or the metadata; what is not given stays, and
        nothing can be cleared. Any change, also one of nothing, makes the score a
        person's: its status becomes `SUCCESS`, of a failed one too, and its source
        `ANNOTATION`. It still counts as the run's that produced it.

        Args:
            score_id: The score's id.
            value: Another value, a number, True or False, or a text, as the score's
                `data_type` says. It is sent as text.
            reason: Another reason.
            metadata: Metadata in place of all that there is.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The score as it is now.

        Raises:
            NotFound: The project has no such score.
            InvalidRequest: A field is not what it should be, the value does not fit
                its type, or the project scope is missing.
        """
        answer: models.TraceScore = await self._sender.send(
            "update_trace_score",
            {"id": score_id, "value": value, "reason": reason, "metadata": metadata},
            call,
        )
        return answer

    async def resolve(
        self,
        outcome: OutcomeUnknown | ContractViolation,
        **call: Unpack[CallOptions],
    ) -> CreatedTraceScore | None:
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
        found: CreatedTraceScore | None = await self._sender.resolve(outcome, call)
        return found
