"""What of the network somebody sees on the board: the agents and calls of some realms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agents_ui.shell.permissions import WHOLE, around
from agents_ui.shell.port import Realm
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.features.board.subjects import is_seen


@dataclass(frozen=True, slots=True)
class BoardSight:
    """An agent is seen where the centre lies in one of the realms; a call where it started or was
    answered in one: by the centre whose number was dialled, by the municipality that was chosen in
    the menu, by the agents who have talked or are rung."""

    world: World
    realms: frozenset[Realm] = WHOLE

    @property
    def whole(self) -> bool:
        """Whether that is everything."""
        return self.realms == WHOLE

    def centre(self, centre_id: str | None) -> bool:
        """Whether a centre is seen."""
        return self.sees(around(self.world.network.place(centre_id)))

    def sees(self, realms: frozenset[Realm]) -> bool:
        """Whether something that lies in these realms is seen."""
        return bool(self.realms & realms)

    def figure(self, key: tuple[str, str]) -> bool:
        """Whether figures of that are seen."""
        return is_seen(key, self.world.network, self.realms)

    def agent(self, agent_id: str) -> bool:
        """Whether an agent is seen; who is in the configuration no more lies in no centre."""
        return self.sees(agent_realms(self.world, agent_id))

    def call(self, call: Call) -> bool:
        """Whether a call is seen."""
        return self.sees(call_realms(self.world, call))

    def names(self) -> tuple[str, ...]:
        """What people call the realms, where these are not everything."""
        return () if self.whole else tuple(sorted(_name(self.world.network, *self.realms)))


def agent_realms(world: World, agent_id: str) -> frozenset[Realm]:
    """In which an agent lies."""
    # Who is kept in reserve, or has just left, may still finish a talk.
    networks = (world.network, world.crisis.published)
    profile = next((one.agents[agent_id] for one in networks if agent_id in one.agents), None)
    return around(world.network.place(profile.centre_id if profile is not None else None))


def call_realms(world: World, call: Call) -> frozenset[Realm]:
    """In which a call lies."""
    found = set(around(world.network.place(world.network.hotline(call.dialled).centre_id)))
    if call.choice.municipality:
        found.add(("municipality", call.choice.municipality))
    for leg in call.offers:  # who has talked with the caller, or is rung to
        if leg.rings or leg.answered_at is not None:
            found |= agent_realms(world, leg.agent_id)
    return frozenset(found)


def _name(network: Network, *realms: Realm) -> Iterator[str]:
    for kind, key in realms:
        known = network.centres if kind == "centre" else network.municipalities
        yield known[key].name if key in known else key
