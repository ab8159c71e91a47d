"""What a call asks of its agent, and what an agent can do.

`proficiency` runs from 1 to 5 and higher is better (Asterisk's penalty is the reverse; it is
converted at the rim).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from routing.written import WrittenAs, within

Levels = tuple[tuple[str, int], ...]
"""Names with a level, sorted by name: skills or languages."""


def levels(values: Mapping[str, int]) -> Levels:
    """The canonical, hashable form of a mapping of levels."""
    return tuple(sorted(values.items()))


Grade = Annotated[int, within(1, 5, unit="")]
"""A proficiency as people give it."""

Graded = Annotated[Levels, WrittenAs(dict[str, Grade], levels)]
"""Levels, written as a mapping of names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a call asks of its agent. Equal requirements wait in one lane.

    One of `language` and `also` must be known at `language_level`; at level 0 any language will
    do. `authority` is whose services are asked about: empty for the state's, which everybody
    answers, otherwise the municipality's id.
    """

    skills: Levels = ()
    language: str = "lv"
    language_level: int = 1
    also: tuple[str, ...] = ()
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What an agent can do. Agents of equal capability stand in one lane of the idle.

    `authorities` are the municipalities whose own services the agent may answer for.
    """

    skills: Graded = ()
    languages: Graded = ()
    authorities: tuple[str, ...] = ()

    def meets(self, requirement: Requirement) -> bool:
        """Whether an agent of this capability may answer such a call."""
        return (
            self.answers_for(requirement)
            and self.speaks(requirement)
            and not self.lacks(requirement)
        )

    def answers_for(self, requirement: Requirement) -> bool:
        """Whether the services asked about are ones that the agent answers for."""
        return not requirement.authority or requirement.authority in self.authorities

    def speaks(self, requirement: Requirement) -> bool:
        """Whether one of the languages that will do is known well enough."""
        least = requirement.language_level
        for name, level in self.languages:
            if level >= least and (name == requirement.language or name in requirement.also):
                return True
        return least <= 0

    def lacks(self, requirement: Requirement) -> Levels:
        """The skills whose level is not reached, with the level that is asked for."""
        if not requirement.skills:
            return ()
        own = dict(self.skills)
        return tuple(asked for asked in requirement.skills if own.get(asked[0], 0) < asked[1])
