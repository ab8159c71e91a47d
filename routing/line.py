"""The line and the bench: one order over all waiting calls, one over all idle agents.

Calls with equal requirements stand in one lane, agents with equal capability on one bench; a
decision looks only at the heads. So it costs as much as there are kinds, not as many as wait.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from routing.model import Capability, Requirement

Kind = TypeVar("Kind", bound=Hashable)
Place = tuple[float, str]
"""When it began (seconds, UTC), then the id: the total order."""


class _Lanes(Generic[Kind]):
    """Ids in order of their beginning, one lane per kind."""

    def __init__(self) -> None:
        self.lanes: dict[Kind, list[Place]] = {}
        self._where: dict[str, tuple[Kind, Place]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._where

    def __len__(self) -> int:
        return len(self._where)

    def enter(self, key: str, kind: Kind, since: float) -> None:
        """Stand in line; an id that stands already moves to its new place."""
        self.leave(key)
        place = (since, key)
        insort(self.lanes.setdefault(kind, []), place)
        self._where[key] = (kind, place)

    def leave(self, key: str) -> None:
        """Leave the line; no error where it does not stand."""
        found = self._where.pop(key, None)
        if found is None:
            return
        kind, place = found
        lane = self.lanes[kind]
        del lane[bisect_left(lane, place)]

    def in_order(self) -> Iterator[str]:
        """All ids, first come first."""
        for _, key in sorted(place for _, place in self._where.values()):
            yield key


class Line(_Lanes[Requirement]):
    """Waiting calls."""

    def first_for(self, capability: Capability) -> str | None:
        """The longest waiting call that an agent of this capability may answer."""
        heads = (
            lane[0]
            for requirement, lane in self.lanes.items()
            if lane and capability.meets(requirement)
        )
        best = min(heads, default=None)
        return None if best is None else best[1]


class Bench(_Lanes[Capability]):
    """Idle agents."""

    def first_for(self, requirement: Requirement) -> str | None:
        """The longest idle agent who may answer such a call."""
        heads = (
            lane[0]
            for capability, lane in self.lanes.items()
            if lane and capability.meets(requirement)
        )
        best = min(heads, default=None)
        return None if best is None else best[1]
