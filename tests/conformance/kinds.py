"""Deployments that violate the contract where only a careful check looks, by kind: the sandbox with one fault each.

`KINDS` names them as `kind: what it does`. All take `--allow-writes`.
"""

import base64
import json
import re
import unicodedata
from datetime import datetime, timedelta
from itertools import permutations
from urllib.parse import unquote

from pandaprobe_sandbox import API_KEY, PROJECT_NAME
from pandaprobe_sandbox.worker import script_of

from tests.mutants.service import CREATE, LISTS, RUN, Mutant, at, runs, scores

from .violations import shifted

BATCH, FILTERS, RETRY = CREATE
GET, DELETE, SCORES = "get_session_eval_run", "delete_session_eval_run", "list_session_eval_run_scores"
LIST, ALL = LISTS
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def sql(it, text, *values):
    return it.box.store._all(text, values)


def run_of(it):
    found = ID.search(it.path)
    return found[0] if found else ""


# --- isolation --------------------------------------------------------------------------------------------


def foreign(it):
    """Whether a request is of another project than the sandbox's first."""
    return it.headers.get("x-api-key") == API_KEY and it.headers.get("x-project-name", PROJECT_NAME) != PROJECT_NAME


def leaks(*operations, when=lambda it: True):
    """Serves another project's request in the first project."""

    def before(it):
        if it.operation in operations and foreign(it) and when(it):
            it.headers["x-project-name"] = PROJECT_NAME

    return Mutant(before=before)


def does_it_all_the_same(operation):
    """Says that there is no such run, and has done it."""

    def before(it):
        it.asked = None
        if it.operation == operation and foreign(it) and sql(it, "select 1 from runs where id = ?", run_of(it)):
            it.asked = run_of(it)
            it.headers["x-project-name"] = PROJECT_NAME

    def after(it):
        if it.asked and it.status < 300:
            it.say({"detail": f"Eval run {it.asked} not found."}, 404)

    return Mutant(before=before, after=after)


def _in_state(*states):
    def when(it):
        with_time = it.box.store.run(_own(it), run_of(it), it.box.clock.now())
        return with_time is not None and with_time.look(it.box.clock.now()).status in states

    return when


def _own(it):
    return sql(it, "select id from projects where name = ? and org = 'sandbox-org'", PROJECT_NAME)[0][0]


def _shows_others(it):
    """The first project's list begins with the runs of all others."""
    if it.operation == LIST and it.status == 200 and not foreign(it) and "x-api-key" in it.headers:
        now = it.box.clock.now()
        for (other,) in sql(it, "select id from projects where name like '%contract%'"):
            from pandaprobe_sandbox.writing import run_json

            page = it.json()
            theirs = [
                json.loads(run_json(run, now, "total_targets"))
                for run in it.box.store.runs(other, None, 200, 0, now, "SESSION")[0]
            ]
            page["items"] = sorted([*theirs, *page["items"]], key=lambda run: run["created_at"], reverse=True)
            page["total"] += len(theirs)
            it.say(page)


def _one_by_name(it):
    if "contract" in it.headers.get("x-project-name", ""):
        it.headers["x-project-name"] = PROJECT_NAME


ISOLATION = {
    **{f"{name} leaks": leaks(name) for name in (GET, SCORES, RETRY, DELETE, LIST, ALL)},
    "get and scores leak": leaks(GET, SCORES),
    "everything leaks": leaks(GET, SCORES, RETRY, DELETE, LIST, ALL),
    "all projects are one": Mutant(before=_one_by_name),
    "a delete does not find it, and deletes": does_it_all_the_same(DELETE),
    "a retry does not find it, and retries": does_it_all_the_same(RETRY),
    "deletes with scores leak": leaks(DELETE, when=lambda it: it.query.get("delete_scores") == "true"),
    "completed runs leak": leaks(GET, when=_in_state("COMPLETED")),
    "pending runs leak": leaks(GET, when=_in_state("PENDING")),
    "pending runs can be deleted": leaks(DELETE, when=_in_state("PENDING")),
    "a list by state leaks": leaks(LIST, when=lambda it: "status" in it.query),
    "scores by run leak": leaks(ALL, when=lambda it: "eval_run_id" in it.query),
    "scores by session leak": leaks(ALL, when=lambda it: "session_id" in it.query),
    "scores by name leak": leaks(ALL, when=lambda it: "name" in it.query),
    "scores by time leak": leaks(ALL, when=lambda it: "date_from" in it.query),
    "the first list has others' runs": Mutant(after=_shows_others),
}

