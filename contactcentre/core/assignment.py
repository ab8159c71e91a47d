"""Who gets which call, decided after each event: the line against the bench, and the offers."""

from __future__ import annotations

from contactcentre.core import effects
from contactcentre.core.agent import signals
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import callback_moves
from contactcentre.core.call.state import Call, Offer
from contactcentre.core.floor import Floor


class Assignment:
    """Matches what has changed, or after something greater `whole_line`; waits to be settled."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.settled = True
        self.whole_line = False
        self.decided: list[Offer] = []  # by the last event, in the order of the decisions

    def settle(self) -> None:
        """Whoever was to come back after a start is back, or has had the time."""
        self.settled = True
        self.whole_line = True

    def match(self, at: float, orders: list[effects.Effect]) -> None:
        """Give every free agent the longest waiting call that the agent may answer."""
        if not self.settled:
            return
        if self.whole_line:
            self.whole_line = False
            self._match_all(at, orders)
            return
        floor = self._floor
        for agent_id in floor.matcher.bench.ordered(floor.staff.free_anew()):
            call_id = floor.matcher.call_for(floor.agents[agent_id])
            if call_id is not None:
                self._offer(floor.calls[call_id], floor.agents[agent_id], at, orders)
        for call_id in floor.matcher.line.ordered(floor.touched_calls):
            self.match_call(call_id, at, orders)

    def _match_all(self, at: float, orders: list[effects.Effect]) -> None:
        for call_id in list(self._floor.matcher.line.in_order()):
            self.match_call(call_id, at, orders)

    def match_call(self, call_id: str, at: float, orders: list[effects.Effect]) -> None:
        """Give the call the longest idle agent who may answer it."""
        agent_id = self._floor.matcher.agent_for(call_id)
        if agent_id is not None:
            self._offer(self._floor.calls[call_id], self._floor.agents[agent_id], at, orders)

    def _offer(self, call: Call, agent: Agent, at: float, orders: list[effects.Effect]) -> None:
        ring = self._floor.matcher.ring(call.call_id)
        moved = callback_moves.chosen(call, agent, at, self._floor.network, ring=ring)
        offer = moved.call.offers[-1]
        self.decided.append(offer)
        reserved = signals.Reserved(at=at, offer_id=offer.offer_id, call_id=call.call_id)
        self._floor.step_agent(agent.agent_id, reserved, orders)
        self._floor.moved(moved, at, orders)
