# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.trace_status import TraceStatus, check_trace_status
from ..types import UNSET, Unset

T = TypeVar("T", bound="MonitorRunFilters")


@_attrs_define
class MonitorRunFilters:
    """Which sessions or traces each run evaluates, as for runs by filters. The service checks none of it, and takes what
    is
    unknown for no filter.

        Attributes:
            date_from (datetime.datetime | Unset): Traces that started at this time or later, and sessions that have one.
                ISO 8601, with its offset from UTC.
            date_to (datetime.datetime | Unset): Traces that started before this time, and sessions that have one. ISO 8601,
                with its offset from UTC.
            user_id (str | Unset): Traces of exactly this user, and sessions that have one.
            tags (list[str] | Unset): Traces with at least one of these tags, and sessions that have one. Empty means no
                filter.
            has_error (bool | Unset): Sessions that have, or have not, a trace that failed among those that the other
                filters let through.
            min_trace_count (int | Unset): Sessions of at least so many traces that the other filters let through.
            status (TraceStatus | Unset): `COMPLETED` and `ERROR` have ended; the others have not.
            session_id (str | Unset): Traces of exactly this session.
            name (str | Unset): Traces whose name has this in it, in any case.
    """

    date_from: datetime.datetime | Unset = UNSET
    date_to: datetime.datetime | Unset = UNSET
    user_id: str | Unset = UNSET
    tags: list[str] | Unset = UNSET
    has_error: bool | Unset = UNSET
    min_trace_count: int | Unset = UNSET
    status: TraceStatus | Unset = UNSET
    session_id: str | Unset = UNSET
    name: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        date_from: str | Unset = UNSET
        if not isinstance(self.date_from, Unset):
            date_from = self.date_from.isoformat()

        date_to: str | Unset = UNSET
        if not isinstance(self.date_to, Unset):
            date_to = self.date_to.isoformat()

        user_id = self.user_id

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        has_error = self.has_error

        min_trace_count = self.min_trace_count

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status

        session_id = self.session_id

        name = self.name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if date_from is not UNSET:
            field_dict["date_from"] = date_from
        if date_to is not UNSET:
            field_dict["date_to"] = date_to
        if user_id is not UNSET:
            field_dict["user_id"] = user_id
        if tags is not UNSET:
            field_dict["tags"] = tags
        if has_error is not UNSET:
            field_dict["has_error"] = has_error
        if min_trace_count is not UNSET:
            field_dict["min_trace_count"] = min_trace_count
        if status is not UNSET:
            field_dict["status"] = status
        if session_id is not UNSET:
            field_dict["session_id"] = session_id
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _date_from = d.pop("date_from", UNSET)
        date_from: datetime.datetime | Unset
        if isinstance(_date_from, Unset):
            date_from = UNSET
        else:
            date_from = datetime.datetime.fromisoformat(_date_from)

        _date_to = d.pop("date_to", UNSET)
        date_to: datetime.datetime | Unset
        if isinstance(_date_to, Unset):
            date_to = UNSET
        else:
            date_to = datetime.datetime.fromisoformat(_date_to)

        user_id = d.pop("user_id", UNSET)

        tags = cast(list[str], d.pop("tags", UNSET))

        has_error = d.pop("has_error", UNSET)

        min_trace_count = d.pop("min_trace_count", UNSET)

        _status = d.pop("status", UNSET)
        status: TraceStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_trace_status(_status)

        session_id = d.pop("session_id", UNSET)

        name = d.pop("name", UNSET)

        monitor_run_filters = cls(
            date_from=date_from,
            date_to=date_to,
            user_id=user_id,
            tags=tags,
            has_error=has_error,
            min_trace_count=min_trace_count,
            status=status,
            session_id=session_id,
            name=name,
        )

        monitor_run_filters.additional_properties = d
        return monitor_run_filters

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
