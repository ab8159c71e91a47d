"""Our picture against the exchange's: what differs becomes facts of its own.

The problem: while the link to the exchange is down, or we are, calls go on there and nobody tells
us. A snapshot of all channels then says what is, but not what happened; and it is no instant
either, for it takes a while to be read, and both ways by which we hear of a caller (the leash and
the link) run on meanwhile. So neither picture is simply right.

What must hold, and how: (1) Nothing is put right silently. Each difference becomes a fact or signal
that goes through the tables like any other (`CallLost`, `LegAnswered`, `FoundTalking`, ...), so one
that has been overtaken is refused there. (2) Of two witnesses the livelier one counts: a caller on
the leash is there whatever the list says, and what began after the snapshot is not missing from it.
(3) A call that is gone and of which nobody can know how it ended is `unknown`, never abandoned; one
that had been answered was answered. (4) Nobody is left where nobody looks: callers in the fallback,
in words that nobody asks for any more or in a talk that was to be over are fetched back, legs of
offers that are over are hung up, and last, when the facts are in, agents held by no call are let go
(`strays`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from contactcentre.core import effects, events, reconcile_legs
from contactcentre.core.agent.signals import OfferOver, TalkEnded
from contactcentre.core.agent.state import Agent, OtherCall, State
from contactcentre.core.call import act_moves
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.move import Follow
from contactcentre.core.call.offer_moves import lease_s, ring_expected
from contactcentre.core.call.queue_transfer import is_transferring
from contactcentre.core.call.rejoin_moves import REJOIN_S
from contactcentre.core.call.signals import CallLost
from contactcentre.core.call.state import TALKS, Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Where
from contactcentre.core.line.callbacks import look_again
from contactcentre.core.outcomes import Result
from contactcentre.core.timers import Timer


def compare(
    snapshot: events.SnapshotTaken,
    calls: Iterable[Call],
    agents: Iterable[Agent],
    network: Network,
    ended: Iterable[Call],
) -> tuple[Follow, ...]:
    """Hold our calls and phones against the snapshot: what to order, and what has happened."""
    present = {channel.channel_id for channel in snapshot.channels}
    open_calls = [call for call in calls if call.phase is not Phase.ENDED]
    forced = [call for call in ended if act_moves.is_forced(call)]
    agents = tuple(agents)
    return (
        *_recalls(snapshot),
        *_recalls_out_of_words(snapshot, open_calls),
        *_recalls_again(snapshot, open_calls),
        *_ends_again(snapshot, (*open_calls, *forced)),
        *_stray_legs(snapshot, open_calls),
        *reconcile_legs.turns_again(snapshot, open_calls),
        *reconcile_legs.strays(snapshot, (*open_calls, *forced)),
        *_lost(snapshot, open_calls, present),
        *_legs(snapshot, open_calls, agents, network),
        *reconcile_legs.compare(snapshot, open_calls),
        *_talks_without_us(snapshot, open_calls, agents),
        *_dialed(snapshot, open_calls, present),
        *_not_rung(snapshot, open_calls, present),
        *_phones(snapshot, agents),
    )


def _lost(
    snapshot: events.SnapshotTaken, calls: Iterable[Call], present: set[str]
) -> Iterable[events.Event]:
    for call in calls:
        if _is_lost(call, present, snapshot):
            yield CallLost(at=snapshot.at, call_id=call.call_id, restarted=snapshot.restarted)


def _is_lost(call: Call, present: set[str], snapshot: events.SnapshotTaken) -> bool:
    """A live socket is a better witness than a list that may have been made before it.

    A promise to ring back needs no channel, and outlives each that it has had.
    """
    promised = call.callback is not None and call.talk.answered_at is None
    if call.channel.leashed or (promised and call.phase is not Phase.CLOSING):
        return False
    return call.channel.unique_id not in present and call.arrived_at < snapshot.at


def _legs(
    snapshot: events.SnapshotTaken,
    calls: Iterable[Call],
    agents: Iterable[Agent],
    network: Network,
) -> Iterable[Follow]:
    """What became of the offers under way.

    The fallback queue rings under the number of the caller's last offer, and rings anybody. A phone
    that is nobody's any more was the agent's own until the configuration changed.
    """
    endpoints = {agent.agent_id: agent.leg_endpoint for agent in agents}
    present = frozenset(endpoints.values())
    legs = {
        (leg.our_id, leg.endpoint if leg.endpoint in present else ""): leg
        for leg in snapshot.channels
    }
    for call in calls:
        offer = call.open_offer
        if offer is None:
            continue
        own = endpoints.get(offer.agent_id, "")
        leg = legs.get((offer.leg_id, own)) or legs.get((offer.leg_id, ""))
        if leg is None:
            continue
        if leg.rings:
            yield events.LegRang(at=snapshot.at, offer_id=offer.leg_id)
        if not offer.channel:
            yield events.LegDialed(at=snapshot.at, offer_id=offer.leg_id, leg=leg.channel)
        elif not (leg.rings or leg.bridge or offer.rejoin):
            yield from ring_expected(offer, network)
        if leg.bridge:
            yield events.LegAnswered(at=snapshot.at, offer_id=offer.leg_id)


def _dialed(
    snapshot: events.SnapshotTaken, calls: Iterable[Call], present: set[str]
) -> Iterable[events.Event]:
    """Citizens whose telephone is being rung, of which we may not have heard."""
    for call in calls:
        dial = call.dial
        if call.phase is Phase.CALLING and dial is not None and dial.leg_id in present:
            dialed = events.CitizenDialed(at=snapshot.at, call_id=call.call_id, dial=dial.leg_id)
            yield from () if dial.dialed_at is not None else (dialed,)


def _not_rung(
    snapshot: events.SnapshotTaken, calls: Iterable[Call], present: set[str]
) -> Iterable[events.Event]:
    """Citizens whom we were ringing, or had rung, and who are not on the telephone any more."""
    for call in calls:
        if call.callback is None or call.channel.leashed or call.channel.unique_id in present:
            continue
        if call.phase in (Phase.CALLING, Phase.WAITING, Phase.OFFERED) and call.since < snapshot.at:
            yield events.CallerHungUp(at=snapshot.at, call_id=call.call_id)


_BEFORE_TALK = (Phase.MENU, Phase.WAITING, Phase.OFFERED, Phase.CALLING)
_IN_TALK = (Phase.TALKING, Phase.REJOINING)


def _talks_without_us(
    snapshot: events.SnapshotTaken, calls: Iterable[Call], agents: Iterable[Agent]
) -> Iterable[events.Event]:
    """Callers off the leash whom an agent has answered without an offer of ours; also where we have
    them in a talk that ended unseen, and the fallback queue has found them another agent. Where a
    telephone has two talks, the one that we know of is its agent's."""
    known = _heard_in_talks(snapshot, calls)
    callers = {channel.channel_id: channel for channel in snapshot.channels}
    queued = _queued(snapshot)
    here = (agent for agent in agents if agent.state is not State.LOGGED_OUT)
    by_endpoint = {phone.endpoint: agent for agent in here for phone in agent.phones}
    phones = {
        channel.bridge: (by_endpoint[channel.endpoint], channel)
        for channel in snapshot.channels
        if channel.bridge and channel.endpoint in by_endpoint
    }
    for call in calls:
        caller = callers.get(call.channel.unique_id)
        found = phones.get(caller.bridge) if caller is not None else None
        if found is None or call.channel.leashed:
            continue
        agent, leg = found
        if known.get(agent.agent_id, leg.channel) != leg.channel:
            continue
        is_queued = call.channel.unique_id in queued
        another = call.phase in _IN_TALK and is_queued and agent.agent_id != call.talk.agent_id
        if call.phase not in _BEFORE_TALK and not another:
            continue
        late = not is_queued and _is_taken_back(call, leg)
        if not late and not _is_offered(call, agent, leg):
            yield events.FoundTalking(
                at=snapshot.at, call_id=call.call_id, agent_id=agent.agent_id, leg=leg.channel
            )


