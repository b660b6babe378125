"""Violating deployments as they happen: caches, pooled tenants, careless queries, columns, and eager clean-ups.

They were thought of after the check had been mended for `kinds` and `held_back`, and 35 of 49 were reported. `UNASKED` are
those that take more units, or a project more, than the check may spend: it does not find them.
"""

import re
from datetime import UTC, datetime

from pandaprobe_sandbox import API_KEY

from tests.mutants.service import CREATE, LISTS, Mutant, runs, scores

from .kinds import (
    ALL,
    BATCH,
    DELETE,
    FILTERS,
    GET,
    LIST,
    RETRY,
    SCORES,
    _each,
    _metrics,
    _one,
    _retried,
    _set,
    _unique_by,
    _weights,
    foreign,
    hidden,
    key,
    request_id,
    sent,
    sql,
    taken,
    time_filter,
    times,
)
from .violations import shifted

READS = (GET, SCORES, LIST, ALL)
UUID = re.compile(r"[0-9a-fA-F-]{32,36}")


def cached(by, operations, keep=None):
    """A gateway that answers a read as it did before; every `keep`th time it asks again."""
    known, asked = {}, {}

    def before(it):
        it.by = by(it) if it.operation in operations and it.method == "GET" else None
        if it.by in known and it.by is not None:
            asked[it.by] = asked.get(it.by, 0) + 1
            if keep is None or asked[it.by] % keep:
                it.status, it.answer = 200, known[it.by]
                given = it.headers.get("x-request-id", "5a5a5a5a")
                it.answer_headers = {"content-type": "application/json", "x-request-id": given}

    def after(it):
        if it.by is not None and it.status == 200:
            known[it.by] = it.answer

    return Mutant(before=before, after=after)


def url(it):
    return it.path, tuple(sorted(it.query.items()))


def caller(it):
    return tuple(it.headers.get(name) for name in ("x-api-key", "authorization", "x-project-name", "x-project-id"))


def twice(operation):
    """A gateway that sends a create again, since it waited too long for an answer; both make a run."""

    def after(it):
        if it.operation == operation and it.status == 202:
            sql(
                it,
                "insert into runs (id, project_id, name, metric_names, filters, targets, sampling_rate, model, created_at,"
                " starts_at, script, timing, target_type, pairs, retry) select lower(hex(randomblob(4)))"
                " || '-5a5a-4a5a-8a5a-' || lower(hex(randomblob(6))),"
                " project_id, name, metric_names, filters, targets, sampling_rate, model,"
                " created_at, starts_at, script, timing, target_type, pairs, retry from runs where id = ?",
                it.json()["id"],
            )

    return Mutant(after=after)


def sticky():
    """Whoever comes without credentials after one who had them is taken for that one."""
    last = {}

    def before(it):
        given = {name: it.headers[name] for name in ("x-api-key", "authorization") if name in it.headers}
        if not given and last:
            it.headers.update(last)
        it.given = given

    def after(it):
        if it.given and it.status < 300:
            last.clear()
            last.update({name: it.headers[name] for name in caller_names if name in it.headers})

    caller_names = ("x-api-key", "authorization", "x-project-name", "x-project-id")
    return Mutant(before=before, after=after)


def pooled(operations):
    """A connection keeps the project of the request before: these are served in it."""
    last = []

    def before(it):
        name = it.headers.get("x-project-name")
        if it.headers.get("x-api-key") == API_KEY and name:
            if it.operation in operations and last and last[0] != name:
                it.headers["x-project-name"] = last[0]
            last[:] = [name]

    return Mutant(before=before)


def after_the_page(operation, matches):
    """Cuts the page first, and filters what is on it."""

    def before(it):
        it.filter = None
        name = next((one for one in matches if one in it.query), None)
        if it.operation == operation and name and not it.status:
            it.filter = (name, it.query.pop(name))

    def after(it):
        page = it.json()
        if it.filter and it.status == 200 and page:
            name, value = it.filter
            it.say(page | {"items": [one for one in page["items"] if one.get(name) == value]})

    return Mutant(before=before, after=after)


def either(one, other):
    """Takes two filters for alternatives."""

    def before(it):
        it.either = None
        if it.operation == ALL and one in it.query and other in it.query and not it.status:
            it.either = {one: it.query.pop(one), other: it.query.pop(other)}
            it.page = (int(it.query.get("limit", 50)), int(it.query.get("offset", 0)))
            it.query |= {"limit": "200", "offset": "0"}

    def after(it):
        page = it.json()
        if it.either and it.status == 200 and page:
            found = [score for score in page["items"] if any(score.get(n) == v for n, v in it.either.items())]
            limit, offset = it.page
            it.say({"items": found[offset : offset + limit], "total": len(found), "limit": limit, "offset": offset})

    return Mutant(before=before, after=after)


def _total_of_page(it):
    page = it.json()
    if it.operation in LISTS and it.status == 200 and page and "offset" in it.query and page["items"]:
        it.say(page | {"total": page["offset"] + len(page["items"])})


def _any_value_is_true(it):
    if it.operation == DELETE and "delete_scores" in it.query and it.query["delete_scores"] in ("false", "0", "False"):
        it.query["delete_scores"] = "true"


def _gone_is_fine(it):
    if it.operation == DELETE and it.status == 404 and sql(it, "select 1 from runs where id = ?", it.path[-36:]):
        it.status, it.answer = 204, b""
        it.answer_headers.pop("content-type", None)
        it.answer_headers.pop("content-length", None)


def _commas(value):
    value["session_ids"] = [part for one in value["session_ids"] for part in one.split(",")]


