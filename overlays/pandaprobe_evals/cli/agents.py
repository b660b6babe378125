"""`pandaprobe-evals agents`: how a coding agent uses this tool."""

import sys
from importlib import resources


def agents() -> None:
    """Print instructions for coding agents as Markdown, to be read or put into an AGENTS.md.

    Example: pandaprobe-evals agents
    """
    sys.stdout.write(resources.files("pandaprobe_evals.cli").joinpath("AGENTS.md").read_text("utf-8"))
