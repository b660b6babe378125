"""Points in time as they are typed: `24h`, `yesterday`, `2026-11-22`. One parser, for every option that takes one. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from . import values

FORMS = (
    "24h or 7d (so long ago), today or yesterday (as it began), a date or a time such as 2026-11-22T08:30; all in UTC"
)


def moment(text: str | datetime, now: datetime | None = None) -> datetime:
    """A point in time, in UTC where it does not say otherwise.

    Args:
        text: `5m`, `24h`, `7d`: so long before now; `now`; `today`, `yesterday`: as that day began; an ISO 8601 date, as it
            began; an ISO 8601 time.
        now: The present; None for this machine's.

    Raises:
        typer.BadParameter: It has another form.
    """
    if isinstance(text, datetime):
        return text
    given, now = text.strip(), now or datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    words = {"now": now, "today": midnight, "yesterday": midnight - timedelta(days=1)}
    if given.lower() in words:
        return words[given.lower()]
    try:
        if given.lower().endswith(("s", "m", "h", "d")):  # as no ISO 8601 time does
            return now - timedelta(seconds=values.seconds(given))
        found = datetime.fromisoformat(given)
    except (ValueError, typer.BadParameter):
        raise typer.BadParameter(f"{text!r} is not a point in time: give {FORMS}") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


Since = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        metavar="WHEN",
        parser=moment,
        help="Then or later: 24h (ago), yesterday, 2026-11-22, 2026-11-22T08:30; in UTC.",
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", metavar="WHEN", parser=moment, help="Before then, exclusive. As --since."),
]
