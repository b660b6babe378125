"""Who is asking, and for which project: the two modes, each of two headers."""

import re
import uuid
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from .limits import Plan
from .store import Store

__all__ = [
    "API_KEY",
    "DEFAULT_ORG",
    "EXPIRED_API_KEY",
    "FORBIDDEN_API_KEY",
    "HOBBY_API_KEY",
    "INACTIVE_API_KEY",
    "PROJECT_ID",
    "PROJECT_NAME",
    "TOKEN",
    "Caller",
    "authenticate",
    "plan_of",
    "prepare",
]

API_KEY = "sk_pp_" + "5a" * 32
"""A key of an organization whose plan allows everything."""
EXPIRED_API_KEY = "sk_pp_" + "ee" * 32
FORBIDDEN_API_KEY = "sk_pp_" + "f0" * 32
"""A key that is good, and allows nothing. No such key was seen of the real service."""
HOBBY_API_KEY = "sk_pp_" + "b0" * 32
"""A key of an organization with 10 session evaluations in all."""
INACTIVE_API_KEY = "sk_pp_" + "1a" * 32
"""A key of an organization that does not pay."""
TOKEN = "sandbox-token"
"""A bearer token of the organization of `API_KEY`."""
PROJECT_ID = "5a5a5a5a-0000-4000-8000-5a5a5a5a5a5a"
"""The id of the project named `PROJECT_NAME` of that organization."""
PROJECT_NAME = "sandbox"

DEFAULT_ORG = "sandbox-org"
_KEYS = {API_KEY: DEFAULT_ORG, HOBBY_API_KEY: "hobby-org", INACTIVE_API_KEY: "inactive-org"}
_TOKENS = {TOKEN: DEFAULT_ORG}
_PLANS = {
    "hobby-org": Plan("HOBBY", {"session_evals": 10, "trace_evals": 100}),
    "inactive-org": Plan("PRO", active=False),
}
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 \-_.']*[A-Za-z0-9])?")

_MISSING = "Missing credentials. Provide Authorization: Bearer <token> (with X-Project-ID) or X-API-Key header."
_UNKNOWN_KEY = "Invalid or revoked API key."
_FORBIDDEN = "You do not have permission to perform this action."
_EXPIRED_KEY = "API key has expired. Please generate a new one."
_UNKNOWN_TOKEN = "Sandbox token verification failed: unknown token."
_NO_PROJECT = "Project scope required. Provide X-Project-ID (Bearer) or X-Project-Name (API key)."
_BAD_NAME = (
    "X-Project-Name must start and end with a letter or digit and contain only letters, digits, spaces, "
    "hyphens, underscores, dots, or apostrophes."
)
_LONG_NAME = "X-Project-Name must be at most 255 characters."
_BAD_ID = "X-Project-ID must be a valid UUID."
_FOREIGN_ID = "Project not found or does not belong to your organization."


@dataclass(frozen=True, slots=True)
class Caller:
    """An organization and one of its projects."""

    org: str
    project_id: str

    @property
    def plan(self) -> Plan:
        """What the organization has paid for."""
        return plan_of(self.org)


def plan_of(org: str) -> Plan:
    """Return the organization's plan."""
    return _PLANS.get(org, Plan("PRO"))


def prepare(store: Store) -> None:
    """Make the project that `PROJECT_ID` names."""
    store.project(DEFAULT_ORG, PROJECT_NAME, PROJECT_ID)


def authenticate(headers: Headers, store: Store) -> Caller:
    """Find the caller; with both modes sent the key wins, and the token is not even looked at."""
    if key := headers.get("x-api-key"):
        if key == EXPIRED_API_KEY:
            raise HTTPException(401, _EXPIRED_KEY)
        if key == FORBIDDEN_API_KEY:
            raise HTTPException(403, _FORBIDDEN)
        if key not in _KEYS:
            raise HTTPException(401, _UNKNOWN_KEY)
        return Caller(_KEYS[key], _by_name(headers, _KEYS[key], store))
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise HTTPException(401, _MISSING)
    if token.strip() not in _TOKENS:
        raise HTTPException(401, _UNKNOWN_TOKEN)
    org = _TOKENS[token.strip()]
    return Caller(org, _by_id(headers, org, store))


def refusal(headers: Headers) -> str:
    """Return the words with which a credential that was good is refused."""
    return _UNKNOWN_KEY if headers.get("x-api-key") else _UNKNOWN_TOKEN


def _by_name(headers: Headers, org: str, store: Store) -> str:
    name = headers.get("x-project-name", "").strip()
    if not name:
        raise HTTPException(422, _NO_PROJECT)
    if len(name) > 255:
        raise HTTPException(422, _LONG_NAME)
    if not _NAME.fullmatch(name):
        raise HTTPException(422, _BAD_NAME)
    return store.project(org, name)


def _by_id(headers: Headers, org: str, store: Store) -> str:
    text = headers.get("x-project-id", "")
    if not text:
        raise HTTPException(422, _NO_PROJECT)
    try:
        project_id = str(uuid.UUID(text))
    except ValueError:
        raise HTTPException(422, _BAD_ID) from None
    if not store.has_project(org, project_id):
        raise HTTPException(422, _FOREIGN_ID)
    return project_id
