# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""Contains all the data models used in inputs/outputs"""

from .create_batch_session_eval_run_request import CreateBatchSessionEvalRunRequest
from .create_session_eval_run_request import CreateSessionEvalRunRequest
from .error_detail import ErrorDetail
from .eval_run import EvalRun
from .eval_run_filters import EvalRunFilters
from .eval_run_filters_signal_weights import EvalRunFiltersSignalWeights
from .eval_run_page import EvalRunPage
from .eval_run_status import EvalRunStatus
from .field_error import FieldError
from .quota_error import QuotaError
from .rate_limit_error import RateLimitError
from .score_source import ScoreSource
from .score_status import ScoreStatus
from .session_filters import SessionFilters
from .session_metric import SessionMetric
from .session_metric_name import SessionMetricName
from .session_score import SessionScore
from .session_score_metadata import SessionScoreMetadata
from .session_score_page import SessionScorePage
from .signal_weights import SignalWeights
from .validation_problem import ValidationProblem

__all__ = (
    "CreateBatchSessionEvalRunRequest",
    "CreateSessionEvalRunRequest",
    "ErrorDetail",
    "EvalRun",
    "EvalRunFilters",
    "EvalRunFiltersSignalWeights",
    "EvalRunPage",
    "EvalRunStatus",
    "FieldError",
    "QuotaError",
    "RateLimitError",
    "ScoreSource",
    "ScoreStatus",
    "SessionFilters",
    "SessionMetric",
    "SessionMetricName",
    "SessionScore",
    "SessionScoreMetadata",
    "SessionScorePage",
    "SignalWeights",
    "ValidationProblem",
)
