"""When something is wrong: what `check` and the alerts say has its row in the handbook, in both
languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.unit

PAGES = ("docs/handbook/trouble.md", "docs/handbook/trouble.lv.md")
RULES = "deploy/prometheus/contactcentre.rules.yml"
FOUND = re.compile(r"^\| `([^`]+)` \| [^|]+ \|$", re.M)


def faults(root: Path) -> Iterator[str]:
    """What is wrong, in the words of the command line; … where a value stands."""
    for file in sorted((root / "contactcentre" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sick":
                yield _words(node.args[0])


def _words(text: ast.expr) -> str:
    match text:
        case ast.Constant():
            return str(text.value)
        case ast.JoinedStr():
            return "".join(_words(one) for one in text.values)
        case ast.BinOp():  # a list of problems follows
            return _words(text.left)
        case _:
            return "…"


def spoken(words: str) -> bool:
    """Whether it has words of its own; else it is told by its part."""
    return words.replace("…", "").strip() != ""


def test_everything_that_is_said_has_its_row(root: Path) -> None:
    """And no row tells of what is never said."""
    said = {words for words in faults(root) if spoken(words)}
    groups = yaml.safe_load((root / RULES).read_text())["groups"]
    alerts = {rule["alert"] for group in groups for rule in group["rules"]}
    for page in PAGES:
        text = (root / page).read_text()
        rows = FOUND.findall(text)
        assert len(rows) == len(set(rows))
        assert set(rows) == said | alerts, page