# --- credentials ------------------------------------------------------------------------------------------


def taken(test, *operations):
    """Takes a request for one with the good key, where the test says so."""

    def before(it):
        if (not operations or it.operation in operations) and test(it):
            it.headers["x-api-key"] = API_KEY

    return Mutant(before=before)


def key(test):
    return lambda it: bool(it.headers.get("x-api-key")) and test(it.headers["x-api-key"])


def says(text):
    return lambda it: text(it.headers.get("authorization", ""))


def _basic(user):
    def test(it):
        scheme, _, rest = it.headers.get("authorization", "").partition(" ")
        try:
            parts = base64.b64decode(rest).decode().split(":")
        except ValueError:
            return False
        return scheme == "Basic" and len(parts) == 2 and parts[0 if user else 1] == API_KEY

    return test


def other_header(name):
    return lambda it: it.headers.get(name) == API_KEY


KEY_TESTS = {
    "in any case": key(lambda it: it.lower() == API_KEY),
    "in capitals only": key(lambda it: it == API_KEY.upper()),
    "by its first 12 characters": key(lambda it: it[:12] == API_KEY[:12]),
    "by its first half": key(lambda it: it.startswith(API_KEY[:35])),
    "without its last character": key(lambda it: it == API_KEY[:-1]),
    "by all but the last character": key(lambda it: it[:-1] == API_KEY[:-1]),
    "without its first word": key(lambda it: it == API_KEY.removeprefix("sk_pp_")),
    "wherever it stands in it": key(lambda it: API_KEY in it),
    "that it begins": key(lambda it: it.startswith(API_KEY)),
    "that it ends": key(lambda it: it.endswith(API_KEY)),
    "in quotes": key(lambda it: it.strip("'\"") == API_KEY),
    "as a bearer token": says(lambda it: it == f"Bearer {API_KEY}"),
    "as Authorization": says(lambda it: it == API_KEY),
    "as any scheme": says(lambda it: it.partition(" ")[2] == API_KEY),
    "as the user of Basic": _basic(user=True),
    "as the password of Basic": _basic(user=False),
    "in the query": lambda it: API_KEY in it.query.values(),
    "in the query as api_key": lambda it: it.query.get("api_key") == API_KEY,
    "in a cookie": lambda it: API_KEY in it.headers.get("cookie", ""),
    "as Api-Key": other_header("api-key"),
    "as X-Auth-Token": other_header("x-auth-token"),
}
CREDENTIALS = {
    **{f"a key is taken {how}": taken(test) for how, test in KEY_TESTS.items()},
    **{f"a delete takes a key {how}": taken(KEY_TESTS[how], DELETE) for how in ("in any case", "as a bearer token")},
    **{f"a list of scores takes a key {how}": taken(KEY_TESTS[how], ALL) for how in ("in the query", "in a cookie")},
    **{f"a retry takes a key {how}": taken(KEY_TESTS[how], RETRY) for how in ("by its first half", "in capitals only")},
}

# --- on the way into a run ----------------------------------------------------------------------------------


def sent(edit, operations=(BATCH,)):
    """Edits the JSON of a create that could be carried out."""

    def before(it):
        if it.operation not in operations:
            return
        try:
            value = json.loads(it.body)
            ok = isinstance(value, dict) and all(isinstance(one, str) for one in value.get("metrics", ()))
            ok = ok and isinstance(value.get("name"), str | None) and isinstance(value.get("model"), str | None)
            if ok and isinstance(value.get("session_ids", []), list) and value.get("metrics"):
                edit(value)
                it.body = json.dumps(value).encode()
        except (ValueError, TypeError, AttributeError, KeyError):
            return

    return Mutant(before=before)


