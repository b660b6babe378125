"""The contract's coverage as one self-contained HTML page."""

from html import escape

from .document import LINKS, OPERATIONS
from .recorder import TRANSITIONS, inventory

STYLE = """
:root { --ground: #fff; --text: #1c1e21; --soft: #5f6570; --line: #d9dce1; --good: #d8f0dc; --bad: #f7c9c4; --none: #f1f2f4 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181c; --text: #e6e8eb; --soft: #9aa1ac; --line: #343841; --good: #1f4a2b; --bad: #6b2721 }
  :root { --none: #22252b }
}
body { background: var(--ground); color: var(--text); font: 14px/1.45 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2.2rem } p { color: var(--soft); max-width: 60rem }
.wide { overflow-x: auto }
table { border-collapse: collapse } th, td { border: 1px solid var(--line); padding: .25rem .55rem; text-align: right }
th { font-weight: 600 }
td:first-child, th:first-child { text-align: left; font-family: ui-monospace, monospace; font-size: .85em }
.good { background: var(--good) } .bad { background: var(--bad) } .none { background: var(--none); color: var(--soft) }
"""


def cell(count, wanted=True, why=""):
    """A count: good where there is one, bad where there should be one."""
    kind = "good" if count else "bad" if wanted and not why else "none"
    text = f"{count:,}" if count else "" if not wanted else "-"
    title = f' title="{escape(why)}"' if why else ""
    return f'<td class="{kind}"{title}>{text}</td>'


def table(head, rows):
    top = "".join(f"<th>{escape(each)}</th>" for each in head)
    return f'<div class="wide"><table><tr>{top}</tr>{"".join(rows)}</table></div>'


def row(name, cells):
    return f"<tr><td>{escape(name)}</td>{''.join(cells)}</tr>"


def page(seen, figures, exception):
    """The page.

    Args:
        seen: What was met, and how often.
        figures: Lines of the table in the terminal.
        exception: Says why a keyword cannot be met, by side, part, polarity and pointer; None where it can.
    """
    statuses = sorted({int(status) for *_, node in OPERATIONS.values() for status in node["responses"]})
    parts = [
        table(
            ["figure", "met", "of", "share"],
            [
                row(
                    each.what,
                    [
                        f'<td class="{"good" if each.good else "bad"}">{len(each.all) - len(each.missing)}</td>',
                        f"<td>{len(each.all)}</td><td>{each.share:.1%}</td>",
                    ],
                )
                for each in figures
            ],
        )
    ]
    for side, words in (("server", "what the sandbox answered"), ("client", "what the client was answered")):
        parts.append(f"<h2>Operations and statuses: {words}</h2>")
        rows = [
            row(
                operation,
                [
                    cell(seen[side, "status", operation, status], str(status) in OPERATIONS[operation][2]["responses"])
                    for status in statuses
                ],
            )
            for operation in OPERATIONS
        ]
        parts.append(table(["operation", *map(str, statuses)], rows))
    columns = {
        "request": [("server", "kept"), ("server", "broken"), ("client", "kept")],
        "answer": [("server", "kept"), ("server", "broken"), ("client", "kept"), ("client", "broken")],
    }
    stand = inventory()
    for part, of in columns.items():
        parts.append(f"<h2>Keywords of {part}s</h2>")
        rows = [
            row(
                at,
                [cell(seen[side, part, at, way], why=exception(side, part, way, at) or "") for side, way in of],
            )
            for at in sorted(stand[part])
        ]
        parts.append(table(["keyword", *(f"{side}, {way}" for side, way in of)], rows))
    parts.append("<h2>Links</h2>")
    parts.append(table(["link", "followed"], [row(name, [cell(seen["link", name])]) for name in LINKS]))
    parts.append("<h2>The life of a run</h2>")
    lives = [row(f"{old} → {new}", [cell(seen["transition", old, new])]) for old, new in TRANSITIONS]
    parts.append(table(["transition", "seen"], lives))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Coverage of the contract</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        "<h1>Coverage of the contract</h1>"
        "<p>How often the contract tests met each part of openapi.yaml. A keyword is kept by "
        "a value that it lets pass, and broken where it is at fault in a value that is invalid as a whole. The client never "
        "sends a request that breaks one. Grey cells with a dash cannot be met; their reason shows under the pointer.</p>"
        f"{''.join(parts)}</html>\n"
    )
