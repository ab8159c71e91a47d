"""What a simulated day comes to: waits, service level and occupancy, in all and by home centre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from routing.service_level import Level, level
from routing.simulation import SimulatedDeparture, Times


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Figures of a set of calls; waits in seconds, of all calls, answered or not."""

    level: Level
    at_once: int  # answered without any wait
    p50_s: float
    p90_s: float
    p99_s: float
    longest_s: float

    @property
    def calls(self) -> int:
        """All of them, short abandons too."""
        return self.level.answered + self.level.abandoned + self.level.short_abandoned

    @property
    def abandonment(self) -> float | None:
        """Abandoned / (answered + abandoned), short ones left out of both; None without calls."""
        counted = self.level.answered + self.level.abandoned
        return self.level.abandoned / counted if counted else None

    @property
    def answered_at_once(self) -> float | None:
        """Answered without any wait / all calls; None without calls."""
        return self.at_once / self.calls if self.calls else None


def tally(departures: Sequence[SimulatedDeparture]) -> Tally:
    """Add up."""
    waits = sorted(departure.wait_s for departure in departures)
    return Tally(
        level=level(departure.queued for departure in departures),
        at_once=sum(each.agent is not None and each.wait_s <= 0 for each in departures),
        p50_s=percentile(waits, 50),
        p90_s=percentile(waits, 90),
        p99_s=percentile(waits, 99),
        longest_s=waits[-1] if waits else 0.0,
    )


def by_centre(departures: Iterable[SimulatedDeparture]) -> dict[str, Tally]:
    """By the home centre of the calls, in order of its id."""
    groups: dict[str, list[SimulatedDeparture]] = {}
    for departure in departures:
        groups.setdefault(departure.call.home.centre, []).append(departure)
    return {centre: tally(groups[centre]) for centre in sorted(groups)}


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The nearest rank: the smallest value that `percent` of the values do not exceed."""
    return ordered[max(0, ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0


def occupancy(times: Mapping[str, Times]) -> float | None:
    """(talk + hold + ACW) / (that + ready) over all agents; None if nobody was there."""
    handling_s = sum(each.handling_s for each in times.values())
    present_s = handling_s + sum(each.ready_s for each in times.values())
    return handling_s / present_s if present_s else None
