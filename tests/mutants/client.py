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
    "a score's value is a number": Edit(SCORE, '_parse_value(d.pop("value"))', '(lambda text: text and len(text))(d.pop("value"))'),
    "a score's run stays text": Edit(SCORE, "eval_run_id_type_0 = UUID(data)", "eval_run_id_type_0 = data"),
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
    "weights are whole numbers": Edit(CHECKS, "found = _number(value, name)\n    if (least", "found = int(_number(value, name))\n    if (least"),
    "a rate of 0 is not sent": Edit(ARGUMENTS, "body[name] = found", "body |= {name: found} if found != 0 else {}"),
    "a create is sent as it was made out, without its body": Edit(CREATION, "dict(self.arguments)", '{**self.arguments, "body": Body()} if "body" in self.arguments else dict(self.arguments)'),
    "has_error=False is not sent": Edit(ARGUMENTS, "if each is None and (key in properties):", "if not each:"),
    "a time is sent without its offset": Edit(ARGUMENTS, "timestamp(value, name).isoformat()", "timestamp(value, name).replace(tzinfo=None).isoformat()"),
    "a page's doubles are kept": Edit(CALLS, "setdefault(getattr(item, key), item)", "setdefault(id(item), item)"),
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

MUTANTS = GENERATED | WRITTEN | EMITTED
