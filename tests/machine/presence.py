"""Who counts as there, found out again: phones that do not ring, and agents without a phone.

It goes by what was told and by what the exchange knows of its dials; of World it takes for given
where agents are, which phones are connected, and how offers end.
"""

from __future__ import annotations

from collections.abc import Iterable

from exchange import Exchange

from contactcentre.core import acts, commands, events
from contactcentre.core.agent.absence import LOOK_AGAIN_S
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.outcomes import Result
from contactcentre.core.world import World

FREE = (State.READY, State.NOT_READY)

TICK_S = 0.2
"""Of two clocks that are read one after the other."""


class Presence:
    """Told of World after every event."""

    def __init__(self, rules: Iterable[float]) -> None:
        """`rules`: for how long an agent may be away, by each configuration that there is."""
        self.shortest_s, self.longest_s = min(rules := tuple(rules)), max(rules)
        self.mistrusted: set[str] = set()  # whose phone did not ring
        self.given_up: dict[str, str] = {}  # in which offer
        self.without: dict[str, float] = {}  # free and without a phone, since when
        self.disturbed_at = 0.0  # not all could be heard until then

    def set_clock(self, by_s: float) -> None:
        """Whatever was seen was so much later (or earlier) by the clock as it is now."""
        self.without = {agent_id: at + by_s for agent_id, at in self.without.items()}
        self.disturbed_at += by_s

    def disturb(self, at: float) -> None:
        """The link, the service or the lag is not what it was."""
        self.disturbed_at = at

    def note(self, world: World, exchange: Exchange, event: events.Event, at: float) -> None:
        """Learn from the event, and hold World against it."""
        if isinstance(event, events.ServiceStarted | events.SnapshotTaken | events.TelephonyLost):
            self.disturb(at)
        self._mistrust(world, exchange, event)
        self.mistrusted &= world.agents.keys()  # who was taken out is forgotten with a restart
        silent = {agent.agent_id for agent in world.agents.values() if agent.silent}
        assert silent == self.mistrusted, event
        for agent in world.agents.values():
            self._note_absence(world, agent, event, at)

    # --- phones that do not ring -----------------------------------------------------------

    def _mistrust(self, world: World, exchange: Exchange, event: events.Event) -> None:
        for agent_id, agent in world.touched_agents.items():
            if self._shows_life(world.former_agents.get(agent_id), agent, event):
                self.mistrusted.discard(agent_id)
        if not isinstance(event, events.TimerFired) or event.kind != "silent":
            return
        call = world.touched_calls.get(event.key.rpartition("-")[0])
        for leg in call.offers if call is not None else ():
            if leg.leg_id == event.key:
                assert leg.result is Result.UNREACHABLE
                late = bool(exchange.manager)  # not all has been told
                assert late or leg.leg_id in exchange.unrung, "its phone had rung"
                self.mistrusted.add(leg.agent_id)
                self.given_up[leg.agent_id] = leg.leg_id

    def _shows_life(self, before: Agent | None, agent: Agent, event: events.Event) -> bool:
        """By a click of the agent, or of a supervisor who vouches for it, or by the phone."""
        talks = agent.state is State.TALKING
        other = before is None or (before.endpoint, before.mobile) != (agent.endpoint, agent.mobile)
        match event:
            case commands.ReadyChosen() | acts.ReadyForced():
                return event.agent_id == agent.agent_id
            case commands.AgentLoggedIn():
                return before is not None and before.state is State.LOGGED_OUT
            case events.PhoneSeen():
                return event.reachable and event.endpoint == agent.endpoint
            case events.LegRang():
                return event.offer_id == self.given_up.get(agent.agent_id)
            case events.PhoneBusy():
                return event.busy and event.endpoint == agent.endpoint
            case events.SnapshotTaken():
                came = before is not None and agent.phone and not before.phone
                return came or (agent.busy and not (before and before.busy)) or talks
            case _:
                return talks or other

    def look_at_dials(self, world: World, exchange: Exchange) -> None:
        """Nobody waits for a phone that does not ring longer than the rules allow, while all can
        be heard; and whoever is not rung is blamed for nothing."""
        for caller in exchange.callers.values():
            dial = caller.dial
            if dial is None or dial.rang or dial.answered or dial.auto:
                continue
            since = max(dial.since, self.disturbed_at)
            assert exchange.at - since <= exchange.limit_s + TICK_S, dial
        for call in world.calls.values():
            for leg in call.offers:
                heard = leg.dialed_at is not None and leg.dialed_at > self.disturbed_at
                if heard and leg.leg_id in exchange.unrung:
                    assert leg.result is not Result.MISSED, leg

    # --- agents without a phone ------------------------------------------------------------

    def _note_absence(self, world: World, agent: Agent, event: events.Event, at: float) -> None:
        reachable = (agent.phone or agent.mobile) and agent.agent_id not in self.mistrusted
        before = world.former_agents.get(agent.agent_id)
        gone = agent.state is State.LOGGED_OUT and agent.reason == "absent"
        if gone and before is not None and before.state is not State.LOGGED_OUT:
            assert isinstance(event, events.TimerFired)
            assert world.telephony
            assert at - self.without[agent.agent_id] >= self.shortest_s - TICK_S, agent
        if agent.state in FREE and not reachable:
            self.without.setdefault(agent.agent_id, event.at)
        else:
            self.without.pop(agent.agent_id, None)

    def look_at_absence(self, at: float) -> None:
        """Nobody counts as there for longer than that, while all can be heard."""
        for agent_id, since in self.without.items():
            away_s = at - max(since, self.disturbed_at)
            assert away_s <= self.longest_s + LOOK_AGAIN_S + TICK_S, (agent_id, away_s)