def _heard_in_talks(snapshot: events.SnapshotTaken, calls: Iterable[Call]) -> Mapping[str, str]:
    """By agent, the leg by which they are in a talk of ours, where it goes on."""
    bridged = {channel.channel for channel in snapshot.channels if channel.bridge}
    own = (call.offer for call in calls)
    return {
        one.agent_id: one.channel for one in own if one and one.talks and one.channel in bridged
    }


def _is_offered(call: Call, agent: Agent, leg: events.Channel) -> bool:
    offer = call.open_offer
    return offer is not None and (offer.leg_id, offer.agent_id) == (leg.our_id, agent.agent_id)


def _stray_legs(snapshot: events.SnapshotTaken, calls: Iterable[Call]) -> Iterable[effects.Effect]:
    """Phones that ring for an offer that is over, or was never journaled, ring no more.

    One that was answered after its offer had been taken back is let go, too.
    """
    known, heard = {call.call_id: call for call in calls}, reconcile_legs.heard(calls)
    queued = _queued(snapshot)
    for channel in snapshot.channels:
        call = known.get(channel.our_id.rpartition("-")[0])
        if call is None or channel.our_id in heard:
            continue
        if reconcile_legs.is_wanted(call, channel.our_id):
            continue
        older = call.offer is None or call.offer.leg_id != channel.our_id
        late = call.channel.unique_id not in queued and _is_taken_back(call, channel)
        if late or (older and not channel.bridge):
            yield effects.HangUpLeg(offer_id=channel.our_id, leg=channel.channel)