def nfc(text):
    return unicodedata.normalize("NFC", text)


def nfkc(text):
    return unicodedata.normalize("NFKC", text)


def ascii_only(text):
    return text.encode("ascii", "ignore").decode() or "x"


FOLDS = {
    "trimmed": str.strip,
    "trimmed at the end": str.rstrip,
    "trimmed at the beginning": str.lstrip,
    "in small letters": str.lower,
    "folded": str.casefold,
    "in capitals": str.upper,
    "in NFC": nfc,
    "in NFD": lambda text: unicodedata.normalize("NFD", text),
    "in NFKC": nfkc,
    "cut at 64": lambda text: text[:64],
    "cut at 100": lambda text: text[:100],
    "cut at 128": lambda text: text[:128],
    "cut at 200": lambda text: text[:200],
    "without what is not ASCII": ascii_only,
    "with single blanks": lambda text: re.sub(r" +", " ", text),
    "in title case": str.title,
}
ID_FOLDS = FOLDS | {
    "cut at 255": lambda text: text[:255],
    "cut at 500": lambda text: text[:500],
    "trimmed where long": lambda text: text.strip() if len(text) > 100 else text,
    "in small letters where short": lambda text: text.lower() if len(text) < 100 else text,
    "URL-decoded": unquote,
    "without emoji": lambda text: "".join(one for one in text if ord(one) < 0x10000),
    "with dashes for slashes": lambda text: text.replace("/", "-"),
    "escaped for HTML": lambda text: text.replace("<", "&lt;").replace("&", "&amp;"),
    "with blanks for tabs": lambda text: text.replace("\t", " "),
}


def _each(name, fold):
    return sent(lambda value: value.update({name: [fold(one) for one in value[name]]}))


def _one(name, fold, operations=(BATCH,)):
    return sent(lambda value: value.update({name: fold(value[name])}) if value.get(name) else None, operations)


def _unique_by(fold):
    def edit(value):
        found = {}
        for one in value["session_ids"]:
            found.setdefault(fold(one), one)
        value["session_ids"] = list(found.values())

    return sent(edit)


def _weights(edit, operations=(BATCH,)):
    return sent(
        lambda value: (
            value.update(signal_weights=edit(value["signal_weights"])) if value.get("signal_weights") else None
        ),
        operations,
    )


def _metrics(edit, operations=(BATCH,)):
    return sent(lambda value: value.update(metrics=edit(value["metrics"])), operations)


def number(change):
    return lambda found: {name: change(float(one)) for name, one in found.items()}


