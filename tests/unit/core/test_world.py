"""World against an exchange that does what Asterisk does: late, doubled, cut off and restarted.

The exchange holds the truth. Its leash tells of one caller in order, its manager link of everything
in order, but neither waits for the other, and a cut link loses what happened meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import ClassVar
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from contactcentre.core import agent_table, call_table, effects, events, move
from contactcentre.core.agent import Agent, State
from contactcentre.core.call import Call, Outcome, Phase
from contactcentre.core.matcher import requirement
from contactcentre.core.network import Network
from contactcentre.core.talk_moves import AUDIO_STOPPED
from contactcentre.core.world import World
from contactcentre.testing import START, call_id, network, profile

pytestmark = pytest.mark.unit

FEW = st.integers(0, 5)
AGENTS = ("a1", "a2", "a3")

EVERYBODY = network(profile(1), profile(2, taxes=False), profile(3))
NETWORKS = (
    EVERYBODY,
    replace(network(profile(1), profile(2)), version=2),  # a2 has learned, a3 has left
)

Reached = set[tuple[object, type[events.Event], object]]


# --- the exchange --------------------------------------------------------------------------------


@dataclass
class Dial:
    """An agent's leg."""

    offer_id: str
    endpoint: str
    leg: str
    answered: bool = False


@dataclass
class Caller:
    """A caller's channel."""

    call_id: str
    channel: str
    channel_id: str
    held: bool = False  # by a socket of the service
    recalled: bool = False
    music: bool = False
    asked: effects.Ask | None = None
    dial: Dial | None = None
    place: effects.KeepPlace | None = None
    orders: deque[effects.CallEffect] = field(default_factory=deque)


