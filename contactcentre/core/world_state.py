"""What stands: calls, agents, the line; how a change of one is noted and told, and undone.

`World` says what a fact means, and changes this. Calls and agents are frozen values, so what an
event has changed is told by the values before and after, and to undo it is to put them back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from contactcentre.core import events, reconcile
from contactcentre.core.agent import profiles
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import (
    beside_moves,
    hold_words,
    listen_moves,
    menu_moves,
    menu_path,
    overflow,
    recording_moves,
    signals,
    voice_moves,
)
from contactcentre.core.call import table as call_table
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.move import Change, Follow, Moved, Observer
from contactcentre.core.call.shared_legs import SharedLegs
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.crisis import Crisis
from contactcentre.core.config.network import Network
from contactcentre.core.crisis_switch import CrisisSwitch
from contactcentre.core.line import refusals
from contactcentre.core.line.announcer import Announcer
from contactcentre.core.line.callbacks import Callbacks
from contactcentre.core.line.callers import Callers
from contactcentre.core.line.matcher import Matcher
from contactcentre.core.line.memory import Memory, Remembered
from contactcentre.core.outcomes import Result
from ivr.interpreter import Passage

KEPT_CALLS = 200
"""How many ended calls stay at hand for the board."""

_Before = tuple[Network, Network, Crisis | None, Crisis | None]
"""The configuration in force and the one published, the crisis and the last one."""


class WorldState:
    """The mutable holder; `World` alone changes what is in it."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.calls: dict[str, Call] = {}
        self.agents: dict[str, Agent] = {}  # logged in or not
        self.ended: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.settled = True  # whether the callers of the old line are back: offers may be made
        self.memory = Memory()
        self.callers = Callers()
        self.announcer = Announcer()
        self.matcher = Matcher(network, self.memory, self.agents)
        self.callbacks = Callbacks(self.matcher, self.calls, self.agents)
        self.crisis = CrisisSwitch()
        self.shared = SharedLegs()
        self._observers: tuple[Observer, ...] = (
            self.memory.saw,
            self.announcer.saw,
            self._in_old_place,
            menu_moves.first_words,
            hold_words.begun,
            overflow.begun,
            self.callbacks.saw,
            self.matcher.dials.saw,
            self.matcher.saw,
            refusals.saw,
            self.matcher.answered,
            listen_moves.talk_ended,
            self._shared,
            recording_moves.stopped,
            recording_moves.muted,
            voice_moves.muted,
        )
        self._at = 0.0  # of the latest event
        self._tried: dict[str, float] = {}  # when an agent of the network tried the phone last
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
        self._ended_before: deque[Call] | None = None  # what `ended` was, if that has changed
        self.crisis.touched = ()
        self.memory.begin()

    # --- a start ---------------------------------------------------------------------------

    def restore(
        self,
        calls: Iterable[Call],
        agents: Iterable[Agent],
        crisis: Crisis | None = None,
        callers: Iterable[Remembered] = (),
        last_crisis: Crisis | None = None,
    ) -> None:
        """Lay out what was open when the last process ended. Nobody is on the leash yet."""
        known = self.memory.restore(callers)
        self._publish(self.crisis.restored(crisis, last_crisis))
        for agent in agents:
            at_work = agent.state is not State.LOGGED_OUT or agent.unsaved
            if at_work or agent.agent_id in self.agents:
                self._put_agent(agent)
        self._go_by_devices()
        calls = sorted(calls, key=lambda call: call.since)  # what came last is remembered
        self.matcher.caps.restore(calls)
        self.matcher.dials.restore(calls)
        for centre_id in self.network.centres:
            self.matcher.review_cap(centre_id, 0.0)  # all that is given; the start looks again
        for call in calls:
            if call.caller not in known:
                self.memory.note(call, call.since)
            if call.phase is not Phase.ENDED:
                gone = events.LeashLost(at=call.since, call_id=call.call_id)
                self._lay_out(call_table.step(call, gone, self.network).call.off_leashes())
                continue
            self.ended.append(call)
            if self._in_hand(call):
                self._lay_out(call)
        self.settled = not self._awaited()
        self._nothing_touched()

    def _awaited(self) -> bool:
        return any(reconcile.should_come_back(call) for call in self.calls.values())

    def _lay_out(self, call: Call) -> None:
        self.calls[call.call_id] = call
        self.callbacks.note(call, call.since)
        self.shared.note(call)

    # --- a change --------------------------------------------------------------------------

    def _begin(self) -> _Before:
        """An event is about to be taken in: what its end may be held against."""
        self._nothing_touched()
        return self.network, self.crisis.published, self.crisis.crisis, self.crisis.last

    def _undo(self, before: _Before) -> None:
        """Something has raised: what was changed so far is as it was before."""
        network, published, *crises = before
        if self._ended_before is not None:
            self.ended = self._ended_before
        self.crisis.crisis, self.crisis.last = crises
        self._put_back(published if self.network is not network else None)

    def _put_back(self, published: Network | None) -> None:
        """Calls and agents are values, and what they are says where they stand: put back, all is as
        it was. Only what is counted of the past (the pace of a line, answers from afar) may keep
        a trace."""
        for agent_id in list(self.touched_agents):
            if agent_id in self.former_agents:
                self._put_agent(self.former_agents[agent_id])
            else:
                del self.agents[agent_id]  # logged out, and on no bench
        if published is not None:
            self._publish(published)
        self.memory.undo()
        for call_id, call in self.touched_calls.items():
            self.callbacks.forget(call)
            self.matcher.forget(call_id)
            self.shared.forget(call_id)
            if call_id not in self.former_calls:
                self.calls.pop(call_id, None)
        for call_id, former in self.former_calls.items():
            self.calls[call_id] = former
            self.callbacks.note(former, self._at)
            self.shared.note(former)
            self.matcher.stand_call(former, self._at)
        self.matcher.rematch()
        self._nothing_touched()

    @property
    def touched_callers(self) -> Mapping[str, Remembered]:
        """What is remembered of callers, as it is now."""
        return self.memory.touched

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

    def _shared(self, change: Change) -> Iterator[Follow]:
        """An agent's legs end, or come back; the agent may have another call, or be about to."""
        self.shared.note(change.after)
        yield from beside_moves.ended(change, self.calls)
        yield from beside_moves.back(change, self.calls)
        if not change.anew or change.after.phase is not Phase.REJOINING:
            return
        agent = self.agents.get(change.after.talk.agent_id or "")
        beside = agent.beside if agent is not None else None
        if beside is not None and beside.rings:
            offer_id, result = beside.offer_id, Result.WITHDRAWN
            yield signals.OfferWithdrawn(at=change.at, offer_id=offer_id, result=result)

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

    def _put_agent(self, agent: Agent) -> None:
        former = self.agents.get(agent.agent_id)
        if former is not None:
            self.former_agents.setdefault(agent.agent_id, former)
        self.agents[agent.agent_id] = self.touched_agents[agent.agent_id] = agent
        self.matcher.stand_agent(agent)

    # --- what is over ----------------------------------------------------------------------

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
        if self._ended_before is None:
            self._ended_before = self.ended.copy()
        for place, known in enumerate(reversed(self.ended), 1):  # mostly it ended just now
            if known.call_id == call.call_id:
                self.ended[-place] = call
                return
        self.ended.append(call)

    def _in_hand(self, call: Call) -> bool:
        """Of an agent's open records one is in hand: the last one that was turned to."""
        agent = self.agents.get(call.talk.agent_id or "")
        if agent is None or call.record.saved_at is not None:
            return False
        return call.call_id == agent.call_id or agent.unsaved[-1:] == (call.call_id,)

    # --- the configuration -----------------------------------------------------------------

    def _publish(self, network: Network) -> None:
        """A new configuration, whole, with the crisis over it; whoever is new is logged out."""
        self._in_force = self.crisis.in_force(network)
        self._go_by_devices()
        for agent_id, profile in self.network.agents.items():
            self._put_agent(self.agents.get(agent_id) or profiles.newcomer(profile))
        for agent_id, agent in self.agents.items():
            if agent_id not in self.network.agents:
                self.matcher.stand_agent(agent)  # in no centre any more
        self._index_phones()

    def _go_by_devices(self) -> None:
        """Whoever has chosen what to answer on answers there, wherever it is looked up."""
        agents = self.agents.values()
        chosen = {one.agent_id: one.chosen for one in agents if one.chosen is not None}
        self.network = self._in_force.with_devices(chosen)
        self.matcher.publish(self.network)

    def _index_phones(self) -> None:
        agents = self.agents.values()
        self._by_endpoint = {each.endpoint: one.agent_id for one in agents for each in one.phones}
