"""What marks, answers, kinds of documents and refusals are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agents_ui.quality.port import EditKind
from agents_ui.shell.texts import mark

MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {"yes": mark("Yes"), "no": mark("No"), "na": mark("Not applicable")}
)

ANSWERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "right": mark("right"),
        "partly": mark("right in part"),
        "wrong": mark("wrong, or none"),
    }
)

KINDS: Final[Mapping[EditKind, str]] = MappingProxyType(
    {
        "scorecard": mark("Scorecards"),
        "rule": mark("How talks are drawn"),
        "script": mark("Scripts of test calls"),
    }
)

NEW: Final[Mapping[EditKind, str]] = MappingProxyType(
    {
        "scorecard": mark("New scorecard"),
        "rule": mark("New rule"),
        "script": mark("New script"),
    }
)

RECORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "consultation": mark("Consultation"),
        "application": mark("Application"),
        "e_service": mark("E-service"),
        "referral": mark("To an institution"),
        "complaint": mark("Complaint"),
        "other": mark("Other"),
        "answered": mark("Answered"),
        "handed_on": mark("Handed on"),
        "callback": mark("Call back promised"),
        "not_ours": mark("Not our matter"),
    }
)

REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "none": mark("No talk waits to be assessed. More are drawn each night."),
        "drafts": mark("Five of yours are not finished: finish one, or put it back."),
        "gone": mark("That is not open to you any more."),
        "known": mark(
            "You have read what the first reviewer has found, or what the agent says to it:"
            " somebody who has not assesses this talk too."
        ),
        "mark": mark("Choose one of the marks that are offered."),
        "open": mark("Not finished: each criterion needs a mark."),
        "nothing": mark("Not finished: no criterion applies."),
        "length": mark("A text is too long."),
        "personal": mark(
            "A personal code, a card, an account or a telephone number stands in a text: take it"
            " out."
        ),
        "replied": mark("You have answered once already."),
        "form": mark("Nothing was saved: see below what does not fit."),
        "stale": mark("Somebody else has saved this meanwhile: look at theirs, then change it."),
        "many": mark("There are enough of these: put one out of force and use it anew."),
        "number": mark("Write the number from which you rang, as 29 123 445."),
        "no-call": mark(
            "No call of this number is known since the test was begun. It is known some seconds"
            " after it has ended; check the number, or say that it is not to be looked for."
        ),
        "wait": mark("Write how long you waited in whole seconds, at most 7200."),
        "answer": mark("Say whether the answer was right."),
    }
)

FAULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "empty": mark("A scorecard needs at least one criterion."),
        "many": mark("A scorecard has 40 criteria at most."),
        "doubled": mark("Two criteria have one key: load the page anew."),
        "critical": mark("Critical can only be what is answered by Yes or No."),
        "lv": mark("Latvian: one line that is not empty, at most 80 letters in a name, else 300."),
        "en": mark("English: one line that is not empty, at most 80 letters in a name, else 300."),
        "weight": mark("A weight is a whole number, 1 to 100."),
        "name": mark("It needs a name of at most 80 letters."),
        "scorecard": mark("Choose a scorecard that is in force."),
        "each_month": mark("A whole number, 1 to 20."),
        "queues": mark("Choose queues that there are."),
        "service": mark("There is no card of this code."),
        "points": mark("Points: a whole number, 0 to 100."),
        "dialled": mark("Write which number is rung."),
        "path": mark("Write how one goes through the menu."),
        "question": mark("Write what is asked."),
        "answer": mark("Write what is to be answered."),
        "fee": mark("A fee is told in at most 300 letters."),
    }
)
OTHER_FAULT: Final = mark("Something in the form does not fit.")
