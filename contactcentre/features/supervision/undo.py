"""What takes an act back, where anything does: nobody gives back a caller who was let go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from agents_ui.supervision.port import Undo
from contactcentre.core.commands import ChosenReason

_REASONS: Final = frozenset(get_args(ChosenReason))


def of(name: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Undo | None:
    """Of an act that was done to that call or agent, as it was before and is now."""
    match name:
        case "put_first" | "put_back":
            back = "put_back" if name == "put_first" else "put_first"
            return Undo(name=back, args={"call_id": key})
        case "earmark" if after.get("earmark"):  # else it rings there already
            return Undo(name="lift", args={"call_id": key})
        case "move":
            return Undo(name="move", args={"call_id": key, "queue": before["queue"]})
        case "ready" if before["wanted"] != "ready":
            reason = before["wanted"] if before["wanted"] in _REASONS else "other"
            return Undo(name="not_ready", args={"agent_id": key, "reason": reason})
        case "not_ready" if before["wanted"] == "ready":
            return Undo(name="ready", args={"agent_id": key})
        case "not_ready" if before["wanted"] in _REASONS and before["wanted"] != after["wanted"]:
            return Undo(name="not_ready", args={"agent_id": key, "reason": before["wanted"]})
        case _:
            return None
