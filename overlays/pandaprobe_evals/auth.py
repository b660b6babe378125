"""The two authentication modes, as `httpx.Auth`: each adds its pair of headers, and shows its secret to nobody else.

Invariants: a secret is held by a `Secret`, whose text is dots; it is written into a request's headers and nowhere else; it
leaves only over https, or to this machine; it is never pickled.
"""

from __future__ import annotations

import inspect
import threading
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from hashlib import blake2b
from typing import NoReturn

import httpx

from .address import QUOTES, check_address, is_loopback
from .blocking import finish
from .contract import header, project_name_pattern
from .errors import InvalidArgument
from .forks import tell_of_forks

TokenProvider = Callable[[], str | Awaitable[str]]
"""Returns a token; plain or async. Asked before the first request, and once more after a 401."""


RECENT = 8
"""Tokens of a provider that are masked still after they were renewed."""


class Secret:
    """A text that prints as dots and is not pickled."""

    __slots__ = ("_reveal",)

    def __init__(self, text: str) -> None:
        self._reveal: Callable[[], str] = lambda: text

    def reveal(self) -> str:
        """The text itself."""
        return self._reveal()

    def __repr__(self) -> str:
        return "Secret('...')"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials are not pickled; build the client anew where it is needed")

    def digest(self, *more: str) -> str:
        """A name for the credential that does not give it away."""
        hashed = blake2b(digest_size=16)
        for text in (self.reveal(), *more):
            hashed.update(text.encode("utf-8", "surrogatepass") + b"\0")
        return hashed.hexdigest()


def _sendable(secret: Secret, what: str) -> Secret:
    """Refuse a secret that no header can carry, without showing it."""
    text = secret.reveal() if isinstance(secret.reveal(), str) else ""
    wrong = ""
    if not text:
        wrong = "it must be a str" if secret.reveal() else "it is empty"
    elif text[0] in QUOTES or text[-1] in QUOTES:
        wrong = "it is in quotes; leave them out"
    elif text.startswith(("$", "<", "{")):
        wrong = (
            "it is a placeholder that nothing has filled in, such as $PANDAPROBE_API_KEY in a file that no shell reads"
        )
    elif text[:7].lower() == "bearer ":
        wrong = "leave out the word Bearer, which the client writes"
    elif not (text.isascii() and text.isprintable() and " " not in text):
        wrong = "it has characters that a header cannot carry (white space? a line break?)"
    del text
    if wrong:
        raise InvalidArgument(f"{what}: {wrong}")
    return secret


def _quoted(text: str) -> str:
    """What to say of a text that is in quotes; empty where it is not."""
    return " It is in quotes; leave them out." if text[:1] in QUOTES and text[-1:] in QUOTES and text else ""


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return ""


def _guard(url: httpx.URL, permitted: bytes | None = None) -> None:
    """Refuse a request that credentials must not go along with; over plain http, to this machine or one permitted."""
    if url.scheme != "https" and not (
        url.scheme == "http" and (url.raw_host == permitted or is_loopback(url.raw_host.decode()))
    ):
        check_address(url, allow_http=False)


SyncFlow = Generator[httpx.Request, httpx.Response, None]
AsyncFlow = AsyncGenerator[httpx.Request, httpx.Response]


class Credentials(httpx.Auth):
    """What both modes share: where they go, and that they stay secret."""

    def key(self) -> str:
        """A name for the credential that does not give it away; the rate limit is counted by it."""
        raise NotImplementedError

    @property
    def project_scope(self) -> str:
        """The project, by whatever the mode calls it."""
        raise NotImplementedError

    def revealed(self) -> tuple[str, ...]:
        """The secrets in use, so that they can be masked where something repeats them."""
        raise NotImplementedError

    def sync_auth_flow(self, request: httpx.Request) -> SyncFlow:
        """Add the two headers, where they may go."""
        _guard(request.url)
        return self._sign(request)

    def async_auth_flow(self, request: httpx.Request) -> AsyncFlow:
        """As `sync_auth_flow`, for asyncio."""
        _guard(request.url)
        return self._asign(request)

    def _sign(self, request: httpx.Request) -> SyncFlow:
        raise NotImplementedError

    def _asign(self, request: httpx.Request) -> AsyncFlow:
        raise NotImplementedError

    def __getstate__(self) -> NoReturn:
        raise TypeError("credentials are not pickled; build the client anew where it is needed")


