"""Where a caller belongs, and what the call asks of its agent."""

from __future__ import annotations

from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from routing.circles import widest
from routing.model import Requirement
from routing.scope import Place


def home(call: Call, network: Network) -> Place:
    """Where a caller belongs: where the number dialled does, else where the menu's choice does.

    Who asks for a municipality's own services belongs to that municipality, whichever number
    was dialled. Callers of the common number who chose nothing belong nowhere.
    """
    dialled = network.place(network.hotline(call.dialled).centre_id)
    chosen = network.municipalities.get(call.choice.municipality)
    if chosen is None or chosen.municipality_id == dialled.municipality:
        return dialled
    if dialled.centre and network.queue(call.queue).level != "municipal":
        return dialled
    return Place("", chosen.municipality_id, chosen.region)


def authority(call: Call, network: Network) -> str:
    """Whose own services are asked about: a municipality's id, or "" for the state's."""
    if network.queue(call.queue).level != "municipal":
        return ""
    return call.choice.municipality or home(call, network).municipality


def asks(call: Call, network: Network) -> Requirement:
    """What the call asks of its agent, before any circle relaxes it."""
    return Requirement(
        skills=call.queueing.skills, language=call.language, authority=authority(call, network)
    )


def asks_at_last(call: Call, network: Network) -> Requirement:
    """What it asks once its queue's last circle is open."""
    return widest(network.queue(call.queue).circles, asks(call, network))
