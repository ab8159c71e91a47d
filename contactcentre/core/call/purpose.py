"""What an agent has to do with a call just now: why the agent may know of its citizen."""

from __future__ import annotations

from collections.abc import Mapping

from contactcentre.core.call.state import Call, Phase

IDENTIFIED = 1
"""The level from which services, notes and cases are shown, to the agent who has answered."""

ANSWERED = frozenset({"talk", "record", "consult"})
"""The purposes of an agent who has answered the call, or was asked about it and talks."""


def purpose_of(call: Call | None, agent_id: str | None) -> str | None:
    """In a word, for the audit log; None: nothing (any more)."""
    if call is None or agent_id is None:
        return None
    if call.talk.agent_id == agent_id:
        return "record" if call.phase is Phase.ENDED else "talk"
    aside = call.aside
    if aside is not None and aside.agent_id == agent_id:
        return "offer" if aside.rings else "consult"
    offer = call.open_offer
    if offer is None or offer.agent_id != agent_id:
        return None
    if call.message is not None:
        return "message"
    return "offer" if call.callback is None else "callback"


def looked_at(calls: Mapping[str, Call], call_id: str, agent_id: str | None) -> tuple[Call, str]:
    """The call, and what the agent has to do with it. Raises `LookupError` where it is nothing."""
    call = calls.get(call_id)
    purpose = purpose_of(call, agent_id)
    if call is None or purpose is None:
        raise LookupError("not a call of this agent")
    return call, purpose


def opens(call: Call, purpose: str) -> bool:
    """Whether that agent may see more than dates and topics."""
    return purpose in ANSWERED and call.identity.level >= IDENTIFIED
