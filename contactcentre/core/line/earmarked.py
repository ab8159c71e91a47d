"""A call that was given to one agent stands in that agent's own circle, before all others.

It is everybody's again when its time is up, when the agent is at work no more, and after an offer
that came to nothing.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from contactcentre.core.call import demand
from contactcentre.core.call.queueing import Earmark
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from routing.circles import TICK_S, Stage
from routing.scope import Scope

FIRST_S: Final = 1e9
"""So much earlier than its own is the place of a call that goes before all others."""


def stage_alone(call: Call, at: float, network: Network, working: Container[str]) -> Stage | None:
    """Where it stands meanwhile; None: like every call."""
    given = _in_force(call, at, working)
    if given is None:
        return None
    return Stage(
        circle=0,
        opens_s=0.0,
        scope=Scope("agent", given.agent_id),
        requirement=demand.asks_at_last(call, network),
        next_in_s=given.until - at,
    )


def is_over(call: Call, at: float, working: Container[str]) -> bool:
    """Whether it was given to somebody, and is everybody's again."""
    return call.queueing.earmark is not None and _in_force(call, at, working) is None


def _in_force(call: Call, at: float, working: Container[str]) -> Earmark | None:
    given = call.queueing.earmark
    lasts = given is not None and at < given.until - TICK_S and given.agent_id in working
    return given if lasts else None


def head_start_s(call: Call) -> float:
    """How much earlier than its own its place is."""
    queueing = call.queueing
    return FIRST_S if queueing.first or queueing.earmark is not None else 0.0
