"""Schemathesis against the sandbox in process: all phases, one authentication mode, and what its complaints come to."""

import copy
import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import schemathesis
from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN, Sandbox
from pandaprobe_sandbox.app import operation_of
from pandaprobe_sandbox.trace_scores import TraceScore
from schemathesis.config import SchemathesisConfig
from schemathesis.core import SCHEMATHESIS_TEST_CASE_HEADER
from schemathesis.engine import events, from_schema

from . import recorder
from .document import DOCUMENT, OPERATIONS, resolve
from .layer import Layer
from .service import FAILING_TRACE, sandbox

# By the security schemes' names: credentials given as plain headers give false alarms where headers come in pairs.
CREDENTIALS = {
    "api key": {"apiKey": {"api_key": API_KEY}, "projectName": {"api_key": PROJECT_NAME}},
    "bearer": {"bearer": {"bearer": TOKEN}, "projectId": {"api_key": PROJECT_ID}},
}


@dataclass
class Met:
    """What a request met that may be otherwise a moment later; looked up before the sandbox answers it."""

    unknown_trace: bool
    """Whether the body names a trace that the sandbox does not have."""
    long_name: bool
    """Whether the path names a run whose retry's name would be over 255 characters."""


@dataclass
class Complaint:
    """What a check of schemathesis said about one exchange."""

    check: str
    operation: str
    phase: str
    method: str
    status: int
    answer: bytes
    sent: Any
    """Body, query and path parameters of the request."""
    message: str
    curl: str
    meant: str | None
    """The operation that the request came to: not always the one that schemathesis had in mind."""
    met: Met | None = None
    """None where nothing was sent."""

    def says(self, detail: str) -> bool:
        return self.answer == json.dumps({"detail": detail}, separators=(",", ":")).encode()

    def texts(self) -> list[str]:
        return list(_texts(self.sent))

    def __str__(self) -> str:
        said = self.answer[:300].decode(errors="replace")
        return f"{self.check} on {self.operation} ({self.phase}): {self.message}\n  {self.status} {said}\n  {self.curl}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _field(complaint: Complaint, name: str) -> Any:
    body = complaint.sent[0]
    found = body.get(name) if isinstance(body, dict) else None
    return found if name != "filters" or isinstance(found, dict) else None


def _numbers(value: Any) -> Iterator[int]:
    """A number that the service looks up or counts by, as it reads it."""
    with suppress(TypeError, ValueError):
        yield int(value)


def _times(complaint: Complaint) -> list[Any]:
    filters = _field(complaint, "filters") or {}
    return [filters.get("date_from"), filters.get("date_to")]


def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_the_path_before_the_slash(complaint: Complaint) -> bool:
    """Whether an answer is what a path with an empty id comes to: the 307 to the path without its last slash, where that is
    one, and what is there: a list, or no such method."""
    return (complaint.status == 200 and complaint.answer.startswith(b'{"items":[')) or any(
        map(complaint.says, ("Method Not Allowed", "Not Found"))
    )


def _answers_500_for(complaint: Complaint) -> bool:
    return complaint.check == "ServerError" and complaint.answer == b"Internal Server Error"


NO_NULL = {
    operation: [
        name for name, part in resolve(content["schema"]).get("properties", {}).items() if part.get("x-no-null")
    ]
    for operation, (*_, node) in OPERATIONS.items()
    for content in node.get("requestBody", {}).get("content", {}).values()
}
"""The fields of a body in which nobody sends null: it would break more than the request."""

MONITOR_WRITES = ("create_monitor", "update_monitor")

