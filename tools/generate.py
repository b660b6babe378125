"""openapi.yaml -> generated/pandaprobe_evals_api/: a client package, and the contract as JSON beside it.

    python -m tools.generate            write the package
    python -m tools.generate --check    regenerate elsewhere, and fail when one byte differs

The bytes depend on the document and on two pinned tools (openapi-python-client and ruff), on nothing else: not on
the Python version, the machine, the folder or what was generated before.
"""

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Hashable
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

import yaml

from tools import surface

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "openapi.yaml"
PACKAGE = ROOT / "generated" / "pandaprobe_evals_api"
SCRATCH = ROOT / "build"  # on the package's own file system, so that the swap is two renames

GENERATOR = "openapi-python-client"
DIFF_LINES = 60

# --isolated and --no-respect-gitignore: neither this project's ruff settings nor its .gitignore may shape the output.
RUFF = "--isolated --no-cache --no-respect-gitignore --target-version py311"
POST_HOOKS = [f"ruff check {RUFF} --fix-only --select F,I .", f"ruff format {RUFF} ."]


SHOWN = ("eval_run.py", "session_score.py", "trace_score.py")
SCORES = ("session_score.py", "trace_score.py")
SHARED = """_shared_id = lru_cache(maxsize=256)(UUID)
\"\"\"Ids that many scores have in common: parsed once, and one object for all.\"\"\"


def _id_or_as_is(data: Any) -> Any:
    try:
        return _shared_id(data) if isinstance(data, str) else data
    except ValueError:
        return data


def _shared_text(data: Any) -> Any:
    return intern(data) if type(data) is str else data


"""
READ = {
    "id": "UUID({})",
    "trace_id": "UUID({})",
    "project_id": "_shared_id({})",
    "eval_run_id": "_id_or_as_is({})",
    "created_at": "datetime.datetime.fromisoformat({})",
    "updated_at": "datetime.datetime.fromisoformat({})",
    **dict.fromkeys(("name", "data_type", "source", "status"), "_shared_text({})"),
}
"""How a score's field is read, where it does not stay as it came; of what many have in common, one object is kept."""
MAKES = """make_item = {}.from_dict
\"\"\"Makes an item of checked JSON; who has made all of them leaves them as `models` in the extensions of the answer.\"\"\"


"""
MADE = """        if "models" in response.extensions:
            return response.extensions.pop("models")
"""
NUMBER = """    @property
    def number(self) -> float | None:
        \"\"\"`value` as a float; None where it is null or not a finite number. What it rests on, it does not say.\"\"\"
        try:
            number = float(self.value or "")
        except ValueError:
            return None
        return number if number - number == 0 else None

"""
TABLE = """    def _repr_html_(self) -> str:
        from html import escape

        given = {name: value for name, value in self.to_dict().items() if value is not None}
        cells = (f"<tr><th>{escape(name)}</th><td>{escape(str(value)[:500])}</td></tr>" for name, value in given.items())
        return f"<table>{''.join(cells)}</table>"

"""


class GenerationError(Exception):
    """What went wrong, in words for the person who ran the command."""


class DocumentLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C loader is optional
    """YAML 1.2's core schema, as OpenAPI asks: dates stay strings, `on` and `no` are words, keys are unique strings."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            where = f"line {key_node.start_mark.line + 1}"
            if not isinstance(key, str):
                raise GenerationError(f"{where}: the key {key!r} is not a string; put it in quotes")
            if key in seen:
                raise GenerationError(f"{where}: the key {key!r} stands twice in one mapping")
            seen.add(key)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in [
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?", list("-+.0123456789")),
]:
    DocumentLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)
for _tag, _type in [("int", int), ("float", float)]:
    DocumentLoader.add_constructor(
        f"tag:yaml.org,2002:{_tag}", lambda loader, node, of=_type: of(loader.construct_scalar(node))
    )


def read_document(path: Path = DOCUMENT) -> dict[str, Any]:
    """The OpenAPI document as plain JSON values, in the document's own order."""
    try:
        document = DocumentLoader(path.read_text(encoding="utf-8")).get_single_data()
    except GenerationError as error:
        raise GenerationError(f"{path.name}, {error}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise GenerationError(f"{path.name} cannot be read: {error}") from None
    if not isinstance(document, dict):
        raise GenerationError(f"{path.name} holds no mapping")
    return document


def check_pins() -> str:
    """Refuse tools other than the pinned ones; return the generator's version."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    pins = dict(entry.split("==") for entry in groups["dev"] if entry.startswith((f"{GENERATOR}==", "ruff==")))
    for name, pinned in pins.items():
        if (found := metadata.version(name)) != pinned:
            raise GenerationError(f"{name} is {found}, and {pinned} is pinned in pyproject.toml: run `make setup`")
    return pins[GENERATOR]


def run_generator(contract: Path, package: Path, scratch: Path) -> None:
    """Let openapi-python-client write `package`; a warning counts as an error."""
    config = scratch / "config.json"
    config.write_text(json.dumps({"literal_enums": True, "post_hooks": POST_HOOKS}), encoding="utf-8")
    options: list[str | Path] = ["--meta", "none", "--fail-on-warning", "--config", config]
    options += ["--path", contract, "--output-path", package, "--custom-template-path", surface.TEMPLATES / "generator"]
    # Its hooks look for ruff on PATH: the one beside this Python, whatever else is installed.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    run = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", *map(str, options)],
        env={**os.environ, "PATH": path, "PYTHONUTF8": "1", "COLUMNS": "120", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        raise GenerationError(f"{GENERATOR} refused the document. Its words:\n\n{run.stdout.strip()}")


def format_code(folder: Path) -> None:
    """What the generator's hooks do to its code, done to ours."""
    for hook in POST_HOOKS:
        command = [sys.executable, "-m", *hook.split()]
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if run.returncode:
            raise GenerationError(f"{hook!r} refused the resources:\n\n{run.stdout}{run.stderr}")


def readable(package: Path) -> None:
    """Let people see what models hold: what is not there as `UNSET`, in a notebook a run or a score as a table, and a
    score's value as a number, too.
    """
    insert(package / "types.py", "class Unset:\n", after='    def __repr__(self) -> str:\n        return "UNSET"\n\n')
    for name in SHOWN:
        more = NUMBER if name in SCORES else ""
        insert(package / "models" / name, "    def to_dict(self)", before=more + TABLE)


def fast(package: Path) -> None:
    """Let scores be made in less time and memory: tens of thousands come at once, of one project and one run.

    The generator's own `from_dict` makes a function for each field of each score, and leaves it a dictionary as large as the
    answer's, emptied; and its list operations keep all of the answer until all of it is models.
    """
    for name in SCORES:
        module = package / "models" / name
        code = module.read_text(encoding="utf-8")
        insert(module, "@_attrs_define\n", before=SHARED)
        model = "".join(map(str.title, module.stem.split("_")))
        metadata = f"from ..models.{module.stem}_metadata import {model}Metadata"
        [fields] = re.findall(r'\n    """\n\n((?:    \w+: .*\n)+)    additional_properties: ', code)
        names = re.findall(r"    (\w+): ", fields)
        read = {**READ, "metadata": f"{model}Metadata.from_dict({{}})"}
        taken = {each: read.get(each, "{}").format(f'take("{each}")') for each in names}
        made = "".join(f"            {each}={value},\n" for each, value in taken.items())
        begin = code.index("        d = dict(src_dict)\n")
        end = code.index(f"        return {module.stem}\n")
        replace(
            module,
            code[begin:end],
            f"        d = dict(src_dict)\n        take = d.pop\n        {module.stem} = cls(\n{made}        )\n"
            f"        if d:\n            {module.stem}.additional_properties = d\n",
        )
        typing = "from typing import TYPE_CHECKING, Any, TypeVar, cast\n"
        replace(module, f"        {metadata}  # noqa: PLC0415\n\n", "")
        replace(module, f"\nif TYPE_CHECKING:\n    {metadata}\n\n", f"{metadata}\n")
        replace(
            module, typing, "from functools import lru_cache\nfrom sys import intern\nfrom typing import Any, TypeVar\n"
        )
        replace(module, "import ScoreStatus, check_score_status\n", "import ScoreStatus\n")
        for reader in sorted((package / "api").rglob("*.py")):
            code = reader.read_text(encoding="utf-8")
            for data, item in re.findall(rf"( +)\w+ = {model}\.from_dict\((\w+)_item_data\)", code):
                loop = f"for {item}_item_data in _{item}:"
                insert(reader, "def _get_kwargs(\n", before=MAKES.format(model))
                insert(reader, f"{data[4:]}{item} = []\n", before=MADE)
                replace(
                    reader, loop, f"_{item}.reverse()\n{data[4:]}while _{item}:\n{data}{item}_item_data = _{item}.pop()"
                )


def insert(module: Path, at: str, *, before: str = "", after: str = "") -> None:
    """Put code before or after the one place of generated code that reads like this."""
    replace(module, at, f"{before}{at}{after}")


def replace(module: Path, at: str, code: str) -> None:
    """Put code in the one place of generated code that reads like this."""
    before = module.read_text(encoding="utf-8")
    if before.count(at) != 1:
        raise GenerationError(f"{GENERATOR} has another {module.name} than the one that this is written for: {at!r}")
    module.write_text(before.replace(at, code), encoding="utf-8")


def as_generated(node: Any) -> Any:
    """The document as the generator is to see it.

    Left out are alternatives marked `x-coerced` (what the service also takes, and this client never sends), and
    alternatives that only name required fields (the generator would make them empty types).
    """
    if isinstance(node, list):
        return [as_generated(item) for item in node]
    if not isinstance(node, dict):
        return node
    seen = {key: as_generated(value) for key, value in node.items()}
    for key in ("anyOf", "oneOf"):
        if isinstance(branches := seen.get(key), list):
            kept = [branch for branch in branches if not branch.get("x-coerced") and branch.keys() != {"required"}]
            if len(kept) > 1:
                seen[key] = kept
            else:
                del seen[key]
                seen = {**next(iter(kept), {}), **seen}
    return seen


def generate(document: Path, package: Path) -> None:
    """Write the whole package into the folder `package`, which must not exist."""
    by = f"{GENERATOR} {check_pins()} (make generate)"
    notice = f"Generated from openapi.yaml by {by}. Do not edit."
    contract = {"x-generated": notice, **read_document(document)}
    try:
        text = json.dumps(contract, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    except ValueError as error:
        raise GenerationError(f"{document.name} cannot be said in JSON: {error}") from None
    with tempfile.TemporaryDirectory() as scratch:
        # It reads the JSON that is shipped, so that both see one reading of the YAML, less what it cannot say.
        source = Path(scratch, "contract.json")
        source.write_text(json.dumps(as_generated(contract)), encoding="utf-8")
        run_generator(source, package, Path(scratch))
    readable(package)
    fast(package)
    try:
        surface.emit(contract, package)
    except surface.SurfaceError as error:
        raise GenerationError(f"{document.name}: {error}") from None
    format_code(package / "resources")
    for module in package.rglob("*.py"):
        module.write_bytes(f"# {notice}\n".encode() + module.read_bytes())
    (package / "py.typed").touch()
    (package / "contract.json").write_bytes(text.encode())


def files(package: Path) -> dict[str, bytes]:
    """Every file of a package by its relative name, without what Python and the system leave behind."""
    return {
        path.relative_to(package).as_posix(): path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".DS_Store"
    }


def differences(committed: dict[str, bytes], fresh: dict[str, bytes]) -> list[str]:
    """A unified diff from what is committed to what the document yields; empty when they are the same bytes."""
    lines: list[str] = []
    for name in sorted(committed.keys() | fresh.keys()):
        if name not in fresh:
            lines.append(f"EXTRA    {name}: nothing in the document yields it")
        elif name not in committed:
            lines.append(f"MISSING  {name}: the document yields it")
        elif committed[name] != fresh[name]:
            lines.append(f"DIFFERS  {name}")
            old, new = (side[name].decode(errors="replace").splitlines() for side in (committed, fresh))
            diff = difflib.unified_diff(old, new, f"committed/{name}", f"from the document/{name}", lineterm="", n=1)
            lines += list(diff) or ["         (only in line ends or in the last newline)"]
    return lines


def swap(fresh: Path, package: Path, scratch: Path) -> None:
    """Put `fresh` in the place of `package`, stale files and all."""
    package.parent.mkdir(parents=True, exist_ok=True)
    if package.exists():
        package.rename(scratch / "old")
    fresh.rename(package)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the package is not up to date")
    parser.add_argument("--document", type=Path, default=DOCUMENT, metavar="FILE")
    parser.add_argument("--package", type=Path, default=PACKAGE, metavar="FOLDER")
    options = parser.parse_args(arguments)
    SCRATCH.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="generate-", dir=SCRATCH) as scratch:
            fresh = Path(scratch, options.package.name)
            generate(options.document, fresh)
            lines = differences(files(options.package), files(fresh))
            if lines and not options.check:
                swap(fresh, options.package, Path(scratch))
    except GenerationError as error:
        print(f"generate: {error}", file=sys.stderr)
        return 1
    name = os.path.relpath(options.package)
    if not lines:
        print(f"{name}/ is what {options.document.name} yields, byte for byte")
        return 0
    if not options.check:
        changed = sum(line.startswith(("EXTRA", "MISSING", "DIFFERS")) for line in lines)
        print(f"{name}/ written from {options.document.name}: {changed} files changed")
        return 0
    print("\n".join(lines[:DIFF_LINES]))
    if len(lines) > DIFF_LINES:
        print(f"... and {len(lines) - DIFF_LINES} more lines")
    print(f"\n{name}/ is not what {options.document.name} yields.")
    print("Run `make generate` and commit the result. Generated files are never edited by hand.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
