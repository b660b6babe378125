# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.monitor_target import MonitorTarget, check_monitor_target
from ..models.session_metric_name import SessionMetricName, check_session_metric_name
from ..models.trace_metric_name import TraceMetricName, check_trace_metric_name
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.monitor_run_filters import MonitorRunFilters
    from ..models.signal_weights import SignalWeights


T = TypeVar("T", bound="CreateMonitorRequest")


@_attrs_define
class CreateMonitorRequest:
    """A monitor. Unknown fields are ignored by the service.

    Attributes:
        name (str): What it is called, at most 255 characters; another may be called the same.
        target_type (MonitorTarget): What a monitor's runs evaluate.
        metrics (list[SessionMetricName | TraceMetricName]): The metrics of its runs, at least one; all of sessions, or
            all of traces, by `target_type`.
        cadence (str): How often: `every_6h`, `daily`, `weekly`, or `cron:` and an expression of five parts in UTC, such
            as `cron:0 3 * * *`; at
            most 50 characters; other forms of cron's are taken, too. The service looks every five minutes.
        filters (MonitorRunFilters | Unset): Which sessions or traces each run evaluates, as for runs by filters. The
            service checks none of it, and takes what is
            unknown for no filter.
        sampling_rate (float | Unset): The fraction of what matches that each run evaluates, picked at random, 0 to 1;
            at least one, also for 0. The service uses 1 where none is sent.
        model (None | str | Unset): The model that judges, in place of the service's default. Not checked; at most 255
            characters.
        only_if_changed (bool | Unset): Whether a run is left out where no trace that matches date, user and tags
            started after the last one. It decides whether
            there is a run, never what the run evaluates. The service uses true where none is sent.
        signal_weights (None | SignalWeights | Unset): Weights that override the defaults, for sessions.
    """

    name: str
    target_type: MonitorTarget
    metrics: list[SessionMetricName | TraceMetricName]
    cadence: str
    filters: MonitorRunFilters | Unset = UNSET
    sampling_rate: float | Unset = UNSET
    model: None | str | Unset = UNSET
    only_if_changed: bool | Unset = UNSET
    signal_weights: None | SignalWeights | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.signal_weights import SignalWeights  # noqa: PLC0415

        name = self.name

        target_type: str = self.target_type

        metrics = []
        for metrics_item_data in self.metrics:
            metrics_item: str
            if isinstance(metrics_item_data, str):
                metrics_item = metrics_item_data
            else:
                metrics_item = metrics_item_data

            metrics.append(metrics_item)

        cadence = self.cadence

        filters: dict[str, Any] | Unset = UNSET
        if not isinstance(self.filters, Unset):
            filters = self.filters.to_dict()

        sampling_rate = self.sampling_rate

        model: None | str | Unset
        if isinstance(self.model, Unset):
            model = UNSET
        else:
            model = self.model

        only_if_changed = self.only_if_changed

        signal_weights: dict[str, Any] | None | Unset
        if isinstance(self.signal_weights, Unset):
            signal_weights = UNSET
        elif isinstance(self.signal_weights, SignalWeights):
            signal_weights = self.signal_weights.to_dict()
        else:
            signal_weights = self.signal_weights

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "target_type": target_type,
                "metrics": metrics,
                "cadence": cadence,
            }
        )
        if filters is not UNSET:
            field_dict["filters"] = filters
        if sampling_rate is not UNSET:
            field_dict["sampling_rate"] = sampling_rate
        if model is not UNSET:
            field_dict["model"] = model
        if only_if_changed is not UNSET:
            field_dict["only_if_changed"] = only_if_changed
        if signal_weights is not UNSET:
            field_dict["signal_weights"] = signal_weights

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.monitor_run_filters import MonitorRunFilters  # noqa: PLC0415
        from ..models.signal_weights import SignalWeights  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        target_type = check_monitor_target(d.pop("target_type"))

        metrics = []
        _metrics = d.pop("metrics")
        for metrics_item_data in _metrics:

            def _parse_metrics_item(
                data: object,
            ) -> SessionMetricName | TraceMetricName:
                try:
                    if not isinstance(data, str):
                        raise TypeError()
                    componentsschemas_metric_name_type_0 = check_session_metric_name(
                        data
                    )

                    return componentsschemas_metric_name_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                if not isinstance(data, str):
                    raise TypeError()
                componentsschemas_metric_name_type_1 = check_trace_metric_name(data)

                return componentsschemas_metric_name_type_1

            metrics_item = _parse_metrics_item(metrics_item_data)

            metrics.append(metrics_item)

        cadence = d.pop("cadence")

        _filters = d.pop("filters", UNSET)
        filters: MonitorRunFilters | Unset
        if isinstance(_filters, Unset):
            filters = UNSET
        else:
            filters = MonitorRunFilters.from_dict(_filters)

        sampling_rate = d.pop("sampling_rate", UNSET)

        def _parse_model(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model = _parse_model(d.pop("model", UNSET))

        only_if_changed = d.pop("only_if_changed", UNSET)

        def _parse_signal_weights(data: object) -> None | SignalWeights | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                signal_weights_type_0 = SignalWeights.from_dict(data)

                return signal_weights_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SignalWeights | Unset, data)

        signal_weights = _parse_signal_weights(d.pop("signal_weights", UNSET))

        create_monitor_request = cls(
            name=name,
            target_type=target_type,
            metrics=metrics,
            cadence=cadence,
            filters=filters,
            sampling_rate=sampling_rate,
            model=model,
            only_if_changed=only_if_changed,
            signal_weights=signal_weights,
        )

        create_monitor_request.additional_properties = d
        return create_monitor_request

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