EXPLAINED: dict[str, Callable[[Complaint], bool]] = {
    "a score's value is not what its type of data asks for": lambda it: (
        it.check == "RejectedPositiveData"
        and it.operation in ("create_trace_score", "update_trace_score")
        and it.status == 422
        and re.search(rb'(Value error, |"detail":")(NUMERIC|BOOLEAN) score must be ', it.answer) is not None
    ),
    "a score is given to a trace that is not there": lambda it: (
        _answers_500_for(it) and it.operation == "create_trace_score" and it.met.unknown_trace
    ),
    "schemathesis puts a null of an answer into a path": lambda it: (
        it.check == "RejectedPositiveData"
        and it.phase == "stateful"
        and it.status == 422
        and None in (it.sent[2] or {}).values()
    ),
    "an id that an answer gave has no place in a path": lambda it: (
        it.phase == "stateful"
        and any(
            (text == "" and _is_the_path_before_the_slash(it)) or ("/" in text and it.says("Not Found"))
            for text in map(str, (it.sent[2] or {}).values())
        )
    ),
    "a query's time may have an exponent, as numbers do": lambda it: (
        it.check == "AcceptedNegativeData"
        and it.status == 200
        and any(re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9]+", str(value)) for value in (it.sent[1] or {}).values())
    ),
    "a create by filters finds no session to evaluate": lambda it: (
        it.check == "RejectedPositiveData"
        and it.operation in ("create_session_eval_run", "create_trace_eval_run")
        and it.status == 422
        and (it.says("No sessions match the provided filters.") or it.says("No traces match the provided filters."))
    ),
    "a monitor's metrics are of the other kind, or its weights are for traces": lambda it: (
        it.check == "RejectedPositiveData"
        and it.operation in MONITOR_WRITES
        and it.status == 422
        and re.search(rb"Unknown metrics: |signal_weights is only valid for SESSION monitors", it.answer) is not None
    ),
    "a monitor's cadence is a text that is none": lambda it: (
        it.check == "RejectedPositiveData"
        and it.operation in MONITOR_WRITES
        and it.status == 422
        and re.search(rb'"detail":"(Invalid cadence|Invalid cron expression|Cron expression)', it.answer) is not None
    ),
    "the service checks nothing in a monitor's filters": lambda it: (
        it.check == "AcceptedNegativeData"
        and it.operation in MONITOR_WRITES
        and it.status < 300
        and bool(_field(it, "filters"))
    ),
    "a monitor finds nothing to evaluate": lambda it: (
        it.check == "RejectedPositiveData"
        and it.operation == "trigger_monitor"
        and it.status == 422
        and (it.says("No sessions match the monitor's filters.") or it.says("No traces match the monitor's filters."))
    ),
    "a monitor's filters cannot be read": lambda it: _answers_500_for(it) and it.operation == "trigger_monitor",
    "null was taken out, which nobody is to send": lambda it: (
        it.check == "AcceptedNegativeData"
        and isinstance(it.sent[0], dict)
        and any(it.sent[0].get(name, ...) is None for name in NO_NULL.get(it.operation, ()))
    ),
    "the service breaks on a null in a change of a monitor": lambda it: (
        _answers_500_for(it)
        and it.operation == "update_monitor"
        and any(
            name in it.sent[0] and it.sent[0][name] is None
            for name in ("name", "sampling_rate", "cadence", "only_if_changed")
        )
    ),
    "the service breaks on a cadence over 50 characters": lambda it: (
        _answers_500_for(it) and isinstance(_field(it, "cadence"), str) and len(_field(it, "cadence")) > 50
    ),
    "a retry finds nothing that failed": lambda it: (
        it.check == "RejectedPositiveData"
        and it.operation in ("retry_session_eval_run", "retry_trace_eval_run")
        and it.status == 422
        and it.says("No failed scores to retry in this run.")
    ),
    "a path without an id is read as one of another operation's that has an id there": lambda it: (
        it.check == "UnsupportedMethodResponse"
        and it.status == 422
        and it.meant is not None
        and OPERATIONS[it.meant][1].count("{") > OPERATIONS[it.operation][1].count("{")
        and b'"path -> ' in it.answer
    ),
    "Allow names the first route of a path, not all": lambda it: (
        it.check == "AllowHeaderMismatch"
        and it.status == 405
        and re.search(r"Missing documented methods: (GET|POST|DELETE)\b", it.message) is not None
    ),
    "the scores of a deleted run are an empty list, not a 404": lambda it: (
        it.check == "UseAfterFree" and it.status == 200 and it.answer == b"[]"
    ),
    "the service breaks on a NUL character": lambda it: (
        _answers_500_for(it) and any("\0" in text for text in it.texts())
    ),
    "the service breaks on a name over 255 characters": lambda it: (
        _answers_500_for(it) and isinstance(_field(it, "name"), str) and len(_field(it, "name")) > 255
    ),
    "the service breaks on a retry whose name would be over 255 characters": lambda it: (
        _answers_500_for(it) and it.met.long_name and it.operation.startswith("retry_")
    ),
    # Bounds that the service enforces by breaking are bounds of openapi.yaml: what lies beyond them is sent, and breaks it.
    "the service breaks on a model over 255 characters": lambda it: (
        _answers_500_for(it) and isinstance(_field(it, "model"), str) and len(_field(it, "model")) > 255
    ),
    "the service breaks on an offset over 64 bits": lambda it: (
        _answers_500_for(it) and any(number > 2**63 - 1 for number in _numbers((it.sent[1] or {}).get("offset")))
    ),
    "the service breaks on a count of traces over 32 bits": lambda it: (
        _answers_500_for(it)
        and any(number > 2**31 - 1 for number in _numbers((_field(it, "filters") or {}).get("min_trace_count")))
    ),
    "the service breaks on a filter's time that is none": lambda it: (
        _answers_500_for(it)
        and it.operation in ("create_session_eval_run", "create_trace_eval_run")
        and any(isinstance(time, str) and not _is_time(time) for time in _times(it))
    ),
}
"""What the service is known to do, for which schemathesis blames it all the same; each as narrow as can be."""