class Exchange:
    """Callers, phones and the two ways by which they are told of."""

    def __init__(self) -> None:
        self.at = START
        self.callers: dict[str, Caller] = {}
        self.leash: dict[str, deque[events.Event]] = {}
        self.manager: deque[events.Event] = deque()
        self.asked: deque[effects.Recall | effects.HangUpLeg] = deque()
        self.contacts: dict[str, str] = {}
        self.linked = True
        self.numbers = iter(range(1, 1_000_000))

    def tell(self, event: events.Event) -> None:
        """By the manager, if the link is up."""
        if self.linked:
            self.manager.append(event)

    def say(self, caller: Caller, event: events.Event) -> None:
        """By the caller's socket."""
        self.leash.setdefault(caller.call_id, deque()).append(event)

    # --- callers ---------------------------------------------------------------------------

    def ring_in(self) -> None:
        """A citizen calls."""
        number = next(self.numbers)
        caller = Caller(call_id(number), f"PJSIP/carrier-{number:08x}", f"1.{number}", held=True)
        self.callers[caller.call_id] = caller
        self.say(
            caller,
            events.CallArrived(
                at=self.at,
                call_id=caller.call_id,
                channel=caller.channel,
                channel_id=caller.channel_id,
                caller=None,
                dialled="60000100",
            ),
        )

    def press(self, caller: Caller, digits: str) -> None:
        """The citizen answers what is asked."""
        if caller.asked is None:
            return
        step, caller.asked = caller.asked.step, None
        self.say(
            caller,
            events.DigitsEntered(at=self.at, call_id=caller.call_id, step=step, digits=digits),
        )
        self.work(caller)

    def hang_up(self, caller: Caller) -> None:
        """The citizen's channel ends, whoever ended it."""
        del self.callers[caller.call_id]
        if caller.dial is not None:
            self.tell(events.LegHungUp(at=self.at, offer_id=caller.dial.offer_id, cause=16))
        gone = events.CallerHungUp(at=self.at, call_id=caller.call_id, cause=16)
        if caller.held and caller.recalled:
            self.say(caller, events.LeashLost(at=self.at, call_id=caller.call_id))
        elif caller.held:
            self.say(caller, gone)
        self.tell(gone)

    def come_back(self, caller: Caller) -> None:
        """The dialplan brings the caller to a socket again."""
        caller.held, caller.recalled, caller.music = True, False, False
        caller.asked, caller.dial = None, None
        caller.orders.clear()
        place = caller.place
        self.say(
            caller,
            events.CallReturned(
                at=self.at,
                call_id=caller.call_id,
                channel=caller.channel,
                channel_id=caller.channel_id,
                caller=None,
                dialled="60000100",
                queue=place.queue if place else "",
                language=place.language if place else "",
                queued_at=place.queued_at if place else None,
                arrived_at=place.arrived_at if place else None,
            ),
        )

    # --- orders ----------------------------------------------------------------------------

    def obey(self, order: effects.CallEffect) -> None:
        """Queue an order on the leash; nobody there, nothing done."""
        caller = self.callers.get(order.call_id)
        if caller is not None and caller.held:
            caller.orders.append(order)
            self.work(caller)

    def work(self, caller: Caller) -> None:
        """Carry out what can be carried out now."""
        while caller.held and caller.dial is None and caller.asked is None and caller.orders:
            self.carry_out(caller, caller.orders.popleft())

    def carry_out(self, caller: Caller, order: effects.CallEffect) -> None:
        """One order of the leash."""
        match order:
            case effects.KeepPlace():
                caller.place = order
            case effects.Music():
                caller.music = True
            case effects.Ask():
                caller.music, caller.asked = False, order
            case effects.Play():
                caller.music = False
                played = events.PromptsPlayed(at=self.at, call_id=order.call_id, step=order.step)
                self.say(caller, played)
            case effects.Ring():
                self.dial(caller, order)
            case effects.HangUp():
                self.hang_up(caller)

    def dial(self, caller: Caller, order: effects.Ring) -> None:
        """Ring a phone, if there is one."""
        caller.music = False
        if order.endpoint not in self.contacts:
            self.dial_said(caller, order.offer_id, "CHANUNAVAIL", 20)
            return
        leg = f"PJSIP/{order.endpoint}-{next(self.numbers):08x}"
        caller.dial = Dial(order.offer_id, order.endpoint, leg)
        self.tell(events.LegDialed(at=self.at, offer_id=order.offer_id, leg=leg))

    def dial_said(self, caller: Caller, offer_id: str, status: str, cause: int) -> None:
        """The dial's end, on the leash."""
        self.say(
            caller,
            events.DialEnded(
                at=self.at,
                call_id=caller.call_id,
                offer_id=offer_id,
                status=status,
                cause=cause,
            ),
        )

    def dial_ends(self, caller: Caller, status: str, cause: int = 16) -> None:
        """The agent's leg is gone and the caller still here."""
        dial, caller.dial = caller.dial, None
        assert dial is not None
        self.tell(events.LegHungUp(at=self.at, offer_id=dial.offer_id, cause=cause))
        if caller.held and not caller.recalled:
            self.dial_said(caller, dial.offer_id, status, cause)
            self.work(caller)
            return
        if caller.held:
            self.say(caller, events.LeashLost(at=self.at, call_id=caller.call_id))
        self.come_back(caller)

    def do(self, order: effects.Recall | effects.HangUpLeg) -> None:
        """An order by the manager; without a link it comes to nothing."""
        if isinstance(order, effects.HangUpLeg):
            for caller in list(self.callers.values()):
                if self.linked and caller.dial is not None and caller.dial.leg == order.leg:
                    self.dial_ends(caller, "ANSWER" if caller.dial.answered else "NOANSWER")
            return
        caller_found = self.callers.get(order.call_id)
        if caller_found is None:
            return
        caller_found.recalled = caller_found.held
        if self.linked:
            self.redirect(caller_found)

    def redirect(self, caller: Caller) -> None:
        """Out of whatever the caller is in."""
        if caller.dial is not None:
            self.tell(events.LegHungUp(at=self.at, offer_id=caller.dial.offer_id, cause=16))
        if caller.held:
            self.say(caller, events.LeashLost(at=self.at, call_id=caller.call_id))
        self.come_back(caller)

    # --- phones ----------------------------------------------------------------------------

    def register(self, endpoint: str) -> None:
        """A page opens: the new contact is told before the old one's end."""
        old, new = self.contacts.get(endpoint), f"sip:{next(self.numbers)}"
        self.contacts[endpoint] = new
        self.tell(events.PhoneSeen(at=self.at, endpoint=endpoint, reachable=True, contact=new))
        if old is not None:
            self.tell(events.PhoneSeen(at=self.at, endpoint=endpoint, reachable=False, contact=old))

    def unregister(self, endpoint: str) -> None:
        """A page closes."""
        old = self.contacts.pop(endpoint, None)
        if old is None:
            return
        self.tell(events.PhoneSeen(at=self.at, endpoint=endpoint, reachable=False, contact=old))
        for caller in list(self.callers.values()):
            dial = caller.dial
            if dial is not None and dial.endpoint == endpoint and not dial.answered:
                self.dial_ends(caller, "CHANUNAVAIL", 20)

    # --- the link and the service ----------------------------------------------------------

    def cut(self) -> None:
        """What was on its way is lost."""
        self.linked = False
        self.manager.clear()

    def mend(self) -> None:
        """The link is up: what there is, then what happens."""
        self.at += 0.1
        self.linked = True
        self.manager.append(
            events.SnapshotTaken(
                at=self.at, channels=tuple(self.channels()), reachable=tuple(self.contacts)
            )
        )

    def channels(self) -> Iterable[events.Channel]:
        """All channels."""
        for caller in self.callers.values():
            dial = caller.dial
            bridge = caller.call_id if dial is not None and dial.answered else ""
            common = events.Channel(
                channel=caller.channel,
                channel_id=caller.channel_id,
                linked_id=caller.channel_id,
                account=caller.call_id,
                bridge=bridge,
                application="AGI",
                up=True,
                seconds=1.0,
            )
            yield common
            if dial is not None:
                leg_id = f"2.{dial.leg}"
                yield replace(common, channel=dial.leg, channel_id=leg_id, account=dial.offer_id)

    def service_dies(self) -> None:
        """Sockets close; the dialplan goes on by itself."""
        self.cut()
        self.leash.clear()
        self.asked.clear()
        for caller in self.callers.values():
            caller.held = caller.recalled = False
            caller.orders.clear()
            if caller.dial is None:
                self.come_back(caller)


