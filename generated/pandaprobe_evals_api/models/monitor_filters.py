# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="MonitorFilters")


@_attrs_define
class MonitorFilters:
    """Which sessions or traces its runs evaluate, as they were given: nothing in it is checked by the service. Weights of
    signals are in it, too, as `signal_weights`.

        Attributes:
            signal_weights (Any | Unset): The weights of signals, where there are any.
    """

    signal_weights: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        signal_weights = self.signal_weights

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if signal_weights is not UNSET:
            field_dict["signal_weights"] = signal_weights

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        signal_weights = d.pop("signal_weights", UNSET)

        monitor_filters = cls(
            signal_weights=signal_weights,
        )

        monitor_filters.additional_properties = d
        return monitor_filters

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
