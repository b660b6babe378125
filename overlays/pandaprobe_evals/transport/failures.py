"""The errors that calls end with: each is built here, and nowhere else, of what came of the attempts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pandaprobe_evals import strangers
from pandaprobe_evals.contract import Operation
from pandaprobe_evals.errors import (
    APIStatusError,
    AuthenticationError,
    ConnectionFailed,
    ContractViolation,
    FieldProblem,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PandaProbeError,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    ServerError,
    clip,
)
from pandaprobe_evals.policy import Answer, Happened, NoAnswer, Reconcile, Unsent

_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: InvalidRequest,
    401: AuthenticationError,
    403: PermissionDenied,
    404: NotFound,
    422: InvalidRequest,
}


def answer_error(answer: Answer, content: bytes, *, missing: str | None = None, **details: Any) -> APIStatusError:
    """The error for an answer with an error status.

    Args:
        answer: The answer.
        content: Its body as it came, for what is not JSON.
        missing: What a 404 of the service means, where its words do not say it.
        details: Attributes of the error, such as `method` and `attempts`.
    """
    status, unreadable = answer.status, answer.unreadable
    detail = words(answer.body, content.decode(errors="replace"))
    message = f"{status}: {detail}" if detail else f"{status} with an empty body"
    if meaning := strangers.told(status, answer.headers, content) if unreadable else "":
        message = f"{status}: {meaning}"
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else APIStatusError)
    if answer.too_many == "quota":
        kind, message = QuotaExceeded, f"{message} Waiting does not help."
    elif status == 429:
        kind = RateLimited
    elif status == 404 and unreadable:
        kind, message = ServerError, f"{message}. Something in between answers, not the service: is base_url right?"
    elif status == 404 and missing:
        message = f"{message.rstrip('.')}: {missing}"
    elif kind is InvalidRequest:
        details["errors"] = field_problems(answer.body)
    return kind(message, status=status, detail=detail, **details)


def words(body: object, text: str) -> str:
    """The service's own words in an error's body: `detail`, else `error`, else the text itself; clipped."""
    if isinstance(body, Mapping):
        said = body.get("detail", body.get("error"))
        problems = "; ".join(f"{problem.field or 'body'}: {problem.message}" for problem in field_problems(body))
        if isinstance(said, str):
            text = f"{said}: {problems}" if problems else said
    return clip(" ".join(text.split()))


def field_problems(body: object) -> tuple[FieldProblem, ...]:
    """The field/message pairs of a 422's body; empty for its other shape."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    if not isinstance(errors, Sequence) or isinstance(errors, str):
        return ()
    return tuple(
        FieldProblem(clip(str(error.get("field", ""))), clip(str(error.get("message", ""))))
        for error in errors
        if isinstance(error, Mapping)
    )


def too_late(operation: Operation, reopens_in: float, /, *, status: int | None, **details: Any) -> RateLimited:
    """The error for a window that reopens after the deadline."""
    return RateLimited(
        f"the rate limit's window reopens in {reopens_in:.1f} s, after this call's deadline; "
        f"nothing was {'created' if operation.effect == 'creates' else 'done'}. "
        "Try again then, or allow a longer deadline=",
        reopens_in=reopens_in,
        status=status if status == 429 else None,
        **details,
    )


def may_exist(operation: Operation) -> str:
    """What the error for a create that may have been processed ends with; it names what is made, a run or a score, say."""
    made: str = operation.responses[operation.success]["content"]["application/json"]["schema"]["$ref"]
    noun = re.findall("[A-Z][a-z]+", made)[-1].lower()
    return f": the {noun} may have been created all the same"


def to_look_up(
    operation: Operation,
    decision: Reconcile,
    created_from: bytes,
    answered: bytes,
    /,
    *,
    status: int | None,
    **details: Any,
) -> OutcomeUnknown:
    """The error for a create that may have been processed."""
    return OutcomeUnknown(
        f"{decision.reason}{may_exist(operation)}",
        create={"body": created_from.decode(errors="replace")},
        settle=decision.settle,
        wait=decision.delay,
        answer=clip(answered.decode(errors="replace")),
        status=status,
        **details,
    )


def gave_up(
    operation: Operation, happened: Happened, content: bytes, /, *, late: bool, early: bool, **details: Any
) -> PandaProbeError:
    """The error for what was worth another attempt, and gets none.

    Args:
        operation: What was called.
        happened: What came of the last attempt.
        content: The body of the answer, where one came.
        late: Whether it is for the deadline.
        early: Whether it is given up before its attempts are used up, since nothing ever answered.
        details: Attributes of the error.
    """
    why = "the next attempt would come after the deadline" if late else "that was the last attempt"
    if isinstance(happened, Answer):
        if happened.status >= 300:
            return answer_error(happened, content, **details)
        return ContractViolation(
            f"{operation.id} answered {happened.status} with something unreadable: {happened.unreadable}. "
            f"{strangers.told(happened.status, happened.headers, content)}",
            expected="a readable answer",
            readable=False,
            value=clip(content.decode(errors="replace")),
            status=happened.status,
            **details,
        )
    if operation.effect == "deletes" and isinstance(happened, NoAnswer):
        return OutcomeUnknown(
            f"{happened.error}; {why}. It may have been deleted: delete it again, which is safe", create={}, **details
        )
    if isinstance(happened, Unsent) and happened.final:
        return ConnectionFailed(happened.final, final=True, **details)
    return ConnectionFailed(
        f"{happened.error}; {why}. Is the service's address right, and does it run?", final=early, **details
    )
