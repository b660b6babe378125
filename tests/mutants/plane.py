"""Services that violate what is promised of monitors, traces, runs over traces and their scores; one fault each."""

import json
from threading import Thread

import httpx

from .service import Mutant, answered, at, body, changed, having, ignoring, without

MONITOR = ("create_monitor", "get_monitor", "update_monitor", "pause_monitor", "resume_monitor")
TRACE = ("get_trace", "update_trace")
TRACE_RUN = ("create_batch_trace_eval_run", "create_trace_eval_run", "retry_trace_eval_run", "get_trace_eval_run")
TRACE_CREATE = TRACE_RUN[:3]
SCORE = ("create_trace_score", "update_trace_score")
FILTERED = ("create_session_eval_run", "create_trace_eval_run", "create_monitor")


def dropping(name):
    """Leaves a filter out, both of what is evaluated and of what is echoed."""

    def edit(value):
        if isinstance(value.get("filters"), dict):
            value["filters"].pop(name, None)

    return edit


def instead(operation, method, suffix):
    """Does what another operation does."""

    def before(it):
        if it.operation == operation:
            it.method, it.path = method, it.path.rsplit("/", 1)[0] + suffix

    return Mutant(before=before)


def _nothing_done(*operations, body=b"{}"):
    """Answers well, and does nothing: sends an empty change."""

    def before(it):
        if it.operation in operations:
            it.body = body

    return Mutant(before=before)


def _kept(*operations):
    """Says that something is deleted, and keeps it."""

    def before(it):
        if it.operation in operations:
            it.method = "GET"

    def after(it):
        if it.operation in operations and it.status == 200:
            it.status, it.answer = 204, b""
            it.answer_headers.pop("content-type", None)

    return Mutant(before=before, after=after)


def _without_null(value):
    for name in [name for name, each in value.items() if each is None]:
        del value[name]


def _twice(*operations):
    """Does it twice, and tells of the second only."""

    def before(it):
        if it.operation in operations and not it.headers.pop("x-again", None):
            again = Thread(target=lambda: it.box.transport().handle_request(_again(it)))
            again.start()
            again.join()

    return Mutant(before=before)


def _again(it):
    headers = {**{name: it.headers[name] for name in it.headers if name != "content-length"}, "x-again": "1"}
    return httpx.Request(it.method, f"http://sandbox{it.path}", headers=headers, content=it.body)


def _one_of(found):
    return found[:1]


FORMS = {
    **{
        f"a monitor lacks {name}": at(MONITOR, without(name))
        for name in (
            *(
                "id",
                "project_id",
                "name",
                "target_type",
                "metric_names",
                "filters",
                "sampling_rate",
                "model",
                "cadence",
            ),
            *("only_if_changed", "status", "last_run_at", "last_run_id", "next_run_at", "created_at", "updated_at"),
        )
    },
    **{
        f"a trace lacks {name}": at(TRACE, without(name))
        for name in ("trace_id", "name", "status", "started_at", "session_id", "tags", "metadata", "input", "spans")
    },
    **{
        f"a score of a trace lacks {name}": at(SCORE, without(name))
        for name in ("id", "trace_id", "name", "value", "data_type", "source", "status", "reason", "metadata")
    },
    **{
        f"a run over traces lacks {name}": at(TRACE_RUN, without(name))
        for name in ("id", "filters", "target_type", "metric_names", "failed_count", "sampling_rate", "model")
    },
    "a monitor's state is in lower case": at(MONITOR, changed("status", str.lower)),
    "a monitor's filters are text": at(MONITOR, changed("filters", json.dumps)),
    "a trace's time has no offset": at(TRACE, changed("started_at", lambda text: text[:-6])),
    "a score's value of a trace is a number": at(SCORE, having(value=0.5)),
    "added spans are counted": at(("add_spans",), lambda answer: {"added": len(answer["span_ids"])}),
}

STATUSES = {
    "a monitor is created with 200": answered(201, 200, ("create_monitor",)),
    "a monitor is created with 202": answered(201, 202, ("create_monitor",)),
    "a trigger answers 201": answered(202, 201, ("trigger_monitor",)),
    "a trace is taken with 201": answered(202, 201, ("create_trace",)),
    "spans are taken with 202": answered(201, 202, ("add_spans",)),
    "a span is changed with 202": answered(200, 202, ("update_span",)),
    "a run over traces is created with 201": answered(202, 201, TRACE_CREATE),
    "a score is given with 202": answered(201, 202, ("create_trace_score",)),
    "a monitor that is not there is a 422": answered(404, 422, MONITOR),
}

