"""Whose rules and alerts they are: by what their figures are of."""

from __future__ import annotations

from agents_ui.alerts.port import AlertScope
from agents_ui.shell.permissions import Act, may, reach
from agents_ui.shell.port import Person
from contactcentre.core.config.network import Network
from contactcentre.features.board.subjects import is_seen, realms_of


def is_open(scope: AlertScope, network: Network, at: float) -> bool:
    """Whether what it is of is open then: a centre, a number, or else the hotline."""
    dimension, key = scope
    if dimension == "centre" and (own := network.calendar_of(key)) is not None:
        return own.state(at) == "open"
    calendar = network.own_calendar(key if dimension == "number" else "")
    return calendar is None or calendar.state(at) == "open"


def seen_by(person: Person, scope: AlertScope, network: Network) -> bool:
    """Whether these figures are shown to the person."""
    realms = reach(person.grants, Act.ALERTS_SEE)
    return bool(realms) and is_seen(scope, network, realms)


def edited_by(person: Person, scope: AlertScope, network: Network) -> bool:
    """Whether the person makes rules on them."""
    return may(person, Act.ALERTS_EDIT, realms_of(scope, network))
