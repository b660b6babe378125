"""What the resources ask of whoever sends their calls, and what may be said of any one call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypedDict, TypeVar

if TYPE_CHECKING:
    from functools import cached_property as cached_property  # noqa: PLC0414  (exported)
    from pathlib import Path

    import httpx
else:

    class cached_property:  # noqa: N801  (as that of functools)
        """That of functools since Python 3.12: before, it takes a lock, which a forked child may never get."""

        def __init__(self, make: Any) -> None:
            self.make, self.__doc__ = make, make.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self.name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            return instance.__dict__.setdefault(self.name, self.make(instance))


Item = TypeVar("Item")
Page = TypeVar("Page")


class Attempt(NamedTuple):
    """One request as it went: an entry of the ledger that errors and created things carry."""

    at: float
    """When it was sent, seconds since 1970 by this machine's clock."""
    operation: str
    """The operation's id in openapi.yaml."""
    status: int | None
    """The HTTP status; None where no answer came."""
    error: str | None
    """The exception, as text; None where an answer came."""
    seconds: float
    """From sending to the answer or the error."""
    request_id: str | None
    """The answer's X-Request-ID."""
    then: str
    """What was decided, and why, such as `resend: connection refused`."""
    wait: float
    """Seconds of waiting that were decided on before the next request; 0 where none."""
    paced: float = 0.0
    """Seconds that the request waited for the rate limit before it was sent."""


class Backoff(Protocol):
    """The constants of resending, such as `pandaprobe_evals.BackoffPolicy`."""

    @property
    def max_attempts(self) -> int:
        """Sends of one request that fail in a way worth resending."""
        ...


class CallOptions(TypedDict, total=False):
    """What may be said of any one call."""

    deadline: float
    """Seconds for everything: pacing, attempts, waits, looking for a lost create, and for a list all of its pages."""
    timeout: float | httpx.Timeout
    """Seconds for each attempt."""
    backoff: Backoff
    """The constants of resending."""


class CreateOptions(CallOptions, total=False):
    """What may be said of one create that is labelled with a name."""

    marker: bool | None
    """Put a short random mark at the end of the name, so that what is made is told apart for certain from what another
    process creates in the same moment from the same arguments; None for the client's setting."""


class ListOptions(CallOptions, total=False):
    """What may be said of one list, which is read by pages."""

    pages_at_once: int
    """Pages that are read at the same time, at most, 1 to 100; 1, as where nothing is said: each when it is asked for. The
    first is read alone, so that its items are there soon; then 2, 4 and so on, while nothing comes or goes."""


class Sender(Protocol):
    """Sends calls. Arguments come as the caller gave them, by the names of openapi.yaml.

    What returns Any returns the answer or, for asyncio, what to await for it.
    """

    def send(self, operation: str, arguments: Mapping[str, Any], options: CallOptions) -> Any:
        """Check the arguments, call the operation with this id, and return its answer."""
        ...

    def pages(self, operation: str, arguments: Mapping[str, Any], options: ListOptions) -> Callable[[], Any]:
        """Check the arguments of a list; each call of what is returned reads its pages anew: an iterator of them."""
        ...

    def units(self, operation: str, arguments: Mapping[str, Any]) -> int:
        """Check arguments of a create, and say what it would be billed; sends nothing."""
        ...

    def resolve(self, outcome: Any, options: CallOptions) -> Any:
        """What a create made, by the error that it was raised with; None where it made nothing."""
        ...

    def wait(self, tag: str, runs: Any, **options: Any) -> Any:
        """Wait for one run of a resource, or for many, and return how each ended."""
        ...

    def measured(self, tag: str, targets: Iterable[str], options: CallOptions, *, every: bool) -> Any:
        """Look of which targets a run of a resource would measure nothing."""
        ...

    def forget(self, tag: str, measured: Any, copy: str | Path, options: CallOptions) -> Any:
        """Delete, after a copy, the signals that runs measured, and return how many they were."""
        ...


class Paged(Generic[Item, Page]):
    """The items of a list, read page by page as they are asked for. Each item comes once."""

    def __init__(self, pages: Callable[[], Iterator[Any]]) -> None:
        self._pages = pages

    def __iter__(self) -> Iterator[Item]:
        for page in self._pages():
            yield from page.items

    def pages(self) -> Iterator[Page]:
        """The pages themselves."""
        return self._pages()


class AsyncPaged(Generic[Item, Page]):
    """As `Paged`, for `async for`."""

    def __init__(self, pages: Callable[[], AsyncIterator[Any]]) -> None:
        self._pages = pages

    async def __aiter__(self) -> AsyncIterator[Item]:
        async for page in self._pages():
            for item in page.items:
                yield item

    def pages(self) -> AsyncIterator[Page]:
        """The pages themselves."""
        return self._pages()
