# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

TraceSort = Literal["ended_at", "latency", "name", "started_at", "status"]

TRACE_SORT_VALUES: set[TraceSort] = {
    "ended_at",
    "latency",
    "name",
    "started_at",
    "status",
}


def check_trace_sort(value: str) -> TraceSort:
    if value in TRACE_SORT_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {TRACE_SORT_VALUES!r}"
    )
