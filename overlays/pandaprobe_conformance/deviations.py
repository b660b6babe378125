"""Known differences from the vendor's specifications, each with its reason: `deviations.yaml`, and what it justifies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from pandaprobe_evals import contract
from pandaprobe_evals.address import is_loopback

from .differences import Difference, Document, NotComparable, compare, escaped


@dataclass(frozen=True, slots=True)
class Deviation:
    """Why our contract says something else than a vendor's specification."""

    truth: str
    """What holds on the wire."""
    since: str
    evidence: str
    at: Mapping[str, Any]
    """JSON pointers into our contract, each with what every specification of the vendor says there; `*` is any one step."""
    only: Mapping[str, Mapping[str, Any]]
    """The same for one specification, by its title."""

    def said_by(self, vendor: Document) -> Mapping[str, Any]:
        """What this specification says otherwise, by pointer."""
        title = str((vendor.get("info") or {}).get("title"))
        said = {**self.at, **self.only.get(title, {})}
        return {pointer: what for pattern, what in said.items() for pointer in _pointers(pattern)}


@dataclass(frozen=True, slots=True)
class Drift:
    """What a comparison came to."""

    justified: Sequence[tuple[Difference, Deviation]]
    unexplained: Sequence[Difference]
    stale: Sequence[tuple[str, str, Deviation]]
    """Pointers at which there is no such difference any more, what was said there, and by which deviation."""

    @property
    def ok(self) -> bool:
        """Whether every difference is justified, and every justification needed."""
        return not self.unexplained and not self.stale

    def summary(self) -> str:
        """The result in one sentence."""
        said = f"{len(self.justified)} justified, {len(self.unexplained)} unexplained, {len(self.stale)} no longer so"
        return f"{len(self.justified) + len(self.unexplained)} differences: {said}."


@cache
def load() -> tuple[Deviation, ...]:
    """The list that comes with the package."""
    return parse(resources.files(__package__ or "").joinpath("deviations.yaml").read_text(encoding="utf-8"))


def parse(text: str) -> tuple[Deviation, ...]:
    """A list of deviations, written as YAML.

    Raises:
        NotComparable: An entry is not of the form that `deviations.yaml` describes.
    """
    import yaml

    try:
        return tuple(
            Deviation(one["truth"], one["since"], one["evidence"], dict(one.get("at", {})), dict(one.get("only", {})))
            for one in yaml.safe_load(text)
        )
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise NotComparable(f"the list of deviations is malformed: {error}") from None


def weigh(differences: Iterable[Difference], vendor: Document, deviations: Iterable[Deviation]) -> Drift:
    """Set justifications against the differences of a specification. Pure."""
    reasons: dict[tuple[str, str], Deviation] = {}
    for deviation in deviations:
        reasons |= {(pointer, repr(said)): deviation for pointer, said in deviation.said_by(vendor).items()}
    justified: list[tuple[Difference, Deviation]] = []
    unexplained: list[Difference] = []
    needed: set[tuple[str, str]] = set()
    for one in differences:
        key = (one.pointer, repr(one.vendor))
        if key in reasons:
            justified.append((one, reasons[key]))
            needed.add(key)
        else:
            unexplained.append(one)
    stale = [(pointer, said, why) for (pointer, said), why in reasons.items() if (pointer, said) not in needed]
    return Drift(justified, unexplained, stale)


def _pointers(pattern: str) -> Iterator[str]:
    """The places of our contract that a pointer means, `*` being any one step."""
    if "*" not in pattern:
        yield pattern
        return
    found: list[tuple[str, Any]] = [("", contract.document())]
    for want in pattern.split("/")[1:]:
        found = [
            (f"{pointer}/{step}", inner)
            for pointer, node in found
            if isinstance(node, Mapping)
            for step, inner in ((escaped(key), value) for key, value in node.items())
            if want in ("*", step)
        ]
    yield from (pointer for pointer, _ in found)


def drift(vendor: Document, deviations: Sequence[Deviation] | None = None) -> Drift:
    """Hold a vendor's specification against our contract.

    Args:
        vendor: Its OpenAPI document.
        deviations: Known differences; those of the package where None.

    Raises:
        NotComparable: It is no OpenAPI 3 document.
    """
    known = load() if deviations is None else deviations
    return weigh(compare(contract.document(), vendor), vendor, known)


def read(source: str, *, timeout: float = 30.0, transport: httpx.BaseTransport | None = None) -> Document:
    """A specification from a file, an address of one, or the address of a service, which has it at `/openapi.json`.

    Sends no credentials.

    Raises:
        NotComparable: There is none, or it is neither JSON nor YAML.
    """
    if urlsplit(source).scheme in ("http", "https"):
        return _fetch(source, timeout, transport)
    try:
        return _parse(Path(source).read_text(encoding="utf-8-sig"), source)
    except OSError as error:
        raise NotComparable(f"{source}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise NotComparable(f"{source}: is not UTF-8 text") from None


def _fetch(url: str, timeout: float, transport: httpx.BaseTransport | None) -> Document:
    said = ""
    direct = is_loopback(urlsplit(url).hostname or "")
    with httpx.Client(timeout=timeout, follow_redirects=True, transport=transport, trust_env=not direct) as http:
        for address in (url, f"{url.rstrip('/')}/openapi.json"):
            try:
                response = http.get(address)
                response.raise_for_status()
                found = _parse(response.text, address)
            except httpx.HTTPStatusError as error:
                said = said or f"{address} answers {error.response.status_code}"
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise NotComparable(f"{address} cannot be reached: {error}") from None
            except NotComparable as error:
                said = said or str(error)
            else:
                if "paths" in found:
                    return found
                said = said or f"{address} is not an OpenAPI document: it has no `paths`"
    raise NotComparable(said)


def _parse(text: str, source: str) -> Document:
    import yaml

    try:
        found = json.loads(text)
    except ValueError:
        try:
            found = yaml.safe_load(text)
        except yaml.YAMLError:
            found = None
    if not isinstance(found, dict):
        raise NotComparable(f"{source}: is neither JSON nor YAML of an OpenAPI document")
    return found
