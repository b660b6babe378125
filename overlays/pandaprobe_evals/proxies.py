"""The proxy that the environment names for an address: read strictly, and only where it is used.

Httpx reads all of them when a client is made, so that one it does not understand breaks clients that have no use for it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import ipaddress
import os
import re
from typing import NamedTuple
from urllib.request import getproxies, proxy_bypass

import httpx

from .address import QUOTES, is_loopback, numeric, wrong_host, wrong_port
from .errors import InvalidArgument

SCHEMES = ("http", "https", "socks5", "socks5h")
"""The kinds of proxies that httpx speaks."""
_PORTS = {"http": 80, "https": 443}


class EnvironmentProxy(NamedTuple):
    """A proxy of the environment."""

    url: httpx.URL
    source: str
    """What names it, such as `HTTPS_PROXY`."""


def proxy_for(url: httpx.URL) -> EnvironmentProxy | None:
    """The proxy for an address; None where it is reached without one, as this machine always is.

    Raises:
        InvalidArgument: What is named cannot be used; the message names the variable.
    """
    host, named = url.raw_host.decode(), getproxies()
    name = next((name for name in (url.scheme, "all") if named.get(name)), None)
    if name is None or is_loopback(host):
        return None
    if _excepted(host, url.port or _PORTS[url.scheme], named.get("no", "")) or proxy_bypass(host):
        return None
    variables = (f"{name}_proxy", *(key for key in os.environ if key.lower() == f"{name}_proxy"))
    source = next((key for key in variables if os.environ.get(key)), f"the system's {name} proxy")
    return EnvironmentProxy(_read(named[name], source), source)


def _read(text: str, source: str) -> httpx.URL:
    """The proxy's address; never shown as given, since it may hold a password."""
    text = text.strip()
    try:
        url = httpx.URL(text if "://" in text else f"http://{text}")
        wrong = wrong_port(url.port) or wrong_host(url.raw_host.decode()) if url.raw_host else "it has no host"
    except (httpx.InvalidURL, UnicodeError):
        url, wrong = httpx.URL(""), "it cannot be read as an address"
    if text[:1] in QUOTES or text[-1:] in QUOTES:
        wrong = "it is in quotes; leave them out"
    elif not wrong and url.scheme not in SCHEMES:
        wrong = f"{url.scheme!r} is not a kind of proxy that can be used, which are {', '.join(SCHEMES)}"
    elif not wrong and url.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        wrong = "a SOCKS proxy needs a package that is not installed: pip install 'httpx[socks]'"
    if wrong:
        raise InvalidArgument(f"{source}: {wrong}. To reach the service without a proxy, list its host in NO_PROXY")
    return url


def _excepted(host: str, port: int, exceptions: str) -> bool:
    """Whether NO_PROXY has a host: by its name or a domain of it, its address or a range that has it, or `*`."""
    return any(
        _matches(host.lower().removesuffix("."), port, entry) for entry in re.split(r"[,\s]+", exceptions.lower())
    )


def _matches(host: str, port: int, entry: str) -> bool:
    place = entry.rpartition("://")[2]
    if not place or place == "*":
        return bool(place)
    address = numeric(host)
    try:
        network = ipaddress.ip_network(re.sub(r"^\[(.*)\](/\d+)?$", r"\1\2", place), strict=False)
    except ValueError:  # it is a name, or comes with a port
        network = None
    if address and network:
        mapped = ipaddress.IPv6Address(f"::ffff:{address}") if address.version == 4 else address
        return address in network or mapped in network
    name, _, digits = place.rpartition(":")
    if digits.isdigit() and (":" not in name or name.endswith("]")):
        return int(digits) == port and _matches(host, port, name)
    domain = place.strip("[]").removeprefix("*").removeprefix(".").removesuffix(".")
    with contextlib.suppress(httpx.InvalidURL, UnicodeError):
        domain = httpx.URL(f"http://{domain}").raw_host.decode()  # in ASCII, as the host is
    return host == domain or host.endswith(f".{domain}")
