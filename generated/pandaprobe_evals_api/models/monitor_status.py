# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from typing import Literal

MonitorStatus = Literal["ACTIVE", "PAUSED"]

MONITOR_STATUS_VALUES: set[MonitorStatus] = {
    "ACTIVE",
    "PAUSED",
}


def check_monitor_status(value: str) -> MonitorStatus:
    if value in MONITOR_STATUS_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {MONITOR_STATUS_VALUES!r}"
    )
