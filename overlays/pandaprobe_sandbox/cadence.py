"""How often a monitor runs, as the service writes it: its own words, or cron in UTC. Pure."""

from datetime import UTC, datetime, timedelta

from .database import Breakdown

__all__ = ["InvalidCadence", "next_run"]

INTERVALS = {"every_6h": timedelta(hours=6), "daily": timedelta(days=1), "weekly": timedelta(days=7)}
CRON = "cron:"
ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7), (0, 59))
"""Minute, hour, day of the month, month, day of the week, and where there is a sixth, second."""
DAYS = 366 * 8
"""How far ahead a day is looked for: a 29 February is at most eight years away."""


class InvalidCadence(ValueError):
    """The service refuses it; the message is its own."""


def next_run(cadence: str, after: float) -> float:
    """Return when a monitor runs next, in Unix seconds; breaks on an expression that never fires.

    Raises:
        InvalidCadence: It is none.
    """
    if cadence in INTERVALS:
        return after + INTERVALS[cadence].total_seconds()
    if not cadence.startswith(CRON):
        known = ", ".join(f"<MonitorCadence.{name.upper()}: '{name}'>" for name in INTERVALS)
        raise InvalidCadence(f"Invalid cadence '{cadence}'. Must be one of [{known}] or 'cron:<expression>'.")
    written = cadence.removeprefix(CRON).strip()
    if not written:
        raise InvalidCadence("Cron expression must not be empty after 'cron:' prefix.")
    parts = ALIASES.get(written, written).split()
    try:
        if len(parts) not in (5, 6):
            raise ValueError(written)
        fields = [_values(part, *bounds) for part, bounds in zip(parts, BOUNDS, strict=False)]
    except ValueError:
        raise InvalidCadence(f"Invalid cron expression: '{written}'") from None
    return _next_match(parts, fields, after)


def _values(part: str, least: int, most: int) -> set[int]:
    """What one field of an expression means."""
    found: set[int] = set()
    for each in part.split(","):
        span, _, step = each.partition("/")
        first, _, last = span.partition("-")
        begin = least if span == "*" else int(first)
        end = most if span == "*" or (step and not last) else int(last or first)
        if not least <= begin <= end <= most or (step and int(step) < 1):
            raise ValueError(part)
        found |= set(range(begin, end + 1, int(step or 1)))
    return found


def _next_match(parts: list[str], fields: list[set[int]], after: float) -> float:
    minutes, hours, days, months, weekdays = fields[:5]
    seconds = fields[5] if len(fields) > 5 else {0}
    weekdays = {day % 7 for day in weekdays}
    begin = datetime.fromtimestamp(after, UTC)
    for ahead in range(DAYS):
        day = (begin + timedelta(days=ahead)).replace(hour=0, minute=0, second=0, microsecond=0)
        on_date, on_weekday = day.day in days, day.isoweekday() % 7 in weekdays
        either = parts[2] != "*" and parts[4] != "*"
        if day.month not in months or not ((on_date or on_weekday) if either else (on_date and on_weekday)):
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                for second in sorted(seconds):
                    found = day.replace(hour=hour, minute=minute, second=second).timestamp()
                    if found > after:
                        return found
    raise Breakdown("the expression never fires")
