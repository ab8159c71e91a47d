"""A promise to ring a citizen back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What a call knows that is a promise to ring back."""

    asked_in: str  # the id of the call in which it was asked for
    asked_at: float
    due_at: float  # promised by then
    attempts: int = 0  # how often the citizen was rung
    unsent: int = 0  # how often since then no line led out
    not_before: float = 0.0
    taken_by: str = ""  # the call in which the citizen has rung in, and waits in this place
