# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ScoreTrend")


@_attrs_define
class ScoreTrend:
    """The `NUMERIC` scores of one metric that are `SUCCESS`, in one hour, day or week.

    Attributes:
        bucket (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        metric_name (str): The metric.
        avg_score (float): The mean, from 0 to 1.
        count (int): How many scores.
    """

    bucket: datetime.datetime
    metric_name: str
    avg_score: float
    count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bucket = self.bucket.isoformat()

        metric_name = self.metric_name

        avg_score = self.avg_score

        count = self.count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "bucket": bucket,
                "metric_name": metric_name,
                "avg_score": avg_score,
                "count": count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bucket = datetime.datetime.fromisoformat(d.pop("bucket"))

        metric_name = d.pop("metric_name")

        avg_score = d.pop("avg_score")

        count = d.pop("count")

        score_trend = cls(
            bucket=bucket,
            metric_name=metric_name,
            avg_score=avg_score,
            count=count,
        )

        score_trend.additional_properties = d
        return score_trend

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
