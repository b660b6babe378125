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
from ..models.trace_score_metadata import TraceScoreMetadata

T = TypeVar("T", bound="TraceScore")


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
class TraceScore:
    """One score of one trace.

    Attributes:
        id (UUID): The score's id.
        trace_id (UUID): The trace that was scored.
        name (str): The metric, the signal, or whatever the giver calls it.
        value (None | str): The score as text, from 0 to 1 for numeric ones; null where the metric failed.
        status (ScoreStatus | str): Whether there is a value; a state that is not known yet is possible.
        source (str): Who judged; `AUTOMATED`, `ANNOTATION` or `PROGRAMMATIC`.
        created_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        project_id (UUID): The project that the score belongs to.
        data_type (str): How to read the value; `NUMERIC`, `BOOLEAN` or `CATEGORICAL`.
        eval_run_id (None | UUID): The run that produced the score; null where none did, or where it was deleted.
        author_user_id (None | str): Who entered the score; null in every score that was seen.
        reason (None | str): Why, in words. Some words mean that nothing was measured, however good the value.
        environment (None | str): The trace's environment, where a run produced the score.
        config_id (None | str): Null in every score that was seen.
        metadata (TraceScoreMetadata): What the metric or the giver adds, by keys of its own.
        updated_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
    """

    id: UUID
    trace_id: UUID
    name: str
    value: None | str
    status: ScoreStatus | str
    source: str
    created_at: datetime.datetime
    project_id: UUID
    data_type: str
    eval_run_id: None | UUID
    author_user_id: None | str
    reason: None | str
    environment: None | str
    config_id: None | str
    metadata: TraceScoreMetadata
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

        trace_id = str(self.trace_id)

        name = self.name

        value: None | str
        value = self.value

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        source = self.source

        created_at = self.created_at.isoformat()

        project_id = str(self.project_id)

        data_type = self.data_type

        eval_run_id: None | str
        if isinstance(self.eval_run_id, UUID):
            eval_run_id = str(self.eval_run_id)
        else:
            eval_run_id = self.eval_run_id

        author_user_id: None | str
        author_user_id = self.author_user_id

        reason: None | str
        reason = self.reason

        environment: None | str
        environment = self.environment

        config_id: None | str
        config_id = self.config_id

        metadata = self.metadata.to_dict()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "trace_id": trace_id,
                "name": name,
                "value": value,
                "status": status,
                "source": source,
                "created_at": created_at,
                "project_id": project_id,
                "data_type": data_type,
                "eval_run_id": eval_run_id,
                "author_user_id": author_user_id,
                "reason": reason,
                "environment": environment,
                "config_id": config_id,
                "metadata": metadata,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        take = d.pop
        trace_score = cls(
            id=UUID(take("id")),
            trace_id=UUID(take("trace_id")),
            name=_shared_text(take("name")),
            value=take("value"),
            status=_shared_text(take("status")),
            source=_shared_text(take("source")),
            created_at=datetime.datetime.fromisoformat(take("created_at")),
            project_id=_shared_id(take("project_id")),
            data_type=_shared_text(take("data_type")),
            eval_run_id=_id_or_as_is(take("eval_run_id")),
            author_user_id=take("author_user_id"),
            reason=take("reason"),
            environment=take("environment"),
            config_id=take("config_id"),
            metadata=TraceScoreMetadata.from_dict(take("metadata")),
            updated_at=datetime.datetime.fromisoformat(take("updated_at")),
        )
        if d:
            trace_score.additional_properties = d
        return trace_score

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
