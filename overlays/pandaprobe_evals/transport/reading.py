"""Makes sense of what the network gave: masked first, then held against the contract.

No error shows a credential: what an error is made of is masked here, where it comes in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import unquote
from uuid import UUID

import httpx

from pandaprobe_evals import contract
from pandaprobe_evals.clock import ServiceDate
from pandaprobe_evals.contract import Operation
from pandaprobe_evals.errors import ContractViolation, clip, printable
from pandaprobe_evals.masking import MOST, Mask
from pandaprobe_evals.policy import Answer, Happened, NoAnswer, Unsent, http_date

from .failures import words

_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
OF_THE_BODY = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that tell how a body came, which another has not."""


class Answered(httpx.Response):
    """An answer whose body is at hand once it is read and unpacked."""

    def __init__(
        self,
        status: int,
        headers: Any,
        stream: httpx.SyncByteStream | httpx.AsyncByteStream | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            status, headers=headers, stream=stream or httpx.ByteStream(b""), extensions=dict(extensions or {})
        )
        self._whole: bytes | None = None
        self._value: list[Any] = []

    def hold(self, body: bytes) -> Self:
        """Have this body."""
        self._whole, self.stream = body, httpx.ByteStream(body)
        return self

    @property
    def content(self) -> bytes:
        """The body."""
        return super().content if self._whole is None else self._whole

    def parsed(self, value: Any) -> None:
        """Let who asks for the JSON first have the value, without parsing the body again; the answer does not keep it."""
        self._value = [value]

    def json(self, **options: Any) -> Any:
        """The body as JSON."""
        return self._value.pop() if self._value else super().json(**options)


@dataclass(slots=True, eq=False, repr=False)
class Sent:
    """What came of an attempt, as the network sees it."""

    failure: Unsent | NoAnswer | None = None
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case names."""
    body: bytes = b""
    response: Answered | None = None
    too_large: bool = False
    """Whether the body is larger than allowed, and was not read."""


@dataclass(slots=True, eq=False, repr=False)
class Received:
    """What came of an attempt, understood."""

    sent: Sent
    """As errors and logs may show it."""
    happened: Happened
    response: httpx.Response | None = None
    """What can be given back as it is, where anything can."""
    violation: ContractViolation | None = None
    """How the answer breaks the contract, where it does."""

    @property
    def status(self) -> int | None:
        """The HTTP status; None where no answer came."""
        return self.happened.status if isinstance(self.happened, Answer) else None

    @property
    def request_id(self) -> str | None:
        """The answer's request id, where it has one, as it may be shown."""
        said = self.sent.headers.get(contract.request_id_header().lower())
        return None if said is None else clip(said)


