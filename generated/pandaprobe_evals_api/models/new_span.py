# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.span_kind import SpanKind, check_span_kind
from ..models.span_status import SpanStatus, check_span_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.facts import Facts
    from ..models.new_span_cost_type_0 import NewSpanCostType0


T = TypeVar("T", bound="NewSpan")


@_attrs_define
class NewSpan:
    """A step that is sent. Unknown fields are ignored by the service.

    Attributes:
        name (str): What the agent's program calls it, 1 to 512 characters.
        started_at (datetime.datetime): A time, ISO 8601. One without its offset from UTC, and a plain date, are taken
            as well: send the offset.
        span_id (UUID | Unset): Its id; a new one where none is given.
        parent_span_id (None | Unset | UUID): The span that it is a part of.
        kind (SpanKind | Unset): What a step does.
        status (SpanStatus | Unset): How a step ended; `UNSET` where nothing was told.
        input_ (Any | Unset): What it was given, any JSON.
        output (Any | Unset): What it answered, any JSON.
        model (None | str | Unset): The model that was called, at most 255 characters.
        token_usage (Facts | None | Unset): Tokens, by what they were used for.
        metadata (Facts | Unset): What was told, by keys of one's own.
        ended_at (datetime.datetime | None | Unset): When it ended.
        error (None | str | Unset): What went wrong.
        completion_start_time (datetime.datetime | None | Unset): When the model's first token came.
        model_parameters (Facts | None | Unset): How the model was asked.
        cost (NewSpanCostType0 | None | Unset): What it cost, by what for.
    """

    name: str
    started_at: datetime.datetime
    span_id: UUID | Unset = UNSET
    parent_span_id: None | Unset | UUID = UNSET
    kind: SpanKind | Unset = UNSET
    status: SpanStatus | Unset = UNSET
    input_: Any | Unset = UNSET
    output: Any | Unset = UNSET
    model: None | str | Unset = UNSET
    token_usage: Facts | None | Unset = UNSET
    metadata: Facts | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    error: None | str | Unset = UNSET
    completion_start_time: datetime.datetime | None | Unset = UNSET
    model_parameters: Facts | None | Unset = UNSET
    cost: NewSpanCostType0 | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.facts import Facts  # noqa: PLC0415
        from ..models.new_span_cost_type_0 import NewSpanCostType0  # noqa: PLC0415

        name = self.name

        started_at = self.started_at.isoformat()

        span_id: str | Unset = UNSET
        if not isinstance(self.span_id, Unset):
            span_id = str(self.span_id)

        parent_span_id: None | str | Unset
        if isinstance(self.parent_span_id, Unset):
            parent_span_id = UNSET
        elif isinstance(self.parent_span_id, UUID):
            parent_span_id = str(self.parent_span_id)
        else:
            parent_span_id = self.parent_span_id

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status

        input_ = self.input_

        output = self.output

        model: None | str | Unset
        if isinstance(self.model, Unset):
            model = UNSET
        else:
            model = self.model

        token_usage: dict[str, Any] | None | Unset
        if isinstance(self.token_usage, Unset):
            token_usage = UNSET
        elif isinstance(self.token_usage, Facts):
            token_usage = self.token_usage.to_dict()
        else:
            token_usage = self.token_usage

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

        error: None | str | Unset
        if isinstance(self.error, Unset):
            error = UNSET
        else:
            error = self.error

        completion_start_time: None | str | Unset
        if isinstance(self.completion_start_time, Unset):
            completion_start_time = UNSET
        elif isinstance(self.completion_start_time, datetime.datetime):
            completion_start_time = self.completion_start_time.isoformat()
        else:
            completion_start_time = self.completion_start_time

        model_parameters: dict[str, Any] | None | Unset
        if isinstance(self.model_parameters, Unset):
            model_parameters = UNSET
        elif isinstance(self.model_parameters, Facts):
            model_parameters = self.model_parameters.to_dict()
        else:
            model_parameters = self.model_parameters

        cost: dict[str, Any] | None | Unset
        if isinstance(self.cost, Unset):
            cost = UNSET
        elif isinstance(self.cost, NewSpanCostType0):
            cost = self.cost.to_dict()
        else:
            cost = self.cost

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "started_at": started_at,
            }
        )
        if span_id is not UNSET:
            field_dict["span_id"] = span_id
        if parent_span_id is not UNSET:
            field_dict["parent_span_id"] = parent_span_id
        if kind is not UNSET:
            field_dict["kind"] = kind
        if status is not UNSET:
            field_dict["status"] = status
        if input_ is not UNSET:
            field_dict["input"] = input_
        if output is not UNSET:
            field_dict["output"] = output
        if model is not UNSET:
            field_dict["model"] = model
        if token_usage is not UNSET:
            field_dict["token_usage"] = token_usage
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if ended_at is not UNSET:
            field_dict["ended_at"] = ended_at
        if error is not UNSET:
            field_dict["error"] = error
        if completion_start_time is not UNSET:
            field_dict["completion_start_time"] = completion_start_time
        if model_parameters is not UNSET:
            field_dict["model_parameters"] = model_parameters
        if cost is not UNSET:
            field_dict["cost"] = cost

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.facts import Facts  # noqa: PLC0415
        from ..models.new_span_cost_type_0 import NewSpanCostType0  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        _span_id = d.pop("span_id", UNSET)
        span_id: UUID | Unset
        if isinstance(_span_id, Unset):
            span_id = UNSET
        else:
            span_id = UUID(_span_id)

        def _parse_parent_span_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                parent_span_id_type_0 = UUID(data)

                return parent_span_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        parent_span_id = _parse_parent_span_id(d.pop("parent_span_id", UNSET))

        _kind = d.pop("kind", UNSET)
        kind: SpanKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = check_span_kind(_kind)

        _status = d.pop("status", UNSET)
        status: SpanStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = check_span_status(_status)

        input_ = d.pop("input", UNSET)

        output = d.pop("output", UNSET)

        def _parse_model(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model = _parse_model(d.pop("model", UNSET))

        def _parse_token_usage(data: object) -> Facts | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                token_usage_type_0 = Facts.from_dict(data)

                return token_usage_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Facts | None | Unset, data)

        token_usage = _parse_token_usage(d.pop("token_usage", UNSET))

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

        def _parse_error(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        error = _parse_error(d.pop("error", UNSET))

        def _parse_completion_start_time(
            data: object,
        ) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completion_start_time_type_0 = datetime.datetime.fromisoformat(data)

                return completion_start_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        completion_start_time = _parse_completion_start_time(
            d.pop("completion_start_time", UNSET)
        )

        def _parse_model_parameters(data: object) -> Facts | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                model_parameters_type_0 = Facts.from_dict(data)

                return model_parameters_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Facts | None | Unset, data)

        model_parameters = _parse_model_parameters(d.pop("model_parameters", UNSET))

        def _parse_cost(data: object) -> NewSpanCostType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                cost_type_0 = NewSpanCostType0.from_dict(data)

                return cost_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewSpanCostType0 | None | Unset, data)

        cost = _parse_cost(d.pop("cost", UNSET))

        new_span = cls(
            name=name,
            started_at=started_at,
            span_id=span_id,
            parent_span_id=parent_span_id,
            kind=kind,
            status=status,
            input_=input_,
            output=output,
            model=model,
            token_usage=token_usage,
            metadata=metadata,
            ended_at=ended_at,
            error=error,
            completion_start_time=completion_start_time,
            model_parameters=model_parameters,
            cost=cost,
        )

        new_span.additional_properties = d
        return new_span

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
