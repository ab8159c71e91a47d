"""Everything that is going on, and the only place where it changes.

`apply` is synchronous, knows no clock and no chance, and never waits: an event goes in, the
orders that follow come out. Calls and agents are frozen values; what changed is in `touched`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from contactcentre.core import crisis_switch, effects, events, reconcile
from contactcentre.core.agent import signals
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.assignment import Assignment
from contactcentre.core.call import menu_versions as menus
from contactcentre.core.call import move, offer_moves
from contactcentre.core.call import overflow as ways
from contactcentre.core.call import table as call_table
from contactcentre.core.call.state import Call, Offer, Phase
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.config.network import Network
from contactcentre.core.crisis_switch import CrisisSwitch
from contactcentre.core.floor import Floor
from contactcentre.core.line.memory import Remembered
from contactcentre.core.outcomes import Result
from contactcentre.core.timers import Timers
from ivr.interpreter import Passage

SETTLE_S = 3.0
"""After a start, how long offers wait for callers of the old line who are not back yet."""

LAG_S = 60.0
"""An event so little older than the one before it was merely told late (one source lags behind
another) and counts as of now; anything older means that the clock has been set back."""


class World:
    """The mutable holder. One task, the engine's, may call `apply`."""

    def __init__(self, network: Network) -> None:
        self._floor = floor = Floor(network)
        self._assignment = Assignment(floor)
        self._timers = Timers(floor, self._assignment)
        self.calls = floor.calls
        self.ended = floor.ended
        self.announcer = floor.announcer
        self.matcher = floor.matcher
        self.illegal = floor.illegal
        self.crisis = CrisisSwitch()
        self._publish(network)

    @property
    def network(self) -> Network:
        """The configuration in force."""
        return self._floor.network

    @property
    def agents(self) -> Mapping[str, Agent]:
        """All agents, logged in or not, by id."""
        return self._floor.staff.agents

    @property
    def telephony(self) -> bool:
        """Whether the link to the exchange is up."""
        return self._floor.telephony

    @telephony.setter
    def telephony(self, up: bool) -> None:
        self._floor.telephony = up

    @property
    def settled(self) -> bool:
        """Whether the callers of the old line are back, so that offers may be made."""
        return self._assignment.settled

    @settled.setter
    def settled(self, back: bool) -> None:
        self._assignment.settled = back

    @property
    def refused(self) -> int:
        """How many events fitted nothing."""
        return self._floor.refused

    # --- what the last event has changed ---------------------------------------------------

    @property
    def touched_calls(self) -> Mapping[str, Call]:
        """The calls, as they are now."""
        return self._floor.touched_calls

    @property
    def former_calls(self) -> Mapping[str, Call]:
        """The calls as they were before the event, but those that began with it."""
        return self._floor.former_calls

    @property
    def touched_agents(self) -> Mapping[str, Agent]:
        """The agents, as they are now."""
        return self._floor.staff.touched

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What happened in menus."""
        return self._floor.passages

    @property
    def touched_callers(self) -> Mapping[str, Remembered]:
        """What is remembered of callers, as it is now."""
        return self._floor.memory.touched

    @property
    def decided(self) -> Sequence[Offer]:
        """The offers, in the order of the decisions."""
        return self._assignment.decided

    # --- in and out ------------------------------------------------------------------------

    def restore(
        self,
        calls: Iterable[Call],
        agents: Iterable[Agent],
        crisis: Crisis | None = None,
        callers: Iterable[Remembered] = (),
    ) -> None:
        """Lay out what was open when the last process ended. Nobody is on the leash yet."""
        self._floor.memory.restore(callers)
        self._publish(self.crisis.restored(crisis))
        for agent in agents:
            at_work = agent.state is not State.LOGGED_OUT or agent.unsaved
            if at_work or agent.agent_id in self.agents:
                self._floor.staff.put(agent)
        calls = sorted(calls, key=lambda call: call.since)  # what came last is remembered
        self.matcher.caps.restore(calls)
        self._floor.staff.review_caps(calls[-1].since if calls else 0.0)
        for call in calls:
            self._floor.put_call(replace(call, leashed=False))
            self._floor.forget_if_done(call)
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
            self._floor.moved(move.Moved(self.calls[call_id]), event.at, orders)
        self._assignment.match(event.at, orders)
        return offer_moves.without_needless_waiting(orders)

    def wants(self, order: effects.RingBack) -> bool:
        """Whether the citizen is still to be rung."""
        call = self.calls.get(order.call_id)
        return call is not None and call.phase is Phase.CALLING and call.channel_id == order.dial

    def _in_order(self, event: events.Event) -> events.Event:
        """So nothing ends before it began."""
        if self._floor.at - LAG_S < event.at < self._floor.at:
            return replace(event, at=self._floor.at)
        self._floor.at = event.at
        return event

    def _take_touched(self) -> None:
        self._floor.take_touched()
        self._assignment.decided = []
        self.crisis.touched = ()

    def _unknown(self, event: events.Event, orders: list[effects.Effect]) -> None:
        self._floor.refuse(event, "")

    # --- calls -----------------------------------------------------------------------------

    def _on_arrived(self, event: events.CallArrived, orders: list[effects.Effect]) -> None:
        if event.call_id in self.calls:
            self._floor.refuse(event, "known")
            return
        self._floor.moved(call_table.arrive(event, self.network), event.at, orders)

    def _on_returned(self, event: events.CallReturned, orders: list[effects.Effect]) -> None:
        """A return that is told after the call's end is late; a socket left over is closed."""
        if any(call.call_id == event.call_id for call in self.ended):
            self._floor.refuse(event, Phase.ENDED.value)
            orders.append(effects.HangUp(call_id=event.call_id))
        elif event.call_id in self.calls:
            before = self.calls[event.call_id]
            self._floor.step_call(event.call_id, event, orders)
            after = self.calls.get(event.call_id)
            orders.extend(self._floor.callbacks.join(before, after, self.agents, self.network))
        else:
            self._floor.moved(call_table.adopt(event, self.network), event.at, orders)
        self._floor.rejoin_if_possible(event.call_id, event.at, orders)

    def _on_call(self, event: events.Event, orders: list[effects.Effect]) -> None:
        self._floor.step_call(getattr(event, "call_id"), event, orders)  # noqa: B009

    def _on_leg(self, event: events.Event, orders: list[effects.Effect]) -> None:
        offer_id: str = getattr(event, "offer_id")  # noqa: B009
        self._floor.step_call(offer_id.rpartition("-")[0], event, orders)

    # --- agents ----------------------------------------------------------------------------

    def _on_agent(self, event: events.Event, orders: list[effects.Effect]) -> None:
        self._floor.step_agent(getattr(event, "agent_id"), event, orders)  # noqa: B009

    def _on_phone(
        self, event: events.PhoneSeen | events.PhoneBusy, orders: list[effects.Effect]
    ) -> None:
        before = self._floor.staff.at_endpoint(event.endpoint)
        if before is None:
            return
        self._floor.step_agent(before.agent_id, event, orders)
        if isinstance(event, events.PhoneBusy) or before.call_id is None:
            return
        if event.reachable:
            self._floor.rejoin_if_possible(before.call_id, event.at, orders)
        elif before.state is State.RESERVED and not self.agents[before.agent_id].phone:
            self._floor.drop_offer(before, Result.UNREACHABLE, event.at, orders)

    def _on_choice(
        self,
        event: events.AgentLoggedIn | events.ReadyChosen | events.NotReadyChosen,
        orders: list[effects.Effect],
    ) -> None:
        """Whoever was taken out of the configuration finishes the call in hand, and is gone."""
        if event.agent_id in self.network.agents:
            self._on_agent(event, orders)
        else:
            self._floor.refuse(event, "unknown agent")

    def _on_log_out(self, event: events.AgentLoggedOut, orders: list[effects.Effect]) -> None:
        agent = self.agents.get(event.agent_id)
        self._on_agent(event, orders)
        if agent is not None and agent.state is State.RESERVED:
            self._floor.drop_offer(agent, Result.WITHDRAWN, event.at, orders)

    # --- what belongs to both --------------------------------------------------------------

    def _on_rejected(self, event: events.OfferRejected, orders: list[effects.Effect]) -> None:
        agent = self.agents.get(event.agent_id)
        if agent is None or agent.offer_id != event.offer_id:
            self._floor.refuse(event, "not offered")
            return
        self._on_leg(event, orders)

    def _on_passed_on(self, event: events.PassedOn, orders: list[effects.Effect]) -> None:
        """Without the link to the exchange the talk can't be ended."""
        if self.telephony:
            self._on_call(event, orders)
        else:
            self._floor.refuse(event, "no telephony")

    def _on_ring_back(self, event: events.RingBackChosen, orders: list[effects.Effect]) -> None:
        """Without the link to the exchange nobody can be rung."""
        if self.telephony:
            self._on_leg(event, orders)
        else:
            self._floor.refuse(event, "no telephony")

    def _on_record(self, event: events.RecordSaved, orders: list[effects.Effect]) -> None:
        before = self.calls.get(event.call_id)
        self._on_call(event, orders)
        after = self.touched_calls.get(event.call_id)
        if before is None or after is None or not event.finish:
            return
        closed = signals.RecordClosed(at=event.at, call_id=event.call_id)
        self._floor.step_agent(event.agent_id, closed, orders)
        agent = self.agents.get(event.agent_id)
        wrapping = agent is not None and agent.state is State.WRAP_UP
        if agent and wrapping and agent.call_id == event.call_id:
            self._floor.step_agent(event.agent_id, signals.WrapUpOver(at=event.at), orders)

    def _on_timer(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        if event.kind == crisis_switch.TIMER:
            self._on_crisis(event, orders)
        else:
            self._timers.fired(event, orders)

    # --- the exchange and ourselves --------------------------------------------------------

    def _on_started(self, event: events.ServiceStarted, orders: list[effects.Effect]) -> None:
        """Hold offers until the old line is back, lest the last come first."""
        self._conform(event.at, orders)
        if not self.settled:
            orders.append(effects.StartTimer(kind="settle", key="", seconds=SETTLE_S))
        orders.extend(self.crisis.timers(event.at))
        self._timers.started(event.at, orders)

    def _settle_if_all_back(self, orders: list[effects.Effect]) -> None:
        if not self.settled and not any(reconcile.should_come_back(c) for c in self.calls.values()):
            self._assignment.settle()
            orders.append(effects.CancelTimer(kind="settle", key=""))

    def _on_lost(self, event: events.TelephonyLost, orders: list[effects.Effect]) -> None:
        self.telephony = False
        self._floor.callbacks.stand(self.calls, event.at, telephony=False)

    def _on_snapshot(self, event: events.SnapshotTaken, orders: list[effects.Effect]) -> None:
        """Whatever happened while we could not see is put right by facts of its own."""
        self.telephony = True
        found = reconcile.compare(event, self.calls.values(), self.agents.values())
        orders.extend(found.orders)
        for lost in found.lost:
            self._floor.moved(reconcile.lose(lost, event), event.at, orders)
            for agent_id, signal in reconcile.lost_signals(lost, event, self.network):
                self._floor.step_agent(agent_id, signal, orders)
        for correction in found.corrections:
            _HANDLERS[type(correction)](self, correction, orders)
        for agent_id, stray in reconcile.strays(self.calls, self.agents.values(), event.at):
            self._floor.step_agent(agent_id, stray, orders)
        self._floor.callbacks.stand(self.calls, event.at, telephony=True)
        self._assignment.whole_line = True

    def _on_published(self, event: events.NetworkPublished, orders: list[effects.Effect]) -> None:
        """Calls under way go on as they are, in the menus that they began with."""
        self._publish(menus.carried_over(event.network, self.network, self.calls.values()))
        self._conform(event.at, orders)

    def _on_crisis(self, event: events.Event, orders: list[effects.Effect]) -> None:
        """Crisis mode goes on or off; calls under way go on as they are."""
        try:
            orders.extend(self.crisis.take(event))
        except events.Illegal:
            self._floor.refuse(event, "crisis" if self.crisis.crisis else "no crisis")
            return
        self._publish(self.crisis.published)
        self._conform(event.at, orders)

    def _conform(self, at: float, orders: list[effects.Effect]) -> None:
        """Agents are what the configuration says; whoever is none any more is logged out."""
        orders.extend(self._floor.staff.conform(self.network, at))
        for agent_id in self._floor.staff.strangers(self.network):
            self._on_log_out(events.AgentLoggedOut(at=at, agent_id=agent_id), orders)
        orders.extend(self._floor.staff.review_caps(at))
        orders.extend(self._floor.staff.review_hours(at))
        for call in self.calls.values():
            orders.extend(ways.begin(None, call, self.network))

    def _publish(self, network: Network) -> None:
        """A new configuration, whole, with the crisis over it."""
        self._floor.publish(self.crisis.in_force(network))
        self._assignment.whole_line = True


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
    events.PassedOn: World._on_passed_on,
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
    events.AgentLoggedIn: World._on_choice,
    events.AgentLoggedOut: World._on_log_out,
    events.ReadyChosen: World._on_choice,
    events.NotReadyChosen: World._on_choice,
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
