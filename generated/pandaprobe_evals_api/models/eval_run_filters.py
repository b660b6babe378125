# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.eval_run_filters_signal_weights import EvalRunFiltersSignalWeights


T = TypeVar("T", bound="EvalRunFilters")


@_attrs_define
class EvalRunFilters:
    """What the run was created from. For a run by ids it identifies the sessions or traces; for a run by filters it
    repeats the filters.

        Attributes:
            session_ids (list[str] | Unset): The sessions, without duplicates, in the order sent; for a retry in an order of
                its own.
            trace_ids (list[UUID] | Unset): The traces, as the sessions; for a run over traces.
            signal_weights (EvalRunFiltersSignalWeights | Unset): The weights that were given; absent where none were.
            retry_of (UUID | Unset): The run that this one retries; absent where it is no retry.
    """

    session_ids: list[str] | Unset = UNSET
    trace_ids: list[UUID] | Unset = UNSET
    signal_weights: EvalRunFiltersSignalWeights | Unset = UNSET
    retry_of: UUID | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        session_ids: list[str] | Unset = UNSET
        if not isinstance(self.session_ids, Unset):
            session_ids = self.session_ids

        trace_ids: list[str] | Unset = UNSET
        if not isinstance(self.trace_ids, Unset):
            trace_ids = []
            for trace_ids_item_data in self.trace_ids:
                trace_ids_item = str(trace_ids_item_data)
                trace_ids.append(trace_ids_item)

        signal_weights: dict[str, Any] | Unset = UNSET
        if not isinstance(self.signal_weights, Unset):
            signal_weights = self.signal_weights.to_dict()

        retry_of: str | Unset = UNSET
        if not isinstance(self.retry_of, Unset):
            retry_of = str(self.retry_of)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if session_ids is not UNSET:
            field_dict["session_ids"] = session_ids
        if trace_ids is not UNSET:
            field_dict["trace_ids"] = trace_ids
        if signal_weights is not UNSET:
            field_dict["signal_weights"] = signal_weights
        if retry_of is not UNSET:
            field_dict["retry_of"] = retry_of

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.eval_run_filters_signal_weights import EvalRunFiltersSignalWeights  # noqa: PLC0415

        d = dict(src_dict)
        session_ids = cast(list[str], d.pop("session_ids", UNSET))

        _trace_ids = d.pop("trace_ids", UNSET)
        trace_ids: list[UUID] | Unset = UNSET
        if _trace_ids is not UNSET:
            trace_ids = []
            for trace_ids_item_data in _trace_ids:
                trace_ids_item = UUID(trace_ids_item_data)

                trace_ids.append(trace_ids_item)

        _signal_weights = d.pop("signal_weights", UNSET)
        signal_weights: EvalRunFiltersSignalWeights | Unset
        if isinstance(_signal_weights, Unset):
            signal_weights = UNSET
        else:
            signal_weights = EvalRunFiltersSignalWeights.from_dict(_signal_weights)

        _retry_of = d.pop("retry_of", UNSET)
        retry_of: UUID | Unset
        if isinstance(_retry_of, Unset):
            retry_of = UNSET
        else:
            retry_of = UUID(_retry_of)

        eval_run_filters = cls(
            session_ids=session_ids,
            trace_ids=trace_ids,
            signal_weights=signal_weights,
            retry_of=retry_of,
        )

        eval_run_filters.additional_properties = d
        return eval_run_filters

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