ALWAYS_MET = frozenset(
    {
        "a create by filters finds no session to evaluate",
        "a retry finds nothing that failed",
        "a path without an id is read as one of another operation's that has an id there",
        "a score's value is not what its type of data asks for",
        "a score is given to a trace that is not there",
        "null was taken out, which nobody is to send",
        "the service checks nothing in a monitor's filters",
        "Allow names the first route of a path, not all",
        "the service breaks on a NUL character",
        "the service breaks on a name over 255 characters",
        "the service breaks on a model over 255 characters",
    }
)
"""Those that every run meets, whatever its seed: the coverage phase is no matter of chance."""


@dataclass
class Run:
    """What came of one run of schemathesis."""

    met: dict[str, Met] = field(default_factory=dict)
    """By the ids of cases."""
    exchanges: int = 0
    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Operation and status, and how often."""
    by_phase: Counter[str] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)
    """Links, and how often each was followed."""
    links: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: list[Complaint] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def judge(self, complaint: Complaint) -> None:
        reason = next((reason for reason, fits in EXPLAINED.items() if fits(complaint)), None)
        if reason:
            self.explained[reason] += 1
        else:
            self.unexplained.append(complaint)


def quick_to_fuzz(document: Any) -> Any:
    """The document without the format of times that are sent: their pattern says all that it says, and schemathesis would
    look in vain, and for long, for a text that has the one and not the other."""
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    filters = [schemas[name] for name in ("SessionFilters", "TraceFilters", "MonitorRunFilters")]
    times = [schema["properties"][name] for schema in filters for name in ("date_from", "date_to")]
    for schema in (*times, schemas["QueryTime"]):
        schema["anyOf"][0].pop("format", None)
    return document


def without_deadly_null(it: Any) -> None:
    """Take out null where it would break more than the request: all that is sent passes here, whatever phase made it up."""
    names = NO_NULL.get(it.operation, ())
    body = json_or_none(it.body) if names else None
    if isinstance(body, dict) and any(name in body and body[name] is None for name in names):
        kept = {name: value for name, value in body.items() if not (name in names and value is None)}
        it.body = json.dumps(kept).encode()


def json_or_none(text: bytes) -> Any:
    """A body as JSON; None where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _before(it: Any, met: dict[str, Met]) -> None:
    without_deadly_null(it)
    _with_something_to_retry(it)
    met[it.headers[SCHEMATHESIS_TEST_CASE_HEADER.lower()]] = Met(
        _names_an_unknown_trace(it.box, json_or_none(it.body)), _names_a_run_with_a_long_name(it.box, it.path)
    )