# --- the histories -------------------------------------------------------------------------------


class Histories(RuleBasedStateMachine):
    """Everything that people, phones, links and processes may do, in any order."""

    reached: ClassVar[Reached] = set()

    def __init__(self) -> None:
        super().__init__()
        self.exchange = Exchange()
        self.world = World(EVERYBODY)
        self.timers: dict[tuple[str, str], float] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.queued: dict[str, float] = {}
        self.known: set[str] = set()
        self.lagging = False
        self.watch = patch.multiple(call_table, step=self.watched_call)
        self.watch_agents = patch.multiple(agent_table, step=self.watched_agent)
        self.step_call, self.step_agent = call_table.step, agent_table.step

    # --- one event -------------------------------------------------------------------------

    def apply(self, event: events.Event) -> None:
        """One event: its orders are carried out, and everything that must hold is looked at."""
        with self.watch, self.watch_agents:
            orders = self.world.apply(event)
        for order in orders:
            match order:
                case effects.CallEffect():
                    self.exchange.obey(order)
                case effects.Recall() | effects.HangUpLeg():
                    self.exchange.asked.append(order)
                case effects.StartTimer():
                    self.timers[(order.kind, order.key)] = self.exchange.at + order.seconds
                    assert order.seconds >= 0
                case effects.CancelTimer():
                    self.timers.pop((order.kind, order.key), None)
                case effects.WithdrawPhone():
                    self.exchange.unregister(order.endpoint)
        self.look()

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
        waiting = [
            call
            for call in self.world.calls.values()
            if call.phase is Phase.WAITING and call.leashed
        ]
        assert set(self.world.matcher.line.in_order()) == {call.call_id for call in waiting}
        if not self.world.settled:
            return
        for agent_id in self.world.matcher.bench.in_order():
            known = self.world.network.agents[agent_id]
            refused = self.world.matcher.refusals.of_agent(agent_id)
            asked = [requirement(call) for call in waiting if call.call_id not in refused]
            assert not any(known.capability.meets(each) for each in asked)

    def look_at_truth(self) -> None:
        """When everything has been told, World and the exchange agree, and nobody hears silence."""
        for call in self.world.calls.values():
            if call.phase is Phase.ENDED:
                assert call.call_id not in self.exchange.callers
                continue
            caller = self.exchange.callers[call.call_id]
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
        for agent_id in AGENTS[:2]:
            self.an_agent_is_ready(agent_id)
        for digits in ("1", "", "1"):
            self.a_citizen_calls(digits)

    @rule(lagging=st.booleans())
    def a_lag(self, lagging: bool) -> None:
        """Begins, or ends."""
        self.lagging = lagging

    @invariant()
    def without_a_lag_all_is_told_at_once(self) -> None:
        """As it is on nearly all days."""
        if not self.lagging:
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
        """Timers fire in their order."""
        if any(source[0].at < self.exchange.at - 20 for source in self.sources()):
            self.all_is_told()  # a link that is up does not lag for minutes
        until = self.exchange.at + seconds
        while due := [(t, name) for name, t in self.timers.items() if t <= until]:
            at, (kind, key) = min(due)
            del self.timers[(kind, key)]
            self.exchange.at = max(at, self.exchange.at)
            self.apply(events.TimerFired(at=self.exchange.at, kind=kind, key=key))
        self.exchange.at = until

    # --- citizens --------------------------------------------------------------------------

    @precondition(lambda self: len(self.exchange.callers) < 4)
    @rule(digits=st.sampled_from(["1", "", None]))
    def a_citizen_calls(self, digits: str | None) -> None:
        """And has chosen already, most often."""
        self.exchange.ring_in()
        caller = list(self.exchange.callers.values())[-1]
        self.apply(self.exchange.leash[caller.call_id].popleft())
        if digits is not None:
            self.exchange.press(caller, digits)

    @precondition(lambda self: self.exchange.callers)
    @rule(number=FEW, digits=st.sampled_from(["1", "", "9"]))
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

    @rule(number=st.integers(1, 3), there=st.sampled_from([True, True, False]))
    def a_page_opens_or_closes(self, number: int, there: bool) -> None:
        """Its phone with it."""
        if there:
            self.exchange.register(f"a-{number}")
        else:
            self.exchange.unregister(f"a-{number}")

    @rule(number=st.integers(1, 3), busy=st.booleans())
    def a_phone_is_elsewhere(self, number: int, busy: bool) -> None:
        """In a call of the fallback queue, or out of it."""
        seen = events.PhoneBusy(at=self.exchange.at, endpoint=f"a-{number}", busy=busy)
        self.exchange.tell(seen)

    # --- agents ----------------------------------------------------------------------------

    @rule(agent_id=st.sampled_from(AGENTS))
    def an_agent_is_ready(self, agent_id: str) -> None:
        """Logs in and does all that it takes."""
        at = self.exchange.at
        self.apply(events.AgentLoggedIn(at=at, agent_id=agent_id))
        self.exchange.register(f"a-{agent_id[1:]}")
        self.apply(events.MicrophoneReported(at=at, agent_id=agent_id, granted=True))
        self.apply(events.ReadyChosen(at=at, agent_id=agent_id))

    def engaged(self) -> list[str]:
        """Agents with a call or its record in hand."""
        return [a.agent_id for a in self.world.agents.values() if a.call_id or a.unsaved]

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
        agent_id=st.sampled_from(AGENTS),
        what=st.sampled_from(["out", "lunch", "ready", "mute", "unmute", "reject", "end", "more"]),
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

    @precondition(lambda self: self.exchange.linked)
    @rule()
    def the_link_is_lost(self) -> None:
        """Calls go on."""
        self.exchange.cut()
        self.apply(events.TelephonyLost(at=self.exchange.at))

    @precondition(lambda self: not self.exchange.linked)
    @rule()
    def the_link_is_back(self) -> None:
        """With a snapshot."""
        self.exchange.mend()

    @rule(at_once=st.booleans())
    def the_service_restarts(self, at_once: bool) -> None:
        """From what the journal has; callers come back in any order, the link when it is up."""
        self.exchange.service_dies()
        self.timers.clear()
        old, self.world = self.world, World(self.world.network)
        self.world.restore(old.calls.values(), old.agents.values())
        started = events.ServiceStarted(at=self.exchange.at)
        if at_once:
            self.apply(started)
        else:
            self.exchange.leash[""] = deque([started])
        self.exchange.mend()

    @rule(which=st.sampled_from([0, 1]))
    def the_network_changes(self, which: int) -> None:
        """An agent leaves or is back, another learns."""
        self.apply(events.NetworkPublished(at=self.exchange.at, network=NETWORKS[which]))

    def teardown(self) -> None:
        """In the end every caller is gone, every call has its outcome, and no agent is stuck."""
        if not self.exchange.linked:
            self.exchange.mend()
        self.all_is_told()
        for _ in range(3):
            self.time_passes(60.0)
            self.all_is_told()
        for caller in list(self.exchange.callers.values()):
            self.exchange.hang_up(caller)
        self.all_is_told()
        self.time_passes(600.0)
        assert {call.phase for call in self.world.calls.values()} <= {Phase.ENDED}
        stuck = (State.RESERVED, State.TALKING, State.WRAP_UP)
        assert not [a for a in self.world.agents.values() if a.state in stuck]
        assert set(self.outcomes) == self.known


def look_at_times(call: Call) -> None:
    """Nothing ended before it began."""
    assert call.hold_s >= 0
    assert call.wait_s is None or call.wait_s >= 0
    for begun, over in (
        (call.arrived_at, call.queued_at),
        (call.queued_at, call.answered_at),
        (call.answered_at, call.talk_ended_at),
        (call.arrived_at, call.ended_at),
    ):
        assert begun is None or over is None or begun <= over, call
    for offer in call.offers:
        times = (offer.at, offer.dialed_at, offer.answered_at, offer.ended_at)
        known = [time for time in times if time is not None]
        assert known == sorted(known), offer


LONG = settings.get_profile("long")
TestHistories = Histories.TestCase
TestHistories.settings = (
    LONG
    if settings().max_examples == LONG.max_examples
    else settings(
        derandomize=True,
        max_examples=15,
        stateful_step_count=60,
        deadline=None,
        database=None,
    )
)
