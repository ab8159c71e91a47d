"""The machine of one rule, pure: what a look at its figure makes of it.

A rule is calm or raised. On its way from one to the other it holds: the figure has to stay beyond
the threshold (or within the line where it clears) for so many seconds without a break. Seconds are
added up from look to look, each bounded, so that a clock that is set, or a service that stood
still, turns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from contactcentre.features.alerts.document import AlertRule

LONGEST_STEP_S: Final = 15.0
"""Between two looks no more than this is known to have passed; the board goes round in ten."""

Turned = Literal["", "raised", "cleared"]


@dataclass(frozen=True, slots=True)
class Watched:
    """One rule's state. `held_s`: for how long it has been on its way; None where it is not."""

    raised: bool = False
    held_s: float | None = None
    peak: float = 0.0  # the worst since it was raised


CALM: Final = Watched()


def step(
    rule: AlertRule, before: Watched, value: float | None, dt_s: float, *, awake: bool
) -> tuple[Watched, Turned]:
    """The state after a look, `dt_s` after the one before, and whether it has turned.

    What has no value is not beyond the threshold, and clears like a good one. Asleep, a rule raises
    nothing and is on no way to; what stands may clear.
    """
    if not before.raised:
        if value is None or not awake or not _beyond(rule, value):
            return (CALM if before.held_s is not None else before), ""
        held_s = _held(before, dt_s)
        if held_s < rule.after_s:
            return Watched(held_s=held_s), ""
        return Watched(raised=True, peak=value), "raised"
    if value is not None and not _calm(rule, value):
        return _worst(rule, before, value), ""
    held_s = _held(before, dt_s)
    return (
        (replace(before, held_s=held_s), "") if held_s < rule.clears_after_s else (CALM, "cleared")
    )


def _held(before: Watched, dt_s: float) -> float:
    """The first look begins it."""
    if before.held_s is None:
        return 0.0
    return before.held_s + min(max(dt_s, 0.0), LONGEST_STEP_S)


def _beyond(rule: AlertRule, value: float) -> bool:
    return value > rule.threshold if rule.side == "above" else value < rule.threshold


def _calm(rule: AlertRule, value: float) -> bool:
    return value <= rule.clears if rule.side == "above" else value >= rule.clears


def _worst(rule: AlertRule, before: Watched, value: float) -> Watched:
    worse = value > before.peak if rule.side == "above" else value < before.peak
    if not worse and before.held_s is None:
        return before
    return Watched(raised=True, peak=value if worse else before.peak)
