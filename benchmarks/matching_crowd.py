"""Waiting calls and free agents as routing sees them: whose decisions `matching` measures."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from routing.line import Bench, Line
from routing.requirement import Capability, Requirement, levels
from routing.scope import Place, Scope, circles

CENTRES, MUNICIPALITIES, REGIONS = 600, 43, 5
SIGNATURES = 200
SKILLS = tuple(f"skill-{number}" for number in range(25))

BARRED = 0.05
"""Share of agents whose centre has taken enough calls from afar."""


@dataclass(slots=True)
class Waiting:
    """A call as routing sees it."""

    key: str
    requirement: Requirement
    home: Place
    scopes: tuple[Scope, ...]
    since: float = 0.0


@dataclass(slots=True)
class Free:
    """An agent as routing sees it."""

    key: str
    capability: Capability
    place: Place
    barred: bool
    since: float = 0.0


def requirements(dice: random.Random) -> list[Requirement]:
    """Different ones: a language and up to three skills at a level."""
    found: dict[Requirement, None] = {}
    while len(found) < SIGNATURES:
        skills = dice.sample(SKILLS, dice.choice((0, 1, 1, 1, 2, 3)))
        language = dice.choices(("lv", "ru", "en"), (75, 20, 5))[0]
        asked = levels({name: dice.randint(1, 3) for name in skills})
        found[Requirement(skills=asked, language=language)] = None
    return list(found)


def capability(dice: random.Random) -> Capability:
    """A generalist of a few skills, who speaks Latvian and perhaps more."""
    skills = dice.sample(SKILLS, dice.randint(2, 12))
    languages = {"lv": 5}
    if dice.random() < 0.6:
        languages["ru"] = 3
    if dice.random() < 0.4:
        languages["en"] = 3
    return Capability(
        skills=levels({name: dice.randint(1, 5) for name in skills}), languages=levels(languages)
    )


@dataclass(slots=True)
class Crowd:
    """So many waiting calls and so many free agents."""

    size: int
    each_differs: bool = False  # every agent has a capability of their own
    dice: random.Random = field(default_factory=lambda: random.Random(401))  # noqa: S311
    line: Line = field(default_factory=Line)
    bench: Bench = field(default_factory=Bench)
    calls: dict[str, Waiting] = field(default_factory=dict)
    agents: dict[str, Free] = field(default_factory=dict)
    now: float = 1_800_000_000.0

    def __post_init__(self) -> None:
        """Let them come one after the other."""
        asked = requirements(self.dice)
        kinds = self.size if self.each_differs else SIGNATURES
        able = [capability(self.dice) for _ in range(kinds)]
        for number in range(self.size):
            home = self._place()
            scopes = self.dice.choices(circles(home), (40, 20, 20, 20))[:1]
            call = Waiting(f"call-{number}", self.dice.choice(asked), home, tuple(scopes))
            agent = Free(
                f"agent-{number}",
                able[number % kinds],
                self._place(),
                self.dice.random() < BARRED,
            )
            self.calls[call.key] = call
            self.agents[agent.key] = agent
            self.wait(call)
            self.sit(agent)

    def _place(self) -> Place:
        centre = self.dice.randrange(CENTRES)
        municipality = centre % MUNICIPALITIES
        return Place(f"c{centre}", f"m{municipality}", f"r{municipality % REGIONS}")

    def wait(self, call: Waiting) -> None:
        """Stand in line."""
        call.since = self.now = self.now + 0.01
        self.line.enter(
            call.key, call.requirement, self.now, scopes=call.scopes, home=call.home.centre
        )

    def sit(self, agent: Free) -> None:
        """Be free."""
        agent.since = self.now = self.now + 0.01
        self.bench.enter(
            agent.key, agent.capability, self.now, place=agent.place, barred=agent.barred
        )

    def call_for(self, agent: Free) -> str | None:
        """The decision for an agent."""
        return self.line.first_for(
            agent.capability, agent_id=agent.key, place=agent.place, barred=agent.barred
        )

    def agent_for(self, call: Waiting) -> str | None:
        """The decision for a call."""
        return self.bench.first_for(call.requirement, scopes=call.scopes, home=call.home.centre)

    def freed(self, agent: Free) -> bool:
        """An agent becomes free; whether a call was there."""
        found = self.call_for(agent)
        if found is not None:
            self.line.leave(found)
            self.wait(self.calls[found])
        return found is not None

    def arrived(self, call: Waiting) -> bool:
        """A call arrives; whether an agent was there."""
        found = self.agent_for(call)
        if found is not None:
            self.bench.leave(found)
            self.sit(self.agents[found])
        return found is not None

    def look_up(self, keys: list[str]) -> list[float]:
        """No decision at all: each costs a few reads, wherever in memory they lie."""
        return [self.agents[key].since for key in keys]

    def seat(self, agent: Free, call: Waiting) -> None:
        """Both move to the end."""
        self.bench.leave(agent.key)
        self.sit(agent)
        self.line.leave(call.key)
        self.wait(call)
