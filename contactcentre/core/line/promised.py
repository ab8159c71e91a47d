"""Whom an agent's promise is offered to while nobody else is asked: its keeper, and once it is late
the keeper's centre; after that it stands where every call does.
"""

from __future__ import annotations

from contactcentre.core.call import demand
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from routing.circles import TICK_S, Stage
from routing.model import Requirement
from routing.scope import Place, Scope

LATE_S = 900.0
"""So long the centre alone is asked when its agent is late."""


def home(call: Call, network: Network) -> Place:
    """Where it belongs: to the centre whose word it is, however many calls from afar that takes."""
    given = call.callback.given if call.callback is not None else None
    known = network.centres.get(given.centre_id) if given is not None else None
    return network.place(known.centre_id) if known is not None else demand.home(call, network)


def alone_until(call: Call) -> float:
    """Until when only some are asked; 0 where all are from the start."""
    given = call.callback.given if call.callback is not None else None
    if call.callback is None or given is None or given.keeper == "anyone":
        return 0.0
    own = given.keeper == "agent"
    return call.callback.due_at + (LATE_S if own and given.centre_id else 0.0)


def stage_alone(call: Call, at: float, network: Network) -> Stage | None:
    """Where it stands meanwhile; None: like every call. Whoever gave it may keep it, whatever was
    asked for."""
    given = call.callback.given if call.callback is not None else None
    if call.callback is None or given is None or at >= alone_until(call) - TICK_S:
        return None
    if given.keeper == "agent" and at < call.callback.due_at - TICK_S:
        return Stage(
            circle=0,
            opens_s=0.0,
            scope=Scope("agent", given.agent_id),
            requirement=Requirement(language=call.language, language_level=0),
            next_in_s=call.callback.due_at - at,
        )
    return Stage(
        circle=0,
        opens_s=0.0,
        scope=Scope("centre", given.centre_id),
        requirement=demand.asks(call, network),
        next_in_s=alone_until(call) - at,
    )