class Reader:
    """Reads the answers to one client.

    Args:
        mask: Masks the client's credentials.
        date: Is told the `Date` of what answers.
        largest: Bytes that an answer may have, unpacked; for what is said of one that has more.
    """

    def __init__(self, mask: Mask, date: ServiceDate, largest: int) -> None:
        self._mask, self._date, self._largest = mask, date, largest

    def read(self, operation: Operation, path: str, sent: Sent, began: float, ended: float) -> Received:
        """Understand what came between two moments of the monotonic clock."""
        sent = self._masked(sent)
        if sent.failure:
            return Received(sent, sent.failure)
        if self._date.wants(ended) and (date := http_date(sent.headers.get("date", ""))):
            self._date.saw(began, ended, date)
        if sent.too_large and sent.status < 300:
            return self._too_large(operation, sent)
        if (models := _models(operation, sent)) is not None:
            assert sent.response is not None
            sent.response.extensions["models"] = models
            return Received(sent, Answer(sent.status, sent.headers, None), sent.response)
        value, unreadable, violation = self._checked(operation, sent)
        if sent.status == 404 and not unreadable and not violation and not _names_it(value, operation, path):
            unreadable = "it does not name what was asked for, so that it is not the service's own"
        if unreadable or violation:
            return self._unsound(operation, sent, value, unreadable, violation)
        assert sent.response is not None
        sent.response.parsed(value)
        return Received(sent, Answer(sent.status, sent.headers, value), sent.response)

    def _masked(self, sent: Sent) -> Sent:
        """What the network gave as errors and logs may show it. The body of a good answer is data, and stays as it came."""
        if sent.failure:
            return Sent(sent.failure._replace(error=printable(self._mask(sent.failure.error))))
        if sent.status < 300:
            name = contract.request_id_header().lower()
            said = sent.headers.get(name, "")
            return sent if _UUID.fullmatch(said) else replace(sent, headers={**sent.headers, name: self._mask(said)})
        assert sent.response is not None
        body = self._mask.bytes(sent.body[:MOST])
        headers = {name: self._mask(text) for name, text in sent.headers.items()}
        said = sent.response.reason_phrase
        if body == sent.body and headers == sent.headers and self._mask(said) == said:
            return sent
        kept = {name: text for name, text in headers.items() if name not in OF_THE_BODY}
        return Sent(None, sent.status, headers, body, Answered(sent.status, kept).hold(body))

    def _too_large(self, operation: Operation, sent: Sent) -> Received:
        wrong = (
            f"{operation.id}'s answer has more than {self._largest:,} bytes, and was not read: ask for less at a time, "
            "such as by page_size=, or allow more by max_answer_bytes="
        )
        if operation.effect == "reads":  # asked again it would be as large
            violation = ContractViolation(wrong, expected="a smaller answer")
            return Received(sent, Answer(sent.status, sent.headers, None), violation=violation)
        return Received(sent, Answer(sent.status, sent.headers, None, wrong))

    def _checked(self, operation: Operation, sent: Sent) -> tuple[Any, str | None, ContractViolation | None]:
        """An answer's JSON, why it cannot be used at all, and how it breaks the contract."""
        try:
            if sent.status in operation.responses:
                media_type = sent.headers.get("content-type", "")
                return contract.check(operation, sent.status, media_type, sent.body), None, None
            if sent.status < 300:
                return None, f"{operation.id} does not answer {sent.status}", None
            return contract.parse_json(sent.body), "undocumented status", None
        except contract.Unreadable as error:
            return None, self._mask(str(error)), None
        except ContractViolation as error:
            told: dict[str, Any] = {
                name: self._mask(getattr(error, name)) for name in ("message", "pointer", "expected", "value")
            }
            return None, None, replace(error, **told)

    def _unsound(
        self, operation: Operation, sent: Sent, value: Any, unreadable: str | None, violation: ContractViolation | None
    ) -> Received:
        """An answer that cannot be used, or breaks the contract: as much of it as an error can be made of."""
        made = _run_id(sent.body) if violation and sent.status < 300 and operation.effect == "creates" else None
        sent.body = self._mask.bytes(sent.body[:MOST])
        if violation and sent.status >= 300:  # the error itself says more than how its body is off
            value, unreadable, violation = lenient(sent.body), str(violation), None
        elif violation and made:
            message = f"{violation.message}; the run is made all the same, its id is {made}: do not create it again"
            violation = replace(violation, message=message, run_id=made)
        elif violation and operation.effect == "creates":
            # What is made is found by what it was created from, as if there had been no answer.
            unreadable, violation = violation.message, None
        answer = Answer(sent.status, sent.headers, value, unreadable)
        if sent.status != 401:
            return Received(sent, answer, violation=violation)
        # Of a gateway, perhaps: a token provider must hear of it all the same.
        said = {"detail": words(answer.body, sent.body.decode(errors="replace"))}
        name = contract.request_id_header().lower()
        known = {name: sent.headers[name]} if name in sent.headers else {}
        return Received(sent, answer, httpx.Response(401, json=said, headers=known))


def _models(operation: Operation, sent: Sent) -> list[Any] | None:
    """A long and sound list, made models piece by piece; None where it is none: what is off is found by reading it whole."""
    if len(sent.body) <= contract.PIECE or sent.status != operation.success:
        return None
    make = getattr(operation.function, "make_item", None)
    if make is None:
        return None
    pieces = contract.check_pieces(operation, sent.status, sent.headers.get("content-type", ""), sent.body)
    try:
        return [make(item) for items in pieces for item in items]
    except (contract.Unreadable, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None


def lenient(body: bytes) -> Any:
    """A body as JSON; None where it is none."""
    try:
        return contract.parse_json(body)
    except contract.Unreadable:
        return None


def _names_it(body: Any, operation: Operation, path: str) -> bool:
    """Whether a 404 is the service's own: it names what was asked for in the path, as no page of anybody else does."""
    said = body.get("detail") if isinstance(body, Mapping) else None
    parts = zip(operation.path.split("/"), path.split("/"), strict=False)
    asked = [unquote(part) for place, part in parts if place.startswith("{")]
    return isinstance(said, str) and any(
        re.search(rf"(?<!\w){re.escape(each)}(?!\w)", said, re.IGNORECASE) for each in asked
    )


def _run_id(body: bytes) -> str | None:
    """The id of the run that an answer tells of, in whatever state the rest of it is."""
    said = lenient(body)
    try:
        return str(UUID(said["id"])) if isinstance(said, Mapping) else None
    except (KeyError, ValueError, AttributeError, TypeError):
        return None
