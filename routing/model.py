"""What routing knows of queues, agents and calls.

`proficiency` runs from 1 to 5 and higher is better (Asterisk's penalty is the reverse; it is
converted at the rim).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

Levels = tuple[tuple[str, int], ...]
"""Names with a level, sorted by name: skills or languages."""


def levels(values: Mapping[str, int]) -> Levels:
    """The canonical, hashable form of a mapping of levels."""
    return tuple(sorted(values.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """What a call asks of its agent. Equal requirements wait in one line."""

    skills: Levels = ()
    language: str = "lv"
    language_level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What an agent can do. Agents of equal capability stand in one line of the idle."""

    skills: Levels = ()
    languages: Levels = ()

    def meets(self, requirement: Requirement) -> bool:
        """Whether an agent of this capability may answer such a call."""
        return _meets(self, requirement)


@lru_cache(maxsize=65_536)
def _meets(capability: Capability, requirement: Requirement) -> bool:
    """Kinds are few and asked about at every decision."""
    languages = dict(capability.languages)
    if languages.get(requirement.language, 0) < requirement.language_level:
        return False
    skills = dict(capability.skills)
    return all(skills.get(name, 0) >= level for name, level in requirement.skills)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A logical queue: a matter, what it asks of an agent, and its promises."""

    queue_id: str
    labels: Mapping[str, str]
    skills: Levels = ()
    answer_within_s: float = 30.0
    short_abandon_s: float = 5.0
    ring_s: float = 20.0
    wrap_up_s: float = 60.0
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentProfile:
    """An agent as configured; the living state is `contactcentre.core.agent.Agent`."""

    agent_id: str
    name: str
    centre_id: str
    endpoint: str
    capability: Capability = field(default_factory=Capability)
    device: str = "browser"
