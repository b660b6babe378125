# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SessionFilters")


@_attrs_define
class SessionFilters:
    """Which sessions to evaluate. `date_from`, `date_to`, `user_id` and `tags` choose traces, each of which must match all
    of them;
    `has_error` and `min_trace_count` then look at the chosen traces alone. A session of which something is left is
    evaluated
    whole. Null and absent mean no filter; unknown filters are ignored, and are not in the answer's `filters`.

        Attributes:
            date_from (datetime.datetime | None | Unset): Sessions with a trace that started at this time or later. ISO
                8601, with its offset from UTC: without one it is read as the service's local time, which is UTC in its
                containers. The service breaks on a text that is no time.
            date_to (datetime.datetime | None | Unset): Sessions with a trace that started before this time. ISO 8601, with
                its offset from UTC: without one it is read as the service's local time, which is UTC in its
                containers. The service breaks on a text that is no time.
            user_id (None | str | Unset): Sessions with a trace of exactly this user.
            has_error (bool | None | Unset): Whether one of the traces that the other filters let through failed.
            tags (list[str] | None | Unset): Sessions with a trace that has any of these tags, spelt exactly so. An empty
                list is no filter.
            min_trace_count (int | None | Unset): Sessions with at least so many of the traces that the other filters let
                through, 1 or more. The service breaks on more than 2147483647.
    """

    date_from: datetime.datetime | None | Unset = UNSET
    date_to: datetime.datetime | None | Unset = UNSET
    user_id: None | str | Unset = UNSET
    has_error: bool | None | Unset = UNSET
    tags: list[str] | None | Unset = UNSET
    min_trace_count: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        date_from: None | str | Unset
        if isinstance(self.date_from, Unset):
            date_from = UNSET
        elif isinstance(self.date_from, datetime.datetime):
            date_from = self.date_from.isoformat()
        else:
            date_from = self.date_from

        date_to: None | str | Unset
        if isinstance(self.date_to, Unset):
            date_to = UNSET
        elif isinstance(self.date_to, datetime.datetime):
            date_to = self.date_to.isoformat()
        else:
            date_to = self.date_to

        user_id: None | str | Unset
        if isinstance(self.user_id, Unset):
            user_id = UNSET
        else:
            user_id = self.user_id

        has_error: bool | None | Unset
        if isinstance(self.has_error, Unset):
            has_error = UNSET
        else:
            has_error = self.has_error

        tags: list[str] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, list):
            tags = self.tags

        else:
            tags = self.tags

        min_trace_count: int | None | Unset
        if isinstance(self.min_trace_count, Unset):
            min_trace_count = UNSET
        else:
            min_trace_count = self.min_trace_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if date_from is not UNSET:
            field_dict["date_from"] = date_from
        if date_to is not UNSET:
            field_dict["date_to"] = date_to
        if user_id is not UNSET:
            field_dict["user_id"] = user_id
        if has_error is not UNSET:
            field_dict["has_error"] = has_error
        if tags is not UNSET:
            field_dict["tags"] = tags
        if min_trace_count is not UNSET:
            field_dict["min_trace_count"] = min_trace_count

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_date_from(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                date_from_type_0 = datetime.datetime.fromisoformat(data)

                return date_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        date_from = _parse_date_from(d.pop("date_from", UNSET))

        def _parse_date_to(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                date_to_type_0 = datetime.datetime.fromisoformat(data)

                return date_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        date_to = _parse_date_to(d.pop("date_to", UNSET))

        def _parse_user_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_id = _parse_user_id(d.pop("user_id", UNSET))

        def _parse_has_error(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        has_error = _parse_has_error(d.pop("has_error", UNSET))

        def _parse_tags(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tags_type_0 = cast(list[str], data)

                return tags_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        def _parse_min_trace_count(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        min_trace_count = _parse_min_trace_count(d.pop("min_trace_count", UNSET))

        session_filters = cls(
            date_from=date_from,
            date_to=date_to,
            user_id=user_id,
            has_error=has_error,
            tags=tags,
            min_trace_count=min_trace_count,
        )

        session_filters.additional_properties = d
        return session_filters

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
