"""What is due when a timer fires: a fact for a table, or a look at what may have changed.

What has settled itself meanwhile is passed over: a timer may cross with its own end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from contactcentre.core import effects, events, own_device, reconcile
from contactcentre.core.agent import absence, hours
from contactcentre.core.agent import orders as agent_orders
from contactcentre.core.agent import signals as agent_signals
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import hold_words, listen_moves, menu_moves, overflow, signals
from contactcentre.core.call import table as call_table
from contactcentre.core.call.move import Follow
from contactcentre.core.call.offer_moves import LEASE_GRACE_S
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.crisis_switch import CrisisOver
from contactcentre.core.line import refusals
from contactcentre.core.line.announcer import Announcer
from contactcentre.core.line.callbacks import Callbacks
from contactcentre.core.line.matcher import Matcher
from contactcentre.core.timers import Timer
from contactcentre.core.values import replace


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettled(events.Event):
    """Whoever was to come back after a start is back, or has had the time."""


class Sight(Protocol):
    """What of World the timers look at."""

    calls: dict[str, Call]
    agents: dict[str, Agent]
    network: Network
    telephony: bool
    announcer: Announcer
    callbacks: Callbacks
    matcher: Matcher


Due = Callable[[Sight, str, float], Iterable[Follow]]
"""(sight, key of the timer, at) -> what follows."""


def fired(sight: Sight, event: events.TimerFired) -> Iterable[Follow]:
    """What follows from it."""
    return DUE[event.kind](sight, event.key, event.at)


def _call(kind: type[events.CallEvent]) -> Due:
    """A fact about the call, wherever the table has a row for it."""

    def due(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
        call = sight.calls.get(call_id)
        if call is not None and kind in call_table.TABLE[call.phase]:
            yield kind(at=at, call_id=call_id)

    return due


def _lease(sight: Sight, offer_id: str, at: float) -> Iterator[Follow]:
    """While nothing can be heard the offer stays: the leash will tell when the dial ends."""
    due = signals.LeaseOver(at=at, offer_id=offer_id)
    call = sight.calls.get(due.call_id)
    if call is not None and listen_moves.heard(call, due) is not due:
        yield due
        return
    if call is None or signals.LeaseOver not in call_table.TABLE[call.phase]:
        return
    if sight.telephony or not (call.channel.leashed or call.phase is Phase.CALLING):
        yield due
    else:
        yield effects.StartTimer(kind=Timer.OFFER, key=offer_id, seconds=LEASE_GRACE_S)


def _silent(sight: Sight, offer_id: str, at: float) -> Iterator[Follow]:
    """While nothing can be heard no phone is judged: the next snapshot says whether it rings."""
    due = signals.RingOverdue(at=at, offer_id=offer_id)
    call = _is_in(sight, due.call_id, Phase.OFFERED)
    offer = call.open_offer if call is not None else None
    if sight.telephony and offer is not None and offer.leg_id == offer_id:
        yield due


def rejoin(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    """Ring the agent of an interrupted talk back into it, once both can be reached."""
    call = _is_in(sight, call_id, Phase.REJOINING)
    if call is None or not call.channel.leashed or call.open_offer is not None:
        return
    agent = sight.agents.get(call.talk.agent_id or "")
    at_hand = agent is not None and agent.call_id == call_id  # of two it comes first
    if agent is not None and at_hand and agent.reachable:
        yield signals.RejoinPossible(at=at, call_id=call_id, agent=agent)


def _rejoin_over(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    """The caller has waited long enough for that agent, or for the other device of that one."""
    if (call := _is_in(sight, call_id, Phase.REJOINING)) is not None:
        yield own_device.back(sight, call, at) or signals.RejoinOver(at=at, call_id=call_id)


def _promise(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    if call := _is_in(sight, call_id, Phase.CALLBACK):
        yield from sight.callbacks.look(call, at)


def _again(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    """Whether those who refused the call are to be asked after all."""
    if call := _is_in(sight, call_id, *refusals.IN_LINE):
        count = sight.matcher.forgiven(call, at)
        if count != call.queueing.forgiven:
            yield signals.RefusalsForgiven(at=at, call_id=call_id, count=count)
        queueing = replace(call.queueing, forgiven=count)
        yield from refusals.timers(replace(call, queueing=queueing), sight.network)


def _overflow(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    if call := sight.calls.get(call_id):
        line = overflow.LineState(sight.calls.values(), sight.matcher.staffed)
        yield from overflow.look(call, at, sight.network, line)


def _widen(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    """The next circle opens, or whoever was given the call has had the time."""
    if call := _is_in(sight, call_id, *refusals.IN_LINE):
        yield sight.matcher.widened(call, at)


def _unended(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    """The exchange does not know the call that it was told to end."""
    call = _is_in(sight, call_id, Phase.CLOSING)
    if call is not None and not call.channel.leashed:
        yield signals.CallLost(at=at, call_id=call_id, restarted=False)


def _announce(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    if call := sight.calls.get(call_id):
        yield from sight.announcer.tell(call, sight.calls.values(), at, sight.network)


def _hold_word(sight: Sight, call_id: str, at: float) -> Iterator[Follow]:
    if call := sight.calls.get(call_id):
        yield from hold_words.look(call, sight.network, at, telephony=sight.telephony)


def opening_hours(sight: Sight, _: str, at: float) -> Iterator[Follow]:
    """Centres may have opened or closed."""
    yield from hours.signals(sight.network, sight.agents.values(), at)
    yield from hours.timers(sight.network, at)


def _absent(sight: Sight, agent_id: str, at: float) -> Iterator[Follow]:
    if agent := sight.agents.get(agent_id):
        yield from absence.over(agent, sight.network.offers, at, telephony=sight.telephony)


DUE: Mapping[Timer, Due] = {
    Timer.OFFER: _lease,
    Timer.SILENT: _silent,
    Timer.REJOIN: _rejoin_over,
    Timer.RING_AGAIN: rejoin,
    Timer.CALLBACK: _promise,
    Timer.WIDEN: _widen,
    Timer.AGAIN: _again,
    Timer.OVERFLOW: _overflow,
    Timer.END: _unended,
    Timer.ANNOUNCE: _announce,
    Timer.HOLD_WORD: _hold_word,
    Timer.WRAP_UP: lambda _, key, at: (agent_signals.WrapUpOver(at=at, agent_id=key),),
    Timer.REST: lambda _, key, at: (agent_signals.RestOver(at=at, agent_id=key),),
    Timer.ABSENT: _absent,
    Timer.UNBAR: lambda sight, key, at: sight.matcher.review_cap(key, at),
    Timer.HOURS: opening_hours,
    Timer.SETTLE: lambda _, key, at: (LineSettled(at=at),),
    Timer.CRISIS: lambda _, key, at: (CrisisOver(at=at, crisis_id=key),),
}


def _is_in(sight: Sight, call_id: str, *phases: Phase) -> Call | None:
    call = sight.calls.get(call_id)
    return call if call is not None and call.phase in phases else None


def after_start(sight: Sight, at: float) -> Iterator[Follow]:
    """The timers that ran when the last process ended, set again for what is left of them."""
    yield from agent_orders.timers(sight.agents.values(), at, sight.network.offers)
    yield from reconcile.timers(sight.calls.values(), at)
    yield from hold_words.timers(sight.calls.values(), sight.network)
    for call in sight.calls.values():
        if call.phase in (Phase.WAITING, Phase.OFFERED):
            yield from menu_moves.tell_later(call, sight.network)
        yield from refusals.timers(call, sight.network)
