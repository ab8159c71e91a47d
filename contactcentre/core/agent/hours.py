"""Opening hours of centres: whose agents are at home now, and when that changes."""

from __future__ import annotations

from collections.abc import Iterable

from contactcentre.core import effects
from contactcentre.core.agent.signals import CentreHours
from contactcentre.core.agent.state import Agent
from contactcentre.core.config.network import Network
from contactcentre.core.timers import Timer

RECHECK_S = 3600.0
"""Timers run by a clock of their own: so often it is held against the calendar again."""


def is_open(network: Network, centre_id: str, at: float) -> bool:
    """A centre without a calendar of its own is always open."""
    calendar = network.calendar_of(centre_id)
    return calendar is None or calendar.state(at) == "open"


def signals(network: Network, agents: Iterable[Agent], at: float) -> tuple[CentreHours, ...]:
    """Word to each agent whose centre has opened or closed."""
    known = [agent for agent in agents if agent.agent_id in network.agents]
    centres = {network.agents[agent.agent_id].centre_id for agent in known}
    opened = {centre_id: is_open(network, centre_id, at) for centre_id in centres}
    return tuple(
        CentreHours(at=at, agent_id=agent.agent_id, opened=now)
        for agent in known
        if agent.closed is (now := opened[network.agents[agent.agent_id].centre_id])
    )


def timers(network: Network, at: float) -> Iterable[effects.Effect]:
    """The next look at the hours: one timer for all centres."""
    used = {centre.calendar_id for centre in network.centres.values()}
    calendars = [network.calendars[name] for name in used if name and name in network.calendars]
    if not calendars:
        return
    changes = (calendar.next_change(at) for calendar in calendars)
    first = min((change for change in changes if change is not None), default=at + RECHECK_S)
    yield effects.StartTimer(kind=Timer.HOURS, key="", seconds=min(max(0.0, first - at), RECHECK_S))
