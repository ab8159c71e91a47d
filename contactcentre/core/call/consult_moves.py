"""The agent asks somebody while the caller hears music: a colleague, or a number outside.

Who talks to whom is `Talk.hears`. Every change of it takes the agent's leg out of the talk that it
is in, and joins it again as soon as both are alone (`_settled`).
"""

from __future__ import annotations

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.signals import Reserved, TalkStarted
from contactcentre.core.call import signals
from contactcentre.core.call.hold_moves import (
    apart,
    aside_over,
    back,
    found,
    on_own_leash,
    own_leg,
    park,
    take_over,
    together,
    unheard,
)
from contactcentre.core.call.leg import Leg, Party, Purpose
from contactcentre.core.call.menu_moves import keep_place
from contactcentre.core.call.move import Follow, Moved, enter, next_leg_id, with_leg
from contactcentre.core.call.offer_moves import LEASE_GRACE_S, lease_s
from contactcentre.core.call.offers import (
    RESULTS,
    cancel_timer,
    music,
    on_leash,
    stop_ringing,
    talk_over,
)
from contactcentre.core.call.rejoin_moves import await_agent
from contactcentre.core.call.state import Call, Hears, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace

OUTSIDE_S = 45.0
"""How long somebody outside is rung."""

MOST_LEGS = 60
"""Nobody is asked any more in a call in which so many were: each is written with every event."""

# --- who is chosen ---------------------------------------------------------------------------


def new_leg(
    call: Call, event: signals.PartyChosen, network: Network
) -> tuple[Call, tuple[Follow, ...]]:
    """The call with the leg of whoever was chosen; an agent is reserved from now on."""
    if len(call.legs) >= MOST_LEGS:
        raise Illegal
    agent, leg_id, follows = event.colleague, next_leg_id(call), list[Follow]()
    party, device, ring_s = Party.OUTSIDE, "telephone", OUTSIDE_S
    leg = Leg(
        leg_id=leg_id,
        party=party,
        purpose=event.purpose,
        device="telephone",
        number=event.number,
        by=event.agent_id,
        at=event.at,
        ring_until=event.at + ring_s,
        leashed=event.purpose is Purpose.CONSULT,
    )
    if agent is not None:
        device, _ = network.device(agent.agent_id)
        ring_s = network.offers.ring_s(device, network.queue(call.queue).ring_s)
        leg = replace(leg, party=Party.AGENT, device=device, agent_id=agent.agent_id)
        leg = replace(leg, ring_until=event.at + ring_s)
        follows.append(
            Reserved(at=event.at, agent_id=agent.agent_id, offer_id=leg_id, call_id=call.call_id)
        )
    seconds = ring_s + LEASE_GRACE_S + lease_s(leg)
    follows.append(effects.StartTimer(kind=Timer.OFFER, key=leg_id, seconds=seconds))
    call = replace(call, talk=replace(call.talk, taker=""))
    return with_leg(call, leg), tuple(follows)


def phone_of(leg: Leg, network: Network) -> effects.Phone | None:
    """What rings at an agent; None of somebody outside."""
    if leg.party is not Party.AGENT:
        return None
    device, number = network.device(leg.agent_id)
    profile = network.agents.get(leg.agent_id)
    endpoint = profile.phones[0] if profile is not None else ""
    return effects.Phone(device=device, endpoint=endpoint, number=number)


def asked(call: Call, event: signals.PartyChosen, network: Network) -> Moved:
    """The agent's leg is parked first, and rings whoever was chosen when it is alone."""
    leg, parked = own_leg(call, event.agent_id), call.phase is Phase.HELD
    if parked:
        talk = replace(call.talk, hears=Hears.COLLEAGUE, joins=False, adds=False)
        call = replace(enter(call, Phase.CONSULTING, event.at), talk=talk)
    else:
        call = apart(call, leg, Phase.CONSULTING, event.at, Hears.COLLEAGUE)
    call, follows = new_leg(call, event, network)
    return _settled(call, event.at, network, *follows, *(() if parked else (park(call, leg),)))


# --- who is alone, and with whom that one is to be -------------------------------------------


def _settled(call: Call, at: float, network: Network, *orders: Follow) -> Moved:
    """Whoever is to hear the agent does, as soon as both are alone, and then the third as well."""
    moved = _two(call, at, network, *orders)
    call, own, aside = moved.call, moved.call.offer, moved.call.aside
    wanted = call.talk.adds and not call.talk.joins
    if own is None or aside is None or not wanted or not _may_add(call):
        return moved
    three = _three(call, own, aside, at)
    return Moved(three.call, (*moved.follows, *three.follows))


