"""Services that violate the contract: the sandbox with one fault each."""

import json
from dataclasses import dataclass
from functools import partial

from pandaprobe_sandbox import API_KEY, PROJECT_ID, PROJECT_NAME, TOKEN

from tests.contract.layer import Layer

CREATE = ("create_batch_session_eval_run", "create_session_eval_run", "retry_session_eval_run")
RUN = (*CREATE, "get_session_eval_run")
LISTS = ("list_session_eval_runs", "list_session_scores")
GOOD_PAIR = {"x-api-key": API_KEY, "x-project-name": PROJECT_NAME}


@dataclass(frozen=True)
class Mutant:
    """What is done to each exchange on its way in and out."""

    before: object = None
    after: object = None

    def layer(self):
        return partial(Layer, before=self.before, after=self.after)


# ---------------------------------------------------------------------------------------------- the forms of answers


def at(operations, edit, statuses=range(200, 300)):
    """Edits the JSON of these answers: in place, or by what is returned."""

    def after(it):
        if it.operation in operations and it.status in statuses and (value := it.json()) is not None:
            changed = edit(value)
            it.say(value if changed is None else changed)

    return Mutant(after=after)


def runs(edit, when=lambda run: True):
    """Edits each run, wherever it is answered."""

    def each(value):
        for run in value.get("items", [value]):
            if when(run):
                edit(run)

    return at((*RUN, "list_session_eval_runs"), each)


def scores(edit, when=lambda score: True):
    def each(value):
        for score in value["items"] if isinstance(value, dict) else value:
            if when(score):
                edit(score)

    return at(("list_session_eval_run_scores", "list_session_scores"), each)


def pages(edit):
    return at(LISTS, edit)


def errors(status, edit):
    """Edits the JSON of an error, whatever was asked for."""

    def after(it):
        if it.status == status and it.json() is not None:
            changed = edit(it.json())
            it.say(changed)

    return Mutant(after=after)


def without(name):
    return lambda value: value.pop(name, None) and None


def having(**fields):
    return lambda value: value.update(fields)


def changed(name, change):
    def edit(value):
        if name in value:
            value[name] = change(value[name])

    return edit


def renamed(old, new):
    def edit(value):
        if old in value:
            value[new] = value.pop(old)

    return edit


def answered(status, otherwise, operations=None):
    """Gives one status for another."""

    def after(it):
        if it.status == status and (operations is None or it.operation in operations):
            it.status = otherwise

    return Mutant(after=after)


def header(change, statuses=range(200, 500)):
    def after(it):
        if it.status in statuses:
            change(it.answer_headers)

    return Mutant(after=after)


