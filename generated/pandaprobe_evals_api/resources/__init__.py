# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""The resources of the service: a class for each tag of openapi.yaml, for blocking use and for asyncio."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .protocol import (
    AsyncPaged,
    Attempt,
    CallOptions,
    CreateOptions,
    ListOptions,
    Paged,
    Sender,
)

if not TYPE_CHECKING:
    from .protocol import cached_property
else:
    from functools import cached_property

    from .monitors import AsyncMonitors, Monitors
    from .providers import AsyncProviders, Providers
    from .session_metrics import AsyncSessionMetrics, SessionMetrics
    from .session_runs import AsyncSessionRuns, SessionRuns
    from .session_scores import AsyncSessionScores, SessionScores
    from .sessions import AsyncSessions, Sessions
    from .trace_metrics import AsyncTraceMetrics, TraceMetrics
    from .trace_runs import AsyncTraceRuns, TraceRuns
    from .trace_scores import AsyncTraceScores, TraceScores
    from .traces import AsyncTraces, Traces


class Resources:
    """Every resource, as an attribute of the client."""

    _sender: Sender

    @cached_property
    def session_runs(self) -> SessionRuns:
        """Evaluation runs over sessions; create, watch, retry, delete, and read what they
        found."""
        from .session_runs import SessionRuns

        return SessionRuns(self._sender)

    @cached_property
    def session_metrics(self) -> SessionMetrics:
        """The metrics that a run can be asked for."""
        from .session_metrics import SessionMetrics

        return SessionMetrics(self._sender)

    @cached_property
    def session_scores(self) -> SessionScores:
        """Scores of sessions, over all runs; one by one, and added up."""
        from .session_scores import SessionScores

        return SessionScores(self._sender)

    @cached_property
    def trace_scores(self) -> TraceScores:
        """Scores of traces, over all runs, people and other software, and the signals that
        session runs measure; one by one, and added up."""
        from .trace_scores import TraceScores

        return TraceScores(self._sender)

    @cached_property
    def trace_runs(self) -> TraceRuns:
        """Evaluation runs over single traces; create, watch, retry, delete, and read what
        they found."""
        from .trace_runs import TraceRuns

        return TraceRuns(self._sender)

    @cached_property
    def sessions(self) -> Sessions:
        """Sessions, which are what traces share; find them, and read one with its traces."""
        from .sessions import Sessions

        return Sessions(self._sender)

    @cached_property
    def traces(self) -> Traces:
        """Traces, each of which is one turn of an agent; find them, and read one with its
        spans."""
        from .traces import Traces

        return Traces(self._sender)

    @cached_property
    def trace_metrics(self) -> TraceMetrics:
        """The metrics that judge single traces."""
        from .trace_metrics import TraceMetrics

        return TraceMetrics(self._sender)

    @cached_property
    def monitors(self) -> Monitors:
        """Runs by filters that are stored, and made again and again."""
        from .monitors import Monitors

        return Monitors(self._sender)

    @cached_property
    def providers(self) -> Providers:
        """Whose models can judge."""
        from .providers import Providers

        return Providers(self._sender)


class AsyncResources:
    """Every resource, as an attribute of the client."""

    _sender: Sender

    @cached_property
    def session_runs(self) -> AsyncSessionRuns:
        """Evaluation runs over sessions; create, watch, retry, delete, and read what they
        found."""
        from .session_runs import AsyncSessionRuns

        return AsyncSessionRuns(self._sender)

    @cached_property
    def session_metrics(self) -> AsyncSessionMetrics:
        """The metrics that a run can be asked for."""
        from .session_metrics import AsyncSessionMetrics

        return AsyncSessionMetrics(self._sender)

    @cached_property
    def session_scores(self) -> AsyncSessionScores:
        """Scores of sessions, over all runs; one by one, and added up."""
        from .session_scores import AsyncSessionScores

        return AsyncSessionScores(self._sender)

    @cached_property
    def trace_scores(self) -> AsyncTraceScores:
        """Scores of traces, over all runs, people and other software, and the signals that
        session runs measure; one by one, and added up."""
        from .trace_scores import AsyncTraceScores

        return AsyncTraceScores(self._sender)

    @cached_property
    def trace_runs(self) -> AsyncTraceRuns:
        """Evaluation runs over single traces; create, watch, retry, delete, and read what
        they found."""
        from .trace_runs import AsyncTraceRuns

        return AsyncTraceRuns(self._sender)

    @cached_property
    def sessions(self) -> AsyncSessions:
        """Sessions, which are what traces share; find them, and read one with its traces."""
        from .sessions import AsyncSessions

        return AsyncSessions(self._sender)

    @cached_property
    def traces(self) -> AsyncTraces:
        """Traces, each of which is one turn of an agent; find them, and read one with its
        spans."""
        from .traces import AsyncTraces

        return AsyncTraces(self._sender)

    @cached_property
    def trace_metrics(self) -> AsyncTraceMetrics:
        """The metrics that judge single traces."""
        from .trace_metrics import AsyncTraceMetrics

        return AsyncTraceMetrics(self._sender)

    @cached_property
    def monitors(self) -> AsyncMonitors:
        """Runs by filters that are stored, and made again and again."""
        from .monitors import AsyncMonitors

        return AsyncMonitors(self._sender)

    @cached_property
    def providers(self) -> AsyncProviders:
        """Whose models can judge."""
        from .providers import AsyncProviders

        return AsyncProviders(self._sender)


__all__ = [
    "AsyncMonitors",
    "AsyncPaged",
    "AsyncProviders",
    "AsyncResources",
    "AsyncSessionMetrics",
    "AsyncSessionRuns",
    "AsyncSessionScores",
    "AsyncSessions",
    "AsyncTraceMetrics",
    "AsyncTraceRuns",
    "AsyncTraceScores",
    "AsyncTraces",
    "Attempt",
    "CallOptions",
    "CreateOptions",
    "ListOptions",
    "Monitors",
    "Paged",
    "Providers",
    "Resources",
    "Sender",
    "SessionMetrics",
    "SessionRuns",
    "SessionScores",
    "Sessions",
    "TraceMetrics",
    "TraceRuns",
    "TraceScores",
    "Traces",
]

_MODULES = {
    "SessionRuns": ".session_runs",
    "AsyncSessionRuns": ".session_runs",
    "SessionMetrics": ".session_metrics",
    "AsyncSessionMetrics": ".session_metrics",
    "SessionScores": ".session_scores",
    "AsyncSessionScores": ".session_scores",
    "TraceScores": ".trace_scores",
    "AsyncTraceScores": ".trace_scores",
    "TraceRuns": ".trace_runs",
    "AsyncTraceRuns": ".trace_runs",
    "Sessions": ".sessions",
    "AsyncSessions": ".sessions",
    "Traces": ".traces",
    "AsyncTraces": ".traces",
    "TraceMetrics": ".trace_metrics",
    "AsyncTraceMetrics": ".trace_metrics",
    "Monitors": ".monitors",
    "AsyncMonitors": ".monitors",
    "Providers": ".providers",
    "AsyncProviders": ".providers",
}


def __getattr__(name: str) -> Any:
    """Import a resource when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    resource = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
    return resource
