"""Everything that is going on, and the only place where it changes.

`apply` is synchronous, knows no clock and no chance, and never waits: an event goes in, the
orders that follow come out. Calls and agents are frozen values; what changed is in `touched`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from contactcentre.core import (
    agent_orders,
    agent_table,
    call_table,
    callback_moves,
    effects,
    events,
    menu_moves,
    menus,
    move,
    offer_moves,
    paths,
    reconcile,
    refusals,
    rejoin_moves,
    ways,
)
from contactcentre.core.agent import Agent, State
from contactcentre.core.announcer import FIRST_WORDS_S, Announcer
from contactcentre.core.call import Call, Offer, Phase, Result
from contactcentre.core.callbacks import LEASED, Callbacks, look_again
from contactcentre.core.crisis import Crisis
from contactcentre.core.crisis_switch import CrisisSwitch
from contactcentre.core.matcher import Matcher
from contactcentre.core.memory import Memory
from contactcentre.core.network import Network
from contactcentre.core.staff import Staff
from ivr.interpreter import Passage

SETTLE_S = 3.0
"""After a start, how long offers wait for callers of the old line who are not back yet."""

LAG_S = 60.0
"""An event so little older than the one before it was merely told late (one source lags behind
another) and counts as of now; anything older means that the clock has been set back."""

KEPT_CALLS = 200
"""How many ended calls stay at hand for the board."""


class World:
    """The mutable holder. One task, the engine's, may call `apply`."""

    def __init__(self, network: Network) -> None:
        self.calls: dict[str, Call] = {}
        self.ended: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.memory = Memory()
        self.announcer = Announcer()
        self.matcher = Matcher(network, self.memory)
        self.callbacks = Callbacks(self.matcher)
        self._staff = Staff(self.matcher, self._refuse)
        self.telephony = False
        self.settled = True
        self._match_whole_line = False
        self.illegal: Counter[tuple[str, str]] = Counter()
        self.refused = 0
        self._at = 0.0
        self.touched_calls: dict[str, Call] = {}
        self.crisis = CrisisSwitch()
        self.passages: tuple[Passage, ...] = ()
        self.decided: list[Offer] = []  # by the last event, in the order of the decisions
        self.network = network
        self._publish(network)

    @property
    def agents(self) -> Mapping[str, Agent]:
        """All agents, logged in or not, by id."""
        return self._staff.agents

    @property
    def touched_agents(self) -> Mapping[str, Agent]:
        """Those whom the last event has changed."""
        return self._staff.touched

    # --- in and out ------------------------------------------------------------------------

    def restore(
        self, calls: Iterable[Call], agents: Iterable[Agent], crisis: Crisis | None = None
    ) -> None:
        """Lay out what was open when the last process ended. Nobody is on the leash yet."""
        self._publish(self.crisis.restored(crisis))
        for agent in agents:
            if agent.agent_id in self.agents or agent.state is not State.LOGGED_OUT:
                self._staff.put(agent)
        calls = sorted(calls, key=lambda call: call.since)  # what came last is remembered
        self.matcher.caps.restore(calls)
        for call in calls:
            self._put_call(replace(call, leashed=False))
            self._forget_if_done(call)
        self.settled = not any(reconcile.should_come_back(call) for call in self.calls.values())
        self._take_touched()

    def apply(self, event: events.Event) -> list[effects.Effect]:
        """Take in one fact; give the orders that follow from it."""
        self._take_touched()
        orders: list[effects.Effect] = []
        event = self._in_order(event)
        handler = _HANDLERS.get(type(event), World._unknown)
        handler(self, event, orders)
        self._settle_if_all_back(orders)
        for call_id in self.matcher.left_alone():
            self._moved(move.Moved(self.calls[call_id]), event.at, orders)
        self._match(event.at, orders)
        return offer_moves.without_needless_waiting(orders)

    def wants(self, order: effects.RingBack) -> bool:
        """Whether the citizen is still to be rung."""
        call = self.calls.get(order.call_id)
        return call is not None and call.phase is Phase.CALLING and call.channel_id == order.dial

    def _in_order(self, event: events.Event) -> events.Event:
        """So nothing ends before it began."""
        if self._at - LAG_S < event.at < self._at:
            return replace(event, at=self._at)
        self._at = event.at
        return event

    def _take_touched(self) -> None:
        self.touched_calls = {}
        self.passages = ()
        self.decided = []
        self._staff.touched = {}
        self.crisis.touched = ()

    def _refuse(self, event: events.Event, why: str) -> None:
        """An event that fits nothing is counted and changes nothing."""
        self.illegal[(type(event).__name__, why)] += 1
        self.refused += 1

    def _unknown(self, event: events.Event, orders: list[effects.Effect]) -> None:
        self._refuse(event, "")

    # --- calls -----------------------------------------------------------------------------

    def _on_arrived(self, event: events.CallArrived, orders: list[effects.Effect]) -> None:
        if event.call_id in self.calls:
            self._refuse(event, "known")
            return
        self._moved(call_table.arrive(event, self.network), event.at, orders)

    def _on_returned(self, event: events.CallReturned, orders: list[effects.Effect]) -> None:
        """A return that is told after the call's end is late; a socket left over is closed."""
        if any(call.call_id == event.call_id for call in self.ended):
            self._refuse(event, Phase.ENDED.value)
            orders.append(effects.HangUp(call_id=event.call_id))
        elif event.call_id in self.calls:
            before = self.calls[event.call_id]
            self._step_call(event.call_id, event, orders)
            after = self.calls.get(event.call_id)
            orders.extend(self.callbacks.join(before, after, self.agents, self.network))
        else:
            self._moved(call_table.adopt(event, self.network), event.at, orders)
        self._rejoin_if_possible(event.call_id, event.at, orders)

    def _on_call(self, event: events.Event, orders: list[effects.Effect]) -> None:
        self._step_call(getattr(event, "call_id"), event, orders)  # noqa: B009

    def _on_leg(self, event: events.Event, orders: list[effects.Effect]) -> None:
        offer_id: str = getattr(event, "offer_id")  # noqa: B009
        self._step_call(offer_id.rpartition("-")[0], event, orders)

    def _step_call(self, call_id: str, event: events.Event, orders: list[effects.Effect]) -> None:
        call = self.calls.get(call_id)
        if call is None:
            self._refuse(event, "unknown call")
            return
        try:
            moved = call_table.step(call, event, self.network)
        except move.Illegal:
            self._refuse(event, call.phase.value)
            return
        self._moved(moved, event.at, orders)

    def _moved(self, moved: move.Moved, at: float, orders: list[effects.Effect]) -> None:
        moved = self._in_old_place(moved)
        before = self.calls.get(moved.call.call_id)
        next_in_s = self._put_call(moved.call)
        orders.extend(moved.effects)
        self.announcer.note(before, moved.call, at)
        self.passages += paths.passages(before, moved)
        if moved.call.phase is Phase.WAITING and (before is None or before.phase is Phase.MENU):
            self._announce_later(moved.call, orders, first=True)
        orders.extend(ways.begin(before, moved.call, self.network))
        if moved.call.phase is Phase.CALLBACK:
            orders.append(look_again(moved.call, at))
        if next_in_s is not None:
            key = moved.call.call_id
            orders.append(effects.StartTimer(kind="widen", key=key, seconds=next_in_s))
        if before and before.phase is not moved.call.phase:
            orders.extend(refusals.timers(moved.call, self.network))
        for centre_id in self.matcher.caps.took(before, moved.call, at):
            orders.extend(self._staff.review_cap(centre_id, at))
        for agent_id, signal in moved.signals:
            self._step_agent(agent_id, signal, orders)
        follows = self.callbacks.follows(before, moved.call, self.calls, self.network)
        self._forget_if_done(moved.call)
        if follows is not None:
            self._moved(follows, at, orders)

    def _in_old_place(self, moved: move.Moved) -> move.Moved:
        """Whoever rings again after a dropped line stands where he stood, and is told so."""
        call = moved.call
        before = self.calls.get(call.call_id)
        newly = call.phase is Phase.WAITING and (before is None or before.place_at is None)
        kept = (self.memory.place(call, self._at), self.callbacks.place(call, self.calls))
        place_at = min((at for at in kept if at is not None), default=None) if newly else None
        if place_at is None or call.place_at is None or place_at >= call.place_at:
            return moved
        return menu_moves.in_old_place(moved, place_at)

    def _put_call(self, call: Call) -> float | None:
        """Seconds until the call's next ring opens, if it waits and one does."""
        self.calls[call.call_id] = call
        self.touched_calls[call.call_id] = call
        self.memory.note(call, max(self._at, call.since))
        self.callbacks.note(call)
        return self.matcher.stand_call(call, self._at)

    def _forget_if_done(self, call: Call) -> None:
        """An ended call stays in reach of its agent until the record is saved."""
        if call.phase is not Phase.ENDED:
            return
        if call.agent_id is None or call.disposition.saved_at is not None:
            del self.calls[call.call_id]
        for place, known in enumerate(self.ended):
            if known.call_id == call.call_id:
                self.ended[place] = call
                return
        self.ended.append(call)

    # --- agents ----------------------------------------------------------------------------

    def _on_agent(self, event: events.Event, orders: list[effects.Effect]) -> None:
        self._step_agent(getattr(event, "agent_id"), event, orders)  # noqa: B009

    def _step_agent(self, agent_id: str, event: events.Event, orders: list[effects.Effect]) -> None:
        orders.extend(self._staff.step(agent_id, event))

    def _on_phone(
        self, event: events.PhoneSeen | events.PhoneBusy, orders: list[effects.Effect]
    ) -> None:
        before = self._staff.at_endpoint(event.endpoint)
        if before is None:
            return
        self._step_agent(before.agent_id, event, orders)
        if isinstance(event, events.PhoneBusy) or before.call_id is None:
            return
        if event.reachable:
            self._rejoin_if_possible(before.call_id, event.at, orders)
        elif before.state is State.RESERVED and not self.agents[before.agent_id].phone:
            self._drop_offer(before, Result.UNREACHABLE, event.at, orders)

    def _on_log_in(self, event: events.AgentLoggedIn, orders: list[effects.Effect]) -> None:
        if event.agent_id in self.network.agents:
            self._on_agent(event, orders)
        else:
            self._refuse(event, "unknown agent")

    def _on_log_out(self, event: events.AgentLoggedOut, orders: list[effects.Effect]) -> None:
        agent = self.agents.get(event.agent_id)
        self._on_agent(event, orders)
        if agent is not None and agent.state is State.RESERVED:
            self._drop_offer(agent, Result.WITHDRAWN, event.at, orders)

    def _drop_offer(
        self, agent: Agent, result: Result, at: float, orders: list[effects.Effect]
    ) -> None:
        call = self.calls.get(agent.call_id or "")
        offer = call.open_offer if call is not None else None
        if call is not None and offer is not None:
            moved = callback_moves.taken_back(call, offer, result, at, self.network)
            self._moved(moved, at, orders)

    # --- what belongs to both --------------------------------------------------------------

    def _on_rejected(self, event: events.OfferRejected, orders: list[effects.Effect]) -> None:
        agent = self.agents.get(event.agent_id)
        if agent is None or agent.offer_id != event.offer_id:
            self._refuse(event, "not offered")
            return
        self._on_leg(event, orders)

    def _on_ring_back(self, event: events.RingBackChosen, orders: list[effects.Effect]) -> None:
        """Without the link to Asterisk nobody can be rung."""
        if self.telephony:
            self._on_leg(event, orders)
        else:
            self._refuse(event, "no telephony")

    def _on_record(self, event: events.RecordSaved, orders: list[effects.Effect]) -> None:
        before = self.calls.get(event.call_id)
        self._on_call(event, orders)
        after = self.touched_calls.get(event.call_id)
        if before is None or after is None or not event.finish:
            return
        closed = agent_table.RecordClosed(at=event.at, call_id=event.call_id)
        self._step_agent(event.agent_id, closed, orders)
        agent = self.agents.get(event.agent_id)
        wrapping = agent is not None and agent.state is State.WRAP_UP
        if agent and wrapping and agent.call_id == event.call_id:
            self._step_agent(event.agent_id, agent_table.WrapUpOver(at=event.at), orders)

    def _on_timer(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        match event.kind:
            case "offer":
                self._on_lease(event, orders)
            case "rejoin":
                self._on_rejoin_over(event, orders)
            case "ring_again":
                self._rejoin_if_possible(event.key, event.at, orders)
            case "wrap_up":
                self._step_agent(event.key, agent_table.WrapUpOver(at=event.at), orders)
            case "callback":
                self._look_again(event.key, event.at, orders)
            case "widen":
                self._on_widen(event, orders)
            case "overflow":
                self._on_overflow(event, orders)
            case "announce":
                self._on_announce(event, orders)
            case "rest":
                self._step_agent(event.key, agent_table.RestOver(at=event.at), orders)
            case "again":
                self._on_again(event, orders)
            case "unbar":
                orders.extend(self._staff.review_cap(event.key, event.at))
            case "hours":
                orders.extend(self._staff.review_hours(event.at))
            case "settle":
                self._settle()
            case "crisis":
                self._on_crisis(event, orders)
            case _:
                self._unknown(event, orders)

    def _on_widen(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """The call's next ring opens."""
        call = self.calls.get(event.key)
        if call is not None and call.phase in (Phase.WAITING, Phase.CALLBACK):
            self._moved(move.Moved(call), event.at, orders)

    def _on_again(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """Whether those who refused the call are to be asked after all."""
        call = self.calls.get(event.key)
        if call is not None and call.phase in refusals.IN_LINE:
            after = self.matcher.reconsidered(call, self.agents.values(), event.at)
            self._moved(move.Moved(after), event.at, orders)
            orders.extend(refusals.timers(after, self.network))

    def _on_overflow(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """Whether waiting is of any use to this caller."""
        call = self.calls.get(event.key)
        if call is not None and call.phase is Phase.WAITING:
            line = ways.Line(
                self.calls.values(), lambda one: self.matcher.staffed(one, self.agents.values())
            )
            self._moved(ways.look(call, event.at, self.network, line), event.at, orders)

    def _on_announce(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """Position and wait, to whoever hears music just now."""
        call = self.calls.get(event.key)
        if call is None or call.phase not in (Phase.WAITING, Phase.OFFERED):
            return
        if call.phase is Phase.WAITING and call.leashed:
            told = self.announcer.words(call, self.calls.values(), event.at, self.network)
            orders.append(menu_moves.tell_waiting(call, told))
            orders.append(effects.Music(call_id=call.call_id))
        self._announce_later(call, orders)

    def _announce_later(
        self, call: Call, orders: list[effects.Effect], *, first: bool = False
    ) -> None:
        every_s = self.network.queue(call.queue).announce_s
        if every_s > 0:
            seconds = min(FIRST_WORDS_S, every_s) if first else every_s
            orders.append(effects.StartTimer(kind="announce", key=call.call_id, seconds=seconds))

    def _on_lease(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        call = self.calls.get(event.key.rpartition("-")[0])
        if call is None or call.phase not in LEASED:
            return
        if (call.leashed or call.phase is Phase.CALLING) and not self.telephony:
            # Nothing can be heard of it, and the leash will tell when the dial ends.
            again = effects.StartTimer(
                kind="offer", key=event.key, seconds=offer_moves.LEASE_GRACE_S
            )
            orders.append(again)
            return
        self._step_call(call.call_id, event, orders)

    def _on_rejoin_over(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        call = self.calls.get(event.key)
        if call is not None and call.phase is Phase.REJOINING:
            self._step_call(call.call_id, event, orders)

    def _rejoin_if_possible(self, call_id: str, at: float, orders: list[effects.Effect]) -> None:
        call = self.calls.get(call_id)
        if call is None or call.phase is not Phase.REJOINING or not call.leashed:
            return
        agent = self.agents.get(call.agent_id or "")
        if agent is None or not agent.reachable or call.open_offer is not None:
            return
        self._moved(rejoin_moves.rejoin_ring(call, agent, at, self.network), at, orders)

    # --- promises to ring back -------------------------------------------------------------

    def _look_again(self, call_id: str, at: float, orders: list[effects.Effect]) -> None:
        """Hours begin and end, and so does the pause after an attempt."""
        call = self.calls.get(call_id)
        if call is None or call.phase is not Phase.CALLBACK:
            return
        self.matcher.stand_call(call, at)
        if self.settled and call_id in self.matcher.line:
            self._match_call(call_id, at, orders)
        orders.append(look_again(call, at))

    # --- the line --------------------------------------------------------------------------

    def _match(self, at: float, orders: list[effects.Effect]) -> None:
        """Give every free agent the longest waiting call that the agent may answer."""
        if not self.settled:
            return
        if self._match_whole_line:
            self._match_whole_line = False
            self._match_all(at, orders)
            return
        for agent_id in self.matcher.bench.ordered(self._staff.free_anew()):
            call_id = self.matcher.call_for(self.agents[agent_id])
            if call_id is not None:
                self._offer(self.calls[call_id], self.agents[agent_id], at, orders)
        for call_id in self.matcher.line.ordered(self.touched_calls):
            self._match_call(call_id, at, orders)

    def _match_all(self, at: float, orders: list[effects.Effect]) -> None:
        for call_id in list(self.matcher.line.in_order()):
            self._match_call(call_id, at, orders)

    def _match_call(self, call_id: str, at: float, orders: list[effects.Effect]) -> None:
        agent_id = self.matcher.agent_for(call_id)
        if agent_id is not None:
            self._offer(self.calls[call_id], self.agents[agent_id], at, orders)

    def _offer(self, call: Call, agent: Agent, at: float, orders: list[effects.Effect]) -> None:
        ring = self.matcher.ring(call.call_id)
        moved = callback_moves.chosen(call, agent, at, self.network, ring=ring)
        offer = moved.call.offers[-1]
        self.decided.append(offer)
        reserved = agent_table.Reserved(at=at, offer_id=offer.offer_id, call_id=call.call_id)
        self._step_agent(agent.agent_id, reserved, orders)
        self._moved(moved, at, orders)

    # --- Asterisk and ourselves ------------------------------------------------------------

    def _on_started(self, event: events.ServiceStarted, orders: list[effects.Effect]) -> None:
        """Hold offers until the old line is back, lest the last come first."""
        self._conform(event.at, orders)
        if not self.settled:
            orders.append(effects.StartTimer(kind="settle", key="", seconds=SETTLE_S))
        orders.extend(agent_orders.timers(self.agents.values(), event.at))
        orders.extend(reconcile.timers(self.calls.values(), event.at))
        orders.extend(self.crisis.timers(event.at))
        for call in self.calls.values():
            if call.phase in (Phase.WAITING, Phase.OFFERED):
                self._announce_later(call, orders)
            orders.extend(refusals.timers(call, self.network))

    def _settle_if_all_back(self, orders: list[effects.Effect]) -> None:
        if not self.settled and not any(reconcile.should_come_back(c) for c in self.calls.values()):
            self._settle()
            orders.append(effects.CancelTimer(kind="settle", key=""))

    def _settle(self) -> None:
        self.settled = True
        self._match_whole_line = True

    def _on_lost(self, event: events.TelephonyLost, orders: list[effects.Effect]) -> None:
        self.telephony = False
        self.callbacks.stand(self.calls, event.at, telephony=False)

    def _on_snapshot(self, event: events.SnapshotTaken, orders: list[effects.Effect]) -> None:
        """Whatever happened while we could not see is put right by facts of its own."""
        self.telephony = True
        found = reconcile.compare(event, self.calls.values(), self.agents.values())
        orders.extend(found.orders)
        for lost in found.lost:
            self._moved(reconcile.lose(lost, event), event.at, orders)
            for agent_id, signal in reconcile.lost_signals(lost, event, self.network):
                self._step_agent(agent_id, signal, orders)
        for correction in found.corrections:
            _HANDLERS[type(correction)](self, correction, orders)
        for agent_id, stray in reconcile.strays(self.calls, self.agents.values(), event.at):
            self._step_agent(agent_id, stray, orders)
        self.callbacks.stand(self.calls, event.at, telephony=True)
        self._match_whole_line = True

    def _on_published(self, event: events.NetworkPublished, orders: list[effects.Effect]) -> None:
        """Calls under way go on as they are, in the menus that they began with."""
        self._publish(menus.carried_over(event.network, self.network, self.calls.values()))
        self._conform(event.at, orders)

    def _on_crisis(self, event: events.Event, orders: list[effects.Effect]) -> None:
        """Crisis mode goes on or off; calls under way go on as they are."""
        try:
            orders.extend(self.crisis.take(event))
        except move.Illegal:
            self._refuse(event, "crisis" if self.crisis.crisis else "no crisis")
            return
        self._publish(self.crisis.published)
        self._conform(event.at, orders)

    def _conform(self, at: float, orders: list[effects.Effect]) -> None:
        """Agents are what the configuration says; whoever is none any more is logged out."""
        orders.extend(self._staff.conform(self.network, at))
        for agent_id in self._staff.strangers(self.network):
            self._on_log_out(events.AgentLoggedOut(at=at, agent_id=agent_id), orders)
        for centre_id in self.network.centres:
            orders.extend(self._staff.review_cap(centre_id, at))
        orders.extend(self._staff.review_hours(at))
        for call in self.calls.values():
            orders.extend(ways.begin(None, call, self.network))

    def _publish(self, network: Network) -> None:
        """A new configuration, whole, with the crisis over it."""
        self.network = self.crisis.in_force(network)
        self.matcher.publish(self.network)
        self.memory.publish(self.network)
        self._match_whole_line = True
        self._staff.publish(self.network)


Handler = Callable[..., None]

_HANDLERS: Mapping[type[events.Event], Handler] = {
    events.CallArrived: World._on_arrived,
    events.CallReturned: World._on_returned,
    events.PromptsPlayed: World._on_call,
    events.DigitsEntered: World._on_call,
    events.MessageRecorded: World._on_call,
    events.DialEnded: World._on_call,
    events.LeashLost: World._on_call,
    events.FoundTalking: World._on_call,
    events.CallerHungUp: World._on_call,
    events.DigitPressed: World._on_call,
    events.EndAsked: World._on_call,
    events.DialBackEnded: World._on_call,
    events.RingBackChosen: World._on_ring_back,
    events.AudioLost: World._on_call,
    events.NoteWritten: World._on_call,
    events.CallerIdentified: World._on_call,
    events.LegDialed: World._on_leg,
    events.LegRang: World._on_leg,
    events.LegAnswered: World._on_leg,
    events.LegHungUp: World._on_leg,
    events.HoldStarted: World._on_leg,
    events.HoldEnded: World._on_leg,
    events.PhoneSeen: World._on_phone,
    events.PhoneBusy: World._on_phone,
    events.AgentLoggedIn: World._on_log_in,
    events.AgentLoggedOut: World._on_log_out,
    events.ReadyChosen: World._on_agent,
    events.NotReadyChosen: World._on_agent,
    events.MicrophoneReported: World._on_agent,
    events.WrapUpExtended: World._on_agent,
    events.OfferRejected: World._on_rejected,
    events.RecordSaved: World._on_record,
    events.TimerFired: World._on_timer,
    events.ServiceStarted: World._on_started,
    events.TelephonyLost: World._on_lost,
    events.SnapshotTaken: World._on_snapshot,
    events.NetworkPublished: World._on_published,
    events.CrisisSwitched: World._on_crisis,
}
