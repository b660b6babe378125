"""Evaluate AI agents' sessions with PandaProbe.

from pandaprobe_evals import ApiKey, PandaProbe

with PandaProbe(ApiKey("sk_pp_...", project="my agents")) as panda:
run = panda.session_runs.create_batch(session_ids=["chat-1"], metrics=["agent_reliability"])
outcome = panda.session_runs.wait(run)
"""

__version__ = "0.1.0"

from .auth import ApiKey, BearerToken
from .client import AsyncPandaProbe, CallOptions, PandaProbe
from .creation import CreatedRun
from .errors import (
    APIStatusError,
    Attempt,
    AuthenticationError,
    ConnectionFailed,
    ContractViolation,
    FieldProblem,
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
from .policy import BackoffPolicy
from .waiting import Outcome, Progress, WaitPolicy, session_count

__all__ = [
    "APIStatusError",
    "ApiKey",
    "AsyncPandaProbe",
    "Attempt",
    "AuthenticationError",
    "BackoffPolicy",
    "BearerToken",
    "CallOptions",
    "ConnectionFailed",
    "ContractViolation",
    "CreatedRun",
    "FieldProblem",
    "InvalidArgument",
    "InvalidRequest",
    "NotFound",
    "Outcome",
    "OutcomeUnknown",
    "PandaProbe",
    "PandaProbeError",
    "PermissionDenied",
    "Progress",
    "QuotaExceeded",
    "RateLimited",
    "ServerError",
    "WaitPolicy",
    "WaitTimeout",
    "__version__",
    "session_count",
]
