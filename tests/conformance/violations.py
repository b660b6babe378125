"""Deployments that violate the contract, beside those of `tests.mutants`: the sandbox with one fault each.

`READ` are to be found by a check that creates nothing, in a project with runs; `WRITTEN` take `--allow-writes`.
"""

import json
import re
from datetime import datetime, timedelta

from tests.mutants.service import CREATE, LISTS, Mutant, at, errors, having, pages, runs, scores

RUN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def after(change, *, status=None, operations=None):
    """Changes an answer, where it is of this status and to one of these operations."""

    def edit(it):
        if (status is None or it.status == status) and (operations is None or it.operation in operations):
            change(it)

    return Mutant(after=edit)


def before(change, operations=None):
    return Mutant(before=lambda it: change(it) if operations is None or it.operation in operations else None)


def raw(change, statuses=range(200, 500)):
    """Changes the bytes of JSON answers."""

    def edit(it):
        if it.status in statuses and it.json() is not None:
            it.answer = change(it.answer)

    return Mutant(after=edit)


def shifted(text, **by):
    moved = datetime.fromisoformat(text) + timedelta(**by)
    return moved.isoformat()


def stateful(make):
    """A mutant with a memory of its own."""
    return make()


def _counting(change, operations):
    def make():
        seen = []

        def edit(it):
            if it.operation in operations and it.status < 300:
                seen.append(it)
                change(it, len(seen))

        return Mutant(after=edit)

    return stateful(make)


def _total(difference):
    return pages(lambda page: page.update(total=max(0, page["total"] + difference)))


def _flapping(it, count):
    page = it.json()
    if page and page["items"] and count % 2:
        page["total"] += 1
        it.say(page)


def _overlap(it):
    if int(it.query.get("offset", 0)) > 0:
        it.query["offset"] = str(int(it.query["offset"]) - 1)


def _echo_offset(it):
    page = it.json()
    if it.operation in LISTS and page and "offset" in page:
        page["offset"] = int(it.asked_offset)
        it.say(page)


def _answer(it, status, value):
    it.say(value, status)
    it.answer_headers["x-request-id"] = it.headers.get("x-request-id", "5a5a5a5a")


def _takes(parameter, wrong, right):
    """Takes a wrong value of a query parameter for a right one."""

    def edit(it):
        if it.query.get(parameter) == wrong:
            it.query[parameter] = right

    return before(edit, LISTS)


def _drops(parameter, *values):
    def edit(it):
        if it.query.get(parameter) in values:
            del it.query[parameter]

    return before(edit, LISTS)


def _lenient_body(edit, operations=CREATE[:2]):
    """Makes a body right that is wrong."""

    def change(it):
        try:
            value = json.loads(it.body)
        except ValueError:
            return
        if isinstance(value, dict):
            edit(value)
            it.body = json.dumps(value).encode()

    return before(change, operations)


def _empty_sessions(value):
    if value.get("session_ids") == []:
        value["session_ids"] = ["nobody"]


def _names_as_text(value):
    if isinstance(value.get("name"), int):
        value["name"] = str(value["name"])


def _first_of(name, kind):
    def edit(value):
        if isinstance(value.get(name), list):
            value[name] = [kind(one) for one in value[name]]

    return edit


def _cut(it):
    try:
        json.loads(it.body)
    except ValueError:
        head = it.body.split(b" junk")[0]
        it.body = head if head.endswith(b"}") else head + b"}"


def _prefix(given):
    """Takes every key that begins like a good one."""
    key = given.get("x-api-key", "")
    if key.startswith("sk_pp_5a5a"):
        given["x-api-key"] = key[:70]


def _token_beside_key(it):
    if "x-api-key" in it.headers and "authorization" in it.headers and it.status < 300:
        _answer(it, 401, {"detail": "token verification failed"})


def _commits_first(it):
    """Makes a run, and only then looks at the metrics."""
    if it.operation == "create_batch_session_eval_run" and it.status == 422 and b"Unknown session metrics" in it.answer:
        it.box.store._all(
            "insert into runs (id, project_id, name, metric_names, filters, sampling_rate, model, created_at, starts_at,"
            " script, timing, target_type, retry) select lower(hex(randomblob(4)))"
            " || '-5a5a-4a5a-8a5a-' || lower(hex(randomblob(6))),"
            " project_id, ?, metric_names, ?, 1.0, model, ?, ?, '[1, 1, [], null, 0, false]',"
            " timing, 'SESSION', 0 from runs limit 1",
            (
                json.loads(it.body).get("name"),
                json.dumps({"session_ids": json.loads(it.body)["session_ids"]}),
                it.box.clock.now(),
                it.box.clock.now(),
            ),
        )


def _get_differs(it):
    if it.operation == "get_session_eval_run" and it.status == 200:
        it.say(it.json() | {"model": "another"})


