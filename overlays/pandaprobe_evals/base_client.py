"""What both clients are, once: settings checked, pacing, one state for each call, and what to make of an answer."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import httpx
from pandaprobe_evals_api.resources import Attempt, CallOptions

from . import checks, contract
from .address import parse_address
from .auth import Credentials, OverPlainHttp
from .calls import Calls, check_options
from .clock import MACHINE, Clock
from .errors import InvalidArgument
from .flow import Call
from .forks import cached_property, load
from .masking import Mask
from .pacing import Engine, RateLimiters, Snapshot
from .policy import Answer, BackoffPolicy
from .sizes import ENCODINGS, LARGEST
from .transport import CallState, Exchange, answer_error, recorder
from .version import __version__

if TYPE_CHECKING:
    from pandaprobe_evals_api import Client
    from pandaprobe_evals_api.types import Response

    from .settings import Settings

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""For each attempt, where the caller gives none; seconds."""
DEADLINE = 900.0
"""For each call with all its waits, where the caller gives none; seconds."""

Transport = TypeVar("Transport")
Http = TypeVar("Http")


class BaseClient(Generic[Transport, Http]):
    """Everything of a client but how its flows are driven and its connections made."""

    def __init__(
        self,
        auth: Credentials,
        *,
        base_url: str | None = None,
        timeout: float | httpx.Timeout = TIMEOUT,
        deadline: float | None = DEADLINE,
        transport: Transport | None = None,
        http_client: Http | None = None,
        backoff: BackoffPolicy | None = None,
        pacing: str | Engine = "memory",
        rate_limit: tuple[int, float] | None = None,
        share: float = 1.0,
        marker: bool = False,
        allow_http: bool = False,
        clock: Clock | None = None,
        max_answer_bytes: int = LARGEST,
    ) -> None:
        if not isinstance(auth, Credentials):
            raise InvalidArgument(f"auth: must be ApiKey(...) or BearerToken(...), not {type(auth).__name__}")
        url = parse_address(base_url or contract.production_url(), allow_http=allow_http)
        self.base_url = str(url)
        """The service's address, without a slash at its end."""
        self.drift: Counter[str] = Counter()
        """What the service sent that the contract does not know yet, such as `EvalRun.color`, and how often."""
        self._auth = auth
        self._signs: httpx.Auth = OverPlainHttp(auth, url) if allow_http else auth
        self._timeout = checks.timeout(timeout)
        self._where = blake2b(f"{self.base_url}\0{auth.key()}".encode(), digest_size=16).hexdigest()
        self.clock: Clock = clock or MACHINE
        """The time that deadlines, pauses and pacing go by."""
        self._calls = Calls((self._where, auth.project_scope), marker=marker, clock=self.clock)
        self._limiters = self._paced(None if rate_limit is None else checks.rate_limit(rate_limit), share, pacing)
        self.backoff = BackoffPolicy() if backoff is None else _backoff(backoff)
        """The constants of resending and of looking for lost creates, for calls that bring none."""
        self._base_path = url.raw_path.decode("ascii").rstrip("/")
        self._exchange = Exchange(
            base_path=self._base_path,
            limiters=self._limiters,
            backoff=self.backoff,
            deadline=None if deadline is None else checks.seconds(deadline, "deadline"),
            mask=Mask(auth.revealed),
            clock=self.clock,
            largest=checks.integer(max_answer_bytes, "max_answer_bytes", 1, 2**63 - 1),
        )
        if transport and http_client:
            raise InvalidArgument("transport: give either transport= or http_client=, not both")
        self._connect(transport, http_client)

    def _connect(self, transport: Transport | None, http_client: Http | None) -> None:
        """Make the connections, and set `_sender`."""
        raise NotImplementedError

    def _lend(self, api: Client) -> None:
        """Give the generated client the httpx client to send by."""
        raise NotImplementedError

    @cached_property
    def api(self) -> Client:
        """The generated client, with this client's authentication, pacing and policy: hand it to the functions of
        `pandaprobe_evals_api.api`. A create by these may raise `OutcomeUnknown`, and is not looked up.
        """
        made: Client = load("pandaprobe_evals_api.client").Client(base_url=self.base_url)
        self._lend(made)
        return made

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, **options: Any) -> Self:
        """A client by the vendor's environment variables.

        PANDAPROBE_API_KEY with PANDAPROBE_PROJECT_NAME, or PANDAPROBE_TOKEN with PANDAPROBE_PROJECT_ID; optionally
        PANDAPROBE_ENDPOINT and PANDAPROBE_TIMEOUT (seconds). `options` are the class's own and win.

        Raises:
            InvalidArgument: Both modes are set, or half a mode, or a value is malformed; names the variable.
        """
        from .settings import from_env

        return cls(**_settled(from_env(os.environ if environ is None else environ), options))

    @classmethod
    def from_config(cls, path: str | os.PathLike[str] | None = None, **options: Any) -> Self:
        """A client by the same settings as the command line's: the environment, and then the vendor's configuration file.

        Args:
            path: The file, YAML with `api_key`, `project_name`, `endpoint`, `timeout`; None: `~/.pandaprobe/config.yaml`,
                where it is there.
            options: The class's own, which win.

        Raises:
            InvalidArgument: The file cannot be read, or there are no credentials, or half of them; names what to change.
            ModuleNotFoundError: There is a file, and the extra `[cli]`, which reads YAML, is not installed.
        """
        from .settings import from_config

        return cls(**_settled(from_config(os.environ, path), options))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._auth!r}, base_url={self.base_url!r})"

    @property
    def project(self) -> str:
        """The project, as the credentials call it: its name beside an API key, its id beside a token."""
        return self._auth.project_scope

    def rate_limit(self, operation: str = "create_batch_session_eval_run") -> Snapshot | None:
        """Where the rate limit of creates stands, as far as this client knows; sends nothing.

        Args:
            operation: The operation's id in openapi.yaml: one whose path has no parameters.

        Returns:
            The limit and what of it is free; None where requests are not paced.

        Raises:
            InvalidArgument: There is no such operation.
        """
        found = contract.operations().get(operation)
        if found is None or "{" in found.path:
            raise InvalidArgument(f"operation: {operation!r} is not an operation whose path has no parameters")
        limiter = self._limiters.of(operation, self._base_path + found.path)
        return limiter.snapshot() if limiter else None

    def service_time(self) -> tuple[float, float]:
        """The earliest and latest that the `Date` of what answers can be now, seconds since 1970; infinite where none came.

        For people: a proxy may have written it, and nothing is decided by it.
        """
        return self._exchange.date.now()

    def _paced(self, limit: tuple[int, float] | None, share: float, pacing: str | Engine) -> RateLimiters:
        limited = {one.id: limit or one.rate_limit for one in contract.operations().values() if one.rate_limit}
        try:
            own = None if self.clock is MACHINE else self.clock
            return RateLimiters(self._where, limited, share=share, engine=pacing, clock=own)
        except ValueError as error:
            wrong = str(error)
        raise InvalidArgument(f"pacing: {wrong}")

    def _options(self) -> dict[str, Any]:
        """For the httpx client, blocking or not."""
        agent = f"pandaprobe-evals/{__version__} (contract {contract.version()})"
        return {
            "auth": self._signs,
            "base_url": self.base_url,
            "headers": {"User-Agent": agent, "Accept": "application/json", "Accept-Encoding": ENCODINGS},
            "timeout": self._timeout,
            "follow_redirects": False,  # credentials would go along
            "trust_env": False,  # a .netrc must not replace the credentials; the transport below still sees proxies
        }

    def _state(self, call: CallOptions) -> CallState:
        if not call:
            return self._exchange.call_state()
        check_options(call)
        return self._exchange.call_state(
            deadline=None if (deadline := call.get("deadline")) is None else checks.seconds(deadline, "deadline"),
            timeout=None if (timeout := call.get("timeout")) is None else checks.timeout(timeout),
            backoff=None if (backoff := call.get("backoff")) is None else _backoff(backoff),
        )

    def _states(self, call: CallOptions, wait: tuple[float | None] | None) -> Callable[[], CallState]:
        """The state of each request of a call: one for all; for waits, one each, whose deadline the wait's end may cut."""
        state = self._state(call)
        if wait is None:
            return lambda: state
        until = math.inf if wait[0] is None else self.clock.monotonic() + wait[0]

        def fresh() -> CallState:
            state = self._state({})
            state.deadline = min(state.deadline, max(until, self.clock.monotonic() + 0.5))
            return state

        return fresh

    def _page_states(self, call: CallOptions) -> Callable[[], CallState]:
        """The state of each page of a list, which has attempts of its own; a deadline that is said is that of all pages."""
        if call.get("deadline") is None:
            return lambda: self._state(call)
        whole = self._state(call)
        return lambda: whole.briefly(math.inf)

    def _take(self, call: Call, state: CallState, response: Response[Any]) -> Any:
        """The parsed success of an answer.

        Raises:
            APIStatusError: It is an error.
        """
        operation = contract.operations()[call.operation.__name__.rpartition(".")[2]]
        status = int(response.status_code)
        if status != operation.success:
            body = contract.parse_json(response.content) if "json" in response.headers.get("content-type", "") else None
            raise answer_error(
                Answer(status, response.headers, body),
                response.content,
                missing=operation.missing,
                operation=operation.id,
                method=operation.method,
                path=self._base_path + operation.path.format(**call.arguments),
                request_id=state.attempts[-1].request_id,
                **state.ledger(),
            )
        for unknown in contract.drift(response.parsed):
            self.drift[unknown] += 1
        return response.parsed

    @contextmanager
    def recording(self) -> Generator[list[Attempt]]:
        """Collect every request that is made within the block, by this thread or task, whatever comes of it."""
        attempts: list[Attempt] = []
        outer = recorder.set(attempts)
        try:
            yield attempts
        finally:
            recorder.reset(outer)


def _backoff(value: object) -> BackoffPolicy:
    if not isinstance(value, BackoffPolicy):
        raise InvalidArgument(f"backoff: must be a BackoffPolicy, not {type(value).__name__}")
    return value


def _settled(found: Settings, options: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {"auth": found.auth, "base_url": found.base_url}
    if found.timeout is not None:
        given["timeout"] = found.timeout
    return {**given, **options}
