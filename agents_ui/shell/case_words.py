"""What kinds and states of cases are called, on their own pages and beside a call."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from aiohttp import web

from agents_ui.shell import render
from agents_ui.shell.texts import mark

KINDS: Final = MappingProxyType(
    {
        "question": mark("Question"),
        "fault": mark("Fault"),
        "submission": mark("Submission"),
        "complaint": mark("Complaint"),
        "decision": mark("Administrative act"),
    }
)
STATES: Final = MappingProxyType(
    {
        "open": mark("In hand"),
        "waiting": mark("Waits for the citizen"),
        "handed_on": mark("Handed on"),
        "done": mark("Done"),
        "closed": mark("Closed"),
    }
)


def kinds_and_states(request: web.Request) -> tuple[dict[str, str], dict[str, str]]:
    """Both in the language of the page."""
    text = render.language(request).text
    kinds = {key: text(word) for key, word in KINDS.items()}
    return kinds, {key: text(word) for key, word in STATES.items()}
