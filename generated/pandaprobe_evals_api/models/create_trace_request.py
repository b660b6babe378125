# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.trace_status import TraceStatus, check_trace_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.facts import Facts
    from ..models.new_span import NewSpan


T = TypeVar("T", bound="CreateTraceRequest")


@_attrs_define
class CreateTraceRequest:
    """A trace that is sent. Unknown fields are ignored by the service.

    Attributes:
        name (str): What the agent's program calls it, 1 to 512 characters.
        started_at (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and a plain date, are taken
            as well: send the offset.
        trace_id (UUID | Unset): Its id; a new one where none is given.
        status (TraceStatus | Unset): `COMPLETED` and `ERROR` have ended; the others have not.
        input_ (Any | Unset): What the agent was given, any JSON.
        output (Any | Unset): What the agent answered, any JSON.
        metadata (Facts | Unset): What was told, by keys of one's own.
        ended_at (datetime.datetime | None | Unset): When it ended.
        session_id (None | str | Unset): The session that it is a turn of, at most 255 characters.
        user_id (None | str | Unset): Whose it is, at most 255 characters.
        tags (list[str] | Unset): Its tags.
        environment (None | str | Unset): Where the agent ran, such as `production`, at most 255 characters.
        release (None | str | Unset): Which release of the agent it was, at most 255 characters.
        spans (list[NewSpan] | Unset): Its steps, at most 500.
    """

    name: str
    started_at: datetime.datetime
    trace_id: UUID | Unset = UNSET
    status: TraceStatus | Unset = UNSET
    input_: Any | Unset = UNSET
    output: Any | Unset = UNSET
    metadata: Facts | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    session_id: None | str | Unset = UNSET
    user_id: None | str | Unset = UNSET
    tags: list[str] | Unset = UNSET
    environment: None | str | Unset = UNSET
    release: None | str | Unset = UNSET
    spans: list[NewSpan] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        started_at = self.started_at.isoformat()

        trace_id: str | Unset = UNSET
        if not isinstance(self.trace_id, Unset):
            trace_id = str(self.trace_id)

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status

        input_ = self.input_

        output = self.output

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        ended_at: None | str | Unset
        if isinstance(self.ended_at, Unset):
            ended_at = UNSET
        elif isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        session_id: None | str | Unset
        if isinstance(self.session_id, Unset):
            session_id = UNSET
        else:
            session_id = self.session_id

        user_id: None | str | Unset
        if isinstance(self.user_id, Unset):
            user_id = UNSET
        else:
            user_id = self.user_id

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        environment: None | str | Unset
        if isinstance(self.environment, Unset):
            environment = UNSET
        else:
            environment = self.environment

        release: None | str | Unset
        if isinstance(self.release, Unset):
            release = UNSET
        else:
            release = self.release

        spans: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.spans, Unset):
            spans = []
            for spans_item_data in self.spans:
                spans_item = spans_item_data.to_dict()
                spans.append(spans_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "started_at": started_at,
            }
        )
        if trace_id is not UNSET:
            field_dict["trace_id"] = trace_id
        if status is not UNSET:
            field_dict["status"] = status
        if input_ is not UNSET:
            field_dict["input"] = input_
        if output is not UNSET:
            field_dict["output"] = output
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if ended_at is not UNSET:
            field_dict["ended_at"] = ended_at
        if session_id is not UNSET:
            field_dict["session_id"] = session_id
        if user_id is not UNSET:
            field_dict["user_id"] = user_id
        if tags is not UNSET:
            field_dict["tags"] = tags
        if environment is not UNSET:
            field_dict["environment"] = environment
        if release is not UNSET:
            field_dict["release"] = release
        if spans is not UNSET:
            field_dict["spans"] = spans

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.facts import Facts  # noqa: PLC0415
        from ..models.new_span import NewSpan  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        _trace_id = d.pop("trace_id", UNSET)
        trace_id: UUID | Unset
        if isinstance(_trace_id, Unset):
            trace_id = UNSET
        else:
            trace_id = UUID(_trace_id)

        _status = d.pop("status", UNSET)
        status: TraceStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_trace_status(_status)

        input_ = d.pop("input", UNSET)

        output = d.pop("output", UNSET)

        _metadata = d.pop("metadata", UNSET)
        metadata: Facts | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = Facts.from_dict(_metadata)

        def _parse_ended_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ended_at = _parse_ended_at(d.pop("ended_at", UNSET))

        def _parse_session_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        session_id = _parse_session_id(d.pop("session_id", UNSET))

        def _parse_user_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_id = _parse_user_id(d.pop("user_id", UNSET))

        tags = cast(list[str], d.pop("tags", UNSET))

        def _parse_environment(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        environment = _parse_environment(d.pop("environment", UNSET))

        def _parse_release(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        release = _parse_release(d.pop("release", UNSET))

        _spans = d.pop("spans", UNSET)
        spans: list[NewSpan] | Unset = UNSET
        if _spans is not UNSET:
            spans = []
            for spans_item_data in _spans:
                spans_item = NewSpan.from_dict(spans_item_data)

                spans.append(spans_item)

        create_trace_request = cls(
            name=name,
            started_at=started_at,
            trace_id=trace_id,
            status=status,
            input_=input_,
            output=output,
            metadata=metadata,
            ended_at=ended_at,
            session_id=session_id,
            user_id=user_id,
            tags=tags,
            environment=environment,
            release=release,
            spans=spans,
        )

        create_trace_request.additional_properties = d
        return create_trace_request

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
