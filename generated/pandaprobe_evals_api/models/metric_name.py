# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

MetricName = Literal[
    "agent_consistency",
    "agent_reliability",
    "argument_correctness",
    "coherence",
    "confidence",
    "plan_adherence",
    "plan_quality",
    "step_efficiency",
    "task_completion",
    "tool_correctness",
]

METRIC_NAME_VALUES: set[MetricName] = {
    "agent_consistency",
    "agent_reliability",
    "argument_correctness",
    "coherence",
    "confidence",
    "plan_adherence",
    "plan_quality",
    "step_efficiency",
    "task_completion",
    "tool_correctness",
}


def check_metric_name(value: str) -> MetricName:
    if value in METRIC_NAME_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {METRIC_NAME_VALUES!r}"
    )
