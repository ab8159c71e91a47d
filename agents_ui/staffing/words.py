"""The words of the page of forecast and staffing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agents_ui.shell.texts import mark

WEEKDAYS: Final = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)

NEAR: Final[Mapping[str, str]] = MappingProxyType(
    {
        "holiday": mark("Holiday or day off"),
        "eve": mark("Day before a holiday"),
        "after": mark("First day after a holiday"),
        "moved": mark("Worked in place of a day off"),
    }
)

WRONG: Final[Mapping[str, str]] = MappingProxyType(
    {
        "when": mark("Choose a weekday, or write a date."),
        "times": mark("A shift ends after it begins, on the same day."),
        "agents": mark(
            "Agents: a whole number from 1 to 2000; on a date also below 0, of those who are away."
        ),
        "centre": mark("There is no such centre, or its shifts are not yours to write."),
        "queue": mark("There is no such queue."),
        "dates": mark("Write both days, the first not after the last: at most 366 of them."),
        "factor": mark("Times the usual: a number from 0 to 50, as 1,5."),
        "note": mark("Say in a few words what it is: at most 200 letters."),
        "away": mark("Away from the phone: from 0 to 90 per cent."),
        "most_abandoned": mark("Hang up: above 0, at most 100 per cent."),
        "full": mark("There are as many as there may be. First remove what is over."),
        "present": mark("There are shifts already. First remove them, or change them by hand."),
        "nothing": mark("Nobody is needed in that week, as far as is known."),
        "no_shifts": mark("Nobody is on shift that day."),
        "no_calls": mark("No calls are expected that day, as far as is known."),
        "gone": mark("It is there no more. Nothing was changed."),
    }
)
"""What is wrong, by its code."""
