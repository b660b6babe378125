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

import multiprocessing
import os
import re
import subprocess
import warnings
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
# Python blocks run in processes of their own, forked from one that has imported what most of them do.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["pandaprobe_evals.client", "pandaprobe_sandbox"])
PATIENCE = 120
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


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
    def is_code(self) -> bool:
        return self.language in ("python", "console", *SHELLS)

    @property
    def runs(self) -> bool:
        """Whether it runs where it stands."""
        becomes_a_file = self.title and self.language != "console"
        return self.is_code and not becomes_a_file and not self.mark.startswith(("background", "elsewhere"))

    def shell(self) -> str:
        """What a shell is given to run."""
        return self.code if self.language in SHELLS else "\n".join(self.typed())

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
    complaints: str = field(default="", init=False)

    def follow(self, block: Block) -> None:
        """Do what a reader does with one block; an AssertionError says where the page is wrong."""
        if block.title == "output":
            assert self.printed.strip() == block.code.strip(), f"{block.where} is not what is printed"
        elif block.runs:
            code = self.python(block.code) if block.language == "python" else self.sh(block.shell())
            wanted = int(block.mark.removeprefix("fails ")) if block.mark.startswith("fails ") else 0
            assert code == wanted, f"{block.where} ended with {code}:\n{self.printed}{self.complaints}"
        elif "." in block.title:
            path = self.folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, encoding="utf-8")

    def sh(self, lines: str) -> int:
        """Run lines in a shell; return its exit code."""
        run = subprocess.run(
            ["sh", "-euc", lines],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        self.printed, self.complaints = run.stdout, run.stderr
        return run.returncode

    def python(self, code: str) -> int:
        """Run a program; return its exit code."""
        out, err = self.folder.parent / "out", self.folder.parent / "err"
        process = FORKED.Process(target=_program, args=(code, self.folder, dict(self.environment), out, err))
        process.start()
        process.join(PATIENCE)
        process.kill()
        process.join()
        self.printed, self.complaints = out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        assert process.exitcode is not None
        return process.exitcode


def _program(code: str, folder: Path, environment: dict[str, str], out: Path, err: Path) -> None:
    """Be the process of a Python block."""
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, out, _WRITE), (2, err, _WRITE)):
        os.dup2(os.open(path, how, 0o600), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    warnings.simplefilter("error")
    exec(compile(code, "<block>", "exec"), {"__name__": "__main__"})
