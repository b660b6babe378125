# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""The metrics that a run can be asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    import builtins

    from .. import models
    from .protocol import CallOptions, Sender


class SessionMetrics:
    """The metrics that a run can be asked for.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list(
        self,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionMetric]:
        """List the metrics for sessions.

        Every metric that a run over sessions can be asked for, with what it measures,
        sorted by name.

        Returns:
            The metrics.

        Raises:
            InvalidRequest: The project scope is missing or malformed.
        """
        answer: builtins.list[models.SessionMetric] = self._sender.send(
            "list_session_metrics", {}, call
        )
        return answer


class AsyncSessionMetrics:
    """The metrics that a run can be asked for.

    Every method takes `CallOptions` for the one call, checks its arguments before
    anything is sent (`InvalidArgument`), and raises a `PandaProbeError`. Source:
    openapi.yaml.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list(
        self,
        **call: Unpack[CallOptions],
    ) -> builtins.list[models.SessionMetric]:
        """List the metrics for sessions.

        Every metric that a run over sessions can be asked for, with what it measures,
        sorted by name.

        Returns:
            The metrics.

        Raises:
            InvalidRequest: The project scope is missing or malformed.
        """
        answer: builtins.list[models.SessionMetric] = await self._sender.send(
            "list_session_metrics", {}, call
        )
        return answer
