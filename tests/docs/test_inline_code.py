"""Inline code on the site reads as it is to be typed."""

import pytest

from tools.inline_code import on_page_content


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (r"<code>... \| submit</code>", "<code>... | submit</code>"),
        (
            "<code>gate --min m=0.8 -o x-y</code>",
            '<code>gate <span class="option">--min</span> m=0.8 <span class="option">-o</span> x-y</code>',
        ),
    ],
)
def test_a_pipe_is_a_pipe_and_an_option_stays_in_one_piece(html: str, shown: str) -> None:
    assert on_page_content(f"<td>{html}</td>", page=None) == f"<td>{shown}</td>"


@pytest.mark.parametrize(
    "html",
    [
        r"<p>a \| b, --json</p>",
        r'<pre><code class="language-sh">grep "a\|b" --count</code></pre>',
        r"<pre><span></span><code><a></a>grep 'a\|b' --count</code></pre>",
    ],
)
def test_prose_and_blocks_are_left_alone(html: str) -> None:
    assert on_page_content(html, page=None) == html
