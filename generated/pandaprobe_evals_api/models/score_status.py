# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

ScoreStatus = Literal["FAILED", "PENDING", "SUCCESS"]

SCORE_STATUS_VALUES: set[ScoreStatus] = {
    "FAILED",
    "PENDING",
    "SUCCESS",
}


def check_score_status(value: str) -> ScoreStatus:
    if value in SCORE_STATUS_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SCORE_STATUS_VALUES!r}"
    )
