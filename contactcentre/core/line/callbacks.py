"""The promises that are open: one for each number, and what makes and ends them."""

from __future__ import annotations

from collections.abc import Mapping

from contactcentre.core import effects
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.callback_moves import (
    UNCONNECTED,
    promised,
    rang_in,
    ring_agent,
    sooner,
)
from contactcentre.core.call.move import Moved
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.line.matcher import Matcher
from contactcentre.core.outcomes import Outcome

OPEN = (*UNCONNECTED, Phase.WAITING, Phase.OFFERED)
"""The phases in which a promise is not kept yet: a citizen who has lifted may be cut off."""

LOOK_S = 30.0
"""How often a promise is held against the hours, so that it enters and leaves the line."""


LEASED = (Phase.OFFERED, Phase.PREVIEWED, Phase.CALLING)
"""The phases in which an agent is reserved, for so long."""


class Callbacks:
    """Told of every call as it changes."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._by_number: dict[str, str] = {}

    def note(self, call: Call) -> None:
        """Learn from the call as it is now."""
        if call.callback is None or call.caller is None:
            return
        if call.phase in OPEN and call.answered_at is None:
            self._by_number[call.caller] = call.call_id
        elif self._by_number.get(call.caller) == call.call_id:
            del self._by_number[call.caller]

    def of(self, call: Call, calls: Mapping[str, Call]) -> Call | None:
        """The promise to whoever rings in this call."""
        known = self._first(call, calls) if call.callback is None else None
        return known if known is not None and known.phase in UNCONNECTED else None

    def _first(self, call: Call, calls: Mapping[str, Call]) -> Call | None:
        return calls.get(self._by_number.get(call.caller or "", ""))

    def place(self, call: Call, calls: Mapping[str, Call]) -> float | None:
        """The place in line that was promised to whoever rings in this call."""
        promise = self.of(call, calls)
        return promise.place_at if promise is not None else None

    def stand(self, calls: Mapping[str, Call], at: float, *, telephony: bool) -> None:
        """Whether anybody can be rung has changed."""
        self._matcher.telephony = telephony
        for call in [calls[call_id] for call_id in self._by_number.values()]:
            if call.phase in UNCONNECTED:
                self._matcher.stand_call(call, at)

    def join(
        self, before: Call, call: Call | None, agents: Mapping[str, Agent], network: Network
    ) -> tuple[effects.Effect, ...]:
        """A citizen whom we have rung has lifted: now the agent, who has waited for that."""
        offer = call.open_offer if call is not None else None
        agent = agents.get(offer.agent_id) if offer is not None else None
        if before.phase not in UNCONNECTED or call is None or agent is None:
            return ()
        return ring_agent(call, agent, network) if call.phase is Phase.OFFERED else ()

    def follows(
        self, before: Call | None, call: Call, calls: Mapping[str, Call], network: Network
    ) -> Moved | None:
        """What a change of a call means for promises: one is made, or is not needed any more.

        A second asking from the same number adds nothing but its place, where that is the better.
        """
        if call.phase is Phase.ENDED and call.outcome is Outcome.CALLBACK:
            newly = before is not None and before.phase is not Phase.ENDED
            made = promised(call, call.since, network) if newly else None
            first = self._first(made.call, calls) if made is not None else None
            return made if made is None or first is None else sooner(first, made.call)
        in_line = call.phase is Phase.WAITING and not is_in_line(before)
        known = self.of(call, calls) if in_line else None
        return rang_in(known, call.since) if known is not None else None


def is_in_line(call: Call | None) -> bool:
    """Whether the call has a place in the line."""
    return call is not None and call.place_at is not None


def look_again(call: Call, at: float) -> effects.StartTimer:
    """When the promise is to be looked at next."""
    pause_s = max(0.0, call.callback.not_before - at) if call.callback is not None else 0.0
    return effects.StartTimer(kind="callback", key=call.call_id, seconds=pause_s or LOOK_S)
