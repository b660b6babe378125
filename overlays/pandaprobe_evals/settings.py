"""Where the client's settings come from: the vendor's environment variables, and two of our own for the token mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from . import checks
from .auth import ApiKey, BearerToken, Credentials, Secret, check_address
from .errors import InvalidArgument

API_KEY = "PANDAPROBE_API_KEY"
PROJECT_NAME = "PANDAPROBE_PROJECT_NAME"
TOKEN = "PANDAPROBE_TOKEN"  # noqa: S105  (a variable's name)
PROJECT_ID = "PANDAPROBE_PROJECT_ID"
ENDPOINT = "PANDAPROBE_ENDPOINT"
TIMEOUT = "PANDAPROBE_TIMEOUT"

_MODES = ((API_KEY, PROJECT_NAME), (TOKEN, PROJECT_ID))


@dataclass(frozen=True)
class Settings:
    """What the environment says; None where it says nothing."""

    auth: Credentials
    base_url: str | None = None
    timeout: float | None = None


def from_env(environ: Mapping[str, str]) -> Settings:
    """Read the settings, refusing what could send the wrong thing to the wrong place.

    Raises:
        InvalidArgument: No mode, half a mode or both modes are set, or a value is malformed; the message names the variable.
    """
    given = {name for mode in _MODES for name in mode if environ.get(name, "").strip()}
    complete = [mode for mode in _MODES if given.issuperset(mode)]
    if len(complete) > 1 or (len(complete) == 1 and given - set(complete[0])):
        raise InvalidArgument(
            f"{', '.join(sorted(given))} are set, of both ways to authenticate, and the service would silently "
            f"use one of them; keep either {' and '.join(_MODES[0])}, or {' and '.join(_MODES[1])}"
        )
    if not complete:
        missing = [name for mode in _MODES if given.intersection(mode) for name in mode if name not in given]
        if missing:
            raise InvalidArgument(
                f"{', '.join(sorted(given))} needs {' and '.join(missing)} beside it, which is not set"
            )
        raise InvalidArgument(f"no credentials: set {' and '.join(_MODES[0])}, or {' and '.join(_MODES[1])}")
    secret, scope = (Secret(environ[complete[0][0]].strip()), environ[complete[0][1]].strip())
    auth, wrong = _credentials(complete[0], secret, scope)
    if auth is None:
        raise InvalidArgument(wrong)
    endpoint = _endpoint(environ.get(ENDPOINT, "").strip())
    return Settings(auth, endpoint, _timeout(environ.get(TIMEOUT, "").strip()))


def _credentials(mode: tuple[str, str], secret: Secret, scope: str) -> tuple[Credentials | None, str]:
    variables = {"key": mode[0], "token": mode[0], "project": mode[1], "project_id": mode[1]}
    try:
        return (ApiKey if mode[0] == API_KEY else BearerToken)(secret.reveal(), scope), ""
    except InvalidArgument as error:
        argument, _, complaint = error.message.partition(": ")
        return None, f"{variables.get(argument, argument)}: {complaint}"


def _endpoint(text: str) -> str | None:
    if not text:
        return None
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL("")
    try:
        check_address(url, allow_http=True)  # whether plain http may be is an argument of the client, which asks again
    except InvalidArgument as error:
        wrong = error.message.removeprefix("base_url: ")
    else:
        return text
    raise InvalidArgument(f"{ENDPOINT}: {wrong}")


def _timeout(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    return checks.seconds(seconds, TIMEOUT)
