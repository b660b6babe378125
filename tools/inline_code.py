r"""Inline code as it is meant on the site (a hook of mkdocs.yml): a pipe in a table, and options that no line breaks in two.

GitHub wants `\|` in a table's code and shows `|`; Python-Markdown shows the backslash, too.
"""

import re
from typing import Any

INLINE = re.compile(r"<code>[^<]*</code>")  # a block's code has attributes, or elements for its colours
OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")


def on_page_content(html: str, **_: Any) -> str:
    """The page with its inline code mended: what mkdocs calls once Markdown has become HTML."""
    return INLINE.sub(lambda code: mended(code.group()), html)


def mended(code: str) -> str:
    """One piece of inline code, with plain pipes and each option in an element of its own."""
    return OPTION.sub(r'<span class="option">\g<0></span>', code.replace(r"\|", "|"))
