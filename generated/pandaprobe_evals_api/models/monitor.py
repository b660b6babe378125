# Generated from openapi.yaml by openapi-python-client 0.29.1 (make generate). Do not edit.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.monitor_status import MonitorStatus, check_monitor_status

if TYPE_CHECKING:
    from ..models.monitor_filters import MonitorFilters


T = TypeVar("T", bound="Monitor")


@_attrs_define
class Monitor:
    """A run by filters that is stored, and made again and again. It has no error and no outcome; its runs have.

    Attributes:
        id (UUID): The monitor's id.
        project_id (UUID): The project that the monitor belongs to.
        name (str): The monitor's name; several may have one.
        target_type (str): What its runs evaluate; `SESSION` or `TRACE`.
        metric_names (list[str]): The metrics of its runs.
        filters (MonitorFilters): Which sessions or traces its runs evaluate, as they were given: nothing in it is
            checked by the service. Weights of
            signals are in it, too, as `signal_weights`.
        sampling_rate (float): The share of what matches that each run takes; at least one, also for 0.
        model (None | str): The model that judges, as it was given; null for the service's default.
        cadence (str): How often: `every_6h`, `daily`, `weekly`, or `cron:` and an expression in UTC. The service looks
            every five minutes.
        only_if_changed (bool): Whether a run is left out where no trace that matches started after the last one. It
            says whether there is a run,
            never what the run evaluates.
        status (MonitorStatus | str): Whether it runs by itself; a state that is not known yet is possible.
        last_run_at (datetime.datetime | None): When it last ran; null where it has not.
        last_run_id (None | UUID): Its last run; null where there was none, or where it was deleted.
        next_run_at (datetime.datetime | None): When it runs next, up to five minutes later; null while it is paused,
            unless it was triggered then.
        created_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
        updated_at (datetime.datetime): A time, ISO 8601 with microseconds and the offset from UTC, which is +00:00.
    """

    id: UUID
    project_id: UUID
    name: str
    target_type: str
    metric_names: list[str]
    filters: MonitorFilters
    sampling_rate: float
    model: None | str
    cadence: str
    only_if_changed: bool
    status: MonitorStatus | str
    last_run_at: datetime.datetime | None
    last_run_id: None | UUID
    next_run_at: datetime.datetime | None
    created_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        project_id = str(self.project_id)

        name = self.name

        target_type = self.target_type

        metric_names = self.metric_names

        filters = self.filters.to_dict()

        sampling_rate = self.sampling_rate

        model: None | str
        model = self.model

        cadence = self.cadence

        only_if_changed = self.only_if_changed

        status: str
        if isinstance(self.status, str):
            status = self.status
        else:
            status = self.status

        last_run_at: None | str
        if isinstance(self.last_run_at, datetime.datetime):
            last_run_at = self.last_run_at.isoformat()
        else:
            last_run_at = self.last_run_at

        last_run_id: None | str
        if isinstance(self.last_run_id, UUID):
            last_run_id = str(self.last_run_id)
        else:
            last_run_id = self.last_run_id

        next_run_at: None | str
        if isinstance(self.next_run_at, datetime.datetime):
            next_run_at = self.next_run_at.isoformat()
        else:
            next_run_at = self.next_run_at

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "project_id": project_id,
                "name": name,
                "target_type": target_type,
                "metric_names": metric_names,
                "filters": filters,
                "sampling_rate": sampling_rate,
                "model": model,
                "cadence": cadence,
                "only_if_changed": only_if_changed,
                "status": status,
                "last_run_at": last_run_at,
                "last_run_id": last_run_id,
                "next_run_at": next_run_at,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.monitor_filters import MonitorFilters  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        project_id = UUID(d.pop("project_id"))

        name = d.pop("name")

        target_type = d.pop("target_type")

        metric_names = cast(list[str], d.pop("metric_names"))

        filters = MonitorFilters.from_dict(d.pop("filters"))

        sampling_rate = d.pop("sampling_rate")

        def _parse_model(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        model = _parse_model(d.pop("model"))

        cadence = d.pop("cadence")

        only_if_changed = d.pop("only_if_changed")

        def _parse_status(data: object) -> MonitorStatus | str:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = check_monitor_status(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MonitorStatus | str, data)

        status = _parse_status(d.pop("status"))

        def _parse_last_run_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_run_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_run_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_run_at = _parse_last_run_at(d.pop("last_run_at"))

        def _parse_last_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_run_id_type_0 = UUID(data)

                return last_run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        last_run_id = _parse_last_run_id(d.pop("last_run_id"))

        def _parse_next_run_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_run_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_run_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_run_at = _parse_next_run_at(d.pop("next_run_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        monitor = cls(
            id=id,
            project_id=project_id,
            name=name,
            target_type=target_type,
            metric_names=metric_names,
            filters=filters,
            sampling_rate=sampling_rate,
            model=model,
            cadence=cadence,
            only_if_changed=only_if_changed,
            status=status,
            last_run_at=last_run_at,
            last_run_id=last_run_id,
            next_run_at=next_run_at,
            created_at=created_at,
            updated_at=updated_at,
        )

        monitor.additional_properties = d
        return monitor

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
