"""Opening hours of centres: whose agents are at home now, and when that changes."""

from __future__ import annotations

from collections.abc import Iterable

from contactcentre.core import effects
from contactcentre.core.agent.signals import CentreHours
from contactcentre.core.agent.state import Agent
from contactcentre.core.config.network import Network
from contactcentre.core.timers import Timer
from routing.calendar import Calendar, local_day

RECHECK_S = 3600.0
"""Timers run by a clock of their own: so often it is held against the calendar again."""


def is_open(network: Network, centre_id: str, at: float) -> bool:
    """A centre without a calendar of its own is always open."""
    calendar = network.calendar_of(centre_id)
    return calendar is None or calendar.state(at) == "open"


def signals(network: Network, agents: Iterable[Agent], at: float) -> tuple[CentreHours, ...]:
    """Word to each agent whose centre has opened or closed, or had in the night that we missed."""
    known = [agent for agent in agents if agent.agent_id in network.agents]
    centres = {network.agents[agent.agent_id].centre_id for agent in known}
    opened = {centre_id: is_open(network, centre_id, at) for centre_id in centres}
    told = []
    for agent in known:
        now = opened[centre_id := network.agents[agent.agent_id].centre_id]
        new_day = now and _is_of_another_day(agent, network.calendar_of(centre_id), at)
        if agent.closed is now or new_day:
            told.append(CentreHours(at=at, agent_id=agent.agent_id, opened=now, new_day=new_day))
    return tuple(told)


def _is_of_another_day(agent: Agent, calendar: Calendar | None, at: float) -> bool:
    """Whether the agent wanted calls on a day before, and the centre was shut since."""
    if calendar is None or not agent.wants_ready or local_day(at) == local_day(agent.ready_at):
        return False
    change = calendar.next_change(agent.ready_at)
    return change is not None and change <= at


def timers(network: Network, at: float) -> Iterable[effects.Effect]:
    """The next look at the hours: one timer for all centres."""
    used = {centre.calendar_id for centre in network.centres.values()}
    calendars = [network.calendars[name] for name in used if name and name in network.calendars]
    if not calendars:
        return
    changes = (calendar.next_change(at) for calendar in calendars)
    first = min((change for change in changes if change is not None), default=at + RECHECK_S)
    yield effects.StartTimer(kind=Timer.HOURS, key="", seconds=min(max(0.0, first - at), RECHECK_S))
