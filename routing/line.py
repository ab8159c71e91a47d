"""The line and the bench: one order over all waiting calls, one over all idle agents."""

from __future__ import annotations

from collections.abc import Set

from routing.lanes import NOBODY, Lanes
from routing.requirement import Capability, Requirement
from routing.scope import (
    NETWORK,
    NOWHERE,
    Place,
    Scope,
    agent_address,
    call_addresses,
    desk_addresses,
)

ANYBODY = (NETWORK,)


class Line(Lanes[Requirement, Capability]):
    """Waiting calls, whatever their queue."""

    def __init__(self) -> None:
        super().__init__(Capability.meets)

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
        self.stand(key, requirement, since, call_addresses(scopes, home))

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
        addresses = desk_addresses(place, barred)
        if agent_id:
            addresses = (*addresses, agent_address(agent_id, place, barred))
        return self.first(capability, addresses, without=without)


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
        self.stand(key, capability, since, desk_addresses(place, barred))

    def first_for(
        self,
        requirement: Requirement,
        *,
        scopes: tuple[Scope, ...] = ANYBODY,
        home: str = "",
        without: Set[str] = NOBODY,
    ) -> str | None:
        """The longest idle agent who may answer such a call; `without` have refused it."""
        anywhere = call_addresses(ANYBODY, home)
        named = [key for kind, key in scopes if kind == "agent" and self.is_at(key, anywhere)]
        addresses = call_addresses(scopes, home)
        return self.first(requirement, addresses, without=without, named=named)
