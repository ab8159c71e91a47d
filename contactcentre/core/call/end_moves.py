"""How a call comes to its end where nobody talks: hung up, said goodbye to, or lost."""

from __future__ import annotations

from contactcentre.core import events
from contactcentre.core.call import menu_moves, notices, offers, signals
from contactcentre.core.call.leg import Party
from contactcentre.core.call.move import Moved, with_leg
from contactcentre.core.call.state import TALKS, Call
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.values import replace


def leash_lost(call: Call, event: events.LeashLost, network: Network) -> Moved:
    """Nobody is left who could say something to the caller, for now."""
    return Moved(call.unleashed())


def left_menu(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """Before any queue."""
    informed = notices.informed(call, event.at)
    outcome = Outcome.INFORMED if informed else Outcome.LEFT_MENU
    return Moved(offers.ended(call, event.at, "caller", outcome))


def goodbye(call: Call, event: events.Event, network: Network) -> Moved:
    """The message is left, or the talk outside the hotline is over."""
    return menu_moves.farewell(call, event.at, (menu_moves.GOODBYE,))


def transfer_over(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """Whoever was rung outside the hotline has hung up, or did not answer."""
    unanswered = offers.RESULTS.get(event.result, Result.UNREACHABLE)
    result = Result.HUNG_UP if event.result.answered else unanswered
    return goodbye(_outside_over(call, event.at, result), event, network)


def _outside_over(call: Call, at: float, result: Result) -> Call:
    open_ = (leg for leg in call.legs if leg.party is Party.OUTSIDE and leg.ended_at is None)
    for leg in open_:
        call = with_leg(call, leg.over(at, result))
    return call


def outside_gone(call: Call, event: events.LegHungUp, network: Network) -> Moved:
    """Whoever outside was asked has hung up before the caller was there."""
    leg = call.leg(event.offer_id)
    if leg is None or not leg.talks or not call.talk.parted:
        return Moved(call)
    return goodbye(_outside_over(call, event.at, Result.HUNG_UP), event, network)


def hang_up(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """There is nothing left to be said."""
    return menu_moves.farewell(offers.on_leash(call, event), event.at, ())


def closed(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """As we had asked for."""
    return Moved(offers.ended(call, event.at, "service", Outcome.SERVED_BY_MENU))


def lost(call: Call, event: signals.CallLost, network: Network) -> Moved:
    """the exchange does not have the call any more, and nobody can know how it ended.

    A talk was answered, whatever came then; who stood in line anew was not talking.
    """
    outcome = Outcome.PBX_LOST if event.restarted else Outcome.UNKNOWN
    talks = call.phase in TALKS
    word = offers.talk_over(call, event.at, network) if talks else ()
    if call.talk.agent_id is not None:
        outcome = Outcome.ANSWERED
        call = replace(call, talk=replace(call.talk, ended_at=call.talk.ended_at or event.at))
    offer = call.open_offer
    if offer is not None and not talks:
        call, word = offers.over(call, offer, Result.WITHDRAWN, event.at, network)
    return Moved(offers.ended(call, event.at, "lost", outcome), word)
