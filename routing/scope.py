"""Circles of agents: one agent, a centre, a municipality, a planning region, the whole network.

Calls and agents meet by address. A call stands at the addresses of its circles, an agent at those
of every circle round the agent's desk; who shares an address with whom may talk. An agent whose
centre has taken enough calls from afar is *barred*: known only at the addresses that carry the
centre's own name, where nothing but the centre's own calls stand.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

ScopeKind = Literal["agent", "centre", "municipality", "region", "network"]

WIDTHS: dict[ScopeKind, int] = {
    "agent": 0,
    "centre": 1,
    "municipality": 2,
    "region": 3,
    "network": 4,
}
"""The kinds, narrowest first."""

Address = tuple[str, ...]
"""Where calls and agents meet; a scope is one."""


class Scope(NamedTuple):
    """One circle. A tuple, because it is hashed at every decision."""

    kind: ScopeKind
    key: str = ""  # the id of the agent, centre, municipality or region; empty for the network


class Place(NamedTuple):
    """Where a desk stands, or where a caller belongs; empty where it is not known."""

    centre: str = ""
    municipality: str = ""
    region: str = ""


NETWORK = Scope("network")
NOWHERE = Place()


@lru_cache(maxsize=4096)
def circles(place: Place) -> tuple[Scope, ...]:
    """Every circle in which a desk at this place stands, the widest first."""
    known: tuple[tuple[ScopeKind, str], ...] = (
        ("region", place.region),
        ("municipality", place.municipality),
        ("centre", place.centre),
    )
    return (NETWORK, *(Scope(kind, key) for kind, key in known if key))


def call_addresses(scopes: tuple[Scope, ...], home: str) -> tuple[Address, ...]:
    """Where a call stands that anybody in these circles may answer; `home` is its home centre.

    A call that waits for one centre is that centre's own, wherever it came from.
    """
    if not home:
        return scopes
    return (*scopes, *(_own(home, each) for each in scopes if each != ("centre", home)))


def desk_addresses(place: Place, barred: bool) -> tuple[Address, ...]:
    """Where everybody at this place stands, the widest circle first."""
    around = circles(place)
    if not barred:
        return around
    centre = place.centre
    own = (each if each == ("centre", centre) else _own(centre, each) for each in around)
    return tuple(own) if centre else ()


def agent_addresses(agent_id: str, place: Place, barred: bool) -> tuple[Address, ...]:
    """Where this agent looks for calls: there, and where calls stand that prefer this agent."""
    if not agent_id:
        return desk_addresses(place, barred)
    scope = Scope("agent", agent_id)
    own = _own(place.centre, scope) if barred else scope
    return (*desk_addresses(place, barred), own)


def _own(centre: str, scope: Scope) -> Address:
    return ("own", centre, *scope)
