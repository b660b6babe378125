# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

Granularity = Literal["day", "hour", "week"]

GRANULARITY_VALUES: set[Granularity] = {
    "day",
    "hour",
    "week",
}


def check_granularity(value: str) -> Granularity:
    if value in GRANULARITY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {GRANULARITY_VALUES!r}"
    )
