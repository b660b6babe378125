"""Parts that the sections of a report share: tables, texts of the service, times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType

from .figures import gauge
from .markup import Child, Markup, element, joined

LISTED = 200
"""Rows of a list."""
LONGEST = 1000
"""Characters of a reason."""
LONGEST_NAME = 160
"""Characters of an id, a name, a model."""


def table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Child]],
    *,
    narrow: str = "long",
    classes: Mapping[str, str] = MappingProxyType({}),
) -> Markup:
    """A table whose rows become blocks on a narrow screen. Its roles are said, since browsers forget them then.

    Args:
        caption: What it is, for a screen reader.
        columns: Their titles.
        rows: A cell for each column.
        narrow: The table's class: `long`, or `short` for one that is narrow anyhow.
        classes: By title, the class of a column where it is not the title itself.
    """
    key = next((title for title in ("Session", "Trace") if title in columns), columns[0])
    of = [classes.get(title, title.lower()) for title in columns]
    head = element(
        "tr",
        {"role": "row"},
        *(
            element("th", {"scope": "col", "role": "columnheader", "class": name}, title)
            for title, name in zip(columns, of, strict=True)
        ),
    )
    body = [
        element(
            "tr",
            {"role": "row"},
            *(
                element("th", {"scope": "row", "role": "rowheader", "class": name}, cell)
                if title == key
                else element("td", {"role": "cell", "class": name, "data-title": title}, cell)
                for title, name, cell in zip(columns, of, row, strict=True)
            ),
        )
        for row in rows
    ]
    return element(
        "table",
        {"role": "table", "class": narrow},
        element("caption", {"class": "unseen"}, caption),
        element("thead", {"role": "rowgroup"}, head),
        element("tbody", {"role": "rowgroup"}, *body),
    )


def scored(value: float | Decimal) -> Markup:
    """A score as a number and a bar."""
    return element("span", {"class": "score"}, element("b", {}, f"{value:.3f}"), gauge(value))


def details(title: str, count: int, *content: Child, open: bool) -> Markup:
    """A list that opens and closes, with how long it is."""
    head = element("h3", {}, title, " ", element("span", {"class": "count"}, f"{count:,}"))
    return element("details", {"class": "list", "open": open}, element("summary", {}, head), *content)


def figures(of: Mapping[str, Child]) -> Markup:
    """Numbers, each below its name."""
    every = [element("div", {}, element("dt", {}, name), element("dd", {}, text)) for name, text in of.items()]
    return element("dl", {"class": "figures"}, *every)


def rest(number: int, shown: int, what: str, *, tag: str = "p") -> Markup | None:
    """How many more there are; None where all are shown."""
    return element(tag, {"class": "note"}, f"And {number - shown:,} more {what}.") if number > shown else None


def nothing(text: str) -> Markup:
    """That there is nothing."""
    return element("p", {"class": "nothing"}, text)


def id_of(text: str) -> Markup:
    """An id or a name as it is typed."""
    return element("code", {}, element("bdi", {}, clipped(text)))


def prose(text: str) -> Markup:
    """A text of the service."""
    return element("bdi", {"class": "prose"}, clipped(text, LONGEST))


def names(given: Iterable[str]) -> Markup:
    """Names of the service, with commas."""
    return joined(*(element("bdi", {"class": "item"}, clipped(name)) for name in given))


def clipped(text: str, longest: int = LONGEST_NAME) -> str:
    """Its beginning, with its length where it is longer."""
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text):,} characters)"


def moment(at: datetime) -> Markup:
    """A time, in UTC."""
    there = at.astimezone(UTC)
    return element("time", {"datetime": there.isoformat(timespec="seconds")}, f"{there:%Y-%m-%d %H:%M:%S} UTC")


def duration(seconds: float) -> str:
    """A time span for people."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
