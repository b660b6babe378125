"""docs/deviations.md out of deviations.yaml: `python -m tools.deviations_page` writes it, and a test holds it to that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pandaprobe_conformance import Deviation
from pandaprobe_conformance.deviations import load

PAGE = Path(__file__).resolve().parent.parent / "docs" / "deviations.md"
HEAD = """\
<!-- Written by tools/deviations_page.py from overlays/pandaprobe_conformance/deviations.yaml: edit that. -->

# Where the vendor's specifications differ

The vendor publishes a specification with its documentation, and service 0.5.0 serves another one at `/openapi.json`. Both
say things that are not met on the wire. Our [contract](contract.md) says what is; this page lists every place where it
differs from theirs in the operations on session evaluations, and why ours is right.

[`pandaprobe-evals contract drift`](contract-check.md#against-a-specification) compares. It fails for a difference that is
not on this page, and for one on this page that there is no longer. What only reads differently (words, examples, defaults, a
reference in place of a schema) is not compared.

The pointers lead into `openapi.yaml`, to where a thing is, or would be.
"""


def page() -> str:
    """The page, from the list that comes with the package."""
    return HEAD + "".join(map(_section, load()))


def _section(deviation: Deviation) -> str:
    heading, _, rest = deviation.truth.removesuffix(".").partition(". ")
    words = [
        f"{rest}." if rest else "",
        f"Since: {_sentence(deviation.since)}",
        f"Seen: {_sentence(deviation.evidence)}",
    ]
    tables = [("every specification of the vendor says", deviation.at)]
    tables += [(f"the one with the title `{title}` says", at) for title, at in deviation.only.items()]
    said = "\n".join(_table(head, at) for head, at in tables if at)
    return f"\n## {heading}\n\n{' '.join(filter(None, words))}\n\n{said}"


def _table(head: str, at: Mapping[str, Any]) -> str:
    return f"| at | {head} |\n| --- | --- |\n" + "".join(f"| `{one}` | {_cell(said)} |\n" for one, said in at.items())


def _cell(said: Any) -> str:
    return f"`{str(said).replace('|', chr(92) + '|')}`"


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