WEIGHTS = {
    "rounded to 2": number(lambda one: round(one, 2)),
    "rounded to 6": number(lambda one: round(one, 6)),
    "at most 1": number(lambda one: min(one, 1.0)),
    "whole": number(lambda one: float(int(one))),
    "of single precision": number(lambda one: float(f"{one:.7g}")),
    "without zeros": lambda found: {name: one for name, one in found.items() if float(one)},
    "known ones only": lambda found: {name: one for name, one in found.items() if re.fullmatch("[a-z_]+", name)},
    "at most 50": lambda found: dict(list(found.items())[:50]),
    "at most 10": lambda found: dict(list(found.items())[:10]),
    "with small names": lambda found: {name.lower(): one for name, one in found.items()},
    "with trimmed names": lambda found: {name.strip(): one for name, one in found.items()},
    "with short names": lambda found: {name[:64]: one for name, one in found.items()},
    "with NFC names": lambda found: {nfc(name): one for name, one in found.items()},
    "without text": lambda found: {name: one for name, one in found.items() if not isinstance(one, str)},
    "of which one is the default": lambda found: found | {"tool_correctness": 0.8},
}
METRICS = {
    "once each": lambda found: list(dict.fromkeys(found)),
    "sorted": sorted,
    "backwards": lambda found: found[::-1],
    "at most 2": lambda found: found[:2],
    "but for the last": lambda found: found[:-1] or found,
    "all of them": lambda found: ["agent_reliability", "agent_consistency"] if len(set(found)) == 1 else found,
}
INTO = {
    **{f"session ids {how}": _each("session_ids", fold) for how, fold in ID_FOLDS.items()},
    **{
        f"session ids that are the same {how} are one": _unique_by(ID_FOLDS[how])
        for how in ("trimmed", "in small letters", "folded", "in NFC", "in NFKC", "cut at 255", "cut at 500")
    },
    **{
        f"{count} session ids at most": sent(
            lambda value, count=count: value.update(session_ids=value["session_ids"][:count])
        )
        for count in (3, 50, 100, 500)
    },
    "session ids over 255 characters left out": sent(
        lambda value: value.update(session_ids=[one for one in value["session_ids"] if len(one) < 256] or ["x"])
    ),
    "the last session id left out": sent(
        lambda value: value.update(session_ids=list(dict.fromkeys(value["session_ids"]))[:-1] or ["x"])
    ),
    "session ids backwards": sent(lambda value: value.update(session_ids=value["session_ids"][::-1])),
    **{f"names {how}": _one("name", fold) for how, fold in FOLDS.items()},
    **{
        f"models {how}": _one("model", fold)
        for how, fold in FOLDS.items()
        if not how.startswith("trimmed")  # what the service does with blanks around a model was not seen
    },
    "models without their provider": _one("model", lambda text: text.rpartition("/")[2]),
    **{f"weights {how}": _weights(edit) for how, edit in WEIGHTS.items()},
    **{f"metrics {how}": _metrics(edit) for how, edit in METRICS.items()},
    **{f"by filters: names {how}": _one("name", FOLDS[how], (FILTERS,)) for how in ("trimmed", "cut at 200", "in NFC")},
    **{f"by filters: weights {how}": _weights(WEIGHTS[how], (FILTERS,)) for how in ("at most 1", "at most 50")},
    **{
        f"a create by filters does not look at {name}": sent(
            lambda value, name=name: value.get("filters", {}).pop(name, None), (FILTERS,)
        )
        for name in ("user_id", "tags", "min_trace_count", "date_from", "date_to")
    },
    **{
        f"a create by {one} does not look at {other}": sent(
            lambda value, one=one, other=other: (
                value["filters"].pop(other, None) if value["filters"].get(one) else None
            ),
            (FILTERS,),
        )
        for one, other in (("min_trace_count", "user_id"), ("date_from", "tags"), ("has_error", "min_trace_count"))
    },
}

# --- creates that are merged ------------------------------------------------------------------------------------


def merged(by, operations=(BATCH,)):
    """Answers a create with the run of an earlier one that is the same."""

    def make():
        known = {}

        def before(it):
            it.same = None
            if it.operation in operations:
                try:
                    it.same = by(json.loads(it.body))
                except (ValueError, TypeError, LookupError, AttributeError):
                    return
                if it.same in known:
                    it.status, it.answer_headers = 202, {
                        "content-type": "application/json", "x-request-id": it.headers.get("x-request-id", "5")}  # fmt: skip
                    it.answer = known[it.same]

        def after(it):
            if it.operation in operations and it.status == 202 and it.same is not None:
                known.setdefault(it.same, it.answer)

        return Mutant(before=before, after=after)

    return make()


MERGED = {
    "equal creates": merged(lambda body: json.dumps(body, sort_keys=True)),
    "creates of the same sessions": merged(lambda body: json.dumps(body["session_ids"])),
    "creates of the same sessions and metrics": merged(lambda body: json.dumps([body["session_ids"], body["metrics"]])),
    "creates of one name and session": merged(lambda body: json.dumps([body.get("name"), body["session_ids"][0]])),
}


def _second_hidden(it):
    """Makes a run of an equal create, and lists one of them only."""
    if it.operation == LIST and it.status == 200 and it.json():
        page, kept = it.json(), {}
        for run in page["items"]:
            kept.setdefault(json.dumps([run["filters"], run["metric_names"]]), run)
        page["total"] -= len(page["items"]) - len(kept)
        page["items"] = list(kept.values())
        it.say(page)


