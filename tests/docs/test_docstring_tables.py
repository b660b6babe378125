"""Tables in docstrings reach the site as tables."""

from tools.docstring_tables import with_markdown_tables

DRAWN = """Before.

=======  ==========
name     what
=======  ==========
``one``  is one|1
``two``  goes on
         below
=======  ==========

After.
"""


def test_a_drawn_table_becomes_markdown_and_the_rest_stays():
    lines = [line for line in with_markdown_tables(DRAWN).splitlines() if line]
    assert lines == [
        "Before.",
        "| name | what |",
        "| --- | --- |",
        "| ``one`` | is one\\|1 |",
        "| ``two`` | goes on below |",
        "After.",
    ]


def test_text_without_a_table_is_left_alone():
    assert with_markdown_tables("a == b\n\n    c = d") == "a == b\n\n    c = d"
