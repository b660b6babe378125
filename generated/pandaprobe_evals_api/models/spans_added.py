# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SpansAdded")


@_attrs_define
class SpansAdded:
    """Spans that a trace has now.

    Attributes:
        span_ids (list[UUID]): Their ids, in the order in which they were sent.
    """

    span_ids: list[UUID]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        span_ids = []
        for span_ids_item_data in self.span_ids:
            span_ids_item = str(span_ids_item_data)
            span_ids.append(span_ids_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "span_ids": span_ids,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        span_ids = []
        _span_ids = d.pop("span_ids")
        for span_ids_item_data in _span_ids:
            span_ids_item = UUID(span_ids_item_data)

            span_ids.append(span_ids_item)

        spans_added = cls(
            span_ids=span_ids,
        )

        spans_added.additional_properties = d
        return spans_added

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
