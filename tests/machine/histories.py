"""World against the exchange: everything that people, phones, links and processes may do.

`tests/unit/core/test_world.py` runs a little of it, `tests/integration/test_world_machine.py` much,
`--hypothesis-profile=long` as much as anybody has time for.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from pairs import Pairs
from people import APART_DOES, FEW, WHO
from towns import AGENTS, CALLERS, FLOOD, NETWORKS, NUMBERS

from contactcentre.core import commands, effects, events
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call.message_moves import LISTEN_S
from contactcentre.core.call.offer_moves import ACCEPT_S, LEASE_GRACE_S, PROMPT_S
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.world import World
from contactcentre.storage import codec
from contactcentre.testing import START

LAG_S = 20.0
"""A link that is up lags no longer."""


DAY_S = 2 * 3600.0
"""Longer than any cap, pause or memory of the towns' rules lasts."""


THEN = (
    *APART_DOES, "answer", "answer", "answer", "busy", "first hangs up", "last hangs up",
    "citizen hangs up", "leave", "end", "reject", "link", "link is back", "service", "Asterisk",
    "wait",
)  # fmt: skip
"""What may happen in a talk of more than two."""

KEYS_OF = {"taxes": "1", "urgent": "2", "own": "3", "general": ""}
"""What a citizen presses in the menu to come into a queue."""


