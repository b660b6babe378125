# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

TraceStatus = Literal["COMPLETED", "ERROR", "PENDING", "RUNNING"]

TRACE_STATUS_VALUES: set[TraceStatus] = {
    "COMPLETED",
    "ERROR",
    "PENDING",
    "RUNNING",
}


def check_trace_status(value: str) -> TraceStatus:
    if value in TRACE_STATUS_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {TRACE_STATUS_VALUES!r}"
    )
