"""The decisions for each call that queues, with what each of them saw.

Told of every change right after it: a scene is a few references and one flat copy, so it costs
the engine microseconds. What the scene means is worked out later, by whoever has the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from contactcentre.core.agent.state import Agent
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.explanation import Roster, Scene, call_facts
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.core.world import World
from routing.circles import Stage
from routing.explanation import CallFacts, Digest

Kind = Literal["queued", "widened", "offered", "ended"]
"""An agent may be found in the same instant as a call queues or its ring widens: that is one
decision, of the kind `offered`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One entry of a call's log."""

    call_id: str
    at: float
    kind: Kind
    offers: int = 0  # how many the call has had, this one included
    agent_id: str | None = None  # to whom it is offered
    outcome: str | None = None  # of an ended call
    digest: Digest | None = None  # None for an end that nobody had to decide


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A decision, and the scene that it is to be explained from."""

    decision: Decision
    scene: Scene | None


class Observer:
    """Finds the decisions in what World has just done. `calls` are open at the start."""

    def __init__(self, world: World, calls: Iterable[Call] = ()) -> None:
        self._world = world
        self._agents: dict[str, Agent] | None = None
        self._stages: dict[str, Stage | None] = {
            call.call_id: None
            for call in calls
            if call.queueing.queued_at is not None and call.phase is not Phase.ENDED
        }

    def moments(self, at: float, calls: Sequence[Call]) -> list[Observed]:
        """Of the event at `at` that has changed these calls."""
        self._agents = None
        found = list(self._offered())
        for call in calls:
            if call.phase is Phase.WAITING:
                found += self._waits(call, at)
            elif call.phase is Phase.ENDED and call.call_id in self._stages:
                found.append(self._ended(call))
        return found

    def _offered(self) -> Iterator[Observed]:
        """Whoever was chosen by this decision or one after it was free when it was made."""
        decided = self._world.decided
        for number, offer in enumerate(decided):
            call = self._world.calls[offer.leg_id.rpartition("-")[0]]
            chosen = frozenset(each.agent_id for each in decided[number:])
            decision = Decision(
                call_id=call.call_id,
                at=offer.at,
                kind="offered",
                offers=len(call.offers),
                agent_id=offer.agent_id,
            )
            facts = call_facts(self._world, call, offer.at)
            self._stages[call.call_id] = facts.stage
            yield Observed(decision=decision, scene=self._scene(facts, chosen))

    def _waits(self, call: Call, at: float) -> Iterator[Observed]:
        """Nothing to tell while the call stays in its ring."""
        key, at = call.call_id, max(at, call.since)
        if _is_transferred(call, at):
            self._stages.pop(key, None)
        new, known = key not in self._stages, self._stages.get(key)
        ring = self._world.matcher.circle(key)
        if known is not None and known.circle == ring:
            return
        facts = call_facts(self._world, call, at)
        self._stages[key] = facts.stage
        if new or known is not None:
            kind: Kind = "queued" if new else "widened"
            decision = Decision(call_id=key, at=at, kind=kind, offers=len(call.offers))
            yield Observed(decision=decision, scene=self._scene(facts))

    def _ended(self, call: Call) -> Observed:
        """Who gave up while nobody was rung is told why nobody was."""
        offer, at = call.offer, call.end.at or call.since
        stage = self._stages.pop(call.call_id)
        rung = offer is not None and offer.result is Result.CALLER_LEFT
        decision = Decision(
            call_id=call.call_id,
            at=at,
            kind="ended",
            offers=len(call.offers),
            outcome=call.end.outcome.value if call.end.outcome else None,
        )
        if call.end.outcome not in (Outcome.ABANDONED, Outcome.GAVE_UP) or rung:
            return Observed(decision=decision, scene=None)
        facts = call_facts(self._world, call, at)
        if stage is not None:
            facts = replace(facts, stage=replace(stage, next_in_s=None))
        return Observed(decision=decision, scene=self._scene(facts))

    def _scene(self, facts: CallFacts, chosen: frozenset[str] = frozenset()) -> Scene:
        """All scenes of one event share one copy."""
        if self._agents is None:
            self._agents = dict(self._world.agents)
        return Scene(call=facts, roster=Roster.of(self._world, self._agents, chosen))


def _is_transferred(call: Call, at: float) -> bool:
    """Whether an agent has just passed the call on: then it queues anew."""
    offer = call.offer
    return offer is not None and offer.result is Result.TRANSFERRED and offer.ended_at == at
