"""One run of the check: sends, judges, notes; knows which runs it made, and deletes them."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

from pandaprobe_evals import contract
from pandaprobe_evals.auth import Secret

from .findings import Finding, Problem, Report, finding
from .judge import judge
from .wire import Exchange, Header, Pair, Wire, quota, rate_window

SILENCE: Final = 3
"""After so many requests in a row without an answer, it is asked whether the deployment is still there."""
_DEFAULT: Final = object()
_PARAMETER: Final = re.compile(r"\{([^}]*)\}")
_NOBODYS: Final = str(uuid.uuid4())
"""For the paths of operations that are not of runs: nothing is touched, even where a server refuses nothing."""


class Stopped(Exception):
    """The check cannot, or is not to, go on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An exchange, and its JSON where it keeps the contract."""

    operation: contract.Operation
    exchange: Exchange
    value: Any
    """The body's JSON; None where the answer broke the contract, or has none."""
    good: bool
    """Whether it kept the contract."""
    seen: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it came, by the clock of this machine."""

    @property
    def status(self) -> int | None:
        """The HTTP status."""
        return self.exchange.status

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When it came, by every clock at hand: this machine's, and the one behind the Date header."""
        try:
            date = parsedate_to_datetime(self.exchange.answer["Date"])
        except (KeyError, ValueError, TypeError):
            return (self.seen,)
        return (self.seen, date) if date.tzinfo else (self.seen,)


