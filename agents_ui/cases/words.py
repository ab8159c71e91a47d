"""The words for what a case is, and what was wrong with what was given."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

from agents_ui.shell import render
from agents_ui.shell.case_words import kinds_and_states
from agents_ui.shell.texts import mark

ENTRIES: Final = MappingProxyType(
    {
        "opened": mark("Opened"),
        "note": mark("Message"),
        "promise": mark("Promise"),
        "handed_on": mark("Handed on"),
        "state": mark("State"),
        "submission": mark("Submission read to the citizen and confirmed"),
        "event": mark("Known event"),
        "file": mark("Attached"),
        "file_removed": mark("An attachment was removed"),
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
        "title": mark("Write in at most 200 letters what the event is, and nobody's name."),
        "call": mark("Only your own call can be joined to an event that is open."),
        "unknown_caller": mark("This caller's number is not known: nobody could ring back."),
        "events": mark("This is known here. Join the call, or open a case of its own below."),
        "file_kind": mark("Only PDF, JPEG and PNG files can be attached; this is none."),
        "file_size": mark("A file can have 10 MB at most."),
        "file_count": mark("A case can have ten files at most."),
        "file_infected": mark("A virus is in this file: it was not kept."),
        "file_unscanned": mark(
            "No file can be taken now, for none can be looked at for viruses. Tell whoever looks"
            " after the hotline."
        ),
        "file_room": mark("There is no room for more files. Tell whoever looks after the hotline."),
        "settled": mark("Nothing was changed: it is settled, or somebody was faster. See below."),
    }
)


def said(request: web.Request, wrong: str) -> dict[str, Any]:
    """All of them in the language of the page, and the one of what is wrong."""
    text = render.language(request).text
    kinds, states = kinds_and_states(request)
    return {
        "kinds": kinds,
        "states": states,
        "said": {key: text(word) for key, word in ENTRIES.items()},
        "wrong": {wrong: text(WRONG[wrong])} if wrong else {},
    }
