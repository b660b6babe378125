"""How a refusal has to read, and what to ask with so that nothing comes of it even where it is not refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Final

from .findings import Problem
from .followed import BATCH, CREATES, OF_A_RUN, PAGED
from .inspection import Answer, Inspection

NO_METRIC: Final = "contract-check-no-such-metric"


def harmless(inspection: Inspection, operation: str) -> dict[str, Any]:
    """What an operation is asked with, so that it does nothing even where credentials are not looked at."""
    asked: dict[str, Any] = {}
    if operation in CREATES:
        asked["body"] = impossible(inspection, operation)
    if operation in PAGED:
        asked["query"] = {"limit": 1}
    if operation in OF_A_RUN:
        asked["run_id"] = str(uuid.uuid4())
    return asked


def impossible(inspection: Inspection, operation: str, **more: Any) -> dict[str, Any]:
    """A create that is well-formed, and that no service can carry out: its metric does not exist."""
    body = {"metrics": [NO_METRIC], "name": inspection.mark} | of_nobody(inspection, operation)
    return body | more


def of_nobody(inspection: Inspection, operation: str) -> dict[str, Any]:
    """Sessions that nobody has, so that a create that goes through all the same evaluates nothing."""
    if operation == BATCH:
        return {"session_ids": [inspection.mark]}
    return {"filters": {"user_id": inspection.mark}}


def in_words(answer: Answer) -> Iterator[Problem]:
    """A refusal for other reasons than fields has words, and no list of fields."""
    if not answer.value["detail"].strip():
        yield Problem("a detail with words", repr(answer.value["detail"]))
    if "errors" in answer.value:
        yield Problem("a refusal that is not about fields", answer.exchange.came)


def names_fields(answer: Answer, fields: set[str]) -> Iterator[Problem]:
    """A refusal for fields names exactly these, each with words."""
    value = answer.value
    if value["detail"] != "Validation error":
        yield Problem("detail: Validation error", repr(value["detail"]))
    named = {error["field"] for error in value.get("errors", ())}
    if named != fields:
        yield Problem(f"errors in {_shown(fields)}", _shown(named) if named else answer.exchange.came)
    if any(not error["message"].strip() for error in value.get("errors", ())):
        yield Problem("a message for each field", answer.exchange.came)


def _shown(names: set[str]) -> str:
    return ", ".join(sorted(name or "the body as a whole" for name in names)) or "no field"


def empty(answer: Answer) -> Iterator[Problem]:
    """A list of nothing, which says so."""
    items = answer.value["items"] if isinstance(answer.value, dict) else answer.value
    if items:
        yield Problem("nothing", f"{len(items)} of them")
    if isinstance(answer.value, dict) and answer.value["total"] != 0:
        yield Problem("total 0", str(answer.value["total"]))


def has_words(answer: Answer, words: str) -> Iterator[Problem]:
    """A refusal says of what it is."""
    if words not in answer.value["detail"]:
        yield Problem(f"a detail that names {words}", repr(answer.value["detail"]))
