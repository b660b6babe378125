# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.facts import Facts


T = TypeVar("T", bound="Span")


@_attrs_define
class Span:
    """One step of a trace, such as a call of a model or of a tool.

    Attributes:
        span_id (UUID): The span's id.
        trace_id (UUID): The trace that it belongs to.
        parent_span_id (None | UUID): The span that it is a part of; null for the outermost.
        name (str): What the agent's program calls it.
        kind (str): What it does; `AGENT`, `TOOL`, `LLM`, `RETRIEVER`, `CHAIN`, `EMBEDDING` or `OTHER`.
        status (str): How it ended; `OK`, `ERROR`, or `UNSET` where nothing was told.
        input_ (Any): What it was given, any JSON.
        output (Any): What it answered, any JSON.
        model (None | str): The model that was called; null where none was.
        token_usage (Facts | None): Tokens, by what they were used for.
        metadata (Facts): What was told, by keys of one's own.
        started_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        ended_at (datetime.datetime | None): When it ended; null while it has not.
        error (None | str): What went wrong; null where nothing did.
        completion_start_time (datetime.datetime | None): When the model's first token came; null where that was not
            told.
        model_parameters (Facts | None): How the model was asked.
        cost (Facts | None): What it cost, by what for.
        latency_ms (float | None): Milliseconds from its start to its end; null while it has not ended.
        time_to_first_token_ms (float | None): Milliseconds from its start to the model's first token; null where that
            was not told.
    """

    span_id: UUID
    trace_id: UUID
    parent_span_id: None | UUID
    name: str
    kind: str
    status: str
    input_: Any
    output: Any
    model: None | str
    token_usage: Facts | None
    metadata: Facts
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    error: None | str
    completion_start_time: datetime.datetime | None
    model_parameters: Facts | None
    cost: Facts | None
    latency_ms: float | None
    time_to_first_token_ms: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.facts import Facts  # noqa: PLC0415

        span_id = str(self.span_id)

        trace_id = str(self.trace_id)

        parent_span_id: None | str
        if isinstance(self.parent_span_id, UUID):
            parent_span_id = str(self.parent_span_id)
        else:
            parent_span_id = self.parent_span_id

        name = self.name

        kind = self.kind

        status = self.status

        input_ = self.input_

        output = self.output

        model: None | str
        model = self.model

        token_usage: dict[str, Any] | None
        if isinstance(self.token_usage, Facts):
            token_usage = self.token_usage.to_dict()
        else:
            token_usage = self.token_usage

        metadata = self.metadata.to_dict()

        started_at = self.started_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        error: None | str
        error = self.error

        completion_start_time: None | str
        if isinstance(self.completion_start_time, datetime.datetime):
            completion_start_time = self.completion_start_time.isoformat()
        else:
            completion_start_time = self.completion_start_time

        model_parameters: dict[str, Any] | None
        if isinstance(self.model_parameters, Facts):
            model_parameters = self.model_parameters.to_dict()
        else:
            model_parameters = self.model_parameters

        cost: dict[str, Any] | None
        if isinstance(self.cost, Facts):
            cost = self.cost.to_dict()
        else:
            cost = self.cost

        latency_ms: float | None
        latency_ms = self.latency_ms

        time_to_first_token_ms: float | None
        time_to_first_token_ms = self.time_to_first_token_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "span_id": span_id,
                "trace_id": trace_id,
                "parent_span_id": parent_span_id,
                "name": name,
                "kind": kind,
                "status": status,
                "input": input_,
                "output": output,
                "model": model,
                "token_usage": token_usage,
                "metadata": metadata,
                "started_at": started_at,
                "ended_at": ended_at,
                "error": error,
                "completion_start_time": completion_start_time,
                "model_parameters": model_parameters,
                "cost": cost,
                "latency_ms": latency_ms,
                "time_to_first_token_ms": time_to_first_token_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.facts import Facts  # noqa: PLC0415

        d = dict(src_dict)
        span_id = UUID(d.pop("span_id"))

        trace_id = UUID(d.pop("trace_id"))

        def _parse_parent_span_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                parent_span_id_type_0 = UUID(data)

                return parent_span_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        parent_span_id = _parse_parent_span_id(d.pop("parent_span_id"))

        name = d.pop("name")

        kind = d.pop("kind")

        status = d.pop("status")

        input_ = d.pop("input")

        output = d.pop("output")

        def _parse_model(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        model = _parse_model(d.pop("model"))

        def _parse_token_usage(data: object) -> Facts | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                token_usage_type_0 = Facts.from_dict(data)

                return token_usage_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Facts | None, data)

        token_usage = _parse_token_usage(d.pop("token_usage"))

        metadata = Facts.from_dict(d.pop("metadata"))

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

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_completion_start_time(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completion_start_time_type_0 = datetime.datetime.fromisoformat(data)

                return completion_start_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        completion_start_time = _parse_completion_start_time(
            d.pop("completion_start_time")
        )

        def _parse_model_parameters(data: object) -> Facts | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                model_parameters_type_0 = Facts.from_dict(data)

                return model_parameters_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Facts | None, data)

        model_parameters = _parse_model_parameters(d.pop("model_parameters"))

        def _parse_cost(data: object) -> Facts | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                cost_type_0 = Facts.from_dict(data)

                return cost_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Facts | None, data)

        cost = _parse_cost(d.pop("cost"))

        def _parse_latency_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        latency_ms = _parse_latency_ms(d.pop("latency_ms"))

        def _parse_time_to_first_token_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        time_to_first_token_ms = _parse_time_to_first_token_ms(
            d.pop("time_to_first_token_ms")
        )

        span = cls(
            span_id=span_id,
            trace_id=trace_id,
            parent_span_id=parent_span_id,
            name=name,
            kind=kind,
            status=status,
            input_=input_,
            output=output,
            model=model,
            token_usage=token_usage,
            metadata=metadata,
            started_at=started_at,
            ended_at=ended_at,
            error=error,
            completion_start_time=completion_start_time,
            model_parameters=model_parameters,
            cost=cost,
            latency_ms=latency_ms,
            time_to_first_token_ms=time_to_first_token_ms,
        )

        span.additional_properties = d
        return span

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
