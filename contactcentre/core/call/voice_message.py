"""What a caller has left: a recording, and from when on it is one that somebody has to hear."""

from __future__ import annotations

from msgspec import Struct

SHORTEST_S = 2.0
"""Whoever hangs up sooner after the tone has said nothing. Asterisk ends a recording after five
seconds of silence and keeps one of them, so that of silence alone less is left than this."""


class VoiceMessage(Struct, frozen=True, kw_only=True):
    """The recording is known by an id of ours; what becomes of its file is not the core's."""

    recording: str
    seconds: float
    heard_at: float | None = None  # when an agent began to listen to it first


def says_something(seconds: float, *, sounds: bool) -> bool:
    """Whether a recording of that length is work; `sounds`: it is not mere silence."""
    return sounds and seconds >= SHORTEST_S
