"""What an agent can do for the rest of the day, where a supervisor has said so.

What is kept is the skills and languages that stand in place of the agent's own until the day is
over. Routing knows skills, not queues: `skills_for` finds those of queues, `taken` says which
queues skills are enough for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from routing.model import Queue
from routing.requirement import Capability, Graded, Levels, levels


class Inseparable(ValueError):
    """Whoever takes the others takes this queue (its id) too: it asks for nothing that they do
    not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`until_at` is the end of the day, in UTC seconds."""

    agent_id: str
    until_at: float
    skills: Graded = ()
    languages: Graded | None = None  # None: the own ones

    def over(self, own: Capability) -> Capability:
        """What the agent can do today."""
        languages = own.languages if self.languages is None else self.languages
        return replace(own, skills=self.skills, languages=languages)


def better(own: Levels, more: Mapping[str, int]) -> Levels:
    """Of each the higher level."""
    both = dict(own)
    for name, level in more.items():
        both[name] = max(level, both.get(name, 0))
    return levels(both)


def taken(skills: Levels, queues: Iterable[Queue]) -> tuple[str, ...]:
    """The queues that ask for no more than these skills, in their order."""
    own = dict(skills)
    return tuple(queue.queue_id for queue in queues if _enough(own, queue))


def skills_for(own: Levels, wanted: Collection[str], queues: Collection[Queue]) -> Levels:
    """The agent's own skills, raised to what the wanted queues ask, and of each other queue one
    lowered beneath what it asks, but never beneath what a wanted one does.

    Raises `Inseparable`.
    """
    needed: dict[str, int] = {}
    for queue in queues:
        if queue.queue_id in wanted:
            for name, level in queue.skills:
                needed[name] = max(level, needed.get(name, 0))
    found = dict(own)
    for name, level in needed.items():
        found[name] = max(level, found.get(name, 0))
    for queue in queues:
        if queue.queue_id not in wanted and _enough(found, queue):
            lowered = next(
                (name for name, level in queue.skills if needed.get(name, 0) < level), ""
            )
            if not lowered:
                raise Inseparable(queue.queue_id)
            found[lowered] = needed.get(lowered, 0)
    return levels({name: level for name, level in found.items() if level})


def _enough(own: dict[str, int], queue: Queue) -> bool:
    return all(own.get(name, 0) >= level for name, level in queue.skills)
