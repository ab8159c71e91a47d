"""The caller on hold: music, while the agent's leg waits on a leash of its own.

Whoever is to talk to another is alone first, and only then joined (`together`): so no leg ever
goes from one talk straight into another, where some telephones go deaf, and a restart in between
finds both alone and joins them after all.
"""

from __future__ import annotations

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.signals import TalkEnded
from contactcentre.core.call import end_moves, queue_transfer, signals
from contactcentre.core.call.leg import Leg, Party
from contactcentre.core.call.menu_moves import keep_place
from contactcentre.core.call.move import Change, Follow, Moved, enter, with_leg
from contactcentre.core.call.offers import cancel_timer, let_go, music, on_leash, over
from contactcentre.core.call.rejoin_moves import await_agent
from contactcentre.core.call.state import Call, Hears, Phase, QueueTransfer, Talk
from contactcentre.core.call.talk_moves import talk_left, talked
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Result
from contactcentre.core.values import replace

# --- what the moves are made of --------------------------------------------------------------


def own_leg(call: Call, agent_id: str) -> Leg:
    """The leg of the agent whose call it is. Raises `Illegal` where that is somebody else, the talk
    is coming to its end, or the fallback queue has it: nobody would catch the caller there."""
    leg = call.offer
    ends = call.end.by is not None or call.talk.transfer is not None
    if call.talk.agent_id != agent_id or ends or leg is None or not (leg.talks and leg.channel):
        raise Illegal
    if leg.dialed_at is None and not call.channel.leashed:
        raise Illegal
    return leg


def apart(call: Call, leg: Leg, phase: Phase, at: float, hears: Hears = Hears.CALLER) -> Call:
    """The caller hears music, and the agent's leg is on the way to its leash."""
    talk = replace(call.talk, hears=hears, joins=False, adds=False, phones_own=False)
    waits = replace(leg, leashed=True, alone=False, held_since=leg.held_since or at)
    return with_leg(replace(enter(call, phase, at), talk=talk), waits)


def park(call: Call, leg: Leg, *, fetches: bool = True) -> effects.Park:
    """Take the agent's leg out of its talk."""
    return effects.Park(
        call_id=call.call_id,
        offer_id=leg.name,
        leg=leg.channel,
        caller=call.channel.name,
        fetches=fetches,
    )


def together(call: Call, at: float, *orders: Follow) -> Moved:
    """Caller and agent are joined, if that is wanted, both are alone and no telephone holds."""
    leg, wanted = call.offer, call.talk.joins
    if leg is None or leg.phone_holds or not (wanted and leg.alone and call.talk.parted):
        return Moved(call, orders)
    leg = replace(leg, alone=False, held_since=None, hold_s=leg.held_s(at))
    call = replace(call, talk=replace(call.talk, joins=False, parted=False))
    call = with_leg(call, leg)
    if call.phase is Phase.HELD:
        call = enter(call, Phase.TALKING, at)
    join = effects.Join(call_id=call.call_id, offer_id=leg.leg_id, leg=leg.channel)
    return Moved(call, (*orders, join))


def back(call: Call, at: float, *orders: Follow) -> Moved:
    """To the agent who has the call, if that leg is there still."""
    leg = call.offer
    if leg is None or not leg.talks:
        awaited = await_agent(call, at, ())
        return Moved(awaited.call, (*orders, *awaited.follows))
    talk = replace(call.talk, hears=Hears.CALLER, joins=True, adds=False, phones_own=False)
    held = enter(replace(call, talk=talk), Phase.HELD, at)
    return together(held, at, *orders)


def take_over(call: Call, leg: Leg, at: float) -> tuple[Call, tuple[Follow, ...]]:
    """The call is that colleague's from now on: the record goes along, its agent is free."""
    free, before = let_go(call, at), call.offer
    if before is not None:
        call = with_leg(call, before.over(at, Result.TRANSFERRED))
    talk = Talk(agent_id=leg.agent_id, answered_at=call.talk.answered_at, parted=call.talk.parted)
    return replace(call.without_agent(at), talk=talk), free


