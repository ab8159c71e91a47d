"""Whom the exchange lets nobody hear, as World has ordered it: held against what pages show."""

from __future__ import annotations

from contactcentre.core import effects
from contactcentre.core.world import World


class Voices:
    """By channel."""

    def __init__(self) -> None:
        self.muted: set[str] = set()

    def obey(self, order: effects.MuteLeg | effects.PressKey) -> None:
        """Of a channel, which must be known."""
        assert order.leg, order
        if isinstance(order, effects.PressKey):
            return
        (self.muted.add if order.muted else self.muted.discard)(order.leg)

    def look(self, world: World) -> None:
        """Whoever talks is muted exactly where the page says so."""
        for call in world.calls.values():
            for leg in call.legs:
                if leg.talks and leg.channel and not leg.away:
                    assert (leg.channel in self.muted) is leg.muted, (call, leg)
