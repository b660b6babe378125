# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TagTracesRequest")


@_attrs_define
class TagTracesRequest:
    """Tags to take and to give. Unknown fields are ignored by the service.

    Attributes:
        trace_ids (list[UUID]): The traces, 1 to 500.
        add_tags (list[str] | Unset): Tags that all of them are to have.
        remove_tags (list[str] | Unset): Tags that none of them is to have, unless it is added.
    """

    trace_ids: list[UUID]
    add_tags: list[str] | Unset = UNSET
    remove_tags: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        trace_ids = []
        for trace_ids_item_data in self.trace_ids:
            trace_ids_item = str(trace_ids_item_data)
            trace_ids.append(trace_ids_item)

        add_tags: list[str] | Unset = UNSET
        if not isinstance(self.add_tags, Unset):
            add_tags = self.add_tags

        remove_tags: list[str] | Unset = UNSET
        if not isinstance(self.remove_tags, Unset):
            remove_tags = self.remove_tags

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "trace_ids": trace_ids,
            }
        )
        if add_tags is not UNSET:
            field_dict["add_tags"] = add_tags
        if remove_tags is not UNSET:
            field_dict["remove_tags"] = remove_tags

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        trace_ids = []
        _trace_ids = d.pop("trace_ids")
        for trace_ids_item_data in _trace_ids:
            trace_ids_item = UUID(trace_ids_item_data)

            trace_ids.append(trace_ids_item)

        add_tags = cast(list[str], d.pop("add_tags", UNSET))

        remove_tags = cast(list[str], d.pop("remove_tags", UNSET))

        tag_traces_request = cls(
            trace_ids=trace_ids,
            add_tags=add_tags,
            remove_tags=remove_tags,
        )

        tag_traces_request.additional_properties = d
        return tag_traces_request

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
