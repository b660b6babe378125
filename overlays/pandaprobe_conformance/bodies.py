"""What the body of a create may be: what breaks a rule is refused for exactly that, and what the contract takes is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pandaprobe_evals import contract

from .findings import Problem
from .followed import BATCH, CREATES
from .inspection import Answer, Inspection
from .refused import NO_METRIC, has_words, impossible, in_words, names_fields, of_nobody


def bodies(inspection: Inspection, metrics: Sequence[str]) -> None:
    """A create whose body breaks a rule is refused for exactly that; one that only asks for an unknown metric, for that."""
    for operation in CREATES:
        for promise, body, fields in _wrong_bodies(inspection, operation, metrics[0]):
            answer = inspection.ask(f"{promise} is refused", operation, 422, body=body)
            inspection.claim(
                f"{promise}: the refusal names the field", answer, names_fields(answer, fields), quiet=True
            )
        _not_json(inspection, operation, metrics[0])
        _unknown_metrics(inspection, operation, metrics)
        _taken_bodies(inspection, operation)


def _wrong_bodies(inspection: Inspection, operation: str, metric: str) -> Iterator[tuple[str, Any, set[str]]]:
    """What is wrong, the body, and the fields that the refusal must name."""
    name = inspection.mark
    shared = {"name": 5, "model": ["x"], "signal_weights": {"confidence": "high", "coherence": None}}
    named = {"name", "model", "signal_weights -> confidence", "signal_weights -> coherence"}
    good = {"metrics": [metric], "name": name} | of_nobody(inspection, operation)
    yield "a body that is a list", [good], {""}
    yield "a body that is null", None, {""}
    yield "no metric", good | {"metrics": []}, {"metrics"}
    yield "a metric that is not text", good | {"metrics": [metric, 5, None]}, {"metrics -> 1", "metrics -> 2"}
    yield "a name that is not text", good | {"name": 5}, {"name"}
    yield "weights that are a list", good | {"signal_weights": [1]}, {"signal_weights"}
    if operation == BATCH:
        yield "an empty object", {}, {"session_ids", "metrics"}
        yield "no session_ids at all", {"metrics": [metric], "name": name}, {"session_ids"}
        yield "no metrics at all", {"session_ids": [name], "name": name}, {"metrics"}
        yield "no session", good | {"session_ids": []}, {"session_ids"}
        yield "session_ids that are text", good | {"session_ids": name}, {"session_ids"}
        yield "what must be, null", good | {"session_ids": None, "metrics": None}, {"session_ids", "metrics"}
        ids = [name, 1, None]
        yield "a session id that is not text", good | {"session_ids": ids}, {"session_ids -> 1", "session_ids -> 2"}
        yield "all wrong at once", {"session_ids": [], "metrics": {}} | shared, {"session_ids", "metrics"} | named
        return
    yield "an empty object", {}, {"metrics"}
    for rate in (1.5, -0.1, "lots"):
        yield f"a sampling_rate of {rate}", good | {"sampling_rate": rate}, {"sampling_rate"}
    yield "filters that are text", good | {"filters": name}, {"filters"}
    few = {"user_id": name, "min_trace_count": 0}
    yield "a minimum of no traces", good | {"filters": few}, {"filters -> min_trace_count"}
    filters = {
        "user_id": 5,
        "has_error": "perhaps",
        "tags": name,
        "min_trace_count": "few",
        "date_from": 5,
        "date_to": [],
    }
    fields = {"metrics", "sampling_rate", *(f"filters -> {field}" for field in filters)} | named
    yield "all wrong at once", {"metrics": {}, "filters": filters, "sampling_rate": 2} | shared, fields


def _not_json(inspection: Inspection, operation: str, metric: str) -> None:
    good = json.dumps({"metrics": [metric], "name": inspection.mark} | of_nobody(inspection, operation))
    for promise, text in (
        ("a body that breaks off", good[:-1]),
        ("a body with junk after it", f"{good} junk"),
        ("a body that is not JSON", "session_ids=a"),
    ):
        answer = inspection.ask(f"{promise} is refused", operation, 422, content=text.encode())
        inspection.claim(f"{promise}: the refusal says where", answer, _offset(answer), quiet=True)
    answer = inspection.ask("an empty body is refused", operation, 422, content=b"")
    inspection.claim("an empty body: the refusal is for the body", answer, names_fields(answer, {""}), quiet=True)
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = inspection.ask(
            f"a body of type {media_type} is refused", operation, 422, content=good.encode(), media_type=media_type
        )
        inspection.claim(
            f"a body of type {media_type}: the refusal is for the body",
            answer,
            names_fields(answer, {""}),
            quiet=True,
        )
    latin = good.encode().replace(inspection.mark.encode(), b"\xff" + inspection.mark.encode(), 1)
    answer = inspection.ask("a body that is not UTF-8 is refused", operation, 400, content=latin)
    inspection.claim("a body that is not UTF-8: in words", answer, in_words(answer), quiet=True)


def _offset(answer: Answer) -> Iterator[Problem]:
    errors = answer.value.get("errors", ())
    if answer.value["detail"] != "Validation error":
        yield Problem("detail: Validation error", repr(answer.value["detail"]))
    if len(errors) != 1 or not errors[0]["field"].isdigit():
        yield Problem("one error, whose field is an offset in the body", answer.exchange.came)


def _unknown_metrics(inspection: Inspection, operation: str, metrics: Sequence[str]) -> None:
    """The deployment takes each metric that it lists, and refuses the one that it does not."""
    body = impossible(inspection, operation, metrics=[*metrics, NO_METRIC])
    answer = inspection.ask("an unknown metric is refused", operation, 422, body=body)
    inspection.claim("the refusal names the unknown metric, and none that is listed", answer, _unknown(answer, metrics))


def _unknown(answer: Answer, listed: Sequence[str]) -> Iterator[Problem]:
    yield from in_words(answer)
    yield from has_words(answer, NO_METRIC)
    for metric in listed:
        if metric in answer.value["detail"]:
            yield Problem(f"metric {metric} taken, as it is listed", repr(answer.value["detail"]))


def _taken_bodies(inspection: Inspection, operation: str) -> None:
    """What the contract takes is no reason to refuse: with an unknown metric beside it, the metric is."""
    taken: dict[str, dict[str, Any]] = {
        "null for what may be null": {"name": None, "model": None, "signal_weights": None},
        "unknown fields and unknown signals": {"contract_check": [1], "signal_weights": {"contract_check": 0}},
        "numbers as text in weights": {"signal_weights": {"confidence": "0.5", "coherence": 1}},
        "a name of 255 characters": {"name": f"{inspection.mark} {'n' * 255}"[:255]},
    }
    if operation == BATCH:
        taken["session ids of every kind"] = {"session_ids": [inspection.mark, "", "é😀", " ", inspection.mark]}
    else:
        taken["null for filters"] = {
            "filters": dict.fromkeys(contract.schema("SessionFilters")["properties"]) | {"user_id": inspection.mark},
            "sampling_rate": 0,
        }
        taken["every filter"] = {
            "filters": {
                "user_id": inspection.mark, "has_error": False, "tags": ["a"], "min_trace_count": 1,
                "date_from": "2026-01-01T00:00:00+00:00", "date_to": "2026-01-02T00:00:00Z",
            },
            "sampling_rate": 1,
        }  # fmt: skip
    for promise, more in taken.items():
        answer = inspection.ask(
            f"{promise}: refused for the unknown metric alone",
            operation,
            422,
            body=impossible(inspection, operation, **more),
        )
        inspection.claim(f"{promise}: taken", answer, in_words(answer), quiet=True)


def rate_limit(inspection: Inspection) -> None:
    """Use up one window of creates, each refused for its metric, to see how the next one is refused."""
    limit = inspection.operations[BATCH].rate_limit
    assert limit is not None
    body = impossible(inspection, BATCH)
    for _ in range(limit[0] + 1):
        answer = inspection.ask(
            "a create over the rate limit is refused", BATCH, {422, 429}, body=body, patient=False, quiet=True
        )
        if answer.status == 429:
            inspection.claim("the rate limit's 429 says what the limit is", answer, _rate_limited(answer))
            return
        if not answer.good:
            return
    inspection.note(
        f"{limit[0] + 1} creates in a row met no rate limit; the contract has {limit[0]} in {limit[1]:.0f} s"
    )


def _rate_limited(answer: Answer) -> Iterator[Problem]:
    if not str(answer.value.get("error", "")).strip():
        yield Problem("an `error` with words, as the rate limit has; `detail` is the quota's", answer.exchange.came)
