"""The line and the bench: one order over all waiting calls, one over all idle agents."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from routing.lanes import NOBODY, Fit, Group, Lanes
from routing.requirement import Capability, Requirement
from routing.scope import (
    NETWORK,
    NOWHERE,
    Place,
    Scope,
    agent_addresses,
    call_addresses,
    desk_addresses,
)

ANYBODY = (NETWORK,)


class _Desk(NamedTuple):
    """An agent who asks: what fits, and where to look. Found once, asked often."""

    capability: Capability
    place: Place
    barred: bool
    fit: Fit[Capability]
    groups: tuple[Group, ...]


class Line(Lanes[Requirement, Capability]):
    """Waiting calls, whatever their queue."""

    def __init__(self) -> None:
        super().__init__(Capability.meets)
        self._desks: dict[str, _Desk] = {}

    def enter(
        self,
        key: str,
        requirement: Requirement,
        since: float,
        *,
        scopes: tuple[Scope, ...] = ANYBODY,
        home: str = "",
    ) -> None:
        """Wait for an agent of these circles; a call that waits already moves.

        `since` is when it was queued less its head start; `home` is its home centre.
        """
        self.stand(key, requirement, since, self.groups(call_addresses, scopes, home))

    def first_for(
        self,
        capability: Capability,
        *,
        agent_id: str = "",
        place: Place = NOWHERE,
        barred: bool = False,
        without: Set[str] = NOBODY,
    ) -> str | None:
        """The longest waiting call that this agent may answer.

        `barred` agents get calls of their own centre only; `without` are the calls that the agent
        has refused.
        """
        desk = self._desks.get(agent_id)
        if desk is None or desk[:3] != (capability, place, barred):
            desk = self._desks[agent_id] = self._desk(agent_id, capability, place, barred)
        return self.first(desk.fit, desk.groups, without=without)

    def _desk(self, agent_id: str, capability: Capability, place: Place, barred: bool) -> _Desk:
        groups = self.groups(agent_addresses, agent_id, place, barred)
        return _Desk(capability, place, barred, self.fit(capability), groups)

    def forget(self) -> None:
        """Nor does anything that leads to them."""
        super().forget()
        self._desks.clear()


class Bench(Lanes[Capability, Requirement]):
    """Idle agents, wherever they sit."""

    def __init__(self) -> None:
        super().__init__(lambda requirement, capability: capability.meets(requirement))

    def enter(
        self,
        key: str,
        capability: Capability,
        since: float,
        *,
        place: Place = NOWHERE,
        barred: bool = False,
    ) -> None:
        """Be free since then; an agent who sits here already moves."""
        self.stand(key, capability, since, self.groups(desk_addresses, place, barred))

    def first_for(
        self,
        requirement: Requirement,
        *,
        scopes: tuple[Scope, ...] = ANYBODY,
        home: str = "",
        without: Set[str] = NOBODY,
    ) -> str | None:
        """The longest idle agent who may answer such a call; `without` have refused it."""
        named = [key for kind, key in scopes if kind == "agent"]
        if named:
            anywhere = self.groups(call_addresses, ANYBODY, home)
            named = [key for key in named if self.is_in(key, anywhere)]
        groups = self.groups(call_addresses, scopes, home)
        return self.first(self.fit(requirement), groups, without=without, named=named)
