"""The service's address as it was given: read strictly, since whatever a lenient reader makes of it is sent the key."""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache

import httpx

from .errors import InvalidArgument, clip

QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"
"""What values are wrapped in when they were copied out of a file with its quotes."""

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


def numeric(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is, as IPv4 where it is one, however it is written; None where it is a name."""
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        pass
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address


@lru_cache(64)
@lru_cache(256)
def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine, however it is written: `127.1`, `0x7f.1` and `2130706433` are, too."""
    name = host.lower().strip("[]").removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = numeric(name)
    if address is None:
        return False
    return address.is_loopback or address.is_unspecified  # a connection to 0.0.0.0 or :: is one to this machine


def check_address(url: httpx.URL, *, allow_http: bool) -> None:
    """Refuse an address that credentials must not be sent to.

    Raises:
        InvalidArgument: It is not http(s), carries a password, or is plain http to another machine.
    """
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise InvalidArgument("base_url: is not an http or https address, such as https://api.example.com")
    shown = f"{url.scheme}://{url.raw_host.decode()}"
    if url.userinfo:
        raise InvalidArgument(f"base_url: {shown} comes with a user name or password in it; give credentials by auth=")
    if url.scheme == "http" and not allow_http and not is_loopback(url.raw_host.decode()):
        raise InvalidArgument(
            f"base_url: credentials are not sent over plain http to {shown}; use https, or pass allow_http=True"
        )


def parse_address(text: object, *, allow_http: bool) -> httpx.URL:
    """The service's address, without a slash at its end.

    Raises:
        InvalidArgument: It is not one, or not one that credentials may be sent to; the message begins with `base_url: `.
    """
    if not isinstance(text, str):
        raise InvalidArgument(f"base_url: must be a str, not {type(text).__name__}")
    if wrong := _wrong_text(text):
        raise InvalidArgument(f"base_url: {wrong}")
    try:
        url = httpx.URL(text.rstrip("/"))
        check_address(url, allow_http=True)
        wrong = wrong_host(url.raw_host.decode()) or wrong_port(url.port)
        assert wrong or url.host  # which is read only now, and may be no IDNA
    except (httpx.InvalidURL, UnicodeError) as error:
        url, wrong = httpx.URL(), f"{_shown(text)} cannot be read{'' if '@' in text else f': {error}'}"
    if wrong:
        raise InvalidArgument(f"base_url: {wrong}")
    check_address(url, allow_http=allow_http)
    return url


def _wrong_text(text: str) -> str:
    """What is wrong with an address before it is taken apart; empty where nothing is."""
    if text[:1] in QUOTES or text[-1:] in QUOTES:
        return f"{_shown(text)} is in quotes; leave them out"
    if any(character.isspace() or not character.isprintable() for character in text):
        return f"{_shown(text)} has white space or a control character in it; take it out"
    scheme, colon, rest = text.partition("://")
    if not colon:
        return f"{_shown(text)} has no scheme; write {_guessed(text)}"
    if scheme.lower() not in ("http", "https"):
        return f"{_shown(text)} is not an http or https address, such as https://api.example.com"
    for mark, name in (("?", "query"), ("#", "fragment")):
        if mark in rest:
            return f"{_shown(text)} has a {name}; leave out everything from the {mark!r} on"
    if "://" in rest:
        return f"{_shown(text)} has two schemes; leave one out"
    if "\\" in rest:
        return f"{_shown(text)} has a backslash; write /"
    return ""


def wrong_host(host: str) -> str:
    """What is wrong with a host name that the resolver would fail on; empty where nothing is."""
    if ":" in host:
        if "%" in host:
            return (
                f"{clip(host, 80)!r} names a network interface after its '%', which is not part of an address for "
                "others; use a host name, or an address without it"
            )
        return ""  # httpx has read it as an IPv6 address
    name = host.removesuffix(".")
    if len(name) > 253:
        return f"the host name {clip(host, 60)!r} has {len(name)} characters; 253 is the most"
    for label in name.split("."):
        if not label:
            return f"the host name {clip(host, 80)!r} has an empty part between its dots"
        if len(label) > 63:
            return f"the host name's part {clip(label, 60)!r} has {len(label)} characters; 63 is the most"
        if not _LABEL.fullmatch(label):
            return (
                f"the host name {clip(host, 80)!r} has a character that host names cannot have, or '-' at an end of "
                "a part"
            )
    return ""


def wrong_port(port: int | None) -> str:
    """What is wrong with a port; a blocking connect takes it modulo 65536. Empty where nothing is."""
    return "" if port is None or 1 <= port <= 65_535 else f"port {port} is not one from 1 to 65535"


def _guessed(text: str) -> str:
    """The address that one without a scheme was meant to be."""
    place = text.lstrip(":/").rpartition("@")[2].partition("?")[0].partition("#")[0]
    host = place.partition("/")[0].partition(":")[0]
    if not host or host in ("http", "https") or not set(".:/") & set(place):
        return "it like https://api.example.com"
    return f"{'http' if is_loopback(host) else 'https'}://{clip(place, 80)}"


def _shown(text: str) -> str:
    """An address as it may be shown: without what could be a password, a token or a key."""
    scheme, colon, rest = text.partition("://")
    if not colon:
        scheme, rest = "", text
        if len(text) > 40 and not set("./:") & set(text):
            return "what was given"
    place = rest.rpartition("@")[2].partition("?")[0].partition("#")[0]
    return clip(repr(f"{scheme}{colon}{place}"), 120)
