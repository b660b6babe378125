"""The public API as a file, one line for each promise: api.txt, which shows in review what a change means for users.

    python -m tools.api            check: fails when api.txt is not what the code says
    python -m tools.api --write    write it; refuses to break users of a released version that `__version__` does not leave

A promise is a name, a base, an attribute or a parameter, with its type and its default. New lines break nobody, unless
they are parameters that must be given; a line that goes, or changes, does. Griffe reads the code, and runs none of it.
Beside it, docs/assets/lines.schema.json is what `pandaprobe-evals schema` prints, for the site.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import griffe
from pandaprobe_evals.cli.schema import lines_schema

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "api.txt"
LINES = ROOT / "docs" / "assets" / "lines.schema.json"
PACKAGE = "pandaprobe_evals"
# What people import from; the names are in each one's `__all__`.
MODULES = ("", "pacing", "testing", "report", "verdict", "ledger")
BESIDE = ("pandaprobe_sandbox", "pandaprobe_conformance")
"""Import packages of their own."""
REQUIRED = ", required"


def load() -> griffe.Module:
    """The overlay as griffe sees it, with the generated models that it hands out."""
    loader = griffe.GriffeLoader(search_paths=[ROOT / "overlays", ROOT / "generated"])
    loader.load(f"{PACKAGE}_api")
    for beside in BESIDE:
        if (ROOT / "overlays" / beside).exists():
            loader.load(beside)
    found = loader.load(PACKAGE)
    loader.resolve_aliases(implicit=True, external=False)
    assert isinstance(found, griffe.Module)
    return found


def promises(package: griffe.Module) -> list[str]:
    """Every line of the file but its head."""
    generated = package.modules_collection[f"{PACKAGE}_api.resources"]
    names = {f"{generated.path}.{public}": target(generated[str(public)]) for public in generated.exports or ()}
    modules = [package[name] if name else package for name in MODULES if not name or name in package.members]
    beside = [package.modules_collection[name] for name in BESIDE if name in package.modules_collection]
    for module in [*modules, *beside]:
        names |= {f"{module.path}.{public}": target(module[str(public)]) for public in module.exports or ()}
    del names[f"{PACKAGE}.__version__"]
    public = {found.path for found in names.values()}
    return sorted({line for name, found in names.items() for line in of(name, found, public)})


def target(found: griffe.Object | griffe.Alias) -> griffe.Object:
    """What an import leads to."""
    return found.final_target if isinstance(found, griffe.Alias) else found


def of(name: str, found: griffe.Object, public: set[str]) -> Iterator[str]:
    """The promises of one object. A class's are its own and those of bases that are not public themselves."""
    match found:
        case griffe.Function():
            if not name.endswith(".__init__"):
                yield f"{name}: returns {found.returns}"
            yield from parameters(name, found)
        case griffe.Class():
            yield f"{name}: class"
            yield from (f"{name}: is a {base}" for base in found.bases if not str(base).startswith("_"))
            members: dict[str, griffe.Object] = {}
            for origin in [found, *(base for base in found.mro() if base.path not in public)]:
                members = {str(key): target(member) for key, member in origin.members.items()} | members
            for key, member in members.items():
                if key == "__init__" or not key.startswith("_"):
                    yield from of(f"{name}.{key}", member, public)
        case griffe.Attribute():
            yield f"{name}: {found.annotation or 'attribute'}"


def parameters(name: str, found: griffe.Function) -> Iterator[str]:
    """A function's parameters, each with its place where it has one, `self` left out."""
    given = [parameter for parameter in found.parameters if parameter.name not in ("self", "cls")]
    for place, parameter in enumerate(given, 1):
        match parameter.kind:
            case griffe.ParameterKind.keyword_only:
                written, default = f"{parameter.name}=", parameter.default
            case griffe.ParameterKind.var_positional:
                written, default = f"*{parameter.name}", "()"
            case griffe.ParameterKind.var_keyword:
                written, default = f"**{parameter.name}", "{}"
            case _:
                written, default = f"{place} {parameter.name}", parameter.default
        yield f"{name}({written}): {parameter.annotation}{f' = {default}' if default else REQUIRED}"


def head(version: str) -> str:
    """The first line: which version these promises are of."""
    return f"# The public API of pandaprobe-evals {version}: a line that goes or changes breaks users. By `make api`.\n"


def version_of(text: str) -> tuple[int, ...]:
    """The version in a file's head, as numbers; zeros where there is none."""
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text.partition("\n")[0])
    return tuple(map(int, found.groups())) if found else (0, 0, 0)


def breaking(old: str, new: str) -> list[str]:
    """The lines by which the new file breaks users of the old one."""
    before, after = (set(text.splitlines()[1:]) for text in (old, new))
    known = {re.split(r"\(|: ", line)[0] for line in before}
    asked = (line for line in after - before if line.endswith(REQUIRED) and line.partition("(")[0] in known)
    return [*(f"- {line}" for line in sorted(before - after)), *(f"+ {line}" for line in sorted(asked))]


def is_raised(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Whether a version says that it breaks users of the old one: by the major number; for 0.x by the minor one."""
    return new[:2] > old[:2] if old[0] == 0 else new[0] > old[0]


def is_released(version: tuple[int, ...], changelog: str) -> bool:
    """Whether the changelog has a heading for a version: before that, nobody can depend on it."""
    return re.search(rf"^## \[{re.escape('.'.join(map(str, version)))}\]", changelog, re.MULTILINE) is not None


def judge(old: str, new: str, changelog: str) -> tuple[bool, list[str]]:
    """Whether the new file may take the old one's place, and what to tell."""
    broken = breaking(old, new)
    if not broken:
        return True, []
    before, after = version_of(old), version_of(new)
    if is_raised(before, after):
        return True, [*broken, "The version says so."]
    if not is_released(before, changelog):
        return True, [*broken, f"CHANGELOG.md has no release {'.'.join(map(str, before))} yet, so it breaks nobody."]
    wanted = f"{before[0] + 1}.0.0" if before[0] else f"0.{before[1] + 1}.0"
    return False, [
        *broken,
        f"This breaks users. Undo it, or set __version__ to {wanted} and tell users in CHANGELOG.md.",
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write api.txt, and the schema of the JSON lines")
    options = parser.parse_args(arguments)
    package = load()
    version = str(package["__version__"].value).strip("'\"")
    new = head(version) + "\n".join(promises(package)) + "\n"
    old = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    fine, told = judge(old, new, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    print(*told, sep="\n", end="\n" * bool(told))
    if not fine:
        return 1
    lines = json.dumps(lines_schema(), indent=2) + "\n"
    if options.write:
        LINES.write_text(lines, encoding="utf-8")
        FILE.write_text(new, encoding="utf-8")
        print(f"{FILE.name}: {len(new.splitlines()) - 1} promises of version {version}")
        return 0
    if old != new:
        added = sorted(set(new.splitlines()) - set(old.splitlines()))
        print(*(f"+ {line}" for line in added), sep="\n")
        print(f"{FILE.name} is not what the code says. If that is meant: make api, and commit the file.")
        return 1
    if not LINES.exists() or LINES.read_text(encoding="utf-8") != lines:
        print(
            f"{LINES.name} is not what `pandaprobe-evals schema` prints. If that is meant: make api, and commit the file."
        )
        return 1
    print(f"{FILE.name} is what the code says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
