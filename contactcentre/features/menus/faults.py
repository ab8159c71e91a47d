"""What is wrong with a menu's text, each fault with its line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents_ui.menus.port import TextFault
from ivr.document import Problem, lines_of

MOST = 100
"""So many faults are told at once."""


def faults(text: str, problems: Sequence[Problem]) -> tuple[TextFault, ...]:
    """The problems of that text, in its order as far as they have a line."""
    told = problems[:MOST]
    found = [_fault(line, one) for line, one in zip(lines_of(text, told), told, strict=True)]
    return tuple(sorted(found, key=lambda one: one.line))


def _fault(line: int, problem: Problem) -> TextFault:
    place = re.sub(r"^.*?\.yaml(: line [0-9]+, column [0-9]+)?(: )?", "", problem.where)
    return TextFault(line=line, place=place, what=problem.what, hint=problem.hint)
