# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

TraceMetricName = Literal[
    "argument_correctness",
    "coherence",
    "confidence",
    "plan_adherence",
    "plan_quality",
    "step_efficiency",
    "task_completion",
    "tool_correctness",
]

TRACE_METRIC_NAME_VALUES: set[TraceMetricName] = {
    "argument_correctness",
    "coherence",
    "confidence",
    "plan_adherence",
    "plan_quality",
    "step_efficiency",
    "task_completion",
    "tool_correctness",
}


def check_trace_metric_name(value: str) -> TraceMetricName:
    if value in TRACE_METRIC_NAME_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {TRACE_METRIC_NAME_VALUES!r}"
    )
