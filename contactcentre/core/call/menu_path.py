"""Ways through the menus: what happened to a call at its nodes between two of its states."""

from __future__ import annotations

from contactcentre.core.call.move import Moved
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.outcomes import Outcome
from ivr.interpreter import Passage


def passages(before: Call | None, moved: Moved) -> tuple[Passage, ...]:
    """What the menu itself told, and whether the caller has hung up in it."""
    call = moved.call
    in_menu = before is not None and before.phase is Phase.MENU
    left = in_menu and call.phase is Phase.ENDED and call.end.outcome is Outcome.LEFT_MENU
    if not left or call.choice.cursor is None:
        return moved.passages
    cursor = call.choice.cursor
    hung_up = Passage(flow=cursor.flow, version=cursor.version, node=cursor.node, what="hung_up")
    return (*moved.passages, hung_up)
