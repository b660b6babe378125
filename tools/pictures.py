"""docs/assets/terminal.svg and report.png, from what the command really prints: `python -m tools.pictures`.

A sandbox with scores of our choice is on a port; Rich draws the terminal, Chromium the report.
"""

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from pandaprobe_sandbox import API_KEY, Sandbox
from rich.console import Console
from rich.text import Text

ASSETS = Path(__file__).resolve().parent.parent / "docs" / "assets"
COMMANDS = (
    "pandaprobe-evals submit --from sessions.txt --metric agent_reliability --wait",
    "pandaprobe-evals gate {run} --min agent_reliability=0.8",
    "pandaprobe-evals report {run} --min agent_reliability=0.8",
)
SCORES = [0.97, 0.94, 0.91, 0.9, 0.88, 0.86, 0.83, 0.79, 0.42, 0.21]
SESSIONS = [f"support-chat-{4711 + number}" for number in range(len(SCORES))]
WIDTH = 92
LIVE = r"(?m)^(?:\r|\x1b\[[0-9;?]*[A-Za-z])*(?:creating runs|sessions evaluated).*\n?|\x1b\[[0-9;?]*[A-HJKhl]"
"""Lines of the live view, which a terminal overwrites."""


def typed(words: str, folder: Path, environment: dict[str, str]) -> str:
    """What a command writes to a terminal of `WIDTH` columns, stderr and stdout as they come."""
    import pty

    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "pandaprobe_evals.cli", *shlex.split(words)[1:]]
    with subprocess.Popen(argv, cwd=folder, env=environment, stdout=theirs, stderr=subprocess.STDOUT) as process:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    assert process.returncode in (0, 7), said.decode()
    shown = re.sub(LIVE, "", said.decode().replace("\r\n", "\n"))
    return re.sub(r"\n{3,}", "\n\n", shown).strip("\n")


def run(folder: Path) -> list[tuple[str, str]]:
    """Each command, and what it wrote; leaves report.html in the folder."""
    (folder / "sessions.txt").write_text("".join(f"{id_}\n" for id_ in SESSIONS), encoding="utf-8")
    chosen = {id_: {"agent_reliability": score} for id_, score in zip(SESSIONS, SCORES, strict=True)}
    shown = []
    with Sandbox(speed=1000, scores=chosen) as sandbox, sandbox.serve() as url:
        environment = {
            **os.environ,
            "HOME": str(folder),
            "COLUMNS": str(WIDTH),
            "TERM": "xterm",
            "NO_COLOR": "1",
            "PANDAPROBE_ENDPOINT": url,
            "PANDAPROBE_API_KEY": API_KEY,
            "PANDAPROBE_PROJECT_NAME": "support",
        }
        run_id = ""
        for command in COMMANDS:
            words = command.format(run=run_id)
            shown.append((words, typed(words, folder, environment)))
            run_id = run_id or newest(sandbox)
    return shown


def newest(sandbox: Sandbox) -> str:
    """The run that there is."""
    ((made, _),), _ = sandbox.store.newest(1, sandbox.clock.now())
    return made.id


def terminal(shown: list[tuple[str, str]]) -> str:
    """The commands and their words as SVG, without a font from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for words, said in shown:
        console.print(Text(f"$ {words}", style="bold"), soft_wrap=False)
        console.print(Text.from_ansi("\n".join(line.split("\r")[-1] for line in said.rstrip().splitlines())))
        console.print()
    svg = console.export_svg(title="pandaprobe-evals", unique_id="terminal")
    start, end = svg.index("@font-face"), svg.index(".terminal-matrix")
    svg = svg[:start] + svg[end:]
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def photograph(page: Path, picture: Path) -> None:
    """A picture of the report, by Chromium without a window."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for flag in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--window-size=960,900", "--disable-gpu"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        browser.get(page.as_uri())
        picture.parent.mkdir(exist_ok=True)
        browser.save_screenshot(str(picture))
    finally:
        browser.quit()


def main() -> None:
    """Make both."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shown = run(folder)
        (ASSETS / "terminal.svg").write_text(terminal(shown), encoding="utf-8")
        photograph(folder / "report.html", ASSETS / "report.png")


if __name__ == "__main__":
    main()
