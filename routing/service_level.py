"""The formulae, all of them, each as it is printed on every report.

wait = queue entry to answer or abandon
offered = answered + abandoned + short abandons + left otherwise (+ those who wait still)
service level = answered within T / (answered + abandoned - short abandons)
ASA = sum of the waits of the answered / answered
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One call that has left its queue."""

    queue: str
    left_at: float
    wait_s: float
    answered: bool
    within_s: float  # T of its queue
    short_s: float  # the queue's threshold of a short abandon
    otherwise: bool = False  # to be rung back, with a message, turned away, lost, ...
    # What else it is counted under, by dimension and id: `("centre", "ludza")`.
    under: tuple[tuple[str, str], ...] = ()

    @property
    def short_abandon(self) -> bool:
        """Abandoned so soon that the hotline could not have answered."""
        return not self.answered and self.wait_s < self.short_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What a set of queued calls comes to."""

    answered: int = 0
    abandoned: int = 0  # short ones left out
    short_abandoned: int = 0
    within: int = 0
    wait_sum_s: float = 0.0
    otherwise: int = 0  # in line, and neither answered nor abandoned

    @property
    def offered(self) -> int:
        """Whoever has come into the line and is in it no more."""
        return self.answered + self.abandoned + self.short_abandoned + self.otherwise

    @property
    def service_level(self) -> float | None:
        """0..1; None without calls."""
        counted = self.answered + self.abandoned
        return self.within / counted if counted else None

    @property
    def average_speed_of_answer_s(self) -> float | None:
        """ASA; None without answered calls."""
        return self.wait_sum_s / self.answered if self.answered else None

    def __add__(self, other: Level) -> Level:
        """Both together."""
        return Level(
            answered=self.answered + other.answered,
            abandoned=self.abandoned + other.abandoned,
            short_abandoned=self.short_abandoned + other.short_abandoned,
            within=self.within + other.within,
            wait_sum_s=self.wait_sum_s + other.wait_sum_s,
            otherwise=self.otherwise + other.otherwise,
        )


def of(call: Queued) -> Level:
    """What one call comes to."""
    if call.answered:
        return Level(answered=1, within=int(call.wait_s <= call.within_s), wait_sum_s=call.wait_s)
    if call.otherwise:
        return Level(otherwise=1)
    return Level(short_abandoned=1) if call.short_abandon else Level(abandoned=1)


def level(calls: Iterable[Queued]) -> Level:
    """Add up."""
    return sum((of(call) for call in calls), Level())
