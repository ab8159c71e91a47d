"""The configuration in force: what people published, what was said for the day over it, and over
both the plan of a crisis.

Neither changes what people published: `overlay` makes another value from it, so switching off
brings back exactly what is published by then, and a publication in mid-crisis loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from contactcentre.core.config.assignment import better
from contactcentre.core.config.crisis import EVERY, FIGURES, Crisis, Plan
from contactcentre.core.config.network import Centre, Hotline, Network
from routing.model import AgentProfile, Capability, Queue
from routing.overflow import Overflow


def overlay(network: Network, crisis: Crisis | None) -> Network:
    """The configuration in force: the published one, with the day's assignments over it, and the
    crisis's plan over both.

    The plan is the published one of that name, or as it stood at the switch where it has gone
    since. What the plan names and the network lacks is left out: a crisis is no time to fail.
    """
    network = _assigned(network)
    plan = None if crisis is None else network.plans.get(crisis.plan.plan_id, crisis.plan)
    if plan is None:
        return _without_reserve(network)
    return replace(
        network,
        centres={key: _centre(centre, plan) for key, centre in network.centres.items()},
        hotlines={number: _hotline(one, plan, network) for number, one in network.hotlines.items()},
        default_flow=_flow(network.default_flow, plan, network),
        in_crisis=True,
        crisis_flow=_flow("", plan, network),
        announcements=(plan.spoken, *network.announcements) if plan.spoken else (),
        languages=_also(network.languages, plan),
        queue_languages={key: _also(taken, plan) for key, taken in network.queue_languages.items()},
        queues={key: _queue(queue, plan) for key, queue in network.queues.items()},
        agents={
            key: _agent(profile, plan)
            for key, profile in network.agents.items()
            if not profile.reserve or key in plan.volunteers
        },
    )


def _assigned(network: Network) -> Network:
    """Who was given queues, skills or languages for the day has these, in place of the own ones."""
    if not network.assignments:
        return network
    agents = dict(network.agents)
    for key, given in network.assignments.items():
        if (profile := agents.get(key)) is not None:
            agents[key] = replace(profile, capability=given.over(profile.capability))
    return replace(network, agents=agents)


def _without_reserve(network: Network) -> Network:
    reserve = {key for key, profile in network.agents.items() if profile.reserve}
    if not reserve:
        return network
    agents = {key: profile for key, profile in network.agents.items() if key not in reserve}
    return replace(network, agents=agents)


def _also(languages: tuple[str, ...], plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*languages, *plan.languages)))


def _flow(present: str, plan: Plan, network: Network) -> str:
    return plan.flow if plan.flow in network.flows else present


def _hotline(hotline: Hotline, plan: Plan, network: Network) -> Hotline:
    return replace(hotline, flow=_flow(hotline.flow, plan, network))


def _centre(centre: Centre, plan: Plan) -> Centre:
    """A centre without a cap gets none by what is set for all."""
    cap = centre.afar_per_hour
    every = cap if cap is None else plan.caps.get(EVERY, cap)
    return replace(centre, afar_per_hour=plan.caps.get(centre.centre_id, every))


def _queue(queue: Queue, plan: Plan) -> Queue:
    limits = {**plan.limits.get(EVERY, {}), **plan.limits.get(queue.queue_id, {})}
    # Whole numbers stay whole.
    found = {
        name: type(getattr(queue, name))(value) for name, value in limits.items() if name in FIGURES
    }
    overflow = tuple(_threshold(rule, limits) for rule in queue.overflow)
    return replace(queue, overflow=overflow, **found) if limits else queue


def _threshold(rule: Overflow, limits: Mapping[str, float]) -> Overflow:
    if rule.when == "waited":
        return replace(rule, after_s=limits.get("overflow_after_s", rule.after_s))
    if rule.when == "full":
        return replace(rule, size=int(limits.get("overflow_size", rule.size)))
    return rule


def _agent(profile: AgentProfile, plan: Plan) -> AgentProfile:
    more = plan.volunteers.get(profile.agent_id)
    if more is None:
        return profile
    own = profile.capability
    capability: Capability = replace(
        own,
        skills=better(own.skills, more.skills),
        languages=better(own.languages, more.languages),
    )
    return replace(profile, capability=capability)
