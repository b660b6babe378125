"""Everything that a deployment must refuse, asked for: no request here creates, changes or deletes anything where the
contract is kept. What it would take to create a run is never whole: a metric is unknown, a field is wrong.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from pandaprobe_evals import contract
from pandaprobe_evals.auth import Secret

from .findings import Problem
from .inspection import Answer, Inspection
from .wire import Header

BATCH: Final = "create_batch_session_eval_run"
BY_FILTERS: Final = "create_session_eval_run"
LIST: Final = "list_session_eval_runs"
GET: Final = "get_session_eval_run"
DELETE: Final = "delete_session_eval_run"
RETRY: Final = "retry_session_eval_run"
SCORES: Final = "list_session_eval_run_scores"
METRICS: Final = "list_session_metrics"
ALL_SCORES: Final = "list_session_scores"
CREATES: Final = (BATCH, BY_FILTERS)
PAGED: Final = (LIST, ALL_SCORES)
OF_A_RUN: Final = (GET, DELETE, RETRY, SCORES)
FOLLOWED: Final = frozenset((*CREATES, *PAGED, *OF_A_RUN, METRICS))
"""Operations that the check knows the meaning of. Any other is only asked who may call it."""

NO_METRIC: Final = "contract-check-no-such-metric"
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def refusals(inspection: Inspection, metrics: Sequence[str]) -> None:
    """Everything of this module, with a look at whether something was created all the same.

    Args:
        inspection: Where findings go.
        metrics: Those that the deployment lists.
    """
    run_ids(inspection)
    queries(inspection)
    bodies(inspection, metrics)
    authentication(inspection)
    methods(inspection)
    nothing_was_created(inspection)


# --- authentication -----------------------------------------------------------------------------------


def authentication(inspection: Inspection) -> None:
    """Neither header of a pair is enough, no header of the other pair makes up for it, and a wrong secret opens nothing."""
    own = inspection.own
    if _is_switched_off(inspection):
        return
    wrong = _wrong_secret(inspection)
    other_project = Header.plain(
        *(
            (contract.header("projectId"), str(uuid.uuid4()))
            if own.by_key
            else (contract.header("projectName"), "contract check")
        )
    )
    bearer = contract.header("bearer")
    other_secret = Header.plain(
        *((bearer, "Bearer contract-check") if own.by_key else (contract.header("apiKey"), "sk_pp_" + "0" * 64))
    )
    refused: list[tuple[str, int | set[int], list[Header]]] = [
        ("no credentials are refused", 401, []),
        ("the scheme Basic is refused", 401, [Header.plain(bearer, "Basic Y29udHJhY3Q6Y2hlY2s="), own.project]),
        ("a project without a secret is refused", 401, [own.project]),
        ("an unknown secret is refused", 401, [wrong, own.project]),
        *((f"a secret {how} is refused", 401, [header, own.project]) for how, header in _altered(own.secret)),
        *(
            (f"a secret {way} is refused", status, [*headers, own.project])
            for way, status, headers in _other_ways(own.secret)
        ),
        ("a secret without a project is refused", 422, [own.secret]),
        ("an unknown secret of the other mode is refused", 401, [other_secret, other_project]),
        ("the other mode's project header does not make a pair", 422, [own.secret, other_project]),
    ]
    if own.by_key:
        bad_name = Header.plain(own.project.name, "-no name-")
        refused += [
            ("a malformed project name is refused", 422, [own.secret, bad_name]),
            ("the key wins: with a wrong one, a token does not help", 401, [
                wrong, own.project, other_secret, other_project]),
        ]  # fmt: skip
    else:
        refused += [
            ("a project id that is no UUID is refused", 422, [own.secret, Header.plain(own.project.name, "no-uuid")]),
            ("a project of nobody is refused", 422, [own.secret, Header.plain(own.project.name, str(uuid.uuid4()))]),
            ("the key wins: with a wrong one, a good token does not help", 401, [*own, other_secret]),
        ]  # fmt: skip
    firsts = {one.tag: name for name, one in reversed([*inspection.operations.items()])}.values()
    for operation in inspection.operations:
        for promise, status, headers in refused:
            if operation not in _WHOLE and promise not in (
                _FOLLOWED if operation in FOLLOWED else _FIRST if operation in firsts else _EVERYWHERE
            ):
                continue
            answer = inspection.ask(promise, operation, status, headers=headers, **_harmless(inspection, operation))
            inspection.claim(f"{promise}, in words", answer, _refused_plainly(answer), quiet=True)
        if inspection.report.writes and operation in FOLLOWED:  # it may stay in the logs of what stands in between
            asked = _harmless(inspection, operation)
            asked["query"] = {**(asked.get("query") or {}), **dict.fromkeys(_NAMES, _bare(own.secret))}
            inspection.ask("a secret in the query is refused", operation, 401, headers=[own.project], **asked)
        if own.by_key and (operation in FOLLOWED or operation in firsts):
            _token_is_not_looked_at(inspection, operation)


_WHOLE: Final = frozenset((BATCH, ALL_SCORES, DELETE, RETRY))
"""Operations that are asked with every wrong secret: one of each kind, or a check would use up the limits of the next."""
_EVERYWHERE: Final = frozenset({"a project without a secret is refused", "a secret without a project is refused"})
"""Asked of every operation."""
_FIRST: Final = _EVERYWHERE | {
    "no credentials are refused", "an unknown secret is refused", "an unknown secret of the other mode is refused",
    "a secret in the other case is refused", "the other mode's project header does not make a pair",
}  # fmt: skip
"""Asked of the first operation of each resource."""
_FOLLOWED: Final = _FIRST | {
    "a secret with one character more is refused", "a secret without its second half is refused",
    "a secret as the user of Basic is refused", "a secret as a bearer token is refused",
    "a secret as an API key is refused", "a secret in cookies and other headers is refused",
}  # fmt: skip
"""Asked of every operation that is followed."""


def _is_switched_off(inspection: Inspection) -> bool:
    """Whether nobody needs credentials, as in the vendor's development mode; said once, not for each operation."""
    answers = [
        inspection.wire.send(
            (operation := inspection.operations[name]),
            operation.path,
            query={"limit": 1} if name in PAGED else None,
        )
        for name in (METRICS, LIST, ALL_SCORES)
    ]
    if not all(one.status == 200 or (one.status == 422 and b"Project scope" in one.body) for one in answers):
        return False
    inspection.violated(
        "authentication is switched on (AUTH_ENABLED)",
        METRICS,
        answers[0],
        "401 for a request without credentials: authentication is switched off, and was not looked at further",
    )
    return True


