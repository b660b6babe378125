# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.score_data_type import ScoreDataType, check_score_data_type
from ..models.score_source import ScoreSource, check_score_source
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.create_trace_score_request_metadata import (
        CreateTraceScoreRequestMetadata,
    )


T = TypeVar("T", bound="CreateTraceScoreRequest")


@_attrs_define
class CreateTraceScoreRequest:
    """A score that is given to a trace. Unknown fields are ignored by the service.

    Attributes:
        trace_id (UUID): The trace.
        name (str): What is scored, at most 255 characters, and not a signal's name unless `as_signal` is True.
        value (str): A number from 0 to 1, True or False, or a text of at most 255 characters, as `data_type` says. It
            is sent as text.
        data_type (ScoreDataType | Unset): `NUMERIC` is a number from 0 to 1, `BOOLEAN` true or false, `CATEGORICAL` any
            text.
        source (ScoreSource | Unset): `AUTOMATED` is PandaProbe's judge, `ANNOTATION` a person, `PROGRAMMATIC` other
            software.
        reason (None | str | Unset): Why, in words; null and absent are the same.
        metadata (CreateTraceScoreRequestMetadata | Unset): What else is to be kept, by keys of one's own.
    """

    trace_id: UUID
    name: str
    value: str
    data_type: ScoreDataType | Unset = UNSET
    source: ScoreSource | Unset = UNSET
    reason: None | str | Unset = UNSET
    metadata: CreateTraceScoreRequestMetadata | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        trace_id = str(self.trace_id)

        name = self.name

        value = self.value

        data_type: str | Unset = UNSET
        if not isinstance(self.data_type, Unset):
            data_type = self.data_type

        source: str | Unset = UNSET
        if not isinstance(self.source, Unset):
            source = self.source

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "trace_id": trace_id,
                "name": name,
                "value": value,
            }
        )
        if data_type is not UNSET:
            field_dict["data_type"] = data_type
        if source is not UNSET:
            field_dict["source"] = source
        if reason is not UNSET:
            field_dict["reason"] = reason
        if metadata is not UNSET:
            field_dict["metadata"] = metadata

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.create_trace_score_request_metadata import (
            CreateTraceScoreRequestMetadata,  # noqa: PLC0415
        )

        d = dict(src_dict)
        trace_id = UUID(d.pop("trace_id"))

        name = d.pop("name")

        value = d.pop("value")

        _data_type = d.pop("data_type", UNSET)
        data_type: ScoreDataType | Unset
        if isinstance(_data_type, Unset):
            data_type = UNSET
        else:
            data_type = check_score_data_type(_data_type)

        _source = d.pop("source", UNSET)
        source: ScoreSource | Unset
        if isinstance(_source, Unset):
            source = UNSET
        else:
            source = check_score_source(_source)

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        _metadata = d.pop("metadata", UNSET)
        metadata: CreateTraceScoreRequestMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = CreateTraceScoreRequestMetadata.from_dict(_metadata)

        create_trace_score_request = cls(
            trace_id=trace_id,
            name=name,
            value=value,
            data_type=data_type,
            source=source,
            reason=reason,
            metadata=metadata,
        )

        create_trace_score_request.additional_properties = d
        return create_trace_score_request

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