class Histories(Pairs):
    """Everything that people, phones, links and processes may do, in any order."""

    # --- what is under way -----------------------------------------------------------------

    @initialize(promised=st.booleans())
    def a_day_begins(self, promised: bool) -> None:
        """Two agents are there, and three callers; two citizens may have been promised a call."""
        self.apply(events.ServiceStarted(at=self.exchange.at))
        self.exchange.mend()
        for number in CALLERS[:2] if promised else ():
            self.a_citizen_calls(number, NUMBERS[0], "4")
            self.all_is_told()
        for agent_id in ("a1", "a5"):
            self.an_agent_is_ready(agent_id)
        for dialled, digits in zip(NUMBERS, ("1", "", "2"), strict=True):
            self.a_citizen_calls(None, dialled, digits)

    @rule(lagging=st.booleans())
    def a_lag(self, lagging: bool) -> None:
        """Begins, or ends."""
        self.lagging = lagging
        self.presence.disturb(self.exchange.at)

    @invariant()
    def without_a_lag_all_is_told_at_once(self) -> None:
        """As it is on nearly all days."""
        Histories.steps += 1
        self.unless_there_is_a_lag()
        if self.exchange.linked and self.started and not self.lagging:
            self.presence.look_at_dials(self.world, self.exchange)
            self.presence.look_at_absence(self.exchange.at)

    def unless_there_is_a_lag(self) -> None:
        """Of seconds: a link that is up does not lag for minutes."""
        old = any(abs(source[0].at - self.exchange.at) > LAG_S for source in self.sources())
        if old or not self.lagging:
            self.all_is_told()

    def sources(self) -> list[deque[events.Event]]:
        """Where something waits to be told."""
        self.exchange.listeners.look()
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
        """The next order by AMI is carried out, or it is not wanted any more."""
        order = self.exchange.asked.popleft()
        if not isinstance(order, effects.RingBack) or self.world.wants(order):
            self.exchange.do(order)

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
        while due := [at for at in self.instants() if at <= until]:
            self.exchange.at = max(min(due), self.exchange.at)
            self.exchange.not_answered()
            self.fire()
            self.unless_there_is_a_lag()
        self.exchange.at = until
        for agent in self.world.agents.values() if self.exchange.linked else ():
            if agent.state is State.RESERVED:
                call = self.world.calls[agent.call_id or ""]
                # A link that is back tells of the time without it a little later.
                since = max(agent.since, call.since, self.exchange.linked_at)
                assert until - since <= self.reserved_s(call.phase) + LAG_S, (agent, call.phase)

    def reserved_s(self, phase: Phase) -> float:
        """So long at most an agent is reserved while the call is in that phase, by the rules."""
        rules, offers = self.world.network.callbacks, self.world.network.offers
        match phase:
            case Phase.PREVIEWED:
                return rules.card_s
            case Phase.LISTENING:
                return LISTEN_S
            case Phase.CALLING:
                return rules.ring_s + LEASE_GRACE_S
        queues = self.world.network.queues.values()
        devices = ("browser", "desk", "mobile")
        rings = [offers.ring_s(device, queue.ring_s) for queue in queues for device in devices]
        return PROMPT_S + max(rings) + LEASE_GRACE_S + ACCEPT_S

    def instants(self) -> list[float]:
        """When something will come of time alone; a word, too, is not late for longer than that."""
        words = [source[0].at + LAG_S + 0.001 for source in self.sources() if self.lagging]
        return [*self.timers.values(), *self.rings_out(), *words]

    @precondition(lambda self: self.exchange.linked and self.exchange.at < START + DAY_S)
    @rule(minutes=st.sampled_from([4, 12]))
    def a_long_time_passes(self, minutes: int) -> None:
        """In which little happens: caps, rests and pauses run out."""
        for _ in range(minutes):
            self.all_is_told()
            self.time_passes(60.0)

    @rule()
    def recordings_are_looked_for(self) -> None:
        """What nobody has told of, because a service or a socket was gone, is found as a file."""
        told = {event.recording for event in self.events_to_be_told()}
        for name, recorded in self.exchange.recordings.items():
            if name not in told | self.messages.known:
                self.apply(replace(recorded, at=self.exchange.at))

    def events_to_be_told(self) -> list[events.MessageRecorded]:
        """Words of recordings that are on their way."""
        every = [event for source in self.sources() for event in source]
        return [event for event in every if isinstance(event, events.MessageRecorded)]

    def rings_out(self) -> list[float]:
        """When phones that ring will have rung long enough."""
        phones = [c.dial.until for c in self.dials(answered=False) if c.dial is not None]
        phones += [dial.until for dial in self.exchange.apart.ringing()]
        phones += [dial.until for dial in self.exchange.listeners.ringing.values()]
        return phones + [citizen.until for citizen in self.exchange.citizens.values()]

    def fire(self) -> None:
        """The timers that are due."""
        due = [(at, name) for name, at in self.timers.items() if at <= self.exchange.at]
        for at, name in sorted(due):
            if self.timers.get(name) == at:
                del self.timers[name]
                kind, key = name
                self.apply(events.TimerFired(at=self.exchange.at, kind=kind, key=key))

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

    @rule(
        what=st.lists(
            st.sampled_from(["answered", "answered", "over", "gives up", "a newcomer"]), max_size=6
        )
    )
    def no_service_lives(self, what: list[str]) -> None:
        """For a while the exchange serves who it can; what came before has been told."""
        self.all_is_told()
        self.exchange.service_dies(alone=True)
        for each in what:
            self.exchange.at += 5.0
            self.exchange.alone.goes_on(each)
        self.a_service_starts(at_once=True)

    @precondition(lambda self: self.exchange.alone.in_it(answered=True))
    @rule(number=FEW, by=st.sampled_from(["citizen", "agent"]))
    def a_talk_without_us_ends(self, number: int, by: str) -> None:
        """It had gone on when we were back."""
        talks = self.exchange.alone.in_it(answered=True)
        caller = talks[number % len(talks)]
        if by == "citizen":
            self.exchange.hang_up(caller)
        else:
            self.exchange.come_back(caller, talked=True)

    def the_service_restarts(self, *, at_once: bool, stepped_s: float = 0.0) -> None:
        """Before the exchange had to help itself."""
        self.exchange.service_dies()
        self.a_service_starts(at_once=at_once, stepped_s=stepped_s)

    def a_service_starts(self, *, at_once: bool, stepped_s: float = 0.0) -> None:
        """From what the journal has; callers come back in any order, the link when it is up."""
        self.timers.clear()
        kept = self.journal.items()
        calls = [codec.decode(state, Call) for key, state in kept if key not in AGENTS]
        agents = [codec.decode(state, Agent) for key, state in kept if key in AGENTS]
        self.oracle.restart(self.world.network, calls)
        self.started = False
        self.world = World(self.world.crisis.published)
        self.world.restore(calls, agents, self.crisis, self.callers.values())
        self.tell_of_step(stepped_s)
        started = events.ServiceStarted(at=self.exchange.at)
        if at_once:
            self.apply(started)
        else:
            self.exchange.leash[""] = deque([started])
        self.exchange.mend()

    @rule(by_s=st.sampled_from([3600.0, -3600.0, 90.0, -90.0]), down=st.booleans())
    def the_clock_is_set(self, by_s: float, down: bool) -> None:
        """For all who are on this machine; perhaps while the service is down."""
        self.exchange.set_clock(by_s)
        if down:
            self.the_service_restarts(at_once=True, stepped_s=by_s)
        else:
            self.timers = {name: at + by_s for name, at in self.timers.items()}
            self.tell_of_step(by_s)

    def tell_of_step(self, by_s: float) -> None:
        """What was seen before was so much later (or earlier) by the clock as it is now."""
        self.oracle.set_clock(by_s, self.world.calls.keys())
        self.callbacks.set_clock(by_s)
        self.presence.set_clock(by_s)
        for key in self.queued.keys() & self.world.calls.keys():
            self.queued[key] += by_s
        self.now += by_s
        self.apply(ClockStepped(at=self.exchange.at, by_s=by_s))

    def asterisk_restarts(self) -> None:
        """Every call is lost. The sockets say so long before the link is up again."""
        self.exchange.dies()
        self.all_is_told()
        self.exchange.mend(restarted=True)

    @rule(version=st.sampled_from(tuple(NETWORKS)))
    def the_network_changes(self, version: int) -> None:
        """Agents leave, move and learn, queues and rings change."""
        self.apply(events.NetworkPublished(at=self.exchange.at, network=NETWORKS[version]))

    @precondition(lambda self: self.callbacks.open)
    @rule(
        agent_id=WHO,
        what=st.sampled_from(
            ["lift", "regret", "reject", "out", "page", "wait", "in", "link", "service", "Asterisk"]
        ),
    )
    def a_promise_is_about_to_be_kept(self, agent_id: str, what: str) -> None:
        """An agent comes, reads the card and has the citizen rung; and then things happen."""
        self.an_agent_is_ready(agent_id)
        self.unless_there_is_a_lag()
        for _ in self.previewed():
            self.an_agent_rings_back(0, ring=True)
        self.unless_there_is_a_lag()
        calling = [call for call in self.world.calls.values() if call.phase is Phase.CALLING]
        match what:
            case "lift" | "regret":
                lifted = [self.exchange.lift(c) for c in list(self.exchange.citizens.values())]
                self.unless_there_is_a_lag()
                for caller in lifted if what == "regret" else ():
                    if caller.call_id in self.exchange.callers:
                        self.exchange.hang_up(caller)
            case "reject" | "out":
                for call in calling:
                    self.an_agent_does(call.offers[-1].agent_id, what)
            case "page":
                for call in calling:
                    self.exchange.unregister(self.endpoint(call.offers[-1].agent_id))
            case "wait":
                self.time_passes(60.0)
            case "in":
                for promise in list(self.callbacks.open.values()):
                    self.a_citizen_calls(promise.caller, promise.dialled, KEYS_OF[promise.queue])
            case _:
                self.something_breaks(what)

    @precondition(lambda self: len(self.exchange.callers) < 6)
    @rule(
        inside=st.sampled_from([True, True, False]),
        begins=st.sampled_from(["hold", "consult", "consult answer", "consult answer", "pass"]),
        then=st.lists(st.sampled_from(THEN), max_size=7),
    )
    def a_talk_of_more_than_two(self, inside: bool, begins: str, then: list[str]) -> None:
        """A citizen is answered; somebody else comes in; and then things happen."""
        for agent_id in AGENTS:
            self.an_agent_is_ready(agent_id)
        self.a_citizen_calls(None, NUMBERS[0], "")
        self.unless_there_is_a_lag()
        self.everybody_answers()
        self.unless_there_is_a_lag()
        for what in (*begins.split(), *then):
            self.one_of_them_does(what, inside=inside)
            self.unless_there_is_a_lag()

    def a_talk_moves(self) -> None:
        """To the other telephone of the first who talks and has two."""
        for agent in [agent for agent in self.talking() if agent.spare is not None][:1]:
            self.a_telephone_stands_by(agent.agent_id, there=True)
            self.unless_there_is_a_lag()
            other = "desk" if agent.browser else "browser"
            self.an_agent_chooses_a_device(agent.agent_id, device=other)

    def one_of_them_does(self, what: str, *, inside: bool) -> None:
        """As far as it can be done now; `inside`: with colleagues."""
        free = [a.agent_id for a in self.world.agents.values() if a.state is State.READY]
        mine = [not self.is_asked(agent) for agent in self.talking()]
        ringing, legs = self.exchange.apart.ringing(), list(self.exchange.apart.legs.values())
        if what in APART_DOES and any(mine):
            whom = free[0] if free and inside else ""
            self.an_agent_reaches(mine.index(True), what, whom)
        elif what in ("answer", "busy", "no_answer") and ringing:
            self.whoever_is_asked(0, what)
        elif what == "answer" and self.ringing():
            self.a_phone_does(0, what)
        elif what in ("first hangs up", "last hangs up") and legs:
            self.exchange.apart.hang_up(legs[0 if what == "first hangs up" else -1])
        elif what == "citizen hangs up" and self.exchange.callers:
            self.exchange.hang_up(list(self.exchange.callers.values())[-1])
        elif what == "elsewhere":
            self.a_talk_moves()
        elif what in ("leave", "end", "reject"):
            for agent in self.talking()[:1]:
                self.an_agent_does(agent.agent_id, what)
        elif what in ("link", "service", "Asterisk"):
            self.something_breaks(what)
        elif what == "link is back" and not self.exchange.linked:
            self.exchange.mend()
        elif what == "wait":
            self.time_passes(8.0)

    @rule(minutes=st.sampled_from([None, 1, 20]))
    def a_crisis(self, minutes: int | None) -> None:
        """Is declared for so long, or called off."""
        at = self.exchange.at
        self.apply(
            events.CrisisSwitched(
                at=at,
                crisis_id=f"k{next(self.exchange.numbers)}",
                on=minutes is not None,
                by="Dace",
                by_id="dace",
                plan_id=FLOOD.plan_id,
                until=at + 60.0 * (minutes or 0),
                why="upe",
            )
        )

    def teardown(self) -> None:
        """In the end every caller is gone, every call has its outcome, and no agent is stuck."""
        if not self.intact:
            return  # what was found is told, and not what comes of it
        if not self.exchange.linked:
            self.exchange.mend()
        self.all_is_told()
        for _ in range(6):
            self.time_passes(30.0)
            self.all_is_told()
        for caller in list(self.exchange.callers.values()):
            self.exchange.hang_up(caller)
        self.all_is_told()
        self.time_passes(120.0)
        self.recordings_are_looked_for()
        self.messages.all_are_known(self.exchange.recordings)
        for agent_id in AGENTS:
            self.apply(commands.AgentLoggedOut(at=self.exchange.at, agent_id=agent_id))
        self.all_is_told()
        left = [call for call in self.world.calls.values() if call.phase is not Phase.ENDED]
        assert {call.phase for call in left} <= {Phase.CALLBACK}
        stuck = (State.RESERVED, State.TALKING, State.WRAP_UP)
        assert not [a for a in self.world.agents.values() if a.state in stuck]
        assert not self.exchange.apart.legs
        assert not self.exchange.listeners.ringing
        assert set(self.outcomes) == self.known - {call.call_id for call in left}
