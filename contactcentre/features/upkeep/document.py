"""Whom an institution's cards are asked about, and by when the answer is due: pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final

from agents_ui.shell.port import Realm, Texts
from contactcentre.core.config.document import Written
from contactcentre.core.config.mail_address import MailAddress
from contactcentre.core.config.network import Network
from routing.written import within

HOURS: Final = 16
"""Two working days, where nobody has written otherwise."""
HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOwner:
    """An institution, by its Latvian name. `hours` are of work, by the calendar of that name; by
    the hotline's where there is none."""

    institution: Written
    mail: MailAddress | None = None
    hours: Annotated[int, within(1, 400, "hours")] = HOURS
    calendar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedCard:
    """What is to be known of a card: whose it is there where it was asked about."""

    service: str
    name: Texts
    institution: str
    municipality: str = ""  # that of a card of one alone
    mail: str = field(default="", repr=False)  # of this very card's owner

    @property
    def realms(self) -> frozenset[Realm]:
        """In which it lies, beside the whole."""
        return realms_of(self.institution, self.municipality)


def realms_of(institution: str, municipality: str) -> frozenset[Realm]:
    """In which a card of these lies, beside the whole."""
    own: tuple[Realm, ...] = (("municipality", municipality),) if municipality else ()
    return frozenset((("institution", institution), *own))


def due_at(owner: CardOwner, at: float, network: Network) -> float:
    """So many hours of work from then; where no calendar has any, hours of the clock."""
    calendar = network.calendars.get(owner.calendar or network.default_calendar)
    due = calendar.after(at, owner.hours * HOUR_S) if calendar is not None else None
    return at + owner.hours * HOUR_S if due is None else due
