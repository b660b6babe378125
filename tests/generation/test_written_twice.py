"""No logic is written twice: what both clients do is written for asyncio, and finished at once where it blocks."""

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import pandaprobe_evals
import pytest

FOLDER = Path(pandaprobe_evals.__file__).parent
LONGEST = 5
"""Statements that a pair may have in common: prepare, hand on, end."""
WORDS = "acquire|complete|sleep|close|next|send|read|ask|current|sign|iter"
ASYNC = re.compile(rf"async_|Async|asyncio_(?=detailed)|sync_|\ba(?=({WORDS})\b)|(?<=_)a(?=a?({WORDS})\b)")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def twice(code: str) -> Iterator[str]:
    """The functions of a module that are there for asyncio, too, with more than a few of their statements."""
    every = [node for node in ast.walk(ast.parse(code)) if isinstance(node, Function)]
    for one in every:
        for other in every:
            if (
                one.lineno < other.lineno
                and ast.AsyncFunctionDef in {type(one), type(other)}
                and named(one.name) == named(other.name)
            ):
                pair = SequenceMatcher(None, statements(one), statements(other), autojunk=False)
                if sum(block.size for block in pair.get_matching_blocks()) > LONGEST:
                    yield named(other.name)


def statements(function: Function) -> list[str]:
    """A function's statements, or of those that hold others their heads, as they read without asyncio."""
    inner = (node for node in ast.walk(function) if isinstance(node, ast.stmt) and node is not function)
    return [named(head(node)) for node in inner if not isinstance(node, ast.Import | ast.ImportFrom)]


def head(node: ast.stmt) -> str:
    parts = (part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.stmt | ast.excepthandler))
    return f"{type(node).__name__} {' '.join(map(ast.unparse, parts))}".replace("await ", "")


def named(text: str) -> str:
    return ASYNC.sub("", text)


def test_nothing_is_written_twice() -> None:
    modules = {
        module.relative_to(FOLDER).as_posix(): module.read_text(encoding="utf-8") for module in FOLDER.rglob("*.py")
    }
    assert {(name, function) for name, code in modules.items() for function in twice(code)} == set()


@pytest.mark.parametrize(
    ("first", "second"),
    [("def send", "async def asend"), ("async def send", "def send"), ("async def _do", "async def _do")],
)
def test_a_new_pair_is_seen(first: str, second: str) -> None:
    steps = "".join(f"        self.step_{number}()\n" for number in range(LONGEST + 1))
    code = f"class Client:\n    {first}(self):\n{{}}\nclass AsyncClient:\n    {second}(self):\n{{}}\n"
    assert list(twice(code.format(steps, steps.replace("self", "await self")))) == [first.rsplit(maxsplit=1)[-1]]
    assert list(twice(code.format(steps, steps.replace("self", "await other")))) == []
