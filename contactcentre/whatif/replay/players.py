"""Callers and agents as the record shows them; what it does not show is drawn from it by seed.

The draws of a call depend on the seed and its number alone, so two runs under different rules meet
the very same people.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import DialResult
from contactcentre.whatif.replay.exchange import Arrival, Handling, Reaction
from contactcentre.whatif.replay.period_log import (
    BadLog,
    LoggedCall,
    PeriodLog,
    RefusedOffer,
)
from routing.survival import Observation, Patience, patience

JUST_BEFORE_S = 2.0
"""An offer that comes so much earlier than the recorded one finds the agent away all the same."""

CUT_S = 0.5
"""A wrap-up that lasted to within so much of its limit was ended by the limit."""

ENOUGH = 30
"""A queue with fewer callers who gave up is judged by all callers."""

AWAY_S = 60.0
"""How long an agent who missed a ring stays away, where the record tells of nobody who did."""

_RESULT = {
    "missed": DialResult.NO_ANSWER,
    "rejected": DialResult.DECLINED,
    "busy": DialResult.BUSY,
    "unreachable": DialResult.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class _Talk:
    handling: Handling
    ring_s: float


class Players:
    """Keeps `exchange.Cast`. `present` are the rules that were in force, `network` the new ones."""

    def __init__(self, past: PeriodLog, present: Network, network: Network, *, seed: int) -> None:
        self._calls = past.calls
        self._present = present
        self._seed = seed
        self.queues, self.network = _own_skills(past.calls, present, network)
        self._limits = {
            key: (present.queue(key).wrap_up_s, network.queue(key).wrap_up_s)
            for key in {call.queue for call in past.calls}
        }
        self._talks = _talks(past.calls)
        self._patience = _patiences(past.calls)
        self._refused: dict[str, list[RefusedOffer]] = defaultdict(list)
        for offer in past.refused:
            self._refused[offer.agent_id].append(offer)
        self._absences = _absences(past)

    def arrivals(self) -> list[Arrival]:
        """Every recorded call, with the patience that it showed or is thought to have had."""
        return [
            Arrival(
                call_id=call_id(number),
                at=call.queued_at,
                caller=None if call.caller is None else f"caller {call.caller}",
                dialled=call.dialled,
                queue=self.queues[number],
                language=call.language,
                municipality=call.municipality,
                patience_s=self._patience_s(number, call),
            )
            for number, call in enumerate(self._calls)
        ]

    def _patience_s(self, number: int, call: LoggedCall) -> float:
        if call.left in ("abandoned", "otherwise") and call.wait_s is not None:
            return call.wait_s
        known = self._patience.get(call.queue) or self._patience[""]
        chance = 1.0 - self._chance("patience", number).random()
        return known.draw(chance, call.wait_s or 0.0)

    # --- what the exchange asks ------------------------------------------------------------

    def rung(self, call: Call, agent_id: str, at: float, timeout_s: float) -> Reaction:
        """As recorded where the agent was rung at that time and did not answer; else answered."""
        slow_s = 0.0
        for offer in self._refused.get(agent_id, ()):
            if offer.at - JUST_BEFORE_S <= at <= offer.ended_at:
                if offer.result != "caller_left":
                    return _refuses(offer, timeout_s)
                slow_s = max(slow_s, offer.ended_at - at)
        number = number_of(call.call_id)
        ring_s = self._calls[number].ring_s
        if ring_s is None:
            ring_s = slow_s + self._talk("ring", number).ring_s
        if ring_s < timeout_s:
            return Reaction(after_s=ring_s)
        away_s = self._chance("away", number).choice(self._absences)
        return Reaction(result=DialResult.NO_ANSWER, after_s=timeout_s, away_s=away_s)

    def handles(self, call: Call, agent_id: str, at: float) -> Handling:
        """As long as recorded; where it was not, as some talk of its queue."""
        number = number_of(call.call_id)
        recorded = self._calls[number]
        known = _handling(recorded) or self._talk("handling", number).handling
        old_s, new_s = self._limits[recorded.queue]
        cut = old_s > 0 and abs(known.wrap_up_s - old_s) < CUT_S
        return replace(known, wrap_up_s=new_s) if cut else known

    def _talk(self, what: str, number: int) -> _Talk:
        talks = self._talks.get(self._calls[number].queue) or self._talks.get("", ())
        if not talks:
            raise BadLog(
                "no call of this period was answered, so nothing is known of how long talks take"
            )
        return self._chance(what, number).choice(talks)

    def _chance(self, what: str, number: int) -> Random:
        return Random(f"{self._seed} {what} {number}")  # noqa: S311  # it must be repeatable


def _refuses(offer: RefusedOffer, timeout_s: float) -> Reaction:
    if offer.result == "missed":
        return Reaction(result=DialResult.NO_ANSWER, after_s=timeout_s)
    after_s = min(timeout_s, offer.ended_at - offer.at)
    return Reaction(result=_RESULT[offer.result], after_s=after_s)


def call_id(number: int) -> str:
    """Of a recorded call, in World."""
    return f"call{number}"


def number_of(call_id: str) -> int:
    """Of a call in World, among the recorded ones."""
    return int(call_id.removeprefix("call"))


def _own_skills(
    calls: Sequence[LoggedCall], present: Network, network: Network
) -> tuple[list[str], Network]:
    """A call whose menu asked for other skills than its queue does stands in a twin of the queue.

    Nobody is told the position: that changes no decision.
    """
    queues = {key: replace(queue, announce_s=0.0) for key, queue in network.queues.items()}
    chosen: list[str] = []
    for call in calls:
        key = call.queue
        if call.skills and call.skills != present.queue(call.queue).skills:
            key = f"{call.queue}|{call.skills}"
            twin = queues.get(call.queue) or network.queue(call.queue)
            queues[key] = replace(twin, queue_id=key, skills=call.skills)
        chosen.append(key)
    return chosen, replace(network, queues=queues)


def _handling(call: LoggedCall) -> Handling | None:
    if call.talk_s is None:
        return None
    return Handling(talk_s=call.talk_s, wrap_up_s=call.wrap_up_s or 0.0)


def _talks(calls: Iterable[LoggedCall]) -> Mapping[str, Sequence[_Talk]]:
    """By queue; under "" all of them."""
    found: dict[str, list[_Talk]] = defaultdict(list)
    for call in calls:
        handling = _handling(call)
        if handling is not None:
            for key in (call.queue, ""):
                found[key].append(_Talk(handling, call.ring_s or 0.0))
    return found


def _patiences(calls: Iterable[LoggedCall]) -> Mapping[str, Patience]:
    """By queue, where enough callers gave up; under "" that of all."""
    found: dict[str, list[Observation]] = defaultdict(list)
    for call in calls:
        seen = Observation(
            call.wait_s if call.wait_s is not None else 0.0, call.left == "abandoned"
        )
        found[call.queue].append(seen)
        found[""].append(seen)
    enough = {
        key: patience(some)
        for key, some in found.items()
        if key == "" or sum(each.gave_up for each in some) >= ENOUGH
    }
    return enough or {"": patience(())}


def _absences(past: PeriodLog) -> Sequence[float]:
    lengths = [
        presence.to_at - presence.from_at
        for presence in past.presences
        if presence.state == "NOT_READY" and presence.reason == "missed" and presence.to_at
    ]
    return [length for length in lengths if 0 < length < math.inf] or [AWAY_S]