def _altered(secret: Header) -> Iterator[tuple[str, Header]]:
    """The secret, wrong in one way: each differs from it, and a careless comparison takes it."""
    whole, shown = secret.value.reveal(), secret.shown
    scheme = "Bearer " if whole.startswith("Bearer ") else ""
    bare, name = whole.removeprefix(scheme), shown.removeprefix(scheme)
    variable = name[2:-1]
    other = "1" if bare.endswith("0") else "0"
    altered = {
        "with one character more": (f"{bare}0", f"{name}0"),
        "with one character before it": (f"x{bare}", f"x{name}"),
        "twice": (bare * 2, name * 2),
        "without its last character": (bare[:-1], f"${{{variable}%?}}"),
        "without its first character": (bare[1:], f"${{{variable}#?}}"),
        "without its first word": (bare.rpartition("_")[2], f"${{{variable}##*_}}"),
        "with another last character": (f"{bare[:-1]}{other}", f"${{{variable}%?}}{other}"),
        "without its second half": (bare[: len(bare) // 2], f'$(printf %s "{name}" | cut -c1-{len(bare) // 2})'),
        "without its first half": (bare[len(bare) // 2 :], f'$(printf %s "{name}" | cut -c{len(bare) // 2 + 1}-)'),
        "in the other case": (bare.swapcase(), f'$(printf %s "{name}" | tr a-zA-Z A-Za-z)'),
        "in capitals": (bare.upper(), f'$(printf %s "{name}" | tr a-z A-Z)'),
        "in small letters": (bare.lower(), f'$(printf %s "{name}" | tr A-Z a-z)'),
        "backwards": (bare[::-1], f'$(printf %s "{name}" | rev)'),
        "in quotes": (f"'{bare}'", f"'{name}'"),
        "as a pattern of SQL": (f"{bare[:12]}%", f'$(printf %s "{name}" | cut -c1-12)%'),
        "as a pattern of one character": (f"{bare[:-1]}_", f"${{{variable}%?}}_"),
        "as an expression": (f"{bare[:12]}.*", f'$(printf %s "{name}" | cut -c1-12).*'),
        "with an asterisk": (f"{bare[:12]}*", f'$(printf %s "{name}" | cut -c1-12)*'),
    }
    sent = {"", bare}
    for how, (value, line) in altered.items():
        if value not in sent:
            sent.add(value)
            yield how, Header(secret.name, Secret(scheme + value), scheme + line)


def _other_ways(secret: Header) -> Iterator[tuple[str, int | set[int], list[Header]]]:
    """The right secret, where it does not belong, and how that is refused."""
    whole, shown = secret.value.reveal(), secret.shown
    scheme = "Bearer " if whole.startswith("Bearer ") else ""
    bare, name = whole.removeprefix(scheme), shown.removeprefix(scheme)
    bearer, key = contract.header("bearer"), contract.header("apiKey")

    def plain(where: str, before: str = "", after: str = "") -> Header:
        return Header(where, Secret(f"{before}{bare}{after}"), f"{before}{name}{after}")

    def basic(before: str, after: str) -> Header:
        said = base64.b64encode(f"{before}{bare}{after}".encode()).decode()
        return Header(bearer, Secret(f"Basic {said}"), f'Basic $(printf %s "{before}{name}{after}" | base64 -w0)')

    yield "as the user of Basic", 401, [basic("", ":")]
    yield "as the password of Basic", 401, [basic("api:", "")]
    for word in ("ApiKey ", "Token ", "Digest "):
        yield f"after {word.strip()}", 401, [plain(bearer, word)]
    if scheme:
        yield "as an API key", 401, [plain(key)]
        yield "without Bearer", 401, [plain(bearer)]
    else:
        yield "as a bearer token", {401, 422}, [plain(bearer, "Bearer ")]
        yield "as Authorization", 401, [plain(bearer)]
    yield (
        "in cookies and other headers",
        401,
        [
            *(plain(where) for where in _HEADERS),
            Header(
                "Cookie",
                Secret("; ".join(f"{cookie}={bare}" for cookie in _NAMES)),
                "; ".join(f"{cookie}={name}" for cookie in _NAMES),
            ),
        ],
    )


_HEADERS: Final = ("Api-Key", "X-Api-Token", "X-Auth-Token", "X-Access-Token", "ApiKey", "X-Key", "Token",
                   "X-Authorization")  # fmt: skip
_NAMES: Final = ("api_key", "apikey", "api-key", "x-api-key", "X-API-Key", "key", "token", "access_token", "auth",
                 "authorization", "bearer")  # fmt: skip
"""Under what names a secret is taken from a query or a cookie, by services that do so."""


def _token_is_not_looked_at(inspection: Inspection, operation: str) -> None:
    if inspection.operations[operation].effect != "reads":
        return
    token = Header.plain(contract.header("bearer"), "Bearer contract-check")
    # an operation that is not followed may want more than it is given: any answer but a refusal of the caller will do
    others = {200, 404, 422} & set(inspection.operations[operation].responses)
    inspection.ask(
        "the key wins: a token beside it is not even looked at",
        operation,
        (404 if operation == GET else 200) if operation in FOLLOWED else others,
        headers=[*inspection.own, token],
        run_id=str(uuid.uuid4()),
        query={"limit": 1} if operation in PAGED else None,
    )


def _bare(secret: Header) -> str:
    return secret.value.reveal().removeprefix("Bearer ")


def _wrong_secret(inspection: Inspection) -> Header:
    name = inspection.own.secret.name
    if inspection.own.by_key:
        return Header.plain(name, f"sk_pp_{uuid.uuid4().hex}{uuid.uuid4().hex}")
    return Header.plain(name, f"Bearer contract-check-{uuid.uuid4().hex}")


def _harmless(inspection: Inspection, operation: str) -> dict[str, Any]:
    """What an operation is asked with, so that it does nothing even where credentials are not looked at."""
    asked: dict[str, Any] = {}
    if operation in CREATES:
        asked["body"] = _body(inspection, operation)
    if operation in PAGED:
        asked["query"] = {"limit": 1}
    if operation in OF_A_RUN:
        asked["run_id"] = str(uuid.uuid4())
    return asked


def _body(inspection: Inspection, operation: str, **more: Any) -> dict[str, Any]:
    """A create that is well-formed, and that no service can carry out: its metric does not exist."""
    body = {"metrics": [NO_METRIC], "name": inspection.mark} | _target(inspection, operation)
    return body | more


def _target(inspection: Inspection, operation: str) -> dict[str, Any]:
    """Sessions that nobody has, so that a create that goes through all the same evaluates nothing."""
    if operation == BATCH:
        return {"session_ids": [inspection.mark]}
    return {"filters": {"user_id": inspection.mark}}


def _refused_plainly(answer: Answer) -> Iterator[Problem]:
    """A refusal for other reasons than fields has words, and no list of fields."""
    if not answer.value["detail"].strip():
        yield Problem("a detail with words", repr(answer.value["detail"]))
    if "errors" in answer.value:
        yield Problem("a refusal that is not about fields", answer.exchange.came)


def _refused_fields(answer: Answer, fields: set[str]) -> Iterator[Problem]:
    """A refusal for fields names exactly these, each with words."""
    value = answer.value
    if value["detail"] != "Validation error":
        yield Problem("detail: Validation error", repr(value["detail"]))
    named = {error["field"] for error in value.get("errors", ())}
    if named != fields:
        yield Problem(f"errors in {_fields(fields)}", _fields(named) if named else answer.exchange.came)
    if any(not error["message"].strip() for error in value.get("errors", ())):
        yield Problem("a message for each field", answer.exchange.came)


def _fields(names: set[str]) -> str:
    return ", ".join(sorted(name or "the body as a whole" for name in names)) or "no field"


# --- methods, ids, queries ------------------------------------------------------------------------------


def methods(inspection: Inspection) -> None:
    """A method that a path does not take is refused with those that it does take.

    Only on paths of which the contract has every method: a service has more operations than the contract.
    """
    run_id = str(uuid.uuid4())
    paths: dict[str, list[str]] = {}
    for name, operation in inspection.operations.items():
        paths.setdefault(inspection.path(operation, run_id), []).append(name)
    for path, names in paths.items():
        if FOLLOWED.isdisjoint(names):
            continue
        for method in METHODS:
            if method not in inspection.taken(path) and not _may_be_a_run_id(inspection, path, method):
                answer = inspection.ask("a wrong method is refused", names[0], 405, method=method, run_id=run_id)
                if answer.good:
                    inspection.met(names[1:], 405)


def _may_be_a_run_id(inspection: Inspection, path: str, method: str) -> bool:
    """Whether the path may be taken for that of a run: a GET on `/batch` is read as one with the id `batch`."""
    return any(
        one.method == method and one.pattern.fullmatch(path) and one.path != path
        for one in inspection.operations.values()
    )


_SPAN: Final = {"name": "contract check", "started_at": "2026-01-01T00:00:00Z"}
"""For a trace that does not exist."""


def _is_uuid(operation: contract.Operation) -> bool:
    return all(
        contract.resolve(one["schema"]).get("format") == "uuid" for one in operation.parameters if one["in"] == "path"
    )


def run_ids(inspection: Inspection) -> None:
    """An id that is none is refused, an unknown one is not found."""
    unknown = str(uuid.uuid4())
    for operation in OF_A_RUN:
        for run_id in ("no-uuid", unknown[:-1]):
            answer = inspection.ask("a run id that is no UUID is refused", operation, 422, run_id=run_id)
            inspection.claim("the refusal names the id", answer, _refused_fields(answer, {"path -> run_id"}))
        if operation == SCORES:
            answer = inspection.ask("an unknown run has no scores", operation, 200, run_id=unknown)
            inspection.claim("the scores of an unknown run are an empty list", answer, _empty(answer))
        else:
            answer = inspection.ask("an unknown run is not found", operation, 404, run_id=unknown)
            inspection.claim("the 404 names the run", answer, _names(answer, unknown))
    for name, one in inspection.operations.items():
        if "{" in one.path and 404 in one.responses and name not in FOLLOWED:
            body: dict[str, Any] = {}
            if one.body is not None:
                body["body"] = [_SPAN] if one.body.get("type") == "array" else {}
            inspection.ask("an unknown id is not found", name, {200, 404} if one.effect == "reads" else 404, **body)
            if one.effect == "reads" and not _is_uuid(one):
                inspection.ask("an id with a slash in it is not found", name, 404, of=f"{inspection.mark}/x")
    answer = inspection.ask(
        "delete_scores is yes or no", DELETE, 422, run_id=unknown, query={"delete_scores": "perhaps"}
    )
    inspection.claim("the refusal names delete_scores", answer, _refused_fields(answer, {"query -> delete_scores"}))


def _empty(answer: Answer) -> Iterator[Problem]:
    items = answer.value["items"] if isinstance(answer.value, dict) else answer.value
    if items:
        yield Problem("nothing", f"{len(items)} of them")
    if isinstance(answer.value, dict) and answer.value["total"] != 0:
        yield Problem("total 0", str(answer.value["total"]))


def _names(answer: Answer, words: str) -> Iterator[Problem]:
    if words not in answer.value["detail"]:
        yield Problem(f"a detail that names {words}", repr(answer.value["detail"]))


def queries(inspection: Inspection) -> None:
    """A query parameter out of its bounds is refused, and what matches nothing is an empty page."""
    of_scores = {"source": "ROBOT", "eval_run_id": "no-uuid", "date_from": "yesterday", "date_to": "tomorrow"}
    bounds: list[dict[str, Any]] = [
        {"limit": 0, "offset": -1, "status": "DONE"},
        {"limit": 201, "offset": "far"},
        {"limit": -1},
        {"limit": "many"},
        {"limit": "1.5"},
    ]
    wrong: dict[str, list[dict[str, Any]]] = {
        LIST: [*bounds, {"status": "completed"}],
        ALL_SCORES: [bounds[0] | of_scores, *bounds[1:], {"status": "success"}],
    }
    for operation in PAGED:
        for query in wrong[operation]:
            shown = "&".join(f"{name}={value}" for name, value in query.items())
            answer = inspection.ask(f"?{shown} is refused", operation, 422, query=query)
            fields = {f"query -> {name}" for name in query}
            inspection.claim(f"the refusal of ?{shown} names it", answer, _refused_fields(answer, fields), quiet=True)
        beyond = {"limit": 1, "offset": 2**31}
        inspection.ask("an offset over 32 bits is refused, or breaks the service in the known way", operation,
                       {200, 422, 500}, query=beyond)  # fmt: skip
    nothing: list[dict[str, Any]] = [
        {"session_id": f"{inspection.mark}-unknown", "name": f"{inspection.mark}-unknown"},
        {"date_from": "2999-01-01T00:00:00+00:00", "eval_run_id": str(uuid.uuid4())},
        {"date_to": "1971-01-01T00:00:00+00:00"},
    ]
    for query in nothing:
        shown = " and a ".join(query)
        answer = inspection.ask(f"a {shown} that nothing matches gives an empty page", ALL_SCORES, 200, query=query)
        inspection.claim(f"no score matches an impossible {shown}", answer, _empty(answer), quiet=True)


# --- bodies of creates ----------------------------------------------------------------------------------


def bodies(inspection: Inspection, metrics: Sequence[str]) -> None:
    """A create whose body breaks a rule is refused for exactly that; one that only asks for an unknown metric, for that."""
    for operation in CREATES:
        for promise, body, fields in _wrong_bodies(inspection, operation, metrics[0]):
            answer = inspection.ask(f"{promise} is refused", operation, 422, body=body)
            inspection.claim(
                f"{promise}: the refusal names the field", answer, _refused_fields(answer, fields), quiet=True
            )
        _not_json(inspection, operation, metrics[0])
        _unknown_metrics(inspection, operation, metrics)
        _taken_bodies(inspection, operation)


def _wrong_bodies(inspection: Inspection, operation: str, metric: str) -> Iterator[tuple[str, Any, set[str]]]:
    """What is wrong, the body, and the fields that the refusal must name."""
    name = inspection.mark
    shared = {"name": 5, "model": ["x"], "signal_weights": {"confidence": "high", "coherence": None}}
    named = {"name", "model", "signal_weights -> confidence", "signal_weights -> coherence"}
    good = {"metrics": [metric], "name": name} | _target(inspection, operation)
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
    good = json.dumps({"metrics": [metric], "name": inspection.mark} | _target(inspection, operation))
    for promise, text in (
        ("a body that breaks off", good[:-1]),
        ("a body with junk after it", f"{good} junk"),
        ("a body that is not JSON", "session_ids=a"),
    ):
        answer = inspection.ask(f"{promise} is refused", operation, 422, content=text.encode())
        inspection.claim(f"{promise}: the refusal says where", answer, _offset(answer), quiet=True)
    answer = inspection.ask("an empty body is refused", operation, 422, content=b"")
    inspection.claim("an empty body: the refusal is for the body", answer, _refused_fields(answer, {""}), quiet=True)
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = inspection.ask(
            f"a body of type {media_type} is refused", operation, 422, content=good.encode(), media_type=media_type
        )
        inspection.claim(
            f"a body of type {media_type}: the refusal is for the body",
            answer,
            _refused_fields(answer, {""}),
            quiet=True,
        )
    latin = good.encode().replace(inspection.mark.encode(), b"\xff" + inspection.mark.encode(), 1)
    answer = inspection.ask("a body that is not UTF-8 is refused", operation, 400, content=latin)
    inspection.claim("a body that is not UTF-8: in words", answer, _refused_plainly(answer), quiet=True)


def _offset(answer: Answer) -> Iterator[Problem]:
    errors = answer.value.get("errors", ())
    if answer.value["detail"] != "Validation error":
        yield Problem("detail: Validation error", repr(answer.value["detail"]))
    if len(errors) != 1 or not errors[0]["field"].isdigit():
        yield Problem("one error, whose field is an offset in the body", answer.exchange.came)


def _unknown_metrics(inspection: Inspection, operation: str, metrics: Sequence[str]) -> None:
    """The deployment takes each metric that it lists, and refuses the one that it does not."""
    body = _body(inspection, operation, metrics=[*metrics, NO_METRIC])
    answer = inspection.ask("an unknown metric is refused", operation, 422, body=body)
    inspection.claim("the refusal names the unknown metric, and none that is listed", answer, _unknown(answer, metrics))


def _unknown(answer: Answer, listed: Sequence[str]) -> Iterator[Problem]:
    yield from _refused_plainly(answer)
    yield from _names(answer, NO_METRIC)
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
            body=_body(inspection, operation, **more),
        )
        inspection.claim(f"{promise}: taken", answer, _refused_plainly(answer), quiet=True)


def rate_limit(inspection: Inspection) -> None:
    """Use up one window of creates, each refused for its metric, to see how the next one is refused."""
    limit = inspection.operations[BATCH].rate_limit
    assert limit is not None
    body = _body(inspection, BATCH)
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


# --- whether it was in vain ---------------------------------------------------------------------------------


def nothing_was_created(inspection: Inspection) -> None:
    """None of these requests left a run behind."""
    answer = inspection.ask("the list can be read after all refusals", LIST, 200, query={"limit": 20}, quiet=True)

    def found() -> Iterator[Problem]:
        for run in answer.value["items"]:
            over_nothing = run["filters"].get("session_ids") == [] and run["id"] not in inspection.known
            if inspection.is_ours(run) or over_nothing:
                yield Problem(
                    "no run made by a create that was refused", f"run {run['id']}, created from {run['filters']}"
                )
        inspection.sweep()

    inspection.claim("a create that is refused makes no run", answer, found)
