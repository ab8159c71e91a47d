"""Legs at the exchange by which an agent is heard in two calls, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from contactcentre.core import events
from contactcentre.core.call.leg import Leg
from contactcentre.core.call.state import Call

_OF_BOTH = (events.LegHungUp, events.HoldStarted, events.HoldEnded)
_OF_ONE = (events.LegLeashed,)


class SharedLegs:
    """By the name of such a leg, the calls in which it is another's: two at most, for as long as
    their agent talks in them."""

    def __init__(self) -> None:
        self._calls: dict[str, set[str]] = {}
        self._via: dict[str, str] = {}  # of each of these calls

    def note(self, call: Call) -> None:
        """Learn from the call as it is now."""
        offer = call.offer
        via = offer.via if offer is not None and offer.talks else ""
        if via == self._via.get(call.call_id, ""):
            return
        self.forget(call.call_id)
        if via:
            self._via[call.call_id] = via
            self._calls.setdefault(via, set()).add(call.call_id)

    def forget(self, call_id: str) -> None:
        """There is no such call (any more)."""
        via = self._via.pop(call_id, "")
        if via:
            self._calls[via].discard(call_id)
            if not self._calls[via]:
                del self._calls[via]

    def told(
        self, event: events.LegEvent, calls: Mapping[str, Call]
    ) -> tuple[events.LegEvent, ...] | None:
        """The same fact, as those calls know their leg; None where the leg is one call's only. A
        leg that is gone, or whose telephone holds, is so for both; else it is of who has it."""
        if event.offer_id not in self._calls or not isinstance(event, (*_OF_BOTH, *_OF_ONE)):
            return None
        legs = [leg for leg in self._legs(event, calls) if leg.talks]
        here = legs if isinstance(event, _OF_BOTH) else [leg for leg in legs if not leg.away]
        return tuple(replace(event, offer_id=leg.leg_id) for leg in here)

    def _legs(self, event: events.LegEvent, calls: Mapping[str, Call]) -> Iterator[Leg]:
        for call_id in (event.call_id, *sorted(self._calls[event.offer_id])):
            leg = calls[call_id].offer if call_id in calls else None
            if leg is not None and leg.name == event.offer_id:
                yield leg
