"""Evaluate AI agents' sessions with PandaProbe.

Example:
    from pandaprobe_evals import ApiKey, PandaProbe

    with PandaProbe(ApiKey("sk_pp_...", project="my agents")) as panda:
        run = panda.session_runs.create_batch(session_ids=["chat-1"], metrics=["agent_reliability"])
        outcome = panda.session_runs.wait(run)
"""

from .version import __version__

TYPE_CHECKING = False
"""As type checkers know it; `typing` itself would cost most of this import, before the command can take a Ctrl-C."""

if TYPE_CHECKING:
    from typing import Any

    from pandaprobe_evals_api.resources import Attempt, CallOptions, CreateOptions, ListOptions
    from pandaprobe_evals_api.resources.created import CreatedRun

    from .auth import ApiKey, BearerToken
    from .client import AsyncPandaProbe, PandaProbe
    from .comparison import Comparison, MetricComparison, compare
    from .errors import (
        APIStatusError,
        AuthenticationError,
        ConnectionFailed,
        ContractViolation,
        FieldProblem,
        IncompleteList,
        InvalidArgument,
        InvalidRequest,
        NotFound,
        OutcomeUnknown,
        PandaProbeError,
        PermissionDenied,
        QuotaExceeded,
        RateLimited,
        ServerError,
        WaitTimeout,
    )
    from .outcomes import target_count
    from .policy import BackoffPolicy
    from .results import Results
    from .verdict import MetricVerdict, Reason, Verdict, judge
    from .waiting import Outcome, Outcomes, Progress, WaitPolicy

__all__ = [
    "APIStatusError",
    "ApiKey",
    "AsyncPandaProbe",
    "Attempt",
    "AuthenticationError",
    "BackoffPolicy",
    "BearerToken",
    "CallOptions",
    "Comparison",
    "ConnectionFailed",
    "ContractViolation",
    "CreateOptions",
    "CreatedRun",
    "FieldProblem",
    "IncompleteList",
    "InvalidArgument",
    "InvalidRequest",
    "ListOptions",
    "MetricComparison",
    "MetricVerdict",
    "NotFound",
    "Outcome",
    "OutcomeUnknown",
    "Outcomes",
    "PandaProbe",
    "PandaProbeError",
    "PermissionDenied",
    "Progress",
    "QuotaExceeded",
    "RateLimited",
    "Reason",
    "Results",
    "ServerError",
    "Verdict",
    "WaitPolicy",
    "WaitTimeout",
    "__version__",
    "compare",
    "judge",
    "target_count",
]

_HOMES = {
    "auth": ["ApiKey", "BearerToken"],
    "client": ["AsyncPandaProbe", "PandaProbe"],
    "policy": ["BackoffPolicy"],
    "outcomes": ["target_count"],
    "results": ["Results"],
    "comparison": ["Comparison", "MetricComparison", "compare"],
    "waiting": ["Outcome", "Outcomes", "Progress", "WaitPolicy"],
    "verdict": ["MetricVerdict", "Reason", "Verdict", "judge"],
}
_HOME = {
    **dict.fromkeys(__all__, ".errors"),
    **{name: f".{home}" for home, names in _HOMES.items() for name in names},
    **dict.fromkeys(["Attempt", "CallOptions", "CreateOptions", "ListOptions"], "pandaprobe_evals_api.resources"),
    "CreatedRun": "pandaprobe_evals_api.resources.created",
}


def __getattr__(name: str) -> "Any":
    """Import a name when it is first used: importing the package costs next to nothing, and the sandbox not the client."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = globals()[name] = getattr(importlib.import_module(_HOME[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
