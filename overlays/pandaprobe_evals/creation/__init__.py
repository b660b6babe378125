"""One create, one thing made: what to do when the answer to a create is lost."""

from .flow import (
    DOUBT,
    SCOPES,
    Before,
    CallLog,
    Intent,
    Registry,
    _registries,
    before_flow,
    create_flow,
    registry_for,
    resolve_answered_flow,
    resolve_flow,
)

__all__ = [
    "DOUBT",
    "SCOPES",
    "Before",
    "CallLog",
    "Intent",
    "Registry",
    "_registries",
    "before_flow",
    "create_flow",
    "registry_for",
    "resolve_answered_flow",
    "resolve_flow",
]
