"""What kinds of errors, states of messages and refusals are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agents_ui.shell.texts import mark
from agents_ui.upkeep.port import FlagKind, Mailed

KINDS: Final[Mapping[FlagKind, str]] = MappingProxyType(
    {
        "wrong": mark("wrong"),
        "outdated": mark("out of date"),
        "missing": mark("something is missing"),
        "unclear": mark("hard to understand"),
    }
)

MAILED: Final[Mapping[Mailed, str]] = MappingProxyType(
    {
        "none": mark("not sent by e-mail"),
        "waiting": mark("e-mail on its way"),
        "sent": mark("sent by e-mail"),
        "failed": mark("the e-mail was not delivered"),
    }
)

REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gone": mark("That was settled meanwhile, or is not yours to settle."),
        "length": mark("Question and answer may not be empty, nor longer than the field."),
        "personal": mark(
            "A personal code, a card, an account or a telephone number stands in it: take it out."
        ),
        "language": mark("Choose a language."),
        "many": mark("This card has enough questions: write the answer into the card itself."),
        "reason": mark("Write why, in a line."),
        "address": mark("No address of this institution is known: write it below first."),
        "no-mail": mark(
            "No mail server is set up (CC_SMTP_HOST): ask them, and type in the answer."
        ),
        "full": mark("Too much mail is waiting. Try again later."),
        "calendar": mark("Choose a calendar."),
        "mail": mark("Write an address of e-mail, as anna@inbox.lv"),
        "hours": mark("Hours: a whole number, 1 to 400."),
    }
)
