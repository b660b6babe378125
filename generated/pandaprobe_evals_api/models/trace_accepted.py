# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TraceAccepted")


@_attrs_define
class TraceAccepted:
    """A trace that was accepted, and is stored a moment later.

    Attributes:
        trace_id (UUID): The trace's id.
        task_id (str): The id of the service's own task that stores it.
    """

    trace_id: UUID
    task_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        trace_id = str(self.trace_id)

        task_id = self.task_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "trace_id": trace_id,
                "task_id": task_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        trace_id = UUID(d.pop("trace_id"))

        task_id = d.pop("task_id")

        trace_accepted = cls(
            trace_id=trace_id,
            task_id=task_id,
        )

        trace_accepted.additional_properties = d
        return trace_accepted

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
