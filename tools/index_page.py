"""What a package index shows of the README: there, a relative link leads nowhere. A hook of hatchling, at each build.

With REPOSITORY_URL in the environment, as the release workflow has it, links lead to the files of the tag that is built, and
the index lists the repository; without it, a link is its text and a picture is left out.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(!?)\[([^\]\n]*)\]\((?!https?:|#)([^)\s]+)\)")


def readme(text: str, repository: str, ref: str) -> str:
    """The README for an index; `repository` may be empty."""

    def absolute(link: re.Match[str]) -> str:
        picture, words, target = link.groups()
        if not repository:
            return "" if picture else words
        return f"{picture}[{words}]({repository}/{'raw' if picture else 'blob'}/{ref}/{target})"

    return LINK.sub(absolute, text)


class IndexPage(MetadataHookInterface):
    """Fills in `readme` and `urls`."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Change the metadata in place."""
        environ: Mapping[str, str] = os.environ
        repository, ref = environ.get("REPOSITORY_URL", "").rstrip("/"), environ.get("GITHUB_REF_NAME", "HEAD")
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": readme(text, repository, ref)}
        metadata["urls"] = {"PandaProbe": "https://www.pandaprobe.com"}
        if repository:
            files = f"{repository}/blob/{ref}"
            metadata["urls"] |= {
                "Repository": repository,
                "Documentation": f"{files}/docs/index.md",
                "Changelog": f"{files}/CHANGELOG.md",
                "Issues": f"{repository}/issues",
            }
