# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""The metrics that judge single traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    import builtins

    from .. import models
    from .protocol import CallOptions, Sender


class TraceMetrics:
    """The metrics that judge single traces.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def template(
        self,
        *,
        metric: str,
        **call: Unpack[CallOptions],
    ) -> models.TraceRunTemplate:
        """Read how a metric judges a trace.

        The metric with its threshold and the prompts that the judge is given, and what
        a run over traces takes where it is not told otherwise: above all `model`, the
        service's default. Made for a form that people fill in.

        Args:
            metric: A metric for traces.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The metric and the defaults.

        Raises:
            InvalidRequest: The metric is unknown or missing, or the project scope
                is missing.
        """
        answer: models.TraceRunTemplate = self._sender.send(
            "get_trace_run_template", {"metric": metric}, call
        )
        return answer

    def list(
        self,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.TraceMetric]:
        """List the metrics for traces.

        Every metric that a run over traces can be asked for, with what it measures,
        sorted by name.

        Returns:
            The metrics.

        Raises:
            InvalidRequest: The project scope is missing or malformed.
        """
        answer: builtins.list[models.TraceMetric] = self._sender.send(
            "list_trace_metrics", {}, call
        )
        return answer


class AsyncTraceMetrics:
    """The metrics that judge single traces.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def template(
        self,
        *,
        metric: str,
        **call: Unpack[CallOptions],
    ) -> models.TraceRunTemplate:
        """Read how a metric judges a trace.

        The metric with its threshold and the prompts that the judge is given, and what
        a run over traces takes where it is not told otherwise: above all `model`, the
        service's default. Made for a form that people fill in.

        Args:
            metric: A metric for traces.
            call: What else may be said of the call: `CallOptions`.

        Returns:
            The metric and the defaults.

        Raises:
            InvalidRequest: The metric is unknown or missing, or the project scope
                is missing.
        """
        answer: models.TraceRunTemplate = await self._sender.send(
            "get_trace_run_template", {"metric": metric}, call
        )
        return answer

    async def list(
        self,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.TraceMetric]:
        """List the metrics for traces.

        Every metric that a run over traces can be asked for, with what it measures,
        sorted by name.

        Returns:
            The metrics.

        Raises:
            InvalidRequest: The project scope is missing or malformed.
        """
        answer: builtins.list[models.TraceMetric] = await self._sender.send(
            "list_trace_metrics", {}, call
        )
        return answer
