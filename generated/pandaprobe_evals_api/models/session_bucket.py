# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SessionBucket")


@_attrs_define
class SessionBucket:
    """The sessions of one bucket.

    Attributes:
        bucket (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        session_count (int): Sessions whose first trace lies in it.
        avg_traces_per_session (float | None): Traces of a session, on average.
        avg_session_duration_ms (float | None): Milliseconds that a session's traces took, on average; null where none
            has ended.
    """

    bucket: datetime.datetime
    session_count: int
    avg_traces_per_session: float | None
    avg_session_duration_ms: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bucket = self.bucket.isoformat()

        session_count = self.session_count

        avg_traces_per_session: float | None
        avg_traces_per_session = self.avg_traces_per_session

        avg_session_duration_ms: float | None
        avg_session_duration_ms = self.avg_session_duration_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bucket": bucket,
                "session_count": session_count,
                "avg_traces_per_session": avg_traces_per_session,
                "avg_session_duration_ms": avg_session_duration_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bucket = datetime.datetime.fromisoformat(d.pop("bucket"))

        session_count = d.pop("session_count")

        def _parse_avg_traces_per_session(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        avg_traces_per_session = _parse_avg_traces_per_session(
            d.pop("avg_traces_per_session")
        )

        def _parse_avg_session_duration_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        avg_session_duration_ms = _parse_avg_session_duration_ms(
            d.pop("avg_session_duration_ms")
        )

        session_bucket = cls(
            bucket=bucket,
            session_count=session_count,
            avg_traces_per_session=avg_traces_per_session,
            avg_session_duration_ms=avg_session_duration_ms,
        )

        session_bucket.additional_properties = d
        return session_bucket

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
