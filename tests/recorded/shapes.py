"""What of an answer is compared: its shape, and the service's own words. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
TAG = re.compile(r"(?<=-)[0-9a-f]{8}(?=$|[^0-9a-f-])|^[0-9a-f]{8}$")
WHY_NO_UUID = re.compile(r"(Input should be a valid UUID,).*")  # differs between builds of the service
KINDS = 4  # of items that are kept of a list whose order says nothing

WORDS = frozenset(
    (
        "category", "cadence", "data_type", "deleted", "detail", "error", "evaluated_count", "failed_count", "field",
        "granularity", "limit", "message", "metric_names", "name", "offset", "only_if_changed", "retry_of", "sampling_rate",
        "session_ids", "signal_weights", "source", "status", "target_type", "total", "total_targets", "trace_ids",
        "updated",
    )
)  # fmt: skip
"""Fields whose values are compared as they are; of all others it is the type."""


def text(value: str) -> str:
    """A text with its ids and times by their form."""
    value = UUID.sub("<id>", WHY_NO_UUID.sub(r"\1 <why>", TAG.sub("<tag>", value)))
    return TIME.sub(_form, value)


def _form(time: re.Match[str]) -> str:
    fraction, zone = time.groups()
    return f"<time{'' if fraction else ' whole seconds'}{' Z' if zone == 'Z' else '' if zone else ' naive'}>"


def shape(value: Any, field: str = "") -> Any:
    """The shape of a JSON value that is in this field."""
    said = field in WORDS
    match value:
        case dict():
            return {text(name): shape(item, name) for name, item in sorted(value.items())}
        case list():
            items = [shape(item, field) for item in value]
            return items if said or len(items) < 2 else _kinds(items)
        case None:
            return None
        case bool():
            return value if said else "boolean"
        case int():
            return value if said else "integer"
        case float():
            return value if said else "number"
    form = text(value)
    return form if said or form == "<id>" or re.fullmatch("<time[^>]*>", form) else "text"


def _kinds(items: list[Any]) -> list[Any]:
    written = sorted({json.dumps(item, sort_keys=True) for item in items})
    return [json.loads(item) for item in written[:KINDS]]


class Difference(NamedTuple):
    """Where two answers differ; a field that is not there is None."""

    path: str
    recorded: Any
    here: Any

    def __str__(self) -> str:
        return f"{self.path}: recorded {_told(self.recorded)}, here {_told(self.here)}"


ABSENT = object()


def _told(value: Any) -> str:
    told = "nothing" if value is ABSENT else json.dumps(value, ensure_ascii=False)
    return told if len(told) <= 200 else f"{told[:200]}..."


def differences(recorded: Any, here: Any, path: str = "") -> Iterator[Difference]:
    """All places where two answers differ, each named by its path, such as `.body.items[0].status`."""
    match recorded, here:
        case dict(), dict():
            for name in sorted(recorded.keys() | here.keys()):
                yield from differences(recorded.get(name, ABSENT), here.get(name, ABSENT), f"{path}.{name}")
        case list(), list() if len(recorded) == len(here):
            for index, (one, other) in enumerate(zip(recorded, here, strict=True)):
                yield from differences(one, other, f"{path}[{index}]")
        case _ if recorded != here:
            yield Difference(path, recorded, here)
