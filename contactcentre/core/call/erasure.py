"""What is left of a call when its caller is erased: that it was, when, and what it led to."""

from __future__ import annotations

from contactcentre.core.call.move import Moved
from contactcentre.core.call.signals import CallerErased
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.values import replace


def erased(call: Call, event: CallerErased, network: Network) -> Moved:
    """The move."""
    return Moved(without_caller(call))


def without_caller(call: Call) -> Call:
    """The call of a caller whom nobody knows. Its note is about somebody: it goes too."""
    return replace(
        call,
        caller=None,
        record=replace(call.record, note=""),
        end=replace(call.end, callback_to=None),
    )
