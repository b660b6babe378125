# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.prompt_stage import PromptStage


T = TypeVar("T", bound="TraceMetricDetails")


@_attrs_define
class TraceMetricDetails:
    """How a metric judges.

    Attributes:
        name (str): The name to ask for.
        description (str): What it measures.
        category (str): What it applies to; `trace` for all of these.
        default_threshold (float): From which value on a score counts as passed.
        prompt_preview (list[PromptStage]): What the judge is given, stage by stage; empty for a metric that asks none.
    """

    name: str
    description: str
    category: str
    default_threshold: float
    prompt_preview: list[PromptStage]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        description = self.description

        category = self.category

        default_threshold = self.default_threshold

        prompt_preview = []
        for prompt_preview_item_data in self.prompt_preview:
            prompt_preview_item = prompt_preview_item_data.to_dict()
            prompt_preview.append(prompt_preview_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "description": description,
                "category": category,
                "default_threshold": default_threshold,
                "prompt_preview": prompt_preview,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.prompt_stage import PromptStage  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        description = d.pop("description")

        category = d.pop("category")

        default_threshold = d.pop("default_threshold")

        prompt_preview = []
        _prompt_preview = d.pop("prompt_preview")
        for prompt_preview_item_data in _prompt_preview:
            prompt_preview_item = PromptStage.from_dict(prompt_preview_item_data)

            prompt_preview.append(prompt_preview_item)

        trace_metric_details = cls(
            name=name,
            description=description,
            category=category,
            default_threshold=default_threshold,
            prompt_preview=prompt_preview,
        )

        trace_metric_details.additional_properties = d
        return trace_metric_details

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
