# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SessionComparison")


@_attrs_define
class SessionComparison:
    """A session and its newest score by one metric.

    Attributes:
        session_id (str): The session.
        score (float): The score, from 0 to 1.
        evaluated_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        eval_run_id (None | UUID): The run that produced the score; null where it was deleted.
    """

    session_id: str
    score: float
    evaluated_at: datetime.datetime
    eval_run_id: None | UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        session_id = self.session_id

        score = self.score

        evaluated_at = self.evaluated_at.isoformat()

        eval_run_id: None | str
        if isinstance(self.eval_run_id, UUID):
            eval_run_id = str(self.eval_run_id)
        else:
            eval_run_id = self.eval_run_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "session_id": session_id,
                "score": score,
                "evaluated_at": evaluated_at,
                "eval_run_id": eval_run_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        session_id = d.pop("session_id")

        score = d.pop("score")

        evaluated_at = datetime.datetime.fromisoformat(d.pop("evaluated_at"))

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

        session_comparison = cls(
            session_id=session_id,
            score=score,
            evaluated_at=evaluated_at,
            eval_run_id=eval_run_id,
        )

        session_comparison.additional_properties = d
        return session_comparison

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
