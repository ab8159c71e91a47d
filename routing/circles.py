"""Widening circles: who may answer a call after so many seconds, and how much is still asked.

The agent of the last talk, then the home centre, its municipality, the planning region, everybody.
A circle whose place is not known, or in which nobody is at work, takes no time. Whoever may answer
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
    """What a circle asks less than the ones before it. All of it only ever admits more agents."""

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
class Circle:
    """One circle, for `lasts_s` seconds before the next one opens (the last one has no end)."""

    kind: ScopeKind
    lasts_s: Annotated[float, within(0, 3600)] = 0.0
    relax: Relax = field(default_factory=Relax)


@dataclass(frozen=True, slots=True, kw_only=True)
class CirclePlan:
    """The circles of a queue, each as wide as the one before it or wider, the last the network.

    Several circles of one kind are allowed: the same people, asked for less.
    """

    circles: tuple[Circle, ...] = (Circle(kind="network"),)

    def __post_init__(self) -> None:
        """Refuse a plan after which somebody would wait for ever."""
        if not self.circles or self.circles[-1].kind != "network":
            raise ValueError("the last circle must be the network")
        if any(WIDTHS[a.kind] > WIDTHS[b.kind] for a, b in pairwise(self.circles)):
            raise ValueError("a circle may not be narrower than the one before it")
        if not all(circle.lasts_s >= 0 for circle in self.circles):
            raise ValueError("a circle lasts 0 seconds or more")


EVERYBODY = CirclePlan()

Circles = Annotated[
    CirclePlan,
    WrittenAs(tuple[Circle, ...], lambda circles: CirclePlan(circles=circles or EVERYBODY.circles)),
]
"""A plan, written as the list of its circles; none at all means that everybody is asked at once."""

HOME_FIRST = CirclePlan(
    circles=(
        Circle(kind="agent", lasts_s=10.0),
        Circle(kind="centre", lasts_s=20.0),
        Circle(kind="municipality", lasts_s=15.0),
        Circle(kind="region", lasts_s=15.0),
        Circle(kind="network", lasts_s=60.0),
        Circle(kind="network", relax=Relax(skills_at_most=1, language_at_most=1)),
    )
)
"""A plan to start from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a call comes from, as far as it is known.

    `home` by the number dialled, the menu or the caller's municipality; `agent_id` is the
    preferred agent, empty once the preference has expired. `away` names the kinds of circle where
    nobody is at work (closed, at lunch, at the counter); during one wait it should only grow, so
    that no call goes back to a narrower circle.
    """

    home: Place = NOWHERE
    agent_id: str = ""
    away: frozenset[ScopeKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How a call stands at some instant."""

    circle: int  # index into the plan's circles
    opens_s: float  # after so many seconds of waiting
    scope: Scope
    requirement: Requirement
    prefers: str = ""  # the preferred agent, who may answer in every circle
    next_in_s: float | None = None  # until the next circle; None in the last one

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The circles to stand in: the circle's, and the preferred agent's own."""
        if not self.prefers or self.scope.kind in ("agent", "network"):
            return (self.scope,)
        return (self.scope, Scope("agent", self.prefers))


def widest(plan: CirclePlan, asked: Requirement) -> Requirement:
    """What is still asked once the last circle is open."""
    for circle in plan.circles:
        asked = circle.relax.of(asked)
    return asked


def stages(plan: CirclePlan, asked: Requirement, origin: Origin) -> tuple[Stage, ...]:
    """All that lies before such a call; `next_in_s` is how long each stage lasts."""
    found: list[Stage] = []
    opens_s = 0.0
    prefers = origin.agent_id if any(circle.kind == "agent" for circle in plan.circles) else ""
    for number, circle in enumerate(plan.circles):
        asked = circle.relax.of(asked)
        scope = _scope(circle.kind, origin)
        if scope is None:
            continue
        last = number == len(plan.circles) - 1
        found.append(
            Stage(
                circle=number,
                opens_s=opens_s,
                scope=scope,
                requirement=asked,
                prefers=prefers,
                next_in_s=None if last else circle.lasts_s,
            )
        )
        opens_s += circle.lasts_s
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


def stage(plan: CirclePlan, asked: Requirement, origin: Origin, waited_s: float) -> Stage:
    """Where the call stands after `waited_s` seconds in the queue, and for how long yet."""
    ahead = stages(plan, asked, origin)
    now = ahead[0]
    for each in ahead:
        if each.opens_s <= waited_s + TICK_S:
            now = each
    if now.next_in_s is None:
        return now
    return replace(now, next_in_s=max(0.0, now.opens_s + now.next_in_s - waited_s))
