"""What every move of an offer or a talk is made of."""

from __future__ import annotations

from contactcentre.core import effects, events
from contactcentre.core.agent.signals import OfferOver, TalkEnded
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.leg import Leg, Purpose
from contactcentre.core.call.move import Follow, enter, next_leg_id, with_leg
from contactcentre.core.call.state import Call, CallerChannel, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import AgentEvent, Illegal
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace
from routing.model import Device

RESULTS = {
    DialResult.NO_ANSWER: Result.MISSED,
    DialResult.DECLINED: Result.REJECTED,
    DialResult.BUSY: Result.BUSY,
    DialResult.CANCELLED: Result.CALLER_LEFT,
}
"""What a dial that was not answered means for its offer; any other was not reached."""


def music(call: Call) -> effects.Music:
    """Let the caller hear music."""
    return effects.Music(call_id=call.call_id)


def offer_of(call: Call, offer_id: str) -> Leg:
    """The latest offer. Raises `Illegal` where it is another one."""
    offer = call.offer
    if offer is None or offer.leg_id != offer_id:
        raise Illegal
    return offer


def open_offer_of(call: Call, offer_id: str, agent_id: str) -> Leg:
    """The offer under way, asked for by its agent. Raises `Illegal` where it is another one."""
    offer = offer_of(call, offer_id)
    if offer.agent_id != agent_id or not offer.rings:
        raise Illegal
    return offer


def phone_of(agent: Agent, network: Network) -> effects.Phone:
    """What rings at an agent."""
    device, number = network.device(agent.agent_id)
    return effects.Phone(device=device, endpoint=agent.endpoint, number=number)


def stop_ringing(offer: Leg) -> tuple[effects.Effect, ...]:
    """Hang the phone's leg up, if it is known to be there."""
    return (effects.HangUpLeg(offer_id=offer.leg_id, leg=offer.channel),) if offer.channel else ()


def over(
    call: Call, offer: Leg, result: Result, at: float, network: Network
) -> tuple[Call, tuple[AgentEvent, ...]]:
    """The offer has ended without a talk; its agent is told once."""
    if not offer.rings:
        return call, ()
    call = with_leg(call, offer.over(at, result))
    call = replace(call, queueing=replace(call.queueing, earmark=None))
    over = OfferOver(
        at=at,
        agent_id=offer.agent_id,
        offer_id=offer.leg_id,
        result=result,
        rest_s=network.offers.rest_s(result),
        misses=network.offers.misses,
    )
    return call, (over,)


def cut_off(
    call: Call, offer: Leg, result: Result, at: float, network: Network
) -> tuple[Call, tuple[Follow, ...]]:
    """The same, and nothing will be heard of the offer any more."""
    call, word = over(call, offer, result, at, network)
    return call, (cancel_timer(offer), *word)


def cancel_timer(offer: Leg) -> effects.CancelTimer:
    """The offer's lease has ended."""
    return effects.CancelTimer(kind=Timer.OFFER, key=offer.leg_id)


def on_leash(call: Call, event: events.CallReturned) -> Call:
    """The caller's socket is ours again; answers to orders given before it are old."""
    step = call.channel.step + 1
    channel = CallerChannel(name=event.channel, unique_id=event.channel_id, step=step)
    return replace(lifted(call, event.at), channel=channel)


def lifted(call: Call, at: float) -> Call:
    """Whoever is rung back is there, even if we had given up."""
    dial = call.dial
    if dial is None or dial.talks:
        return call
    return with_leg(call, replace(dial, answered_at=at, ended_at=None, result=None))


def in_line(call: Call, at: float, network: Network) -> Call:
    """Since then at the latest: the fallback queue asks nobody what it is about."""
    if call.queueing.queued_at is not None:
        return call
    queue = network.queue(call.queue)
    queued = call.queueing.entered(at, skills=queue.skills, services=queue.services)
    return replace(call, queueing=queued)


def ended(call: Call, at: float, by: str, outcome: Outcome) -> Call:
    """The call is over, and so is every leg. What was settled before stands."""
    by = call.end.by or by
    end = replace(call.end, at=at, by=by, outcome=call.end.outcome or outcome)
    legs = tuple(leg.over(at, _why(leg, by)) for leg in call.legs)
    return replace(enter(call, Phase.ENDED, at).unleashed(), end=end, legs=legs)


def _why(leg: Leg, by: str) -> Result:
    """Why a leg ends with its call."""
    if by == "caller":
        return Result.CALLER_LEFT
    return Result.LOST if by == "lost" and not leg.rings else Result.WITHDRAWN


def talk_over(call: Call, at: float, network: Network) -> tuple[AgentEvent, ...]:
    """Word to the agent that the talk has ended."""
    unsaved = call.record.saved_at is None
    wrap_up_s = network.queue(call.queue).wrap_up_s if unsaved else 0.0
    return let_go(call, at, wrap_up_s=wrap_up_s, unsaved=unsaved)


def let_go(
    call: Call, at: float, *, wrap_up_s: float = 0.0, unsaved: bool = False, gone: bool = False
) -> tuple[AgentEvent, ...]:
    """Word to the agent who talked, as far as there is one; nothing is left to do if not said."""
    if call.talk.agent_id is None:
        return ()
    over = TalkEnded(
        at=at,
        agent_id=call.talk.agent_id,
        call_id=call.call_id,
        wrap_up_s=wrap_up_s,
        unsaved=unsaved,
        gone=gone,
    )
    return (over,)


def next_offer(
    call: Call,
    agent_id: str,
    at: float,
    ring_s: float,
    *,
    device: Device,
    circle: int = 0,
    purpose: Purpose = Purpose.OFFER,
    channel: str = "",
) -> Leg:
    """The call's next leg to an agent."""
    return Leg(
        leg_id=next_leg_id(call),
        purpose=purpose,
        device=device,
        agent_id=agent_id,
        channel=channel,
        circle=circle,
        at=at,
        ring_until=at + ring_s,
    )
