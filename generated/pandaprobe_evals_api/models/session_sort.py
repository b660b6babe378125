# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

SessionSort = Literal["cost", "latency", "recent", "trace_count"]

SESSION_SORT_VALUES: set[SessionSort] = {
    "cost",
    "latency",
    "recent",
    "trace_count",
}


def check_session_sort(value: str) -> SessionSort:
    if value in SESSION_SORT_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SESSION_SORT_VALUES!r}"
    )