def _other_project(it, count):
    run = it.json()
    if count % 2 and isinstance(run, dict) and "project_id" in run:
        it.say(run | {"project_id": "00000000-0000-4000-8000-000000000000"})


def _redirect(it):
    if it.operation == "list_session_metrics" and it.method == "GET":
        it.status, it.answer = 307, b""
        it.answer_headers = {"location": "/evaluations/session-metrics/", "x-request-id": "1"}


def _backwards(it, count):
    run = it.json()
    if run["status"] == "RUNNING" and count % 2:
        it.say(run | {"status": "PENDING", "evaluated_count": 0, "failed_count": 0})


def _stale(it, count):
    run = it.json()
    if run["status"] == "COMPLETED" and count % 3 == 0:
        it.say(run | {"status": "RUNNING", "completed_at": None})


def _changing(it, count):
    run = it.json()
    if run["status"] == "COMPLETED":
        it.say(run | {"completed_at": shifted(run["completed_at"], microseconds=count)})


def _retry_all(it):
    if it.operation == "retry_session_eval_run" and it.status == 202:
        run = it.json()
        it.say(run | {"filters": run["filters"] | {"session_ids": ["another", *run["filters"]["session_ids"]]}})


def _retry_edits(it):
    if it.operation == "retry_session_eval_run" and it.status == 202:
        it.box.store._all("update runs set name = 'retried' where id = ?", (it.json()["filters"]["retry_of"],))


def _empty_retry(it):
    if it.operation == "retry_session_eval_run" and it.status == 422 and b"No failed scores" in it.answer:
        it.status, it.answer = 500, b"Internal Server Error"
        it.answer_headers["content-type"] = "text/plain"


def _weights_as_sent(it):
    if it.operation in CREATE and it.status == 202:
        sent = json.loads(it.body or b"{}").get("signal_weights")
        run = it.json()
        if sent and "signal_weights" in run["filters"]:
            it.say(run | {"filters": run["filters"] | {"signal_weights": {key: str(one) for key, one in sent.items()}}})


def _keeps_scores_of(it):
    if it.operation == "delete_session_eval_run":
        it.query["delete_scores"] = "false"


def _matches_nobody(it):
    try:
        body = json.loads(it.body)
    except ValueError:
        return
    if it.operation == "create_session_eval_run" and isinstance(body, dict) and isinstance(body.get("filters"), dict):
        body["filters"].pop("user_id", None)
        it.body = json.dumps(body).encode()