MERGED["equal runs are listed once"] = Mutant(after=_second_hidden)

# --- lists ----------------------------------------------------------------------------------------------------


def hidden(where, operation=LIST):
    """Leaves items out of a list, and out of its total: as if there were none such."""

    def before(it):
        it.wanted = None
        if it.operation == operation and not it.status:
            it.wanted = (it.query.get("limit", "50"), it.query.get("offset", "0"))
            if all(text.isdigit() for text in it.wanted) and 0 < int(it.wanted[0]) <= 200:
                it.query |= {"limit": "200", "offset": "0"}
            else:
                it.wanted = None

    def after(it):
        page = it.json()
        if it.wanted and it.status == 200 and page:
            limit, offset = map(int, it.wanted)
            items = [one for one in page["items"] if not where(one, page)]
            it.say({"items": items[offset : offset + limit], "total": len(items), "limit": limit, "offset": offset})

    return Mutant(before=before, after=after)


def _old(seconds):
    def where(one, page):
        newest = max(datetime.fromisoformat(other["created_at"]) for other in page["items"])
        return newest - datetime.fromisoformat(one["created_at"]) > timedelta(seconds=seconds)

    return where


def moved(when, by=1, operations=LISTS):
    """Pages that begin somewhere else, though they do not say so."""

    def before(it):
        it.was = None
        offset = it.query.get("offset", "0")
        if it.operation in operations and offset.isdigit() and when(int(offset), it.query) and int(offset) < 1000:
            it.was = int(offset)
            it.query["offset"] = str(max(0, int(offset) + by))

    def after(it):
        page = it.json()
        if it.was is not None and it.status == 200 and page:
            want = max(0, min(page["limit"], page["total"] - it.was))
            it.say(page | {"offset": it.was, "items": page["items"][:want]})

    return Mutant(before=before, after=after)


def ignores(name, given, operations=LISTS):
    """Does not look at one parameter where another is given."""

    def before(it):
        if it.operation in operations and given in it.query:
            it.query.pop(name, None)

    return Mutant(before=before)


FILTER_NAMES = ("session_id", "name", "status", "source", "eval_run_id")
LISTED = {
    **{
        f"{state} runs are hidden": hidden(lambda run, _, state=state: run["status"] == state)
        for state in ("PENDING", "RUNNING", "COMPLETED", "FAILED")
    },
    "runs that are retries are hidden": hidden(lambda run, _: "retry_of" in run["filters"]),
    "runs without a name are hidden": hidden(lambda run, _: run["name"] is None),
    "runs with failures are hidden": hidden(lambda run, _: run["failed_count"] > 0),
    "runs by filters are hidden": hidden(lambda run, _: "session_ids" not in run["filters"]),
    "runs of no session are hidden": hidden(lambda run, _: run.get("total_targets") == 0),
    "the oldest run is hidden": hidden(lambda run, page: run == page["items"][-1] and len(page["items"]) > 3),
    "the newest run is hidden": hidden(lambda run, page: run == page["items"][0]),
    "failed scores are hidden": hidden(lambda score, _: score["status"] == "FAILED", ALL),
    "scores without a run are hidden": hidden(lambda score, _: score["eval_run_id"] is None, ALL),
    "scores of 1.0 are hidden": hidden(lambda score, _: score["value"] == "1.0", ALL),
    "runs by state only list the newest 2": hidden(lambda run, page: run not in page["items"][:2]),
    "pages from 3 on are one further": moved(lambda offset, _: offset >= 3),
    "pages from 5 on are one back": moved(lambda offset, _: offset >= 5, -1),
    "pages from 7 on are one further": moved(lambda offset, _: offset >= 7),
    "pages of scores from 9 on are one back": moved(lambda offset, _: offset >= 9, -1, (ALL,)),
    "pages of 3 are one further": moved(lambda offset, query: query.get("limit") == "3" and offset > 0),
    "pages by state are one further": moved(lambda offset, query: "status" in query and offset > 0, 1, (LIST,)),
    "an offset is not looked at by state": ignores("offset", "status", (LIST,)),
    **{
        f"{one} is not looked at beside {other}": ignores(one, other, (ALL,))
        for one, other in permutations(FILTER_NAMES, 2)
        if one != "source"  # all scores of the sandbox are of one source
    },
    **{f"{one} is not looked at beside a time": ignores(one, "date_from", (ALL,)) for one in ("name", "session_id")},
    **{f"times are not looked at beside {one}": ignores("date_to", one, (ALL,)) for one in ("name", "status")},
}

