# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TraceUser")


@_attrs_define
class TraceUser:
    """What the traces of one user come to.

    Attributes:
        user_id (str): Whose traces they are.
        trace_count (int): Its traces.
        first_seen (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        last_seen (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        error_count (int): Those that failed.
    """

    user_id: str
    trace_count: int
    first_seen: datetime.datetime
    last_seen: datetime.datetime
    error_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_id = self.user_id

        trace_count = self.trace_count

        first_seen = self.first_seen.isoformat()

        last_seen = self.last_seen.isoformat()

        error_count = self.error_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user_id": user_id,
                "trace_count": trace_count,
                "first_seen": first_seen,
                "last_seen": last_seen,
                "error_count": error_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        user_id = d.pop("user_id")

        trace_count = d.pop("trace_count")

        first_seen = datetime.datetime.fromisoformat(d.pop("first_seen"))

        last_seen = datetime.datetime.fromisoformat(d.pop("last_seen"))

        error_count = d.pop("error_count")

        trace_user = cls(
            user_id=user_id,
            trace_count=trace_count,
            first_seen=first_seen,
            last_seen=last_seen,
            error_count=error_count,
        )

        trace_user.additional_properties = d
        return trace_user

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