def evaluated_before():
    """Leaves out sessions that another run has evaluated, unless none would be left."""
    seen = set()

    def edit(value):
        fresh = [one for one in value["session_ids"] if one not in seen]
        value["session_ids"] = fresh or value["session_ids"]
        seen.update(value["session_ids"])

    return sent(edit)


def _like(text):
    return re.fullmatch(re.escape(text).replace("_", ".").replace("%", ".*"), API_KEY) is not None


def _now(_):
    return datetime.now(UTC).isoformat()


def _lagging():
    """A list is read from a replica that is a second behind."""

    def where(run, page):
        return (datetime.now(UTC) - datetime.fromisoformat(run["created_at"])).total_seconds() < 1

    return hidden(where)


def _deleted_count(it):
    page = it.json()
    if it.operation == LIST and it.status == 200 and page and "status" not in it.query and not foreign(it):
        it.say(page | {"total": page["total"] + sql(it, "select count(*) from runs where deleted = 1")[0][0]})


def _double_request_id(it):
    if "x-request-id" in it.answer_headers:
        it.answer_headers["x-request-id"] += ", 5a5a5a5a"


def _no_id_at_the_gate(it):
    if it.status == 401:
        it.answer_headers.pop("x-request-id", None)


SLOPPY = {
    "a cache forgets the query": cached(lambda it: (it.path, caller(it)), LISTS),
    "a cache forgets who asks": cached(url, READS, keep=2),
    "a cache forgets who asks for a run": cached(lambda it: it.path, (GET,), keep=3),
    "a cache forgets who asks for metrics": cached(lambda it: it.path, ("list_session_metrics",)),
    "a cache of lists is never emptied": cached(lambda it: (url(it), caller(it)), (LIST,)),
    "a cache of a run's scores is never emptied": cached(lambda it: (url(it), caller(it)), (SCORES,)),
    "a gateway sends creates twice": twice(BATCH),
    "a gateway sends retries twice": twice(RETRY),
    "a gateway sends creates by filters twice": twice(FILTERS),
    "a connection stays logged in": sticky(),
    "a connection keeps its project for reads": pooled((GET, SCORES)),
    "a connection keeps its project for lists": pooled(LISTS),
    "a key may be a pattern": taken(key(_like)),
    "a key of the right length will do": taken(key(lambda it: len(it) == len(API_KEY) and it[:6] == "sk_pp_")),
    "runs are filtered after the page is cut": after_the_page(LIST, ("status",)),
    "scores are filtered after the page is cut": after_the_page(ALL, ("name", "session_id", "eval_run_id")),
    "name or session": either("name", "session_id"),
    "state or run": either("status", "eval_run_id"),
    "a total ends with its page": Mutant(after=_total_of_page),
    "deleted runs are counted": Mutant(after=_deleted_count),
    "lists come from a replica": _lagging(),
    "a second delete is fine": Mutant(after=_gone_is_fine),
    "ids are joined by commas": sent(_commas),
    "ids of 255 bytes": _each("session_ids", lambda text: text.encode()[:255].decode(errors="ignore")),
    "ids end at a line's end": _each("session_ids", lambda text: text.split("\n")[0] or text),
    "ids that are the same to a collation": _unique_by(lambda text: re.sub(r"\W", "", text).casefold() or text),
    "sessions evaluated before are left out": evaluated_before(),
    "names in Latin-1": _one("name", lambda text: text.encode("latin-1", "replace").decode("latin-1")),
    "names without markup": _one("name", lambda text: re.sub(r"<[^>]*>", "", text) or text),
    "names unescaped": _one("name", lambda text: text.replace("\\", "")),
    "a name of blanks is none": sent(lambda value: value.update(name=(value.get("name") or "").strip() and value["name"])),
    "models cut at 50": _one("model", lambda text: text[:50]),
    "a weight of 0 is the default": _weights(lambda found: {name: float(one) or 1.0 for name, one in found.items()}),
    "metrics are a set": _metrics(lambda found: sorted(set(found), reverse=True)),
    "a retry was made when the old run was": _retried(
        _set(created_at=lambda run: datetime.fromisoformat(run["created_at"]).timestamp() - 30)
    ),
    "a run was made when it is read": times(_now, ("created_at",), runs),
    "a score changes when it is read": times(_now, ("updated_at",), scores),
    "a finished run's time is local": times(lambda text: shifted(text, hours=-5), ("completed_at",)),
    "times of winter": time_filter("date_from", lambda it: datetime.fromisoformat(shifted(it.isoformat(), hours=-1))),
    "request ids are joined": Mutant(after=_double_request_id),
    "request ids are not given at the gate": Mutant(after=_no_id_at_the_gate),
    "request ids without plus": request_id(lambda text: text.replace("+", " ")),
    "request ids of retries are the gateway's": request_id(
        lambda _: "5a5a5a5a", lambda it: it.operation in CREATE[2:] and it.status == 202
    ),
}  # fmt: skip
UNASKED = {
    "any delete_scores is true": Mutant(before=_any_value_is_true),
    "ids of digits are numbers": _each("session_ids", lambda text: str(int(text)) if text.isdecimal() else text),
    "ids that are UUIDs are written as such": _each(
        "session_ids", lambda text: text.lower() if UUID.fullmatch(text) else text
    ),
    "rates are rounded": sent(
        lambda value: value.update(sampling_rate=round(value["sampling_rate"], 1) or 0.1)
        if isinstance(value.get("sampling_rate"), float) else None, (FILTERS,)
    ),
}  # fmt: skip
