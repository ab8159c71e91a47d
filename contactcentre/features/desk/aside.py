"""Who else is in a call, or should have been: as its agent sees it, and as that one does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from agents_ui.desk import port
from contactcentre.core.agent.state import Agent
from contactcentre.core.call.leg import ASIDE, Leg, Party, Purpose
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Result

InVain = Literal["missed", "rejected", "busy", "unreachable"]
_IN_VAIN: Final[Mapping[Result, InVain]] = {
    Result.MISSED: "missed",
    Result.REJECTED: "rejected",
    Result.BUSY: "busy",
    Result.UNREACHABLE: "unreachable",
}


def aside_of(call: Call, agent: Agent) -> Leg | None:
    """The leg by which the agent is in another agent's call; None in one of the agent's own."""
    leg = call.aside
    return leg if leg is not None and leg.agent_id == agent.agent_id else None


def aside_view(call: Call, network: Network) -> port.AsideView | None:
    """Whoever else is in the call, for its agent."""
    leg = call.aside
    if leg is None:
        return None
    name, centre = _who(leg, network)
    return port.AsideView(
        name=name,
        centre=centre,
        outside=leg.party is Party.OUTSIDE,
        passes=leg.purpose is Purpose.PASSED,
        since=leg.answered_at or leg.at,
        talks=leg.talks,
        hears=call.talk.hears.value,
    )


def asked_view(call: Call, network: Network) -> port.AskedView | None:
    """Who asks, for whoever is asked."""
    leg = call.aside
    profile = network.agents.get(leg.by) if leg is not None else None
    if leg is None or profile is None:
        return None
    return port.AskedView(
        name=profile.name,
        centre=_centre(profile.centre_id, network),
        passes=leg.purpose is Purpose.PASSED,
        hears=call.talk.hears.value,
    )


def taker_view(call: Call, network: Network) -> port.TakerView | None:
    """Who would take the caller over, for whom has it."""
    profile = network.agents.get(call.talk.taker)
    if profile is None or call.phase not in (Phase.TALKING, Phase.HELD):
        return None
    return port.TakerView(agent_id=profile.agent_id, name=profile.name)


def tried_view(call: Call, network: Network) -> port.TriedView | None:
    """Who was not reached just now, and why."""
    last = next((leg for leg in reversed(call.legs) if leg.purpose in ASIDE), None)
    if last is None or last.result is None or (last.ended_at or 0.0) < call.since:
        return None
    result = _IN_VAIN.get(last.result)
    return port.TriedView(name=_who(last, network)[0], result=result) if result else None


def _who(leg: Leg, network: Network) -> tuple[str, str]:
    profile = network.agents.get(leg.agent_id)
    if profile is None:
        return leg.number, ""
    return profile.name, _centre(profile.centre_id, network)


def _centre(centre_id: str, network: Network) -> str:
    centre = network.centres.get(centre_id)
    return centre.brief if centre is not None else ""
