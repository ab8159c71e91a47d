"""What the hotline dials: how often each number and for each agent, and whether once more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from contactcentre.core.call.leg import Leg, Party
from contactcentre.core.call.move import Change, Follow
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from routing.recent import Recent

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S

Barred = Literal["", "prefix", "number", "agent"]
"""Why nobody may be dialled: the number is none that is dialled at all, or it was dialled often
enough, or this agent has had others dialled often enough."""


class Dials:
    """Told of every call as it changes. A restart knows of the calls that the journal gives it."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._numbers = Recent(DAY_S)
        self._agents = Recent(DAY_S)

    def publish(self, network: Network) -> None:
        """A new configuration."""
        self._network = network

    def restore(self, calls: Iterable[Call]) -> None:
        """Count again what was dialled in these calls."""
        dialled = [(leg.at, call, leg) for call in calls for leg in call.legs if _has_left(leg)]
        for at, call, leg in sorted(dialled, key=lambda one: one[0]):
            self._count(call, leg, at)

    def move(self, by_s: float) -> None:
        """The wall clock was set."""
        self._numbers.move(by_s)
        self._agents.move(by_s)

    def saw(self, change: Change) -> tuple[Follow, ...]:
        """Count the legs that have just left the exchange; nothing follows. A dial for which there
        was no line is none."""
        if not change.of_legs:
            return ()
        known = change.before.legs if change.before is not None else ()
        left = {leg.leg_id for leg in known if _has_left(leg)}
        for leg in change.after.legs:
            if _has_left(leg) and leg.leg_id not in left:
                self._count(change.after, leg, change.at)
        return ()

    def _count(self, call: Call, leg: Leg, at: float) -> None:
        if leg.party is Party.AGENT:
            self._numbers.note(self._mobile(leg.agent_id), at)
        elif leg.party is Party.CITIZEN:
            self._numbers.note(call.caller or "", at)
            agents = [each.agent_id for each in call.legs if each.party is Party.AGENT]
            self._agents.note(agents[-1] if agents else "", at)
        elif leg.by:
            self._numbers.note(leg.number, at)
            self._agents.note(leg.by, at)

    def number_barred(self, number: str | None, at: float) -> Barred:
        """Why this citizen may not be rung now, by anybody."""
        limits = self._network.limits
        if number is None or not limits.may_dial(number):
            return "prefix"
        most = (limits.number_per_hour, limits.number_per_day)
        return "number" if _reached(self._numbers, number, most, at) else ""

    def barred(self, number: str | None, agent_id: str, at: float) -> Barred:
        """Why this agent may not ring this citizen now."""
        limits = self._network.limits
        most = (limits.agent_per_hour, limits.agent_per_day)
        by_agent: Barred = "agent" if _reached(self._agents, agent_id, most, at) else ""
        return self.number_barred(number, at) or by_agent

    def mobile_barred(self, agent_id: str, at: float) -> bool:
        """Whether an agent answers on a mobile that was dialled as often as may be."""
        return self._network.device(agent_id)[0] == "mobile" and self.used_up(agent_id, at)

    def used_up(self, agent_id: str, at: float) -> bool:
        """Whether an agent's mobile, in use or not, was dialled as often as may be."""
        limits, number = self._network.limits, self._mobile(agent_id)
        most = (limits.mobile_per_hour, limits.mobile_per_day)
        return bool(number) and _reached(self._numbers, number, most, at)

    def _mobile(self, agent_id: str) -> str:
        profile = self._network.agents.get(agent_id)
        return profile.mobile if profile is not None else ""


def _has_left(leg: Leg) -> bool:
    return leg.goes_out and (leg.dialed_at is not None or leg.answered_at is not None)


def _reached(recent: Recent, key: str, most: tuple[int, int], at: float) -> bool:
    per_hour, per_day = most
    return recent.count(key, HOUR_S, at) >= per_hour or recent.count(key, DAY_S, at) >= per_day
