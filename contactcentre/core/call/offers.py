"""What every move of an offer or a talk is made of."""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core import effects, events
from contactcentre.core.agent.signals import OfferOver, TalkEnded
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.move import Follow, enter, with_offer
from contactcentre.core.call.state import Call, Offer, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import AgentEvent, Illegal
from contactcentre.core.outcomes import DialResult, Outcome, Result
from contactcentre.core.timers import Timer
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


def offer_of(call: Call, offer_id: str) -> Offer:
    """The latest offer. Raises `Illegal` where it is another one."""
    offer = call.offer
    if offer is None or offer.offer_id != offer_id:
        raise Illegal
    return offer


def open_offer_of(call: Call, offer_id: str, agent_id: str) -> Offer:
    """The offer under way, asked for by its agent. Raises `Illegal` where it is another one."""
    offer = offer_of(call, offer_id)
    if offer.agent_id != agent_id or offer.result is not None:
        raise Illegal
    return offer


def phone_of(agent: Agent, network: Network) -> effects.Phone:
    """What rings at an agent."""
    device, number = network.device(agent.agent_id)
    return effects.Phone(device=device, endpoint=agent.endpoint, number=number)


def stop_ringing(offer: Offer) -> tuple[effects.Effect, ...]:
    """Hang the phone's leg up, if it is known to be there."""
    return (effects.HangUpLeg(offer_id=offer.offer_id, leg=offer.leg),) if offer.leg else ()


def over(
    call: Call, offer: Offer, result: Result, at: float, network: Network
) -> tuple[Call, tuple[AgentEvent, ...]]:
    """The offer has ended without a talk; its agent is told once."""
    if offer.result is not None:
        return call, ()
    call = with_offer(call, replace(offer, result=result, ended_at=at))
    over = OfferOver(
        at=at,
        agent_id=offer.agent_id,
        offer_id=offer.offer_id,
        result=result,
        rest_s=network.offers.rest_s(result),
        misses=network.offers.misses,
    )
    return call, (over,)


def cut_off(
    call: Call, offer: Offer, result: Result, at: float, network: Network
) -> tuple[Call, tuple[Follow, ...]]:
    """The same, and nothing will be heard of the offer any more."""
    call, word = over(call, offer, result, at, network)
    return call, (cancel_timer(offer), *word)


def cancel_timer(offer: Offer) -> effects.CancelTimer:
    """The offer's lease has ended."""
    return effects.CancelTimer(kind=Timer.OFFER, key=offer.offer_id)


def on_leash(call: Call, event: events.CallReturned) -> Call:
    """The caller's socket is ours again; answers to orders given before it are old."""
    return replace(
        call,
        leashed=True,
        channel=event.channel,
        channel_id=event.channel_id,
        step=call.step + 1,
    )


def ended(call: Call, at: float, by: str, outcome: Outcome) -> Call:
    """The call is over. An outcome that was settled before stands."""
    hold_s = call.hold_s + (at - call.held_since if call.held_since is not None else 0.0)
    return replace(
        enter(call, Phase.ENDED, at),
        ended_at=at,
        ended_by=call.ended_by or by,
        outcome=call.outcome or outcome,
        held_since=None,
        hold_s=hold_s,
        leashed=False,
    )


def talk_over(call: Call, at: float, network: Network) -> tuple[AgentEvent, ...]:
    """Word to the agent that the talk has ended."""
    unsaved = call.disposition.saved_at is None
    wrap_up_s = network.queue(call.queue).wrap_up_s if unsaved else 0.0
    return let_go(call, at, wrap_up_s=wrap_up_s, unsaved=unsaved)


def let_go(
    call: Call, at: float, *, wrap_up_s: float = 0.0, unsaved: bool = False, gone: bool = False
) -> tuple[AgentEvent, ...]:
    """Word to the agent who talked, as far as there is one; nothing is left to do if not said."""
    if call.agent_id is None:
        return ()
    over = TalkEnded(
        at=at,
        agent_id=call.agent_id,
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
    ring: int = 0,
    rejoin: bool = False,
) -> Offer:
    """The call's next offer; offers of one call are numbered."""
    number = len(call.offers) + 1
    return Offer(
        offer_id=f"{call.call_id}-{number}",
        agent_id=agent_id,
        at=at,
        ring_until=at + ring_s,
        ring=ring,
        rejoin=rejoin,
        device=device,
    )