def aside_over(
    call: Call, result: Result, at: float, network: Network
) -> tuple[Call, tuple[Follow, ...]]:
    """Whoever was asked, or rung for the caller, is so no more."""
    leg = call.aside
    if leg is None:
        return call, ()
    if leg.party is Party.AGENT and leg.rings:
        call, word = over(call, leg, result, at, network)
        return call, (cancel_timer(leg), *word)
    free = TalkEnded(
        at=at, agent_id=leg.agent_id, call_id=call.call_id, wrap_up_s=0.0, unsaved=False
    )
    call = with_leg(call, leg.over(at, result))
    return call, (cancel_timer(leg), free) if leg.party is Party.AGENT else (cancel_timer(leg),)


def unheard(call: Call, event: signals.LeaseOver | signals.OfferWithdrawn) -> Result:
    """Why whoever is rung aside is so no more: nothing was heard of it, or the colleague has gone.
    Raises `Illegal` where it does not ring (any more)."""
    aside = call.aside
    if aside is None or aside.leg_id != event.offer_id or not aside.rings:
        raise Illegal
    return event.result if isinstance(event, signals.OfferWithdrawn) else Result.MISSED


def legs_ended(change: Change) -> tuple[effects.HangUpLeg, ...]:
    """A leg that has a leash of its own ends with nobody else's: it is hung up."""
    if change.before is None or not change.of_legs:
        return ()
    over = {leg.leg_id for leg in change.after.legs if leg.ended_at is not None and leg.leashed}
    return tuple(
        effects.HangUpLeg(offer_id=leg.name, leg=leg.channel)
        for leg in change.before.legs
        if leg.leg_id in over and leg.ended_at is None and leg.channel
    )


# --- asked for on the desk -------------------------------------------------------------------


def chosen(call: Call, event: commands.HoldChosen, network: Network) -> Moved:
    """Music for the caller."""
    leg = own_leg(call, event.agent_id)
    return Moved(apart(call, leg, Phase.HELD, event.at), (park(call, leg),))


def lasts(call: Call, event: signals.HoldLasts, network: Network) -> Moved:
    """A telephone has held by itself for a while: the caller comes to us, where words are said."""
    leg = own_leg(call, call.talk.agent_id or "")
    if leg.held_since is None:
        raise Illegal
    held = apart(call, leg, Phase.HELD, event.at)
    held = replace(held, talk=replace(held.talk, phones_own=True))
    return Moved(held, (park(call, leg),))


def taken(call: Call, event: commands.HoldChosen, network: Network) -> Moved:
    """The desk holds from now on: what the telephone says ends it no more."""
    own_leg(call, event.agent_id)
    if not call.talk.phones_own:
        raise Illegal
    return Moved(replace(call, talk=replace(call.talk, phones_own=False)))


def phone_key(call: Call, event: events.HoldStarted | events.HoldEnded, network: Network) -> Moved:
    """The telephone holds by itself, or does so no more, while the caller is held by us anyway."""
    leg = call.offer
    if leg is None or leg.leg_id != event.offer_id:
        return Moved(call)
    return Moved(with_leg(call, replace(leg, phone_holds=isinstance(event, events.HoldStarted))))


def phone_back(call: Call, event: events.HoldEnded, network: Network) -> Moved:
    """The telephone that held by itself does so no more: it was that hold, or it was waited for."""
    leg, by_phone = call.offer, call.talk.phones_own
    if leg is None or leg.leg_id != event.offer_id:
        return Moved(call)
    call = phone_key(call, event, network).call
    return back(call, event.at) if by_phone else together(call, event.at)


def resumed(call: Call, event: commands.ResumeChosen, network: Network) -> Moved:
    """Back to the caller; of a telephone that holds by itself not before its own key. Who asks once
    more is believed: what it has told may have been lost."""
    leg = own_leg(call, event.agent_id)
    if call.talk.joins:
        call = with_leg(call, replace(leg, phone_holds=False))
    return back(call, event.at)


def end_asked(call: Call, event: commands.EndAsked, network: Network) -> Moved:
    """The agent has nothing more to say."""
    own_leg(call, event.agent_id)
    return talked(replace(call, end=replace(call.end, by="agent")), event.at, network)


def passed_on(call: Call, event: commands.QueueTransferChosen, network: Network) -> Moved:
    """To a queue, where the caller is on the leash already."""
    own_leg(call, event.agent_id)
    if event.queue not in network.queues or not call.talk.parted:
        raise Illegal
    transfer = QueueTransfer(queue=event.queue, service=event.service)
    call = replace(call, talk=replace(call.talk, transfer=transfer))
    return queue_transfer.goes_on(call, event.at, network)


