"""Is this tree ready to be released as a tag? `make release-check TAG=v0.2.0`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def problems(tag: str, root: Path = ROOT) -> list[str]:
    """What keeps a tag from being released."""
    code = (root / "overlays" / "pandaprobe_evals" / "version.py").read_text(encoding="utf-8")
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    api = (root / "api.txt").read_text(encoding="utf-8").partition("\n")[0]
    version = re.search(r'^__version__ = "(.+)"$', code, re.MULTILINE)
    number = version[1] if version else "nothing"
    wrong = []
    if tag != f"v{number}":
        wrong.append(f"the tag is {tag!r}, and __version__ is {number}: the tag must be v{number}")
    heading = re.search(rf"^## \[{re.escape(number)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE)
    if not heading:
        wrong.append(f"CHANGELOG.md has no heading '## [{number}] - YYYY-MM-DD'")
    unreleased = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if unreleased and unreleased[1].strip():
        wrong.append("CHANGELOG.md has entries under [Unreleased]: move them below the new version's heading")
    if f" {number}:" not in api:
        wrong.append("api.txt is of another version: make api")
    return wrong


if __name__ == "__main__":
    found = problems(sys.argv[1] if len(sys.argv) > 1 else "")
    print(*found or ["ready"], sep="\n")
    sys.exit(1 if found else 0)
