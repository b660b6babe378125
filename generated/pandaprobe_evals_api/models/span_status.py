# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

SpanStatus = Literal["ERROR", "OK", "UNSET"]

SPAN_STATUS_VALUES: set[SpanStatus] = {
    "ERROR",
    "OK",
    "UNSET",
}


def check_span_status(value: str) -> SpanStatus:
    if value in SPAN_STATUS_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SPAN_STATUS_VALUES!r}"
    )
