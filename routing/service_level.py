"""The formulae, all of them, each as it is printed on every report.

wait = queue entry to answer or abandon
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

    @property
    def service_level(self) -> float | None:
        """0..1; None without calls."""
        counted = self.answered + self.abandoned
        return self.within / counted if counted else None

    @property
    def average_speed_of_answer_s(self) -> float | None:
        """ASA; None without answered calls."""
        return self.wait_sum_s / self.answered if self.answered else None


def level(calls: Iterable[Queued]) -> Level:
    """Add up."""
    answered = abandoned = short = within = 0
    wait_sum_s = 0.0
    for call in calls:
        if call.answered:
            answered += 1
            wait_sum_s += call.wait_s
            within += call.wait_s <= call.within_s
        elif call.short_abandon:
            short += 1
        else:
            abandoned += 1
    return Level(
        answered=answered,
        abandoned=abandoned,
        short_abandoned=short,
        within=within,
        wait_sum_s=wait_sum_s,
    )
