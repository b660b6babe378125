"""Violating deployments that were thought of after the check was written: how well it finds what it was not made for."""

import json
import re
import unicodedata

from tests.mutants.service import CREATE, runs, scores

from .kinds import (
    ALL,
    API_KEY,
    DELETE,
    GET,
    LIST,
    SCORES,
    _each,
    _one,
    _retried,
    _set,
    _unique_by,
    _weights,
    everywhere,
    hidden,
    ignores,
    key,
    leaks,
    loosely,
    merged,
    moved,
    nfkc,
    of_sessions,
    on_delete,
    request_id,
    says,
    sent,
    sql,
    taken,
    time_filter,
    times,
)
from .violations import shifted

HELD_BACK = {
    "failed runs' scores leak": leaks(SCORES, when=lambda it: len(it.path) > 10),
    "a list with an offset of 0 leaks": leaks(LIST, when=lambda it: "offset" not in it.query),
    "scores by state leak": leaks(ALL, when=lambda it: "status" in it.query),
    "deletes without scores leak": leaks(DELETE, when=lambda it: "delete_scores" not in it.query),
    "a key with its middle left out": taken(key(lambda it: it[:8] == API_KEY[:8] and it[-4:] == API_KEY[-4:])),
    "a key of which 40 characters are right": taken(key(lambda it: it[:40] == API_KEY[:40])),
    "a key as X-Access-Token": taken(lambda it: it.headers.get("x-access-token") == API_KEY),
    "a key as Token": taken(says(lambda it: it == f"Token {API_KEY}")),
    "a key in the query as token": taken(lambda it: it.query.get("token") == API_KEY, GET),
    "ids without combining marks": _each(
        "session_ids", lambda text: "".join(one for one in text if not unicodedata.combining(one))
    ),
    "ids without question marks": _each("session_ids", lambda text: text.replace("?", "")),
    "ids without quotes": _each("session_ids", lambda text: text.replace('"', "'")),
    "ids cut at 512": _each("session_ids", lambda text: text[:512]),
    "ids the same without blanks": _unique_by(lambda text: text.replace(" ", "")),
    "ids the same in capitals": _unique_by(str.upper),
    "at most 250 ids": sent(lambda value: value.update(session_ids=value["session_ids"][:250])),
    "names cut at 240": _one("name", lambda text: text[:240]),
    "names without emoji": _one("name", lambda text: "".join(one for one in text if ord(one) < 0x10000)),
    "models without their capitals": _one("model", str.lower),
    "models over 64 characters left out": sent(
        lambda value: (
            value.update(model=value["model"] if len(value["model"]) < 65 else None) if value.get("model") else None
        )
    ),
    "weights of at least 0.1": _weights(lambda found: {name: max(0.1, float(one)) for name, one in found.items()}),
    "weights that sum to 1": _weights(
        lambda found: {name: float(one) / (sum(map(float, found.values())) or 1) for name, one in found.items()}
    ),
    "the first 32 weights": _weights(lambda found: dict(list(found.items())[:32])),
    "creates merged by sessions, in any order": merged(lambda body: json.dumps(sorted(set(body["session_ids"])))),
    "runs with weights are hidden": hidden(lambda run, _: "signal_weights" in run["filters"]),
    "runs of one session are hidden": hidden(lambda run, _: run.get("total_targets") == 1),
    "scores of low value are hidden": hidden(lambda score, _: float(score["value"] or 1) < 0.6, ALL),
    "pages from 4 on are one back": moved(lambda offset, _: offset >= 4, -1),
    "a state is not looked at beside an offset": ignores("status", "offset", (LIST,)),
    "session ids of scores by NFKC and case": loosely(
        "session_id", lambda found, value: nfkc(found).lower() == nfkc(value).lower()
    ),
    "date_to is of whole minutes": time_filter("date_to", lambda it: it.replace(second=0, microsecond=0)),
    "a delete also takes completed runs": on_delete(
        lambda it, *_: sql(it, "update runs set deleted = 1 where settled = 1")
    ),
    "a delete takes the project's newest run": on_delete(
        lambda it, *_: sql(it, "update runs set deleted = 1 where seq = (select max(seq) from runs where deleted = 0)")
    ),
    "a retry is of no session": of_sessions(lambda ids: []),
    "a retry has the old name": _retried(_set(name=lambda run: re.sub("^Retry: ", "", run["name"]))),
    "all times are in Tokyo": everywhere(lambda text: shifted(text, hours=9).replace("+00:00", "+09:00")),
    "updated_at is cut": times(lambda text: text[:19] + "+00:00", ("updated_at",), scores),
    "created_at is of whole 10 ms": times(lambda text: text[:22] + "0000+00:00", ("created_at",), runs),
    "request ids of creates cut": request_id(lambda text: text[:36], lambda it: it.operation in CREATE),
    "request ids without tildes": request_id(lambda text: text.replace("~", "")),
}
