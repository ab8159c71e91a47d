"""The promises that are open: one for each number and queue, and what makes and ends them.

Several people may ring from one number, of an office or a home. Nobody knows who they are, but what
they want they have said: whoever rings in for another queue takes nobody's promise away. To one
number one promise at a time is kept, and none while its citizen is rung about a voice message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contactcentre.core import effects
from contactcentre.core.agent.state import Agent
from contactcentre.core.call import signals
from contactcentre.core.call.callback_moves import UNCONNECTED, promise_id
from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
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
        self._by_number: dict[str, dict[str, str]] = {}  # the open ones, by what they are for
        self._given: dict[str, set[str]] = {}  # those that agents gave, by agent

    def saw(self, change: Change) -> Iterator[Follow]:
        """What a change of a call means for promises: one is made, kept or not needed any more."""
        call = change.after
        self.note(call, change.at)
        if call.phase is Phase.CALLBACK:
            yield look_again(call, change.at)
        if change.anew and call.phase is Phase.OFFERED:
            yield from self._lifted(change)
        if change.anew and change.before and call.end.outcome is Outcome.CALLBACK:
            yield from self._asked(change)
        known = self._of(call) if _lines_up(change) else None
        if known is not None:
            yield signals.CitizenRangIn(at=change.at, call_id=known.call_id, by=call.call_id)
        if call.talk.answered_at is not None or call.phase is Phase.ENDED:
            yield from self._rang_in(call, change.at)

    def note(self, call: Call, at: float) -> None:
        """Learn from the call as it is now. Messages are many, and each is to be heard."""
        if call.callback is None or call.caller is None:
            return
        if call.message is None and call.phase in OPEN and call.talk.answered_at is None:
            self._wish_for(call, self._by_number.setdefault(call.caller, {}))
            if call.callback.given is not None:
                self._given.setdefault(call.callback.given.agent_id, set()).add(call.call_id)
        else:
            self._drop(call)
        if _is_in_hand(call):
            self._matcher.in_hand.setdefault(call.caller, set()).add(call.call_id)
        else:
            self._let_go(call)
        for other in self._open(call.caller):
            if other.phase is Phase.CALLBACK and other.call_id != call.call_id:
                self._matcher.stand_call(other, at)

    def _wish_for(self, call: Call, wishes: dict[str, str]) -> None:
        """What it is for, and no more what it was for before somebody moved it."""
        for wish in [key for key, known in wishes.items() if known == call.call_id]:
            del wishes[wish]
        wishes[_wish(call)] = call.call_id

    def is_promised(self, call: Call, queue: str) -> bool:
        """Whether that number is promised another call already, for that queue."""
        known = self._first(call.caller, queue) if call.callback is not None else None
        return known is not None and known.call_id != call.call_id

    def forget(self, call: Call) -> None:
        """There is no such call."""
        self._drop(call)
        self._let_go(call)

    def _drop(self, call: Call) -> None:
        known = self._by_number.get(call.caller or "", {})
        if known.get(_wish(call)) == call.call_id:
            del known[_wish(call)]
        if not known:
            self._by_number.pop(call.caller or "", None)
        given = call.callback.given if call.callback is not None else None
        if given is not None and given.agent_id in self._given:
            self._given[given.agent_id].discard(call.call_id)
            if not self._given[given.agent_id]:
                del self._given[given.agent_id]

    def _let_go(self, call: Call) -> None:
        in_hand = self._matcher.in_hand.get(call.caller or "", set())
        in_hand.discard(call.call_id)
        if not in_hand:
            self._matcher.in_hand.pop(call.caller or "", None)

    def is_rung(self, call: Call) -> bool:
        """Whether somebody else is ringing this call's citizen, or has them on the telephone."""
        others = self._matcher.in_hand.get(call.caller or "", set()) - {call.call_id}
        known = [self._calls[call_id] for call_id in others if call_id in self._calls]
        return any(other.phase is not Phase.PREVIEWED for other in known)

    def rings(self, number: str) -> bool:
        """Whether that number is being rung, or talked to after that."""
        known = [self._calls.get(call_id) for call_id in self._matcher.in_hand.get(number, ())]
        return any(call is not None and call.phase is not Phase.PREVIEWED for call in known)

    def given_by(self, agent_id: str) -> list[Call]:
        """The open promises of an agent, the next due first."""
        known = [self._calls[key] for key in self._given.get(agent_id, ()) if key in self._calls]
        return sorted(known, key=lambda call: call.callback.due_at if call.callback else 0.0)

    def _open(self, number: str | None) -> list[Call]:
        """The promises to this number."""
        known = self._by_number.get(number or "", {}).values()
        return [self._calls[call_id] for call_id in known if call_id in self._calls]

    def _of(self, call: Call) -> Call | None:
        """The promise to whoever rings in this call: of this number and queue, and nobody waits in
        its place yet."""
        known = self._first(call.caller, call.queue) if call.callback is None else None
        if known is None or known.callback is None or known.callback.taken_by:
            return None
        return known if known.phase in UNCONNECTED else None

    def _first(self, number: str | None, queue: str) -> Call | None:
        return self._calls.get(self._by_number.get(number or "", {}).get(queue, ""))

    def place(self, call: Call) -> float | None:
        """The place in line that was promised to whoever rings in this call."""
        promise = self._of(call)
        return promise.queueing.place_at if promise is not None else None

    def stand(self, at: float, *, telephony: bool) -> Iterator[Follow]:
        """Whether anybody can be rung has changed."""
        self._matcher.telephony = telephony
        for call in [call for number in self._by_number for call in self._open(number)]:
            if call.phase in UNCONNECTED:
                yield from self._matcher.stand(call, at)

    def look(self, call: Call, at: float) -> Iterator[Follow]:
        """Hours begin and end, and so does the pause after an attempt."""
        yield from self._matcher.stand(call, at)
        yield look_again(call, at)
        taken_by = call.callback.taken_by if call.callback is not None else ""
        if taken_by and taken_by not in self._calls:  # lost with a journal that nobody could read
            yield signals.CitizenGaveUp(at=at, call_id=call.call_id)

    def _rang_in(self, call: Call, at: float) -> Iterator[Follow]:
        """Whoever waits in a promised place is served there, or has gone without."""
        served = call.talk.answered_at is not None
        kind = signals.CitizenServed if served else signals.CitizenGaveUp
        for promise in self._open(call.caller):
            if promise.callback is not None and promise.callback.taken_by == call.call_id:
                yield kind(at=at, call_id=promise.call_id)

    def _lifted(self, change: Change) -> Iterator[Follow]:
        """A citizen whom we have rung is there: now the agent, who has waited for that."""
        before, offer = change.before, change.after.open_offer
        agent = self._agents.get(offer.agent_id) if offer is not None else None
        if before is not None and before.phase in UNCONNECTED and agent is not None:
            yield signals.CitizenLifted(at=change.at, call_id=change.after.call_id, agent=agent)

    def _asked(self, change: Change) -> Iterator[Follow]:
        """A second asking for the same queue adds its place, if that is better, and attempts."""
        asked, at = change.after, change.at
        number = change.network.callback_number(asked.end.callback_to)
        if asked.phase is not Phase.ENDED or number is None:
            return
        queue_id = change.network.queue(asked.queue).queue_id
        first, place_at = self._first(number, queue_id), asked.queueing.place_at or at
        if first is None:
            yield signals.CallbackAsked(at=at, call_id=promise_id(asked.call_id), asked=asked)
        else:
            question = asked.end.question
            yield signals.AskedAgain(
                at=at, call_id=first.call_id, place_at=place_at, question=question
            )

    def asked_for(self, asked: Call, network: Network) -> str:
        """The id of the callback that was promised in a call that is over; "" where it is kept."""
        number = network.callback_number(asked.end.callback_to)
        first = self._first(number, network.queue(asked.queue).queue_id)
        return first.call_id if first is not None else ""


def _wish(call: Call) -> str:
    """What a promise is for: whoever asks for the same queue twice is rung once; what an agent has
    said, or dials, is for one person."""
    asked = call.callback is not None and call.callback.is_asked
    return call.queue if asked else call.call_id


def _is_in_hand(call: Call) -> bool:
    """Whether its citizen is being rung, or soon will be. Who hears a message rings nobody yet."""
    hears = call.message is not None and call.phase in (Phase.PREVIEWED, Phase.LISTENING)
    return call.phase not in (Phase.CALLBACK, Phase.ENDED) and not hears


def _lines_up(change: Change) -> bool:
    """Whether the caller has just been given a place in the line."""
    return change.after.phase is Phase.WAITING and not is_in_line(change.before)


def is_in_line(call: Call | None) -> bool:
    """Whether the call has a place in the line."""
    return call is not None and call.queueing.place_at is not None


def look_again(call: Call, at: float) -> effects.StartTimer:
    """When the promise is to be looked at next."""
    pause_s = max(0.0, call.callback.opens_at - at) if call.callback is not None else 0.0
    return effects.StartTimer(kind=Timer.CALLBACK, key=call.call_id, seconds=pause_s or LOOK_S)
