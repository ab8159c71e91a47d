"""What is offered to an agent, where no telephone rings for it."""

from __future__ import annotations

from contactcentre.core.agent.state import Agent, State
from contactcentre.core.call.state import Call, Phase


def reason(agent: Agent, call: Call | None) -> str | None:
    """Why the agent is in this state, as pages tell it: who reads a card is rung by nobody."""
    if agent.state is not State.RESERVED or call is None or agent.reason is not None:
        return agent.reason
    if call.phase is Phase.CALLING:
        return "calling"
    if call.phase is not Phase.PREVIEWED or call.callback is None:
        return None
    return "to_call_back" if call.callback.message is None else "to_hear"
