"""A promise to ring a citizen back, or to hear the message that one has left."""

from __future__ import annotations

from dataclasses import dataclass

from contactcentre.core.call.voice_message import VoiceMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What a call knows that is a promise; with a `message`, that is to be heard first."""

    asked_in: str  # the id of the call in which it was asked for
    asked_at: float
    due_at: float  # promised by then
    attempts: int = 0  # how often the citizen was rung
    not_before: float = 0.0
    message: VoiceMessage | None = None
