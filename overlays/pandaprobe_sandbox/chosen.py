"""Scores of one's choice: what is set by session and metric, checked so that the score comes out as it was set."""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .app import METRICS
from .judge import judged

__all__ = ["Chosen", "checked", "read"]

Chosen = Mapping[str, Mapping[str, float]]
"""By session, and then by metric."""

_DIGITS = 4
_FORM = 'such as {"chat-1": {"agent_reliability": 0.3}}'


def checked(scores: Chosen) -> Iterator[tuple[str, str, float]]:
    """Yield each session, metric and value.

    Raises:
        ValueError: One cannot come out; says which, and why.
    """
    if not isinstance(scores, Mapping):
        raise ValueError(f"scores must be a mapping, {_FORM}, not {type(scores).__name__}")  # noqa: TRY004  (a file's, too)
    for session_id, by_metric in scores.items():
        if not isinstance(by_metric, Mapping):
            raise ValueError(f"{session_id!r}: needs its scores by metric, {_FORM}")  # noqa: TRY004  (as above)
        for metric, value in by_metric.items():
            _check(session_id, metric, value)
            yield session_id, metric, float(value)


def _check(session_id: object, metric: object, value: object) -> None:
    if not isinstance(session_id, str) or not session_id.strip():
        raise ValueError(f"{session_id!r} is not a session id")
    if metric not in METRICS:
        near = get_close_matches(str(metric), METRICS, 1)
        said = f"; did you mean {near[0]}?" if near else f": there are {', '.join(METRICS)}"
        raise ValueError(f"{session_id}: {metric!r} is not a metric{said}")
    where = f"{session_id}, {metric}: "
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{where}{value!r} is not a number from 0 to 1")
    if round(value, _DIGITS) != value:
        raise ValueError(f"{where}{value!r} has more decimals than the {_DIGITS} of the service's scores")
    lacks = session_id.startswith(("ghost-", "fail-always-"))
    if lacks or float(judged(session_id, str(metric), {}, aim=value).value) != value:
        raise ValueError(f"{where}what becomes of it is decided by how its id begins; choose another id")


def read(file: Path) -> Any:
    """Read a JSON file of scores.

    Raises:
        ValueError: It cannot be read, or is not JSON, or names something twice.
    """
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror or error}") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{file}, line {error.lineno}: is not JSON, {_FORM}") from None
    except ValueError as error:  # twice, or no UTF-8
        raise ValueError(f"{file}: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)!r} is there twice")
    return found
