"""One create makes one thing, even when the answer to it is lost.

The service knows no idempotency key, but what it made repeats what it was made from. So a lost create is looked for among
the newest of its list, and adopted if it is there. It is sent again only when it is certain that it made nothing: no item
that could be its own has come over a settle time, since a request can still commit after its connection broke.

Which items were there before is told by the service alone, never by a clock of this machine or a header: by the newest items
as they stood before the create was sent (`Before`), and by what the service stamped on items of this process since. Where an
item matches and its stamp does not tell whether it was there before, the outcome is unknown, and said to be.

What is a create, where it is listed and what identifies it there is data of `openapi.yaml` (`x-effect`, `x-lookup`). The
parts: `kind` reads that, `intent` is one create, `stamps` the service's times, `in_flight` what this process has under way,
`lookup` the search, `flow` the whole.
"""

from .context import Context
from .flow import create_flow, resolve_answered_flow, resolve_flow
from .in_flight import Registry, registry_for
from .intent import Intent
from .kind import kind_of
from .lookup import look_before
from .stamps import Before

__all__ = [
    "Before",
    "Context",
    "Intent",
    "Registry",
    "create_flow",
    "kind_of",
    "look_before",
    "registry_for",
    "resolve_answered_flow",
    "resolve_flow",
]
