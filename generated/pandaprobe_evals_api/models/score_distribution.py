# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ScoreDistribution")


@_attrs_define
class ScoreDistribution:
    """The `NUMERIC` scores of one metric that are `SUCCESS`, in one bucket of values.

    Attributes:
        bucket (int): The bucket's number, from 1; perfect scores are in one more than was asked for.
        bucket_min (float): Scores in it are at least this.
        bucket_max (float): Scores in it are below this; where it is 1 in the bucket of perfect scores, exactly this.
        count (int): How many scores.
    """

    bucket: int
    bucket_min: float
    bucket_max: float
    count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bucket = self.bucket

        bucket_min = self.bucket_min

        bucket_max = self.bucket_max

        count = self.count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bucket": bucket,
                "bucket_min": bucket_min,
                "bucket_max": bucket_max,
                "count": count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bucket = d.pop("bucket")

        bucket_min = d.pop("bucket_min")

        bucket_max = d.pop("bucket_max")

        count = d.pop("count")

        score_distribution = cls(
            bucket=bucket,
            bucket_min=bucket_min,
            bucket_max=bucket_max,
            count=count,
        )

        score_distribution.additional_properties = d
        return score_distribution

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
