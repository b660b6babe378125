# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import lru_cache
from sys import intern
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.score_status import ScoreStatus
from ..models.session_score_metadata import SessionScoreMetadata

T = TypeVar("T", bound="SessionScore")


_shared_id = lru_cache(maxsize=256)(UUID)
"""Ids that many scores have in common: parsed once, and one object for all."""


def _id_or_as_is(data: Any) -> Any:
    try:
        return _shared_id(data) if isinstance(data, str) else data
    except ValueError:
        return data


def _shared_text(data: Any) -> Any:
    return intern(data) if type(data) is str else data


@_attrs_define
class SessionScore:
    """One score of one session.

    Attributes:
        id (UUID): The score's id.
        session_id (str): The session that was scored.
        project_id (UUID): The project that the session belongs to.
        name (str): The metric.
        data_type (str): How to read the value; `NUMERIC` for the metrics of sessions, else `BOOLEAN` or `CATEGORICAL`.
        value (None | str): The score as text, from 0 (worst) to 1 (best) for numeric ones; null where the metric
            failed.
        source (str): Who judged; `AUTOMATED`, `ANNOTATION` or `PROGRAMMATIC`.
        status (ScoreStatus | str): Whether there is a value; a state that is not known yet is possible.
        eval_run_id (None | UUID): The run that produced the score; null where no run did, or where it was deleted.
        author_user_id (None | str): Who entered the score; null in every score that was seen.
        reason (None | str): Why, in words. Some words mean that nothing was measured, however good the value.
        metadata (SessionScoreMetadata): What the metric adds, by keys of its own. Of the signals of a trace some are
            measured and the others derived
            from them; one trace of a session has a `loop_risk` of 0 without a measurement. Where the judge model gives
            no answer, signals and whole traces are not there, and the score is made of the rest.
        created_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        updated_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
    """

    id: UUID
    session_id: str
    project_id: UUID
    name: str
    data_type: str
    value: None | str
    source: str
    status: ScoreStatus | str
    eval_run_id: None | UUID
    author_user_id: None | str
    reason: None | str
    metadata: SessionScoreMetadata
    created_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    @property
    def number(self) -> float | None:
        """`value` as a float; None where it is null or not a finite number. What it rests on, it does not say."""
        try:
            number = float(self.value or "")
        except ValueError:
            return None
        return number if number - number == 0 else None

    def _repr_html_(self) -> str:
        from html import escape

        given = {name: value for name, value in self.to_dict().items() if value is not None}
        cells = (f"<tr><th>{escape(name)}</th><td>{escape(str(value)[:500])}</td></tr>" for name, value in given.items())
        return f"<table>{''.join(cells)}</table>"

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        session_id = self.session_id

        project_id = str(self.project_id)

        name = self.name

        data_type = self.data_type

        value: None | str
        value = self.value

        source = self.source

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        eval_run_id: None | str
        if isinstance(self.eval_run_id, UUID):
            eval_run_id = str(self.eval_run_id)
        else:
            eval_run_id = self.eval_run_id

        author_user_id: None | str
        author_user_id = self.author_user_id

        reason: None | str
        reason = self.reason

        metadata = self.metadata.to_dict()

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "session_id": session_id,
                "project_id": project_id,
                "name": name,
                "data_type": data_type,
                "value": value,
                "source": source,
                "status": status,
                "eval_run_id": eval_run_id,
                "author_user_id": author_user_id,
                "reason": reason,
                "metadata": metadata,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        take = d.pop
        session_score = cls(
            id=UUID(take("id")),
            session_id=take("session_id"),
            project_id=_shared_id(take("project_id")),
            name=_shared_text(take("name")),
            data_type=_shared_text(take("data_type")),
            value=take("value"),
            source=_shared_text(take("source")),
            status=_shared_text(take("status")),
            eval_run_id=_id_or_as_is(take("eval_run_id")),
            author_user_id=take("author_user_id"),
            reason=take("reason"),
            metadata=SessionScoreMetadata.from_dict(take("metadata")),
            created_at=datetime.datetime.fromisoformat(take("created_at")),
            updated_at=datetime.datetime.fromisoformat(take("updated_at")),
        )
        if d:
            session_score.additional_properties = d
        return session_score

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