class Inspection:
    """What the parts of a check share.

    Args:
        wire: To the deployment.
        own: The caller's credentials.
        report: Gets the findings.
        fail_fast: Stop at the first violation.
    """

    def __init__(
        self,
        wire: Wire,
        own: Pair,
        report: Report,
        *,
        fail_fast: bool = False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.wire = wire
        wire.limited = self._limited
        bare = own.secret.value.reveal().removeprefix("Bearer ")
        wire.hidden = (Header(own.secret.name, Secret(bare), own.secret.shown.removeprefix("Bearer ")),)
        self.own = own
        self.report = report
        self.tell = tell
        self.mark = f"contract-check-{uuid.uuid4().hex[:12]}"
        """Stands in all that the check sends, so that what it made can be told from what others made."""
        self.made: dict[str, Pair] = {}
        """Ids of runs that exist because of this check, each with the headers of its project."""
        self.lists_whole = True
        """Whether the runs have few enough sessions that all of them can be read."""
        self.others: list[Pair] = []
        """Further projects that this check has written to."""
        self.times: defaultdict[str, set[str]] = defaultdict(set)
        """Every time that was answered, by the operation and the field."""
        self.newest: datetime | None = None
        """The latest created_at of a run that the check made."""
        self.known: set[str] = set()
        """Ids of runs that were there before."""
        self._fail_fast = fail_fast
        self._seen: defaultdict[str, set[int]] = defaultdict(set)
        self._given: dict[str, str] = {}
        self._silent = 0
        self._serial = 0
        self._asked: Counter[tuple[str, bool]] = Counter()
        """Of every operation, and of the creates that are meant, each second request has an id of its own."""

    @cached_property
    def operations(self) -> Mapping[str, contract.Operation]:
        """Every operation of the contract."""
        return contract.operations()

    def path(self, operation: contract.Operation, run_id: str, of: str = "") -> str:
        """The operation's path over a run, or of whatever has an id; what else stands in it is an id that nothing has."""
        return _PARAMETER.sub(
            lambda found: quote(of, safe="") or (found[1] == "run_id" and run_id) or _NOBODYS, operation.path
        )

    def taken(self, path: str) -> set[str]:
        """The methods that the contract has for a path."""
        return {one.method for one in self.operations.values() if one.pattern.fullmatch(path)}

    def ask(
        self,
        promise: str,
        operation: str,
        expect: int | Collection[int],
        *,
        run_id: str = "",
        of: str = "",
        method: str | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = _DEFAULT,
        content: bytes | None = None,
        media_type: str = "application/json",
        headers: Iterable[Header] | None = None,
        again: bool = True,
        patient: bool = True,
        quiet: bool = False,
    ) -> Answer:
        """Send a request, judge the answer, and note the finding.

        Args:
            promise: What is checked, as a sentence that is true where the contract is kept.
            operation: Its id.
            expect: The statuses that are right.
            run_id: For the path.
            of: For the path, whatever the id there is of.
            method: Where it is not the operation's own.
            query: The query.
            body: Sent as JSON.
            content: Sent as it is, in place of `body`.
            media_type: Of the body.
            headers: In place of the caller's credentials.
            again: Whether it may be sent again where no answer of the service came: not so for a create that is meant.
            patient: Whether to keep within the rate limit.
            quiet: Note violations only.

        Raises:
            Stopped: The plan's quota does not allow a create that is meant, or nothing answers any more.
        """
        found = self.operations[operation]
        if body is not _DEFAULT:
            content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        sent = list(self.own if headers is None else headers)
        if content is not None:
            sent.append(Header.plain("Content-Type", media_type))
        self._serial += 1
        self._asked[operation, again] += 1
        if self._asked[operation, again] % 2:
            sent.append(Header.plain(contract.request_id_header(), self._request_id(self._asked[operation, again])))
        path = self.path(found, run_id, of)
        exchange = self.wire.send(
            found, path, method=method, query=query, headers=sent, content=content, again=again, patient=patient
        )
        expected = {expect} if isinstance(expect, int) else set(expect)
        if exchange.status == 429 and patient and 429 not in expected and rate_window(exchange, found):
            raise Stopped(f"the rate limit did not pass within its window: {exchange.said()}")
        if exchange.status == 429 and not again and quota(exchange) and not judge(found, exchange, {429})[1]:
            self._seen[operation].add(429)
            raise Stopped(f"the plan does not allow the runs that --allow-writes makes: {exchange.said()}")
        value, problems = judge(found, exchange, expected, taken=self.taken(path))
        problems += self._new_request_id(exchange)
        self._remember(found, exchange, value, sent)
        _collect_times(operation, value, self.times)
        if problems or not quiet:
            words = " or ".join(
                f"{status} {found.responses[status]['description'].strip()}" for status in sorted(expected)
            )
            self._note(finding(promise, operation, exchange, words, problems))
        self._still_there(exchange)
        if problems:
            return Answer(found, exchange, None, good=False)
        if exchange.status is not None:
            self._seen[operation].add(exchange.status)
        return Answer(found, exchange, value, good=True)

    def _request_id(self, count: int) -> str:
        """One of its own for each request; every other time one that is long and of every kind of character."""
        plain = f"{self.mark}-{self._serial}"
        if count % 4 == 3:
            return plain
        return f"{plain}/Contract.Check:aB~!*+=@_|^  {'x' * (280 if count % 8 == 1 else 120)}Z"

    def _still_there(self, exchange: Exchange) -> None:
        """Stop where nothing answers any more; one operation that never does is a violation of its own."""
        self._silent = self._silent + 1 if exchange.status is None else 0
        if self._silent >= SILENCE:
            listing = self.operations["list_session_eval_runs"]
            if self.wire.send(listing, listing.path, query={"limit": 1}, headers=self._named()).status is None:
                raise Stopped(f"nothing answers any more: {exchange.error}")
            self._silent = 0

    def claim(
        self,
        promise: str,
        answer: Answer,
        problems: Callable[[], Iterable[Problem]] | Iterable[Problem],
        *,
        quiet: bool = False,
    ) -> bool:
        """Note what else holds of an answer that kept its schema; whether it does.

        Args:
            promise: As of `ask`.
            answer: What is looked at; nothing is noted where it broke the contract already.
            problems: What is wrong with it, found when asked for.
            quiet: Note violations only.
        """
        if not answer.good:
            return False
        try:
            found = list(problems() if callable(problems) else problems)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            found = [Problem("values that can be worked with", f"{type(error).__name__}: {error}")]
        if found or not quiet:
            self._note(finding(promise, answer.operation.id, answer.exchange, promise, found))
        return not found

    def violated(self, promise: str, operation: str, exchange: Exchange, expected: str) -> None:
        """Note a violation that one exchange shows, however right it is by itself."""
        self._note(finding(promise, operation, exchange, expected, [Problem(expected, exchange.came)]))

    def met(self, operations: Iterable[str], status: int) -> None:
        """Remember that a documented answer was seen for these operations, too: they share a path."""
        for operation in operations:
            self._seen[operation].add(status)

    def note(self, words: str) -> None:
        """Remember what a reader should know and what is not a violation."""
        if words not in self.report.notes:
            self.report.notes.append(words)

    def _note(self, found: Finding) -> None:
        self.report.findings.append(found)
        if not found.agrees and self._fail_fast:
            raise Stopped("it was asked to stop at the first violation")

    def _limited(self, operation: contract.Operation, exchange: Exchange) -> None:
        """The rate limit was met, by others or by an earlier check: its answer is one of the contract's, too."""
        if 429 not in operation.responses or contract.request_id_header() not in operation.responses[429].get(
            "headers", {}
        ):
            self.note(f"a rate limit was met and waited for: {exchange.said()}")
            return
        _, problems = judge(operation, exchange, {429})
        self._seen[operation.id].add(429)
        self._note(finding("the rate limit's 429 is as documented", operation.id, exchange, "429", problems))

    def _new_request_id(self, exchange: Exchange) -> list[Problem]:
        """A request id that the service made up must be a new one."""
        came = exchange.answer.get(contract.request_id_header(), "").strip()
        if not came or exchange.sent(contract.request_id_header()) is not None:
            return []
        problems = (
            [Problem(f"a new {contract.request_id_header()}", f"{came}, as before")] if came in self._given else []
        )
        self._given[came] = exchange.url
        return problems

    def _remember(self, operation: contract.Operation, exchange: Exchange, value: Any, sent: Sequence[Header]) -> None:
        """Note the run that a create made, wanted or not, whatever else is wrong with its answer."""
        runs = self.operations["list_session_eval_runs"].path
        if operation.effect != "creates" or not operation.path.startswith(runs):
            return
        if exchange.status is None or not 200 <= exchange.status < 300:
            return
        if value is None:
            try:
                value = json.loads(exchange.body)
            except ValueError:
                return
        if run_id := _run_id(value):
            project = next((one for one in sent if one.name == self.own.project.name), None)
            self.made[run_id] = self.own if project is None else Pair(self.own.secret, project, self.own.by_key)

    def unreached(self) -> dict[str, list[int]]:
        """Documented statuses that were not met, by operation."""
        return {
            name: missing
            for name, operation in self.operations.items()
            if (missing := sorted(set(operation.responses) - self._seen[name]))
        }

    # --- what this check made -----------------------------------------------------------------------

    def is_ours(self, run: Any) -> bool:
        """Whether a run exists because of this check, by what it was created from."""
        if not isinstance(run, dict):
            return False
        filters = run.get("filters")
        return (
            self.mark in str(run.get("name"))
            or self.mark in json.dumps(filters)
            or (isinstance(filters, dict) and filters.get("retry_of") in self.made)
        )

    def sweep(self) -> list[str]:
        """Find the runs of this check that nobody told it about, such as those of a create whose answer was lost."""
        listing = self.operations["list_session_eval_runs"]
        unknown: list[str] = []
        for pair in (self.own, *self.others):
            exchange = self.wire.send(listing, listing.path, query={"limit": 50}, headers=self._named(pair))
            try:
                items = json.loads(exchange.body)["items"]
                ids = [run_id for run in items if self.is_ours(run) and (run_id := _run_id(run))]
            except (ValueError, TypeError, KeyError):
                continue
            unknown += [one for one in ids if one not in self.made]
            self.made.update({one: pair for one in ids if one not in self.made})
        return unknown

    def adopt(self, page: Exchange, name: str) -> bool:
        """Note the run of a name that the check made, and whether a page of the list has it."""
        try:
            ids = [_run_id(run) for run in json.loads(page.body)["items"] if run["name"] == name]
        except (ValueError, TypeError, KeyError):
            return False
        self.made.update({one: self.own for one in ids if one})
        return any(ids)

    def clean_up(self) -> None:
        """Delete every run of this check, with its scores; note those that stay."""
        delete, get = self.operations["delete_session_eval_run"], self.operations["get_session_eval_run"]
        try:
            self.sweep()
            self.report.runs = sorted({*self.report.runs, *self.made})
            for run_id, pair in list(self.made.items()):
                headers = self._named(pair)
                self.wire.send(delete, self.path(delete, run_id), query={"delete_scores": "true"}, headers=headers)
                if self.wire.send(get, self.path(get, run_id), headers=headers).status == 404:
                    del self.made[run_id]
        finally:
            self.report.left = list(self.made)

    def _named(self, pair: Pair | None = None) -> Sequence[Header]:
        return [*(pair or self.own), Header.plain(contract.request_id_header(), f"{self.mark}-clean-up")]


_TIMES: Final = ("created_at", "completed_at", "updated_at")


def _collect_times(operation: str, value: Any, times: defaultdict[str, set[str]]) -> None:
    """Add the times of an answer's runs and scores."""
    items = value.get("items", [value]) if isinstance(value, dict) else value
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            kind = "score" if "session_id" in item else "run"
            for name in _TIMES:
                if isinstance(item.get(name), str):
                    times[f"{operation}: {name} of a {kind}"].add(item[name])


def _run_id(run: Any) -> str:
    """The id of what should be a run; empty where it has none that could stand in a path."""
    try:
        return str(uuid.UUID(run["id"]))
    except (KeyError, ValueError, TypeError, AttributeError):
        return ""
