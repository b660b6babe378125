# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

SessionMetricName = Literal["agent_consistency", "agent_reliability"]

SESSION_METRIC_NAME_VALUES: set[SessionMetricName] = {
    "agent_consistency",
    "agent_reliability",
}


def check_session_metric_name(value: str) -> SessionMetricName:
    if value in SESSION_METRIC_NAME_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SESSION_METRIC_NAME_VALUES!r}"
    )
