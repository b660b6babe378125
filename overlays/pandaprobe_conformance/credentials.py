"""Who may call, asked of a deployment with every header missing, wrong or out of place."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from typing import Final

from pandaprobe_evals import contract
from pandaprobe_evals.auth import Secret

from .followed import ALL_SCORES, BATCH, DELETE, FOLLOWED, GET, LIST, METRICS, PAGED, RETRY
from .inspection import Inspection
from .refused import harmless, in_words
from .wire import Header


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
            ("a project id that is not a UUID is refused", 422, [own.secret, Header.plain(own.project.name, "no-uuid")]),
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
            answer = inspection.ask(promise, operation, status, headers=headers, **harmless(inspection, operation))
            inspection.claim(f"{promise}, in words", answer, in_words(answer), quiet=True)
        if inspection.report.writes and operation in FOLLOWED:  # it may stay in the logs of what stands in between
            asked = harmless(inspection, operation)
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
