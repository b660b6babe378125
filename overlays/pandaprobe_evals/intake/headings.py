"""What the heading of a column, or a key, looks like."""

from __future__ import annotations

import re
from typing import Final

HEADINGS: Final = {
    *("id", "ids", "uuid", "key", "name", "value", "session", "sessions", "sessionids", "sessionname", "sessionuuid"),
    *("traceid", "threadid", "conversationid", "chatid", "runid", "userid", "user"),
}
"""Words that stand over a column more often than in one, in the form of `plain`."""


def plain(heading: str) -> str:
    """A heading without what people write differently: `Session ID`, `session-id`, `sessionId`."""
    return re.sub(r"[\W_]", "", heading).lower()


def holds(heading: str, target: str) -> bool:
    """Whether a column of this name has the ids of sessions, or of traces, in it."""
    return plain(heading) == f"{target}id"
