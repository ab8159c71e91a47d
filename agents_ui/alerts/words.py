"""What figures, sides, dimensions and faults of alerts are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agents_ui.alerts.port import UNITS, AlertScope, Figure, Side
from agents_ui.shell.port import Texts
from agents_ui.shell.texts import Language, mark

FIGURES: Final[Mapping[Figure, str]] = MappingProxyType(
    {
        "waiting": mark("Waiting"),
        "unattended": mark("Waiting while nobody is ready"),
        "longest_wait": mark("Longest wait"),
        "p90_wait": mark("Wait of one in ten (9 of 10 wait less)"),
        "service_level": mark("Answered in time, last 30 minutes"),
        "service_level_today": mark("Answered in time today"),
        "average_wait": mark("Average wait today"),
        "abandoned": mark("Hung up while waiting, today"),
        "abandoned_share": mark("Share of those who hung up while waiting, today"),
        "callbacks": mark("Callbacks still to be made"),
        "callbacks_late": mark("Callbacks that are late"),
        "messages_late": mark("Voice messages that are late"),
        "ready": mark("Agents who are ready"),
        "not_ready": mark("Agents who are not ready"),
        "agents_long": mark("Agents too long in one state"),
        "enquiries_late": mark("Questions to owners of cards that are late"),
    }
)

DIMENSIONS: Final = MappingProxyType(
    {
        "network": mark("The whole network"),
        "queue": mark("Queues"),
        "municipality": mark("Municipalities"),
        "centre": mark("Centres"),
        "region": mark("Regions"),
        "language": mark("Languages"),
        "number": mark("Numbers"),
    }
)

SIDES: Final[Mapping[Side, str]] = MappingProxyType(
    {"above": mark("above"), "below": mark("below")}
)

FAULTS: Final = MappingProxyType(
    {
        ("name", "form"): mark("It needs a name of at most 80 letters, on one line."),
        ("name", "taken"): mark("Another rule has that name: alerts are known by it."),
        ("name", "too-many"): mark("There are 300 rules already: remove one first."),
        ("figure", "form"): mark("Choose a figure."),
        ("of", "form"): mark("Choose something of your own part of the network."),
        ("of", "not-by-place"): mark(
            "Agents are counted so in the network, a municipality or a centre."
        ),
        ("of", "not-whole"): mark("These are counted in the whole network alone."),
        ("side", "form"): mark("Choose above or below."),
        ("threshold", "form"): mark("A number, 0 or more."),
        ("threshold", "over-100"): mark("Shares are percent: 100 at most."),
        ("clears", "form"): mark("A number, 0 or more; blank is the threshold itself."),
        ("clears", "wrong-side"): mark(
            "It has to lie on the good side of the threshold, or be the same."
        ),
        ("after", "form"): mark("Seconds, 0 to 3600."),
        ("clears_after", "form"): mark("Seconds, 0 to 3600."),
        ("least_calls", "form"): mark("A whole number, 0 to 10000."),
        ("days", "no-day"): mark("Choose a day at least."),
        ("since", "form"): mark("A time of day, as 08:30."),
        ("until", "form"): mark("A time of day, as 17:00; 24:00 is midnight."),
        ("mail", "form"): mark("Addresses as anna@ludza.lv, a line each."),
        ("mail", "too-many"): mark("Ten addresses at most: a list of the mail server takes more."),
        ("then_mail", "form"): mark("Addresses as anna@ludza.lv, a line each."),
        ("then_mail", "too-many"): mark(
            "Ten addresses at most: a list of the mail server takes more."
        ),
        ("then_after", "form"): mark("Seconds, 0 to 3600."),
        ("webhook", "form"): mark(
            "An https:// address of the Internet, or in a network that CC_WEBHOOK_NETWORKS names."
        ),
        ("webhook", "no-secret"): mark(
            "Webhooks are signed: an administrator sets CC_WEBHOOK_SECRET."
        ),
    }
)
"""By field and code."""


def scope_name(language: Language, scope: AlertScope, label: Texts) -> str:
    """What people call what a figure is of; an id where the configuration has it no more."""
    dimension, key = scope
    if dimension == "network":
        return language.text(DIMENSIONS[dimension])
    if dimension == "language":
        return language.name_of(key)
    return language.label(label) or key


def amount(figure: Figure, value: float | None) -> str:
    """A value with its unit: minutes and seconds, percent, or a plain number."""
    if value is None:
        return "–"
    match UNITS[figure]:
        case "s":
            minutes, seconds = divmod(round(value), 60)
            return f"{minutes}:{seconds:02}"
        case "%":
            return f"{value:.0f} %"
        case _:
            return f"{value:.0f}"
