# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

ScoreSource = Literal["ANNOTATION", "AUTOMATED", "PROGRAMMATIC"]

SCORE_SOURCE_VALUES: set[ScoreSource] = {
    "ANNOTATION",
    "AUTOMATED",
    "PROGRAMMATIC",
}


def check_score_source(value: str) -> ScoreSource:
    if value in SCORE_SOURCE_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SCORE_SOURCE_VALUES!r}"
    )
