"""The floor: calls and agents as they are now, and what a change of one means for the others."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping

from contactcentre.core import effects, events
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import callback_moves, menu_moves, move, rejoin_moves
from contactcentre.core.call import menu_path as paths
from contactcentre.core.call import overflow as ways
from contactcentre.core.call import table as call_table
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.line import refusals
from contactcentre.core.line.announcer import FIRST_WORDS_S, Announcer
from contactcentre.core.line.callbacks import Callbacks, look_again
from contactcentre.core.line.matcher import Matcher
from contactcentre.core.line.memory import Memory
from contactcentre.core.outcomes import Result
from contactcentre.core.staff import Staff
from ivr.interpreter import Passage

KEPT_CALLS = 200
"""How many ended calls stay at hand for the board."""


class Floor:
    """Changed by World and its parts alone; `at` is the time of the latest event."""

    def __init__(self, network: Network) -> None:
        self.calls: dict[str, Call] = {}
        self.ended: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.memory = Memory()
        self.announcer = Announcer()
        self.matcher = Matcher(network, self.memory)
        self.callbacks = Callbacks(self.matcher)
        self.staff = Staff(self.matcher, self.refuse)
        self.telephony = False
        self.illegal: Counter[tuple[str, str]] = Counter()
        self.refused = 0
        self.at = 0.0
        self.touched_calls: dict[str, Call] = {}
        self.former_calls: dict[str, Call] = {}  # the touched ones as they were before
        self.passages: tuple[Passage, ...] = ()
        self.network = network

    @property
    def agents(self) -> Mapping[str, Agent]:
        """All agents, logged in or not, by id."""
        return self.staff.agents

    def publish(self, network: Network) -> None:
        """What counts from now on."""
        self.network = network
        self.matcher.publish(network)
        self.memory.publish(network)
        self.staff.publish(network)

    def take_touched(self) -> None:
        """Nothing has changed since the last event."""
        self.touched_calls = {}
        self.former_calls = {}
        self.passages = ()
        self.memory.touched = {}
        self.staff.touched = {}

    def step_call(self, call_id: str, event: events.Event, orders: list[effects.Effect]) -> None:
        """One event for one call, and all that follows."""
        call = self.calls.get(call_id)
        if call is None:
            self.refuse(event, "unknown call")
            return
        try:
            moved = call_table.step(call, event, self.network)
        except events.Illegal:
            self.refuse(event, call.phase.value)
            return
        self.moved(moved, event.at, orders)

    def moved(self, moved: move.Moved, at: float, orders: list[effects.Effect]) -> None:
        """A call has changed: orders, timers, its agents, its place in the line."""
        moved = self._in_old_place(moved)
        before = self.calls.get(moved.call.call_id)
        next_in_s = self.put_call(moved.call)
        orders.extend(moved.effects)
        self.announcer.note(before, moved.call, at)
        self.passages += paths.passages(before, moved)
        if moved.call.phase is Phase.WAITING and (before is None or before.phase is Phase.MENU):
            first = menu_moves.tell_later(moved.call, self.network, within_s=FIRST_WORDS_S)
            orders.extend(first)
        orders.extend(ways.begin(before, moved.call, self.network))
        if moved.call.phase is Phase.CALLBACK:
            orders.append(look_again(moved.call, at))
        if next_in_s is not None:
            key = moved.call.call_id
            orders.append(effects.StartTimer(kind="widen", key=key, seconds=next_in_s))
        if before and before.phase is not moved.call.phase:
            orders.extend(refusals.timers(moved.call, self.network))
        for centre_id in self.matcher.caps.took(before, moved.call, at):
            orders.extend(self.staff.review_cap(centre_id, at))
        for agent_id, signal in moved.signals:
            self.step_agent(agent_id, signal, orders)
        follows = self.callbacks.follows(before, moved.call, self.calls, self.network)
        self.forget_if_done(moved.call)
        if follows is not None:
            self.moved(follows, at, orders)

    def _in_old_place(self, moved: move.Moved) -> move.Moved:
        """Whoever rings again after a dropped line stands where he stood, and is told so."""
        call = moved.call
        before = self.calls.get(call.call_id)
        newly = call.phase is Phase.WAITING and (before is None or before.place_at is None)
        kept = (self.memory.place(call, self.at), self.callbacks.place(call, self.calls))
        place_at = min((at for at in kept if at is not None), default=None) if newly else None
        if place_at is None or call.place_at is None or place_at >= call.place_at:
            return moved
        return menu_moves.in_old_place(moved, place_at)

    def put_call(self, call: Call) -> float | None:
        """Seconds until the call's next ring opens, if it waits and one does."""
        before = self.calls.get(call.call_id)
        if before is not None:
            self.former_calls.setdefault(call.call_id, before)
        self.calls[call.call_id] = call
        self.touched_calls[call.call_id] = call
        self.memory.note(call, max(self.at, call.since))
        self.callbacks.note(call)
        return self.matcher.stand_call(call, self.at)

    def forget_if_done(self, call: Call) -> None:
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

    def step_agent(self, agent_id: str, event: events.Event, orders: list[effects.Effect]) -> None:
        """One event for one agent."""
        orders.extend(self.staff.step(agent_id, event))

    def drop_offer(
        self, agent: Agent, result: Result, at: float, orders: list[effects.Effect]
    ) -> None:
        """The agent who is rung, or the phone, has gone."""
        call = self.calls.get(agent.call_id or "")
        offer = call.open_offer if call is not None else None
        if call is not None and offer is not None:
            moved = callback_moves.taken_back(call, offer, result, at, self.network)
            self.moved(moved, at, orders)

    def rejoin_if_possible(self, call_id: str, at: float, orders: list[effects.Effect]) -> None:
        """Ring the agent of an interrupted talk back into it, once both can be reached."""
        call = self.calls.get(call_id)
        if call is None or call.phase is not Phase.REJOINING or not call.leashed:
            return
        agent = self.agents.get(call.agent_id or "")
        if agent is None or not agent.reachable or call.open_offer is not None:
            return
        self.moved(rejoin_moves.rejoin_ring(call, agent, at, self.network), at, orders)

    def refuse(self, event: events.Event, why: str) -> None:
        """An event that fits nothing is counted and changes nothing."""
        self.illegal[(type(event).__name__, why)] += 1
        self.refused += 1
