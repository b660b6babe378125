"""A verdict as JUnit XML, as CI servers show it: a case for each metric, and one for the runs. Pure."""

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from pandaprobe_evals.errors import counted

if TYPE_CHECKING:
    from pandaprobe_evals import Verdict

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def document(verdict: "Verdict", reasons: list[str]) -> str:
    """The XML; `reasons` are those of the verdict as a command says them. Each belongs to the metric that it begins with."""
    names = [metric.name for metric in verdict.metrics]
    of = {name: [reason for reason in reasons if _metric(reason, names) == name] for name in names}
    of["runs"] = [reason for reason in reasons if _metric(reason, names) is None]
    figures = {metric.name: str(metric) for metric in verdict.metrics}
    failed = sum(map(bool, of.values()))
    counts = {"name": "pandaprobe-evals gate", "tests": str(len(of)), "failures": str(failed), "errors": "0"}
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", counts)
    for name, why in of.items():
        case = ET.SubElement(
            suite, "testcase", {"classname": "pandaprobe-evals.gate", "name": _text(name), "time": "0"}
        )
        if why:
            ET.SubElement(case, "failure", {"message": _text(why[0])}).text = _text("\n".join(why))
        ET.SubElement(case, "system-out").text = _text(figures.get(name, counted(verdict.runs, "run")))
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _metric(reason: str, names: list[str]) -> str | None:
    said = reason.removeprefix("against the baseline, ")
    found = [name for name in names if said.startswith(f"{name}: ")]
    return max(found, key=len, default=None)


def _text(value: str) -> str:
    return _NO_XML.sub("\ufffd", value)
