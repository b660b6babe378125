"""The code blocks of a page, and how each is run: a page is followed from top to bottom, as its reader would.

    ```python                   runs, by itself
    ```python title="a.py"      becomes a file for the blocks below it, and so does any other language with a file's name
    ```console                  the lines behind `$ ` run in a shell; what is printed below them is for the reader
    ```sh                       runs in a shell, whole
    ```text title="output"      must be what the block above printed
    others                      are shown only

A comment on the line above a block says what is different about it:

    <!-- block: background -->          a server: one is running already, started by the same words
    <!-- block: fails 7 -->             ends with this exit code
    <!-- block: elsewhere, NAME -->     is run by a test of its own, in the file tests/NAME
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"(?:^[ ]*<!-- block: (?P<mark>[^>]*?) -->\n)?^(?P<indent>[ ]*)(?P<ticks>```+)(?P<language>[\w-]+)(?P<rest>[^\n]*)\n"
    r"(?P<code>.*?)^(?P=indent)(?P=ticks)[ ]*$",
    re.DOTALL | re.MULTILINE,
)
SHELLS = ("sh", "bash", "shell")


@dataclass(frozen=True)
class Block:
    """A block as it stands in its page."""

    page: str
    line: int
    language: str
    title: str
    mark: str
    code: str

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def runs(self) -> bool:
        return self.language in ("python", "console", *SHELLS)

    def command(self) -> list[str] | None:
        """What runs it; None where nothing does."""
        if (
            not self.runs
            or (self.title and self.language != "console")
            or self.mark.startswith(("background", "elsewhere"))
        ):
            return None
        if self.language == "python":
            return ["python", "-W", "error", "-c", self.code]
        lines = self.code if self.language in SHELLS else "\n".join(self.typed())
        return ["sh", "-euc", lines]

    def typed(self) -> list[str]:
        """The lines that a reader types, without the prompts; a line that ends in a backslash goes on."""
        lines, goes_on = [], False
        for line in self.code.splitlines():
            if goes_on or line.startswith("$ "):
                lines.append(line if goes_on else line.removeprefix("$ "))
                goes_on = line.endswith("\\")
        return lines


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        indent = len(match["indent"])
        title = re.search(r'title="([^"]*)"', match["rest"])
        found.append(
            Block(
                page=str(page.relative_to(ROOT)),
                line=text.count("\n", 0, match.start("ticks")) + 1,
                language=match["language"],
                title=title[1] if title else "",
                mark=match["mark"] or "",
                code="".join(line[indent:] or "\n" for line in match["code"].splitlines(keepends=True)),
            )
        )
    return found


@dataclass
class Reader:
    """Follows pages in a folder, with an environment."""

    folder: Path
    environment: Mapping[str, str]
    printed: str = field(default="", init=False)

    def follow(self, block: Block) -> None:
        """Do what a reader does with one block; an AssertionError says where the page is wrong."""
        if block.title == "output":
            assert self.printed.strip() == block.code.strip(), f"{block.where} is not what is printed"
        elif command := block.command():
            wanted = int(block.mark.removeprefix("fails ")) if block.mark.startswith("fails ") else 0
            run = subprocess.run(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            self.printed = run.stdout
            assert run.returncode == wanted, f"{block.where} ended with {run.returncode}:\n{run.stdout}{run.stderr}"
        elif block.title and "." in block.title:
            path = self.folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, encoding="utf-8")
