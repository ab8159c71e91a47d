"""The words for what a case is, and what was wrong with what was given."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

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
ENTRIES: Final = MappingProxyType(
    {
        "opened": mark("Opened"),
        "note": mark("Message"),
        "promise": mark("Promise"),
        "handed_on": mark("Handed on"),
        "state": mark("State"),
        "submission": mark("Submission read to the citizen and confirmed"),
    }
)
WRONG: Final = MappingProxyType(
    {
        "find": mark("No case has this number. Ask for it once more, digit by digit."),
        "kind": mark("Choose what it is."),
        "subject": mark("Write in a few words what it is about."),
        "service": mark("There is no service of that code."),
        "municipality": mark("Choose the municipality from the list."),
        "number": mark("Write the telephone number as the caller has it, as +37120000000."),
        "text": mark("Write it down, in at most 4000 letters."),
        "promise": mark("Choose a day from today on, within a year."),
        "owner": mark("Choose who is responsible from the list."),
        "state": mark("Choose the state from the list."),
        "settled": mark("Nothing was changed: it is settled, or somebody was faster. See below."),
    }
)


def said(request: web.Request, wrong: str) -> dict[str, Any]:
    """All of them in the language of the page, and the one of what is wrong."""
    text = render.language(request).text
    return {
        "kinds": {key: text(word) for key, word in KINDS.items()},
        "states": {key: text(word) for key, word in STATES.items()},
        "said": {key: text(word) for key, word in ENTRIES.items()},
        "wrong": {wrong: text(WRONG[wrong])} if wrong else {},
    }
