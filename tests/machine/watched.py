"""What must hold after every event, whatever happens: World watched by one who trusts nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import ClassVar
from unittest.mock import patch

from exchange import Exchange
from hypothesis.stateful import RuleBasedStateMachine
from open_callbacks import OpenCallbacks
from open_listening import OpenListening
from open_messages import OpenMessages
from oracle import Oracle, refused_by, stands
from presence import Presence
from recordings import Recordings
from towns import FIRST, NETWORKS
from voices import Voices

from contactcentre.core import commands, effects, events
from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.hours import is_open
from contactcentre.core.agent.state import Agent, OtherCall, State
from contactcentre.core.call import hold_words, move
from contactcentre.core.call import table as call_table
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.state import TALKS, Call, Phase
from contactcentre.core.clock_step import ClockStepped
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.config.network import Network
from contactcentre.core.line.memory import Remembered
from contactcentre.core.line.refusals import IN_LINE
from contactcentre.core.outcomes import Outcome
from contactcentre.core.reconcile_legs import APART
from contactcentre.core.timers import Timer
from contactcentre.core.world import World
from contactcentre.storage import codec

INSTANT_S = 0.001
"""What is told so near to the change of a calendar may be told before or after it."""


class Watched(RuleBasedStateMachine):
    """World and the exchange, with the journal and the timers that the engine would keep."""

    steps: ClassVar[int] = 0
    walked: ClassVar[Counter[str]] = Counter()  # events that a table or World took, outcomes, turns

    def __init__(self) -> None:
        super().__init__()
        self.exchange = Exchange()
        self.world = World(FIRST)
        self.oracle = Oracle()
        self.callbacks = OpenCallbacks()
        self.presence = Presence(one.offers.absent_s for one in NETWORKS.values())
        self.messages = OpenMessages()
        self.recordings = Recordings()
        self.voices = Voices()
        self.listening = OpenListening()
        self.journal: dict[str, bytes] = {}
        self.read: dict[str, tuple[bytes, Call | None, Call]] = {}  # what was held against World
        self.callers: dict[str, Remembered] = {}  # as journaled, whoever changed last comes last
        self.timers: dict[tuple[str, str], float] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.queued: dict[str, float] = {}
        self.known: set[str] = set()
        self.phases: dict[str, Phase] = {}  # where the table has put each call
        self.states: dict[str, State] = {}  # and each agent
        self.crisis: Crisis | None = None  # as journaled
        self.lagging = False
        self.intact = True  # nothing was found amiss in the last event
        self.started = False  # whether the last start has been told
        self.now = self.exchange.at  # as far as World has been told
        self.watch = patch.multiple(call_table, step=self.watched_call)
        self.watch_agents = patch.multiple(agent_table, step=self.watched_agent)
        self.step_call, self.step_agent = call_table.step, agent_table.step

    # --- one event -------------------------------------------------------------------------

    def apply(self, event: events.Event) -> None:
        """One event: its orders are carried out, and everything that must hold is looked at."""
        event = replace(event, at=min(event.at, self.exchange.at))  # nothing is of the future
        if isinstance(event, events.ServiceStarted):
            event = replace(
                event, at=self.exchange.at
            )  # others may be told before it; it is no news
        self.intact = False
        rung = {key: len(call.offers) for key, call in self.world.calls.items()}
        network, waiting = self.world.network, self.waiting()
        with self.watch, self.watch_agents:
            orders = self.world.apply(event)
        for call in self.world.touched_calls.values():
            self.journal[call.call_id] = codec.encode(call)
        for agent in self.world.touched_agents.values():
            self.journal[agent.agent_id] = codec.encode(agent)
        for number, known in self.world.touched_callers.items():
            self.callers.pop(number, None)
            self.callers[number] = known
        for crisis in self.world.crisis.touched:
            self.crisis = crisis if crisis.ended_at is None else None
        self.count(event, network, waiting)
        self.now = max(event.at, self.now)
        self.oracle.note(self.world, event, self.now)
        self.presence.note(self.world, self.exchange, event, self.exchange.at)
        for order in orders:
            match order:
                case effects.MuteRecording() | effects.StopRecording():
                    self.recordings.obey(order)
                case effects.MuteLeg() | effects.PressKey():
                    self.voices.obey(order)
                case effects.CallEffect():
                    self.recordings.rung(order)
                    self.exchange.obey(order)
                case effects.RingBack():
                    self.callbacks.look_at_ring(self.world, order, self.now)
                    self.exchange.asked.append(order)
                case effects.LegEffect():
                    self.exchange.apart.obey(order)
                case effects.AnswerLeg():
                    assert order.leg
                    self.exchange.asked.append(order)
                case (
                    effects.Recall() | effects.Park() | effects.HangUpLeg() | effects.RingListener()
                ):
                    self.exchange.asked.append(order)
                case effects.StartTimer():
                    self.timers[(order.kind, order.key)] = self.exchange.at + order.seconds
                    assert order.seconds >= 0
                case effects.CancelTimer():
                    self.timers.pop((order.kind, order.key), None)
                case effects.SetMember():
                    self.exchange.alone.set_member(order.endpoint, paused=order.paused)
                case effects.WithdrawPhone():
                    self.exchange.alone.set_member(order.endpoint, paused=True)
                    self.exchange.unregister(order.endpoint)
        self.started = self.started or isinstance(event, events.ServiceStarted)
        self.look()
        if not isinstance(
            event, commands.DialChosen | commands.PromiseTaken
        ):  # of one's own choice
            self.look_at_order(rung)
        self.callbacks.note(self.world, self.now, started=self.started)
        self.messages.note(self.world, event)
        self.recordings.look(self.world)
        self.voices.look(self.world)
        self.listening.note(self.world, event)
        self.intact = True

    def is_asked(self, agent: Agent) -> bool:
        """Whether the agent is in a colleague's call."""
        call = self.world.calls.get(agent.call_id or "")
        aside = call.aside if call is not None else None
        return aside is not None and aside.agent_id == agent.agent_id

    def look_at_apart(self, call: Call) -> None:
        """Who is to hear whom does, and the caller hears music where nobody is on the line."""
        caller, legs = self.exchange.callers[call.call_id], self.exchange.apart.legs
        own = legs.get(call.offer.name) if call.offer is not None else None
        aside = legs.get(call.aside.leg_id) if call.aside is not None else None
        heard = caller.talks or caller.music or caller.away is not None
        assert heard or caller.dial is not None, call
        if call.phase in (Phase.HELD, Phase.CONSULTING):
            if call.offer is not None and call.offer.away:  # perhaps in the other's dial
                assert not caller.bridge, call
                return
            assert own is not None, call
            if call.phase is Phase.HELD:
                assert own.is_alone, (call, own)
                assert not caller.bridge, call
            elif aside is None:
                assert own.rings is not None, (call, own)
            else:
                together = {
                    name
                    for name, bridge in (("caller", caller.bridge), ("aside", aside.bridge))
                    if bridge and bridge == own.bridge
                }
                hears = {"caller": {"caller"}, "colleague": {"aside"}, "all": {"caller", "aside"}}
                # A telephone that holds hears nobody until its own key is pressed.
                waits = call.talk.joins and call.offer is not None and call.offer.phone_holds
                wanted = set() if waits else hears[call.talk.hears]
                assert together == wanted, (call, own, aside, caller)

    def waiting(self) -> list[Call]:
        """Callers in line."""
        return [call for call in self.world.calls.values() if call.phase is Phase.WAITING]

    def count(self, event: events.Event, former: Network, waiting: list[Call]) -> None:
        """What has no row in a table, and yet is to be walked."""
        if isinstance(event, commands.PromiseTaken) and self.world.touched_calls:
            self.walked["promise taken"] += 1
        if isinstance(event, ClockStepped) and event.by_s:
            self.walked["the clock was set"] += 1
        if self.world.network is not former:
            plans = [
                (one.queue(call.queue) for one in (former, self.world.network)) for call in waiting
            ]
            changed = [now for before, now in plans if before.circles != now.circles]
            self.walked["circles changed under who waits"] += len(changed)

    def watched_call(self, call: Call | None, event: events.Event, given: Network) -> move.Moved:
        """The table's step, held against what the table declares."""
        moved = self.step_call(call, event, given)
        self.walked[f"{type(event).__name__}, {'new' if call is None else call.phase}"] += 1
        declared = call_table.moves_of(call)[type(event)].to
        assert moved.call.phase in declared, (call, event, moved.call.phase)
        self.phases[moved.call.call_id] = moved.call.phase
        return moved

    def watched_agent(self, agent: Agent, event: events.Event) -> Agent:
        """The table's step, held against what the table declares."""
        after = self.step_agent(agent, event)
        self.walked[type(event).__name__] += 1
        declared = agent_table.TABLE[agent.state][type(event)].to
        assert after.state in declared, (agent.state, event, after.state)
        self.states[agent.agent_id] = after.state
        return after

    # --- what must always hold -------------------------------------------------------------

    def look(self) -> None:
        """After every event."""
        self.look_at_moves()
        self.look_at_agents()
        self.look_at_calls()
        self.look_at_line()
        self.look_at_records()
        if self.started:
            self.look_at_timers()

    def look_at_moves(self) -> None:
        """Everybody is where the tables have put them, and no move led where none is declared."""
        for call in self.world.calls.values():
            assert call.phase is self.phases[call.call_id]
        for agent in self.world.agents.values():
            assert agent.state is self.states.get(agent.agent_id, State.LOGGED_OUT)

    def look_at_agents(self) -> None:
        """Nobody has three calls, no call two agents; free means free."""
        agents = self.world.agents.values()
        held = [
            call_id
            for a in agents
            if a.state in (State.RESERVED, State.TALKING) and not self.is_asked(a)
            for call_id in a.calls
        ]
        assert len(held) == len(set(held))
        asked = [a.call_id for a in agents if self.is_asked(a)]
        assert len(asked) == len(set(asked))
        for agent in agents:
            if agent.state is State.READY:
                assert agent.wants_ready
                assert agent.blocker is agent.call_id is agent.offer_id is None
            if agent.state is State.RESERVED:
                call = self.world.calls[agent.call_id or ""]
                offer = call.aside if self.is_asked(agent) else call.open_offer
                assert offer is not None
                assert (offer.agent_id, offer.leg_id) == (agent.agent_id, agent.offer_id)
            if agent.agent_id not in self.world.network.agents:
                assert agent.state in (State.LOGGED_OUT, State.TALKING, State.WRAP_UP), agent
            if agent.state is State.TALKING:
                call = self.world.calls[agent.call_id or ""]
                assert call.phase in TALKS
                assert call.talk.agent_id == agent.agent_id or self.is_asked(agent)
            if agent.beside is not None:
                self.look_at_beside(agent, agent.beside)
        ready = {a.agent_id for a in agents if a.state is State.READY}
        assert set(self.world.matcher.bench.in_order()) == ready

    def look_at_beside(self, agent: Agent, beside: OtherCall) -> None:
        """Of two calls one at most has the agent's leg, and each knows of the other."""
        assert agent.state is State.TALKING, agent
        one, other = (self.world.calls[key] for key in agent.calls)
        if beside.rings:
            offer = other.open_offer
            assert offer is not None
            assert (offer.agent_id, offer.leg_id) == (agent.agent_id, beside.offer_id)
            return
        assert {one.phase, other.phase} <= set(TALKS), agent
        assert (one.talk.beside, other.talk.beside) == (other.call_id, one.call_id)
        assert other.phase in (Phase.HELD, Phase.REJOINING), other
        legs = [call.offer for call in (one, other)]
        here = [leg for leg in legs if leg is not None and leg.talks and not leg.away]
        assert len(here) <= 1, agent

    def look_at_calls(self) -> None:
        """One outcome, one place, no time runs backwards; a talk has its agent."""
        for call in self.world.touched_calls.values():
            self.known.add(call.call_id)
            if call.queueing.queued_at is not None:
                assert (
                    self.queued.setdefault(call.call_id, call.queueing.queued_at)
                    == call.queueing.queued_at
                )
            if call.phase is Phase.ENDED:
                assert call.end.outcome is not None
                self.walked[f"outcome {call.end.outcome}"] += call.call_id not in self.outcomes
                assert self.outcomes.setdefault(call.call_id, call.end.outcome) is call.end.outcome
            else:
                assert call.call_id not in self.outcomes
            look_at_times(call)
        for call in self.world.calls.values():
            if call.phase in (Phase.WAITING, Phase.REJOINING):
                assert call.talk.transfer is None
            if call.phase in TALKS:
                agent = self.world.agents[call.talk.agent_id or ""]
                assert agent.state is State.TALKING, call
                assert call.call_id in agent.calls, call

    def look_at_records(self) -> None:
        """What is still to be written down is in its agent's hands, and in nobody else's."""
        for agent in self.world.agents.values():
            for call_id in agent.unsaved:
                call = self.journaled(call_id)
                assert (call.phase, call.talk.agent_id) in (
                    (Phase.ENDED, agent.agent_id),
                    (Phase.SURVEY, agent.agent_id),
                    (Phase.CLOSING, agent.agent_id),
                    (Phase.TRANSFERRED, agent.agent_id),
                )
        for call in self.world.calls.values():
            if call.phase is Phase.ENDED:
                agent = self.world.agents[call.talk.agent_id or ""]
                assert call.call_id in (agent.call_id, *agent.unsaved[-1:]), call

    def journaled(self, call_id: str) -> Call:
        """A call as the journal has it, and World too, where it is there."""
        written, known = self.journal[call_id], self.world.calls.get(call_id)
        former, against, kept = self.read.get(call_id, (b"", None, None))
        if kept is None or former is not written or against is not known:
            kept = codec.decode(written, Call)
            assert known is None or (
                known.unleashed().off_leashes() == kept.unleashed().off_leashes()
            )
            self.read[call_id] = written, known, kept
        return kept

    def look_at_line(self) -> None:
        """Who waits stands in line, and nobody waits whom somebody free could answer."""
        waiting = [call for call in self.world.calls.values() if stands(self.world, call)]
        assert set(self.world.matcher.line.in_order()) == {call.call_id for call in waiting}
        ready = [a for a in self.world.agents.values() if a.state is State.READY]
        for call in waiting if ready and self.world.settled else ():
            assert not self.oracle.may(self.world, call, ready, self.now), (call, ready)

    def look_at_timers(self) -> None:
        """Whoever rests will be free again, and whoever was refused is thought of again."""
        if (crisis := self.world.crisis.crisis) is not None:
            assert ("crisis", crisis.crisis_id) in self.timers
        assert ("hours", "") in self.timers
        for agent in self.world.agents.values():
            profile = self.world.network.agents.get(agent.agent_id)
            if profile is not None:
                around = (self.now - INSTANT_S, self.now + INSTANT_S)
                states = {is_open(self.world.network, profile.centre_id, at) for at in around}
                assert (not agent.closed) in states, agent
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
        if (
            call.callback is not None
            or call.talk.answered_at is not None
            or call.queueing.entered_at is None
        ):
            return False
        waited_s = self.now - call.queueing.entered_at
        rules = self.world.network.queue(call.queue).overflow
        return any(rule.when in ("nobody", "closed") or rule.after_s > waited_s for rule in rules)

    def look_at_order(self, rung: dict[str, int]) -> None:
        """Nobody is passed over by somebody who stands behind him, so nobody starves. A promise may
        come into line by the end of a call, when the agent of that one is another's already."""
        waiting = [
            call
            for call in self.world.calls.values()
            if stands(self.world, call)
            and not (call.callback is not None and call.call_id in self.oracle.came)
        ]
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
                assert call.channel.unique_id in self.exchange.citizens, call
            if call.phase in UNCONNECTED:
                assert call.call_id not in self.exchange.callers, call
                continue
            caller = self.exchange.callers[call.call_id]
            if call.phase in (Phase.RECORDING, Phase.TRANSFERRED):
                assert caller.away is not None or caller.talks
            if caller.fall is not None and call.phase is not Phase.TALKING:
                continue  # with a phone that was nobody's when all channels were looked at
            if self.started and (hold_words.is_on_hold(call) or hold_words.phone_holds(call)):
                assert (Timer.HOLD_WORD, call.call_id) in self.timers, "forgotten on hold"
            if call.phase in APART or call.phase is Phase.TRANSFERRED:
                self.look_at_apart(call)
                continue
            assert caller.talks == (call.phase is Phase.TALKING), call
            if call.phase in (Phase.WAITING, Phase.REJOINING):
                assert caller.music or caller.dial is not None
                assert caller.held is call.channel.leashed
            if call.phase is Phase.WAITING:
                assert caller.held
                assert caller.dial is None
            if call.phase is Phase.OFFERED:
                assert caller.dial is not None
        known = {key for key, caller in self.exchange.callers.items() if caller.known}
        assert known <= set(self.world.calls)
        self.listening.look_at_truth(self.world, self.exchange)


