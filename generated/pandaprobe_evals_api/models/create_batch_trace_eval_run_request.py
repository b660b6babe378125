# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.trace_metric_name import TraceMetricName, check_trace_metric_name
from ..types import UNSET, Unset

T = TypeVar("T", bound="CreateBatchTraceEvalRunRequest")


@_attrs_define
class CreateBatchTraceEvalRunRequest:
    """A run over the traces with the given ids. Unknown fields are ignored by the service.

    Attributes:
        trace_ids (list[UUID]): The traces, at least one. Duplicates are removed, order kept; it is not checked that
            they are there. 100,000
            in one request are accepted.
        metrics (list[TraceMetricName]): The metrics to score each trace by, at least one. Duplicates are kept and
            billed again.
        name (None | str | Unset): A label for people, at most 255 characters; null and absent are the same. At most 248
            if the run is ever to be retried.
        model (None | str | Unset): The model that judges, in place of the service's default, which null and absent
            mean. Not checked; at most 255 characters.
    """

    trace_ids: list[UUID]
    metrics: list[TraceMetricName]
    name: None | str | Unset = UNSET
    model: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        trace_ids = []
        for trace_ids_item_data in self.trace_ids:
            trace_ids_item = str(trace_ids_item_data)
            trace_ids.append(trace_ids_item)

        metrics = []
        for metrics_item_data in self.metrics:
            metrics_item: str = metrics_item_data
            metrics.append(metrics_item)

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        model: None | str | Unset
        if isinstance(self.model, Unset):
            model = UNSET
        else:
            model = self.model

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "trace_ids": trace_ids,
                "metrics": metrics,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if model is not UNSET:
            field_dict["model"] = model

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        trace_ids = []
        _trace_ids = d.pop("trace_ids")
        for trace_ids_item_data in _trace_ids:
            trace_ids_item = UUID(trace_ids_item_data)

            trace_ids.append(trace_ids_item)

        metrics = []
        _metrics = d.pop("metrics")
        for metrics_item_data in _metrics:
            metrics_item = check_trace_metric_name(metrics_item_data)

            metrics.append(metrics_item)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_model(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model = _parse_model(d.pop("model", UNSET))

        create_batch_trace_eval_run_request = cls(
            trace_ids=trace_ids,
            metrics=metrics,
            name=name,
            model=model,
        )

        create_batch_trace_eval_run_request.additional_properties = d
        return create_batch_trace_eval_run_request

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
