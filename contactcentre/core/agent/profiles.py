"""Agents as the configuration has them: newcomers, changes, and those who are in it no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcentre.core.agent.signals import ProfileChanged
from contactcentre.core.agent.state import Agent, AgentPhone, State
from contactcentre.core.commands import AgentLoggedOut
from contactcentre.core.config.network import Network
from routing.model import AgentProfile


def newcomer(profile: AgentProfile) -> Agent:
    """An agent of whom nothing is known yet."""
    rings, *others = profile.phones
    return Agent(
        agent_id=profile.agent_id,
        endpoint=rings,
        name=profile.name,
        browser=profile.device == "browser",
        mobile=profile.device == "mobile",
        spare=AgentPhone(endpoint=others[0]) if others else None,
    )


def change(profile: AgentProfile, at: float) -> ProfileChanged:
    """Name, phones and device are what the configuration says, and the agent has chosen."""
    return ProfileChanged(
        at=at,
        agent_id=profile.agent_id,
        name=profile.name,
        phones=profile.phones,
        devices=profile.devices,
        browser=profile.device == "browser",
        mobile=profile.device == "mobile",
    )


def departures(network: Network, agents: Iterable[Agent], at: float) -> Iterator[AgentLoggedOut]:
    """Whoever is logged in but in the configuration no more is logged out."""
    for agent in agents:
        if agent.agent_id not in network.agents and agent.state is not State.LOGGED_OUT:
            yield AgentLoggedOut(at=at, agent_id=agent.agent_id)
