# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

MonitorTarget = Literal["SESSION", "TRACE"]

MONITOR_TARGET_VALUES: set[MonitorTarget] = {
    "SESSION",
    "TRACE",
}


def check_monitor_target(value: str) -> MonitorTarget:
    if value in MONITOR_TARGET_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {MONITOR_TARGET_VALUES!r}"
    )
