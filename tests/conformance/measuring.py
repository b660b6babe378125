"""How many violating deployments the check reports, each in a sandbox of its own that has been lived in."""

from pandaprobe_conformance import check
from pandaprobe_sandbox import Sandbox, SandboxTransport

from .conftest import MODES, lived_in


def reported(mutant, *, fail_fast=True, **options):
    """Whether the check reports one; and its report."""
    with Sandbox(rate_limit=None, speed=200) as box:
        lived_in(box)
        app = mutant.layer()(box.app, box) if mutant else box.app
        billed = box.units_billed
        options = {"patience": 3.0, "writes": True, "fail_fast": fail_fast, **options}
        transport = SandboxTransport(app)
        try:
            report = check(MODES["api key"], "http://localhost", transport=transport, **options)
        finally:
            transport.close()
        return report.exit_code == 1, report, box.units_billed - billed


def missed(mutants):
    """The names of those that are not reported."""
    return [name for name, mutant in mutants.items() if not reported(mutant)[0]]
