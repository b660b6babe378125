"""Monitors as the sandbox keeps them."""

import json
from typing import Any, NamedTuple

from .database import Breakdown
from .trace_scores import SCHEMA as TRACES
from .trace_scores import TraceScoreStore

__all__ = ["SCHEMA", "Monitor", "MonitorStore"]

SCHEMA = (
    TRACES
    + """
create table if not exists monitors (
  seq integer primary key, id text unique, project_id text, org text, name text, target_type text, metric_names text,
  filters text, sampling_rate real, model text, cadence text, only_if_changed integer, status text, last_run_at real,
  last_run_id text, next_run_at real, created_at real, updated_at real);
"""
)


class Monitor(NamedTuple):
    """A monitor; times are Unix seconds, `metric_names` and `filters` JSON, and `filters` None what kills it."""

    id: str
    project_id: str
    org: str
    name: str
    target_type: str
    metric_names: str
    filters: str | None
    sampling_rate: float
    model: str | None
    cadence: str
    only_if_changed: bool
    status: str
    last_run_at: float | None
    last_run_id: str | None
    next_run_at: float | None
    created_at: float
    updated_at: float

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters; breaks where they are null, as everything of the service does that reads such a monitor."""
        if self.filters is None:
            raise Breakdown("the filters of this monitor are null")
        found: dict[str, Any] = json.loads(self.filters)
        return found


_COLUMNS = ", ".join(Monitor._fields)


class MonitorStore(TraceScoreStore):
    """Monitors, beside traces and their scores."""

    def add_monitor(self, monitor: Monitor) -> None:
        """Keep a new monitor."""
        marks = ", ".join("?" * len(Monitor._fields))
        with self._transaction() as db:
            db.execute(f"insert into monitors ({_COLUMNS}) values ({marks})", monitor)

    def monitor(self, project_id: str, monitor_id: str) -> Monitor | None:
        """Return a monitor of the project."""
        found = self._monitors("id = ? and project_id = ?", monitor_id, project_id)
        return found[0] if found else None

    def monitors(self, project_id: str, status: str | None) -> list[Monitor]:
        """Return the project's monitors, newest first."""
        return self._monitors("project_id = ? and (? is null or status = ?)", project_id, status, status)

    def scheduled(self, until: float | None = None) -> list[Monitor]:
        """Return the active monitors of all projects, those that are due first; with `until`, only what is due by then."""
        found = self._monitors(
            "status = 'ACTIVE' and next_run_at is not null and (? is null or next_run_at <= ?)", until, until
        )
        return sorted(found, key=lambda monitor: monitor.next_run_at or 0.0)

    def _monitors(self, where: str, *values: Any) -> list[Monitor]:
        rows = self._all(f"select {_COLUMNS} from monitors where {where} order by created_at desc, seq desc", values)
        return [monitor._replace(only_if_changed=bool(monitor.only_if_changed)) for monitor in map(Monitor._make, rows)]

    def change_monitor(self, monitor: Monitor) -> Monitor:
        """Write a monitor anew."""
        sets = ", ".join(f"{name} = ?" for name in Monitor._fields)
        with self._transaction() as db:
            db.execute(f"update monitors set {sets} where id = ?", (*monitor, monitor.id))
        return monitor

    def delete_monitor(self, monitor_id: str) -> None:
        """Delete a monitor; its runs stay."""
        with self._transaction() as db:
            db.execute("delete from monitors where id = ?", (monitor_id,))
            db.execute("update runs set monitor_id = null where monitor_id = ?", (monitor_id,))
