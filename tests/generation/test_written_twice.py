"""No logic is written twice, blocking and for asyncio, but in these places, each with its reason."""

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

import pandaprobe_evals

FOLDER = Path(pandaprobe_evals.__file__).parent
LONGEST = 5
"""Statements that a pair may have in common: prepare, hand on, end."""
LOOP = "the loop that does what a generator says: the logic is there, once, and an await cannot be left out"
REASONS = {
    ("auth.py", "_current"): "whoever asks for a token is waited for otherwise in a thread than in a task",
    ("auth.py", "_sign"): "httpx asks for one generator and one asynchronous one, and a token may have to be awaited",
    ("connections.py", "send"): "a place among the connections is waited for otherwise in a thread than in a task",
    ("connections.py", "close"): "a connection that is not kept is closed otherwise in a thread than in a task",
    ("drivers.py", "run"): LOOP,
    ("drivers.py", "_do"): LOOP,
    ("drivers.py", "iterate"): LOOP,
    ("http_clients.py", "request"): LOOP,
    ("transport/senders.py", "handle_request"): LOOP,
    ("transport/senders.py", "_send"): "an attempt is ended in time otherwise in a thread than in a task",
}
WORDS = "acquire|complete|sleep|close|next|send|read|ask|current|sign|iter"
ASYNC = re.compile(rf"async_|Async|asyncio_(?=detailed)|sync_|\ba(?=({WORDS})\b)|(?<=_)a(?=a?({WORDS})\b)")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def twice(code: str) -> Iterator[str]:
    """The functions of a module that are there for asyncio, too, with more than a few of their statements."""
    every = [node for node in ast.walk(ast.parse(code)) if isinstance(node, Function)]
    for one in every:
        for other in every:
            if type(one) is not type(other) is ast.FunctionDef and named(one.name) == named(other.name):
                pair = SequenceMatcher(None, statements(one), statements(other), autojunk=False)
                if sum(block.size for block in pair.get_matching_blocks()) > LONGEST:
                    yield other.name


def statements(function: Function) -> list[str]:
    """A function's statements, or of those that hold others their heads, as they read without asyncio."""
    inner = (node for node in ast.walk(function) if isinstance(node, ast.stmt) and node is not function)
    return [named(head(node)) for node in inner if not isinstance(node, ast.Import | ast.ImportFrom)]


def head(node: ast.stmt) -> str:
    parts = (part for part in ast.iter_child_nodes(node) if not isinstance(part, ast.stmt | ast.excepthandler))
    return f"{type(node).__name__} {' '.join(map(ast.unparse, parts))}".replace("await ", "")


def named(text: str) -> str:
    return ASYNC.sub("", text)


def test_what_is_written_twice_is_this_and_no_more() -> None:
    modules = {
        module.relative_to(FOLDER).as_posix(): module.read_text(encoding="utf-8") for module in FOLDER.rglob("*.py")
    }
    assert {(name, function) for name, code in modules.items() for function in twice(code)} == REASONS.keys()


def test_a_new_pair_is_seen() -> None:
    body = "\n".join(f"        {{}}self.step_{number}()" for number in range(LONGEST + 1))
    code = "class Client:\n    def send(self):\n{}\nclass AsyncClient:\n    async def asend(self):\n{}\n"
    assert list(twice(code.format(body.replace("{}", ""), body.replace("{}", "await ")))) == ["send"]
    assert list(twice(code.format(body.replace("{}", ""), body.replace("{}self", "await other")))) == []
