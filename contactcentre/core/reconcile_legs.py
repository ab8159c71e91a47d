"""Who is with whom where an agent's leg has a leash of its own: our picture and the exchange's.

Channels of one bridge hear each other, and that is believed: an order of the last process may never
have reached the exchange, or a leg may have fetched its caller when no service was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from contactcentre.core import effects, events
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import listen_moves
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.signals import TalkFound
from contactcentre.core.call.state import Call, Hears, Phase

APART = (Phase.HELD, Phase.CONSULTING, Phase.PASSING)
"""Phases in which the agent's leg is, or was, on a leash of its own."""


def compare(snapshot: events.SnapshotTaken, calls: Iterable[Call]) -> Iterator[events.Event]:
    """What has become of the legs of those calls, and who talks to whom."""
    by_leg = {channel.our_id: channel for channel in snapshot.channels}
    callers = {channel.channel_id: channel for channel in snapshot.channels}
    for call in calls:
        listener = listen_moves.of(call)
        if listener is not None and listener.leg_id not in by_leg and listener.at < snapshot.at:
            yield events.LegHungUp(at=snapshot.at, offer_id=listener.leg_id)
        if call.phase not in APART:
            continue
        for leg in (call.offer, call.aside):
            if leg is not None and leg.ended_at is None:
                yield from _leg(leg, by_leg.get(leg.name), snapshot.at)
        yield from _talk(call, callers.get(call.channel.unique_id), by_leg, snapshot.at)


def strays(snapshot: events.SnapshotTaken, calls: Iterable[Call]) -> Iterator[effects.HangUpLeg]:
    """Legs that would not end by themselves: they were let go while nobody could be told, or their
    caller has gone."""
    known, present = {call.call_id: call for call in calls}, {c.our_id for c in snapshot.channels}
    served = heard(known.values())
    for channel in snapshot.channels:
        if channel.our_id in served:
            continue
        call_id, dash, _ = channel.our_id.rpartition("-")
        call = known.get(call_id)
        leg = call.leg(channel.our_id) if call is not None else None
        over = leg is not None and leg.leashed and leg.ended_at is not None
        if over or (dash and call_id not in present and call is None):
            yield effects.HangUpLeg(offer_id=channel.our_id, leg=channel.channel)


def turns_again(snapshot: events.SnapshotTaken, calls: Iterable[Call]) -> Iterator[effects.Effect]:
    """Whoever was to listen in another mode is in the one of before, should the order never have
    reached the exchange: nobody speaks who is shown as only listening."""
    present = {channel.our_id for channel in snapshot.channels}
    for call in calls:
        leg = listen_moves.of(call)
        if leg is not None and leg.leg_id in present and leg.listening and leg.listening.turns:
            yield from listen_moves.park(leg)


def _leg(leg: Leg, channel: events.Channel | None, at: float) -> Iterator[events.Event]:
    """A leg that has no channel any more is gone; one that was dialled unseen is so now."""
    if channel is None:
        if leg.answered_at is not None and leg.answered_at < at:
            yield events.LegHungUp(at=at, offer_id=leg.leg_id)
        return
    if leg.dialed_at is None:
        yield events.LegDialed(at=at, offer_id=leg.leg_id, leg=channel.channel)
    if leg.rings and channel.bridge:
        yield events.LegAnswered(at=at, offer_id=leg.leg_id)


def _talk(
    call: Call,
    caller: events.Channel | None,
    legs: Mapping[str, events.Channel],
    at: float,
) -> Iterator[events.Event]:
    # One that is over for us is about to be hung up: what it is in still is no talk.
    own = legs.get(call.offer.name) if call.offer is not None and call.offer.talks else None
    aside = legs.get(call.aside.leg_id) if call.aside is not None else None
    bridge = own.bridge if own is not None else ""
    if not bridge or caller is None:
        return
    # A caller who is back on the leash is joined to nobody until we say so: it came to that since.
    with_caller = caller.bridge == bridge and not call.talk.parted
    with_aside = aside is not None and aside.bridge == bridge
    hears = Hears.CALLER if with_caller else Hears.COLLEAGUE
    if with_caller and with_aside:
        hears = Hears.ALL
    joined = call.phase is Phase.CONSULTING and not call.talk.joins
    known = call.talk.hears if joined else None
    if hears is not known and (with_caller or (with_aside and call.phase is Phase.CONSULTING)):
        yield TalkFound(at=at, call_id=call.call_id, hears=hears)


def heard(calls: Iterable[Call]) -> set[str]:
    """Legs by which an agent talks in a call, whosoever they were at first."""
    own = (call.offer for call in calls)
    return {leg.name for leg in own if leg is not None and leg.talks and leg.via}


def is_wanted(call: Call, leg_id: str) -> bool:
    """Whether a leg that is in no talk belongs to the call all the same."""
    leg = call.leg(leg_id)
    return leg is not None and leg.ended_at is None and (leg.leashed or leg is call.aside)


def holds(call: Call | None, agent: Agent) -> bool:
    """Whether the agent was asked by another about the call, or is rung for its caller."""
    leg = call.aside if call is not None else None
    if leg is None or leg.agent_id != agent.agent_id:
        return False
    return leg.rings if agent.state is State.RESERVED else leg.talks
