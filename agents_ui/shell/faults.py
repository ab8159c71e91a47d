"""What is wrong with a document or a table that people bring, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from agents_ui.shell.texts import mark

Table = tuple[tuple[str, str], ...]
"""What a service says (a regular expression), and the same for translation."""

GENERAL: Final[Table] = (
    (r"is empty.*", mark("is empty")),
    (r"is larger than (?P<size>\d+ [kM]B)", mark("is larger than {size}")),
    (r"stands here twice", mark("stands here twice")),
    (
        r"is a workbook, not a table: save it as CSV UTF-8",
        mark("is a workbook, not a table: save it as „CSV UTF-8” in the spreadsheet"),
    ),
    (
        r"is not UTF-8: save it as CSV UTF-8",
        mark("its letters cannot be read: save it as „CSV UTF-8” in the spreadsheet"),
    ),
    (
        r"is no ZIP file that can be opened, nor is a workbook taken",
        mark("is no ZIP file that can be opened, nor is a workbook taken: take a file from here"),
    ),
    (
        r"is locked by a password: make it without one",
        mark("is locked by a password: make it without one"),
    ),
    (
        r"nested too deep",
        mark("lists and fields stand within one another too deep"),
    ),
    (
        r"(mapping values are not|could not find|did not find|found |while ).*",
        mark("is not written as YAML is: look at colons, quotes and how far lines are indented"),
    ),
    (
        r"aliases are not taken",
        mark("„&” and „*” are not taken: write it out in each place"),
    ),
    (r"key '(?P<name>.*)' is doubled", mark("„{name}” stands here twice")),
    (r"there are more cells than columns", mark("there are more cells than columns")),
    (
        r"'(?P<name>.*)' is no column; there are: (?P<some>.*)",
        mark("„{name}” is no column; there are: {some}"),
    ),
    (r"the column (?P<name>\S+) is missing", mark("the column {name} is missing")),
    (r"a column stands there twice", mark("a column stands there twice")),
    (r"is not a known key", mark("is no known key")),
    (r"is missing", mark("is missing")),
    (r"must not be empty", mark("must not be empty")),
    (r"must be yes or no", mark("must be yes or no")),
    (r"must be true or false", mark("must be true or false")),
    (r"must be a text", mark("must be a text")),
    (r"must be a whole number", mark("must be a whole number")),
    (r"must be a number", mark("must be a number")),
    (r"must be a list", mark("must be a list")),
    (r"must be a mapping", mark("must be a mapping")),
    (r"must be JSON, or a number", mark("must be JSON, or a number")),
    (r"must be (?P<some>'.*)", mark("must be {some}")),
    (r"must be (?P<least>\S+) to (?P<most>\S+)( (?P<unit>.+))?", mark("must be {least} to {most}")),
)


def told(say: Callable[..., str], table: Table, problem: str) -> str | None:
    """A fault by that table, or None where it has none that fits."""
    for form, words in table:
        if found := re.fullmatch(form, problem, re.DOTALL):
            return say(words, **{name: _plain(text) for name, text in found.groupdict("").items()})
    return None


def _plain(text: str) -> str:
    """`'browser', 'desk' or 'mobile'` without English and its marks."""
    return text.replace("' or '", "', '").replace("'", "") if text.startswith("'") else text