def _two(call: Call, at: float, network: Network, *orders: Follow) -> Moved:
    leg, aside, hears = call.offer, call.aside, call.talk.hears
    if hears is Hears.CALLER:
        return together(call, at, *orders)
    if leg is not None and aside is not None and hears is Hears.ALL:
        return _third(call, leg, aside, *orders)
    if leg is None or aside is None or not leg.alone:
        return Moved(call, orders)
    if aside.rings:
        if aside.dialed_at is not None:  # rung when nobody of us was there
            call, word = aside_over(call, Result.UNREACHABLE, at, network)
            return Moved(enter(call, Phase.HELD, at), (*orders, *word))
        rung = effects.RingAside(
            offer_id=leg.name,
            rung_id=aside.leg_id,
            phone=phone_of(aside, network),
            number=aside.number,
            shown=call.dialled,
            timeout_s=max(1.0, aside.ring_until - at),
        )
        return Moved(with_leg(call, replace(leg, alone=False)), (*orders, rung))
    if not aside.alone:
        return Moved(call, orders)
    call = with_leg(with_leg(call, replace(leg, alone=False)), replace(aside, alone=False))
    call = replace(call, talk=replace(call.talk, joins=False))
    join = effects.JoinLegs(offer_id=leg.name, leg=aside.channel)
    return Moved(call, (*orders, join))


def _third(call: Call, own: Leg, aside: Leg, *orders: Follow) -> Moved:
    """Whoever was asked joins the talk of caller and agent."""
    if not aside.alone or own.alone:
        return Moved(call, orders)
    join = effects.JoinLegs(offer_id=aside.leg_id, leg=own.channel, adds=True)
    return Moved(with_leg(call, replace(aside, alone=False)), (*orders, join))


def leg_alone(call: Call, event: events.LegLeashed, network: Network) -> Moved:
    """The agent's leg, or that of whoever is asked; that one hears music meanwhile."""
    call = on_own_leash(call, event)
    aside = call.aside
    waits = aside is not None and aside.leg_id == event.offer_id
    music = (effects.LegMusic(offer_id=event.offer_id),) if waits else ()
    return _settled(call, event.at, network, *music)