FORMS = {
    **{
        f"a run lacks {name}": runs(without(name))
        for name in (
            *("id", "name", "status", "metric_names", "total_targets", "evaluated_count", "failed_count", "created_at"),
            *("completed_at", "project_id", "target_type", "filters", "sampling_rate", "model", "monitor_id"),
            "error_message",
        )
    },
    **{
        f"a run's {name} is null": runs(having(**{name: None}))
        for name in ("status", "filters", "metric_names", "project_id")
    },
    "a run counts by another name": runs(renamed("total_targets", "total_sessions")),
    "a run counts by both names": runs(lambda run: run.update(total_traces=run["total_targets"])),
    "a count is text": runs(changed("evaluated_count", str)),
    "a count is negative": runs(having(failed_count=-1)),
    "a count is half": runs(having(total_targets=0.5)),
    "a run's id is no UUID": runs(changed("id", lambda text: f"run-{text}")),
    "a run's metrics are one text": runs(changed("metric_names", ",".join)),
    "a sampling rate is in percent": runs(changed("sampling_rate", lambda rate: rate * 100)),
    "a time has no offset": runs(changed("created_at", lambda text: text[:-6])),
    "a time is a number": runs(having(created_at=1763800000)),
    "a completed run's time is a number": runs(having(completed_at=1763800000), lambda run: run.get("completed_at")),
    "a run's session ids are one text": runs(changed("filters", lambda it: {**it, "session_ids": "a,b"})),
    "a run's weights are a list": runs(changed("filters", lambda it: {**it, "signal_weights": [1.0]})),
    "only lists give a run's model wrong": at(
        ("list_session_eval_runs",), lambda page: [run.update(model=1) for run in page["items"]] and None
    ),
    **{
        f"a score lacks {name}": scores(without(name))
        for name in ("id", "session_id", "value", "status", "eval_run_id", "reason", "metadata", "author_user_id")
    },
    "a score's value is a number": scores(changed("value", lambda text: text and float(text))),
    "a score's metadata is null": scores(having(metadata=None)),
    "a score's metadata is text": scores(changed("metadata", json.dumps)),
    "a score's time has no offset": scores(changed("updated_at", lambda text: text[:-6])),
    "a score's run is no UUID": scores(having(eval_run_id="none")),
    "a failed score has a null status": scores(having(status=None), lambda score: score["status"] == "FAILED"),
    **{f"a page lacks {name}": pages(without(name)) for name in ("items", "total", "limit", "offset")},
    "a page's total is text": pages(changed("total", str)),
    "a page's items are null": pages(having(items=None)),
    "a page's offset is negative": pages(having(offset=-1)),
    "a page is a bare list": pages(lambda page: page["items"]),
    "a list of scores is a page": at(("list_session_eval_run_scores",), lambda found: {"items": found}),
    "a metric lacks its description": at(("list_session_metrics",), lambda found: found[0].pop("description") and None),
    "metrics come by name": at(("list_session_metrics",), lambda found: {metric["name"]: metric for metric in found}),
    "a created run comes wrapped": at(CREATE, lambda run: {"data": run}),
    "an error is called message": errors(401, lambda body: {"message": body["detail"]}),
    "an error is a code": errors(404, lambda body: {"detail": 404}),
    "a problem's fields are an object": errors(
        422, lambda body: {**body, "errors": {"body": "wrong"}} if "errors" in body else body
    ),
    "a problem lacks its field": errors(
        422, lambda body: {**body, "errors": [{"message": "wrong"}]} if "errors" in body else body
    ),
    "problems come as FastAPI words them": errors(
        422,
        lambda body: {"detail": [{"loc": ["body"], "msg": "wrong", "type": "missing"}]} if "errors" in body else body,
    ),
    "the rate limit is called detail": errors(429, lambda body: {"detail": body["error"]} if "error" in body else body),
    "the quota is called error": errors(429, lambda body: {"error": body["detail"]} if "detail" in body else body),
    "a 500 is JSON": Mutant(after=lambda it: it.status == 500 and it.say({"detail": "Internal Server Error"})),
}

STATUSES = {
    "a create answers 200": answered(202, 200),
    "a create answers 201": answered(202, 201, CREATE[:2]),
    "only a retry answers 201": answered(202, 201, CREATE[2:]),
    "a read answers 206": answered(200, 206, ("get_session_eval_run",)),
    "a delete answers 200 and null": Mutant(after=lambda it: it.status == 204 and it.say(None, 200)),
    "a delete answers 204 with a body": Mutant(after=lambda it: it.status == 204 and it.say({"deleted": True})),
    "a 401 is a 403": answered(401, 403),
    "a 403 is a 401": answered(403, 401),
    "a 400 is a 422": answered(400, 422),
    "a 422 is a 400": answered(422, 400),
    "a 404 is a 400": answered(404, 400),
    "a 404 is a 410": answered(404, 410),
    "a 405 is a 404": answered(405, 404),
    "a 429 is a 503": answered(429, 503),
    "a quota's 429 is a 402": Mutant(
        after=lambda it: it.status == 429 and b'"detail"' in it.answer and setattr(it, "status", 402)
    ),
    "a 500 is a 502": answered(500, 502),
    "what is not found is null": Mutant(
        after=lambda it: it.status == 404 and it.operation == "get_session_eval_run" and it.say(None, 200)
    ),
}

HEADERS = {
    "no request id": header(lambda headers: headers.pop("x-request-id", None)),
    "no request id with errors": header(lambda headers: headers.pop("x-request-id", None), range(400, 500)),
    "another request id": header(lambda headers: headers.update({"x-request-id": "1"})),
    "no Allow": header(lambda headers: headers.pop("allow", None)),
    "JSON called text": header(lambda headers: headers.update({"content-type": "text/plain"}), range(200, 204)),
    "errors called problem+json": header(
        lambda headers: headers.update({"content-type": "application/problem+json"}), range(400, 500)
    ),
    "a 500 without a type": header(lambda headers: headers.pop("content-type", None), [500]),
}

# ------------------------------------------------------------------------------------------------ whom it lets in


def entering(change):
    """Changes the headers of each request."""
    return Mutant(before=lambda it: change(it.headers))


def _default(**headers):
    return lambda given: [given.setdefault(name.replace("_", "-"), value) for name, value in headers.items()]


def _any_key(given):
    if "x-api-key" in given:
        given["x-api-key"] = API_KEY


def _expired_key(given):
    if given.get("x-api-key", "").startswith("sk_pp_ee"):
        given["x-api-key"] = API_KEY


def _any_scheme(given):
    scheme, _, _ = given.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        given["authorization"] = f"Bearer {TOKEN}"


