# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.trace import Trace


T = TypeVar("T", bound="SessionWithTraces")


@_attrs_define
class SessionWithTraces:
    """A session over all of its traces, and some or all of these.

    Attributes:
        session_id (str): What the traces share.
        trace_count (int): Traces, all of them.
        first_trace_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        last_trace_at (datetime.datetime | None): The latest end of these traces, however late others began; null while
            none has ended.
        total_latency_ms (float | None): The milliseconds that the ended ones took, added up; null while none has ended.
        has_error (bool): Whether one of them failed.
        user_id (None | str): Whose it is; null where no trace says it.
        tags (list[str]): The tags of all of them, each once.
        total_span_count (int): Their spans.
        total_tokens (int): Their tokens.
        total_cost (float): What they cost.
        traces (list[Trace]): The traces asked for, oldest first.
    """

    session_id: str
    trace_count: int
    first_trace_at: datetime.datetime
    last_trace_at: datetime.datetime | None
    total_latency_ms: float | None
    has_error: bool
    user_id: None | str
    tags: list[str]
    total_span_count: int
    total_tokens: int
    total_cost: float
    traces: list[Trace]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        session_id = self.session_id

        trace_count = self.trace_count

        first_trace_at = self.first_trace_at.isoformat()

        last_trace_at: None | str
        if isinstance(self.last_trace_at, datetime.datetime):
            last_trace_at = self.last_trace_at.isoformat()
        else:
            last_trace_at = self.last_trace_at

        total_latency_ms: float | None
        total_latency_ms = self.total_latency_ms

        has_error = self.has_error

        user_id: None | str
        user_id = self.user_id

        tags = self.tags

        total_span_count = self.total_span_count

        total_tokens = self.total_tokens

        total_cost = self.total_cost

        traces = []
        for traces_item_data in self.traces:
            traces_item = traces_item_data.to_dict()
            traces.append(traces_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "session_id": session_id,
                "trace_count": trace_count,
                "first_trace_at": first_trace_at,
                "last_trace_at": last_trace_at,
                "total_latency_ms": total_latency_ms,
                "has_error": has_error,
                "user_id": user_id,
                "tags": tags,
                "total_span_count": total_span_count,
                "total_tokens": total_tokens,
                "total_cost": total_cost,
                "traces": traces,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.trace import Trace  # noqa: PLC0415

        d = dict(src_dict)
        session_id = d.pop("session_id")

        trace_count = d.pop("trace_count")

        first_trace_at = datetime.datetime.fromisoformat(d.pop("first_trace_at"))

        def _parse_last_trace_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_trace_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_trace_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_trace_at = _parse_last_trace_at(d.pop("last_trace_at"))

        def _parse_total_latency_ms(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        total_latency_ms = _parse_total_latency_ms(d.pop("total_latency_ms"))

        has_error = d.pop("has_error")

        def _parse_user_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        user_id = _parse_user_id(d.pop("user_id"))

        tags = cast(list[str], d.pop("tags"))

        total_span_count = d.pop("total_span_count")

        total_tokens = d.pop("total_tokens")

        total_cost = d.pop("total_cost")

        traces = []
        _traces = d.pop("traces")
        for traces_item_data in _traces:
            traces_item = Trace.from_dict(traces_item_data)

            traces.append(traces_item)

        session_with_traces = cls(
            session_id=session_id,
            trace_count=trace_count,
            first_trace_at=first_trace_at,
            last_trace_at=last_trace_at,
            total_latency_ms=total_latency_ms,
            has_error=has_error,
            user_id=user_id,
            tags=tags,
            total_span_count=total_span_count,
            total_tokens=total_tokens,
            total_cost=total_cost,
            traces=traces,
        )

        session_with_traces.additional_properties = d
        return session_with_traces

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
