# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.eval_run_status import EvalRunStatus, check_eval_run_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.eval_run_filters import EvalRunFilters


T = TypeVar("T", bound="EvalRun")


@_attrs_define
class EvalRun:
    """An evaluation run. Carries exactly one of `total_targets` (service 0.5.0 and later) and `total_traces`
    (deployments before April 2026). New fields may appear at any time.

        Attributes:
            id (UUID): The run's id.
            name (None | str): The label that the run was created with; null where none was given.
            status (EvalRunStatus | str): Where the run is in its life; a state that is not known yet is possible.
            metric_names (list[str]): The metrics as they were sent, duplicates included.
            evaluated_count (int): Sessions or traces handled so far, those without traces and those that are not there
                included. Goes back to 0 when a failed run is tried again.
            failed_count (int): Failed pairs of session or trace and metric so far; can exceed the number of targets.
            created_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
            completed_at (datetime.datetime | None): When the run ended; null while it has not.
            project_id (UUID): The project that the run belongs to.
            target_type (str): What is evaluated; `SESSION` or `TRACE`.
            filters (EvalRunFilters): What the run was created from. For a run by ids it identifies the sessions or traces;
                for a run by filters it
                repeats the filters.
            sampling_rate (float): The fraction of what matched that was taken; 1 for runs by ids.
            model (None | str): The model that judges, resolved; the service's default where none was asked for.
            monitor_id (None | UUID): The monitor that made the run; null where none did.
            error_message (None | str): Why the run failed; null where it has not.
            total_targets (int | Unset): Sessions or traces to evaluate.
            total_traces (int | Unset): Sessions or traces to evaluate, under the name that deployments before April 2026
                use.
    """

    id: UUID
    name: None | str
    status: EvalRunStatus | str
    metric_names: list[str]
    evaluated_count: int
    failed_count: int
    created_at: datetime.datetime
    completed_at: datetime.datetime | None
    project_id: UUID
    target_type: str
    filters: EvalRunFilters
    sampling_rate: float
    model: None | str
    monitor_id: None | UUID
    error_message: None | str
    total_targets: int | Unset = UNSET
    total_traces: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def _repr_html_(self) -> str:
        from html import escape

        given = {name: value for name, value in self.to_dict().items() if value is not None}
        cells = (f"<tr><th>{escape(name)}</th><td>{escape(str(value)[:500])}</td></tr>" for name, value in given.items())
        return f"<table>{''.join(cells)}</table>"

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name: None | str
        name = self.name

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        metric_names = self.metric_names

        evaluated_count = self.evaluated_count

        failed_count = self.failed_count

        created_at = self.created_at.isoformat()

        completed_at: None | str
        if isinstance(self.completed_at, datetime.datetime):
            completed_at = self.completed_at.isoformat()
        else:
            completed_at = self.completed_at

        project_id = str(self.project_id)

        target_type = self.target_type

        filters = self.filters.to_dict()

        sampling_rate = self.sampling_rate

        model: None | str
        model = self.model

        monitor_id: None | str
        if isinstance(self.monitor_id, UUID):
            monitor_id = str(self.monitor_id)
        else:
            monitor_id = self.monitor_id

        error_message: None | str
        error_message = self.error_message

        total_targets = self.total_targets

        total_traces = self.total_traces

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "status": status,
                "metric_names": metric_names,
                "evaluated_count": evaluated_count,
                "failed_count": failed_count,
                "created_at": created_at,
                "completed_at": completed_at,
                "project_id": project_id,
                "target_type": target_type,
                "filters": filters,
                "sampling_rate": sampling_rate,
                "model": model,
                "monitor_id": monitor_id,
                "error_message": error_message,
            }
        )
        if total_targets is not UNSET:
            field_dict["total_targets"] = total_targets
        if total_traces is not UNSET:
            field_dict["total_traces"] = total_traces

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.eval_run_filters import EvalRunFilters  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        def _parse_status(data: object) -> EvalRunStatus | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = check_eval_run_status(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EvalRunStatus | str, data)

        status = _parse_status(d.pop("status"))

        metric_names = cast(list[str], d.pop("metric_names"))

        evaluated_count = d.pop("evaluated_count")

        failed_count = d.pop("failed_count")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_completed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completed_at_type_0 = datetime.datetime.fromisoformat(data)

                return completed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        completed_at = _parse_completed_at(d.pop("completed_at"))

        project_id = UUID(d.pop("project_id"))

        target_type = d.pop("target_type")

        filters = EvalRunFilters.from_dict(d.pop("filters"))

        sampling_rate = d.pop("sampling_rate")

        def _parse_model(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        model = _parse_model(d.pop("model"))

        def _parse_monitor_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                monitor_id_type_0 = UUID(data)

                return monitor_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        monitor_id = _parse_monitor_id(d.pop("monitor_id"))

        def _parse_error_message(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error_message = _parse_error_message(d.pop("error_message"))

        total_targets = d.pop("total_targets", UNSET)

        total_traces = d.pop("total_traces", UNSET)

        eval_run = cls(
            id=id,
            name=name,
            status=status,
            metric_names=metric_names,
            evaluated_count=evaluated_count,
            failed_count=failed_count,
            created_at=created_at,
            completed_at=completed_at,
            project_id=project_id,
            target_type=target_type,
            filters=filters,
            sampling_rate=sampling_rate,
            model=model,
            monitor_id=monitor_id,
            error_message=error_message,
            total_targets=total_targets,
            total_traces=total_traces,
        )

        eval_run.additional_properties = d
        return eval_run

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
