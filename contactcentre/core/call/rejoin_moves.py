"""The agent's audio is lost in mid-call: music for the caller, and the agent back."""

from __future__ import annotations

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import recording_moves, signals
from contactcentre.core.call.leg import Purpose
from contactcentre.core.call.menu_moves import keep_place
from contactcentre.core.call.move import Follow, Moved, enter, with_leg
from contactcentre.core.call.offers import (
    RESULTS,
    let_go,
    music,
    next_offer,
    offer_of,
    on_leash,
    phone_of,
    stop_ringing,
)
from contactcentre.core.call.state import TALKS, Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import DialResult, Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace

REJOIN_S = 20.0
"""How long a caller hears music for an agent whose audio was lost, before queueing again."""

_NOT_TAKEN = (DialResult.DECLINED, DialResult.BUSY, DialResult.NO_ANSWER)

RING_AGAIN_S = 1.0
"""How long after a ring that brought the lost agent back to nothing the next one is tried."""


def is_lost(call: Call, agent: Agent) -> bool:
    """Whether the agent has gone in mid-call: the caller waits, or talks to a telephone that is not
    there any more."""
    if call.talk.agent_id != agent.agent_id or call.phase not in TALKS:
        return False
    return call.phase is Phase.REJOINING or not agent.connected


def audio_lost(call: Call, event: commands.AudioLost, network: Network) -> Moved:
    """The agent's page left or reloaded in mid-call: music for the caller, not silence.

    Without the link nobody is fetched: until the caller is back, nobody else is rung for him.
    """
    if call.talk.agent_id != event.agent_id:
        raise Illegal
    if call.end.by is not None or call.talk.transfer is not None:
        return Moved(call)  # the agent had ended the talk, or passed it on, and then left
    recall = effects.Recall(call_id=call.call_id, channel=call.channel.name)
    return await_agent(call.unleashed(), event.at, (recall,))


def moved(call: Call, event: signals.SoundMoved, network: Network) -> Moved:
    """The agent goes on by another device: music for the caller, until that one is answered."""
    if call.end.by is not None or call.talk.transfer is not None:
        return Moved(call)
    orders: tuple[effects.Effect, ...] = ()
    if call.phase is Phase.TALKING:
        orders = (effects.Recall(call_id=call.call_id, channel=call.channel.name),)
        call = call.unleashed()
    gone = await_agent(call, event.at, orders, Result.MOVED)
    talk = replace(gone.call.talk, moved_from=event.former)
    return Moved(replace(gone.call, talk=talk), gone.follows)


def moved_again(call: Call, event: signals.SoundMoved, network: Network) -> Moved:
    """Another device, or back: what rings rings no more, and the caller waits anew."""
    back = call.talk.moved_from == network.device(call.talk.agent_id or "")[0]
    talk = replace(call.talk, moved_from=None) if back else call.talk
    rung = call.open_offer is not None and call.channel.leashed
    call = replace(enter(call, Phase.REJOINING, event.at), talk=talk)
    if not rung:
        return Moved(call, (_time(call), _ring_again(call)))
    recall = effects.Recall(call_id=call.call_id, channel=call.channel.name)
    return Moved(call.unleashed(), (recall, _time(call)))


def await_agent(
    call: Call,
    at: float,
    orders: tuple[effects.Effect, ...],
    why: Result = Result.AUDIO_LOST,
) -> Moved:
    offer = call.offer
    if offer is not None:
        call = with_leg(call, offer.over(at, why))
    call = enter(call, Phase.REJOINING, at)
    call = replace(call, talk=replace(call.talk, moved_from=None))
    here = () if orders else (music(call), _ring_again(call))
    return Moved(call, (*orders, *here, _time(call)))


def _time(call: Call) -> effects.StartTimer:
    return effects.StartTimer(kind=Timer.REJOIN, key=call.call_id, seconds=REJOIN_S)


def _ring_again(call: Call) -> effects.StartTimer:
    return effects.StartTimer(kind=Timer.RING_AGAIN, key=call.call_id, seconds=RING_AGAIN_S)


def rejoin_returned(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The caller is on the leash and hears music; World rings the agent when the phone is there."""
    back, orders = _close_ring(on_leash(call, event), Result.WITHDRAWN, event.at)
    return Moved(back, (*orders, music(back)))


def _close_ring(call: Call, result: Result, at: float) -> tuple[Call, tuple[effects.Effect, ...]]:
    offer = call.open_offer
    if offer is None:
        return call, ()
    return with_leg(call, offer.over(at, result)), stop_ringing(offer)


def rejoin_ring(call: Call, event: signals.RejoinPossible, network: Network) -> Moved:
    """Ring the agent back into the talk; the browser answers by itself."""
    agent = event.agent
    phone = phone_of(agent, network)
    offer = next_offer(
        call, agent.agent_id, event.at, REJOIN_S, device=phone.device, purpose=Purpose.REJOIN
    )
    offer = replace(offer, recorded=recording_moves.of_leg_again(call, event.at, network))
    ring = effects.Ring(
        call_id=call.call_id,
        offer_id=offer.leg_id,
        phone=phone,
        timeout_s=REJOIN_S,
        auto=True,
        records=offer.recorded is not None,
    )
    return Moved(with_leg(call, offer), (ring,))


def rejoin_asked(call: Call, event: commands.AudioLost, network: Network) -> Moved:
    """The agent's page is here again and does not ring: what rings is an address that is gone.

    A closed page stays registered for a while and never answers, so the caller is taken out of
    that dial. Once back on the leash he is rung anew, where the page is now.
    """
    if call.talk.agent_id != event.agent_id:
        raise Illegal
    offer = call.open_offer
    if offer is None or not call.channel.leashed:
        return Moved(call)  # the next ring is on its way
    if offer.rang_at is not None and event.at - offer.rang_at < RING_AGAIN_S:
        return Moved(call)  # the page is about to answer
    recall = effects.Recall(call_id=call.call_id, channel=call.channel.name)
    return Moved(call.unleashed(), (recall,))


def rejoin_failed(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The agent's phone did not take it; try again when it is seen and now and then, until
    time is up: a page that reloads is rung at its old address first.
    """
    offer = offer_of(call, event.offer_id)
    call = with_leg(call, offer.over(event.at, RESULTS.get(event.result, Result.UNREACHABLE)))
    call = call.leashed()  # he may be one who was to be fetched
    return Moved(call, (music(call), _ring_again(call), *_refused(call, event)))


def _refused(call: Call, event: events.DialEnded) -> tuple[Follow, ...]:
    """The other device was not taken: the talk goes on where it was."""
    former, agent_id = call.talk.moved_from, call.talk.agent_id
    if former is None or agent_id is None or event.result not in _NOT_TAKEN:
        return ()
    return (commands.DeviceChosen(at=event.at, agent_id=agent_id, device=former),)


def requeue(
    call: Call, event: signals.RejoinOver | signals.TakenFromDesk, network: Network
) -> Moved:
    """The agent did not come back: to the line again, in the old place.

    The record goes with the call, to whoever answers next. A phone that still rings is left by
    taking the caller out of the dial: only when the caller is back may somebody else be rung.
    """
    word = let_go(call, event.at, gone=True)
    rings = call.open_offer is not None
    call, orders = _close_ring(call, Result.UNREACHABLE, event.at)
    if rings:
        call = call.unleashed()
        orders += (effects.Recall(call_id=call.call_id, channel=call.channel.name),)
    call = enter(call, Phase.WAITING, event.at).without_agent(event.at)
    return Moved(call, (*orders, keep_place(call), *word))
