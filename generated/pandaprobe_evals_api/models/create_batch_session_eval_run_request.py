# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.session_metric_name import SessionMetricName, check_session_metric_name
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.signal_weights import SignalWeights


T = TypeVar("T", bound="CreateBatchSessionEvalRunRequest")


@_attrs_define
class CreateBatchSessionEvalRunRequest:
    """A run over the sessions with the given ids. Unknown fields are ignored by the service.

    Attributes:
        session_ids (list[str]): The sessions, at least one. Duplicates are removed, order kept; ids are not checked.
            100,000 in one
            request are accepted.
        metrics (list[SessionMetricName]): The metrics to score each session by, at least one. Duplicates are kept and
            billed again.
        name (None | str | Unset): A label for people, at most 255 characters; null and absent are the same. At most 248
            if the run is ever to be retried.
        model (None | str | Unset): The model that judges, in place of the service's default, which null and absent
            mean. Not checked; at most 255 characters.
        signal_weights (None | SignalWeights | Unset): Weights that override the defaults; null, absent and empty are
            the same.
    """

    session_ids: list[str]
    metrics: list[SessionMetricName]
    name: None | str | Unset = UNSET
    model: None | str | Unset = UNSET
    signal_weights: None | SignalWeights | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.signal_weights import SignalWeights  # noqa: PLC0415

        session_ids = self.session_ids

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
                "session_ids": session_ids,
                "metrics": metrics,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if model is not UNSET:
            field_dict["model"] = model
        if signal_weights is not UNSET:
            field_dict["signal_weights"] = signal_weights

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.signal_weights import SignalWeights  # noqa: PLC0415

        d = dict(src_dict)
        session_ids = cast(list[str], d.pop("session_ids"))

        metrics = []
        _metrics = d.pop("metrics")
        for metrics_item_data in _metrics:
            metrics_item = check_session_metric_name(metrics_item_data)

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

        create_batch_session_eval_run_request = cls(
            session_ids=session_ids,
            metrics=metrics,
            name=name,
            model=model,
            signal_weights=signal_weights,
        )

        create_batch_session_eval_run_request.additional_properties = d
        return create_batch_session_eval_run_request

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
