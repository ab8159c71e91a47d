"""Who has let which waiting call go by: it is not offered there again while others could take it.

A refusal holds until nobody else at work could take the call, or until those others have not come
free for so long that they could not; so nobody waits for ever, and no phone rings without a pause.
Whoever missed a call and then says to be ready again is there for it after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Set

from contactcentre.core import effects
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.leg import OFFERS, Leg
from contactcentre.core.call.move import Change
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Result
from contactcentre.core.timers import Timer
from routing.lanes import NOBODY

REFUSALS = (Result.REJECTED, Result.BUSY, Result.MISSED, Result.TRANSFERRED)
"""A phone that cannot be reached has refused nothing; who passed a call on wants it for others."""

IN_LINE = (Phase.WAITING, Phase.CALLBACK)

ROUNDS = 3
"""So many times `again_s` others may be waited for."""


class Refusals:
    """Told of every call in line and of every agent; both ways of asking cost a look-up."""

    def __init__(self) -> None:
        self._waiting: dict[str, Call] = {}
        self._agents: dict[str, frozenset[str]] = {}
        self._calls: dict[str, set[str]] = {}
        self._ready_at: dict[str, float] = {}

    def note(self, call: Call) -> None:
        """The call waits, with this record of offers."""
        self.forget(call.call_id)
        found = self.by(call)
        if not found:
            return
        self._waiting[call.call_id] = call
        self._agents[call.call_id] = found
        for agent_id in found:
            self._calls.setdefault(agent_id, set()).add(call.call_id)

    def by(self, call: Call) -> frozenset[str]:
        """The agents who have refused a call, whether it waits or not."""
        return frozenset(leg.agent_id for leg in _refused(call) if self._holds(leg))

    def forget(self, call_id: str) -> None:
        """The call waits no more."""
        self._waiting.pop(call_id, None)
        for agent_id in self._agents.pop(call_id, ()):
            self._calls[agent_id].discard(call_id)
            if not self._calls[agent_id]:
                del self._calls[agent_id]

    def ready(self, agent: Agent) -> None:
        """The agent's last word of being ready."""
        if agent.ready_at == self._ready_at.get(agent.agent_id, 0.0):
            return
        self._ready_at[agent.agent_id] = agent.ready_at
        for call_id in tuple(self._calls.get(agent.agent_id, ())):
            self.note(self._waiting[call_id])

    def _holds(self, offer: Leg) -> bool:
        transferred = offer.result is Result.TRANSFERRED  # after a talk, however that began
        if offer.rejoin and not transferred:
            return False
        back = self._ready_at.get(offer.agent_id, 0.0)
        return offer.result is not Result.MISSED or (offer.ended_at or offer.at) > back

    def of_agent(self, agent_id: str) -> Set[str]:
        """The waiting calls that this agent has refused."""
        return self._calls.get(agent_id, NOBODY)

    def of_call(self, call_id: str) -> Set[str]:
        """The agents who have refused this waiting call."""
        return self._agents.get(call_id, NOBODY)


def _refused(call: Call) -> list[Leg]:
    """The legs of agents who did not want the call, as far as they count."""
    since = call.legs[call.queueing.forgiven :]
    return [leg for leg in since if leg.purpose in OFFERS and leg.result in REFUSALS]


def forgiven(call: Call, at: float, network: Network, *, others: bool) -> int:
    """How many legs, from the first, count no more, now that so much time has passed."""
    before = at - ROUNDS * network.offers.again_s
    old = [each for each in call.legs if not others or (each.ended_at or each.at) <= before]
    return max(call.queueing.forgiven, len(old))


def saw(change: Change) -> Iterable[effects.Effect]:
    """Whoever has come back to the line is looked at again."""
    return timers(change.after, change.network) if change.before and change.anew else ()


def timers(call: Call, network: Network) -> Iterable[effects.Effect]:
    """The next look at whether a waiting call that somebody has refused may go back there."""
    if _refused(call) and call.phase in IN_LINE:
        seconds = network.offers.again_s
        yield effects.StartTimer(kind=Timer.AGAIN, key=call.call_id, seconds=seconds)
