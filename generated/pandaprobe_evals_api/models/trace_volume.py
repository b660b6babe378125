# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TraceVolume")


@_attrs_define
class TraceVolume:
    """How many traces there were in one bucket, and how long they took.

    Attributes:
        bucket (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        trace_count (int): Traces that started in it.
        error_count (int): Those of them that failed.
        avg_latency_ms (float | None): Milliseconds that they took, on average; null where none has ended.
        p50_latency_ms (float | None): Milliseconds within which 50 of 100 had ended; null where none has.
        p90_latency_ms (float | None): Milliseconds within which 90 of 100 had ended; null where none has.
        p99_latency_ms (float | None): Milliseconds within which 99 of 100 had ended; null where none has.
    """

    bucket: datetime.datetime
    trace_count: int
    error_count: int
    avg_latency_ms: float | None
    p50_latency_ms: float | None
    p90_latency_ms: float | None
    p99_latency_ms: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bucket = self.bucket.isoformat()

        trace_count = self.trace_count

        error_count = self.error_count

        avg_latency_ms: float | None
        avg_latency_ms = self.avg_latency_ms

        p50_latency_ms: float | None
        p50_latency_ms = self.p50_latency_ms

        p90_latency_ms: float | None
        p90_latency_ms = self.p90_latency_ms

        p99_latency_ms: float | None
        p99_latency_ms = self.p99_latency_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bucket": bucket,
                "trace_count": trace_count,
                "error_count": error_count,
                "avg_latency_ms": avg_latency_ms,
                "p50_latency_ms": p50_latency_ms,
                "p90_latency_ms": p90_latency_ms,
                "p99_latency_ms": p99_latency_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bucket = datetime.datetime.fromisoformat(d.pop("bucket"))

        trace_count = d.pop("trace_count")

        error_count = d.pop("error_count")

        def _parse_avg_latency_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        avg_latency_ms = _parse_avg_latency_ms(d.pop("avg_latency_ms"))

        def _parse_p50_latency_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        p50_latency_ms = _parse_p50_latency_ms(d.pop("p50_latency_ms"))

        def _parse_p90_latency_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        p90_latency_ms = _parse_p90_latency_ms(d.pop("p90_latency_ms"))

        def _parse_p99_latency_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        p99_latency_ms = _parse_p99_latency_ms(d.pop("p99_latency_ms"))

        trace_volume = cls(
            bucket=bucket,
            trace_count=trace_count,
            error_count=error_count,
            avg_latency_ms=avg_latency_ms,
            p50_latency_ms=p50_latency_ms,
            p90_latency_ms=p90_latency_ms,
            p99_latency_ms=p99_latency_ms,
        )

        trace_volume.additional_properties = d
        return trace_volume

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
