"""Everything that is going on, and the only place where it changes.

`apply` is synchronous, knows no clock and no chance, and never waits: an event goes in, the orders
that follow come out. Calls and agents are frozen values; what changed is in `touched_*`.

One fact has consequences: a call that is answered makes its agent busy, an agent who leaves gives a
call back, a call that ends as a callback begins another, and each of these makes the matcher think
again. Were every part to change every other, nobody could say in which order, and a move could be
made that no table knows. So there is one way only: an event is taken in by a table or by a handler
below, and what follows is orders and further events, which are taken in likewise, depth first,
until none is left (`_work`). This has three properties to keep:

- A call or an agent changes in `_step_call` and `_step_agent` alone, by what its table's `step`
  gave (and in `_on_clock`, where it stays what it is and its times move). What stands, and how it
  is put back where anything fails, is `WorldState`.
- Observers of a call (memory, announcer, callbacks, matcher, ...) are told of one change, all of
  them, before anything that follows from it: nobody sees the second change before the first.
- A handler is lazy: what it has yielded is done before it goes on, so it sees the world after that.

It ends because what follows is about something else: calls lead to agents, and an agent only ever
gives back an offer. `DEEPEST` is the guard should somebody write a circle after all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from contactcentre.core import (
    acting,
    acts,
    beside,
    commands,
    due,
    effects,
    events,
    own_choice,
    own_device,
    reconcile,
)
from contactcentre.core.agent import orders as agent_orders
from contactcentre.core.agent import profiles
from contactcentre.core.agent import signals as agent_signals
from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.memo import Memo
from contactcentre.core.agent.state import State
from contactcentre.core.call import (
    listen_moves,
    menu_moves,
    menu_versions,
    message_moves,
    overflow,
    recording_moves,
    signals,
    voice_moves,
)
from contactcentre.core.call import table as call_table
from contactcentre.core.call.breath import of_one_breath
from contactcentre.core.call.leg import Purpose
from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.rejoin_moves import is_lost
from contactcentre.core.call.state import Call, CallRecord, Phase
from contactcentre.core.clock_step import ClockStepped, moved
from contactcentre.core.config.network import Network
from contactcentre.core.crisis_switch import CrisisOver
from contactcentre.core.line import refusals
from contactcentre.core.outcomes import Result
from contactcentre.core.timers import Timer
from contactcentre.core.world_state import WorldState

SETTLE_S = 3.0
"""After a start, how long offers wait for callers of the old line who are not back yet."""

TRIED_APART_S = 3.0
"""Between two test calls of one agent: whoever presses on and on does not fill the exchange."""

DEEPEST = 16
"""So many events may follow one from another; no true history comes to half of it."""


_Choice = (
    commands.AgentLoggedIn
    | commands.ReadyChosen
    | commands.NotReadyChosen
    | acts.ReadyForced
    | acts.NotReadyForced
)


class World(WorldState):
    """One task, the engine's, may call `apply`."""

    def __init__(self, network: Network) -> None:
        super().__init__(network)
        self.telephony = False  # whether the link to the exchange is up
        self.refused = 0
        self.illegal: Counter[tuple[str, str]] = Counter()

    def apply(self, event: events.Event) -> list[effects.Effect]:
        """Take in one fact; give the orders that follow from it.

        All of it or nothing: where anything raises, what the fact has changed so far is undone.
        """
        before = self._begin()
        try:
            orders = of_one_breath(self._work(self._breath(self._in_order(event))))
            self._lay_aside()
        except BaseException:  # undone and raised again, whatever it is
            self._undo(before)
            raise
        return orders

    def wants(self, order: effects.RingBack) -> bool:
        """Whether the citizen is still to be rung."""
        call = self.calls.get(order.call_id)
        dial = call.dial if call is not None else None
        return dial is not None and dial.rings and dial.leg_id == order.dial

    def _in_order(self, event: events.Event) -> events.Event:
        """What is told late counts as of now, so nothing ends before it began: one source lags
        behind another. Time goes back only with everything that is in it."""
        by_s = event.by_s if isinstance(event, ClockStepped) else 0.0
        self._at = max(self._at + by_s, event.at)
        return event if event.at == self._at else replace(event, at=self._at)

    def _breath(self, event: events.Event) -> Iterator[Follow]:
        """The fact itself, then what it means for the line, then who gets whom."""
        yield event
        if not self.settled and not self._awaited():
            yield due.LineSettled(at=event.at)
            yield effects.CancelTimer(kind=Timer.SETTLE, key="")
        for call_id in self.matcher.left_alone():
            yield self.matcher.widened(self.calls[call_id], event.at)
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
        """A fact of a leg that two calls share is one of each, or of the one that has it."""
        told = self.shared.told(event, self.calls) if isinstance(event, events.LegEvent) else None
        return self._taken(event) if told is None else chain.from_iterable(map(self._taken, told))

    def _taken(self, event: events.Event) -> Iterable[Follow]:
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
        event = listen_moves.heard(before, event)
        try:
            moved = call_table.step(before, event, self.network)
        except events.Illegal as misfit:
            phase = "unknown call" if before is None else before.phase.value
            return self._refuse(event, str(misfit) or phase)
        return self._changed(before, moved, event.at)

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

    def _on_contact(self, event: signals.ContactBegun) -> Iterable[Follow]:
        """Who presses twice has one: the record in hand, so long as nothing is written in it."""
        agent = self.agents.get(event.agent_id)
        in_hand = self.calls.get(agent.unsaved[-1]) if agent and agent.unsaved else None
        empty = in_hand is not None and in_hand.record == CallRecord()
        if agent is None or (empty and in_hand and in_hand.written == event.channel):
            return self._refuse(event, "" if agent else "unknown agent")
        return self._step_call(event)

    def _on_erasure(self, event: events.ErasureAsked) -> Iterator[Follow]:
        """Of calls that are over; while one is open, or its record in hand, nothing is erased."""
        if any(_erases(event, call) for call in self.calls.values()):
            self._refuse(event, "open call")
            return
        for call in [call for call in self.ended if _erases(event, call)]:
            self._lay_out(call)
            yield from self._step_call(signals.CallerErased(at=event.at, call_id=call.call_id))
            self._forget_if_done(self.calls[call.call_id])
        self.memory.forget(event.caller)

    def _on_arrived(self, event: events.CallArrived) -> Iterable[Follow]:
        if event.call_id in self.calls:
            return self._refuse(event, "known")
        if self._is_unwanted(event):
            return self._step_call(signals.CallerRefused.of(event))
        self.callers.took(event.caller, event.at)
        return self._step_call(event)

    def _is_unwanted(self, event: events.CallArrived | events.CallReturned) -> bool:
        """Whoever is on the abuse list, or rings too often. Whom we had before is served."""
        if event.listed:
            return event.call_id not in self.calls
        if isinstance(event, events.CallReturned):
            return False
        limits, calls = self.network.limits, self.calls.values()
        return self.callers.exceeds(event.caller, calls, limits, event.at)

    def _on_returned(self, event: events.CallReturned) -> Iterator[Follow]:
        """A return that is told after the call's end is late; a socket left over is closed."""
        if any(call.call_id == event.call_id for call in self.ended):
            self._refuse(event, Phase.ENDED.value)
            yield effects.HangUp(call_id=event.call_id)
            return
        if self._is_unwanted(event):
            yield from self._step_call(signals.CallerRefused.of(event))
            return
        yield from self._step_call(event)
        yield from due.rejoin(self, event.call_id, event.at)

    def _on_recorded(self, event: events.MessageRecorded) -> Iterable[Follow]:
        """What a caller has left is often told when the call is over."""
        if event.call_id in self.calls:
            return self._step_call(event)
        try:
            promised = partial(self.callbacks.asked_for, network=self.network)
            return message_moves.left_behind(self.ended, event, promised)
        except events.Illegal:
            return self._refuse(event, "unknown call")

    def _on_digit(self, event: events.DigitPressed) -> Iterable[Follow]:
        """What somebody presses who is asked how it was is nobody's business: no journal has it."""
        call = self.calls.get(event.call_id)
        asked = call is not None and call.phase in (Phase.SURVEY, Phase.CLOSING)
        return () if asked else self._step_call(event)

    def _on_fallback(self, event: events.FallbackEnded) -> Iterable[Follow]:
        """Whom we had again, or found talking, we know better."""
        if any(call.call_id == event.call_id for call in self.ended):
            return self._refuse(event, Phase.ENDED.value)
        return self._step_call(event)

    def _on_leashed(self, event: events.LegLeashed) -> Iterable[Follow]:
        """A leg that nobody wants any more is let go; else nobody would ever look after it."""
        call = self.calls.get(event.call_id)
        leg = call.leg(event.offer_id) if call is not None else None
        if leg is None or leg.ended_at is not None:
            return (effects.HangUpLeg(offer_id=event.offer_id, leg=event.leg),)
        return self._step_call(event)

    def _on_reach(self, event: commands.ConsultChosen | commands.PassChosen) -> Iterable[Follow]:
        """Whoever is free, or a number that may be dialled: nobody else is rung."""
        if not self.telephony:
            return self._refuse(event, "no telephony")
        number = self.network.dialable(event.number) or ""
        colleague = None if event.number else self.agents.get(event.colleague)
        if colleague is None and not number:
            return self._refuse(event, "nobody")
        if colleague is not None and colleague.state is not State.READY:
            return self._refuse(event, "busy")
        if number and self.matcher.dials.barred(number, event.agent_id, event.at):
            return self._refuse(event, "limits")
        if beside.rings(self, event.agent_id):
            return self._refuse(event, "rings another")
        consults = isinstance(event, commands.ConsultChosen)
        chosen = signals.PartyChosen(
            at=event.at,
            call_id=event.call_id,
            agent_id=event.agent_id,
            purpose=Purpose.CONSULT if consults else Purpose.PASSED,
            colleague=colleague,
            number=number,
        )
        turned = tuple(beside.turned(self, event, event.agent_id))
        if not turned and beside.is_beside(self, event.agent_id, event.call_id):
            return self._refuse(event, "cannot turn")
        return (*turned, chosen)

    def _on_phone_tried(self, event: commands.PhoneTried) -> Iterable[Follow]:
        """Whoever may be rung for a caller at any moment is not; a mobile costs money."""
        agent = self.agents.get(event.agent_id)
        if not self.telephony:
            return self._refuse(event, "no telephony")
        if agent is None or agent.state is not State.NOT_READY:
            return self._refuse(event, "not free")
        if agent.busy or agent.mobile or not agent.phone:
            return self._refuse(event, "no phone")
        if 0 <= event.at - self._tried.get(event.agent_id, 0.0) < TRIED_APART_S:
            return self._refuse(event, "again")
        self._tried[event.agent_id] = event.at
        return (effects.TryPhone(endpoint=agent.endpoint),)

    def _on_resume(self, event: commands.ResumeChosen) -> Iterator[Follow]:
        """Of two calls the one that is not at hand is turned to; whoever rings a second has to stop
        that first."""
        if beside.rings(self, event.agent_id):
            self._refuse(event, "rings another")
        elif beside.is_beside(self, event.agent_id, event.call_id):
            turned = tuple(beside.turned(self, event, event.agent_id))
            yield from turned or self._refuse(event, "cannot turn")
        else:
            yield from self._step_call(event)

    def _on_end(self, event: commands.EndAsked) -> Iterator[Follow]:
        """The leg of an agent with two calls is taken out of this one, and stays for the other."""
        agent, call = self.agents.get(event.agent_id), self.calls.get(event.call_id)
        if agent is not None and call is not None and call.talk.beside:
            yield from beside.hold(self, agent, event.at) if agent.call_id == call.call_id else ()
        yield from self._step_call(event)

    def _on_lifted(self, event: signals.CitizenLifted) -> Iterable[Follow]:
        return beside.lifted(self, event) or self._step_call(event)

    def _on_found(self, event: events.FoundTalking) -> Iterable[Follow]:
        return beside.found_second(self, event) or self._step_call(event)

    def _on_talk_found(self, event: signals.TalkFound) -> Iterator[Follow]:
        yield from beside.found(self, event)
        yield from self._step_call(event)
        yield from beside.found_first(self, event)

    def _on_taker(self, event: commands.TakeOverOffered) -> Iterable[Follow]:
        """Only who is free, and sits in the same centre as the call's agent."""
        call, agents = self.calls.get(event.call_id), self.network.agents
        own = agents.get((call.talk.agent_id or "") if call is not None else "")
        taker, free = agents.get(event.agent_id), self.agents.get(event.agent_id)
        if own is None or taker is None or own.centre_id != taker.centre_id:
            return self._refuse(event, "another centre")
        if free is None or free.state is not State.READY:
            return self._refuse(event, "busy")
        return self._step_call(event)

    def _on_caller_given(self, event: acts.CallerGiven) -> Iterator[Follow]:
        """Of a desk that is lost only: its agent is being waited for, or has no telephone."""
        agent = self.agents.get(event.agent_id)
        known = map(self.calls.get, agent.calls) if agent is not None else ()
        lost = [call for call in known if call is not None and agent and is_lost(call, agent)]
        if not lost or not self.telephony:
            self._refuse(event, "not lost")
            return
        yield from self._step_agent(event.agent_id, event)
        for call in lost:
            yield signals.TakenFromDesk(at=event.at, call_id=call.call_id)

    def _on_apart(self, event: events.CallEvent) -> Iterable[Follow]:
        """Without the link no leg is taken out of its talk."""
        return self._step_call(event) if self.telephony else self._refuse(event, "no telephony")

    def _on_transfer(self, event: commands.QueueTransferChosen) -> Iterable[Follow]:
        """Without the link to the exchange no talk can be ended."""
        return self._step_call(event) if self.telephony else self._refuse(event, "no telephony")

    def _on_ring_back(self, event: commands.RingBackChosen) -> Iterable[Follow]:
        """Nobody is rung without the link, or by two at once: a promise waits for the other call,
        and whoever hears a message goes on listening."""
        call = self.calls.get(event.call_id)
        if not self.telephony:
            return self._refuse(event, "no telephony")
        if call and self.matcher.dials.barred(call.caller, event.agent_id, event.at):
            return self._refuse(event, "limits")
        if call is None or not self.callbacks.is_rung(call):
            return self._ring_back(event)
        if call.message is not None:
            return self._refuse(event, "rung by another")
        back = signals.OfferWithdrawn(at=event.at, offer_id=event.offer_id, result=Result.WITHDRAWN)
        return (back,)

    def _ring_back(self, event: commands.RingBackChosen) -> Iterator[Follow]:
        """Whoever talks has the first caller on hold meanwhile."""
        agent = self.agents.get(event.agent_id)
        if agent is not None and agent.beside and agent.beside.offer_id == event.offer_id:
            if beside.at_hand(self, agent) is None:
                self._refuse(event, "not free")
                return
            yield from beside.hold(self, agent, event.at)
        yield from self._step_call(event)

    def _on_own_choice(self, event: own_choice.OwnChoice) -> Iterable[Follow]:
        found = own_choice.follows(self, event)
        return self._refuse(event, found) if isinstance(found, str) else found

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
        if after.chosen != before.chosen:
            self._go_by_devices()
        rules = self.network.offers
        orders: list[Follow] = [*agent_orders.agent_orders(before, after, event.at, rules)]
        if (gone := agent_orders.gone(before, after)) is not None:
            offer_id, result = gone
            out = signals.OfferWithdrawn(at=event.at, offer_id=offer_id, result=result)
            orders.append(out)
        barred = self.matcher.dials.mobile_barred(agent_id, event.at)
        if after.state is State.READY and barred:
            orders.append(agent_signals.DialsUsedUp(at=event.at, agent_id=agent_id))
        left = [key for key in agent_orders.left_elsewhere(before, after) if key in self.calls]
        orders += [signals.RejoinOver(at=event.at, call_id=call_id) for call_id in left]
        if after.call_id != before.call_id and after.state is State.TALKING:
            orders += due.rejoin(self, after.call_id or "", event.at)
        profile = self.network.agents.get(agent_id)
        if after.chosen != before.chosen and profile is not None:
            orders.append(profiles.change(profile, event.at))
        return orders

    def _on_phone(self, event: events.PhoneSeen | events.PhoneBusy) -> Iterator[Follow]:
        agent = self.agents.get(self._by_endpoint.get(event.endpoint, ""))
        if agent is None:
            return
        yield from self._step_agent(agent.agent_id, event)
        seen = isinstance(event, events.PhoneSeen) and event.reachable
        if seen and agent.call_id and event.endpoint == agent.endpoint:
            yield from due.rejoin(self, agent.call_id, event.at)

    def _on_choice(self, event: _Choice) -> Iterable[Follow]:
        """Whoever was taken out of the configuration finishes the call in hand, and is gone."""
        if event.agent_id in self.network.agents:
            return self._step_agent(event.agent_id, event)
        return self._refuse(event, "unknown agent")

    def _on_device(self, event: commands.DeviceChosen) -> Iterator[Follow]:
        """Only what there is; a talk goes along."""
        if found := own_device.obstacle(self, event):
            self._refuse(event, found)
            return
        former, _ = self.network.device(event.agent_id)
        yield from self._step_agent(event.agent_id, event)
        yield from own_device.moved(self, event, former)

    def _on_moved(self, event: acts.CallMoved) -> Iterable[Follow]:
        """A number is promised one call for each queue."""
        call = self.calls.get(event.call_id)
        if call is not None and self.callbacks.is_promised(call, event.queue):
            return self._refuse(event, "promised already")
        return self._step_call(event)

    def _on_earmarked(self, event: acts.CallEarmarked) -> Iterable[Follow]:
        """Nobody is given a call that is not theirs to answer."""
        obstacle = acting.obstacle(self, event.call_id, event.agent_id)
        return self._refuse(event, obstacle) if obstacle else self._step_call(event)

    def _on_listen(self, event: acts.ListenAsked) -> Iterable[Follow]:
        """Whoever listens has a phone, and no call."""
        obstacle = acting.deaf(self, event.call_id, event.listener)
        if obstacle:
            return self._refuse(event, obstacle)
        chosen = signals.ListenerChosen(
            at=event.at,
            call_id=event.call_id,
            listener=self.agents[event.listener],
            mode=event.mode,
            by=event.by,
            by_id=event.by_id,
        )
        return (chosen,)

    def _on_memo(self, event: acts.MemoWritten) -> Iterator[Follow]:
        """To each of them."""
        memo = Memo(
            memo_id=event.memo_id,
            at=event.at,
            kind="message",
            by=event.by,
            text=event.text,
            recipients=len(event.agents),
        )
        for agent_id in event.agents:
            yield agent_signals.MemoLeft(at=event.at, agent_id=agent_id, memo=memo)

    def _on_released(self, event: acts.AgentReleased) -> Iterator[Follow]:
        """The agent is told, whatever it was; without the link nobody in a talk is let go."""
        agent = self.agents.get(event.agent_id)
        if agent is not None and agent.state is State.TALKING and not self.telephony:
            self._refuse(event, "no telephony")
            return
        yield from self._step_agent(event.agent_id, event)
        yield from acting.released(self, event)

    # --- the exchange and ourselves --------------------------------------------------------

    def _on_started(self, event: events.ServiceStarted) -> Iterator[Follow]:
        """Hold offers until the old line is back, lest the last come first."""
        yield from self._conform(event.at)
        if not self.settled:
            yield effects.StartTimer(kind=Timer.SETTLE, key="", seconds=SETTLE_S)
        yield from self.crisis.timers(event.at)
        yield from due.after_start(self, event.at)

    def _on_settled(self, event: due.LineSettled) -> tuple[Follow, ...]:
        self.settled = True
        self.matcher.rematch()
        return ()

    def _on_lost(self, event: events.TelephonyLost) -> Iterator[Follow]:
        self.telephony = False
        yield from self.callbacks.stand(event.at, telephony=False)

    def _on_snapshot(self, event: events.SnapshotTaken) -> Iterator[Follow]:
        """Whatever happened while we could not see is put right by facts of its own."""
        self.telephony = True
        calls, agents = self.calls.values(), self.agents.values()
        yield from reconcile.compare(event, calls, agents, self.network, self.ended)
        yield from reconcile.strays(self.calls, self.agents.values(), event.at)
        yield from recording_moves.again(self.calls.values())
        yield from voice_moves.again(self.calls.values())
        yield from self.callbacks.stand(event.at, telephony=True)
        self.matcher.rematch()

    def _on_clock(self, event: ClockStepped) -> Iterator[Follow]:
        """Everybody stands where he stood and has waited for as long; hours go by the wall."""
        caps, dials = self.matcher.caps, self.matcher.dials
        for past in (self.memory, self.announcer, self.callers, caps, dials):
            past.move(event.by_s)
        for agent in [moved(agent, event.by_s) for agent in self.agents.values()]:
            if agent != self.agents[agent.agent_id]:
                self._put_agent(agent)
        for before in list(self.calls.values()) if event.by_s else ():
            call = moved(before, event.by_s)
            self.former_calls.setdefault(call.call_id, before)
            self.calls[call.call_id] = self.touched_calls[call.call_id] = call
            self.matcher.stand_call(call, event.at)
            if call.callback is not None and call.callback.given and call.phase is Phase.CALLBACK:
                yield signals.CircleOpened(at=event.at, call_id=call.call_id)  # due by the wall
        yield from menu_moves.keep_places(self.touched_calls.values())
        yield from self.crisis.timers(event.at)
        yield from due.opening_hours(self, "", event.at)

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
        for profile in self.network.agents.values():
            yield profiles.change(profile, at)
        self._index_phones()
        yield from profiles.departures(self.network, self.agents.values(), at)
        for centre_id in self.network.centres:
            yield from self.matcher.review_cap(centre_id, at)
        yield from due.opening_hours(self, "", at)
        for call in [call for call in self.calls.values() if call.phase in refusals.IN_LINE]:
            yield signals.CircleOpened(at=at, call_id=call.call_id)
            yield from overflow.begun(Change(None, call, at, self.network))


