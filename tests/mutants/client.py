"""Clients that break the contract: the generated client or the overlay with one line of them changed."""

import shutil
from dataclasses import dataclass

from tools.generate import ROOT

API = "generated/pandaprobe_evals_api/api"
MODELS = "generated/pandaprobe_evals_api/models"
OVERLAY = "overlays/pandaprobe_evals"


@dataclass(frozen=True)
class Edit:
    """One change of a file: `old`, which it must have, becomes `new`, wherever it stands."""

    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ()
    """What is run against it, as pytest takes it; all contract tests of the client where nothing is said."""


def plant(edit, folder):
    """Copy both packages to a folder, with the edit; returns what to put on the import path."""
    for name in ("generated", "overlays"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / edit.file
    text = file.read_text(encoding="utf-8")
    assert edit.old in text, f"{edit.file} has no {edit.old!r} any more: bring this mutant up to date"
    file.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
    return [str(folder / "overlays"), str(folder / "generated")]


BATCH = f"{API}/session_runs/create_batch_session_eval_run.py"
DELETE = f"{API}/session_runs/delete_session_eval_run.py"
LIST = f"{API}/session_runs/list_session_eval_runs.py"
SCORES = f"{API}/session_scores/list_session_scores.py"
BY_FILTERS = f"{MODELS}/create_session_eval_run_request.py"
RUN = f"{MODELS}/eval_run.py"
SCORE = f"{MODELS}/session_score.py"

GENERATED = {
    "a create goes to the wrong path": Edit(BATCH, "session-runs/batch", "session-runs"),
    "a create is a PUT": Edit(BATCH, '"method": "post"', '"method": "put"'),
    "a create's body is a form": Edit(BATCH, '_kwargs["json"]', '_kwargs["data"]'),
    "a create's body is called text": Edit(BATCH, '"application/json"', '"text/plain"'),
    "a create asks for 200": Edit(BATCH, "status_code == 202", "status_code == 200"),
    "a delete is a POST": Edit(DELETE, '"method": "delete"', '"method": "post"'),
    "a delete forgets its parameters": Edit(DELETE, '        "params": params,\n', ""),
    "a delete's parameter has another name": Edit(DELETE, 'params["delete_scores"]', 'params["with_scores"]'),
    "a run's id is not in the path": Edit(f"{API}/session_runs/get_session_eval_run.py", "quote(str(run_id)", "quote('latest'"),
    "a retry reads": Edit(f"{API}/session_runs/retry_session_eval_run.py", "{run_id}/retry", "{run_id}"),
    "scores are asked for by another path": Edit(
        f"{API}/session_runs/list_session_eval_run_scores.py", "{run_id}/scores", "{run_id}/score"
    ),
    "a list's limit is a page's": Edit(LIST, 'params["limit"]', 'params["page_size"]'),
    "a list's state is in lower case": Edit(LIST, "json_status = status", "json_status = status.lower()"),
    "a list sends what is not set": Edit(LIST, "if v is not UNSET and v is not None", "if v is not None"),
    "scores' filters are swapped": Edit(SCORES, 'params["name"] = name', 'params["name"] = session_id'),
    "scores' time has no offset": Edit(SCORES, "date_from.isoformat()", "date_from.isoformat()[:19]"),
    "scores' run is written without hyphens": Edit(SCORES, "str(eval_run_id)", "eval_run_id.hex"),
    "a 404 is not read": Edit(
        f"{API}/session_runs/get_session_eval_run.py", "status_code == 404", "status_code == 410"
    ),
    "only the async function reads a list twice": Edit(
        f"{API}/session_metrics/list_session_metrics.py",
        "response = await client.get_async_httpx_client().request(**kwargs)",
        "response = await client.get_async_httpx_client().request(**{**kwargs, 'method': 'post'})",
    ),
    "weights are not sent": Edit(BY_FILTERS, 'field_dict["signal_weights"] = signal_weights', "pass"),
    "a name is sent as label": Edit(BY_FILTERS, 'field_dict["name"] = name', 'field_dict["label"] = name'),
    "a rate is sent in percent": Edit(BY_FILTERS, "sampling_rate = self.sampling_rate", "sampling_rate = self.sampling_rate and self.sampling_rate * 100"),
    "filters are not sent": Edit(BY_FILTERS, "filters = self.filters.to_dict()", "filters = UNSET"),
    "only the first session is sent": Edit(
        f"{MODELS}/create_batch_session_eval_run_request.py", "session_ids = self.session_ids", "session_ids = self.session_ids[:1]"
    ),
    "a run's id stays text": Edit(RUN, 'id = UUID(d.pop("id"))', 'id = d.pop("id")'),
    "a run's time stays text": Edit(RUN, 'datetime.datetime.fromisoformat(d.pop("created_at"))', 'd.pop("created_at")'),
    "a run's counts are swapped": Edit(RUN, 'd.pop("failed_count")', 'd.get("evaluated_count")'),
    "a run's model is lost": Edit(RUN, '_parse_model(d.pop("model"))', '_parse_model(d.pop("model") and None)'),
    "a run's end is its beginning": Edit(RUN, "completed_at=completed_at,", "completed_at=created_at,"),
    "a run must know its state": Edit(RUN, "return cast(EvalRunStatus | str, data)", "raise ValueError(data)"),
    "a run drops what is new": Edit(RUN, "eval_run.additional_properties = d", "pass"),
    "a run's older count is lost": Edit(RUN, "if total_traces is not UNSET", "if False"),
    "a run's time is written as local": Edit(RUN, "self.created_at.isoformat()", "self.created_at.replace(tzinfo=None).isoformat()"),
    "a score's value is a number": Edit(SCORE, 'value=take("value")', 'value=(lambda text: text and len(text))(take("value"))'),
    "a score's run stays text": Edit(SCORE, 'eval_run_id=_id_or_as_is(take("eval_run_id"))', 'eval_run_id=take("eval_run_id")'),
    "a score's reason is lost": Edit(SCORE, '"reason": reason', '"reason": None'),
    "a score's metadata is lost": Edit(SCORE, '"metadata": metadata', '"metadata": {}'),
    "a page loses its first": Edit(f"{MODELS}/eval_run_page.py", "for items_item_data in _items:", "for items_item_data in _items[1:]:"),
    "a page's total is its limit": Edit(f"{MODELS}/session_score_page.py", "total=total", "total=limit"),
    "a problem's fields are lost": Edit(f"{MODELS}/validation_problem.py", "errors.append(errors_item)", "pass"),
}  # fmt: skip

CREATION, CHECKS, AUTH, CONTRACT, ARGUMENTS = (
    f"{OVERLAY}/{name}.py" for name in ("creation/intent", "checks", "auth", "contract", "arguments")
)
CALLS, ERRORS, READING = (f"{OVERLAY}/{name}.py" for name in ("calls", "transport/failures", "transport/reading"))
WRITTEN = {
    "the key goes alone": Edit(AUTH, 'request.headers[header("projectName")] = self.project', "pass"),
    "the key goes by another header": Edit(AUTH, 'header("apiKey")', '"X-Api-Token"'),
    "the token goes without its scheme": Edit(AUTH, 'f"Bearer {', 'f"{'),
    "nobody asks for JSON": Edit(f"{OVERLAY}/base_client.py", '"Accept": "application/json"', '"Accept": "*/*"'),
    "lists are sent in order": Edit(ARGUMENTS, "return list(checks.texts(value, name))", "return sorted(checks.texts(value, name))"),
    "session ids are trimmed": Edit(CHECKS, "found[value] = None", "found[value.strip()] = None"),
    "a model is sent as a name": Edit(ARGUMENTS, "body[name] = found", 'body[{"model": "name"}.get(name, name)] = found'),
    "an empty name is not sent": Edit(ARGUMENTS, "body[name] = found", 'body |= {name: found} if found != "" else {}'),
    "weights are whole numbers": Edit(CHECKS, "found = _number(value, name)\n    if least", "found = int(_number(value, name))\n    if least"),
    "a rate of 0 is not sent": Edit(ARGUMENTS, "body[name] = found", "body |= {name: found} if found != 0 else {}"),
    "a create is sent as it was made out, without its body": Edit(CREATION, "dict(self.arguments)", '{**self.arguments, "body": Body()} if "body" in self.arguments else dict(self.arguments)'),
    "has_error=False is not sent": Edit(ARGUMENTS, "if each is None and (key in properties):", "if not each:"),
    "a time is sent without its offset": Edit(ARGUMENTS, "timestamp(value, name).isoformat()", "timestamp(value, name).replace(tzinfo=None).isoformat()"),
    "a page's doubles are kept": Edit(f"{OVERLAY}/paging.py", "setdefault(getattr(item, key), item)", "setdefault(id(item), item)"),
    "answers are not looked at": Edit(CONTRACT, "valid = validator.is_valid(value)", "valid = True"),
    "formats are not looked at": Edit(CONTRACT, "validate_formats=True", "validate_formats=False"),
    "any media type is read": Edit(CONTRACT, "if media_type not in documented:", "if False:"),
    "NaN is a number": Edit(CONTRACT, 'raise ValueError(f"{name} is not JSON")', "return 1.0"),
    "deep nesting is not caught": Edit(CONTRACT, "except (ValueError, RecursionError) as error:", "except ValueError as error:"),
    "a count may be a float": Edit(CONTRACT, "return int(value)", "return value"),
    "a violation says nothing": Edit(CONTRACT, "expected=expected,", 'expected="",'),
    "a 401 is any error": Edit(ERRORS, "    401: AuthenticationError,\n", ""),
    "a 404 is a bad request": Edit(ERRORS, "404: NotFound", "404: InvalidRequest"),
    "a quota is a rate limit": Edit(ERRORS, "kind, message = QuotaExceeded,", "kind, message = RateLimited,"),
    "a problem's fields are not told": Edit(ERRORS, 'details["errors"] = field_problems(answer.body)', "pass"),
    "a 5xx is any error": Edit(ERRORS, "ServerError if status >= 500 else APIStatusError", "APIStatusError"),
    "an undocumented 2xx is taken for good": Edit(READING, 'return None, f"{operation.id} does not answer {sent.status}", None', "return None, None, None"),
    "a create's 500 is final": Edit(f"{OVERLAY}/policy.py", "if creates and ambiguous:", "if creates and ambiguous and status != 500:"),
}  # fmt: skip

RUNS, ALL_SCORES = (
    f"generated/pandaprobe_evals_api/resources/{name}.py" for name in ("session_runs", "session_scores")
)
ASYNC_READ = 'await self._sender.send(\n            "get_session_eval_run", {"run_id": run_id}, call'
EMITTED = {
    "the emitter drops an argument": Edit(RUNS, '                "name": name,\n', ""),
    "the emitter drops a filter": Edit(ALL_SCORES, '                "source": source,\n', ""),
    "the emitter swaps two arguments": Edit(RUNS, '"name": name,\n                "model": model', '"name": model,\n                "model": name'),
    "the emitter swaps the ends of a time": Edit(RUNS, '"date_from": date_from', '"date_from": date_to'),
    "the emitter sends a filter as the rate": Edit(RUNS, '"sampling_rate": sampling_rate', '"sampling_rate": min_trace_count'),
    "the emitter swaps a path's id": Edit(ALL_SCORES, '{"id": session_id}', '{"id": "session_id"}'),
    "the emitter names another operation": Edit(RUNS, '"get_session_eval_run"', '"list_session_eval_run_scores"'),
    "the emitter deletes where it retries": Edit(RUNS, '"retry_session_eval_run"', '"delete_session_eval_run"'),
    "the emitter forgets asyncio": Edit(RUNS, ASYNC_READ, ASYNC_READ.replace("await ", "")),
    "the emitter sends a flag that is not set": Edit(RUNS, '"delete_scores": delete_scores', '"delete_scores": bool(delete_scores)'),
    "the emitter never sends a flag": Edit(RUNS, ', "delete_scores": delete_scores', ""),
    "the emitter does not send a page's size": Edit(RUNS, ', "limit": page_size', ""),
    "the emitter's page size is off by one": Edit(RUNS, '"limit": page_size', '"limit": page_size and page_size + 1'),
}  # fmt: skip

MONITORS, TRACES, TRACE_RUNS = (
    f"generated/pandaprobe_evals_api/resources/{name}.py" for name in ("monitors", "traces", "trace_runs")
)
FLOW, KIND, INTENT, RUN_KINDS = (
    f"{OVERLAY}/{name}.py" for name in ("creation/flow", "creation/kind", "creation/intent", "runs")
)


def sending(*operations):
    """The contract tests of what the client sends by these operations."""
    return ("tests/contract/test_client_sends.py", "-k", " or ".join(f"[{each}-" for each in operations))


def held_to(*names):
    """The tests of what a resource, or a promise, is for."""
    return tuple(f"tests/{name}.py" for name in names)


PLANE = {
    "a monitor is created elsewhere": Edit(f"{API}/monitors/create_monitor.py", '"/evaluations/monitors"', '"/evaluations/monitor"', sending("create_monitor")),
    "a monitor's change is a PUT": Edit(f"{API}/monitors/update_monitor.py", '"method": "patch"', '"method": "put"', sending("update_monitor")),
    "a trigger resumes": Edit(f"{API}/monitors/trigger_monitor.py", "{monitor_id}/trigger", "{monitor_id}/resume", sending("trigger_monitor")),
    "a pause resumes": Edit(f"{API}/monitors/pause_monitor.py", "{monitor_id}/pause", "{monitor_id}/resume", sending("pause_monitor")),
    "a trace is sent as a form": Edit(f"{API}/traces/create_trace.py", '_kwargs["json"]', '_kwargs["data"]', sending("create_trace")),
    "a trace's change replaces it": Edit(f"{API}/traces/update_trace.py", '"method": "patch"', '"method": "post"', sending("update_trace")),
    "one span is sent of many": Edit(f"{API}/traces/add_spans.py", "in body:", "in body[:1]:", sending("add_spans")),
    "a span is looked for by its trace": Edit(f"{API}/traces/update_span.py", "quote(str(span_id)", "quote(str(trace_id)", sending("update_span")),
    "traces' ids are written without hyphens": Edit(f"{MODELS}/create_batch_trace_eval_run_request.py", "str(trace_ids_item_data)", "trace_ids_item_data.hex", sending("create_batch_trace_eval_run")),
    "a run over traces is sent no rate": Edit(f"{MODELS}/create_trace_eval_run_request.py", 'field_dict["sampling_rate"] = sampling_rate', "pass", sending("create_trace_eval_run")),
    "a retry over traces is one over sessions": Edit(f"{API}/trace_runs/retry_trace_eval_run.py", "/evaluations/trace-runs/", "/evaluations/session-runs/", sending("retry_trace_eval_run")),
    "a score is changed as a whole": Edit(f"{API}/trace_scores/update_trace_score.py", '"method": "patch"', '"method": "put"', sending("update_trace_score")),
    "the emitter drops a monitor's cadence": Edit(MONITORS, '                "cadence": cadence,\n', "", sending("create_monitor", "update_monitor")),
    "the emitter drops a monitor's filter": Edit(MONITORS, '                    "has_error": has_error,\n', "", sending("create_monitor", "update_monitor")),
    "the emitter drops a trace's release": Edit(TRACES, '                "release": release,\n', "", sending("create_trace", "update_trace")),
    "the emitter swaps a span's texts": Edit(TRACES, '"model": model', '"model": name', sending("update_span")),
    "the emitter drops a filter of runs over traces": Edit(TRACE_RUNS, '                    "status": trace_status,\n', "", sending("create_trace_eval_run")),
    "a field of the other kind is sent": Edit(ARGUMENTS, "if each is not None and given.get(other) not in (None, needed):", "if False:", held_to("client/test_monitors")),
    "what is cleared is not sent": Edit(ARGUMENTS, "return dict.fromkeys(names)", "return {}", held_to("client/test_taking_traces")),
    "what is cleared may be given as well": Edit(ARGUMENTS, "if given.get(name) is not None:", "if False:", held_to("client/test_taking_traces")),
    "anything may be cleared": Edit(ARGUMENTS, 'if schema.get("x-clearable")]', "]", held_to("client/test_taking_traces")),
    "no id is made": Edit(ARGUMENTS, 'if part.get("x-own-id") and name not in found:', "if False:", held_to("client/test_taking_traces")),
    "an id that is given is replaced": Edit(ARGUMENTS, 'if part.get("x-own-id") and name not in found:', 'if part.get("x-own-id"):', sending("create_trace")),
    "None is sent as null": Edit(ARGUMENTS, "        if value is None and not argument.required:\n            continue\n", "        if value is None and not argument.required:\n            body[name] = None\n            continue\n", held_to("client/test_monitors")),
    "a filter that is None is sent as null": Edit(ARGUMENTS, "        if each is None and (key in properties):\n            continue\n", "        if each is None and (key in properties):\n            found[key] = None\n            continue\n", held_to("client/test_monitors")),
    "a signal's name needs no word": Edit(ARGUMENTS, 'if not given.get(word["argument"]):', "if False:", held_to("client/test_trace_scores")),
    "a signal's score may be a category": Edit(ARGUMENTS, "if given.get(name) not in (None, only):", "if False:", held_to("client/test_trace_scores")),
    "a value may be text that is a number": Edit(ARGUMENTS, "if not by and _is_number(value):", "if False:", held_to("client/test_trace_scores")),
    "a value is rounded": Edit(ARGUMENTS, "return repr(checks.fraction(value, argument.name))", 'return f"{checks.fraction(value, argument.name):.1f}"', held_to("client/test_trace_scores")),
    "filters that are not kept are no matter": Edit(FLOW, "if not unkept:", "if True:", held_to("client/test_filters_kept")),
    "what lacks filters is another's": Edit(INTENT, " or each.wider(asked, item)", "", held_to("client/test_filters_kept")),
    "what lacks filters is taken for ours": Edit(f"{OVERLAY}/creation/lookup.py", "if intent.marked or not intent.unkept(item)]", "]", held_to("client/test_filters_kept")),
    "a filter of another's is one that is lacking": Edit(KIND, "all(asked.get(name) == value for name, value in found.items())", "True", held_to("creation/test_kinds")),
    "a run of the other kind is read": Edit(RUN_KINDS, "raise InvalidArgument(", "InvalidArgument(", held_to("client/test_trace_runs", "client/test_kinds_of_runs")),
    "a 404 is not explained": Edit(ERRORS, "elif status == 404 and missing:", "elif False:", held_to("client/test_taking_traces")),
    "a 500 is not explained": Edit(FLOW, "broken = self.kind.operation.broken if lost.status == 500 else None", "broken = None", held_to("client/test_trace_scores")),
    "units are added up": Edit(CALLS, "math.prod(len", "sum(len", held_to("client/test_trace_runs")),
    "a mark goes into the name": Edit(INTENT, 'if schema.get("type") == "object":', "if False:", held_to("client/test_trace_scores")),
}  # fmt: skip

MUTANTS = GENERATED | WRITTEN | EMITTED | PLANE
