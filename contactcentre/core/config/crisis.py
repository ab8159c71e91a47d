"""Crisis mode: a prepared plan laid over the configuration, until it is switched off or runs out.

The plan never changes what people published: `overlay` makes another value from it, so switching
off brings back exactly what is published by then, and a publication in mid-crisis loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Annotated, Literal

from contactcentre.core.config.document import IsoDate, Written
from contactcentre.core.config.network import Centre, Hotline, Network, Texts
from routing.model import AgentProfile, Capability, Queue
from routing.overflow import Overflow, When
from routing.requirement import Grade, Levels, levels
from routing.written import Labels, within

EVERY = "*"
"""In `limits`: all queues. In `caps`: all centres that have a cap."""

FIGURES = frozenset(one.name for one in fields(Queue) if isinstance(one.default, int | float)) - {
    "answer_within_s",
    "short_abandon_s",
}
"""What a plan may set of a queue; the two that statistics count by are not among them."""

THRESHOLDS: Mapping[str, When] = {"overflow_after_s": "waited", "overflow_size": "full"}
"""From when on a queue's own overflow rules, of that kind, take callers elsewhere."""

LIMITS = FIGURES | THRESHOLDS.keys()
"""All of these."""

End = Literal["off", "expired", "replaced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedLanguage:
    """A language that the crisis adds: the record of why it may be used, and what is said in it.

    `prompts` maps prompt keys to texts; what is not among them is said in another language.
    """

    basis: Written
    date: IsoDate
    approver: Written
    prompts: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """What an agent can do besides, for as long as the crisis lasts."""

    skills: Mapping[str, Grade] = field(default_factory=dict)
    languages: Mapping[str, Grade] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one switch sets, prepared beforehand: the document that people edit.

    `announcement` is said before the menu: a text per language, or `prompt`, the key of one that
    is there already. `flow` takes the place of every hotline's menu. `limits` maps a queue, or
    EVERY, to values of LIMITS. `caps` maps a centre, or EVERY, to the calls from afar that its
    agents take in an hour; None lifts the cap. `volunteers` maps agents to what they do besides;
    an agent who is kept in reserve works only while a plan that names him is in force.
    """

    plan_id: str
    labels: Labels
    announcement: Texts = field(default_factory=dict)
    prompt: str = ""
    flow: str = ""
    languages: Mapping[str, AddedLanguage] = field(default_factory=dict)
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    caps: Mapping[str, Annotated[int, within(0, 10_000, unit="calls")] | None] = field(
        default_factory=dict
    )
    volunteers: Mapping[str, Volunteer] = field(default_factory=dict)

    @property
    def texts(self) -> Mapping[str, Texts]:
        """All that the plan says itself: language -> prompt key -> text."""
        own = {language: dict(added.prompts) for language, added in self.languages.items()}
        for language, text in self.announcement.items():
            own.setdefault(language, {})[self.spoken] = text
        return own

    @property
    def spoken(self) -> str:
        """The prompt that is said before the menu; "" for none."""
        return f"crisis/{self.plan_id}" if self.announcement else self.prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """One time that a plan was switched on, as the audit tells it. `plan` as it stood then.

    `until` is when it ends by itself; `by` names a person, `by_id` is their log-in.
    """

    crisis_id: str
    plan: Plan
    began_at: float
    until: float
    by: str
    by_id: str
    why: str
    ended_at: float | None = None
    ended_by: str = ""
    ended_by_id: str = ""
    ended_how: End | None = None


def overlay(network: Network, crisis: Crisis | None) -> Network:
    """The configuration in force: the published one, with the crisis's plan over it.

    The plan is the published one of that name, or as it stood at the switch where it has gone
    since. What the plan names and the network lacks is left out: a crisis is no time to fail.
    """
    plan = None if crisis is None else network.plans.get(crisis.plan.plan_id, crisis.plan)
    if plan is None:
        return _without_reserve(network)
    return replace(
        network,
        centres={key: _centre(centre, plan) for key, centre in network.centres.items()},
        hotlines={number: _hotline(one, plan, network) for number, one in network.hotlines.items()},
        default_flow=_flow(network.default_flow, plan, network),
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
        skills=_better(own.skills, more.skills),
        languages=_better(own.languages, more.languages),
    )
    return replace(profile, capability=capability)


def _better(own: Levels, more: Mapping[str, int]) -> Levels:
    both = dict(own)
    for name, level in more.items():
        both[name] = max(level, both.get(name, 0))
    return levels(both)
