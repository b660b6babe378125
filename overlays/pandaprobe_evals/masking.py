"""Takes credentials out of what the other side sent, in whatever form it repeats them; and out of the frames of errors.

What is looked for is any part of a credential that says something (12 characters of it, or all where it is shorter), in any
case, as it is or behind the encodings that pages of errors use: of URLs, JSON, HTML, bytes' reprs, base64, hex, UTF-16.
"""

from __future__ import annotations

import base64
import html
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import unquote

import httpx

from .contract import header

MASK: Final = "***"
"""What stands in place of a credential."""
TELLING: Final = 12
"""Characters of a credential that give it away; fewer are a hint by which to tell keys apart."""
SHORT: Final = 5
"""A credential of so few characters or less is not looked for: it is in every text."""
DEPTH: Final = 3
"""How often a text is decoded, each time by every way."""
LONG: Final = 1000
"""A word of so many characters is decoded once only, since each decoding has many."""
MOST: Final = 256 * 1024
"""Bytes of an error's body that are kept; no service says more in earnest."""

_SLASHES = r"(?<!\\)\\++"
"""As many backslashes as there are, looked at once: a page of nothing else takes no longer than another."""
_WORD = re.compile(
    rf"((?:[^\s\"'<>\\,;&]|&#?\w+;|&|{_SLASHES}(?:u[0-9a-fA-F]{{4}}|x[0-9a-fA-F]{{2}}|/)){{6,}})|{_SLASHES}[^\\]"
)
"""What is masked as one, and other escapes, which are left alone: JSON stays JSON."""
_ESCAPE = re.compile(rf"{_SLASHES}(?:u([0-9a-fA-F]{{4}})|x([0-9a-fA-F]{{2}})|(/))")
_NUMBER = re.compile(r"&#0*([0-9]{1,7})(?![0-9])|&#[0-9]+")
"""A character by its number, or a number that none has and `int` may refuse."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}[:-]?){6,}")


class Mask:
    """Masks the credentials of one client.

    Args:
        secrets: Gives the credentials in use, as text, each time that there is something to mask.
    """

    def __init__(self, secrets: Callable[[], Iterable[str]]) -> None:
        self._secrets = secrets

    def __call__(self, text: str) -> str:
        """The text without credentials; the same object where there are none in it."""
        known = sorted({secret for secret in self._secrets() if len(secret) > SHORT}, key=len, reverse=True)
        for secret in known:
            if secret.lower() in text.lower():
                text = re.sub(re.escape(secret), MASK, text, flags=re.IGNORECASE)
        parts = {part for secret in known for part in _parts(secret.lower(), min(TELLING, len(secret)))}
        lengths = {len(part) for part in parts}

        def hidden(match: re.Match[str]) -> str:
            word = match[1] or ""
            depth = DEPTH if len(word) < LONG else 1
            return MASK if any(_has(form.lower(), parts, lengths) for form in _forms(word, depth)) else match[0]

        masked = _WORD.sub(hidden, text) if parts else text
        return text if masked == text else masked

    def bytes(self, body: bytes) -> bytes:
        """As for text; bytes that are no text stay as they are."""
        text = body.decode("latin-1")
        masked = self(text)
        return body if masked is text else masked.encode("latin-1")


def _parts(secret: str, length: int) -> Iterator[str]:
    return (secret[start : start + length] for start in range(len(secret) - length + 1))


def _has(text: str, parts: set[str], lengths: set[int]) -> bool:
    return any(text[start : start + length] in parts for length in lengths for start in range(len(text) - length + 1))


def _forms(word: str, depth: int) -> Iterator[str]:
    """A word as it is, and everything that it may stand for."""
    yield word
    if depth:
        for form in {*_decoded(word)} - {word, ""}:
            yield from _forms(form, depth - 1)


def _decoded(word: str) -> Iterator[str]:
    """What a word stands for, by each encoding that it can be in."""
    if "%" in word:
        yield unquote(word, "latin-1")
    if "&" in word:
        yield html.unescape(_NUMBER.sub(lambda found: f"&#{found[1]}" if found[1] else "", word))
    if "\\" in word:
        yield _ESCAPE.sub(lambda found: "/" if found[3] else chr(int(found[1] or found[2], 16)), word)
    if "\0" in word:
        yield word.replace("\0", "")
    for run in _HEX.findall(word):
        digits = re.sub("[:-]", "", run)
        yield bytes.fromhex(digits).decode("latin-1")
        yield bytes.fromhex(digits[1:-1]).decode("latin-1")
    for run in _BASE64.findall(word):
        plain = run.translate({ord("-"): "+", ord("_"): "/"})
        for start in range(4):
            part = plain[start:]
            part = part[:-1] if len(part) % 4 == 1 else part
            yield base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1")


def disarm(request: httpx.Request) -> None:
    """Take the credentials off a request that is done with: what still holds it shows none."""
    for scheme in ("apiKey", "bearer"):
        if (name := header(scheme)) in request.headers:
            del request.headers[name]


def clear_frames(error: BaseException, outer: BaseException | None) -> None:
    """Empty the frames that an error and its causes came through, which held the request; where they ran stays known.

    Frames that still run keep their variables; so do those of `outer`, which was being handled before.
    """
    seen = {id(outer), id(None)}
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        traceback.clear_frames(one.__traceback__)
        todo += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            todo += one.exceptions