def _with_something_to_retry(it: Any) -> None:
    """Let a trace fail in every other run over traces that is retried: of traces that are made up, none is there to fail."""
    run_id = it.path.split("/")[-2]
    store, now = it.box.store, it.box.clock.now()
    if it.operation == "retry_trace_eval_run" and run_id[-1] in "02468ace" and store.run(PROJECT_ID, run_id, now):
        failed = TraceScore(
            id=str(uuid4()),
            run_id=run_id,
            eval_run_id=run_id,
            project_id=PROJECT_ID,
            trace_id=FAILING_TRACE["trace_id"],
            name="task_completion",
            value=None,
            data_type="NUMERIC",
            source="AUTOMATED",
            status="FAILED",
            reason="Metric execution failed",
            environment=None,
            metadata="{}",
            created_at=now,
            updated_at=now,
        )
        store.add_trace_score(failed)


def fuzz(mode: str, seed: int, *, examples: int, walks: int, document: Any = DOCUMENT) -> Run:
    """Run every phase of schemathesis with its own default checks.

    Args:
        mode: Of authentication.
        seed: Same seed, same requests, as far as the answers are the same.
        examples: Requests of the fuzzing phase for each operation.
        walks: Walks over the document's links.
        document: What the sandbox is held against.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": "http://sandbox",
            "auth": {"openapi": CREDENTIALS[mode]},
            "continue-on-failure": True,
            "phases": {"stateful": {"generation": {"max-examples": walks}}},
            "generation": {
                "database": "none",
                "max-examples": examples,
                # The other mode's headers are not to be made up: the key would win, or latin-1 would fail.
                "with-security-parameters": False,
            },
        }
    )
    with sandbox() as service:
        run = Run()
        schema = schemathesis.openapi.from_dict(quick_to_fuzz(document), config=config)
        schema.app = Layer(service.app, service, before=functools.partial(_before, met=run.met))
        for event in from_schema(schema).execute():
            _take(run, event)
    recorder.saw("figure", "fuzz runs")
    recorder.saw("figure", "fuzzed exchanges", times=run.exchanges)
    recorder.saw("figure", "false alarms", times=len(run.unexplained) + len(run.errors))
    return run


def _take(run: Run, event: Any) -> None:
    match event:
        case events.FatalError():
            run.errors.append(repr(event.exception))
        case events.NonFatalError():
            run.errors.append(f"{event.label}: {event.value!r}")
        case events.PhaseStarted(payload=events.StatefulPhasePayload() as payload):
            run.links = payload.transitions_selected
        case events.ScenarioFinished():
            _look(run, event)


def _look(run: Run, event: events.ScenarioFinished) -> None:
    tape = event.recorder
    for case_id, interaction in tape.interactions.items():
        if interaction.response is None:
            continue
        node = tape.cases[case_id]
        run.exchanges += 1
        operation, answer = node.value.operation.definition.raw["operationId"], interaction.response
        content_type = (answer.headers.get("content-type") or [""])[0]
        recorder.answer("server", operation, answer.status_code, content_type, answer.content or b"")
        run.by_phase[event.phase.value] += 1
        run.answered[operation, answer.status_code] += 1
        if node.transition is not None and node.is_transition_applied:
            run.followed[node.transition.id] += 1
    for case_id, checks in tape.checks.items():
        for check in checks:
            if check.failure_info is None:
                continue
            case = tape.cases[case_id].value
            interaction = tape.interactions.get(case_id)
            response = interaction.response if interaction else None
            failure = check.failure_info.failure
            run.judge(
                Complaint(
                    check=type(failure).__name__,
                    operation=case.operation.definition.raw["operationId"],
                    phase=event.phase.value,
                    method=case.method.upper(),
                    status=response.status_code if response else 0,
                    answer=response.content or b"" if response else b"",
                    sent=(case.body, case.query, case.path_parameters),
                    message=failure.message or failure.title,
                    curl=check.failure_info.code_sample,
                    meant=operation_of(case.method.upper(), urlsplit(interaction.request.uri).path)
                    if interaction
                    else None,
                    met=run.met.get(case_id),
                )
            )


def _names_an_unknown_trace(service: Sandbox, body: Any) -> bool:
    try:
        return not service.store.has_trace(str(UUID(body["trace_id"])))
    except (TypeError, KeyError, AttributeError, ValueError):
        return False


def _names_a_run_with_a_long_name(service: Sandbox, path: str) -> bool:
    run = service.store.run(PROJECT_ID, path.split("/")[-2], service.clock.now())
    return run is not None and len(f"Retry: {run.name or ''}") > 255
