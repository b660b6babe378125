"""What a check found, for a continuous integration server (JUnit XML) and for people (one HTML page). Pure."""

from __future__ import annotations

import re
from html import escape
from typing import Final
from xml.sax.saxutils import quoteattr

from .findings import Finding, Report

_NO_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""Characters that no XML document can hold, not even as references."""

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --bad: #c62828; --good: #2e7d32 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
h1 { font-size: 1.4rem; margin-bottom: .2rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere } .n { text-align: right; white-space: nowrap; overflow-wrap: normal }
.bad { color: var(--bad); font-weight: 600 } .good { color: var(--good); font-weight: 600 }
pre { background: #8881; padding: .5rem; margin: .4rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere }
"""


def junit(report: Report) -> str:
    """A test suite for each operation, a test case for each finding."""
    names = dict.fromkeys(found.operation for found in report.findings)
    suites = "".join(_suite(name, [found for found in report.findings if found.operation == name]) for name in names)
    if report.stopped:
        suites += _suite_of_one("the check", "ran to its end", report.stopped)
    failures, errors = len(report.violations), int(bool(report.stopped))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<testsuites name="pandaprobe-evals contract check" tests="{len(report.findings) + errors}" '
        f'failures="{failures}" errors="{errors}" time="{report.seconds:.3f}">\n{suites}</testsuites>\n'
    )


def _suite(name: str, findings: list[Finding]) -> str:
    failures = sum(not found.agrees for found in findings)
    head = f'<testsuite name={_attribute(name)} tests="{len(findings)}" failures="{failures}" errors="0">'
    return f"{head}\n{''.join(map(_case, findings))}</testsuite>\n"


def _suite_of_one(name: str, case: str, error: str) -> str:
    return (
        f'<testsuite name={_attribute(name)} tests="1" failures="0" errors="1">\n<testcase classname={_attribute(name)} '
        f"name={_attribute(case)}><error message={_attribute(error)}/></testcase>\n</testsuite>\n"
    )


def _case(found: Finding) -> str:
    head = f"<testcase classname={_attribute(found.operation)} name={_attribute(found.promise)}"
    if found.agrees:
        return f"{head}/>\n"
    message = f"expected {found.expected}; came {found.came}"
    return f"{head}><failure message={_attribute(message)}>{_text(found.curl)}</failure></testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text), {"\n": "&#10;"})


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", text), quote=False)


def page(report: Report) -> str:
    """One page that needs nothing else, and shows as text whatever the deployment has said."""
    verdict = "keeps the contract" if report.exit_code == 0 else "was not checked to the end"
    if report.violations:
        verdict = "violates the contract"
    state = "good" if report.exit_code == 0 else "bad"
    rows = "".join(
        f"<tr><td>{_text(row['operation'])}</td><td class=n>{row['status'] or 'none'}</td><td>{_text(row['expected'])}</td>"
        f'<td class=n>{row["agreements"] or "-"}</td><td class="n{" bad" * bool(row["violations"])}">'
        f"{row['violations'] or '-'}</td></tr>"
        for row in report.tally()
    )
    notes = "".join(f"<li>{_text(note)}.</li>" for note in [*report.notes, report.coverage().rstrip(".")])
    return (
        "<!doctype html>\n<html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Contract check: {_text(report.base_url)}</title><style>{_STYLE}</style>"
        f"<h1>{_text(report.base_url)} <span class={state}>{verdict}</span></h1>"
        f"<p>{_text(report.summary())}. Contract {_text(report.contract)}, "
        f"{'writes allowed' if report.writes else 'read-only'}.</p>"
        f"{_violations(report)}<h2>Agreements and violations</h2><div class=scroll><table><thead><tr><th>operation"
        "<th class=n>status<th>what it says<th class=n>agreements<th class=n>violations</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
        f"<h2>Notes</h2><ul>{notes}</ul></html>\n"
    )


def _violations(report: Report) -> str:
    if not report.violations:
        return ""
    rows = "".join(
        f"<tr><td>{_text(found.promise)}<pre>{_text(found.curl)}</pre></td><td>{_text(found.operation)}</td>"
        f"<td class=n>{found.status or 'none'}</td><td>{_text(found.expected)}</td><td>{_text(found.came)}</td></tr>"
        for found in report.violations
    )
    return (
        "<h2 class=bad>Violations</h2><div class=scroll><table><thead><tr><th>violated<th>operation<th class=n>status"
        f"<th>expected<th>came</tr></thead><tbody>{rows}</tbody></table></div>"
    )
