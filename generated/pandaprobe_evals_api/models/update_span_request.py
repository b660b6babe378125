# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.span_kind import SpanKind, check_span_kind
from ..models.span_status import SpanStatus, check_span_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.facts import Facts
    from ..models.update_span_request_cost_type_0 import UpdateSpanRequestCostType0


T = TypeVar("T", bound="UpdateSpanRequest")


@_attrs_define
class UpdateSpanRequest:
    """What is to be changed of a span. Unknown fields are ignored by the service.

    Attributes:
        name (None | str | Unset): Another name, at most 512 characters.
        kind (None | SpanKind | Unset): What it does.
        status (None | SpanStatus | Unset): How it ended.
        input_ (Any | Unset): What it was given, any JSON.
        output (Any | Unset): What it answered, any JSON.
        model (None | str | Unset): The model that was called, at most 255 characters.
        token_usage (Facts | None | Unset): Tokens, by what they were used for.
        metadata (Facts | None | Unset): Metadata to be added to what there is.
        ended_at (datetime.datetime | None | Unset): When it ended.
        error (None | str | Unset): What went wrong.
        completion_start_time (datetime.datetime | None | Unset): When the model's first token came.
        model_parameters (Facts | None | Unset): How the model was asked.
        cost (None | Unset | UpdateSpanRequestCostType0): What it cost, by what for.
    """

    name: None | str | Unset = UNSET
    kind: None | SpanKind | Unset = UNSET
    status: None | SpanStatus | Unset = UNSET
    input_: Any | Unset = UNSET
    output: Any | Unset = UNSET
    model: None | str | Unset = UNSET
    token_usage: Facts | None | Unset = UNSET
    metadata: Facts | None | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    error: None | str | Unset = UNSET
    completion_start_time: datetime.datetime | None | Unset = UNSET
    model_parameters: Facts | None | Unset = UNSET
    cost: None | Unset | UpdateSpanRequestCostType0 = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.facts import Facts  # noqa: PLC0415
        from ..models.update_span_request_cost_type_0 import UpdateSpanRequestCostType0  # noqa: PLC0415

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        kind: None | str | Unset
        if isinstance(self.kind, Unset):
            kind = UNSET
        elif isinstance(self.kind, str):
            kind = self.kind
        else:
            kind = self.kind

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        elif isinstance(self.status, str):
            status = self.status
        else:
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

        metadata: dict[str, Any] | None | Unset
        if isinstance(self.metadata, Unset):
            metadata = UNSET
        elif isinstance(self.metadata, Facts):
            metadata = self.metadata.to_dict()
        else:
            metadata = self.metadata

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
        elif isinstance(self.cost, UpdateSpanRequestCostType0):
            cost = self.cost.to_dict()
        else:
            cost = self.cost

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
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
        from ..models.update_span_request_cost_type_0 import UpdateSpanRequestCostType0  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_kind(data: object) -> None | SpanKind | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kind_type_0 = check_span_kind(data)

                return kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SpanKind | Unset, data)

        kind = _parse_kind(d.pop("kind", UNSET))

        def _parse_status(data: object) -> None | SpanStatus | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = check_span_status(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SpanStatus | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

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

        def _parse_metadata(data: object) -> Facts | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                metadata_type_0 = Facts.from_dict(data)

                return metadata_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Facts | None | Unset, data)

        metadata = _parse_metadata(d.pop("metadata", UNSET))

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

        def _parse_cost(data: object) -> None | Unset | UpdateSpanRequestCostType0:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                cost_type_0 = UpdateSpanRequestCostType0.from_dict(data)

                return cost_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UpdateSpanRequestCostType0, data)

        cost = _parse_cost(d.pop("cost", UNSET))

        update_span_request = cls(
            name=name,
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

        update_span_request.additional_properties = d
        return update_span_request

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