def _is_taken_back(call: Call, leg: events.Channel) -> bool:
    """Whether the leg is that of the last offer, and that is over: it was never answered, or we
    have let its agent go."""
    offer = call.offer
    if offer is None or offer.leg_id != leg.our_id:
        return False
    let_go = (Result.TRANSFERRED, Result.AUDIO_LOST, Result.MOVED)
    gone = offer.answered_at is None or offer.result in let_go
    return gone and offer.ended_at is not None


def _queued(snapshot: events.SnapshotTaken) -> set[str]:
    """Callers of the fallback queue: it rings under the number of the caller's last offer."""
    return {one.channel_id for one in snapshot.channels if one.where is Where.FALLBACK_QUEUE}


def _phones(snapshot: events.SnapshotTaken, agents: Iterable[Agent]) -> Iterable[events.Event]:
    reachable = set(snapshot.reachable)
    foreign = {
        channel.endpoint
        for channel in snapshot.channels
        if channel.bridge and channel.rung and "-" not in channel.our_id
    }
    for phone in [phone for agent in agents for phone in agent.phones]:
        seen = phone.endpoint in reachable
        # A contact from before the gap says nothing any more of when this phone is gone.
        if seen != phone.reachable or (seen and phone.contact):
            yield events.PhoneSeen(at=snapshot.at, endpoint=phone.endpoint, reachable=seen)
        busy = phone.endpoint in foreign
        if busy != phone.busy:
            yield events.PhoneBusy(at=snapshot.at, endpoint=phone.endpoint, busy=busy)


def _recalls(snapshot: events.SnapshotTaken) -> Iterable[effects.Effect]:
    """Callers whom the fallback queue took in while we were away come back to us at once: whoever
    came back by himself, at the end of a round, would find others served before him."""
    for channel in snapshot.channels:
        waits = channel.where in (Where.FALLBACK_QUEUE, Where.FALLBACK_MUSIC)
        if waits and not channel.bridge and not channel.rung:
            yield effects.Recall(call_id=channel.our_id, channel=channel.channel)


def _recalls_out_of_words(
    snapshot: events.SnapshotTaken, calls: Iterable[Call]
) -> Iterable[effects.Effect]:
    """Callers who still hear the words of our last process, and whose keys nobody takes, or that
    nobody is there. The exchange may notice only at their end that nobody is on the leash."""
    speaking = {one.channel_id for one in snapshot.channels if one.where is Where.WORDS}
    for call in calls:
        heard = call.phase in (Phase.MENU, Phase.WAITING) and not call.channel.leashed
        if heard and call.channel.unique_id in speaking:
            yield effects.Recall(call_id=call.call_id, channel=call.channel.name)


def _recalls_again(
    snapshot: events.SnapshotTaken, calls: Iterable[Call]
) -> Iterable[effects.Effect]:
    """Callers who were to be fetched out of a talk, or out of a ring at a page that is gone, while
    the link was down, and are in it still."""
    bridged = {one.channel_id for one in snapshot.channels if one.bridge}
    present = {one.our_id for one in snapshot.channels}
    for call in calls:
        offer = call.open_offer
        unrung = offer is None or offer.leg_id not in present
        waits = call.phase is Phase.WAITING and call.channel.leashed
        passes = call.phase is Phase.TALKING and is_transferring(call)
        rejoins = call.phase is Phase.REJOINING
        talks = call.channel.unique_id in bridged
        in_talk = talks and (waits or passes or (rejoins and unrung))
        in_ring = rejoins and not (unrung or talks or call.channel.leashed)
        if in_talk or in_ring:
            yield effects.Recall(call_id=call.call_id, channel=call.channel.name)


