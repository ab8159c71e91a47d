"""The decision for one call, gone through agent by agent.

It finds what `Bench.first_for` finds, slowly, and says of everybody else why not.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from routing.circles import Stage, stage, stages
from routing.explanation import AgentFacts, CallFacts, Candidate, Code, Explanation, Reason
from routing.requirement import Capability, Requirement
from routing.scope import Scope, ScopeKind, circles

NEARNESS: dict[str, int] = {code: number for number, code in enumerate(get_args(Code))}
"""How near to being chosen a reason leaves an agent: 0 is nearest."""


def explain(call: CallFacts, agents: Iterable[AgentFacts]) -> Explanation:
    """Who gets the call at this moment, and why nobody else does."""
    agents = tuple(agents)
    ahead = stages(call.plan, call.asked, call.origin)
    now = standing(call)
    reasons = {agent.agent_id: in_the_way(agent, call, now, ahead) for agent in agents}
    free = [agent for agent in agents if reasons[agent.agent_id] is None]
    free.sort(key=lambda agent: (agent.idle_since, agent.agent_id))
    for agent in free[1:]:
        reasons[agent.agent_id] = Reason(code="longer_idle")
    candidates = [
        (rank(reasons[agent.agent_id]), agent.idle_since, agent.agent_id, agent.name)
        for agent in agents
    ]
    return Explanation(
        call_id=call.call_id,
        waited_s=call.waited_s,
        asked=call.asked,
        stage=now,
        skipped=skipped(call, now),
        candidates=tuple(
            Candidate(agent_id=agent_id, name=name, passed_over=reasons[agent_id])
            for _, _, agent_id, name in sorted(candidates)
        ),
    )


def standing(call: CallFacts) -> Stage:
    """The circle of the moment: the one that the call is known to stand in, else by its wait."""
    return call.stage or stage(call.plan, call.asked, call.origin, call.waited_s)


def skipped(call: CallFacts, now: Stage) -> tuple[ScopeKind, ...]:
    """The circles left out by now because nobody is at work there."""
    before = (circle.kind for circle in call.plan.circles[: now.circle])
    return tuple(dict.fromkeys(kind for kind in before if kind in call.origin.away))


def rank(reason: Reason | None) -> int:
    """How near that leaves an agent; -1 is free."""
    return -1 if reason is None else NEARNESS[reason.code]


def in_the_way(
    agent: AgentFacts, call: CallFacts, now: Stage, ahead: tuple[Stage, ...]
) -> Reason | None:
    """The first thing that keeps the agent from this call; None where nothing does."""
    match agent.state:
        case "logged_out" | "not_ready" | "busy":
            return Reason(code=agent.state, detail=agent.detail)
        case "ready":
            pass
    wider = _outside(agent, call, now, ahead)
    if wider is not None:
        return wider
    own = agent.place.centre != "" and agent.place.centre == call.origin.home.centre
    if agent.barred and not own:
        return Reason(code="remote_cap")
    return Reason(code="refused") if agent.agent_id in call.refused_by else None


def _outside(
    agent: AgentFacts, call: CallFacts, now: Stage, ahead: tuple[Stage, ...]
) -> Reason | None:
    """What the circle of the moment has against the agent, and until when."""
    around = {*circles(agent.place), Scope("agent", agent.agent_id)}
    within = not around.isdisjoint(now.scopes)
    if within and agent.capability.meets(now.requirement):
        return None
    may = (each for each in ahead if not around.isdisjoint(each.scopes))
    admits = next((each for each in may if agent.capability.meets(each.requirement)), None)
    if admits is None:
        return lacking(agent.capability, ahead[-1].requirement)
    in_s = max(0.0, admits.opens_s - call.waited_s)
    if not within:
        return Reason(code="circle", detail=admits.scope.kind, in_s=in_s)
    lack = lacking(agent.capability, now.requirement)
    return Reason(code=lack.code, detail=lack.detail, level=lack.level, in_s=in_s)


def lacking(capability: Capability, asked: Requirement) -> Reason:
    """What an agent who does not meet a requirement lacks first."""
    if not capability.answers_for(asked):
        return Reason(code="authority", detail=asked.authority)
    if not capability.speaks(asked):
        return Reason(code="language", detail=asked.language, level=asked.language_level)
    name, level = capability.lacks(asked)[0]
    return Reason(code="skill", detail=name, level=level)
