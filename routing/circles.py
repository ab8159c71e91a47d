"""Widening circles: who may answer a call after so many seconds, and how much is still asked.

The agent of the last talk, then the home centre, its municipality, the planning region, everybody.
A ring whose place is not known, or in which nobody is at work, takes no time. Whoever may answer
at one stage may answer at every later one: circles contain each other, relaxations add up, and the
preferred agent stays welcome.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Annotated

from routing.requirement import Requirement
from routing.scope import NETWORK, NOWHERE, WIDTHS, Place, Scope, ScopeKind
from routing.written import WrittenAs, within

TICK_S = 0.001
"""A timer that fires so little early counts as punctual."""


BEST = 5
"""The highest level of a skill or a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relax:
    """What a ring asks less than the ones before it. All of it only ever admits more agents."""

    skills_at_most: int | None = None  # no skill above this level; 0 asks for none at all
    drop: tuple[str, ...] = ()  # these skills not at all
    language_at_most: int | None = None  # the same for the language; 0 takes any
    languages: tuple[str, ...] = ()  # these will do too
    any_authority: bool = False  # a municipality's services are answered by everybody

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        limits = (self.skills_at_most, self.language_at_most)
        if any(limit is not None and not 0 <= limit <= BEST for limit in limits):
            raise ValueError(f"a level is from 0 to {BEST}")

    def of(self, asked: Requirement) -> Requirement:
        """What is left of a requirement."""
        return Requirement(
            skills=tuple(
                (name, level)
                for name, full in asked.skills
                if name not in self.drop and (level := _at_most(full, self.skills_at_most)) > 0
            ),
            language=asked.language,
            language_level=_at_most(asked.language_level, self.language_at_most),
            also=tuple(sorted({*asked.also, *self.languages} - {asked.language})),
            authority="" if self.any_authority else asked.authority,
        )


def _at_most(level: int, limit: int | None) -> int:
    return level if limit is None else min(level, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One circle, for `lasts_s` seconds before the next one opens (the last one has no end)."""

    kind: ScopeKind
    lasts_s: Annotated[float, within(0, 3600)] = 0.0
    relax: Relax = field(default_factory=Relax)


@dataclass(frozen=True, slots=True, kw_only=True)
class RingPlan:
    """The rings of a queue, each as wide as the one before it or wider, the last the network.

    Several rings of one kind are allowed: the same people, asked for less.
    """

    rings: tuple[Ring, ...] = (Ring(kind="network"),)

    def __post_init__(self) -> None:
        """Refuse a plan after which somebody would wait for ever."""
        if not self.rings or self.rings[-1].kind != "network":
            raise ValueError("the last ring must be the network")
        if any(WIDTHS[a.kind] > WIDTHS[b.kind] for a, b in pairwise(self.rings)):
            raise ValueError("a ring may not be narrower than the one before it")
        if not all(ring.lasts_s >= 0 for ring in self.rings):
            raise ValueError("a ring lasts 0 seconds or more")


EVERYBODY = RingPlan()

Rings = Annotated[
    RingPlan, WrittenAs(tuple[Ring, ...], lambda rings: RingPlan(rings=rings or EVERYBODY.rings))
]
"""A plan, written as the list of its rings; none at all means that everybody is asked at once."""

HOME_FIRST = RingPlan(
    rings=(
        Ring(kind="agent", lasts_s=10.0),
        Ring(kind="centre", lasts_s=20.0),
        Ring(kind="municipality", lasts_s=15.0),
        Ring(kind="region", lasts_s=15.0),
        Ring(kind="network", lasts_s=60.0),
        Ring(kind="network", relax=Relax(skills_at_most=1, language_at_most=1)),
    )
)
"""A plan to start from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a call comes from, as far as it is known.

    `home` by the number dialled, the menu or the caller's municipality; `agent_id` is the
    preferred agent, empty once the preference has expired. `away` names the kinds of ring in which
    nobody is at work (closed, at lunch, at the counter); during one wait it should only grow, so
    that no call goes back to a narrower ring.
    """

    home: Place = NOWHERE
    agent_id: str = ""
    away: frozenset[ScopeKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How a call stands at some instant."""

    ring: int  # index into the plan's rings
    opens_s: float  # after so many seconds of waiting
    scope: Scope
    requirement: Requirement
    prefers: str = ""  # the preferred agent, who may answer in every ring
    next_in_s: float | None = None  # until the next ring; None in the last one

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The circles to stand in: the ring's, and the preferred agent's own."""
        if not self.prefers or self.scope.kind in ("agent", "network"):
            return (self.scope,)
        return (self.scope, Scope("agent", self.prefers))


def widest(plan: RingPlan, asked: Requirement) -> Requirement:
    """What is still asked once the last ring is open."""
    for ring in plan.rings:
        asked = ring.relax.of(asked)
    return asked


def stages(plan: RingPlan, asked: Requirement, origin: Origin) -> tuple[Stage, ...]:
    """All that lies before such a call; `next_in_s` is how long each stage lasts."""
    found: list[Stage] = []
    opens_s = 0.0
    prefers = origin.agent_id if any(ring.kind == "agent" for ring in plan.rings) else ""
    for number, ring in enumerate(plan.rings):
        asked = ring.relax.of(asked)
        scope = _scope(ring.kind, origin)
        if scope is None:
            continue
        last = number == len(plan.rings) - 1
        found.append(
            Stage(
                ring=number,
                opens_s=opens_s,
                scope=scope,
                requirement=asked,
                prefers=prefers,
                next_in_s=None if last else ring.lasts_s,
            )
        )
        opens_s += ring.lasts_s
    return tuple(found)


def _scope(kind: ScopeKind, origin: Origin) -> Scope | None:
    """None where there is no such circle, or nobody in it; the network is never left out."""
    if kind == "network":
        return NETWORK
    home = origin.home
    keys = {
        "agent": origin.agent_id,
        "centre": home.centre,
        "municipality": home.municipality,
        "region": home.region,
    }
    return Scope(kind, keys[kind]) if keys[kind] and kind not in origin.away else None


def stage(plan: RingPlan, asked: Requirement, origin: Origin, waited_s: float) -> Stage:
    """Where the call stands after `waited_s` seconds in the queue, and for how long yet."""
    ahead = stages(plan, asked, origin)
    now = ahead[0]
    for each in ahead:
        if each.opens_s <= waited_s + TICK_S:
            now = each
    if now.next_in_s is None:
        return now
    return replace(now, next_in_s=max(0.0, now.opens_s + now.next_in_s - waited_s))