# --- filters of scores --------------------------------------------------------------------------------------------


def loosely(name, like):
    """Compares a filter loosely: gives what a looser comparison lets through."""

    def before(it):
        it.loose = None
        if it.operation == ALL and it.query.get(name) is not None and not it.status:
            value = it.query[name]
            known = [found for (found,) in sql(it, f"select distinct {name} from scores") if found is not None]
            match = next((found for found in known if like(found, value)), None)
            if match is not None and value not in known:
                it.query[name] = match

    return Mutant(before=before)


LIKE = {
    "by their beginning": lambda found, value: found.startswith(value),
    "in any case": lambda found, value: found.lower() == value.lower(),
    "by a part": lambda found, value: value in found,
    "trimmed": lambda found, value: found.strip() == value.strip(),
    "as a pattern": lambda found, value: re.fullmatch(
        re.escape(value).replace("_", ".").replace("%", ".*"), found, re.DOTALL
    ),
}


def time_filter(name, change):
    def before(it):
        if it.operation == ALL and name in it.query:
            try:
                moment = datetime.fromisoformat(it.query[name])
                it.query[name] = change(moment).isoformat()
            except (ValueError, OverflowError, TypeError):
                return

    return Mutant(before=before)


TICK = timedelta(microseconds=1)
FILTERED = {
    **{
        f"scores by {name} are found {how}": loosely(name, like)
        for name in ("session_id", "name")
        for how, like in LIKE.items()
    },
    "session ids are found in NFKC": loosely("session_id", lambda found, value: nfkc(found) == nfkc(value)),
    "date_from is exclusive": time_filter("date_from", lambda moment: moment + TICK),
    "date_to is inclusive": time_filter("date_to", lambda moment: moment + TICK),
    "date_from is of whole seconds": time_filter("date_from", lambda moment: moment.replace(microsecond=0)),
    "date_to is of whole seconds": time_filter("date_to", lambda moment: moment.replace(microsecond=0)),
    "date_from is of whole days": time_filter("date_from", lambda it: it.replace(hour=0, minute=0, second=0)),
    "date_from loses its zone": time_filter("date_from", lambda moment: moment.replace(tzinfo=None)),
    "date_to loses its zone": time_filter("date_to", lambda moment: moment.replace(tzinfo=None)),
    "date_to is of whole milliseconds": time_filter(
        "date_to", lambda it: it.replace(microsecond=it.microsecond // 1000 * 1000)
    ),
}

# --- deletes and retries -------------------------------------------------------------------------------------------


def on_delete(then):
    def before(it):
        it.victim = None
        if it.operation == DELETE and (found := sql(it, "select name, filters from runs where id = ?", run_of(it))):
            it.victim = (run_of(it), *found[0])

    def after(it):
        if it.victim and it.status == 204:
            then(it, *it.victim)

    return Mutant(before=before, after=after)


def _late_delete(looks):
    """Deletes once the run was looked at so many times more."""
    pending = {}

    def before(it):
        run_id = run_of(it)
        if it.operation == DELETE and it.headers.get("x-api-key") == API_KEY and run_id not in pending:
            if sql(it, "select 1 from runs where id = ? and deleted = 0 and project_id = ?", run_id, _own(it)):
                pending[run_id] = looks
                it.status, it.answer_headers = 204, {"x-request-id": it.headers.get("x-request-id", "5")}
        elif pending.get(run_id) and it.operation in (GET, DELETE):
            pending[run_id] -= 1
            if not pending[run_id]:
                sql(it, "update runs set deleted = 1 where id = ?", run_id)

    return Mutant(before=before)


def _restores(it, run_id, name, filters):
    sql(it, "update runs set deleted = 0, filters = ? where id = ?", filters, run_id)


def _retried(edit):
    def after(it):
        if it.operation == RETRY and it.status == 202:
            edit(it, it.json())

    return Mutant(after=after)


def _set(**columns):
    def edit(it, run):
        for name, change in columns.items():
            sql(it, f"update runs set {name} = ? where id = ?", change(run), run["id"])
        it.say(json.loads(_row(it, run["id"])))

    return edit


def of_sessions(choose):
    """A retry is of other sessions, in its filters and in what becomes of it."""

    def sessions(run):
        return choose(run["filters"]["session_ids"])

    return _retried(
        _set(
            filters=lambda run: json.dumps(run["filters"] | {"session_ids": sessions(run)}),
            script=lambda run: script_of(sessions(run), run["metric_names"], retry=True).dump(),
        )
    )


def _row(it, run_id):
    from pandaprobe_sandbox.writing import run_json

    run = it.box.store.run(_own(it), run_id, it.box.clock.now())
    return run_json(run, it.box.clock.now(), "total_targets")


def _late_run(it, run):
    sql(it, "update runs set starts_at = starts_at + 0.4 where id = ?", run["id"])


DONE = {
    "a delete takes the twin too": on_delete(
        lambda it, _, name, filters: sql(it, "update runs set deleted = 1 where filters = ?", filters)
    ),
    "a delete takes all runs of the name": on_delete(
        lambda it, _, name, filters: sql(it, "update runs set deleted = 1 where name = ?", name)
    ),
    "a delete takes the retries too": on_delete(
        lambda it, run_id, *_: sql(it, "update runs set deleted = 1 where filters like ?", f"%{run_id}%")
    ),
    "a delete takes all pending runs": on_delete(
        lambda it, *_: sql(it, "update runs set deleted = 1 where filters like '%pending-%'")
    ),
    "a delete takes the scores of the sessions": on_delete(
        lambda it, _, name, filters: [
            sql(it, "delete from scores where session_id = ?", one)
            for one in json.loads(filters).get("session_ids", ())
        ]
    ),
    "a delete takes all scores without a run": on_delete(
        lambda it, *_: sql(it, "delete from scores where eval_run_id is null")
    ),
    "a delete takes failed scores": on_delete(lambda it, *_: sql(it, "delete from scores where status = 'FAILED'")),
    "a delete frees the scores of all runs": on_delete(lambda it, *_: sql(it, "update scores set eval_run_id = null")),
    "a deleted run comes back": on_delete(_restores),
    "a delete comes a look later": _late_delete(1),
    "a delete comes three looks later": _late_delete(3),
    "deletes rename the others": on_delete(lambda it, *_: sql(it, "update runs set name = 'x' where deleted = 0")),
    "a retry is of the first session only": of_sessions(lambda ids: ids[:1]),
    "a retry loses the weights": _retried(
        _set(filters=lambda run: json.dumps({k: v for k, v in run["filters"].items() if k != "signal_weights"}))
    ),
    "a retry takes the default model": _retried(_set(model=lambda _: "openai/gpt-5.4-mini")),
    "a retry is of all metrics": _retried(_set(metric_names=lambda _: '["agent_consistency", "agent_reliability"]')),
    "a retry's name is cut": _retried(_set(name=lambda run: run["name"][:128])),
    "a retry's name is trimmed": _retried(_set(name=lambda run: run["name"].strip())),
    "a retry takes the failed scores away": _retried(
        lambda it, run: sql(
            it, "delete from scores where status = 'FAILED' and eval_run_id = ?", run["filters"]["retry_of"]
        )
    ),
    "a retry deletes the old run": _retried(
        lambda it, run: sql(it, "update runs set deleted = 1 where id = ?", run["filters"]["retry_of"])
    ),
    "a retry can be seen later": _retried(_late_run),
    "a create can be seen later": Mutant(
        after=lambda it: _late_run(it, it.json()) if it.operation == BATCH and it.status == 202 else None
    ),
}

# --- times --------------------------------------------------------------------------------------------------------


def times(change, names=("created_at", "completed_at", "updated_at"), make=runs):
    def edit(item):
        for name in names:
            if isinstance(item.get(name), str):
                item[name] = change(item[name])

    return make(edit)


def everywhere(change):
    one, other = times(change), times(change, make=scores)

    def after(it):
        one.after(it)
        other.after(it)

    return Mutant(after=after)


def zone(hours):
    return lambda text: (datetime.fromisoformat(text) + timedelta(hours=hours)).isoformat()[:-6] + f"+{hours:02d}:00"


def cut(digits):
    def change(text):
        moment = datetime.fromisoformat(text)
        return moment.replace(microsecond=moment.microsecond // 10**digits * 10**digits).isoformat()

    return change


def to_minutes(text):
    return datetime.fromisoformat(text).replace(second=0, microsecond=0).isoformat()


TIMES = {
    "all times are of another zone": everywhere(zone(2)),
    "runs are of another zone": times(zone(9)),
    "scores are of another zone": times(zone(1), make=scores),
    "completed_at is of another zone": times(zone(5), ("completed_at",)),
    "all times are of whole seconds": everywhere(cut(6)),
    "all times are of whole milliseconds": everywhere(cut(3)),
    "created_at is of whole seconds": times(cut(6), ("created_at",)),
    "completed_at is of whole milliseconds": times(cut(3), ("completed_at",)),
    "scores are of whole seconds": times(cut(6), make=scores),
    "all times are of whole minutes": everywhere(to_minutes),
    "all times are 20 minutes behind": everywhere(lambda text: shifted(text, minutes=-20)),
    "all times are 20 minutes ahead": everywhere(lambda text: shifted(text, minutes=20)),
    "all times are an hour behind": everywhere(lambda text: shifted(text, hours=-1)),
    "created_at is 30 s behind": times(lambda text: shifted(text, seconds=-30), ("created_at",)),
    "completed_at is an hour ahead": times(lambda text: shifted(text, hours=1), ("completed_at",)),
    "scores are an hour behind": times(lambda text: shifted(text, hours=-1), make=scores),
    "scores are a day ahead": times(lambda text: shifted(text, days=1), make=scores),
}

# --- request ids ----------------------------------------------------------------------------------------------------


def request_id(change, when=lambda it: True):
    def after(it):
        if it.headers.get("x-request-id") and "x-request-id" in it.answer_headers and when(it):
            it.answer_headers["x-request-id"] = change(it.answer_headers["x-request-id"])

    return Mutant(after=after)


REQUEST_IDS = {
    "in small letters": request_id(str.lower),
    "cut at 32": request_id(lambda text: text[:32]),
    "cut at 64": request_id(lambda text: text[:64]),
    "cut at 128": request_id(lambda text: text[:128]),
    "cut at 200": request_id(lambda text: text[:200]),
    "with dashes for odd characters": request_id(lambda text: re.sub(r"[^A-Za-z0-9]", "-", text)),
    "with single blanks": request_id(lambda text: re.sub(" +", " ", text)),
    "new where long": request_id(lambda text: text if len(text) < 100 else "5a5a5a5a"),
    "new where they have a slash": request_id(lambda text: "5a5a5a5a" if "/" in text else text),
    "new for deletes": request_id(lambda _: "5a5a5a5a", lambda it: it.operation == DELETE),
    "new for 404s": request_id(lambda _: "5a5a5a5a", lambda it: it.status == 404),
    "in capitals for creates": request_id(str.upper, lambda it: it.operation in CREATE and it.status == 202),
}

KINDS = {
    f"{kind}: {name}": mutant
    for kind, found in {
        "isolation": ISOLATION,
        "credentials": CREDENTIALS,
        "into a run": INTO,
        "merged": MERGED,
        "lists": LISTED,
        "filters": FILTERED,
        "deletes and retries": DONE,
        "times": TIMES,
        "request ids": REQUEST_IDS,
    }.items()
    for name, mutant in found.items()
}
assert {GET, SCORES} <= {*RUN, SCORES}
assert at