READ = {
    "junk after the body": raw(lambda body: body + b"\n<!-- served by proxy -->"),
    "a byte order mark": raw(lambda body: b"\xef\xbb\xbf" + body),
    "a key twice": raw(lambda body: b'{"items":[],' + body[1:] if body.startswith(b'{"items"') else body),
    "NaN in metadata": raw(lambda body: body.replace(b'"metadata":{', b'"metadata":{"n":NaN,', 1)),
    "text in latin-1": after(lambda it: it.answer_headers.update({"content-type": "application/json; charset=latin-1"})),
    "a made-up request id is always the same": after(
        lambda it: it.answer_headers.update({"x-request-id": it.headers.get("x-request-id", "fixed")})
    ),
    "a request id in capitals": after(
        lambda it: it.answer_headers.update({"x-request-id": it.answer_headers.get("x-request-id", "").upper()})
    ),
    "Allow names the method that was refused": after(lambda it: it.answer_headers.update(allow=it.method), status=405),
    "Allow names what the path does not take": after(lambda it: it.answer_headers.update(allow="TRACE"), status=405),
    "a list redirects": Mutant(after=_redirect),
    "states in small letters": runs(lambda run: run.update(status=run["status"].lower())),
    "one state has another name": runs(having(status="DONE"), lambda run: run["status"] == "COMPLETED"),
    "a limit over its bound is cut": _takes("limit", "201", "200"),
    "a limit that is no number is not looked at": _drops("limit", "many"),
    "a negative offset is 0": _takes("offset", "-1", "0"),
    "an unknown state is not looked at": _drops("status", "DONE"),
    "a state may be in small letters": _takes("status", "completed", "COMPLETED"),
    "an unknown source is not looked at": _drops("source", "ROBOT"),
    "a time that is none is not looked at": _drops("date_from", "yesterday"),
    "pages overlap": before(_overlap, LISTS),
    "a total is one too many": _total(1),
    "a total is one too few": _total(-1),
    "a total flaps": _counting(_flapping, LISTS),
    "a page lacks its last item": pages(lambda page: page["items"].pop() and None if len(page["items"]) > 1 else None),
    "a page has its first item twice": pages(lambda page: page.update(items=[*page["items"][:1], *page["items"]])),
    "a list says another model than a read": Mutant(after=_get_differs),
    "reads name two projects in turn": _counting(_other_project, ("get_session_eval_run",)),
    "a read changes what is finished": _counting(_changing, ("get_session_eval_run",)),
    "a finished run runs again now and then": _counting(_stale, ("get_session_eval_run",)),
    "completed before it was created": runs(
        lambda run: run.update(completed_at=shifted(run["created_at"], seconds=-5)), lambda run: run["completed_at"]
    ),
    "local time called UTC": runs(lambda run: run.update(created_at=shifted(run["created_at"], hours=5))),
    "more handled than there are": runs(
        lambda run: run.update(evaluated_count=run["total_targets"] + 1), lambda run: run["status"] == "COMPLETED"
    ),
    "completed with less than all": runs(
        lambda run: run.update(evaluated_count=run["total_targets"] - 1), lambda run: run["status"] == "COMPLETED"
    ),
    "failures are counted a hundredfold": runs(lambda run: run.update(failed_count=run["failed_count"] * 100)),
    "a score in percent": scores(lambda it: it.update(value=str(float(it["value"]) * 100)), lambda it: it["value"]),
    "a score with a comma": scores(lambda it: it.update(value=it["value"].replace(".", ",")), lambda it: it["value"]),
    "a score that succeeded has no value": scores(having(value=None)),
    "a score's state in small letters": scores(lambda it: it.update(status=it["status"].lower())),
    "a score updated before it was made": scores(
        lambda it: it.update(updated_at=shifted(it["created_at"], seconds=-1))
    ),
    "scores of another project": scores(having(project_id="00000000-0000-4000-8000-000000000000")),
    "scores by a metric that was not asked for": at(
        ("list_session_eval_run_scores",), lambda found: [one.update(name="another") for one in found] and None
    ),
    "scores the oldest first": at(("list_session_eval_run_scores",), lambda found: found[::-1]),
    "the metrics lack one": at(("list_session_metrics",), lambda found: found[:1]),
    "the metrics name one that is not taken": at(
        ("list_session_metrics",), lambda found: [*found, {**found[0], "name": "agent_speed"}]
    ),
    "a 404 that does not say of what": errors(404, lambda body: {"detail": "Not Found"}),
    "a 422 with an empty list": errors(422, lambda body: body | {"errors": []} if "errors" in body else body),
    "a 422 that names no field": errors(
        422, lambda body: body | {"errors": [{"field": "", "message": "wrong"}]} if "errors" in body else body
    ),
    "an empty 401": errors(401, lambda body: {"detail": ""}),
    "a key is taken by its beginning": Mutant(before=lambda it: _prefix(it.headers)),
    "a token beside a key is looked at": Mutant(after=_token_beside_key),
    "no session is somebody": _lenient_body(_empty_sessions),
    "a name may be a number": _lenient_body(_names_as_text),
    "session ids may be numbers": _lenient_body(_first_of("session_ids", str)),
    "JSON that breaks off is mended": before(_cut, CREATE),
    "a refused create makes a run": Mutant(after=_commits_first),
    "an unknown run has a score": after(
        lambda it: it.answer == b"[]" and it.say([{"id": "5"}]), operations=("list_session_eval_run_scores",)
    ),
    "a retry of an unknown run is refused as empty": after(
        lambda it: _answer(it, 422, {"detail": "No failed scores to retry in this run."}),
        status=404,
        operations=("retry_session_eval_run",),
    ),
    "one operation breaks now and then": _counting(
        lambda it, count: count % 7 == 0 and (setattr(it, "status", 500), setattr(it, "answer", b"Internal Server Error"),
                                              it.answer_headers.update({"content-type": "text/plain"})),
        ("list_session_eval_runs",),
    ),
}  # fmt: skip

BACKWARDS = _counting(_backwards, ("get_session_eval_run",))
"""To be found where a run takes its time."""

WRITTEN = {
    "a retry is of more than failed": Mutant(after=_retry_all),
    "a retry changes the old run": Mutant(after=_retry_edits),
    "weights come back as text": Mutant(after=_weights_as_sent),
    "scores never go with their run": Mutant(before=_keeps_scores_of),
    "a filter by user is not looked at": Mutant(before=_matches_nobody),
    "a new run has no model": at(CREATE, having(model=None)),
    "a new run is of a monitor": at(CREATE, having(monitor_id="5a5a5a5a-0000-4000-8000-5a5a5a5a5a5a")),
    "a new run was made an hour ago": at(
        CREATE, lambda run: run.update(created_at=shifted(run["created_at"], hours=-1))
    ),
    "a new run's filters are left out": at(CREATE, having(filters={})),
    "a sampled run says that it took all": at(("create_session_eval_run",), having(sampling_rate=1)),
    "a create answers with an older run": _counting(
        lambda it, count: it.say(
            {**it.json(), "id": it.box.store._all("select id from runs order by seq limit 1")[0][0]}
        ),
        CREATE[:1],
    ),
}
