"""Elements of HTML as values: text is escaped unless it is an element already, so that nothing can be forgotten.

    element("p", {"class": "note"}, "a < b ", element("b", {}, "& c"))    # <p class="note">a &lt; b <b>&amp; c</b></p>

A template engine would do the same with a dependency; the standard library's templates would leave the escaping to whoever
writes them. Characters that show as nothing, or that turn the direction of the text around them, are written out as escapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

Attributes = Mapping[str, str | int | float | bool | None]

_VOID = frozenset({"meta", "link", "line", "rect", "path", "circle"})
_CONTROLS = (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0))  # but tab and line ends
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_NO_TEXT = (*range(0xD800, 0xE000), 0xFEFF, 0xFFFE, 0xFFFF)
_HIDDEN = {code: ascii(chr(code))[1:-1] for code in (*_CONTROLS, *_DIRECTIONS, *_NO_TEXT)}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | int | float | None


def element(tag: str, attributes: Attributes | None = None, *children: Child) -> Markup:
    """An element. Attributes that are None or False are left out, True ones stand alone; children that are None as well."""
    given = "".join(
        f" {name}" if value is True else f' {name}="{_escaped(value)}"'
        for name, value in (attributes or {}).items()
        if value is not None and value is not False
    )
    if tag in _VOID:
        return Markup(f"<{tag}{given}/>")
    return Markup(f"<{tag}{given}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Markup:
    """Several, one after the other."""
    return Markup(
        "".join(child if isinstance(child, Markup) else _escaped(child) for child in children if child is not None)
    )


def visible(text: str) -> str:
    """Text in which nothing hides, or turns the direction of what is around it."""
    return text.translate(_HIDDEN)


def _escaped(value: str | float) -> str:
    return escape(visible(str(value)), quote=True)
