"""What is remembered of callers for a while: who served them, and the place that a line dropped.

Several people may ring from one number, of an office or a home: each place is kept by itself, and
is taken by one call only.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.clock_step import moved
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome
from contactcentre.core.values import replace

PREFER_S = 24 * 3600.0
"""How long the agent of the last talk is asked first, where the queue's circles ask so."""

LONGEST_PLACE_S = 24 * 3600.0
"""No queue keeps a place for longer; `Queue.keep_place_s` says how long it does."""

REMEMBER_S = max(PREFER_S, LONGEST_PLACE_S)

LEFT_LINE = (Outcome.ABANDONED, Outcome.INFORMED, Outcome.GAVE_UP, Outcome.PBX_LOST)

PLACES = 10
"""Of one number: more people do not wait behind it."""

CALLERS = 20_000
"""Of how many callers anything is remembered."""


class Kept(Struct, frozen=True, kw_only=True):
    """A place that a line dropped, and when."""

    place_at: float
    since: float


class Remembered(Struct, frozen=True, kw_only=True):
    """What is known of one caller, and since when; the journal keeps it as it stands."""

    caller: str
    agent_id: str | None = None  # who served the caller last
    served_at: float = 0.0
    places: tuple[Kept, ...] = ()
    placed_at: float = 0.0  # when they changed last

    def served(self, at: float) -> str | None:
        """By whom, where that is not too long ago."""
        return self.agent_id if at - self.served_at < PREFER_S else None

    def kept(self, at: float) -> tuple[Kept, ...]:
        """The places, where they are not too old."""
        return self.places if at - self.placed_at < LONGEST_PLACE_S else ()


class Memory:
    """Told of every call as it changes. Callers who withhold their number are not remembered."""

    def __init__(self) -> None:
        self._callers: dict[str, Remembered] = {}  # whoever was heard of last stands last
        self.begin()

    def begin(self) -> None:
        """Nothing has changed since the last event."""
        self.touched: dict[str, Remembered] = {}
        self._former: dict[str, Remembered] = {}

    def undo(self) -> None:
        """Know what was known before the last event."""
        for caller in self.touched:
            self._callers.pop(caller, None)
        self._callers |= self._former
        self.begin()

    def restore(self, callers: Iterable[Remembered]) -> frozenset[str]:
        """Know what the journal kept, the oldest first; of whom that is, which is all there is."""
        for known in callers:
            self._put(known)
        return frozenset(self._callers)

    def forget(self, caller: str) -> None:
        """Know nothing of that caller."""
        former = self._callers.pop(caller, None)
        if former is not None:
            self._former.setdefault(caller, former)
        self.touched.pop(caller, None)

    def move(self, by_s: float) -> None:
        """The wall clock was set."""
        for known in list(self._callers.values()) if by_s else ():
            self._put(moved(known, by_s))

    def saw(self, change: Change) -> tuple[Follow, ...]:
        """A call has changed; nothing follows."""
        self.note(change.after, max(change.at, change.after.since), anew=change.anew)
        return ()

    def note(self, call: Call, at: float, *, anew: bool = True) -> None:
        """Learn from the call as it is now; `anew` in its phase, or not known before."""
        if call.caller is None:
            return
        if call.talk.agent_id is not None and call.phase in (Phase.TALKING, Phase.ENDED):
            # A record may be saved when somebody else has served its caller since.
            talked_at = at if call.talk.ended_at is None else call.talk.ended_at
            known = self._known(call)
            news = known.agent_id != call.talk.agent_id or call.talk.ended_at is not None
            if news and talked_at >= known.served_at:
                self._put(replace(known, agent_id=call.talk.agent_id, served_at=talked_at))
        if call.queueing.place_at is not None:
            self._note_place(self._known(call), call.queueing.place_at, call, at, anew=anew)

    def _note_place(
        self, known: Remembered, place_at: float, call: Call, at: float, *, anew: bool
    ) -> None:
        """A place is kept when its call has left the line, and taken by the next that has it. Two
        calls of the same instant have one place, which is kept since the last of them has left."""
        kept = known.kept(at)
        if at < known.placed_at:
            return
        if call.phase is Phase.ENDED and call.end.outcome in LEFT_LINE:
            others = tuple(one for one in kept if one.place_at != place_at)
            if anew or others == kept:
                kept = (*others, Kept(place_at=place_at, since=at))[-PLACES:]
                self._put(replace(known, places=kept, placed_at=at))
            return
        if call.callback is not None or not kept:
            return  # a promise has the place of who asked for it: it takes nobody's
        # A record may be saved when its caller has rung again, and waited, since.
        taken = [one for one in kept if one.place_at == place_at and one.since <= call.arrived_at]
        if taken:
            left = tuple(one for one in kept if one not in taken)
            self._put(replace(known, places=left, placed_at=at))

    def _put(self, known: Remembered) -> None:
        former = self._callers.pop(known.caller, None)
        if former is not None:
            self._former.setdefault(known.caller, former)
        self._callers[known.caller] = self.touched[known.caller] = known
        if len(self._callers) > CALLERS:
            del self._callers[next(iter(self._callers))]

    def _known(self, call: Call) -> Remembered:
        caller = call.caller or ""
        return self._callers.get(caller) or Remembered(caller=caller)

    def agent(self, call: Call, at: float) -> str | None:
        """Who talked to this caller last."""
        return self._known(call).served(at)

    def place(self, call: Call, at: float, network: Network) -> float | None:
        """Since when this caller stood in line before the line dropped; the queue says how long
        that counts. Of several who ring from one number, the first."""
        keep_s = network.queue(call.queue).keep_place_s
        kept = self._known(call).kept(at)
        return min((one.place_at for one in kept if at - one.since < keep_s), default=None)
