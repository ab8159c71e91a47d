"""All agents as they are now: kept, found by their phones, and made what the configuration says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from contactcentre.core import effects, events
from contactcentre.core.agent import hours, signals
from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.orders import agent_orders
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.config.network import Network
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.core.line.matcher import Matcher
from routing.model import AgentProfile

Refuse = Callable[[events.Event, str], None]
"""Told of an event that fits nothing, and why."""


class Staff:
    """The part of World that holds the agents."""

    def __init__(self, matcher: Matcher, refuse: Refuse) -> None:
        self.agents: dict[str, Agent] = {}
        self.touched: dict[str, Agent] = {}
        self._matcher = matcher
        self._refuse = refuse
        self._rules = OfferRules()
        self._network = Network(version=0)
        self._stood: set[str] = set()
        self._by_endpoint: dict[str, str] = {}

    def put(self, agent: Agent) -> None:
        """The agent as it is now."""
        self.agents[agent.agent_id] = agent
        self.touched[agent.agent_id] = agent
        self._matcher.stand_agent(agent)

    def at_endpoint(self, endpoint: str) -> Agent | None:
        """Whose phone it is."""
        return self.agents.get(self._by_endpoint.get(endpoint, ""))

    def step(self, agent_id: str, event: events.Event) -> list[effects.Effect]:
        """One event for one agent; the orders that follow."""
        agent = self.agents.get(agent_id)
        if agent is None:
            self._refuse(event, "unknown agent")
            return []
        if isinstance(event, signals.OfferOver):
            rest_s = self._rules.rest_s(event.result)
            event = replace(event, rest_s=rest_s, misses=self._rules.misses)
        try:
            after = agent_table.step(agent, event)
        except events.Illegal:
            self._refuse(event, agent.state.value)
            return []
        if after == agent:
            return []
        self.put(after)
        return agent_orders(agent, after, event.at)

    def publish(self, network: Network) -> None:
        """Whoever is new is here, logged out; everybody stands where the new rules say."""
        self._rules = network.offers
        self._network = network
        for agent_id, profile in network.agents.items():
            self.put(self.agents.get(agent_id) or _newcomer(profile))
        self._index()

    def conform(self, network: Network, at: float) -> list[effects.Effect]:
        """Names, phones and devices are what the configuration says."""
        orders: list[effects.Effect] = []
        for agent_id, profile in network.agents.items():
            changed = signals.ProfileChanged(
                at=at,
                name=profile.name,
                endpoint=profile.endpoint,
                browser=profile.device == "browser",
                mobile=profile.device == "mobile",
            )
            orders += self.step(agent_id, changed)
        self._index()
        return orders

    def review_hours(self, at: float) -> list[effects.Effect]:
        """Centres may have opened or closed."""
        orders: list[effects.Effect] = []
        for agent_id, signal in hours.signals(self._network, self.agents.values(), at):
            orders += self.step(agent_id, signal)
        return [*orders, *hours.timers(self._network, at)]

    def review_cap(self, centre_id: str, at: float) -> Iterable[effects.Effect]:
        """A centre may have taken enough calls from afar for now, or no more."""
        caps = self._matcher.caps
        if caps.review(centre_id, at):
            for agent_id, profile in self._network.agents.items():
                if profile.centre_id == centre_id:
                    self._matcher.stand_agent(self.agents[agent_id])
                    self._stood.add(agent_id)
        return caps.timers(centre_id, at)

    def review_caps(self, at: float) -> list[effects.Effect]:
        """All centres."""
        return [order for key in self._network.centres for order in self.review_cap(key, at)]

    def free_anew(self) -> list[str]:
        """Whose turn to be matched it may be: changed, or standing elsewhere, since last asked."""
        stood, self._stood = self._stood, set()
        return [*self.touched, *sorted(stood - self.touched.keys())]

    def strangers(self, network: Network) -> Iterable[str]:
        """Who is logged in but in the configuration no more."""
        for agent in list(self.agents.values()):
            if agent.agent_id not in network.agents and agent.state is not State.LOGGED_OUT:
                yield agent.agent_id

    def _index(self) -> None:
        self._by_endpoint = {agent.endpoint: key for key, agent in self.agents.items()}


def _newcomer(profile: AgentProfile) -> Agent:
    return Agent(
        agent_id=profile.agent_id,
        endpoint=profile.endpoint,
        name=profile.name,
        browser=profile.device == "browser",
        mobile=profile.device == "mobile",
    )
