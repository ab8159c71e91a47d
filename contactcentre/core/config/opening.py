"""What the menus may know of opening hours, found out when they ask and not before.

A network has hundreds of calendars, and a caller in a menu mostly asks for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Literal

from contactcentre.core.config.network import Network
from ivr.orders import OWN, Opening
from ivr.say import Again
from routing.calendar import LOCAL, Calendar, local_day
from routing.scope import Place

OTHERS = 3
"""How many open centres a caller is told of."""


class States(Mapping[str, str]):
    """Calendar by name, and OWN for that of the dialled number, to its state at an instant."""

    def __init__(self, network: Network, dialled: str, at: float) -> None:
        self._network = network
        self._dialled = dialled
        self._at = at

    def __getitem__(self, name: str) -> str:
        own = self._network.own_calendar(self._dialled) if name == OWN else None
        return (own or self._network.calendars[name]).state(self._at)

    def __iter__(self) -> Iterator[str]:
        return iter((OWN, *self._network.calendars))

    def __len__(self) -> int:
        return len(self._network.calendars) + 1


def name(number: str) -> str:
    """The prompt that names a hotline; its text is the hotline's label."""
    return f"name/{number}"


def is_answered(network: Network, dialled: str, at: float) -> bool:
    """Whether that number is, by its own hours or by those of the network."""
    both = network.own_calendar(dialled), network.calendars.get(network.default_calendar)
    return any(one is None or one.state(at) == "open" for one in both)


def opening(network: Network, dialled: str, at: float) -> Opening | None:
    """The hours of whoever was dialled; None where nobody has filled in any."""
    calendar = network.own_calendar(dialled)
    if calendar is None:
        return None
    own, common = calendar.next_opening(at), _common_opening(network, at)
    sooner = common is not None and (own is None or common < own)
    return Opening(
        weekly=calendar.weekly,
        why=_why(calendar, at),
        again=_seen_from(at, own),
        sooner=_seen_from(at, common) if sooner else None,
        others=tuple(islice(_others(network, network.hotline(dialled).centre_id, at), OTHERS)),
    )


def _why(calendar: Calendar, at: float) -> Literal["", "holiday", "moved"]:
    day = local_day(at)
    if calendar.state(at) == "holiday":
        return "holiday"
    off = day.isoformat() in calendar.moved.values() and not calendar.on(day)[1]
    return "moved" if off else ""


def _common_opening(network: Network, at: float) -> float | None:
    common = network.calendars.get(network.default_calendar)
    return common.next_opening(at) if common is not None else None


def _seen_from(at: float, then: float | None) -> Again | None:
    if then is None:
        return None
    local = datetime.fromtimestamp(then, LOCAL)
    ahead = local.date() - local_day(at)
    return Again(
        days_ahead=ahead.days,
        weekday=local.weekday(),
        day=local.day,
        month=local.month,
        minute=local.hour * 60 + local.minute,
    )


def _others(network: Network, home: str | None, at: float) -> Iterator[str]:
    """Names of the centres that are open, those of the same municipality and region first."""
    place = network.place(home)
    numbers: dict[str, str] = {}
    for hotline in network.hotlines.values():
        if hotline.centre_id is not None and hotline.centre_id != home:
            numbers.setdefault(hotline.centre_id, hotline.number)
    for distance in range(3):
        for centre_id, number in sorted(numbers.items(), key=lambda pair: pair[1]):
            near = _distance(place, network.place(centre_id)) == distance
            calendar = network.calendar_of(centre_id) if near else None
            if calendar is not None and calendar.state(at) == "open":
                yield name(number)


def _distance(one: Place, other: Place) -> int:
    """0 within a municipality, 1 within a region, else 2."""
    if one.municipality and one.municipality == other.municipality:
        return 0
    return 1 if one.region and one.region == other.region else 2