def taker_offered(call: Call, event: commands.TakeOverOffered, network: Network) -> Moved:
    """A colleague would have the caller: the call's agent is asked. One at a time, the last."""
    if call.talk.agent_id is None or call.talk.agent_id == event.agent_id:
        raise Illegal
    own_leg(call, call.talk.agent_id)
    return Moved(replace(call, talk=replace(call.talk, taker=event.agent_id)))


def taker_declined(call: Call, event: commands.TakeOverDeclined, network: Network) -> Moved:
    """The agent goes on alone. (Who agrees passes the caller on to that colleague.)"""
    if call.talk.agent_id != event.agent_id or not call.talk.taker:
        raise Illegal
    return Moved(replace(call, talk=replace(call.talk, taker="")))


# --- told by the exchange --------------------------------------------------------------------


def parted(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The agent's leg is out of the talk, and the caller is on the leash."""
    call = replace(call, talk=replace(call.talk, parted=True))
    return together(call, event.at, keep_place(call), music(call))


def returned(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The caller is on the leash of a new process."""
    call = on_leash(call, event)
    call = replace(call, talk=replace(call.talk, parted=True))
    return together(call, event.at, keep_place(call), music(call))


def leg_alone(call: Call, event: events.LegLeashed, network: Network) -> Moved:
    """The agent's leg waits on its leash."""
    return together(on_own_leash(call, event), event.at)


def on_own_leash(call: Call, event: events.LegLeashed) -> Call:
    """The call, that leg alone."""
    leg = call.leg(event.offer_id)
    if leg is None or leg.ended_at is not None:
        raise Illegal
    return with_leg(call, replace(leg, channel=event.leg, leashed=True, alone=True))


def leg_gone(call: Call, event: events.LegHungUp, network: Network) -> Moved:
    """The agent has hung up, or was lost: the caller is not."""
    leg = call.offer
    if leg is None or leg.leg_id != event.offer_id or not leg.talks:
        return Moved(call)
    return await_agent(call, event.at, ())


def audio_lost(call: Call, event: commands.AudioLost, network: Network) -> Moved:
    """The agent's page left or reloaded."""
    own_leg(call, event.agent_id)
    return await_agent(call, event.at, ())


def agent_elsewhere(
    call: Call, event: signals.RejoinOver | signals.TakenFromDesk, network: Network
) -> Moved:
    """The agent talks in a call of the fallback queue, or is lost: to the line again, in the old
    place, and the record goes along."""
    call, word = aside_over(call, Result.WITHDRAWN, event.at, network)
    own, here = call.offer, call.channel.leashed and call.talk.parted
    if own is not None:
        call = with_leg(call, own.over(event.at, Result.AUDIO_LOST))
    free = let_go(call, event.at, gone=True)
    call = enter(call, Phase.WAITING, event.at).without_agent(event.at)
    if here:
        return Moved(call, (*word, *free, keep_place(call), music(call)))
    recall = effects.Recall(call_id=call.call_id, channel=call.channel.name)
    return Moved(call.unleashed(), (*word, *free, recall))


def left(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """The caller hung up; whoever else is in the call is let go."""
    call, word = aside_over(call, Result.CALLER_LEFT, event.at, network)
    gone = talk_left(call, event, network)
    return Moved(gone.call, (*word, *gone.follows))


def lost(call: Call, event: signals.CallLost, network: Network) -> Moved:
    """The exchange does not have the call any more; whoever else is in it is let go."""
    call, word = aside_over(call, Result.LOST, event.at, network)
    gone = end_moves.lost(call, event, network)
    return Moved(gone.call, (*word, *gone.follows))


def found(call: Call, hears: Hears, at: float) -> Call:
    """The call as the exchange has it: nobody is to be joined any more."""
    leg = call.offer
    parted = hears is Hears.COLLEAGUE
    talk = replace(call.talk, hears=hears, joins=False, adds=False, parted=parted)
    call = replace(call, talk=talk)
    if leg is None:
        return call
    if hears is Hears.COLLEAGUE:
        return with_leg(call, replace(leg, alone=False))
    here = replace(leg, away=False, alone=False, held_since=None, hold_s=leg.held_s(at))
    return with_leg(call, here)
