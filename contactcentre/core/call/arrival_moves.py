"""How a call comes to be: it arrives, or it is there and nobody knows it."""

from __future__ import annotations

from contactcentre.core import events
from contactcentre.core.call import demand, menu_moves, notices, signals
from contactcentre.core.call.move import Moved, enter, into
from contactcentre.core.call.offer_moves import waiting_again
from contactcentre.core.call.queueing import NOT_QUEUED
from contactcentre.core.call.state import Call, CallerChannel, MenuChoice, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome
from contactcentre.core.values import replace

TOO_MANY = "caller.too-many"
LISTED = "caller.refused"
EMERGENCY = "notice.112"


def arrived(call: None, event: events.CallArrived, network: Network) -> Moved:
    """A new call, into its menu."""
    return menu_moves.begin(_newcomer(event, network), event.at, network)


def refused(call: None, event: signals.CallerRefused, network: Network) -> Moved:
    """What everybody is told, then a short text, and the number for emergencies: never in line."""
    made = _newcomer(event.arrival, network).settled(Outcome.REFUSED)
    here = network.notices_at(demand.home(made, network))
    said = (*network.announcements, *notices.common(here, made, event.at))
    last = LISTED if event.arrival.listed else TOO_MANY
    return menu_moves.farewell(made, event.at, (*said, last, EMERGENCY))


def adopted(call: None, event: events.CallReturned, network: Network) -> Moved:
    """A call that the journal does not know, with the place that its channel remembers."""
    made = replace(
        _newcomer(event, network),
        arrived_at=min(event.arrived_at or event.at, event.at),
        language=event.language or network.languages[0],
    )
    if event.queued_at is None:
        return menu_moves.begin(made, event.at, network)
    queue = network.queue(event.queue)
    queued_at = min(event.queued_at, event.at)  # written by a clock that was set back since
    made = replace(
        into(enter(made, Phase.WAITING, event.at), queue, network),
        choice=MenuChoice(
            matter=queue.queue_id,
            queue=queue.queue_id,
            skills=queue.skills,
            municipality=event.municipality,
        ),
        queueing=NOT_QUEUED.entered(queued_at, skills=queue.skills, services=queue.services),
    )
    return waiting_again(made, event, network)


def _newcomer(event: events.CallArrived | events.CallReturned, network: Network) -> Call:
    return Call(
        call_id=event.call_id,
        channel=CallerChannel(name=event.channel, unique_id=event.channel_id),
        caller=event.caller,
        dialled=event.dialled,
        arrived_at=event.at,
        phase=Phase.MENU,
        since=event.at,
        language=network.languages[0],
    )
