"""Agents as the configuration has them: newcomers, changes, and those who are in it no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcentre.core.agent.signals import ProfileChanged
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.commands import AgentLoggedOut
from contactcentre.core.config.network import Network
from routing.model import AgentProfile


def newcomer(profile: AgentProfile) -> Agent:
    """An agent of whom nothing is known yet."""
    return Agent(
        agent_id=profile.agent_id,
        endpoint=profile.endpoint,
        name=profile.name,
        browser=profile.device == "browser",
        mobile=profile.device == "mobile",
    )


def changes(network: Network, at: float) -> Iterator[ProfileChanged]:
    """Names, phones and devices are what the configuration says."""
    for profile in network.agents.values():
        known = newcomer(profile)
        yield ProfileChanged(
            at=at,
            agent_id=known.agent_id,
            name=known.name,
            endpoint=known.endpoint,
            browser=known.browser,
            mobile=known.mobile,
        )


def departures(network: Network, agents: Iterable[Agent], at: float) -> Iterator[AgentLoggedOut]:
    """Whoever is logged in but in the configuration no more is logged out."""
    for agent in agents:
        if agent.agent_id not in network.agents and agent.state is not State.LOGGED_OUT:
            yield AgentLoggedOut(at=at, agent_id=agent.agent_id)
