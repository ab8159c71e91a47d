"""Facts that are asked about before they are told.

Nobody outside knows the id of a call or an offer, so what names one is believed. A phone's name can
be guessed: that a phone is gone, or in a call that is none of ours, takes an agent off the line,
and Asterisk is asked whether it is so. What happens to the same phone meanwhile makes the question
needless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from contactcentre.core import events
from contactcentre.telephony.ami import Ami

Doubtful = events.PhoneSeen | events.PhoneBusy

_PHONE: Final = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Confirm:
    """Ask whether it is so, and tell it then."""

    fact: Doubtful


class Doubts:
    """What is kept back, by phone and kind of fact: no more than there are phones."""

    def __init__(self) -> None:
        self._open: dict[tuple[type[events.Event], str], Doubtful] = {}

    def about(self, event: events.Event) -> Confirm | None:
        """The question that this event needs before it is told; None where it needs none."""
        if not isinstance(event, Doubtful):
            return None
        key = (type(event), event.endpoint)
        if not _frightens(event):
            self._open.pop(key, None)
            return None
        self._open[key] = event
        return Confirm(event)

    async def confirmed(self, fact: Doubtful, ami: Ami) -> bool:
        """Whether Asterisk says so too, and nothing newer has come. Raises AmiError."""
        key = (type(fact), fact.endpoint)
        try:
            return await _is_so(fact, ami) and self._open.get(key) is fact
        finally:
            if self._open.get(key) is fact:
                del self._open[key]


def _frightens(fact: Doubtful) -> bool:
    return fact.busy if isinstance(fact, events.PhoneBusy) else not fact.reachable


async def _is_so(fact: Doubtful, ami: Ami) -> bool:
    if not _PHONE.fullmatch(fact.endpoint):
        return False
    if isinstance(fact, events.PhoneBusy):
        return await ami.value(f"DEVICE_STATE(PJSIP/{fact.endpoint})") != "NOT_INUSE"
    return not await has_contact(fact.endpoint, ami)


async def has_contact(endpoint: str, ami: Ami) -> bool:
    """Whether that phone is registered. Raises AmiError."""
    return await ami.value(f"PJSIP_DIAL_CONTACTS({endpoint})") != ""
