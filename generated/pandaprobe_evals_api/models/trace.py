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
    from ..models.span import Span
    from ..models.trace_metadata import TraceMetadata


T = TypeVar("T", bound="Trace")


@_attrs_define
class Trace:
    """A trace, which is one turn of an agent, with its spans.

    Attributes:
        trace_id (UUID): The trace's id.
        project_id (UUID): The project that it belongs to.
        name (str): What the agent's program calls it.
        status (str | TraceStatus): Whether it goes on, and how it ended; a state that is not known yet is possible.
        started_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        ended_at (datetime.datetime | None): When it ended; null while it has not.
        session_id (None | str): The session that it belongs to; null where it belongs to none.
        user_id (None | str): Whose it is.
        tags (list[str]): Its tags.
        environment (None | str): Where the agent ran, such as `production`.
        release (None | str): Which release of the agent it was.
        input_ (Any): What the agent was given, any JSON; null where nothing was told.
        output (Any): What the agent answered, any JSON; null where nothing was told.
        metadata (TraceMetadata): What else was told, by keys of one's own.
        spans (list[Span]): Its steps.
        total_tokens (int | Unset): The tokens of its spans; absent on some deployments.
        total_cost (float | Unset): What its spans cost; absent on some deployments.
    """

    trace_id: UUID
    project_id: UUID
    name: str
    status: str | TraceStatus
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    session_id: None | str
    user_id: None | str
    tags: list[str]
    environment: None | str
    release: None | str
    input_: Any
    output: Any
    metadata: TraceMetadata
    spans: list[Span]
    total_tokens: int | Unset = UNSET
    total_cost: float | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        trace_id = str(self.trace_id)

        project_id = str(self.project_id)

        name = self.name

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        started_at = self.started_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        session_id: None | str
        session_id = self.session_id

        user_id: None | str
        user_id = self.user_id

        tags = self.tags

        environment: None | str
        environment = self.environment

        release: None | str
        release = self.release

        input_ = self.input_

        output = self.output

        metadata = self.metadata.to_dict()

        spans = []
        for spans_item_data in self.spans:
            spans_item = spans_item_data.to_dict()
            spans.append(spans_item)

        total_tokens = self.total_tokens

        total_cost = self.total_cost

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "trace_id": trace_id,
                "project_id": project_id,
                "name": name,
                "status": status,
                "started_at": started_at,
                "ended_at": ended_at,
                "session_id": session_id,
                "user_id": user_id,
                "tags": tags,
                "environment": environment,
                "release": release,
                "input": input_,
                "output": output,
                "metadata": metadata,
                "spans": spans,
            }
        )
        if total_tokens is not UNSET:
            field_dict["total_tokens"] = total_tokens
        if total_cost is not UNSET:
            field_dict["total_cost"] = total_cost

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.span import Span  # noqa: PLC0415
        from ..models.trace_metadata import TraceMetadata  # noqa: PLC0415

        d = dict(src_dict)
        trace_id = UUID(d.pop("trace_id"))

        project_id = UUID(d.pop("project_id"))

        name = d.pop("name")

        def _parse_status(data: object) -> str | TraceStatus:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = check_trace_status(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(str | TraceStatus, data)

        status = _parse_status(d.pop("status"))

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_session_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        session_id = _parse_session_id(d.pop("session_id"))

        def _parse_user_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        user_id = _parse_user_id(d.pop("user_id"))

        tags = cast(list[str], d.pop("tags"))

        def _parse_environment(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        environment = _parse_environment(d.pop("environment"))

        def _parse_release(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        release = _parse_release(d.pop("release"))

        input_ = d.pop("input")

        output = d.pop("output")

        metadata = TraceMetadata.from_dict(d.pop("metadata"))

        spans = []
        _spans = d.pop("spans")
        for spans_item_data in _spans:
            spans_item = Span.from_dict(spans_item_data)

            spans.append(spans_item)

        total_tokens = d.pop("total_tokens", UNSET)

        total_cost = d.pop("total_cost", UNSET)

        trace = cls(
            trace_id=trace_id,
            project_id=project_id,
            name=name,
            status=status,
            started_at=started_at,
            ended_at=ended_at,
            session_id=session_id,
            user_id=user_id,
            tags=tags,
            environment=environment,
            release=release,
            input_=input_,
            output=output,
            metadata=metadata,
            spans=spans,
            total_tokens=total_tokens,
            total_cost=total_cost,
        )

        trace.additional_properties = d
        return trace

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