def _any_token(given):
    if given.get("authorization", "").startswith("Bearer "):
        given["authorization"] = f"Bearer {TOKEN}"


def _name_for_id(given):
    if "authorization" in given and "x-project-name" in given:
        given["x-project-id"] = PROJECT_ID


def _id_for_name(given):
    if "x-api-key" in given and "x-project-id" in given:
        given["x-project-name"] = PROJECT_NAME


def _open(*operations):
    def before(it):
        if it.operation in operations:
            it.headers.update(GOOD_PAIR)

    return Mutant(before=before)


def _project_by_default(given):
    if "x-api-key" in given:
        given.setdefault("x-project-name", PROJECT_NAME)
    elif "authorization" in given:
        given.setdefault("x-project-id", PROJECT_ID)


AUTH = {
    "nobody needs credentials": entering(
        _default(**{name.replace("-", "_"): value for name, value in GOOD_PAIR.items()})
    ),
    "a key needs no project": entering(
        lambda given: given.setdefault("x-project-name", PROJECT_NAME) if "x-api-key" in given else None
    ),
    "a token needs no project": entering(
        lambda given: given.setdefault("x-project-id", PROJECT_ID) if "authorization" in given else None
    ),
    "no project is needed": entering(_project_by_default),
    "any key will do": entering(_any_key),
    "an expired key will do": entering(_expired_key),
    "any token will do": entering(_any_token),
    "Basic will do": entering(_any_scheme),
    "a token takes a project's name": entering(_name_for_id),
    "a key takes a project's id": entering(_id_for_name),
    "anybody may delete": _open("delete_session_eval_run"),
    "anybody may read the metrics": _open("list_session_metrics"),
    "a project alone lets in": entering(
        lambda given: given.update({"x-api-key": API_KEY}) if given.keys() >= {"x-project-name"} else None
    ),
}

# ------------------------------------------------------------------------------------------------- what it does


def _sql(it, sql, *values):
    return it.box.store._all(sql, values)


def _id_in(path):
    parts = path.split("/")
    return parts[3] if len(parts) > 3 else ""


def _other_run(it):
    if it.operation in ("get_session_eval_run", "list_session_eval_run_scores") and (run_id := _id_in(it.path)):
        others = _sql(it, "select id from runs where id != ? and deleted = 0 order by seq limit 1", run_id)
        if others and _sql(it, "select 1 from runs where id = ?", run_id):
            it.path = it.path.replace(run_id, others[0][0])


def _other_deleted(it):
    if it.operation == "delete_session_eval_run" and (run_id := _id_in(it.path)):
        others = _sql(it, "select id from runs where id != ? and deleted = 0 limit 1", run_id)
        if others:
            it.path = it.path.replace(run_id, others[0][0])


def _lost(it):
    if it.operation in CREATE and it.status == 202:
        _sql(it, "update runs set deleted = 1 where id = ?", it.json()["id"])


def _twice(it):
    """Makes another run for each create, which nobody hears of."""
    if it.operation in CREATE and it.status == 202:
        _sql(
            it,
            "insert into runs (id, project_id, name, metric_names, filters, targets, sampling_rate, model, created_at, "
            "starts_at, script, timing, target_type, pairs, retry) "
            "select lower(hex(randomblob(4)) || '-5a5a-4a5a-8a5a-' || hex(randomblob(6))), project_id, name, metric_names, "
            "filters, targets, sampling_rate, model, created_at, starts_at, script, timing, target_type, pairs, retry "
            "from runs where id = ?",
            it.json()["id"],
        )


def _zombie(it):
    if it.operation == "delete_session_eval_run" and _sql(it, "select 1 from runs where id = ?", _id_in(it.path)):
        it.status = 204
        it.answer_headers = {"x-request-id": it.headers.get("x-request-id", "1")}


def _deletes_whatever(it):
    if it.operation == "delete_session_eval_run" and it.status == 404:
        it.status, it.answer = 204, b""
        it.answer_headers.pop("content-type", None)


def ignoring(*names, operations=LISTS):
    """Does not look at these parameters."""

    def before(it):
        if it.operation in operations:
            for name in names:
                it.query.pop(name, None)

    return Mutant(before=before)


def body(operations, edit):
    """Edits the JSON that comes in."""

    def before(it):
        try:
            value = json.loads(it.body)
        except ValueError:
            return
        if it.operation in operations and isinstance(value, dict):
            edit(value)
            it.body = json.dumps(value).encode()

    return Mutant(before=before)


def _any_type(it):
    if it.body and not it.headers.get("content-type", "").startswith("application/json"):
        it.headers["content-type"] = "application/json"


