"""When each agent wants calls, from the recorded states or from changed hours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from contactcentre.whatif.replay.period_log import PeriodLog, Presence
from routing.calendar import Calendar

Will = Literal["come", "pause", "lose_phone", "leave"]

ENGAGED = frozenset({"TALKING", "WRAP_UP"})

BLOCKED = frozenset({"phone", "silent", "microphone", "busy"})
"""Reasons of not being ready that nobody chose: calls were wanted and could not come."""

LEAD_S = 1.0
"""Who is not ready right after a call said so during it: before it ended, by so much at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftStep:
    """What an agent does at that instant."""

    at: float
    agent_id: str
    will: Will
    reason: str = ""


def steps(
    past: PeriodLog, hours: Mapping[str, Calendar], begins_at: float, ends_at: float
) -> list[ShiftStep]:
    """Of all agents, in order of time."""
    states: dict[str, list[Presence]] = defaultdict(list)
    for presence in past.presences:
        states[presence.agent_id].append(presence)
    found: list[ShiftStep] = []
    for agent_id in {**states, **hours}:
        own = states.get(agent_id, [])
        if agent_id in hours:
            found += _by_hours(agent_id, hours[agent_id], own, begins_at, ends_at)
        else:
            found += _recorded(own)
    return sorted(found, key=lambda step: (step.at, step.agent_id))


def _recorded(states: Iterable[Presence]) -> Iterator[ShiftStep]:
    """A step wherever the will changes; being rung, talking and wrapping up are no changes.

    The first may be long before the calls: whoever is ready since then is idle since then.
    """
    before: tuple[Will, str] = ("leave", "")
    engaged = False
    for state in states:
        will = _will(state)
        if will != before:
            lead_s = LEAD_S if engaged else 0.0
            at = state.from_at - lead_s
            yield ShiftStep(at=at, agent_id=state.agent_id, will=will[0], reason=will[1])
        before, engaged = will, state.state in ENGAGED


def _will(state: Presence) -> tuple[Will, str]:
    match state.state:
        case "LOGGED_OUT":
            return "leave", ""
        case "NOT_READY" if state.reason in BLOCKED:
            return "lose_phone", ""
        case "NOT_READY":
            return "pause", state.reason or ""
        case _:
            return "come", ""


def _by_hours(
    agent_id: str,
    hours: Calendar,
    states: Iterable[Presence],
    begins_at: float,
    ends_at: float,
) -> Iterator[ShiftStep]:
    """At work in the hours, but for the recorded breaks that fall into them."""
    pauses = [
        (state.from_at, state.to_at if state.to_at is not None else ends_at, _will(state))
        for state in states
        if _will(state)[0] in ("pause", "lose_phone") and state.reason != "shift"
    ]
    edges = {begins_at, *(edge for start, end, _ in pauses for edge in (start, end))}
    edges.update(_changes(hours, begins_at, ends_at))
    before: tuple[Will, str] = ("leave", "")
    for at in sorted(edge for edge in edges if begins_at <= edge < ends_at):
        will: tuple[Will, str] = ("come", "")
        if hours.state(at) != "open":
            will = ("leave", "")
        else:
            will = next((found for start, end, found in pauses if start <= at < end), will)
        if will != before:
            yield ShiftStep(at=at, agent_id=agent_id, will=will[0], reason=will[1])
        before = will


def _changes(hours: Calendar, begins_at: float, ends_at: float) -> Iterator[float]:
    at = hours.next_change(begins_at)
    while at is not None and at < ends_at:
        yield at
        at = hours.next_change(at)
