"""A filled-in card as a form sends it, and as it is shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from agents_ui.quality import port, words
from agents_ui.quality.port import CardView, Filled
from agents_ui.shell import render

LONGEST: Final = 4_000


def filled_of(given: Mapping[str, str]) -> Filled:
    """`mark-KEY`, `remark-KEY` and `comment`."""
    return Filled(
        marks=_of(given, "mark-"),
        remarks=_of(given, "remark-"),
        comment=given.get("comment", "")[:LONGEST],
    )


def _of(given: Mapping[str, str], head: str) -> dict[str, str]:
    return {
        name.removeprefix(head): value[:LONGEST]
        for name, value in given.items()
        if name.startswith(head)
    }


def context(request: web.Request, card: CardView) -> dict[str, Any]:
    """What the template of a card needs."""
    here = render.language(request)
    return {
        "card": card,
        "marks": port.MARKS,
        "mark_words": {key: here.text(word) for key, word in words.MARKS.items()},
        "weight": sum(one.weight for group in card.groups for one in group.criteria),
        "limits": port,
    }


def refused(request: web.Request, reason: str) -> str:
    """In words; "" of nothing."""
    return render.language(request).text(words.REFUSED[reason]) if reason else ""