def _any_bytes(it):
    it.body = it.body.decode(errors="ignore").encode()


def _old_run_for_retry(it):
    if it.operation == "retry_session_eval_run" and it.status == 202:
        run = it.json()
        it.say({**run, "id": run["filters"].get("retry_of", run["id"])})


def _any_id(it):
    if "no-uuid" in it.path:
        it.path = it.path.replace("no-uuid", "3c90c3cc-0d44-4b50-8888-8dd25736052a")


def _known_metrics(value):
    if isinstance(value.get("metrics"), list):
        value["metrics"] = [name for name in value["metrics"] if name != "nope"] or ["agent_reliability"]


def _capped(it):
    if it.operation in LISTS and it.query.get("limit") == "0":
        it.query["limit"] = "1"


BATCH = CREATE[:1]
BEHAVIOUR = {
    "another run is returned": Mutant(before=_other_run),
    "another run is deleted": Mutant(before=_other_deleted),
    "a create is lost": Mutant(after=_lost),
    "a create makes two": Mutant(after=_twice),
    "a deleted run lives on": Mutant(before=_zombie),
    "a delete never finds anything missing": Mutant(after=_deletes_whatever),
    "delete_scores is ignored": ignoring("delete_scores", operations=("delete_session_eval_run",)),
    "scores always go with their run": Mutant(
        before=lambda it: it.operation == "delete_session_eval_run" and it.query.update(delete_scores="true")
    ),
    **{
        f"{name} is ignored": ignoring(name)
        for name in ("status", "limit", "offset", "eval_run_id", "session_id", "name")
    },
    **{f"a score's {name} is ignored": ignoring(name) for name in ("source", "date_from", "date_to")},
    "lists begin with the oldest": pages(lambda page: page["items"].reverse()),
    "a total counts the page": pages(lambda page: page.update(total=len(page["items"]))),
    "a page says another limit": pages(having(limit=7)),
    "a page says another offset": pages(having(offset=7)),
    "a limit of 0 is 1": Mutant(before=_capped),
    "an id that is no UUID is not found": Mutant(before=_any_id),
    "unknown metrics are dropped": body(CREATE[:2], _known_metrics),
    "metrics are deduplicated": body(BATCH, lambda it: it.update(metrics=list(dict.fromkeys(it.get("metrics") or [])))),
    "session ids are sorted": body(
        BATCH, lambda it: it.update(session_ids=sorted(it.get("session_ids") or [], key=str))
    ),
    "session ids are not deduplicated": at(
        BATCH,
        lambda run: run["filters"].update(
            session_ids=[*run["filters"]["session_ids"], *run["filters"]["session_ids"][:1]]
        ),
    ),
    "a name is dropped": body(CREATE, without("name")),
    "a model is dropped": body(CREATE, without("model")),
    "weights are dropped": body(CREATE, without("signal_weights")),
    "filters are dropped": body(CREATE, without("filters")),
    "a sampling rate is dropped": body(CREATE, without("sampling_rate")),
    "any media type is read": Mutant(before=_any_type),
    "bytes that are no UTF-8 are read": Mutant(before=_any_bytes),
    "a retry answers with the old run": Mutant(after=_old_run_for_retry),
    "a retry does not say of what": at(CREATE[2:], lambda run: run["filters"].pop("retry_of") and None),
    "a retry keeps the old name": at(CREATE[2:], lambda run: run.update(name=run["name"].removeprefix("Retry: "))),
    "a run is completed from the first": at(CREATE, having(status="COMPLETED")),
    "a run never runs": runs(having(status="PENDING"), lambda run: run["status"] == "RUNNING"),
    "a failed run says it completed": runs(having(status="COMPLETED"), lambda run: run["status"] == "FAILED"),
    "a failed run does not say why": runs(having(error_message=None)),
    "failures count sessions, not pairs": runs(changed("failed_count", lambda count: (count + 1) // 2)),
    "nothing ever fails": runs(having(failed_count=0)),
    "a completed run has no time": runs(having(completed_at=None)),
    "failed scores are left out": at(
        ("list_session_eval_run_scores",), lambda found: [score for score in found if score["status"] != "FAILED"]
    ),
    "a failed score has a value": scores(having(value="0.0"), lambda score: score["status"] == "FAILED"),
    "scores name another session": scores(having(session_id="another")),
    "scores of a deleted run name it still": scores(
        lambda score: score.update(eval_run_id=score["eval_run_id"] or "3c90c3cc-0d44-4b50-8888-8dd25736052a")
    ),
}

MUTANTS = FORMS | STATUSES | HEADERS | AUTH | BEHAVIOUR
