"""The caller in the line and offered to an agent: what each fact changes."""

from __future__ import annotations

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.signals import PhoneRang, PhoneSilent, Reserved, TalkStarted
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import recording_moves, signals
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.menu_moves import PLACE_KEPT, farewell, keep_place, tell_waiting
from contactcentre.core.call.move import Follow, Moved, enter, in_place, with_leg
from contactcentre.core.call.notices import informed
from contactcentre.core.call.offers import (
    RESULTS,
    cancel_timer,
    cut_off,
    ended,
    in_line,
    let_go,
    lifted,
    music,
    next_offer,
    offer_of,
    on_leash,
    open_offer_of,
    over,
    phone_of,
    stop_ringing,
)
from contactcentre.core.call.state import Call, Phase, Talk
from contactcentre.core.call.talk_moves import talk_done, talk_returned
from contactcentre.core.call.voice_moves import lift
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace

PROMPT_S = 15.0
"""A prompt that the caller is just hearing may delay the dial by so much."""

LEASE_GRACE_S = 5.0
"""An offer of which nothing is heard so long after its ring time is taken back."""


ACCEPT_S = 25.0
"""A mobile that was answered is listened to for so long before somebody has pressed 1."""


def lease_s(offer: Leg) -> float:
    """How much longer than it rings something may come of an offer."""
    return LEASE_GRACE_S + (ACCEPT_S if offer.device == "mobile" else 0.0)


def offer_to(
    call: Call,
    event: signals.AgentChosen,
    phase: Phase,
    network: Network,
    *,
    stands_s: float | None = None,
) -> tuple[Call, Leg, Reserved]:
    """The call offered to whom was chosen, for so long as that kind of phone rings, or as told."""
    agent_id = event.agent.agent_id
    device, _ = network.device(agent_id)
    if stands_s is None:
        stands_s = network.offers.ring_s(device, network.queue(call.queue).ring_s)
    offer = next_offer(call, agent_id, event.at, stands_s, device=device, circle=event.circle)
    offer = replace(offer, recorded=recording_moves.of_new_leg(call, network))
    call = enter(with_leg(call, offer), phase, event.at)
    word = Reserved(at=event.at, agent_id=agent_id, offer_id=offer.leg_id, call_id=call.call_id)
    return call, offer, word


def offered(call: Call, event: signals.AgentChosen, network: Network) -> Moved:
    """An agent was chosen: ring, for so long."""
    call, offer, word = offer_to(call, event, Phase.OFFERED, network)
    return Moved(call, (*ring(call, offer, event.agent, network), word))


def _rings_s(call: Call, offer: Leg) -> float:
    """From the order on: of a promise the card was read and the citizen rung before."""
    return offer.ring_until - max(offer.at, call.since)


def ring(
    call: Call, offer: Leg, agent: Agent, network: Network, *, auto: bool = False
) -> tuple[effects.Effect, ...]:
    """Ring that agent's phone, and be heard of in time."""
    ring_s = max(1.0, _rings_s(call, offer))
    order = effects.Ring(
        call_id=call.call_id,
        offer_id=offer.leg_id,
        phone=phone_of(agent, network),
        timeout_s=ring_s,
        auto=auto,
        records=offer.recorded is not None,
    )
    lease = effects.StartTimer(
        kind=Timer.OFFER, key=offer.leg_id, seconds=PROMPT_S + ring_s + lease_s(offer)
    )
    return order, lease


def forgive(call: Call, event: signals.RefusalsForgiven, network: Network) -> Moved:
    """Whoever refused the call may be asked again."""
    forgiven = max(call.queueing.forgiven, event.count)
    return Moved(replace(call, queueing=replace(call.queueing, forgiven=forgiven)))


def in_old_place(call: Call, event: signals.PlaceKept, network: Network) -> Moved:
    """A caller whose line had dropped stands where he stood, and hears so."""
    call = in_place(call, event.place_at)
    return Moved(call, (keep_place(call), tell_waiting(call, (PLACE_KEPT,)), music(call)))


