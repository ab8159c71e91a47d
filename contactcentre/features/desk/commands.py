"""What a page asks of the desk, read straight into the event that it is for World.

Which commands there are, their fields and their limits stand in `core.commands`. Who it is and when
is never the page's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from agents_ui.desk.port import BadCommand
from contactcentre.core.commands import COMMANDS
from contactcentre.core.events import AgentEvent


def event_of(agent_id: str, name: str, args: Mapping[str, Any], *, at: float) -> AgentEvent:
    """The event that a command is. Raises `BadCommand`, which does not quote the page."""
    kind = COMMANDS.get(name)
    if kind is None:
        raise BadCommand("unknown-command")
    if not args.keys() <= {field.name for field in fields(kind)} - {"at", "agent_id"}:
        raise BadCommand("bad-arguments")
    try:
        return msgspec.convert({**args, "at": at, "agent_id": agent_id}, kind)
    except msgspec.ValidationError as wrong:
        raise BadCommand("bad-arguments") from wrong
