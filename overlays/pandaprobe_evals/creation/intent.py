"""What a create is to make: enough to send it, to recognize what it made, and to find out about it in another process."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

from pandaprobe_evals.arguments import Body, arguments_of, checked_value
from pandaprobe_evals.contract import operations
from pandaprobe_evals.errors import InvalidArgument
from pandaprobe_evals.flow import Call
from pandaprobe_evals.forks import cached_property
from pandaprobe_evals.sizes import weight_of_texts

from .kind import ANY, Kind, frozen, kind_of, same_text, texts_in
from .stamps import Before

MARK = "pandaprobe-evals"
"""Key of the mark, where it goes into an object."""
DOUBT = 600.0
"""How far the service's clock may be set between two creates, seconds: an identical item whose stamp is off by less than
this from what a create's own should be is neither adopted nor ruled out."""


@dataclass(frozen=True, kw_only=True)
class Intent:
    """A create, as plain values."""

    operation: str
    """Its id in openapi.yaml."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """What is sent: the parameters by their names, and `body`."""
    marked: bool = False
    """It has a mark that no other create has."""
    not_before: float | None = None
    """What it made has no earlier stamp of the service, seconds since 1970. None: any."""
    not_after: float | None = None
    """And no later one. None: any."""
    not_these: tuple[str, ...] = ()
    """Items that were there before it, or belong to other, identical creates."""
    certain: bool = True
    """Whether the service said so; False where the two times are a guess by this machine's clock."""
    settle: float = 0.0
    """Seconds for which it could still be under way when this was written down."""

    @classmethod
    def of(cls, operation: str, arguments: Mapping[str, Any], **more: Any) -> Intent:
        """By checked arguments, as the generated functions take them."""
        given = {name: str(value) if isinstance(value, UUID) else value for name, value in arguments.items()}
        return cls(operation=operation, arguments=given, **more)

    @classmethod
    def read(cls, create: Mapping[str, Any]) -> Intent:
        """By `OutcomeUnknown.create`, which may have been through JSON.

        Raises:
            InvalidArgument: It is of no create that could be found again.
        """
        names = cls.__dataclass_fields__
        operation = operations().get(str(create.get("operation")))
        if operation is None or operation.lookup is None or not create.keys() <= names.keys():
            raise InvalidArgument(
                "outcome: must be an OutcomeUnknown, or a ContractViolation with a run_id, of a create that can be looked up"
            )
        said: dict[str, Any] = {**create, "not_these": tuple(create.get("not_these", ()))}
        return cls(**said)

    @cached_property
    def kind(self) -> Kind:
        """What the document says of it."""
        return kind_of(self.operation)

    @cached_property
    def place(self) -> tuple[Any, ...]:
        """Where what it makes is listed: equal for creates whose items are in one list."""
        return self.kind.list.id, *sorted(self.kind.listed(self.arguments).items())

    @cached_property
    def asked(self) -> tuple[Any, ...]:
        """What the request says of each field by which an item is compared."""
        return tuple([each.source.value(self.arguments) for each in self.kind.fields])

    @cached_property
    def key(self) -> int:
        """Equal for creates whose items could be taken for one another. What the service rewrites is left out."""
        rewritten = self.kind.rewritten
        return hash(
            (self.operation, *[frozen(each) for index, each in enumerate(self.asked) if index not in rewritten])
        )

    @cached_property
    def resolved(self) -> str | None:
        """What was asked for and is rewritten by the service, such as a model; None where nothing was."""
        return next((asked for index in self.kind.rewritten if (asked := self.asked[index]) is not ANY), None)

    @cached_property
    def weight(self) -> int:
        """About how many bytes an item spends on repeating what was asked for; 1 or more."""
        return max(1, *(weight_of_texts(texts_in(asked)) for asked in self.asked))

    def with_marker(self) -> Intent:
        """The same with a mark at the end of its label that no other create has; unchanged where it takes none.

        Raises:
            InvalidArgument: With the mark, the label is too long.
        """
        mark = self.kind.mark
        if mark is None:
            return self
        import secrets

        body, token = self.arguments["body"], secrets.token_hex(4)
        schema = arguments_of(self.operation)[mark].schema
        if schema.get("type") == "object":
            label: Any = {**body.get(mark, {}), MARK: token}
        else:
            label = f"{body.get(mark) or ''} [{token}]".lstrip()
        checked_value(label, schema, mark)
        return replace(self, arguments={**self.arguments, "body": Body({**body, mark: label})}, marked=True)

    def call(self) -> Call:
        """The generated operation to run, with its arguments."""
        return Call(self.kind.operation.function, dict(self.arguments))

    def made(self, item: Any) -> bool:
        """Whether an item can be what this create made, by everything that it says of itself but its time.

        That it lacks filters does not rule it out: see `unkept`.
        """
        pairs = zip(self.kind.fields, self.asked, strict=True)
        return all(each.same(asked, item) or each.wider(asked, item) for each, asked in pairs)

    def unkept(self, item: Any) -> list[str]:
        """The filters that were asked for and that an item does not repeat: then it evaluates more than was meant."""
        narrowing, fields = self.kind.narrowing, self.kind.fields
        return [name for index in narrowing for name in fields[index].unkept(self.asked[index], item)]

    def is_anothers(self, item: Any) -> bool:
        """Whether an item cannot be what this create made: all its targets are others, or it retries another run."""
        tells = self.kind.tells
        if tells is None:
            return False
        asked, found = self.asked[tells], self.kind.fields[tells].value(item)
        if isinstance(asked, tuple) and isinstance(found, tuple):
            return asked[0] != found[0] and set(asked).isdisjoint(found)
        return found is not None and found != asked

    def is_of_another(self, item: Any, models: frozenset[str]) -> bool:
        """Whether an item can be what an identical create made that asked for one of these, and this one for none."""
        if self.resolved is not None:
            return False
        found = [self.kind.fields[index].value(item) for index in self.kind.rewritten]
        return any(same_text(model, each) for model in models for each in found)

    def where(self, item: Any) -> Literal["within", "near", "far"]:
        """Where an item's stamp lies: where this create's has its own, so near that it cannot be ruled out, or not."""
        earliest, latest = self.kind.stamps(item)
        since = -math.inf if self.not_before is None else self.not_before
        until = math.inf if self.not_after is None else self.not_after
        if self.marked or (since <= latest and earliest <= until):
            return "within"
        near = not self.certain or (since - DOUBT <= latest and earliest <= until + DOUBT)
        return "near" if near else "far"

    def sought(self, before: Before, first_sent: float, settled: float, slack: float) -> Intent:
        """The same with what tells its item from others, where its attempts were sent and over by these times."""
        since, until = first_sent + before.low - slack, settled + before.high + slack
        return replace(
            self,
            not_before=since if math.isfinite(since) else None,
            not_after=until if math.isfinite(until) else None,
            not_these=tuple(sorted(before.known)),
            certain=before.certain,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for `OutcomeUnknown.create`."""
        return asdict(self)