def waiting_again(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """Back on the leash, in the old place.

    Who has talked meanwhile, in an offer that was never journaled, wants no other agent.
    """
    back = on_leash(call, event)
    if event.talked and call.talk.answered_at is None:
        return farewell(back.settled(Outcome.UNKNOWN), event.at, ())
    return Moved(back, (keep_place(back), music(back)))


def dial_let_go(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """A dial that we wanted the caller out of has ended by itself: the leash is there still."""
    offer_of(call, event.offer_id)
    return Moved(call.leashed(), (music(call),))


def abandoned(call: Call, event: events.CallerHungUp, network: Network) -> Moved:
    """The caller gave up while waiting; whoever was being rung is not to blame.

    One who had been answered before is counted apart: one answer is one answer, and its wait was
    over; the service level has it already.
    """
    offer = call.offer
    follows: tuple[Follow, ...] = ()
    if call.phase is Phase.OFFERED and offer is not None:
        call, follows = cut_off(call, offer, Result.CALLER_LEFT, event.at, network)
    if call.talk.answered_at is not None:
        talks = [one for one in call.offers if one.answered_at is not None]
        passed = bool(talks) and talks[-1].result is Result.TRANSFERRED
        by = "caller" if passed else "lost"
        return Moved(ended(call, event.at, by, Outcome.GAVE_UP), follows)
    outcome = Outcome.INFORMED if informed(call, event.at) else Outcome.ABANDONED
    return Moved(ended(call, event.at, "caller", outcome), follows)


def dialed(call: Call, event: events.LegDialed, network: Network) -> Moved:
    """The agent's leg exists. If the offer was taken back meanwhile, stop it at once."""
    if any(old.leg_id == event.offer_id for old in call.offers[:-1]):
        return Moved(call, (effects.HangUpLeg(offer_id=event.offer_id, leg=event.leg),))
    offer = replace(offer_of(call, event.offer_id), channel=event.leg)
    if not offer.rings:
        return Moved(with_leg(call, offer), stop_ringing(offer))
    if offer.dialed_at is not None:
        return Moved(with_leg(call, offer))
    ring_s = _rings_s(call, offer)
    offer = replace(offer, dialed_at=event.at, ring_until=event.at + ring_s)
    lease = effects.StartTimer(kind=Timer.OFFER, key=offer.leg_id, seconds=ring_s + lease_s(offer))
    orders = (lease, *ring_expected(offer, network))
    return Moved(with_leg(call, offer), () if offer.rejoin else orders)


def ring_expected(offer: Leg, network: Network) -> tuple[effects.Effect, ...]:
    """From its dial on the phone must ring before long."""
    if offer.rang_at is not None:
        return ()
    seconds = network.offers.silent_s(offer.device)
    return (effects.StartTimer(kind=Timer.SILENT, key=offer.leg_id, seconds=seconds),)


def rang(call: Call, event: events.LegRang, network: Network) -> Moved:
    """The phone rings."""
    if (late := rang_late(call, event, network)).follows:
        return late
    offer = offer_of(call, event.offer_id)
    if not offer.rings or offer.rang_at is not None:
        return Moved(call)
    offer = replace(offer, rang_at=event.at)
    heard = effects.CancelTimer(kind=Timer.SILENT, key=offer.leg_id)
    return Moved(with_leg(call, offer), (heard, *(lift(offer) if _is_awaited(call, offer) else ())))


def _is_awaited(call: Call, offer: Leg) -> bool:
    """Whether its agent has had the citizen rung, who is there: nothing is left to decide."""
    lifted_at = call.dial.answered_at if call.dial is not None else None
    return lifted_at is not None and offer.at < lifted_at


def rang_late(call: Call, event: events.LegRang, network: Network) -> Moved:
    """A phone that was given up had rung by then: it is alive, and no slower than the others."""
    given_up = [
        leg
        for leg in call.offers
        if (leg.leg_id, leg.result, leg.rang_at) == (event.offer_id, Result.UNREACHABLE, None)
    ]
    return Moved(call, tuple(PhoneRang(at=event.at, agent_id=leg.agent_id) for leg in given_up))


def answered(call: Call, event: events.LegAnswered, network: Network) -> Moved:
    """Agent and caller hear each other."""
    offer = offer_of(call, event.offer_id)
    if not offer.rings:
        raise Illegal
    first_at = event.at if call.talk.answered_at is None else call.talk.answered_at
    beside = call.talk.beside if offer.rejoin else ""
    talk = Talk(agent_id=offer.agent_id, answered_at=first_at, beside=beside)
    call = with_leg(call, replace(offer, answered_at=event.at))
    call = replace(enter(call, Phase.TALKING, event.at), talk=talk, queueing=call.queueing.served())
    start = TalkStarted(
        at=event.at, agent_id=offer.agent_id, offer_id=offer.leg_id, call_id=call.call_id
    )
    timers = (cancel_timer(offer), effects.CancelTimer(kind=Timer.REJOIN, key=call.call_id))
    return Moved(call, (*timers, start))


def found_talking(call: Call, event: events.FoundTalking, network: Network) -> Moved:
    """Somebody has answered without us: it is that agent's call from now on."""
    known = call.open_offer
    follows: tuple[Follow, ...] = ()
    if known is not None:
        call, follows = cut_off(call, known, Result.WITHDRAWN, event.at, network)
    if call.talk.agent_id is not None:  # of the talk before: the record goes along
        follows += let_go(call, event.at)
        talk_before = call.open_offer
        if talk_before is not None:
            call = with_leg(call, talk_before.over(event.at, Result.LOST))
        call = call.without_agent(event.at)
    device, _ = network.device(event.agent_id)
    offer = next_offer(call, event.agent_id, event.at, 0.0, device=device, channel=event.leg)
    call = with_leg(in_line(lifted(call, event.at), event.at, network), offer)
    talk = answered(call, events.LegAnswered(at=event.at, offer_id=offer.leg_id), network)
    return Moved(talk.call, follows + talk.follows)


def dial_failed(call: Call, event: events.DialEnded, network: Network) -> Moved:
    """The phone was not answered: the call keeps its place, the agent is told why."""
    offer = offer_of(call, event.offer_id)
    if event.result.answered and offer.rings:
        return _talked_unseen(call, offer, event, network)
    result = RESULTS.get(event.result, Result.UNREACHABLE)
    call, follows = cut_off(call, offer, result, event.at, network)
    return Moved(enter(call, Phase.WAITING, event.at), (*follows, music(call)))


def _talked_unseen(call: Call, offer: Leg, event: events.DialEnded, network: Network) -> Moved:
    """The whole talk fell into a gap of the link to the exchange: it was answered all the same."""
    start = events.LegAnswered(at=event.at, offer_id=offer.leg_id)
    talk = answered(call, start, network)
    end = talk_returned(talk.call, event, network)
    return Moved(end.call, talk.follows + end.follows)


def rejected(call: Call, event: commands.OfferRejected, network: Network) -> Moved:
    """The agent can't take it."""
    offer = open_offer_of(call, event.offer_id, event.agent_id)
    return taken_back(call, offer, Result.REJECTED, event.at, network)


def lease_over(call: Call, event: signals.LeaseOver, network: Network) -> Moved:
    """Nothing was heard of the offer in time: take it back, and the caller too if need be."""
    offer = offer_of(call, event.offer_id)
    free = taken_back(call, offer, Result.MISSED, event.at, network)
    recall = effects.Recall(call_id=call.call_id, channel=call.channel.name)
    return Moved(free.call, (*free.follows, recall))


def did_not_ring(call: Call, event: signals.RingOverdue, network: Network) -> Moved:
    """The phone is not there, whatever it has told of itself: the next one, and no blame."""
    offer = offer_of(call, event.offer_id)
    if not offer.rings or offer.rang_at is not None:
        return Moved(call)
    word = PhoneSilent(at=event.at, agent_id=offer.agent_id)
    free = taken_back(call, offer, Result.UNREACHABLE, event.at, network)
    return Moved(free.call, (word, *free.follows))


def withdrawn(call: Call, event: signals.OfferWithdrawn, network: Network) -> Moved:
    """The agent has gone."""
    offer = offer_of(call, event.offer_id)
    return taken_back(call, offer, event.result, event.at, network)


def taken_back(call: Call, offer: Leg, result: Result, at: float, network: Network) -> Moved:
    """The next one is rung when the exchange has let go of this phone."""
    call, word = over(call, offer, result, at, network)
    return Moved(call, (*stop_ringing(offer), *word))


def offer_lost(call: Call, event: events.CallReturned, network: Network) -> Moved:
    """Back on the leash while an offer was under way: whatever rang rings no more."""
    offer = call.offer
    if event.talked and call.open_offer is not None:
        return _talked_away(call, call.open_offer, event, network)
    back = enter(on_leash(call, event), Phase.WAITING, event.at)
    follows: tuple[Follow, ...] = ()
    if offer is not None:
        back, word = cut_off(back, offer, Result.WITHDRAWN, event.at, network)
        follows = (*word, *stop_ringing(offer))
    return Moved(back, (*follows, keep_place(back), music(back)))


def _talked_away(call: Call, offer: Leg, event: events.CallReturned, network: Network) -> Moved:
    """The whole talk fell into our absence: it was answered all the same."""
    start = events.LegAnswered(at=event.at, offer_id=offer.leg_id)
    talk = answered(call, start, network)
    end = talk_done(talk.call, event, network)
    return Moved(end.call, talk.follows + end.follows)
