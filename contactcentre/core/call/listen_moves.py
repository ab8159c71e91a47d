"""A supervisor listens to a talk, whispers to its agent, or speaks with both.

It is one more leg of the call, with a leash of its own: rung on the supervisor's phone, then on
the agent's leg by `Listen`, as long as that one talks. Another mode takes it to its leash first.
Nothing else of the call knows of it: what the exchange tells of that leg comes as `ListenerTold`.
"""

from __future__ import annotations

from collections.abc import Iterator

from contactcentre.core import acts, effects, events
from contactcentre.core.call import signals
from contactcentre.core.call.leg import Leg, Party, Purpose
from contactcentre.core.call.listening import Listening
from contactcentre.core.call.move import Change, Moved, next_leg_id, with_leg
from contactcentre.core.call.offers import cancel_timer, phone_of
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.outcomes import Result
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace

RING_S = 20.0
GRACE_S = 5.0
"""Nothing is heard of the ring so long after its end: it came to nothing."""


def of(call: Call) -> Leg | None:
    """The leg of whoever listens, or is rung to."""
    for leg in reversed(call.legs):
        if leg.purpose is Purpose.LISTEN and leg.ended_at is None:
            return leg
    return None


def heard(
    call: Call | None, event: events.CallEvent | events.LegEvent
) -> events.CallEvent | events.LegEvent:
    """What is told of that leg, as the call's table takes it; any other fact as it is."""
    if call is None or not isinstance(event, events.LegEvent):
        return event
    leg = call.leg(event.offer_id)
    if leg is None or leg.purpose is not Purpose.LISTEN:
        return event
    return signals.ListenerTold(at=event.at, call_id=call.call_id, told=event)


def chosen(call: Call, event: signals.ListenerChosen, network: Network) -> Moved:
    """Ring the supervisor's phone."""
    own = call.offer
    if own is None or not (own.talks and own.channel) or of(call) is not None:
        raise Illegal
    device, _ = network.device(event.listener.agent_id)
    leg = Leg(
        leg_id=next_leg_id(call),
        party=Party.SUPERVISOR,
        purpose=Purpose.LISTEN,
        device=device,
        agent_id=event.listener.agent_id,
        listening=Listening(leg_id=own.leg_id, mode=event.mode, by=event.by, by_id=event.by_id),
        at=event.at,
        ring_until=event.at + RING_S,
        leashed=True,
    )
    ring = effects.RingListener(
        call_id=call.call_id,
        offer_id=leg.leg_id,
        phone=phone_of(event.listener, network),
        timeout_s=RING_S,
    )
    lease = effects.StartTimer(kind=Timer.OFFER, key=leg.leg_id, seconds=RING_S + GRACE_S)
    return Moved(with_leg(call, leg), (ring, lease))


def told(call: Call, event: signals.ListenerTold, network: Network) -> Moved:
    """What the exchange tells of the leg."""
    fact = event.told
    leg = call.leg(fact.offer_id) if isinstance(fact, events.LegEvent) else None
    if leg is None or leg.ended_at is not None:
        return Moved(call)
    match fact:
        case events.LegRang():
            return Moved(with_leg(call, replace(leg, rang_at=leg.rang_at or event.at)))
        case events.LegLeashed():
            return _on_leash(call, leg, fact)
        case events.LegHungUp() | events.LegDialEnded() | signals.LeaseOver():
            result = Result.HUNG_UP if leg.answered_at is not None else Result.MISSED
            return Moved(with_leg(call, leg.over(event.at, result)), (cancel_timer(leg),))
        case _:
            return Moved(call)


def _on_leash(call: Call, leg: Leg, fact: events.LegLeashed) -> Moved:
    """The supervisor has lifted, or has asked for another mode, or the service was away."""
    own = call.leg(leg.listening.leg_id) if leg.listening is not None else None
    leg = replace(leg, channel=fact.leg, answered_at=leg.answered_at or fact.at)
    if own is None or leg.listening is None or own.away or not own.talks:
        return Moved(with_leg(call, leg.over(fact.at, Result.HUNG_UP)))
    listening = replace(leg.listening, turns=False)
    listen = effects.Listen(offer_id=leg.leg_id, leg=own.channel, mode=listening.mode)
    call = with_leg(call, replace(leg, listening=listening))
    return Moved(call, (cancel_timer(leg), listen))


def turned(call: Call, event: acts.ListenTurned, network: Network) -> Moved:
    """Another mode: the leg goes to its leash, and comes back so."""
    leg = _own(call, event)
    listening = leg.listening
    if listening is None or listening.mode == event.mode:
        raise Illegal
    lifted = leg.channel != ""  # else it rings still
    listening = replace(listening, mode=event.mode, turns=lifted)
    return Moved(with_leg(call, replace(leg, listening=listening)), park(leg) if lifted else ())


def park(leg: Leg) -> tuple[effects.Effect, ...]:
    """To its leash."""
    return (
        effects.Park(call_id="", offer_id=leg.leg_id, leg=leg.channel, caller="", fetches=False),
    )


def ended(call: Call, event: acts.ListenEnded, network: Network) -> Moved:
    """No more."""
    return _over(call, _own(call, event), event.at)


def over(call: Call, event: signals.ListenOver, network: Network) -> Moved:
    """With the talk."""
    leg = of(call)
    return Moved(call) if leg is None else _over(call, leg, event.at)


def _over(call: Call, leg: Leg, at: float) -> Moved:
    return Moved(with_leg(call, leg.over(at, Result.HUNG_UP)), (cancel_timer(leg),))


def _own(call: Call, event: acts.SupervisorAct) -> Leg:
    """Nobody ends or turns what another listens to. Raises `Illegal`."""
    leg = of(call)
    if leg is None or leg.listening is None or leg.listening.by_id != event.by_id:
        raise Illegal
    return leg


def talk_ended(change: Change) -> Iterator[events.Event]:
    """Nobody listens to a leg that talks no more."""
    leg = of(change.after)
    own = change.after.leg(leg.listening.leg_id) if leg is not None and leg.listening else None
    if leg is not None and (own is None or not own.talks):
        yield signals.ListenOver(at=change.at, call_id=change.after.call_id)
