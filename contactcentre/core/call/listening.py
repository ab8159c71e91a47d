"""What the leg of a supervisor knows who listens to a talk: to which leg, how, and who it is."""

from __future__ import annotations

from msgspec import Struct

from contactcentre.core.acts import Mode


class Listening(Struct, frozen=True, kw_only=True):
    """`leg_id` is the agent's, and it ends with that."""

    leg_id: str
    mode: Mode
    by: str  # a name
    by_id: str  # a log-in
    turns: bool = False  # and is to come to its leash for that mode
