"""What an agent answers on, chosen by the agent: who may, and what it means for a talk.

A talk moves with it: its citizen hears music while the other device rings, and is back where the
talk was if nobody takes it there. What that does to the call stands in its table; here is what
needs the agent, the network and the limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from contactcentre.core import commands
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call import signals
from contactcentre.core.call.move import Follow
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.line.matcher import Matcher
from routing.model import AgentProfile, Device

_MOVABLE: Final = (Phase.TALKING, Phase.HELD, Phase.REJOINING)


class DeviceSight(Protocol):
    """What of World it goes by."""

    calls: dict[str, Call]
    agents: dict[str, Agent]
    network: Network
    telephony: bool
    matcher: Matcher


def obstacle(sight: DeviceSight, event: commands.DeviceChosen) -> str:
    """Why it cannot be chosen; "" nothing."""
    profile, agent = sight.network.agents.get(event.agent_id), sight.agents.get(event.agent_id)
    if profile is None or agent is None:
        return "unknown agent"
    if event.device not in profile.devices:
        return "none"
    if agent.state is not State.TALKING or event.device == profile.device:
        return ""
    call = sight.calls.get(agent.call_id or "")
    if call is None or call.phase not in _MOVABLE or agent.beside is not None:
        return "in more than one talk"
    if not sight.telephony:
        return "no telephony"
    return "" if _rings(sight, event, agent, profile) else "no phone"


def _rings(
    sight: DeviceSight, event: commands.DeviceChosen, agent: Agent, profile: AgentProfile
) -> bool:
    """Whether a citizen may wait for it: a page registers as soon as it is told."""
    if event.device == "mobile":
        return not sight.matcher.dials.used_up(event.agent_id, event.at)
    here = (one.reachable for one in agent.phones if one.endpoint == profile.table)
    return event.device == "browser" or any(here)


def moved(sight: DeviceSight, event: commands.DeviceChosen, former: Device) -> Iterator[Follow]:
    """The talk at hand, if there is one, goes along."""
    agent = sight.agents[event.agent_id]
    call = sight.calls.get(agent.call_id or "")
    now = sight.network.device(event.agent_id)[0]
    if agent.state is State.TALKING and call is not None and now != former:
        yield signals.SoundMoved(at=event.at, call_id=call.call_id, former=former)


def back(sight: DeviceSight, call: Call, at: float) -> commands.DeviceChosen | None:
    """To where the talk was that nobody took on the other device; None where that cannot be."""
    agent_id, former = call.talk.agent_id, call.talk.moved_from
    if agent_id is None or former is None:
        return None
    chosen = commands.DeviceChosen(at=at, agent_id=agent_id, device=former)
    return None if obstacle(sight, chosen) else chosen
