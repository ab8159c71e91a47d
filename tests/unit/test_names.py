"""A name of a class stands for one thing in the whole program."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOMS = ("contactcentre", "routing", "ivr", "agents_ui", "lab")


def test_no_two_classes_share_a_name(root: Path) -> None:
    """Whoever reads a class's name need not look which of two is meant, nor where it came from."""
    places: dict[str, list[str]] = defaultdict(list)
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(f"{path.relative_to(root)}:{node.lineno}")
    assert len(places) > 300
    assert {name: at for name, at in places.items() if len(at) > 1} == {}