def look_at_times(call: Call) -> None:
    """Nothing ended before it began."""
    assert call.hold_s >= 0
    assert call.wait_s is None or call.wait_s >= 0, call
    for begun, over in (
        (None if call.callback else call.arrived_at, call.queueing.queued_at),
        (call.queueing.queued_at, call.talk.answered_at),
        (call.talk.answered_at, call.talk.ended_at),
        (call.arrived_at, call.end.at),
    ):
        assert begun is None or over is None or begun <= over, call
    look_at_legs(call)


def look_at_legs(call: Call) -> None:
    """Each ends once, says why, and does not outlive its contact; one agent talks at a time."""
    for leg in call.legs:
        times = (leg.at, leg.dialed_at, leg.answered_at, leg.ended_at)
        known = [time for time in times if time is not None]
        assert known == sorted(known), leg
        assert (leg.ended_at is None) is (leg.result is None), leg
        assert leg.held_since is None or leg.talks, leg
        assert leg.ended_at is not None or call.phase is not Phase.ENDED, call
    assert len({leg.leg_id for leg in call.legs}) == len(call.legs), call
    talk = [leg.agent_id for leg in call.offers if leg.talks]
    if call.phase is Phase.PASSING and not talk:
        return  # its agent has hung up, and somebody is rung still
    talks = call.phase in TALKS and call.phase is not Phase.REJOINING
    assert talk == ([call.talk.agent_id] if talks else []), call