def parted(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The caller is on the leash."""
    hears = Hears.COLLEAGUE if call.talk.hears is Hears.ALL else call.talk.hears
    call = replace(call, talk=replace(call.talk, parted=True, hears=hears))
    return _settled(call, event.at, network, keep_place(call), music(call))


def returned(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """The caller is on the leash of a new process."""
    call = on_leash(call, event)
    hears = Hears.COLLEAGUE if call.talk.hears is Hears.ALL else call.talk.hears
    call = replace(call, talk=replace(call.talk, parted=True, hears=hears))
    return _settled(call, event.at, network, keep_place(call), music(call))


# --- what becomes of the ring ----------------------------------------------------------------


def dialed(call: Call, event: events.LegDialed, network: Network) -> Moved:
    """The leg exists. If it is wanted no more, it is stopped at once."""
    leg = call.leg(event.offer_id)
    if leg is None:
        raise Illegal
    leg = replace(leg, channel=event.leg)
    if leg.ended_at is not None:
        return Moved(call, stop_ringing(leg))
    if leg is not call.offer and leg.dialed_at is None:
        ring_s = leg.ring_until - leg.at
        leg = replace(leg, dialed_at=event.at, ring_until=event.at + ring_s)
        seconds = ring_s + lease_s(leg)
        lease = effects.StartTimer(kind=Timer.OFFER, key=leg.leg_id, seconds=seconds)
        return Moved(with_leg(call, leg), (lease,))
    return Moved(with_leg(call, leg))


def rang(call: Call, event: events.LegRang, network: Network) -> Moved:
    """It rings."""
    leg = call.aside
    if leg is None or leg.leg_id != event.offer_id or not leg.rings or leg.rang_at is not None:
        return Moved(call)
    return Moved(with_leg(call, replace(leg, rang_at=event.at)))


def answered(call: Call, event: events.LegAnswered, network: Network) -> Moved:
    """The agent and whoever was asked hear each other."""
    leg = call.aside
    if leg is None or leg.leg_id != event.offer_id or not leg.rings:
        return Moved(call)
    call = with_leg(call, replace(leg, answered_at=event.at))
    return Moved(call, (cancel_timer(leg), *talk_started(call, leg, event.at)))


def talk_started(call: Call, leg: Leg, at: float) -> tuple[Follow, ...]:
    """Word to the agent who was rung, if it is one."""
    if leg.party is not Party.AGENT:
        return ()
    start = TalkStarted(at=at, agent_id=leg.agent_id, offer_id=leg.leg_id, call_id=call.call_id)
    return (start,)


def ring_ended(call: Call, event: events.LegDialEnded, network: Network) -> Moved:
    """Not answered, and why. Of a talk only its hang-up is the end: the agent's leg may have been
    taken out of it."""
    aside = call.aside
    if aside is None or aside.leg_id != event.offer_id or not aside.rings:
        return Moved(call)
    result = RESULTS.get(event.result, Result.UNREACHABLE)
    return gone(call, result, event.at, network)


def rejected(call: Call, event: commands.OfferRejected, network: Network) -> Moved:
    """The colleague can't now."""
    aside = call.aside
    if aside is None or aside.leg_id != event.offer_id or aside.agent_id != event.agent_id:
        raise Illegal
    if not aside.rings:
        raise Illegal
    return gone(call, Result.REJECTED, event.at, network)


def ring_over(
    call: Call, event: signals.LeaseOver | signals.OfferWithdrawn, network: Network
) -> Moved:
    """Nothing was heard of the ring, or the colleague has gone."""
    return gone(call, unheard(call, event), event.at, network)


def gone(call: Call, result: Result, at: float, network: Network) -> Moved:
    """Nobody else is in the call: the agent is with the caller, or has the caller on hold."""
    hears = call.talk.hears
    call, word = aside_over(call, result, at, network)
    call = replace(call, talk=replace(call.talk, adds=False))
    if hears is Hears.COLLEAGUE:
        call = replace(call, talk=replace(call.talk, joins=False))
        return Moved(enter(call, Phase.HELD, at), word)
    if hears is Hears.CALLER and (call.talk.joins or call.talk.parted):  # not together (any more)
        return Moved(enter(call, Phase.HELD, at), word)
    return Moved(enter(_hears_caller(call, at), Phase.TALKING, at), word)


def _hears_caller(call: Call, at: float) -> Call:
    return replace(call, talk=replace(call.talk, hears=Hears.CALLER))


# --- asked for on the desk -------------------------------------------------------------------


def dropped(call: Call, event: commands.ReachDropped, network: Network) -> Moved:
    """Back to the caller."""
    own_leg(call, event.agent_id)
    aside = call.aside
    talks = aside is not None and aside.talks
    result = Result.HUNG_UP if talks else Result.WITHDRAWN
    alone = gone(call, result, event.at, network)
    if alone.call.phase is not Phase.HELD:
        return alone
    return back(alone.call, event.at, *alone.follows)


def _talks_aside(call: Call, agent_id: str) -> tuple[Leg, Leg]:
    own, aside = own_leg(call, agent_id), call.aside
    if aside is None or not aside.talks or not aside.channel:
        raise Illegal
    return own, aside


def completed(call: Call, event: commands.ConsultCompleted, network: Network) -> Moved:
    """The caller goes to whoever was asked."""
    _, aside = _talks_aside(call, event.agent_id)
    if call.talk.hears is Hears.CALLER:
        raise Illegal
    return left_to(call, aside, event.at, network)


def left_to(call: Call, aside: Leg, at: float, network: Network) -> Moved:
    """The caller is theirs who was asked, whether the agent has said so or has hung up."""
    joined = call.talk.hears is Hears.ALL
    if aside.party is not Party.AGENT:
        return gone_outside(call, aside, at, network)
    call, free = take_over(call, aside, at)
    call = with_leg(call, replace(aside, purpose=Purpose.HANDED))
    if joined:
        return Moved(enter(call, Phase.TALKING, at), free)
    return back(call, at, *free)


def gone_outside(call: Call, aside: Leg, at: float, network: Network) -> Moved:
    """The caller talks to somebody outside from now on, and the agent writes down what was."""
    own = call.offer
    call = replace(call, talk=replace(call.talk, ended_at=at))
    word = talk_over(call, at, network)
    if own is not None:
        call = with_leg(call, own.over(at, Result.TRANSFERRED))
    call = with_leg(call, replace(aside, purpose=Purpose.TRANSFER))
    call = enter(call, Phase.TRANSFERRED, at).settled(Outcome.ANSWERED)
    return Moved(call, word)


def leg_alone_outside(call: Call, event: events.LegLeashed, network: Network) -> Moved:
    """Whoever outside was asked is alone now, and joined with the caller."""
    leg = call.leg(event.offer_id)
    if leg is None or not leg.talks or not call.talk.parted:
        raise Illegal
    call = replace(call, talk=replace(call.talk, parted=False))
    join = effects.Join(call_id=call.call_id, offer_id=leg.leg_id, leg=event.leg)
    return Moved(call, (join,))


def swapped(call: Call, event: commands.SidesSwapped, network: Network) -> Moved:
    """From whoever was asked to the caller, and back again; also before the last swap is done."""
    own, _ = _talks_aside(call, event.agent_id)
    if call.talk.hears is Hears.ALL:
        raise Illegal
    hears = Hears.CALLER if call.talk.hears is Hears.COLLEAGUE else Hears.COLLEAGUE
    between = own.alone or call.talk.joins
    call = replace(call, talk=replace(call.talk, hears=hears, joins=True, adds=False))
    if between:  # on the way to its leash, or there
        return _settled(call, event.at, network)
    waits = replace(own, held_since=own.held_since or event.at)
    return Moved(with_leg(call, waits), (park(call, own),))


def joined_all(call: Call, event: commands.AllJoined, network: Network) -> Moved:
    """All three hear each other; after a swap as soon as that is done."""
    own, aside = _talks_aside(call, event.agent_id)
    if call.talk.hears is Hears.ALL:
        raise Illegal
    if call.talk.joins or not _may_add(call):
        return Moved(replace(call, talk=replace(call.talk, adds=True)))
    return _three(call, own, aside, event.at)


def _may_add(call: Call) -> bool:
    """Whether the third, if that is the caller, is on the leash."""
    return call.talk.hears is Hears.CALLER or call.talk.parted


def _three(call: Call, own: Leg, aside: Leg, at: float) -> Moved:
    """The agent talks to one of them, and the other joins in."""
    caller_joins = call.talk.hears is Hears.COLLEAGUE
    talk = replace(call.talk, hears=Hears.ALL, parted=False, adds=False)
    free = replace(own, held_since=None, hold_s=own.held_s(at))
    call = with_leg(replace(call, talk=talk), free)
    if not caller_joins:
        return _third(call, free, aside)
    join = effects.Join(call_id=call.call_id, offer_id=own.leg_id, leg=own.channel, adds=True)
    return Moved(call, (join,))


def end_asked(call: Call, event: commands.EndAsked, network: Network) -> Moved:
    """Whoever was asked has nothing more to say. (The agent whose call it is says what for.)"""
    aside = call.aside
    if aside is None or aside.agent_id != event.agent_id:
        raise Illegal
    return gone(call, Result.HUNG_UP, event.at, network)


# --- told by the exchange --------------------------------------------------------------------


def leg_gone(call: Call, event: events.LegHungUp, network: Network) -> Moved:
    """One of the legs has ended: of whoever was asked, or the agent's."""
    own, aside = call.offer, call.aside
    if aside is not None and aside.leg_id == event.offer_id:
        # While it rings, the dial's end says why it was not answered.
        return gone(call, Result.HUNG_UP, event.at, network) if aside.talks else Moved(call)
    if own is None or own.leg_id != event.offer_id or not own.talks:
        return Moved(call)
    return _agent_gone(call, event.at, network)


def audio_lost(call: Call, event: commands.AudioLost, network: Network) -> Moved:
    """A page left or reloaded: of whoever was asked, or the agent's."""
    aside = call.aside
    if aside is not None and aside.talks and aside.agent_id == event.agent_id:
        return gone(call, Result.AUDIO_LOST, event.at, network)
    own_leg(call, event.agent_id)
    return _agent_gone(call, event.at, network)


def _agent_gone(call: Call, at: float, network: Network) -> Moved:
    """In a talk of three the other two go on. Else the caller waits for the agent."""
    aside = call.aside
    if call.talk.hears is Hears.ALL and aside is not None and aside.talks:
        return left_to(call, aside, at, network)
    call, word = aside_over(call, Result.WITHDRAWN, at, network)
    awaited = await_agent(call, at, ())
    return Moved(awaited.call, (*word, *awaited.follows))


def talk_found(call: Call, event: signals.TalkFound, network: Network) -> Moved:
    """The exchange is right: an order of the last process may never have reached it. Whoever was
    to be rung, and was not, is so no more."""
    call, word = found(call, event.hears, event.at), tuple[Follow, ...]()
    if event.hears is Hears.CALLER and call.aside is not None and call.aside.rings:
        call, word = aside_over(call, Result.WITHDRAWN, event.at, network)
    if call.aside is None:
        call = enter(call, Phase.TALKING, event.at)
    return Moved(call, word)