class ApiKey(Credentials):
    """An organization's API key, and the name of the project.

    Args:
        key: The key, `sk_pp_` and 64 hex digits.
        project: The project's name. A name that does not exist yet makes a new, empty project: mind typing errors.

    Raises:
        InvalidArgument: The key cannot be sent, or the name is not one that the service takes.
    """

    project: str = ""
    """The project's name, without white space around it."""

    def __init__(self, key: str, project: str) -> None:
        key = Secret(key)  # type: ignore[assignment]  # from here on, no local holds the text
        self._key = _sendable(key, "key")  # type: ignore[arg-type]  # a Secret by now
        if not isinstance(project, str):
            raise InvalidArgument(f"project: a name is text, not {type(project).__name__}")
        self.project = project.strip()
        if not project_name_pattern().fullmatch(self.project):
            raise InvalidArgument(
                f"project: {project!r} is not a project name.{_quoted(self.project)} One has 1 to 255 letters, digits, "
                "spaces, - _ . ' and begins and ends with a letter or digit"
            )

    def __repr__(self) -> str:
        return f"ApiKey('...', project={self.project!r})"

    def key(self) -> str:
        """A name for the credential that does not give it away."""
        return self._key.digest()

    def revealed(self) -> tuple[str, ...]:
        """The key."""
        return (self._key.reveal(),)

    @property
    def project_scope(self) -> str:
        """The project's name."""
        return self.project

    def _write(self, request: httpx.Request) -> None:
        request.headers[header("apiKey")] = self._key.reveal()
        request.headers[header("projectName")] = self.project

    def _sign(self, request: httpx.Request) -> SyncFlow:
        self._write(request)
        yield request

    async def _asign(self, request: httpx.Request) -> AsyncFlow:
        self._write(request)
        yield request


