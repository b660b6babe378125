# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ScoreSummary")


@_attrs_define
class ScoreSummary:
    """All scores of one name. The four numbers are of the `NUMERIC` scores that are `SUCCESS`, and null where there is
    none;
    the counts are of scores of every type.

        Attributes:
            metric_name (str): The metric, or whatever name the scores have.
            avg_score (float | None): The mean, from 0 to 1.
            min_score (float | None): The worst.
            max_score (float | None): The best.
            median_score (float | None): The one in the middle.
            success_count (int): Scores that are `SUCCESS`, those without evidence included.
            failed_count (int): Scores that are `FAILED`.
            latest_score_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is
                +00:00.
    """

    metric_name: str
    avg_score: float | None
    min_score: float | None
    max_score: float | None
    median_score: float | None
    success_count: int
    failed_count: int
    latest_score_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        metric_name = self.metric_name

        avg_score: float | None
        avg_score = self.avg_score

        min_score: float | None
        min_score = self.min_score

        max_score: float | None
        max_score = self.max_score

        median_score: float | None
        median_score = self.median_score

        success_count = self.success_count

        failed_count = self.failed_count

        latest_score_at = self.latest_score_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "metric_name": metric_name,
                "avg_score": avg_score,
                "min_score": min_score,
                "max_score": max_score,
                "median_score": median_score,
                "success_count": success_count,
                "failed_count": failed_count,
                "latest_score_at": latest_score_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        metric_name = d.pop("metric_name")

        def _parse_avg_score(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        avg_score = _parse_avg_score(d.pop("avg_score"))

        def _parse_min_score(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        min_score = _parse_min_score(d.pop("min_score"))

        def _parse_max_score(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        max_score = _parse_max_score(d.pop("max_score"))

        def _parse_median_score(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        median_score = _parse_median_score(d.pop("median_score"))

        success_count = d.pop("success_count")

        failed_count = d.pop("failed_count")

        latest_score_at = datetime.datetime.fromisoformat(d.pop("latest_score_at"))

        score_summary = cls(
            metric_name=metric_name,
            avg_score=avg_score,
            min_score=min_score,
            max_score=max_score,
            median_score=median_score,
            success_count=success_count,
            failed_count=failed_count,
            latest_score_at=latest_score_at,
        )

        score_summary.additional_properties = d
        return score_summary

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
