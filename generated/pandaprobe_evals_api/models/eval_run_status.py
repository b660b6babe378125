# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

EvalRunStatus = Literal["COMPLETED", "FAILED", "PENDING", "RUNNING"]

EVAL_RUN_STATUS_VALUES: set[EvalRunStatus] = {
    "COMPLETED",
    "FAILED",
    "PENDING",
    "RUNNING",
}


def check_eval_run_status(value: str) -> EvalRunStatus:
    if value in EVAL_RUN_STATUS_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {EVAL_RUN_STATUS_VALUES!r}"
    )
