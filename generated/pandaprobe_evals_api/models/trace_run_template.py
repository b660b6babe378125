# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.trace_metric_details import TraceMetricDetails
    from ..models.trace_run_template_filters import TraceRunTemplateFilters


T = TypeVar("T", bound="TraceRunTemplate")


@_attrs_define
class TraceRunTemplate:
    """A metric for traces, and what a run takes where it is not told otherwise.

    Attributes:
        metric (TraceMetricDetails): How a metric judges.
        filters (TraceRunTemplateFilters): The filters that such a run has; none of them is set.
        sampling_rate (float): The share of the matching traces that is taken; 1 for all.
        model (None | str): The service's default model.
    """

    metric: TraceMetricDetails
    filters: TraceRunTemplateFilters
    sampling_rate: float
    model: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        metric = self.metric.to_dict()

        filters = self.filters.to_dict()

        sampling_rate = self.sampling_rate

        model: None | str
        model = self.model

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "metric": metric,
                "filters": filters,
                "sampling_rate": sampling_rate,
                "model": model,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.trace_metric_details import TraceMetricDetails  # noqa: PLC0415
        from ..models.trace_run_template_filters import TraceRunTemplateFilters  # noqa: PLC0415

        d = dict(src_dict)
        metric = TraceMetricDetails.from_dict(d.pop("metric"))

        filters = TraceRunTemplateFilters.from_dict(d.pop("filters"))

        sampling_rate = d.pop("sampling_rate")

        def _parse_model(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        model = _parse_model(d.pop("model"))

        trace_run_template = cls(
            metric=metric,
            filters=filters,
            sampling_rate=sampling_rate,
            model=model,
        )

        trace_run_template.additional_properties = d
        return trace_run_template

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
