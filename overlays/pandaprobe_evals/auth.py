"""The two authentication modes, as `httpx.Auth`: each adds its pair of headers, and shows its secret to nobody else.

Invariants: a secret is held by a `Secret`, whose text is dots; it is written into a request's headers and nowhere else; it
leaves only over https, or to this machine; it is never pickled.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from hashlib import blake2b
from typing import NoReturn

import httpx

from .address import QUOTES, check_address, is_loopback
from .contract import header, project_name_pattern
from .errors import InvalidArgument

TokenProvider = Callable[[], str | Awaitable[str]]
"""Returns a token; plain or async. Asked before the first request, and once more after a 401."""


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
        wrong = "it has to be text" if secret.reveal() else "it is empty"
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


class Credentials(httpx.Auth):
    """What both modes share: where they go, and that they stay secret."""

    allow_http = False
    """Whether plain http to another machine is allowed; the client sets it."""

    def key(self) -> str:
        """A name for the credential that does not give it away; the rate limit is counted by it."""
        raise NotImplementedError

    @property
    def project_scope(self) -> str:
        """The project, by whatever the mode calls it."""
        raise NotImplementedError

    def guard(self, request: httpx.Request) -> None:
        """Refuse a request that the credentials must not go along with."""
        url = request.url
        if url.scheme != "https" and not (
            url.scheme == "http" and (self.allow_http or is_loopback(url.raw_host.decode()))
        ):
            check_address(url, allow_http=self.allow_http)

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
        self._key = _sendable(key, "key")  # type: ignore[arg-type]
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

    @property
    def project_scope(self) -> str:
        """The project's name."""
        return self.project

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the two headers."""
        self.guard(request)
        request.headers[header("apiKey")] = self._key.reveal()
        request.headers[header("projectName")] = self.project
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
        token = Secret("") if callable(token) else Secret(token)  # type: ignore[assignment]
        self._token: Secret | None = None if self._provider else _sendable(token, "token")  # type: ignore[arg-type]
        self.project_id = _uuid(str(project_id))
        if not self.project_id:
            raise InvalidArgument(f"project_id: {str(project_id)!r} is not a valid UUID.{_quoted(str(project_id))}")
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"BearerToken('...', project_id={self.project_id!r})"

    def key(self) -> str:
        """A name for the credential that does not give it away; for a provider, whose tokens change, the project's."""
        return Secret(self.project_id).digest("provider") if self._provider or not self._token else self._token.digest()

    @property
    def project_scope(self) -> str:
        """The project's id."""
        return self.project_id

    def _write(self, request: httpx.Request, token: Secret) -> None:
        request.headers[header("bearer")] = f"Bearer {token.reveal()}"
        request.headers[header("projectId")] = self.project_id

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the two headers; after a 401, ask the provider once and send once more."""
        self.guard(request)
        token = self._current(None)
        self._write(request, token)
        response = yield request
        if response.status_code == 401 and self._provider:
            self._write(request, self._current(token))
            yield request

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add the two headers; after a 401, ask the provider once and send once more."""
        self.guard(request)
        token = await self._acurrent(None)
        self._write(request, token)
        response = yield request
        if response.status_code == 401 and self._provider:
            self._write(request, await self._acurrent(token))
            yield request

    def _current(self, refused: Secret | None) -> Secret:
        """The token; a new one if `refused` is still the current one. One caller asks, the others wait for its answer."""
        if self._token is not None and self._token is not refused:
            return self._token
        with self._lock:
            if self._token is None or self._token is refused:
                given = self._ask()
                if inspect.isawaitable(given):
                    if inspect.iscoroutine(given):
                        given.close()
                    raise InvalidArgument("token: an async provider needs AsyncPandaProbe")
                self._token = _sendable(Secret(given), "the token provider's token")
            return self._token

    async def _acurrent(self, refused: Secret | None) -> Secret:
        if self._token is not None and self._token is not refused:
            return self._token
        while not self._lock.acquire(blocking=False):  # noqa: ASYNC110  (no primitive of asyncio spans loops)
            await asyncio.sleep(0.01)
        try:
            if self._token is None or self._token is refused:
                given = self._ask()
                self._token = _sendable(
                    Secret(await given if inspect.isawaitable(given) else given), "the token provider's token"
                )
            return self._token
        finally:
            self._lock.release()

    def _ask(self) -> str | Awaitable[str]:
        assert self._provider is not None
        return self._provider()
