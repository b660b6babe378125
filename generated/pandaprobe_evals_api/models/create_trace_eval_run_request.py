# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.trace_metric_name import TraceMetricName, check_trace_metric_name
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.trace_filters import TraceFilters


T = TypeVar("T", bound="CreateTraceEvalRunRequest")


@_attrs_define
class CreateTraceEvalRunRequest:
    """A run over the traces that match filters. Unknown fields are ignored by the service.

    Attributes:
        metrics (list[TraceMetricName]): The metrics to score each trace by, at least one. Duplicates are kept and
            billed again.
        filters (TraceFilters | Unset): Which traces to evaluate: those that match all filters. Null and absent mean no
            filter; unknown filters are
            ignored, and are not in the answer's `filters`.
        sampling_rate (float | Unset): The fraction of the matching traces to evaluate, picked at random, 0 to 1; 0
            makes a run of no traces.
            The service uses 1 where none is sent.
        name (None | str | Unset): A label for people, at most 255 characters; null and absent are the same. At most 248
            if the run is ever to be retried.
        model (None | str | Unset): The model that judges, in place of the service's default, which null and absent
            mean. Not checked; at most 255 characters.
    """

    metrics: list[TraceMetricName]
    filters: TraceFilters | Unset = UNSET
    sampling_rate: float | Unset = UNSET
    name: None | str | Unset = UNSET
    model: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        metrics = []
        for metrics_item_data in self.metrics:
            metrics_item: str = metrics_item_data
            metrics.append(metrics_item)

        filters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.filters, Unset):
            filters = self.filters.to_dict()

        sampling_rate = self.sampling_rate

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
                "metrics": metrics,
            }
        )
        if filters is not UNSET:
            field_dict["filters"] = filters
        if sampling_rate is not UNSET:
            field_dict["sampling_rate"] = sampling_rate
        if name is not UNSET:
            field_dict["name"] = name
        if model is not UNSET:
            field_dict["model"] = model

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.trace_filters import TraceFilters  # noqa: PLC0415

        d = dict(src_dict)
        metrics = []
        _metrics = d.pop("metrics")
        for metrics_item_data in _metrics:
            metrics_item = check_trace_metric_name(metrics_item_data)

            metrics.append(metrics_item)

        _filters = d.pop("filters", UNSET)
        filters: TraceFilters | Unset
        if isinstance(_filters, Unset):
            filters = UNSET
        else:
            filters = TraceFilters.from_dict(_filters)

        sampling_rate = d.pop("sampling_rate", UNSET)

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

        create_trace_eval_run_request = cls(
            metrics=metrics,
            filters=filters,
            sampling_rate=sampling_rate,
            name=name,
            model=model,
        )

        create_trace_eval_run_request.additional_properties = d
        return create_trace_eval_run_request

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
