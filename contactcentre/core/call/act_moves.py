"""What a supervisor does with a call: moved, put first, given to one agent, withdrawn, ended.

An earmark narrows the line to one agent for a while; the matcher does the rest, so whoever is
free is rung at once and whoever is not comes next. It is one offer: a call that comes back from it
is everybody's again (`offers.over`).
"""

from __future__ import annotations

from contactcentre.core import acts, effects
from contactcentre.core.call import hold_moves, overflow
from contactcentre.core.call.move import Follow, Moved, enter, with_leg
from contactcentre.core.call.offers import cut_off, stop_ringing, talk_over
from contactcentre.core.call.queueing import Earmark
from contactcentre.core.call.signals import EarmarkOver
from contactcentre.core.call.state import TALKS, Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace
from routing.overflow import Way

EARMARKED_S = 900.0
"""So long a call waits for the agent to whom it was given; then for whoever is next."""

END_S = 5.0
"""An exchange that has not ended a call so long after it was told does not know of it."""

SUPERVISOR = "supervisor"
"""Who has ended a call (`CallEnd.by`)."""


def moved(call: Call, event: acts.CallMoved, network: Network) -> Moved:
    """To another queue, with the wait so far; whoever waits on the telephone hears so."""
    if event.queue not in network.queues or event.queue == call.queue:
        raise Illegal
    way = Way(do="queue", queue=event.queue)
    if call.phase is Phase.WAITING:
        _on_the_leash(call)
        return overflow.take(call, way, event.at, network)
    return Moved(overflow.in_queue(call, way, event.at, network))


def put_first(call: Call, event: acts.CallPutFirst, network: Network) -> Moved:
    """Before all others who wait."""
    return _first(call, first=True)


def put_back(call: Call, event: acts.CallPutBack, network: Network) -> Moved:
    """To its own place."""
    return _first(call, first=False)


def _first(call: Call, *, first: bool) -> Moved:
    if call.queueing.first is first:
        raise Illegal
    return Moved(replace(call, queueing=replace(call.queueing, first=first)))


def earmarked(call: Call, event: acts.CallEarmarked, network: Network) -> Moved:
    """For that agent alone, for a while; what was refused before counts no more."""
    given = Earmark(agent_id=event.agent_id, by=event.by, until=event.at + EARMARKED_S)
    queueing = replace(call.queueing, earmark=given, forgiven=len(call.legs))
    return Moved(replace(call, queueing=queueing))


def lifted(call: Call, event: acts.EarmarkLifted | EarmarkOver, network: Network) -> Moved:
    """For whoever is next."""
    if call.queueing.earmark is None:
        raise Illegal
    return Moved(replace(call, queueing=replace(call.queueing, earmark=None)))


def withdrawn(call: Call, event: acts.CallWithdrawn, network: Network) -> Moved:
    """The caller is told, and let go."""
    _on_the_leash(call)
    if event.ending == "callback":
        if network.callback_number(call.caller) is None:
            raise Illegal
        return overflow.take(call, Way(do="callback"), event.at, network)
    words = overflow.CLOSED if event.ending == "closed" else ()
    return overflow.take(call, Way(do="hang_up", prompts=words), event.at, network)


def _on_the_leash(call: Call) -> None:
    """Whom we cannot speak to just now is not moved unheard, and a citizen whom we rang is owed an
    agent. Raises `Illegal` there."""
    if not call.channel.leashed or call.callback is not None:
        raise Illegal


# --- ended -----------------------------------------------------------------------------------


def ended(call: Call, event: acts.CallEndForced, network: Network) -> Moved:
    """Everybody is let go at once, and the exchange is told to end it. Should it not know of the
    call, the timer closes it."""
    if call.callback is not None and call.talk.answered_at is None:
        raise Illegal  # what is promised stays so: its agent is released instead
    call, words = _let_go(call, event.at, network)
    end = replace(call.end, by=SUPERVISOR)
    closing = enter(replace(call, end=end), Phase.CLOSING, event.at)
    return Moved(closing.unleashed(), (*words, *_end_orders(closing), end_timer(closing)))


def is_ended(call: Call) -> bool:
    """Whether it was, and the exchange has not said so yet."""
    return call.phase is Phase.CLOSING and call.end.by == SUPERVISOR


def is_forced(call: Call) -> bool:
    """The same, or it is over: the exchange has said so, or nothing in time."""
    return call.phase in (Phase.CLOSING, Phase.ENDED) and call.end.by == SUPERVISOR


def end_timer(call: Call) -> effects.StartTimer:
    """When it is over at the latest."""
    return effects.StartTimer(kind=Timer.END, key=call.call_id, seconds=END_S)


def _end_orders(call: Call) -> tuple[Follow, ...]:
    """What ends the call at the exchange, wherever it is there."""
    stays = call.offer if call.talk.beside else None  # for the agent's other caller
    legs = (stop_ringing(leg) for leg in call.legs if leg.channel and leg is not stays)
    caller = effects.HangUpLeg(offer_id="", leg=call.channel.name)
    return (*(order for leg in legs for order in leg), *((caller,) if call.channel.name else ()))


def _let_go(call: Call, at: float, network: Network) -> tuple[Call, tuple[Follow, ...]]:
    """Agents are free; an answered call was answered, any other one was turned away."""
    call, words = hold_moves.aside_over(call, Result.WITHDRAWN, at, network)
    offer = call.open_offer
    if offer is not None:
        call, cut = cut_off(call, offer, Result.WITHDRAWN, at, network)
        words = (*words, *cut)
    if call.phase in TALKS:
        words = (*words, *talk_over(call, at, network))
        call = replace(call, talk=replace(call.talk, ended_at=at, transfer=None, joins=False))
    for leg in call.legs:
        call = with_leg(call, leg.over(at, Result.WITHDRAWN))
    answered = call.talk.agent_id is not None
    return call.settled(call.end.outcome or _outcome(answered=answered)), words


def _outcome(*, answered: bool) -> Outcome:
    return Outcome.ANSWERED if answered else Outcome.TURNED_AWAY