KEPT = {
    **{
        f"a monitor's {name} is not kept": body(("create_monitor",), without(name))
        for name in ("filters", "sampling_rate", "model", "only_if_changed", "signal_weights")
    },
    **{
        f"a change leaves a monitor's {name} as it was": body(("update_monitor",), without(name))
        for name in ("name", "metrics", "filters", "sampling_rate", "model")
    },
    **{
        f"a trace's {name} is not kept": body(("create_trace",), without(name))
        for name in (
            *("session_id", "user_id", "status", "tags", "metadata", "input", "output", "environment", "release"),
            "spans",
        )
    },
    **{
        f"a change leaves a trace's {name} as it was": body(("update_trace",), without(name))
        for name in ("output", "metadata", "ended_at")
    },
    **{
        f"a change leaves a span's {name} as it was": body(("update_span",), without(name))
        for name in ("output", "ended_at")
    },
    **{
        f"a score's {name} is not kept": body(("create_trace_score",), without(name))
        for name in ("data_type", "source", "reason", "metadata")
    },
    **{f"the filter {name} is dropped": body(FILTERED, dropping(name)) for name in ("tags", "has_error", "status")},
    "null clears nothing of a trace": body(("update_trace",), _without_null),
    "a run over traces has no name": body(TRACE_CREATE, without("name")),
    "a run over traces has no model": body(TRACE_CREATE, without("model")),
    "a run over traces takes them all": body(("create_trace_eval_run",), without("sampling_rate")),
    "a run over traces takes one": body(
        ("create_batch_trace_eval_run",), changed("trace_ids", lambda ids: ids[-1:] if isinstance(ids, list) else ids)
    ),
}

BEHAVIOUR = {
    "a pause does nothing": at(("pause_monitor",), having(status="ACTIVE")),
    "a resumed monitor is never due": at(("resume_monitor",), having(next_run_at=None)),
    "a trigger forgets its monitor": at(("trigger_monitor",), having(monitor_id=None)),
    "a trigger's run is not a monitor's by its name": at(
        ("trigger_monitor",), changed("name", lambda name: name.removeprefix("[Monitor] "))
    ),
    "a trigger resumes": instead("trigger_monitor", "POST", "/resume"),
    "a resume pauses": instead("resume_monitor", "POST", "/pause"),
    "a trigger makes two runs": _twice("trigger_monitor"),
    "a monitor is made twice": _twice("create_monitor"),
    "a run over traces is made twice": _twice(*TRACE_CREATE),
    "a score is given twice": _twice("create_trace_score"),
    "a deleted monitor lives on": _kept("delete_monitor"),
    "a deleted trace lives on": _kept("delete_trace"),
    "a deleted run over traces lives on": _kept("delete_trace_eval_run"),
    "tags are not changed": _nothing_done(
        "tag_traces", body=b'{"trace_ids": ["5a0e6c1f-2e3d-4b5a-8c58-9a3e0d7f3b5a"], "add_tags": ["x"]}'
    ),
    "of a trace one span is shown": at(TRACE, changed("spans", _one_of)),
    "runs over traces are listed from the oldest": at(("list_trace_eval_runs",), lambda page: page["items"].reverse()),
    "monitors are listed from the oldest": at(("list_monitors",), lambda page: page["items"].reverse()),
    "a run over traces gives one score": at(("list_trace_eval_run_scores",), _one_of),
    "a change of a score leaves its source": at(("update_trace_score",), having(source="PROGRAMMATIC")),
    "a changed score takes any number": Mutant(
        after=lambda it: it.operation == "update_trace_score" and it.status == 422 and it.say({}, 200)
    ),
    "runs over traces count as runs over sessions": at(TRACE_RUN, having(target_type="SESSION")),
    "retries over traces do not say of what": at(
        ("retry_trace_eval_run",), lambda run: run["filters"].pop("retry_of") and None
    ),
    "scores go with their run over traces": Mutant(
        before=lambda it: it.operation == "delete_trace_eval_run" and it.query.update(delete_scores="true")
    ),
    "scores stay when their run over traces goes": ignoring("delete_scores", operations=("delete_trace_eval_run",)),
    **{
        f"{name} of traces' scores is ignored": ignoring(name, operations=("list_trace_scores",))
        for name in ("trace_id", "name", "eval_run_id", "status", "data_type")
    },
    **{f"{name} of monitors is ignored": ignoring(name, operations=("list_monitors",)) for name in ("limit", "offset")},
}

MUTANTS = FORMS | STATUSES | KEPT | BEHAVIOUR
