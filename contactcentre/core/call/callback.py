"""A promise to ring a citizen back, or to hear the message that one has left."""

from __future__ import annotations

from msgspec import Struct

from contactcentre.core.call.voice_message import VoiceMessage
from contactcentre.core.commands import Keeper

BEFORE_S = 3600.0
"""So long before it is due an agent's own promise comes up; until then it is on a list."""


class Promise(Struct, frozen=True, kw_only=True):
    """An agent's word to a citizen, in a talk."""

    agent_id: str  # who gave it
    centre_id: str
    keeper: Keeper


class Callback(Struct, frozen=True, kw_only=True):
    """What a call knows that is a promise; with a `message`, that is to be heard first."""

    asked_in: str  # the id of the call in which it was asked for
    asked_at: float
    due_at: float  # promised by then
    attempts: int = 0  # how often the citizen was rung
    unsent: int = 0  # how often since then no line led out
    not_before: float = 0.0
    taken_by: str = ""  # the call in which the citizen has rung in, and waits in this place
    message: VoiceMessage | None = None
    question: VoiceMessage | None = None  # said by whoever asked for it: what it is about
    given: Promise | None = None  # by an agent
    dialled: bool = False  # nothing was promised: an agent has dialled the number

    @property
    def is_asked(self) -> bool:
        """Whether its citizen asked for it in the menu: one for each number and queue."""
        return self.message is None and self.given is None and not self.dialled

    def is_begun_in(self, centre_id: str) -> bool:
        """Whether an agent of that centre gave the promise, or any agent has dialled."""
        given = self.given is not None and self.given.centre_id == centre_id
        return given or self.dialled

    @property
    def opens_at(self) -> float:
        """From when it is to be kept: after the pause of the last attempt, and, where somebody has
        first to find something out, some time before it is due."""
        own = self.given is not None and self.given.keeper == "agent"
        return max(self.not_before, self.due_at - BEFORE_S) if own else self.not_before
