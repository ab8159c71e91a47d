"""What the log tells is told by stable names, and the handbook has each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcentre.cli.log import named

pytestmark = pytest.mark.unit

LEVELS = {"info", "warning", "error"}
TABLE = "docs/handbook/log.md"


def actions(root: Path) -> Iterator[str]:
    """Of every line that the code writes; `*` where a part of the name is only known then."""
    for folder in ("contactcentre", "agents_ui"):
        for file in sorted((root / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if _is_line(node):
                    yield from _names(node)


def _is_line(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    )


def _names(call: ast.AST) -> Iterator[str]:
    assert isinstance(call, ast.Call)
    given = [one.value for one in call.keywords if one.arg == "action"]
    for node in ast.walk((given or call.args[:1])[0]):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(one.value) if isinstance(one, ast.Constant) else "*" for one in node.values
            )
            return
        if isinstance(node, ast.Constant) and "%" not in str(node.value):
            yield named(str(node.value))


def test_every_line_has_its_row(root: Path) -> None:
    """In the handbook, with what it means; none is there that the code does not write."""
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|$", (root / TABLE).read_text(), re.M)
    assert sorted(name for name, _ in rows) == sorted(set(actions(root)))
