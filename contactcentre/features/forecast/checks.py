"""Whether what people write of shifts, events and rules can be so: all faults, as codes."""

from __future__ import annotations

from agents_ui.staffing.port import (
    LONGEST_EVENT_DAYS,
    MOST_AGENTS,
    MOST_FACTOR,
    MOST_NOTE,
    ForecastEvent,
    Shift,
    StaffingRefused,
    StaffingRules,
)
from contactcentre.core.config.network import Network

DAY_MIN = 24 * 60
MOST_AWAY = 0.9


def shift(one: Shift, network: Network) -> None:
    """Raises `StaffingRefused`."""
    least = 1 if one.day is None else -MOST_AGENTS
    _refuse(
        when=(one.weekday is None) == (one.day is None)
        or (one.weekday is not None and not 0 <= one.weekday <= 6),
        times=not 0 <= one.begins_min < one.ends_min <= DAY_MIN
        or bool(one.begins_min % 15 or one.ends_min % 15),
        agents=not least <= one.agents <= MOST_AGENTS or not one.agents,
        centre=bool(one.centre) and one.centre not in network.centres,
        queue=bool(one.queue) and one.queue not in network.queues,
    )


def event(one: ForecastEvent, network: Network) -> None:
    """Raises `StaffingRefused`."""
    _refuse(
        dates=not 0 <= (one.last - one.first).days < LONGEST_EVENT_DAYS,
        factor=not 0 <= one.factor <= MOST_FACTOR,
        note=not 0 < len(one.note.strip()) <= MOST_NOTE,
        queue=bool(one.queue) and one.queue not in network.queues,
    )


def rules(one: StaffingRules) -> None:
    """Raises `StaffingRefused`."""
    _refuse(away=not 0 <= one.away <= MOST_AWAY, most_abandoned=not 0 < one.most_abandoned <= 1)


def _refuse(**problems: bool) -> None:
    found = [code for code, wrong in problems.items() if wrong]
    if found:
        raise StaffingRefused(found)
