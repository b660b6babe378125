"""Answers that did not come from the service: what each says of the network in between, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body")
LOGIN = 511
"""Status of a network that lets nothing through before somebody logs in. Nothing behind it has seen the request."""


def is_page(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer is a web page."""
    return "html" in headers.get("content-type", "") or body.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES)


def told(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """What an answer means that the service itself does not give, as a sentence or two; empty where it may be its own."""
    if status in (301, 302, 303, 307, 308):
        where = _origin(headers.get("location", ""))
        return f"a redirect{where}, which is not followed, since credentials would go along; correct base_url"
    if status == 304:
        return (
            "Not Modified, although nothing was asked that could be answered so: a cache in between is at fault. Is "
            "base_url the service's own address?"
        )
    if 300 <= status < 400:
        return "neither an answer of the service nor a redirect: something else answers at base_url; correct it"
    if status == LOGIN:
        return (
            "this network wants a login before it lets anything through (a captive portal): open any page in a browser, log "
            "in, then try again"
        )
    if status == 407:
        return (
            "the proxy wants a name and a password: put them into its address, in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY"
        )
    if status < 300 and is_page(headers, body):
        return "A proxy or login page answers in the service's place; is the address right?"
    if status == 206:
        return "Part of an answer, although the whole was asked for: a cache or proxy in between is at fault"
    if status < 300:
        return "Does something else answer in the service's place? Is the address right?"
    return ""


def _origin(location: str) -> str:
    """Where a redirect leads: only its scheme and host, since the rest is somebody else's text and may hold a token."""
    try:
        url = httpx.URL(location)
    except (httpx.InvalidURL, UnicodeError):
        return ""
    host = url.raw_host.decode()
    return f" to {url.scheme}://{host}" if url.scheme in ("http", "https") and host else ""
