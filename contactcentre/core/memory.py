"""What is remembered of callers for a while: who served them, and the place that a line dropped."""

from __future__ import annotations

from typing import Generic, TypeVar

from contactcentre.core.call import Call, Outcome, Phase
from contactcentre.core.network import Network

Fact = TypeVar("Fact")

PREFER_S = 24 * 3600.0
"""How long the agent of the last talk is asked first, where the queue's rings ask so."""

LONGEST_PLACE_S = 24 * 3600.0
"""No queue keeps a place for longer; `Queue.keep_place_s` says how long it does."""

LEFT_LINE = (Outcome.ABANDONED, Outcome.INFORMED, Outcome.GAVE_UP)

CALLERS = 20_000
"""Of how many callers anything is remembered."""


class _Recent(Generic[Fact]):
    """The latest fact of each caller, for a time."""

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._facts: dict[str, tuple[float, Fact]] = {}

    def note(self, caller: str, fact: Fact, at: float) -> None:
        known_at, _ = self._facts.get(caller, (at, fact))
        if at < known_at:
            return
        self._facts.pop(caller, None)
        self._facts[caller] = (at, fact)
        if len(self._facts) > CALLERS:
            del self._facts[next(iter(self._facts))]

    def recall(self, caller: str | None, at: float, keep_s: float | None = None) -> Fact | None:
        noted_at, fact = self._facts.get(caller or "", (0.0, None))
        return fact if at - noted_at < (self._keep_s if keep_s is None else keep_s) else None

    def forget(self, caller: str, before: float) -> None:
        noted_at, _ = self._facts.get(caller, (before, None))
        if noted_at <= before:
            self._facts.pop(caller, None)


class Memory:
    """Told of every call as it changes. Callers who withhold their number are not remembered."""

    def __init__(self) -> None:
        self._agents: _Recent[str] = _Recent(PREFER_S)
        self._places: _Recent[float] = _Recent(LONGEST_PLACE_S)
        self._network: Network | None = None

    def publish(self, network: Network) -> None:
        """How long each queue keeps a place."""
        self._network = network

    def note(self, call: Call, at: float) -> None:
        """Learn from the call as it is now."""
        if call.caller is None:
            return
        if call.agent_id is not None and call.phase in (Phase.TALKING, Phase.ENDED):
            # A record may be saved when somebody else has served its caller since.
            talked_at = at if call.talk_ended_at is None else call.talk_ended_at
            self._agents.note(call.caller, call.agent_id, talked_at)
        if call.phase is Phase.ENDED and call.outcome in LEFT_LINE:
            place_at = call.place_at
            if place_at is not None:
                self._places.note(call.caller, place_at, at)
        elif call.answered_at is not None:
            # A record may be saved when its caller has rung again, and waited, since.
            self._places.forget(call.caller, before=call.answered_at)

    def agent(self, call: Call, at: float) -> str | None:
        """Who talked to this caller last."""
        return self._agents.recall(call.caller, at)

    def place(self, call: Call, at: float) -> float | None:
        """Since when this caller stood in line before the line dropped; the queue says how long
        that counts."""
        keep_s = self._network.queue(call.queue).keep_place_s if self._network else 0.0
        return self._places.recall(call.caller, at, keep_s)