def _erases(event: events.ErasureAsked, call: Call) -> bool:
    named = bool(event.caller) and call.caller == event.caller
    return named or call.call_id in event.call_ids


_HANDLERS: Mapping[type[events.Event], Callable[..., Iterable[Follow]]] = {
    events.CallArrived: World._on_arrived,
    events.CallReturned: World._on_returned,
    events.FallbackEnded: World._on_fallback,
    events.MessageRecorded: World._on_recorded,
    events.DigitPressed: World._on_digit,
    commands.QueueTransferChosen: World._on_transfer,
    commands.RingBackChosen: World._on_ring_back,
    commands.DialChosen: World._on_own_choice,
    commands.PromiseTaken: World._on_own_choice,
    commands.PhoneTried: World._on_phone_tried,
    commands.ConsultChosen: World._on_reach,
    commands.PassChosen: World._on_reach,
    acts.CallMoved: World._on_moved,
    acts.CallEarmarked: World._on_earmarked,
    acts.CallEndForced: World._on_apart,
    acts.ListenAsked: World._on_listen,
    acts.ListenTurned: World._on_apart,
    acts.ListenEnded: World._on_apart,
    acts.AgentReleased: World._on_released,
    acts.CallerGiven: World._on_caller_given,
    acts.MemoWritten: World._on_memo,
    commands.TakeOverOffered: World._on_taker,
    commands.HoldChosen: World._on_apart,
    commands.ResumeChosen: World._on_resume,
    commands.EndAsked: World._on_end,
    signals.CitizenLifted: World._on_lifted,
    signals.TalkFound: World._on_talk_found,
    events.FoundTalking: World._on_found,
    commands.SidesSwapped: World._on_apart,
    commands.ConsultCompleted: World._on_apart,
    events.LegLeashed: World._on_leashed,
    commands.WrapUpExtended: lambda world, event: world._step_agent(event.agent_id, event),
    signals.RecordOpened: World._on_record,
    signals.RecordGivenUp: World._on_given_up,
    signals.ContactBegun: World._on_contact,
    events.ErasureAsked: World._on_erasure,
    events.PhoneSeen: World._on_phone,
    events.PhoneBusy: World._on_phone,
    commands.AgentLoggedIn: World._on_choice,
    commands.ReadyChosen: World._on_choice,
    commands.NotReadyChosen: World._on_choice,
    commands.DeviceChosen: World._on_device,
    acts.ReadyForced: World._on_choice,
    acts.NotReadyForced: World._on_choice,
    events.TimerFired: due.fired,
    events.ServiceStarted: World._on_started,
    events.TelephonyLost: World._on_lost,
    events.SnapshotTaken: World._on_snapshot,
    ClockStepped: World._on_clock,
    events.NetworkPublished: World._on_published,
    events.CrisisSwitched: World._on_crisis,
    CrisisOver: World._on_crisis,
    due.LineSettled: World._on_settled,
}
"""What is more than a step of its call or agent; everything else goes to its table as it is."""
