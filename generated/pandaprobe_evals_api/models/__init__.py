# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
"""All models. Each is imported when it is first used: a program seldom needs more than a few."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .create_batch_session_eval_run_request import CreateBatchSessionEvalRunRequest
    from .create_batch_trace_eval_run_request import CreateBatchTraceEvalRunRequest
    from .create_monitor_request import CreateMonitorRequest
    from .create_session_eval_run_request import CreateSessionEvalRunRequest
    from .create_trace_eval_run_request import CreateTraceEvalRunRequest
    from .create_trace_request import CreateTraceRequest
    from .create_trace_score_request import CreateTraceScoreRequest
    from .create_trace_score_request_metadata import CreateTraceScoreRequestMetadata
    from .delete_traces_request import DeleteTracesRequest
    from .deleted import Deleted
    from .error_detail import ErrorDetail
    from .eval_run import EvalRun
    from .eval_run_filters import EvalRunFilters
    from .eval_run_filters_signal_weights import EvalRunFiltersSignalWeights
    from .eval_run_page import EvalRunPage
    from .eval_run_status import EvalRunStatus
    from .facts import Facts
    from .field_error import FieldError
    from .granularity import Granularity
    from .model_usage import ModelUsage
    from .monitor import Monitor
    from .monitor_filters import MonitorFilters
    from .monitor_page import MonitorPage
    from .monitor_run_filters import MonitorRunFilters
    from .monitor_status import MonitorStatus
    from .monitor_target import MonitorTarget
    from .new_span import NewSpan
    from .new_span_cost_type_0 import NewSpanCostType0
    from .prompt_stage import PromptStage
    from .provider import Provider
    from .quota_error import QuotaError
    from .rate_limit_error import RateLimitError
    from .score_data_type import ScoreDataType
    from .score_distribution import ScoreDistribution
    from .score_source import ScoreSource
    from .score_status import ScoreStatus
    from .score_summary import ScoreSummary
    from .score_trend import ScoreTrend
    from .session import Session
    from .session_bucket import SessionBucket
    from .session_comparison import SessionComparison
    from .session_comparison_page import SessionComparisonPage
    from .session_filters import SessionFilters
    from .session_metric import SessionMetric
    from .session_metric_name import SessionMetricName
    from .session_page import SessionPage
    from .session_score import SessionScore
    from .session_score_metadata import SessionScoreMetadata
    from .session_score_page import SessionScorePage
    from .session_score_point import SessionScorePoint
    from .session_sort import SessionSort
    from .session_with_traces import SessionWithTraces
    from .signal_weights import SignalWeights
    from .sort_order import SortOrder
    from .span import Span
    from .span_kind import SpanKind
    from .span_status import SpanStatus
    from .spans_added import SpansAdded
    from .tag_traces_request import TagTracesRequest
    from .trace import Trace
    from .trace_accepted import TraceAccepted
    from .trace_analytics_metric import TraceAnalyticsMetric
    from .trace_filters import TraceFilters
    from .trace_metadata import TraceMetadata
    from .trace_metric import TraceMetric
    from .trace_metric_details import TraceMetricDetails
    from .trace_metric_name import TraceMetricName
    from .trace_page import TracePage
    from .trace_run_template import TraceRunTemplate
    from .trace_run_template_filters import TraceRunTemplateFilters
    from .trace_score import TraceScore
    from .trace_score_metadata import TraceScoreMetadata
    from .trace_score_page import TraceScorePage
    from .trace_sort import TraceSort
    from .trace_status import TraceStatus
    from .trace_summary import TraceSummary
    from .trace_usage import TraceUsage
    from .trace_user import TraceUser
    from .trace_user_page import TraceUserPage
    from .trace_volume import TraceVolume
    from .update_monitor_request import UpdateMonitorRequest
    from .update_span_request import UpdateSpanRequest
    from .update_span_request_cost_type_0 import UpdateSpanRequestCostType0
    from .update_trace_request import UpdateTraceRequest
    from .update_trace_score_request import UpdateTraceScoreRequest
    from .updated import Updated
    from .validation_problem import ValidationProblem

_MODULES = {
    "CreateBatchSessionEvalRunRequest": ".create_batch_session_eval_run_request",
    "CreateBatchTraceEvalRunRequest": ".create_batch_trace_eval_run_request",
    "CreateMonitorRequest": ".create_monitor_request",
    "CreateSessionEvalRunRequest": ".create_session_eval_run_request",
    "CreateTraceEvalRunRequest": ".create_trace_eval_run_request",
    "CreateTraceRequest": ".create_trace_request",
    "CreateTraceScoreRequest": ".create_trace_score_request",
    "CreateTraceScoreRequestMetadata": ".create_trace_score_request_metadata",
    "DeleteTracesRequest": ".delete_traces_request",
    "Deleted": ".deleted",
    "ErrorDetail": ".error_detail",
    "EvalRun": ".eval_run",
    "EvalRunFilters": ".eval_run_filters",
    "EvalRunFiltersSignalWeights": ".eval_run_filters_signal_weights",
    "EvalRunPage": ".eval_run_page",
    "EvalRunStatus": ".eval_run_status",
    "Facts": ".facts",
    "FieldError": ".field_error",
    "Granularity": ".granularity",
    "ModelUsage": ".model_usage",
    "Monitor": ".monitor",
    "MonitorFilters": ".monitor_filters",
    "MonitorPage": ".monitor_page",
    "MonitorRunFilters": ".monitor_run_filters",
    "MonitorStatus": ".monitor_status",
    "MonitorTarget": ".monitor_target",
    "NewSpan": ".new_span",
    "NewSpanCostType0": ".new_span_cost_type_0",
    "PromptStage": ".prompt_stage",
    "Provider": ".provider",
    "QuotaError": ".quota_error",
    "RateLimitError": ".rate_limit_error",
    "ScoreDataType": ".score_data_type",
    "ScoreDistribution": ".score_distribution",
    "ScoreSource": ".score_source",
    "ScoreStatus": ".score_status",
    "ScoreSummary": ".score_summary",
    "ScoreTrend": ".score_trend",
    "Session": ".session",
    "SessionBucket": ".session_bucket",
    "SessionComparison": ".session_comparison",
    "SessionComparisonPage": ".session_comparison_page",
    "SessionFilters": ".session_filters",
    "SessionMetric": ".session_metric",
    "SessionMetricName": ".session_metric_name",
    "SessionPage": ".session_page",
    "SessionScore": ".session_score",
    "SessionScoreMetadata": ".session_score_metadata",
    "SessionScorePage": ".session_score_page",
    "SessionScorePoint": ".session_score_point",
    "SessionSort": ".session_sort",
    "SessionWithTraces": ".session_with_traces",
    "SignalWeights": ".signal_weights",
    "SortOrder": ".sort_order",
    "Span": ".span",
    "SpanKind": ".span_kind",
    "SpanStatus": ".span_status",
    "SpansAdded": ".spans_added",
    "TagTracesRequest": ".tag_traces_request",
    "Trace": ".trace",
    "TraceAccepted": ".trace_accepted",
    "TraceAnalyticsMetric": ".trace_analytics_metric",
    "TraceFilters": ".trace_filters",
    "TraceMetadata": ".trace_metadata",
    "TraceMetric": ".trace_metric",
    "TraceMetricDetails": ".trace_metric_details",
    "TraceMetricName": ".trace_metric_name",
    "TracePage": ".trace_page",
    "TraceRunTemplate": ".trace_run_template",
    "TraceRunTemplateFilters": ".trace_run_template_filters",
    "TraceScore": ".trace_score",
    "TraceScoreMetadata": ".trace_score_metadata",
    "TraceScorePage": ".trace_score_page",
    "TraceSort": ".trace_sort",
    "TraceStatus": ".trace_status",
    "TraceSummary": ".trace_summary",
    "TraceUsage": ".trace_usage",
    "TraceUser": ".trace_user",
    "TraceUserPage": ".trace_user_page",
    "TraceVolume": ".trace_volume",
    "UpdateMonitorRequest": ".update_monitor_request",
    "UpdateSpanRequest": ".update_span_request",
    "UpdateSpanRequestCostType0": ".update_span_request_cost_type_0",
    "UpdateTraceRequest": ".update_trace_request",
    "UpdateTraceScoreRequest": ".update_trace_score_request",
    "Updated": ".updated",
    "ValidationProblem": ".validation_problem",
}

__all__ = (
    "CreateBatchSessionEvalRunRequest",
    "CreateBatchTraceEvalRunRequest",
    "CreateMonitorRequest",
    "CreateSessionEvalRunRequest",
    "CreateTraceEvalRunRequest",
    "CreateTraceRequest",
    "CreateTraceScoreRequest",
    "CreateTraceScoreRequestMetadata",
    "Deleted",
    "DeleteTracesRequest",
    "ErrorDetail",
    "EvalRun",
    "EvalRunFilters",
    "EvalRunFiltersSignalWeights",
    "EvalRunPage",
    "EvalRunStatus",
    "Facts",
    "FieldError",
    "Granularity",
    "ModelUsage",
    "Monitor",
    "MonitorFilters",
    "MonitorPage",
    "MonitorRunFilters",
    "MonitorStatus",
    "MonitorTarget",
    "NewSpan",
    "NewSpanCostType0",
    "PromptStage",
    "Provider",
    "QuotaError",
    "RateLimitError",
    "ScoreDataType",
    "ScoreDistribution",
    "ScoreSource",
    "ScoreStatus",
    "ScoreSummary",
    "ScoreTrend",
    "Session",
    "SessionBucket",
    "SessionComparison",
    "SessionComparisonPage",
    "SessionFilters",
    "SessionMetric",
    "SessionMetricName",
    "SessionPage",
    "SessionScore",
    "SessionScoreMetadata",
    "SessionScorePage",
    "SessionScorePoint",
    "SessionSort",
    "SessionWithTraces",
    "SignalWeights",
    "SortOrder",
    "Span",
    "SpanKind",
    "SpansAdded",
    "SpanStatus",
    "TagTracesRequest",
    "Trace",
    "TraceAccepted",
    "TraceAnalyticsMetric",
    "TraceFilters",
    "TraceMetadata",
    "TraceMetric",
    "TraceMetricDetails",
    "TraceMetricName",
    "TracePage",
    "TraceRunTemplate",
    "TraceRunTemplateFilters",
    "TraceScore",
    "TraceScoreMetadata",
    "TraceScorePage",
    "TraceSort",
    "TraceStatus",
    "TraceSummary",
    "TraceUsage",
    "TraceUser",
    "TraceUserPage",
    "TraceVolume",
    "Updated",
    "UpdateMonitorRequest",
    "UpdateSpanRequest",
    "UpdateSpanRequestCostType0",
    "UpdateTraceRequest",
    "UpdateTraceScoreRequest",
    "ValidationProblem",
)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    model = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
    return model


def __dir__() -> list[str]:
    return [*globals(), *_MODULES]
