# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

TraceAnalyticsMetric = Literal[
    "cost", "errors", "latency", "models", "tokens", "volume"
]

TRACE_ANALYTICS_METRIC_VALUES: set[TraceAnalyticsMetric] = {
    "cost",
    "errors",
    "latency",
    "models",
    "tokens",
    "volume",
}


def check_trace_analytics_metric(value: str) -> TraceAnalyticsMetric:
    if value in TRACE_ANALYTICS_METRIC_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {TRACE_ANALYTICS_METRIC_VALUES!r}"
    )