def _ends_again(snapshot: events.SnapshotTaken, calls: Iterable[Call]) -> Iterable[effects.Effect]:
    """Callers whose call somebody has ended: the order may never have reached the exchange, and it
    may be over for us meanwhile."""
    present = {one.channel_id for one in snapshot.channels}
    for call in calls:
        if act_moves.is_forced(call) and call.channel.unique_id in present:
            yield effects.HangUpLeg(offer_id="", leg=call.channel.name)


def strays(
    calls: Mapping[str, Call], agents: Iterable[Agent], at: float
) -> Iterator[events.AgentEvent]:
    """Agents held by a call that is over or not theirs any more are let go."""
    for agent in agents:
        call, agent_id = calls.get(agent.call_id or ""), agent.agent_id
        if agent.state is State.RESERVED and not _rings(call, agent):
            yield OfferOver(
                at=at,
                agent_id=agent_id,
                offer_id=agent.offer_id or "",
                result=Result.WITHDRAWN,
                rest_s=0.0,
                misses=1,
            )
        beside = agent.beside
        if beside is not None and not _is_beside(calls.get(beside.call_id), beside, agent):
            yield _beside_over(agent, beside, at, calls)
        if agent.state is State.TALKING and not _talks(call, agent):
            yield TalkEnded(
                at=at,
                agent_id=agent_id,
                call_id=agent.call_id or "",
                wrap_up_s=0.0,
                unsaved=call is not None,
            )


def _is_beside(call: Call | None, beside: OtherCall, agent: Agent) -> bool:
    offer = call.offer if call is not None else None
    if beside.rings:
        rings = offer is not None and offer.rings
        return rings and offer is not None and offer.leg_id == beside.offer_id
    return call is not None and call.phase in TALKS and call.talk.agent_id == agent.agent_id


def _beside_over(
    agent: Agent, beside: OtherCall, at: float, calls: Mapping[str, Call]
) -> events.AgentEvent:
    if not beside.rings:
        return TalkEnded(
            at=at,
            agent_id=agent.agent_id,
            call_id=beside.call_id,
            wrap_up_s=0.0,
            unsaved=beside.call_id in calls,
        )
    return OfferOver(
        at=at,
        agent_id=agent.agent_id,
        offer_id=beside.offer_id,
        result=Result.WITHDRAWN,
        rest_s=0.0,
        misses=1,
    )


def _rings(call: Call | None, agent: Agent) -> bool:
    offer = call.open_offer if call is not None else None
    rings = offer is not None and offer.agent_id == agent.agent_id
    return rings or reconcile_legs.holds(call, agent)


def _talks(call: Call | None, agent: Agent) -> bool:
    own = call is not None and call.phase in TALKS and call.talk.agent_id == agent.agent_id
    return own or reconcile_legs.holds(call, agent)


def timers(calls: Iterable[Call], at: float) -> Iterable[effects.Effect]:
    """The timers that ran when the last process ended, set again for what is left of them."""
    for call in calls:
        offer = call.open_offer
        if call.phase in (Phase.OFFERED, *UNCONNECTED) and offer is not None:
            left_s = max(0.0, offer.ring_until - at)
            if call.phase not in (Phase.PREVIEWED, Phase.LISTENING):  # a card that is read
                left_s += lease_s(offer)
            yield effects.StartTimer(kind=Timer.OFFER, key=offer.leg_id, seconds=left_s)
        aside = call.aside
        if aside is not None and aside.rings:
            left_s = max(0.0, aside.ring_until - at) + lease_s(aside)
            yield effects.StartTimer(kind=Timer.OFFER, key=aside.leg_id, seconds=left_s)
        if act_moves.is_ended(call):
            yield act_moves.end_timer(call)
        if call.phase is Phase.CALLBACK:
            yield look_again(call, at)
        if call.phase is Phase.REJOINING:
            left_s = max(0.0, call.since + REJOIN_S - at)
            yield effects.StartTimer(kind=Timer.REJOIN, key=call.call_id, seconds=left_s)


def should_come_back(call: Call) -> bool:
    """Whether a caller of the old line is not back on the leash yet."""
    return call.phase in (Phase.WAITING, Phase.OFFERED) and not call.channel.leashed