class BearerToken(Credentials):
    """A token of the identity provider, and the id of the project.

    Args:
        token: The token, or a plain or async callable that returns one. A callable is asked before the first request, and
            once more after a 401: by one caller for all that share this object.
        project_id: The project's id, a UUID.

    Raises:
        InvalidArgument: The token cannot be sent, or the id is no UUID.
    """

    project_id: str = ""
    """The project's id."""

    def __init__(self, token: str | TokenProvider, project_id: str | uuid.UUID) -> None:
        self._provider: TokenProvider | None = token if callable(token) else None
        token = Secret("") if callable(token) else Secret(token)  # type: ignore[assignment]  # as the key above
        self._token: Secret | None = None if self._provider else _sendable(token, "token")  # type: ignore[arg-type]  # a Secret
        self._tokens = deque([self._token] if self._token else [], maxlen=RECENT)
        self.project_id = _uuid(str(project_id))
        if not self.project_id:
            raise InvalidArgument(f"project_id: {str(project_id)!r} is not a valid UUID.{_quoted(str(project_id))}")
        self._forked()
        tell_of_forks(self)

    def _forked(self) -> None:
        """In a forked child nobody is asking the provider."""
        self._lock = threading.Lock()
        self._asking: int | None = None

    def __repr__(self) -> str:
        return f"BearerToken('...', project_id={self.project_id!r})"

    def key(self) -> str:
        """A name for the credential that does not give it away; for a provider, whose tokens change, the project's."""
        return Secret(self.project_id).digest("provider") if self._provider or not self._token else self._token.digest()

    @property
    def project_scope(self) -> str:
        """The project's id."""
        return self.project_id

    def revealed(self) -> tuple[str, ...]:
        """The token and those before it, of which late answers may tell."""
        return tuple(token.reveal() for token in self._tokens)

    def _sign(self, request: httpx.Request) -> SyncFlow:
        """After a 401, ask the provider once and send once more."""
        token = finish(self._write(request, None, _InThread(self)))
        response = yield request
        if response.status_code == 401 and self._provider:
            finish(self._write(request, token, _InThread(self)))
            yield request

    async def _asign(self, request: httpx.Request) -> AsyncFlow:
        """As `_sign`, for asyncio."""
        token = await self._write(request, None, _InTask(self))
        response = yield request
        if response.status_code == 401 and self._provider:
            await self._write(request, token, _InTask(self))
            yield request

    async def _write(self, request: httpx.Request, refused: Secret | None, asker: _Asker) -> Secret:
        token = self._token
        if token is None or token is refused:
            token = await self._renewed(refused, asker)
        request.headers[header("bearer")] = f"Bearer {token.reveal()}"
        request.headers[header("projectId")] = self.project_id
        return token

    async def _renewed(self, refused: Secret | None, asker: _Asker) -> Secret:
        """A new token if `refused` is still the current one. One caller asks, the others wait for its answer."""
        lock = self._lock
        held = await asker.turn(lock)
        try:
            if self._token is None or self._token is refused:
                given = await asker.ask()
                if given is None:
                    raise InvalidArgument("token: an async provider needs AsyncPandaProbe")
                self._tokens.append(_sendable(given, "the token provider's token"))
                self._token = given
            return self._token
        finally:
            if held:
                self._asking = None
                lock.release()


class _Asker:
    """Asks a provider, in a thread or a task; what it gives is text, or an awaitable whose repr may show it: no frame that
    holds it raises.
    """

    def __init__(self, of: BearerToken) -> None:
        self._of = of

    async def turn(self, lock: threading.Lock) -> bool:
        """Wait until nobody else asks; whether the lock is held."""
        raise NotImplementedError

    async def ask(self) -> Secret | None:
        """What the provider gives; None where it would have to be awaited, and cannot."""
        raise NotImplementedError


class _InThread(_Asker):
    async def turn(self, lock: threading.Lock) -> bool:
        # Where a task of this thread's loop is asking, the loop stands still until we return: to wait would be for ever.
        return lock.acquire(blocking=False) or (self._of._asking != threading.get_ident() and lock.acquire())

    async def ask(self) -> Secret | None:
        assert self._of._provider is not None
        given = self._of._provider()
        if inspect.isawaitable(given):
            if inspect.iscoroutine(given):
                given.close()
            return None
        return Secret(given)


class _InTask(_Asker):
    async def turn(self, lock: threading.Lock) -> bool:
        import asyncio

        while not lock.acquire(blocking=False):  # noqa: ASYNC110  (no primitive of asyncio spans loops)
            await asyncio.sleep(0.01)
        self._of._asking = threading.get_ident()
        return True

    async def ask(self) -> Secret | None:
        assert self._of._provider is not None
        given = self._of._provider()
        return Secret(await given if inspect.isawaitable(given) else given)


class OverPlainHttp(httpx.Auth):
    """Credentials as one client may send them over plain http to one host: the leave is the client's, not theirs."""

    def __init__(self, credentials: Credentials, base_url: httpx.URL) -> None:
        self._credentials, self._host = credentials, base_url.raw_host

    def sync_auth_flow(self, request: httpx.Request) -> SyncFlow:
        """As the credentials', for this host."""
        _guard(request.url, self._host)
        return self._credentials._sign(request)

    def async_auth_flow(self, request: httpx.Request) -> AsyncFlow:
        """As the credentials', for this host."""
        _guard(request.url, self._host)
        return self._credentials._asign(request)
