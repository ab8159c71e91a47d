"""World against the exchange: everything that people, phones, links and processes may do.

`tests/unit/core/test_world.py` runs a little of it, `tests/integration/test_world_machine.py` much,
`--hypothesis-profile=long` as much as anybody has time for.
"""

from __future__ import annotations

from collections import deque
from typing import ClassVar
from unittest.mock import patch

from exchange import Caller, Exchange
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from oracle import Oracle, refused_by, stands
from towns import AGENTS, CALLERS, FIRST, NETWORKS, NUMBERS

from contactcentre.core import agent_table, call_table, effects, events, move
from contactcentre.core.agent import Agent, State
from contactcentre.core.call import Call, Outcome, Phase
from contactcentre.core.callback_moves import UNCONNECTED
from contactcentre.core.network import Network
from contactcentre.core.offer_moves import LEASE_GRACE_S, PROMPT_S
from contactcentre.core.refusals import IN_LINE
from contactcentre.core.talk_moves import AUDIO_STOPPED
from contactcentre.core.world import World
from contactcentre.storage import codec
from routing.calendar import local_minute

FEW = st.integers(0, 5)
WHO = st.sampled_from(tuple(AGENTS))

RESERVED_S = 10.0 + 30.0 + LEASE_GRACE_S + PROMPT_S + 10.0 + LEASE_GRACE_S + 60.0
"""No reservation lasts longer: a card read, a citizen rung, a prompt, the ring, the graces, and
what a link may lag."""

Reached = set[tuple[object, type[events.Event], object]]


# --- the histories -------------------------------------------------------------------------------


