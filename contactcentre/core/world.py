"""Everything that is going on, and the only place where it changes.

`apply` is synchronous, knows no clock and no chance, and never waits: an event goes in, the orders
that follow come out. Calls and agents are frozen values; what changed is in `touched_*`.

One fact has consequences: a call that is answered makes its agent busy, an agent who leaves gives a
call back, a call that ends as a callback begins another, and each of these makes the matcher think
again. Were every part to change every other, nobody could say in which order, and a move could be
made that no table knows. So there is one way only: an event is taken in by a table or by a handler
below, and what follows is orders and further events, which are taken in likewise, depth first,
until none is left (`_work`). This has three properties to keep:

- A call or an agent changes in `_changed` and `_step_agent` alone, by what its table's `step` gave;
  `_put_back` undoes that where anything fails.
- Observers of a call (memory, announcer, callbacks, matcher, ...) are told of one change, all of
  them, before anything that follows from it: nobody sees the second change before the first.
- A handler is lazy: what it has yielded is done before it goes on, so it sees the world after that.

It ends because what follows is about something else: calls lead to agents, and an agent only ever
gives back an offer. `DEEPEST` is the guard should somebody write a circle after all.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from contactcentre.core import due, effects, events, reconcile
from contactcentre.core.agent import orders as agent_orders
from contactcentre.core.agent import profiles
from contactcentre.core.agent import signals as agent_signals
from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import (
    menu_moves,
    menu_path,
    menu_versions,
    message_moves,
    overflow,
    signals,
)
from contactcentre.core.call import table as call_table
from contactcentre.core.call.breath import of_one_breath
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.move import Change, Follow, Moved, Observer
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.config.network import Network
from contactcentre.core.crisis_switch import CrisisOver, CrisisSwitch
from contactcentre.core.line import refusals
from contactcentre.core.line.announcer import Announcer
from contactcentre.core.line.callbacks import Callbacks
from contactcentre.core.line.matcher import Matcher
from contactcentre.core.line.memory import Memory, Remembered
from contactcentre.core.timers import Timer
from ivr.interpreter import Passage

KEPT_CALLS = 200
"""How many ended calls stay at hand for the board."""

SETTLE_S = 3.0
"""After a start, how long offers wait for callers of the old line who are not back yet."""

LAG_S = 60.0
"""An event so little older than the one before it was merely told late (one source lags behind
another) and counts as of now; anything older means that the clock has been set back."""

DEEPEST = 16
"""So many events may follow one from another; no true history comes to half of it."""


class World:
    """The mutable holder. One task, the engine's, may call `apply`."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.calls: dict[str, Call] = {}
        self.agents: dict[str, Agent] = {}  # logged in or not
        self.ended: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.telephony = False  # whether the link to the exchange is up
        self.settled = True  # whether the callers of the old line are back: offers may be made
        self.refused = 0
        self.illegal: Counter[tuple[str, str]] = Counter()
        self.memory = Memory()
        self.announcer = Announcer()
        self.matcher = Matcher(network, self.memory, self.agents)
        self.callbacks = Callbacks(self.matcher, self.calls, self.agents)
        self.crisis = CrisisSwitch()
        self._observers: tuple[Observer, ...] = (
            self.memory.saw,
            self.announcer.saw,
            self._in_old_place,
            menu_moves.first_words,
            overflow.begun,
            self.callbacks.saw,
            self.matcher.saw,
            refusals.saw,
            self.matcher.answered,
        )
        self._at = 0.0  # of the latest event
        self._by_endpoint: dict[str, str] = {}
        self._nothing_touched()
        self._publish(network)

    def _nothing_touched(self) -> None:
        """What the last event has changed, and the offers in the order of the decisions."""
        self.touched_calls: dict[str, Call] = {}
        self.former_calls: dict[str, Call] = {}  # as they were before, but those that began
        self.touched_agents: dict[str, Agent] = {}
        self.former_agents: dict[str, Agent] = {}
        self.passages: tuple[Passage, ...] = ()
        self.decided: list[Leg] = []
        self.crisis.touched = ()
        self.memory.begin()

    # --- in and out ------------------------------------------------------------------------

    def restore(
        self,
        calls: Iterable[Call],
        agents: Iterable[Agent],
        crisis: Crisis | None = None,
        callers: Iterable[Remembered] = (),
    ) -> None:
        """Lay out what was open when the last process ended. Nobody is on the leash yet."""
        self.memory.restore(callers)
        self._publish(self.crisis.restored(crisis))
        for agent in agents:
            at_work = agent.state is not State.LOGGED_OUT or agent.unsaved
            if at_work or agent.agent_id in self.agents:
                self._put_agent(agent)
        calls = sorted(calls, key=lambda call: call.since)  # what came last is remembered
        self.matcher.caps.restore(calls)
        for centre_id in self.network.centres:
            self.matcher.review_cap(centre_id, calls[-1].since if calls else 0.0)
        for call in calls:
            if call.phase is not Phase.ENDED:
                gone = events.LeashLost(at=call.since, call_id=call.call_id)
                self._lay_out(call_table.step(call, gone, self.network).call)
                continue
            self.memory.note(call, call.since)
            self.ended.append(call)
            if self._in_hand(call):
                self._lay_out(call)
        self.settled = not self._awaited()
        self._nothing_touched()

    def _lay_out(self, call: Call) -> None:
        self.calls[call.call_id] = call
        self.memory.note(call, call.since)
        self.callbacks.note(call)

    def apply(self, event: events.Event) -> list[effects.Effect]:
        """Take in one fact; give the orders that follow from it.

        All of it or nothing: where anything raises, what the fact has changed so far is undone.
        """
        self._nothing_touched()
        ended, network = tuple(self.ended), self.network
        crisis, published = self.crisis.crisis, self.crisis.published
        try:
            orders = of_one_breath(self._work(self._breath(self._in_order(event))))
            self._lay_aside()
            return orders
        except BaseException:  # undone and raised again, whatever it is
            self.ended = deque(ended, maxlen=KEPT_CALLS)
            self.crisis.crisis = crisis
            self._put_back(published if self.network is not network else None)
            raise

    def _put_back(self, published: Network | None) -> None:
        """Calls and agents are values, and what they are says where they stand: put back, all is as
        it was. Only what is counted of the past (the pace of a line, answers from afar) may keep
        a trace."""
        if published is not None:
            self._publish(published)
        for agent_id in list(self.touched_agents):
            if agent_id in self.former_agents:
                self._put_agent(self.former_agents[agent_id])
            else:
                del self.agents[agent_id]  # logged out, and on no bench
        self.memory.undo()
        for call_id, call in self.touched_calls.items():
            self.callbacks.forget(call)
            self.matcher.forget(call_id)
            if call_id not in self.former_calls:
                self.calls.pop(call_id, None)
        for call_id, former in self.former_calls.items():
            self.calls[call_id] = former
            self.callbacks.note(former)
            self.matcher.stand_call(former, self._at)
        self.matcher.rematch()
        self._nothing_touched()

    @property
    def touched_callers(self) -> Mapping[str, Remembered]:
        """What is remembered of callers, as it is now."""
        return self.memory.touched

    def wants(self, order: effects.RingBack) -> bool:
        """Whether the citizen is still to be rung."""
        call = self.calls.get(order.call_id)
        dial = call.dial if call is not None else None
        return dial is not None and dial.rings and dial.leg_id == order.dial

    def _in_order(self, event: events.Event) -> events.Event:
        """So nothing ends before it began."""
        if self._at - LAG_S < event.at < self._at:
            return replace(event, at=self._at)
        self._at = event.at
        return event

    def _breath(self, event: events.Event) -> Iterator[Follow]:
        """The fact itself, then what it means for the line, then who gets whom."""
        yield event
        if not self.settled and not self._awaited():
            yield due.LineSettled(at=event.at)
            yield effects.CancelTimer(kind=Timer.SETTLE, key="")
        for call_id in self.matcher.left_alone():
            yield signals.CircleOpened(at=event.at, call_id=call_id)
        for call_id, agent_id in self.matcher.pairs() if self.settled else ():
            agent, circle = self.agents[agent_id], self.matcher.circle(call_id)
            yield signals.AgentChosen(at=event.at, call_id=call_id, agent=agent, circle=circle)
            self.decided.append(self.calls[call_id].legs[-1])

    def _work(self, follow: Iterator[Follow]) -> Iterator[effects.Effect]:
        """Everything that follows; what an event gives comes before what stands behind it."""
        doing = [follow]
        while doing:
            each = next(doing[-1], None)
            if each is None:
                doing.pop()
            elif isinstance(each, effects.Effect):
                yield each
            elif len(doing) <= DEEPEST:
                doing.append(iter(self._take(each)))
            else:
                self._refuse(each, "endless")

    def _take(self, event: events.Event) -> Iterable[Follow]:
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            return handler(self, event)
        match event:
            case events.CallEvent() | events.LegEvent():
                return self._step_call(event)
            case events.AgentEvent():
                return self._step_agent(event.agent_id, event)
            case _:
                return self._refuse(event, "")

    def _refuse(self, event: events.Event, why: str) -> tuple[Follow, ...]:
        """An event that fits nothing is counted and changes nothing."""
        self.illegal[(type(event).__name__, why)] += 1
        self.refused += 1
        return ()

    # --- calls -----------------------------------------------------------------------------

    def _step_call(self, event: events.CallEvent | events.LegEvent) -> Iterable[Follow]:
        """One event for one call, by the table."""
        before = self.calls.get(event.call_id)
        try:
            moved = call_table.step(before, event, self.network)
        except events.Illegal as misfit:
            phase = "unknown call" if before is None else before.phase.value
            return self._refuse(event, str(misfit) or phase)
        return self._changed(before, moved, event.at)

    def _changed(self, before: Call | None, moved: Moved, at: float) -> list[Follow]:
        """A call has changed: everybody is told before anything else happens."""
        call = moved.call
        if before is not None:
            self.former_calls.setdefault(call.call_id, before)
        self.calls[call.call_id] = self.touched_calls[call.call_id] = call
        self.passages += menu_path.passages(before, moved)
        change = Change(before, call, at, self.network)
        told = [each for observer in self._observers for each in observer(change)]
        return [*moved.follows, *told]

    def _in_old_place(self, change: Change) -> Iterator[Follow]:
        """Whoever rings again after a dropped line stands where he stood."""
        before, call = change.before, change.after
        newly = call.phase is Phase.WAITING and (before is None or before.queueing.place_at is None)
        if not newly or call.queueing.place_at is None:
            return
        kept = (self.memory.place(call, change.at, self.network), self.callbacks.place(call))
        place_at = min((at for at in kept if at is not None), default=call.queueing.place_at)
        if place_at < call.queueing.place_at:
            yield signals.PlaceKept(at=change.at, call_id=call.call_id, place_at=place_at)

    def _lay_aside(self) -> None:
        """Calls that are over, or of which an agent had the record in hand, may leave."""
        for former in self.former_agents.values():
            for call_id in (former.call_id, *former.unsaved[-1:]):
                if call_id in self.calls:
                    self._forget_if_done(self.calls[call_id])
        for call_id in self.touched_calls:
            self._forget_if_done(self.touched_calls[call_id])

    def _forget_if_done(self, call: Call) -> None:
        """An ended call stays as long as its agent has it in hand; then the journal has it."""
        if call.phase is not Phase.ENDED:
            return
        if not self._in_hand(call):
            self.calls.pop(call.call_id, None)
        for place, known in enumerate(self.ended):
            if known.call_id == call.call_id:
                self.ended[place] = call
                return
        self.ended.append(call)

    def _in_hand(self, call: Call) -> bool:
        """Of an agent's open records one is in hand: the last one that was turned to."""
        agent = self.agents.get(call.talk.agent_id or "")
        if agent is None or call.record.saved_at is not None:
            return False
        return call.call_id == agent.call_id or agent.unsaved[-1:] == (call.call_id,)

    def _on_record(self, event: signals.RecordOpened) -> Iterator[Follow]:
        """An earlier call's record is taken in hand, and the one before is laid aside."""
        yield agent_signals.RecordTaken(at=event.at, agent_id=event.agent_id, call_id=event.call_id)
        if event.call_id not in self.calls and self._in_hand(event.call):
            self._lay_out(event.call)

    def _on_given_up(self, event: signals.RecordGivenUp) -> Iterator[Follow]:
        laid_out = event.call_id not in self.calls
        if laid_out:
            self._lay_out(event.call)
        yield from self._step_call(event)
        if laid_out:
            self._forget_if_done(self.calls[event.call_id])

    def _on_arrived(self, event: events.CallArrived) -> Iterable[Follow]:
        if event.call_id in self.calls:
            return self._refuse(event, "known")
        return self._step_call(event)

    def _on_returned(self, event: events.CallReturned) -> Iterator[Follow]:
        """A return that is told after the call's end is late; a socket left over is closed."""
        if any(call.call_id == event.call_id for call in self.ended):
            self._refuse(event, Phase.ENDED.value)
            yield effects.HangUp(call_id=event.call_id)
            return
        yield from self._step_call(event)
        yield from due.rejoin(self, event.call_id, event.at)

    def _on_recorded(self, event: events.MessageRecorded) -> Iterable[Follow]:
        """What a caller has left is often told when the call is over."""
        if event.call_id in self.calls:
            return self._step_call(event)
        try:
            return message_moves.left_behind(self.ended, event)
        except events.Illegal:
            return self._refuse(event, "unknown call")

    def _on_fallback(self, event: events.FallbackEnded) -> Iterable[Follow]:
        """Whom we had again, or found talking, we know better."""
        if any(call.call_id == event.call_id for call in self.ended):
            return self._refuse(event, Phase.ENDED.value)
        return self._step_call(event)

    def _on_link(
        self, event: events.QueueTransferChosen | events.RingBackChosen
    ) -> Iterable[Follow]:
        """Without the link to the exchange no talk can be ended, and nobody be rung."""
        return self._step_call(event) if self.telephony else self._refuse(event, "no telephony")

    # --- agents ----------------------------------------------------------------------------

    def _step_agent(self, agent_id: str, event: events.Event) -> Iterable[Follow]:
        """One event for one agent, by the table."""
        before = self.agents.get(agent_id)
        if before is None:
            return self._refuse(event, "unknown agent")
        try:
            after = agent_table.step(before, event)
        except events.Illegal as misfit:
            return self._refuse(event, str(misfit) or before.state.value)
        if after == before:
            return ()
        self._put_agent(after)
        rules = self.network.offers
        orders: list[Follow] = [*agent_orders.agent_orders(before, after, event.at, rules)]
        result = agent_orders.gone(before, after)
        if result is not None and after.offer_id is not None:
            gone = signals.OfferWithdrawn(at=event.at, offer_id=after.offer_id, result=result)
            orders.append(gone)
        return orders

    def _put_agent(self, agent: Agent) -> None:
        former = self.agents.get(agent.agent_id)
        if former is not None:
            self.former_agents.setdefault(agent.agent_id, former)
        self.agents[agent.agent_id] = self.touched_agents[agent.agent_id] = agent
        self.matcher.stand_agent(agent)

    def _on_phone(self, event: events.PhoneSeen | events.PhoneBusy) -> Iterator[Follow]:
        agent = self.agents.get(self._by_endpoint.get(event.endpoint, ""))
        if agent is None:
            return
        yield from self._step_agent(agent.agent_id, event)
        if isinstance(event, events.PhoneSeen) and event.reachable and agent.call_id:
            yield from due.rejoin(self, agent.call_id, event.at)

    def _on_choice(
        self, event: events.AgentLoggedIn | events.ReadyChosen | events.NotReadyChosen
    ) -> Iterable[Follow]:
        """Whoever was taken out of the configuration finishes the call in hand, and is gone."""
        if event.agent_id in self.network.agents:
            return self._step_agent(event.agent_id, event)
        return self._refuse(event, "unknown agent")

    # --- the exchange and ourselves --------------------------------------------------------

    def _on_started(self, event: events.ServiceStarted) -> Iterator[Follow]:
        """Hold offers until the old line is back, lest the last come first."""
        yield from self._conform(event.at)
        if not self.settled:
            yield effects.StartTimer(kind=Timer.SETTLE, key="", seconds=SETTLE_S)
        yield from self.crisis.timers(event.at)
        yield from due.after_start(self, event.at)

    def _awaited(self) -> bool:
        return any(reconcile.should_come_back(call) for call in self.calls.values())

    def _on_settled(self, event: due.LineSettled) -> tuple[Follow, ...]:
        self.settled = True
        self.matcher.rematch()
        return ()

    def _on_lost(self, event: events.TelephonyLost) -> tuple[Follow, ...]:
        self.telephony = False
        self.callbacks.stand(event.at, telephony=False)
        return ()

    def _on_snapshot(self, event: events.SnapshotTaken) -> Iterator[Follow]:
        """Whatever happened while we could not see is put right by facts of its own."""
        self.telephony = True
        calls, agents = self.calls.values(), self.agents.values()
        yield from reconcile.compare(event, calls, agents, self.network)
        yield from reconcile.strays(self.calls, self.agents.values(), event.at)
        self.callbacks.stand(event.at, telephony=True)
        self.matcher.rematch()

    def _on_published(self, event: events.NetworkPublished) -> Iterator[Follow]:
        """Calls under way go on as they are, in the menus that they began with."""
        carried = menu_versions.carried_over(event.network, self.network, self.calls.values())
        self._publish(carried)
        yield from self._conform(event.at)

    def _on_crisis(self, event: events.CrisisSwitched | CrisisOver) -> Iterator[Follow]:
        """Crisis mode goes on or off; calls under way go on as they are."""
        try:
            yield from self.crisis.take(event)
        except events.Illegal:
            self._refuse(event, "crisis" if self.crisis.crisis else "no crisis")
            return
        self._publish(self.crisis.published)
        yield from self._conform(event.at)

    def _conform(self, at: float) -> Iterator[Follow]:
        """Agents are what the configuration says, and calls stand where it says.

        Whoever is no agent any more is logged out.
        """
        yield from profiles.changes(self.network, at)
        self._index_phones()
        yield from profiles.departures(self.network, self.agents.values(), at)
        for centre_id in self.network.centres:
            yield from self.matcher.review_cap(centre_id, at)
        yield from due.opening_hours(self, "", at)
        for call in [call for call in self.calls.values() if call.phase in refusals.IN_LINE]:
            yield signals.CircleOpened(at=at, call_id=call.call_id)
            yield from overflow.begun(Change(None, call, at, self.network))

    def _publish(self, network: Network) -> None:
        """A new configuration, whole, with the crisis over it; whoever is new is logged out."""
        self.network = self.crisis.in_force(network)
        self.matcher.publish(self.network)
        for agent_id, profile in self.network.agents.items():
            self._put_agent(self.agents.get(agent_id) or profiles.newcomer(profile))
        self._index_phones()

    def _index_phones(self) -> None:
        self._by_endpoint = {agent.endpoint: key for key, agent in self.agents.items()}


_HANDLERS: Mapping[type[events.Event], Callable[..., Iterable[Follow]]] = {
    events.CallArrived: World._on_arrived,
    events.CallReturned: World._on_returned,
    events.FallbackEnded: World._on_fallback,
    events.MessageRecorded: World._on_recorded,
    events.QueueTransferChosen: World._on_link,
    events.RingBackChosen: World._on_link,
    events.WrapUpExtended: lambda world, event: world._step_agent(event.agent_id, event),
    signals.RecordOpened: World._on_record,
    signals.RecordGivenUp: World._on_given_up,
    events.PhoneSeen: World._on_phone,
    events.PhoneBusy: World._on_phone,
    events.AgentLoggedIn: World._on_choice,
    events.ReadyChosen: World._on_choice,
    events.NotReadyChosen: World._on_choice,
    events.TimerFired: due.fired,
    events.ServiceStarted: World._on_started,
    events.TelephonyLost: World._on_lost,
    events.SnapshotTaken: World._on_snapshot,
    events.NetworkPublished: World._on_published,
    events.CrisisSwitched: World._on_crisis,
    CrisisOver: World._on_crisis,
    due.LineSettled: World._on_settled,
}
"""What is more than a step of its call or agent; everything else goes to its table as it is."""
