# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

ScoreDataType = Literal["BOOLEAN", "CATEGORICAL", "NUMERIC"]

SCORE_DATA_TYPE_VALUES: set[ScoreDataType] = {
    "BOOLEAN",
    "CATEGORICAL",
    "NUMERIC",
}


def check_score_data_type(value: str) -> ScoreDataType:
    if value in SCORE_DATA_TYPE_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SCORE_DATA_TYPE_VALUES!r}"
    )
