# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.score_status import ScoreStatus, check_score_status

T = TypeVar("T", bound="SessionScorePoint")


@_attrs_define
class SessionScorePoint:
    """One score of a session, as a point in time.

    Attributes:
        metric_name (str): The metric.
        score (float | None): The score, from 0 to 1; null where the metric failed.
        eval_run_id (None | UUID): The run that produced the score; null where it was deleted.
        created_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        status (ScoreStatus | str): Whether there is a value; a state that is not known yet is possible.
    """

    metric_name: str
    score: float | None
    eval_run_id: None | UUID
    created_at: datetime.datetime
    status: ScoreStatus | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        metric_name = self.metric_name

        score: float | None
        score = self.score

        eval_run_id: None | str
        if isinstance(self.eval_run_id, UUID):
            eval_run_id = str(self.eval_run_id)
        else:
            eval_run_id = self.eval_run_id

        created_at = self.created_at.isoformat()

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "metric_name": metric_name,
                "score": score,
                "eval_run_id": eval_run_id,
                "created_at": created_at,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        metric_name = d.pop("metric_name")

        def _parse_score(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        score = _parse_score(d.pop("score"))

        def _parse_eval_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                eval_run_id_type_0 = UUID(data)

                return eval_run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        eval_run_id = _parse_eval_run_id(d.pop("eval_run_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_status(data: object) -> ScoreStatus | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = check_score_status(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ScoreStatus | str, data)

        status = _parse_status(d.pop("status"))

        session_score_point = cls(
            metric_name=metric_name,
            score=score,
            eval_run_id=eval_run_id,
            created_at=created_at,
            status=status,
        )

        session_score_point.additional_properties = d
        return session_score_point

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