class Histories(RuleBasedStateMachine):
    """Everything that people, phones, links and processes may do, in any order."""

    reached: ClassVar[Reached] = set()
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.exchange = Exchange()
        self.world = World(FIRST)
        self.oracle = Oracle()
        self.journal: dict[str, bytes] = {}
        self.timers: dict[tuple[str, str], float] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.queued: dict[str, float] = {}
        self.known: set[str] = set()
        self.asked: set[str] = set()
        self.lagging = False
        self.started = False  # whether the last start has been told
        self.now = self.exchange.at
        self.watch = patch.multiple(call_table, step=self.watched_call)
        self.watch_agents = patch.multiple(agent_table, step=self.watched_agent)
        self.step_call, self.step_agent = call_table.step, agent_table.step

    # --- one event -------------------------------------------------------------------------

    def apply(self, event: events.Event) -> None:
        """One event: its orders are carried out, and everything that must hold is looked at."""
        rung = {key: len(call.offers) for key, call in self.world.calls.items()}
        with self.watch, self.watch_agents:
            orders = self.world.apply(event)
        for call in self.world.touched_calls.values():
            self.journal[call.call_id] = codec.encode(call)
        for agent in self.world.touched_agents.values():
            self.journal[agent.agent_id] = codec.encode(agent)
        self.now = max(event.at, self.exchange.at)
        self.oracle.note(self.world, self.now)
        for order in orders:
            match order:
                case effects.CallEffect():
                    self.exchange.obey(order)
                case effects.RingBack():
                    self.look_at_ring_back(order)
                    self.exchange.asked.append(order)
                case effects.Recall() | effects.HangUpLeg():
                    self.exchange.asked.append(order)
                case effects.StartTimer():
                    self.timers[(order.kind, order.key)] = self.exchange.at + order.seconds
                    assert order.seconds >= 0
                case effects.CancelTimer():
                    self.timers.pop((order.kind, order.key), None)
                case effects.WithdrawPhone():
                    self.exchange.unregister(order.endpoint)
        self.started = self.started or isinstance(event, events.ServiceStarted)
        self.look()
        self.look_at_order(rung)

    def watched_call(self, call: Call, event: events.Event, given: Network) -> move.Moved:
        """The table's step, held against what the table declares."""
        moved = self.step_call(call, event, given)
        declared = call_table.TABLE[call.phase][type(event)].to
        assert moved.call.phase in declared, (call.phase, event, moved.call.phase)
        self.reached.add((call.phase, type(event), moved.call.phase))
        return moved

    def watched_agent(self, agent: Agent, event: events.Event) -> Agent:
        """The table's step, held against what the table declares."""
        after = self.step_agent(agent, event)
        declared = agent_table.TABLE[agent.state][type(event)].to
        assert after.state in declared, (agent.state, event, after.state)
        self.reached.add((agent.state, type(event), after.state))
        return after

    # --- what must always hold -------------------------------------------------------------

    def look(self) -> None:
        """After every event."""
        self.look_at_agents()
        self.look_at_calls()
        self.look_at_line()
        if self.started:
            self.look_at_timers()
        self.look_at_promises()

    def look_at_agents(self) -> None:
        """Nobody has two calls, no call two agents; free means free."""
        agents = self.world.agents.values()
        held = [a.call_id for a in agents if a.state in (State.RESERVED, State.TALKING)]
        assert len(held) == len(set(held))
        for agent in agents:
            if agent.state is State.READY:
                assert agent.wants_ready
                assert agent.blocker is agent.call_id is agent.offer_id is None
            if agent.state is State.RESERVED:
                offer = self.world.calls[agent.call_id or ""].open_offer
                assert offer is not None
                assert (offer.agent_id, offer.offer_id) == (agent.agent_id, agent.offer_id)
            if agent.state is State.TALKING:
                call = self.world.calls[agent.call_id or ""]
                assert call.phase in (Phase.TALKING, Phase.REJOINING)
                assert call.agent_id == agent.agent_id
        ready = {a.agent_id for a in agents if a.state is State.READY}
        assert set(self.world.matcher.bench.in_order()) == ready

    def look_at_calls(self) -> None:
        """One outcome, one place, no time runs backwards; a talk has its agent."""
        for call in self.world.touched_calls.values():
            self.known.add(call.call_id)
            if call.queued_at is not None:
                assert self.queued.setdefault(call.call_id, call.queued_at) == call.queued_at
            if call.phase is Phase.ENDED:
                assert call.outcome is not None
                assert self.outcomes.setdefault(call.call_id, call.outcome) is call.outcome
            else:
                assert call.call_id not in self.outcomes
            look_at_times(call)
        for call in self.world.calls.values():
            if call.phase in (Phase.TALKING, Phase.REJOINING):
                agent = self.world.agents[call.agent_id or ""]
                assert (agent.state, agent.call_id) == (State.TALKING, call.call_id)

    def look_at_line(self) -> None:
        """Who waits stands in line, and nobody waits whom somebody free could answer."""
        waiting = [call for call in self.world.calls.values() if stands(self.world, call)]
        assert set(self.world.matcher.line.in_order()) == {call.call_id for call in waiting}
        ready = [a for a in self.world.agents.values() if a.state is State.READY]
        for call in waiting if self.world.settled else ():
            assert not self.oracle.may(self.world, call, ready, self.now), (call, ready)

    def look_at_timers(self) -> None:
        """Whoever rests will be free again, and whoever was refused is thought of again."""
        for agent in self.world.agents.values():
            if agent.resting_until is not None:
                assert ("rest", agent.agent_id) in self.timers, agent
        for call in self.world.calls.values():
            if call.phase in IN_LINE and refused_by(self.world, call):
                assert ("again", call.call_id) in self.timers, call
            if call.phase is Phase.CALLBACK:
                assert ("callback", call.call_id) in self.timers, call
            if call.phase is Phase.WAITING and self.may_overflow(call):
                assert ("overflow", call.call_id) in self.timers, call

    def may_overflow(self, call: Call) -> bool:
        """Whether a way out of the queue may yet open by itself."""
        if call.callback is not None or call.answered_at is not None or call.entered_at is None:
            return False
        waited_s = self.now - call.entered_at
        rules = self.world.network.queue(call.queue).overflow
        return any(rule.when == "nobody" or rule.after_s > waited_s for rule in rules)

    def look_at_ring_back(self, order: effects.RingBack) -> None:
        """Only whom we promised it, within the hours, and not more often than the rules say."""
        call, rules = self.world.calls[order.call_id], self.world.network.callbacks
        promise = call.callback
        assert promise is not None
        assert promise.attempts <= rules.attempts
        assert (call.phase, call.caller) == (Phase.CALLING, order.number)
        assert rules.from_minute <= local_minute(self.now)[1] < rules.until_minute

    def look_at_promises(self) -> None:
        """One for each number; and whoever asks to be rung back, and can be, has one."""
        promised = [c.caller for c in self.world.calls.values() if c.phase in UNCONNECTED]
        assert len(promised) == len(set(promised))
        for call in self.world.touched_calls.values():
            asked = call.phase is Phase.ENDED and call.outcome is Outcome.CALLBACK
            number = self.world.network.callback_number(call.callback_to) if asked else None
            if number is not None and call.call_id not in self.asked:
                self.asked.add(call.call_id)
                assert number in promised

    def look_at_order(self, rung: dict[str, int]) -> None:
        """Nobody is passed over by somebody who stands behind him, so nobody starves."""
        waiting = [call for call in self.world.calls.values() if stands(self.world, call)]
        since = self.oracle.since
        for call in self.world.touched_calls.values():
            offer = call.open_offer
            if offer is None or offer.rejoin or len(call.offers) == rung.get(call.call_id):
                continue
            self.oracle.look_at_cap(self.world.network, call, offer)
            agent = self.world.agents[offer.agent_id]
            for other in waiting if call.call_id in since else ():
                if self.oracle.may(self.world, other, [agent], self.now):
                    assert since[call.call_id] <= since[other.call_id], (call, other)

    def look_at_truth(self) -> None:
        """When everything has been told, World and the exchange agree, and nobody hears silence."""
        for call in self.world.calls.values():
            if call.phase is Phase.ENDED:
                assert call.call_id not in self.exchange.callers
                continue
            if call.phase is Phase.CALLING:
                assert call.channel_id in self.exchange.citizens, call
            if call.phase in UNCONNECTED:
                assert call.call_id not in self.exchange.callers, call
                continue
            caller = self.exchange.callers[call.call_id]
            if call.phase is Phase.RECORDING:
                assert caller.recording is not None
            talks = caller.dial is not None and caller.dial.answered
            assert talks == (call.phase is Phase.TALKING), call
            if call.phase in (Phase.WAITING, Phase.REJOINING):
                assert caller.music or caller.dial is not None
                assert caller.held is call.leashed
            if call.phase is Phase.WAITING:
                assert caller.held
                assert caller.dial is None
            if call.phase is Phase.OFFERED:
                assert caller.dial is not None
        assert set(self.exchange.callers) <= set(self.world.calls)

    # --- what is under way -----------------------------------------------------------------

    @initialize()
    def a_day_begins(self) -> None:
        """Two agents are there, and three callers."""
        self.apply(events.ServiceStarted(at=self.exchange.at))
        for agent_id in ("a1", "a5"):
            self.an_agent_is_ready(agent_id)
        for dialled, digits in zip(NUMBERS, ("1", "", "2"), strict=True):
            self.a_citizen_calls(None, dialled, digits)

    @rule(lagging=st.booleans())
    def a_lag(self, lagging: bool) -> None:
        """Begins, or ends."""
        self.lagging = lagging

    @invariant()
    def without_a_lag_all_is_told_at_once(self) -> None:
        """As it is on nearly all days."""
        Histories.steps += 1
        self.unless_there_is_a_lag()

    def unless_there_is_a_lag(self) -> None:
        """Of seconds: a link that is up does not lag for minutes."""
        old = any(source[0].at < self.exchange.at - 20 for source in self.sources())
        if old or not self.lagging:
            self.all_is_told()

    def sources(self) -> list[deque[events.Event]]:
        """Where something waits to be told."""
        every = [self.exchange.manager, *self.exchange.leash.values()]
        return [source for source in every if source]

    @precondition(lambda self: self.sources())
    @rule(number=FEW, twice=st.booleans())
    def something_is_told(self, number: int, twice: bool) -> None:
        """The next word of one source; the manager may say it twice."""
        sources = self.sources()
        source = sources[number % len(sources)]
        event = source.popleft()
        self.apply(event)
        if twice and source is self.exchange.manager:
            self.apply(event)

    @precondition(lambda self: self.exchange.asked)
    @rule()
    def the_manager_acts(self) -> None:
        """The next order by AMI is carried out."""
        self.exchange.do(self.exchange.asked.popleft())

    @rule()
    def all_is_told(self) -> None:
        """Quiet at last."""
        while self.sources() or self.exchange.asked:
            for source in self.sources():
                if source:
                    self.apply(source.popleft())
            if self.exchange.asked:
                self.the_manager_acts()
        if self.exchange.linked:
            self.look_at_truth()

    @rule(seconds=st.sampled_from([0.5, 1.0, 3.0, 8.0, 30.0]))
    def time_passes(self, seconds: float) -> None:
        """Timers fire in their order, and phones stop ringing."""
        until = self.exchange.at + seconds
        while due := [at for at in (*self.timers.values(), *self.rings_out()) if at <= until]:
            self.exchange.at = max(min(due), self.exchange.at)
            self.exchange.not_answered()
            self.fire()
            self.unless_there_is_a_lag()
        self.exchange.at = until
        for agent in self.world.agents.values() if self.exchange.linked else ():
            if agent.state is State.RESERVED:
                assert until - agent.since <= RESERVED_S, agent

    @precondition(lambda self: self.exchange.linked)
    @rule(minutes=st.sampled_from([5, 15, 30]))
    def a_long_time_passes(self, minutes: int) -> None:
        """In which little happens: caps, rests and pauses run out."""
        for _ in range(minutes):
            self.all_is_told()
            self.time_passes(60.0)

    def rings_out(self) -> list[float]:
        """When phones that ring will have rung long enough."""
        phones = [c.dial.until for c in self.dials(answered=False) if c.dial is not None]
        return phones + [citizen.until for citizen in self.exchange.citizens.values()]

    def fire(self) -> None:
        """The timers that are due."""
        due = [(at, name) for name, at in self.timers.items() if at <= self.exchange.at]
        for at, name in sorted(due):
            if self.timers.get(name) == at:
                del self.timers[name]
                kind, key = name
                self.apply(events.TimerFired(at=self.exchange.at, kind=kind, key=key))

    # --- citizens --------------------------------------------------------------------------

    @precondition(lambda self: len(self.exchange.callers) < 6)
    @rule(
        number=st.sampled_from(CALLERS),
        dialled=st.sampled_from(NUMBERS),
        digits=st.sampled_from(["1", "", "2", "3", None]),
    )
    def a_citizen_calls(self, number: str | None, dialled: str, digits: str | None) -> None:
        """Perhaps once more, and has chosen already, most often."""
        caller = self.exchange.ring_in(number, dialled)
        self.apply(self.exchange.leash[caller.call_id].popleft())
        if digits is not None:
            self.exchange.press(caller, digits)

    @precondition(lambda self: self.exchange.callers)
    @rule(number=FEW, digits=st.sampled_from(["1", "2", "3", "4", "4", "5", "6", ""]))
    def a_citizen_presses(self, number: int, digits: str) -> None:
        """Whoever is asked, or without being asked."""
        caller = self.caller(number)
        self.exchange.tell(
            events.DigitPressed(at=self.exchange.at, call_id=caller.call_id, digit=digits)
        )
        self.exchange.press(caller, digits)

    @precondition(lambda self: self.exchange.callers)
    @rule(number=FEW)
    def a_citizen_hangs_up(self, number: int) -> None:
        """At any time."""
        self.exchange.hang_up(self.caller(number))

    @precondition(lambda self: self.recording())
    @rule(number=FEW)
    def a_message_ends(self, number: int) -> None:
        """The citizen has said it all."""
        recording = self.recording()
        self.exchange.end_recording(recording[number % len(recording)])

    def recording(self) -> list[Caller]:
        """Who leaves a message."""
        return [c for c in self.exchange.callers.values() if c.recording is not None]

    @precondition(lambda self: self.exchange.citizens)
    @rule(number=FEW, what=st.sampled_from(["lift", "lift", "busy", "gone"]))
    def a_citizen_who_is_rung(self, number: int, what: str) -> None:
        """Lifts, or is busy."""
        citizens = list(self.exchange.citizens.values())
        citizen = citizens[number % len(citizens)]
        if what == "lift":
            self.exchange.lift(citizen)
        else:
            self.exchange.not_lifted(citizen, hang_up_first=what == "gone")

    def caller(self, number: int) -> Caller:
        """One of those who are there."""
        callers = list(self.exchange.callers.values())
        return callers[number % len(callers)]

    # --- phones ----------------------------------------------------------------------------

    def dials(self, *, answered: bool) -> list[Caller]:
        """Callers in a dial."""
        every = self.exchange.callers.values()
        return [c for c in every if c.dial is not None and c.dial.answered is answered]

    @precondition(lambda self: self.dials(answered=False))
    @rule(number=FEW, what=st.sampled_from(["ring", "answer", "answer", "BUSY", "NOANSWER"]))
    def a_phone_does(self, number: int, what: str) -> None:
        """A phone that is dialled rings, is answered, declines or is not answered."""
        dials = self.dials(answered=False)
        caller = dials[number % len(dials)]
        dial = caller.dial
        assert dial is not None
        at = self.exchange.at
        if what == "ring":
            self.exchange.tell(events.LegRang(at=at, offer_id=dial.offer_id))
        elif what == "answer":
            dial.answered = True
            self.exchange.tell(events.LegAnswered(at=at, offer_id=dial.offer_id))
        else:
            self.exchange.dial_ends(caller, what)

    @precondition(lambda self: self.dials(answered=False))
    @rule()
    def every_phone_is_answered(self) -> None:
        """As most are."""
        while self.dials(answered=False):
            self.a_phone_does(0, "answer")

    @precondition(lambda self: self.dials(answered=True))
    @rule(number=FEW, what=st.sampled_from(["end", "audio", "hold", "unhold"]))
    def a_talk_does(self, number: int, what: str) -> None:
        """The agent hangs up, loses the audio, holds or comes back."""
        dials = self.dials(answered=True)
        caller = dials[number % len(dials)]
        assert caller.dial is not None
        at, offer_id = self.exchange.at, caller.dial.offer_id
        match what:
            case "end":
                self.exchange.dial_ends(caller, "ANSWER")
            case "audio":
                self.exchange.dial_ends(caller, "ANSWER", AUDIO_STOPPED)
            case "hold":
                self.exchange.tell(events.HoldStarted(at=at, offer_id=offer_id))
            case "unhold":
                self.exchange.tell(events.HoldEnded(at=at, offer_id=offer_id))

    @rule(agent_id=WHO, there=st.sampled_from([True, True, False]))
    def a_page_opens_or_closes(self, agent_id: str, there: bool) -> None:
        """Its phone with it."""
        if there:
            self.exchange.register(self.endpoint(agent_id))
        else:
            self.exchange.unregister(self.endpoint(agent_id))

    def endpoint(self, agent_id: str) -> str:
        """The agent's phone as it is configured now."""
        return self.world.network.agents.get(agent_id, AGENTS[agent_id]).endpoint

    @rule(agent_id=WHO, busy=st.booleans())
    def a_phone_is_elsewhere(self, agent_id: str, busy: bool) -> None:
        """In a call of the fallback queue, or out of it."""
        endpoint = self.endpoint(agent_id)
        self.exchange.tell(events.PhoneBusy(at=self.exchange.at, endpoint=endpoint, busy=busy))

    # --- agents ----------------------------------------------------------------------------

    @rule(agent_id=WHO)
    def an_agent_is_ready(self, agent_id: str) -> None:
        """Logs in and does all that it takes."""
        at = self.exchange.at
        self.apply(events.AgentLoggedIn(at=at, agent_id=agent_id))
        self.exchange.register(self.endpoint(agent_id))
        self.apply(events.MicrophoneReported(at=at, agent_id=agent_id, granted=True))
        self.apply(events.ReadyChosen(at=at, agent_id=agent_id))

    def engaged(self) -> list[str]:
        """Agents with a call or its record in hand."""
        return [a.agent_id for a in self.world.agents.values() if a.call_id or a.unsaved]

    def previewed(self) -> list[Call]:
        """Promises whose card is being read."""
        return [call for call in self.world.calls.values() if call.phase is Phase.PREVIEWED]

    @precondition(lambda self: self.previewed())
    @rule(number=FEW)
    def an_agent_rings_back(self, number: int) -> None:
        """Having read the card."""
        previewed = self.previewed()
        offer = previewed[number % len(previewed)].open_offer
        assert offer is not None
        at, agent_id = self.exchange.at, offer.agent_id
        self.apply(events.RingBackChosen(at=at, agent_id=agent_id, offer_id=offer.offer_id))

    @precondition(lambda self: self.engaged())
    @rule(
        number=FEW,
        what=st.sampled_from(["reject", "end", "leave", "note", "save", "more", "out", "lunch"]),
    )
    def an_engaged_agent_does(self, number: int, what: str) -> None:
        """What there is to do with a call."""
        engaged = self.engaged()
        self.an_agent_does(engaged[number % len(engaged)], what)

    @rule(
        agent_id=WHO,
        what=st.sampled_from(
            ["out", "lunch", "ready", "mute", "unmute", "reject", "end", "pass", "more"]
        ),
    )
    def an_agent_does(self, agent_id: str, what: str) -> None:
        """Whatever the page lets an agent do, and some things that it does not."""
        agent = self.world.agents.get(agent_id, Agent(agent_id=agent_id, endpoint="", name=""))
        at, call, offer = self.exchange.at, agent.call_id or "x", agent.offer_id or "x-1"
        match what:
            case "out":
                self.apply(events.AgentLoggedOut(at=at, agent_id=agent_id))
            case "lunch":
                self.apply(events.NotReadyChosen(at=at, agent_id=agent_id, reason="lunch"))
            case "ready":
                self.apply(events.ReadyChosen(at=at, agent_id=agent_id))
            case "mute" | "unmute":
                granted = what == "unmute"
                self.apply(events.MicrophoneReported(at=at, agent_id=agent_id, granted=granted))
            case "reject":
                self.apply(events.OfferRejected(at=at, agent_id=agent_id, offer_id=offer))
            case "end":
                self.apply(events.EndAsked(at=at, agent_id=agent_id, call_id=call))
            case "pass":
                queue = sorted(self.world.network.queues)[0]
                self.apply(events.PassedOn(at=at, agent_id=agent_id, call_id=call, queue=queue))
            case "leave":
                self.apply(events.AudioLost(at=at, agent_id=agent_id, call_id=call))
            case "note":
                self.write(agent_id, (*agent.unsaved, call)[-1])
            case "save":
                self.save(agent_id, (*agent.unsaved, call)[0])
            case "more":
                self.apply(events.WrapUpExtended(at=at, agent_id=agent_id, call_id=call))

    def write(self, agent_id: str, call: str) -> None:
        """A note, newer than all others, and who it is about."""
        at, version = self.exchange.at, next(self.exchange.numbers)
        self.apply(
            events.NoteWritten(at=at, agent_id=agent_id, call_id=call, text="x", version=version)
        )
        self.apply(
            events.CallerIdentified(at=at, agent_id=agent_id, call_id=call, level=1, method="code")
        )

    def save(self, agent_id: str, call: str) -> None:
        """The record of a call."""
        self.apply(
            events.RecordSaved(
                at=self.exchange.at,
                agent_id=agent_id,
                call_id=call,
                kind="consultation",
                services=(),
                outcome="answered",
                finish=True,
            )
        )

    # --- faults and changes ----------------------------------------------------------------

    @rule(what=st.sampled_from(["link", "link", "service", "service, late", "Asterisk"]))
    def something_breaks(self, what: str) -> None:
        """One rule for all, because most days are quiet."""
        match what:
            case "link":
                self.the_link_is_lost()
            case "Asterisk":
                self.asterisk_restarts()
            case _:
                self.the_service_restarts(at_once=what == "service")

    def the_link_is_lost(self) -> None:
        """Calls go on."""
        if self.exchange.linked:
            self.exchange.cut()
            self.apply(events.TelephonyLost(at=self.exchange.at))

    @precondition(lambda self: not self.exchange.linked)
    @rule()
    def the_link_is_back(self) -> None:
        """With a snapshot."""
        self.exchange.mend()

    def the_service_restarts(self, *, at_once: bool) -> None:
        """From what the journal has; callers come back in any order, the link when it is up."""
        self.exchange.service_dies()
        self.timers.clear()
        kept = self.journal.items()
        calls = [codec.decode(state, Call) for key, state in kept if key not in AGENTS]
        self.oracle.restart(self.world.network, calls)
        self.started = False
        self.world = World(self.world.network)
        self.world.restore(
            calls, [codec.decode(state, Agent) for key, state in kept if key in AGENTS]
        )
        started = events.ServiceStarted(at=self.exchange.at)
        if at_once:
            self.apply(started)
        else:
            self.exchange.leash[""] = deque([started])
        self.exchange.mend()

    def asterisk_restarts(self) -> None:
        """Every call is lost. The sockets say so long before the link is up again."""
        self.exchange.dies()
        self.all_is_told()
        self.exchange.mend(restarted=True)

    @rule(version=st.sampled_from(tuple(NETWORKS)))
    def the_network_changes(self, version: int) -> None:
        """Agents leave, move and learn, queues and rings change."""
        self.apply(events.NetworkPublished(at=self.exchange.at, network=NETWORKS[version]))

    def teardown(self) -> None:
        """In the end every caller is gone, every call has its outcome, and no agent is stuck."""
        if not self.exchange.linked:
            self.exchange.mend()
        self.all_is_told()
        for _ in range(6):
            self.time_passes(30.0)
            self.all_is_told()
        for caller in list(self.exchange.callers.values()):
            self.exchange.hang_up(caller)
        self.all_is_told()
        self.time_passes(600.0)
        for agent_id in AGENTS:
            self.apply(events.AgentLoggedOut(at=self.exchange.at, agent_id=agent_id))
        self.all_is_told()
        left = [call for call in self.world.calls.values() if call.phase is not Phase.ENDED]
        assert {call.phase for call in left} <= {Phase.CALLBACK}
        stuck = (State.RESERVED, State.TALKING, State.WRAP_UP)
        assert not [a for a in self.world.agents.values() if a.state in stuck]
        assert set(self.outcomes) == self.known - {call.call_id for call in left}


def look_at_times(call: Call) -> None:
    """Nothing ended before it began."""
    assert call.hold_s >= 0
    assert call.wait_s is None or call.wait_s >= 0
    for begun, over in (
        (None if call.callback else call.arrived_at, call.queued_at),
        (call.queued_at, call.answered_at),
        (call.answered_at, call.talk_ended_at),
        (call.arrived_at, call.ended_at),
    ):
        assert begun is None or over is None or begun <= over, call
    for offer in call.offers:
        times = (offer.at, offer.dialed_at, offer.answered_at, offer.ended_at)
        known = [time for time in times if time is not None]
        assert known == sorted(known), offer
