"""The call back that a citizen was promised with an answer, when there is one: pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from contactcentre.core.call.callback import Promise
from contactcentre.core.call.callback_moves import due_at
from contactcentre.core.call.promise_moves import asked_then
from contactcentre.core.call.signals import PromiseGiven
from contactcentre.core.commands import ABOUT_LENGTH
from contactcentre.core.config.network import Network

_NAMES: Final = uuid.UUID("5f0b1f2e-6f0c-4a57-9a5e-3f4f0f1d7c13")


def given(
    enquiry: Mapping[str, Any], contact: Mapping[str, Any], network: Network, at: float
) -> PromiseGiven | None:
    """Of the row of a question, and that of the contact in which it was asked; None where nobody
    may be rung there, or the number is forgotten. Told twice, it is one."""
    number = network.callback_number(contact["caller"])
    if number is None or contact["forgotten_at"] is not None:
        return None
    return PromiseGiven(
        at=at,
        call_id=uuid.uuid5(_NAMES, enquiry["enquiry_id"]).hex,
        asked=asked_then(contact, enquiry["service"]),
        number=number,
        due_at=due_at(at, network.callbacks.promise_s, network),
        promise=Promise(agent_id=enquiry["agent_id"], centre_id=enquiry["centre"], keeper="agent"),
        about=f"{enquiry['institution']}: {enquiry['answer']}"[:ABOUT_LENGTH],
    )
