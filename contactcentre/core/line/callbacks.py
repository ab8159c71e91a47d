"""The promises that are open: one for each number, and what makes and ends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contactcentre.core import effects
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import signals
from contactcentre.core.call.callback_moves import UNCONNECTED, promise_id
from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.line.matcher import Matcher
from contactcentre.core.outcomes import Outcome
from contactcentre.core.timers import Timer

OPEN = (*UNCONNECTED, Phase.WAITING, Phase.OFFERED)
"""The phases in which a promise is not kept yet: a citizen who has lifted may be cut off."""

LOOK_S = 30.0
"""How often a promise is held against the hours, so that it enters and leaves the line."""


class Callbacks:
    """Told of every call as it changes."""

    def __init__(self, matcher: Matcher, calls: Mapping[str, Call], agents: Mapping[str, Agent]):
        self._matcher = matcher
        self._calls = calls
        self._agents = agents
        self._by_number: dict[str, str] = {}

    def saw(self, change: Change) -> Iterator[Follow]:
        """What a change of a call means for promises: one is made, kept or not needed any more."""
        call = change.after
        self.note(call)
        if call.phase is Phase.CALLBACK:
            yield look_again(call, change.at)
        if change.anew and call.phase is Phase.OFFERED:
            yield from self._lifted(change)
        if change.anew and change.before and call.end.outcome is Outcome.CALLBACK:
            yield from self._asked(change)
        known = self._of(call) if _lines_up(change) else None
        if known is not None:
            yield signals.CitizenRangIn(at=change.at, call_id=known.call_id)

    def note(self, call: Call) -> None:
        """Learn from the call as it is now. Messages are many, and each is to be heard."""
        if call.callback is None or call.message is not None or call.caller is None:
            return
        if call.phase in OPEN and call.talk.answered_at is None:
            self._by_number[call.caller] = call.call_id
        else:
            self.forget(call)

    def forget(self, call: Call) -> None:
        """There is no such call."""
        if self._by_number.get(call.caller or "") == call.call_id:
            del self._by_number[call.caller or ""]

    def _of(self, call: Call) -> Call | None:
        """The promise to whoever rings in this call."""
        known = self._first(call.caller) if call.callback is None else None
        return known if known is not None and known.phase in UNCONNECTED else None

    def _first(self, number: str | None) -> Call | None:
        return self._calls.get(self._by_number.get(number or "", ""))

    def place(self, call: Call) -> float | None:
        """The place in line that was promised to whoever rings in this call."""
        promise = self._of(call)
        return promise.queueing.place_at if promise is not None else None

    def stand(self, at: float, *, telephony: bool) -> None:
        """Whether anybody can be rung has changed."""
        self._matcher.telephony = telephony
        for call in [self._calls[call_id] for call_id in self._by_number.values()]:
            if call.phase in UNCONNECTED:
                self._matcher.stand_call(call, at)

    def look(self, call: Call, at: float) -> effects.Effect:
        """Hours begin and end, and so does the pause after an attempt."""
        self._matcher.stand_call(call, at)
        return look_again(call, at)

    def _lifted(self, change: Change) -> Iterator[Follow]:
        """A citizen whom we have rung is there: now the agent, who has waited for that."""
        before, offer = change.before, change.after.open_offer
        agent = self._agents.get(offer.agent_id) if offer is not None else None
        if before is not None and before.phase in UNCONNECTED and agent is not None:
            yield signals.CitizenLifted(at=change.at, call_id=change.after.call_id, agent=agent)

    def _asked(self, change: Change) -> Iterator[Follow]:
        """A second asking from the same number adds nothing but its place, if that is better."""
        asked, at = change.after, change.at
        number = change.network.callback_number(asked.end.callback_to)
        if asked.phase is not Phase.ENDED or number is None:
            return
        first, place_at = self._first(number), asked.queueing.place_at or at
        if first is None:
            yield signals.CallbackAsked(at=at, call_id=promise_id(asked.call_id), asked=asked)
        elif (first.queueing.place_at or first.since) > place_at:
            yield signals.AskedAgain(at=at, call_id=first.call_id, place_at=place_at)


def _lines_up(change: Change) -> bool:
    """Whether the caller has just been given a place in the line."""
    return change.after.phase is Phase.WAITING and not is_in_line(change.before)


def is_in_line(call: Call | None) -> bool:
    """Whether the call has a place in the line."""
    return call is not None and call.queueing.place_at is not None


def look_again(call: Call, at: float) -> effects.StartTimer:
    """When the promise is to be looked at next."""
    pause_s = max(0.0, call.callback.not_before - at) if call.callback is not None else 0.0
    return effects.StartTimer(kind=Timer.CALLBACK, key=call.call_id, seconds=pause_s or LOOK_S)
