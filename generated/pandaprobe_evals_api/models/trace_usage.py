# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TraceUsage")


@_attrs_define
class TraceUsage:
    """What the traces of one bucket used.

    Attributes:
        bucket (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        total_tokens (int): Tokens, all of them.
        prompt_tokens (int): Tokens of what models were asked.
        completion_tokens (int): Tokens of what models answered.
        total_cost (float): What it cost.
    """

    bucket: datetime.datetime
    total_tokens: int
    prompt_tokens: int
    completion_tokens: int
    total_cost: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bucket = self.bucket.isoformat()

        total_tokens = self.total_tokens

        prompt_tokens = self.prompt_tokens

        completion_tokens = self.completion_tokens

        total_cost = self.total_cost

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bucket": bucket,
                "total_tokens": total_tokens,
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
                "total_cost": total_cost,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bucket = datetime.datetime.fromisoformat(d.pop("bucket"))

        total_tokens = d.pop("total_tokens")

        prompt_tokens = d.pop("prompt_tokens")

        completion_tokens = d.pop("completion_tokens")

        total_cost = d.pop("total_cost")

        trace_usage = cls(
            bucket=bucket,
            total_tokens=total_tokens,
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            total_cost=total_cost,
        )

        trace_usage.additional_properties = d
        return trace_usage

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
