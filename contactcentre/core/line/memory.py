"""What is remembered of callers for a while: who served them, and the place that a line dropped.

Several people may ring from one number, of an office or a home: each place is kept by itself, and
is taken by one call only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome

Fact = TypeVar("Fact")

PREFER_S = 24 * 3600.0
"""How long the agent of the last talk is asked first, where the queue's rings ask so."""

LONGEST_PLACE_S = 24 * 3600.0
"""No queue keeps a place for longer; `Queue.keep_place_s` says how long it does."""

LEFT_LINE = (Outcome.ABANDONED, Outcome.INFORMED, Outcome.GAVE_UP)

PLACES = 10
"""Of one number: more people do not wait behind it."""

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

    def recall(self, caller: str | None, at: float) -> Fact | None:
        noted_at, fact = self._facts.get(caller or "", (0.0, None))
        return fact if at - noted_at < self._keep_s else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A place that a line dropped, and when."""

    place_at: float
    since: float


class Memory:
    """Told of every call as it changes. Callers who withhold their number are not remembered."""

    def __init__(self) -> None:
        self._agents: _Recent[str] = _Recent(PREFER_S)
        self._places: _Recent[tuple[_Kept, ...]] = _Recent(LONGEST_PLACE_S)

    def saw(self, change: Change) -> tuple[Follow, ...]:
        """A call has changed; nothing follows."""
        self.note(change.after, max(change.at, change.after.since))
        return ()

    def note(self, call: Call, at: float) -> None:
        """Learn from the call as it is now."""
        if call.caller is None:
            return
        if call.agent_id is not None and call.phase in (Phase.TALKING, Phase.ENDED):
            # A record may be saved when somebody else has served its caller since.
            talked_at = at if call.talk_ended_at is None else call.talk_ended_at
            self._agents.note(call.caller, call.agent_id, talked_at)
        if call.place_at is not None:
            self._note_place(call.caller, call.place_at, call, at)

    def _note_place(self, caller: str, place_at: float, call: Call, at: float) -> None:
        """A place is kept when its call has left the line, and taken by the next that has it."""
        kept = self._places.recall(caller, at) or ()
        if call.phase is Phase.ENDED and call.outcome in LEFT_LINE:
            if all(one.place_at != place_at for one in kept):
                self._places.note(caller, (*kept, _Kept(place_at, at))[-PLACES:], at)
            return
        # A record may be saved when its caller has rung again, and waited, since.
        taken = [one for one in kept if one.place_at == place_at and one.since <= call.arrived_at]
        if taken:
            self._places.note(caller, tuple(one for one in kept if one not in taken), at)

    def agent(self, call: Call, at: float) -> str | None:
        """Who talked to this caller last."""
        return self._agents.recall(call.caller, at)

    def place(self, call: Call, at: float, network: Network) -> float | None:
        """Since when this caller stood in line before the line dropped; the queue says how long
        that counts. Of several who ring from one number, the first."""
        keep_s = network.queue(call.queue).keep_place_s
        kept = self._places.recall(call.caller, at) or ()
        return min((one.place_at for one in kept if at - one.since < keep_s), default=None)
