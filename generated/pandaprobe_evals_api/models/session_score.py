# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.score_status import ScoreStatus, check_score_status
from ..models.session_score_metadata import SessionScoreMetadata

T = TypeVar("T", bound="SessionScore")


_shared_id = lru_cache(maxsize=256)(UUID)
"""Ids that many scores have in common: parsed once, and one object for all."""


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
        id = UUID(d.pop("id"))

        session_id = d.pop("session_id")

        project_id = _shared_id(d.pop("project_id"))

        name = d.pop("name")

        data_type = d.pop("data_type")

        def _parse_value(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        value = _parse_value(d.pop("value"))

        source = d.pop("source")

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

        def _parse_eval_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                eval_run_id_type_0 = _shared_id(data)

                return eval_run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        eval_run_id = _parse_eval_run_id(d.pop("eval_run_id"))

        def _parse_author_user_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        author_user_id = _parse_author_user_id(d.pop("author_user_id"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        metadata = SessionScoreMetadata.from_dict(d.pop("metadata"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        session_score = cls(
            id=id,
            session_id=session_id,
            project_id=project_id,
            name=name,
            data_type=data_type,
            value=value,
            source=source,
            status=status,
            eval_run_id=eval_run_id,
            author_user_id=author_user_id,
            reason=reason,
            metadata=metadata,
            created_at=created_at,
            updated_at=updated_at,
        )

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
